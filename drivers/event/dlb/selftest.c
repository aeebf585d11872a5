/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rte_event_dev_selftest(): what a user can run on a machine to see that the device and the driver do what
 * they should, on silicon as on the model. It configures the first stopped device of this driver, and leaves
 * it stopped. One thread plays all workers; whatever does not come within a number of polls is a failure.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_service.h>

#include "evdev.h"
#include "log.h"

#define TEST_QUEUES 4
#define TEST_PORTS 3
#define TEST_EVENTS 64
#define TEST_LIMIT 128
#define BURST 16
#define POLLS_MAX 100000

enum { QUEUE_ATOMIC, QUEUE_ORDERED, QUEUE_PARALLEL, QUEUE_SINGLE_LINK };
enum { PORT_A, PORT_B, PORT_SINGLE_LINK };

/* The library calls with no device: what one run is about. */
struct run {
	uint8_t dev_id;
	uint32_t flushed;
};

static int
failed(const char *what, int64_t got, int64_t want)
{
	rte_log(RTE_LOG_ERR, dlb_log_driver, "selftest: %s: %" PRId64 ", accepted is %" PRId64 "\n",
		what, got, want);
	return -1;
}

static int
expect(const char *what, int64_t got, int64_t want)
{
	return got == want ? 0 : failed(what, got, want);
}

static int
device_configure(uint8_t id)
{
	static const uint8_t sched_types[] = {
		[QUEUE_ATOMIC] = RTE_SCHED_TYPE_ATOMIC,
		[QUEUE_ORDERED] = RTE_SCHED_TYPE_ORDERED,
		[QUEUE_PARALLEL] = RTE_SCHED_TYPE_PARALLEL,
		[QUEUE_SINGLE_LINK] = RTE_SCHED_TYPE_ATOMIC,
	};
	struct rte_event_dev_config conf = {
		.nb_event_queues = TEST_QUEUES,
		.nb_event_ports = TEST_PORTS,
		.nb_single_link_event_port_queues = 1,
		.nb_events_limit = TEST_LIMIT,
		.nb_event_queue_flows = 1024,
		.nb_event_port_dequeue_depth = BURST,
		.nb_event_port_enqueue_depth = BURST,
		.dequeue_timeout_ns = 1,
	};
	struct rte_event_queue_conf queue;
	struct rte_event_port_conf port;
	uint8_t q, p;
	int ret;

	ret = rte_event_dev_configure(id, &conf);
	for (q = 0; q < TEST_QUEUES && ret == 0; q++) {
		rte_event_queue_default_conf_get(id, q, &queue);
		queue.schedule_type = sched_types[q];
		if (q == QUEUE_SINGLE_LINK)
			queue.event_queue_cfg = RTE_EVENT_QUEUE_CFG_SINGLE_LINK;
		ret = rte_event_queue_setup(id, q, &queue);
	}
	for (p = 0; p < TEST_PORTS && ret == 0; p++) {
		rte_event_port_default_conf_get(id, p, &port);
		port.event_port_cfg = RTE_EVENT_PORT_CFG_DISABLE_IMPL_REL;
		if (p == PORT_SINGLE_LINK)
			port.event_port_cfg |= RTE_EVENT_PORT_CFG_SINGLE_LINK;
		ret = rte_event_port_setup(id, p, &port);
	}
	return ret;
}

static int
device_link(uint8_t id)
{
	static const uint8_t balanced[] = { QUEUE_ATOMIC, QUEUE_ORDERED, QUEUE_PARALLEL };
	static const uint8_t single[] = { QUEUE_SINGLE_LINK };

	if (rte_event_port_link(id, PORT_A, balanced, NULL, 3) != 3 ||
	    rte_event_port_link(id, PORT_B, balanced, NULL, 3) != 3 ||
	    rte_event_port_link(id, PORT_SINGLE_LINK, single, NULL, 1) != 1)
		return failed("links", rte_errno, 0);
	return 0;
}

