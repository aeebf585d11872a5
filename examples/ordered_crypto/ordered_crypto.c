/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Encrypt a stream of records on all lcores, and put them back in order: through every event device
 * that there is, and through rings with a reorder buffer, one after the other, round by round.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_eventdev.h>
#include <rte_lcore.h>

#include "job.h"

#define WAYS_MAX 8
#define ROUNDS_MAX 99

struct options {
	const char *input, *output;
	uint32_t record_min, record_max, rounds, workers;
	uint8_t key[KEY_BYTES], iv[BLOCK_BYTES];
};

struct contender {
	struct way *way;
	uint32_t rounds;
	struct job_result round[ROUNDS_MAX];
};

static void
usage(void)
{
	printf("usage: ordered_crypto [EAL options] -- --input FILE --output FILE [options]\n"
	       "  --record-bytes MIN-MAX  multiples of 16, 16 to 16384 (default 64-16384)\n"
	       "  --rounds N              each way in turn, so often, 1 to 99 (default 3)\n"
	       "  --workers N             with one lcore: worker ports that it serves in turn, 1 to 16\n"
	       "                          (default 4); with more lcores, all but the first are workers\n"
	       "  --key HEX --iv HEX      64 and 32 digits (default: all zero)\n"
	       "The output of way W is FILE.W, AES-256-CTR of the whole input.\n");
}

static int
number_parse(const char *name, const char *text, uint32_t low, uint32_t high, uint32_t *value)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != 0 || v < low || v > high) {
		fprintf(stderr, "ordered_crypto: --%s %s: accepted are %u to %u\n", name, text, low,
			high);
		return -EINVAL;
	}
	*value = (uint32_t)v;
	return 0;
}

static int
range_parse(const char *text, struct options *o)
{
	unsigned int low, high;
	char rest;

	if (sscanf(text, "%u-%u%c", &low, &high, &rest) != 2 || low < RECORD_MIN ||
	    high > RECORD_MAX || low > high || low % BLOCK_BYTES != 0 || high % BLOCK_BYTES != 0) {
		fprintf(stderr,
			"ordered_crypto: --record-bytes %s: accepted are MIN-MAX, multiples of %u "
			"from %u to %u\n",
			text, BLOCK_BYTES, RECORD_MIN, RECORD_MAX);
		return -EINVAL;
	}
	o->record_min = low;
	o->record_max = high;
	return 0;
}

static int
hex_parse(const char *name, const char *text, uint8_t *bytes, size_t n)
{
	size_t i;

	if (strlen(text) != 2 * n || strspn(text, "0123456789abcdefABCDEF") != 2 * n) {
		fprintf(stderr, "ordered_crypto: --%s %s: accepted are %zu hexadecimal digits\n",
			name, text, 2 * n);
		return -EINVAL;
	}
	for (i = 0; i < n; i++)
		sscanf(text + 2 * i, "%2hhx", &bytes[i]);
	return 0;
}

static int
option_apply(const char *name, int c, const char *text, struct options *o)
{
	switch (c) {
	case 'i':
		o->input = text;
		return 0;
	case 'o':
		o->output = text;
		return 0;
	case 'b':
		return range_parse(text, o);
	case 'r':
		return number_parse(name, text, 1, ROUNDS_MAX, &o->rounds);
	case 'w':
		return number_parse(name, text, 1, WORKERS_MAX, &o->workers);
	case 'k':
		return hex_parse(name, text, o->key, sizeof(o->key));
	case 'v':
		return hex_parse(name, text, o->iv, sizeof(o->iv));
	default:
		usage();
		return -EINVAL;
	}
}

