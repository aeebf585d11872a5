/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The property tester: random configurations and random traffic, judged by the oracle. Prints the seed
 * of a case that breaks an invariant, then a small case that breaks it too, which --replay takes.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "case.h"
#include "random.h"

static const char usage[] =
	"usage: property [--backend device|eventdev] [--seed N] [--cases N] [--seconds N]\n"
	"                [--replay FILE] [--print] [--no-shrink] [--keep-going]\n"
	"  --seed N     first case; case i has a seed made from N + i (default 1)\n"
	"  --cases N    how many (default 1000)\n"
	"  --seconds N  stop after so long (default: never)\n"
	"  --replay F   run the case in a file instead\n"
	"  --print      print each case before it runs\n"
	"  --no-shrink  print the first case that fails as it is\n"
	"  --keep-going one line for each case that fails\n";

struct options {
	const struct backend *backend;
	uint64_t seed, cases, seconds;
	const char *replay;
	bool print, shrink, keep_going;
};

static const struct backend *const backends[] = { BACKENDS };

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const struct backend *
backend_find(const char *name)
{
	uint32_t i;

	for (i = 0; i < sizeof(backends) / sizeof(backends[0]); i++) {
		if (strcmp(backends[i]->name, name) == 0)
			return backends[i];
	}
	return NULL;
}

static int
option_read(struct options *o, const char *name, const char *value)
{
	char *end = NULL;
	uint64_t number = strtoull(value, &end, 0);

	if (strcmp(name, "--backend") == 0) {
		o->backend = backend_find(value);
		return o->backend != NULL ? 0 : -EINVAL;
	}
	if (strcmp(name, "--replay") == 0) {
		o->replay = value;
		return 0;
	}
	if (*value == '\0' || *end != '\0')
		return -EINVAL;
	if (strcmp(name, "--seed") == 0)
		o->seed = number;
	else if (strcmp(name, "--cases") == 0)
		o->cases = number;
	else if (strcmp(name, "--seconds") == 0)
		o->seconds = number;
	else
		return -EINVAL;
	return 0;
}

static int
options_read(struct options *o, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--print") == 0)
			o->print = true;
		else if (strcmp(argv[i], "--no-shrink") == 0)
			o->shrink = false;
		else if (strcmp(argv[i], "--keep-going") == 0)
			o->keep_going = true;
		else if (i + 1 == argc || option_read(o, argv[i], argv[i + 1]) < 0)
			return -EINVAL;
		else
			i++;
	}
	return 0;
}

static void
report(const struct options *o, struct test_case *c, struct verdict *v)
{
	printf("VIOLATION %s: %s\n  backend %s, seed 0x%016" PRIx64 ", operation %u of %u\n",
	       v->invariant, v->text, o->backend->name, c->seed, v->op, c->nb_ops);
	if (o->shrink) {
		fflush(stdout);
		case_shrink(o->backend, c, v);
		printf("smallest case found: %s: %s\n", v->invariant, v->text);
	}
	case_write(o->backend, c, stdout);
}

static int
replay(const struct options *o, struct test_case *c)
{
	FILE *file = fopen(o->replay, "r");
	struct verdict v = { 0 };

	if (file == NULL) {
		fprintf(stderr, "%s: %s\n", o->replay, strerror(errno));
		return EXIT_FAILURE;
	}
	if (case_read(o->backend, c, file) < 0) {
		fclose(file);
		return EXIT_FAILURE;
	}
	fclose(file);
	o->backend->run(c, &v);
	if (verdict_is_clean(&v)) {
		printf("no violation\n");
		return EXIT_SUCCESS;
	}
	report(o, c, &v);
	return EXIT_FAILURE;
}

static int
run_cases(const struct options *o, struct test_case *c)
{
	const double start = now();
	uint64_t i, ops = 0, failed = 0, seed;

	for (i = 0; i < o->cases; i++) {
		struct verdict v = { 0 };

		if (o->seconds != 0 && now() - start > (double)o->seconds)
			break;
		seed = o->seed + i;
		memset(c, 0, sizeof(*c));
		c->seed = random_next(&seed);
		o->backend->generate(c);
		if (o->print)
			case_write(o->backend, c, stdout);
		ops += c->nb_ops;
		o->backend->run(c, &v);
		if (!verdict_is_clean(&v) && o->keep_going) {
			failed++;
			printf("--seed %" PRIu64 " --cases 1: %s: %s\n", o->seed + i, v.invariant,
			       v.text);
		} else if (!verdict_is_clean(&v)) {
			printf("case %" PRIu64 " of --seed %" PRIu64 ":\n", i, o->seed);
			report(o, c, &v);
			return EXIT_FAILURE;
		}
	}
	printf("%s: %" PRIu64 " cases from seed %" PRIu64 ", %" PRIu64 " operations, %" PRIu64
	       " violations, %.1f s\n",
	       o->backend->name, i, o->seed, ops, failed, now() - start);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	struct options o = { .backend = backends[0], .seed = 1, .cases = 1000, .shrink = true };
	struct test_case *c;
	int ret;

	/* Whoever stops it is to have what it said. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (options_read(&o, argc, argv) < 0) {
		fputs(usage, stderr);
		return EXIT_FAILURE;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return EXIT_FAILURE;
	ret = o.replay != NULL ? replay(&o, c) : run_cases(&o, c);
	free(c);
	if (o.backend->finish != NULL)
		o.backend->finish();
	return ret;
}
