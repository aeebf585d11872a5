/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Waiting in dequeue: a port sleeps, costs no CPU, and wakes for the event it waits for, whoever runs the
 * device. A lost wake-up would show as a dequeue that returns nothing after its whole timeout.
 */
#include <pthread.h>
#include <time.h>

#include <rte_common.h>

#include "fixture.h"

#define WAITERS 4
#define ROUNDS 2000
#define PATIENCE_NS UINT64_C(20000000000)
#define NAP_NS UINT64_C(250000000)
#define NAPS 2
#define IDLE_SHARE 50 /* one part of a core in so many */

static const char *const devices[] = {
	"hw=2.0,wake_depth=1",
	"hw=2.5,wake_depth=1,cq_mode=sparse",
	"hw=2.5,wake_depth=1,sched=thread",
};

static uint64_t
ticks_of(const struct device *dev, uint64_t ns)
{
	uint64_t ticks;

	assert_int_equal(rte_event_dequeue_timeout_ticks(dev->id, ns, &ticks), 0);
	return ticks;
}

static uint64_t
clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* A thread that uses one port. */
struct worker {
	const struct device *dev;
	pthread_t thread;
	uint64_t ticks;
	uint32_t rounds;
	uint8_t port;
	uint32_t got;
	uint64_t cpu_ns, wall_ns;
};

static void
worker_start(struct worker *w, const struct device *dev, uint8_t port, uint64_t timeout_ns,
	     uint32_t rounds, void *(*run)(void *))
{
	*w = (struct worker){
		.dev = dev,
		.port = port,
		.ticks = ticks_of(dev, timeout_ns),
		.rounds = rounds,
	};
	assert_int_equal(pthread_create(&w->thread, NULL, run, w), 0);
}

static void *
wait_for_nothing(void *arg)
{
	struct worker *w = arg;
	struct rte_event ev;
	uint64_t cpu, wall;
	uint32_t i;

	/* The first wait sets the port up for sleeping. */
	w->got = rte_event_dequeue_burst(w->dev->id, w->port, &ev, 1, w->ticks);
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	wall = clock_ns(CLOCK_MONOTONIC);
	for (i = 0; i < w->rounds; i++)
		w->got += rte_event_dequeue_burst(w->dev->id, w->port, &ev, 1, w->ticks);
	w->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
	w->wall_ns = clock_ns(CLOCK_MONOTONIC) - wall;
	return NULL;
}

static void
idle_ports_cost_no_cpu(void **state)
{
	const struct setup setup = { .queues = "a",
				     .ports = { "0", "0", "0", "0" },
				     .times_per_call = true };
	struct worker w[WAITERS];
	uint64_t cpu = 0, wall = 0;
	struct device dev;
	uint32_t d, i;

	for (d = 0; d < RTE_DIM(devices); d++) {
		device_create(&dev, *state, devices[d], &setup);
		for (i = 0; i < WAITERS; i++)
			worker_start(&w[i], &dev, (uint8_t)i, NAP_NS, NAPS, wait_for_nothing);
		for (i = 0; i < WAITERS; i++) {
			pthread_join(w[i].thread, NULL);
			TEST_EQ(w[i].got, 0, devices[d]);
			assert_true(w[i].wall_ns >= NAPS * NAP_NS);
			cpu += w[i].cpu_ns;
			wall = RTE_MAX(wall, w[i].wall_ns);
		}
		print_message("%s: %u waiting ports use %.2f %% of a core\n", devices[d], WAITERS,
			      100.0 * (double)cpu / (double)wall);
		if (cpu * IDLE_SHARE >= wall)
			fail_msg("%s: %u ports that waited for %llu us used %llu us of CPU",
				 devices[d], WAITERS, (unsigned long long)wall / 1000,
				 (unsigned long long)cpu / 1000);
		cpu = wall = 0;
		device_remove(&dev);
	}
}

/* Each event is answered by a new one for the other port's queue. */
static void *
play(void *arg)
{
	struct worker *w = arg;
	struct rte_event ev;

	while (w->got < w->rounds &&
	       rte_event_dequeue_burst(w->dev->id, w->port, &ev, 1, w->ticks) == 1) {
		w->got++;
		if (w->got == w->rounds && w->port == 1)
			break;
		ev.op = RTE_EVENT_OP_FORWARD;
		ev.queue_id = !w->port;
		if (rte_event_enqueue_burst(w->dev->id, w->port, &ev, 1) != 1)
			break;
	}
	return NULL;
}

