/* SPDX-License-Identifier: BSD-3-Clause */
/* Medians and spread. */
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "samples.h"

void
samples_add(struct samples *samples, double value)
{
	if (samples->count < ROUNDS_MAX)
		samples->value[samples->count++] = value;
}

static int
compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* Between the two values nearest to it, as most tools do. */
static double
quantile(const double sorted[], uint32_t count, double part)
{
	double place = part * (count - 1);
	uint32_t below = (uint32_t)place;
	uint32_t above = RTE_MIN(below + 1, count - 1);

	return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

double
values_median(double values[], uint32_t count)
{
	qsort(values, count, sizeof(values[0]), compare);
	return quantile(values, count, 0.5);
}

struct summary
samples_summary(const struct samples *samples)
{
	double sorted[ROUNDS_MAX];
	uint32_t count = samples->count;

	if (count == 0)
		return (struct summary){ 0 };
	memcpy(sorted, samples->value, count * sizeof(sorted[0]));
	qsort(sorted, count, sizeof(sorted[0]), compare);
	return (struct summary){
		.median = quantile(sorted, count, 0.5),
		.low = quantile(sorted, count, 0.25),
		.high = quantile(sorted, count, 0.75),
		.min = sorted[0],
		.max = sorted[count - 1],
	};
}

struct summary
samples_ratio(const struct samples *of, const struct samples *to)
{
	struct samples ratios = { 0 };
	uint32_t i;

	for (i = 0; i < RTE_MIN(of->count, to->count); i++)
		if (to->value[i] > 0)
			samples_add(&ratios, of->value[i] / to->value[i]);
	return samples_summary(&ratios);
}
