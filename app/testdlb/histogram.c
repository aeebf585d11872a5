/* SPDX-License-Identifier: BSD-3-Clause */
#include "histogram.h"

void
histogram_merge(struct histogram *to, const struct histogram *from)
{
	uint32_t i;

	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		to->bucket[i] += from->bucket[i];
	if (from->max > to->max)
		to->max = from->max;
}

uint64_t
histogram_permille(const struct histogram *h, uint32_t permille)
{
	uint64_t total = 0, below = 0;
	uint32_t i;

	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		total += h->bucket[i];
	if (total == 0)
		return 0;
	for (i = 0; i < HISTOGRAM_BUCKETS; i++) {
		below += h->bucket[i];
		if (below * 1000 >= total * permille)
			break;
	}
	return histogram_value(i) < h->max ? histogram_value(i) : h->max;
}
