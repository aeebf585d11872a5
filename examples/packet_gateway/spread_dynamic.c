/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Dynamic balancing by an event device:
 *
 *   ethdev -> Rx adapter -> FLOWS (atomic) -> WORK (ordered) -> SEND (one reader) -> Tx adapter -> ethdev
 *
 * In FLOWS a flow is with one worker at a time, so the connection table needs no lock. In WORK the
 * packets of one flow are with all workers at once, and still leave in order.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_event_eth_rx_adapter.h>
#include <rte_event_eth_tx_adapter.h>
#include <rte_eventdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_service.h>

#include "gateway.h"

enum { QUEUE_FLOWS, QUEUE_WORK, QUEUE_SEND, QUEUES };

#define DEVICE 0
#define ADAPTER 0
#define WINDOW 1024
#define SERVICES_MAX 3

/* What the main lcore runs in turn: adapters, and the scheduler of a device that has it in software. */
struct services {
	uint32_t id[SERVICES_MAX];
	uint32_t count;
};

/* Returns false when the event is done with: its packet was dropped. */
static bool
event_step(struct worker *w, struct rte_event *ev)
{
	if (ev->queue_id == QUEUE_FLOWS) {
		if (!gateway_translate(w, ev->flow_id, ev->mbuf))
			return false;
		ev->queue_id = QUEUE_WORK;
		ev->sched_type = RTE_SCHED_TYPE_ORDERED;
	} else {
		gateway_finish(w, ev->mbuf);
		rte_event_eth_tx_adapter_txq_set(ev->mbuf, 0);
		ev->queue_id = QUEUE_SEND;
		ev->sched_type = RTE_SCHED_TYPE_ATOMIC;
	}
	return true;
}

static int
worker_run(void *arg)
{
	struct worker *w = arg;
	uint8_t port = (uint8_t)w->id;
	struct rte_event ev[BURST];
	uint16_t n, i, sent;

	while (!__atomic_load_n(&w->gateway->stop, __ATOMIC_RELAXED)) {
		n = rte_event_dequeue_burst(DEVICE, port, ev, BURST, 0);
		if (n == 0)
			sched_yield();
		for (i = 0; i < n; i++)
			ev[i].op =
				event_step(w, &ev[i]) ? RTE_EVENT_OP_FORWARD : RTE_EVENT_OP_RELEASE;
		for (sent = 0; sent < n;)
			sent += rte_event_enqueue_burst(DEVICE, port, ev + sent, n - sent);
	}
	return 0;
}

static int
queues_setup(void)
{
	static const struct {
		uint8_t type;
		uint32_t flags;
	} queues[QUEUES] = {
		[QUEUE_FLOWS] = { RTE_SCHED_TYPE_ATOMIC, 0 },
		[QUEUE_WORK] = { RTE_SCHED_TYPE_ORDERED, 0 },
		[QUEUE_SEND] = { RTE_SCHED_TYPE_ATOMIC, RTE_EVENT_QUEUE_CFG_SINGLE_LINK },
	};
	int ret = 0;
	uint8_t q;

	for (q = 0; ret == 0 && q < QUEUES; q++) {
		struct rte_event_queue_conf conf = {
			.schedule_type = queues[q].type,
			.event_queue_cfg = queues[q].flags,
			.nb_atomic_flows = 1024,
			.nb_atomic_order_sequences = WINDOW,
			.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
		};

		ret = rte_event_queue_setup(DEVICE, q, &conf);
	}
	return ret;
}

static int
port_setup(uint8_t port, uint32_t flags, const uint8_t queues[], uint16_t nb_queues)
{
	struct rte_event_port_conf conf;
	int ret = rte_event_port_default_conf_get(DEVICE, port, &conf);

	if (ret < 0)
		return ret;
	conf.event_port_cfg = flags;
	conf.new_event_threshold = WINDOW;
	conf.dequeue_depth = BURST;
	conf.enqueue_depth = BURST;
	ret = rte_event_port_setup(DEVICE, port, &conf);
	if (ret == 0 && nb_queues > 0 &&
	    rte_event_port_link(DEVICE, port, queues, NULL, nb_queues) != nb_queues)
		ret = -rte_errno;
	return ret;
}

/* Ports 0 and up are the workers'; then come those of the two adapters. */
static int
device_setup(const struct gateway *g)
{
	static const uint8_t worked[] = { QUEUE_FLOWS, QUEUE_WORK }, sent[] = { QUEUE_SEND };
	struct rte_event_dev_config conf = {
		.nb_event_queues = QUEUES,
		.nb_event_ports = (uint8_t)g->nb_workers + 2,
		.nb_single_link_event_port_queues = 1,
		.nb_events_limit = WINDOW,
		.nb_event_queue_flows = 1024,
		.nb_event_port_dequeue_depth = BURST,
		.nb_event_port_enqueue_depth = BURST,
	};
	uint8_t rx_port = (uint8_t)g->nb_workers, port;
	int ret = rte_event_dev_configure(DEVICE, &conf);

	if (ret == 0)
		ret = queues_setup();
	for (port = 0; ret == 0 && port < rx_port; port++)
		ret = port_setup(port, RTE_EVENT_PORT_CFG_HINT_WORKER, worked, RTE_DIM(worked));
	if (ret == 0)
		ret = port_setup(rx_port, RTE_EVENT_PORT_CFG_HINT_PRODUCER, NULL, 0);
	if (ret == 0)
		ret = port_setup(rx_port + 1, RTE_EVENT_PORT_CFG_SINGLE_LINK, sent, RTE_DIM(sent));
	return ret;
}

