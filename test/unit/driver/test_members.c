/* SPDX-License-Identifier: BSD-3-Clause */
/* Ports that get and give up hardware ports while the device runs. */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "fixture.h"

#define NAME "event_dlb0"
#define TURNS_MAX 400
#define PATIENCE_NS UINT64_C(20000000000)
#define P16 "pppppppppppppppp"
#define P32 P16 P16

static const char *const generations[] = { "hw=2.0", "hw=2.5,cq_mode=sparse" };

static void
send_numbered(const struct device *dev, uint8_t port, uint8_t queue, uint64_t first, uint16_t n)
{
	struct rte_event ev;
	uint16_t i;

	for (i = 0; i < n; i++) {
		ev = event_new(queue, RTE_SCHED_TYPE_PARALLEL, i, first + i);
		send(dev, port, &ev, 1);
	}
}

static void
receive_numbered(const struct device *dev, uint8_t port, uint64_t first, uint16_t n)
{
	struct rte_event ev[DEVICE_DEPTH];
	uint16_t i;

	receive(dev, port, ev, n);
	for (i = 0; i < n; i++)
		assert_int_equal(ev[i].u64, first + i);
	release(dev, port, ev, n);
}

/* A port that polls and finds nothing gives up what is not linked to it any more. */
static void
unlinks_finish(const struct device *dev, uint8_t port)
{
	struct rte_event ev;
	uint32_t turn;

	for (turn = 0; turn < TURNS_MAX; turn++) {
		if (rte_event_port_unlinks_in_progress(dev->id, port) == 0)
			return;
		assert_int_equal(poll(dev, port, &ev, 1), 0);
	}
	fail_msg("port %u: an unlink does not end", port);
}

struct late {
	const char *name;
	struct setup setup; /* the last queue is SINGLE_LINK, and linked to port 0 late */
};

static void
single_link_queues_are_bound_late(void **state)
{
	static const struct late rows[] = {
		{ "a port that works for others", { .queues = "ps", .ports = { "!0", "0" } } },
		{ "a SINGLE_LINK port without links", { .queues = "ps", .ports = { "!=", "0" } } },
		{ "a port without links", { .queues = "ps", .ports = { "!", "0" } } },
		{ "a port that has such a queue", { .queues = "pss", .ports = { "!1", "0" } } },
		{ "no other queues", { .queues = "s", .ports = { "!", "" } } },
	};
	struct device dev;
	uint32_t g, r;
	uint8_t q;

	for (g = 0; g < RTE_DIM(generations); g++) {
		for (r = 0; r < RTE_DIM(rows); r++) {
			device_create(&dev, *state, generations[g], &rows[r].setup);
			q = (uint8_t)strlen(rows[r].setup.queues) - 1;
			send_numbered(&dev, 1, q, 0, 8);
			TEST_EQ(link_one(&dev, 0, q), 1, rows[r].name);
			receive_numbered(&dev, 0, 0, 8);
			send_numbered(&dev, 1, q, 8, DEVICE_DEPTH);
			receive_numbered(&dev, 0, 8, DEVICE_DEPTH);
			device_remove(&dev);
		}
	}
}

