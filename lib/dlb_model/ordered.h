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

/* What a number is without any result, as one word. */
QE_INLINE uint64_t
sn_word(enum sn_state state)
{
	return (uint64_t)state << 8 * offsetof(struct sn, state);
}

QE_INLINE void
sn_set(struct sn *sn, enum sn_state state)
{
	uint64_t word = sn_word(state);

	memcpy(sn, &word, sizeof(word));
}

/* Four of them. */
QE_INLINE void
sn_set_row(struct sn *sn, enum sn_state state)
{
	const __m128i words = _mm_set1_epi64x((int64_t)sn_word(state));

	_mm_storeu_si128((__m128i *)&sn[0], words);
	_mm_storeu_si128((__m128i *)&sn[2], words);
}

QE_INLINE bool
sn_is(const struct sn *sn, enum sn_state state)
{
	uint64_t word;

	memcpy(&word, sn, sizeof(word));
	return word == sn_word(state);
}

/* Where four of them are not in a state: bits that are set. */
QE_INLINE __m128i
sn_row_differs(const struct sn *sn, enum sn_state state)
{
	const __m128i words = _mm_set1_epi64x((int64_t)sn_word(state));

	return _mm_or_si128(_mm_xor_si128(_mm_loadu_si128((const __m128i *)&sn[0]), words),
			    _mm_xor_si128(_mm_loadu_si128((const __m128i *)&sn[2]), words));
}

QE_INLINE bool
is_all_zero(__m128i bits)
{
	return _mm_movemask_epi8(_mm_cmpeq_epi8(bits, _mm_setzero_si128())) == UINT16_MAX;
}

/* The window is full when the number that is next has not been finished since the last lap. */
QE_INLINE bool
ordered_has_room(const struct dlb_model *m, const struct ldb_queue *q)
{
	const struct sn_group *g = &m->sn_group[q->sn_group];

	return g->sn[sn_index(g, q->sn_slot, q->sn_next)].state == SN_FREE;
}

/* QEs of the queue get the numbers that are next: the first one's, and how many follow in memory. */
QE_INLINE uint32_t
ordered_begin(const struct dlb_model *m, const struct ldb_queue *q, struct hist_entry *entry)
{
	const struct sn_group *g = &m->sn_group[q->sn_group];
	uint32_t numbers = 1u << window_log2(g);

	entry->type = HIST_ORDERED;
	entry->group = q->sn_group;
	entry->ref = (uint16_t)sn_index(g, q->sn_slot, q->sn_next);
	return numbers - (q->sn_next & (numbers - 1));
}

QE_INLINE void
ordered_end(const struct dlb_model *m, struct ldb_queue *q, uint32_t n)
{
	uint32_t mask = (1u << window_log2(&m->sn_group[q->sn_group])) - 1;

	q->sn_next = (uint16_t)((q->sn_next + n) & mask);
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

/* ordered.c */
/* The CQ that had them is done with QEs: those of history entries that follow each other. */
void ordered_complete(struct dlb_model *m, const struct hist_entry *entry, uint32_t n);
/* The same, and each has an answer: those of a run, in turn. */
void ordered_answer(struct dlb_model *m, const struct hist_entry *entry, struct fifo run,
		    uint32_t n, uint64_t word);

#endif /* ORDERED_H */
