/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_service.h>

#include "setup.h"

#define EVENTS_DEFAULT 4096
#define DEPTH_DEFAULT 32
#define FLOWS_DEFAULT 1024
#define SEQUENCES_DEFAULT 64

const char *const setup_queue_types[] = {
	[SETUP_ORDERED] = "ordered", [SETUP_ATOMIC] = "atomic",     [SETUP_PARALLEL] = "parallel",
	[SETUP_ALL_TYPES] = "all",   [SETUP_DIRECTED] = "directed", NULL,
};

const char *const setup_releases[] = { "implicit", "explicit", NULL };
const char *const setup_classes[] = { "any", "0", "1", "2", "3", NULL };
const char *const setup_token_pops[] = {
	[RTE_PMD_DLB_TOKEN_POP_BATCH] = "batch",
	[RTE_PMD_DLB_TOKEN_POP_NOW] = "now",
	NULL,
};
const char *const setup_waits[] = {
	[RTE_PMD_DLB_WAIT_DEFAULT] = "default",
	[RTE_PMD_DLB_WAIT_POLL] = "poll",
	[RTE_PMD_DLB_WAIT_MONITOR] = "monitor",
	[RTE_PMD_DLB_WAIT_INTERRUPT] = "interrupt",
	NULL,
};
const char *const setup_shares[] = { "class0", "class1", "class2", "class3", NULL };

void
setup_init(struct setup *setup, uint8_t dev_id)
{
	memset(setup, 0, sizeof(*setup));
	setup->dev_id = dev_id;
	setup->events = EVENTS_DEFAULT;
}

void
setup_clear(struct setup *setup)
{
	uint8_t bandwidth[RTE_PMD_DLB_COS_COUNT];
	bool has_bandwidth = setup->has_bandwidth;

	memcpy(bandwidth, setup->bandwidth, sizeof(bandwidth));
	setup_init(setup, setup->dev_id);
	memcpy(setup->bandwidth, bandwidth, sizeof(bandwidth));
	setup->has_bandwidth = has_bandwidth;
}

void
setup_queue_default(struct setup_queue *queue)
{
	*queue = (struct setup_queue){
		.type = SETUP_ATOMIC,
		.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
		.weight = RTE_EVENT_QUEUE_WEIGHT_LOWEST,
		.affinity = RTE_EVENT_QUEUE_AFFINITY_LOWEST,
		.flows = FLOWS_DEFAULT,
		.sequences = SEQUENCES_DEFAULT,
	};
}

void
setup_port_default(struct setup_port *port)
{
	uint32_t q;

	*port = (struct setup_port){
		.dequeue_depth = DEPTH_DEFAULT,
		.enqueue_depth = DEPTH_DEFAULT,
		.tuning = { .cos = RTE_PMD_DLB_COS_ANY },
	};
	for (q = 0; q < SETUP_IDS_MAX; q++)
		port->links[q] = SETUP_NO_LINK;
}

uint32_t
setup_port_links(const struct setup *setup, uint32_t port)
{
	uint32_t count = 0;
	uint32_t q;

	for (q = 0; q < setup->nb_queues; q++)
		count += setup->ports[port].links[q] != SETUP_NO_LINK;
	return count;
}

bool
setup_queue_is_directed(const struct setup *setup, uint32_t queue)
{
	return setup->queues[queue].type == SETUP_DIRECTED;
}

/* A port whose only links are to directed queues needs no load-balanced hardware port. */
static bool
port_is_directed(const struct setup *setup, uint32_t port)
{
	uint32_t q;

	for (q = 0; q < setup->nb_queues; q++) {
		if (setup->ports[port].links[q] != SETUP_NO_LINK &&
		    !setup_queue_is_directed(setup, q))
			return false;
	}
	return setup_port_links(setup, port) == 1;
}

