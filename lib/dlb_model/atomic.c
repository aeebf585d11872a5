/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Atomic scheduling, off the usual way: QEs that wait for staging, and flows with parked QEs.
 */
#include "atomic.h"

/* A holder's list has become empty, or is no longer. */
static void
holder_note(struct dlb_model *m, uint32_t qid, uint32_t cq, uint32_t bin, bool has_work)
{
	struct port *p = &m->port[DLB_LDB][cq];
	uint8_t *bins = &m->flow_tables[qid].locked_bins[cq];

	*bins = (uint8_t)((*bins & ~(1u << bin)) | (uint32_t)has_work << bin);
	queue_set_put(&p->locked, qid, *bins != 0);
	m->locked_cqs = (m->locked_cqs & ~(UINT64_C(1) << cq)) | (uint64_t)(p->locked != 0) << cq;
}

/* A list of flows that nobody holds has become empty, or is no longer. */
static void
released_note(struct dlb_model *m, uint32_t qid, uint32_t bin, bool has_work)
{
	uint8_t *bins = &m->ldb_queue[qid].released_bins;

	*bins = (uint8_t)((*bins & ~(1u << bin)) | (uint32_t)has_work << bin);
	ready_note(m, qid);
}

/* Whose list a flow with parked QEs is on: that of the CQ which holds it, or nobody's. */
struct parking {
	uint32_t cq;
	bool is_held;
};

static struct parking
flow_parking(uint32_t flow)
{
	return (struct parking){ dlb_field_get(flow, FLOW_CQ), (flow & FLOW_OUTSTANDING) != 0 };
}

static struct fifo *
parking_list(struct dlb_model *m, uint32_t qid, struct parking at, uint32_t bin)
{
	return at.is_held ? &m->flow_tables[qid].locked[at.cq][bin]
			  : &m->ldb_queue[qid].released[bin];
}

static void
parking_note(struct dlb_model *m, uint32_t qid, struct parking at, uint32_t bin, bool has_work)
{
	if (at.is_held)
		holder_note(m, qid, at.cq, bin, has_work);
	else
		released_note(m, qid, bin, has_work);
}

static void
parked_enlist(struct dlb_model *m, uint32_t qid, struct parking at, uint16_t index)
{
	struct parked_flow *parked = m->flow_tables[qid].parked, *f = &parked[index];
	struct fifo *list;

	f->bin = (uint8_t)qe_bin(&m->qe[f->staged.head]);
	list = parking_list(m, qid, at, f->bin);
	f->next = 0;
	f->prev = 0;
	if (list->head == 0) {
		list->head = index;
		parking_note(m, qid, at, f->bin, true);
	} else {
		f->prev = list->tail;
		parked[list->tail].next = index;
	}
	list->tail = index;
}

static void
parked_delist(struct dlb_model *m, uint32_t qid, struct parking at, uint16_t index)
{
	struct parked_flow *parked = m->flow_tables[qid].parked, *f = &parked[index];
	struct fifo *list = parking_list(m, qid, at, f->bin);

	if (f->prev != 0)
		parked[f->prev].next = f->next;
	else
		list->head = f->next;
	if (f->next != 0)
		parked[f->next].prev = f->prev;
	else
		list->tail = f->prev;
	if (list->head == 0)
		parking_note(m, qid, at, f->bin, false);
}

static uint16_t
parked_create(struct ldb_queue *q, struct flow_table *t, uint32_t key)
{
	uint16_t index = q->parked_free;

	if (index != 0)
		q->parked_free = t->parked[index].next;
	else
		index = ++q->parked_high;
	t->parked[index] = (struct parked_flow){ .key = (uint16_t)key };
	t->parked_of[key] = index;
	t->flow[key] |= FLOW_PARKED;
	return index;
}

static void
parked_destroy(struct ldb_queue *q, struct flow_table *t, uint16_t index)
{
	t->flow[t->parked[index].key] &= ~FLOW_PARKED;
	t->parked[index].next = q->parked_free;
	q->parked_free = index;
}

