/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Producer ports: a line of four QEs arrives, and each is checked, then carried out.
 *
 * choice: datapath.md 13.26, checks are made in the order of datapath.md 4.1, and a QE that fails
 * one has no effect at all, neither completion nor token (which also answers 13.11 and 13.27).
 * choice: datapath.md 13.21, QEs of a line are handled in order.
 */
#include "aids.h"
#include "cq.h"
#include "interrupt.h"
#include "ldb_queue.h"

/* choice: datapath.md 13.28 and 13.8, commands that nobody knows are illegal. Bit c: command c. */
#define COMMANDS_DIR                                                                      \
	(1u << DLB_CMD_NOOP | 1u << DLB_CMD_POP | 1u << DLB_CMD_ARM | 1u << DLB_CMD_NEW | \
	 1u << DLB_CMD_NEW_T)
#define COMMANDS_LDB                                                                    \
	(COMMANDS_DIR | 1u << DLB_CMD_REL | 1u << DLB_CMD_REL_POP | 1u << DLB_CMD_FWD | \
	 1u << DLB_CMD_FWD_T | 1u << DLB_CMD_FRAG | 1u << DLB_CMD_FRAG_T)

static const uint16_t commands[DLB_KIND_COUNT] = {
	[DLB_LDB] = COMMANDS_LDB, [DLB_DIR] = COMMANDS_DIR
};

static const struct queue_regs {
	enum dlb_reg permission, valid;
} queue_regs[DLB_KIND_COUNT] = {
	[DLB_LDB] = { DLB_SYS_LDB_VASQID_V, DLB_SYS_LDB_QID_V },
	[DLB_DIR] = { DLB_SYS_DIR_VASQID_V, DLB_SYS_DIR_QID_V },
};

QE_INLINE bool
command_is_legal(enum dlb_kind kind, uint8_t cmd)
{
	return cmd < 16 && commands[kind] >> cmd & 1;
}

/* Schedule types that a queue is configured for. */
static uint8_t
queue_types(const struct dlb_model *m, enum dlb_kind kind, uint32_t qid)
{
	uint32_t cfg;
	uint8_t types;

	if (!csr_get(m, queue_regs[kind].valid, qid))
		return 0;
	if (kind == DLB_DIR)
		return 1u << DLB_SCHED_DIRECTED;

	/* choice: datapath.md 13.14, a queue with sequence numbers takes no unordered QEs. */
	cfg = csr_get(m, DLB_SYS_LDB_QID_CFG_V, qid);
	types = cfg & DLB_SYS_LDB_QID_CFG_V_SN_CFG_V ? 1u << DLB_SCHED_ORDERED
						     : 1u << DLB_SCHED_UNORDERED;
	if (cfg & DLB_SYS_LDB_QID_CFG_V_FID_CFG_V)
		types |= 1u << DLB_SCHED_ATOMIC;
	return types;
}

void
ingress_write_permission_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index,
				 uint32_t value)
{
	const uint8_t directed = 1u << DLB_SCHED_DIRECTED;
	uint32_t queues = m->limits->queues[kind];
	uint32_t qid = index % queues;
	uint8_t *types = &m->accepts[index / queues][qid];

	*types &= kind == DLB_DIR ? (uint8_t)~directed : directed;
	*types |= value ? queue_types(m, kind, qid) : 0;
}

void
ingress_queue_written(struct dlb_model *m, enum dlb_kind kind, uint32_t qid, uint32_t value)
{
	uint32_t d, index;

	(void)value;
	for (d = 0; d < DLB_DOMAINS; d++) {
		index = d * m->limits->queues[kind] + qid;
		ingress_write_permission_written(m, kind, index,
						 csr_get(m, queue_regs[kind].permission, index));
	}
	if (kind == DLB_LDB) {
		m->ldb_queue[qid].has_sn =
			csr_get(m, DLB_SYS_LDB_QID_CFG_V, qid) & DLB_SYS_LDB_QID_CFG_V_SN_CFG_V;
		ldb_queue_update(m, qid);
	}
}

/* Why a QE may not enter its queue. */
static enum alarm
refusal(const struct dlb_model *m, uint8_t domain, const struct dlb_qe *qe)
{
	enum dlb_kind kind = type_queue_kind(dlb_qe_sched_type(qe->sched));
	uint32_t queues = m->limits->queues[kind];

	if (qe->qid >= queues ||
	    !csr_get(m, queue_regs[kind].permission, domain * queues + qe->qid))
		return ALARM_ILLEGAL_QID;
	if (!csr_get(m, queue_regs[kind].valid, qe->qid))
		return ALARM_DISABLED_QID;
	return ALARM_ILLEGAL_LDB_QID_CFG;
}

