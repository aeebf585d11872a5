/* SPDX-License-Identifier: BSD-3-Clause */
/* A stop has an end, whatever workers do meanwhile: they should have stopped, and some forget. */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include <rte_common.h>

#include "fixture.h"

#define BURST 16

struct producer {
	pthread_t thread;
	uint8_t dev_id;
	uint8_t port;
	uint8_t queue;
	bool leaves;       /* told to end */
	uint64_t accepted; /* events */
};

static void *
produce(void *arg)
{
	struct producer *producer = arg;
	struct rte_event ev[BURST];
	uint32_t i;

	for (i = 0; i < BURST; i++)
		ev[i] = event_new(producer->queue, RTE_SCHED_TYPE_ATOMIC, i, i);
	while (!__atomic_load_n(&producer->leaves, __ATOMIC_RELAXED)) {
		__atomic_fetch_add(&producer->accepted,
				   rte_event_enqueue_new_burst(producer->dev_id, producer->port, ev,
							       BURST),
				   __ATOMIC_RELAXED);
	}
	return NULL;
}

static void
count(uint8_t dev_id __rte_unused, struct rte_event ev __rte_unused, void *arg)
{
	uint64_t *flushed = arg;

	(*flushed)++;
}

/* A stop that did not end would be ended by the test's time-out. */
static void
while_somebody_produces(void **state)
{
	static const struct {
		const char *name;
		struct setup setup;
	} rows[] = {
		{ "a load-balanced queue", { .queues = "a", .ports = { "0", "" } } },
		{ "a queue that nobody serves", { .queues = "aa", .ports = { "0", "" } } },
		{ "a single-link queue", { .queues = "as", .ports = { "1", "" } } },
		{ "a single-link queue that nobody serves",
		  { .queues = "as", .ports = { "0", "" } } },
	};
	static const char *const args[] = { "hw=2.0", "hw=2.5", "sched=thread" };
	struct producer producer;
	struct device dev;
	uint64_t flushed;
	uint32_t i, a;

	for (i = 0; i < RTE_DIM(rows) * RTE_DIM(args); i++) {
		a = i % RTE_DIM(args);
		device_create(&dev, *state, args[a], &rows[i / RTE_DIM(args)].setup);
		/* A producer that lost its CPU in a burst sends it when the domain is gone. */
		dev.broken_by_test = "bad-qe";
		flushed = 0;
		assert_int_equal(rte_event_dev_stop_flush_callback_register(dev.id, count,
									    &flushed),
				 0);
		producer = (struct producer){
			.dev_id = dev.id,
			.port = 1,
			.queue = (uint8_t)(strlen(rows[i / RTE_DIM(args)].setup.queues) - 1),
		};
		assert_int_equal(pthread_create(&producer.thread, NULL, produce, &producer), 0);
		while (__atomic_load_n(&producer.accepted, __ATOMIC_RELAXED) < DEVICE_LIMIT / 2)
			sched_yield();
		rte_event_dev_stop(dev.id);
		__atomic_store_n(&producer.leaves, true, __ATOMIC_RELAXED);
		pthread_join(producer.thread, NULL);
		/* One burst may have been under way from before the stop until after it. */
		if (flushed > producer.accepted || flushed + BURST < producer.accepted)
			fail_msg("%s, %s: %" PRIu64 " events accepted, %" PRIu64 " flushed",
				 rows[i / RTE_DIM(args)].name, args[a], producer.accepted, flushed);
		assert_true(device_xstat(&dev, "dev_model_lint_findings") <= BURST);
		device_remove(&dev);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(while_somebody_produces, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
