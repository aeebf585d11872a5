/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Links made while the device runs, and what waits meanwhile (D19). The device takes a link to a queue only
 * while nothing of that queue is at work, so the queue is paused until its workers have answered.
 */
#include <rte_common.h>

#include "fixture.h"

#define TURNS_MAX 400
#define BUSY_TURNS_MAX 10000000 /* a few us each, and a thread looks after 10 ms */

static const char *const generations[] = { "hw=2.0", "hw=2.5,cq_mode=sparse", DEVICE_SLOW };

static void
send_numbered(const struct device *dev, uint8_t port, uint8_t queue, uint32_t n)
{
	struct rte_event ev;
	uint32_t i;

	for (i = 0; i < n; i++) {
		ev = event_new(queue, RTE_SCHED_TYPE_ATOMIC, i, i);
		send(dev, port, &ev, 1);
	}
}

static uint64_t
links_pending(const struct device *dev)
{
	return device_xstat(dev, "dev_links_pending");
}

/* Until no link waits. Nothing is taken: the port has no links. */
static void
links_wait(const struct device *dev, uint8_t port)
{
	struct rte_event ev;
	uint32_t turn;

	for (turn = 0; turn < TURNS_MAX && links_pending(dev) > 0; turn++)
		assert_int_equal(poll(dev, port, &ev, 1), 0);
	assert_int_equal(links_pending(dev), 0);
}

/* Take n events and answer for them, from some ports in turn. */
static void
take(const struct device *dev, uint8_t first, uint8_t last, uint32_t n)
{
	struct rte_event ev[DEVICE_DEPTH];
	uint32_t got = 0, turn;
	uint16_t taken;
	uint8_t p;

	for (turn = 0; turn < TURNS_MAX && got < n; turn++) {
		p = (uint8_t)(first + turn % (last - first + 1u));
		taken = poll(dev, p, ev, DEVICE_DEPTH);
		release(dev, p, ev, taken);
		got += taken;
	}
	assert_int_equal(got, n);
}

/*
 * Several links to a queue at work share one pause. The queue schedules as soon as it ends, and a link
 * with a pause of its own would wait for these events, which nobody takes.
 */
static void
links_share_a_pause(void **state)
{
	static const struct setup setup = { .queues = "p", .ports = { "!0", "!", "!", "!", "" } };
	struct rte_event held, ev;
	struct device dev;
	uint32_t g;
	uint8_t p;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		send_numbered(&dev, 4, 0, 1);
		receive(&dev, 0, &held, 1);
		for (p = 1; p <= 3; p++)
			assert_int_equal(link_one(&dev, p, 0), 1);
		assert_int_equal(links_pending(&dev), 3);
		send_numbered(&dev, 4, 0, DEVICE_DEPTH);
		assert_int_equal(poll(&dev, 0, &ev, 1), 0);
		release(&dev, 0, &held, 1);
		links_wait(&dev, 4);
		take(&dev, 0, 3, DEVICE_DEPTH);
		device_remove(&dev);
	}
}

/* While a queue has nothing at work a link is there when the call returns, whatever else is. */
static void
a_link_to_a_queue_at_rest_waits_for_nobody(void **state)
{
	static const struct setup setup = { .queues = "pa", .ports = { "!1", "!", "" } };
	struct rte_event held, ev[DEVICE_DEPTH];
	struct device dev;
	uint32_t g;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		send_numbered(&dev, 2, 1, 1);
		receive(&dev, 0, &held, 1);
		send_numbered(&dev, 2, 0, DEVICE_DEPTH);
		assert_int_equal(link_one(&dev, 0, 0), 1);
		assert_int_equal(links_pending(&dev), 0);
		receive(&dev, 0, ev, DEVICE_DEPTH - 1);
		release(&dev, 0, &held, 1);
		release(&dev, 0, ev, DEVICE_DEPTH - 1);
		take(&dev, 0, 0, 1);
		device_remove(&dev);
	}
}

