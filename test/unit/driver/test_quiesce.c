/* SPDX-License-Identifier: BSD-3-Clause */
/* rte_event_port_quiesce(): what a core leaves behind in a port is nobody's obstacle. */
#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "fixture.h"

#define NAME "event_dlb0"
#define EVENTS_MAX 512
#define TURNS_MAX 1000000

struct flushed {
	uint32_t count;
	uint8_t times[EVENTS_MAX]; /* by number */
};

static void
flush(uint8_t dev_id __rte_unused, struct rte_event ev, void *arg)
{
	struct flushed *flushed = arg;

	assert_true(ev.u64 < EVENTS_MAX);
	flushed->times[ev.u64]++;
	flushed->count++;
}

static void
send_numbered(const struct device *dev, uint8_t port, uint8_t queue, uint32_t flow, uint16_t n)
{
	struct rte_event ev;
	uint16_t i;

	for (i = 0; i < n; i++) {
		ev = event_new(queue, RTE_SCHED_TYPE_ATOMIC, flow, i);
		send(dev, port, &ev, 1);
	}
}

static uint64_t
port_xstat(const struct device *dev, uint8_t port, const char *what)
{
	char name[64];

	snprintf(name, sizeof(name), "port_%u_%s", port, what);
	return device_xstat(dev, name);
}

static uint64_t
events_inside(const struct device *dev)
{
	uint64_t cached = 0;
	uint8_t p;

	for (p = 0; p < dev->nb_ports; p++)
		cached += port_xstat(dev, p, "credits_cached");
	return device_xstat(dev, "dev_events_in_system") - cached;
}

/* Which of the first two ports the device has given a flow to; the first event of it is there. */
static uint8_t
holder_find(const struct device *dev, struct rte_event *ev)
{
	uint32_t turn;

	for (turn = 0; turn < TURNS_MAX; turn++) {
		if (poll(dev, turn % 2, ev, 1) == 1)
			return turn % 2;
	}
	fail_msg("no event arrives");
	return 0;
}

struct scene {
	const char *name;
	const char *args;
	struct setup setup; /* one of ports 0 and 1 is left, the other gets what comes then */
	uint8_t queue;
	uint16_t held; /* by the core that leaves; 0: it has answered for the one that it got */
};

/*
 * A flow of more events than fit in a CQ: those that the port holds are completed, those in its CQ go to
 * the callback, and the rest goes to the other port, in order and to the end.
 */
static void
a_port_is_left(void **state)
{
	static const struct scene rows[] = {
		{ "2.0", "hw=2.0", { .queues = "a", .ports = { "!0", "!0", "" } }, 0, 4 },
		{ "2.5, sparse",
		  "cq_mode=sparse",
		  { .queues = "a", .ports = { "!0", "!0", "" } },
		  0,
		  4 },
		{ "implicit release", "", { .queues = "a", .ports = { "0", "0", "" } }, 0, 1 },
		{ "nothing held", "", { .queues = "a", .ports = { "!0", "!0", "" } }, 0, 0 },
		{ "several hardware ports",
		  "",
		  { .queues = "aaaaaaaaaa", .ports = { "!*", "!*", "" } },
		  9,
		  7 },
		{ "service",
		  "sched=service",
		  { .queues = "a", .ports = { "!0", "!0", "" } },
		  0,
		  4 },
		{ "thread", "sched=thread", { .queues = "a", .ports = { "!0", "!0", "" } }, 0, 4 },
	};
	const uint16_t sent = 128;
	struct rte_event ev[128];
	struct flushed flushed;
	struct device dev;
	uint16_t i, rest, got;
	uint8_t left;
	uint32_t r;
	for (r = 0; r < RTE_DIM(rows); r++) {
		memset(&flushed, 0, sizeof(flushed));
		device_create(&dev, *state, rows[r].args, &rows[r].setup);
		send_numbered(&dev, 2, rows[r].queue, 7, sent);
		left = holder_find(&dev, ev);
		got = RTE_MAX(rows[r].held, 1);
		if (rows[r].held == 0)
			release(&dev, left, ev, 1);
		else if (rows[r].held > 1)
			receive(&dev, left, &ev[1], rows[r].held - 1);

		rte_event_port_quiesce(dev.id, left, flush, &flushed);
		rest = sent - got - (uint16_t)flushed.count;
		assert_true(flushed.count >= 1 && flushed.count <= 64);
		TEST_EQ(port_xstat(&dev, left, "held"), 0, rows[r].name);
		TEST_EQ(port_xstat(&dev, left, "inflights"), 0, rows[r].name);
		TEST_EQ(port_xstat(&dev, left, "tokens"), 0, rows[r].name);
		TEST_EQ(events_inside(&dev), rest, rows[r].name);
		for (i = 0; i < rest; i++) {
			receive(&dev, !left, ev, 1);
			TEST_EQ(ev[0].u64, sent - rest + i, rows[r].name);
			if (rows[r].setup.ports[0][0] == '!')
				release(&dev, !left, ev, 1);
		}
		for (i = 0; i < sent - rest; i++)
			TEST_EQ(flushed.times[i], i >= got, rows[r].name);
		rte_event_port_quiesce(dev.id, !left, NULL, NULL);
		device_remove(&dev);
	}
}

