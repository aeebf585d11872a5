/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lint: what a correct driver never does, programming-model.md 26.8. Each register that a rule
 * speaks of has a row that names its check; the device itself behaves as if nobody were watching.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csr_effects.h"
#include "lint.h"

#define LINT_TEXT_BYTES 256
#define LINT_PAUSE_US 1000000 /* longer than this without scheduling is a queue left paused */

/* What the registers do not tell: who owned what, and since when. Domains count from 1 here. */
struct lint {
	uint8_t port_owner[DLB_KIND_COUNT][DLB_PORTS_MAX];
	uint8_t queue_owner[DLB_KIND_COUNT][DLB_QUEUES_MAX];
	struct {
		bool taken;
		uint8_t group, slot;
	} sn[DLB_LDB_QUEUES]; /* sequence numbers that a queue had, to be found back at 0 */
	bool cq_has_domain[DLB_KIND_COUNT][DLB_PORTS_MAX];
	uint32_t granted[DLB_KIND_COUNT][DLB_DOMAINS]; /* credits, as written */
	uint64_t paused_us[DLB_LDB_QUEUES];
};

static const char *const lint_names[DLB_LINT_COUNT] = {
	[DLB_LINT_UNPOWERED] = "unpowered",
	[DLB_LINT_UNKNOWN_REGISTER] = "unknown-register",
	[DLB_LINT_READ_ONLY] = "read-only",
	[DLB_LINT_CQ_SETUP] = "cq-setup",
	[DLB_LINT_HIST_OVERLAP] = "hist-overlap",
	[DLB_LINT_MAP_WHILE_ENABLED] = "map-while-enabled",
	[DLB_LINT_MAP_DISAGREE] = "map-disagree",
	[DLB_LINT_MAP_INFLIGHT] = "map-inflight",
	[DLB_LINT_QUEUE_PAUSED] = "queue-paused",
	[DLB_LINT_OVERCOMMIT] = "overcommit",
	[DLB_LINT_PORT_DOMAIN] = "port-domain",
	[DLB_LINT_CQ_MODE] = "cq-mode",
	[DLB_LINT_PP_BUSY] = "pp-busy",
	[DLB_LINT_NOT_RESET] = "not-reset",
	[DLB_LINT_BAD_QE] = "bad-qe",
	[DLB_LINT_DMA] = "dma",
};

static const char *const kind_names[DLB_KIND_COUNT] = {
	[DLB_LDB] = "load-balanced", [DLB_DIR] = "directed"
};

static const char *const alarm_names[] = {
	[ALARM_ILLEGAL_PP] = "producer port not valid",
	[ALARM_ILLEGAL_HCW] = "no such command for this kind of port",
	[ALARM_ILLEGAL_QID] = "queue that the domain may not write",
	[ALARM_DISABLED_QID] = "queue not valid",
	[ALARM_ILLEGAL_LDB_QID_CFG] = "queue not configured for the schedule type",
	[ALARM_EXCESS_TOKENS] = "more tokens than the CQ is owed",
	[ALARM_ILLEGAL_ENQUEUE] = "nothing to complete, too many fragments, or no credit",
};

const char *
dlb_lint_name(enum dlb_lint rule)
{
	return rule < DLB_LINT_COUNT ? lint_names[rule] : "?";
}

uint64_t
dlb_model_lint_count(const struct dlb_model *m, enum dlb_lint rule)
{
	return rule < DLB_LINT_COUNT ? m->findings[rule] : 0;
}

int
lint_create(struct dlb_model *m)
{
	m->lint = calloc(1, sizeof(*m->lint));
	return m->lint == NULL ? -ENOMEM : 0;
}

void
lint_destroy(struct dlb_model *m)
{
	free(m->lint);
}

void
lint_reset(struct dlb_model *m)
{
	if (m->lint != NULL)
		memset(m->lint, 0, sizeof(*m->lint));
}

