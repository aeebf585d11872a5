/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QEs on their way to a CQ. What they change there is counted aside and comes into force when all of
 * them are written; nobody may look at the port in between.
 */
#ifndef DELIVERY_H
#define DELIVERY_H

#include "atomic.h"
#include "cq.h"
#include "ordered.h"

struct delivery {
	struct dlb_model *m;
	struct port *p;
	enum dlb_kind kind;
	uint32_t cq;
	uint16_t wptr, hist_push;
	uint32_t n;
	uint32_t others; /* QEs that hold another domain's credit than most of the CQ's do */
	uint32_t load;
};

/* Where QEs come from: what is to be done about each, beside writing it. */
enum source { FROM_PLAIN, FROM_LINE, FROM_WINDOW, FROM_DIRECTED };

/* QEs that are at the head of a list, and have all but their places in common. */
struct delivery_run {
	struct hist_entry entry; /* of the first one */
	uint32_t depth;          /* code of the queue's depth */
	uint32_t limit;
};

/* Depth codes: QEs from one of a given depth on that have the same one. */
struct depth_run {
	uint32_t code, qes;
};

/* Fill level of a queue against its threshold, as CQ entries carry it; datapath.md 5.4. */
QE_INLINE struct depth_run
depth_run_at(uint32_t depth, uint32_t threshold)
{
	if (2 * depth <= threshold)
		return (struct depth_run){ 0, UINT32_MAX };
	if (4 * depth <= 3 * threshold)
		return (struct depth_run){ 1, depth - threshold / 2 };
	if (depth <= threshold)
		return (struct depth_run){ 2, depth - 3 * threshold / 4 };
	return (struct depth_run){ 3, depth - threshold };
}

QE_INLINE struct delivery
delivery_begin(struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	struct port *p = &m->port[kind][cq];

	return (struct delivery){
		.m = m, .p = p, .kind = kind, .cq = cq, .wptr = p->wptr, .hist_push = p->hist_push
	};
}

/* How many QEs can be written before ring or history start again. Special entries go one by one. */
QE_INLINE uint32_t
delivery_stretch(const struct delivery *d)
{
	uint32_t slots = d->p->ring_mask + 1u - (d->wptr & d->p->ring_mask);

	if (d->kind == DLB_DIR)
		return slots;
	return min_u32(slots, history_stretch(d->p, d->hist_push));
}

QE_INLINE uint8_t
qe_weight(const struct dlb_model *m, uint64_t word)
{
	const uint32_t shift = DLB_QE_MISC_SHIFT + __builtin_ctz(DLB_QE_WEIGHT);

	return m->load_of[word >> shift & (DLB_QE_WEIGHT >> __builtin_ctz(DLB_QE_WEIGHT))];
}

/* Some QEs of a run hold credits of another domain, or have a weight: count both. */
static void __attribute__((noinline))
delivery_sort_out(struct delivery *d, uint16_t node, uint32_t n, struct hist_entry *entry)
{
	struct dlb_model *m = d->m;
	uint32_t domain, i;
	uint64_t word;

	for (i = 0; i < n; i++, node = m->next[node]) {
		word = m->qe[node].word;
		domain = (uint32_t)(word >> STORED_DOMAIN_SHIFT);
		if (domain != d->p->credit_domain) {
			m->credits[m->pool[d->kind]][domain]++;
			d->others++;
		}
		if (d->kind == DLB_LDB) {
			d->load += qe_weight(m, word) - entry[i].weight;
			entry[i].weight = qe_weight(m, word);
		}
	}
}

/* Where a run's entries go; those that take more than two stores are made of what goes aside. */
QE_INLINE uint8_t *
delivery_slots(const struct delivery *d, uint64_t aside[2])
{
	uint32_t place = d->wptr & d->p->ring_mask;

	if (__builtin_expect(d->p->ring == NULL, 0))
		return (uint8_t *)aside;
	return d->p->ring + ((size_t)place << d->p->stride_log2);
}

/* A run on its way: whatever the loop over its QEs looks at. */
struct writer {
	struct dlb_model *m;
	struct hist_entry *entry, *end; /* of the history; counts QEs of a directed queue as well */
	uint8_t *slot;
	size_t stride;
	uint64_t first_entry;
	__m128i flags;
	uint32_t singles; /* QEs that did not go as a row */
	uint32_t again;   /* QEs whose flows were the CQ's before */
	uint16_t last;
};

