/* SPDX-License-Identifier: BSD-3-Clause */
/* Carrying out a case on a device; see device_case.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device_run.h"

#define UNPAID_WATCHED 64 /* slots whose contents are checked after every scheduling */
#define DRAIN_ROUNDS 10000
#define RUN_DRY 100000

static const struct dlb_cqe *
reader_entry(const struct reader *r, uint64_t index)
{
	const uint64_t slot = index & ((1u << r->log2_ring) - 1);

	return (const struct dlb_cqe *)(r->ring + slot * r->stride);
}

static bool
reader_has_entry(const struct reader *r)
{
	const uint8_t gen = dlb_cqe_gen((uint32_t)r->index, r->log2_ring);

	return (reader_entry(r, r->index)->flags & DLB_CQE_GEN) == gen;
}

static void
reader_take(struct device_run *run, uint32_t port, bool is_alone)
{
	struct reader *r = &run->readers[port];
	const struct dlb_cqe cqe = *reader_entry(r, r->index);

	r->seen[r->index & ((1u << r->log2_ring) - 1)] = cqe;
	r->index++;
	oracle_arrive(&run->oracle, port, &cqe, is_alone);
}

/* Slots that have not been paid for must hold what was read there. */
static void
unpaid_check(struct device_run *run, uint32_t port)
{
	struct reader *r = &run->readers[port];
	const uint32_t owed = run->oracle.ports[port].owed;
	const uint32_t watched = owed < UNPAID_WATCHED ? owed : UNPAID_WATCHED;
	uint32_t i, slot;

	for (i = 0; i < watched; i++) {
		slot = (uint32_t)(r->index - owed + i) & ((1u << r->log2_ring) - 1);
		if (memcmp(reader_entry(r, slot), &r->seen[slot], sizeof(r->seen[slot])) != 0)
			violate(run->verdict, "G2",
				"slot %u of port %u is rewritten with %u tokens owed", slot, port,
				owed);
	}
}

static bool
next_is_expected(const struct device_run *run, uint32_t port)
{
	const struct reader *r = &run->readers[port];

	return oracle_expects(&run->oracle, port, reader_entry(r, r->index));
}

/* One of the CQs whose next entry fits; else one that has any. */
static uint32_t
next_arrival(struct device_run *run)
{
	uint32_t port, any = DEVICE_PORTS;

	for (port = 0; port < run->nb_ports; port++) {
		if (!reader_has_entry(&run->readers[port]))
			continue;
		any = port;
		if (next_is_expected(run, port))
			return port;
	}
	return any;
}

/*
 * An entry that does not fit, while one that does stands further back in the ring. Only to be asked about
 * an entry that oracle_expects() would not have.
 */
static void
ring_order_check(struct device_run *run, uint32_t port)
{
	const struct reader *r = &run->readers[port];
	struct reader ahead = *r;

	for (ahead.index++; ahead.index < r->index + (1u << r->log2_ring); ahead.index++) {
		if (!reader_has_entry(&ahead))
			return;
		if (oracle_expects(&run->oracle, port, reader_entry(&ahead, ahead.index)))
			violate(run->verdict, "O9",
				"entry %llu of port %u should stand before entry %llu",
				(unsigned long long)ahead.index, port,
				(unsigned long long)r->index);
	}
}

static void
observe(struct device_run *run, uint32_t scheduled, bool is_alone)
{
	uint32_t port, seen;

	/* Entries that were held back become visible with the next call of the device. */
	if (run->conf->relaxed)
		dlb_device_csr_read(run->device, DLB_SYS_TOTAL_VAS, 0);
	for (seen = 0; verdict_is_clean(run->verdict); seen++) {
		port = next_arrival(run);
		if (port == DEVICE_PORTS)
			break;
		if (!next_is_expected(run, port))
			ring_order_check(run, port);
		reader_take(run, port, is_alone);
	}
	if (seen != scheduled)
		violate(run->verdict, "G1",
			"%u QEs were scheduled, %u can be found where they should be", scheduled,
			seen);
	for (port = 0; port < run->nb_ports; port++)
		unpaid_check(run, port);
}

