/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is measured for the bar, and what is asked of it. Both are tables: suites of cells, and rules
 * over their results.
 */
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cpuflags.h>
#include <rte_vect.h>

#include "bar.h"

#define SUITE_DEVICES_MAX 3
#define AVX512_BITS 512

enum contestant { DLB_INLINE, DLB_SERVICE, DSW, SW, CONTESTANT_COUNT };

static const struct contestant_info {
	const char *driver;
	bool has_service;
	const char *devargs; /* if the program was not started with one */
} contestants[CONTESTANT_COUNT] = {
	[DLB_INLINE] = { "event_dlb", false, "event_dlb0" },
	[DLB_SERVICE] = { "event_dlb", true, "event_dlb1,sched=service" },
	[DSW] = { "event_dsw", false, "event_dsw0" },
	[SW] = { "event_sw", true, "event_sw0" },
};

enum suite { SUITE_BURSTS, SUITE_SINGLES, SUITE_FLOWS, SUITE_DRIVER, SUITE_TWO_CORES };

static const struct suite_info {
	const struct mode *mode;
	struct list stages, workers, types, bursts, flows;
	enum bench_order order;
	uint32_t nb_devices;
	enum contestant devices[SUITE_DEVICES_MAX]; /* ours first */
} suites[BAR_SUITES] = {
	[SUITE_BURSTS] = {
		&one_core_mode,
		{ 2, { 1, 4 } },
		{ 2, { 1, 4 } },
		{ 3, { CELL_ATOMIC, CELL_ORDERED, CELL_PARALLEL } },
		{ 1, { 32 } },
		{ 1, { 1024 } },
		ORDER_CELL_BY_CELL,
		3,
		{ DLB_INLINE, DSW, SW },
	},
	[SUITE_SINGLES] = {
		&one_core_mode,
		{ 2, { 1, 4 } },
		{ 2, { 1, 4 } },
		{ 2, { CELL_ATOMIC, CELL_PARALLEL } },
		{ 1, { 1 } },
		{ 1, { 1024 } },
		ORDER_CELL_BY_CELL,
		2,
		{ DLB_INLINE, DSW },
	},
	[SUITE_FLOWS] = {
		&one_core_mode,
		{ 2, { 1, 4 } },
		{ 2, { 1, 4 } },
		{ 3, { CELL_ATOMIC, CELL_ORDERED, CELL_PARALLEL } },
		{ 1, { 32 } },
		{ 2, { 1024, 65536 } },
		ORDER_ROUND_BY_ROUND,
		1,
		{ DLB_INLINE },
	},
	[SUITE_DRIVER] = {
		&driver_mode,
		{ 1, { 1 } },
		{ 1, { 1 } },
		{ 1, { CELL_ATOMIC } },
		{ 2, { 32, 1 } },
		{ 1, { 1024 } },
		ORDER_CELL_BY_CELL,
		1,
		{ DLB_SERVICE },
	},
	[SUITE_TWO_CORES] = {
		&two_core_mode,
		{ 1, { 1 } },
		{ 1, { 1 } },
		{ 3, { CELL_ATOMIC, CELL_ORDERED, CELL_PARALLEL } },
		{ 1, { 32 } },
		{ 1, { 1024 } },
		ORDER_CELL_BY_CELL,
		3,
		{ DLB_INLINE, DSW, SW },
	},
};

enum against { AGAINST_NOTHING, AGAINST_DEVICE, AGAINST_FEWER_FLOWS };

#define ANY UINT32_MAX

