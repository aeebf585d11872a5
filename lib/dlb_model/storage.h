/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Storage of QEs: one pool of nodes for the whole device, lists of nodes, and the credits that say
 * how many QEs a domain may hold.
 *
 * Nodes come in rows of four. A line of QEs that go the same way takes a free row, and such rows are
 * copied to a CQ, and freed, as wholes. Single QEs take nodes from an open row, one after another;
 * what is freed one by one is a free row again when all four are. There are twice as many nodes as QEs,
 * so that a pool which is rather empty has rows to spare; in a full one freed nodes of rows in use are
 * searched for.
 */
#ifndef STORAGE_H
#define STORAGE_H

#include <emmintrin.h>
#include <string.h>

#include "model.h"

/* What is in next[] for the first three nodes of a row: those that follow. */
#define ROW_CHAIN(node) ((node)*UINT64_C(0x0001000100010000) + UINT64_C(0x0003000200010000))

/* A row is free, whose nodes may have been on different lists. */
QE_INLINE void
row_put(struct dlb_model *m, size_t node)
{
	uint64_t chain = ROW_CHAIN(node) >> 16 | (uint64_t)m->free_row << 48;

	memcpy(&m->next[node], &chain, sizeof(chain));
	m->free_row = (uint16_t)node;
}

/* All rows are free, lowest first; the last one freed is the next one used. */
QE_INLINE void
storage_reset(struct dlb_model *m)
{
	size_t node;

	m->free_row = 0;
	m->open_node = 0;
	m->freed_group = 0;
	for (node = STORAGE_NODES - STORAGE_ROW; node != 0; node -= STORAGE_ROW)
		row_put(m, node);
	memset(m->freed, 0, sizeof(m->freed));
	m->usual_domain = UINT8_MAX;
	m->has_odd = false;
}

/* Whether a node is the first of a row which is on one list as a whole. */
QE_INLINE bool
node_begins_row(const uint16_t *next, size_t node)
{
	uint64_t chain;

	memcpy(&chain, &next[node], sizeof(chain));
	return node % STORAGE_ROW == 0 && chain << 16 == ROW_CHAIN(node);
}

/* A freed node of a row that is in use, or 0. Looks on where one was found last. */
static uint32_t __attribute__((noinline, cold)) freed_node_find(struct dlb_model *m)
{
	const uint32_t groups = sizeof(m->freed) / sizeof(uint64_t);
	uint64_t freed;
	uint32_t i, bit;

	for (i = 0; i < groups; i++) {
		memcpy(&freed, &m->freed[m->freed_group * sizeof(freed)], sizeof(freed));
		if (freed != 0) {
			bit = (uint32_t)__builtin_ctzll(freed);
			return (uint32_t)(m->freed_group * sizeof(freed) + bit / 8) * STORAGE_ROW +
			       bit % 8;
		}
		m->freed_group = (uint16_t)((m->freed_group + 1) % groups);
	}
	return 0;
}

QE_INLINE bool
storage_is_full(struct dlb_model *m)
{
	return m->open_node == 0 && m->free_row == 0 && freed_node_find(m) == 0;
}

/* A node for a single QE, or 0. */
QE_INLINE size_t
node_take(struct dlb_model *m)
{
	size_t node = m->open_node;

	if (node == 0 && m->free_row != 0) {
		node = m->free_row;
		m->free_row = m->next[node + STORAGE_ROW - 1];
	} else if (__builtin_expect(node == 0, 0)) {
		node = freed_node_find(m);
		m->freed[node / STORAGE_ROW] &= (uint8_t) ~(1u << node % STORAGE_ROW);
		return node;
	}
	m->open_node = (uint16_t)((node + 1) % STORAGE_ROW != 0 ? node + 1 : 0);
	return node;
}

QE_INLINE void
node_put(struct dlb_model *m, size_t node)
{
	uint8_t *freed = &m->freed[node / STORAGE_ROW];

	*freed |= (uint8_t)(1u << node % STORAGE_ROW);
	if (*freed == (1u << STORAGE_ROW) - 1) {
		*freed = 0;
		row_put(m, node - node % STORAGE_ROW);
	}
}

/* QEs of one domain are stored: all of them with the weight of one of them. */
QE_INLINE void
storage_note(struct dlb_model *m, uint64_t word, uint64_t domain)
{
	const uint64_t weight = (uint64_t)DLB_QE_WEIGHT << DLB_QE_MISC_SHIFT;

	if (__builtin_expect(domain == m->usual_domain && (word & weight) == 0, 1))
		return;
	m->has_odd |= m->usual_domain != UINT8_MAX || (word & weight) != 0;
	m->usual_domain = (uint8_t)domain;
}