static bool
has_thresholds(const struct device_run *run)
{
	uint32_t i;

	for (i = 0; i < run->nb_ports; i++) {
		if (run->oracle.ports[i].conf.has_threshold)
			return true;
	}
	return false;
}

/* Schedule up to n QEs; true when the device said that there is nothing more to do. */
static bool
schedule(struct device_run *run, uint32_t n)
{
	uint32_t step, done;
	bool settled;

	/* Whether a port is throttled depends on what it holds at every moment. */
	if (has_thresholds(run))
		device_settle(run);
	while (n > 0 && verdict_is_clean(run->verdict)) {
		step = n < run->conf->batch ? n : run->conf->batch;
		settled = !run->in_transit;
		done = dlb_model_run(run->mb.model, step);
		observe(run, done, done == 1 && settled);
		if (done < step) {
			run->in_transit = false;
			return true;
		}
		n -= step;
	}
	return false;
}

static void
run_dry(struct device_run *run)
{
	while (verdict_is_clean(run->verdict) && !schedule(run, RUN_DRY))
		;
	oracle_quiet(&run->oracle);
}

/* A schedule type that the queue takes, whatever was asked for. */
static enum dlb_sched
type_for(const struct oracle_queue_conf *q, uint32_t type)
{
	while (!(q->types >> (type & 3) & 1))
		type++;
	return (enum dlb_sched)(type & 3);
}

/* All that are owed; or as many as it says, within what is owed unless that is not wanted. */
static uint32_t
tokens_asked(struct device_qe spec, uint32_t owed)
{
	if (spec.count == 0 || owed == 0)
		return owed;
	return spec.forced ? spec.count : 1 + (spec.count - 1u) % owed;
}

static struct dlb_qe
qe_build(const struct device_run *run, uint32_t port, struct device_qe spec, uint64_t data)
{
	const struct oracle *o = &run->oracle;
	const struct oracle_queue_conf *q = &o->queues[spec.queue % run->nb_queues].conf;
	const uint32_t owed = o->ports[port].owed;
	const uint32_t noise = (uint32_t)data * 2654435761u;
	struct dlb_qe qe = { .cmd = (uint8_t)spec.cmd };
	enum dlb_sched type = spec.forced ? (enum dlb_sched)spec.type : type_for(q, spec.type);

	if (spec.cmd & DLB_QE_VALID) {
		qe.data = data;
		qe.opaque = (uint16_t)noise;
		qe.qid = q->qid;
		if (spec.forced && spec.count > 40)
			qe.qid = (uint8_t)run->qid_unknown;
		qe.sched = dlb_qe_sched(type, spec.priority, noise >> 20 & 7);
		/* Neighbours differ in the top bit only: nothing may fold locks together. */
		qe.lock_id = (uint16_t)(spec.flow / 2 * 0x9e37u + (spec.flow & 1) * 0x8000u + 3);
		qe.misc = (uint8_t)(spec.weight << 1);
	} else if (spec.cmd & DLB_QE_TOKEN && spec.cmd != DLB_CMD_ARM) {
		qe.lock_id = (uint16_t)(tokens_asked(spec, owed) - 1) & DLB_QE_POP_COUNT;
	}
	return qe;
}

void
device_settle(struct device_run *run)
{
	if (run->in_transit)
		model_bus_settle(&run->mb);
	run->in_transit = false;
}

/* With a seed, lines of several ports would take effect in an order that nobody knows. */
static void
line_write(struct device_run *run, uint32_t port, const struct dlb_qe line[DLB_QES_PER_LINE])
{
	if (run->conf->seed != 0 && run->writer != port)
		device_settle(run);
	run->writer = port;
	run->in_transit = run->conf->lag != 0;
	dlb_model_pp_write(run->mb.model, dlb_port_kind(run->ports[port]),
			   dlb_port_id(run->ports[port]), line);
}

/* What is sent to be refused must be sure to be; credits that come back early may be there or not. */
static bool
may_be_forced(const struct device_run *run, struct device_qe spec, enum oracle_refusal refusal)
{
	return spec.forced &&
	       !(refusal == REFUSED_ENQUEUE && run->conf->choices & DLB_CHOICE_CREDIT_EARLY);
}

