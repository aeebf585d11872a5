/* SPDX-License-Identifier: BSD-3-Clause */
/* The registers of load-balanced queues: limits, sequence numbers, lock ids. */
#include "ldb_queue.h"

/* Codes 1 to 7 of AQED_QID_HID_WIDTH leave 64 to 4096 values. */
#define KEY_BITS_OF_CODE_0 5
#define KEY_MULTIPLIER 40503 /* odd, 2^16 over the golden ratio: neighbours end up far apart */

/* To be called when limits, window or configuration of the queue have been written. */
void
ldb_queue_update(struct dlb_model *m, uint32_t qid)
{
	const struct ldb_queue *q = &m->ldb_queue[qid];

	queue_set_put(&m->inflight_ok, qid, q->inflight < q->inflight_limit);
	nalb_note(m, qid);
}

void
ldb_queue_limits_written(struct dlb_model *m, enum dlb_kind kind, uint32_t qid, uint32_t value)
{
	(void)kind;
	(void)value;
	atomic_stage(m, qid);
	ldb_queue_update(m, qid);
}

void
ldb_queue_sn_written(struct dlb_model *m, enum dlb_kind kind, uint32_t qid, uint32_t value)
{
	struct ldb_queue *q = &m->ldb_queue[qid];

	(void)kind;
	q->sn_group = (uint8_t)dlb_field_get(value, DLB_CHP_ORD_QID_SN_MAP_GRP);
	q->sn_slot = (uint8_t)dlb_field_get(value, DLB_CHP_ORD_QID_SN_MAP_SLOT);
	ldb_queue_update(m, qid);
}

/* How a lock id becomes the key of a flow: multiply, then keep the top bits. */
void
ldb_queue_key_update(struct dlb_model *m, uint32_t qid)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	uint32_t code = dlb_field_get(csr_get(m, DLB_AQED_QID_HID_WIDTH, qid),
				      DLB_AQED_QID_HID_WIDTH_COMPRESS_CODE);

	q->key.multiplier = code == 0 ? 1 : KEY_MULTIPLIER;
	q->key.shift = code == 0 ? 0 : 16 - (KEY_BITS_OF_CODE_0 + code);
	q->key_stale = false;
	q->counts_staged = false; /* there are none */
}

/* choice: flows keep their keys; another width comes into force when none is tracked. */
void
ldb_queue_key_written(struct dlb_model *m, enum dlb_kind kind, uint32_t qid, uint32_t value)
{
	(void)kind;
	(void)value;
	m->ldb_queue[qid].key_stale = true;
	atomic_staged_count(m, qid, true);
	if (m->ldb_queue[qid].flows_tracked == 0)
		ldb_queue_key_update(m, qid);
}