/* Schedule types fall into the kinds of queue. */
QE_INLINE enum dlb_kind
type_queue_kind(enum dlb_sched type)
{
	return type == DLB_SCHED_DIRECTED ? DLB_DIR : DLB_LDB;
}

/* Of the second word of a QE, stored or not. */
QE_INLINE enum dlb_sched
word_type(uint64_t word)
{
	return dlb_qe_sched_type((uint8_t)(word >> DLB_QE_SCHED_SHIFT));
}

QE_INLINE uint32_t
word_qid(uint64_t word)
{
	return word >> DLB_QE_QID_SHIFT & UINT8_MAX;
}

/* What decides where a QE goes, what becomes of those before it, and what it weighs. */
#define RUN_KEY                                                                              \
	(UINT64_C(0xff) << DLB_QE_CMD_SHIFT | (uint64_t)DLB_QE_WEIGHT << DLB_QE_MISC_SHIFT | \
	 (uint64_t)(DLB_QE_SCHED | DLB_QE_PRIORITY) << DLB_QE_SCHED_SHIFT |                  \
	 UINT64_C(0xff) << DLB_QE_QID_SHIFT)

/* The second word of a QE in a line. */
QE_INLINE uint64_t
qe_word(const struct dlb_qe *qe)
{
	uint64_t word;

	memcpy(&word, &qe->opaque, sizeof(word));
	return word;
}

/* Go over empty slots: most often those that follow a single QE in its line. */
QE_INLINE const struct dlb_qe *
qe_skip_empty(const struct dlb_qe *qe, const struct dlb_qe *end)
{
	if (end - qe >= 3 &&
	    (qe_word(&qe[0]) | qe_word(&qe[1]) | qe_word(&qe[2])) >> DLB_QE_CMD_SHIFT == 0)
		qe += 3;
	while (qe != end && qe->cmd == DLB_CMD_NOOP)
		qe++;
	return qe;
}

/* Whether the QEs of as much as a line all agree with one word in some bits of their second ones. */
QE_INLINE bool
line_agrees(const struct dlb_qe *qe, uint64_t word, uint64_t bits)
{
	uint64_t diff = (qe_word(&qe[0]) ^ word) | (qe_word(&qe[1]) ^ word) |
			(qe_word(&qe[2]) ^ word) | (qe_word(&qe[3]) ^ word);

	return (diff & bits) == 0;
}

/* A QE goes into a node; its command byte changes. */
QE_INLINE void
node_store(struct stored_qe *node, const struct dlb_qe *qe, __m128i change)
{
	_mm_store_si128((__m128i *)node,
			_mm_xor_si128(_mm_load_si128((const __m128i *)qe), change));
}

/* As many whole lines of a run as there are rows for. Returns how many QEs that is. */
QE_INLINE uint32_t
storage_take_lines(struct dlb_model *m, const struct dlb_qe *qe, uint32_t lines, uint64_t first,
		   __m128i change, size_t *last)
{
	size_t row = m->free_row;
	struct stored_qe *to;
	uint32_t n = 0;

	for (; lines != 0 && row != 0 && line_agrees(qe, first, RUN_KEY); lines--) {
		to = &m->qe[row];
		node_store(&to[0], &qe[0], change);
		node_store(&to[1], &qe[1], change);
		node_store(&to[2], &qe[2], change);
		node_store(&to[3], &qe[3], change);
		*last = row + STORAGE_ROW - 1;
		row = m->next[*last];
		qe += DLB_QES_PER_LINE;
		n += DLB_QES_PER_LINE;
	}
	m->free_row = (uint16_t)row;
	return n;
}

/*
 * Store a run of QEs: those that go the same way as the first one, with nothing but empty slots in
 * between. Each takes a node; the credits, at least one, are the caller's to take. Returns how many
 * there were, and the list of them, whose last node is to be terminated; *at is the QE behind.
 */
QE_INLINE uint32_t
storage_take_run(struct dlb_model *m, const struct dlb_qe **at, const struct dlb_qe *end,
		 uint32_t limit, uint64_t domain, struct fifo *list)
{
	const struct dlb_qe *qe = *at;
	uint64_t first = qe_word(qe);
	const __m128i change = _mm_set_epi64x((int64_t)((first >> DLB_QE_CMD_SHIFT ^ domain)
							<< STORED_DOMAIN_SHIFT),
					      0);
	uint32_t n, lines = min_u32(limit, (uint32_t)(end - qe)) / DLB_QES_PER_LINE;
	size_t last = 0, node;

	list->head = m->free_row;
	n = storage_take_lines(m, qe, lines, first, change, &last);
	for (qe += n; n != limit; n++) {
		qe = qe_skip_empty(qe, end);
		if (qe == end || ((qe_word(qe) ^ first) & RUN_KEY))
			break;
		node = node_take(m);
		if (node == 0)
			break;
		node_store(&m->qe[node], qe++, change);
		if (last == 0)
			list->head = (uint16_t)node;
		else
			m->next[last] = (uint16_t)node;
		last = node;
	}
	list->tail = (uint16_t)last;
	storage_note(m, first, domain);
	*at = qe;
	return n;
}