static void __attribute__((format(printf, 3, 4)))
report(struct dlb_model *m, enum dlb_lint rule, const char *format, ...)
{
	char text[LINT_TEXT_BYTES];
	va_list args;

	m->findings[rule]++;
	if (m->conf.lint_report == NULL)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	m->conf.lint_report(m->conf.arg, rule, text);
}

void
lint_check_access(struct dlb_model *m, struct dlb_reg_at at, uint32_t offset)
{
	if (at.reg == DLB_REG_COUNT)
		report(m, DLB_LINT_UNKNOWN_REGISTER,
		       "access to 0x%08x: DLB %s has no register there", offset, m->limits->name);
	else if (!m->memory_on)
		report(m, DLB_LINT_UNPOWERED,
		       "access to %s[%u] while the function does not decode memory",
		       dlb_regs[at.reg].name, at.index);
	else if (!m->registers_on && !csr_effects[at.reg].always_on)
		report(m, DLB_LINT_UNPOWERED, "access to %s[%u] before power-up or readiness",
		       dlb_regs[at.reg].name, at.index);
}

void
lint_check_read_only(struct dlb_model *m, struct dlb_reg_at at)
{
	report(m, DLB_LINT_READ_ONLY, "write to %s[%u], which only the device changes",
	       dlb_regs[at.reg].name, at.index);
}

void
lint_check_unready_line(struct dlb_model *m, enum dlb_kind kind, uint32_t port)
{
	if (!m->registers_on)
		report(m, DLB_LINT_UNPOWERED,
		       "line for %s producer port %u before power-up or readiness",
		       kind_names[kind], port);
}

/* Drivers time producer ports that are not valid yet with completions; those are harmless. */
void
lint_check_bad_qe(struct dlb_model *m, enum alarm alarm, enum dlb_kind kind, uint32_t port,
		  const struct dlb_qe *qe)
{
	if (alarm == ALARM_ILLEGAL_PP && !(qe->cmd & DLB_QE_VALID))
		return;
	report(m, DLB_LINT_BAD_QE,
	       "%s port %u: %s (command 0x%02x, queue %u, schedule type %u, lock id %u)",
	       kind_names[kind], port, alarm_names[alarm], qe->cmd, qe->qid,
	       dlb_qe_sched_type(qe->sched), qe->lock_id);
}

void
lint_check_lost_entry(struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	report(m, DLB_LINT_DMA, "%s CQ %u: an entry for memory that is not mapped",
	       kind_names[kind], cq);
}

void
lint_check_time(struct dlb_model *m, uint32_t us)
{
	uint32_t qid;

	for (qid = 0; qid < DLB_LDB_QUEUES; qid++) {
		const struct ldb_queue *q = &m->ldb_queue[qid];
		uint64_t before_us = m->lint->paused_us[qid];

		if (q->inflight_limit != 0 ||
		    (q->nalb_count | q->waiting_count | q->staged_count) == 0) {
			m->lint->paused_us[qid] = 0;
			continue;
		}
		m->lint->paused_us[qid] = before_us + us;
		if (before_us <= LINT_PAUSE_US && before_us + us > LINT_PAUSE_US)
			report(m, DLB_LINT_QUEUE_PAUSED,
			       "queue %u holds QEs, and its inflight limit has been 0 for over %u us",
			       qid, LINT_PAUSE_US);
	}
}

/* A register write that has been carried out. */
struct write {
	enum dlb_reg reg;
	enum dlb_kind kind;
	uint32_t index;
	uint32_t old, value;
};

static void
port_domain_check(struct dlb_model *m, enum dlb_kind kind, uint32_t port)
{
	const struct port *p = &m->port[kind][port];

	if (p->valid && p->enabled && p->domain != p->credit_domain)
		report(m, DLB_LINT_PORT_DOMAIN,
		       "%s port %u: producer port in domain %u, CQ in domain %u", kind_names[kind],
		       port, p->domain, p->credit_domain);
}

