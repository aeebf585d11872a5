/* SPDX-License-Identifier: BSD-3-Clause */
/* What an event carries, and what becomes of one that must not be enqueued. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "fixture.h"

#define EVENTS 96 /* in the air at once, for the widest bursts */

static const char *const generations[] = { "hw=2.0", "hw=2.5,cq_mode=sparse", DEVICE_SLOW };

/* An event all of whose fields follow from its number, with bits all over them. */
static struct rte_event
event_make(uint32_t i, uint8_t queue, uint8_t sched_type)
{
	struct dice dice = { 0x9e3779b97f4a7c15ull * (i + 1) };
	struct rte_event ev = event_new(queue, sched_type, dice_roll(&dice, 1u << 20), 0);

	ev.event_type = dice_roll(&dice, 16);
	ev.sub_event_type = dice_roll(&dice, 256);
	ev.u64 = (uint64_t)dice_roll(&dice, UINT32_MAX) << 32 | i;
	return ev;
}

static void
event_expect(const struct rte_event *got, const struct rte_event *want, const char *row)
{
	TEST_EQ(got->u64, want->u64, row);
	TEST_EQ(got->flow_id, want->flow_id, row);
	TEST_EQ(got->event_type, want->event_type, row);
	TEST_EQ(got->sub_event_type, want->sub_event_type, row);
	TEST_EQ(got->queue_id, want->queue_id, row);
}

static void
every_field_arrives(void **state)
{
	static const struct setup setup = { .queues = "aopms", .ports = { "0123", "4" } };
	static const struct {
		const char *name;
		uint8_t queue, sched_type, port;
	} rows[] = {
		{ "atomic", 0, RTE_SCHED_TYPE_ATOMIC, 0 },
		{ "ordered", 1, RTE_SCHED_TYPE_ORDERED, 0 },
		{ "parallel", 2, RTE_SCHED_TYPE_PARALLEL, 0 },
		{ "ALL_TYPES, atomic", 3, RTE_SCHED_TYPE_ATOMIC, 0 },
		{ "ALL_TYPES, ordered", 3, RTE_SCHED_TYPE_ORDERED, 0 },
		{ "ALL_TYPES, parallel", 3, RTE_SCHED_TYPE_PARALLEL, 0 },
		{ "single-link", 4, RTE_SCHED_TYPE_ATOMIC, 1 },
		{ "single-link, ordered", 4, RTE_SCHED_TYPE_ORDERED, 1 },
	};
	struct rte_event want, got;
	struct device dev;
	uint32_t g, r, i;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		for (r = 0; r < RTE_DIM(rows); r++) {
			for (i = 0; i < 64; i++) {
				want = event_make(i, rows[r].queue, rows[r].sched_type);
				want.priority = (uint8_t)(i * 37);
				got = want;
				send(&dev, 0, &got, 1);
				receive(&dev, rows[r].port, &got, 1);
				event_expect(&got, &want, rows[r].name);
				if (rows[r].port == 1)
					continue;
				TEST_EQ(got.sched_type, want.sched_type, rows[r].name);
				TEST_EQ(got.priority, want.priority & 0xe0, rows[r].name);
			}
		}
		device_remove(&dev);
	}
}

/* One bit at a time, so that no field borrows from its neighbour. */
static void
every_bit_arrives(void **state)
{
	static const struct setup setup = { .queues = "as", .ports = { "0", "1" } };
	struct rte_event want, got;
	struct device dev;
	uint32_t bit, queue;

	device_create(&dev, *state, "", &setup);
	for (bit = 0; bit < 32 + 64; bit++) {
		for (queue = 0; queue < 2; queue++) {
			/* Flow, sub type and type are the low 32 bits of an event. */
			want = (struct rte_event){ .event = bit < 32 ? 1ull << bit : 0 };
			want.u64 = bit < 32 ? 0 : 1ull << (bit - 32);
			want.queue_id = (uint8_t)queue;
			want.sched_type = RTE_SCHED_TYPE_ATOMIC;
			got = want;
			send(&dev, 0, &got, 1);
			receive(&dev, (uint8_t)queue, &got, 1);
			event_expect(&got, &want, queue == 0 ? "atomic" : "single-link");
		}
	}
	device_remove(&dev);
}

