/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Consumer queues and history lists, as every scheduled, completed or paid QE sees them.
 */
#ifndef CQ_H
#define CQ_H

#include <emmintrin.h>
#include <string.h>

#include "entry.h"
#include "lint.h"
#include "model.h"

#define HIST_LAP DLB_CHP_HIST_LIST_PUSH_PTR_GENERATION
#define HIST_POINTER DLB_CHP_HIST_LIST_PUSH_PTR_PUSH_PTR

/* Directed ports own no history: both of their pointers stay 0, and nothing here limits them. */
QE_INLINE bool
history_is_full(const struct port *p)
{
	return (p->hist_push ^ p->hist_pop) == HIST_LAP;
}

QE_INLINE bool
history_is_empty(const struct port *p)
{
	return p->hist_push == p->hist_pop;
}

QE_INLINE struct hist_entry *
history_at(struct dlb_model *m, uint16_t pointer)
{
	return &m->hist[pointer & (DLB_HIST_ENTRIES - 1)];
}

QE_INLINE uint16_t
history_next(const struct port *p, uint16_t pointer)
{
	if ((pointer & HIST_POINTER) == p->hist_limit)
		return p->hist_base | (~pointer & HIST_LAP);
	return (uint16_t)(pointer + 1);
}

/* Entries that follow each other in memory from a pointer on; where a pointer makes no sense, one. */
QE_INLINE uint32_t
history_stretch(const struct port *p, uint16_t pointer)
{
	uint32_t at = pointer & HIST_POINTER;

	if (at > p->hist_limit || p->hist_limit >= DLB_HIST_ENTRIES)
		return 1;
	return p->hist_limit - at + 1u;
}

/* Go over entries of one stretch, at least one. */
QE_INLINE uint16_t
history_skip(const struct port *p, uint16_t pointer, uint32_t entries)
{
	return history_next(p, (uint16_t)(pointer + entries - 1));
}

QE_INLINE uint32_t
room_below(uint32_t count, uint32_t limit)
{
	return count < limit ? limit - count : 0;
}

QE_INLINE uint32_t
history_used(const struct port *p)
{
	uint32_t push = p->hist_push & HIST_POINTER, pop = p->hist_pop & HIST_POINTER;
	uint32_t lap = (p->hist_push ^ p->hist_pop) & HIST_LAP;

	return push - pop + (lap != 0 ? p->hist_limit - p->hist_base + 1u : 0);
}

/* Free history entries; pointers that make no sense, since software has set them, free one a time. */
QE_INLINE uint32_t
history_room(const struct port *p)
{
	uint32_t room = room_below(history_used(p), p->hist_limit - p->hist_base + 1u);

	if (history_is_full(p))
		return 0;
	return room != 0 ? room : 1;
}

/*
 * QEs that the CQ can take now. choice: datapath.md 13.6, a CQ is full when all entries of its ring
 * are owed for. A CQ with a load limit takes them one by one: each may weigh something else.
 */
QE_INLINE uint32_t
cq_room(const struct port *p, enum dlb_kind kind)
{
	uint32_t room;

	if (!p->enabled || p->throttled || p->load >= p->load_limit)
		return 0;
	room = room_below(p->tokens, p->token_limit);
	if (kind == DLB_DIR)
		return room;
	room = min_u32(room, room_below(p->inflight, p->inflight_limit));
	room = min_u32(room, history_room(p));
	return p->load_limit == UINT32_MAX ? room : min_u32(room, 1);
}

/* To be called when anything has changed that decides whether the CQ can take a QE. */
QE_INLINE void
cq_update(struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	struct port *p = &m->port[kind][cq];

	if (!m->threshold_on || p->inflight <= p->inflight_threshold)
		p->throttled = false;
	else if (p->inflight >= p->inflight_limit)
		p->throttled = true;
	port_set_put(&m->open[kind], cq, cq_room(p, kind) != 0);
}

/* What a CQ entry of a kind carries of a stored QE; datapath.md 5.4. No flags. */
QE_INLINE __m128i
cq_entry(__m128i qe, enum dlb_kind kind)
{
	const __m128i carried = _mm_set_epi64x((INT64_C(1) << (DLB_QE_LOCK_SHIFT + 16)) - 1, -1);
	const __m128i low_half = _mm_set_epi64x(UINT32_MAX, -1);
	const __m128i dir_flow_id =
		_mm_set_epi64x((int64_t)CHOICE_DIR_FLOW_ID << DLB_QE_LOCK_SHIFT, 0);

	if (kind == DLB_LDB)
		return _mm_and_si128(qe, carried);
	/* Of four pairs of bytes, the lock id comes behind the opaque data. */
	qe = _mm_shufflehi_epi16(qe, _MM_SHUFFLE(3, 3, DLB_QE_LOCK_SHIFT / 16, 0));
	return _mm_or_si128(_mm_and_si128(qe, low_half), dir_flow_id);
}

#endif /* CQ_H */
