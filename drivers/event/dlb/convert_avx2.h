/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Events to lines and entries to events with AVX2, four at a time. Two vectors hold two events each;
 * their first and second words are pulled apart, one vector of each, and joined again at the end. In
 * between, words stand in the order 0, 2, 1, 3.
 */
#ifndef DLB_EVDEV_CONVERT_AVX2_H
#define DLB_EVDEV_CONVERT_AVX2_H

#include <immintrin.h>

#include "convert.h"

#define ALL_FOUR 0xf

/* Routes of four events. The index is the upper ten bits of the 16 at byte 4. */
static __rte_always_inline __m128i
routes_gather(const struct dlb_routes *routes, const struct rte_event ev[])
{
	const uint32_t *route = routes->route;
	uint16_t at[DLB_QES_PER_LINE];
	uint32_t i;

	for (i = 0; i < DLB_QES_PER_LINE; i++)
		memcpy(&at[i], (const uint8_t *)&ev[i] + 4, sizeof(at[i]));
	return _mm_set_epi32((int)route[at[3] >> 6], (int)route[at[1] >> 6], (int)route[at[2] >> 6],
			     (int)route[at[0] >> 6]);
}

/* What is found in the events of a burst, lane by lane. */
struct burst_lanes {
	__m256i refused;
	__m256i stray;
	__m256i place; /* of four answers, if all of the next ones are that */
	uint32_t news, releases;
};

/* What lines of one kind have in common. */
struct line_kind {
	__m256i key;
	__m256i fields;   /* where bytes of a QE's second word come from, for PSHUFB */
	__m256i priority; /* bits of it that hold one */
	__m256i fixed;
	__m256i answers;
	__m256i step; /* from the places of a line to those of the next one */
	uint32_t news, releases;
};

static __rte_always_inline __m256i
top_bytes(uint8_t byte)
{
	return _mm256_set1_epi64x((int64_t)((uint64_t)byte << EVENT_OPAQUE_SHIFT));
}

/* The places of four events that follow each other. */
static __rte_always_inline __m256i
places_from(uint8_t first)
{
	const __m256i steps = _mm256_set_epi64x((int64_t)3 << EVENT_OPAQUE_SHIFT,
						(int64_t)1 << EVENT_OPAQUE_SHIFT,
						(int64_t)2 << EVENT_OPAQUE_SHIFT, 0);

	return _mm256_add_epi64(top_bytes(first), steps);
}

static __rte_always_inline uint32_t
lanes_mask(__m256i lanes)
{
	return (uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(lanes));
}

/* Events of any operation: returns the lanes that hold a release. Only answers take a place. */
static __rte_always_inline __m256i
lanes_look_at_ops(struct burst_lanes *seen, __m256i word, __m256i route, __m256i op)
{
	/* By the lanes that hold a new event: answers ahead of each lane's event, in their low bytes. */
	static const uint32_t ahead[] = {
		0x03010200, 0x02000100, 0x02010200, 0x01000100, 0x02010100, 0x01000000,
		0x01010100, 0x00000000, 0x03010200, 0x02000100, 0x02010200, 0x01000100,
		0x02010100, 0x01000000, 0x01010100, 0x00000000,
	};
	const __m256i bad = top_bytes(EVENT_OP_MASK);
	__m256i is_new = _mm256_cmpeq_epi64(op, _mm256_setzero_si256());
	__m256i is_release = _mm256_cmpeq_epi64(op, top_bytes(RTE_EVENT_OP_RELEASE));
	uint32_t news = lanes_mask(is_new);
	uint32_t nb_news = (uint32_t)__builtin_popcount(news);
	__m256i place = _mm256_slli_epi64(_mm256_cvtepu8_epi64(_mm_cvtsi32_si128((int)ahead[news])),
					  EVENT_OPAQUE_SHIFT);

	place = _mm256_add_epi64(_mm256_sub_epi64(seen->place, places_from(0)), place);
	seen->stray = _mm256_or_si256(seen->stray,
				      _mm256_andnot_si256(is_new, _mm256_xor_si256(word, place)));
	seen->place =
		_mm256_add_epi64(seen->place, top_bytes((uint8_t)(DLB_QES_PER_LINE - nb_news)));
	seen->refused = _mm256_or_si256(
		seen->refused, _mm256_or_si256(_mm256_andnot_si256(is_release, route),
					       _mm256_srli_epi64(_mm256_cmpeq_epi64(op, bad), 63)));
	seen->news += nb_news;
	seen->releases += (uint32_t)__builtin_popcount(lanes_mask(is_release));
	return is_release;
}

/* Bytes 2 and 3 of an event are opaque, 0 and 1 the lock id. */
static __rte_always_inline __m256i
qe_fields(void)
{
	return _mm256_broadcastsi128_si256(
		_mm_setr_epi8(2, 3, -1, -1, 0, 1, -1, -1, 10, 11, -1, -1, 8, 9, -1, -1));
}