/* Keep a flow's parked QEs sorted by bin, first in first out inside a bin. */
static void
parked_insert(struct dlb_model *m, struct parked_flow *f, uint16_t node)
{
	uint32_t bin = qe_bin(&m->qe[node]);
	uint16_t at = f->staged.head;

	if (at == 0 || qe_bin(&m->qe[f->staged.tail]) <= bin) {
		fifo_push(&f->staged, m->next, node);
		return;
	}
	if (qe_bin(&m->qe[at]) > bin) {
		m->next[node] = at;
		f->staged.head = node;
		return;
	}
	while (qe_bin(&m->qe[m->next[at]]) <= bin)
		at = m->next[at];
	m->next[node] = m->next[at];
	m->next[at] = node;
}

/* A QE has come to the head of the line, and must wait for its flow. */
void
flow_park(struct dlb_model *m, uint32_t qid, uint16_t node)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	uint32_t key = flow_key(q->key, m->qe[node].word);
	struct flow_table *t = &m->flow_tables[qid];
	struct parking at = flow_parking(t->flow[key]);
	uint16_t index;
	bool listed = t->flow[key] & FLOW_PARKED;

	index = listed ? t->parked_of[key] : parked_create(q, t, key);
	if (listed && qe_bin(&m->qe[node]) < t->parked[index].bin) {
		parked_delist(m, qid, at, index);
		listed = false;
	}
	parked_insert(m, &t->parked[index], node);
	if (!listed)
		parked_enlist(m, qid, at, index);
	m->parked = true;
}

/* The first QE of the first flow of a list goes to a CQ, which holds the flow from now on. */
uint16_t
parked_take(struct dlb_model *m, uint32_t qid, uint32_t cq, struct fifo *list, uint16_t *key)
{
	struct flow_table *t = &m->flow_tables[qid];
	uint16_t index = list->head, node;
	struct parked_flow *f = &t->parked[index];

	parked_delist(m, qid, flow_parking(t->flow[f->key]), index);
	node = fifo_pop(&f->staged, m->next);
	if (t->flow[f->key] & FLOW_OUTSTANDING)
		t->flow[f->key] =
			flow_take_more(t->flow[f->key], flow_staged_one(&m->ldb_queue[qid]));
	else
		t->flow[f->key] += flow_line(m, qid, cq).take;
	*key = f->key;
	if (f->staged.head != 0)
		parked_enlist(m, qid, flow_parking(t->flow[f->key]), index);
	else
		parked_destroy(&m->ldb_queue[qid], t, index);
	return node;
}

/* A CQ has completed all that it had of a flow: its parked QEs are for anybody. */
static void
flow_release(struct dlb_model *m, uint32_t qid, uint32_t key, uint32_t cq)
{
	uint16_t index = m->flow_tables[qid].parked_of[key];

	parked_delist(m, qid, (struct parking){ cq, true }, index);
	parked_enlist(m, qid, (struct parking){ .is_held = false }, index);
}

/* How many QEs a queue may stage. */
static uint32_t
staging_room(struct dlb_model *m, uint32_t qid)
{
	const struct ldb_queue *q = &m->ldb_queue[qid];
	uint32_t own =
		q->staged_count < q->aqed_limit ? (uint32_t)(q->aqed_limit - q->staged_count) : 0;
	uint32_t all = DLB_AQED_ENTRIES - (uint32_t)m->staged_total;

	if (own != 0 && all == 0)
		m->starved |= UINT32_C(1) << qid;
	return min_u32(own, all);
}

/* QEs of a list start, or stop, to be counted by their flows. */
static void
staged_count(struct dlb_model *m, uint32_t qid, uint16_t node, uint32_t change)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	uint32_t *flow;

	for (; node != 0; node = m->next[node]) {
		flow = &m->flow_tables[qid].flow[flow_key(q->key, m->qe[node].word)];
		q->flows_tracked += *flow == 0;
		*flow += change;
		q->flows_tracked -= *flow == 0;
	}
}