static int
device_configure(const struct setup *setup)
{
	struct rte_event_dev_config conf = {
		.nb_events_limit = (int32_t)setup->events,
		.nb_event_queues = (uint8_t)setup->nb_queues,
		.nb_event_ports = (uint8_t)setup->nb_ports,
		.nb_event_queue_flows = FLOWS_DEFAULT,
		.dequeue_timeout_ns = setup->timeout_ns,
		.nb_event_port_dequeue_depth = 1,
		.nb_event_port_enqueue_depth = 1,
	};
	uint32_t i;

	for (i = 0; i < setup->nb_queues; i++) {
		conf.nb_single_link_event_port_queues += setup_queue_is_directed(setup, i);
		conf.nb_event_queue_flows =
			RTE_MAX(conf.nb_event_queue_flows, setup->queues[i].flows);
	}
	for (i = 0; i < setup->nb_ports; i++) {
		conf.nb_event_port_dequeue_depth =
			RTE_MAX(conf.nb_event_port_dequeue_depth, setup->ports[i].dequeue_depth);
		conf.nb_event_port_enqueue_depth =
			RTE_MAX(conf.nb_event_port_enqueue_depth, setup->ports[i].enqueue_depth);
	}
	return rte_event_dev_configure(setup->dev_id, &conf);
}

/* What is noted as 0 stays as the set-up of the queue left it: device arguments may have said more. */
static int
queue_tune(const struct setup *setup, uint32_t id)
{
	const struct rte_pmd_dlb_queue_conf *wanted = &setup->queues[id].tuning;
	struct rte_pmd_dlb_queue_conf conf;
	int ret = rte_pmd_dlb_queue_conf_get(setup->dev_id, (uint8_t)id, &conf);

	if (ret < 0)
		return ret;
	if (wanted->depth_threshold != 0)
		conf.depth_threshold = wanted->depth_threshold;
	if (wanted->aqed_entries != 0)
		conf.aqed_entries = wanted->aqed_entries;
	return rte_pmd_dlb_queue_conf_set(setup->dev_id, (uint8_t)id, &conf);
}

static int
queue_configure(const struct setup *setup, uint32_t id)
{
	const struct setup_queue *queue = &setup->queues[id];
	struct rte_event_queue_conf conf = {
		.nb_atomic_flows = queue->flows,
		.nb_atomic_order_sequences = queue->sequences,
		.schedule_type = (uint8_t)RTE_MIN((int)queue->type, RTE_SCHED_TYPE_PARALLEL),
		.priority = (uint8_t)queue->priority,
		.weight = (uint8_t)queue->weight,
		.affinity = (uint8_t)queue->affinity,
	};
	int ret;

	if (queue->type == SETUP_ALL_TYPES)
		conf.event_queue_cfg = RTE_EVENT_QUEUE_CFG_ALL_TYPES;
	if (queue->type == SETUP_DIRECTED)
		conf.event_queue_cfg = RTE_EVENT_QUEUE_CFG_SINGLE_LINK;
	ret = rte_event_queue_setup(setup->dev_id, (uint8_t)id, &conf);
	return ret == 0 ? queue_tune(setup, id) : ret;
}

/* As queue_tune(). */
static int
port_tune(const struct setup *setup, uint32_t id)
{
	const struct rte_pmd_dlb_port_conf *wanted = &setup->ports[id].tuning;
	struct rte_pmd_dlb_port_conf conf;
	int ret = rte_pmd_dlb_port_conf_get(setup->dev_id, (uint8_t)id, &conf);

	if (ret < 0)
		return ret;
	if (wanted->hist_entries != 0)
		conf.hist_entries = wanted->hist_entries;
	if (wanted->cq_weight_limit != 0)
		conf.cq_weight_limit = wanted->cq_weight_limit;
	if (wanted->inflight_threshold != 0)
		conf.inflight_threshold = wanted->inflight_threshold;
	if (wanted->cos != RTE_PMD_DLB_COS_ANY)
		conf.cos = wanted->cos;
	conf.token_pop = wanted->token_pop;
	conf.wait = wanted->wait;
	return rte_pmd_dlb_port_conf_set(setup->dev_id, (uint8_t)id, &conf);
}

