/* SPDX-License-Identifier: BSD-3-Clause */
/* Self test: what a control thread does with a device, running and stopped. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>

#include "evdev.h"
#include "selftest.h"

/* What the library reports is what the driver says elsewhere. */
int
selftest_info(struct selftest_run *run, const struct selftest_case *c __rte_unused)
{
	struct rte_event_dev_info info;
	uint32_t value = 0;
	int ret;

	ret = rte_event_dev_info_get(run->dev_id, &info);
	if (ret == 0 && (info.max_event_queues == 0 || info.max_event_ports == 0 ||
			 info.max_num_events < SELFTEST_LIMIT))
		ret = selftest_failed("queues that the device has", info.max_event_queues, 1);
	if (ret == 0)
		ret = rte_event_dev_attr_get(run->dev_id, RTE_EVENT_DEV_ATTR_QUEUE_COUNT, &value);
	if (ret == 0)
		ret = selftest_expect("queues", value, SELFTEST_QUEUES);
	if (ret == 0)
		ret = rte_event_dev_attr_get(run->dev_id, RTE_EVENT_DEV_ATTR_PORT_COUNT, &value);
	return ret == 0 ? selftest_expect("ports", value, SELFTEST_PORTS) : ret;
}

/* An attribute of a running queue is what it was set to. n is the attribute. */
int
selftest_attribute(struct selftest_run *run, const struct selftest_case *c)
{
	static const uint8_t values[] = { 0, 100, 255 };
	uint32_t got = 0, i;
	int ret = 0;

	for (i = 0; i < RTE_DIM(values) && ret == 0; i++) {
		ret = rte_event_queue_attr_set(run->dev_id, c->queue, c->n, values[i]);
		if (ret == 0)
			ret = rte_event_queue_attr_get(run->dev_id, c->queue, c->n, &got);
		if (ret == 0)
			ret = selftest_expect("an attribute that was set", got, values[i]);
	}
	return ret;
}

int
selftest_bad_attribute(struct selftest_run *run, const struct selftest_case *c)
{
	int ret;

	ret = selftest_expect("a priority of 256",
			      rte_event_queue_attr_set(run->dev_id, c->queue,
						       RTE_EVENT_QUEUE_ATTR_PRIORITY, 256),
			      -EINVAL);
	if (ret == 0)
		ret = selftest_expect("an attribute that set-up sets",
				      rte_event_queue_attr_set(run->dev_id, c->queue,
							       RTE_EVENT_QUEUE_ATTR_SCHEDULE_TYPE,
							       0),
				      -ENOTSUP);
	return ret;
}

static int
unlink_wait(const struct selftest_run *run, uint8_t port)
{
	uint32_t polls;
	int ret = 0;

	for (polls = 0; polls < SELFTEST_POLLS_MAX && ret == 0; polls++) {
		if (rte_event_port_unlinks_in_progress(run->dev_id, port) == 0)
			return 0;
		ret = selftest_expect_nothing(run, port);
	}
	return selftest_failed("unlinks in progress", 1, 0);
}

/* A port gets nothing of a queue that is not linked to it any more, and all of it when it is again. */
int
selftest_unlink(struct selftest_run *run, const struct selftest_case *c)
{
	struct rte_event ev[SELFTEST_BURST];
	uint8_t queue = c->queue;
	int ret;

	ret = selftest_expect("unlinks of A",
			      rte_event_port_unlink(run->dev_id, SELFTEST_PORT_A, &queue, 1), 1);
	if (ret == 0)
		ret = unlink_wait(run, SELFTEST_PORT_A);
	if (ret == 0)
		ret = selftest_send_numbered(run, SELFTEST_PORT_SINGLE, queue, c->sched_type,
					     SELFTEST_BURST);
	if (ret == 0)
		ret = selftest_receive(run, SELFTEST_PORT_B, ev, SELFTEST_BURST);
	if (ret == 0)
		ret = selftest_expect_nothing(run, SELFTEST_PORT_A);
	if (ret == 0)
		ret = selftest_release(run, SELFTEST_PORT_B, ev, SELFTEST_BURST);

	if (ret == 0)
		ret = selftest_expect("links of A",
				      rte_event_port_link(run->dev_id, SELFTEST_PORT_A, &queue,
							  NULL, 1),
				      1);
	if (ret == 0)
		ret = selftest_expect("unlinks of B",
				      rte_event_port_unlink(run->dev_id, SELFTEST_PORT_B, &queue,
							    1),
				      1);
	if (ret == 0)
		ret = unlink_wait(run, SELFTEST_PORT_B);
	if (ret == 0)
		ret = selftest_send_numbered(run, SELFTEST_PORT_SINGLE, queue, c->sched_type,
					     SELFTEST_BURST);
	if (ret == 0)
		ret = selftest_receive(run, SELFTEST_PORT_A, ev, SELFTEST_BURST);
	return ret == 0 ? selftest_release(run, SELFTEST_PORT_A, ev, SELFTEST_BURST) : ret;
}

