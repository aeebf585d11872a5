/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A histogram of 64-bit values in buckets that grow with the value: 32 to each power of two, so that a
 * percentile is right within 3 %. One thread writes; readers may see it a few values late.
 */
#ifndef TESTDLB_HISTOGRAM_H
#define TESTDLB_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_SUB_BITS 5
#define HISTOGRAM_SUBS (1u << HISTOGRAM_SUB_BITS)
#define HISTOGRAM_BUCKETS (HISTOGRAM_SUBS * (64 - HISTOGRAM_SUB_BITS + 1))

struct histogram {
	uint64_t bucket[HISTOGRAM_BUCKETS];
	uint64_t max;
};

static inline uint32_t
histogram_index(uint64_t value)
{
	uint32_t shift;

	if (value < HISTOGRAM_SUBS)
		return (uint32_t)value;
	shift = 63 - (uint32_t)__builtin_clzll(value) - HISTOGRAM_SUB_BITS;
	return HISTOGRAM_SUBS * (shift + 1) + (uint32_t)((value >> shift) - HISTOGRAM_SUBS);
}

/* The smallest value of a bucket. */
static inline uint64_t
histogram_value(uint32_t index)
{
	uint32_t shift = index / HISTOGRAM_SUBS;

	if (shift == 0)
		return index;
	return (uint64_t)(index % HISTOGRAM_SUBS + HISTOGRAM_SUBS) << (shift - 1);
}

static inline void
histogram_add(struct histogram *h, uint64_t value)
{
	h->bucket[histogram_index(value)]++;
	if (value > h->max)
		h->max = value;
}

void histogram_merge(struct histogram *to, const struct histogram *from);

/** @return the value that so many of a thousand do not exceed; 0 when there is none. */
uint64_t histogram_permille(const struct histogram *h, uint32_t permille);

#endif /* TESTDLB_HISTOGRAM_H */
