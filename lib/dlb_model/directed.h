/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Directed queues: four bins, one reader, nothing to complete.
 */
#ifndef DIRECTED_H
#define DIRECTED_H

#include "storage.h"

QE_INLINE void
dir_queue_put(struct dlb_model *m, uint32_t qid, uint16_t node, uint64_t word)
{
	struct dir_queue *q = &m->dir_queue[qid];

	bins_push(q->bin, &q->bins, m, node, word);
	q->count++;
	q->enqueued++;
	if (q->count > q->max_depth)
		q->max_depth = q->count;
	port_set_put(&m->dir_work, qid, true);
}

/* The queue must not be empty. */
QE_INLINE uint16_t
dir_queue_take(struct dlb_model *m, uint32_t qid, uint32_t *depth)
{
	struct dir_queue *q = &m->dir_queue[qid];
	uint16_t node = bins_pop(q->bin, &q->bins, m, arbiter_pick(m, ARB_DIR, q->bins));

	*depth = depth_code(q->count, q->threshold);
	q->count--;
	if (q->bins == 0)
		port_set_put(&m->dir_work, qid, false);
	return node;
}

#endif /* DIRECTED_H */
