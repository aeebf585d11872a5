/* SPDX-License-Identifier: BSD-3-Clause */
/* rte_pmd_dlb.h: descriptions of a device, its domain, queues, ports and links. */
#include <errno.h>
#include <stdio.h>

#include "dlb_model.h"

#include "backend.h"
#include "control.h"
#include "evdev.h"
#include "log.h"
#include "rte_pmd_dlb.h"

_Static_assert((int)RTE_PMD_DLB_LDB == DLB_LDB && (int)RTE_PMD_DLB_DIR == DLB_DIR &&
		       (int)RTE_PMD_DLB_KINDS == DLB_KIND_COUNT,
	       "kinds are the hardware's");

static void
device_describe(struct dlb_evdev *evdev, struct rte_pmd_dlb_device *device)
{
	struct dlb_free_counts counts;
	uint32_t kind;

	dlb_device_free_counts(evdev->device, &counts);
	*device = (struct rte_pmd_dlb_device){
		.embedded = evdev->backend->model_lock != NULL,
		.started = evdev->domain != NULL,
		.nb_queues = evdev->nb_queues,
		.nb_ports = evdev->nb_ports,
		.events_limit = evdev->credits.limit,
		.events_free = __atomic_load_n(&evdev->credits.free, __ATOMIC_RELAXED),
		.links_pending = __atomic_load_n(&evdev->links_pending, __ATOMIC_RELAXED),
		.free_domains = counts.domains,
		.free_hist_entries = counts.hist_entries,
		.free_aqed_entries = counts.aqed_entries,
	};
	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		device->free_queues[kind] = counts.queues[kind];
		device->free_ports[kind] = counts.ports[kind];
		device->free_credits[kind] = counts.credits[kind];
	}
	snprintf(device->name, sizeof(device->name), "%s", evdev->name);
	snprintf(device->hw, sizeof(device->hw), "%s", dlb_limits[evdev->gen].name);
	snprintf(device->backend, sizeof(device->backend), "%s", evdev->backend->name);
	snprintf(device->sched, sizeof(device->sched), "%s",
		 device->embedded ? dlb_sched_mode_name(evdev->args.sched) : "hardware");
	snprintf(device->cq_mode, sizeof(device->cq_mode), "%s",
		 evdev->args.cq_mode == DLB_CQ_DENSE ? "dense" : "sparse");
}

int
rte_pmd_dlb_device_get(uint8_t dev_id, struct rte_pmd_dlb_device *device)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	device_describe(evdev, device);
	dlb_control_put(evdev);
	return 0;
}

static void
domain_describe(struct dlb_domain *dom, struct rte_pmd_dlb_domain *domain)
{
	struct dlb_domain_stats stats;
	uint32_t kind;

	dlb_domain_stats(dom, &stats);
	*domain = (struct rte_pmd_dlb_domain){
		.id = dlb_domain_id(dom),
		.hist_entries = stats.hist_entries,
		.aqed_entries = stats.aqed_entries,
	};
	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		domain->queues[kind] = stats.queues[kind];
		domain->ports[kind] = stats.ports[kind];
		domain->credits[kind] = stats.credits[kind];
		domain->credits_left[kind] = stats.credits_left[kind];
	}
}

int
rte_pmd_dlb_domain_get(uint8_t dev_id, struct rte_pmd_dlb_domain *domain)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = dlb_control_check_started(evdev, "domain");
	if (ret == 0)
		domain_describe(evdev->domain, domain);
	dlb_control_put(evdev);
	return ret;
}

static void
queue_describe(const struct dlb_event_queue *q, struct rte_pmd_dlb_queue *queue)
{
	struct dlb_queue_stats stats;

	*queue = (struct rte_pmd_dlb_queue){ .configured = q->configured };
	if (q->queue == NULL)
		return;
	dlb_queue_stats(q->queue, &stats);
	queue->started = true;
	queue->kind = (enum rte_pmd_dlb_kind)dlb_queue_kind(q->queue);
	queue->hw_queue = dlb_queue_id(q->queue);
	queue->sequence_numbers = q->sequence_numbers;
	queue->depth = stats.depth;
	queue->max_depth = stats.max_depth;
	queue->inflights = stats.inflights;
	queue->enqueued = stats.enqueued;
}

int
rte_pmd_dlb_queue_get(uint8_t dev_id, uint8_t queue_id, struct rte_pmd_dlb_queue *queue)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = dlb_control_check_queue(evdev, queue_id);
	if (ret == 0)
		queue_describe(&evdev->queues[queue_id], queue);
	dlb_control_put(evdev);
	return ret;
}

