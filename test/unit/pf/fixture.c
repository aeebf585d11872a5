/* SPDX-License-Identifier: BSD-3-Clause */
/* A device on a model, for tests; see fixture.h. */
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "port.h"
#include "queue.h"

const enum dlb_gen fixture_gens[DLB_GEN_COUNT] = { DLB_V2, DLB_V25 };

const struct dlb_model_conf fixture_devices[DLB_GEN_COUNT + 1] = {
	[DLB_V2] = { .gen = DLB_V2 },
	[DLB_V25] = { .gen = DLB_V25 },
	/* QEs take effect late and in another order than that of their ports, slots know little. */
	[DLB_GEN_COUNT] = { .gen = DLB_V25,
			    .seed = 7,
			    .lag = 40,
			    .noise = true,
			    .relaxed = true,
			    .strict = true },
};

static void
log_write(void *arg, enum dlb_log_level level, const char *format, va_list ap)
{
	struct test_log *log = arg;

	log->lines++;
	log->level = level;
	vsnprintf(log->last, sizeof(log->last), format, ap);
}

struct dlb_log
test_log_to(struct test_log *log)
{
	return (struct dlb_log){ .write = log_write, .arg = log };
}

struct dlb_device_conf
fixture_conf(struct fixture *f)
{
	return (struct dlb_device_conf){
		.log = test_log_to(&f->log),
		.qe_starvation_avoidance = 1,
	};
}

int
fixture_setup(void **state)
{
	const struct dlb_model_conf *device = *state;
	struct fixture *f = calloc(1, sizeof(*f));
	struct dlb_device_conf conf;

	assert_non_null(f);
	f->gen = device->gen;
	model_bus_create_aided(&f->mb, device);
	conf = fixture_conf(f);
	assert_int_equal(dlb_device_create(&f->mb.bus, &conf, &f->device), 0);
	*state = f;
	return 0;
}

int
fixture_teardown(void **state)
{
	struct fixture *f = *state;

	if (f->device != NULL) {
		fixture_check_all_free(f);
		dlb_device_destroy(f->device);
	}
	model_bus_destroy(&f->mb);
	free(f);
	return 0;
}

void
fixture_remember(struct fixture *f)
{
	f->ledger = f->device->ledger;
	f->log.lines = 0;
}

void
fixture_check_refused(struct fixture *f, const char *name, int got, int want, const char *text)
{
	if (got != want)
		fail_msg("%s: %d, not %d (%s)", name, got, want, f->log.last);
	if (f->log.lines != 1 || f->log.level != DLB_LOG_ERROR)
		fail_msg("%s: %u lines were logged, one error was expected", name, f->log.lines);
	if (strstr(f->log.last, text) == NULL)
		fail_msg("%s: \"%s\" was logged, not \"%s\"", name, f->log.last, text);
	if (memcmp(&f->ledger, &f->device->ledger, sizeof(f->ledger)) != 0)
		fail_msg("%s: the ledger has changed", name);
}

void
fixture_check_all_free(struct fixture *f)
{
	const struct dlb_limits *limits = &dlb_limits[f->gen];
	struct dlb_free_counts counts;
	uint32_t kind, cos;

	dlb_device_free_counts(f->device, &counts);
	assert_int_equal(counts.domains, DLB_DOMAINS);
	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		assert_int_equal(counts.queues[kind], limits->queues[kind]);
		assert_int_equal(counts.ports[kind], limits->ports[kind]);
		assert_int_equal(counts.credits[kind], limits->credits[kind]);
	}
	for (cos = 0; cos < DLB_COS_COUNT; cos++)
		assert_int_equal(counts.cos_ports[cos], DLB_COS_PORTS);
	assert_int_equal(counts.aqed_entries, DLB_AQED_ENTRIES);
	assert_int_equal(counts.hist_entries, DLB_HIST_ENTRIES);
	assert_int_equal(counts.hist_entries_contiguous, DLB_HIST_ENTRIES);
	assert_int_equal(dlb_sn_group_occupancy(f->device, 0), 0);
	assert_int_equal(dlb_sn_group_occupancy(f->device, 1), 0);
}

