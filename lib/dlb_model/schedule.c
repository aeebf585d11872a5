/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The scheduler: which CQ, which of its queues, then one QE. Two pipes, load-balanced and directed,
 * which take turns; each visits its CQs round robin and serves a small batch at every visit.
 */
#include "aids.h"
#include "delivery.h"
#include "interrupt.h"
#include "ldb_queue.h"

/* Which power of two is the smallest that is not below a number; 0 counts as 1. */
static inline uint32_t
log2_ceil(uint32_t n)
{
	return n <= 1 ? 0 : 32 - (uint32_t)__builtin_clz(n - 1);
}

/* First member at or after a place, going around; the set must not be empty. */
static uint32_t
port_set_next(const struct port_set *s, uint32_t from)
{
	uint32_t w = from / 64;
	uint64_t bits = s->word[w] & (UINT64_MAX << from % 64);

	if (bits == 0) {
		w = !w;
		bits = s->word[w];
	}
	if (bits == 0) {
		w = !w;
		bits = s->word[w];
	}
	return w * 64 + (uint32_t)__builtin_ctzll(bits);
}

/*
 * Classes of service: where several have work, a class whose share is used up waits until the
 * others have used theirs or have no more work; then all shares are new. A class that is alone is
 * not charged, so what one does not use goes to the others. Where some must not have more than
 * their share, NO_EXTRA_CREDIT, the rest of a round is for those that may. choice: such a class is
 * not held back when it is alone, since there is no clock to waste bandwidth by.
 */
static inline uint64_t
class_cqs(uint32_t c)
{
	return UINT64_C(0xffff) << c * DLB_COS_PORTS;
}

static void
classes_renew(struct dlb_model *m)
{
	uint32_t c;

	m->open_classes = 0;
	for (c = 0; c < DLB_COS_COUNT; c++) {
		m->class_share_left[c] = m->class_share[c];
		if (m->class_share[c] > 0)
			m->open_classes |= class_cqs(c);
	}
}

/*
 * What classes without work leave of a round goes to those that have work and may take it, in
 * proportion to their shares. False: nobody takes anything.
 */
static bool
classes_share_rest(struct dlb_model *m, uint64_t cqs)
{
	int32_t rest = 0, takers = 0, *left = m->class_share_left;
	uint32_t c;

	for (c = 0; c < DLB_COS_COUNT; c++) {
		if (cqs & class_cqs(c)) {
			takers += m->class_limited & class_cqs(c) ? 0 : m->class_share[c];
		} else if (left[c] > 0) {
			rest += left[c];
			left[c] = 0;
			m->open_classes &= ~class_cqs(c);
		}
	}
	for (c = 0; c < DLB_COS_COUNT && takers > 0; c++) {
		if (!(cqs & class_cqs(c) & ~m->class_limited))
			continue;
		left[c] += rest * m->class_share[c] / takers;
		if (left[c] > 0)
			m->open_classes |= class_cqs(c);
	}
	return cqs & m->open_classes;
}

/* The set must not be empty. */
static uint64_t
classes_filter(struct dlb_model *m, uint64_t cqs)
{
	uint32_t first = (uint32_t)__builtin_ctzll(cqs) / DLB_COS_PORTS;

	m->classes_compete = cqs & ~class_cqs(first);
	if (!m->classes_compete)
		return cqs;
	if (!(cqs & m->open_classes) && !(m->class_limited != 0 && classes_share_rest(m, cqs)))
		classes_renew(m);
	return cqs & m->open_classes ? cqs & m->open_classes : cqs;
}

/* A CQ of a class that competes gets no more than is left of the share. */
static inline uint32_t
class_quota(const struct dlb_model *m, uint32_t cq, uint32_t quota)
{
	int32_t left = m->class_share_left[cq / DLB_COS_PORTS];

	return m->classes_compete && left > 0 ? min_u32(quota, (uint32_t)left) : quota;
}

static inline void
class_charge(struct dlb_model *m, uint32_t cq, uint32_t qes)
{
	uint32_t c = cq / DLB_COS_PORTS;

	if (!m->classes_compete)
		return;
	m->class_share_left[c] -= (int32_t)qes;
	if (m->class_share_left[c] <= 0)
		m->open_classes &= ~class_cqs(c);
}

