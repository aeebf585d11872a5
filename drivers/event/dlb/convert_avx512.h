/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Events to lines and entries to events with AVX-512, one line at a time: a register holds four events, or
 * four QEs, and two more hold a table of one byte for each queue (VBMI). Words move between the halves of
 * their 16 bytes: the first word of an event and the second of a QE are the same thing.
 */
#ifndef DLB_EVDEV_CONVERT_AVX512_H
#define DLB_EVDEV_CONVERT_AVX512_H

#include <immintrin.h>

#include "convert.h"

#define FIRST_WORDS 0x55u /* of 64-bit lanes */
#define SECOND_WORDS 0xaau
#define QID_BYTES 0x0400040004000400u   /* byte 10 of each QE */
#define SCHED_BYTES 0x0800080008000800u /* byte 11 */
#define TOP_BYTES 0x8080808080808080u
#define QUEUE_BYTES 0x0020002000200020u /* byte 5 of each event */
#define QID_NONE (UINT64_C(0x80) << DLB_QE_QID_SHIFT)
#define EVENT_QUEUE_NONE (UINT64_C(0x80) << EVENT_QUEUE_SHIFT)

static __rte_always_inline __m512i
all_words(uint64_t word)
{
	return _mm512_set1_epi64((int64_t)word);
}

static __rte_always_inline __m512i
top_bytes(uint8_t byte)
{
	return all_words((uint64_t)byte << EVENT_OPAQUE_SHIFT);
}

/* Truth tables of VPTERNLOGQ: (a & b) | c, and a | b | c. */
#define KEPT_OR_FIXED 0xea
#define ALL_OF_THEM 0xfe

/* The same 16 bytes four times. */
static __rte_always_inline __m512i
four_of(const void *bytes)
{
	return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)bytes));
}

/* A table of a byte for each queue. */
struct queue_table {
	__m512i low, high;
};

static __rte_always_inline struct queue_table
queue_table_load(const uint8_t table[DLB_ROUTE_QUEUES])
{
	return (struct queue_table){ _mm512_loadu_si512(table), _mm512_loadu_si512(table + 64) };
}

/* What is found in the events of a burst: one bit or word for each lane. */
struct burst_lanes {
	__mmask8 refused;
	__m512i stray;
	__m512i place; /* of four answers, if all of the next ones are that; in both lanes of each */
	uint32_t news, releases;
};

/* What lines of one kind have in common: words for the lanes of events, keys and answers, or of QEs. */
struct line_kind {
	__m512i key;
	__m512i kept; /* bits of a QE that are the event's own */
	__m512i fixed;
	__m512i answers;
	__m512i step; /* from the places of a line to those of the next one */
	uint32_t news, releases;
};

/* Schedule type and queue, as a QE has them; an event for no queue has a bit in the mask. */
static __rte_always_inline __m512i
routes_of(__m512i event, __m512i word, const struct queue_table *qids,
	  const struct queue_table *scheds, __mmask8 *refused)
{
	static const uint8_t queue_twice[16] = { 255, 255, 255, 255, 255, 255, 255, 255,
						 255, 255, 5,   5,   255, 255, 255, 255 };
	const __m512i type_mask = all_words(EVENT_SCHED_MASK);
	__m512i queue = _mm512_shuffle_epi8(event, four_of(queue_twice));
	__m512i qid = _mm512_maskz_permutex2var_epi8(QID_BYTES, qids->low, queue, qids->high);
	__m512i map = _mm512_maskz_permutex2var_epi8(SCHED_BYTES, scheds->low, queue, scheds->high);
	__m512i type = _mm512_and_si512(word, type_mask);

	*refused = (__mmask8)((_mm512_test_epi64_mask(qid, all_words(QID_NONE)) |
			       _mm512_test_epi64_mask(word, all_words(EVENT_QUEUE_NONE)) |
			       _mm512_cmpeq_epi64_mask(type, type_mask)) &
			      SECOND_WORDS);
	/* Two bits of the map for each type: shifted by twice the type, which stands at bit 38. */
	map = _mm512_srlv_epi64(map, _mm512_srli_epi64(type, DLB_ROUTE_SHIFT - 1));
	map = _mm512_and_si512(map, all_words((uint64_t)DLB_QE_SCHED << DLB_QE_SCHED_SHIFT));
	return _mm512_or_si512(_mm512_or_si512(qid, map),
			       _mm512_srli_epi64(type, SCHED_FROM_MSG_TYPE));
}

