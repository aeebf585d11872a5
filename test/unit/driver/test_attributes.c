/* SPDX-License-Identifier: BSD-3-Clause */
/* Attributes of queues: which can be set, when, and what a priority does to a device that runs. */
#include <errno.h>

#include <rte_common.h>

#include "fixture.h"

#define NAME "event_dlb0"
#define WAITING 256 /* events of each queue, more than any CQ holds */

static const char *const generations[] = { "hw=2.0", "hw=2.5,cq_mode=sparse", DEVICE_SLOW };

static const uint32_t live[] = {
	RTE_EVENT_QUEUE_ATTR_PRIORITY,
	RTE_EVENT_QUEUE_ATTR_WEIGHT,
	RTE_EVENT_QUEUE_ATTR_AFFINITY,
};

struct refusal {
	const char *name;
	uint8_t queue;
	uint32_t attribute;
	uint64_t value;
	int want;
	const char *says;
};

static void
refused_attributes(void **state)
{
	static const struct setup setup = { .queues = "a-", .ports = { "0" } };
	static const struct refusal rows[] = {
		{ "priority 256", 0, RTE_EVENT_QUEUE_ATTR_PRIORITY, 256, -EINVAL,
		  "queue 0: priority 256: accepted are 0 to 255" },
		{ "weight 2^32", 0, RTE_EVENT_QUEUE_ATTR_WEIGHT, UINT64_C(1) << 32, -EINVAL,
		  "queue 0: weight 4294967296: accepted are 0 to 255" },
		{ "affinity 2^64 - 1", 0, RTE_EVENT_QUEUE_ATTR_AFFINITY, UINT64_MAX, -EINVAL,
		  "queue 0: affinity 18446744073709551615: accepted are 0 to 255" },
		{ "flows", 0, RTE_EVENT_QUEUE_ATTR_NB_ATOMIC_FLOWS, 1, -ENOTSUP,
		  "attribute nb_atomic_flows: accepted are priority, weight, affinity" },
		{ "order sequences", 0, RTE_EVENT_QUEUE_ATTR_NB_ATOMIC_ORDER_SEQUENCES, 64,
		  -ENOTSUP, "attribute nb_atomic_order_sequences: accepted are priority, weight" },
		{ "event_queue_cfg", 0, RTE_EVENT_QUEUE_ATTR_EVENT_QUEUE_CFG, 0, -ENOTSUP,
		  "attribute event_queue_cfg: accepted are priority, weight" },
		{ "schedule type", 0, RTE_EVENT_QUEUE_ATTR_SCHEDULE_TYPE, 0, -ENOTSUP,
		  "attribute schedule_type: accepted are priority, weight" },
		{ "an attribute that is none", 0, RTE_EVENT_QUEUE_ATTR_AFFINITY + 1, 0, -EINVAL,
		  "queue 0: attribute 7: accepted are 0 to 6" },
		{ "the last number", 0, UINT32_MAX, 0, -EINVAL,
		  "queue 0: attribute 4294967295: accepted are 0 to 6" },
		{ "a queue that is not set up", 1, RTE_EVENT_QUEUE_ATTR_PRIORITY, 0, -EINVAL,
		  "queue 1: attribute priority: the queue has not been set up" },
	};
	struct device dev;
	uint32_t before, after;
	uint32_t r;

	device_probe(&dev, *state, NAME, "");
	device_configure(&dev, &setup);
	for (r = 0; r < RTE_DIM(rows); r++) {
		assert_int_equal(rte_event_queue_attr_get(dev.id, 0, live[0], &before), 0);
		log_mark(*state);
		TEST_EQ(rte_event_queue_attr_set(dev.id, rows[r].queue, rows[r].attribute,
						 rows[r].value),
			rows[r].want, rows[r].name);
		log_expect(*state, NAME, rows[r].says, rows[r].name);
		assert_int_equal(rte_event_queue_attr_get(dev.id, 0, live[0], &after), 0);
		TEST_EQ(after, before, rows[r].name);
	}
	TEST_EQ(rte_event_queue_attr_set(dev.id, 2, live[0], 0), -EINVAL, "queue 2 of 2");
	device_remove(&dev);
}