/* Who holds an event for long holds up the links of its queue, and the queue, but nothing else. */
static void
a_pause_is_of_one_queue(void **state)
{
	static const struct setup setup = { .queues = "pao", .ports = { "!0", "!12", "!1", "" } };
	struct rte_event held, ev[4];
	struct device dev;
	uint32_t g, round;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		send_numbered(&dev, 3, 0, 1);
		receive(&dev, 0, &held, 1);
		assert_int_equal(link_one(&dev, 2, 0), 1);
		send_numbered(&dev, 3, 0, 4);
		for (round = 0; round < 50; round++) {
			send_numbered(&dev, 3, 1, 8);
			send_numbered(&dev, 3, 2, 8);
			take(&dev, 1, 2, 16);
		}
		assert_int_equal(unlink_one(&dev, 2, 1), 1);
		unlink_finish(&dev, 2);
		assert_int_equal(link_one(&dev, 2, 1), 1);
		assert_int_equal(links_pending(&dev), 1);
		assert_int_equal(poll(&dev, 0, ev, 4), 0);
		/* Nobody waits any more: the queue goes on, and the event is still held. */
		assert_int_equal(unlink_one(&dev, 2, 0), 1);
		assert_int_equal(links_pending(&dev), 0);
		receive(&dev, 0, ev, 4);
		release(&dev, 0, &held, 1);
		release(&dev, 0, ev, 4);
		device_remove(&dev);
	}
}

/* A stop does not wait for whoever holds the event. The link is there after the next start. */
static void
stopped_while_a_link_waits(void **state)
{
	static const struct setup setup = { .queues = "a", .ports = { "!0", "!", "" } };
	struct rte_event held;
	struct device dev;
	uint32_t g;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		send_numbered(&dev, 2, 0, 4);
		receive(&dev, 0, &held, 1);
		assert_int_equal(link_one(&dev, 1, 0), 1);
		assert_int_equal(links_pending(&dev), 1);
		device_stop(&dev);
		device_start(&dev);
		assert_int_equal(links_pending(&dev), 0);
		assert_int_equal(unlink_one(&dev, 0, 0), 1);
		unlink_finish(&dev, 0);
		send_numbered(&dev, 2, 0, 4);
		take(&dev, 1, 1, 4);
		device_remove(&dev);
	}
}

/* Ports that find nothing look at links that wait; where each of them is busy, somebody else does. */
static void
linked_while_no_port_finds_nothing(void **state)
{
	static const char *const args[] = { "hw=2.0,sched=service", "hw=2.5,sched=service" };
	static const struct setup setup = { .queues = "pp", .ports = { "!01", "!", "" } };
	struct rte_event ev;
	struct device dev;
	uint32_t i, turn;

	for (i = 0; i < RTE_DIM(args); i++) {
		device_create(&dev, *state, args[i], &setup);
		send_numbered(&dev, 2, 0, 1);
		receive(&dev, 0, &ev, 1);
		assert_int_equal(link_one(&dev, 1, 0), 1);
		send_numbered(&dev, 2, 1, DEVICE_DEPTH);
		for (turn = 0; links_pending(&dev) > 0; turn++) {
			assert_true(turn < BUSY_TURNS_MAX);
			release(&dev, 0, &ev, 1);
			assert_int_equal(poll(&dev, 0, &ev, 1), 1);
			send_numbered(&dev, 2, 1, 1);
		}
		release(&dev, 0, &ev, 1);
		take(&dev, 0, 0, DEVICE_DEPTH);
		assert_int_equal(unlink_one(&dev, 0, 0), 1);
		unlink_finish(&dev, 0);
		send_numbered(&dev, 2, 0, 4);
		take(&dev, 1, 1, 4);
		device_remove(&dev);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(links_share_a_pause, fixture_sweep),
		cmocka_unit_test_teardown(a_link_to_a_queue_at_rest_waits_for_nobody,
					  fixture_sweep),
		cmocka_unit_test_teardown(a_pause_is_of_one_queue, fixture_sweep),
		cmocka_unit_test_teardown(stopped_while_a_link_waits, fixture_sweep),
		cmocka_unit_test_teardown(linked_while_no_port_finds_nothing, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
