/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Events to QEs, and entries of a CQ to events, one at a time: what the variants of the data path share,
 * and what those with vectors do with the odd ones of a burst.
 *
 * An event's flow bits 0 to 15 are the QE's lock id, and come back from a directed queue too; bits 16 to
 * 19 and the event's types travel in the opaque word, the eventdev schedule type as message type.
 */
#ifndef DLB_EVDEV_CONVERT_H
#define DLB_EVDEV_CONVERT_H

#include <string.h>

#include <immintrin.h>

#include <rte_branch_prediction.h>

#include "hot.h"
#include "port.h"
#include "transport.h"

/* What the caller knows of a burst. */
enum dlb_burst { DLB_BURST_MIXED, DLB_BURST_NEW, DLB_BURST_FORWARD };

/* What was found in a burst while its lines were built. */
struct dlb_tally {
	uint32_t refused; /* bit 0: an event that must not be sent as it is */
	uint8_t stray;    /* bits in which the places of answers differ from those expected */
	uint8_t place;    /* expected of the next answer */
	uint16_t news;    /* events that enter the system */
	uint16_t releases;
	uint16_t tokens; /* that a line returns */
};

/* Fields of an event's first word and of a QE's second one, and from one to the other. */
#define EVENT_OP_SHIFT 32
#define EVENT_OP_MASK 3
#define EVENT_SCHED_MASK (UINT64_C(3) << 38)
#define EVENT_QUEUE_SHIFT 40
#define EVENT_PRIORITY_MASK (UINT64_C(7) << 53) /* as many bits as a QE has */
#define EVENT_OPAQUE_SHIFT 56
#define QE_PRIORITY_MASK (UINT64_C(7) << DLB_QE_PRIORITY_SHIFT)
#define PRIORITY_TO_QE 27     /* right, from an event's to a QE's */
#define SCHED_FROM_MSG_TYPE 9 /* left, from an entry's to an event's */

static __rte_always_inline uint32_t
event_op(uint64_t word, enum dlb_burst burst)
{
	switch (burst) {
	case DLB_BURST_NEW:
		return RTE_EVENT_OP_NEW;
	case DLB_BURST_FORWARD:
		return RTE_EVENT_OP_FORWARD;
	default:
		return word >> EVENT_OP_SHIFT & EVENT_OP_MASK;
	}
}

/* The second word of a QE for an event, but for its command. */
static __rte_always_inline uint64_t
qe_word(uint64_t word, uint32_t route)
{
	return (word >> 16 & UINT16_MAX) << DLB_QE_OPAQUE_SHIFT | route |
	       (word >> PRIORITY_TO_QE & QE_PRIORITY_MASK) |
	       (word & UINT16_MAX) << DLB_QE_LOCK_SHIFT;
}

static __rte_always_inline void
qe_store(struct dlb_qe *qe, uint64_t data, uint64_t word)
{
	qe->data = data;
	memcpy(&qe->opaque, &word, sizeof(word));
}

/* The QE of an event that goes on, given the bits of its second word that are not the event's own. */
static __rte_always_inline __m128i
qe_of_event(const struct rte_event *ev, uint64_t fixed)
{
	const __m128i from =
		_mm_setr_epi8(8, 9, 10, 11, 12, 13, 14, 15, 2, 3, -1, -1, 0, 1, -1, -1);
	__m128i qe = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)ev), from);

	return _mm_or_si128(qe, _mm_insert_epi64(_mm_setzero_si128(), (int64_t)fixed, 1));
}

/* Bits of a QE's second word that are the event's own. */
#define QE_CARRIED                                                        \
	((uint64_t)UINT16_MAX << DLB_QE_OPAQUE_SHIFT | QE_PRIORITY_MASK | \
	 (uint64_t)UINT16_MAX << DLB_QE_LOCK_SHIFT)

/* Lines of events that do the same with the same queue: most lines have that in common with the last. */
struct dlb_line_kind {
	uint64_t key;     /* of their events: the bits of dlb_line_kind_mask() */
	uint64_t sent;    /* all ones; 0: releases, which are only their command */
	uint64_t fixed;   /* bits of QEs' second words that are the same for all */
	uint64_t answers; /* all ones: they take a place each */
	uint32_t refused; /* as in a tally */
	uint32_t news, releases;
};

static __rte_always_inline uint64_t
dlb_line_kind_mask(enum dlb_burst burst)
{
	uint64_t op = burst == DLB_BURST_MIXED ? (uint64_t)EVENT_OP_MASK << EVENT_OP_SHIFT : 0;

	return (uint64_t)(DLB_ROUTE_COUNT - 1) << DLB_ROUTE_SHIFT | op;
}

/* The kind of line that an event is in, by its first word. */
static __rte_always_inline struct dlb_line_kind
dlb_line_kind_of(uint64_t word, const struct dlb_event_port *port, const struct dlb_member *m,
		 enum dlb_burst burst)
{
	uint32_t op = event_op(word, burst);
	bool is_new = op == RTE_EVENT_OP_NEW, is_release = op == RTE_EVENT_OP_RELEASE;
	uint32_t route = is_release ? 0 : dlb_route_of(port->routes, word);

