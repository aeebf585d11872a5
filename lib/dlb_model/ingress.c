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
#include "storage.h"

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

static bool
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
	uint32_t queues = m->limits->queues[kind];
	uint32_t qid = index % queues;

	m->accepts[kind][index / queues][qid] = value ? queue_types(m, kind, qid) : 0;
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
	enum dlb_kind kind = qe_queue_kind(qe->sched);
	uint32_t queues = m->limits->queues[kind];

	if (qe->qid >= queues ||
	    !csr_get(m, queue_regs[kind].permission, domain * queues + qe->qid))
		return ALARM_ILLEGAL_QID;
	if (!csr_get(m, queue_regs[kind].valid, qe->qid))
		return ALARM_DISABLED_QID;
	return ALARM_ILLEGAL_LDB_QID_CFG;
}

static bool
queue_accepts(const struct dlb_model *m, uint8_t domain, const struct dlb_qe *qe)
{
	return qe->qid < DLB_QUEUES_MAX && m->accepts[qe_queue_kind(qe->sched)][domain][qe->qid] >>
							   dlb_qe_sched_type(qe->sched) &
						   1;
}

/* choice: datapath.md 13.2, the count of a QE that carries no event is in its lock id. */
static uint32_t
qe_tokens(const struct dlb_qe *qe)
{
	if (!(qe->cmd & DLB_QE_TOKEN) || qe->cmd == DLB_CMD_ARM)
		return 0;
	return qe->cmd & DLB_QE_VALID ? 1 : (qe->lock_id & DLB_QE_POP_COUNT) + 1u;
}

/* Checks 3 to 9 of datapath.md 4.1. */
static enum alarm
qe_check(struct dlb_model *m, enum dlb_kind kind, const struct port *p, const struct dlb_qe *qe,
	 uint32_t tokens)
{
	bool valid = qe->cmd & DLB_QE_VALID;

	if (!command_is_legal(kind, qe->cmd))
		return ALARM_ILLEGAL_HCW;
	if (valid && !queue_accepts(m, p->domain, qe))
		return refusal(m, p->domain, qe);
	if (tokens > (uint32_t)(p->tokens - p->token_floor))
		return ALARM_EXCESS_TOKENS;
	if (qe->cmd & DLB_QE_COMP && history_is_empty(p))
		return ALARM_ILLEGAL_ENQUEUE;
	if (valid && qe->cmd & DLB_QE_FRAG &&
	    (history_is_empty(p) || !ordered_takes_fragment(m, history_at(m, p->hist_pop))))
		return ALARM_ILLEGAL_ENQUEUE;
	if (valid && !credit_available(m, qe_queue_kind(qe->sched), p->credit_domain))
		return ALARM_ILLEGAL_ENQUEUE;
	return ALARM_NONE;
}

/* What a QE brings along goes to its queue, or to the sequence number of the event it answers. */
static void
enqueue(struct dlb_model *m, struct port *p, const struct dlb_qe *qe)
{
	uint16_t node = storage_take(m, qe, qe_queue_kind(qe->sched), p->credit_domain);
	const struct hist_entry *oldest = history_at(m, p->hist_pop);

	if (qe->cmd & (DLB_QE_COMP | DLB_QE_FRAG) && oldest->type == HIST_ORDERED)
		ordered_attach(m, oldest, node);
	else
		queue_put(m, node);
}

/* The oldest QE of the port is done with: undo what its scheduling has counted. */
static void
complete(struct dlb_model *m, struct port *p)
{
	struct hist_entry entry = history_pop(m, p);

	p->inflight -= p->inflight != 0;
	p->load -= entry.weight < p->load ? entry.weight : p->load;
	ldb_queue_complete(m, &entry);
}

/* True if the CQ may have got room. */
static bool
qe_arrive(struct dlb_model *m, enum dlb_kind kind, uint32_t port, const struct dlb_qe *qe)
{
	struct port *p = &m->port[kind][port];
	uint32_t tokens = qe_tokens(qe);
	enum alarm alarm = p->valid ? qe_check(m, kind, p, qe, tokens) : ALARM_ILLEGAL_PP;

	if (alarm != ALARM_NONE) {
		alarm_raise(m, alarm, kind, port, qe);
		return false;
	}
	if (qe->cmd & DLB_QE_VALID)
		enqueue(m, p, qe);
	else if (qe->cmd == DLB_CMD_ARM)
		interrupt_arm(m, kind, port);
	if (qe->cmd & DLB_QE_COMP)
		complete(m, p);
	p->tokens -= (uint16_t)tokens;
	return qe->cmd & (DLB_QE_COMP | DLB_QE_TOKEN);
}

static void
line_arrive(struct dlb_model *m, enum dlb_kind kind, uint32_t port,
	    const struct dlb_qe line[DLB_QES_PER_LINE])
{
	bool update = false;
	uint32_t i;

	for (i = 0; i < DLB_QES_PER_LINE; i++)
		if (line[i].cmd != DLB_CMD_NOOP)
			update |= qe_arrive(m, kind, port, &line[i]);
	if (update)
		cq_update(m, kind, port);
}

void
ingress_line(struct dlb_model *m, enum dlb_kind kind, uint32_t port,
	     const struct dlb_qe line[DLB_QES_PER_LINE])
{
	if (m->datapath_on)
		line_arrive(m, kind, port, line);
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
dlb_model_pp_write(struct dlb_model *m, enum dlb_kind kind, uint32_t port,
		   const struct dlb_qe line[DLB_QES_PER_LINE])
{
	if (port >= m->limits->ports[kind])
		return;
	if (m->lines_direct)
		line_arrive(m, kind, port, line);
	else
		line_detour(m, kind, port, line);
}
