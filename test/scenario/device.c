/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Scenarios of datapath.md, "Scenarios worth a directed test each", that are the device's: lib/dlb_pf on
 * the model, lines written and CQs read as a core would. The number of each stands above it.
 */
#include "fixture.h"

#include <stdlib.h>

#define AQED_SHARE 64
#define LAPS 10

/* A CQ and its reader. */
struct consumer {
	struct fixture *f;
	struct dlb_port *port;
	uint32_t depth, index;
};

static struct consumer
consumer_of(struct fixture *f, struct dlb_port *port, uint32_t depth)
{
	return (struct consumer){ .f = f, .port = port, .depth = depth };
}

/* The next entry, or NULL. */
static const struct dlb_cqe *
consumer_next(struct consumer *c)
{
	const uint32_t ring = dlb_cq_ring(c->depth);
	const uint32_t log2_ring = (uint32_t)__builtin_ctz(ring);
	const struct dlb_cqe *cqe =
		(const struct dlb_cqe *)dlb_port_cq(c->port) + (c->index & (ring - 1));

	if ((cqe->flags & DLB_CQE_GEN) != dlb_cqe_gen(c->index, log2_ring))
		return NULL;
	c->index++;
	return cqe;
}

/* Read everything that is there; the data must count up from first. Returns how many there were. */
static uint32_t
consumer_drain(struct consumer *c, uint64_t first)
{
	const struct dlb_cqe *cqe;
	uint32_t n;

	for (n = 0; (cqe = consumer_next(c)) != NULL; n++)
		assert_int_equal(cqe->data, first + n);
	return n;
}

static void
line_write(struct fixture *f, const struct dlb_port *port,
	   const struct dlb_qe line[DLB_QES_PER_LINE])
{
	dlb_model_pp_write(f->mb.model, dlb_port_kind(port), dlb_port_id(port), line);
}

static struct dlb_qe
qe_to(const struct dlb_queue *queue, enum dlb_cmd cmd, enum dlb_sched type, uint64_t data,
      uint32_t flow)
{
	return (struct dlb_qe){
		.data = data,
		.qid = (uint8_t)dlb_queue_id(queue),
		.sched = dlb_qe_sched(type, 0, 0),
		.lock_id = (uint16_t)flow,
		.cmd = (uint8_t)cmd,
	};
}

static void
qe_write(struct fixture *f, const struct dlb_port *port, struct dlb_qe qe)
{
	const struct dlb_qe line[DLB_QES_PER_LINE] = { qe };

	line_write(f, port, line);
}

