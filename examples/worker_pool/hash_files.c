/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SHA-256 of many files, on all lcores. What it prints is what sha256sum prints, in the order of the
 * arguments; with --totals, the bytes of each folder, which jobs add up without a lock.
 */
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <rte_common.h>
#include <rte_debug.h>
#include <rte_eal.h>
#include <rte_eventdev.h>

#include "pool.h"

#define JOBS_MAX 256
#define READ_BYTES 65536

struct folder {
	char *name;
	uint64_t bytes;
};

struct file {
	struct pool_job job;
	const char *path;
	struct folder *folder;
	int error;
	uint64_t bytes;
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int digest_bytes;
};

struct options {
	enum pool_rule rule;
	bool totals;
};

static void
file_hash(struct pool_job *job)
{
	struct file *f = container_of(job, struct file, job);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	FILE *in = fopen(f->path, "rb");
	unsigned char buffer[READ_BYTES];
	size_t n;

	if (md == NULL || in == NULL || !EVP_DigestInit_ex(md, EVP_sha256(), NULL)) {
		f->error = in == NULL ? errno : ENOMEM;
	} else {
		while ((n = fread(buffer, 1, sizeof(buffer), in)) > 0) {
			EVP_DigestUpdate(md, buffer, n);
			f->bytes += n;
		}
		f->error = ferror(in) ? errno : 0;
		EVP_DigestFinal_ex(md, f->digest, &f->digest_bytes);
	}
	if (in != NULL)
		fclose(in);
	EVP_MD_CTX_free(md);
}

/* For jobs that exclude each other: no other file of the folder is here now. */
static void
file_count(struct pool_job *job)
{
	struct file *f = container_of(job, struct file, job);

	file_hash(job);
	f->folder->bytes += f->bytes;
}

/* Returns whether the file could be hashed. */
static bool
file_print(const struct file *f)
{
	unsigned int i;

	if (f->error != 0) {
		fprintf(stderr, "hash_files: %s: %s\n", f->path, strerror(f->error));
		return false;
	}
	for (i = 0; i < f->digest_bytes; i++)
		printf("%02x", f->digest[i]);
	printf("  %s\n", f->path);
	return true;
}

static struct folder *
folder_find(struct folder *folders, uint32_t *nb_folders, const char *path)
{
	char *copy = strdup(path);
	char *name;
	uint32_t i;

	if (copy == NULL)
		rte_exit(1, "hash_files: out of memory\n");
	name = dirname(copy);
	for (i = 0; i < *nb_folders; i++)
		if (strcmp(folders[i].name, name) == 0)
			break;
	if (i == *nb_folders)
		folders[(*nb_folders)++] = (struct folder){ .name = strdup(name) };
	free(copy);
	return &folders[i];
}

/* Submit as long as there is room, collect what has finished. Returns how many failed. */
static uint32_t
files_hash(struct pool *pool, struct file *files, uint32_t nb_files, const struct options *o,
	   const struct folder *folders)
{
	uint32_t submitted = 0, finished = 0, failed = 0;
	struct pool_job *job;

	while (finished < nb_files) {
		if (submitted < nb_files &&
		    pool_submit(pool, &files[submitted].job, o->rule,
				(uint32_t)(files[submitted].folder - folders)))
			submitted++;
		job = pool_collect(pool);
		if (job == NULL) {
			sched_yield();
			continue;
		}
		finished++;
		failed += o->totals ? container_of(job, struct file, job)->error != 0
				    : !file_print(container_of(job, struct file, job));
	}
	return failed;
}

static void
usage(void)
{
	printf("usage: hash_files [EAL options] -- [--unordered | --totals] FILE...\n"
	       "  --unordered  print digests as they are ready, not as files were named\n"
	       "  --totals     print the bytes of each folder instead\n");
}

static int
options_parse(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
		{ "unordered", no_argument, NULL, 'u' },
		{ "totals", no_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	*o = (struct options){ .rule = POOL_ORDERED };
	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 'u') {
			o->rule = POOL_UNORDERED;
		} else if (c == 't') {
			o->rule = POOL_EXCLUSIVE;
			o->totals = true;
		} else {
			usage();
			return -EINVAL;
		}
	}
	if (optind == argc) {
		usage();
		return -EINVAL;
	}
	return optind;
}

static int
run(const struct options *o, char **paths, uint32_t nb_files)
{
	struct file *files = calloc(nb_files, sizeof(*files));
	struct folder *folders = calloc(nb_files, sizeof(*folders));
	uint32_t nb_folders = 0, failed = nb_files, i;
	struct pool *pool;

	if (files == NULL || folders == NULL)
		rte_exit(1, "hash_files: out of memory\n");
	for (i = 0; i < nb_files; i++) {
		files[i].job.run = o->totals ? file_count : file_hash;
		files[i].path = paths[i];
		files[i].folder = folder_find(folders, &nb_folders, paths[i]);
	}
	if (pool_create(0, JOBS_MAX, &pool) == 0) {
		failed = files_hash(pool, files, nb_files, o, folders);
		pool_destroy(pool);
	}
	for (i = 0; i < nb_folders; i++) {
		if (o->totals)
			printf("%12" PRIu64 "  %s\n", folders[i].bytes, folders[i].name);
		free(folders[i].name);
	}
	free(folders);
	free(files);
	return failed == 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	struct options o;
	int used = rte_eal_init(argc, argv), first, ret;

	if (used < 0)
		return 1;
	argc -= used;
	argv += used;
	first = options_parse(argc, argv, &o);
	if (first < 0) {
		ret = 2;
	} else if (rte_event_dev_count() == 0) {
		fprintf(stderr,
			"hash_files: no event device: give one, such as --vdev=event_dlb0\n");
		ret = 1;
	} else {
		ret = run(&o, argv + first, (uint32_t)(argc - first));
	}
	rte_eal_cleanup();
	return ret;
}