/* A history range that is usable, and not wider than the inflight limit needs it to be safe. */
static bool
history_range_ok(const struct port *p)
{
	uint32_t push = p->hist_push & DLB_CHP_HIST_LIST_PUSH_PTR_PUSH_PTR;
	uint32_t pop = p->hist_pop & DLB_CHP_HIST_LIST_POP_PTR_POP_PTR;

	return p->hist_base <= p->hist_limit && p->hist_limit < DLB_HIST_ENTRIES &&
	       p->inflight_limit >= 1 && p->inflight_limit <= p->hist_limit - p->hist_base + 1 &&
	       push >= p->hist_base && push <= p->hist_limit && pop >= p->hist_base &&
	       pop <= p->hist_limit;
}

static void
cq_setup_check(struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	static const struct {
		enum dlb_reg addr_l, addr_u, ring_select, token_select;
	} regs[DLB_KIND_COUNT] = {
		[DLB_LDB] = { DLB_SYS_LDB_CQ_ADDR_L, DLB_SYS_LDB_CQ_ADDR_U,
			      DLB_CHP_LDB_CQ_TKN_DEPTH_SEL, DLB_LSP_CQ_LDB_TKN_DEPTH_SEL },
		[DLB_DIR] = { DLB_SYS_DIR_CQ_ADDR_L, DLB_SYS_DIR_CQ_ADDR_U,
			      DLB_CHP_DIR_CQ_TKN_DEPTH_SEL, DLB_LSP_CQ_DIR_TKN_DEPTH_SEL_DSI },
	};
	const struct port *p = &m->port[kind][cq];
	uint32_t mask = DLB_CHP_LDB_CQ_TKN_DEPTH_SEL_TOKEN_DEPTH_SELECT;
	uint32_t ring = csr_get(m, regs[kind].ring_select, cq) & mask;
	uint32_t tokens = csr_get(m, regs[kind].token_select, cq) & mask;

	if (csr_get(m, regs[kind].addr_l, cq) == 0 && csr_get(m, regs[kind].addr_u, cq) == 0)
		report(m, DLB_LINT_CQ_SETUP, "%s CQ %u enabled without an address",
		       kind_names[kind], cq);
	if (ring < 1 || ring > 8 || ring != tokens)
		report(m, DLB_LINT_CQ_SETUP,
		       "%s CQ %u enabled with depth selects %u (ring) and %u (tokens): must be "
		       "equal, 1 to 8",
		       kind_names[kind], cq, ring, tokens);
	if (!m->lint->cq_has_domain[kind][cq])
		report(m, DLB_LINT_CQ_SETUP, "%s CQ %u enabled without a domain", kind_names[kind],
		       cq);
	if (kind == DLB_LDB && !history_range_ok(p))
		report(m, DLB_LINT_CQ_SETUP,
		       "CQ %u enabled with history %u to %u and inflight limit %u: the range must "
		       "lie below %u, hold both pointers and as many entries as the limit",
		       cq, p->hist_base, p->hist_limit, p->inflight_limit, DLB_HIST_ENTRIES);
}

static void
hist_overlap_check(struct dlb_model *m, uint32_t cq)
{
	const struct port *p = &m->port[DLB_LDB][cq], *other;
	uint32_t i;

	for (i = 0; i < DLB_LDB_PORTS; i++) {
		other = &m->port[DLB_LDB][i];
		if (i != cq && other->enabled && other->hist_base <= p->hist_limit &&
		    p->hist_base <= other->hist_limit)
			report(m, DLB_LINT_HIST_OVERLAP,
			       "CQ %u enabled with history %u to %u, CQ %u has %u to %u", cq,
			       p->hist_base, p->hist_limit, i, other->hist_base, other->hist_limit);
	}
}