/* choice: datapath.md 13.2, the count of a QE that carries no event is in its lock id. */
QE_INLINE uint32_t
qe_tokens(const struct dlb_qe *qe, uint8_t cmd)
{
	if (!(cmd & DLB_QE_TOKEN) || cmd == DLB_CMD_ARM)
		return 0;
	return cmd & DLB_QE_VALID ? 1 : (qe->lock_id & DLB_QE_POP_COUNT) + 1u;
}

/* The oldest entries of a port's history that differ in nothing but what they refer to. */
struct oldest {
	struct hist_entry *entry;
	uint32_t n;
};

/*
 * Lines on their way in: what their QEs change in the port. Counts that only the scheduler looks at
 * come together at the end; completions of QEs by the port itself are all that moves its history.
 */
struct arrival {
	struct dlb_model *m;
	struct port *p;
	enum dlb_kind kind;
	uint32_t port;
	const uint8_t *accepts;            /* of the port's domain, by queue */
	uint32_t *credits[DLB_KIND_COUNT]; /* of the CQ's domain, by kind of queue */
	uint16_t hist_pop;
	uint32_t completed, load;
	struct oldest oldest; /* as far as has been looked */
	bool update;          /* the CQ may have got room */
};

QE_INLINE bool
queue_is_accepted(const struct arrival *a, uint64_t word)
{
	return a->accepts[word_qid(word)] >> word_type(word) & 1;
}

/* Checks 3 to 9 of datapath.md 4.1. */
static enum alarm
qe_check(const struct arrival *a, const struct dlb_qe *qe, uint8_t cmd, uint32_t tokens)
{
	enum dlb_sched type = dlb_qe_sched_type(qe->sched);
	const struct port *p = a->p;
	struct dlb_model *m = a->m;
	bool valid = cmd & DLB_QE_VALID, is_empty = a->hist_pop == p->hist_push;

	if (!command_is_legal(a->kind, cmd))
		return ALARM_ILLEGAL_HCW;
	if (valid && !(a->accepts[qe->qid] >> type & 1))
		return refusal(m, p->domain, qe);
	if (tokens > (uint32_t)(p->tokens - p->token_floor))
		return ALARM_EXCESS_TOKENS;
	if (cmd & DLB_QE_COMP && is_empty)
		return ALARM_ILLEGAL_ENQUEUE;
	if (valid && cmd & DLB_QE_FRAG &&
	    (is_empty || !ordered_takes_fragment(m, history_at(m, a->hist_pop))))
		return ALARM_ILLEGAL_ENQUEUE;
	if (valid && (*a->credits[type_queue_kind(type)] == 0 || storage_is_full(m)))
		return ALARM_ILLEGAL_ENQUEUE;
	return ALARM_NONE;
}

/* Four entries, of as many QEs that are alike but for what they refer to. */
QE_INLINE bool
entries_agree(const struct hist_entry *entry, uint64_t word)
{
	const __m128i first = _mm_set1_epi64x((int64_t)word);
	const __m128i refs = _mm_set1_epi64x((int64_t)HIST_REF);
	__m128i two = _mm_loadu_si128((const __m128i *)&entry[0]);
	__m128i more = _mm_loadu_si128((const __m128i *)&entry[2]);
	__m128i diff = _mm_or_si128(_mm_xor_si128(two, first), _mm_xor_si128(more, first));

	return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_or_si128(diff, refs), refs)) == UINT16_MAX;
}

/* Look at the history, as far as QEs may come that complete something. */
QE_INLINE void
oldest_look(struct arrival *a, uint32_t limit)
{
	const struct port *p = a->p;
	uint32_t max = min_u32(limit, history_stretch(p, a->hist_pop)), n = 0;
	struct hist_entry *entry = history_at(a->m, a->hist_pop);
	uint64_t first = hist_word(entry);

	if ((a->hist_pop & HIST_LAP) == (p->hist_push & HIST_LAP))
		max = min_u32(max, (uint32_t)p->hist_push - a->hist_pop);
	while (max - n >= 4 && entries_agree(&entry[n], first))
		n += 4;
	while (n < max && ((hist_word(&entry[n]) ^ first) & ~HIST_REF) == 0)
		n++;
	a->oldest = (struct oldest){ entry, n };
}

/* The oldest QEs of the port are done with: undo what their scheduling has counted. */
QE_INLINE void
oldest_drop(struct arrival *a, uint32_t n)
{
	const struct hist_entry *entry = a->oldest.entry;

	a->hist_pop = history_skip(a->p, a->hist_pop, n);
	a->completed += n;
	a->load += n * entry->weight;
	a->oldest.entry += n;
	a->oldest.n -= n;
	a->update = true;
	ldb_queue_completed(a->m, entry->qid, n);
}

