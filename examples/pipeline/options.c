/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eventdev.h>

#include "options.h"

static const struct number {
	const char *name;
	uint32_t low, high, otherwise;
} numbers[] = {
	{ "events", 1, 1000000000, 100000 }, { "flows", 1, 65536, 64 },
	{ "window", 1, 4096, 1024 },         { "burst", 1, BURST_MAX, 32 },
	{ "work", 0, 1000000000, 100 },
};

static void
usage(void)
{
	printf("usage: pipeline [EAL options] -- [options]\n"
	       "  --stages LIST   schedule type of each stage, 1 to %u of a (atomic), o (ordered) and\n"
	       "                  p (parallel), such as a,o,p (default a,o)\n"
	       "  --single-link   one stage more, which only the main lcore reads\n"
	       "  --leave         all workers but one leave when half of the events are through\n"
	       "  --events N      1 to 1000000000 (default 100000)\n"
	       "  --flows N       1 to 65536 (default 64)\n"
	       "  --window N      events in the device at once, 1 to 4096 (default 1024)\n"
	       "  --burst N       1 to %u (default 32)\n"
	       "  --work N        cycles that each stage takes for each event (default 100)\n",
	       STAGES_MAX, BURST_MAX);
}

static int
stages_parse(const char *text, struct options *o)
{
	static const char letters[] = { [RTE_SCHED_TYPE_ORDERED] = 'o',
					[RTE_SCHED_TYPE_ATOMIC] = 'a',
					[RTE_SCHED_TYPE_PARALLEL] = 'p' };
	const char *at = text, *letter;

	for (o->nb_queues = 0; o->nb_queues < STAGES_MAX; at++) {
		letter = *at == 0 ? NULL : memchr(letters, *at, sizeof(letters));
		if (letter == NULL)
			break;
		o->types[o->nb_queues++] = (uint8_t)(letter - letters);
		if (*++at == 0)
			return 0;
		if (*at != ',')
			break;
	}
	fprintf(stderr, "pipeline: --stages %s: accepted are 1 to %u of a, o and p, with commas\n",
		text, STAGES_MAX);
	return -EINVAL;
}

static int
number_parse(const struct number *n, const char *text, uint32_t *value)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != 0 || v < n->low || v > n->high) {
		fprintf(stderr, "pipeline: --%s %s: accepted are %u to %u\n", n->name, text, n->low,
			n->high);
		return -EINVAL;
	}
	*value = (uint32_t)v;
	return 0;
}

enum { STAGES = RTE_DIM(numbers), SINGLE_LINK, LEAVE, HELP };

int
options_parse(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
		{ "events", required_argument, NULL, 0 },
		{ "flows", required_argument, NULL, 1 },
		{ "window", required_argument, NULL, 2 },
		{ "burst", required_argument, NULL, 3 },
		{ "work", required_argument, NULL, 4 },
		{ "stages", required_argument, NULL, STAGES },
		{ "single-link", no_argument, NULL, SINGLE_LINK },
		{ "leave", no_argument, NULL, LEAVE },
		{ "help", no_argument, NULL, HELP },
		{ 0 },
	};
	uint32_t value[RTE_DIM(numbers)], i;
	int c, ret = stages_parse("a,o", o);

	o->single_link = false;
	o->leave = false;
	for (i = 0; i < RTE_DIM(numbers); i++)
		value[i] = numbers[i].otherwise;
	while (ret == 0 && (c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c >= 0 && c < STAGES)
			ret = number_parse(&numbers[c], optarg, &value[c]);
		else if (c == STAGES)
			ret = stages_parse(optarg, o);
		else if (c == SINGLE_LINK)
			o->single_link = true;
		else if (c == LEAVE)
			o->leave = true;
		else
			ret = -EINVAL;
		if (c == HELP || c == '?')
			usage();
	}
	if (ret == 0 && optind != argc) {
		fprintf(stderr, "pipeline: '%s': no such option\n", argv[optind]);
		ret = -EINVAL;
	}
	if (ret < 0)
		return ret;
	o->events = value[0];
	o->flows = value[1];
	o->window = value[2];
	o->burst = (uint16_t)value[3];
	o->work_cycles = value[4];
	if (o->single_link)
		o->types[o->nb_queues++] = RTE_SCHED_TYPE_ATOMIC;
	return 0;
}