/* Another core takes the port over: it dequeues, and gets what comes. */
static void
a_port_is_taken_over(void **state)
{
	static const struct setup setup = { .queues = "as", .ports = { "0", "1", "!0" } };
	struct flushed flushed = { 0 };
	struct rte_event ev[8];
	struct device dev;
	uint8_t p;

	device_create(&dev, *state, "", &setup);
	for (p = 0; p < 2; p++) {
		rte_event_port_quiesce(dev.id, p, flush, &flushed);
		rte_event_port_quiesce(dev.id, p, flush, &flushed);
		rte_event_port_quiesce(dev.id, 2, NULL, NULL);
		send_numbered(&dev, 2, p, 1, 8);
		receive(&dev, p, ev, 8);
	}
	assert_int_equal(flushed.count, 0);
	device_remove(&dev);
}

/* What the core would have answered for, nobody can any more. */
static void
answers_of_a_core_that_left(void **state)
{
	static const struct setup setup = { .queues = "a", .ports = { "!0" } };
	struct rte_event ev[2];
	struct device dev;

	device_create(&dev, *state, "", &setup);
	send_numbered(&dev, 0, 0, 1, 1);
	receive(&dev, 0, ev, 1);
	rte_event_port_quiesce(dev.id, 0, NULL, NULL);
	ev[0].op = RTE_EVENT_OP_RELEASE;
	rte_errno = 0;
	assert_int_equal(rte_event_enqueue_burst(dev.id, 0, ev, 1), 0);
	assert_int_equal(rte_errno, EINVAL);
	device_remove(&dev);
}

/* Without a callback events end there; without a device that runs there is nothing to do. */
static void
quiesced_at_odd_times(void **state)
{
	static const struct setup setup = { .queues = "as", .ports = { "0", "-", "1" } };
	struct flushed flushed = { 0 };
	struct device dev;

	device_probe(&dev, *state, NAME, "");
	device_configure(&dev, &setup);
	rte_event_port_quiesce(dev.id, 0, flush, &flushed);
	device_start(&dev);
	rte_event_port_quiesce(dev.id, 1, flush, &flushed);
	send_numbered(&dev, 2, 1, 1, 8);
	device_turn(&dev);
	rte_event_port_quiesce(dev.id, 2, NULL, NULL);
	assert_int_equal(flushed.count, 0);
	rte_event_dev_stop(dev.id);
	rte_event_port_quiesce(dev.id, 0, flush, &flushed);
	assert_int_equal(flushed.count, 0);
	device_remove(&dev);
}

/* Every port is left with events waiting: a stop still hands them all back. */
static void
stopped_while_quiesced(void **state)
{
	static const struct setup setup = { .queues = "as", .ports = { "0", "1" } };
	struct flushed flushed = { 0 };
	struct device dev;

	device_probe(&dev, *state, NAME, "");
	device_configure(&dev, &setup);
	rte_event_dev_stop_flush_callback_register(dev.id, flush, &flushed);
	device_start(&dev);
	rte_event_port_quiesce(dev.id, 0, NULL, NULL);
	rte_event_port_quiesce(dev.id, 1, NULL, NULL);
	send_numbered(&dev, 0, 0, 1, 64);
	send_numbered(&dev, 0, 1, 1, 64);
	device_stop(&dev);
	assert_int_equal(flushed.count, 128);
	device_remove(&dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_port_is_left, fixture_sweep),
		cmocka_unit_test_teardown(a_port_is_taken_over, fixture_sweep),
		cmocka_unit_test_teardown(answers_of_a_core_that_left, fixture_sweep),
		cmocka_unit_test_teardown(quiesced_at_odd_times, fixture_sweep),
		cmocka_unit_test_teardown(stopped_while_quiesced, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
