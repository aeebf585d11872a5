/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Waiting for events: as long as was asked at the least, and no longer once an event is there. How long
 * something takes at the most is nobody's promise: a wait that must end early is an hour long.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include "fixture.h"

#define NS_IN_S 1000000000ull
#define HOUR_NS (3600 * NS_IN_S)

static const char *const args_rows[] = {
	"hw=2.0",       "hw=2.5,cq_mode=sparse",     "sched=thread",
	"wake_depth=1", "sched=thread,wake_depth=1", "hw=2.0,wake_depth=8",
};

static void
ticks_are_exact(void **state)
{
	static const struct setup setup = { .queues = "a", .ports = { "0" } };
	static const uint64_t rows[] = {
		0,          1,           2,           3,
		10,         999,         1000,        1001,
		123456789,  NS_IN_S - 1, NS_IN_S,     NS_IN_S + 1,
		UINT32_MAX, HOUR_NS,     HOUR_NS + 1, 365 * 24 * HOUR_NS,
	};
	uint64_t hz = rte_get_timer_hz();
	uint64_t ticks;
	struct device dev;
	unsigned __int128 want;
	uint32_t i;

	device_create(&dev, *state, "", &setup);
	for (i = 0; i < RTE_DIM(rows); i++) {
		/* Never less time than was asked for, and less than a tick more. */
		want = ((unsigned __int128)rows[i] * hz + NS_IN_S - 1) / NS_IN_S;
		assert_int_equal(rte_event_dequeue_timeout_ticks(dev.id, rows[i], &ticks), 0);
		assert_int_equal(ticks, (uint64_t)want);
	}
	/* Longer than ticks can say is as long as they can. */
	assert_int_equal(rte_event_dequeue_timeout_ticks(dev.id, UINT64_MAX, &ticks), 0);
	want = (unsigned __int128)UINT64_MAX * hz / NS_IN_S;
	assert_true(ticks == UINT64_MAX || ticks >= want);
	assert_int_equal(rte_event_dequeue_timeout_ticks(dev.id, 1, NULL), -EINVAL);
	device_remove(&dev);
}

/* Ticks that a dequeue that gets nothing takes. */
static uint64_t
wait_in_vain(const struct device *dev, uint8_t port, uint16_t n, uint64_t timeout_ticks)
{
	struct rte_event ev[DEVICE_DEPTH];
	uint64_t start = rte_get_timer_cycles();

	assert_int_equal(rte_event_dequeue_burst(dev->id, port, ev, n, timeout_ticks), 0);
	return rte_get_timer_cycles() - start;
}

static void
waits_of_the_device(void **state)
{
	static const uint32_t rows[] = { 1, 1000, 50000, 2000000 };
	struct setup setup = { .queues = "as", .ports = { "0", "!0", "1", "" } };
	uint64_t want;
	struct device dev;
	uint32_t a, i;
	uint8_t p;

	for (a = 0; a < RTE_DIM(args_rows); a++) {
		for (i = 0; i < RTE_DIM(rows); i++) {
			setup.timeout_ns = rows[i];
			device_create(&dev, *state, args_rows[a], &setup);
			rte_event_dequeue_timeout_ticks(dev.id, rows[i], &want);
			for (p = 0; p < dev.nb_ports; p++) {
				/* What the call names does not matter, unless it is 0. */
				TEST_EQ(wait_in_vain(&dev, p, 1, 1) >= want, true, args_rows[a]);
				TEST_EQ(wait_in_vain(&dev, p, 8, want * 1000) >= want, true,
					args_rows[a]);
				wait_in_vain(&dev, p, 8, 0);
			}
			device_remove(&dev);
		}
	}
}

static void
waits_of_each_call(void **state)
{
	static const uint64_t rows[] = { 1, 1000, 30000, 3000000 };
	static const struct setup setup = { .queues = "as",
					    .ports = { "0", "!0", "1", "" },
					    .timeout_ns = UINT32_MAX,
					    .times_per_call = true };
	uint64_t want;
	struct device dev;
	uint32_t a, i;
	uint8_t p;

	for (a = 0; a < RTE_DIM(args_rows); a++) {
		device_create(&dev, *state, args_rows[a], &setup);
		for (i = 0; i < RTE_DIM(rows); i++) {
			rte_event_dequeue_timeout_ticks(dev.id, rows[i], &want);
			for (p = 0; p < dev.nb_ports; p++)
				TEST_EQ(wait_in_vain(&dev, p, 4, want) >= want, true, args_rows[a]);
		}
		for (p = 0; p < dev.nb_ports; p++)
			wait_in_vain(&dev, p, 4, 0);
		device_remove(&dev);
	}
}

