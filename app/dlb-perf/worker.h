/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Worker: takes a burst of events, sends each to the queue of its next stage or, after the last one,
 * releases it. It does what a plain application would, and the same on every device. On the way it
 * adds up the numbers of the events it releases, so that none can be lost or come twice unseen.
 */
#ifndef WORKER_H
#define WORKER_H

#include <rte_branch_prediction.h>
#include <rte_eventdev.h>

#include "device.h"

/* What becomes of an event from the queue of one stage. */
struct step {
	uint64_t word; /* op, sched_type and queue_id of the first half */
	uint64_t last; /* all ones where the event is released */
};

struct worker {
	const struct device *device;
	uint8_t port;
	uint16_t burst;
	struct step steps[STAGES_MAX + 1];
	uint64_t sum;                          /* of the numbers of the released */
	uint64_t released __rte_cache_aligned; /* the producer reads it */
} __rte_cache_aligned;

void worker_init(struct worker *w, const struct device *device, const struct cell *cell,
		 uint8_t port);

/** Keep at it, where the device has no room at once; events that it never takes are missing later. */
void worker_enqueue_rest(const struct worker *w, const struct rte_event ev[], uint16_t n);

/** The bits of an event's first half that a step rewrites. */
static inline uint64_t
step_mask(void)
{
	const struct rte_event ev = { .op = 0x3, .sched_type = 0x3, .queue_id = UINT8_MAX };

	return ev.event;
}

static inline uint16_t
worker_take(const struct worker *w, struct rte_event ev[])
{
	return rte_event_dequeue_burst(w->device->id, w->port, ev, w->burst, 0);
}

/** Send events on that worker_take() brought, at least one. */
static inline void
worker_pass(struct worker *w, struct rte_event ev[], uint16_t n)
{
	uint64_t released = 0, sum = 0;
	uint16_t i, sent;

	for (i = 0; i < n; i++) {
		const struct step *step = &w->steps[ev[i].queue_id];

		ev[i].event = (ev[i].event & ~step_mask()) | step->word;
		released -= step->last;
		sum += ev[i].u64 & step->last;
	}
	sent = rte_event_enqueue_burst(w->device->id, w->port, ev, n);
	if (unlikely(sent < n))
		worker_enqueue_rest(w, &ev[sent], n - sent);
	w->sum += sum;
	__atomic_store_n(&w->released, w->released + released, __ATOMIC_RELEASE);
}

/**
 * Take one burst, and send it on.
 *
 * @return how many events
 */
static inline uint16_t
worker_turn(struct worker *w)
{
	struct rte_event ev[BURST_MAX];
	uint16_t n = worker_take(w, ev);

	if (n > 0)
		worker_pass(w, ev, n);
	return n;
}

#endif /* WORKER_H */
