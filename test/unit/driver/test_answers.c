/* SPDX-License-Identifier: BSD-3-Clause */
/* Answers in any order: forwards and releases of what a port got, not in the order in which it got it. */
#include <inttypes.h>
#include <string.h>

#include <rte_common.h>

#include "fixture.h"

#define EVENTS 24
#define PLACES 128 /* events that a port may hold when it may answer them in any order */

/* The i-th to be answered, of n. */
static uint32_t
in_order(uint32_t i, uint32_t n __rte_unused)
{
	return i;
}

static uint32_t
last_first(uint32_t i, uint32_t n)
{
	return n - 1 - i;
}

static uint32_t
oldest_last(uint32_t i, uint32_t n)
{
	return (i + 1) % n;
}

static uint32_t
in_pairs(uint32_t i, uint32_t n __rte_unused)
{
	return i ^ 1;
}

static uint32_t
odd_ones_first(uint32_t i, uint32_t n)
{
	return i < n / 2 ? 2 * i + 1 : 2 * (i - n / 2);
}

static const struct {
	const char *name;
	uint32_t (*at)(uint32_t i, uint32_t n);
} orders[] = {
	{ "in order", in_order },
	{ "last first", last_first },
	{ "oldest last", oldest_last },
	{ "in pairs", in_pairs },
	{ "odd ones first", odd_ones_first },
};

static const char *const generations[] = { "hw=2.0,cq_mode=sparse", "hw=2.5" };

static void
events_send(const struct device *dev, uint8_t queue, uint8_t sched_type, uint16_t n)
{
	struct rte_event ev;
	uint16_t i;

	for (i = 0; i < n; i++) {
		ev = event_new(queue, sched_type, i, i);
		send(dev, 0, &ev, 1);
	}
}

/* Whatever a worker does, what comes out behind an ordered queue is in the order of what went in. */
static void
order_is_restored(void **state)
{
	static const struct setup setup = { .queues = "os", .ports = { "!0", "!1" } };
	static const uint16_t bursts[] = { 1, 3, 4, EVENTS };
	struct rte_event ev[EVENTS], answers[EVENTS];
	struct device dev;
	uint32_t g, o, b, i;
	char row[64];

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		for (o = 0; o < RTE_DIM(orders) * RTE_DIM(bursts); o++) {
			b = o % RTE_DIM(bursts);
			snprintf(row, sizeof(row), "%s, %s, bursts of %u", generations[g],
				 orders[o / RTE_DIM(bursts)].name, bursts[b]);
			events_send(&dev, 0, RTE_SCHED_TYPE_ORDERED, EVENTS);
			receive(&dev, 0, ev, EVENTS);
			for (i = 0; i < EVENTS; i++) {
				answers[i] = ev[orders[o / RTE_DIM(bursts)].at(i, EVENTS)];
				answers[i].queue_id = 1;
				answers[i].op =
					i % 5 == 4 ? RTE_EVENT_OP_RELEASE : RTE_EVENT_OP_FORWARD;
				if (answers[i].op == RTE_EVENT_OP_RELEASE)
					ev[answers[i].u64].u64 = UINT64_MAX;
			}
			for (i = 0; i < EVENTS; i += bursts[b])
				TEST_EQ(rte_event_enqueue_burst(dev.id, 0, &answers[i], bursts[b]),
					bursts[b], row);
			TEST_EQ(device_xstat(&dev, "port_0_held"), 0, row);
			for (i = 0; i < EVENTS; i++) {
				if (ev[i].u64 == UINT64_MAX)
					continue;
				receive(&dev, 1, answers, 1);
				TEST_EQ(answers[0].u64, i, row);
				release(&dev, 1, answers, 1);
			}
			TEST_EQ(poll(&dev, 1, answers, 1), 0, row);
		}
		device_remove(&dev);
	}
}

/* A flow is unlocked when its own event is answered, not when another one is. */
static void
completions_wait_for_their_turn(void **state)
{
	static const struct setup setup = { .queues = "ap", .ports = { "!0", "!1" } };
	struct rte_event ev[3], arrived;
	struct device dev;
	uint32_t op;

	device_create(&dev, *state, "", &setup);
	for (op = RTE_EVENT_OP_FORWARD; op <= RTE_EVENT_OP_RELEASE; op++) {
		events_send(&dev, 0, RTE_SCHED_TYPE_ATOMIC, 3);
		receive(&dev, 0, ev, 3);
		ev[1].op = ev[2].op = (uint8_t)op;
		ev[1].queue_id = ev[2].queue_id = 1;
		assert_int_equal(rte_event_enqueue_burst(dev.id, 0, &ev[1], 2), 2);
		device_turn(&dev);
		poll(&dev, 1, &arrived, 0);
		assert_int_equal(device_xstat(&dev, "port_0_inflights"), 3);
		assert_int_equal(device_xstat(&dev, "port_0_held"), 1);
		/* What is forwarded does not wait: only an ordered queue's events must. */
		if (op == RTE_EVENT_OP_FORWARD) {
			receive(&dev, 1, &arrived, 1);
			assert_int_equal(arrived.u64, 1);
			release(&dev, 1, &arrived, 1);
			receive(&dev, 1, &arrived, 1);
			assert_int_equal(arrived.u64, 2);
			release(&dev, 1, &arrived, 1);
		}
		release(&dev, 0, ev, 1);
		assert_int_equal(poll(&dev, 0, ev, 1), 0);
		assert_int_equal(device_xstat(&dev, "port_0_inflights"), 0);
	}
	device_remove(&dev);
}