/* Stopped, started, and of a queue that feeds a directed port. */
static void
what_is_set_is_read(void **state)
{
	static const struct setup setup = { .queues = "as", .ports = { "0", "1" } };
	static const uint8_t values[] = { 0, 1, 127, 128, 255 };
	struct device dev;
	uint32_t value, running, i, v;
	uint8_t q;

	for (running = 0; running < 2; running++) {
		device_probe(&dev, *state, NAME, "");
		device_configure(&dev, &setup);
		if (running)
			device_start(&dev);
		for (q = 0; q < 2; q++) {
			for (i = 0; i < RTE_DIM(live); i++) {
				for (v = 0; v < RTE_DIM(values); v++) {
					assert_int_equal(rte_event_queue_attr_set(dev.id, q,
										  live[i],
										  values[v]),
							 0);
					assert_int_equal(rte_event_queue_attr_get(dev.id, q,
										  live[i], &value),
							 0);
					assert_int_equal(value, values[v]);
				}
			}
		}
		device_remove(&dev);
	}
}

/* Both queues have more waiting than is asked for: all of it comes from the one. */
static void
expect_queue(const struct device *dev, uint8_t queue, uint16_t n)
{
	struct rte_event ev[WAITING];
	uint16_t i;

	receive(dev, 0, ev, n);
	for (i = 0; i < n; i++)
		assert_int_equal(ev[i].queue_id, queue);
}

/* What a CQ was given under the old priorities comes first. */
static void
first_skip(const struct device *dev, uint16_t n)
{
	struct rte_event ev[WAITING];

	receive(dev, 0, ev, n);
}

static void
priority_set(const struct device *dev, uint8_t queue, uint8_t priority)
{
	assert_int_equal(rte_event_queue_attr_set(dev->id, queue, RTE_EVENT_QUEUE_ATTR_PRIORITY,
						  priority),
			 0);
}

static void
backlog_send(const struct device *dev, uint8_t port)
{
	struct rte_event ev[2];
	uint32_t i;

	for (i = 0; i < WAITING; i++) {
		ev[0] = event_new(0, RTE_SCHED_TYPE_PARALLEL, i, i);
		ev[1] = event_new(1, RTE_SCHED_TYPE_PARALLEL, i, i);
		send(dev, port, ev, 2);
	}
}

static void
priorities_change_while_running(void **state)
{
	static const struct setup setup = { .queues = "pp", .ports = { "01", "" }, .depth = 8 };
	const uint16_t in_cq = 16;
	struct device dev;
	uint32_t g;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		backlog_send(&dev, 1);
		priority_set(&dev, 0, RTE_EVENT_DEV_PRIORITY_HIGHEST);
		first_skip(&dev, in_cq);
		expect_queue(&dev, 0, WAITING / 4);
		priority_set(&dev, 1, RTE_EVENT_DEV_PRIORITY_HIGHEST);
		priority_set(&dev, 0, RTE_EVENT_DEV_PRIORITY_LOWEST);
		first_skip(&dev, in_cq);
		expect_queue(&dev, 1, WAITING / 2);
		rte_event_dev_stop(dev.id);

		/* It outlives a restart. */
		device_start(&dev);
		backlog_send(&dev, 1);
		first_skip(&dev, in_cq);
		expect_queue(&dev, 1, WAITING / 2);
		rte_event_dev_stop(dev.id);
		device_remove(&dev);
	}
}

/* A link that names a priority of its own is not the queue's to change. */
static void
link_priorities_stay(void **state)
{
	static const struct setup setup = { .queues = "pp", .ports = { "", "" }, .depth = 8 };
	const uint8_t queues[] = { 0, 1 };
	const uint8_t priorities[] = { RTE_EVENT_DEV_PRIORITY_HIGHEST,
				       RTE_EVENT_DEV_PRIORITY_LOWEST };
	const uint16_t in_cq = 16;
	struct device dev;

	device_probe(&dev, *state, NAME, "");
	device_configure(&dev, &setup);
	assert_int_equal(rte_event_port_link(dev.id, 0, queues, priorities, 2), 2);
	device_start(&dev);
	priority_set(&dev, 0, RTE_EVENT_DEV_PRIORITY_LOWEST);
	priority_set(&dev, 1, RTE_EVENT_DEV_PRIORITY_HIGHEST);
	backlog_send(&dev, 1);
	first_skip(&dev, in_cq);
	expect_queue(&dev, 0, WAITING / 2);
	rte_event_dev_stop(dev.id);
	device_remove(&dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(refused_attributes, fixture_sweep),
		cmocka_unit_test_teardown(what_is_set_is_read, fixture_sweep),
		cmocka_unit_test_teardown(priorities_change_while_running, fixture_sweep),
		cmocka_unit_test_teardown(link_priorities_stay, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