/* To and fro between two ports that have others as well, with events waiting each time. */
static void
single_link_queues_move(void **state)
{
	static const struct setup setup = { .queues = "psss", .ports = { "!0123", "!0" } };
	struct rte_event ev[4], other;
	struct device dev;
	uint64_t number = 0;
	uint8_t from, to;
	uint32_t g, i;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		for (i = 0; i < 300; i++, number += 16) {
			from = i % 2;
			to = !from;
			send_numbered(&dev, to, 2, number, 4);
			receive(&dev, from, ev, 4);
			assert_int_equal(unlink_one(&dev, from, 2), 1);
			send_numbered(&dev, to, 2, number + 4, 12);

			/* While its core may hold events, it cannot go. */
			log_mark(*state);
			assert_int_equal(link_one(&dev, to, 2), 0);
			assert_int_equal(rte_errno, EBUSY);
			log_expect(*state, NAME, "until it finds nothing to dequeue", "held");
			assert_int_equal(rte_event_port_unlinks_in_progress(dev.id, from), 1);
			assert_int_equal(poll(&dev, from, &other, 1), 0);
			assert_int_equal(rte_event_port_unlinks_in_progress(dev.id, from), 1);
			release(&dev, from, ev, 4);
			unlinks_finish(&dev, from);
			assert_int_equal(link_one(&dev, to, 2), 1);
			receive_numbered(&dev, to, number + 4, 12);

			/* The others have not been disturbed. */
			send_numbered(&dev, 1, 3, number, 3);
			receive_numbered(&dev, 0, number, 3);
		}
		device_remove(&dev);
	}
}

/* A core that does not come back gives up what it had when it leaves its port. */
static void
single_link_queues_of_a_port_that_was_left(void **state)
{
	static const struct setup setup = { .queues = "ps", .ports = { "!01", "!0" } };
	struct device dev;

	device_create(&dev, *state, "", &setup);
	assert_int_equal(unlink_one(&dev, 0, 1), 1);
	assert_int_equal(rte_event_port_unlinks_in_progress(dev.id, 0), 1);
	rte_event_port_quiesce(dev.id, 0, NULL, NULL);
	assert_int_equal(rte_event_port_unlinks_in_progress(dev.id, 0), 0);
	assert_int_equal(link_one(&dev, 1, 1), 1);
	send_numbered(&dev, 0, 1, 0, 8);
	receive_numbered(&dev, 1, 0, 8);
	device_remove(&dev);
}

/* A port must keep one hardware port: without another it keeps that of its queue. */
static void
the_only_hardware_port_stays(void **state)
{
	static const struct setup setup = { .queues = "ps", .ports = { "!1", "!0" } };
	struct device dev;

	device_create(&dev, *state, "", &setup);
	assert_int_equal(unlink_one(&dev, 0, 1), 1);
	assert_int_equal(rte_event_port_unlinks_in_progress(dev.id, 0), 0);
	log_mark(*state);
	assert_int_equal(link_one(&dev, 1, 1), 0);
	assert_int_equal(rte_errno, EBUSY);
	log_expect(
		*state, NAME,
		"port 1: link to queue 1, which is SINGLE_LINK: port 0 has its hardware port and no "
		"other; stop the device to link it here",
		"only one");
	send_numbered(&dev, 0, 1, 0, 8);
	assert_int_equal(link_one(&dev, 0, 1), 1);
	receive_numbered(&dev, 0, 0, 8);
	device_remove(&dev);
}

static void
flush_count(uint8_t dev_id __rte_unused, struct rte_event ev __rte_unused, void *arg)
{
	(*(uint32_t *)arg)++;
}

/* Where the queue is, given up or not yet, a stop finds its events. */
static void
stopped_between_two_ports(void **state)
{
	static const struct setup setup = { .queues = "ps", .ports = { "!01", "!0" } };
	uint32_t flushed, given_up;
	struct device dev;

	for (given_up = 0; given_up < 2; given_up++) {
		flushed = 0;
		device_create(&dev, *state, "", &setup);
		rte_event_dev_stop_flush_callback_register(dev.id, flush_count, &flushed);
		send_numbered(&dev, 1, 1, 0, 5);
		receive_numbered(&dev, 0, 0, 5);
		assert_int_equal(unlink_one(&dev, 0, 1), 1);
		if (given_up)
			unlinks_finish(&dev, 0);
		send_numbered(&dev, 1, 1, 5, 100);
		device_stop(&dev);
		assert_int_equal(flushed, 100);
		device_remove(&dev);
	}
}