static int
rx_adapter_port(uint8_t id __rte_unused, uint8_t dev_id __rte_unused,
		struct rte_event_eth_rx_adapter_conf *conf, void *arg)
{
	const struct gateway *g = arg;

	conf->event_port_id = (uint8_t)g->nb_workers;
	conf->max_nb_rx = BURST;
	return 0;
}

static int
tx_adapter_port(uint8_t id __rte_unused, uint8_t dev_id __rte_unused,
		struct rte_event_eth_tx_adapter_conf *conf, void *arg)
{
	const struct gateway *g = arg;

	conf->event_port_id = (uint8_t)(g->nb_workers + 1);
	conf->max_nb_tx = BURST;
	return 0;
}

/* The Rx adapter hashes addresses where the card has not, and makes that the flow. */
static int
adapters_create(struct gateway *g)
{
	const struct rte_event_eth_rx_adapter_queue_conf queue = {
		.servicing_weight = 1,
		.ev = {
			.queue_id = QUEUE_FLOWS,
			.sched_type = RTE_SCHED_TYPE_ATOMIC,
			.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
		},
	};
	int ret = rte_event_eth_rx_adapter_create_ext(ADAPTER, DEVICE, rx_adapter_port, g);

	if (ret < 0)
		return ret;
	ret = rte_event_eth_rx_adapter_queue_add(ADAPTER, g->port, -1, &queue);
	if (ret == 0)
		ret = rte_event_eth_tx_adapter_create_ext(ADAPTER, DEVICE, tx_adapter_port, g);
	if (ret == 0)
		ret = rte_event_eth_tx_adapter_queue_add(ADAPTER, g->port, -1);
	if (ret == 0)
		ret = rte_event_eth_tx_adapter_start(ADAPTER);
	if (ret == 0)
		ret = rte_event_eth_rx_adapter_start(ADAPTER);
	return ret;
}

static void
adapters_destroy(const struct gateway *g)
{
	rte_event_eth_rx_adapter_stop(ADAPTER);
	rte_event_eth_tx_adapter_stop(ADAPTER);
	rte_event_eth_rx_adapter_queue_del(ADAPTER, g->port, -1);
	rte_event_eth_tx_adapter_queue_del(ADAPTER, g->port, -1);
	rte_event_eth_rx_adapter_free(ADAPTER);
	rte_event_eth_tx_adapter_free(ADAPTER);
}

static void
service_add(struct services *s, int found, uint32_t id)
{
	if (found < 0)
		return;
	rte_service_runstate_set(id, 1);
	rte_service_set_runstate_mapped_check(id, 0);
	s->id[s->count++] = id;
}

static void
services_find(struct services *s)
{
	uint32_t id = 0;
	int found;

	s->count = 0;
	found = rte_event_dev_service_id_get(DEVICE, &id);
	service_add(s, found, id);
	found = rte_event_eth_rx_adapter_service_id_get(ADAPTER, &id);
	service_add(s, found, id);
	found = rte_event_eth_tx_adapter_service_id_get(ADAPTER, &id);
	service_add(s, found, id);
}

static int
packets_run(struct gateway *g)
{
	uint64_t done = 0, since = rte_get_timer_cycles();
	struct services services;
	uint32_t lcore, w = 0, i;
	int ret;

	services_find(&services);
	ret = rte_event_dev_start(DEVICE);
	if (ret < 0)
		return ret;
	RTE_LCORE_FOREACH_WORKER(lcore)
	rte_eal_remote_launch(worker_run, &g->workers[w++], lcore);
	while (ret == 0 && gateway_done(g) < g->packets) {
		for (i = 0; i < services.count; i++)
			rte_service_run_iter_on_app_lcore(services.id[i], 0);
		sched_yield();
		if (gateway_stands_still(g, &done, &since))
			ret = -ETIMEDOUT;
	}
	__atomic_store_n(&g->stop, true, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
	return ret;
}

int
spread_dynamic(struct gateway *g)
{
	int ret;

	if (rte_event_dev_count() == 0) {
		fprintf(stderr, "packet_gateway: no event device: give one, such as "
				"--vdev=event_dlb0, or choose --spread static\n");
		return -ENODEV;
	}
	ret = device_setup(g);
	if (ret == 0)
		ret = adapters_create(g);
	if (ret == 0)
		ret = packets_run(g);
	if (ret < 0)
		fprintf(stderr, "packet_gateway: event device %u: %s\n", DEVICE, strerror(-ret));
	adapters_destroy(g);
	rte_event_dev_stop(DEVICE);
	rte_event_dev_close(DEVICE);
	return ret;
}