/* A byte for each lane as its top byte. */
static __rte_always_inline __m512i
top_bytes_of(uint64_t bytes)
{
	const __m512i lanes =
		_mm512_set_epi64((int64_t)7 << EVENT_OPAQUE_SHIFT, (int64_t)6 << EVENT_OPAQUE_SHIFT,
				 (int64_t)5 << EVENT_OPAQUE_SHIFT, (int64_t)4 << EVENT_OPAQUE_SHIFT,
				 (int64_t)3 << EVENT_OPAQUE_SHIFT, (int64_t)2 << EVENT_OPAQUE_SHIFT,
				 (int64_t)1 << EVENT_OPAQUE_SHIFT, 0);

	return _mm512_maskz_permutexvar_epi8(TOP_BYTES, lanes, all_words(bytes));
}

/* The places of four events that follow each other. */
static __rte_always_inline __m512i
places_from(uint8_t first)
{
	return _mm512_add_epi64(top_bytes(first), top_bytes_of(0x0303020201010000));
}

/* Bits 1, 3, 5 and 7 of a mask of lanes, one for each event. */
static __rte_always_inline uint32_t
events_mask(__mmask8 lanes)
{
	uint32_t bits = (uint32_t)lanes >> 1 & 0x55;

	bits = (bits | bits >> 1) & 0x33;
	return (bits | bits >> 2) & 0x0f;
}

/* Events of any operation: returns the lanes that hold a release. Only answers take a place. */
static __rte_always_inline __mmask8
lanes_look_at_ops(struct burst_lanes *seen, __m512i word, __m512i op, __mmask8 refused)
{
	/* By which events are new: answers ahead of each, twice, for both of its lanes. */
	static const uint64_t ahead[] = {
		0x0303020201010000, 0x0202010100000000, 0x0202010101010000, 0x0101000000000000,
		0x0202020201010000, 0x0101010100000000, 0x0101010101010000, 0x0000000000000000,
		0x0303020201010000, 0x0202010100000000, 0x0202010101010000, 0x0101000000000000,
		0x0202020201010000, 0x0101010100000000, 0x0101010101010000, 0x0000000000000000,
	};
	__mmask8 is_new =
		(__mmask8)(_mm512_cmpeq_epi64_mask(op, _mm512_setzero_si512()) & SECOND_WORDS);
	__mmask8 is_release =
		(__mmask8)(_mm512_cmpeq_epi64_mask(op, top_bytes(RTE_EVENT_OP_RELEASE)) &
			   SECOND_WORDS);
	__m512i place = _mm512_add_epi64(_mm512_sub_epi64(seen->place, places_from(0)),
					 top_bytes_of(ahead[events_mask(is_new)]));
	uint32_t news = (uint32_t)__builtin_popcount(is_new);

	seen->stray = _mm512_mask_or_epi64(seen->stray, (__mmask8)(~is_new & SECOND_WORDS),
					   seen->stray, _mm512_xor_si512(word, place));
	seen->place = _mm512_add_epi64(seen->place, top_bytes((uint8_t)(DLB_QES_PER_LINE - news)));
	seen->refused |= (__mmask8)(refused & ~is_release);
	seen->refused |=
		(__mmask8)(_mm512_cmpeq_epi64_mask(op, top_bytes(EVENT_OP_MASK)) & SECOND_WORDS);
	seen->news += news;
	seen->releases += (uint32_t)__builtin_popcount(is_release);
	return is_release;
}

/* Where bytes of QEs begin in events whose words have changed places: in bits, for VPMULTISHIFTQB. */
static __rte_always_inline __m512i
qe_fields(void)
{
	const uint64_t word = (uint64_t)16 << 0 | (uint64_t)24 << 8 |
			      (uint64_t)(24 + PRIORITY_TO_QE) << 24 | (uint64_t)0 << 32 |
			      (uint64_t)8 << 40;

	return _mm512_mask_set1_epi64(all_words(0x3830282018100800), SECOND_WORDS, (int64_t)word);
}

/* The other word of each event, or of each QE. */
static __rte_always_inline __m512i
words_swap(__m512i words)
{
	static const uint8_t other[16] = { 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7 };

	return _mm512_shuffle_epi8(words, four_of(other));
}

/* QEs of events: those bits of theirs that are kept, and others that are fixed. */
static __rte_always_inline __m512i
qes_of(__m512i event, __m512i kept, __m512i fixed)
{
	__m512i qe = _mm512_multishift_epi64_epi8(qe_fields(), words_swap(event));

	return _mm512_ternarylogic_epi64(qe, kept, fixed, KEPT_OR_FIXED);
}

