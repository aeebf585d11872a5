/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Order restoration: QEs of an ordered queue get a sequence number when they are scheduled; what
 * workers answer waits at that number, and leaves for its queues when all earlier ones are done.
 */
#include "storage.h"

static uint32_t
window_log2(const struct sn_group *g)
{
	return (uint32_t)__builtin_ctz(DLB_SN_MIN) + g->mode;
}

/* Place of a number of a slot in its group. */
static uint32_t
sn_index(const struct sn_group *g, uint32_t slot, uint32_t sn)
{
	uint32_t log2 = window_log2(g);

	return ((slot << log2) + (sn & ((1u << log2) - 1))) & (DLB_SN_PER_GROUP - 1);
}

/* The window is full when the number that is next has not been finished since the last lap. */
bool
ordered_has_room(const struct dlb_model *m, uint32_t qid)
{
	const struct ldb_queue *q = &m->ldb_queue[qid];
	const struct sn_group *g = &m->sn_group[q->sn_group];

	return g->sn[sn_index(g, q->sn_slot, q->sn_next)].state == SN_FREE;
}

void
ordered_assign(struct dlb_model *m, uint32_t qid, struct hist_entry *entry)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	struct sn_group *g = &m->sn_group[q->sn_group];
	uint32_t index = sn_index(g, q->sn_slot, q->sn_next);

	g->sn[index] = (struct sn){ .state = SN_OUTSTANDING };
	q->sn_next = (uint16_t)((q->sn_next + 1) & ((1u << window_log2(g)) - 1));
	entry->type = HIST_ORDERED;
	entry->group = q->sn_group;
	entry->ref = (uint16_t)index;
}

bool
ordered_takes_fragment(const struct dlb_model *m, const struct hist_entry *entry)
{
	const struct sn *sn;

	if (entry->type != HIST_ORDERED)
		return false;
	sn = &m->sn_group[entry->group].sn[entry->ref];
	return sn->state == SN_OUTSTANDING && sn->fragments < CHOICE_FRAGMENTS_MAX;
}

/* Attach a result. The number is outstanding, unless software has rewritten history pointers. */
void
ordered_attach(struct dlb_model *m, const struct hist_entry *entry, uint16_t node)
{
	struct sn *sn = &m->sn_group[entry->group].sn[entry->ref];

	if (sn->state != SN_OUTSTANDING) {
		queue_put(m, node);
		return;
	}
	fifo_push(&sn->results, m->next, node);
	sn->fragments++;
}

/*
 * choice: answers enter their queues at once, in order of sequence numbers whatever their
 * priority, so nothing waits that the replay arbiters (TQPRI_REPLAY_0 of NALB and DP) could choose
 * from.
 */
void
ordered_complete(struct dlb_model *m, const struct hist_entry *entry)
{
	struct sn_group *g = &m->sn_group[entry->group];
	struct sn *sn = &g->sn[entry->ref];
	uint32_t slot = entry->ref >> window_log2(g);
	uint16_t *head = &g->head[slot];

	if (sn->state == SN_OUTSTANDING)
		sn->state = SN_DONE;
	for (;;) {
		sn = &g->sn[sn_index(g, slot, *head)];
		if (sn->state != SN_DONE)
			break;
		while (sn->results.head != 0)
			queue_put(m, fifo_pop(&sn->results, m->next));
		sn->state = SN_FREE;
		*head = (uint16_t)((*head + 1) & ((1u << window_log2(g)) - 1));
	}
}

void
ordered_mode_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value)
{
	const uint32_t fields[DLB_SN_GROUPS] = { DLB_RO_GRP_SN_MODE_SN_MODE_0,
						 DLB_RO_GRP_SN_MODE_SN_MODE_1 };
	uint32_t g, mode, qid;

	(void)kind;
	(void)index;
	for (g = 0; g < DLB_SN_GROUPS; g++) {
		mode = dlb_field_get(value, fields[g]);
		m->sn_group[g].mode = (uint8_t)(mode < DLB_SN_MODES ? mode : DLB_SN_MODES - 1);
	}
	for (qid = 0; qid < DLB_LDB_QUEUES; qid++)
		ldb_queue_update(m, qid);
}