/* A SINGLE_LINK queue that nobody is linked to keeps its events for the port that is, in the end. */
int
selftest_late_link(struct selftest_run *run, const struct selftest_case *c)
{
	struct rte_event ev[SELFTEST_BURST];
	uint8_t queue = SELFTEST_LATE;
	uint16_t i;
	int ret;

	ret = selftest_send_numbered(run, SELFTEST_PORT_A, queue, c->sched_type, SELFTEST_BURST);
	if (ret == 0)
		ret = selftest_expect("late links",
				      rte_event_port_link(run->dev_id, (uint8_t)c->n, &queue, NULL,
							  1),
				      1);
	if (ret == 0)
		ret = selftest_receive(run, (uint8_t)c->n, ev, SELFTEST_BURST);
	for (i = 0; i < SELFTEST_BURST && ret == 0; i++)
		ret = selftest_expect("order of a late link", (int64_t)ev[i].u64, i);
	return ret == 0 ? selftest_release(run, (uint8_t)c->n, ev, SELFTEST_BURST) : ret;
}

static void
flush_count(uint8_t dev_id __rte_unused, struct rte_event ev __rte_unused, void *arg)
{
	struct selftest_run *run = arg;

	run->flushed++;
}

/* The flow that a port holds goes on at the other one when its core leaves. */
int
selftest_quiesce(struct selftest_run *run, const struct selftest_case *c)
{
	struct rte_event ev, rest[SELFTEST_EVENTS];
	uint8_t port = SELFTEST_PORT_A;
	uint16_t i;
	int ret = 0;

	for (i = 0; i < SELFTEST_EVENTS && ret == 0; i++) {
		ev = selftest_event(c->queue, c->sched_type, i);
		ev.flow_id = 9;
		ret = selftest_send(run, SELFTEST_PORT_SINGLE, &ev, 1);
	}
	if (ret == 0)
		ret = selftest_receive_one(run, &ev, &port);
	if (ret != 0)
		return ret;
	run->flushed = 0;
	rte_event_port_quiesce(run->dev_id, port, flush_count, run);
	port = port == SELFTEST_PORT_A ? SELFTEST_PORT_B : SELFTEST_PORT_A;
	i = (uint16_t)(SELFTEST_EVENTS - 1 - RTE_MIN(run->flushed, SELFTEST_EVENTS - 1u));
	ret = selftest_receive(run, port, rest, i);
	return ret == 0 ? selftest_release(run, port, rest, i) : ret;
}

static int
statistic(const struct selftest_run *run, const char *name, uint64_t *value)
{
	uint64_t id = 0;

	*value = rte_event_dev_xstats_by_name_get(run->dev_id, name, &id);
	return id == UINT32_MAX ? selftest_failed(name, -1, 0) : 0;
}