/* The oracle goes first: what a QE may do depends on those before it in the line. */
static void
line_run(struct device_run *run, const struct case_op *op)
{
	const uint32_t port = op->arg[0] % run->nb_ports;
	struct dlb_qe line[DLB_QES_PER_LINE], first = { 0 };
	enum oracle_refusal refusal, why = REFUSED_NOT;
	union device_arg arg;
	uint32_t i, refused = 0;

	for (i = 0; i < DLB_QES_PER_LINE; i++) {
		arg.word = op->arg[1 + i];
		if (arg.qe.forced)
			device_settle(run);
		line[i] = qe_build(run, port, arg.qe, oracle_next_data(&run->oracle));
		refusal = line[i].cmd == DLB_CMD_NOOP ? REFUSED_NOT
						      : oracle_judge(&run->oracle, port, &line[i]);
		if (refusal != REFUSED_NOT && !may_be_forced(run, arg.qe, refusal)) {
			line[i].cmd = DLB_CMD_NOOP;
		} else if (refusal != REFUSED_NOT && refused++ == 0) {
			first = line[i];
			why = refusal;
		}
		oracle_write(&run->oracle, port, &line[i]);
	}
	line_write(run, port, line);
	run->refused += refused;
	if (refused > 0)
		device_settle(run);
	if (refused > 0)
		device_audit_alarm(run, port, &first, why, refused);
	if (run->mb.lint_findings != run->refused)
		violate(run->verdict,
			run->mb.lint_findings > run->refused
				? lint_invariant(run->mb.lint_first)
				: device_refusal_promise(run, port, &first),
			"%u findings, %llu QEs were to be refused; first: %s",
			run->mb.lint_findings, (unsigned long long)run->refused,
			run->mb.lint_first);
}

static void
pay_all(struct device_run *run, uint32_t port)
{
	struct dlb_qe line[DLB_QES_PER_LINE] = { 0 };
	const uint32_t owed = run->oracle.ports[port].owed;

	if (owed == 0)
		return;
	line[owed % DLB_QES_PER_LINE] = dlb_qe_pop(owed);
	oracle_write(&run->oracle, port, &line[owed % DLB_QES_PER_LINE]);
	line_write(run, port, line);
}

static void
complete(struct device_run *run, uint32_t port, uint32_t n)
{
	const struct dlb_qe rel = { .cmd = DLB_CMD_REL };
	struct dlb_qe line[DLB_QES_PER_LINE];
	uint32_t i;

	while (n > 0 && run->oracle.ports[port].held.n > 0) {
		memset(line, 0, sizeof(line));
		for (i = 0; i < DLB_QES_PER_LINE && n > 0; i++) {
			if (run->oracle.ports[port].held.n == 0)
				break;
			line[i] = rel;
			oracle_write(&run->oracle, port, &rel);
			n--;
		}
		line_write(run, port, line);
	}
}

/*
 * Registers are the truth of what is pending. The first look may meet lines in transit; once they have
 * landed, asking changes nothing.
 */
static void
links_look(struct device_run *run)
{
	uint32_t port;

	dlb_device_poll(run->device);
	if (run->in_transit) {
		device_settle(run);
		dlb_device_poll(run->device);
	}
	for (port = 0; port < run->conf->nb_ports; port++)
		oracle_pending(&run->oracle, port, dlb_port_links_pending(run->ports[port]),
			       dlb_port_unlinks_pending(run->ports[port]));
}

static void
link_run(struct device_run *run, uint32_t port, uint32_t queue, uint32_t priority)
{
	const bool unlinking = run->oracle.ports[port].unlinking;
	int ret = dlb_link(run->ports[port], run->queues[queue], priority);

	if (ret == 0)
		oracle_link(&run->oracle, port, queue, true);
	else if (ret != -EBUSY || !unlinking)
		violate(run->verdict, "API", "dlb_link of port %u, queue %u: %d, %s", port, queue,
			ret, run->log);
	links_look(run);
}

