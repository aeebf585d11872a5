/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Directed queues: four bins, one reader, nothing to complete.
 */
#ifndef DIRECTED_H
#define DIRECTED_H

#include "storage.h"

QE_INLINE void
dir_queue_put(struct dlb_model *m, uint32_t qid, struct fifo run, uint32_t n, uint64_t word)
{
	struct dir_queue *q = &m->dir_queue[qid];

	bins_push(q->bin, &q->bins, m, run, word_bin(word));
	q->count += (uint16_t)n;
	q->enqueued += n;
	if (q->count > q->max_depth)
		q->max_depth = q->count;
	port_set_put(&m->dir_work, qid, true);
}

#endif /* DIRECTED_H */
