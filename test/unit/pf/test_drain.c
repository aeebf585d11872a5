/* SPDX-License-Identifier: BSD-3-Clause */
/* Destroying domains with events in every place, and what happens when a domain will not drain. */
#include <stdlib.h>

#include "fixture.h"

static void
destroy_clean(struct fixture *f, struct dlb_domain *domain)
{
	f->log.lines = 0;
	assert_int_equal(dlb_domain_destroy(domain), 0);
	assert_int_equal(f->log.lines, 0);
	assert_false(dlb_device_has_failed(f->device));
	assert_int_equal(f->mb.allocations, 0);
	fixture_check_all_free(f);
}

/* A domain on the same numbers starts as if nobody had been there before. */
static void
check_fresh(struct fixture *f)
{
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue = fixture_ordered_queue(domain), *directed;
	struct dlb_port *port = fixture_port(domain, 8), *dir_port;
	const struct dlb_cqe *cq = dlb_port_cq(port);

	fixture_pair(domain, 4, &directed, &dir_port);
	assert_int_equal(dlb_link(port, queue, 0), 0);
	assert_int_equal(dlb_domain_start(domain), 0);
	assert_int_equal(fixture_depth(queue), 0);
	assert_int_equal(fixture_depth(directed), 0);
	fixture_send(f, dir_port, queue, DLB_SCHED_ORDERED, 3);
	fixture_send(f, dir_port, directed, DLB_SCHED_DIRECTED, 2);
	model_bus_run(&f->mb);
	assert_int_equal(fixture_scheduled(port), 3);
	assert_int_equal(fixture_scheduled(dir_port), 2);
	assert_int_equal(cq[0].flags & DLB_CQE_GEN, 1);
	assert_int_equal(cq[2].flags & DLB_CQE_GEN, 1);
	assert_int_equal(cq[3].flags & DLB_CQE_GEN, 0);
	destroy_clean(f, domain);
}

/* More of them than a port has slots, so that drained queues must give theirs up. */
static void
test_unlinked_queues(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_port *port = fixture_port(domain, 4);
	struct dlb_queue *queues[12];
	uint32_t i;

	for (i = 0; i < COUNT(queues); i++)
		queues[i] = fixture_queue(domain);
	for (i = 0; i < 4; i++)
		assert_int_equal(dlb_link(port, queues[i], i), 0);
	assert_int_equal(dlb_domain_start(domain), 0);
	for (i = 0; i < COUNT(queues); i++) {
		fixture_send(f, port, queues[i], DLB_SCHED_ATOMIC, 20);
		fixture_send(f, port, queues[i], DLB_SCHED_UNORDERED, 20);
	}
	model_bus_run(&f->mb);
	destroy_clean(f, domain);
	check_fresh(f);
}

/* CQs that are full, that were read and not completed, completed and not popped, or off. */
static void
test_full_cqs(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue = fixture_queue(domain), *ordered = fixture_ordered_queue(domain);
	struct dlb_queue *directed, *directed_too;
	struct dlb_port *ports[5], *dir_port, *dir_port_too;
	uint32_t i;

	for (i = 0; i < COUNT(ports); i++) {
		ports[i] = fixture_port(domain, 1u << i);
		assert_int_equal(dlb_link(ports[i], queue, 0), 0);
		assert_int_equal(dlb_link(ports[i], ordered, 1), 0);
	}
	fixture_pair(domain, 2, &directed, &dir_port);
	fixture_pair(domain, 64, &directed_too, &dir_port_too);
	assert_int_equal(dlb_domain_start(domain), 0);
	fixture_send(f, dir_port, queue, DLB_SCHED_ATOMIC, 100);
	fixture_send(f, dir_port, queue, DLB_SCHED_UNORDERED, 100);
	fixture_send(f, dir_port, ordered, DLB_SCHED_ORDERED, 100);
	fixture_send(f, dir_port, directed, DLB_SCHED_DIRECTED, 100);
	fixture_send(f, dir_port, directed_too, DLB_SCHED_DIRECTED, 100);
	model_bus_run(&f->mb);
	fixture_pop(f, ports[3], 8);
	fixture_complete(f, ports[4], 10);
	fixture_pop(f, dir_port_too, 30);
	assert_int_equal(dlb_port_enable(ports[2], false), 0);
	assert_int_equal(dlb_port_enable(dir_port, false), 0);
	model_bus_run(&f->mb);
	destroy_clean(f, domain);
	check_fresh(f);
}