static struct rte_event
event_make(uint8_t queue, uint32_t number)
{
	return (struct rte_event){
		.flow_id = number & 0xfffff,
		.sub_event_type = number & 0xff,
		.event_type = RTE_EVENT_TYPE_CPU,
		.op = RTE_EVENT_OP_NEW,
		.sched_type = queue % 3 == QUEUE_ATOMIC    ? RTE_SCHED_TYPE_ATOMIC
			      : queue % 3 == QUEUE_ORDERED ? RTE_SCHED_TYPE_ORDERED
							   : RTE_SCHED_TYPE_PARALLEL,
		.queue_id = queue,
		.u64 = number,
	};
}

static int
send(const struct run *run, uint8_t port, struct rte_event *ev)
{
	uint32_t polls;

	for (polls = 0; polls < POLLS_MAX; polls++) {
		if (rte_event_enqueue_burst(run->dev_id, port, ev, 1) == 1)
			return 0;
	}
	return failed("an event is not taken, rte_errno", rte_errno, 0);
}

/* A device with a service runs when somebody runs that. */
static uint16_t
poll(const struct run *run, uint8_t port, struct rte_event ev[], uint16_t n)
{
	uint32_t service;

	if (rte_event_dev_service_id_get(run->dev_id, &service) == 0)
		rte_service_run_iter_on_app_lcore(service, 1);
	return rte_event_dequeue_burst(run->dev_id, port, ev, n, 0);
}

static int
receive(const struct run *run, uint8_t port, struct rte_event ev[], uint16_t n)
{
	uint16_t got = 0;
	uint32_t polls;

	for (polls = 0; polls < POLLS_MAX && got < n; polls++)
		got += poll(run, port, &ev[got], n - got);
	return expect("events that came", got, n);
}

/* One event, from whichever of two ports gets it. */
static int
receive_one(const struct run *run, struct rte_event *ev, uint8_t *port)
{
	uint32_t polls;

	for (polls = 0; polls < POLLS_MAX; polls++) {
		*port = polls % 2 == 0 ? PORT_A : PORT_B;
		if (poll(run, *port, ev, 1) == 1)
			return 0;
	}
	return failed("events that came", 0, 1);
}

/* A port that finds nothing gives back the credits it kept ready. */
static void
ports_idle(const struct run *run)
{
	struct rte_event ev;
	uint8_t p;

	for (p = 0; p < TEST_PORTS; p++)
		poll(run, p, &ev, 1);
}

static int
answer(const struct run *run, uint8_t port, struct rte_event ev[], uint16_t n, uint8_t op,
       uint8_t queue)
{
	uint16_t i;
	int ret = 0;

	for (i = 0; i < n && ret == 0; i++) {
		ev[i].op = op;
		ev[i].queue_id = queue;
		ret = send(run, port, &ev[i]);
	}
	return ret;
}

/* Every bit of an event arrives, also those that only the driver carries. */
static int
test_fields(struct run *run)
{
	static const uint8_t queues[] = { QUEUE_ATOMIC, QUEUE_ORDERED, QUEUE_PARALLEL };
	struct rte_event ev, got = { 0 };
	uint8_t port = PORT_A;
	uint32_t i;
	int ret = 0;

	for (i = 0; i < RTE_DIM(queues) && ret == 0; i++) {
		ev = event_make(queues[i], 0xabcde + i);
		ev.priority = RTE_EVENT_DEV_PRIORITY_HIGHEST;
		ret = send(run, PORT_A, &ev);
		if (ret == 0)
			ret = receive_one(run, &got, &port);
		if (ret != 0 || got.flow_id != ev.flow_id ||
		    got.sub_event_type != ev.sub_event_type || got.event_type != ev.event_type ||
		    got.sched_type != ev.sched_type || got.queue_id != ev.queue_id ||
		    got.priority != ev.priority || got.u64 != ev.u64)
			return failed("an event arrives changed, of queue", queues[i], -1);
		ret = answer(run, port, &got, 1, RTE_EVENT_OP_RELEASE, 0);
	}
	return ret;
}

