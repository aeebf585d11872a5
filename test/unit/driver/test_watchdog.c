/* SPDX-License-Identifier: BSD-3-Clause */
/* Watchdogs, and what makes them bark: workers that hang, and tokens that got lost. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>

#include <rte_common.h>

#include "fixture.h"
#include "rte_pmd_dlb.h"

#define TIMEOUT_MS 8

static const char *const devices[] = { "hw=2.0", "hw=2.5,cq_mode=sparse", "hw=2.5,sched=thread" };

static uint64_t
expiries(const struct device *dev, uint8_t port)
{
	char name[64];

	snprintf(name, sizeof(name), "port_%u_watchdog_expiries", port);
	return device_xstat(dev, name);
}

/* Until it has expired that many times more; it never does: that is for meson's time limit. */
static void
wait_for_expiries(const struct device *dev, uint8_t port, uint64_t more)
{
	uint64_t wanted = expiries(dev, port) + more;

	/* Whoever looks all the time keeps the model from the thread that lets time pass. */
	while (expiries(dev, port) < wanted) {
		device_turn(dev);
		sched_yield();
	}
}

/* Give a port an event, which stays in its CQ. */
static void
serve(const struct device *dev, uint8_t queue, const char *row)
{
	struct rte_event ev = event_new(queue, RTE_SCHED_TYPE_ATOMIC, 1, 1);
	struct rte_pmd_dlb_member member;

	send(dev, 2, &ev, 1);
	do {
		poll(dev, 2, &ev, 1);
		TEST_EQ(rte_pmd_dlb_member_get(dev->id, queue, 0, &member), 0, row);
	} while (member.tokens == 0);
}

/* A worker that hangs: logged once, counted until it takes what it has. The other one is the clock. */
static void
a_worker_that_hangs_is_reported(void **state)
{
	const struct setup setup = { .queues = "aa", .ports = { "!0", "!1", "!" } };
	struct rte_event ev;
	struct device dev;
	uint64_t count;
	uint32_t d;

	for (d = 0; d < RTE_DIM(devices); d++) {
		device_create(&dev, *state, devices[d], &setup);
		log_mark(*state);
		TEST_EQ(rte_pmd_dlb_watchdog_set(dev.id, 0, TIMEOUT_MS), 0, devices[d]);
		TEST_EQ(rte_pmd_dlb_watchdog_set(dev.id, 1, TIMEOUT_MS), 0, devices[d]);
		serve(&dev, 1, devices[d]);
		wait_for_expiries(&dev, 1, 2);
		TEST_EQ(expiries(&dev, 0), 0, devices[d]);
		serve(&dev, 0, devices[d]);
		wait_for_expiries(&dev, 0, 2);
		TEST_EQ(log_count(*state, "port 0: watchdog: no token"), 1, devices[d]);
		TEST_EQ(log_count(*state, "port 1: watchdog: no token"), 1, devices[d]);

		receive(&dev, 0, &ev, 1);
		release(&dev, 0, &ev, 1);
		TEST_EQ(poll(&dev, 0, &ev, 1), 0, devices[d]);
		/* What had expired by then may be seen a little later. */
		wait_for_expiries(&dev, 1, 1);
		count = expiries(&dev, 0);
		wait_for_expiries(&dev, 1, 3);
		TEST_EQ(expiries(&dev, 0), count, devices[d]);

		TEST_EQ(rte_pmd_dlb_watchdog_set(dev.id, 1, 0), 0, devices[d]);
		receive(&dev, 1, &ev, 1);
		release(&dev, 1, &ev, 1);
		rte_event_dev_stop(dev.id);
		fixture_sweep(state);
	}
}

/* The port has paid for what it got, and the device has not heard of it. */
static void
lost_tokens_are_noticed(void **state)
{
	const struct setup setup = { .queues = "aa", .ports = { "!0", "!1", "!" } };
	struct rte_pmd_dlb_member member;
	struct rte_event ev[DEVICE_DEPTH];
	struct device dev;
	uint16_t i, depth, got;

	device_create(&dev, *state, "", &setup);
	assert_int_equal(rte_pmd_dlb_watchdog_set(dev.id, 0, TIMEOUT_MS), 0);
	assert_int_equal(rte_pmd_dlb_member_get(dev.id, 0, 0, &member), 0);
	depth = (uint16_t)member.cq_depth;
	log_mark(*state);
	assert_int_equal(rte_pmd_dlb_fault_tokens(dev.id, 0, 0, 0), -EINVAL);
	log_expect(*state, dev.name, "tokens 0: accepted are 1 to", "no tokens");
	assert_int_equal(rte_pmd_dlb_fault_tokens(dev.id, 0, 0, depth + 1), -EINVAL);

	/* Four entries are left of the CQ. */
	assert_int_equal(rte_pmd_dlb_fault_tokens(dev.id, 0, 0, depth - 4), 0);
	for (i = 0; i < 8; i++) {
		ev[i] = event_new(0, RTE_SCHED_TYPE_ATOMIC, i, i);
		send(&dev, 2, &ev[i], 1);
	}
	for (i = 0; i < 8; i++)
		poll(&dev, 2, &ev[8], 1);
	got = rte_event_dequeue_burst(dev.id, 0, ev, DEVICE_DEPTH, 0);
	assert_int_equal(got, 4);
	release(&dev, 0, ev, got);
	receive(&dev, 0, ev, 4);
	release(&dev, 0, ev, 4);
	/* Nothing is in the CQ, and still it has not been paid for. */
	wait_for_expiries(&dev, 0, 1);
	rte_event_dev_stop(dev.id);
	fixture_sweep(state);
}

static void
refusals(void **state)
{
	const struct setup setup = { .queues = "a", .ports = { "0" } };
	struct device dev;

	device_create(&dev, *state, "", &setup);
	log_mark(*state);
	assert_int_equal(rte_pmd_dlb_watchdog_set(dev.id, 0, 1000001), -EINVAL);
	log_expect(*state, dev.name, "1000001 ms: accepted are 0 to 1000000", "too long");
	log_mark(*state);
	assert_int_equal(rte_pmd_dlb_watchdog_set(dev.id, 1, 1), -EINVAL);
	log_expect(*state, dev.name, "configured with 1 ports", "no such port");
	rte_event_dev_stop(dev.id);
	log_mark(*state);
	assert_int_equal(rte_pmd_dlb_watchdog_set(dev.id, 0, 1), -EAGAIN);
	log_expect(*state, dev.name, "accepted is one that has been started", "stopped");
	device_remove(&dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_worker_that_hangs_is_reported, fixture_sweep),
		cmocka_unit_test_teardown(lost_tokens_are_noticed, fixture_sweep),
		cmocka_unit_test_teardown(refusals, fixture_sweep),
	};

	return cmocka_run_group_tests_name("watchdog", tests, fixture_create, fixture_destroy);
}
