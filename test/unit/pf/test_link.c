/* SPDX-License-Identifier: BSD-3-Clause */
/* Links: the tables before the start, the waiting after it. */
#include "fixture.h"

struct links {
	struct fixture *f;
	struct dlb_domain *domain;
	struct dlb_queue *q[10];
	struct dlb_port *p[3];
	struct dlb_queue *directed;
	struct dlb_port *dir_port; /* sends */
};

static void
links_create(struct links *l, struct fixture *f)
{
	uint32_t i;

	l->f = f;
	l->domain = fixture_domain(f);
	for (i = 0; i < COUNT(l->q); i++)
		l->q[i] = fixture_queue(l->domain);
	for (i = 0; i < COUNT(l->p); i++)
		l->p[i] = fixture_port(l->domain, 16);
	fixture_pair(l->domain, 8, &l->directed, &l->dir_port);
}

static void
links_destroy(struct links *l)
{
	assert_int_equal(dlb_domain_destroy(l->domain), 0);
}

/* Queue 0 on port 0, with four QEs scheduled and not completed. */
static void
links_start_busy(struct links *l)
{
	assert_int_equal(dlb_link(l->p[0], l->q[0], 0), 0);
	assert_int_equal(dlb_domain_start(l->domain), 0);
	fixture_send(l->f, l->dir_port, l->q[0], DLB_SCHED_UNORDERED, 4);
	model_bus_run(&l->f->mb);
	assert_int_equal(fixture_scheduled(l->p[0]), 4);
}

static uint32_t
cq2priov(struct links *l, uint32_t port)
{
	return dlb_device_csr_read(l->f->device, DLB_LSP_CQ2PRIOV, dlb_port_id(l->p[port]));
}

static bool
queue_is_paused(struct links *l, uint32_t queue)
{
	return dlb_device_csr_read(l->f->device, DLB_LSP_QID_LDB_INFL_LIM,
				   dlb_queue_id(l->q[queue])) == 0;
}

static void
send_and_run(struct links *l, uint32_t queue, uint32_t count)
{
	fixture_send(l->f, l->dir_port, l->q[queue], DLB_SCHED_UNORDERED, count);
	model_bus_run(&l->f->mb);
}

/* Completions count once the device has taken them. */
static void
complete_and_settle(struct links *l, uint32_t port, uint32_t count)
{
	fixture_complete(l->f, l->p[port], count);
	model_bus_settle(&l->f->mb);
}

static void
test_refused(void **state)
{
	struct links l;
	struct dlb_domain *other;
	struct dlb_queue *foreign;
	uint32_t i;

	links_create(&l, *state);
	other = fixture_domain(l.f);
	foreign = fixture_queue(other);
	for (i = 0; i < 8; i++)
		assert_int_equal(dlb_link(l.p[0], l.q[i], 0), 0);

	const struct {
		const char *name;
		struct dlb_port *port;
		struct dlb_queue *queue;
		uint32_t priority;
		int want;
		const char *text;
	} rows[] = {
		{ "priority 8", l.p[1], l.q[0], 8, -EINVAL,
		  "priority of a link 8: must be 0 to 7" },
		{ "priority of a link that is", l.p[0], l.q[0], 99, -EINVAL,
		  "priority of a link 99" },
		{ "directed queue", l.p[1], l.directed, 0, -EINVAL,
		  "directed queue 0 and load-balanced port 1: must both be load-balanced" },
		{ "directed port", l.dir_port, l.q[3], 0, -EINVAL,
		  "load-balanced queue 3 and directed port 0: must both be load-balanced" },
		{ "foreign queue", l.p[0], foreign, 0, -EINVAL,
		  "queue 12 of domain 1 and port 0 of domain 0: must be of one domain" },
		{ "ninth queue", l.p[0], l.q[8], 0, -ENOSPC,
		  "queue 8 to port 0: a port serves at most 8 queues" },
	};

	for (i = 0; i < COUNT(rows); i++) {
		fixture_remember(l.f);
		fixture_check_refused(l.f, rows[i].name,
				      dlb_link(rows[i].port, rows[i].queue, rows[i].priority),
				      rows[i].want, rows[i].text);
	}
	fixture_remember(l.f);
	fixture_check_refused(l.f, "not served", dlb_unlink(l.p[0], l.q[8]), -EINVAL,
			      "queue 8 from port 0: must be one that the port serves");
	fixture_remember(l.f);
	fixture_check_refused(l.f, "directed", dlb_unlink(l.p[0], l.directed), -EINVAL,
			      "must both be load-balanced");
	fixture_remember(l.f);
	fixture_check_refused(l.f, "foreign", dlb_unlink(l.p[0], foreign), -EINVAL,
			      "must be of one domain");

	/* The ninth is refused after the start, too, and pauses nothing. */
	assert_int_equal(dlb_domain_start(l.domain), 0);
	fixture_remember(l.f);
	fixture_check_refused(l.f, "ninth queue, started", dlb_link(l.p[0], l.q[8], 0), -ENOSPC,
			      "a port serves at most 8 queues");
	assert_false(queue_is_paused(&l, 8));
	links_destroy(&l);
	assert_int_equal(dlb_domain_destroy(other), 0);
}