static int
test_single_link(struct run *run)
{
	struct rte_event ev[BURST];
	uint32_t i;
	int ret = 0;

	for (i = 0; i < BURST && ret == 0; i++) {
		ev[i] = event_make(QUEUE_SINGLE_LINK, i);
		ret = send(run, PORT_A, &ev[i]);
	}
	if (ret == 0)
		ret = receive(run, PORT_SINGLE_LINK, ev, BURST);
	for (i = 0; i < BURST && ret == 0; i++)
		ret = expect("order of a single-link queue", (int64_t)ev[i].u64, i);
	return ret == 0 ? answer(run, PORT_SINGLE_LINK, ev, BURST, RTE_EVENT_OP_RELEASE, 0) : ret;
}

/* While one port holds an event of a flow, the other gets none of it. */
static int
test_atomic(struct run *run)
{
	struct rte_event ev[BURST], other;
	uint8_t port = PORT_A;
	uint32_t i;
	int ret = 0;

	for (i = 0; i < BURST && ret == 0; i++) {
		ev[i] = event_make(QUEUE_ATOMIC, i);
		ev[i].flow_id = 7;
		ret = send(run, PORT_SINGLE_LINK, &ev[i]);
	}
	if (ret == 0)
		ret = receive_one(run, ev, &port);
	if (ret == 0)
		ret = expect("events of a held flow at another port",
			     poll(run, port == PORT_A ? PORT_B : PORT_A, &other, 1), 0);
	if (ret == 0)
		ret = receive(run, port, &ev[1], BURST - 1);
	for (i = 0; i < BURST && ret == 0; i++)
		ret = expect("order of a flow", (int64_t)ev[i].u64, i);
	return ret == 0 ? answer(run, port, ev, BURST, RTE_EVENT_OP_RELEASE, 0) : ret;
}

/* Two ports answer in the wrong order; what they send on comes out in the right one. */
static int
test_ordered(struct run *run)
{
	struct rte_event ev[2][BURST], out[BURST];
	uint16_t got[2] = { 0, 0 };
	uint32_t i, polls;
	int ret = 0;

	for (i = 0; i < BURST && ret == 0; i++) {
		out[i] = event_make(QUEUE_ORDERED, i);
		ret = send(run, PORT_SINGLE_LINK, &out[i]);
	}
	for (polls = 0; polls < POLLS_MAX && got[0] + got[1] < BURST; polls++) {
		got[0] += poll(run, PORT_A, &ev[0][got[0]], 1);
		got[1] += poll(run, PORT_B, &ev[1][got[1]], 1);
	}
	if (ret == 0)
		ret = expect("ordered events", got[0] + got[1], BURST);
	if (ret == 0)
		ret = answer(run, PORT_B, ev[1], got[1], RTE_EVENT_OP_FORWARD, QUEUE_SINGLE_LINK);
	if (ret == 0)
		ret = answer(run, PORT_A, ev[0], got[0], RTE_EVENT_OP_FORWARD, QUEUE_SINGLE_LINK);
	if (ret == 0)
		ret = receive(run, PORT_SINGLE_LINK, out, BURST);
	for (i = 0; i < BURST && ret == 0; i++)
		ret = expect("order behind an ordered queue", (int64_t)out[i].u64, i);
	return ret == 0 ? answer(run, PORT_SINGLE_LINK, out, BURST, RTE_EVENT_OP_RELEASE, 0) : ret;
}