/* Every burst size in and out, through both kinds of queue, forwarded in between. */
static void
bursts_of_all_sizes(void **state)
{
	static const struct setup setup = { .queues = "as", .ports = { "!0", "!1" } };
	static const uint16_t sizes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 32 };
	struct rte_event ev[DEVICE_DEPTH], want;
	struct device dev;
	uint32_t g, in, out;
	uint16_t i, k, n, got;
	char row[64];

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		for (in = 0; in < RTE_DIM(sizes); in++) {
			for (out = 0; out < RTE_DIM(sizes); out++) {
				snprintf(row, sizeof(row), "%s: %u in, %u out", generations[g],
					 sizes[in], sizes[out]);
				for (i = 0; i < EVENTS; i += n) {
					n = RTE_MIN(sizes[in], EVENTS - i);
					for (k = 0; k < n; k++) {
						ev[k] = event_make(i + k, 0, RTE_SCHED_TYPE_ATOMIC);
						ev[k].flow_id &= 0xf0000;
					}
					send(&dev, 0, ev, n);
				}
				for (i = 0; i < EVENTS; i += n) {
					n = RTE_MIN(sizes[out], EVENTS - i);
					receive(&dev, 0, ev, n);
					for (k = 0; k < n; k++)
						TEST_EQ(ev[k].u64 & UINT32_MAX, i + k, row);
					forward(&dev, 0, ev, n, 1, RTE_SCHED_TYPE_ATOMIC);
				}
				for (i = 0; i < EVENTS; i += got) {
					got = poll(&dev, 1, ev, sizes[out]);
					TEST_EQ(got > 0, 1, row);
					for (k = 0; k < got; k++) {
						want = event_make(i + k, 1, 0);
						want.flow_id &= 0xf0000;
						event_expect(&ev[k], &want, row);
					}
					release(&dev, 1, ev, got);
				}
				TEST_EQ(poll(&dev, 1, ev, 1), 0, row);
			}
		}
		device_remove(&dev);
	}
}

/* The calls that say what a burst is agree with the one that looks, whatever op the events name. */
static void
calls_for_new_and_forward(void **state)
{
	static const struct setup setup = { .queues = "as", .ports = { "!0", "!1" } };
	struct rte_event ev[8];
	struct device dev;
	uint16_t i;

	device_create(&dev, *state, "", &setup);
	for (i = 0; i < 8; i++) {
		ev[i] = event_make(i, 0, RTE_SCHED_TYPE_ATOMIC);
		ev[i].flow_id = 1;
		ev[i].op = RTE_EVENT_OP_NEW;
	}
	assert_int_equal(rte_event_enqueue_new_burst(dev.id, 0, ev, 8), 8);
	receive(&dev, 0, ev, 8);
	assert_int_equal(device_xstat(&dev, "port_0_held"), 8);
	for (i = 0; i < 8; i++) {
		assert_int_equal(ev[i].u64 & UINT32_MAX, i);
		ev[i].op = RTE_EVENT_OP_FORWARD;
		ev[i].queue_id = 1;
	}
	assert_int_equal(rte_event_enqueue_forward_burst(dev.id, 0, ev, 8), 8);
	assert_int_equal(device_xstat(&dev, "port_0_held"), 0);
	receive(&dev, 1, ev, 8);
	for (i = 0; i < 8; i++)
		assert_int_equal(ev[i].u64 & UINT32_MAX, i);
	release(&dev, 1, ev, 8);
	device_remove(&dev);
}

