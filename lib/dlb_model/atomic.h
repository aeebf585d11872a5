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

/*
 * How many flows a queue may track is limited, so flows have to count their staged QEs: a flow is free
 * with the last of them. With no more QEs than that staged and scheduled the limit decides nothing; then
 * only locked flows have a word, and nobody looks at QEs one by one until they go to a CQ.
 */
QE_INLINE uint32_t
flow_staged_one(const struct ldb_queue *q)
{
	return q->counts_staged ? FLOW_STAGED_ONE : 0;
}

/* Lock ids as they are, which code that knows it can have cheaper. */
#define KEY_LOCK_ID ((struct flow_key_format){ .multiplier = 1 })

QE_INLINE bool
key_is_lock_id(struct flow_key_format format)
{
	return format.multiplier == 1 && format.shift == 0;
}

QE_INLINE uint32_t
flow_key(struct flow_key_format format, uint64_t word)
{
	uint32_t lock_id = (uint32_t)(word >> DLB_QE_LOCK_SHIFT);

	return (lock_id * format.multiplier & UINT16_MAX) >> format.shift;
}

QE_INLINE void
ready_note(struct dlb_model *m, uint32_t qid)
{
	const struct ldb_queue *q = &m->ldb_queue[qid];

	queue_set_put(&m->ready_work, qid, (q->ready_bins | q->released_bins) != 0);
}

/* atomic.c */
/* A run of QEs enters the queue; straight into staging when nothing waits before it. */
void atomic_put(struct dlb_model *m, uint32_t qid, struct fifo run, uint32_t n, uint64_t word);
/* The CQ that holds them is done with QEs: those of history entries that follow each other. */
void atomic_complete(struct dlb_model *m, uint32_t qid, const struct hist_entry *entry, uint32_t n);
/* Flows count staged QEs from now on, those included that are there; or do no longer. */
void atomic_staged_count(struct dlb_model *m, uint32_t qid, bool counts);
/* Staging entries are free for the next QEs. */
void staging_put(struct dlb_model *m, uint32_t qid, uint32_t entries);
void flow_park(struct dlb_model *m, uint32_t qid, uint16_t node);
uint16_t parked_take(struct dlb_model *m, uint32_t qid, uint32_t cq, struct fifo *list,
		     uint16_t *key);

/*
 * A staged QE goes to a CQ that holds its flow already. The count stops at its end: software that
 * rewrites history pointers gets there.
 */
QE_INLINE uint32_t
flow_take_more(uint32_t flow, uint32_t staged_one)
{
	return flow - staged_one + ((flow & FLOW_OUTSTANDING) != FLOW_OUTSTANDING);
}

/* The flows of a queue, as a CQ sees them that takes QEs off the line. */
struct flow_line {
	uint32_t *flows;
	struct flow_key_format format;
	uint32_t held;       /* the CQ in its place */
	uint32_t staged_one; /* what a staged QE counts */
	uint32_t take; /* what a flow changes by that nobody holds, and whose staged QE is taken */
};

QE_INLINE struct flow_line
flow_line(const struct dlb_model *m, uint32_t qid, uint32_t cq)
{
	const struct ldb_queue *q = &m->ldb_queue[qid];
	uint32_t held = cq * (FLOW_CQ & -FLOW_CQ), staged_one = flow_staged_one(q);

	return (struct flow_line){ m->flow_tables[qid].flow, q->key, held, staged_one,
				   held + 1 - staged_one };
}

/* May the CQ have the head of the line? With DLB_CHOICE_READY_FIRST not before it is parked. */
QE_INLINE bool
flow_is_held(const struct dlb_model *m, uint32_t flow, const struct flow_line *line)
{
	return (flow & (FLOW_CQ | FLOW_PARKED)) == line->held && !chosen(m, DLB_CHOICE_READY_FIRST);
}

#endif /* ATOMIC_H */