/* 1: shallow CQs get no more than their depth, lap after lap. */
static void
shallow_cqs_lap(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue;
	struct dlb_port *port;
	struct consumer c;
	uint32_t depth, i;

	for (depth = 1; depth <= 4; depth *= 2) {
		fixture_pair(domain, depth, &queue, &port);
		if (depth == 4)
			assert_int_equal(dlb_domain_start(domain), 0);
	}
	c = consumer_of(f, port, 4);
	for (i = 0; i < LAPS * DLB_CQ_RING_MIN / 4; i++) {
		fixture_send(f, port, queue, DLB_SCHED_DIRECTED, 8);
		model_bus_run(&f->mb);
		assert_int_equal(consumer_drain(&c, 0), 4);
		fixture_pop(f, port, 4);
		model_bus_run(&f->mb);
		assert_int_equal(consumer_drain(&c, 4), 4);
		fixture_pop(f, port, 4);
	}
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

/* 1: the same with one CQ for each depth that is withheld. */
static void
every_shallow_depth(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain;
	struct dlb_queue *queue;
	struct dlb_port *port;
	struct consumer c;
	uint32_t depth, i;

	for (depth = 1; depth <= DLB_CQ_RING_MIN; depth *= 2) {
		domain = fixture_domain(f);
		fixture_pair(domain, depth, &queue, &port);
		assert_int_equal(dlb_domain_start(domain), 0);
		c = consumer_of(f, port, depth);
		for (i = 0; i < LAPS * DLB_CQ_RING_MIN / depth; i++) {
			fixture_send(f, port, queue, DLB_SCHED_DIRECTED, depth);
			fixture_send(f, port, queue, DLB_SCHED_DIRECTED, depth);
			model_bus_run(&f->mb);
			assert_int_equal(consumer_drain(&c, 0), depth);
			fixture_pop(f, port, depth);
			model_bus_run(&f->mb);
			assert_int_equal(consumer_drain(&c, 0), depth);
			fixture_pop(f, port, depth);
		}
		assert_int_equal(dlb_domain_destroy(domain), 0);
	}
}

/* 1: the deepest CQ, filled and paid for with one pop. */
static void
one_pop_for_a_thousand(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue;
	struct dlb_port *port;
	struct consumer c;
	uint32_t lap;

	fixture_pair(domain, DLB_CQ_DEPTH_MAX, &queue, &port);
	assert_int_equal(dlb_domain_start(domain), 0);
	c = consumer_of(f, port, DLB_CQ_DEPTH_MAX);
	for (lap = 0; lap < LAPS; lap++) {
		fixture_send(f, port, queue, DLB_SCHED_DIRECTED, DLB_CQ_DEPTH_MAX);
		model_bus_run(&f->mb);
		assert_int_equal(consumer_drain(&c, 0), DLB_CQ_DEPTH_MAX);
		fixture_pop(f, port, DLB_CQ_DEPTH_MAX);
	}
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

/* 3: a token pop beside forwards, in each slot of the line. */
static void
pop_in_every_slot(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue = fixture_queue(domain);
	struct dlb_port *port = fixture_port(domain, 16);
	struct consumer c = consumer_of(f, port, 16);
	struct dlb_port_stats stats;
	struct dlb_qe line[DLB_QES_PER_LINE];
	uint32_t slot, i;
	uint64_t data;

	assert_int_equal(dlb_link(port, queue, 0), 0);
	assert_int_equal(dlb_domain_start(domain), 0);
	fixture_send(f, port, queue, DLB_SCHED_ATOMIC, 3);
	model_bus_run(&f->mb);
	assert_int_equal(consumer_drain(&c, 0), 3);
	for (slot = 0; slot < DLB_QES_PER_LINE; slot++) {
		data = 3 * (slot + 1);
		for (i = 0; i < DLB_QES_PER_LINE; i++)
			line[i] = i == slot
					  ? dlb_qe_pop(3)
					  : qe_to(queue, DLB_CMD_FWD, DLB_SCHED_ATOMIC, data++, 1);
		line_write(f, port, line);
		model_bus_settle(&f->mb);
		dlb_port_stats(port, &stats);
		assert_int_equal(stats.tokens, 0);
		assert_int_equal(stats.inflights, 0);
		model_bus_run(&f->mb);
		assert_int_equal(consumer_drain(&c, 3 * (slot + 1)), 3);
	}
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

/* 4: answers in reverse order, the last one a drop: nothing comes out before the first event's. */
static void
answers_in_reverse(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *ordered = fixture_ordered_queue(domain), *sink;
	struct dlb_port *workers[8], *out;
	struct consumer consumers[8], c;
	uint32_t i, held[8] = { 0 };
	uint64_t next[8][8];
	const struct dlb_cqe *cqe;

	fixture_pair(domain, 128, &sink, &out);
	for (i = 0; i < 8; i++) {
		workers[i] = fixture_port(domain, 8);
		consumers[i] = consumer_of(f, workers[i], 8);
		assert_int_equal(dlb_link(workers[i], ordered, 0), 0);
	}
	assert_int_equal(dlb_domain_start(domain), 0);
	c = consumer_of(f, out, 128);
	fixture_send(f, out, ordered, DLB_SCHED_ORDERED, 64);
	model_bus_run(&f->mb);
	for (i = 0; i < 8; i++) {
		while ((cqe = consumer_next(&consumers[i])) != NULL)
			next[i][held[i]++] = cqe->data;
		assert_int_equal(held[i], 8);
	}

	/* Whoever holds the youngest first event answers first; a port can only answer in its order. */
	for (i = 0; i < 64; i++) {
		uint32_t w, last = 8;

		for (w = 0; w < 8; w++) {
			if (held[w] > 0 &&
			    (last == 8 || next[w][8 - held[w]] > next[last][8 - held[last]]))
				last = w;
		}
		assert_int_equal(consumer_drain(&c, 1), 0);
		if (next[last][8 - held[last]] == 0)
			qe_write(f, workers[last], (struct dlb_qe){ .cmd = DLB_CMD_REL });
		else
			qe_write(f, workers[last],
				 qe_to(sink, DLB_CMD_FWD, DLB_SCHED_DIRECTED,
				       next[last][8 - held[last]], 0));
		held[last]--;
		if (next[last][7 - held[last]] == 0)
			break;
		model_bus_run(&f->mb);
	}
	/* Event 0 is dropped, but its worker holds those that come next. */
	model_bus_run(&f->mb);
	i = consumer_drain(&c, 1);
	assert_int_equal(i, 0);
	while (i < 63) {
		uint32_t w;

		for (w = 0; w < 8; w++) {
			if (held[w] == 0)
				continue;
			qe_write(f, workers[w],
				 qe_to(sink, DLB_CMD_FWD, DLB_SCHED_DIRECTED, next[w][8 - held[w]],
				       0));
			held[w]--;
		}
		model_bus_run(&f->mb);
		i += consumer_drain(&c, 1 + i);
	}
	assert_int_equal(i, 63);
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

/* 5: one flow is one CQ's. */
static void
one_flow_eight_cqs(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue = fixture_queue(domain);
	struct dlb_port *ports[8];
	uint32_t i, busy = 0;

	for (i = 0; i < 8; i++) {
		ports[i] = fixture_port(domain, 8);
		assert_int_equal(dlb_link(ports[i], queue, 0), 0);
	}
	assert_int_equal(dlb_domain_start(domain), 0);
	for (i = 0; i < 32; i++)
		qe_write(f, ports[0], qe_to(queue, DLB_CMD_NEW, DLB_SCHED_ATOMIC, i, 7));
	model_bus_run(&f->mb);
	for (i = 0; i < 8; i++)
		busy += fixture_scheduled(ports[i]) > 0;
	assert_int_equal(busy, 1);
	assert_int_equal(fixture_depth(queue), 32 - 8);
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

/* 6: a stalled CQ blocks the others once its flow has the queue's whole staging share. */
static void
staging_share_blocks(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue = fixture_queue(domain);
	struct dlb_port *stalled = fixture_port(domain, 8), *idle = fixture_port(domain, 8);
	struct consumer c = consumer_of(f, stalled, 8);
	uint32_t i;

	assert_int_equal(dlb_link(stalled, queue, 0), 0);
	assert_int_equal(dlb_domain_start(domain), 0);
	/* The stalled CQ holds eight of flow 1; all but one staging entry wait for it. */
	for (i = 0; i < 8 + AQED_SHARE - 1; i++) {
		qe_write(f, stalled, qe_to(queue, DLB_CMD_NEW, DLB_SCHED_ATOMIC, i, 1));
		model_bus_run(&f->mb);
	}
	assert_int_equal(fixture_scheduled(stalled), 8);
	assert_int_equal(consumer_drain(&c, 0), 8);
	assert_int_equal(dlb_link(idle, queue, 0), 0);
	assert_int_equal(dlb_device_poll(f->device), 1);
	fixture_complete(f, stalled, 8);
	fixture_pop(f, stalled, 8);
	model_bus_settle(&f->mb);
	assert_int_equal(dlb_device_poll(f->device), 0);
	model_bus_run(&f->mb);
	/* Whoever has the flow now has it with eight; refill what is staged to one below the share. */
	for (i = 0; i < 8; i++)
		qe_write(f, stalled, qe_to(queue, DLB_CMD_NEW, DLB_SCHED_ATOMIC, 0, 1));
	model_bus_run(&f->mb);
	i = fixture_scheduled(stalled) + fixture_scheduled(idle);
	assert_int_equal(i, 16);
	qe_write(f, stalled, qe_to(queue, DLB_CMD_NEW, DLB_SCHED_ATOMIC, 0, 2));
	model_bus_run(&f->mb);
	assert_int_equal(fixture_scheduled(stalled) + fixture_scheduled(idle), 17);
	/* One more of flow 1, and flow 3 has to wait although a CQ is free. */
	qe_write(f, stalled, qe_to(queue, DLB_CMD_NEW, DLB_SCHED_ATOMIC, 0, 1));
	qe_write(f, stalled, qe_to(queue, DLB_CMD_NEW, DLB_SCHED_ATOMIC, 0, 3));
	model_bus_run(&f->mb);
	assert_int_equal(fixture_scheduled(stalled) + fixture_scheduled(idle), 17);
	/* The holder resumes. */
	for (i = 0; i < 2; i++) {
		struct dlb_port *port = i == 0 ? stalled : idle;
		struct dlb_port_stats stats;

		dlb_port_stats(port, &stats);
		fixture_complete(f, port, stats.inflights);
		if (stats.tokens > 0)
			fixture_pop(f, port, stats.tokens);
	}
	model_bus_run(&f->mb);
	assert_true(fixture_scheduled(stalled) + fixture_scheduled(idle) > 17 + 8);
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

/* 7: the directed pool runs dry by itself, recovers, and passes ten times what it holds. */
static void
directed_pool_runs_dry(void **state)
{
	struct fixture *f = *state;
	const bool shared = dlb_limits[f->gen].has_shared_credits;
	const uint32_t pool = shared ? 2048 : 1024;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue, *ldb = fixture_queue(domain);
	struct dlb_port *port, *worker = fixture_port(domain, 8);
	struct dlb_queue_stats stats;
	struct consumer c;
	uint32_t i, passed;

	fixture_pair(domain, 64, &queue, &port);
	assert_int_equal(dlb_link(worker, ldb, 0), 0);
	assert_int_equal(dlb_domain_start(domain), 0);
	c = consumer_of(f, port, 64);

	fixture_send(f, port, queue, DLB_SCHED_DIRECTED, pool + 1);
	model_bus_settle(&f->mb);
	dlb_queue_stats(queue, &stats);
	assert_int_equal(stats.depth, pool);
	/* With two pools the other one is untouched. */
	fixture_send(f, port, ldb, DLB_SCHED_UNORDERED, 1);
	model_bus_settle(&f->mb);
	assert_int_equal(fixture_depth(ldb), !shared);
	assert_int_equal(dlb_model_lint_count(f->mb.model, DLB_LINT_BAD_QE), 1 + shared);
	f->mb.lint_findings = 0;

	for (passed = 0; passed < pool; passed += i) {
		model_bus_run(&f->mb);
		i = consumer_drain(&c, passed);
		fixture_pop(f, port, i);
	}
	for (i = 0; i < 10 * pool; i++) {
		qe_write(f, port, qe_to(queue, DLB_CMD_NEW, DLB_SCHED_DIRECTED, i, 0));
		model_bus_run(&f->mb);
		assert_int_equal(consumer_drain(&c, i), 1);
		fixture_pop(f, port, 1);
	}
	assert_int_equal(f->mb.lint_findings, 0);
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

/* 8: links come and go under load; nothing is lost, and what is said to be pending is. */
static void
links_under_load(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue = fixture_queue(domain);
	struct dlb_port *a = fixture_port(domain, 16), *b = fixture_port(domain, 16);
	uint32_t round, total = 0;

	assert_int_equal(dlb_link(a, queue, 0), 0);
	assert_int_equal(dlb_domain_start(domain), 0);
	for (round = 0; round < LAPS; round++) {
		fixture_send(f, a, queue, DLB_SCHED_UNORDERED, 32);
		total += 32;
		model_bus_run(&f->mb);
		/* The queue has inflight QEs: the link waits, and meanwhile the queue gives nothing. */
		assert_int_equal(dlb_link(b, queue, round % 8), 0);
		assert_int_equal(dlb_port_links_pending(b), 1);
		model_bus_run(&f->mb);
		assert_int_equal(fixture_scheduled(b), round * 16);
		fixture_complete(f, a, 16);
		fixture_pop(f, a, 16);
		model_bus_settle(&f->mb);
		assert_int_equal(dlb_port_links_pending(b), 0);
		assert_int_equal(dlb_port_enable(a, false), 0);
		model_bus_run(&f->mb);
		assert_int_equal(fixture_scheduled(b), (round + 1) * 16);
		/* The port holds QEs: the unlink waits. */
		assert_int_equal(dlb_unlink(b, queue), 0);
		assert_int_equal(dlb_port_unlinks_pending(b), 1);
		fixture_complete(f, b, 16);
		fixture_pop(f, b, 16);
		model_bus_settle(&f->mb);
		assert_int_equal(dlb_port_unlinks_pending(b), 0);
		assert_int_equal(dlb_port_enable(a, true), 0);
	}
	assert_int_equal(fixture_scheduled(a) + fixture_scheduled(b), total);
	assert_int_equal(fixture_depth(queue), 0);
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL_DEVICES(shallow_cqs_lap),        ON_ALL_DEVICES(every_shallow_depth),
		ON_ALL_DEVICES(one_pop_for_a_thousand), ON_ALL_DEVICES(pop_in_every_slot),
		ON_ALL_DEVICES(answers_in_reverse),     ON_ALL_DEVICES(one_flow_eight_cqs),
		ON_ALL_DEVICES(staging_share_blocks),   ON_ALL_DEVICES(directed_pool_runs_dry),
		ON_ALL_DEVICES(links_under_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
