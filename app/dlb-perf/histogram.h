/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Histogram: counts of durations over nine orders of magnitude, each known to within 1.6 percent.
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_STEP_BITS 6 /* buckets to a doubling */
#define HISTOGRAM_STEPS (1u << HISTOGRAM_STEP_BITS)
#define HISTOGRAM_BUCKETS ((64 - HISTOGRAM_STEP_BITS + 1) * HISTOGRAM_STEPS)

struct histogram {
	uint64_t count;
	uint64_t max;
	uint64_t buckets[HISTOGRAM_BUCKETS];
};

/* Small values have a bucket each; larger ones share their leading bits. */
static inline uint32_t
histogram_bucket(uint64_t value)
{
	uint32_t shift;

	if (value < HISTOGRAM_STEPS)
		return (uint32_t)value;
	shift = 63 - HISTOGRAM_STEP_BITS - (uint32_t)__builtin_clzll(value);
	return shift * HISTOGRAM_STEPS + (uint32_t)(value >> shift);
}

static inline void
histogram_add(struct histogram *h, uint64_t value)
{
	h->count++;
	h->buckets[histogram_bucket(value)]++;
	if (value > h->max)
		h->max = value;
}

/** Add what another one counted. */
void histogram_join(struct histogram *h, const struct histogram *other);

/** The duration that a part of all, such as 0.99, does not exceed; 0 when there are none. */
uint64_t histogram_quantile(const struct histogram *h, double part);

#endif /* HISTOGRAM_H */