static void
unlink_run(struct device_run *run, uint32_t port, uint32_t queue)
{
	const bool linked = run->oracle.ports[port].links[queue] != LINK_NONE;
	const bool is_done = run->oracle.ports[port].links[queue] == LINK_DONE;
	int ret = dlb_unlink(run->ports[port], run->queues[queue]);

	if (ret == 0)
		oracle_unlink(&run->oracle, port, queue);
	if (ret == 0 && is_done && run->oracle.ports[port].held.n > 0 &&
	    dlb_port_unlinks_pending(run->ports[port]) == 0)
		violate(run->verdict, "D5", "port %u is said to be unlinked while it holds %u QEs",
			port, run->oracle.ports[port].held.n);
	if ((ret == 0) != linked)
		violate(run->verdict, "API", "dlb_unlink of port %u, queue %u%s: %d, %s", port,
			queue, linked ? "" : ", not linked", ret, run->log);
	links_look(run);
}

static void
op_run(struct device_run *run, const struct case_op *op)
{
	const uint32_t port = op->arg[0] % run->nb_ports;
	const uint32_t ldb_port = op->arg[0] % run->conf->nb_ports;
	const uint32_t ldb_queue = op->arg[1] % run->conf->nb_queues;

	switch (op->code) {
	case OP_LINE:
		line_run(run, op);
		break;
	case OP_RUN:
		schedule(run, op->arg[0]);
		break;
	case OP_SERVE:
		complete(run, port, 1 + op->arg[1]);
		pay_all(run, port);
		break;
	case OP_LINK:
		link_run(run, ldb_port, ldb_queue, op->arg[2] % DLB_PRIORITIES);
		break;
	case OP_UNLINK:
		unlink_run(run, ldb_port, ldb_queue);
		break;
	case OP_POLL:
		links_look(run);
		break;
	case OP_ENABLE:
		dlb_port_enable(run->ports[port], op->arg[1] != 0);
		oracle_enable(&run->oracle, port, op->arg[1] != 0);
		break;
	default:
		run_dry(run);
		device_audit(run);
		break;
	}
}

/* Queues that nobody serves would keep what they have. */
static void
orphans_link(struct device_run *run)
{
	const struct oracle *o = &run->oracle;
	uint32_t queue, port;

	for (queue = 0; queue < run->conf->nb_queues; queue++) {
		for (port = 0; port < run->conf->nb_ports; port++) {
			if (o->ports[port].links[queue] != LINK_NONE)
				break;
		}
		if (port == run->conf->nb_ports)
			link_run(run, queue % run->conf->nb_ports, queue, 0);
	}
}

static bool
is_empty(const struct oracle *o)
{
	uint32_t i;

	for (i = 0; i < o->conf.nb_ports; i++) {
		if (o->ports[i].held.n + o->ports[i].owed > 0)
			return false;
	}
	return o->credits_used[DLB_LDB] + o->credits_used[DLB_DIR] == 0;
}

/* Consumers resume, and everything has to come out: L1 to L4, and then C8. */
static void
drain(struct device_run *run)
{
	uint32_t port, round;

	for (port = 0; port < run->nb_ports; port++) {
		dlb_port_enable(run->ports[port], true);
		oracle_enable(&run->oracle, port, true);
	}
	run->oracle.has_resumed = true;
	for (round = 0; verdict_is_clean(run->verdict) && round < DRAIN_ROUNDS; round++) {
		for (port = 0; port < run->nb_ports; port++) {
			complete(run, port, UINT32_MAX);
			pay_all(run, port);
		}
		links_look(run);
		orphans_link(run);
		schedule(run, RUN_DRY);
		oracle_quiet(&run->oracle);
		if (is_empty(&run->oracle))
			break;
	}
	if (!is_empty(&run->oracle))
		violate(run->verdict, "L4", "consumers have resumed, and yet events stay inside");
	device_audit(run);
	device_audit_empty(run);
}

void
device_run(const struct test_case *c, struct verdict *v)
{
	struct device_run *run = calloc(1, sizeof(*run));
	uint32_t i;

	if (run == NULL)
		abort();
	run->c = c;
	run->conf = device_config(c);
	run->verdict = v;
	if (device_setup(run)) {
		device_audit_ranges(run);
		for (i = 0; i < c->nb_ops && verdict_is_clean(v); i++) {
			v->op = i;
			op_run(run, &c->ops[i]);
			if (i % run->conf->audit == 0)
				device_audit(run);
		}
		if (!run->conf->resets && verdict_is_clean(v))
			drain(run);
	}
	device_teardown(run);
	free(run);
}