/* Device, port and queue count what passes, and from 0 again after a reset. */
int
selftest_statistics(struct selftest_run *run, const struct selftest_case *c)
{
	struct rte_event ev[SELFTEST_BURST];
	uint64_t limit = 0, enqueued = 0, rejected = 0;
	int ret;

	ret = selftest_send_numbered(run, SELFTEST_PORT_A, c->queue, c->sched_type, SELFTEST_BURST);
	if (ret == 0)
		ret = selftest_receive(run, SELFTEST_PORT_SINGLE, ev, SELFTEST_BURST);
	if (ret == 0)
		ret = selftest_release(run, SELFTEST_PORT_SINGLE, ev, SELFTEST_BURST);
	ev[0].op = RTE_EVENT_OP_RELEASE;
	rte_event_enqueue_burst(run->dev_id, SELFTEST_PORT_A, ev, 1);
	if (ret == 0)
		ret = statistic(run, "dev_events_limit", &limit);
	if (ret == 0)
		ret = selftest_expect("events_limit", (int64_t)limit, SELFTEST_LIMIT);
	if (ret == 0)
		ret = statistic(run, "port_0_rejected_not_owned", &rejected);
	if (ret == 0)
		ret = selftest_expect("rejected_not_owned", (int64_t)rejected, 1);
	if (ret == 0)
		ret = rte_event_dev_xstats_reset(run->dev_id, RTE_EVENT_DEV_XSTATS_PORT, 0, NULL,
						 0);
	if (ret == 0)
		ret = statistic(run, "port_0_rejected_not_owned", &rejected);
	if (ret == 0)
		ret = selftest_expect("rejected_not_owned after a reset", (int64_t)rejected, 0);
	if (ret == 0)
		ret = statistic(run, "queue_4_enqueued", &enqueued);
	return ret == 0 ? selftest_expect("enqueued", (int64_t)enqueued, SELFTEST_BURST) : ret;
}

int
selftest_dump(struct selftest_run *run, const struct selftest_case *c __rte_unused)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	int ret;

	if (file == NULL)
		return selftest_failed("a stream in memory, errno", errno, 0);
	ret = rte_event_dev_dump(run->dev_id, file);
	fclose(file);
	if (ret == 0 && (strstr(text, "queue 5:") == NULL || strstr(text, "port 2:") == NULL))
		ret = selftest_failed("bytes of a dump without all queues and ports", (int64_t)size,
				      0);
	free(text);
	return ret;
}

/* A stop hands back what is still inside: of all queues, in n to each. */
int
selftest_stop(struct selftest_run *run, const struct selftest_case *c)
{
	uint8_t q;
	int ret = 0;

	rte_event_dev_stop_flush_callback_register(run->dev_id, flush_count, run);
	for (q = 0; q < SELFTEST_QUEUES && ret == 0; q++)
		ret = selftest_send_numbered(run, SELFTEST_PORT_A, q, q % 3, c->n);
	run->flushed = 0;
	rte_event_dev_stop(run->dev_id);
	rte_event_dev_stop_flush_callback_register(run->dev_id, NULL, NULL);
	return ret == 0 ? selftest_expect("events that a stop hands back", run->flushed,
					  SELFTEST_QUEUES * c->n)
			: ret;
}

static int
events_pass(struct selftest_run *run)
{
	struct rte_event ev[SELFTEST_BURST];
	int ret;

	ret = selftest_send_numbered(run, SELFTEST_PORT_A, SELFTEST_SINGLE, RTE_SCHED_TYPE_ATOMIC,
				     SELFTEST_BURST);
	if (ret == 0)
		ret = selftest_receive(run, SELFTEST_PORT_SINGLE, ev, SELFTEST_BURST);
	return ret == 0 ? selftest_release(run, SELFTEST_PORT_SINGLE, ev, SELFTEST_BURST) : ret;
}

/* Stopped with events inside and started again, n times. */
int
selftest_restart(struct selftest_run *run, const struct selftest_case *c)
{
	uint16_t i;
	int ret = 0;

	for (i = 0; i < c->n && ret == 0; i++) {
		ret = selftest_send_numbered(run, SELFTEST_PORT_A, SELFTEST_ATOMIC,
					     RTE_SCHED_TYPE_ATOMIC, SELFTEST_BURST);
		rte_event_dev_stop(run->dev_id);
		if (ret == 0)
			ret = rte_event_dev_start(run->dev_id);
		if (ret == 0)
			ret = events_pass(run);
	}
	return ret;
}

