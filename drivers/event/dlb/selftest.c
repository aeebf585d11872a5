/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rte_event_dev_selftest(): what a user can run on a machine to see that the device and the driver do what
 * they should, on silicon as on the model. It takes the first stopped device of this driver, starts it anew
 * for every case of its table, and leaves it stopped. Whatever does not come within a number of polls is a
 * failure; the cases behind it run all the same.
 */
#include <errno.h>

#include <rte_service.h>

#include "evdev.h"
#include "log.h"
#include "selftest.h"

#define ATOMIC SELFTEST_ATOMIC, RTE_SCHED_TYPE_ATOMIC
#define ORDERED SELFTEST_ORDERED, RTE_SCHED_TYPE_ORDERED
#define PARALLEL SELFTEST_PARALLEL, RTE_SCHED_TYPE_PARALLEL
#define ALL_ATOMIC SELFTEST_ALL_TYPES, RTE_SCHED_TYPE_ATOMIC
#define ALL_ORDERED SELFTEST_ALL_TYPES, RTE_SCHED_TYPE_ORDERED
#define ALL_PARALLEL SELFTEST_ALL_TYPES, RTE_SCHED_TYPE_PARALLEL
#define SINGLE SELFTEST_SINGLE, RTE_SCHED_TYPE_ATOMIC

static const struct selftest_case cases[] = {
	{ "fields of an atomic event", selftest_fields, ATOMIC, 1 },
	{ "fields of an ordered event", selftest_fields, ORDERED, 1 },
	{ "fields of a parallel event", selftest_fields, PARALLEL, 1 },
	{ "fields of a single-link event", selftest_fields, SINGLE, 1 },
	{ "fields of 3 atomic events", selftest_fields, ATOMIC, 3 },
	{ "fields of 4 ordered events", selftest_fields, ORDERED, 4 },
	{ "fields of 5 parallel events", selftest_fields, PARALLEL, 5 },
	{ "fields of 7 single-link events", selftest_fields, SINGLE, 7 },
	{ "fields of 16 atomic events", selftest_fields, ATOMIC, SELFTEST_BURST },
	{ "fields of 16 events of an ALL_TYPES queue", selftest_fields, ALL_ATOMIC,
	  SELFTEST_BURST },
	{ "fields of parallel events of an ALL_TYPES queue", selftest_fields, ALL_PARALLEL, 6 },
	{ "fields of ordered events of an ALL_TYPES queue", selftest_fields, ALL_ORDERED, 6 },
	{ "order of an atomic flow", selftest_flow_order, ATOMIC, SELFTEST_EVENTS },
	{ "order of an atomic flow of an ALL_TYPES queue", selftest_flow_order, ALL_ATOMIC,
	  SELFTEST_EVENTS },
	{ "order of a single-link queue", selftest_flow_order, SINGLE, SELFTEST_EVENTS },
	{ "one port at a time", selftest_exclusive, ATOMIC, 0 },
	{ "one port at a time of an ALL_TYPES queue", selftest_exclusive, ALL_ATOMIC, 0 },
	{ "order restored", selftest_order_restored, ORDERED, 0 },
	{ "order restored of an ALL_TYPES queue", selftest_order_restored, ALL_ORDERED, 0 },
	{ "order with gaps", selftest_order_with_gaps, ORDERED, 0 },
	{ "order with gaps of an ALL_TYPES queue", selftest_order_with_gaps, ALL_ORDERED, 0 },
	{ "parallel events shared", selftest_shared, PARALLEL, 0 },
	{ "ordered events shared", selftest_shared, ORDERED, 0 },
	{ "atomic flows shared", selftest_shared, ATOMIC, 0 },
	{ "priority of parallel events", selftest_event_priority, PARALLEL, 0 },
	{ "priority of single-link events", selftest_event_priority, SINGLE, 0 },
	{ "calls for new and for forward", selftest_forward_call, SINGLE, SELFTEST_BURST },
	{ "calls for one new and one forward", selftest_forward_call, SINGLE, 1 },
	{ "events limit", selftest_limit, SINGLE, 0 },
	{ "new event threshold", selftest_threshold, SINGLE, 0 },
	{ "bad queue", selftest_bad_event, SELFTEST_QUEUES, RTE_SCHED_TYPE_ATOMIC,
	  RTE_EVENT_OP_NEW },
	{ "bad queue 255", selftest_bad_event, UINT8_MAX, RTE_SCHED_TYPE_ATOMIC, RTE_EVENT_OP_NEW },
	{ "bad schedule type", selftest_bad_event, SELFTEST_ATOMIC, 3, RTE_EVENT_OP_NEW },
	{ "bad operation", selftest_bad_event, SINGLE, 3 },
	{ "release of nothing", selftest_bad_event, SINGLE, RTE_EVENT_OP_RELEASE },
	{ "forward of nothing", selftest_stray, SINGLE, 0 },
	{ "dequeue timeout", selftest_timeout, SINGLE, 0 },
	{ "device information", selftest_info, SINGLE, 0 },
	{ "queue priority is kept", selftest_attribute, ATOMIC, RTE_EVENT_QUEUE_ATTR_PRIORITY },
	{ "queue weight is kept", selftest_attribute, ORDERED, RTE_EVENT_QUEUE_ATTR_WEIGHT },
	{ "queue affinity is kept", selftest_attribute, SINGLE, RTE_EVENT_QUEUE_ATTR_AFFINITY },
	{ "bad queue attributes", selftest_bad_attribute, ATOMIC, 0 },
	{ "unlink and link of an atomic queue", selftest_unlink, ATOMIC, 0 },
	{ "unlink and link of a parallel queue", selftest_unlink, PARALLEL, 0 },
	{ "late link of a worker", selftest_late_link, SINGLE, SELFTEST_PORT_A },
	{ "late link of a SINGLE_LINK port", selftest_late_link, SINGLE, SELFTEST_PORT_SINGLE },
	{ "a port is left", selftest_quiesce, ATOMIC, 0 },
	{ "more links than a hardware port has", selftest_many_links, ATOMIC, 20 },
	{ "statistics", selftest_statistics, SINGLE, 0 },
	{ "dump", selftest_dump, SINGLE, 0 },
	{ "stop of an empty device", selftest_stop, SINGLE, 0 },
	{ "stop with events in every queue", selftest_stop, SINGLE, SELFTEST_BURST },
	{ "restarts", selftest_restart, SINGLE, 4 },
	{ "set up again without configure", selftest_set_up_again, SINGLE, 0 },
	{ "a start that fails and is mended", selftest_failed_start, SINGLE, 0 },
	{ "set-ups refused while running", selftest_refused_setup, SINGLE, 0 },
};