/* Shares are written one by one and come into force together. */
void
schedule_shares_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value)
{
	uint32_t c, range;

	(void)kind;
	(void)index;
	if (!(value & DLB_LSP_CFG_SHDW_CTRL_TRANSFER))
		return;
	m->class_limited = 0;
	for (c = 0; c < DLB_COS_COUNT; c++) {
		range = csr_get(m, DLB_LSP_CFG_SHDW_RANGE_COS, c);
		m->class_share[c] =
			(int32_t)dlb_field_get(range, DLB_LSP_CFG_SHDW_RANGE_COS_BW_RANGE);
		if (range & DLB_LSP_CFG_SHDW_RANGE_COS_NO_EXTRA_CREDIT)
			m->class_limited |= class_cqs(c);
	}
	classes_renew(m);
}

/*
 * Highest service priority first, round robin among equals. choice: datapath.md 13.15, eight
 * priorities make four levels, in 2.5 too, and the weights PRI4 to PRI7 change nothing.
 */
static inline uint32_t
queue_pick(struct dlb_model *m, struct port *p, uint32_t queues)
{
	uint32_t level, levels = 0, ahead, rest = queues;

	if ((queues & (queues - 1)) == 0)
		return (uint32_t)__builtin_ctz(queues);

	for (level = 0; level < DLB_BINS && rest != 0; level++) {
		levels |= (uint32_t)((p->level[level] & rest) != 0) << level;
		rest &= ~p->level[level];
	}
	queues &= p->level[arbiter_pick(m, ARB_QUEUE, levels)];
	ahead = queues & ~((UINT32_C(2) << p->last_queue) - 1);
	p->last_queue = (uint8_t)__builtin_ctz(ahead != 0 ? ahead : queues);
	return p->last_queue;
}

/* A QE without weight, as most have. */
static inline struct hist_entry
entry_for(const struct dlb_model *m, uint32_t qid, enum hist_type type)
{
	return (struct hist_entry){ .qid = (uint8_t)qid,
				    .type = (uint8_t)type,
				    .weight = m->load_of[0] };
}

/* Take QEs off the line of one bin: up to a limit, or to where the window of numbers ends. */
static uint32_t
nalb_run(struct delivery *d, uint32_t qid, uint32_t bin, uint32_t limit)
{
	struct dlb_model *m = d->m;
	struct ldb_queue *q = &m->ldb_queue[qid];
	struct depth_run depth = depth_run_at(q->nalb_count, q->nalb_threshold);
	struct delivery_run run = { entry_for(m, qid, HIST_PLAIN), depth.code,
				    min_u32(limit, depth.qes) };
	uint32_t n;

	if (q->has_sn) {
		run.limit = min_u32(run.limit, ordered_begin(m, q, &run.entry));
		n = delivery_add(d, &q->nalb[bin].head, &run, FROM_WINDOW);
		ordered_end(m, q, n);
	} else {
		n = delivery_add(d, &q->nalb[bin].head, &run, FROM_PLAIN);
	}
	q->nalb_count -= (uint16_t)n;
	if (q->nalb[bin].head == 0)
		q->nalb_bins &= (uint8_t) ~(1u << bin);
	return n;
}

/* With QEs in several bins, the arbiter decides about each. */
static uint32_t
nalb_serve(struct dlb_model *m, uint32_t qid, uint32_t cq, uint32_t limit)
{
	struct delivery d = delivery_begin(m, DLB_LDB, cq);
	struct ldb_queue *q = &m->ldb_queue[qid];
	uint32_t bin;

	while (d.n < limit && nalb_can_give(m, q)) {
		bin = arbiter_pick(m, ARB_NALB, q->nalb_bins);
		nalb_run(&d, qid, bin, q->nalb_bins & (q->nalb_bins - 1) ? 1 : limit - d.n);
	}
	nalb_note(m, qid);
	return delivery_end(&d);
}

/* What those count that are about to go; with DLB_CHOICE_STAGED_LONG they still count afterwards. */
static inline struct delivery_run
atomic_run(const struct delivery *d, uint32_t qid, uint32_t limit)
{
	const struct ldb_queue *q = &d->m->ldb_queue[qid];
	uint32_t depth = (uint32_t)q->staged_count + q->waiting_count;
	bool falls = !chosen(d->m, DLB_CHOICE_STAGED_LONG);
	struct depth_run codes = depth_run_at(depth - (falls ? d->n : 0), q->atomic_threshold);

	return (struct delivery_run){ entry_for(d->m, qid, HIST_ATOMIC), codes.code,
				      falls ? min_u32(limit, codes.qes) : limit };
}

