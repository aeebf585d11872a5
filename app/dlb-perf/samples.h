/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Samples: what was measured of one quantity, one value a round, and what is said of them: the median,
 * and the quartiles around it.
 */
#ifndef SAMPLES_H
#define SAMPLES_H

#include <stdint.h>

#define ROUNDS_MAX 99

struct samples {
	uint32_t count;
	double value[ROUNDS_MAX];
};

struct summary {
	double median;
	double low, high; /* quartiles */
	double min, max;
};

/** Of any number of values, at least one; puts them in order. */
double values_median(double values[], uint32_t count);

void samples_add(struct samples *samples, double value);

/** All zero when there is no sample. */
struct summary samples_summary(const struct samples *samples);

/**
 * How many times the other one is: the median of the ratios of values taken in the same round, which
 * other load on the machine disturbs less than the ratio of two medians.
 */
struct summary samples_ratio(const struct samples *of, const struct samples *to);

#endif /* SAMPLES_H */