/* What a CQ is to get of a stored QE. */
QE_INLINE __m128i
stored_load(const struct stored_qe *qe, __m128i flags, enum dlb_kind kind)
{
	return _mm_or_si128(cq_entry(_mm_load_si128((const __m128i *)qe), kind), flags);
}

/* The word with the generation bit goes last: readers look at it first. */
QE_INLINE void
slot_put(uint8_t *slot, __m128i entry)
{
	_mm_storel_epi64((__m128i *)slot, entry);
	__atomic_signal_fence(__ATOMIC_RELEASE);
	_mm_storeh_pd((double *)slot + 1, _mm_castsi128_pd(entry));
}

/* Write a QE. */
QE_INLINE void
writer_put(struct writer *w, size_t node, enum dlb_kind kind)
{
	slot_put(w->slot, stored_load(&w->m->qe[node], w->flags, kind));
	w->slot += w->stride;
	w->last = (uint16_t)node;
}

QE_INLINE void
writer_put_entry(struct writer *w, uint64_t entry)
{
	memcpy(w->entry, &entry, sizeof(entry));
	w->entry++;
}

/* A copy for a loop, to which a stride that is usual is a constant. */
QE_INLINE struct writer
writer_copy(const struct writer *writer, bool is_dense)
{
	struct writer w = *writer;

	if (is_dense)
		w.stride = sizeof(struct dlb_qe);
	return w;
}

QE_INLINE bool
writer_is_dense(const struct writer *w)
{
	return w->stride == sizeof(struct dlb_qe);
}

/*
 * QEs whose nodes follow each other by four, and whose entries in the history are alike. Returns the first
 * node that is not of such a row.
 */
QE_INLINE size_t
writer_put_rows(struct writer *w, size_t node, enum dlb_kind kind)
{
	const __m128i entries = _mm_set1_epi64x((int64_t)w->first_entry);
	const size_t stride = w->stride;
	const struct stored_qe *qe;
	uint8_t *slot = w->slot;

	while (w->end - w->entry >= STORAGE_ROW && node_begins_row(w->m->next, node)) {
		qe = &w->m->qe[node];
		slot_put(slot, stored_load(&qe[0], w->flags, kind));
		slot_put(slot + stride, stored_load(&qe[1], w->flags, kind));
		slot_put(slot + 2 * stride, stored_load(&qe[2], w->flags, kind));
		slot_put(slot + 3 * stride, stored_load(&qe[3], w->flags, kind));
		slot += 4 * stride;
		if (kind == DLB_LDB) {
			_mm_storeu_si128((__m128i *)&w->entry[0], entries);
			_mm_storeu_si128((__m128i *)&w->entry[2], entries);
		}
		w->entry += STORAGE_ROW;
		w->last = (uint16_t)(node + STORAGE_ROW - 1);
		node = w->m->next[node + STORAGE_ROW - 1];
	}
	w->slot = slot;
	return node;
}

/*
 * The loops: QEs from the head of a list, until the writer is at its end or one cannot go. They return
 * the first that has not gone, and are functions of their own so that all of this is in registers.
 */
static uint32_t __attribute__((noinline)) directed_write(struct writer *writer, uint32_t first)
{
	struct writer w = *writer;
	size_t node = first;

	while ((node = writer_put_rows(&w, node, DLB_DIR)) != 0 && w.entry != w.end) {
		writer_put(&w, node, DLB_DIR);
		w.entry++;
		w.singles++;
		node = w.m->next[node];
	}
	*writer = w;
	return (uint32_t)node;
}

QE_INLINE uint32_t
plain_write_by(struct writer *writer, uint32_t first, bool is_dense)
{
	struct writer w = writer_copy(writer, is_dense);
	size_t node = first;

	while ((node = writer_put_rows(&w, node, DLB_LDB)) != 0 && w.entry != w.end) {
		writer_put(&w, node, DLB_LDB);
		writer_put_entry(&w, w.first_entry);
		w.singles++;
		node = w.m->next[node];
	}
	*writer = w;
	return (uint32_t)node;
}

static uint32_t __attribute__((noinline)) plain_write(struct writer *writer, uint32_t first)
{
	if (writer_is_dense(writer))
		return plain_write_by(writer, first, true);
	return plain_write_by(writer, first, false);
}

