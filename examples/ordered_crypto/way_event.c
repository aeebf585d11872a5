/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Through an event device: an ordered queue that all workers serve, and a queue with one reader, into
 * which the device lets the answers in the order of the questions.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eventdev.h>

#include <rte_service.h>

#include "way.h"

enum { QUEUE_RECORDS, QUEUE_DONE, QUEUES };

struct way_event {
	struct way way;
	uint8_t dev_id;
	uint8_t home_port; /* of who submits and collects; workers have ports 0 and up */
	bool has_service;
	uint32_t service_id;
	struct rte_event held[WORKERS_MAX][BURST] __rte_cache_aligned;
};

/* A device that schedules in software is given its turn by whoever submits and collects. */
static void
device_schedule(const struct way_event *w)
{
	if (w->has_service)
		rte_service_run_iter_on_app_lcore(w->service_id, 0);
}

static uint16_t
event_submit(struct way *way, struct rte_mbuf **records, uint16_t n)
{
	struct way_event *w = container_of(way, struct way_event, way);
	const struct rte_event record = {
		.op = RTE_EVENT_OP_NEW,
		.queue_id = QUEUE_RECORDS,
		.sched_type = RTE_SCHED_TYPE_ORDERED,
		.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
		.event_type = RTE_EVENT_TYPE_CPU,
	};
	struct rte_event ev[BURST];
	uint16_t i;

	for (i = 0; i < n; i++) {
		ev[i].event = record.event;
		ev[i].mbuf = records[i];
	}
	n = rte_event_enqueue_new_burst(w->dev_id, w->home_port, ev, n);
	device_schedule(w);
	return n;
}

static uint16_t
event_get(struct way *way, uint32_t worker, struct rte_mbuf **records)
{
	struct way_event *w = container_of(way, struct way_event, way);
	struct rte_event *ev = w->held[worker];
	uint16_t n = rte_event_dequeue_burst(w->dev_id, (uint8_t)worker, ev, BURST, 0), i;

	for (i = 0; i < n; i++)
		records[i] = ev[i].mbuf;
	return n;
}

static void
event_put(struct way *way, uint32_t worker, struct rte_mbuf **records __rte_unused, uint16_t n)
{
	struct way_event *w = container_of(way, struct way_event, way);
	struct rte_event *ev = w->held[worker];
	uint16_t i, sent = 0;

	for (i = 0; i < n; i++) {
		ev[i].op = RTE_EVENT_OP_FORWARD;
		ev[i].queue_id = QUEUE_DONE;
		ev[i].sched_type = RTE_SCHED_TYPE_ATOMIC;
	}
	while (sent < n)
		sent += rte_event_enqueue_forward_burst(w->dev_id, (uint8_t)worker, ev + sent,
							n - sent);
}

static uint16_t
event_collect(struct way *way, struct rte_mbuf **records)
{
	struct way_event *w = container_of(way, struct way_event, way);
	struct rte_event ev[BURST];
	uint16_t n, i;

	device_schedule(w);
	n = rte_event_dequeue_burst(w->dev_id, w->home_port, ev, BURST, 0);
	for (i = 0; i < n; i++)
		records[i] = ev[i].mbuf;
	return n;
}

static void
event_close(struct way *way)
{
	struct way_event *w = container_of(way, struct way_event, way);

	rte_event_dev_stop(w->dev_id);
	free(w);
}

static const struct way_ops event_ops = {
	.submit = event_submit,
	.get = event_get,
	.put = event_put,
	.collect = event_collect,
	.close = event_close,
};

static int
port_setup(const struct way_event *w, uint8_t port, uint8_t queue, uint32_t flags)
{
	struct rte_event_port_conf conf;
	int ret = rte_event_port_default_conf_get(w->dev_id, port, &conf);

	if (ret < 0)
		return ret;
	conf.event_port_cfg = flags;
	conf.new_event_threshold = WINDOW;
	conf.dequeue_depth = BURST;
	conf.enqueue_depth = BURST;
	ret = rte_event_port_setup(w->dev_id, port, &conf);
	if (ret < 0)
		return ret;
	return rte_event_port_link(w->dev_id, port, &queue, NULL, 1) == 1 ? 0 : -rte_errno;
}

static int
device_setup(struct way_event *w, uint32_t workers)
{
	const struct rte_event_dev_config conf = {
		.nb_event_queues = QUEUES,
		.nb_event_ports = (uint8_t)workers + 1,
		.nb_single_link_event_port_queues = 1,
		.nb_events_limit = WINDOW,
		.nb_event_queue_flows = 1024,
		.nb_event_port_dequeue_depth = BURST,
		.nb_event_port_enqueue_depth = BURST,
	};
	const struct rte_event_queue_conf records = {
		.schedule_type = RTE_SCHED_TYPE_ORDERED,
		.nb_atomic_flows = 1024,
		.nb_atomic_order_sequences = WINDOW,
		.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
	};
	const struct rte_event_queue_conf done = {
		.event_queue_cfg = RTE_EVENT_QUEUE_CFG_SINGLE_LINK,
		.schedule_type = RTE_SCHED_TYPE_ATOMIC,
		.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
	};
	int ret = rte_event_dev_configure(w->dev_id, &conf);
	uint32_t port;

	if (ret == 0)
		ret = rte_event_queue_setup(w->dev_id, QUEUE_RECORDS, &records);
	if (ret == 0)
		ret = rte_event_queue_setup(w->dev_id, QUEUE_DONE, &done);
	for (port = 0; ret == 0 && port < workers; port++)
		ret = port_setup(w, (uint8_t)port, QUEUE_RECORDS, RTE_EVENT_PORT_CFG_HINT_WORKER);
	w->home_port = (uint8_t)workers;
	if (ret == 0)
		ret = port_setup(w, w->home_port, QUEUE_DONE, RTE_EVENT_PORT_CFG_SINGLE_LINK);
	return ret;
}

int
way_event_open(uint8_t dev_id, uint32_t workers, struct way **way)
{
	struct rte_event_dev_info info;
	struct way_event *w = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*w));
	int ret;

	if (w == NULL)
		return -ENOMEM;
	memset(w, 0, sizeof(*w));
	w->way.ops = &event_ops;
	w->dev_id = dev_id;
	ret = rte_event_dev_info_get(dev_id, &info);
	if (ret == 0) {
		snprintf(w->way.name, sizeof(w->way.name), "%s", info.driver_name);
		ret = device_setup(w, workers);
	}
	if (ret < 0)
		goto free_way;
	w->has_service = rte_event_dev_service_id_get(dev_id, &w->service_id) == 0;
	if (w->has_service) {
		rte_service_runstate_set(w->service_id, 1);
		rte_service_set_runstate_mapped_check(w->service_id, 0);
	}
	ret = rte_event_dev_start(dev_id);
	if (ret < 0)
		goto free_way;
	*way = &w->way;
	return 0;

free_way:
	fprintf(stderr, "ordered_crypto: event device %u does not start: %s\n", dev_id,
		strerror(-ret));
	free(w);
	return ret;
}