/* What waits for the oldest event goes when that is released, be it by the next dequeue. */
static void
a_dequeue_answers_the_rest(void **state)
{
	static const struct setup setup = { .queues = "os", .ports = { "0", "!1" } };
	struct rte_event ev[4], arrived[4];
	struct device dev;
	uint16_t i;

	device_create(&dev, *state, "", &setup);
	events_send(&dev, 0, RTE_SCHED_TYPE_ORDERED, 4);
	receive(&dev, 0, ev, 4);
	for (i = 0; i < 4; i++) {
		ev[i].op = RTE_EVENT_OP_FORWARD;
		ev[i].queue_id = 1;
	}
	assert_int_equal(rte_event_enqueue_burst(dev.id, 0, &ev[3], 1), 1);
	assert_int_equal(rte_event_enqueue_burst(dev.id, 0, &ev[1], 1), 1);
	assert_int_equal(poll(&dev, 1, arrived, 4), 0);
	assert_int_equal(poll(&dev, 0, ev, 4), 0);
	receive(&dev, 1, arrived, 2);
	assert_int_equal(arrived[0].u64, 1);
	assert_int_equal(arrived[1].u64, 3);
	release(&dev, 1, arrived, 2);
	device_remove(&dev);
}

static void
flushed(uint8_t id __rte_unused, struct rte_event ev, void *arg)
{
	uint64_t *seen = arg;

	*seen |= 1ull << ev.u64;
}

/* A stop loses nothing that waits. */
static void
a_stop_sends_what_waits(void **state)
{
	static const struct setup setup = { .queues = "os", .ports = { "!0", "!1" } };
	struct rte_event ev[4];
	uint64_t seen = 0;
	struct device dev;
	uint16_t i;

	device_create(&dev, *state, "", &setup);
	rte_event_dev_stop_flush_callback_register(dev.id, flushed, &seen);
	events_send(&dev, 0, RTE_SCHED_TYPE_ORDERED, 4);
	receive(&dev, 0, ev, 4);
	for (i = 2; i < 4; i++) {
		ev[i].op = RTE_EVENT_OP_FORWARD;
		ev[i].queue_id = 1;
	}
	assert_int_equal(rte_event_enqueue_burst(dev.id, 0, &ev[2], 2), 2);
	device_stop(&dev);
	assert_int_equal(seen, 1 << 2 | 1 << 3);
	rte_event_dev_stop_flush_callback_register(dev.id, NULL, NULL);
	device_start(&dev);
	device_remove(&dev);
}

/* An application that answers in order need not know of places. */
static void
places_may_be_forgotten(void **state)
{
	static const struct setup setup = { .queues = "a", .ports = { "!0" } };
	struct rte_event ev[EVENTS], release_ev = { .op = RTE_EVENT_OP_RELEASE };
	struct device dev;
	uint32_t round, i;

	device_create(&dev, *state, "", &setup);
	for (round = 0; round < 30; round++) {
		events_send(&dev, 0, RTE_SCHED_TYPE_ATOMIC, EVENTS);
		receive(&dev, 0, ev, EVENTS);
		for (i = 0; i < EVENTS; i++)
			assert_int_equal(rte_event_enqueue_burst(dev.id, 0, &release_ev, 1), 1);
		assert_int_equal(poll(&dev, 0, ev, 1), 0);
		assert_int_equal(device_xstat(&dev, "port_0_held"), 0);
		assert_int_equal(device_xstat(&dev, "port_0_inflights"), 0);
	}
	device_remove(&dev);
}

/* Places are numbered; who promises to answer in order may hold more. */
static void
as_many_as_there_are_places(void **state)
{
	static const struct setup setup = { .queues = "p", .ports = { "!0" } };
	static const struct {
		const char *args;
		uint32_t most;
	} rows[] = { { "", PLACES }, { "answers=any", PLACES }, { "answers=in_order", 1024 } };
	struct rte_event ev[DEVICE_LIMIT], swap;
	uint32_t r, held, idle, i;
	struct device dev;
	uint16_t n;

	for (r = 0; r < RTE_DIM(rows); r++) {
		device_create(&dev, *state, rows[r].args, &setup);
		events_send(&dev, 0, RTE_SCHED_TYPE_PARALLEL, DEVICE_LIMIT);
		for (held = idle = 0; idle < 100; held += n) {
			n = poll(&dev, 0, &ev[held], 32);
			idle = n == 0 ? idle + 1 : 0;
		}
		TEST_EQ(held, rows[r].most, rows[r].args);
		for (i = 0; i < held; i++) {
			swap = ev[rows[r].most == PLACES ? held - 1 - i : i];
			release(&dev, 0, &swap, 1);
		}
		for (i = held; i < DEVICE_LIMIT; i += 32) {
			receive(&dev, 0, ev, 32);
			release(&dev, 0, ev, 32);
		}
		device_remove(&dev);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(order_is_restored, fixture_sweep),
		cmocka_unit_test_teardown(completions_wait_for_their_turn, fixture_sweep),
		cmocka_unit_test_teardown(a_dequeue_answers_the_rest, fixture_sweep),
		cmocka_unit_test_teardown(a_stop_sends_what_waits, fixture_sweep),
		cmocka_unit_test_teardown(places_may_be_forgotten, fixture_sweep),
		cmocka_unit_test_teardown(as_many_as_there_are_places, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
