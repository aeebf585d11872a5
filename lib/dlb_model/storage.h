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
static inline void
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
static inline enum dlb_kind
qe_queue_kind(uint8_t sched)
{
	return dlb_qe_sched_type(sched) == DLB_SCHED_DIRECTED ? DLB_DIR : DLB_LDB;
}

static inline bool
credit_available(const struct dlb_model *m, enum dlb_kind kind, uint8_t domain)
{
	return m->credits[m->pool[kind]][domain] != 0 && m->free_node != 0;
}

/* Store a QE: one credit of the domain and one node. Both must be available. */
static inline uint16_t
storage_take(struct dlb_model *m, const struct dlb_qe *qe, enum dlb_kind kind, uint8_t domain)
{
	uint16_t node = m->free_node;

	m->free_node = m->next[node];
	m->credits[m->pool[kind]][domain]--;
	memcpy(&m->qe[node], qe, sizeof(*qe));
	m->qe[node].domain = domain;
	m->next[node] = 0;
	return node;
}

/* DLB_CHOICE_CREDIT_EARLY: the QE keeps its node, and its domain has the credit back. */
static inline void
storage_credit_put(struct dlb_model *m, uint16_t node, enum dlb_kind kind)
{
	m->credits[m->pool[kind]][m->qe[node].domain]++;
	m->qe[node].domain = DLB_DOMAINS;
}

/* choice: datapath.md 13.10, called when the QE has been written to its CQ, not earlier. */
static inline void
storage_put(struct dlb_model *m, uint16_t node, enum dlb_kind kind)
{
	m->credits[m->pool[kind]][m->qe[node].domain]++;
	m->next[node] = m->free_node;
	m->free_node = node;
}

/* The node must be the end of its chain: next is 0. */
static inline void
fifo_push(struct fifo *f, uint16_t *next, uint16_t node)
{
	if (f->head == 0)
		f->head = node;
	else
		next[f->tail] = node;
	f->tail = node;
}

/* The list must not be empty. */
static inline uint16_t
fifo_pop(struct fifo *f, uint16_t *next)
{
	uint16_t node = f->head;

	f->head = next[node];
	next[node] = 0;
	return node;
}

static inline uint32_t
qe_bin(const struct stored_qe *qe)
{
	return dlb_qe_priority(qe->sched) >> 1;
}

/* A queue adds a QE to one of its bins. */
static inline void
bins_push(struct fifo bin[DLB_BINS], uint8_t *bins, struct dlb_model *m, uint16_t node)
{
	uint32_t b = qe_bin(&m->qe[node]);

	fifo_push(&bin[b], m->next, node);
	*bins |= 1u << b;
}

static inline uint16_t
bins_pop(struct fifo bin[DLB_BINS], uint8_t *bins, struct dlb_model *m, uint32_t b)
{
	uint16_t node = fifo_pop(&bin[b], m->next);

	if (bin[b].head == 0)
		*bins &= ~(1u << b);
	return node;
}

/*
 * Which of several bins has its turn: the first one, but for the draws that fall into the range of
 * another. choice: datapath.md 13.20, the draws are a fixed sequence.
 */
static inline uint32_t
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

/* A QE enters the queue that it is for. */
static inline void
queue_put(struct dlb_model *m, uint16_t node)
{
	const struct stored_qe *qe = &m->qe[node];

	if (qe_queue_kind(qe->sched) == DLB_DIR)
		dir_queue_put(m, qe->qid, node);
	else
		ldb_queue_put(m, qe->qid, node);
}

/* Fill level of a queue against its threshold, as CQ entries carry it; datapath.md 5.4. */
static inline uint32_t
depth_code(uint32_t depth, uint32_t threshold)
{
	return (2 * depth > threshold) + (4 * depth > 3 * threshold) + (depth > threshold);
}

#endif /* STORAGE_H */
