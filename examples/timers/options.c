/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line. */
#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "options.h"

static const struct number {
	const char *name, *meaning;
	uint32_t low, high, otherwise;
	size_t place;
} numbers[] = {
	{ "timers", "timers that run once, at random times", 1, 1000000, 50000,
	  offsetof(struct options, timers) },
	{ "periodic", "timers that run periodically", 1, 100000, 100,
	  offsetof(struct options, periodic) },
	{ "duration-ms", "how long all of it takes", 10, 600000, 1000,
	  offsetof(struct options, duration_ms) },
	{ "period-ms", "of the periodic ones", 1, 10000, 10, offsetof(struct options, period_ms) },
	{ "tick-us", "resolution of timers", 10, 100000, 100, offsetof(struct options, tick_us) },
};

#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static uint32_t *
value_of(struct options *o, const struct number *n)
{
	return (uint32_t *)((char *)o + n->place);
}

static void
usage(void)
{
	size_t i;

	printf("usage: timers [EAL options] -- [options]\n");
	for (i = 0; i < NUMBERS; i++)
		printf("  --%-14s %s, %u to %u (default %u)\n", numbers[i].name, numbers[i].meaning,
		       numbers[i].low, numbers[i].high, numbers[i].otherwise);
}

static int
number_parse(const struct number *n, const char *text, struct options *o)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != 0 || v < n->low || v > n->high) {
		fprintf(stderr, "timers: --%s %s: accepted are %u to %u\n", n->name, text, n->low,
			n->high);
		return -EINVAL;
	}
	*value_of(o, n) = (uint32_t)v;
	return 0;
}

int
options_parse(int argc, char **argv, struct options *o)
{
	struct option names[NUMBERS + 1] = { { 0 } };
	size_t i;
	int c, ret = 0;

	*o = (struct options){ 0 };
	for (i = 0; i < NUMBERS; i++) {
		names[i] = (struct option){ numbers[i].name, required_argument, NULL, (int)i };
		*value_of(o, &numbers[i]) = numbers[i].otherwise;
	}
	while (ret == 0 && (c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		ret = c < (int)NUMBERS ? number_parse(&numbers[c], optarg, o) : -EINVAL;
		if (c == '?')
			usage();
	}
	if (ret == 0 && optind != argc) {
		fprintf(stderr, "timers: '%s': no such option\n", argv[optind]);
		ret = -EINVAL;
	}
	return ret;
}