/* Take QEs off the line of one bin, and park one that the CQ may not have. */
static void
ready_run(struct delivery *d, uint32_t qid, uint32_t bin, uint32_t limit)
{
	struct dlb_model *m = d->m;
	struct ldb_queue *q = &m->ldb_queue[qid];
	struct delivery_run run = atomic_run(d, qid, limit);
	uint16_t node;

	if (delivery_add(d, &q->ready[bin].head, &run, FROM_LINE) == 0) {
		node = fifo_pop(&q->ready[bin], m->next);
		flow_park(m, qid, node);
	}
	if (q->ready[bin].head == 0)
		q->ready_bins &= (uint8_t) ~(1u << bin);
}

/* The first QE of a list of flows with parked QEs. */
static void
parked_run(struct delivery *d, uint32_t qid, struct fifo *list)
{
	struct delivery_run run = atomic_run(d, qid, 1);
	uint16_t node = parked_take(d->m, qid, d->cq, list, &run.entry.ref);

	delivery_add(d, &node, &run, FROM_PLAIN);
}

/* choice: datapath.md 13.13, flows that the CQ holds come before those in line. */
QE_INLINE bool
held_go_first(const struct dlb_model *m, const struct ldb_queue *q, const struct port *p,
	      uint32_t qid)
{
	if (chosen(m, DLB_CHOICE_READY_FIRST) && (q->ready_bins | q->released_bins) != 0)
		return false;
	return p->locked >> qid & 1;
}

static uint32_t
atomic_serve(struct dlb_model *m, uint32_t qid, uint32_t cq, uint32_t limit)
{
	struct delivery d = delivery_begin(m, DLB_LDB, cq);
	struct ldb_queue *q = &m->ldb_queue[qid];
	struct flow_table *t = &m->flow_tables[qid];
	uint32_t bins, bin;

	while (d.n < limit) {
		if (held_go_first(m, q, d.p, qid)) {
			bin = arbiter_pick(m, ARB_LOCKED, t->locked_bins[cq]);
			parked_run(&d, qid, &t->locked[cq][bin]);
			continue;
		}
		bins = q->ready_bins | q->released_bins;
		if (bins == 0)
			break;
		bin = arbiter_pick(m, ARB_READY, bins);
		if (q->released_bins >> bin & 1)
			parked_run(&d, qid, &q->released[bin]);
		else
			ready_run(&d, qid, bin, bins & (bins - 1) ? 1 : limit - d.n);
	}
	ready_note(m, qid);
	return delivery_end(&d);
}

/* QEs of a queue go to a CQ: up to a limit, or to where the other part has its turn. */
static uint32_t
queue_serve(struct dlb_model *m, uint32_t qid, uint32_t cq, uint32_t limit)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	bool atomic = (m->ready_work | m->port[DLB_LDB][cq].locked) >> qid & 1;
	bool nalb = m->nalb_work >> qid & 1;
	uint32_t n;

	limit = min_u32(limit, room_below(q->inflight, q->inflight_limit));
	/* choice: strict turns; the weights LSP_CFG_ARB_WEIGHT_ATM_NALB_QID change nothing. */
	if (atomic && nalb) {
		limit = 1;
		atomic = q->atomic_next;
		q->atomic_next = !atomic;
	}
	n = atomic ? atomic_serve(m, qid, cq, limit) : nalb_serve(m, qid, cq, limit);
	ldb_queue_scheduled(m, qid, n);
	/* choice: datapath.md 13.12, the staging entry is free as soon as the QE is scheduled. */
	if (atomic && !chosen(m, DLB_CHOICE_STAGED_LONG))
		staging_put(m, qid, n);
	return n;
}

/*
 * A fair share of what the CQ may have, or up to half of one less; where that is much, four times as much,
 * and queues that got none are first at the next visit.
 */
static uint32_t
queue_turn(uint32_t queues, uint32_t limit)
{
	uint32_t part = limit >> log2_ceil(bits_count(queues));

	if (part >= CHOICE_QUEUE_TURN_LONG)
		return 4 * part;
	return part < CHOICE_QUEUE_TURN ? CHOICE_QUEUE_TURN : part;
}

