/* SPDX-License-Identifier: BSD-3-Clause */
/* An event device from its probe to its removal, whatever bus it came by. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "adapters.h"
#include "control.h"
#include "dpdk_release.h"
#include "evdev.h"
#include "function.h"
#include "hot.h"
#include "log.h"
#include "secondary.h"

RTE_LOG_REGISTER(dlb_log_driver, pmd.event.dlb.driver, NOTICE);
RTE_LOG_REGISTER(dlb_log_pf, pmd.event.dlb.pf, NOTICE);
RTE_LOG_REGISTER(dlb_log_model, pmd.event.dlb.model, NOTICE);

/* The library keeps a flush callback in the operations, so each device has operations of its own. */
struct evdev_private {
	struct dlb_evdev evdev;
	struct eventdev_ops ops;
};

static const struct eventdev_ops evdev_ops = {
	.dev_infos_get = dlb_evdev_info_get,
	.dev_configure = dlb_control_configure,
	.dev_start = dlb_control_start,
	.dev_stop = dlb_control_stop,
	.dev_close = dlb_control_close,
	.queue_def_conf = dlb_event_queue_def_conf,
	.queue_setup = dlb_control_queue_setup,
	.queue_release = dlb_control_queue_release,
	.queue_attr_set = dlb_event_queue_attr_set,
	.port_def_conf = dlb_event_port_def_conf,
	.port_setup = dlb_control_port_setup,
	.port_release = dlb_control_port_release,
	.port_quiesce = dlb_event_port_quiesce,
	.port_link = dlb_event_port_link,
	.port_unlink = dlb_event_port_unlink,
	.port_unlinks_in_progress = dlb_event_port_unlinks_in_progress,
	.timeout_ticks = dlb_evdev_timeout_ticks,
	.dump = dlb_evdev_dump,
	.dev_selftest = dlb_evdev_selftest,
	.xstats_get = dlb_evdev_xstats_get,
	.xstats_get_names = dlb_evdev_xstats_get_names,
	.xstats_get_by_name = dlb_evdev_xstats_get_by_name,
	.xstats_reset = dlb_evdev_xstats_reset,
	.eth_rx_adapter_caps_get = dlb_eth_rx_adapter_caps_get,
	.eth_tx_adapter_caps_get = dlb_eth_tx_adapter_caps_get,
	.crypto_adapter_caps_get = dlb_crypto_adapter_caps_get,
	.timer_adapter_caps_get = dlb_timer_adapter_caps_get,
};

size_t
dlb_evdev_private_size(void)
{
	return sizeof(struct evdev_private);
}

/* Ports and CQs go where the device is, unless a device argument says otherwise. */
static int
numa_node_take(struct dlb_evdev *evdev, int node)
{
	unsigned int i;

	if (node < 0)
		return 0;
	for (i = 0; i < rte_socket_count(); i++) {
		if (rte_socket_id_by_idx(i) == node) {
			evdev->data->socket_id = node;
			return 0;
		}
	}
	DLB_LOG(ERR, evdev, "numa_node=%d: accepted are the %u nodes of this machine", node,
		rte_socket_count());
	return -EINVAL;
}

static int
cq_weight_check(const struct dlb_evdev *evdev)
{
	uint32_t p;

	for (p = 0; p < DLB_ARG_PORTS; p++) {
		if (evdev->args.cq_weight[p] > 0 && !dlb_limits[evdev->gen].has_cq_weight) {
			DLB_LOG(ERR, evdev, "cq_weight: DLB %s has no weights: accepted by DLB 2.5",
				dlb_limits[evdev->gen].name);
			return -EINVAL;
		}
	}
	return 0;
}

int
dlb_evdev_create(struct rte_eventdev *dev, const char *name, const struct dlb_devargs *args,
		 struct dlb_function *function)
{
	struct evdev_private *private = dev->data->dev_private;
	struct dlb_evdev *evdev = &private->evdev;
	int ret;

	snprintf(evdev->name, sizeof(evdev->name), "%s", name);
	evdev->data = dev->data;
	ret = numa_node_take(evdev, args->numa_node);
	if (ret < 0)
		return ret;
	dlb_timers_init(&evdev->timers);
	evdev->args = *args;
	evdev->args.sched = function->args.sched;
	evdev->args.cq_mode = function->args.cq_mode;
	evdev->gen = function->bus->gen;
	ret = cq_weight_check(evdev);
	if (ret < 0)
		return ret;
	evdev->function = function;
	evdev->bus = function->bus;
	evdev->backend = function->backend;
	evdev->device = function->device;
	evdev->transport = function->transport;
	rte_spinlock_init(&evdev->members_lock);
	dlb_pending_init(evdev);
	dev->data->service_inited = function->has_service;
	dev->data->service_id = function->service_id;
	dlb_function_add(function, evdev);

	private->ops = evdev_ops;
	dlb_profile_ops_set(&private->ops);
	dev->dev_ops = &private->ops;
	return 0;
}

const struct dlb_hot_ops *
dlb_evdev_hot_find(const struct dlb_evdev *evdev)
{
	enum dlb_isa isa = evdev->args.vectors ? dlb_isa_choose() : DLB_ISA_SCALAR;

	return dlb_hot_ops_find(evdev->transport, isa, evdev->args.cq_mode);
}

void
dlb_evdev_choose_variant(struct rte_eventdev *dev)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);
	const struct dlb_hot_ops *hot = dlb_evdev_hot_find(evdev);

	if (!dlb_is_secondary()) {
		evdev->isa = evdev->args.vectors ? dlb_isa_choose() : DLB_ISA_SCALAR;
		evdev->hot = hot;
	}
	dlb_single_event_ops_set(dev, hot);
	dev->enqueue_burst = hot->enqueue_burst;
	dev->enqueue_new_burst = hot->enqueue_new_burst;
	dev->enqueue_forward_burst = hot->enqueue_forward_burst;
	dev->dequeue_burst = hot->dequeue_burst;
	dlb_new_port_ops_set(dev);
	DLB_LOG(INFO, evdev, "data path: %s", dlb_isa_name(evdev->isa));
}

/* The library may close a device twice: by name, and when its bus is cleaned up. */
int
dlb_evdev_close(struct rte_eventdev *dev)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);
	uint32_t i;

	if (evdev->device == NULL)
		return 0;
	for (i = 0; i < RTE_EVENT_MAX_PORTS_PER_DEV; i++)
		dlb_event_port_release(dev->data->ports[i]);
	dev->data->service_inited = 0;
	dlb_function_remove(evdev->function, evdev);
	evdev->device = NULL;
	evdev->bus = NULL;
	evdev->function = NULL;
	return 0;
}

int
dlb_evdev_check_open(const struct dlb_evdev *evdev)
{
	if (evdev->device != NULL)
		return 0;
	DLB_LOG(ERR, evdev, "the device is closed: probe it again");
	return -ENODEV;
}

void
dlb_evdev_stop_by_name(const char *name)
{
	struct rte_eventdev *dev = rte_event_pmd_get_named_dev(name);

	if (dev != NULL && dev->data->dev_started)
		rte_event_dev_stop(dev->data->dev_id);
}
