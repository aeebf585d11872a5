/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Draws of the test aids: a fixed sequence for each seed. The device itself draws nothing.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include "model.h"

/* Any number but 0 starts a sequence of its own. */
#define RANDOM_START UINT64_C(0x9e3779b97f4a7c15)

/* An xorshift generator with a multiplied output. */
static inline uint64_t
random_word(struct dlb_model *m)
{
	uint64_t x = m->random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	m->random = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

/* Of limit numbers, 0 first; limit must not be 0. */
static inline uint32_t
random_below(struct dlb_model *m, uint32_t limit)
{
	return (uint32_t)((random_word(m) >> 32) * limit >> 32);
}

#endif /* RANDOM_H */
