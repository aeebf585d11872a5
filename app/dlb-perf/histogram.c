/* SPDX-License-Identifier: BSD-3-Clause */
/* Percentiles of durations. */
#include <math.h>

#include "histogram.h"

/* The largest value of a bucket. */
static uint64_t
bucket_top(uint32_t bucket)
{
	uint32_t shift;

	if (bucket < 2 * HISTOGRAM_STEPS)
		return bucket;
	shift = bucket / HISTOGRAM_STEPS - 1;
	return ((uint64_t)(HISTOGRAM_STEPS + bucket % HISTOGRAM_STEPS + 1) << shift) - 1;
}

void
histogram_join(struct histogram *h, const struct histogram *other)
{
	uint32_t i;

	h->count += other->count;
	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		h->buckets[i] += other->buckets[i];
	if (other->max > h->max)
		h->max = other->max;
}

uint64_t
histogram_quantile(const struct histogram *h, double part)
{
	uint64_t rank = (uint64_t)ceil(part * (double)h->count);
	uint64_t seen = 0, top;
	uint32_t i;

	for (i = 0; i < HISTOGRAM_BUCKETS && seen < h->count; i++) {
		seen += h->buckets[i];
		if (seen >= rank && seen > 0) {
			top = bucket_top(i);
			return top < h->max ? top : h->max;
		}
	}
	return 0;
}