/* New, forwarded and released events in one burst: as many answers as were held. */
static void
operations_mix_in_a_burst(void **state)
{
	static const struct setup setup = { .queues = "pp", .ports = { "!0", "!1" } };
	struct rte_event ev[12];
	struct device dev;
	uint16_t i;

	device_create(&dev, *state, "hw=2.0", &setup);
	for (i = 0; i < 8; i++)
		ev[i] = event_new(0, RTE_SCHED_TYPE_PARALLEL, i, i);
	send(&dev, 0, ev, 8);
	receive(&dev, 0, ev, 8);
	for (i = 0; i < 8; i++) {
		ev[i].op = i % 2 == 0 ? RTE_EVENT_OP_FORWARD : RTE_EVENT_OP_RELEASE;
		ev[i].queue_id = 1;
	}
	for (i = 8; i < 12; i++)
		ev[i] = event_new(1, RTE_SCHED_TYPE_PARALLEL, i, i);
	assert_int_equal(rte_event_enqueue_burst(dev.id, 0, ev, 12), 12);
	receive(&dev, 1, ev, 8);
	for (i = 0; i < 8; i++)
		assert_int_equal(ev[i].u64, i < 4 ? 2u * i : i + 4u);
	assert_int_equal(device_xstat(&dev, "dev_events_in_system") -
				 device_xstat(&dev, "port_0_credits_cached"),
			 8);
	release(&dev, 1, ev, 8);
	device_remove(&dev);
}

struct bad_event {
	const char *name;
	uint8_t op, queue, sched_type;
	const char *counter;
};

/* A bad event ends its burst: those ahead of it are taken, it is counted, and nothing is lost. */
static void
bad_events_end_their_burst(void **state)
{
	static const struct setup setup = { .queues = "aos", .ports = { "!0", "1", "2" } };
	static const struct bad_event rows[] = {
		{ "op 3", 3, 0, RTE_SCHED_TYPE_ATOMIC, "port_0_rejected_bad_op" },
		{ "queue 3 of 3", RTE_EVENT_OP_NEW, 3, 1, "port_0_rejected_bad_queue" },
		{ "queue 127", RTE_EVENT_OP_NEW, 127, 1, "port_0_rejected_bad_queue" },
		{ "queue 128", RTE_EVENT_OP_NEW, 128, 1, "port_0_rejected_bad_queue" },
		{ "queue 255", RTE_EVENT_OP_NEW, 255, 1, "port_0_rejected_bad_queue" },
		{ "sched_type 3", RTE_EVENT_OP_NEW, 0, 3, "port_0_rejected_bad_schedule_type" },
		{ "forward to queue 3", RTE_EVENT_OP_FORWARD, 3, 1, "port_0_rejected_bad_queue" },
		{ "release, none held", RTE_EVENT_OP_RELEASE, 0, 1, "port_0_rejected_not_owned" },
	};
	struct rte_event ev[5];
	struct device dev;
	uint32_t g, r;
	uint16_t good, i;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		for (r = 0; r < RTE_DIM(rows); r++) {
			for (good = 0; good < 5; good++) {
				for (i = 0; i < 5; i++)
					ev[i] = event_new(0, RTE_SCHED_TYPE_ATOMIC, 0, i);
				ev[good].op = rows[r].op;
				ev[good].queue_id = rows[r].queue;
				ev[good].sched_type = rows[r].sched_type;
				rte_event_dev_xstats_reset(dev.id, RTE_EVENT_DEV_XSTATS_PORT, 0,
							   NULL, 0);
				rte_errno = 0;
				TEST_EQ(rte_event_enqueue_burst(dev.id, 0, ev, 5), good,
					rows[r].name);
				TEST_EQ(rte_errno, EINVAL, rows[r].name);
				TEST_EQ(device_xstat(&dev, rows[r].counter), 1, rows[r].name);
				if (good == 0)
					continue;
				receive(&dev, 0, ev, good);
				for (i = 0; i < good; i++)
					TEST_EQ(ev[i].u64, i, rows[r].name);
				release(&dev, 0, ev, good);
			}
		}
		device_remove(&dev);
	}
}

