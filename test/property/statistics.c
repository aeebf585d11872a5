/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Priority and share, P1 to P5 of datapath.md: what the device does on the whole, with wide margins. No
 * seed is needed: arrivals are in a fixed order, and only counts are judged.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dlb_pf.h"
#include "model_bus.h"
#include "verdict.h"

#define QUEUES 2
#define PORTS 2
#define DEPTH 8
#define PER_BIN 100
#define DECISIONS 6000

/* One device: each port reads its CQ and pays at once, so that there is always room. */
struct bench {
	struct model_bus mb;
	struct verdict *verdict;
	struct dlb_device *device;
	struct dlb_domain *domain;
	struct dlb_queue *queues[QUEUES];
	struct dlb_port *ports[PORTS];
	enum dlb_kind kind;
	uint32_t nb_ports;
	uint32_t read[PORTS];
};

struct bench_conf {
	enum dlb_gen gen;
	enum dlb_kind kind;
	uint32_t nb_queues, nb_ports;
	uint8_t qe_starvation, queue_starvation;
	uint8_t bandwidth[DLB_COS_COUNT];
	bool spread_classes; /* each port in a class of its own */
};

static void
log_write(void *arg, enum dlb_log_level level, const char *format, va_list ap)
{
	(void)arg;
	(void)level;
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
}

static bool
worked(struct bench *b, int ret)
{
	if (ret < 0)
		violate(b->verdict, "API", "set-up fails: %d", ret);
	return ret >= 0;
}

static bool
port_create(struct bench *b, const struct bench_conf *conf, uint32_t i)
{
	const struct dlb_port_conf pc = {
		.kind = conf->kind,
		.cq_depth = DEPTH,
		.hist_entries = conf->kind == DLB_LDB ? DEPTH : 0,
		.cos = (uint8_t)(conf->kind == DLB_DIR  ? 0
				 : conf->spread_classes ? i
							: DLB_COS_ANY),
		.cos_strict = conf->spread_classes,
	};

	return worked(b, dlb_port_create(b->domain, &pc, &b->ports[i]));
}

static bool
queue_create(struct bench *b, const struct bench_conf *conf, uint32_t i)
{
	const bool is_ldb = conf->kind == DLB_LDB;
	const struct dlb_queue_conf qc = {
		.kind = conf->kind,
		.inflights = is_ldb ? 2048 : 0,
		.aqed_entries = is_ldb ? 1024 : 0,
		.flow_limit = is_ldb ? 2047 : 0,
		.port = is_ldb ? NULL : b->ports[i],
	};

	return worked(b, dlb_queue_create(b->domain, &qc, &b->queues[i]));
}

static bool
bench_create(struct bench *b, const struct bench_conf *conf, struct verdict *v)
{
	struct dlb_device_conf dc = {
		.log = { .write = log_write },
		.qe_starvation_avoidance = conf->qe_starvation,
		.queue_starvation_avoidance = conf->queue_starvation,
	};
	struct dlb_domain_conf domain = { .credits = { 4096, 0 } };
	uint32_t i;

	memset(b, 0, sizeof(*b));
	b->verdict = v;
	b->kind = conf->kind;
	b->nb_ports = conf->nb_ports;
	memcpy(dc.cos_bandwidth, conf->bandwidth, sizeof(dc.cos_bandwidth));
	domain.queues[conf->kind] = (uint16_t)conf->nb_queues;
	domain.aqed_entries = conf->kind == DLB_LDB ? 2048 : 0;
	domain.hist_entries = conf->kind == DLB_LDB ? PORTS * DEPTH : 0;
	if (!dlb_limits[conf->gen].has_shared_credits)
		domain.credits[DLB_DIR] = 2048;
	if (conf->spread_classes)
		domain.cos_ports[0] = domain.cos_ports[1] = 1;
	else
		domain.ports[conf->kind] = (uint16_t)conf->nb_ports;

	model_bus_create(&b->mb, conf->gen);
	if (!worked(b, dlb_device_create(&b->mb.bus, &dc, &b->device)) ||
	    !worked(b, dlb_domain_create(b->device, &domain, &b->domain)))
		return false;
	for (i = 0; i < conf->nb_ports; i++) {
		if (!port_create(b, conf, i))
			return false;
	}
	for (i = 0; i < conf->nb_queues; i++) {
		if (!queue_create(b, conf, i))
			return false;
	}
	return true;
}

