/* SPDX-License-Identifier: BSD-3-Clause */
/* Conservation: what registers say against what the oracle counts. */
#include "device_run.h"

static uint32_t
csr(struct device_run *run, enum dlb_reg reg, uint32_t index)
{
	return dlb_device_csr_read(run->device, reg, index);
}

static void
same(struct device_run *run, const char *invariant, const char *what, uint32_t index, uint64_t is,
     uint64_t should)
{
	if (is != should)
		violate(run->verdict, invariant, "%s of %u is %llu, should be %llu", what, index,
			(unsigned long long)is, (unsigned long long)should);
}

/* Staging entries of QEs that have been delivered. */
static uint32_t
staged_held(const struct device_run *run, uint32_t queue)
{
	return run->oracle.conf.staged_long ? oracle_held(&run->oracle, queue, PART_ATOMIC) : 0;
}

static void
credits_audit(struct device_run *run)
{
	static const enum dlb_reg pools[DLB_KIND_COUNT] = { DLB_CHP_CFG_LDB_VAS_CRD,
							    DLB_CHP_CFG_DIR_VAS_CRD };
	const struct oracle *o = &run->oracle;
	const uint32_t domain = dlb_domain_id(run->domain);
	uint32_t early = 0, kind, i;

	/* Staged QEs may have given their credits back. */
	for (i = 0; run->conf->choices & DLB_CHOICE_CREDIT_EARLY && i < run->conf->nb_queues; i++)
		early += csr(run, DLB_LSP_QID_AQED_ACTIVE_CNT, o->queues[i].conf.qid) -
			 staged_held(run, i);

	if (o->conf.has_shared_credits) {
		same(run, "C1", "free credits", domain, csr(run, DLB_CHP_CFG_VAS_CRD, domain),
		     o->conf.credits[DLB_LDB] - o->credits_used[DLB_LDB] + early);
		return;
	}
	for (kind = 0; kind < DLB_KIND_COUNT; kind++)
		same(run, "C1", kind == DLB_LDB ? "free credits" : "free directed credits", domain,
		     csr(run, pools[kind], domain),
		     o->conf.credits[kind] - o->credits_used[kind] + (kind == DLB_LDB ? early : 0));
}

static void
ldb_port_audit(struct device_run *run, uint32_t port)
{
	const struct oracle_port *p = &run->oracle.ports[port];
	const uint32_t id = dlb_port_id(run->ports[port]);
	const uint32_t base = dlb_cq_ring(p->conf.depth) - p->conf.depth;
	uint32_t push = csr(run, DLB_CHP_HIST_LIST_PUSH_PTR, id);
	uint32_t pop = csr(run, DLB_CHP_HIST_LIST_POP_PTR, id);
	bool laps = (push ^ pop) & DLB_CHP_HIST_LIST_PUSH_PTR_GENERATION;

	push &= DLB_CHP_HIST_LIST_PUSH_PTR_PUSH_PTR;
	pop &= DLB_CHP_HIST_LIST_POP_PTR_POP_PTR;
	same(run, "C2", "tokens", port, csr(run, DLB_LSP_CQ_LDB_TKN_CNT, id), base + p->owed);
	same(run, "C3", "inflight QEs", port, csr(run, DLB_LSP_CQ_LDB_INFL_CNT, id), p->held.n);
	same(run, "C3", "history entries used", port, (laps ? p->conf.hist : 0) + push - pop,
	     p->held.n);
	same(run, "C2", "QEs scheduled", port, csr(run, DLB_LSP_CQ_LDB_TOT_SCH_CNTL, id),
	     p->delivered);
}

static void
dir_port_audit(struct device_run *run, uint32_t port)
{
	const struct oracle_port *p = &run->oracle.ports[port];
	const uint32_t id = dlb_port_id(run->ports[port]);
	const uint32_t base = dlb_cq_ring(p->conf.depth) - p->conf.depth;

	same(run, "C2", "directed tokens", port, csr(run, DLB_LSP_CQ_DIR_TKN_CNT, id),
	     base + p->owed);
	same(run, "C2", "directed QEs scheduled", port, csr(run, DLB_LSP_CQ_DIR_TOT_SCH_CNTL, id),
	     p->delivered);
}