/* A port cannot answer for more events than it holds, in one burst or in several. */
static void
answers_are_counted(void **state)
{
	static const struct setup setup = { .queues = "p", .ports = { "!0", "!0" } };
	struct rte_event ev[4], other;
	struct device dev;
	uint16_t i;

	device_create(&dev, *state, "", &setup);
	for (i = 0; i < 4; i++)
		ev[i] = event_new(0, RTE_SCHED_TYPE_PARALLEL, i, i);
	send(&dev, 0, ev, 4);
	receive(&dev, 0, ev, 3);
	for (i = 0; i < 3; i++)
		ev[i].op = RTE_EVENT_OP_RELEASE;
	ev[3] = ev[2];
	assert_int_equal(rte_event_enqueue_burst(dev.id, 0, ev, 4), 3);
	assert_int_equal(rte_errno, EINVAL);
	assert_int_equal(rte_event_enqueue_burst(dev.id, 0, ev, 1), 0);
	assert_int_equal(rte_errno, EINVAL);
	assert_int_equal(device_xstat(&dev, "port_0_rejected_not_owned"), 2);

	/* What another port got is not this one's to answer for. */
	receive(&dev, 0, &other, 1);
	other.op = RTE_EVENT_OP_RELEASE;
	assert_int_equal(rte_event_enqueue_burst(dev.id, 1, &other, 1), 0);
	assert_int_equal(device_xstat(&dev, "port_1_rejected_not_owned"), 1);
	release(&dev, 0, &other, 1);
	device_remove(&dev);
}

struct strays {
	const char *name;
	uint16_t held;
	const char *ops; /* of the burst: f forward, n new, r release */
	bool forward_call;
	uint16_t sent;
	int error;
};

/*
 * Adapters forward what no port has dequeued, and event_sw lets them: such an event enters the system,
 * and is paid for. What the port does hold is answered first.
 */
static void
a_forward_of_nothing_is_new(void **state)
{
	static const struct setup setup = { .queues = "ps", .ports = { "!0", "!1" }, .limit = 8 };
	static const struct strays rows[] = {
		{ "one", 0, "f", false, 1, 0 },
		{ "one, of a forward call", 0, "f", true, 1, 0 },
		{ "behind one that is held", 1, "ff", false, 2, 0 },
		{ "behind some that are held, of a forward call", 3, "ffff", true, 4, 0 },
		{ "between new ones", 0, "nfnf", false, 4, 0 },
		{ "behind a release", 1, "rff", false, 3, 0 },
		{ "to the limit", 0, "ffffffff", false, 8, 0 },
		{ "beyond the limit", 0, "fffffffff", false, 8, ENOSPC },
		{ "beyond the limit, of a forward call", 2, "fffffffffff", true, 8, ENOSPC },
		{ "ahead of a release of nothing", 0, "ffr", false, 2, EINVAL },
	};
	struct rte_event ev[16];
	struct device dev;
	uint16_t i, n, inside;
	uint32_t r;

	for (r = 0; r < RTE_DIM(rows); r++) {
		device_create(&dev, *state, "", &setup);
		for (i = 0; i < rows[r].held; i++)
			ev[i] = event_new(0, RTE_SCHED_TYPE_PARALLEL, i, i);
		send(&dev, 0, ev, rows[r].held);
		receive(&dev, 0, ev, rows[r].held);

		n = (uint16_t)strlen(rows[r].ops);
		inside = rows[r].sent;
		for (i = 0; i < n; i++) {
			ev[i] = event_new(1, RTE_SCHED_TYPE_ATOMIC, i, i);
			ev[i].op = rows[r].ops[i] == 'f'   ? RTE_EVENT_OP_FORWARD
				   : rows[r].ops[i] == 'n' ? RTE_EVENT_OP_NEW
							   : RTE_EVENT_OP_RELEASE;
			inside -= rows[r].ops[i] == 'r' && i < rows[r].sent;
		}
		rte_errno = 0;
		TEST_EQ(rows[r].forward_call ? rte_event_enqueue_forward_burst(dev.id, 0, ev, n)
					     : rte_event_enqueue_burst(dev.id, 0, ev, n),
			rows[r].sent, rows[r].name);
		if (rows[r].error != 0)
			TEST_EQ(rte_errno, rows[r].error, rows[r].name);
		TEST_EQ(device_xstat(&dev, "dev_events_in_system") -
				device_xstat(&dev, "port_0_credits_cached"),
			inside, rows[r].name);
		receive(&dev, 1, ev, inside);
		release(&dev, 1, ev, inside);
		device_remove(&dev);
	}
}

