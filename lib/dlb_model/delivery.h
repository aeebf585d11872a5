/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QEs on their way to a CQ. What they change there is counted aside and comes into force when all of
 * them are written; nobody may look at the port in between.
 */
#ifndef DELIVERY_H
#define DELIVERY_H

#include "cq.h"
#include "storage.h"

struct delivery {
	struct dlb_model *m;
	struct port *p;
	enum dlb_kind kind;
	uint32_t cq;
	uint8_t *slot, *end; /* of the ring; NULL when entries need more than two stores */
	uint64_t gen;        /* in its place in the second word */
	uint32_t domain;     /* whose credits most QEs hold */
	uint32_t others;     /* QEs that hold another's */
	uint16_t hist_push;
	uint32_t n, load;
};

#define CQE_GEN_WORD ((uint64_t)DLB_CQE_GEN << DLB_QE_CMD_SHIFT)

QE_INLINE struct delivery
delivery_begin(struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	struct port *p = &m->port[kind][cq];
	size_t place = (size_t)(p->wptr & p->ring_mask) << p->stride_log2;
	size_t size = ((size_t)p->ring_mask + 1) << p->stride_log2;
	bool special = p->ring == NULL;

	return (struct delivery){
		.m = m,
		.p = p,
		.kind = kind,
		.cq = cq,
		.slot = special ? NULL : p->ring + place,
		.end = special ? NULL : p->ring + size,
		.gen = (uint64_t)dlb_cqe_gen(p->wptr, p->ring_log2) << DLB_QE_CMD_SHIFT,
		.domain = p->credit_domain,
		.hist_push = p->hist_push,
	};
}

/* The history entry that the next QE gets; who gives the QE fills in its part. */
QE_INLINE struct hist_entry *
delivery_entry(const struct delivery *d)
{
	return history_at(d->m, d->hist_push);
}

QE_INLINE uint8_t
qe_weight(const struct dlb_model *m, uint64_t word)
{
	const uint32_t shift = DLB_QE_MISC_SHIFT + __builtin_ctz(DLB_QE_WEIGHT);

	return m->load_of[word >> shift & (DLB_QE_WEIGHT >> __builtin_ctz(DLB_QE_WEIGHT))];
}

/* A QE arrives in memory. The word with the generation bit goes last: readers look at it first. */
QE_INLINE void
slot_write(struct delivery *d, const struct stored_qe *qe, uint32_t depth)
{
	uint64_t flags = d->gen | (uint64_t)depth << (DLB_QE_CMD_SHIFT + 1);
	uint64_t *entry = (uint64_t *)d->slot;

	if (__builtin_expect(entry == NULL, 0)) {
		entry_write(d->m, d->kind, d->cq, qe, depth);
		return;
	}
	__atomic_store_n(&entry[0], qe->data, __ATOMIC_RELAXED);
	__atomic_store_n(&entry[1], cq_entry_word(qe->word, d->kind) | flags, __ATOMIC_RELEASE);
	d->slot += (size_t)1 << d->p->stride_log2;
	if (d->slot == d->end) {
		d->slot = d->p->ring;
		d->gen ^= CQE_GEN_WORD;
	}
}

/* choice: datapath.md 13.10, a credit comes back when the QE has been written to its CQ. */
QE_INLINE void
credit_return(struct delivery *d, uint64_t word)
{
	uint32_t domain = (uint32_t)(word >> STORED_DOMAIN_SHIFT);

	if (__builtin_expect(domain == d->domain, 1))
		return;
	d->m->credits[d->m->pool[d->kind]][domain]++;
	d->others++;
}

/* The node is the caller's to free. */
QE_INLINE void
delivery_add(struct delivery *d, uint32_t qid, uint16_t node, uint32_t depth)
{
	const struct stored_qe *qe = &d->m->qe[node];
	struct hist_entry *entry;

	if (d->kind == DLB_LDB) {
		entry = delivery_entry(d);
		entry->qid = (uint8_t)qid;
		entry->weight = qe_weight(d->m, qe->word);
		d->load += entry->weight;
		d->hist_push = history_next(d->p, d->hist_push);
	}
	slot_write(d, qe, depth);
	credit_return(d, qe->word);
	d->n++;
}

/* Returns how many QEs there were. */
QE_INLINE uint32_t
delivery_end(const struct delivery *d)
{
	struct dlb_model *m = d->m;
	struct port *p = d->p;

	p->wptr += (uint16_t)d->n;
	p->tokens += (uint16_t)d->n;
	m->credits[m->pool[d->kind]][d->domain] += d->n - d->others;
	if (d->kind == DLB_LDB) {
		p->hist_push = d->hist_push;
		p->inflight += (uint16_t)d->n;
		p->load += d->load;
	}
	return d->n;
}

/* Depth codes of a run of QEs: mostly the same from the first to the last. */
struct depth_run {
	uint32_t left, threshold, code;
	bool is_flat;
};

QE_INLINE struct depth_run
depth_run_begin(uint32_t depth, uint32_t threshold, uint32_t limit)
{
	uint32_t first = depth_code(depth, threshold);
	uint32_t last = depth_code(limit < depth ? depth - limit + 1 : 1, threshold);

	return (struct depth_run){ depth, threshold, first, first == last };
}

QE_INLINE uint32_t
depth_run_next(struct depth_run *r)
{
	return r->is_flat ? r->code : depth_code(r->left--, r->threshold);
}

#endif /* DELIVERY_H */
