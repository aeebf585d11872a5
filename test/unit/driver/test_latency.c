/* SPDX-License-Identifier: BSD-3-Clause */
/* How long events wait in a queue, against a clock that was there when they came and went. */
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include <rte_common.h>

#include "fixture.h"
#include "rte_pmd_dlb.h"

#define BATCH 8
#define WAIT_NS UINT64_C(4000000)
#define DURATION_US 1000000

static const char *const devices[] = { "hw=2.0", "hw=2.5,cq_mode=sparse" };

static uint64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* A thread that measures until it is done. */
struct meter {
	const struct device *dev;
	pthread_t thread;
	struct rte_pmd_dlb_latency latency;
	int ret;
	bool done;
};

static void *
measure(void *arg)
{
	struct meter *meter = arg;

	meter->ret = rte_pmd_dlb_queue_latency(meter->dev->id, 0, DURATION_US, &meter->latency);
	__atomic_store_n(&meter->done, true, __ATOMIC_RELEASE);
	return NULL;
}

/* Events wait because their port is stalled. Returns the longest time that a batch was in the device. */
static uint64_t
batch_waits(const struct device *dev)
{
	struct rte_event ev[BATCH];
	uint64_t start;
	uint32_t i;

	rte_pmd_dlb_fault_stall(dev->id, 0, true);
	for (i = 0; i < BATCH; i++)
		ev[i] = event_new(0, RTE_SCHED_TYPE_PARALLEL, i, i);
	start = now_ns();
	send(dev, 1, ev, BATCH);
	assert_int_equal(poll(dev, 1, ev, 1), 0); /* the device takes them */
	while (now_ns() < start + WAIT_NS)
		;
	rte_pmd_dlb_fault_stall(dev->id, 0, false);
	receive(dev, 0, ev, BATCH);
	release(dev, 0, ev, BATCH);
	return now_ns() - start;
}

static void
events_waited_as_long_as_they_did(void **state)
{
	const struct setup setup = { .queues = "p", .ports = { "!0", "!" } };
	uint64_t longest, resolution;
	struct meter meter;
	struct device dev;
	uint32_t d;

	for (d = 0; d < RTE_DIM(devices); d++) {
		device_create(&dev, *state, devices[d], &setup);
		TEST_EQ(device_xstat(&dev, "queue_0_latency_p50_ns"), 0, devices[d]);
		meter = (struct meter){ .dev = &dev };
		longest = 0;
		assert_int_equal(pthread_create(&meter.thread, NULL, measure, &meter), 0);
		while (!__atomic_load_n(&meter.done, __ATOMIC_ACQUIRE))
			longest = RTE_MAX(longest, batch_waits(&dev));
		pthread_join(meter.thread, NULL);
		TEST_EQ(meter.ret, 0, devices[d]);
		TEST_EQ(meter.latency.events >= BATCH, true, devices[d]);
		resolution = meter.latency.resolution_ns;
		TEST_EQ(meter.latency.p50_ns + 2 * resolution >= WAIT_NS, true, devices[d]);
		TEST_EQ(meter.latency.p99_ns >= meter.latency.p50_ns, true, devices[d]);
		TEST_EQ(meter.latency.max_ns >= meter.latency.p99_ns, true, devices[d]);
		TEST_EQ(meter.latency.max_ns <= longest + 2 * resolution, true, devices[d]);
		TEST_EQ(device_xstat(&dev, "queue_0_latency_p50_ns"), meter.latency.p50_ns,
			devices[d]);
		TEST_EQ(device_xstat(&dev, "queue_0_latency_p99_ns"), meter.latency.p99_ns,
			devices[d]);
		device_remove(&dev);
	}
}

static void
refusals(void **state)
{
	const struct setup setup = { .queues = "p", .ports = { "0" } };
	struct rte_pmd_dlb_latency latency;
	struct device dev;

	device_create(&dev, *state, "", &setup);
	assert_int_equal(rte_pmd_dlb_queue_latency(dev.id, 0, 100, &latency), 0);
	assert_int_equal(latency.events, 0);
	assert_int_equal(latency.p99_ns, 0);
	assert_int_equal(rte_pmd_dlb_queue_latency(dev.id, 0, 0, &latency), -EINVAL);
	assert_int_equal(rte_pmd_dlb_queue_latency(dev.id, 0, 10000001, &latency), -EINVAL);
	log_mark(*state);
	assert_int_equal(rte_pmd_dlb_queue_latency(dev.id, 1, 100, &latency), -EINVAL);
	log_expect(*state, dev.name, "configured with 1 queues", "no such queue");
	rte_event_dev_stop(dev.id);
	log_mark(*state);
	assert_int_equal(rte_pmd_dlb_queue_latency(dev.id, 0, 100, &latency), -EAGAIN);
	log_expect(*state, dev.name, "accepted is one that has been started", "stopped");
	device_remove(&dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(events_waited_as_long_as_they_did, fixture_sweep),
		cmocka_unit_test_teardown(refusals, fixture_sweep),
	};

	return cmocka_run_group_tests_name("latency", tests, fixture_create, fixture_destroy);
}