/* From one link to 32 and back, on a running device. */
static void
links_grow_beyond_a_hardware_port(void **state)
{
	static const struct setup setup = { .queues = P32, .ports = { "!0", "!v", "" } };
	struct rte_event ev[DEVICE_DEPTH];
	struct device dev;
	uint32_t g, round;
	uint8_t q;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		for (round = 0; round < 2; round++) {
			for (q = 1; q < 31; q++) {
				TEST_EQ(link_one(&dev, 0, q), 1, generations[g]);
				send_numbered(&dev, 2, q, q, 1);
				receive(&dev, 0, ev, 1);
				TEST_EQ(ev[0].queue_id, q, generations[g]);
				release(&dev, 0, ev, 1);
			}
			for (q = 0; q < 31; q++)
				send_numbered(&dev, 2, q, q, 1);
			receive(&dev, 0, ev, 31);
			release(&dev, 0, ev, 31);
			for (q = 1; q < 31; q++)
				TEST_EQ(unlink_one(&dev, 0, q), 1, generations[g]);
			unlinks_finish(&dev, 0);
		}
		device_remove(&dev);
	}
}

/* All 64 hardware ports are in use: what does not fit is refused, and what fits is not. */
static void
links_grow_until_the_hardware_ends(void **state)
{
	static const struct setup setup = {
		.queues = P32, .ports = { "0", "0", "0", "0", "*" }, .more_ports = 14, .depth = 8
	};
	struct device dev;
	uint8_t q;

	device_create(&dev, *state, "", &setup);
	for (q = 1; q < 8; q++)
		assert_int_equal(link_one(&dev, 0, q), 1);
	log_mark(*state);
	assert_int_equal(link_one(&dev, 0, 8), 0);
	assert_int_equal(rte_errno, ENOSPC);
	log_expect(*state, NAME,
		   "port 0: link to queue 8: a running device has room for 8 links of this port; "
		   "stop it to link more",
		   "ninth link");
	device_remove(&dev);
}

struct sleeper {
	const struct device *dev;
	uint64_t ticks;
	uint16_t got;
};

static void *
sleep_for_an_event(void *arg)
{
	struct sleeper *s = arg;
	struct rte_event ev;

	s->got = rte_event_dequeue_burst(s->dev->id, 0, &ev, 1, s->ticks);
	return NULL;
}

/* A port that sleeps wakes for a queue that was linked to it meanwhile. */
static void
a_sleeper_gets_a_late_link(void **state)
{
	static const char *const devices[] = { "", "sched=thread" };
	static const struct setup setup = { .queues = "ps",
					    .ports = { "0", "" },
					    .times_per_call = true };
	struct sleeper sleeper;
	struct device dev;
	pthread_t thread;
	uint32_t d;

	for (d = 0; d < RTE_DIM(devices); d++) {
		device_create(&dev, *state, devices[d], &setup);
		sleeper = (struct sleeper){ .dev = &dev };
		assert_int_equal(rte_event_dequeue_timeout_ticks(dev.id, PATIENCE_NS,
								 &sleeper.ticks),
				 0);
		assert_int_equal(pthread_create(&thread, NULL, sleep_for_an_event, &sleeper), 0);
		assert_int_equal(link_one(&dev, 0, 1), 1);
		send_numbered(&dev, 1, 1, 0, 1);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_int_equal(sleeper.got, 1);
		device_remove(&dev);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(single_link_queues_are_bound_late, fixture_sweep),
		cmocka_unit_test_teardown(single_link_queues_move, fixture_sweep),
		cmocka_unit_test_teardown(single_link_queues_of_a_port_that_was_left,
					  fixture_sweep),
		cmocka_unit_test_teardown(the_only_hardware_port_stays, fixture_sweep),
		cmocka_unit_test_teardown(stopped_between_two_ports, fixture_sweep),
		cmocka_unit_test_teardown(links_grow_beyond_a_hardware_port, fixture_sweep),
		cmocka_unit_test_teardown(links_grow_until_the_hardware_ends, fixture_sweep),
		cmocka_unit_test_teardown(a_sleeper_gets_a_late_link, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
