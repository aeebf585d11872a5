/* SPDX-License-Identifier: BSD-3-Clause */
/* Several event devices on one function: a domain each, and nothing of one reaches another. */
#include <errno.h>
#include <string.h>

#include <rte_bus_vdev.h>
#include <rte_common.h>

#include "dlb_qe.h"

#include "fixture.h"
#include "rte_pmd_dlb.h"

#define ROUNDS 25
#define ROUND 8 /* events of each device that are on their way at once */

static const struct setup setup = { .queues = "aop", .ports = { "012", "012" }, .limit = 512 };
static const struct setup one_worker = { .queues = "a", .ports = { "!0" }, .limit = 512 };

/* All are there before the first one starts, or that takes what others would have a share of. */
static void
devices_create(struct device *const devs[], uint32_t n, struct fixture *fix, const char *args,
	       const struct setup *conf)
{
	static const char *const names[] = { "event_dlb0", "event_dlb1", "event_dlb2" };
	uint32_t i;

	for (i = 0; i < n; i++)
		device_probe(devs[i], fix, names[i], i == 0 ? args : "shares=event_dlb0");
	for (i = 0; i < n; i++) {
		devs[i]->has_thread = devs[0]->has_thread;
		device_configure(devs[i], conf);
		device_start(devs[i]);
	}
}

static void
tagged_send(const struct device *dev, uint32_t tag)
{
	static const uint8_t types[] = { RTE_SCHED_TYPE_ATOMIC, RTE_SCHED_TYPE_ORDERED,
					 RTE_SCHED_TYPE_PARALLEL };
	struct rte_event ev[ROUND];
	uint32_t i;

	for (i = 0; i < ROUND; i++)
		ev[i] = event_new((uint8_t)(i % 3), types[i % 3], i, tag);
	send(dev, 0, ev, ROUND);
}

static void
tagged_receive(const struct device *dev, uint32_t tag)
{
	struct rte_event ev[ROUND];
	uint32_t got = 0, turn;
	uint16_t i, n;

	for (turn = 0; got < ROUND; turn++) {
		n = poll(dev, turn % 2, ev, ROUND);
		for (i = 0; i < n; i++)
			TEST_EQ(ev[i].u64, tag, "an event of another device");
		got += n;
	}
	TEST_EQ(got, ROUND, "events of a device");
}

/* Queue ids, flows and ports are the same in all of them; what an event carries tells whose it is. */
static void
traffic_run(struct device *const devs[], uint32_t n)
{
	uint32_t round, d;

	for (round = 0; round < ROUNDS; round++) {
		for (d = 0; d < n; d++)
			tagged_send(devs[d], d);
		for (d = 0; d < n; d++)
			tagged_receive(devs[d], d);
	}
}

static void
devices_run_side_by_side(void **state)
{
	static const char *const args[] = { "hw=2.0", "hw=2.5", "sched=thread", "cq_mode=sparse",
					    "seed=5,lag=20" };
	struct device a, b, c;
	struct device *const devs[] = { &a, &b, &c };
	uint32_t i;

	for (i = 0; i < RTE_DIM(args); i++) {
		devices_create(devs, 3, *state, args[i], &setup);
		traffic_run(devs, 3);
		device_remove(&c);
		traffic_run(devs, 2);
		device_remove(&b);
		traffic_run(devs, 1);
		device_remove(&a);
	}
}

/* The first one may go first: what they share goes with the last one. */
static void
the_first_goes_first(void **state)
{
	struct device a, b, c;
	struct device *const devs[] = { &a, &b };

	devices_create(devs, 2, *state, "sched=service", &setup);
	a.leaves_others = true;
	device_remove(&a);
	traffic_run(&devs[1], 1);
	/* And its place can be taken again, by the name of the function. */
	device_probe(&c, *state, "event_dlb2", "shares=event_dlb0");
	device_remove(&c);
	b.allocations = a.allocations;
	b.leaves_others = false;
	device_remove(&b);
}