/* Ours, in every cell of a suite that matches. */
static const struct rule {
	uint32_t bar;
	enum suite suite;
	enum against against;
	uint32_t device; /* of the suite, that ours is compared to */
	enum dim dim;
	uint32_t value; /* that the cell has in this dimension, or ANY */
	const char *metric;
	double limit;        /* of the vector driver, where that makes a difference */
	double limit_scalar; /* 0: the same */
	bool is_floor;
} rules[] = {
	{ 1, SUITE_BURSTS, AGAINST_DEVICE, 1, DIM_TYPE, CELL_ATOMIC, "cycles", 1.0 },
	{ 1, SUITE_BURSTS, AGAINST_DEVICE, 1, DIM_TYPE, CELL_PARALLEL, "cycles", 1.0 },
	{ 2, SUITE_BURSTS, AGAINST_DEVICE, 2, DIM_TYPE, CELL_ATOMIC, "cycles", 0.2 },
	{ 2, SUITE_BURSTS, AGAINST_DEVICE, 2, DIM_TYPE, CELL_ORDERED, "cycles", 0.2 },
	{ 2, SUITE_BURSTS, AGAINST_DEVICE, 2, DIM_TYPE, CELL_PARALLEL, "cycles", 0.33 },
	{ 3, SUITE_SINGLES, AGAINST_DEVICE, 1, DIM_BURST, ANY, "cycles", 1.0 },
	{ 3, SUITE_FLOWS, AGAINST_FEWER_FLOWS, 0, DIM_FLOWS, 65536, "cycles", 1.5 },
	{ 4, SUITE_DRIVER, AGAINST_NOTHING, 0, DIM_BURST, 32, "new", 6, 12 },
	{ 4, SUITE_DRIVER, AGAINST_NOTHING, 0, DIM_BURST, 32, "forward", 6, 12 },
	{ 4, SUITE_DRIVER, AGAINST_NOTHING, 0, DIM_BURST, 32, "release", 6, 12 },
	{ 4, SUITE_DRIVER, AGAINST_NOTHING, 0, DIM_BURST, 32, "dequeue", 5, 10 },
	{ 4, SUITE_DRIVER, AGAINST_NOTHING, 0, DIM_BURST, 1, "new", 20 },
	{ 4, SUITE_DRIVER, AGAINST_NOTHING, 0, DIM_BURST, 1, "forward", 20 },
	{ 4, SUITE_DRIVER, AGAINST_NOTHING, 0, DIM_BURST, 1, "release", 20 },
	{ 4, SUITE_DRIVER, AGAINST_NOTHING, 0, DIM_BURST, 1, "dequeue", 25 },
	{ 5, SUITE_TWO_CORES, AGAINST_DEVICE, 1, DIM_TYPE, CELL_ATOMIC, "throughput", 1.2, 0,
	  true },
	{ 5, SUITE_TWO_CORES, AGAINST_DEVICE, 1, DIM_TYPE, CELL_PARALLEL, "throughput", 1.2, 0,
	  true },
	{ 5, SUITE_TWO_CORES, AGAINST_DEVICE, 2, DIM_TYPE, ANY, "throughput", 4.0, 0, true },
};

static int
suite_run(struct bar *bar, struct fleet *fleet, const struct bench_conf *preset,
	  const struct suite_info *suite)
{
	struct bench *bench = &bar->benches[bar->nb_benches];
	struct bench_conf conf;
	uint32_t i;
	int ret;

	bench_conf_init(&conf, suite->mode);
	conf.rounds = preset->rounds;
	conf.events = preset->events;
	conf.checked = preset->checked;
	conf.order = suite->order;
	conf.lists[DIM_STAGES] = suite->stages;
	conf.lists[DIM_WORKERS] = suite->workers;
	conf.lists[DIM_TYPE] = suite->types;
	conf.lists[DIM_BURST] = suite->bursts;
	conf.lists[DIM_FLOWS] = suite->flows;
	for (i = 0; i < suite->nb_devices; i++) {
		const struct contestant_info *c = &contestants[suite->devices[i]];

		conf.devices[i] = fleet_get(fleet, c->driver, c->has_service, c->devargs);
		if (conf.devices[i] == NULL)
			return -ENODEV;
	}
	conf.nb_devices = suite->nb_devices;
	ret = bench_create(bench, &conf);
	if (ret < 0)
		return ret;
	bar->nb_benches++;
	/* A trial that fails is a line that does not hold. */
	bench_run(bench);
	return 0;
}

/* The cell that differs only in having the first of the suite's numbers of flows. */
static uint32_t
cell_with_fewer_flows(const struct bench *b, uint32_t cell)
{
	struct cell wanted = b->cells[cell];
	uint32_t i;

	wanted.value[DIM_FLOWS] = b->conf.lists[DIM_FLOWS].value[0];
	for (i = 0; i < b->nb_cells; i++)
		if (memcmp(&b->cells[i].value, &wanted.value, sizeof(wanted.value)) == 0)
			return i;
	return cell;
}

static uint32_t
metric_index(const struct mode *mode, const char *name)
{
	uint32_t m = 0;

	while (m + 1 < mode_metrics(mode) && strcmp(mode->metrics[m].name, name) != 0)
		m++;
	return m;
}