/* The reverse tables must show exactly the slots that are valid, in all three copies. */
static void
map_disagree_check(struct dlb_model *m, uint32_t cq)
{
	static const enum dlb_reg tables[] = { DLB_ATM_QID2CQIDIX, DLB_LSP_QID2CQIDIX,
					       DLB_LSP_QID2CQIDIX2 };
	uint32_t valid = dlb_field_get(csr_get(m, DLB_LSP_CQ2PRIOV, cq), DLB_LSP_CQ2PRIOV_V);
	uint8_t want[DLB_LSP_CQ2QID0_QID_P0 + 1] = { 0 };
	uint32_t slot, qid, t, index;

	for (slot = 0; slot < DLB_CQ_SLOTS; slot++)
		if (valid >> slot & 1)
			want[cq_slot_queue(m, cq, slot)] |= (uint8_t)(1u << slot);
	for (qid = 0; qid < sizeof(want); qid++) {
		if (qid >= DLB_LDB_QUEUES) {
			if (want[qid] != 0)
				report(m, DLB_LINT_MAP_DISAGREE,
				       "CQ %u enabled with queue %u mapped, of 0 to %u", cq, qid,
				       DLB_LDB_QUEUES - 1);
			continue;
		}
		index = dlb_reg_index(m->conf.gen, DLB_ATM_QID2CQIDIX, qid, cq / 4);
		for (t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
			uint8_t have = (uint8_t)(csr_get(m, tables[t], index) >> 8 * (cq % 4));

			if (have != want[qid])
				report(m, DLB_LINT_MAP_DISAGREE,
				       "CQ %u enabled: queue %u in slots 0x%02x, but %s says "
				       "0x%02x",
				       cq, qid, want[qid], dlb_regs[tables[t]].name, have);
		}
	}
}

static void
disable_written(struct dlb_model *m, const struct write *w)
{
	if (w->value != 0 || w->old == 0)
		return;
	cq_setup_check(m, w->kind, w->index);
	port_domain_check(m, w->kind, w->index);
	if (w->kind == DLB_LDB) {
		hist_overlap_check(m, w->index);
		map_disagree_check(m, w->index);
	}
}

static void
slots_written(struct dlb_model *m, const struct write *w)
{
	if (w->old != w->value && m->port[DLB_LDB][w->index].enabled)
		report(m, DLB_LINT_MAP_WHILE_ENABLED,
		       "%s changes from 0x%08x to 0x%08x while CQ %u is enabled",
		       dlb_regs[w->reg].name, w->old, w->value, w->index);
}

static bool
queue_started(const struct dlb_model *m, uint32_t qid)
{
	uint32_t d;

	for (d = 0; d < DLB_DOMAINS; d++)
		if (csr_get(m, DLB_SYS_LDB_VASQID_V, d * DLB_LDB_QUEUES + qid))
			return true;
	return false;
}

static void
queue_map_written(struct dlb_model *m, const struct write *w)
{
	uint32_t groups = DLB_LDB_PORTS / 4;
	uint32_t qid = w->index / groups, changed = w->old ^ w->value, i, cq;

	for (i = 0; i < 4; i++) {
		cq = w->index % groups * 4 + i;
		if (changed >> 8 * i & 0xff && m->port[DLB_LDB][cq].enabled)
			report(m, DLB_LINT_MAP_WHILE_ENABLED,
			       "%s of queue %u changes while CQ %u is enabled",
			       dlb_regs[w->reg].name, qid, cq);
	}
	if (w->reg == DLB_LSP_QID2CQIDIX && changed & w->value && m->ldb_queue[qid].inflight != 0 &&
	    queue_started(m, qid))
		report(m, DLB_LINT_MAP_INFLIGHT, "queue %u mapped while %u of its QEs are inflight",
		       qid, m->ldb_queue[qid].inflight);
}