void
atomic_staged_count(struct dlb_model *m, uint32_t qid, bool counts)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	const struct flow_table *t = &m->flow_tables[qid];
	const struct parked_flow *f;
	uint32_t change = counts ? FLOW_STAGED_ONE : -FLOW_STAGED_ONE, b;
	uint16_t i;

	if (q->counts_staged == counts)
		return;
	q->counts_staged = counts;
	for (b = 0; b < DLB_BINS; b++)
		staged_count(m, qid, q->ready[b].head, change);
	for (i = 1; i <= q->parked_high; i++) {
		f = &t->parked[i];
		if (t->flow[f->key] & FLOW_PARKED && t->parked_of[f->key] == i)
			staged_count(m, qid, f->staged.head, change);
	}
}

/* A list of QEs from node on that are staged, how many, and how many flows are tracked since. */
struct staging {
	uint32_t node, last, n, flows;
};

/*
 * Stage QEs from the head of a list, up to a limit, which must not be 0, or to the first one whose
 * flow is not available: the queue may track so many more, and a QE of a tracked one needs no further.
 */
QE_INLINE struct staging
stage_by(const struct dlb_model *m, uint32_t node, uint32_t limit, uint32_t *flows,
	 uint32_t available, struct flow_key_format format)
{
	struct staging s = { .node = node };
	uint32_t *flow;

	do {
		flow = &flows[flow_key(format, m->qe[s.node].word)];
		if (*flow == 0) {
			if (s.flows == available)
				break;
			s.flows++;
		}
		*flow += FLOW_STAGED_ONE;
		s.last = s.node;
		s.node = m->next[s.node];
	} while (++s.n != limit);
	return s;
}

static struct staging
stage_counted(const struct dlb_model *m, uint32_t qid, uint32_t node, uint32_t limit)
{
	const struct ldb_queue *q = &m->ldb_queue[qid];
	uint32_t *flows = m->flow_tables[qid].flow;
	uint32_t available = q->fid_limit - min_u32(q->flows_tracked, q->fid_limit);

	if (key_is_lock_id(q->key))
		return stage_by(m, node, limit, flows, available, KEY_LOCK_ID);
	return stage_by(m, node, limit, flows, available, q->key);
}

/* Nobody counts: the first n of a list of as many as that, or more. */
static struct staging
stage_uncounted(const struct dlb_model *m, struct fifo list, uint32_t n, uint32_t length)
{
	struct staging s = { .node = list.head, .last = list.tail, .n = n };
	uint32_t i;

	if (n == length) {
		s.node = 0;
		return s;
	}
	for (i = 0; i < n; i++) {
		s.last = s.node;
		s.node = m->next[s.node];
	}
	return s;
}

/* Whether there may be more flows than the queue may track, or it matters how many there are. */
QE_INLINE bool
flows_are_scarce(const struct ldb_queue *q, uint32_t more)
{
	return (uint32_t)q->staged_count + q->inflight + more > q->fid_limit || q->key_stale;
}

/* Stage QEs from the head of a list, up to a limit. Returns how many, and the list without them. */
static uint32_t
stage(struct dlb_model *m, uint32_t qid, uint32_t bin, struct fifo *list, uint32_t limit,
      uint32_t length)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	struct staging s;

	if (!q->counts_staged && flows_are_scarce(q, limit))
		atomic_staged_count(m, qid, true);
	s = q->counts_staged ? stage_counted(m, qid, list->head, limit)
			     : stage_uncounted(m, *list, limit, length);
	if (s.n == 0)
		return 0;
	if (chosen(m, DLB_CHOICE_CREDIT_EARLY))
		storage_credits_put(m, list->head, s.n, DLB_LDB);
	q->flows_tracked += (uint16_t)s.flows;
	q->has_flows = true;
	q->staged_count += (uint16_t)s.n;
	m->staged_total += (uint16_t)s.n;
	m->ready_work |= UINT32_C(1) << qid;
	bins_push(q->ready, &q->ready_bins, m, (struct fifo){ list->head, (uint16_t)s.last }, bin);
	list->head = (uint16_t)s.node;
	return s.n;
}

