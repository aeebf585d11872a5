/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Atomic scheduling: waiting bins, then a bounded number of staged QEs sorted by flow, then the CQ
 * that holds the flow's lock. A flow is tracked from its first staged QE to its last completion,
 * and pinned to one CQ while any of its QEs is scheduled and not completed.
 */
#include "storage.h"

/* The list that a flow with staged QEs is on: ready when unlocked, else that of its holder. */
static struct fifo *
flow_list(struct dlb_model *m, uint32_t qid, const struct flow *f)
{
	if (f->outstanding == 0)
		return &m->ldb_queue[qid].ready[f->bin];
	return &m->flow_tables[qid].locked[f->cq][f->bin];
}

/* A ready list has become empty, or is no longer. */
static void
ready_note(struct dlb_model *m, uint32_t qid, uint8_t bin, bool has_work)
{
	uint8_t *bins = &m->ldb_queue[qid].ready_bins;

	*bins = (uint8_t)((*bins & ~(1u << bin)) | (uint32_t)has_work << bin);
	queue_set_put(&m->ready_work, qid, *bins != 0);
}

/* A holder's list has become empty, or is no longer. */
static void
holder_note(struct dlb_model *m, uint32_t qid, uint8_t cq, uint8_t bin, bool has_work)
{
	struct port *p = &m->port[DLB_LDB][cq];
	uint8_t *bins = &m->flow_tables[qid].locked_bins[cq];

	*bins = (uint8_t)((*bins & ~(1u << bin)) | (uint32_t)has_work << bin);
	queue_set_put(&p->locked, qid, *bins != 0);
	m->locked_cqs = (m->locked_cqs & ~(UINT64_C(1) << cq)) | (uint64_t)(p->locked != 0) << cq;
}

static void
flow_enlist(struct dlb_model *m, uint32_t qid, uint16_t index)
{
	struct flow *flows = m->flow_tables[qid].flows, *f = &flows[index];
	struct fifo *list;

	f->bin = (uint8_t)qe_bin(&m->qe[f->staged.head]);
	list = flow_list(m, qid, f);
	f->next = 0;
	if (list->head == 0) {
		f->prev = 0;
		list->head = index;
		if (f->outstanding == 0)
			ready_note(m, qid, f->bin, true);
		else
			holder_note(m, qid, f->cq, f->bin, true);
	} else {
		f->prev = list->tail;
		flows[list->tail].next = index;
	}
	list->tail = index;
}

static void
flow_delist(struct dlb_model *m, uint32_t qid, uint16_t index)
{
	struct flow *flows = m->flow_tables[qid].flows, *f = &flows[index];
	struct fifo *list = flow_list(m, qid, f);

	if (f->prev != 0)
		flows[f->prev].next = f->next;
	else
		list->head = f->next;
	if (f->next != 0)
		flows[f->next].prev = f->prev;
	else
		list->tail = f->prev;

	if (list->head != 0)
		return;
	if (f->outstanding == 0)
		ready_note(m, qid, f->bin, false);
	else
		holder_note(m, qid, f->cq, f->bin, false);
}

static uint16_t
flow_key(const struct ldb_queue *q, const struct stored_qe *qe)
{
	return (uint16_t)((uint32_t)qe->lock_id * q->key_multiplier) >> q->key_shift;
}

/* The queue may track as many flows as its limit says; a QE of a tracked one needs no further. */
static bool
flow_available(const struct dlb_model *m, uint32_t qid, const struct stored_qe *qe)
{
	const struct ldb_queue *q = &m->ldb_queue[qid];

	return (q->flows_tracked < q->fid_limit && q->flows_tracked < FLOWS_MAX) ||
	       m->flow_tables[qid].of_key[flow_key(q, qe)] != 0;
}

static uint16_t
flow_take(struct ldb_queue *q, struct flow_table *t, uint16_t key)
{
	uint16_t index = q->flow_free;

	if (index != 0)
		q->flow_free = t->flows[index].next;
	else
		index = ++q->flow_high;
	q->flows_tracked++;
	t->flows[index] = (struct flow){ .key = key };
	t->of_key[key] = index;
	return index;
}

static void
flow_put(struct ldb_queue *q, struct flow_table *t, uint16_t index)
{
	t->of_key[t->flows[index].key] = 0;
	t->flows[index].next = q->flow_free;
	q->flow_free = index;
	q->flows_tracked--;
}

/* Keep a flow's staged QEs sorted by bin, first in first out inside a bin. */
static void
flow_insert(struct dlb_model *m, struct flow *f, uint16_t node)
{
	uint32_t bin = qe_bin(&m->qe[node]);
	uint16_t at = f->staged.head;

	if (at == 0 || qe_bin(&m->qe[f->staged.tail]) <= bin) {
		fifo_push(&f->staged, m->next, node);
		return;
	}
	if (qe_bin(&m->qe[at]) > bin) {
		m->next[node] = at;
		f->staged.head = node;
		return;
	}
	while (qe_bin(&m->qe[m->next[at]]) <= bin)
		at = m->next[at];
	m->next[node] = m->next[at];
	m->next[at] = node;
}

static bool
staging_has_room(struct dlb_model *m, uint32_t qid)
{
	if (m->ldb_queue[qid].staged_count >= m->ldb_queue[qid].aqed_limit)
		return false;
	if (m->staged_total < DLB_AQED_ENTRIES)
		return true;
	m->starved |= UINT32_C(1) << qid;
	return false;
}