static void
no_wake_up_is_lost(void **state)
{
	const struct setup setup = { .queues = "aa",
				     .ports = { "0", "1" },
				     .times_per_call = true };
	struct rte_event serve = event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 1);
	struct rte_event rest[1];
	struct worker w[2];
	struct device dev;
	uint32_t d, i;

	for (d = 0; d < RTE_DIM(devices); d++) {
		device_create(&dev, *state, devices[d], &setup);
		send(&dev, 0, &serve, 1);
		for (i = 0; i < RTE_DIM(w); i++)
			worker_start(&w[i], &dev, (uint8_t)i, PATIENCE_NS, ROUNDS, play);
		for (i = 0; i < RTE_DIM(w); i++)
			pthread_join(w[i].thread, NULL);
		for (i = 0; i < RTE_DIM(w); i++)
			TEST_EQ(w[i].got, ROUNDS, devices[d]);
		TEST_EQ(poll(&dev, 1, rest, 1), 0, devices[d]);
		device_remove(&dev);
	}
}

static void *
wait_for_one(void *arg)
{
	struct worker *w = arg;
	uint64_t wall = clock_ns(CLOCK_MONOTONIC);
	struct rte_event ev;

	w->got = rte_event_dequeue_burst(w->dev->id, w->port, &ev, 1, w->ticks);
	w->wall_ns = clock_ns(CLOCK_MONOTONIC) - wall;
	return NULL;
}

/* The queue holds an event; a port that does not serve it waits, asleep or about to be, and then does. */
static void
a_link_wakes_who_waits_for_it(void **state)
{
	const struct setup setup = { .queues = "pp",
				     .ports = { "0", "0" },
				     .times_per_call = true };
	struct rte_event ev = event_new(1, RTE_SCHED_TYPE_PARALLEL, 1, 1);
	uint8_t queue = 1;
	struct device dev;
	struct worker w;
	uint32_t d;

	for (d = 0; d < RTE_DIM(devices); d++) {
		device_create(&dev, *state, devices[d], &setup);
		send(&dev, 0, &ev, 1);
		worker_start(&w, &dev, 1, PATIENCE_NS, 1, wait_for_one);
		TEST_EQ(rte_event_port_link(dev.id, 1, &queue, NULL, 1), 1, devices[d]);
		pthread_join(w.thread, NULL);
		TEST_EQ(w.got, 1, devices[d]);
		assert_true(w.wall_ns < PATIENCE_NS);
		device_remove(&dev);
	}
}

/* Three events do not wake a port that sleeps for eight; it has them when its time is up. */
static void *
wait_for_few(void *arg)
{
	struct worker *w = arg;
	struct rte_event ev[8];
	uint64_t wall = clock_ns(CLOCK_MONOTONIC);

	w->got = rte_event_dequeue_burst(w->dev->id, w->port, ev, RTE_DIM(ev), w->ticks);
	w->wall_ns = clock_ns(CLOCK_MONOTONIC) - wall;
	return NULL;
}

static void
few_events_come_by_the_timeout(void **state)
{
	const struct setup setup = { .queues = "p", .ports = { "0", "!" }, .times_per_call = true };
	struct rte_event ev[3];
	struct device dev;
	struct worker w;
	uint32_t i;

	device_create(&dev, *state, "wake_depth=8", &setup);
	worker_start(&w, &dev, 0, NAPS * NAP_NS, 1, wait_for_few);
	for (i = 0; i < RTE_DIM(ev); i++)
		ev[i] = event_new(0, RTE_SCHED_TYPE_PARALLEL, i, i);
	send(&dev, 1, ev, RTE_DIM(ev));
	pthread_join(w.thread, NULL);
	assert_true(w.got >= 1 && w.got <= RTE_DIM(ev));
	receive_anywhere(&dev, (uint32_t)RTE_DIM(ev) - w.got);
	device_remove(&dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(idle_ports_cost_no_cpu, fixture_sweep),
		cmocka_unit_test_teardown(no_wake_up_is_lost, fixture_sweep),
		cmocka_unit_test_teardown(a_link_wakes_who_waits_for_it, fixture_sweep),
		cmocka_unit_test_teardown(few_events_come_by_the_timeout, fixture_sweep),
	};

	return cmocka_run_group_tests_name("wait", tests, fixture_create, fixture_destroy);
}
