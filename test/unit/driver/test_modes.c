/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The same traffic in every shape of the device: both generations, wherever the scheduler runs, both
 * forms of CQ; from one thread, and from a thread for each port.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include <rte_common.h>
#include <rte_service.h>

#include "fixture.h"

#define FLOWS 32
#define EVENTS 4000
#define WORKERS 2
#define BURST 16

/* Ordered, atomic, and out through a single-link queue; workers serve both stages. */
static const struct setup pipeline = { .queues = "oas", .ports = { "01", "!01", "2", "" } };

#define SINK WORKERS
#define PRODUCER (WORKERS + 1)

static const char *const shapes[] = {
	"hw=2.0,sched=inline,cq_mode=dense",
	"hw=2.0,sched=inline,cq_mode=sparse",
	"hw=2.0,sched=service,cq_mode=dense",
	"hw=2.0,sched=service,cq_mode=sparse",
	"hw=2.0,sched=thread,cq_mode=dense",
	"hw=2.0,sched=thread,cq_mode=sparse",
	"hw=2.5,sched=inline,cq_mode=dense",
	"hw=2.5,sched=inline,cq_mode=sparse",
	"hw=2.5,sched=service,cq_mode=dense",
	"hw=2.5,sched=service,cq_mode=sparse",
	"hw=2.5,sched=thread,cq_mode=dense",
	"hw=2.5,sched=thread,cq_mode=sparse",
	"hw=2.5,sched=inline,wake_depth=4",
	"hw=2.0,sched=thread,wake_depth=4",
	DEVICE_SLOW ",choices=63",
	DEVICE_SLOW ",choices=63,sched=thread",
};

struct traffic {
	struct device dev;
	uint32_t sent, arrived;
	uint32_t sent_of[FLOWS], next[FLOWS];
};

static void
produce(struct traffic *t, uint16_t n)
{
	struct rte_event ev[BURST] = { 0 };
	uint16_t taken, i;
	uint32_t flow;

	n = (uint16_t)RTE_MIN(n, EVENTS - t->sent);
	for (i = 0; i < n; i++) {
		flow = (t->sent + i) * 7 % FLOWS;
		ev[i] = event_new(0, RTE_SCHED_TYPE_ORDERED, flow, t->sent_of[flow]++);
	}
	taken = rte_event_enqueue_burst(t->dev.id, PRODUCER, ev, n);
	/* What was not taken is made again. */
	for (i = taken; i < n; i++)
		t->sent_of[ev[i].flow_id]--;
	t->sent += taken;
}

/* One turn of a worker: each event on to its next stage. */
static void
work(struct traffic *t, uint8_t port, uint16_t burst)
{
	struct rte_event ev[BURST];
	uint16_t n = rte_event_dequeue_burst(t->dev.id, port, ev, burst, 0);
	uint16_t sent = 0;
	uint16_t i;

	for (i = 0; i < n; i++) {
		ev[i].op = RTE_EVENT_OP_FORWARD;
		ev[i].queue_id++;
		ev[i].sched_type = RTE_SCHED_TYPE_ATOMIC;
	}
	while (sent < n)
		sent += rte_event_enqueue_burst(t->dev.id, port, &ev[sent], n - sent);
}

static void
consume(struct traffic *t, uint16_t burst)
{
	struct rte_event ev[BURST];
	uint16_t n = rte_event_dequeue_burst(t->dev.id, SINK, ev, burst, 0);
	uint16_t i;

	for (i = 0; i < n; i++)
		assert_int_equal(ev[i].u64, t->next[ev[i].flow_id]++);
	t->arrived += n;
}

static void
from_one_thread(void **state)
{
	static struct traffic t;
	struct dice dice = { 1 };
	uint32_t s, turn;
	uint16_t n;

	for (s = 0; s < RTE_DIM(shapes); s++) {
		memset(&t, 0, sizeof(t));
		device_create(&t.dev, *state, shapes[s], &pipeline);
		for (turn = 0; t.arrived < EVENTS; turn++) {
			TEST_EQ(turn < 10000000, true, shapes[s]);
			device_turn(&t.dev);
			n = (uint16_t)(1 + dice_roll(&dice, BURST));
			switch (dice_roll(&dice, 4)) {
			case 0:
				produce(&t, n);
				break;
			case 1:
				consume(&t, n);
				break;
			default:
				work(&t, (uint8_t)dice_roll(&dice, WORKERS), n);
				break;
			}
		}
		device_remove(&t.dev);
	}
}