/*
 * Move QEs from the waiting bins while there is room. The first that cannot move blocks the rest.
 * choice: NALB_CFG_ARB_WEIGHTS_TQPRI_ATQ_0 decides between bins here; nothing is left to decide for
 * AQED_CFG_ARB_WEIGHTS_TQPRI_ATM_0, since staging has no queue at its door.
 */
void
atomic_stage(struct dlb_model *m, uint32_t qid)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	uint32_t bin, room, n;

	while (q->waiting_bins != 0 && (room = staging_room(m, qid)) != 0) {
		bin = arbiter_pick(m, ARB_WAITING, q->waiting_bins);
		if (q->waiting_bins & (q->waiting_bins - 1))
			room = 1;
		n = stage(m, qid, bin, &q->waiting[bin], min_u32(room, q->waiting_count),
			  q->waiting_count);
		if (n == 0)
			break;
		q->waiting_count -= (uint16_t)n;
		if (q->waiting[bin].head == 0)
			q->waiting_bins &= (uint8_t) ~(1u << bin);
	}
}

void
atomic_put(struct dlb_model *m, uint32_t qid, struct fifo run, uint32_t n, uint64_t word)
{
	struct ldb_queue *q = &m->ldb_queue[qid];
	uint32_t bin = word_bin(word), room;

	q->atomic_enqueued += n;
	if (q->waiting_bins == 0 && (room = staging_room(m, qid)) != 0)
		n -= stage(m, qid, bin, &run, min_u32(n, room), n);
	if (n == 0)
		return;
	bins_push(q->waiting, &q->waiting_bins, m, run, bin);
	q->waiting_count += (uint16_t)n;
	atomic_stage(m, qid);
}

void
staging_put(struct dlb_model *m, uint32_t qid, uint32_t entries)
{
	m->ldb_queue[qid].staged_count -= (uint16_t)entries;
	m->staged_total -= (uint16_t)entries;
	if (m->ldb_queue[qid].waiting_bins != 0)
		atomic_stage(m, qid);
}

/* Flows are no longer tracked: others that wait may take their places. */
static void
flows_over(struct dlb_model *m, uint32_t qid, uint32_t flows)
{
	struct ldb_queue *q = &m->ldb_queue[qid];

	q->flows_tracked -= (uint16_t)flows;
	if (q->flows_tracked == 0 && q->key_stale)
		ldb_queue_key_update(m, qid);
	/* Half of the limit: counting them anew is worth it when it is not for the next few QEs. */
	if (q->counts_staged && !flows_are_scarce(q, q->fid_limit / 2u))
		atomic_staged_count(m, qid, false);
	if (q->waiting_bins != 0)
		atomic_stage(m, qid);
}

void
atomic_complete(struct dlb_model *m, uint32_t qid, const struct hist_entry *entry, uint32_t n)
{
	uint32_t *flows = m->flow_tables[qid].flow, others = 0, strays = 0, flow;
	const struct hist_entry *end = entry + n;

	for (; entry != end; entry++) {
		flow = flows[entry->ref];
		if (__builtin_expect((flow & ~FLOW_CQ) == 1, 1)) {
			flows[entry->ref] = 0;
			continue;
		}
		others++;
		/* Software that rewrites history pointers can complete what nobody holds. */
		if ((flow & FLOW_OUTSTANDING) == 0) {
			strays++;
			continue;
		}
		if ((flow & FLOW_OUTSTANDING) > 1) {
			flows[entry->ref] = flow - 1;
			continue;
		}
		flows[entry->ref] = flow & (FLOW_STAGED | FLOW_PARKED);
		if (flow & FLOW_PARKED)
			flow_release(m, qid, entry->ref, dlb_field_get(flow, FLOW_CQ));
	}
	if (n != others)
		flows_over(m, qid, n - others);
	if (chosen(m, DLB_CHOICE_STAGED_LONG))
		staging_put(m, qid, n - strays);
}

void
atomic_reset(struct dlb_model *m)
{
	uint32_t qid;

	for (qid = 0; qid < DLB_LDB_QUEUES; qid++)
		if (m->ldb_queue[qid].has_flows)
			memset(&m->flow_tables[qid], 0, sizeof(m->flow_tables[qid]));
}