static int
port_configure(const struct setup *setup, uint32_t id)
{
	const struct setup_port *port = &setup->ports[id];
	struct rte_event_port_conf conf = {
		.new_event_threshold =
			(int32_t)(port->threshold == 0 ? setup->events : port->threshold),
		.dequeue_depth = (uint16_t)port->dequeue_depth,
		.enqueue_depth = (uint16_t)port->enqueue_depth,
	};
	int ret;

	if (port->releases_explicitly)
		conf.event_port_cfg |= RTE_EVENT_PORT_CFG_DISABLE_IMPL_REL;
	if (port_is_directed(setup, id))
		conf.event_port_cfg |= RTE_EVENT_PORT_CFG_SINGLE_LINK;
	ret = rte_event_port_setup(setup->dev_id, (uint8_t)id, &conf);
	return ret == 0 ? port_tune(setup, id) : ret;
}

static int
port_link(const struct setup *setup, uint32_t port, uint32_t queue, uint32_t priority)
{
	const uint8_t priority_byte = (uint8_t)priority;
	const uint8_t queue_byte = (uint8_t)queue;

	rte_errno = 0;
	if (rte_event_port_link(setup->dev_id, (uint8_t)port, &queue_byte, &priority_byte, 1) == 1)
		return 0;
	return rte_errno == 0 ? -EINVAL : -rte_errno;
}

static int
ports_link(const struct setup *setup)
{
	int16_t priority;
	uint32_t p, q;
	int ret;

	for (p = 0; p < setup->nb_ports; p++) {
		/* The library remembers links of an earlier configuration. */
		rte_event_port_unlink(setup->dev_id, (uint8_t)p, NULL, 0);
		for (q = 0; q < setup->nb_queues; q++) {
			priority = setup->ports[p].links[q];
			ret = priority == SETUP_NO_LINK
				      ? 0
				      : port_link(setup, p, q, (uint32_t)priority);
			if (ret < 0)
				return ret;
		}
	}
	return 0;
}

/* A device with a service has no scheduler of its own: the workers run it. See worker.c. */
static void
service_enable(const struct setup *setup)
{
	uint32_t service_id;

	if (rte_event_dev_service_id_get(setup->dev_id, &service_id) == 0) {
		rte_service_runstate_set(service_id, 1);
		rte_service_set_runstate_mapped_check(service_id, 0);
	}
}

int
setup_start(struct setup *setup, const char **step)
{
	uint32_t i;
	int ret;

	*step = "configure";
	ret = device_configure(setup);
	*step = "queue setup";
	for (i = 0; i < setup->nb_queues && ret == 0; i++)
		ret = queue_configure(setup, i);
	if (ret == 0)
		*step = "port setup";
	for (i = 0; i < setup->nb_ports && ret == 0; i++) {
		setup->ports[i].watched = false;
		ret = port_configure(setup, i);
	}
	if (ret < 0)
		return ret;
	*step = "link";
	ret = ports_link(setup);
	if (ret < 0)
		return ret;
	*step = "start";
	service_enable(setup);
	ret = rte_event_dev_start(setup->dev_id);
	setup->started = ret == 0;
	return ret;
}

void
setup_stop(struct setup *setup)
{
	if (setup->started)
		rte_event_dev_stop(setup->dev_id);
	setup->started = false;
}

int
setup_link(struct setup *setup, uint32_t port, uint32_t queue, uint32_t priority)
{
	int ret = setup->started ? port_link(setup, port, queue, priority) : 0;

	if (ret == 0)
		setup->ports[port].links[queue] = (int16_t)priority;
	return ret;
}

int
setup_unlink(struct setup *setup, uint32_t port, uint32_t queue)
{
	uint8_t queue_byte = (uint8_t)queue;

	rte_errno = 0;
	if (setup->started &&
	    rte_event_port_unlink(setup->dev_id, (uint8_t)port, &queue_byte, 1) != 1)
		return rte_errno == 0 ? -EINVAL : -rte_errno;
	setup->ports[port].links[queue] = SETUP_NO_LINK;
	return 0;
}