/* Bits of an old priority must not survive, in a slot that goes on or is used again (A2). */
static void
test_priority_replaced(void **state)
{
	struct links l;

	links_create(&l, *state);
	assert_int_equal(dlb_link(l.p[0], l.q[0], 1), 0);
	assert_int_equal(cq2priov(&l, 0), 0x01000001);
	assert_int_equal(dlb_link(l.p[0], l.q[0], 2), 0);
	assert_int_equal(cq2priov(&l, 0), 0x01000002);
	assert_int_equal(dlb_link(l.p[0], l.q[1], 7), 0);
	assert_int_equal(cq2priov(&l, 0), 0x0300003a);
	assert_int_equal(dlb_unlink(l.p[0], l.q[0]), 0);
	assert_int_equal(cq2priov(&l, 0), 0x02000038);
	assert_int_equal(dlb_link(l.p[0], l.q[2], 0), 0);
	assert_int_equal(cq2priov(&l, 0), 0x03000038);

	assert_int_equal(dlb_domain_start(l.domain), 0);
	assert_int_equal(dlb_link(l.p[0], l.q[1], 4), 0);
	assert_int_equal(cq2priov(&l, 0), 0x03000020);
	assert_int_equal(dlb_link(l.p[0], l.q[1], 4), 0);
	assert_int_equal(cq2priov(&l, 0), 0x03000020);
	links_destroy(&l);
}

/* All ports and queues that a device has, in all slots. */
static void
test_tables_full(void **state)
{
	struct fixture *f = *state;
	const struct dlb_domain_conf conf = {
		.queues = { 32, 0 },
		.ports = { 64, 0 },
		.hist_entries = 2048,
		.credits = { 64, 0 },
	};
	const struct dlb_queue_conf queue_conf = { .inflights = 64 };
	const struct dlb_port_conf port_conf = {
		.cq_depth = 8,
		.hist_entries = 32,
		.cos = DLB_COS_ANY,
	};
	struct dlb_queue *queues[32];
	struct dlb_port *ports[64];
	struct dlb_domain *domain;
	uint32_t i, slot;

	assert_int_equal(dlb_domain_create(f->device, &conf, &domain), 0);
	for (i = 0; i < 32; i++)
		assert_int_equal(dlb_queue_create(domain, &queue_conf, &queues[i]), 0);
	for (i = 0; i < 64; i++)
		assert_int_equal(dlb_port_create(domain, &port_conf, &ports[i]), 0);
	for (i = 0; i < 64; i++) {
		for (slot = 0; slot < 8; slot++)
			assert_int_equal(dlb_link(ports[i], queues[(i + 4 * slot) % 32], slot), 0);
	}
	assert_int_equal(dlb_domain_start(domain), 0);
	fixture_send(f, ports[63], queues[31], DLB_SCHED_UNORDERED, 64);
	model_bus_run(&f->mb);
	assert_int_equal(fixture_depth(queues[31]), 0);
	assert_int_equal(dlb_domain_destroy(domain), 0);
	for (i = 0; i < 64; i++) {
		assert_int_equal(dlb_device_csr_read(f->device, DLB_LSP_CQ2PRIOV, i), 0);
		assert_int_equal(dlb_device_csr_read(f->device, DLB_LSP_CQ2QID0, i), 0);
		assert_int_equal(dlb_device_csr_read(f->device, DLB_LSP_CQ2QID1, i), 0);
	}
	for (i = 0; i < dlb_reg_instances(f->gen, DLB_LSP_QID2CQIDIX); i++) {
		assert_int_equal(dlb_device_csr_read(f->device, DLB_ATM_QID2CQIDIX, i), 0);
		assert_int_equal(dlb_device_csr_read(f->device, DLB_LSP_QID2CQIDIX, i), 0);
		assert_int_equal(dlb_device_csr_read(f->device, DLB_LSP_QID2CQIDIX2, i), 0);
	}
}

