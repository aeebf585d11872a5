/* SPDX-License-Identifier: BSD-3-Clause */
/* How long events took. Times below 8 have a step each; above, each power of two has eight steps. */
#include "latency.h"

#define FRACTION_BITS 3

static uint32_t
step_of(uint64_t cycles)
{
	uint32_t log2;

	if (cycles >> FRACTION_BITS == 0)
		return (uint32_t)cycles;
	log2 = 63 - (uint32_t)__builtin_clzll(cycles);
	return ((log2 - FRACTION_BITS + 1) << FRACTION_BITS) +
	       (uint32_t)(cycles >> (log2 - FRACTION_BITS) & ((1u << FRACTION_BITS) - 1));
}

/* The longest time of a step. */
static uint64_t
step_cycles(uint32_t step)
{
	uint32_t power = step >> FRACTION_BITS;
	uint64_t first = step & ((1u << FRACTION_BITS) - 1);

	if (power == 0)
		return step;
	first = (first | 1u << FRACTION_BITS) + 1;
	return (first << (power - 1)) - 1;
}

void
latency_add(struct latency *l, uint64_t cycles)
{
	l->steps[step_of(cycles)]++;
	l->count++;
}

uint64_t
latency_count(const struct latency *l)
{
	return l->count;
}

uint64_t
latency_part(const struct latency *l, double part)
{
	uint64_t wanted = (uint64_t)((double)l->count * part), seen = 0;
	uint32_t step;

	for (step = 0; step < LATENCY_STEPS; step++) {
		seen += l->steps[step];
		if (seen > wanted)
			return step_cycles(step);
	}
	return 0;
}

void
latency_write(const struct latency *l, FILE *csv, const char *run, const char *class_name,
	      double us_per_cycle)
{
	uint64_t seen = 0;
	uint32_t step;

	for (step = 0; step < LATENCY_STEPS; step++) {
		if (l->steps[step] == 0)
			continue;
		seen += l->steps[step];
		fprintf(csv, "%s,%s,%.3f,%.6f\n", run, class_name,
			(double)step_cycles(step) * us_per_cycle, (double)seen / (double)l->count);
	}
}
