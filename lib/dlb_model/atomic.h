/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Atomic scheduling: waiting bins, then a bounded number of staged QEs, then the CQ that holds the
 * flow's lock. A flow is tracked from its first staged QE to its last completion, and pinned to one
 * CQ while any of its QEs is scheduled and not completed.
 *
 * Staged QEs stand in line by bin, whatever their flow. One that comes to the head while another CQ
 * holds its flow is parked with the flow, and so are those of the flow that come after it; the
 * flow stands with its holder until the lock is free, and then before the line.
 */
#ifndef ATOMIC_H
#define ATOMIC_H

#include "storage.h"

#define FLOW_STAGED_ONE (FLOW_STAGED & -FLOW_STAGED)

QE_INLINE uint32_t
flow_key(const struct ldb_queue *q, uint64_t word)
{
	uint32_t lock_id = (uint32_t)(word >> DLB_QE_LOCK_SHIFT) & UINT16_MAX;

	return (uint16_t)(lock_id * q->key_multiplier) >> q->key_shift;
}

QE_INLINE uint32_t *
flow_of(const struct dlb_model *m, uint32_t qid, uint64_t word)
{
	return &m->flow_tables[qid].flow[flow_key(&m->ldb_queue[qid], word)];
}

/* The queue may track as many flows as its limit says; a QE of a tracked one needs no further. */
QE_INLINE bool
flow_available(const struct dlb_model *m, uint32_t qid, const uint32_t *flow)
{
	const struct ldb_queue *q = &m->ldb_queue[qid];

	return *flow != 0 || q->flows_tracked < q->fid_limit;
}

QE_INLINE bool
staging_has_room(struct dlb_model *m, uint32_t qid)
{
	if (m->ldb_queue[qid].staged_count >= m->ldb_queue[qid].aqed_limit)
		return false;
	if (m->staged_total < DLB_AQED_ENTRIES)
		return true;
	m->starved |= UINT32_C(1) << qid;
	return false;
}

QE_INLINE void
ready_note(struct dlb_model *m, uint32_t qid)
{
	const struct ldb_queue *q = &m->ldb_queue[qid];

	queue_set_put(&m->ready_work, qid, (q->ready_bins | q->released_bins) != 0);
}

/* Stage one QE that is on no list. There must be room, and its flow be available. */
QE_INLINE void
stage(struct dlb_model *m, uint32_t qid, uint16_t node, uint64_t word, uint32_t *flow)
{
	struct ldb_queue *q = &m->ldb_queue[qid];

	q->flows_tracked += *flow == 0;
	*flow += FLOW_STAGED_ONE;
	q->has_flows = true;
	q->staged_count++;
	m->staged_total++;
	bins_push(q->ready, &q->ready_bins, m, node, word);
	m->ready_work |= UINT32_C(1) << qid;
	if (chosen(m, DLB_CHOICE_CREDIT_EARLY))
		storage_credit_put(m, node, DLB_LDB);
}

/* atomic.c */
void atomic_wait(struct dlb_model *m, uint32_t qid, uint16_t node);
void flow_park(struct dlb_model *m, uint32_t qid, uint32_t key, uint16_t node);
uint16_t parked_take(struct dlb_model *m, uint32_t qid, uint32_t cq, struct fifo *list,
		     struct hist_entry *entry);
void flow_release(struct dlb_model *m, uint32_t qid, uint32_t key, uint32_t cq);

/* A QE enters the queue; straight into staging when nothing waits before it. */
QE_INLINE void
atomic_put(struct dlb_model *m, uint32_t qid, uint16_t node, uint64_t word)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	uint32_t *flow = flow_of(m, qid, word);

	q->atomic_enqueued++;
	if (q->waiting_bins == 0 && staging_has_room(m, qid) && flow_available(m, qid, flow))
		stage(m, qid, node, word, flow);
	else
		atomic_wait(m, qid, node);
}

/* May a CQ have the head of the line? With DLB_CHOICE_READY_FIRST not before it is parked. */
QE_INLINE bool
flow_admits(const struct dlb_model *m, uint32_t flow, uint32_t cq)
{
	if (!(flow & (FLOW_OUTSTANDING | FLOW_PARKED)))
		return true;
	return !(flow & FLOW_PARKED) && dlb_field_get(flow, FLOW_CQ) == cq &&
	       !chosen(m, DLB_CHOICE_READY_FIRST);
}

/*
 * A staged QE of a flow goes to a CQ, which holds the flow from now on. The count stops at its end:
 * software that rewrites history pointers gets there.
 */
QE_INLINE uint32_t
flow_schedule(uint32_t flow, uint32_t cq)
{
	const uint32_t cq_one = FLOW_CQ & -FLOW_CQ;

	if (!(flow & FLOW_OUTSTANDING))
		return flow + cq * cq_one + 1 - FLOW_STAGED_ONE;
	return flow - FLOW_STAGED_ONE + ((flow & FLOW_OUTSTANDING) != FLOW_OUTSTANDING);
}

/* The QE at the head of a line goes to a CQ, or is parked: returns whether it goes. */
QE_INLINE bool
ready_take(struct dlb_model *m, uint32_t qid, uint32_t cq, uint16_t node, struct hist_entry *entry)
{
	uint32_t key = flow_key(&m->ldb_queue[qid], m->qe[node].word);
	uint32_t *flow = &m->flow_tables[qid].flow[key];

	if (!flow_admits(m, *flow, cq)) {
		flow_park(m, qid, key, node);
		return false;
	}
	*flow = flow_schedule(*flow, cq);
	entry->ref = (uint16_t)key;
	return true;
}

/* Staging entries are free for the next QEs. */
QE_INLINE void
staging_put(struct dlb_model *m, uint32_t qid, uint32_t entries)
{
	m->ldb_queue[qid].staged_count -= (uint16_t)entries;
	m->staged_total -= (uint16_t)entries;
	if (m->ldb_queue[qid].waiting_bins != 0)
		atomic_stage(m, qid);
}

/* A flow is no longer tracked: one that waits may take its place. */
QE_INLINE void
flow_over(struct dlb_model *m, uint32_t qid)
{
	struct ldb_queue *q = &m->ldb_queue[qid];

	if (--q->flows_tracked == 0 && q->key_stale)
		ldb_queue_key_update(m, qid);
	if (q->waiting_bins != 0)
		atomic_stage(m, qid);
}

QE_INLINE void
atomic_complete(struct dlb_model *m, uint32_t qid, uint32_t key)
{
	uint32_t *flow = &m->flow_tables[qid].flow[key];
	uint32_t cq = dlb_field_get(*flow, FLOW_CQ);

	/* Software that rewrites history pointers can complete what nobody holds. */
	if ((*flow & FLOW_OUTSTANDING) == 0)
		return;

	if ((*flow & FLOW_OUTSTANDING) > 1) {
		*flow -= 1;
	} else {
		*flow &= FLOW_STAGED | FLOW_PARKED;
		if (*flow & FLOW_PARKED)
			flow_release(m, qid, key, cq);
		else if (*flow == 0)
			flow_over(m, qid);
	}
	if (chosen(m, DLB_CHOICE_STAGED_LONG))
		staging_put(m, qid, 1);
}

#endif /* ATOMIC_H */
