/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Consumer queues and history lists, as every scheduled, completed or paid QE sees them.
 */
#ifndef CQ_H
#define CQ_H

#include <string.h>

#include "entry.h"
#include "lint.h"
#include "model.h"

#define HIST_LAP DLB_CHP_HIST_LIST_PUSH_PTR_GENERATION
#define HIST_POINTER DLB_CHP_HIST_LIST_PUSH_PTR_PUSH_PTR

/* Directed ports own no history: both of their pointers stay 0, and nothing here limits them. */
static inline bool
history_is_full(const struct port *p)
{
	return (p->hist_push ^ p->hist_pop) == HIST_LAP;
}

static inline bool
history_is_empty(const struct port *p)
{
	return p->hist_push == p->hist_pop;
}

static inline struct hist_entry *
history_at(struct dlb_model *m, uint16_t pointer)
{
	return &m->hist[pointer & (DLB_HIST_ENTRIES - 1)];
}

static inline uint16_t
history_next(const struct port *p, uint16_t pointer)
{
	if ((pointer & HIST_POINTER) == p->hist_limit)
		return p->hist_base | (~pointer & HIST_LAP);
	return (pointer & HIST_LAP) | ((pointer + 1) & HIST_POINTER);
}

static inline void
history_push(struct dlb_model *m, struct port *p, const struct hist_entry *entry)
{
	*history_at(m, p->hist_push) = *entry;
	p->hist_push = history_next(p, p->hist_push);
}

static inline struct hist_entry
history_pop(struct dlb_model *m, struct port *p)
{
	struct hist_entry entry = *history_at(m, p->hist_pop);

	p->hist_pop = history_next(p, p->hist_pop);
	return entry;
}

/*
 * choice: datapath.md 13.6, a CQ is full when all entries of its ring are owed for, or with
 * DLB_CHOICE_FULL_EARLY some fewer.
 */
static inline bool
cq_can_take(const struct port *p)
{
	return p->enabled && !p->throttled && p->tokens < p->token_limit &&
	       p->inflight < p->inflight_limit && p->load < p->load_limit && !history_is_full(p);
}

/* To be called when anything has changed that decides whether the CQ can take a QE. */
static inline void
cq_update(struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	struct port *p = &m->port[kind][cq];

	if (!m->threshold_on || p->inflight <= p->inflight_threshold)
		p->throttled = false;
	else if (p->inflight >= p->inflight_limit)
		p->throttled = true;
	port_set_put(&m->open[kind], cq, cq_can_take(p));
}

/* Where a stored QE's second word and the CQ entry of its kind differ; datapath.md 5.4. */
static inline uint64_t
cq_entry_word(const struct stored_qe *qe, enum dlb_kind kind, uint8_t flags)
{
	uint64_t word = (uint64_t)flags << 56 | qe->opaque;

	if (kind == DLB_DIR)
		return word | (uint64_t)qe->lock_id << 16 | (uint64_t)CHOICE_DIR_FLOW_ID << 32;
	return word | (uint64_t)qe->qid << 16 | (uint64_t)qe->sched << 24 |
	       (uint64_t)qe->lock_id << 32;
}

/* A QE arrives in memory. The word with the generation bit goes last: readers look at it first. */
static inline void
cq_write(struct dlb_model *m, enum dlb_kind kind, uint32_t cq, const struct stored_qe *qe,
	 uint32_t depth)
{
	struct port *p = &m->port[kind][cq];
	uint8_t flags = dlb_cqe_gen(p->wptr, p->ring_log2) | (uint8_t)(depth << 1);
	uint64_t *entry;

	if (p->ring != NULL) {
		entry = (uint64_t *)(p->ring +
				     ((size_t)(p->wptr & p->ring_mask) << p->stride_log2));
		__atomic_store_n(&entry[0], qe->data, __ATOMIC_RELAXED);
		__atomic_store_n(&entry[1], cq_entry_word(qe, kind, flags), __ATOMIC_RELEASE);
	} else {
		entry_write(m, kind, cq, qe, depth);
	}
	p->wptr++;
	p->tokens++;
}

#endif /* CQ_H */