static void
line_describe(const struct rule *rule, const struct bench *b, uint32_t cell, struct bar_line *line)
{
	char text[16];
	size_t used = 0;
	uint32_t i;

	for (i = 0; i < DIM_COUNT; i++)
		if (b->conf.lists[i].count > 1)
			used += (size_t)snprintf(line->what + used, sizeof(line->what) - used,
						 "%s%s %s", used > 0 ? ", " : "", dims[i].name,
						 dim_text(i, b->cells[cell].value[i], text,
							  sizeof(text)));
	switch (rule->against) {
	case AGAINST_DEVICE:
		snprintf(line->what + used, sizeof(line->what) - used, ": %s, times %s",
			 rule->metric, b->conf.devices[rule->device]->info.driver_name);
		break;
	case AGAINST_FEWER_FLOWS:
		snprintf(line->what + used, sizeof(line->what) - used, ": %s, times 1024 flows",
			 rule->metric);
		break;
	default:
		snprintf(line->what + used, sizeof(line->what) - used, ": cycles to %s",
			 rule->metric);
	}
}

/* The driver's vector path needs the instructions, and leave to use them. */
static bool
is_vector_machine(void)
{
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512VBMI) > 0 &&
	       rte_vect_get_max_simd_bitwidth() >= AVX512_BITS;
}

static void
line_judge(const struct rule *rule, const struct bench *b, uint32_t cell, struct bar_line *line)
{
	uint32_t m = metric_index(b->conf.mode, rule->metric);
	const struct result *ours = bench_result(b, cell, 0);
	const struct result *other = ours;

	if (rule->against == AGAINST_DEVICE)
		other = bench_result(b, cell, rule->device);
	else if (rule->against == AGAINST_FEWER_FLOWS)
		other = bench_result(b, cell_with_fewer_flows(b, cell), 0);
	line->missing = ours->skipped != NULL ? ours->skipped : other->skipped;
	if (line->missing == NULL && (ours->failed || other->failed))
		line->missing = "a trial failed";
	if (line->missing != NULL)
		return;
	line->reached = rule->against == AGAINST_NOTHING
				? samples_summary(&ours->samples[m]).median
				: samples_ratio(&ours->samples[m], &other->samples[m]).median;
	line->held = rule->is_floor ? line->reached >= line->limit : line->reached <= line->limit;
}

static bool
rule_covers(const struct rule *rule, const struct bench *b, uint32_t cell)
{
	const struct cell *c = &b->cells[cell];

	if (rule->value == ANY)
		return rule->against != AGAINST_DEVICE ||
		       device_refuses(b->conf.devices[rule->device], c) == NULL;
	return c->value[rule->dim] == rule->value;
}

static void
rule_apply(struct bar *bar, const struct rule *rule)
{
	const struct bench *b = &bar->benches[rule->suite];
	uint32_t cell;

	for (cell = 0; cell < b->nb_cells; cell++) {
		struct bar_line *line = &bar->lines[bar->nb_lines];

		if (!rule_covers(rule, b, cell) || bar->nb_lines == BAR_LINES_MAX)
			continue;
		*line = (struct bar_line){
			.bar = rule->bar,
			.limit = rule->limit_scalar > 0 && !is_vector_machine() ? rule->limit_scalar
										: rule->limit,
			.is_floor = rule->is_floor,
		};
		line_describe(rule, b, cell, line);
		line_judge(rule, b, cell, line);
		bar->nb_lines++;
	}
}

int
bar_run(struct bar *bar, struct fleet *fleet, const struct bench_conf *preset)
{
	uint32_t i;
	int ret;

	memset(bar, 0, sizeof(*bar));
	for (i = 0; i < BAR_SUITES; i++) {
		ret = suite_run(bar, fleet, preset, &suites[i]);
		if (ret < 0) {
			bar_destroy(bar);
			return ret;
		}
	}
	for (i = 0; i < RTE_DIM(rules); i++)
		rule_apply(bar, &rules[i]);
	return 0;
}

bool
bar_holds(const struct bar *bar)
{
	uint32_t i;

	for (i = 0; i < bar->nb_lines; i++)
		if (!bar->lines[i].held)
			return false;
	return bar->nb_lines > 0;
}

void
bar_destroy(struct bar *bar)
{
	uint32_t i;

	for (i = 0; i < bar->nb_benches; i++)
		bench_destroy(&bar->benches[i]);
	bar->nb_benches = 0;
}