static uint32_t
ldb_serve(struct dlb_model *m, uint32_t cq, uint32_t quota)
{
	struct port *p = &m->port[DLB_LDB][cq];
	uint32_t n = 0, turn = 0, queues, limit;

	quota = class_quota(m, cq, quota);
	while ((limit = min_u32(quota - n, cq_room(p, DLB_LDB))) != 0) {
		if (p->ring == NULL)
			limit = 1;
		queues = p->queues & m->inflight_ok & (m->nalb_work | m->ready_work | p->locked);
		if (queues == 0)
			break;
		/* Queues of one level take turns, and share what the CQ may have now. */
		if (turn == 0)
			turn = queue_turn(queues, limit);
		limit = min_u32(limit, turn);
		n += queue_serve(m, queue_pick(m, p, queues), cq, limit);
	}
	class_charge(m, cq, n);
	return n;
}

/* Take QEs off one bin of a directed queue. */
static void
dir_run(struct delivery *d, struct dir_queue *q, uint32_t bin, uint32_t limit)
{
	struct depth_run depth = depth_run_at(q->count, q->threshold);
	struct delivery_run run = { .depth = depth.code, .limit = min_u32(limit, depth.qes) };

	q->count -= (uint16_t)delivery_add(d, &q->bin[bin].head, &run, FROM_DIRECTED);
	if (q->bin[bin].head == 0)
		q->bins &= (uint8_t) ~(1u << bin);
}

static uint32_t
dir_serve(struct dlb_model *m, uint32_t cq, uint32_t quota)
{
	uint32_t limit = min_u32(quota, cq_room(&m->port[DLB_DIR][cq], DLB_DIR)), bin;
	struct delivery d = delivery_begin(m, DLB_DIR, cq);
	struct dir_queue *q = &m->dir_queue[cq];

	if (d.p->ring == NULL)
		limit = min_u32(limit, 1);
	while (d.n < limit && q->bins != 0) {
		bin = arbiter_pick(m, ARB_DIR, q->bins);
		dir_run(&d, q, bin, q->bins & (q->bins - 1) ? 1 : limit - d.n);
	}
	if (q->bins == 0)
		port_set_put(&m->dir_work, cq, false);
	return delivery_end(&d);
}

/* CQs that have room and a queue with something for them, and how much that is. */
struct candidates {
	struct port_set cqs;
	uint32_t qes;
};

static struct candidates
ldb_candidates(struct dlb_model *m)
{
	uint64_t open = m->open[DLB_LDB].word[0], cqs = 0, holders;
	uint32_t queues, qid, qes = 0;
	const struct port *p;

	for (queues = (m->nalb_work | m->ready_work) & m->inflight_ok; queues != 0;
	     queues &= queues - 1) {
		qid = (uint32_t)__builtin_ctz(queues);
		cqs |= m->queue_cqs[qid];
		qes += m->ldb_queue[qid].nalb_count + m->ldb_queue[qid].staged_count;
	}
	cqs &= open;
	for (holders = m->locked_cqs & open & ~cqs; holders != 0; holders &= holders - 1) {
		p = &m->port[DLB_LDB][__builtin_ctzll(holders)];
		if (p->queues & p->locked & m->inflight_ok)
			cqs |= holders & -holders;
	}
	if (cqs != 0)
		cqs = classes_filter(m, cqs);
	return (struct candidates){ { { cqs, 0 } }, qes };
}

/* Each directed CQ has a queue of its own. */
static struct candidates
dir_candidates(struct dlb_model *m)
{
	struct candidates c = { .qes = UINT32_MAX };
	uint32_t w;

	for (w = 0; w < PORT_WORDS; w++)
		c.cqs.word[w] = m->dir_work.word[w] & m->open[DLB_DIR].word[w];
	return c;
}

static const struct pipe {
	struct candidates (*candidates)(struct dlb_model *m);
	uint32_t (*serve)(struct dlb_model *m, uint32_t cq, uint32_t quota);
} pipes[DLB_KIND_COUNT] = {
	[DLB_LDB] = { ldb_candidates, ldb_serve },
	[DLB_DIR] = { dir_candidates, dir_serve },
};

