/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bar: what OpenDLB promises of its speed, in ratios of one run, measured and judged.
 */
#ifndef BAR_H
#define BAR_H

#include "bench.h"
#include "fleet.h"

#define BAR_SUITES 5
#define BAR_LINES_MAX 128
#define BAR_TEXT_BYTES 80

struct bar_line {
	uint32_t bar;
	char what[BAR_TEXT_BYTES];
	const char *missing; /* why it was not measured, or NULL */
	double reached;
	double limit;
	bool is_floor; /* the limit is the least, not the most */
	bool held;
};

struct bar {
	struct bench benches[BAR_SUITES];
	uint32_t nb_benches;
	struct bar_line lines[BAR_LINES_MAX];
	uint32_t nb_lines;
};

/**
 * Measure and judge, with the rounds, events and check of a preset. Devices that the fleet lacks are made.
 * @return 0 even if a bar does not hold, or a negative errno value when nothing can be judged
 */
int bar_run(struct bar *bar, struct fleet *fleet, const struct bench_conf *preset);

/** Whether every line was measured and held. */
bool bar_holds(const struct bar *bar);

void bar_destroy(struct bar *bar);

#endif /* BAR_H */