static void
pp_valid_written(struct dlb_model *m, const struct write *w)
{
	const struct port *p = &m->port[w->kind][w->index];

	if (w->value != 0) {
		m->lint->port_owner[w->kind][w->index] = p->domain + 1;
		port_domain_check(m, w->kind, w->index);
		return;
	}
	m->lint->cq_has_domain[w->kind][w->index] = false;
	if (w->old != 0 && (p->tokens != p->token_floor || p->inflight != 0))
		report(m, DLB_LINT_PP_BUSY,
		       "%s producer port %u invalidated with %u tokens and %u completions owed",
		       kind_names[w->kind], w->index, p->tokens - p->token_floor, p->inflight);
}

static void
pp_domain_written(struct dlb_model *m, const struct write *w)
{
	port_domain_check(m, w->kind, w->index);
}

static void
cq_domain_written(struct dlb_model *m, const struct write *w)
{
	m->lint->cq_has_domain[w->kind][w->index] = true;
	port_domain_check(m, w->kind, w->index);
}

static void
permission_written(struct dlb_model *m, const struct write *w)
{
	uint32_t queues = m->limits->queues[w->kind];

	m->lint->queue_owner[w->kind][w->index % queues] = (uint8_t)(w->index / queues + 1);
}

static void
format_written(struct dlb_model *m, const struct write *w)
{
	const uint32_t bits = DLB_CHP_CFG_CHP_CSR_CTRL_CFG_64BYTES_QE_LDB_CQ_MODE |
			      DLB_CHP_CFG_CHP_CSR_CTRL_CFG_64BYTES_QE_DIR_CQ_MODE;
	uint32_t d;

	if (!((w->old ^ w->value) & bits))
		return;
	for (d = 0; d < DLB_DOMAINS; d++)
		if (m->lint->granted[DLB_LDB][d] + m->lint->granted[DLB_DIR][d] != 0)
			report(m, DLB_LINT_CQ_MODE,
			       "format of CQs changes while domain %u has credits", d);
}

static void
aqed_limit_written(struct dlb_model *m, const struct write *w)
{
	uint32_t sum = 0, qid;

	for (qid = 0; qid < DLB_LDB_QUEUES; qid++)
		sum += m->ldb_queue[qid].aqed_limit;
	if (w->value > w->old && sum > DLB_AQED_ENTRIES)
		report(m, DLB_LINT_OVERCOMMIT, "queue %u gets %u AQED entries: %u given out of %u",
		       w->index, w->value, sum, DLB_AQED_ENTRIES);
}

static bool
queue_owns_sn(const struct dlb_model *m, uint32_t qid)
{
	return csr_get(m, DLB_SYS_LDB_QID_V, qid) &&
	       csr_get(m, DLB_SYS_LDB_QID_CFG_V, qid) & DLB_SYS_LDB_QID_CFG_V_SN_CFG_V;
}

static void
queue_valid_written(struct dlb_model *m, const struct write *w)
{
	uint32_t map = csr_get(m, DLB_CHP_ORD_QID_SN_MAP, w->index);
	const struct ldb_queue *q = &m->ldb_queue[w->index], *other;
	uint32_t mode = m->sn_group[q->sn_group].mode, qid;

	if (w->value == 0 || w->old != 0 || !queue_owns_sn(m, w->index))
		return;
	m->lint->sn[w->index].taken = true;
	m->lint->sn[w->index].group = q->sn_group;
	m->lint->sn[w->index].slot = q->sn_slot;
	if (dlb_field_get(map, DLB_CHP_ORD_QID_SN_MAP_MODE) != mode ||
	    q->sn_slot >= dlb_sn_slots(mode))
		report(m, DLB_LINT_OVERCOMMIT,
		       "queue %u: slot %u in mode %u, but group %u is in mode %u with %u slots",
		       w->index, q->sn_slot, dlb_field_get(map, DLB_CHP_ORD_QID_SN_MAP_MODE),
		       q->sn_group, mode, dlb_sn_slots(mode));
	for (qid = 0; qid < DLB_LDB_QUEUES; qid++) {
		other = &m->ldb_queue[qid];
		if (qid != w->index && queue_owns_sn(m, qid) && other->sn_slot == q->sn_slot &&
		    other->sn_group == q->sn_group)
			report(m, DLB_LINT_OVERCOMMIT, "queues %u and %u share slot %u of group %u",
			       w->index, qid, q->sn_slot, q->sn_group);
	}
}

