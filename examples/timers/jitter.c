/* SPDX-License-Identifier: BSD-3-Clause */
/* How far from their time timers expired, in powers of two of a microsecond. */
#include "jitter.h"

#include <inttypes.h>
#include <stdio.h>

#include <rte_common.h>
#include <rte_cycles.h>

#define BAR 24

void
jitter_add(struct jitter *j, int64_t late_tsc)
{
	double us = (double)late_tsc * 1e6 / (double)rte_get_tsc_hz();
	uint32_t step = 0;

	while (step < JITTER_STEPS - 1 && us > (double)(UINT64_C(1) << step))
		step++;
	j->steps[step]++;
	j->earliest = j->count == 0 ? late_tsc : RTE_MIN(j->earliest, late_tsc);
	j->latest = j->count == 0 ? late_tsc : RTE_MAX(j->latest, late_tsc);
	j->count++;
}

void
jitter_merge(struct jitter *into, const struct jitter *from)
{
	uint32_t step;

	if (from->count == 0)
		return;
	for (step = 0; step < JITTER_STEPS; step++)
		into->steps[step] += from->steps[step];
	into->earliest =
		into->count == 0 ? from->earliest : RTE_MIN(into->earliest, from->earliest);
	into->latest = into->count == 0 ? from->latest : RTE_MAX(into->latest, from->latest);
	into->count += from->count;
}

static void
bar_print(const struct jitter *j, uint32_t step)
{
	uint64_t length = j->count == 0 ? 0 : (j->steps[step] * BAR + j->count - 1) / j->count;

	printf(" %8" PRIu64 " %-*.*s", j->steps[step], BAR, (int)length,
	       "########################");
}

void
jitter_print(const struct jitter j[2], const char *first, const char *second)
{
	uint32_t step, last = 0;

	for (step = 0; step < JITTER_STEPS; step++)
		if (j[0].steps[step] + j[1].steps[step] > 0)
			last = step;
	printf("%10s  %8s %-*s %8s\n", "late, us", first, BAR, "", second);
	for (step = 0; step <= last; step++) {
		printf("<= %7u ", 1u << step);
		bar_print(&j[0], step);
		bar_print(&j[1], step);
		printf("\n");
	}
}
