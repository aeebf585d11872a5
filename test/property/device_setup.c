/* SPDX-License-Identifier: BSD-3-Clause */
/* From a configuration to a device with queues, ports and links, and back. */
#include <stdio.h>
#include <string.h>

#include "device_run.h"

static uint32_t
min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t
max_u32(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t
or_else(uint32_t value, uint32_t otherwise)
{
	return value != 0 ? value : otherwise;
}

static void
log_write(void *arg, enum dlb_log_level level, const char *format, va_list ap)
{
	struct device_run *run = arg;

	(void)level;
	vsnprintf(run->log, sizeof(run->log), format, ap);
}

static bool
worked(struct device_run *run, const char *call, int ret)
{
	if (ret < 0)
		violate(run->verdict, "API", "%s: %d, %s", call, ret, run->log);
	return ret >= 0;
}

/* Shrinking may ask for anything: what follows makes it something that has to work. */

static struct dlb_queue_conf
ldb_queue_conf(const struct device_queue *q)
{
	return (struct dlb_queue_conf){
		.kind = DLB_LDB,
		.depth_threshold = (uint16_t)q->threshold,
		.sequence_numbers = (uint16_t)q->window,
		.inflights = (uint16_t)min_u32(max_u32(q->inflights, 1),
					       q->window != 0 ? q->window : 2048),
		.aqed_entries = (uint16_t)q->staged,
		.flow_limit = (uint16_t)q->flows,
		.lock_ids = q->lock_ids,
	};
}

static uint32_t
queue_types(const struct device_queue *q)
{
	return (q->staged != 0 ? 1u << DLB_SCHED_ATOMIC : 0) |
	       1u << (q->window != 0 ? DLB_SCHED_ORDERED : DLB_SCHED_UNORDERED);
}

static struct dlb_port_conf
ldb_port_conf(const struct device_config *conf, const struct device_port *p)
{
	const bool v25 = dlb_limits[conf->gen].has_cq_weight;
	const uint32_t depth = 1u << min_u32(p->log2_depth, 10);
	const uint32_t hist = max_u32(p->hist, 1);

	return (struct dlb_port_conf){
		.kind = DLB_LDB,
		.cq_depth = (uint16_t)depth,
		.hist_entries = (uint16_t)hist,
		.cos = DLB_COS_ANY,
		.cq_weight_limit = (uint16_t)(v25 ? min_u32(p->load_limit, depth) : 0),
		.inflight_threshold = (uint16_t)(v25 ? min_u32(p->threshold, hist) : 0),
	};
}

/* Entries that a CQ must be able to owe for: with DLB_CHOICE_FULL_EARLY deep ones take fewer. */
static uint32_t
port_full(const struct device_config *conf, uint32_t depth)
{
	return conf->choices & DLB_CHOICE_FULL_EARLY && depth >= 16 ? depth - 4 : depth;
}

static bool
queues_create(struct device_run *run, struct oracle_conf *oc)
{
	const struct device_config *conf = run->conf;
	struct dlb_queue_conf qc;
	uint32_t i;

	for (i = 0; i < conf->nb_queues; i++) {
		qc = ldb_queue_conf(&conf->queues[i]);
		if (qc.sequence_numbers != 0 &&
		    !worked(run, "dlb_sn_group_fit",
			    dlb_sn_group_fit(run->device, qc.sequence_numbers)))
			return false;
		if (!worked(run, "dlb_queue_create",
			    dlb_queue_create(run->domain, &qc, &run->queues[i])))
			return false;
		oc->queues[i] = (struct oracle_queue_conf){
			.kind = DLB_LDB,
			.qid = (uint8_t)dlb_queue_id(run->queues[i]),
			.types = (uint8_t)queue_types(&conf->queues[i]),
			.inflights = qc.inflights,
			.window = qc.sequence_numbers,
			.staged = qc.aqed_entries,
			.flows = or_else(qc.flow_limit, 512),
			.threshold = qc.depth_threshold,
			.hashed = qc.lock_ids != 0,
		};
	}
	return true;
}

static bool
ports_create(struct device_run *run, struct oracle_conf *oc)
{
	const struct device_config *conf = run->conf;
	struct dlb_port_conf pc;
	uint32_t i;

	for (i = 0; i < conf->nb_ports; i++) {
		pc = ldb_port_conf(conf, &conf->ports[i]);
		if (!worked(run, "dlb_port_create",
			    dlb_port_create(run->domain, &pc, &run->ports[i])))
			return false;
		oc->ports[i] = (struct oracle_port_conf){
			.kind = DLB_LDB,
			.depth = pc.cq_depth,
			.full = port_full(conf, pc.cq_depth),
			.hist = pc.hist_entries,
			.load_limit = pc.cq_weight_limit,
			.has_threshold = pc.inflight_threshold != 0,
			.threshold = pc.inflight_threshold,
		};
	}
	return true;
}

static bool
pair_create(struct device_run *run, struct oracle_conf *oc, uint32_t pair)
{
	const struct device_pair *p = &run->conf->pairs[pair];
	const uint32_t port = run->conf->nb_ports + pair, queue = run->conf->nb_queues + pair;
	struct dlb_port_conf pc = { .kind = DLB_DIR,
				    .cq_depth = (uint16_t)(1u << min_u32(p->log2_depth, 10)) };
	struct dlb_queue_conf qc = { .kind = DLB_DIR, .depth_threshold = (uint16_t)p->threshold };

	if (!worked(run, "dlb_port_create", dlb_port_create(run->domain, &pc, &run->ports[port])))
		return false;
	qc.port = run->ports[port];
	if (!worked(run, "dlb_queue_create",
		    dlb_queue_create(run->domain, &qc, &run->queues[queue])))
		return false;
	oc->ports[port] = (struct oracle_port_conf){
		.kind = DLB_DIR,
		.depth = pc.cq_depth,
		.full = port_full(run->conf, pc.cq_depth),
	};
	oc->queues[queue] = (struct oracle_queue_conf){
		.kind = DLB_DIR,
		.qid = (uint8_t)dlb_queue_id(run->queues[queue]),
		.types = 1u << DLB_SCHED_DIRECTED,
		.threshold = qc.depth_threshold,
	};
	return true;
}

static void
reader_create(struct device_run *run, uint32_t port, const struct oracle_port_conf *pc)
{
	const uint32_t ring = dlb_cq_ring(pc->depth);

	run->readers[port].ring = dlb_port_cq(run->ports[port]);
	run->readers[port].log2_ring = (uint32_t)__builtin_ctz(ring);
	run->readers[port].stride =
		dlb_cq_stride(run->conf->sparse[pc->kind] ? DLB_CQ_SPARSE : DLB_CQ_DENSE);
}

static bool
links_create(struct device_run *run)
{
	const struct device_config *conf = run->conf;
	uint32_t port, queue;

	for (port = 0; port < conf->nb_ports; port++) {
		for (queue = 0; queue < conf->nb_queues; queue++) {
			if (!(conf->ports[port].links >> queue & 1))
				continue;
			if (!worked(run, "dlb_link",
				    dlb_link(run->ports[port], run->queues[queue],
					     conf->ports[port].priorities >> 3 * queue & 7)))
				return false;
			oracle_link(&run->oracle, port, queue, false);
		}
	}
	return true;
}

static bool
domain_create(struct device_run *run, struct oracle_conf *oc)
{
	const struct device_config *conf = run->conf;
	const bool shared = dlb_limits[conf->gen].has_shared_credits;
	struct dlb_domain_conf dc = {
		.queues = { (uint16_t)conf->nb_queues, (uint16_t)conf->nb_pairs },
		.ports = { (uint16_t)conf->nb_ports, (uint16_t)conf->nb_pairs },
		.credits = { (uint16_t)conf->credits[DLB_LDB],
			     (uint16_t)(shared ? 0 : conf->credits[DLB_DIR]) },
	};
	uint32_t i;

	for (i = 0; i < conf->nb_queues; i++)
		dc.aqed_entries += (uint16_t)conf->queues[i].staged;
	for (i = 0; i < conf->nb_ports; i++)
		dc.hist_entries += (uint16_t)max_u32(conf->ports[i].hist, 1);
	for (i = 0; i < DLB_KIND_COUNT; i++)
		oc->credits[i] = dc.credits[i];
	oc->has_shared_credits = shared;
	dlb_device_free_counts(run->device, &run->free);
	return worked(run, "dlb_domain_create", dlb_domain_create(run->device, &dc, &run->domain));
}

static bool
device_create(struct device_run *run)
{
	const struct device_config *conf = run->conf;
	const struct dlb_device_conf dc = {
		.log = { .write = log_write, .arg = run },
		.cq_mode = { conf->sparse[DLB_LDB] ? DLB_CQ_SPARSE : DLB_CQ_DENSE,
			     conf->sparse[DLB_DIR] ? DLB_CQ_SPARSE : DLB_CQ_DENSE },
		.qe_starvation_avoidance = (uint8_t)conf->starve,
		.queue_starvation_avoidance = (uint8_t)conf->starve,
	};
	const uint32_t alarms = DLB_SYS_INGRESS_ALARM_ENBL_ILLEGAL_HCW |
				DLB_SYS_INGRESS_ALARM_ENBL_ILLEGAL_QID |
				DLB_SYS_INGRESS_ALARM_ENBL_DISABLED_QID |
				DLB_SYS_INGRESS_ALARM_ENBL_ILLEGAL_LDB_QID_CFG;

	const struct dlb_model_conf aids = {
		.gen = conf->gen,
		.choices = conf->choices & DLB_CHOICES_ALL,
		.seed = conf->seed,
		.lag = min_u32(conf->lag, DLB_MODEL_LAG_MAX),
		.noise = conf->noise,
		.relaxed = conf->relaxed,
		.strict = conf->strict,
	};

	model_bus_create_aided(&run->mb, &aids);
	if (!worked(run, "dlb_device_create", dlb_device_create(&run->mb.bus, &dc, &run->device)))
		return false;
	return worked(run, "dlb_device_csr_write",
		      dlb_device_csr_write(run->device, DLB_SYS_INGRESS_ALARM_ENBL, 0, alarms));
}

bool
device_setup(struct device_run *run)
{
	const struct device_config *conf = run->conf;
	struct oracle_conf oc = {
		.weightless = conf->choices & DLB_CHOICE_WEIGHTLESS,
		.staged_long = conf->choices & DLB_CHOICE_STAGED_LONG,
	};
	uint32_t i;

	run->nb_queues = oc.nb_queues = conf->nb_queues + conf->nb_pairs;
	run->nb_ports = oc.nb_ports = conf->nb_ports + conf->nb_pairs;
	run->qid_unknown = dlb_limits[conf->gen].queues[DLB_LDB] - 1;
	if (!device_create(run) || !domain_create(run, &oc) || !queues_create(run, &oc) ||
	    !ports_create(run, &oc))
		return false;
	for (i = 0; i < conf->nb_pairs; i++) {
		if (!pair_create(run, &oc, i))
			return false;
	}
	oracle_create(&run->oracle, &oc, (uint32_t)run->c->seed | 1, run->verdict);
	for (i = 0; i < run->nb_ports; i++)
		reader_create(run, i, &oc.ports[i]);
	for (i = 0; i < conf->nb_pairs; i++)
		oracle_link(&run->oracle, conf->nb_ports + i, conf->nb_queues + i, false);
	if (!links_create(run))
		return false;
	return worked(run, "dlb_domain_start", dlb_domain_start(run->domain));
}

static void
ledger_check(struct device_run *run)
{
	struct dlb_free_counts now;
	uint32_t group;

	dlb_device_free_counts(run->device, &now);
	/* Slots are counted in the mode that their group has, which the case may have changed. */
	memcpy(now.sn_slots, run->free.sn_slots, sizeof(now.sn_slots));
	for (group = 0; group < DLB_SN_GROUPS; group++) {
		if (dlb_sn_group_occupancy(run->device, group) != 0)
			violate(run->verdict, "C5", "sequence-number group %u has slots in use",
				group);
	}
	if (memcmp(&now, &run->free, sizeof(now)) != 0)
		violate(run->verdict, "C5", "the domain is gone, but not all of it is free again");
}

void
device_teardown(struct device_run *run)
{
	if (run->domain != NULL) {
		worked(run, "dlb_domain_destroy", dlb_domain_destroy(run->domain));
		ledger_check(run);
	}
	if (run->mb.lint_findings > run->refused)
		violate(run->verdict, lint_invariant(run->mb.lint_first), "%u findings, first: %s",
			run->mb.lint_findings, run->mb.lint_first);
	if (run->device != NULL)
		dlb_device_destroy(run->device);
	if (run->mb.lint_findings > run->refused)
		violate(run->verdict, lint_invariant(run->mb.lint_first), "%u findings, first: %s",
			run->mb.lint_findings, run->mb.lint_first);
	run->mb.lint_findings = 0;
	model_bus_destroy(&run->mb);
	oracle_destroy(&run->oracle);
}