/* Queues and ports between a stop and a start, in any order, without another configure. */
int
selftest_set_up_again(struct selftest_run *run, const struct selftest_case *c __rte_unused)
{
	const uint8_t single[] = { SELFTEST_SINGLE };
	struct rte_event_queue_conf queue;
	struct rte_event_port_conf port;
	int ret;

	rte_event_dev_stop(run->dev_id);
	ret = rte_event_port_default_conf_get(run->dev_id, SELFTEST_PORT_SINGLE, &port);
	/* Events that come in more than one burst are all answered at the end. */
	port.event_port_cfg = RTE_EVENT_PORT_CFG_DISABLE_IMPL_REL;
	if (ret == 0)
		ret = rte_event_port_setup(run->dev_id, SELFTEST_PORT_SINGLE, &port);
	if (ret == 0)
		ret = rte_event_queue_default_conf_get(run->dev_id, SELFTEST_SINGLE, &queue);
	queue.event_queue_cfg = RTE_EVENT_QUEUE_CFG_SINGLE_LINK;
	if (ret == 0)
		ret = rte_event_queue_setup(run->dev_id, SELFTEST_SINGLE, &queue);
	if (ret == 0)
		ret = rte_event_queue_setup(run->dev_id, SELFTEST_SINGLE, &queue);
	if (ret == 0)
		ret = selftest_expect("links",
				      rte_event_port_link(run->dev_id, SELFTEST_PORT_SINGLE, single,
							  NULL, 1),
				      1);
	if (ret == 0)
		ret = rte_event_dev_start(run->dev_id);
	return ret == 0 ? events_pass(run) : ret;
}

/* More links than there is hardware for: refused, mended, started. */
int
selftest_failed_start(struct selftest_run *run, const struct selftest_case *c __rte_unused)
{
	struct rte_event_dev_config conf = {
		.nb_event_queues = 2,
		.nb_event_ports = 1,
		.nb_events_limit = SELFTEST_LIMIT,
		.nb_event_queue_flows = 1024,
		.nb_event_port_dequeue_depth = SELFTEST_BURST,
		.nb_event_port_enqueue_depth = SELFTEST_BURST,
		.dequeue_timeout_ns = 1,
	};
	uint8_t queue = 0;
	int ret;

	rte_event_dev_stop(run->dev_id);
	rte_event_queue_setup(run->dev_id, 0, NULL);
	conf.nb_event_queues = SELFTEST_QUEUES + 1;
	ret = rte_event_dev_configure(run->dev_id, &conf);
	if (ret == 0)
		ret = selftest_expect("a start with a queue that is not set up",
				      rte_event_dev_start(run->dev_id) < 0, 1);
	if (ret == 0)
		ret = rte_event_queue_setup(run->dev_id, SELFTEST_QUEUES, NULL);
	if (ret == 0 && rte_event_port_link(run->dev_id, SELFTEST_PORT_A, &queue, NULL, 1) != 1)
		ret = selftest_failed("links", rte_errno, 0);
	return ret == 0 ? rte_event_dev_start(run->dev_id) : ret;
}

/* A running device is not configured, and keeps running. */
int
selftest_refused_setup(struct selftest_run *run, const struct selftest_case *c __rte_unused)
{
	int ret;

	ret = selftest_expect("a queue set up while the device runs",
			      rte_event_queue_setup(run->dev_id, 0, NULL), -EBUSY);
	if (ret == 0)
		ret = selftest_expect("a port set up while the device runs",
				      rte_event_port_setup(run->dev_id, 0, NULL), -EBUSY);
	return ret == 0 ? events_pass(run) : ret;
}

/* A port with more queues than a hardware port serves gets the events of all of them. */
int
selftest_many_links(struct selftest_run *run, const struct selftest_case *c)
{
	struct rte_event_dev_config conf = {
		.nb_event_queues = (uint8_t)c->n,
		.nb_event_ports = 1,
		.nb_events_limit = SELFTEST_LIMIT,
		.nb_event_queue_flows = 1024,
		.nb_event_port_dequeue_depth = SELFTEST_BURST,
		.nb_event_port_enqueue_depth = SELFTEST_BURST,
		.dequeue_timeout_ns = 1,
	};
	struct rte_event ev[UINT8_MAX];
	uint8_t q;
	int ret;

	rte_event_dev_stop(run->dev_id);
	ret = rte_event_dev_configure(run->dev_id, &conf);
	for (q = 0; q < c->n && ret == 0; q++)
		ret = rte_event_queue_setup(run->dev_id, q, NULL);
	if (ret == 0)
		ret = rte_event_port_setup(run->dev_id, 0, NULL);
	if (ret == 0)
		ret = selftest_expect("links", rte_event_port_link(run->dev_id, 0, NULL, NULL, 0),
				      c->n);
	if (ret == 0)
		ret = rte_event_dev_start(run->dev_id);
	for (q = 0; q < c->n && ret == 0; q++)
		ret = selftest_send_numbered(run, 0, q, RTE_SCHED_TYPE_ATOMIC, 1);
	return ret == 0 ? selftest_receive(run, 0, ev, c->n) : ret;
}