/* What completions mean to the part of the queue that the QEs came from. */
QE_INLINE void
oldest_complete(struct arrival *a, uint32_t n)
{
	const struct hist_entry *entry = a->oldest.entry;

	if (entry->type == HIST_ATOMIC)
		atomic_complete(a->m, entry->qid, entry, n);
	else if (entry->type == HIST_ORDERED)
		ordered_complete(a->m, entry, n);
	oldest_drop(a, n);
}

/* New events enter their queue. The first QE of what is left after this, or of all, is not usual. */
QE_INLINE void
run_new(struct arrival *a, const struct dlb_qe **qe, const struct dlb_qe *end)
{
	uint64_t word = qe_word(*qe);
	uint32_t *credits = a->credits[type_queue_kind(word_type(word))], n;
	struct fifo run;

	if (!queue_is_accepted(a, word) || *credits == 0)
		return;
	n = storage_take_run(a->m, qe, end, *credits, a->p->credit_domain, &run);
	*credits -= n;
	if (n != 0)
		queue_put(a->m, run, n, word);
}

/* Events go on. Those that come from an ordered queue do so in the order of their numbers. */
QE_INLINE void
run_forward(struct arrival *a, const struct dlb_qe **qe, const struct dlb_qe *end)
{
	uint64_t word = qe_word(*qe);
	uint32_t *credits = a->credits[type_queue_kind(word_type(word))], n;
	struct dlb_model *m = a->m;
	struct fifo run;

	if (a->oldest.n == 0)
		oldest_look(a, (uint32_t)(end - *qe));
	if (!queue_is_accepted(a, word) || *credits == 0 || a->oldest.n == 0)
		return;
	n = storage_take_run(m, qe, end, min_u32(*credits, a->oldest.n), a->p->credit_domain, &run);
	*credits -= n;
	if (n == 0)
		return;
	if (a->oldest.entry->type == HIST_ORDERED) {
		ordered_answer(m, a->oldest.entry, run, n, word);
		oldest_drop(a, n);
	} else {
		queue_put(m, run, n, word);
		oldest_complete(a, n);
	}
}

/* Events leave. */
QE_INLINE void
run_release(struct arrival *a, const struct dlb_qe **qe, const struct dlb_qe *end)
{
	const uint64_t command = (uint64_t)DLB_CMD_REL << DLB_QE_CMD_SHIFT;
	const uint64_t bits = UINT64_C(0xff) << DLB_QE_CMD_SHIFT;
	const struct dlb_qe *at = *qe;
	uint32_t n = 0, max;

	if (a->oldest.n == 0)
		oldest_look(a, (uint32_t)(end - at));
	max = a->oldest.n;
	while (n < max && at != end) {
		if (end - at >= DLB_QES_PER_LINE && max - n >= DLB_QES_PER_LINE &&
		    line_agrees(at, command, bits)) {
			n += DLB_QES_PER_LINE;
			at += DLB_QES_PER_LINE;
		} else if (at->cmd == DLB_CMD_REL) {
			n++;
			at = qe_skip_empty(at + 1, end);
		} else {
			break;
		}
	}
	*qe = at;
	if (n != 0)
		oldest_complete(a, n);
}

/* Tokens come back, more than one at a time. */
QE_INLINE void
pop(struct arrival *a, const struct dlb_qe **qe)
{
	uint32_t tokens = qe_tokens(*qe, DLB_CMD_POP);

	if (tokens > (uint32_t)(a->p->tokens - a->p->token_floor))
		return;
	a->p->tokens -= (uint16_t)tokens;
	a->update = true;
	(*qe)++;
}

QE_INLINE struct arrival
arrival_begin(struct dlb_model *m, enum dlb_kind kind, uint32_t port)
{
	struct port *p = &m->port[kind][port];

	return (struct arrival){
		.m = m,
		.p = p,
		.kind = kind,
		.port = port,
		.accepts = m->accepts[p->domain],
		.credits = { &m->credits[m->pool[DLB_LDB]][p->credit_domain],
			     &m->credits[m->pool[DLB_DIR]][p->credit_domain] },
		.hist_pop = p->hist_pop,
	};
}

QE_INLINE void
arrival_end(const struct arrival *a)
{
	struct port *p = a->p;

	p->hist_pop = a->hist_pop;
	p->inflight -= (uint16_t)min_u32(a->completed, p->inflight);
	p->load -= min_u32(a->load, p->load);
	if (a->update)
		cq_update(a->m, a->kind, a->port);
}

/* What a QE brings along goes to its queue, or to the sequence number of the event it answers. */
static void
qe_enqueue(struct arrival *a, const struct dlb_qe *qe)
{
	struct dlb_model *m = a->m;
	uint64_t word = qe_word(qe);
	const struct hist_entry *oldest = history_at(m, a->hist_pop);
	struct fifo run;

	storage_take_run(m, &qe, qe + 1, 1, a->p->credit_domain, &run);
	*a->credits[type_queue_kind(word_type(word))] -= 1;
	if ((word >> DLB_QE_CMD_SHIFT) & (DLB_QE_COMP | DLB_QE_FRAG) &&
	    oldest->type == HIST_ORDERED && ordered_attach(m, oldest, run.head))
		return;
	queue_put(m, run, 1, word);
}