/* A stop flushes, and a start resets, one domain only. */
static void
one_stops_and_starts(void **state)
{
	struct rte_event ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 3, 77);
	struct device a, b;
	struct device *const devs[] = { &a, &b };
	uint32_t i;

	devices_create(devs, 2, *state, "", &setup);
	for (i = 0; i < 20; i++) {
		send(&a, 0, &ev, 1);
		rte_event_dev_stop(b.id);
		device_start(&b);
		receive_anywhere(&a, 1);
		device_expect_idle(&a);
		send(&b, 0, &ev, 1);
		rte_event_dev_stop(a.id);
		device_start(&a);
		receive_anywhere(&b, 1);
		device_expect_idle(&b);
	}
	traffic_run(devs, 2);
	device_remove(&b);
	device_remove(&a);
}

/*
 * D39: others come to the function, run and go while one is at work: what it has in a queue, in a CQ and in
 * the hands of its worker stays there, and counts that a reset would clear go on.
 */
static void
others_come_and_go_under_traffic(void **state)
{
	static const char *const args[] = { "hw=2.0", "hw=2.5", "seed=5,lag=20" };
	struct rte_event ev[ROUND], held[ROUND];
	struct device a, b;
	uint32_t i, round, e;

	for (i = 0; i < RTE_DIM(args); i++) {
		device_probe(&a, *state, "event_dlb0", args[i]);
		/* What it does not take at its start is for those who come later. */
		device_probe(&b, *state, "event_dlb1", "shares=event_dlb0");
		device_configure(&a, &one_worker);
		device_start(&a);
		for (round = 0; round < ROUNDS; round++) {
			for (e = 0; e < ROUND; e++)
				ev[e] = event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, round * ROUND + e);
			send(&a, 0, ev, ROUND);
			receive(&a, 0, held, 2);
			device_configure(&b, &setup);
			device_start(&b);
			tagged_send(&b, 1);
			tagged_receive(&b, 1);
			device_remove(&b);
			device_probe(&b, *state, "event_dlb1", "shares=event_dlb0");
			receive(&a, 0, &held[2], ROUND - 2);
			for (e = 0; e < ROUND; e++)
				assert_int_equal(held[e].u64, round * ROUND + e);
			release(&a, 0, held, ROUND);
		}
		assert_int_equal(device_xstat(&a, "port_0_scheduled"), ROUNDS * ROUND);
		assert_int_equal(device_xstat(&a, "dev_scheduled_load_balanced"),
				 2 * ROUNDS * ROUND);
		device_remove(&b);
		device_remove(&a);
	}
}

/* What is there once is shared out, and who asks for more than is left is told. */
static void
resources_are_shared(void **state)
{
	static const struct setup most = { .queues = "pppppppppppppppppppppppppppppp",
					   .ports = { "0", "0" },
					   .limit = 4096 };
	static const struct setup more = { .queues = "ppp", .ports = { "0" }, .limit = 64 };
	static const struct setup less = { .queues = "pp", .ports = { "0" }, .limit = 64 };
	struct rte_pmd_dlb_domain domain[2];
	struct device a, b;
	struct device *const devs[] = { &a, &b };

	devices_create(devs, 2, *state, "hw=2.5", &setup);
	assert_int_equal(rte_pmd_dlb_domain_get(b.id, &domain[1]), 0);
	assert_int_equal(rte_pmd_dlb_domain_get(a.id, &domain[0]), 0);
	assert_int_equal(domain[0].hist_entries, domain[1].hist_entries);
	assert_int_equal(domain[0].aqed_entries, domain[1].aqed_entries);
	traffic_run(devs, 2);

	rte_event_dev_stop(b.id);
	rte_event_dev_stop(a.id);
	device_configure(&a, &most);
	device_start(&a);
	device_configure(&b, &more);
	log_mark(*state);
	assert_true(rte_event_dev_start(b.id) < 0);
	log_expect(*state, "event_dlb1", "3 load-balanced queues: accepted are up to 2", "more");
	device_configure(&b, &less);
	device_start(&b);
	device_remove(&b);
	device_remove(&a);
}

