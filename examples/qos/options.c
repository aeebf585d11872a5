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
	{ "window", "events in the device at once; bulk gets three quarters", 8, 4096, 1024,
	  offsetof(struct options, window) },
	{ "work", "cycles that each event takes", 0, 1000000000, 2000,
	  offsetof(struct options, work_cycles) },
	{ "urgent-every", "bulk events for each urgent one", 1, 1000000, 50,
	  offsetof(struct options, urgent_every) },
	{ "urgent", "urgent events of each run", 1, 10000000, 2000,
	  offsetof(struct options, urgent_events) },
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

	printf("usage: qos [EAL options] -- [options]\n");
	for (i = 0; i < NUMBERS; i++)
		printf("  --%-14s %s, %u to %u (default %u)\n", numbers[i].name, numbers[i].meaning,
		       numbers[i].low, numbers[i].high, numbers[i].otherwise);
	printf("  --csv FILE       write how all latencies are distributed\n");
}

static int
number_parse(const struct number *n, const char *text, struct options *o)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != 0 || v < n->low || v > n->high) {
		fprintf(stderr, "qos: --%s %s: accepted are %u to %u\n", n->name, text, n->low,
			n->high);
		return -EINVAL;
	}
	*value_of(o, n) = (uint32_t)v;
	return 0;
}

int
options_parse(int argc, char **argv, struct options *o)
{
	struct option names[NUMBERS + 2] = { { 0 } };
	size_t i;
	int c, ret = 0;

	*o = (struct options){ 0 };
	for (i = 0; i < NUMBERS; i++) {
		names[i] = (struct option){ numbers[i].name, required_argument, NULL, (int)i };
		*value_of(o, &numbers[i]) = numbers[i].otherwise;
	}
	names[NUMBERS] = (struct option){ "csv", required_argument, NULL, NUMBERS };
	while (ret == 0 && (c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c < (int)NUMBERS)
			ret = number_parse(&numbers[c], optarg, o);
		else if (c == NUMBERS)
			o->csv = optarg;
		else
			ret = -EINVAL;
		if (c == '?')
			usage();
	}
	if (ret == 0 && optind != argc) {
		fprintf(stderr, "qos: '%s': no such option\n", argv[optind]);
		ret = -EINVAL;
	}
	return ret;
}
