/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What each slot of a CQ knows of its queue. The device tells slots when a queue gets or loses
 * work, and when a QE that is scheduled or completed takes it to its inflight limit or back;
 * writing a limit tells nobody (choice: the moments are not public). A slot that is mapped later
 * has missed all that, and stays without QEs until software repairs its state (programming-
 * model.md, "Dynamic map") or the next change comes. A driver that skips the repair, or resumes a
 * paused queue without it, has a queue that is stuck.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cq.h"
#include "slot_state.h"

#define NO_QUEUE DLB_LDB_QUEUES

/* Bit s of a mask: slot s. */
struct slot_state {
	uint8_t nalb_has_work[DLB_LDB_PORTS];
	uint8_t ready_has_work[DLB_LDB_PORTS];
	uint8_t inflight_ok[DLB_LDB_PORTS];
	uint8_t queue[DLB_LDB_PORTS][DLB_CQ_SLOTS]; /* NO_QUEUE: not mapped */

	/* The same the other way round, so that nothing is looked at that cannot have changed. */
	uint64_t mapped_cqs;
	uint32_t queues[DLB_LDB_PORTS]; /* of all slots */
	uint32_t locked[DLB_LDB_PORTS]; /* queues with flows that the CQ held last */

	/* As the slots have been told. */
	uint32_t nalb_work, ready_work;
	uint16_t inflight[DLB_LDB_QUEUES];
};

int
slot_state_create(struct dlb_model *m)
{
	m->slot_state = calloc(1, sizeof(*m->slot_state));
	return m->slot_state == NULL ? -ENOMEM : 0;
}

void
slot_state_destroy(struct dlb_model *m)
{
	free(m->slot_state);
}

void
slot_state_reset(struct dlb_model *m)
{
	struct slot_state *s = m->slot_state;

	memset(s, 0, sizeof(*s));
	memset(s->inflight_ok, UINT8_MAX, sizeof(s->inflight_ok));
	memset(s->queue, NO_QUEUE, sizeof(s->queue));
}

/* Let the scheduler see only the queues that the slots of a CQ believe have something for it. */
static void
cq_refresh(struct dlb_model *m, uint32_t cq)
{
	const struct slot_state *s = m->slot_state;
	struct port *p = &m->port[DLB_LDB][cq];
	uint64_t bit = UINT64_C(1) << cq;
	uint32_t slot, qid, knows, queues;

	m->slot_state->locked[cq] = p->locked;
	for (queues = p->queues; queues != 0; queues &= queues - 1)
		m->queue_cqs[__builtin_ctz(queues)] &= ~bit;
	for (slot = 0; slot < DLB_CQ_SLOTS; slot++) {
		qid = s->queue[cq][slot];
		if (qid == NO_QUEUE)
			continue;
		knows = (s->nalb_has_work[cq] | s->ready_has_work[cq]) >> slot & 1;
		knows |= p->locked >> qid & 1;
		if (!(knows & s->inflight_ok[cq] >> slot))
			continue;
		queues |= UINT32_C(1) << qid;
		m->queue_cqs[qid] |= bit;
	}
	p->queues = queues;
}

void
slot_state_mapped(struct dlb_model *m, uint32_t cq)
{
	struct slot_state *s = m->slot_state;
	uint32_t slot, qid, queues = 0;

	for (slot = 0; slot < DLB_CQ_SLOTS; slot++) {
		qid = cq_slot_queue(m, cq, slot);
		s->queue[cq][slot] = NO_QUEUE;
		if (!cq_slot_is_mapped(m, cq, slot))
			continue;
		s->queue[cq][slot] = (uint8_t)qid;
		queues |= UINT32_C(1) << qid;
	}
	s->queues[cq] = queues;
	s->mapped_cqs &= ~(UINT64_C(1) << cq);
	s->mapped_cqs |= (uint64_t)(queues != 0) << cq;
	cq_refresh(m, cq);
}

static void
slot_put(uint8_t *slots, uint32_t slot, bool value)
{
	*slots = (uint8_t)((*slots & ~(1u << slot)) | (uint32_t)value << slot);
}

/* Queues of which something has changed: bit q of each. */
static void
slots_tell(struct dlb_model *m, uint32_t cq, uint32_t nalb, uint32_t ready, uint32_t counted)
{
	struct slot_state *s = m->slot_state;
	uint32_t slot, qid;

	for (slot = 0; slot < DLB_CQ_SLOTS; slot++) {
		qid = s->queue[cq][slot];
		if (qid == NO_QUEUE)
			continue;
		if (nalb >> qid & 1)
			slot_put(&s->nalb_has_work[cq], slot, m->nalb_work >> qid & 1);
		if (ready >> qid & 1)
			slot_put(&s->ready_has_work[cq], slot, m->ready_work >> qid & 1);
		if (counted >> qid & 1)
			slot_put(&s->inflight_ok[cq], slot, m->inflight_ok >> qid & 1);
	}
}

void
slot_state_observe(struct dlb_model *m)
{
	struct slot_state *s = m->slot_state;
	uint32_t nalb = s->nalb_work ^ m->nalb_work, ready = s->ready_work ^ m->ready_work;
	uint32_t counted = 0, cq, qid;
	uint64_t cqs;

	for (qid = 0; qid < DLB_LDB_QUEUES; qid++) {
		queue_set_put(&counted, qid, s->inflight[qid] != m->ldb_queue[qid].inflight);
		s->inflight[qid] = m->ldb_queue[qid].inflight;
	}
	s->nalb_work = m->nalb_work;
	s->ready_work = m->ready_work;

	for (cqs = s->mapped_cqs; cqs != 0; cqs &= cqs - 1) {
		cq = (uint32_t)__builtin_ctzll(cqs);
		if (!((nalb | ready | counted) & s->queues[cq]) &&
		    s->locked[cq] == m->port[DLB_LDB][cq].locked)
			continue;
		slots_tell(m, cq, nalb, ready, counted);
		cq_refresh(m, cq);
	}
}

/* LSP_LDB_SCHED_CTRL. SLIST_HASWORK and AQED_NFULL stay the device's own. */
void
slot_state_command_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value)
{
	struct slot_state *s = m->slot_state;
	uint32_t cq = dlb_field_get(value, DLB_LSP_LDB_SCHED_CTRL_CQ);
	uint32_t slot = dlb_field_get(value, DLB_LSP_LDB_SCHED_CTRL_QIDIX);
	bool to = value & DLB_LSP_LDB_SCHED_CTRL_VALUE;

	(void)kind;
	(void)index;
	if (s == NULL || cq >= DLB_LDB_PORTS)
		return;
	if (value & DLB_LSP_LDB_SCHED_CTRL_NALB_HASWORK_V)
		slot_put(&s->nalb_has_work[cq], slot, to);
	if (value & DLB_LSP_LDB_SCHED_CTRL_RLIST_HASWORK_V)
		slot_put(&s->ready_has_work[cq], slot, to);
	if (value & DLB_LSP_LDB_SCHED_CTRL_INFLIGHT_OK_V)
		slot_put(&s->inflight_ok[cq], slot, to);
	cq_refresh(m, cq);
}
