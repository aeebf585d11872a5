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
	uint64_t released;
	uint64_t sum; /* of the numbers of those */
	struct step steps[STAGES_MAX];
};

void worker_init(struct worker *w, const struct device *device, const struct cell *cell,
		 uint8_t port);

/** What producer and workers know of the numbers when all is done: false if they disagree. */
bool worker_sum_is_right(uint64_t produced, uint64_t released, uint64_t sum);

/** Keep at it, where the device has no room at once; events that it never takes are missing later. */
void worker_enqueue_rest(const struct worker *w, const struct rte_event ev[], uint16_t n);

/** The bits of an event's first half that a step rewrites. */
static inline uint64_t
step_mask(void)
{
	const struct rte_event ev = { .op = 0x3, .sched_type = 0x3, .queue_id = UINT8_MAX };

	return ev.event;
}

/**
 * Take one burst, and pass it on.
 *
 * @return how many events
 */
static inline uint16_t
worker_turn(struct worker *w)
{
	struct rte_event ev[BURST_MAX];
	uint64_t released = 0, sum = 0;
	uint16_t i, n, sent;

	n = rte_event_dequeue_burst(w->device->id, w->port, ev, w->burst, 0);
	if (n == 0)
		return 0;
	for (i = 0; i < n; i++) {
		const struct step *step = &w->steps[ev[i].queue_id];

		ev[i].event = (ev[i].event & ~step_mask()) | step->word;
		released -= step->last;
		sum += ev[i].u64 & step->last;
	}
	sent = rte_event_enqueue_burst(w->device->id, w->port, ev, n);
	if (unlikely(sent < n))
		worker_enqueue_rest(w, &ev[sent], n - sent);
	w->released += released;
	w->sum += sum;
	return n;
}

#endif /* WORKER_H */
