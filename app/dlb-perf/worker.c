/* SPDX-License-Identifier: BSD-3-Clause */
/* What becomes of an event at each stage, and whether all came out in the end. */
#include <rte_cycles.h>

#include "mode.h"
#include "worker.h"

void
worker_init(struct worker *w, const struct device *device, const struct cell *cell, uint8_t port)
{
	uint32_t last = cell->value[DIM_STAGES] - 1;
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
	uint64_t deadline = rte_rdtsc() + STUCK_S * rte_get_tsc_hz();
	uint16_t sent = 0;

	while (sent < n && rte_rdtsc() < deadline) {
		device_serve(w->device);
		sent += rte_event_enqueue_burst(w->device->id, w->port, &ev[sent], n - sent);
	}
}

bool
worker_sum_is_right(uint64_t produced, uint64_t released, uint64_t sum)
{
	return released == produced && sum == produced * (produced - 1) / 2;
}
