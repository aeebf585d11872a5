/* SPDX-License-Identifier: BSD-3-Clause */
/* What new events look like. */
#include <string.h>

#include "producer.h"

void
producer_init(struct producer *p, const struct device *device, const struct cell *cell,
	      uint64_t total)
{
	uint32_t levels = cell->value[DIM_PRIORITIES];
	uint32_t level;

	*p = (struct producer){
		.device = device,
		.port = device_producer_port(cell),
		.burst = (uint16_t)cell->value[DIM_BURST],
		.window = cell->value[DIM_WINDOW],
		.flows = cell->value[DIM_FLOWS],
		.total = total,
		.priorities = levels,
	};
	for (level = 0; level < levels; level++) {
		struct rte_event ev = {
			.op = RTE_EVENT_OP_NEW,
			.event_type = RTE_EVENT_TYPE_CPU,
			.sched_type = cell_stage_type(cell, 0),
			.queue_id = 0,
			.priority = levels == 1 ? RTE_EVENT_DEV_PRIORITY_NORMAL
						: (uint8_t)(level * 256 / levels),
		};

		p->words[level] = ev.event;
	}
}