/* What a domain's objects must be back at when it goes, programming-model.md 22.7. */
static const enum dlb_reg port_reset_regs[DLB_KIND_COUNT][32] = {
	[DLB_LDB] = { DLB_SYS_LDB_PP2VAS,
		      DLB_CHP_LDB_CQ2VAS,
		      DLB_SYS_LDB_PP2VDEV,
		      DLB_SYS_LDB_PP_V,
		      DLB_LSP_CQ_LDB_DSBL,
		      DLB_CHP_LDB_CQ_DEPTH,
		      DLB_LSP_CFG_CQ_LDB_WU_LIMIT,
		      DLB_LSP_CQ_LDB_INFL_LIM,
		      DLB_CHP_HIST_LIST_LIM,
		      DLB_CHP_HIST_LIST_BASE,
		      DLB_CHP_HIST_LIST_POP_PTR,
		      DLB_CHP_HIST_LIST_PUSH_PTR,
		      DLB_CHP_LDB_CQ_INT_DEPTH_THRSH,
		      DLB_CHP_LDB_CQ_TMR_THRSH,
		      DLB_CHP_LDB_CQ_INT_ENB,
		      DLB_SYS_LDB_CQ_ISR,
		      DLB_LSP_CQ_LDB_TKN_DEPTH_SEL,
		      DLB_CHP_LDB_CQ_TKN_DEPTH_SEL,
		      DLB_CHP_LDB_CQ_WPTR,
		      DLB_LSP_CQ_LDB_TKN_CNT,
		      DLB_SYS_LDB_CQ_ADDR_L,
		      DLB_SYS_LDB_CQ_ADDR_U,
		      DLB_SYS_LDB_CQ_AT,
		      DLB_SYS_LDB_CQ_PASID,
		      DLB_SYS_LDB_CQ2VF_PF_RO,
		      DLB_LSP_CQ_LDB_TOT_SCH_CNTL,
		      DLB_LSP_CQ_LDB_TOT_SCH_CNTH,
		      DLB_LSP_CQ2QID0,
		      DLB_LSP_CQ2QID1,
		      DLB_LSP_CQ2PRIOV,
		      DLB_REG_COUNT },
	[DLB_DIR] = { DLB_CHP_DIR_CQ2VAS,
		      DLB_LSP_CQ_DIR_DSBL,
		      DLB_CHP_DIR_CQ_DEPTH,
		      DLB_CHP_DIR_CQ_INT_DEPTH_THRSH,
		      DLB_CHP_DIR_CQ_TMR_THRSH,
		      DLB_CHP_DIR_CQ_INT_ENB,
		      DLB_SYS_DIR_CQ_ISR,
		      DLB_LSP_CQ_DIR_TKN_DEPTH_SEL_DSI,
		      DLB_CHP_DIR_CQ_TKN_DEPTH_SEL,
		      DLB_CHP_DIR_CQ_WPTR,
		      DLB_LSP_CQ_DIR_TKN_CNT,
		      DLB_SYS_DIR_CQ_ADDR_L,
		      DLB_SYS_DIR_CQ_ADDR_U,
		      DLB_SYS_DIR_CQ_AT,
		      DLB_SYS_DIR_CQ_PASID,
		      DLB_SYS_DIR_CQ_FMT,
		      DLB_SYS_DIR_CQ2VF_PF_RO,
		      DLB_LSP_CQ_DIR_TOT_SCH_CNTL,
		      DLB_LSP_CQ_DIR_TOT_SCH_CNTH,
		      DLB_SYS_DIR_PP2VAS,
		      DLB_SYS_DIR_PP2VDEV,
		      DLB_SYS_DIR_PP_V,
		      DLB_REG_COUNT },
};

