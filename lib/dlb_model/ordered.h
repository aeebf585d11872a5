/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Order restoration: QEs of an ordered queue get a sequence number when they are scheduled; what
 * workers answer waits at that number, and leaves for its queues when all earlier ones are done.
 */
#ifndef ORDERED_H
#define ORDERED_H

#include "storage.h"

QE_INLINE uint32_t
window_log2(const struct sn_group *g)
{
	return (uint32_t)__builtin_ctz(DLB_SN_MIN) + g->mode;
}

/* Place of a number of a slot in its group. */
QE_INLINE uint32_t
sn_index(const struct sn_group *g, uint32_t slot, uint32_t sn)
{
	uint32_t log2 = window_log2(g);

	return ((slot << log2) + (sn & ((1u << log2) - 1))) & (DLB_SN_PER_GROUP - 1);
}

/* The window is full when the number that is next has not been finished since the last lap. */
QE_INLINE bool
ordered_has_room(const struct dlb_model *m, const struct ldb_queue *q)
{
	const struct sn_group *g = &m->sn_group[q->sn_group];

	return g->sn[sn_index(g, q->sn_slot, q->sn_next)].state == SN_FREE;
}

QE_INLINE void
ordered_assign(struct dlb_model *m, struct ldb_queue *q, struct hist_entry *entry)
{
	struct sn_group *g = &m->sn_group[q->sn_group];
	uint32_t index = sn_index(g, q->sn_slot, q->sn_next);

	g->sn[index] = (struct sn){ .state = SN_OUTSTANDING };
	q->sn_next = (uint16_t)((q->sn_next + 1) & ((1u << window_log2(g)) - 1));
	entry->type = HIST_ORDERED;
	entry->group = q->sn_group;
	entry->ref = (uint16_t)index;
}

QE_INLINE bool
ordered_takes_fragment(const struct dlb_model *m, const struct hist_entry *entry)
{
	const struct sn *sn;

	if (entry->type != HIST_ORDERED)
		return false;
	sn = &m->sn_group[entry->group].sn[entry->ref];
	return sn->state == SN_OUTSTANDING && sn->fragments < CHOICE_FRAGMENTS_MAX;
}

/* Attach a result. False when the number is not outstanding: software has rewritten pointers. */
QE_INLINE bool
ordered_attach(struct dlb_model *m, const struct hist_entry *entry, uint16_t node)
{
	struct sn *sn = &m->sn_group[entry->group].sn[entry->ref];

	if (sn->state != SN_OUTSTANDING)
		return false;
	fifo_push(&sn->results, m->next, node);
	sn->fragments++;
	return true;
}

/*
 * An event is done: returns the results that leave now. choice: they enter their queues at once, in
 * order of sequence numbers whatever their priority, so nothing waits that the replay arbiters
 * (TQPRI_REPLAY_0 of NALB and DP) could choose from.
 */
QE_INLINE struct fifo
ordered_complete(struct dlb_model *m, const struct hist_entry *entry)
{
	struct sn_group *g = &m->sn_group[entry->group];
	struct sn *sn = &g->sn[entry->ref];
	uint32_t log2 = window_log2(g), slot = entry->ref >> log2;
	uint32_t mask = (1u << log2) - 1, head = g->head[slot] & mask;
	struct fifo leave = { 0, 0 };

	if (sn->state == SN_OUTSTANDING)
		sn->state = SN_DONE;
	for (;;) {
		sn = &g->sn[((slot << log2) + head) & (DLB_SN_PER_GROUP - 1)];
		if (sn->state != SN_DONE)
			break;
		fifo_append(&leave, m->next, &sn->results);
		sn->state = SN_FREE;
		head = (head + 1) & mask;
	}
	g->head[slot] = (uint16_t)head;
	return leave;
}

#endif /* ORDERED_H */