/* Results wait in the reorder window for an earlier event; its queue has no link. */
static void
test_reorder_window(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *ordered = fixture_ordered_queue(domain), *stray = fixture_queue(domain);
	struct dlb_queue *directed;
	struct dlb_port *first = fixture_port(domain, 1), *second = fixture_port(domain, 16);
	struct dlb_port *dir_port;
	uint32_t i;

	fixture_pair(domain, 1, &directed, &dir_port);
	assert_int_equal(dlb_link(first, ordered, 0), 0);
	assert_int_equal(dlb_link(second, ordered, 0), 0);
	assert_int_equal(dlb_domain_start(domain), 0);
	assert_int_equal(dlb_port_enable(second, false), 0);
	fixture_send(f, first, ordered, DLB_SCHED_ORDERED, 9);
	model_bus_run(&f->mb);
	assert_int_equal(fixture_scheduled(first), 1);
	assert_int_equal(dlb_port_enable(second, true), 0);
	model_bus_run(&f->mb);
	assert_int_equal(fixture_scheduled(second), 8);
	for (i = 0; i < 4; i++) {
		fixture_forward(f, second, stray, DLB_SCHED_ATOMIC);
		fixture_forward(f, second, directed, DLB_SCHED_DIRECTED);
	}
	assert_int_equal(fixture_depth(stray), 0);
	assert_int_equal(fixture_depth(directed), 0);
	destroy_clean(f, domain);
	check_fresh(f);
}

static void
test_pending_links(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue = fixture_queue(domain), *other = fixture_queue(domain);
	struct dlb_port *ports[3];
	uint32_t i;

	for (i = 0; i < COUNT(ports); i++)
		ports[i] = fixture_port(domain, 8);
	assert_int_equal(dlb_link(ports[0], queue, 0), 0);
	assert_int_equal(dlb_link(ports[0], other, 0), 0);
	assert_int_equal(dlb_domain_start(domain), 0);
	fixture_send(f, ports[0], queue, DLB_SCHED_UNORDERED, 50);
	fixture_send(f, ports[0], other, DLB_SCHED_ATOMIC, 50);
	model_bus_run(&f->mb);
	assert_int_equal(dlb_link(ports[1], queue, 0), 0);
	assert_int_equal(dlb_link(ports[2], queue, 0), 0);
	assert_int_equal(dlb_unlink(ports[0], other), 0);
	assert_int_equal(dlb_device_poll(f->device), 3);
	destroy_clean(f, domain);
	check_fresh(f);
}

/* All credits behind a CQ that takes one event at a time: the longest way out. */
static void
test_narrowest(void **state)
{
	struct fixture *f = *state;
	uint32_t credits = dlb_limits[f->gen].credits[DLB_LDB];
	const struct dlb_domain_conf conf = {
		.queues = { 1, 0 },
		.ports = { 1, 0 },
		.credits = { (uint16_t)credits, 0 },
		.hist_entries = 1,
	};
	const struct dlb_queue_conf queue_conf = { .inflights = 1 };
	const struct dlb_port_conf port_conf = { .cq_depth = 1, .hist_entries = 1 };
	struct dlb_domain *domain;
	struct dlb_queue *queue;
	struct dlb_port *port;

	assert_int_equal(dlb_domain_create(f->device, &conf, &domain), 0);
	assert_int_equal(dlb_queue_create(domain, &queue_conf, &queue), 0);
	assert_int_equal(dlb_port_create(domain, &port_conf, &port), 0);
	assert_int_equal(dlb_domain_start(domain), 0);
	fixture_send(f, port, queue, DLB_SCHED_UNORDERED, credits);
	model_bus_settle(&f->mb);
	/* The count has 14 bits. */
	assert_int_equal(fixture_depth(queue), credits < 16383 ? credits : 16383);
	destroy_clean(f, domain);
}