static void
bench_destroy(struct bench *b)
{
	if (b->device != NULL)
		dlb_device_destroy(b->device);
	if (b->mb.lint_findings > 0)
		violate(b->verdict, "LINT", "%s", b->mb.lint_first);
	b->mb.lint_findings = 0;
	model_bus_destroy(&b->mb);
}

static void
qe_write(struct bench *b, uint32_t port, struct dlb_qe qe)
{
	const struct dlb_qe line[DLB_QES_PER_LINE] = { qe };

	dlb_model_pp_write(b->mb.model, b->kind, dlb_port_id(b->ports[port]), line);
}

/* Every QE has a flow of its own, so that locks bind none of them. */
static void
send(struct bench *b, uint32_t queue, enum dlb_sched type, uint32_t priority, uint32_t flow)
{
	qe_write(b, 0,
		 (struct dlb_qe){
			 .data = (uint64_t)queue << 32 | priority,
			 .qid = (uint8_t)dlb_queue_id(b->queues[queue]),
			 .sched = dlb_qe_sched(type, priority, 0),
			 .lock_id = (uint16_t)flow,
			 .cmd = DLB_CMD_NEW,
		 });
}

/* Let the device schedule one QE; the port that gets it completes and pays. False: there is none. */
static bool
step(struct bench *b, uint32_t *port, uint64_t *data)
{
	const struct dlb_cqe *cqe;
	uint32_t i;

	if (dlb_model_run(b->mb.model, 1) == 0)
		return false;
	for (i = 0; i < b->nb_ports; i++) {
		cqe = (const struct dlb_cqe *)dlb_port_cq(b->ports[i]) + b->read[i] % DEPTH;
		if ((cqe->flags & DLB_CQE_GEN) != dlb_cqe_gen(b->read[i], 3))
			continue;
		b->read[i]++;
		*port = i;
		*data = cqe->data;
		qe_write(b, i,
			 (struct dlb_qe){ .cmd = b->kind == DLB_LDB ? DLB_CMD_REL_POP
								    : DLB_CMD_POP });
		return true;
	}
	violate(b->verdict, "G1", "a QE was scheduled and cannot be found");
	return false;
}

/* The three kinds of list that have bins. */
static const struct part {
	const char *name;
	enum dlb_kind kind;
	enum dlb_sched type;
} parts[] = {
	{ "unordered", DLB_LDB, DLB_SCHED_UNORDERED },
	{ "atomic", DLB_LDB, DLB_SCHED_ATOMIC },
	{ "directed", DLB_DIR, DLB_SCHED_DIRECTED },
};

static bool
one_queue(struct bench *b, enum dlb_gen gen, const struct part *part, uint8_t starvation,
	  struct verdict *v)
{
	const struct bench_conf conf = {
		.gen = gen,
		.kind = part->kind,
		.nb_queues = 1,
		.nb_ports = 1,
		.qe_starvation = starvation,
	};

	if (!bench_create(b, &conf, v))
		return false;
	if (part->kind == DLB_LDB && !worked(b, dlb_link(b->ports[0], b->queues[0], 0)))
		return false;
	return worked(b, dlb_domain_start(b->domain));
}

/* P1: strict arbiters serve a bin only when those before it are empty. */
static void
strict_bins(enum dlb_gen gen, struct verdict *v)
{
	struct bench b;
	uint32_t i, k, port, bin, left[DLB_BINS];
	uint64_t data;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!one_queue(&b, gen, &parts[i], 0, v))
			return;
		for (k = 0; k < PER_BIN * DLB_PRIORITIES; k++)
			send(&b, 0, parts[i].type, DLB_PRIORITIES - 1 - k % DLB_PRIORITIES, k);
		for (k = 0; k < DLB_BINS; k++)
			left[k] = 2 * PER_BIN;
		while (step(&b, &port, &data)) {
			bin = (uint32_t)data / 2;
			left[bin]--;
			for (k = 0; k < bin; k++) {
				if (left[k] > 0)
					violate(v, "P1",
						"%s bin %u is served with %u left in bin %u",
						parts[i].name, bin, left[k], k);
			}
		}
		bench_destroy(&b);
	}
}