static __rte_always_inline __m256i
qe_priorities(void)
{
	return _mm256_set1_epi64x((int64_t)QE_PRIORITY_MASK);
}

/* Second words of QEs. */
static __rte_always_inline __m256i
qe_words(__m256i event, __m256i fields, __m256i priority, __m256i fixed)
{
	return _mm256_or_si256(_mm256_or_si256(_mm256_shuffle_epi8(event, fields), fixed),
			       _mm256_and_si256(_mm256_srli_epi64(event, PRIORITY_TO_QE),
						priority));
}

/* The kind of line that an event is in, and whether such events are refused. */
static __rte_always_inline struct line_kind
line_kind_of(uint64_t word, const struct dlb_event_port *port, const struct dlb_member *m,
	     enum dlb_burst burst, struct burst_lanes *seen)
{
	struct dlb_line_kind k = dlb_line_kind_of(word, port, m, burst);
	const __m256i sent = _mm256_set1_epi64x((int64_t)k.sent);
	const __m256i answers = _mm256_set1_epi64x((int64_t)k.answers);

	seen->refused = _mm256_or_si256(seen->refused, _mm256_set1_epi64x(k.refused));
	return (struct line_kind){
		.key = _mm256_set1_epi64x((int64_t)k.key),
		.fields = _mm256_blendv_epi8(_mm256_set1_epi8(-1), qe_fields(), sent),
		.priority = _mm256_and_si256(qe_priorities(), sent),
		.fixed = _mm256_set1_epi64x((int64_t)k.fixed),
		.answers = answers,
		.step = _mm256_and_si256(top_bytes(DLB_QES_PER_LINE), answers),
		.news = k.news,
		.releases = k.releases,
	};
}

/* Second words of QEs, for a line of events that do different things. */
static __rte_always_inline __m256i
line_words(const struct rte_event ev[], __m256i event, const struct dlb_event_port *port,
	   const struct dlb_member *m, enum dlb_burst burst, struct burst_lanes *seen)
{
	const __m256i cmds = _mm256_set1_epi32((int)dlb_cmds_word(m));
	const __m256i other_bytes = _mm256_set1_epi64x(0x0080808080808080);
	__m256i route = _mm256_cvtepu32_epi64(routes_gather(port->routes, ev));
	__m256i word = qe_words(event, qe_fields(), qe_priorities(), route);
	__m256i op = top_bytes((uint8_t)event_op(0, burst));

	if (burst == DLB_BURST_MIXED)
		op = _mm256_and_si256(_mm256_slli_epi64(event, DLB_QE_CMD_SHIFT - EVENT_OP_SHIFT),
				      top_bytes(EVENT_OP_MASK));
	word = _mm256_andnot_si256(lanes_look_at_ops(seen, event, route, op), word);
	return _mm256_or_si256(word, _mm256_shuffle_epi8(cmds, _mm256_or_si256(op, other_bytes)));
}

static __rte_always_inline bool
line_is_of_kind(__m256i event, __m256i key, enum dlb_burst burst)
{
	return _mm256_testz_si256(_mm256_xor_si256(event, key),
				  _mm256_set1_epi64x((int64_t)dlb_line_kind_mask(burst)));
}

/* The full lines of a burst. */
static __rte_always_inline void
lines_pack(struct dlb_lines *to, const struct rte_event ev[], uint32_t nb_lines,
	   const struct dlb_event_port *port, const struct dlb_member *m, enum dlb_burst burst,
	   struct dlb_tally *tally)
{
	struct burst_lanes seen = {
		.refused = _mm256_setzero_si256(),
		.stray = _mm256_setzero_si256(),
		.place = places_from(tally->place),
	};
	__m256i low, high, data, event, word;
	struct line_kind kind;
	__m256i *line;
	uint32_t i;