static const enum dlb_reg queue_reset_regs[DLB_KIND_COUNT][18] = {
	[DLB_LDB] = { DLB_LSP_QID_NALDB_TOT_ENQ_CNTL, DLB_LSP_QID_NALDB_TOT_ENQ_CNTH,
		      DLB_LSP_QID_ATM_TOT_ENQ_CNTL, DLB_LSP_QID_ATM_TOT_ENQ_CNTH,
		      DLB_LSP_QID_NALDB_MAX_DEPTH, DLB_LSP_QID_LDB_INFL_LIM,
		      DLB_LSP_QID_AQED_ACTIVE_LIM, DLB_LSP_QID_ATM_DEPTH_THRSH,
		      DLB_LSP_QID_NALDB_DEPTH_THRSH, DLB_SYS_LDB_QID_ITS, DLB_CHP_ORD_QID_SN,
		      DLB_CHP_ORD_QID_SN_MAP, DLB_SYS_LDB_QID_V, DLB_SYS_LDB_QID_CFG_V,
		      DLB_REG_COUNT },
	[DLB_DIR] = { DLB_LSP_QID_DIR_MAX_DEPTH, DLB_LSP_QID_DIR_TOT_ENQ_CNTL,
		      DLB_LSP_QID_DIR_TOT_ENQ_CNTH, DLB_LSP_QID_DIR_DEPTH_THRSH,
		      DLB_SYS_DIR_QID_ITS, DLB_SYS_DIR_QID_V, DLB_REG_COUNT },
};

static void
regs_reset_check(struct dlb_model *m, uint32_t domain, const enum dlb_reg *regs, uint32_t index)
{
	for (; *regs != DLB_REG_COUNT; regs++) {
		if (!dlb_reg_present(m->conf.gen, *regs) ||
		    csr_get(m, *regs, index) == dlb_regs[*regs].reset)
			continue;
		report(m, DLB_LINT_NOT_RESET, "domain %u gone, but %s[%u] holds 0x%08x, not 0x%08x",
		       domain, dlb_regs[*regs].name, index, csr_get(m, *regs, index),
		       dlb_regs[*regs].reset);
	}
}

static void
queue_map_reset_check(struct dlb_model *m, uint32_t domain, uint32_t qid)
{
	static const enum dlb_reg tables[] = { DLB_ATM_QID2CQIDIX, DLB_LSP_QID2CQIDIX,
					       DLB_LSP_QID2CQIDIX2 };
	uint32_t t, group, index;

	for (t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (group = 0; group < DLB_LDB_PORTS / 4; group++) {
			index = dlb_reg_index(m->conf.gen, tables[t], qid, group);
			if (csr_get(m, tables[t], index) != 0)
				report(m, DLB_LINT_NOT_RESET,
				       "domain %u gone, but %s maps queue %u", domain,
				       dlb_regs[tables[t]].name, qid);
		}
	}
}

static void
queue_sn_reset_check(struct dlb_model *m, uint32_t domain, uint32_t qid)
{
	static const enum dlb_reg shifts[DLB_SN_GROUPS] = { DLB_RO_GRP_0_SLT_SHFT,
							    DLB_RO_GRP_1_SLT_SHFT };
	uint32_t group = m->lint->sn[qid].group, slot = m->lint->sn[qid].slot;

	if (!m->lint->sn[qid].taken)
		return;
	m->lint->sn[qid].taken = false;
	if (csr_get(m, shifts[group], slot) != 0)
		report(m, DLB_LINT_NOT_RESET, "domain %u gone, but %s[%u] of queue %u holds %u",
		       domain, dlb_regs[shifts[group]].name, slot, qid,
		       csr_get(m, shifts[group], slot));
}