/* One ordered QE gets a number. */
QE_INLINE void
window_put(struct writer *w, size_t node, struct sn *sn)
{
	sn_set(sn, SN_OUTSTANDING);
	writer_put(w, node, DLB_LDB);
	writer_put_entry(w, w->first_entry++);
}

/* The QEs of a row, whose numbers follow each other. */
QE_INLINE void
window_put_row(struct writer *w, size_t node, struct sn *sn)
{
	const __m128i first =
		_mm_add_epi64(_mm_set1_epi64x((int64_t)w->first_entry), _mm_set_epi64x(1, 0));

	sn_set_row(sn, SN_OUTSTANDING);
	writer_put(w, node, DLB_LDB);
	writer_put(w, node + 1, DLB_LDB);
	writer_put(w, node + 2, DLB_LDB);
	writer_put(w, node + 3, DLB_LDB);
	_mm_storeu_si128((__m128i *)&w->entry[0], first);
	_mm_storeu_si128((__m128i *)&w->entry[2], _mm_add_epi64(first, _mm_set1_epi64x(2)));
	w->entry += STORAGE_ROW;
	w->first_entry += STORAGE_ROW;
}

/* Ordered QEs, as long as numbers are free. */
QE_INLINE uint32_t
window_write_by(struct writer *writer, uint32_t first, struct sn *sn, bool is_dense)
{
	struct writer w = writer_copy(writer, is_dense);
	size_t node = first;

	for (; node != 0 && w.entry != w.end && sn->state == SN_FREE; node = w.m->next[node]) {
		if (w.end - w.entry >= STORAGE_ROW && node_begins_row(w.m->next, node) &&
		    (sn[1].state | sn[2].state | sn[3].state) == SN_FREE) {
			window_put_row(&w, node, sn);
			sn += STORAGE_ROW;
			node += STORAGE_ROW - 1;
		} else {
			window_put(&w, node, sn++);
			w.singles++;
		}
	}
	*writer = w;
	return (uint32_t)node;
}

static uint32_t __attribute__((noinline))
window_write(struct writer *writer, uint32_t first, struct sn *sn)
{
	if (writer_is_dense(writer))
		return window_write_by(writer, first, sn, true);
	return window_write_by(writer, first, sn, false);
}

/*
 * The flow of a QE is locked, or QEs of it are parked: what its word becomes if the CQ may have the QE
 * all the same, or 0.
 */
static uint32_t __attribute__((noinline, cold))
line_take_more(struct writer *w, const struct flow_line *line, uint32_t flow)
{
	if (!flow_is_held(w->m, flow, line))
		return 0;
	w->again++;
	return flow_take_more(flow, line->staged_one);
}

/* One atomic QE: its flow goes to the CQ. False: it is another's. */
QE_INLINE bool
line_put(struct writer *w, struct writer *writer, size_t node, const struct flow_line *line,
	 struct flow_key_format format)
{
	uint32_t key = flow_key(format, w->m->qe[node].word);
	uint32_t flow = line->flows[key];

	if (__builtin_expect((flow & (FLOW_OUTSTANDING | FLOW_PARKED)) == 0, 1))
		flow += line->take;
	else if ((flow = line_take_more(writer, line, flow)) == 0)
		return false;
	line->flows[key] = flow;
	writer_put(w, node, DLB_LDB);
	writer_put_entry(w, w->first_entry | key);
	return true;
}

/* The QEs of a row. Returns how many went, before one that cannot. */
QE_INLINE uint32_t
line_put_row(struct writer *w, struct writer *writer, size_t node, const struct flow_line *line,
	     struct flow_key_format format)
{
	if (!line_put(w, writer, node, line, format))
		return 0;
	if (!line_put(w, writer, node + 1, line, format))
		return 1;
	if (!line_put(w, writer, node + 2, line, format))
		return 2;
	return line_put(w, writer, node + 3, line, format) ? STORAGE_ROW : 3;
}

/* Atomic QEs. One whose flow is another's ends the run, to be parked. */
QE_INLINE uint32_t
line_write_by(struct writer *writer, uint32_t first, const struct flow_line *flow_line,
	      struct flow_key_format format, bool is_dense)
{
	const struct flow_line line = *flow_line;
	struct writer w = writer_copy(writer, is_dense);
	size_t node = first;
	uint32_t n;