	if (nb_lines == 0)
		return;
	kind = line_kind_of(ev[0].event, port, m, burst, &seen);
	for (i = 0; i < nb_lines; i++, ev += DLB_QES_PER_LINE) {
		low = _mm256_loadu_si256((const __m256i *)&ev[0]);
		high = _mm256_loadu_si256((const __m256i *)&ev[2]);
		data = _mm256_unpackhi_epi64(low, high);
		event = _mm256_unpacklo_epi64(low, high);
		if (unlikely(!line_is_of_kind(event, kind.key, burst)) &&
		    line_is_of_kind(event, _mm256_permute4x64_epi64(event, 0), burst))
			kind = line_kind_of(ev[0].event, port, m, burst, &seen);
		if (likely(line_is_of_kind(event, kind.key, burst))) {
			word = qe_words(event, kind.fields, kind.priority, kind.fixed);
			seen.stray = _mm256_or_si256(seen.stray,
						     _mm256_and_si256(_mm256_xor_si256(event,
										       seen.place),
								      kind.answers));
			seen.place = _mm256_add_epi64(seen.place, kind.step);
			seen.news += kind.news;
			seen.releases += kind.releases;
		} else {
			word = line_words(ev, event, port, m, burst, &seen);
		}
		line = (__m256i *)dlb_lines_at(to, i);
		_mm256_store_si256(&line[0], _mm256_unpacklo_epi64(data, word));
		_mm256_store_si256(&line[1], _mm256_unpackhi_epi64(data, word));
	}
	tally->refused |= !_mm256_testz_si256(seen.refused, _mm256_set1_epi64x(DLB_ROUTE_REFUSED));
	tally->refused |= !_mm256_testz_si256(seen.stray, top_bytes(m->place_mask));
	tally->news += (uint16_t)seen.news;
	tally->releases += (uint16_t)seen.releases;
	tally->place += (uint8_t)(nb_lines * DLB_QES_PER_LINE - seen.news);
}

/* Two entries: each loaded whole, as the device wrote it. */
static __rte_always_inline __m256i
entries_load(const uint8_t *first, const uint8_t *second)
{
	return _mm256_inserti128_si256(_mm256_castsi128_si256(
					       _mm_load_si128((const __m128i *)first)),
				       _mm_load_si128((const __m128i *)second), 1);
}

static __rte_always_inline uint16_t
entries_unpack(const struct dlb_member *m, const uint8_t *entry, uint32_t stride,
	       struct rte_event ev[], uint16_t n, uint8_t gen, uint8_t place)
{
	const struct dlb_entry_format *f = &m->format;
	const __m256i place_mask = top_bytes(m->place_mask);
	const __m256i checked = top_bytes(DLB_CQE_GEN | DLB_CQE_ERROR);
	const __m256i good = top_bytes(gen);
	const __m256i fields =
		_mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)f->shuffle));
	const __m256i sched = _mm256_set1_epi64x((int64_t)(f->carried & EVENT_SCHED_MASK));
	const __m256i priority = _mm256_set1_epi64x((int64_t)(f->carried & EVENT_PRIORITY_MASK));
	const __m256i fixed = _mm256_set1_epi64x((int64_t)f->fixed);
	const __m256i queues =
		_mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)f->queue));
	const __m256i more_queues =
		_mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)f->queue + 1));
	/* The source queue as an index into a table of bytes, at byte 5; bytes of 0x80 stay empty. */
	const __m256i qid_mask =
		_mm256_set1_epi64x((int64_t)(DLB_LDB_QUEUES - 1) << EVENT_QUEUE_SHIFT);
	const __m256i other_bytes = _mm256_set1_epi64x((int64_t)0x8080008080808080);
	__m256i places = places_from(place);
	__m256i low, high, data, word, at, queue;
	uint16_t i;

	for (i = 0; i + DLB_QES_PER_LINE <= n; i += DLB_QES_PER_LINE) {
		low = entries_load(entry, entry + stride);
		high = entries_load(entry + 2 * stride, entry + 3 * stride);
		data = _mm256_unpacklo_epi64(low, high);
		word = _mm256_unpackhi_epi64(low, high);
		if (!_mm256_testz_si256(_mm256_xor_si256(word, good), checked))
			break;
		at = _mm256_or_si256(_mm256_and_si256(_mm256_slli_epi64(word,
									EVENT_QUEUE_SHIFT -
										DLB_QE_QID_SHIFT),
						      qid_mask),
				     other_bytes);
		queue = _mm256_blendv_epi8(_mm256_shuffle_epi8(queues, at),
					   _mm256_shuffle_epi8(more_queues, at),
					   _mm256_slli_epi64(at, 3));
		low = _mm256_and_si256(_mm256_slli_epi64(word, SCHED_FROM_MSG_TYPE), sched);
		high = _mm256_and_si256(_mm256_slli_epi64(word, PRIORITY_TO_QE), priority);
		word = _mm256_or_si256(_mm256_shuffle_epi8(word, fields),
				       _mm256_or_si256(low, high));
		word = _mm256_or_si256(word, _mm256_or_si256(queue, fixed));
		word = _mm256_or_si256(word, _mm256_and_si256(places, place_mask));
		places = _mm256_add_epi64(places, top_bytes(DLB_QES_PER_LINE));
		_mm256_storeu_si256((__m256i *)&ev[i], _mm256_unpacklo_epi64(word, data));
		_mm256_storeu_si256((__m256i *)&ev[i + 2], _mm256_unpackhi_epi64(word, data));
		entry += DLB_QES_PER_LINE * stride;
	}
	return i + entries_unpack_each(m, entry, stride, &ev[i], n - i, gen, (uint8_t)(place + i));
}

#endif /* DLB_EVDEV_CONVERT_AVX2_H */
