/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Patience: how a loop that polls finds out that nothing moves any more. The clock is asked only after
 * many turns without a result.
 */
#ifndef PATIENCE_H
#define PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_cycles.h>

#define PATIENCE_S 3
#define PATIENCE_TURNS 1024

struct patience {
	uint64_t idle;
	uint64_t deadline;
};

/** After each turn, with what it moved; true when it is time to give up. */
static inline bool
patience_is_over(struct patience *p, uint64_t moved)
{
	if (moved > 0) {
		p->idle = 0;
		return false;
	}
	if (++p->idle % PATIENCE_TURNS != 0)
		return false;
	if (p->idle == PATIENCE_TURNS)
		p->deadline = rte_rdtsc() + PATIENCE_S * rte_get_tsc_hz();
	return rte_rdtsc() > p->deadline;
}

#endif /* PATIENCE_H */
