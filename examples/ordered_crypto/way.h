/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A way to hand records to workers and get them back in order. All ways have the same four steps:
 *
 *   submit -> (any worker) get -> encrypt -> put -> collect
 */
#ifndef WAY_H
#define WAY_H

#include <stdint.h>

#include <rte_mbuf.h>

#define BURST 128
#define WORKERS_MAX 16
#define WINDOW 1024 /* records on their way at once, at most */

struct way;

struct way_ops {
	/* Bursts of up to BURST records; each returns how many it took or got. */
	uint16_t (*submit)(struct way *w, struct rte_mbuf **records, uint16_t n);
	uint16_t (*get)(struct way *w, uint32_t worker, struct rte_mbuf **records);
	/* Exactly what get() gave, in the same order. */
	void (*put)(struct way *w, uint32_t worker, struct rte_mbuf **records, uint16_t n);
	uint16_t (*collect)(struct way *w, struct rte_mbuf **records);
	void (*close)(struct way *w);
};

struct way {
	const struct way_ops *ops;
	char name[64];
};

/**
 * Records as events of an ordered queue.
 *
 * @param dev_id
 *   An event device that has ordered queues.
 * @param workers
 *   1 to WORKERS_MAX.
 * @param[out] way
 *   Written on success only; close() ends it.
 * @return
 *   0, or a negative errno value.
 */
int way_event_open(uint8_t dev_id, uint32_t workers, struct way **way);

/** Records through two rings, and rte_reorder behind them. As way_event_open(). */
int way_ring_open(uint32_t workers, struct way **way);

#endif /* WAY_H */
