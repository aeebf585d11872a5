/* SPDX-License-Identifier: BSD-3-Clause */
/* Flows: how many are with each CQ now. For whoever watches the model; the hardware does not tell. */
#include <string.h>

#include "model.h"

static void
queue_flows_count(const struct dlb_model *m, uint32_t qid, uint32_t pinned[DLB_LDB_PORTS])
{
	const uint32_t *flow = m->flow_tables[qid].flow;
	uint32_t left = m->ldb_queue[qid].flows_tracked;
	uint32_t key;

	for (key = 0; left > 0 && key < LOCK_IDS; key++) {
		left -= flow[key] != 0;
		if (flow[key] & FLOW_OUTSTANDING)
			pinned[dlb_field_get(flow[key], FLOW_CQ)]++;
	}
}

void
dlb_model_flows_pinned(const struct dlb_model *m, uint32_t pinned[DLB_LDB_PORTS])
{
	uint32_t qid;

	memset(pinned, 0, DLB_LDB_PORTS * sizeof(pinned[0]));
	for (qid = 0; qid < DLB_LDB_QUEUES; qid++)
		queue_flows_count(m, qid, pinned);
}