/* QEs are completed in the right number, but perhaps not the right ones. */
static const char *
inflight_promise(struct device_run *run)
{
	const struct oracle *o = &run->oracle;
	uint32_t i, total = 0, should = 0;

	for (i = 0; i < run->conf->nb_queues; i++) {
		total += csr(run, DLB_LSP_QID_LDB_INFL_CNT, o->queues[i].conf.qid);
		should += oracle_inflight(o, i);
	}
	return total == should ? "K1" : "C4";
}

static void
ldb_queue_audit(struct device_run *run, uint32_t queue)
{
	const struct oracle *o = &run->oracle;
	const uint32_t id = o->queues[queue].conf.qid;
	const uint32_t staged = csr(run, DLB_LSP_QID_AQED_ACTIVE_CNT, id);

	same(run, inflight_promise(run), "inflight QEs of queue", queue,
	     csr(run, DLB_LSP_QID_LDB_INFL_CNT, id), oracle_inflight(o, queue));
	same(run, "C1", "depth of queue", queue, csr(run, DLB_LSP_QID_LDB_ENQUEUE_CNT, id),
	     oracle_depth(o, queue, PART_NALB));
	same(run, "C1", "atomic depth of queue", queue,
	     staged + csr(run, DLB_LSP_QID_ATM_ACTIVE, id),
	     oracle_depth(o, queue, PART_ATOMIC) + staged_held(run, queue));
	if (staged > o->queues[queue].conf.staged)
		violate(run->verdict, "C5", "queue %u has %u QEs staged, its share is %u", queue,
			staged, o->queues[queue].conf.staged);
	same(run, "C1", "QEs enqueued to queue", queue,
	     csr(run, DLB_LSP_QID_NALDB_TOT_ENQ_CNTL, id), o->queues[queue].enqueued[PART_NALB]);
	same(run, "C1", "atomic QEs enqueued to queue", queue,
	     csr(run, DLB_LSP_QID_ATM_TOT_ENQ_CNTL, id), o->queues[queue].enqueued[PART_ATOMIC]);
}

void
device_audit(struct device_run *run)
{
	const struct oracle *o = &run->oracle;
	uint32_t i;

	device_settle(run);
	credits_audit(run);
	for (i = 0; i < run->nb_ports; i++) {
		if (o->ports[i].conf.kind == DLB_LDB)
			ldb_port_audit(run, i);
		else
			dir_port_audit(run, i);
	}
	for (i = 0; i < run->nb_queues; i++) {
		if (o->queues[i].conf.kind == DLB_LDB)
			ldb_queue_audit(run, i);
		else
			same(run, "C1", "depth of directed queue", i,
			     csr(run, DLB_LSP_QID_DIR_ENQUEUE_CNT, o->queues[i].conf.qid),
			     oracle_depth(o, i, PART_NALB));
	}
}

/* Counters that are at their start when a device is empty, and that nothing else looks at. */
void
device_audit_empty(struct device_run *run)
{
	static const enum dlb_reg depths[DLB_KIND_COUNT] = { DLB_CHP_LDB_CQ_DEPTH,
							     DLB_CHP_DIR_CQ_DEPTH };
	static const enum dlb_reg heads[DLB_SN_GROUPS] = { DLB_RO_GRP_0_SLT_SHFT,
							   DLB_RO_GRP_1_SLT_SHFT };
	const struct oracle *o = &run->oracle;
	uint32_t i, id, map;

	for (i = 0; i < run->nb_ports; i++)
		same(run, "C8", "CQ depth", i,
		     csr(run, depths[o->ports[i].conf.kind], dlb_port_id(run->ports[i])), 0);
	for (i = 0; i < run->conf->nb_queues; i++) {
		id = o->queues[i].conf.qid;
		if (o->queues[i].conf.window == 0)
			continue;
		map = csr(run, DLB_CHP_ORD_QID_SN_MAP, id);
		same(run, "C8", "oldest sequence number", i,
		     csr(run, heads[dlb_field_get(map, DLB_CHP_ORD_QID_SN_MAP_GRP)],
			 dlb_field_get(map, DLB_CHP_ORD_QID_SN_MAP_SLOT)),
		     csr(run, DLB_CHP_ORD_QID_SN, id));
	}
}

