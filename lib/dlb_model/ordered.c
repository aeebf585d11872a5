/* SPDX-License-Identifier: BSD-3-Clause */
/* The registers of order restoration. */
#include "ordered.h"

void
ordered_mode_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value)
{
	const uint32_t fields[DLB_SN_GROUPS] = { DLB_RO_GRP_SN_MODE_SN_MODE_0,
						 DLB_RO_GRP_SN_MODE_SN_MODE_1 };
	uint32_t g, mode, qid;

	(void)kind;
	(void)index;
	for (g = 0; g < DLB_SN_GROUPS; g++) {
		mode = dlb_field_get(value, fields[g]);
		m->sn_group[g].mode = (uint8_t)(mode < DLB_SN_MODES ? mode : DLB_SN_MODES - 1);
	}
	for (qid = 0; qid < DLB_LDB_QUEUES; qid++)
		ldb_queue_update(m, qid);
}