static void
domain_reset_check(struct dlb_model *m, uint32_t domain)
{
	struct lint *l = m->lint;
	enum dlb_kind kind;
	uint32_t i;

	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		for (i = 0; i < m->limits->ports[kind]; i++) {
			if (l->port_owner[kind][i] != domain + 1)
				continue;
			regs_reset_check(m, domain, port_reset_regs[kind], i);
			l->port_owner[kind][i] = 0;
		}
		for (i = 0; i < m->limits->queues[kind]; i++) {
			if (l->queue_owner[kind][i] != domain + 1)
				continue;
			regs_reset_check(m, domain, queue_reset_regs[kind], i);
			if (kind == DLB_LDB) {
				queue_map_reset_check(m, domain, i);
				queue_sn_reset_check(m, domain, i);
			}
			l->queue_owner[kind][i] = 0;
		}
	}
}

static void
credits_written(struct dlb_model *m, const struct write *w)
{
	uint32_t *granted = m->lint->granted[w->kind], before = granted[w->index], sum = 0, d;

	granted[w->index] = w->value;
	for (d = 0; d < DLB_DOMAINS; d++)
		sum += granted[d];
	if (w->value > before && sum > m->limits->credits[w->kind])
		report(m, DLB_LINT_OVERCOMMIT, "domain %u gets %u credits: %u given out of %u",
		       w->index, w->value, sum, m->limits->credits[w->kind]);
	if (before != 0 &&
	    m->lint->granted[DLB_LDB][w->index] + m->lint->granted[DLB_DIR][w->index] == 0)
		domain_reset_check(m, w->index);
}

static const struct {
	void (*check)(struct dlb_model *m, const struct write *w);
	enum dlb_kind kind;
} checks[DLB_REG_COUNT] = {
	[DLB_LSP_CQ_LDB_DSBL] = { disable_written, DLB_LDB },
	[DLB_LSP_CQ_DIR_DSBL] = { disable_written, DLB_DIR },
	[DLB_LSP_CQ2PRIOV] = { slots_written, DLB_LDB },
	[DLB_LSP_CQ2QID0] = { slots_written, DLB_LDB },
	[DLB_LSP_CQ2QID1] = { slots_written, DLB_LDB },
	[DLB_ATM_QID2CQIDIX] = { queue_map_written, DLB_LDB },
	[DLB_LSP_QID2CQIDIX] = { queue_map_written, DLB_LDB },
	[DLB_LSP_QID2CQIDIX2] = { queue_map_written, DLB_LDB },
	[DLB_SYS_LDB_PP_V] = { pp_valid_written, DLB_LDB },
	[DLB_SYS_DIR_PP_V] = { pp_valid_written, DLB_DIR },
	[DLB_SYS_LDB_PP2VAS] = { pp_domain_written, DLB_LDB },
	[DLB_SYS_DIR_PP2VAS] = { pp_domain_written, DLB_DIR },
	[DLB_CHP_LDB_CQ2VAS] = { cq_domain_written, DLB_LDB },
	[DLB_CHP_DIR_CQ2VAS] = { cq_domain_written, DLB_DIR },
	[DLB_SYS_LDB_VASQID_V] = { permission_written, DLB_LDB },
	[DLB_SYS_DIR_VASQID_V] = { permission_written, DLB_DIR },
	[DLB_SYS_LDB_QID_V] = { queue_valid_written, DLB_LDB },
	[DLB_CHP_CFG_CHP_CSR_CTRL] = { format_written, DLB_LDB },
	[DLB_LSP_QID_AQED_ACTIVE_LIM] = { aqed_limit_written, DLB_LDB },
	[DLB_CHP_CFG_VAS_CRD] = { credits_written, DLB_LDB },
	[DLB_CHP_CFG_LDB_VAS_CRD] = { credits_written, DLB_LDB },
	[DLB_CHP_CFG_DIR_VAS_CRD] = { credits_written, DLB_DIR },
};

void
lint_check_written(struct dlb_model *m, struct dlb_reg_at at, uint32_t old, uint32_t value)
{
	const struct write w = { at.reg, checks[at.reg].kind, at.index, old, value };

	if (checks[at.reg].check != NULL)
		checks[at.reg].check(m, &w);
}