static void
port_describe(const struct dlb_event_port *p, struct rte_pmd_dlb_port *port)
{
	if (p == NULL) {
		*port = (struct rte_pmd_dlb_port){ .configured = false };
		return;
	}
	*port = (struct rte_pmd_dlb_port){
		.configured = true,
		.releases_implicitly =
			!(p->conf.event_port_cfg & RTE_EVENT_PORT_CFG_DISABLE_IMPL_REL),
		.nb_members = p->nb_members,
		.nb_links = dlb_event_port_nb_links(p),
		.credits_cached = p->credits.cached,
		.new_event_threshold = p->conf.new_event_threshold,
		.dequeue_depth = p->conf.dequeue_depth,
		.enqueue_depth = p->conf.enqueue_depth,
	};
}

int
rte_pmd_dlb_port_get(uint8_t dev_id, uint8_t port_id, struct rte_pmd_dlb_port *port)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = dlb_control_check_port(evdev, port_id);
	if (ret == 0)
		port_describe(dlb_evdev_port(evdev, port_id), port);
	dlb_control_put(evdev);
	return ret;
}

static void
member_describe(const struct dlb_member *m, struct rte_pmd_dlb_member *member)
{
	struct dlb_port_stats stats;

	dlb_port_stats(m->port, &stats);
	*member = (struct rte_pmd_dlb_member){
		.kind = (enum rte_pmd_dlb_kind)m->kind,
		.hw_port = dlb_port_id(m->port),
		.cq_depth = m->cq_mask + 1u,
		.cq_next = m->cq_index,
		.tokens = stats.tokens,
		.tokens_owed = m->tokens_owed,
		.inflights = stats.inflights,
		.held = m->outstanding,
		.scheduled = stats.scheduled,
	};
}

int
rte_pmd_dlb_member_get(uint8_t dev_id, uint8_t port_id, uint8_t member,
		       struct rte_pmd_dlb_member *hw_port)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = dlb_control_check_member(evdev, port_id, member);
	if (ret == 0)
		member_describe(&dlb_evdev_port(evdev, port_id)->members[member], hw_port);
	dlb_control_put(evdev);
	return ret;
}

static uint32_t
port_flows(const struct dlb_event_port *port, const uint32_t pinned[DLB_LDB_PORTS])
{
	uint32_t flows = 0;
	uint32_t m;

	for (m = 0; port != NULL && m < port->nb_members; m++) {
		if (port->members[m].kind == DLB_LDB)
			flows += pinned[dlb_port_id(port->members[m].port)];
	}
	return flows;
}

int
rte_pmd_dlb_flows_get(uint8_t dev_id, uint32_t flows[], uint32_t size)
{
	uint32_t pinned[DLB_LDB_PORTS];
	struct dlb_evdev *evdev;
	uint32_t p;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	if (evdev->backend->model_lock == NULL) {
		DLB_LOG(ERR, evdev, "flows of ports: only an embedded device tells");
		ret = -ENOTSUP;
	} else {
		dlb_model_flows_pinned(evdev->backend->model_lock(evdev->bus), pinned);
		evdev->backend->model_unlock(evdev->bus);
		for (p = 0; p < evdev->nb_ports && p < size; p++)
			flows[p] = port_flows(dlb_evdev_port(evdev, (uint8_t)p), pinned);
		ret = evdev->nb_ports;
	}
	dlb_control_put(evdev);
	return ret;
}

static struct rte_pmd_dlb_link
link_describe(const struct dlb_evdev *evdev, const struct dlb_event_port *port, uint32_t profile,
	      uint32_t queue)
{
	const struct dlb_links *links = &port->links[profile];
	struct rte_pmd_dlb_link link = {
		.queue = (uint8_t)queue,
		.port = port->id,
		.profile = (uint8_t)profile,
	};

	if (!dlb_event_queue_is_single_link(&evdev->queues[queue])) {
		link.member = links->member[queue];
		link.priority = (uint8_t)dlb_event_link_priority(evdev, links, queue);
	}
	return link;
}

static uint32_t
links_list(struct dlb_evdev *evdev, struct rte_pmd_dlb_link links[], uint32_t size)
{
	const struct dlb_event_port *port;
	struct rte_pmd_dlb_link link;
	uint32_t count = 0;
	uint32_t p, profile, q;

	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		for (profile = 0; profile < DLB_PROFILES_MAX; profile++) {
			for (q = 0; q < evdev->nb_queues; q++) {
				if (!dlb_links_have(&port->links[profile], q))
					continue;
				link = link_describe(evdev, port, profile, q);
				if (count < size)
					links[count] = link;
				count++;
			}
		}
	}
	return count;
}

int
rte_pmd_dlb_links_get(uint8_t dev_id, struct rte_pmd_dlb_link links[], uint32_t size)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = (int)links_list(evdev, links, size);
	dlb_control_put(evdev);
	return ret;
}
