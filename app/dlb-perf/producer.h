/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Producer: makes new events, numbered in u64, and keeps the window full. It does what a plain
 * application would, and the same on every device.
 */
#ifndef PRODUCER_H
#define PRODUCER_H

#include <rte_branch_prediction.h>
#include <rte_eventdev.h>

#include "device.h"

struct producer {
	const struct device *device;
	uint8_t port;
	uint16_t burst;
	uint32_t window;
	uint32_t flows;
	uint32_t flow; /* of the next event */
	uint64_t total;
	uint64_t produced;
	uint64_t words[PRIORITIES_MAX]; /* first half of a new event, by priority, less the flow */
	uint32_t priorities;
};

void producer_init(struct producer *p, const struct device *device, const struct cell *cell,
		   uint64_t total);

static inline void
producer_fill(const struct producer *p, struct rte_event ev[], uint16_t n)
{
	uint32_t flow = p->flow;
	uint16_t i;

	for (i = 0; i < n; i++) {
		ev[i].event = p->words[flow & (p->priorities - 1)] | flow;
		ev[i].u64 = p->produced + i;
		flow = flow + 1 == p->flows ? 0 : flow + 1;
	}
}

/* Events that the device did not take are made again: the flow goes with the number. */
static inline void
producer_advance(struct producer *p, uint16_t n)
{
	p->produced += n;
	p->flow += n;
	while (p->flow >= p->flows)
		p->flow -= p->flows;
}

/**
 * Enqueue whole bursts until the window has no room for another, the total is reached, or the device
 * takes no more.
 *
 * @return how many events
 */
static inline uint64_t
producer_turn(struct producer *p, uint64_t released)
{
	struct rte_event ev[BURST_MAX];
	uint64_t before = p->produced;
	uint64_t limit = released + p->window;
	uint16_t sent = p->burst;

	while (sent == p->burst && p->produced + p->burst <= limit && p->produced < p->total) {
		producer_fill(p, ev, p->burst);
		sent = rte_event_enqueue_new_burst(p->device->id, p->port, ev, p->burst);
		producer_advance(p, sent);
	}
	if (unlikely(p->produced == before) && p->device->needs_maintenance)
		rte_event_maintain(p->device->id, p->port, RTE_EVENT_DEV_MAINT_OP_FLUSH);
	return p->produced - before;
}

#endif /* PRODUCER_H */