	for (; node != 0 && w.entry != w.end; node = w.m->next[node]) {
		if (w.end - w.entry >= STORAGE_ROW && node_begins_row(w.m->next, node)) {
			n = line_put_row(&w, writer, node, &line, format);
			node += n - 1;
			if (n == STORAGE_ROW)
				continue;
			w.singles += n;
			node++;
			break;
		}
		if (!line_put(&w, writer, node, &line, format))
			break;
		w.singles++;
	}
	w.again = writer->again;
	*writer = w;
	return (uint32_t)node;
}

static uint32_t __attribute__((noinline))
line_write(struct writer *writer, uint32_t first, const struct flow_line *line)
{
	if (key_is_lock_id(line->format) && writer_is_dense(writer))
		return line_write_by(writer, first, line, KEY_LOCK_ID, true);
	return line_write_by(writer, first, line, line->format, false);
}

static struct writer
writer_begin(const struct delivery *d, const struct delivery_run *run, uint64_t aside[2])
{
	struct port *p = d->p;
	struct hist_entry *entry = history_at(d->m, d->hist_push);
	uint64_t flags = (uint64_t)(dlb_cqe_gen(d->wptr, p->ring_log2) | run->depth << 1)
			 << DLB_QE_CMD_SHIFT;

	return (struct writer){
		.m = d->m,
		.entry = entry,
		.end = entry + min_u32(run->limit, delivery_stretch(d)),
		.slot = delivery_slots(d, aside),
		.stride = (size_t)1 << p->stride_log2,
		.first_entry = hist_word(&run->entry),
		.flags = _mm_set_epi64x((int64_t)flags, 0),
	};
}

/*
 * Write QEs from the head of a list to the CQ: up to the run's limit, the end of the stretch, or the
 * first that cannot go. Their nodes are free. Returns how many, and the list without them.
 *
 * choice: datapath.md 13.10, a credit comes back when the QE has been written to its CQ.
 */
QE_INLINE uint32_t
delivery_add(struct delivery *d, uint16_t *list, const struct delivery_run *run, enum source source)
{
	struct dlb_model *m = d->m;
	struct hist_entry *entries = history_at(m, d->hist_push);
	uint32_t qid = run->entry.qid, node = *list, n;
	struct flow_line line;
	uint64_t aside[2];
	struct writer w = writer_begin(d, run, aside);

	switch (source) {
	case FROM_DIRECTED:
		node = directed_write(&w, node);
		break;
	case FROM_WINDOW:
		node = window_write(&w, node, &m->sn_group[run->entry.group].sn[run->entry.ref]);
		break;
	case FROM_LINE:
		line = flow_line(m, qid, d->cq);
		node = line_write(&w, node, &line);
		if (line.staged_one == 0)
			m->ldb_queue[qid].flows_tracked +=
				(uint16_t)((uint32_t)(w.entry - entries) - w.again);
		break;
	default:
		node = plain_write(&w, node);
		break;
	}
	n = (uint32_t)(w.entry - entries);
	if (n == 0)
		return 0;
	if (__builtin_expect(d->p->ring == NULL, 0))
		entry_write(m, d->kind, d->cq, &m->qe[*list], run->depth);
	if (__builtin_expect(m->has_odd || d->p->credit_domain != m->usual_domain, 0))
		delivery_sort_out(d, *list, n, entries);
	if (w.singles == 0)
		storage_put_rows(m, *list, w.last);
	else
		storage_put_run(m, *list, n);
	*list = (uint16_t)node;
	d->n += n;
	d->wptr += (uint16_t)n;
	if (source != FROM_DIRECTED) {
		d->load += n * run->entry.weight;
		d->hist_push = history_skip(d->p, d->hist_push, n);
	}
	return n;
}

/* Returns how many QEs there were. */
QE_INLINE uint32_t
delivery_end(const struct delivery *d)
{
	struct dlb_model *m = d->m;
	struct port *p = d->p;

	p->wptr = d->wptr;
	p->tokens += (uint16_t)d->n;
	m->credits[m->pool[d->kind]][p->credit_domain] += d->n - d->others;
	if (d->kind == DLB_LDB) {
		p->hist_push = d->hist_push;
		p->inflight += (uint16_t)d->n;
		p->load += d->load;
	}
	return d->n;
}

#endif /* DELIVERY_H */
