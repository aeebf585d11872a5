/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Storage of QEs: one pool of nodes for the whole device, lists of nodes, and the credits that say
 * how many nodes a domain may hold.
 */
#ifndef STORAGE_H
#define STORAGE_H

#include <string.h>

#include "model.h"

/*
 * Chain all nodes that this generation has, lowest first; the last one freed is the next one used.
 */
QE_INLINE void
storage_reset(struct dlb_model *m)
{
	uint32_t nodes = m->limits->credits[DLB_LDB] + m->limits->credits[DLB_DIR];
	uint32_t i;

	for (i = 1; i < nodes; i++)
		m->next[i] = (uint16_t)(i + 1);
	m->next[nodes] = 0;
	m->free_node = 1;
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

/* Store a QE: one credit of the domain, and one node, which must be available. */
QE_INLINE uint16_t
storage_take(struct dlb_model *m, uint64_t data, uint64_t word, uint32_t *credits, uint64_t domain)
{
	const uint64_t command = UINT64_C(0xff) << STORED_DOMAIN_SHIFT;
	uint16_t node = m->free_node;

	m->free_node = m->next[node];
	*credits -= 1;
	m->qe[node].data = data;
	m->qe[node].word = (word & ~command) | domain << STORED_DOMAIN_SHIFT;
	return node;
}

/* DLB_CHOICE_CREDIT_EARLY: the QE keeps its node, and its domain has the credit back. */
static inline void
storage_credit_put(struct dlb_model *m, uint16_t node, enum dlb_kind kind)
{
	const uint64_t domain = UINT64_C(0xff) << STORED_DOMAIN_SHIFT;
	uint64_t word = m->qe[node].word;

	m->credits[m->pool[kind]][word >> STORED_DOMAIN_SHIFT]++;
	m->qe[node].word = (word & ~domain) | (uint64_t)DLB_DOMAINS << STORED_DOMAIN_SHIFT;
}

/* A node is free; its credit is another matter. */
QE_INLINE void
storage_put(struct dlb_model *m, uint16_t node)
{
	m->next[node] = m->free_node;
	m->free_node = node;
}

/* So are all from one to another of a list. */
QE_INLINE void
storage_put_run(struct dlb_model *m, uint16_t first, uint16_t last)
{
	m->next[last] = m->free_node;
	m->free_node = first;
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

/* A queue adds a QE to one of its bins. */
QE_INLINE void
bins_push(struct fifo bin[DLB_BINS], uint8_t *bins, struct dlb_model *m, uint16_t node,
	  uint64_t word)
{
	uint32_t b = word_bin(word);

	if (bin[b].head == 0)
		*bins |= (uint8_t)(1u << b);
	fifo_push(&bin[b], m->next, node);
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

/* Fill level of a queue against its threshold, as CQ entries carry it; datapath.md 5.4. */
QE_INLINE uint32_t
depth_code(uint32_t depth, uint32_t threshold)
{
	if (2 * depth <= threshold)
		return 0;
	return 1u + (4 * depth > 3 * threshold) + (depth > threshold);
}

#endif /* STORAGE_H */