/* A queue that filled up before anybody served it. */
static void
test_link_with_backlog(void **state)
{
	static const enum dlb_sched scheds[] = { DLB_SCHED_UNORDERED, DLB_SCHED_ATOMIC };
	struct links l;
	uint32_t i;

	links_create(&l, *state);
	assert_int_equal(dlb_domain_start(l.domain), 0);
	for (i = 0; i < COUNT(scheds); i++) {
		fixture_send(l.f, l.dir_port, l.q[i], scheds[i], 6);
		model_bus_run(&l.f->mb);
		assert_int_equal(dlb_link(l.p[i], l.q[i], 0), 0);
		assert_int_equal(dlb_port_links_pending(l.p[i]), 0);
		model_bus_run(&l.f->mb);
		assert_int_equal(fixture_scheduled(l.p[i]), 6);
		assert_int_equal(fixture_depth(l.q[i]), 0);
	}
	links_destroy(&l);
}

static void
test_link_waits(void **state)
{
	struct links l;

	links_create(&l, *state);
	links_start_busy(&l);

	/* Two links of one queue share its pause; a priority given meanwhile counts. */
	assert_int_equal(dlb_link(l.p[1], l.q[0], 1), 0);
	assert_int_equal(dlb_link(l.p[2], l.q[0], 2), 0);
	assert_int_equal(dlb_link(l.p[2], l.q[0], 5), 0);
	assert_int_equal(dlb_device_poll(l.f->device), 2);
	assert_int_equal(dlb_port_links_pending(l.p[0]), 0);
	assert_int_equal(dlb_port_links_pending(l.p[1]), 1);
	assert_true(queue_is_paused(&l, 0));
	assert_int_equal(cq2priov(&l, 1), 0);
	send_and_run(&l, 0, 8);
	assert_int_equal(fixture_scheduled(l.p[0]), 4);

	complete_and_settle(&l, 0, 3);
	assert_int_equal(dlb_device_poll(l.f->device), 2);
	complete_and_settle(&l, 0, 1);
	assert_int_equal(dlb_device_poll(l.f->device), 0);
	assert_false(queue_is_paused(&l, 0));
	assert_int_equal(cq2priov(&l, 1), 0x01000001);
	assert_int_equal(cq2priov(&l, 2), 0x01000005);
	send_and_run(&l, 0, 36);
	assert_int_equal(fixture_depth(l.q[0]), 0);
	assert_int_equal(fixture_scheduled(l.p[1]), 16);
	assert_int_equal(fixture_scheduled(l.p[2]), 16);
	links_destroy(&l);
}

