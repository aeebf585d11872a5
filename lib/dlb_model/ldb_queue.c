/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Load-balanced queues: an atomic part (atomic.c) and a first-in first-out part for the rest, which
 * take turns; the limits of both; what makes a queue worth the scheduler's while.
 */
#include "storage.h"

/* Codes 1 to 7 of AQED_QID_HID_WIDTH leave 64 to 4096 values. */
#define KEY_BITS_OF_CODE_0 5
#define KEY_MULTIPLIER 40503 /* odd, 2^16 over the golden ratio: neighbours end up far apart */

static bool
nalb_can_give(const struct dlb_model *m, uint32_t qid)
{
	const struct ldb_queue *q = &m->ldb_queue[qid];

	return q->nalb_bins != 0 && (!q->has_sn || ordered_has_room(m, qid));
}

static void
nalb_note(struct dlb_model *m, uint32_t qid)
{
	queue_set_put(&m->nalb_work, qid, nalb_can_give(m, qid));
}

/* To be called when limits, window or configuration of the queue have been written. */
void
ldb_queue_update(struct dlb_model *m, uint32_t qid)
{
	const struct ldb_queue *q = &m->ldb_queue[qid];

	queue_set_put(&m->inflight_ok, qid, q->inflight < q->inflight_limit);
	nalb_note(m, qid);
}

void
ldb_queue_put(struct dlb_model *m, uint32_t qid, uint16_t node)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	bool was_empty = q->nalb_bins == 0;

	if (dlb_qe_sched_type(m->qe[node].sched) == DLB_SCHED_ATOMIC) {
		atomic_put(m, qid, node);
		return;
	}
	bins_push(q->nalb, &q->nalb_bins, m, node);
	q->nalb_count++;
	q->nalb_enqueued++;
	if (q->nalb_count > q->nalb_max_depth)
		q->nalb_max_depth = q->nalb_count;
	if (was_empty)
		nalb_note(m, qid);
}

static uint16_t
nalb_take(struct dlb_model *m, uint32_t qid, struct hist_entry *entry, uint32_t *depth)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	uint16_t node =
		bins_pop(q->nalb, &q->nalb_bins, m, arbiter_pick(m, ARB_NALB, q->nalb_bins));

	*depth = depth_code(q->nalb_count, q->nalb_threshold);
	q->nalb_count--;
	if (q->has_sn)
		ordered_assign(m, qid, entry);
	if (q->has_sn || q->nalb_bins == 0)
		nalb_note(m, qid);
	return node;
}

/* choice: datapath.md 13.5, the load of each weight code. */
static uint8_t
qe_weight(const struct dlb_model *m, const struct stored_qe *qe)
{
	uint32_t code = dlb_field_get(qe->misc, DLB_QE_WEIGHT);

	if (code == 0)
		return chosen(m, DLB_CHOICE_WEIGHTLESS) ? 0 : CHOICE_WEIGHT_CODE_0;
	return (uint8_t)(1u << code);
}

uint16_t
ldb_queue_take(struct dlb_model *m, uint32_t qid, uint32_t cq, struct hist_entry *entry,
	       uint32_t *depth)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	bool atomic = (m->ready_work | m->port[DLB_LDB][cq].locked) >> qid & 1;
	bool nalb = m->nalb_work >> qid & 1;
	uint16_t node;

	/* choice: strict turns; the weights LSP_CFG_ARB_WEIGHT_ATM_NALB_QID change nothing. */
	if (atomic && nalb) {
		atomic = q->atomic_next;
		q->atomic_next = !atomic;
	}

	*entry = (struct hist_entry){ .qid = (uint8_t)qid };
	if (atomic) {
		*depth = depth_code((uint32_t)q->staged_count + q->waiting_count,
				    q->atomic_threshold);
		node = atomic_take(m, qid, cq, entry);
	} else {
		node = nalb_take(m, qid, entry, depth);
	}
	entry->weight = qe_weight(m, &m->qe[node]);
	if (++q->inflight >= q->inflight_limit)
		m->inflight_ok &= ~(UINT32_C(1) << qid);
	return node;
}

/* A QE of the queue is completed. Counts are only off after software has rewritten pointers. */
void
ldb_queue_complete(struct dlb_model *m, const struct hist_entry *entry)
{
	struct ldb_queue *q = &m->ldb_queue[entry->qid];

	q->inflight -= q->inflight != 0;
	if (q->inflight < q->inflight_limit)
		m->inflight_ok |= UINT32_C(1) << entry->qid;
	if (entry->type == HIST_ATOMIC) {
		atomic_complete(m, entry);
	} else if (entry->type == HIST_ORDERED) {
		ordered_complete(m, entry);
		nalb_note(m, entry->qid);
	}
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
ldb_queue_key_written(struct dlb_model *m, enum dlb_kind kind, uint32_t qid, uint32_t value)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	uint32_t code = dlb_field_get(value, DLB_AQED_QID_HID_WIDTH_COMPRESS_CODE);

	(void)kind;
	q->key_multiplier = code == 0 ? 1 : KEY_MULTIPLIER;
	q->key_shift = (uint8_t)(code == 0 ? 0 : 16 - (KEY_BITS_OF_CODE_0 + code));
}