/* The first device of this driver that nobody runs, or -ENODEV. */
static int
device_find(void)
{
	const struct rte_eventdev *dev;
	uint8_t id;

	for (id = 0; id < RTE_EVENT_MAX_DEVS; id++) {
		dev = &rte_eventdevs[id];
		if (dev->attached && dev->dev_ops->dev_selftest == dlb_evdev_selftest &&
		    !dev->data->dev_started)
			return id;
	}
	rte_log(RTE_LOG_ERR, dlb_log_driver, "selftest: no stopped device of this driver\n");
	return -ENODEV;
}

static void
device_stop(uint8_t dev_id)
{
	uint32_t started = 0;

	if (rte_event_dev_attr_get(dev_id, RTE_EVENT_DEV_ATTR_STARTED, &started) == 0 && started)
		rte_event_dev_stop(dev_id);
}

static int
case_run(struct selftest_run *run, const struct selftest_case *c)
{
	uint32_t service;
	int ret;

	ret = selftest_configure(run->dev_id);
	if (ret == 0)
		ret = selftest_link(run->dev_id);
	if (ret == 0)
		ret = rte_event_dev_start(run->dev_id);
	if (ret == 0 && rte_event_dev_service_id_get(run->dev_id, &service) == 0)
		rte_service_runstate_set(service, 1);
	if (ret == 0)
		ret = c->run(run, c);
	device_stop(run->dev_id);
	return ret;
}

int
dlb_evdev_selftest(void)
{
	struct selftest_run run = { 0 };
	uint32_t failures = 0;
	int id = device_find();
	uint32_t i;
	int ret;

	if (id < 0)
		return id;
	run.dev_id = (uint8_t)id;
	for (i = 0; i < RTE_DIM(cases); i++) {
		ret = case_run(&run, &cases[i]);
		failures += ret != 0;
		rte_log(RTE_LOG_NOTICE, dlb_log_driver, "selftest: device %u: %s: %s\n", run.dev_id,
			cases[i].name, ret == 0 ? "passed" : "FAILED");
	}
	return failures == 0 ? 0 : -1;
}
