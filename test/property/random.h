/* SPDX-License-Identifier: BSD-3-Clause */
/* Random numbers that are the same on every machine, so that a seed is a case. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* SplitMix64: any state is a good one, and neighbouring seeds give unrelated numbers. */
static inline uint64_t
random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* 0 to n - 1 */
static inline uint32_t
random_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)((random_next(state) >> 32) * n >> 32);
}

static inline uint32_t
random_between(uint64_t *state, uint32_t least, uint32_t most)
{
	return least + random_below(state, most - least + 1);
}

static inline bool
random_chance(uint64_t *state, uint32_t percent)
{
	return random_below(state, 100) < percent;
}

#endif /* RANDOM_H */