/* DLB_CHOICE_CREDIT_EARLY: QEs of a list keep their nodes, and their domains have the credits back. */
static inline void
storage_credits_put(struct dlb_model *m, uint16_t node, uint32_t n, enum dlb_kind kind)
{
	const uint64_t domain = UINT64_C(0xff) << STORED_DOMAIN_SHIFT;
	uint64_t word;

	m->has_odd = true;
	for (; n != 0; n--, node = m->next[node]) {
		word = m->qe[node].word;
		m->credits[m->pool[kind]][word >> STORED_DOMAIN_SHIFT]++;
		m->qe[node].word = (word & ~domain) | (uint64_t)DLB_DOMAINS << STORED_DOMAIN_SHIFT;
	}
}

/* Rows that follow each other on a list, from one's first node to another's last. */
QE_INLINE void
storage_put_rows(struct dlb_model *m, size_t first, size_t last)
{
	m->next[last] = m->free_row;
	m->free_row = (uint16_t)first;
}

/* Nodes at the head of a list are free; their credits are another matter. */
QE_INLINE void
storage_put_run(struct dlb_model *m, size_t node, uint32_t n)
{
	size_t after;

	while (n != 0) {
		if (n >= STORAGE_ROW && node_begins_row(m->next, node)) {
			after = m->next[node + STORAGE_ROW - 1];
			storage_put_rows(m, node, node + STORAGE_ROW - 1);
			n -= STORAGE_ROW;
		} else {
			after = m->next[node];
			node_put(m, node);
			n--;
		}
		node = after;
	}
}

QE_INLINE void
fifo_push(struct fifo *f, uint16_t *next, uint16_t node)
{
	next[node] = 0;
	if (f->head == 0)
		f->head = node;
	else
		next[f->tail] = node;
	f->tail = node;
}

/* The list must not be empty. */
QE_INLINE uint16_t
fifo_pop(struct fifo *f, uint16_t *next)
{
	uint16_t node = f->head;

	f->head = next[node];
	return node;
}

/* So does a list that need not be terminated. */
QE_INLINE void
fifo_push_run(struct fifo *f, uint16_t *next, struct fifo run)
{
	next[run.tail] = 0;
	if (f->head == 0)
		f->head = run.head;
	else
		next[f->tail] = run.head;
	f->tail = run.tail;
}

/* All of one list go to the end of another. */
QE_INLINE void
fifo_append(struct fifo *f, uint16_t *next, struct fifo *from)
{
	if (from->head == 0)
		return;
	if (f->head == 0)
		f->head = from->head;
	else
		next[f->tail] = from->head;
	f->tail = from->tail;
	*from = (struct fifo){ 0, 0 };
}

QE_INLINE uint32_t
word_bin(uint64_t word)
{
	return dlb_qe_priority((uint8_t)(word >> DLB_QE_SCHED_SHIFT)) >> 1;
}

QE_INLINE uint32_t
qe_bin(const struct stored_qe *qe)
{
	return word_bin(qe->word);
}

/* A queue adds QEs to one of its bins. */
QE_INLINE void
bins_push(struct fifo bin[DLB_BINS], uint8_t *bins, struct dlb_model *m, struct fifo run,
	  uint32_t b)
{
	*bins |= (uint8_t)(1u << b);
	fifo_push_run(&bin[b], m->next, run);
}

QE_INLINE uint16_t
bins_pop(struct fifo bin[DLB_BINS], uint8_t *bins, struct dlb_model *m, uint32_t b)
{
	uint16_t node = fifo_pop(&bin[b], m->next);

	if (bin[b].head == 0)
		*bins &= (uint8_t) ~(1u << b);
	return node;
}

/*
 * Which of several bins has its turn: the first one, but for the draws that fall into the range of
 * another. choice: datapath.md 13.20, the draws are a fixed sequence.
 */
QE_INLINE uint32_t
arbiter_pick(struct dlb_model *m, enum arbiter arb, uint32_t bins)
{
	uint32_t w = m->weights[arb], boosted;

	if ((bins & (bins - 1)) == 0)
		return (uint32_t)__builtin_ctz(bins);

	m->draw += CHOICE_BOOST_STEP;
	boosted = (m->draw > (w & 0xff)) + (m->draw > (w >> 8 & 0xff)) +
		  (m->draw > (w >> 16 & 0xff)) + (m->draw > w >> 24);
	if (boosted < DLB_BINS && bins >> boosted & 1)
		return boosted;
	return (uint32_t)__builtin_ctz(bins);
}

#endif /* STORAGE_H */