struct dlb_domain *
fixture_domain(struct fixture *f)
{
	struct dlb_domain_conf conf = {
		.queues = { 12, 4 },
		.ports = { 8, 4 },
		.credits = { 2048, dlb_limits[f->gen].has_shared_credits ? 0 : 1024 },
		.aqed_entries = 768,
		.hist_entries = 512,
	};
	struct dlb_domain *domain;

	assert_int_equal(dlb_domain_create(f->device, &conf, &domain), 0);
	return domain;
}

struct dlb_queue *
fixture_queue(struct dlb_domain *domain)
{
	const struct dlb_queue_conf conf = {
		.kind = DLB_LDB,
		.inflights = 2048,
		.aqed_entries = 64,
		.depth_threshold = 256,
	};
	struct dlb_queue *queue;

	assert_int_equal(dlb_queue_create(domain, &conf, &queue), 0);
	return queue;
}

struct dlb_queue *
fixture_ordered_queue(struct dlb_domain *domain)
{
	const struct dlb_queue_conf conf = {
		.kind = DLB_LDB,
		.sequence_numbers = 64,
		.inflights = 64,
		.aqed_entries = 64,
	};
	struct dlb_queue *queue;

	assert_int_equal(dlb_queue_create(domain, &conf, &queue), 0);
	return queue;
}

struct dlb_port *
fixture_port(struct dlb_domain *domain, uint32_t cq_depth)
{
	const struct dlb_port_conf conf = {
		.kind = DLB_LDB,
		.cq_depth = (uint16_t)cq_depth,
		.hist_entries = 64,
		.cos = DLB_COS_ANY,
	};
	struct dlb_port *port;

	assert_int_equal(dlb_port_create(domain, &conf, &port), 0);
	return port;
}

void
fixture_pair(struct dlb_domain *domain, uint32_t cq_depth, struct dlb_queue **queue,
	     struct dlb_port **port)
{
	const struct dlb_port_conf port_conf = {
		.kind = DLB_DIR,
		.cq_depth = (uint16_t)cq_depth,
	};
	struct dlb_queue_conf queue_conf = { .kind = DLB_DIR, .depth_threshold = 256 };

	assert_int_equal(dlb_port_create(domain, &port_conf, port), 0);
	queue_conf.port = *port;
	assert_int_equal(dlb_queue_create(domain, &queue_conf, queue), 0);
}

static void
qe_write(struct fixture *f, const struct dlb_port *port, struct dlb_qe qe)
{
	const struct dlb_qe line[DLB_QES_PER_LINE] = { qe };

	dlb_model_pp_write(f->mb.model, dlb_port_kind(port), dlb_port_id(port), line);
}

void
fixture_send(struct fixture *f, const struct dlb_port *port, const struct dlb_queue *queue,
	     enum dlb_sched sched, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		qe_write(f, port,
			 (struct dlb_qe){
				 .data = i,
				 .qid = (uint8_t)dlb_queue_id(queue),
				 .sched = dlb_qe_sched(sched, 0, 0),
				 .lock_id = (uint16_t)i,
				 .cmd = DLB_CMD_NEW,
			 });
}

void
fixture_forward(struct fixture *f, const struct dlb_port *port, const struct dlb_queue *queue,
		enum dlb_sched sched)
{
	qe_write(f, port,
		 (struct dlb_qe){
			 .qid = (uint8_t)dlb_queue_id(queue),
			 .sched = dlb_qe_sched(sched, 0, 0),
			 .cmd = DLB_CMD_FWD,
		 });
}

void
fixture_complete(struct fixture *f, const struct dlb_port *port, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		qe_write(f, port, (struct dlb_qe){ .cmd = DLB_CMD_REL });
}

void
fixture_pop(struct fixture *f, const struct dlb_port *port, uint32_t tokens)
{
	qe_write(f, port, dlb_qe_pop(tokens));
}

uint32_t
fixture_scheduled(struct dlb_port *port)
{
	struct dlb_port_stats stats;

	dlb_port_stats(port, &stats);
	return (uint32_t)stats.scheduled;
}

uint32_t
fixture_depth(struct dlb_queue *queue)
{
	struct dlb_queue_stats stats;

	dlb_queue_stats(queue, &stats);
	return stats.depth;
}
