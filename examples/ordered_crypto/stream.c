/* SPDX-License-Identifier: BSD-3-Clause */
/* The stream of records: cutting it up, and putting it together. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include "crypto.h"
#include "stream.h"

#define BUFFERS (WINDOW + (WORKERS_MAX + 2) * BURST)
#define RANDOM_SEED 0x9e3779b97f4a7c15 /* the same records in every round */

static int
file_map(struct stream *s, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *data;
	int ret = 0;

	if (fd < 0 || fstat(fd, &st) < 0) {
		ret = -errno;
	} else if (!S_ISREG(st.st_mode) || st.st_size == 0) {
		ret = -EINVAL;
	} else {
		data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		ret = data == MAP_FAILED ? -errno : 0;
		s->data = data;
		s->bytes = (uint64_t)st.st_size;
	}
	if (fd >= 0)
		close(fd);
	if (ret < 0)
		fprintf(stderr,
			"ordered_crypto: input '%s': %s: a file with something in it is wanted\n",
			path, strerror(-ret));
	return ret;
}

int
stream_open(struct stream *s, const char *path, uint32_t record_min, uint32_t record_max)
{
	int ret;

	*s = (struct stream){ .record_min = record_min, .record_max = record_max };
	ret = file_map(s, path);
	if (ret < 0)
		return ret;
	s->output = malloc(s->bytes);
	s->pool = rte_pktmbuf_pool_create("records", BUFFERS, BURST,
					  RTE_ALIGN(sizeof(struct record), RTE_MBUF_PRIV_ALIGN),
					  RECORD_MAX + RTE_PKTMBUF_HEADROOM, (int)rte_socket_id());
	if (s->output == NULL || s->pool == NULL) {
		fprintf(stderr,
			"ordered_crypto: no memory for %u records or %" PRIu64
			" bytes of output: give EAL more, with -m, or a shorter input\n",
			BUFFERS, s->bytes);
		stream_close(s);
		return -ENOMEM;
	}
	return 0;
}

void
stream_close(struct stream *s)
{
	rte_mempool_free(s->pool);
	free(s->output);
	munmap((void *)(uintptr_t)s->data, s->bytes);
}

int
stream_start(struct stream *s, const char *path)
{
	s->cut = 0;
	s->collected = 0;
	s->random = RANDOM_SEED;
	s->out_of_order = false;
	s->file = fopen(path, "wb");
	if (s->file == NULL) {
		fprintf(stderr, "ordered_crypto: output '%s': %s\n", path, strerror(errno));
		return -errno;
	}
	return 0;
}

int
stream_finish(struct stream *s)
{
	uint64_t written = fwrite(s->output, 1, s->collected, s->file);

	return fclose(s->file) != 0 || written != s->collected ? -EIO : 0;
}

/* A multiple of 16 between the two sizes; xorshift decides. */
static uint32_t
record_bytes(struct stream *s)
{
	uint32_t blocks = (s->record_max - s->record_min) / BLOCK_BYTES + 1;

	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return s->record_min + (uint32_t)((s->random >> 32) * blocks >> 32) * BLOCK_BYTES;
}

uint16_t
stream_cut(struct stream *s, struct rte_mbuf **records, uint16_t n)
{
	uint64_t now = rte_rdtsc();
	uint16_t i;

	for (i = 0; i < n && s->cut < s->bytes; i++) {
		uint32_t bytes;

		records[i] = rte_pktmbuf_alloc(s->pool);
		if (records[i] == NULL)
			break;
		bytes = (uint32_t)RTE_MIN((uint64_t)record_bytes(s), s->bytes - s->cut);
		memcpy(rte_pktmbuf_append(records[i], (uint16_t)bytes), s->data + s->cut, bytes);
		*record_of(records[i]) = (struct record){ .offset = s->cut, .submitted = now };
		s->cut += bytes;
	}
	return i;
}

void
stream_collect(struct stream *s, struct rte_mbuf **records, uint16_t n)
{
	uint16_t i;

	for (i = 0; i < n; i++) {
		uint32_t bytes = rte_pktmbuf_data_len(records[i]);

		if (record_of(records[i])->offset != s->collected ||
		    bytes > s->bytes - s->collected) {
			s->out_of_order = true;
			bytes = (uint32_t)RTE_MIN((uint64_t)bytes, s->bytes - s->collected);
		}
		memcpy(s->output + s->collected, rte_pktmbuf_mtod(records[i], const void *), bytes);
		s->collected += bytes;
	}
	rte_pktmbuf_free_bulk(records, n);
}