/* Groups of sequence numbers that one uses are not cut anew for another. */
static void
sequences_are_shared(void **state)
{
	static const struct setup ordered = { .queues = "ooooo", .ports = { "!01234" } };
	struct rte_event ev[4], got[4];
	struct device a, b, c;
	struct device *const devs[] = { &a, &b, &c };
	uint32_t i, d;

	devices_create(devs, 3, *state, "", &ordered);
	for (i = 0; i < 50; i++) {
		for (d = 0; d < 4; d++)
			ev[d] = event_new((uint8_t)(i % 5), RTE_SCHED_TYPE_ORDERED, d, d);
		send(&c, 0, ev, 4);
		receive(&c, 0, got, 4);
		for (d = 0; d < 4; d++)
			assert_int_equal(got[d].u64, d);
		release(&c, 0, got, 4);
	}
	device_remove(&c);
	device_remove(&b);
	device_remove(&a);
}

static void
an_alarm_is_its_owners(void **state)
{
	struct rte_pmd_dlb_qe line[4] = { { .cmd = 0xf } };
	struct device a, b;
	struct device *const devs[] = { &a, &b };

	devices_create(devs, 2, *state, "", &setup);
	assert_int_equal(rte_pmd_dlb_qe_inject(b.id, 0, 0, line), 0);
	while (device_xstat(&b, "dev_alarm_illegal_command") == 0)
		device_turn(&b);
	assert_int_equal(device_xstat(&b, "dev_alarm_illegal_command"), 1);
	assert_int_equal(device_xstat(&a, "dev_alarm_illegal_command"), 0);
	assert_int_equal(rte_pmd_dlb_qe_inject(a.id, 0, 0, line), 0);
	while (device_xstat(&a, "dev_alarm_illegal_command") == 0)
		device_turn(&a);
	assert_int_equal(device_xstat(&b, "dev_alarm_illegal_command"), 1);
	rte_event_dev_stop(b.id);
	rte_event_dev_stop(a.id);
	fixture_sweep(state);
}

static void
refusals(void **state)
{
	static const struct {
		const char *args, *text;
	} rows[] = {
		{ "shares=event_dlb7",
		  "shares=event_dlb7: accepted is the name of an event device" },
		{ "shares=event_dlb1",
		  "shares=event_dlb1: accepted is the name of an event device" },
		{ "shares=", "shares=: accepted are the name of an event device" },
		{ "shares=event_dlb0,shares=event_dlb0", "shares is given more than once" },
		{ "shares=event_dlb0,hw=2.0", "device argument 'hw': the nearest known one is " },
		{ "sched=thread,shares=event_dlb0", "device argument 'sched': the nearest known " },
		{ "shares=event_dlb0,numa_node=31", "numa_node=31: accepted are the " },
	};
	struct device a;
	uint32_t i;

	device_create(&a, *state, "", &setup);
	for (i = 0; i < RTE_DIM(rows); i++) {
		log_mark(*state);
		TEST_EQ(rte_vdev_init("event_dlb1", rows[i].args) < 0, true, rows[i].args);
		log_expect(*state, "event_dlb1", rows[i].text, rows[i].args);
	}
	device_remove(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(devices_run_side_by_side, fixture_sweep),
		cmocka_unit_test_teardown(the_first_goes_first, fixture_sweep),
		cmocka_unit_test_teardown(one_stops_and_starts, fixture_sweep),
		cmocka_unit_test_teardown(others_come_and_go_under_traffic, fixture_sweep),
		cmocka_unit_test_teardown(resources_are_shared, fixture_sweep),
		cmocka_unit_test_teardown(sequences_are_shared, fixture_sweep),
		cmocka_unit_test_teardown(an_alarm_is_its_owners, fixture_sweep),
		cmocka_unit_test_teardown(refusals, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