struct worker {
	struct traffic *traffic;
	uint8_t port;
	bool stopping;
};

static void *
worker_run(void *arg)
{
	struct worker *w = arg;

	while (!__atomic_load_n(&w->stopping, __ATOMIC_RELAXED)) {
		work(w->traffic, w->port, BURST);
		sched_yield();
	}
	/* A dequeue more, and nothing is held. */
	work(w->traffic, w->port, BURST);
	return NULL;
}

/* The main thread produces, consumes, and runs the service if there is one. */
static void
from_a_thread_for_each_worker(void **state)
{
	static struct traffic t;
	struct worker workers[WORKERS];
	pthread_t threads[WORKERS];
	uint32_t s, w, turn;

	for (s = 0; s < RTE_DIM(shapes); s++) {
		memset(&t, 0, sizeof(t));
		device_create(&t.dev, *state, shapes[s], &pipeline);
		for (w = 0; w < WORKERS; w++) {
			workers[w] = (struct worker){ &t, (uint8_t)w, false };
			assert_int_equal(pthread_create(&threads[w], NULL, worker_run, &workers[w]),
					 0);
		}
		for (turn = 0; t.arrived < EVENTS && turn < 20000000; turn++) {
			device_turn(&t.dev);
			produce(&t, BURST);
			consume(&t, BURST);
			sched_yield();
		}
		for (w = 0; w < WORKERS; w++) {
			__atomic_store_n(&workers[w].stopping, true, __ATOMIC_RELAXED);
			pthread_join(threads[w], NULL);
		}
		TEST_EQ(t.arrived, EVENTS, shapes[s]);
		device_remove(&t.dev);
	}
}

static void
the_service_is_told_and_runs_the_device(void **state)
{
	static const struct setup setup = { .queues = "a", .ports = { "0" } };
	struct rte_event ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 1);
	const char *name;
	struct device dev;
	uint32_t id, count;

	device_create(&dev, *state, "sched=inline", &setup);
	assert_int_equal(rte_event_dev_service_id_get(dev.id, &id), -ESRCH);
	device_remove(&dev);

	count = rte_service_get_count();
	device_create(&dev, *state, "sched=service", &setup);
	assert_int_equal(rte_event_dev_service_id_get(dev.id, &id), 0);
	assert_int_equal(rte_service_get_count(), count + 1);
	name = rte_service_get_name(id);
	assert_non_null(strstr(name, "event_dlb0"));
	/* Nobody else runs it: an event stays where it is until the service does. */
	assert_int_equal(rte_event_enqueue_burst(dev.id, 0, &ev, 1), 1);
	assert_int_equal(rte_event_dequeue_burst(dev.id, 0, &ev, 1, 0), 0);
	assert_int_equal(rte_service_run_iter_on_app_lcore(id, 0), 0);
	assert_int_equal(rte_event_dequeue_burst(dev.id, 0, &ev, 1, 0), 1);
	device_remove(&dev);
	assert_int_equal(rte_service_get_count(), count);
}

/* A producer that nobody serves fills its ring, and then runs the device itself. */
static void
a_full_ring_runs_the_device(void **state)
{
	static const struct setup setup = { .queues = "p", .ports = { "!0" }, .limit = 4096 };
	struct rte_event ev[DEVICE_DEPTH];
	struct device dev;
	uint32_t s, got, i;
	uint16_t n;

	for (s = 0; s < RTE_DIM(shapes); s++) {
		device_create(&dev, *state, shapes[s], &setup);
		for (i = 0; i < 4096; i++) {
			ev[0] = event_new(0, RTE_SCHED_TYPE_PARALLEL, i, i);
			TEST_EQ(rte_event_enqueue_burst(dev.id, 0, ev, 1), 1, shapes[s]);
		}
		for (got = 0; got < 4096; got += n) {
			n = (uint16_t)RTE_MIN(4096 - got, (uint32_t)DEVICE_DEPTH);
			receive(&dev, 0, ev, n);
			release(&dev, 0, ev, n);
		}
		device_remove(&dev);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(from_one_thread, fixture_sweep),
		cmocka_unit_test_teardown(from_a_thread_for_each_worker, fixture_sweep),
		cmocka_unit_test_teardown(the_service_is_told_and_runs_the_device, fixture_sweep),
		cmocka_unit_test_teardown(a_full_ring_runs_the_device, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