/* A link that is cancelled must not leave its queue paused (A3). */
static void
test_link_cancelled(void **state)
{
	struct links l;

	links_create(&l, *state);
	links_start_busy(&l);
	assert_int_equal(dlb_link(l.p[1], l.q[0], 0), 0);
	assert_int_equal(dlb_link(l.p[2], l.q[0], 0), 0);
	assert_int_equal(dlb_unlink(l.p[1], l.q[0]), 0);
	assert_true(queue_is_paused(&l, 0)); /* for the other one */
	assert_int_equal(dlb_device_poll(l.f->device), 1);
	assert_int_equal(dlb_unlink(l.p[2], l.q[0]), 0);
	assert_int_equal(dlb_device_poll(l.f->device), 0);
	assert_false(queue_is_paused(&l, 0));

	send_and_run(&l, 0, 8);
	assert_int_equal(fixture_scheduled(l.p[0]), 12);
	assert_int_equal(fixture_scheduled(l.p[1]), 0);
	assert_int_equal(cq2priov(&l, 1), 0);
	links_destroy(&l);
}

static void
test_unlink_waits(void **state)
{
	struct links l;

	links_create(&l, *state);
	assert_int_equal(dlb_link(l.p[0], l.q[1], 0), 0);
	links_start_busy(&l);
	assert_int_equal(dlb_unlink(l.p[0], l.q[0]), 0);
	assert_int_equal(dlb_device_poll(l.f->device), 1);
	assert_int_equal(dlb_port_unlinks_pending(l.p[0]), 1);
	assert_int_equal(dlb_port_unlinks_pending(l.p[1]), 0);

	/* The CQ is off, also for the queue that stays. */
	send_and_run(&l, 1, 2);
	assert_int_equal(fixture_scheduled(l.p[0]), 4);
	fixture_remember(l.f);
	fixture_check_refused(l.f, "busy", dlb_link(l.p[0], l.q[2], 0), -EBUSY,
			      "queue 2 to port 0: linked once the 1 unlinks that wait");
	fixture_remember(l.f);
	fixture_check_refused(l.f, "twice", dlb_unlink(l.p[0], l.q[0]), -EINVAL,
			      "queue 0 from port 0: must be one that the port serves");
	assert_int_equal(dlb_port_enable(l.p[0], true), 0);
	send_and_run(&l, 0, 2);
	assert_int_equal(fixture_scheduled(l.p[0]), 4);

	complete_and_settle(&l, 0, 4);
	assert_int_equal(dlb_port_unlinks_pending(l.p[0]), 0);
	assert_int_equal(cq2priov(&l, 0), 0x01000000); /* the queue that stays, in slot 0 */
	model_bus_run(&l.f->mb);
	assert_int_equal(fixture_scheduled(l.p[0]), 6);
	assert_int_equal(fixture_depth(l.q[0]), 2);

	/* The slot can be used again, by a link that finds a backlog. */
	assert_int_equal(dlb_link(l.p[0], l.q[0], 3), 0);
	model_bus_run(&l.f->mb);
	assert_int_equal(fixture_scheduled(l.p[0]), 8);
	links_destroy(&l);
}

/* All that waits on a port goes at once; a link that finds it done goes through. */
static void
test_unlinks_together(void **state)
{
	struct links l;

	links_create(&l, *state);
	assert_int_equal(dlb_link(l.p[0], l.q[1], 0), 0);
	assert_int_equal(dlb_link(l.p[0], l.q[2], 0), 0);
	links_start_busy(&l);
	assert_int_equal(dlb_unlink(l.p[0], l.q[1]), 0);
	assert_int_equal(dlb_unlink(l.p[0], l.q[0]), 0);
	assert_int_equal(dlb_port_unlinks_pending(l.p[0]), 2);
	complete_and_settle(&l, 0, 4);
	assert_int_equal(dlb_link(l.p[0], l.q[3], 7), 0);
	assert_int_equal(dlb_port_unlinks_pending(l.p[0]), 0);
	assert_int_equal(dlb_device_poll(l.f->device), 0);
	assert_int_equal(cq2priov(&l, 0), 0x03000007);
	links_destroy(&l);
}