static void
test_never_started(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue = fixture_ordered_queue(domain);
	struct dlb_port *port = fixture_port(domain, 8);

	assert_int_equal(dlb_link(port, queue, 7), 0);
	f->mb.waited_us = 0;
	destroy_clean(f, domain);
	assert_int_equal(f->mb.waited_us, 0);
	check_fresh(f);
}

/* The device goes with live domains and events in them. */
static void
test_device_destroyed(void **state)
{
	struct fixture *f = *state;
	uint32_t i;

	for (i = 0; i < 2; i++) {
		struct dlb_domain *domain = fixture_domain(f);
		struct dlb_queue *queue = fixture_queue(domain);
		struct dlb_port *port = fixture_port(domain, 8);

		assert_int_equal(dlb_domain_start(domain), 0);
		fixture_send(f, port, queue, DLB_SCHED_ATOMIC, 50);
	}
	dlb_device_destroy(f->device);
	f->device = NULL;
	assert_int_equal(f->mb.allocations, 0);
}

/* A domain that owes something and cannot pay. */
static struct dlb_domain *
stuck_domain(struct fixture *f, struct dlb_port **port)
{
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue = fixture_queue(domain);

	*port = fixture_port(domain, 8);
	assert_int_equal(dlb_link(*port, queue, 0), 0);
	assert_int_equal(dlb_domain_start(domain), 0);
	fixture_send(f, *port, queue, DLB_SCHED_ATOMIC, 5);
	model_bus_run(&f->mb);
	return domain;
}

static void
stuck_domain_fail(struct fixture *f, struct dlb_port **port)
{
	struct dlb_domain *domain = stuck_domain(f, port);

	f->mb.pp_lost = true;
	f->mb.waited_us = 0;
	assert_int_equal(dlb_domain_destroy(domain), -EIO);
	assert_non_null(strstr(f->log.last, "keeps its resources and CQ memory until the device"));
	/* One second, and 64 us for each of 3072 credits, and the last round's wait. */
	assert_true(f->mb.waited_us > 1000000 && f->mb.waited_us < 1250000);
	f->mb.pp_lost = false;
	assert_true(dlb_device_has_failed(f->device));
}

static void
test_failed(void **state)
{
	struct fixture *f = *state;
	const struct dlb_domain_conf conf = { .credits = { 1, 0 } };
	struct dlb_domain *working = fixture_domain(f), *refused = NULL;
	struct dlb_free_counts before, after;
	struct dlb_port *port;

	dlb_device_free_counts(f->device, &before);
	stuck_domain_fail(f, &port);
	dlb_device_free_counts(f->device, &after);
	assert_int_equal(after.domains, before.domains - 1);
	assert_int_equal(after.ports[DLB_LDB], before.ports[DLB_LDB] - 8);
	assert_int_equal(f->mb.allocations, 1);

	fixture_remember(f);
	fixture_check_refused(f, "create", dlb_domain_create(f->device, &conf, &refused), -EIO,
			      "domain: the device must be reset since a domain would not drain");
	fixture_remember(f);
	fixture_check_refused(f, "reset", dlb_device_reset(f->device), -EBUSY,
			      "device reset: domain 0 must be destroyed before");
	assert_int_equal(dlb_device_poll(f->device), 0);
	assert_int_equal(dlb_domain_destroy(working), 0);
	assert_true(dlb_device_has_failed(f->device));

	assert_int_equal(dlb_device_reset(f->device), 0);
	assert_false(dlb_device_has_failed(f->device));
	assert_int_equal(f->mb.allocations, 0);
	fixture_check_all_free(f);
	check_fresh(f);
}