/* Any QE, one that fails a check included. */
static void __attribute__((noinline))
qe_arrive(struct dlb_model *m, enum dlb_kind kind, uint32_t port, const struct dlb_qe *qe)
{
	struct arrival a = arrival_begin(m, kind, port);
	uint32_t tokens = qe_tokens(qe, qe->cmd);
	enum alarm alarm = qe_check(&a, qe, qe->cmd, tokens);

	if (alarm != ALARM_NONE) {
		alarm_raise(m, alarm, kind, port, qe);
		return;
	}
	if (qe->cmd & DLB_QE_VALID)
		qe_enqueue(&a, qe);
	else if (qe->cmd == DLB_CMD_ARM)
		interrupt_arm(m, kind, port);
	if (qe->cmd & DLB_QE_COMP) {
		oldest_look(&a, 1);
		oldest_complete(&a, 1);
	}
	a.p->tokens -= (uint16_t)tokens;
	a.update |= tokens != 0;
	arrival_end(&a);
}

/* Usual commands are handled in runs; whatever comes to a halt there goes the long way. */
static void
lines_arrive(struct dlb_model *m, enum dlb_kind kind, uint32_t port, const struct dlb_qe *qe,
	     const struct dlb_qe *end)
{
	struct arrival a = arrival_begin(m, kind, port);
	const struct dlb_qe *before;

	while (qe != end) {
		before = qe;
		switch (qe->cmd) {
		case DLB_CMD_FWD:
			run_forward(&a, &qe, end);
			break;
		case DLB_CMD_NEW:
			run_new(&a, &qe, end);
			break;
		case DLB_CMD_REL:
			run_release(&a, &qe, end);
			break;
		case DLB_CMD_POP:
			pop(&a, &qe);
			break;
		case DLB_CMD_NOOP:
			qe = qe_skip_empty(qe, end);
			break;
		}
		if (__builtin_expect(qe == before, 0)) {
			arrival_end(&a);
			qe_arrive(m, kind, port, qe++);
			a = arrival_begin(m, kind, port);
		}
	}
	arrival_end(&a);
}

/* Nobody may write here: each QE is an alarm of its own. */
static void
lines_refuse(struct dlb_model *m, enum dlb_kind kind, uint32_t port,
	     const struct dlb_qe (*lines)[DLB_QES_PER_LINE], uint32_t n)
{
	const struct dlb_qe *qe;

	for (qe = lines[0]; qe != lines[n]; qe++)
		if (qe->cmd != DLB_CMD_NOOP)
			alarm_raise(m, ALARM_ILLEGAL_PP, kind, port, qe);
}

static void
lines_handle(struct dlb_model *m, enum dlb_kind kind, uint32_t port,
	     const struct dlb_qe (*lines)[DLB_QES_PER_LINE], uint32_t n)
{
	if (!m->port[kind][port].valid)
		lines_refuse(m, kind, port, lines, n);
	else
		lines_arrive(m, kind, port, lines[0], lines[n]);
}

void
ingress_line(struct dlb_model *m, enum dlb_kind kind, uint32_t port,
	     const struct dlb_qe line[DLB_QES_PER_LINE])
{
	if (m->datapath_on)
		lines_handle(m, kind, port, (const struct dlb_qe(*)[DLB_QES_PER_LINE])line, 1);
}

/* Nobody takes lines, or not at once. */
static void __attribute__((noinline))
line_detour(struct dlb_model *m, enum dlb_kind kind, uint32_t port,
	    const struct dlb_qe line[DLB_QES_PER_LINE])
{
	aids_enter(m);
	if (!m->datapath_on)
		lint_unready_line(m, kind, port);
	else if (m->transit != NULL)
		transit_put(m, kind, port, line);
	else
		ingress_line(m, kind, port, line);
}

void
dlb_model_pp_write_lines(struct dlb_model *m, enum dlb_kind kind, uint32_t port,
			 const struct dlb_qe (*lines)[DLB_QES_PER_LINE], uint32_t n)
{
	uint32_t i;

	if (port >= m->limits->ports[kind])
		return;
	if (m->lines_direct) {
		lines_handle(m, kind, port, lines, n);
		return;
	}
	for (i = 0; i < n; i++)
		line_detour(m, kind, port, lines[i]);
}

void
dlb_model_pp_write(struct dlb_model *m, enum dlb_kind kind, uint32_t port,
		   const struct dlb_qe line[DLB_QES_PER_LINE])
{
	dlb_model_pp_write_lines(m, kind, port, (const struct dlb_qe(*)[DLB_QES_PER_LINE])line, 1);
}