int
setup_queue_set(struct setup *setup, uint32_t queue, const struct setup_queue *wanted)
{
	struct setup_queue *now = &setup->queues[queue];
	const struct {
		uint32_t attribute;
		uint32_t before, after;
	} changes[] = {
		{ RTE_EVENT_QUEUE_ATTR_PRIORITY, now->priority, wanted->priority },
		{ RTE_EVENT_QUEUE_ATTR_WEIGHT, now->weight, wanted->weight },
		{ RTE_EVENT_QUEUE_ATTR_AFFINITY, now->affinity, wanted->affinity },
	};
	uint32_t i;
	int ret;

	for (i = 0; setup->started && i < RTE_DIM(changes); i++) {
		if (changes[i].before == changes[i].after)
			continue;
		ret = rte_event_queue_attr_set(setup->dev_id, (uint8_t)queue, changes[i].attribute,
					       changes[i].after);
		if (ret < 0)
			return ret;
	}
	*now = *wanted;
	return 0;
}

int
setup_bandwidth_set(struct setup *setup, const uint8_t wanted[RTE_PMD_DLB_COS_COUNT])
{
	int ret = rte_pmd_dlb_bandwidth_set(setup->dev_id, wanted);

	if (ret == 0) {
		memcpy(setup->bandwidth, wanted, sizeof(setup->bandwidth));
		setup->has_bandwidth = true;
	}
	return ret;
}

static void
queue_add_json(const struct setup_queue *queue, uint32_t id, struct json *queues)
{
	struct json *row = json_append(queues, json_object());

	json_add_number(row, "queue", id);
	json_add_text(row, "type", "%s", setup_queue_types[queue->type]);
	json_add_number(row, "priority", queue->priority);
	json_add_number(row, "weight", queue->weight);
	json_add_number(row, "affinity", queue->affinity);
	json_add_number(row, "flows", queue->flows);
	json_add_number(row, "sequences", queue->sequences);
	json_add_number(row, "depth_threshold", queue->tuning.depth_threshold);
	json_add_number(row, "aqed", queue->tuning.aqed_entries);
}

static void
port_add_json(const struct setup_port *port, uint32_t id, struct json *ports)
{
	struct json *row = json_append(ports, json_object());

	json_add_number(row, "port", id);
	json_add_number(row, "dequeue_depth", port->dequeue_depth);
	json_add_number(row, "enqueue_depth", port->enqueue_depth);
	json_add_number(row, "threshold", port->threshold);
	json_add_text(row, "release", "%s", setup_releases[port->releases_explicitly]);
	json_add_number(row, "history", port->tuning.hist_entries);
	json_add_number(row, "weight_limit", port->tuning.cq_weight_limit);
	json_add_number(row, "inflight_threshold", port->tuning.inflight_threshold);
	json_add_text(row, "cos", "%s", setup_classes[port->tuning.cos + 1]);
	json_add_text(row, "token_pop", "%s", setup_token_pops[port->tuning.token_pop]);
	json_add_text(row, "wait", "%s", setup_waits[port->tuning.wait]);
}

static void
bandwidth_add_json(const struct setup *setup, struct json *object)
{
	uint32_t c;

	for (c = 0; c < RTE_PMD_DLB_COS_COUNT; c++)
		json_add_number(object, setup_shares[c], setup->bandwidth[c]);
}

struct json *
setup_add_json(const struct setup *setup, struct json *object)
{
	struct json *domain = json_add(object, "domain", json_object());
	struct json *queues = json_add(object, "queues", json_array());
	struct json *ports = json_add(object, "ports", json_array());
	struct json *links = json_add(object, "links", json_array());
	uint32_t p, q;

	json_add_number(domain, "events", setup->events);
	json_add_number(domain, "timeout", setup->timeout_ns);
	if (setup->has_bandwidth)
		bandwidth_add_json(setup, json_add(object, "bandwidth", json_object()));
	for (q = 0; q < setup->nb_queues; q++)
		queue_add_json(&setup->queues[q], q, queues);
	for (p = 0; p < setup->nb_ports; p++) {
		port_add_json(&setup->ports[p], p, ports);
		for (q = 0; q < setup->nb_queues; q++) {
			struct json *row;

			if (setup->ports[p].links[q] == SETUP_NO_LINK)
				continue;
			row = json_append(links, json_object());
			json_add_number(row, "port", p);
			json_add_number(row, "queue", q);
			json_add_number(row, "priority", (uint64_t)setup->ports[p].links[q]);
		}
	}
	return domain;
}