/* Stage one QE that is on no list. There must be room, and its flow be available. */
static void
stage(struct dlb_model *m, uint32_t qid, uint16_t node)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	struct flow_table *t = &m->flow_tables[qid];
	uint16_t key = flow_key(q, &m->qe[node]);
	uint16_t index = t->of_key[key];
	struct flow *f;
	bool listed;

	if (index == 0)
		index = flow_take(q, t, key);
	f = &t->flows[index];
	listed = f->staged.head != 0;
	if (listed && qe_bin(&m->qe[node]) < f->bin) {
		flow_delist(m, qid, index);
		listed = false;
	}
	flow_insert(m, f, node);
	if (!listed)
		flow_enlist(m, qid, index);
	q->staged_count++;
	m->staged_total++;
	if (chosen(m, DLB_CHOICE_CREDIT_EARLY))
		storage_credit_put(m, node, DLB_LDB);
}

/*
 * Move QEs from the waiting bins while there is room. The first that cannot move blocks the rest.
 * choice: NALB_CFG_ARB_WEIGHTS_TQPRI_ATQ_0 decides between bins here; nothing is left to decide for
 * AQED_CFG_ARB_WEIGHTS_TQPRI_ATM_0, since staging has no queue at its door.
 */
void
atomic_stage(struct dlb_model *m, uint32_t qid)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	uint32_t bin;

	while (q->waiting_bins != 0 && staging_has_room(m, qid)) {
		bin = arbiter_pick(m, ARB_WAITING, q->waiting_bins);
		if (!flow_available(m, qid, &m->qe[q->waiting[bin].head]))
			break;
		q->waiting_count--;
		stage(m, qid, bins_pop(q->waiting, &q->waiting_bins, m, bin));
	}
}

/* A QE enters the queue; straight into staging when nothing waits before it. */
void
atomic_put(struct dlb_model *m, uint32_t qid, uint16_t node)
{
	struct ldb_queue *q = &m->ldb_queue[qid];

	q->atomic_enqueued++;
	if (q->waiting_bins == 0 && staging_has_room(m, qid) &&
	    flow_available(m, qid, &m->qe[node])) {
		stage(m, qid, node);
		return;
	}
	bins_push(q->waiting, &q->waiting_bins, m, node);
	q->waiting_count++;
	atomic_stage(m, qid);
}

/* A staging entry is free for the next QE. */
static void
staging_put(struct dlb_model *m, uint32_t qid)
{
	struct ldb_queue *q = &m->ldb_queue[qid];

	q->staged_count--;
	m->staged_total--;
	if (q->waiting_bins != 0)
		atomic_stage(m, qid);
}

/*
 * choice: datapath.md 13.13, flows that the CQ holds come before unlocked ones.
 * choice: datapath.md 13.12, the staging entry is free as soon as the QE is scheduled.
 * The CQ must hold a flow with staged QEs, or the queue have a ready one.
 */
uint16_t
atomic_take(struct dlb_model *m, uint32_t qid, uint32_t cq, struct hist_entry *entry)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	struct flow_table *t = &m->flow_tables[qid];
	uint8_t locked_bins = t->locked_bins[cq];
	struct flow *f;
	uint16_t index, node;

	if (locked_bins != 0 && !(chosen(m, DLB_CHOICE_READY_FIRST) && q->ready_bins != 0))
		index = t->locked[cq][arbiter_pick(m, ARB_LOCKED, locked_bins)].head;
	else
		index = q->ready[arbiter_pick(m, ARB_READY, q->ready_bins)].head;

	f = &t->flows[index];
	flow_delist(m, qid, index);
	node = fifo_pop(&f->staged, m->next);
	f->outstanding++;
	f->cq = (uint8_t)cq;
	if (f->staged.head != 0)
		flow_enlist(m, qid, index);

	if (!chosen(m, DLB_CHOICE_STAGED_LONG))
		staging_put(m, qid);
	entry->type = HIST_ATOMIC;
	entry->ref = index;
	return node;
}

void
atomic_complete(struct dlb_model *m, const struct hist_entry *entry)
{
	struct ldb_queue *q = &m->ldb_queue[entry->qid];
	struct flow_table *t = &m->flow_tables[entry->qid];
	struct flow *f = &t->flows[entry->ref];

	/* Software that rewrites history pointers can complete what nobody holds. */
	if (f->outstanding == 0)
		return;

	if (f->outstanding > 1) {
		f->outstanding--;
	} else if (f->staged.head != 0) {
		flow_delist(m, entry->qid, entry->ref);
		f->outstanding = 0;
		flow_enlist(m, entry->qid, entry->ref);
	} else {
		f->outstanding = 0;
		flow_put(q, t, entry->ref);
		if (q->waiting_bins != 0)
			atomic_stage(m, entry->qid);
	}
	if (chosen(m, DLB_CHOICE_STAGED_LONG))
		staging_put(m, entry->qid);
}

void
atomic_reset(struct dlb_model *m)
{
	uint32_t qid;

	for (qid = 0; qid < DLB_LDB_QUEUES; qid++)
		if (m->ldb_queue[qid].flow_high != 0)
			memset(&m->flow_tables[qid], 0, sizeof(m->flow_tables[qid]));
}