static __rte_always_inline __m512i
qes_kept(uint64_t carried)
{
	return _mm512_mask_set1_epi64(all_words(UINT64_MAX), SECOND_WORDS, (int64_t)carried);
}

/* The kind of line that an event is in, and whether such events are refused. */
static __rte_always_inline struct line_kind
line_kind_of(uint64_t word, const struct dlb_event_port *port, const struct dlb_member *m,
	     enum dlb_burst burst, struct burst_lanes *seen)
{
	struct dlb_line_kind k = dlb_line_kind_of(word, port, m, burst);

	seen->refused |= (__mmask8)(k.refused & DLB_ROUTE_REFUSED);
	return (struct line_kind){
		.key = _mm512_maskz_set1_epi64(FIRST_WORDS, (int64_t)k.key),
		.kept = qes_kept(QE_CARRIED & k.sent),
		.fixed = _mm512_maskz_set1_epi64(SECOND_WORDS, (int64_t)k.fixed),
		.answers = _mm512_maskz_set1_epi64(FIRST_WORDS, (int64_t)k.answers),
		.step = _mm512_and_si512(top_bytes(DLB_QES_PER_LINE), all_words(k.answers)),
		.news = k.news,
		.releases = k.releases,
	};
}

static __rte_always_inline bool
line_is_of_kind(__m512i event, __m512i key, enum dlb_burst burst)
{
	const __m512i bits =
		_mm512_maskz_set1_epi64(FIRST_WORDS, (int64_t)dlb_line_kind_mask(burst));

	return _mm512_test_epi64_mask(_mm512_xor_si512(event, key), bits) == 0;
}

/* A line of events that do different things. */
static __rte_always_inline __m512i
line_of_many(__m512i event, const struct dlb_event_port *port, const struct dlb_member *m,
	     enum dlb_burst burst, struct burst_lanes *seen)
{
	const struct queue_table qids = queue_table_load(port->routes->qid);
	const struct queue_table scheds = queue_table_load(port->routes->sched);
	const __m512i cmds = _mm512_set1_epi32((int)dlb_cmds_word(m));
	const __m512i other_bytes = all_words(0x0080808080808080);
	__m512i word = _mm512_unpacklo_epi64(event, event);
	__m512i op = top_bytes((uint8_t)event_op(0, burst));
	__mmask8 refused, is_release;
	__m512i route = routes_of(event, word, &qids, &scheds, &refused), line;

	if (burst == DLB_BURST_MIXED)
		op = _mm512_and_si512(_mm512_slli_epi64(word, DLB_QE_CMD_SHIFT - EVENT_OP_SHIFT),
				      top_bytes(EVENT_OP_MASK));
	is_release = lanes_look_at_ops(seen, word, op, refused);
	line = qes_of(event, qes_kept(QE_CARRIED), _mm512_maskz_mov_epi64(SECOND_WORDS, route));
	line = _mm512_mask_mov_epi64(line, is_release, _mm512_setzero_si512());
	return _mm512_mask_or_epi64(line, SECOND_WORDS, line,
				    _mm512_shuffle_epi8(cmds, _mm512_or_si512(op, other_bytes)));
}

/* The full lines of a burst. */
static __rte_always_inline void
lines_pack(struct dlb_lines *to, const struct rte_event ev[], uint32_t nb_lines,
	   const struct dlb_event_port *port, const struct dlb_member *m, enum dlb_burst burst,
	   struct dlb_tally *tally)
{
	struct burst_lanes seen = { .stray = _mm512_setzero_si512(),
				    .place = places_from(tally->place) };
	struct line_kind kind;
	__m512i event, line;
	uint32_t i;

	if (nb_lines == 0)
		return;
	kind = line_kind_of(ev[0].event, port, m, burst, &seen);
	for (i = 0; i < nb_lines; i++, ev += DLB_QES_PER_LINE) {
		event = _mm512_loadu_si512(ev);
		if (unlikely(!line_is_of_kind(event, kind.key, burst)) &&
		    line_is_of_kind(event, all_words(ev[0].event), burst))
			kind = line_kind_of(ev[0].event, port, m, burst, &seen);
		if (likely(line_is_of_kind(event, kind.key, burst))) {
			line = qes_of(event, kind.kept, kind.fixed);
			seen.stray = _mm512_or_si512(seen.stray,
						     _mm512_and_si512(_mm512_xor_si512(event,
										       seen.place),
								      kind.answers));
			seen.place = _mm512_add_epi64(seen.place, kind.step);
			seen.news += kind.news;
			seen.releases += kind.releases;
		} else {
			line = line_of_many(event, port, m, burst, &seen);
		}
		_mm512_store_si512(dlb_lines_at(to, i), line);
	}
	tally->refused |= seen.refused != 0 ||
			  _mm512_test_epi64_mask(seen.stray, top_bytes(m->place_mask)) != 0;
	tally->news += (uint16_t)seen.news;
	tally->releases += (uint16_t)seen.releases;
	tally->place += (uint8_t)(nb_lines * DLB_QES_PER_LINE - seen.news);
}