	return (struct dlb_line_kind){
		.key = word & dlb_line_kind_mask(burst),
		.sent = is_release ? 0 : UINT64_MAX,
		.fixed = (uint64_t)m->cmd[op] << DLB_QE_CMD_SHIFT | route,
		.answers = is_new ? 0 : UINT64_MAX,
		.refused = route | (op > RTE_EVENT_OP_RELEASE ? DLB_ROUTE_REFUSED : 0),
		.news = is_new ? DLB_QES_PER_LINE : 0,
		.releases = is_release ? DLB_QES_PER_LINE : 0,
	};
}

/* A line of one QE. */
static __rte_always_inline void
line_store_one(struct dlb_qe line[DLB_QES_PER_LINE], __m128i qe)
{
#ifdef __AVX__
	_mm256_store_si256((__m256i *)&line[0], _mm256_zextsi128_si256(qe));
	_mm256_store_si256((__m256i *)&line[2], _mm256_setzero_si256());
#else
	uint32_t i;

	_mm_store_si128((__m128i *)&line[0], qe);
	for (i = 1; i < DLB_QES_PER_LINE; i++)
		_mm_store_si128((__m128i *)&line[i], _mm_setzero_si128());
#endif
}

/* A release is only its command, and needs no valid queue. */
static __rte_always_inline void
event_pack(struct dlb_qe *qe, const struct rte_event *ev, uint32_t op,
	   const struct dlb_event_port *port, const struct dlb_member *m, struct dlb_tally *tally)
{
	uint64_t word = ev->event;
	uint64_t sent = op == RTE_EVENT_OP_RELEASE ? 0 : UINT64_MAX;
	uint32_t route = dlb_route_of(port->routes, word) & (uint32_t)sent;

	tally->refused |= route | (op > RTE_EVENT_OP_RELEASE);
	tally->stray |=
		op == RTE_EVENT_OP_NEW ? 0 : (uint8_t)(word >> EVENT_OPAQUE_SHIFT) ^ tally->place;
	tally->place += op != RTE_EVENT_OP_NEW;
	tally->news += op == RTE_EVENT_OP_NEW;
	tally->releases += op == RTE_EVENT_OP_RELEASE;
	qe_store(qe, ev->u64,
		 (qe_word(word, route) & sent) | (uint64_t)m->cmd[op] << DLB_QE_CMD_SHIFT);
}

/* The last line of a burst, one to three events. */
static __rte_always_inline void
line_pack_part(struct dlb_qe *line, const struct rte_event ev[], uint32_t n,
	       const struct dlb_event_port *port, const struct dlb_member *m, enum dlb_burst burst,
	       struct dlb_tally *tally)
{
	uint32_t slot;

	memset(line, 0, DLB_LINE_BYTES);
	for (slot = 0; slot < n; slot++)
		event_pack(&line[slot], &ev[slot], event_op(ev[slot].event, burst), port, m, tally);
}

/* The first word of an event for an entry, but for its place. */
static __rte_always_inline uint64_t
event_word(const struct dlb_entry_format *f, uint64_t word)
{
	uint64_t carried = (word << SCHED_FROM_MSG_TYPE & EVENT_SCHED_MASK) |
			   (word << PRIORITY_TO_QE & EVENT_PRIORITY_MASK);
	uint64_t queue = f->queue[word >> DLB_QE_QID_SHIFT & (DLB_LDB_QUEUES - 1)];

	return (word >> f->flow_shift & UINT16_MAX) | (word & UINT16_MAX) << 16 |
	       (carried & f->carried) | queue << EVENT_QUEUE_SHIFT | f->fixed;
}

/* The device writes the word with the generation bit last. */
static __rte_always_inline bool
entry_is_good(uint64_t word, uint8_t gen)
{
	return (word >> DLB_QE_CMD_SHIFT & (DLB_CQE_GEN | DLB_CQE_ERROR)) == gen;
}

/* The run of good entries at the head of a lap, up to n. */
static __rte_always_inline uint16_t
entries_unpack_each(const struct dlb_member *m, const uint8_t *entry, uint32_t stride,
		    struct rte_event ev[], uint16_t n, uint8_t gen, uint8_t place)
{
	uint64_t word;
	uint16_t i;

	for (i = 0; i < n; i++, entry += stride) {
		word = __atomic_load_n((const uint64_t *)entry + 1, __ATOMIC_ACQUIRE);
		if (!entry_is_good(word, gen))
			break;
		ev[i].event = event_word(&m->format, word) | (uint64_t)((place + i) & m->place_mask)
								     << EVENT_OPAQUE_SHIFT;
		ev[i].u64 = *(const uint64_t *)entry;
	}
	return i;
}

#endif /* DLB_EVDEV_CONVERT_H */