/* The limit holds, and what is released can be sent again. */
static int
test_credits(struct run *run)
{
	struct rte_event ev = event_make(QUEUE_SINGLE_LINK, 0), out[BURST];
	uint32_t round, i;
	int ret = 0;

	for (round = 0; round < 3 && ret == 0; round++) {
		ports_idle(run);
		for (i = 0; i < TEST_LIMIT && ret == 0; i++)
			ret = send(run, PORT_A, &ev);
		if (ret == 0)
			ret = expect("events beyond the limit",
				     rte_event_enqueue_burst(run->dev_id, PORT_A, &ev, 1), 0);
		if (ret == 0)
			ret = expect("rte_errno beyond the limit", rte_errno, ENOSPC);
		for (i = 0; i < TEST_LIMIT / BURST && ret == 0; i++) {
			ret = receive(run, PORT_SINGLE_LINK, out, BURST);
			if (ret == 0)
				ret = answer(run, PORT_SINGLE_LINK, out, BURST,
					     RTE_EVENT_OP_RELEASE, 0);
		}
	}
	return ret;
}

static int
test_bad_events(struct run *run)
{
	struct rte_event unknown_queue = event_make(TEST_QUEUES, 0);
	struct rte_event not_held = event_make(QUEUE_ATOMIC, 0);
	int ret;

	ret = expect("an event for no queue",
		     rte_event_enqueue_burst(run->dev_id, PORT_A, &unknown_queue, 1), 0);
	if (ret == 0)
		ret = expect("its rte_errno", rte_errno, EINVAL);
	not_held.op = RTE_EVENT_OP_RELEASE;
	if (ret == 0)
		ret = expect("a release of nothing",
			     rte_event_enqueue_burst(run->dev_id, PORT_A, &not_held, 1), 0);
	return ret == 0 ? expect("its rte_errno", rte_errno, EINVAL) : ret;
}

static void
flush_count(uint8_t dev_id __rte_unused, struct rte_event ev __rte_unused, void *arg)
{
	struct run *run = arg;

	run->flushed++;
}

/* A stop hands back what is still inside, and the device starts again. */
static int
test_stop(struct run *run)
{
	struct rte_event ev;
	uint32_t i;
	int ret = 0;

	rte_event_dev_stop_flush_callback_register(run->dev_id, flush_count, run);
	for (i = 0; i < TEST_EVENTS && ret == 0; i++) {
		ev = event_make((uint8_t)(i % TEST_QUEUES), i);
		ret = send(run, PORT_A, &ev);
	}
	run->flushed = 0;
	rte_event_dev_stop(run->dev_id);
	rte_event_dev_stop_flush_callback_register(run->dev_id, NULL, NULL);
	if (ret == 0)
		ret = expect("events that a stop hands back", run->flushed, TEST_EVENTS);
	return ret == 0 ? rte_event_dev_start(run->dev_id) : ret;
}

static const struct selftest {
	const char *name;
	int (*run)(struct run *run);
} selftests[] = {
	{ "fields", test_fields },   { "single-link", test_single_link },
	{ "atomic", test_atomic },   { "ordered", test_ordered },
	{ "credits", test_credits }, { "bad events", test_bad_events },
	{ "stop", test_stop },       { "credits after a stop", test_credits },
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

/* The tests one after the other, to the first that fails. */
static int
tests_run(struct run *run)
{
	uint32_t t;
	int ret = 0;

	for (t = 0; t < RTE_DIM(selftests) && ret == 0; t++) {
		ret = selftests[t].run(run);
		rte_log(RTE_LOG_NOTICE, dlb_log_driver, "selftest: device %u: %s: %s\n",
			run->dev_id, selftests[t].name, ret == 0 ? "passed" : "FAILED");
	}
	return ret;
}

int
dlb_evdev_selftest(void)
{
	struct run run = { 0 };
	int id = device_find();
	uint32_t service;
	int ret;

	if (id < 0)
		return id;
	run.dev_id = (uint8_t)id;
	ret = device_configure(run.dev_id);
	if (ret == 0)
		ret = device_link(run.dev_id);
	if (ret == 0)
		ret = rte_event_dev_start(run.dev_id);
	if (ret != 0)
		return ret;
	if (rte_event_dev_service_id_get(run.dev_id, &service) == 0)
		rte_service_runstate_set(service, 1);
	ret = tests_run(&run);
	rte_event_dev_stop(run.dev_id);
	return ret;
}