/* An event that is there ends a wait before it begins, however many were asked for. */
static void
waits_end_at_once(void **state)
{
	static const struct setup setup = { .queues = "aops",
					    .ports = { "0", "!1", "2", "3", "" },
					    .times_per_call = true };
	struct rte_event ev[DEVICE_DEPTH];
	struct device dev;
	uint64_t hour;
	uint32_t a;
	uint8_t p;

	for (a = 0; a < RTE_DIM(args_rows); a++) {
		device_create(&dev, *state, args_rows[a], &setup);
		rte_event_dequeue_timeout_ticks(dev.id, HOUR_NS, &hour);
		for (p = 0; p < 4; p++) {
			ev[0] = event_new(p, RTE_SCHED_TYPE_ATOMIC, p, p);
			send(&dev, 4, ev, 1);
			TEST_EQ(rte_event_dequeue_burst(dev.id, p, ev, DEVICE_DEPTH, hour), 1,
				args_rows[a]);
			TEST_EQ(ev[0].u64, p, args_rows[a]);
			if (p == 1)
				release(&dev, p, ev, 1);
		}
		device_remove(&dev);
	}
}

/* Another thread, which sends one event after a while each time that one was received. */
struct sender {
	const struct device *dev;
	uint8_t port;
	uint8_t queue;
	uint32_t rounds;
	uint32_t received;
	uint64_t pause_ticks;
};

static void *
sender_run(void *arg)
{
	struct sender *s = arg;
	struct rte_event ev;
	uint64_t until;
	uint32_t i;

	for (i = 0; i < s->rounds; i++) {
		while (__atomic_load_n(&s->received, __ATOMIC_ACQUIRE) < i)
			sched_yield();
		/* From none at all to long enough for a waiting port to fall asleep. */
		until = rte_get_timer_cycles() + s->pause_ticks * i / s->rounds;
		while (rte_get_timer_cycles() < until)
			rte_pause();
		ev = event_new(s->queue, RTE_SCHED_TYPE_ATOMIC, i, i);
		while (rte_event_enqueue_burst(s->dev->id, s->port, &ev, 1) == 0)
			sched_yield();
	}
	return NULL;
}

static void
waits_end_with_an_event(void **state)
{
	static const struct setup setup = { .queues = "as",
					    .ports = { "0", "1", "" },
					    .times_per_call = true };
	struct sender sender;
	struct rte_event ev[DEVICE_DEPTH];
	struct device dev;
	pthread_t thread;
	uint64_t timeouts[2];
	uint32_t a, i;
	uint8_t p;

	for (a = 0; a < RTE_DIM(args_rows); a++) {
		device_create(&dev, *state, args_rows[a], &setup);
		rte_event_dequeue_timeout_ticks(dev.id, HOUR_NS, &timeouts[0]);
		timeouts[1] = UINT64_MAX;
		for (p = 0; p < 2; p++) {
			sender = (struct sender){
				.dev = &dev,
				.port = 2,
				.queue = p,
				.rounds = 40,
				.pause_ticks = rte_get_timer_hz() / 1000,
			};
			assert_int_equal(pthread_create(&thread, NULL, sender_run, &sender), 0);
			for (i = 0; i < sender.rounds; i++) {
				TEST_EQ(rte_event_dequeue_burst(dev.id, p, ev, DEVICE_DEPTH,
								timeouts[i % 2]),
					1, args_rows[a]);
				TEST_EQ(ev[0].u64, i, args_rows[a]);
				__atomic_store_n(&sender.received, i + 1, __ATOMIC_RELEASE);
			}
			pthread_join(thread, NULL);
		}
		device_remove(&dev);
	}
}

/* Waiting does what idle ports do: events that the port holds end, and links that wait go on. */
static void
a_wait_settles_what_is_due(void **state)
{
	static const struct setup setup = { .queues = "a",
					    .ports = { "0", "" },
					    .times_per_call = true };
	struct rte_event ev[8];
	struct device dev;
	uint64_t ticks;
	uint32_t a, i;
	uint8_t queue = 0;

	for (a = 0; a < RTE_DIM(args_rows); a++) {
		device_create(&dev, *state, args_rows[a], &setup);
		rte_event_dequeue_timeout_ticks(dev.id, 100000, &ticks);
		for (i = 0; i < 8; i++)
			ev[i] = event_new(0, RTE_SCHED_TYPE_ATOMIC, i, i);
		send(&dev, 1, ev, 8);
		for (i = 0; i < 8;)
			i += rte_event_dequeue_burst(dev.id, 0, ev, 8, ticks);
		TEST_EQ(rte_event_port_unlink(dev.id, 0, &queue, 1), 1, args_rows[a]);
		for (i = 0; i < 100 && device_xstat(&dev, "dev_links_pending") > 0; i++)
			wait_in_vain(&dev, 0, 8, ticks);
		TEST_EQ(device_xstat(&dev, "dev_links_pending"), 0, args_rows[a]);
		TEST_EQ(rte_event_port_unlinks_in_progress(dev.id, 0), 0, args_rows[a]);
		TEST_EQ(device_xstat(&dev, "port_0_held"), 0, args_rows[a]);
		device_remove(&dev);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(ticks_are_exact, fixture_sweep),
		cmocka_unit_test_teardown(waits_of_the_device, fixture_sweep),
		cmocka_unit_test_teardown(waits_of_each_call, fixture_sweep),
		cmocka_unit_test_teardown(waits_end_at_once, fixture_sweep),
		cmocka_unit_test_teardown(waits_end_with_an_event, fixture_sweep),
		cmocka_unit_test_teardown(a_wait_settles_what_is_due, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
