/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The scheduler: which CQ, which of its queues, then one QE. Two pipes, load-balanced and directed,
 * which take turns; each visits its CQs round robin and serves a small batch at every visit.
 */
#include "aids.h"
#include "cq.h"
#include "interrupt.h"
#include "storage.h"

static inline uint32_t
min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
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
	uint32_t level, levels = 0, ahead;

	if ((queues & (queues - 1)) == 0)
		return (uint32_t)__builtin_ctz(queues);

	for (level = 0; level < DLB_BINS; level++)
		levels |= (uint32_t)((p->level[level] & queues) != 0) << level;
	queues &= p->level[arbiter_pick(m, ARB_QUEUE, levels)];
	ahead = queues & ~((UINT32_C(2) << p->last_queue) - 1);
	p->last_queue = (uint8_t)__builtin_ctz(ahead != 0 ? ahead : queues);
	return p->last_queue;
}

static uint32_t
ldb_serve(struct dlb_model *m, uint32_t cq, uint32_t quota)
{
	struct port *p = &m->port[DLB_LDB][cq];
	struct hist_entry entry;
	uint32_t n, queues, depth;
	uint16_t node;

	for (n = 0; n < quota && cq_can_take(p); n++) {
		queues = p->queues & m->inflight_ok & (m->nalb_work | m->ready_work | p->locked);
		if (queues == 0)
			break;
		node = ldb_queue_take(m, queue_pick(m, p, queues), cq, &entry, &depth);
		history_push(m, p, &entry);
		p->inflight++;
		p->load += entry.weight;
		cq_write(m, DLB_LDB, cq, &m->qe[node], depth);
		storage_put(m, node, DLB_LDB);
	}
	class_charge(m, cq, n);
	return n;
}

static uint32_t
dir_serve(struct dlb_model *m, uint32_t cq, uint32_t quota)
{
	struct port *p = &m->port[DLB_DIR][cq];
	uint32_t n, depth;
	uint16_t node;

	for (n = 0; n < quota && cq_can_take(p) && m->dir_queue[cq].bins != 0; n++) {
		node = dir_queue_take(m, cq, &depth);
		cq_write(m, DLB_DIR, cq, &m->qe[node], depth);
		storage_put(m, node, DLB_DIR);
	}
	return n;
}

/* Load-balanced CQs that have room, and a queue with something for them. */
static struct port_set
ldb_candidates(struct dlb_model *m)
{
	uint64_t open = m->open[DLB_LDB].word[0], cqs = 0, holders;
	const struct port *p;
	uint32_t queues;

	for (queues = (m->nalb_work | m->ready_work) & m->inflight_ok; queues != 0;
	     queues &= queues - 1)
		cqs |= m->queue_cqs[__builtin_ctz(queues)];
	cqs &= open;
	for (holders = m->locked_cqs & open & ~cqs; holders != 0; holders &= holders - 1) {
		p = &m->port[DLB_LDB][__builtin_ctzll(holders)];
		if (p->queues & p->locked & m->inflight_ok)
			cqs |= holders & -holders;
	}
	if (cqs != 0)
		cqs = classes_filter(m, cqs);
	return (struct port_set){ { cqs, 0 } };
}

static struct port_set
dir_candidates(struct dlb_model *m)
{
	struct port_set s;
	uint32_t w;

	for (w = 0; w < PORT_WORDS; w++)
		s.word[w] = m->dir_work.word[w] & m->open[DLB_DIR].word[w];
	return s;
}

static const struct pipe {
	struct port_set (*candidates)(struct dlb_model *m);
	uint32_t (*serve)(struct dlb_model *m, uint32_t cq, uint32_t quota);
} pipes[DLB_KIND_COUNT] = {
	[DLB_LDB] = { ldb_candidates, ldb_serve },
	[DLB_DIR] = { dir_candidates, dir_serve },
};

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
	m->serve_batch = (uint8_t)(random_below(m, 2 * CHOICE_SERVE_BATCH) + 1);
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
	struct port_set cqs;
	uint32_t done = 0, cq, n;

	if (m->slot_state != NULL)
		slot_state_observe(m);
	cqs = pipes[kind].candidates(m);
	if (m->conf.seed != 0)
		choices_draw(m, kind, &cqs);

	while (done < budget && (cqs.word[0] | cqs.word[1]) != 0) {
		cq = port_set_next(&cqs, m->next_cq[kind]);
		port_set_put(&cqs, cq, false);
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
		if (m->starved != 0)
			starved_retry(m);
		first = m->dir_first ? DLB_DIR : DLB_LDB;
		m->dir_first = !m->dir_first;
		n = pipe_round(m, first, budget - done);
		n += pipe_round(m, !first, budget - done - n);
		done += n;
	} while (done < budget && (n != 0 || lines_follow(m)));
	if (m->late != NULL)
		entry_run_ends(m, done < budget);
	return done;
}