/* Serve for a while, with all priorities backlogged all the time. */
static void
serve_backlog(struct bench *b, enum dlb_sched type, uint32_t served[DLB_PRIORITIES])
{
	uint32_t i, port, flow = 0;
	uint64_t data;

	memset(served, 0, DLB_PRIORITIES * sizeof(served[0]));
	for (i = 0; i < 20 * DLB_PRIORITIES; i++)
		send(b, 0, type, i % DLB_PRIORITIES, flow++);
	for (i = 0; i < DECISIONS && step(b, &port, &data); i++) {
		served[(uint32_t)data]++;
		send(b, 0, type, (uint32_t)data, flow++);
	}
}

/* P2: with the default of one percent no bin starves; P3: the two priorities of a bin are alike. */
static void
fair_bins(enum dlb_gen gen, struct verdict *v)
{
	uint32_t served[DLB_PRIORITIES];
	struct bench b;
	uint32_t i, bin, sum;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!one_queue(&b, gen, &parts[i], 1, v))
			return;
		serve_backlog(&b, parts[i].type, served);
		for (bin = 0; bin < DLB_BINS; bin++) {
			sum = served[2 * bin] + served[2 * bin + 1];
			if (sum < DECISIONS / 1000)
				violate(v, "P2", "%s bin %u is served %u times of %u",
					parts[i].name, bin, sum, DECISIONS);
			if (bin > 0 && sum > DECISIONS / 10)
				violate(v, "P2",
					"%s bin %u is served %u times of %u, at one percent",
					parts[i].name, bin, sum, DECISIONS);
			if (4 * served[2 * bin] < sum || 4 * served[2 * bin + 1] < sum)
				violate(v, "P3", "%s priorities %u and %u: %u and %u",
					parts[i].name, 2 * bin, 2 * bin + 1, served[2 * bin],
					served[2 * bin + 1]);
		}
		bench_destroy(&b);
	}
}

/* Of two backlogged queues of one CQ, the one that is served when it comes to it. */
static void
favourite_check(struct bench *b, uint32_t want, const char *when)
{
	uint32_t i, port, served[QUEUES] = { 0 };
	uint64_t data;

	for (i = 0; i < 2 * PER_BIN; i++)
		send(b, i % QUEUES, DLB_SCHED_UNORDERED, 0, i);
	for (i = 0; i < PER_BIN && step(b, &port, &data); i++)
		served[data >> 32]++;
	if (served[want] < PER_BIN * 9 / 10)
		violate(b->verdict, "P4", "%s queue %u comes first, but is served %u times of %u",
			when, want, served[want], PER_BIN);
	while (step(b, &port, &data))
		;
}

/* P4, inside one CQ, and when priorities change while the device runs. */
static void
link_priorities(enum dlb_gen gen, struct verdict *v)
{
	const struct bench_conf conf = {
		.gen = gen, .kind = DLB_LDB, .nb_queues = 2, .nb_ports = 1
	};
	struct bench b;

	if (!bench_create(&b, &conf, v) || !worked(&b, dlb_link(b.ports[0], b.queues[0], 6)) ||
	    !worked(&b, dlb_link(b.ports[0], b.queues[1], 2)) ||
	    !worked(&b, dlb_domain_start(b.domain)))
		return;
	favourite_check(&b, 1, "as created,");
	worked(&b, dlb_link(b.ports[0], b.queues[0], 0));
	favourite_check(&b, 0, "once its priority has changed,");
	bench_destroy(&b);
}

/* P4, across CQs: a link's priority means nothing to other CQs. */
static void
links_apart(enum dlb_gen gen, struct verdict *v)
{
	const struct bench_conf conf = {
		.gen = gen, .kind = DLB_LDB, .nb_queues = 2, .nb_ports = 2
	};
	uint32_t i, port, served[PORTS] = { 0 };
	struct bench b;
	uint64_t data;

	if (!bench_create(&b, &conf, v) || !worked(&b, dlb_link(b.ports[0], b.queues[0], 0)) ||
	    !worked(&b, dlb_link(b.ports[1], b.queues[1], 7)) ||
	    !worked(&b, dlb_domain_start(b.domain)))
		return;
	for (i = 0; i < 8 * PER_BIN; i++)
		send(&b, i % QUEUES, DLB_SCHED_UNORDERED, 0, i);
	for (i = 0; i < 4 * PER_BIN && step(&b, &port, &data); i++)
		served[port]++;
	if (4 * served[0] < i || 4 * served[1] < i)
		violate(v, "P4", "CQs with one queue each get %u and %u", served[0], served[1]);
	bench_destroy(&b);
}