/*
 * Four entries. Of a dense CQ: a line that the device may be writing to, where an entry's generation bit is
 * the last to change, so that what is loaded after it was seen is whole.
 */
static __rte_always_inline __m512i
entries_load(const uint8_t *entry, uint32_t stride)
{
	__m512i all;

	if (stride == sizeof(struct dlb_cqe)) {
		__atomic_signal_fence(__ATOMIC_ACQUIRE);
		return _mm512_loadu_si512(entry);
	}
	all = _mm512_castsi128_si512(_mm_load_si128((const __m128i *)entry));
	all = _mm512_inserti32x4(all, _mm_load_si128((const __m128i *)(entry + stride)), 1);
	all = _mm512_inserti32x4(all, _mm_load_si128((const __m128i *)(entry + 2 * stride)), 2);
	return _mm512_inserti32x4(all, _mm_load_si128((const __m128i *)(entry + 3 * stride)), 3);
}

/* How entries become events: words for all lanes, and the table of queues. */
struct entry_words {
	__m512i fields; /* where bytes of an event begin in an entry's second word, in bits */
	__m512i kept;   /* bits of them that are the entry's own */
	__m512i fixed;
	__m512i queues; /* twice: VPERMB looks at six bits of a number that has five */
};

static __rte_always_inline struct entry_words
entry_words(const struct dlb_entry_format *f)
{
	const uint64_t flow = (uint64_t)f->flow_shift | (uint64_t)(f->flow_shift + 8) << 8;
	const uint64_t others =
		(uint64_t)0 << 16 | (uint64_t)8 << 24 | (uint64_t)(32 - SCHED_FROM_MSG_TYPE) << 32 |
		(uint64_t)DLB_QE_QID_SHIFT << 40 | (uint64_t)(48 - PRIORITY_TO_QE) << 48;

	return (struct entry_words){
		.fields = all_words(flow | others),
		.kept = all_words(UINT32_MAX |
				  (f->carried & (EVENT_SCHED_MASK | EVENT_PRIORITY_MASK))),
		.fixed = all_words(f->fixed),
		.queues = _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i *)f->queue)),
	};
}

/* First words of events: from the second ones of entries, which stand twice, and their places. */
static __rte_always_inline __m512i
event_words(const struct entry_words *w, __m512i word, __m512i place)
{
	__m512i event = _mm512_multishift_epi64_epi8(w->fields, word);
	__m512i queue = _mm512_maskz_permutexvar_epi8(QUEUE_BYTES, event, w->queues);

	event = _mm512_ternarylogic_epi64(event, w->kept, w->fixed, KEPT_OR_FIXED);
	return _mm512_ternarylogic_epi64(event, queue, place, ALL_OF_THEM);
}

static __rte_always_inline uint16_t
entries_unpack(const struct dlb_member *m, const uint8_t *entry, uint32_t stride,
	       struct rte_event ev[], uint16_t n, uint8_t gen, uint8_t place)
{
	const __m512i checked = top_bytes(DLB_CQE_GEN | DLB_CQE_ERROR);
	const struct entry_words words = entry_words(&m->format);
	__m512i places = places_from(place);
	__m512i all, word, event;
	uint16_t i;

	for (i = 0; i + DLB_QES_PER_LINE <= n; i += DLB_QES_PER_LINE) {
		all = entries_load(entry, stride);
		if ((_mm512_test_epi64_mask(_mm512_xor_si512(all, top_bytes(gen)), checked) &
		     SECOND_WORDS) != 0)
			break;
		word = _mm512_unpackhi_epi64(all, all);
		if (stride == sizeof(struct dlb_cqe))
			all = entries_load(entry, stride);
		event = event_words(&words, word,
				    _mm512_and_si512(places, top_bytes(m->place_mask)));
		_mm512_storeu_si512(&ev[i], _mm512_unpacklo_epi64(event, all));
		places = _mm512_add_epi64(places, top_bytes(DLB_QES_PER_LINE));
		entry += DLB_QES_PER_LINE * stride;
	}
	return i + entries_unpack_each(m, entry, stride, &ev[i], n - i, gen, (uint8_t)(place + i));
}

#endif /* DLB_EVDEV_CONVERT_AVX512_H */