/* As long as the function cannot be reset, the device stays as it is; a later try may succeed. */
static void
test_failed_reset_fails(void **state)
{
	struct fixture *f = *state;
	struct dlb_port *port;

	stuck_domain_fail(f, &port);
	f->mb.config_fail = 1;
	assert_int_equal(dlb_device_reset(f->device), -EIO);
	assert_true(dlb_device_has_failed(f->device));
	assert_int_equal(f->mb.allocations, 1);
	f->mb.config_fail = 0;
	assert_int_equal(dlb_device_reset(f->device), 0);
	check_fresh(f);
}

static void
test_failed_device_destroyed(void **state)
{
	struct fixture *f = *state;
	struct dlb_port *port;

	stuck_domain_fail(f, &port);
	dlb_device_destroy(f->device);
	f->device = NULL;
	assert_int_equal(f->mb.allocations, 0);
}

/* Memory that the device may write to is never freed, even if that is a leak. */
static void
test_failed_device_destroyed_without_reset(void **state)
{
	struct fixture *f = *state;
	struct dlb_port *port;
	void *cq;

	stuck_domain_fail(f, &port);
	cq = (void *)(uintptr_t)dlb_port_cq(port);
	f->mb.config_fail = 1;
	dlb_device_destroy(f->device);
	f->device = NULL;
	assert_non_null(strstr(f->log.last, "domain 0: its CQs are not freed"));
	assert_int_equal(f->mb.allocations, 1);
	free(cq);
	f->mb.allocations = 0;
}

/* A device that has gone is found out by what it says, not by waiting for it to drain. */
static void
test_device_gone(void **state)
{
	struct fixture *f = *state;
	struct dlb_port *port;
	struct dlb_domain *domain = stuck_domain(f, &port);

	f->mb.csr_dead = true;
	f->mb.waited_us = 0;
	assert_int_equal(dlb_domain_destroy(domain), -EIO);
	assert_true(f->mb.waited_us < 100);
	f->mb.csr_dead = false;
	assert_int_equal(dlb_device_reset(f->device), 0);
	check_fresh(f);
}

/* The lines of every port are flushed before anything is closed, and those that are paid with. */
static void
test_flushed(void **state)
{
	struct fixture *f = *state;
	struct dlb_port *port;
	struct dlb_domain *domain = stuck_domain(f, &port);

	f->mb.flushes = 0;
	assert_int_equal(dlb_domain_destroy(domain), 0);
	assert_int_equal(f->mb.flushes, 2);
}

/* What workers wrote last is under way when the domain goes: nothing of it is refused or paid twice. */
static void
test_lines_under_way(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue = fixture_queue(domain);
	struct dlb_port *port = fixture_port(domain, 8);

	assert_int_equal(dlb_link(port, queue, 0), 0);
	assert_int_equal(dlb_domain_start(domain), 0);
	fixture_send(f, port, queue, DLB_SCHED_ATOMIC, 5);
	model_bus_run(&f->mb);
	fixture_complete(f, port, 3);
	fixture_pop(f, port, 2);
	fixture_forward(f, port, queue, DLB_SCHED_ATOMIC);
	destroy_clean(f, domain);
	check_fresh(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL_DEVICES(test_unlinked_queues),
		ON_ALL_DEVICES(test_full_cqs),
		ON_ALL_DEVICES(test_reorder_window),
		ON_ALL_DEVICES(test_pending_links),
		ON_ALL_DEVICES(test_narrowest),
		ON_ALL_DEVICES(test_never_started),
		ON_ALL_DEVICES(test_device_destroyed),
		ON_ALL_DEVICES(test_failed),
		ON_ALL_DEVICES(test_failed_reset_fails),
		ON_ALL_DEVICES(test_failed_device_destroyed),
		ON_ALL_DEVICES(test_failed_device_destroyed_without_reset),
		ON_ALL_DEVICES(test_device_gone),
		ON_ALL_DEVICES(test_flushed),
		ON_ALL_DEVICES(test_lines_under_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