/* P5: two classes with three quarters and one quarter; then one of them alone. */
static void
class_shares(enum dlb_gen gen, struct verdict *v)
{
	const struct bench_conf conf = {
		.gen = gen,
		.kind = DLB_LDB,
		.nb_queues = 1,
		.nb_ports = 2,
		.bandwidth = { 75, 25, 0, 0 },
		.spread_classes = true,
	};
	uint32_t i, port, served[PORTS] = { 0 };
	struct bench b;
	uint64_t data;

	if (!bench_create(&b, &conf, v) || !worked(&b, dlb_link(b.ports[0], b.queues[0], 0)) ||
	    !worked(&b, dlb_link(b.ports[1], b.queues[0], 0)) ||
	    !worked(&b, dlb_domain_start(b.domain)))
		return;
	for (i = 0; i < 2048; i++)
		send(&b, 0, DLB_SCHED_UNORDERED, 0, i);
	for (i = 0; i < 1024 && step(&b, &port, &data); i++)
		served[port]++;
	if (served[0] < i * 65 / 100 || served[0] > i * 85 / 100)
		violate(v, "P5", "classes with 75 %% and 25 %% get %u and %u", served[0],
			served[1]);
	dlb_port_enable(b.ports[0], false);
	for (i = 0; i < 512 && step(&b, &port, &data);)
		i++;
	if (i < 512)
		violate(v, "P5", "the share of a class that is idle is not used");
	bench_destroy(&b);
}

/*
 * P5: half of all bandwidth belongs to classes without a CQ. Of two classes with a quarter each, one
 * may have what is left over and the other must not.
 */
static void
class_limits(enum dlb_gen gen, struct verdict *v)
{
	const struct bench_conf conf = {
		.gen = gen,
		.kind = DLB_LDB,
		.nb_queues = 1,
		.nb_ports = 2,
		.bandwidth = { 25, 25, 50, 0 },
		.spread_classes = true,
	};
	uint32_t i, port, range, served[PORTS] = { 0 };
	struct bench b;
	uint64_t data;

	if (!bench_create(&b, &conf, v) || !worked(&b, dlb_link(b.ports[0], b.queues[0], 0)) ||
	    !worked(&b, dlb_link(b.ports[1], b.queues[0], 0)) ||
	    !worked(&b, dlb_domain_start(b.domain)))
		return;
	range = dlb_device_csr_read(b.device, DLB_LSP_CFG_SHDW_RANGE_COS, 0);
	dlb_device_csr_write(b.device, DLB_LSP_CFG_SHDW_RANGE_COS, 0,
			     range | DLB_LSP_CFG_SHDW_RANGE_COS_NO_EXTRA_CREDIT);
	dlb_device_csr_write(b.device, DLB_LSP_CFG_SHDW_CTRL, 0, DLB_LSP_CFG_SHDW_CTRL_TRANSFER);
	for (i = 0; i < 3072; i++)
		send(&b, 0, DLB_SCHED_UNORDERED, 0, i);
	for (i = 0; i < 2048 && step(&b, &port, &data); i++)
		served[port]++;
	if (served[0] < i * 15 / 100 || served[0] > i * 35 / 100)
		violate(v, "P5", "a class of 25 %% without extra credit gets %u of %u", served[0],
			i);
	bench_destroy(&b);
}

int
main(void)
{
	static const struct {
		const char *name;
		void (*run)(enum dlb_gen gen, struct verdict *v);
	} tests[] = {
		{ "P1, strict bins", strict_bins },
		{ "P2 and P3, no bin starves, and both priorities of a bin are alike", fair_bins },
		{ "P4, links of one CQ", link_priorities },
		{ "P4, links of several CQs", links_apart },
		{ "P5, classes of service", class_shares },
		{ "P5, a class without extra credit", class_limits },
	};
	uint32_t i, gen, failed = 0;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		for (gen = 0; gen < DLB_GEN_COUNT; gen++) {
			struct verdict v = { 0 };

			tests[i].run(gen, &v);
			printf("%s: DLB %s: %s\n", tests[i].name, dlb_limits[gen].name,
			       verdict_is_clean(&v) ? "holds" : "is broken");
			if (!verdict_is_clean(&v))
				printf("VIOLATION %s: %s\n", v.invariant, v.text);
			failed += !verdict_is_clean(&v);
		}
	}
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