static int
options_parse(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
		{ "input", required_argument, NULL, 'i' },
		{ "output", required_argument, NULL, 'o' },
		{ "record-bytes", required_argument, NULL, 'b' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "workers", required_argument, NULL, 'w' },
		{ "key", required_argument, NULL, 'k' },
		{ "iv", required_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c, index = 0, ret = 0;

	*o = (struct options){ .record_min = 64, .record_max = 16384, .rounds = 3, .workers = 4 };
	while (ret == 0 && (c = getopt_long(argc, argv, "", names, &index)) != -1)
		ret = option_apply(names[index].name, c, optarg, o);
	if (ret == 0 && (o->input == NULL || o->output == NULL || optind != argc)) {
		usage();
		ret = -EINVAL;
	}
	if (rte_lcore_count() > 1)
		o->workers = rte_lcore_count() - 1;
	if (ret == 0 && o->workers > WORKERS_MAX) {
		fprintf(stderr, "ordered_crypto: %u worker lcores: accepted are up to %u\n",
			o->workers, WORKERS_MAX);
		ret = -EINVAL;
	}
	return ret;
}

/* All ways there are. A device that cannot keep order is left out, with its reason printed. */
static uint32_t
contenders_open(struct contender *c, uint32_t workers)
{
	uint32_t n = 0;
	uint8_t dev_id;

	for (dev_id = 0; dev_id < rte_event_dev_count() && n < WAYS_MAX - 1; dev_id++)
		n += way_event_open(dev_id, workers, &c[n].way) == 0;
	n += way_ring_open(workers, &c[n].way) == 0;
	return n;
}

static int
round_run(struct contender *c, struct crypto *crypto, struct stream *s, const struct options *o)
{
	char path[4096];
	int ret;

	snprintf(path, sizeof(path), "%s.%s", o->output, c->way->name);
	ret = stream_start(s, path);
	if (ret < 0)
		return ret;
	ret = job_run(c->way, crypto, s, o->workers, &c->round[c->rounds]);
	if (stream_finish(s) < 0)
		ret = ret < 0 ? ret : -EIO;
	if (ret < 0)
		fprintf(stderr, "ordered_crypto: %s: %s\n", c->way->name,
			ret == -EILSEQ ? "records came back out of order" : strerror(-ret));
	c->rounds++;
	return ret;
}

static int
balance_compare(const void *a, const void *b)
{
	const struct job_result *x = a, *y = b;

	return (x->balance_cycles > y->balance_cycles) - (x->balance_cycles < y->balance_cycles);
}

static int
double_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* How many times another way's cost of balancing and ordering: the median of the rounds. */
static double
contender_ratio(const struct contender *c, const struct contender *other)
{
	double ratio[ROUNDS_MAX];
	uint32_t i;

	for (i = 0; i < c->rounds; i++)
		ratio[i] =
			(double)c->round[i].balance_cycles / (double)other->round[i].balance_cycles;
	qsort(ratio, c->rounds, sizeof(ratio[0]), double_compare);
	return ratio[c->rounds / 2];
}

/* The round with the median cost of balancing and ordering stands for all. */
static void
contender_print(struct contender *c, double ratio, const struct stream *s)
{
	double us = 1e6 / (double)rte_get_tsc_hz();
	const struct job_result *r;

	qsort(c->round, c->rounds, sizeof(c->round[0]), balance_compare);
	r = &c->round[c->rounds / 2];
	printf("%-18s %9.0f %10.1f %8.1f %8.1f %7.2f %10.0f %10.0f %6.2f\n", c->way->name,
	       (double)s->bytes / r->seconds / 1e6, (double)r->records / r->seconds / 1e3,
	       (double)r->latency_p50 * us, (double)r->latency_p99 * us,
	       r->cpu_seconds / r->seconds, (double)r->crypto_cycles / (double)r->records,
	       (double)r->balance_cycles / (double)r->records, ratio);
}

static void
contenders_print(struct contender *c, uint32_t n, const struct stream *s, const struct options *o)
{
	double ratio[WAYS_MAX];
	uint32_t i;

	for (i = 0; i < n; i++)
		ratio[i] = contender_ratio(&c[i], &c[0]);
	printf("%u workers%s, records of %u to %u bytes, %u rounds\n", o->workers,
	       rte_lcore_count() == 1 ? " in turn on one lcore" : "", o->record_min, o->record_max,
	       o->rounds);
	printf("%-18s %9s %10s %8s %8s %7s %10s %10s\n", "", "", "thousand", "p50", "p99", "CPUs",
	       "crypto", "balance");
	printf("%-18s %9s %10s %8s %8s %7s %10s %10s %6s\n", "way", "MB/s", "records/s", "us", "us",
	       "busy", "cyc/rec", "cyc/rec", "times");
	for (i = 0; i < n; i++)
		contender_print(&c[i], ratio[i], s);
}

static int
rounds_run(struct contender *c, uint32_t n, struct crypto *crypto, struct stream *s,
	   const struct options *o)
{
	uint32_t round, i;
	int ret = 0;

	for (round = 0; ret == 0 && round < o->rounds; round++)
		for (i = 0; ret == 0 && i < n; i++)
			ret = round_run(&c[i], crypto, s, o);
	if (ret == 0)
		contenders_print(c, n, s, o);
	return ret;
}

static int
run(const struct options *o)
{
	struct contender *c = calloc(WAYS_MAX, sizeof(*c));
	struct crypto *crypto = NULL;
	struct stream s;
	uint32_t n, i;
	int ret = c == NULL ? -ENOMEM : stream_open(&s, o->input, o->record_min, o->record_max);

	if (ret < 0)
		goto free_contenders;
	ret = crypto_open(o->workers, o->key, o->iv, &crypto);
	if (ret < 0)
		goto close_stream;

	n = contenders_open(c, o->workers);
	ret = rounds_run(c, n, crypto, &s, o);
	for (i = 0; i < n; i++)
		c[i].way->ops->close(c[i].way);
	crypto_close(crypto);
close_stream:
	stream_close(&s);
free_contenders:
	free(c);
	return ret;
}

int
main(int argc, char **argv)
{
	struct options o;
	int used = rte_eal_init(argc, argv);
	int ret;

	if (used < 0)
		return 1;
	if (options_parse(argc - used, argv + used, &o) < 0)
		ret = 2;
	else
		ret = run(&o) < 0 ? 1 : 0;
	rte_eal_cleanup();
	return ret;
}