/* A hole in a burst of NEW or FORWARD calls is found as well. */
static void
bad_events_in_the_other_calls(void **state)
{
	static const struct setup setup = { .queues = "p", .ports = { "!0" } };
	struct rte_event ev[3];
	struct device dev;
	uint16_t i;

	device_create(&dev, *state, "", &setup);
	for (i = 0; i < 3; i++)
		ev[i] = event_new(0, RTE_SCHED_TYPE_PARALLEL, i, i);
	ev[2].queue_id = 77;
	rte_errno = 0;
	assert_int_equal(rte_event_enqueue_new_burst(dev.id, 0, ev, 3), 2);
	assert_int_equal(rte_errno, EINVAL);
	receive(&dev, 0, ev, 2);
	for (i = 0; i < 2; i++)
		ev[i].op = RTE_EVENT_OP_FORWARD;
	ev[1].queue_id = 1;
	rte_errno = 0;
	assert_int_equal(rte_event_enqueue_forward_burst(dev.id, 0, ev, 2), 1);
	assert_int_equal(rte_errno, EINVAL);
	assert_int_equal(device_xstat(&dev, "port_0_held"), 1);
	ev[1].queue_id = 0;
	assert_int_equal(rte_event_enqueue_forward_burst(dev.id, 0, &ev[1], 1), 1);
	receive(&dev, 0, ev, 2);
	release(&dev, 0, ev, 2);
	device_remove(&dev);
}

/* A burst of nothing is nothing. */
static void
empty_bursts(void **state)
{
	static const struct setup setup = { .queues = "as", .ports = { "0", "1" } };
	struct rte_event ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 0, 0);
	struct device dev;

	device_create(&dev, *state, "", &setup);
	assert_int_equal(rte_event_enqueue_burst(dev.id, 0, &ev, 0), 0);
	assert_int_equal(rte_event_enqueue_new_burst(dev.id, 0, &ev, 0), 0);
	assert_int_equal(rte_event_enqueue_forward_burst(dev.id, 0, &ev, 0), 0);
	assert_int_equal(rte_event_dequeue_burst(dev.id, 0, &ev, 0, 0), 0);
	assert_int_equal(rte_event_dequeue_burst(dev.id, 1, &ev, 0, 0), 0);
	device_remove(&dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_field_arrives, fixture_sweep),
		cmocka_unit_test_teardown(every_bit_arrives, fixture_sweep),
		cmocka_unit_test_teardown(bursts_of_all_sizes, fixture_sweep),
		cmocka_unit_test_teardown(calls_for_new_and_forward, fixture_sweep),
		cmocka_unit_test_teardown(operations_mix_in_a_burst, fixture_sweep),
		cmocka_unit_test_teardown(bad_events_end_their_burst, fixture_sweep),
		cmocka_unit_test_teardown(answers_are_counted, fixture_sweep),
		cmocka_unit_test_teardown(a_forward_of_nothing_is_new, fixture_sweep),
		cmocka_unit_test_teardown(bad_events_in_the_other_calls, fixture_sweep),
		cmocka_unit_test_teardown(empty_bursts, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
