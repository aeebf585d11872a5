/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Defects of the public DLB driver that no other test would notice here. The guide, "Defects of the
 * public driver", says for each of them which test shows that we do not have it.
 */
#include <errno.h>
#include <string.h>

#include <rte_bus_vdev.h>
#include <rte_common.h>
#include <rte_errno.h>

#include "fixture.h"

#define NAME "event_dlb0"
#define SECOND_NAME "event_dlb1"
#define DEPTH 8
#define BURST 40

static void
flush_count(uint8_t dev_id __rte_unused, struct rte_event ev __rte_unused, void *arg)
{
	++*(uint32_t *)arg;
}

/*
 * D7: a queue that no port serves holds events when the device stops. They are flushed, and what was
 * linked, and what was not, is as before when it starts again.
 */
static void
a_stop_changes_no_links(void **state)
{
	static const struct setup setup = { .queues = "aa", .ports = { "!01" } };
	uint8_t queue = 1, priority, queues[RTE_EVENT_MAX_QUEUES_PER_DEV];
	uint8_t priorities[RTE_EVENT_MAX_QUEUES_PER_DEV];
	struct rte_event ev[DEPTH];
	uint32_t flushed = 0, round, i;
	struct device dev;

	device_create(&dev, *state, "", &setup);
	assert_int_equal(rte_event_dev_stop_flush_callback_register(dev.id, flush_count, &flushed),
			 0);
	assert_int_equal(rte_event_port_unlink(dev.id, 0, &queue, 1), 1);
	for (round = 1; round <= 3; round++) {
		for (i = 0; i < DEPTH; i++)
			ev[i] = event_new(1, RTE_SCHED_TYPE_ATOMIC, i, i);
		send(&dev, 0, ev, DEPTH);
		rte_event_dev_stop(dev.id);
		assert_int_equal(flushed, round * DEPTH);
		device_start(&dev);
		assert_int_equal(rte_event_port_links_get(dev.id, 0, queues, priorities), 1);
		assert_int_equal(queues[0], 0);
	}
	priority = RTE_EVENT_DEV_PRIORITY_NORMAL;
	assert_int_equal(rte_event_port_link(dev.id, 0, &queue, &priority, 1), 1);
	ev[0] = event_new(1, RTE_SCHED_TYPE_ATOMIC, 0, 0);
	send(&dev, 0, ev, 1);
	receive(&dev, 0, ev, 1);
	release(&dev, 0, ev, 1);
	assert_int_equal(rte_event_dev_stop_flush_callback_register(dev.id, NULL, NULL), 0);
	device_remove(&dev);
}

/* D18: a burst of more events than the port's enqueue depth. What is accepted arrives, and once. */
static void
bursts_beyond_the_enqueue_depth(void **state)
{
	static const struct setup setup = { .queues = "apos",
					    .ports = { "!012", "3" },
					    .depth = DEPTH };
	static const uint8_t types[] = { RTE_SCHED_TYPE_ATOMIC, RTE_SCHED_TYPE_PARALLEL,
					 RTE_SCHED_TYPE_ORDERED, RTE_SCHED_TYPE_ATOMIC };
	struct rte_event ev[BURST], out[DEPTH];
	uint32_t q, i, got, turns;
	uint16_t sent, n;
	struct device dev;
	uint64_t seen;

	device_create(&dev, *state, "", &setup);
	for (q = 0; q < RTE_DIM(types); q++) {
		for (i = 0; i < BURST; i++)
			ev[i] = event_new((uint8_t)q, types[q], i, i);
		sent = rte_event_enqueue_burst(dev.id, 0, ev, BURST);
		assert_true(sent >= DEPTH && sent <= BURST);
		for (seen = 0, got = 0, turns = 0; got < sent && turns < 1000; turns++) {
			n = poll(&dev, q == 3, out, DEPTH);
			for (i = 0; i < n; i++) {
				assert_false(seen >> out[i].u64 & 1);
				seen |= UINT64_C(1) << out[i].u64;
			}
			got += n;
			if (q != 3)
				release(&dev, 0, out, n);
		}
		assert_int_equal(seen, (UINT64_C(1) << sent) - 1);
	}
	device_remove(&dev);
}

/* D35: what one device says of itself does not change because another one was asked. */
static void
devices_speak_for_themselves(void **state)
{
	struct rte_event_dev_info before, after;
	struct device dev, other;

	device_probe(&dev, *state, NAME, "hw=2.0");
	device_probe(&other, *state, SECOND_NAME, "hw=2.5");
	assert_int_equal(rte_event_dev_info_get(dev.id, &before), 0);
	assert_int_equal(rte_event_dev_info_get(other.id, &after), 0);
	assert_int_not_equal(before.max_num_events, 0);
	assert_int_not_equal(before.max_num_events, after.max_num_events);
	assert_int_equal(rte_event_dev_info_get(dev.id, &after), 0);
	assert_int_equal(before.max_num_events, after.max_num_events);
	assert_int_equal(before.max_event_queues, after.max_event_queues);
	assert_int_equal(before.max_single_link_event_port_queue_pairs,
			 after.max_single_link_event_port_queue_pairs);
	device_remove(&other);
	device_remove(&dev);
}

/* D40: a self test that finds no device to run on has not passed. */
static void
a_self_test_of_nothing_fails(void **state)
{
	static const struct setup setup = { .queues = "a", .ports = { "0" } };
	struct device dev;

	/* The first self test of a process registers a field of mbufs for good. */
	assert_int_equal(rte_vdev_init(SECOND_NAME, ""), 0);
	rte_event_dev_selftest((uint8_t)rte_event_dev_get_dev_id(SECOND_NAME));
	assert_int_equal(rte_vdev_uninit(SECOND_NAME), 0);

	device_create(&dev, *state, "", &setup);
	assert_true(rte_event_dev_selftest(dev.id) < 0);
	rte_event_dev_stop(dev.id);
	assert_int_equal(rte_event_dev_selftest(dev.id), 0);
	device_remove(&dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_stop_changes_no_links, fixture_sweep),
		cmocka_unit_test_teardown(bursts_beyond_the_enqueue_depth, fixture_sweep),
		cmocka_unit_test_teardown(devices_speak_for_themselves, fixture_sweep),
		cmocka_unit_test_teardown(a_self_test_of_nothing_fails, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