/* Linked again before the unlink took effect: as if nothing had been. */
static void
test_unlink_cancelled(void **state)
{
	struct links l;

	links_create(&l, *state);
	links_start_busy(&l);
	assert_int_equal(dlb_unlink(l.p[0], l.q[0]), 0);
	send_and_run(&l, 0, 4);
	assert_int_equal(fixture_scheduled(l.p[0]), 4);
	assert_int_equal(dlb_link(l.p[0], l.q[0], 6), 0);
	assert_int_equal(dlb_device_poll(l.f->device), 0);
	assert_int_equal(cq2priov(&l, 0), 0x01000006);
	model_bus_run(&l.f->mb);
	assert_int_equal(fixture_scheduled(l.p[0]), 8);
	links_destroy(&l);
}

/* A queue moves from one port to another while its events are held. */
static void
test_move(void **state)
{
	struct links l;

	links_create(&l, *state);
	links_start_busy(&l);
	assert_int_equal(dlb_link(l.p[1], l.q[0], 0), 0);
	assert_int_equal(dlb_unlink(l.p[0], l.q[0]), 0);
	assert_int_equal(dlb_device_poll(l.f->device), 2);
	send_and_run(&l, 0, 5);
	complete_and_settle(&l, 0, 4);
	assert_int_equal(dlb_device_poll(l.f->device), 0);
	model_bus_run(&l.f->mb);
	assert_int_equal(fixture_scheduled(l.p[0]), 4);
	assert_int_equal(fixture_scheduled(l.p[1]), 5);
	links_destroy(&l);
}

/* What a worker on each port does: complete all, return all tokens, and know what it has done. */
static void
consume(struct links *l)
{
	uint32_t i;

	for (i = 0; i < COUNT(l->p); i++) {
		struct dlb_port_stats stats;

		dlb_port_stats(l->p[i], &stats);
		fixture_complete(l->f, l->p[i], stats.inflights);
		if (stats.tokens > 0)
			fixture_pop(l->f, l->p[i], stats.tokens);
	}
	model_bus_settle(&l->f->mb);
}

/* Every change with events under way; each of them must come out once. */
static void
test_churn(void **state)
{
	struct links l;
	uint32_t sent = 0, done = 0, round, i;

	links_create(&l, *state);
	assert_int_equal(dlb_domain_start(l.domain), 0);
	for (round = 0; round < 300; round++) {
		struct dlb_port *port = l.p[round * 7 % 3];
		struct dlb_queue *queue = l.q[round * 5 % 4];

		fixture_send(l.f, l.dir_port, queue, DLB_SCHED_ATOMIC, 3);
		sent += 3;
		model_bus_run(&l.f->mb);
		if (round * 11 % 5 < 3)
			dlb_link(port, queue, round % 8);
		else
			dlb_unlink(port, queue);
		if (round % 4 > 0)
			consume(&l);
		dlb_device_poll(l.f->device);
	}
	consume(&l);
	assert_int_equal(dlb_device_poll(l.f->device), 0);
	for (i = 0; i < 4; i++)
		dlb_link(l.p[i % 3], l.q[i], 0);
	for (round = 0; round < 200; round++) {
		model_bus_run(&l.f->mb);
		consume(&l);
		dlb_device_poll(l.f->device);
	}
	for (i = 0; i < 3; i++)
		done += fixture_scheduled(l.p[i]);
	assert_int_equal(done, sent);
	links_destroy(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL_DEVICES(test_refused),
		ON_ALL_DEVICES(test_priority_replaced),
		ON_ALL_DEVICES(test_tables_full),
		ON_ALL_DEVICES(test_link_with_backlog),
		ON_ALL_DEVICES(test_link_waits),
		ON_ALL_DEVICES(test_link_cancelled),
		ON_ALL_DEVICES(test_unlink_waits),
		ON_ALL_DEVICES(test_unlinks_together),
		ON_ALL_DEVICES(test_unlink_cancelled),
		ON_ALL_DEVICES(test_move),
		ON_ALL_DEVICES(test_churn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
