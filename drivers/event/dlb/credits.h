/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Credits: how many events may be in the system. A device has one pool, worth nb_events_limit; a port
 * takes from it for NEW events and gives back for released ones, through a cache of its own so that
 * most bursts touch no shared line. FORWARD costs nothing.
 *
 * What a port holds in its cache counts as in the system, so caches are small against the limit, empty
 * where the limit is tight, and given back when a port finds nothing to do.
 */
#ifndef DLB_EVDEV_CREDITS_H
#define DLB_EVDEV_CREDITS_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

struct dlb_credit_pool {
	int32_t free; /* shared by all ports */
	int32_t limit;
} __rte_cache_aligned;

struct dlb_credit_cache {
	struct dlb_credit_pool *pool;
	struct dlb_credit_pool
		*directed; /* hardware credits of directed queues, where they are counted */
	int32_t cached;
	int32_t quanta; /* taken ahead, and kept, at most; 0: exact accounting */
	int32_t reserve; /* pool level at which NEW events are refused: limit - new_event_threshold */
};

/* Take up to want from a pool, down to a level; returns how many. */
static inline int32_t
dlb_pool_take(struct dlb_credit_pool *pool, int32_t want, int32_t reserve)
{
	int32_t seen = __atomic_load_n(&pool->free, __ATOMIC_RELAXED);
	int32_t take;

	do {
		take = RTE_MIN(want, seen - reserve);
		if (take <= 0)
			return 0;
	} while (!__atomic_compare_exchange_n(&pool->free, &seen, seen - take, true,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return take;
}

static inline void
dlb_pool_put(struct dlb_credit_pool *pool, int32_t count)
{
	__atomic_fetch_add(&pool->free, count, __ATOMIC_RELAXED);
}

/* Have credits for at least one NEW event; false: there are none. */
static inline bool
dlb_credits_refill(struct dlb_credit_cache *c)
{
	c->cached += dlb_pool_take(c->pool, 1 + c->quanta, c->reserve);
	return c->cached > 0;
}

/* Pay for up to want NEW events; returns how many are paid for. */
static inline uint16_t
dlb_credits_take(struct dlb_credit_cache *c, uint16_t want)
{
	if (unlikely(c->cached < want)) {
		c->cached += dlb_pool_take(c->pool, want - c->cached + c->quanta, c->reserve);
		if (unlikely(c->cached < want))
			want = (uint16_t)c->cached;
	}
	c->cached -= want;
	return want;
}

/* Pay for that many NEW events, or for none. */
static inline bool
dlb_credits_take_all(struct dlb_credit_cache *c, uint16_t count)
{
	uint16_t taken;

	if (likely(c->cached >= count)) {
		c->cached -= count;
		return true;
	}
	taken = dlb_credits_take(c, count);
	if (taken == count)
		return true;
	c->cached += taken;
	return false;
}

/* More than is worth keeping. */
static inline bool
dlb_credits_are_many(const struct dlb_credit_cache *c)
{
	return c->cached > 2 * c->quanta;
}

static inline void
dlb_credits_trim(struct dlb_credit_cache *c)
{
	if (unlikely(dlb_credits_are_many(c))) {
		dlb_pool_put(c->pool, c->cached - c->quanta);
		c->cached = c->quanta;
	}
}

/* Events left the system. */
static inline void
dlb_credits_put(struct dlb_credit_cache *c, uint16_t count)
{
	c->cached += count;
	dlb_credits_trim(c);
}

/* The port is idle: what it holds may serve others. */
static inline void
dlb_credits_return(struct dlb_credit_cache *c)
{
	if (c->cached > 0) {
		dlb_pool_put(c->pool, c->cached);
		c->cached = 0;
	}
}

#endif /* DLB_EVDEV_CREDITS_H */