void
device_audit_ranges(struct device_run *run)
{
	bool used[DLB_HIST_ENTRIES] = { false };
	uint32_t port, id, base, limit, i, staged = 0;

	for (port = 0; port < run->conf->nb_ports; port++) {
		id = dlb_port_id(run->ports[port]);
		base = csr(run, DLB_CHP_HIST_LIST_BASE, id);
		limit = csr(run, DLB_CHP_HIST_LIST_LIM, id);
		same(run, "C5", "history entries", port, limit + 1 - base,
		     run->oracle.ports[port].conf.hist);
		for (i = base; i <= limit && i < DLB_HIST_ENTRIES; i++) {
			if (used[i])
				violate(run->verdict, "C5", "history entry %u has two owners", i);
			used[i] = true;
		}
	}
	for (i = 0; i < run->conf->nb_queues; i++)
		staged += csr(run, DLB_LSP_QID_AQED_ACTIVE_LIM, dlb_queue_id(run->queues[i]));
	if (staged > DLB_AQED_ENTRIES)
		violate(run->verdict, "C5", "%u staging entries are given out", staged);
}

const char *
device_refusal_promise(const struct device_run *run, uint32_t port, const struct dlb_qe *qe)
{
	if (run->oracle.ports[port].conf.kind == DLB_DIR && qe->cmd & (DLB_QE_COMP | DLB_QE_FRAG))
		return "K4";
	return (qe->cmd & (DLB_QE_COMP | DLB_QE_VALID)) == DLB_QE_COMP ? "K2" : "D4";
}

void
device_audit_alarm(struct device_run *run, uint32_t port, const struct dlb_qe *first,
		   enum oracle_refusal why, uint32_t count)
{
	static const struct {
		uint32_t source, unit, aid;
	} alarms[] = {
		[REFUSED_COMMAND] = { 0, 0, 5 }, [REFUSED_QID] = { 0, 0, 3 },
		[REFUSED_TYPE] = { 0, 0, 2 },    [REFUSED_TOKENS] = { 1, 4, 2 },
		[REFUSED_ENQUEUE] = { 1, 4, 1 },
	};
	const char *promise = device_refusal_promise(run, port, first);
	const uint32_t synd0 = csr(run, DLB_SYS_ALARM_PF_SYND0, 0);
	const uint32_t synd1 = csr(run, DLB_SYS_ALARM_PF_SYND1, 0);
	const uint32_t synd2 = csr(run, DLB_SYS_ALARM_PF_SYND2, 0);

	if (!(synd0 & DLB_SYS_ALARM_PF_SYND0_VALID)) {
		violate(run->verdict, promise,
			"a QE with command 0x%x is to be refused and raises no alarm", first->cmd);
		return;
	}
	same(run, promise, "alarm source", port,
	     dlb_field_get(synd0, DLB_SYS_ALARM_PF_SYND0_SOURCE), alarms[why].source);
	same(run, promise, "alarm unit", port, dlb_field_get(synd0, DLB_SYS_ALARM_PF_SYND0_UNIT),
	     alarms[why].unit);
	same(run, promise, "alarm id", port, dlb_field_get(synd0, DLB_SYS_ALARM_PF_SYND0_AID),
	     alarms[why].aid);
	same(run, "D4", "alarm port", port, synd0 & 0x7f, dlb_port_id(run->ports[port]));
	same(run, "D4", "more alarms", port, !!(synd0 & DLB_SYS_ALARM_PF_SYND0_MORE), count > 1);
	same(run, "D4", "syndrome 1", port, synd1,
	     first->opaque | (uint32_t)first->qid << 16 | (uint32_t)first->sched << 24);
	same(run, "D4", "syndrome 2", port, synd2 & 0x0f00ffff,
	     first->lock_id | (uint32_t)(first->cmd & 0xf) << 24);
	dlb_device_csr_write(run->device, DLB_SYS_ALARM_PF_SYND0, 0,
			     DLB_SYS_ALARM_PF_SYND0_VALID | DLB_SYS_ALARM_PF_SYND0_MORE);
}