/* QEs for each CQ of a round: a fair share, or up to half of one less. */
static uint32_t
batch_choose(const struct candidates *c)
{
	uint32_t nb = bits_count(c->cqs.word[0]) + bits_count(c->cqs.word[1]);
	uint32_t share = c->qes >> log2_ceil(nb);

	if (share > CHOICE_SERVE_MAX)
		return CHOICE_SERVE_MAX;
	return share < CHOICE_SERVE_MIN ? CHOICE_SERVE_MIN : share;
}

/*
 * Draw whatever the order of scheduling leaves open: which CQs have a turn, who is first, for how
 * long, and what of theirs goes first. At least one CQ keeps its turn.
 */
static void
choices_draw(struct dlb_model *m, enum dlb_kind kind, struct port_set *cqs)
{
	uint64_t turns[PORT_WORDS] = { random_word(m), random_word(m) };
	uint32_t i;

	if ((cqs->word[0] & turns[0]) | (cqs->word[1] & turns[1]))
		for (i = 0; i < PORT_WORDS; i++)
			cqs->word[i] &= turns[i];
	m->next_cq[kind] = (uint8_t)random_below(m, PORT_WORDS * 64);
	m->serve_batch = (uint8_t)(random_below(m, 2 * CHOICE_SERVE_MIN) + 1);
	m->draw = (uint8_t)random_word(m);
	m->dir_first = random_word(m) & 1;
	for (i = 0; i < DLB_LDB_QUEUES; i++)
		m->ldb_queue[i].atomic_next = random_word(m) & 1;
	for (i = 0; i < DLB_LDB_PORTS; i++)
		m->port[DLB_LDB][i].last_queue = (uint8_t)random_below(m, DLB_LDB_QUEUES);
}

/* Visit every CQ that may take something once. */
static uint32_t
pipe_round(struct dlb_model *m, enum dlb_kind kind, uint32_t budget)
{
	struct candidates c;
	uint32_t done = 0, cq, n;

	if (m->slot_state != NULL)
		slot_state_observe(m);
	c = pipes[kind].candidates(m);
	if ((c.cqs.word[0] | c.cqs.word[1]) == 0)
		return 0;
	m->serve_batch = (uint8_t)batch_choose(&c);
	if (m->conf.seed != 0)
		choices_draw(m, kind, &c.cqs);

	while (done < budget && (c.cqs.word[0] | c.cqs.word[1]) != 0) {
		cq = port_set_next(&c.cqs, m->next_cq[kind]);
		port_set_put(&c.cqs, cq, false);
		n = pipes[kind].serve(m, cq, min_u32(budget - done, m->serve_batch));
		m->port[kind][cq].scheduled += n;
		cq_update(m, kind, cq);
		interrupt_cq_filled(m, kind, cq);
		done += n;
		m->next_cq[kind] = (uint8_t)((cq + 1) % (PORT_WORDS * 64));
	}
	m->scheduled[kind] += done;
	return done;
}

/* Queues that waited for the staging entries of others get another try. */
static void
starved_retry(struct dlb_model *m)
{
	uint32_t queues = m->starved, qid;

	for (m->starved = 0; queues != 0; queues &= queues - 1) {
		qid = (uint32_t)__builtin_ctz(queues);
		atomic_stage(m, qid);
	}
}

/* With nothing more to do, the device comes to the lines in transit. False if there are none. */
static bool
lines_follow(struct dlb_model *m)
{
	if (m->transit == NULL || transit_is_empty(m))
		return false;
	transit_tick(m);
	return true;
}

uint32_t
dlb_model_run(struct dlb_model *m, uint32_t budget)
{
	enum dlb_kind first;
	uint32_t done = 0, n;

	aids_enter(m);
	if (!m->datapath_on || !m->dma_on)
		return 0;
	do {
		m->parked = false;
		if (m->starved != 0)
			starved_retry(m);
		first = m->dir_first ? DLB_DIR : DLB_LDB;
		m->dir_first = !m->dir_first;
		n = pipe_round(m, first, budget - done);
		n += pipe_round(m, !first, budget - done - n);
		done += n;
	} while (done < budget && (n != 0 || m->parked || lines_follow(m)));
	if (m->late != NULL)
		entry_run_ends(m, done < budget);
	return done;
}
