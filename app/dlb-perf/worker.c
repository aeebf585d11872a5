/* SPDX-License-Identifier: BSD-3-Clause */
/* What becomes of an event at each stage, and how it is sent on. */
#include <rte_lcore.h>

#include "patience.h"
#include "worker.h"

void
worker_init(struct worker *w, const struct device *device, const struct cell *cell, uint8_t port)
{
	uint32_t last = cell_queues(cell) - 1;
	uint32_t s;

	*w = (struct worker){
		.device = device,
		.port = port,
		.burst = (uint16_t)cell->value[DIM_BURST],
	};
	for (s = 0; s <= last; s++) {
		struct rte_event ev = {
			.op = s == last ? RTE_EVENT_OP_RELEASE : RTE_EVENT_OP_FORWARD,
			.queue_id = (uint8_t)(s == last ? s : s + 1),
			.sched_type = cell_stage_type(cell, s == last ? s : s + 1),
		};

		w->steps[s] = (struct step){ ev.event, s == last ? UINT64_MAX : 0 };
	}
}

void
worker_enqueue_rest(const struct worker *w, const struct rte_event ev[], uint16_t n)
{
	struct patience patience = { 0 };
	uint16_t more, sent = 0;

	do {
		if (rte_lcore_id() == rte_get_main_lcore())
			device_serve(w->device);
		more = rte_event_enqueue_burst(w->device->id, w->port, &ev[sent], n - sent);
		sent += more;
	} while (sent < n && !patience_is_over(&patience, more));
}
