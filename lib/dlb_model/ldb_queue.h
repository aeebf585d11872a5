/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Load-balanced queues: an atomic part (atomic.h) and a first-in first-out part for the rest, which
 * take turns; and the QEs of a queue that are scheduled and not completed.
 */
#ifndef LDB_QUEUE_H
#define LDB_QUEUE_H

#include "atomic.h"
#include "directed.h"
#include "ordered.h"

QE_INLINE bool
nalb_can_give(const struct dlb_model *m, const struct ldb_queue *q)
{
	return q->nalb_bins != 0 && (!q->has_sn || ordered_has_room(m, q));
}

QE_INLINE void
nalb_note(struct dlb_model *m, uint32_t qid)
{
	queue_set_put(&m->nalb_work, qid, nalb_can_give(m, &m->ldb_queue[qid]));
}

QE_INLINE void
nalb_put(struct dlb_model *m, uint32_t qid, struct fifo run, uint32_t n, uint64_t word)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	bool was_empty = q->nalb_bins == 0;

	bins_push(q->nalb, &q->nalb_bins, m, run, word_bin(word));
	q->nalb_count += (uint16_t)n;
	q->nalb_enqueued += n;
	if (q->nalb_count > q->nalb_max_depth)
		q->nalb_max_depth = q->nalb_count;
	if (was_empty)
		nalb_note(m, qid);
}

/* A run of QEs enters the queue that it is for. */
QE_INLINE void
queue_put(struct dlb_model *m, struct fifo run, uint32_t n, uint64_t word)
{
	switch (word_type(word)) {
	case DLB_SCHED_DIRECTED:
		dir_queue_put(m, word_qid(word), run, n, word);
		break;
	case DLB_SCHED_ATOMIC:
		atomic_put(m, word_qid(word), run, n, word);
		break;
	default:
		nalb_put(m, word_qid(word), run, n, word);
		break;
	}
}

/* QEs of the queue have been scheduled. */
QE_INLINE void
ldb_queue_scheduled(struct dlb_model *m, uint32_t qid, uint32_t qes)
{
	struct ldb_queue *q = &m->ldb_queue[qid];

	q->inflight += (uint16_t)qes;
	if (q->inflight >= q->inflight_limit)
		m->inflight_ok &= ~(UINT32_C(1) << qid);
}

/* QEs of the queue are completed. Counts are only off after software has rewritten pointers. */
QE_INLINE void
ldb_queue_completed(struct dlb_model *m, uint32_t queue, uint32_t qes)
{
	uint32_t qid = queue % DLB_LDB_QUEUES; /* as it is; gcc cannot know */
	struct ldb_queue *q = &m->ldb_queue[qid];

	q->inflight -= (uint16_t)min_u32(qes, q->inflight);
	if (!(m->inflight_ok >> qid & 1))
		queue_set_put(&m->inflight_ok, qid, q->inflight < q->inflight_limit);
}

#endif /* LDB_QUEUE_H */
