/* SPDX-License-Identifier: BSD-3-Clause */
/* An event device on the bench: what it can run, and its configuration for a cell. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_errno.h>
#include <rte_service_component.h>

#include "device.h"

#define DEPTH_MAX 128
#define ORDER_SEQUENCES 1024

/* What the device says of itself, once it is there. */
static int
device_learn(struct device *device)
{
	int ret = rte_event_dev_info_get(device->id, &device->info);

	if (ret < 0)
		return ret;
	device->needs_maintenance =
		!(device->info.event_dev_cap & RTE_EVENT_DEV_CAP_MAINTENANCE_FREE);
	device->has_service = rte_event_dev_service_id_get(device->id, &device->service_id) == 0;
	if (!device->has_service)
		return 0;
	ret = rte_service_runstate_set(device->service_id, 1);
	/* It is run by hand: no service core has it. */
	return ret < 0 ? ret : rte_service_set_runstate_mapped_check(device->service_id, 0);
}

static int
device_probe(struct device *device)
{
	int ret;

	if (device->probed)
		return 0;
	ret = rte_dev_probe(device->devargs);
	if (ret < 0)
		return ret;
	device->probed = true;
	ret = rte_event_dev_get_dev_id(device->name);
	if (ret < 0)
		return ret;
	device->id = (uint8_t)ret;
	return device_learn(device);
}

int
device_open(struct device *device, uint8_t id)
{
	const struct rte_devargs *devargs;
	int ret;

	memset(device, 0, sizeof(*device));
	device->id = id;
	ret = device_learn(device);
	if (ret < 0)
		return ret;
	if (device->info.dev == NULL)
		return -ENODEV;
	devargs = rte_dev_devargs(device->info.dev);
	snprintf(device->name, sizeof(device->name), "%s", rte_dev_name(device->info.dev));
	snprintf(device->devargs, sizeof(device->devargs), "%s,%s", device->name,
		 devargs != NULL && devargs->args != NULL ? devargs->args : "");
	device->probed = true;
	return 0;
}

int
device_create(struct device *device, const char *devargs)
{
	memset(device, 0, sizeof(*device));
	snprintf(device->name, sizeof(device->name), "%.*s", (int)strcspn(devargs, ","), devargs);
	snprintf(device->devargs, sizeof(device->devargs), "%s", devargs);
	return device_probe(device);
}

static bool
cell_has_ordered(const struct cell *cell)
{
	uint32_t s;

	for (s = 0; s < cell->value[DIM_STAGES]; s++)
		if (cell_stage_type(cell, s) == RTE_SCHED_TYPE_ORDERED)
			return true;
	return false;
}

const char *
device_refuses(const struct device *device, const struct cell *cell)
{
	const struct rte_event_dev_info *info = &device->info;
	const uint32_t *value = cell->value;

	/* No capability says so: the driver refuses such a queue, and logs an error. */
	if (cell_has_ordered(cell) && strcmp(info->driver_name, "event_dsw") == 0)
		return "has no ordered queues";
	if (cell_queues(cell) > info->max_event_queues)
		return "has fewer queues than stages";
	if (value[DIM_WORKERS] + 1 > info->max_event_ports)
		return "has fewer ports than workers and producer";
	if (value[DIM_BURST] > info->max_event_port_dequeue_depth ||
	    value[DIM_BURST] > info->max_event_port_enqueue_depth)
		return "takes no bursts of that size";
	if (info->max_num_events >= 0 && value[DIM_WINDOW] > (uint32_t)info->max_num_events)
		return "holds fewer events than the window";
	if (value[DIM_PRIORITIES] > 1 && !(info->event_dev_cap & RTE_EVENT_DEV_CAP_EVENT_QOS))
		return "has no event priorities";
	return NULL;
}

static int
queues_set_up(const struct device *device, const struct cell *cell)
{
	uint32_t s;
	int ret;

	for (s = 0; s < cell_queues(cell); s++) {
		struct rte_event_queue_conf conf = {
			.nb_atomic_flows = device->info.max_event_queue_flows,
			.nb_atomic_order_sequences =
				RTE_MIN(device->info.max_event_queue_flows, ORDER_SEQUENCES),
			.schedule_type = cell_stage_type(cell, s),
			.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
		};

		ret = rte_event_queue_setup(device->id, (uint8_t)s, &conf);
		if (ret < 0)
			return ret;
	}
	return 0;
}

static int
ports_set_up(const struct device *device, const struct rte_event_dev_config *dev_conf,
	     const struct cell *cell)
{
	struct rte_event_port_conf conf;
	uint8_t port;
	int ret;

	for (port = 0; port < dev_conf->nb_event_ports; port++) {
		ret = rte_event_port_default_conf_get(device->id, port, &conf);
		if (ret < 0)
			return ret;
		/* Workers say what becomes of every event; a device need not guess. */
		if (device->info.event_dev_cap & RTE_EVENT_DEV_CAP_IMPLICIT_RELEASE_DISABLE)
			conf.event_port_cfg |= RTE_EVENT_PORT_CFG_DISABLE_IMPL_REL;
		conf.new_event_threshold = dev_conf->nb_events_limit;
		conf.dequeue_depth = (uint16_t)dev_conf->nb_event_port_dequeue_depth;
		conf.enqueue_depth = (uint16_t)dev_conf->nb_event_port_enqueue_depth;
		ret = rte_event_port_setup(device->id, port, &conf);
		if (ret < 0)
			return ret;
		if (port == device_producer_port(cell))
			continue;
		ret = rte_event_port_link(device->id, port, NULL, NULL, 0);
		if (ret != dev_conf->nb_event_queues)
			return -rte_errno;
	}
	return 0;
}

static int
device_configure(const struct device *device, const struct cell *cell, const char **step)
{
	const struct rte_event_dev_info *info = &device->info;
	struct rte_event_dev_config conf = {
		.nb_events_limit = info->max_num_events,
		.nb_event_queues = (uint8_t)cell_queues(cell),
		.nb_event_ports = (uint8_t)(cell->value[DIM_WORKERS] + 1),
		.nb_event_queue_flows = info->max_event_queue_flows,
		.nb_event_port_dequeue_depth =
			RTE_MIN((uint32_t)info->max_event_port_dequeue_depth, DEPTH_MAX),
		.nb_event_port_enqueue_depth =
			RTE_MIN(info->max_event_port_enqueue_depth, DEPTH_MAX),
	};
	int ret;

	*step = "configuration";
	ret = rte_event_dev_configure(device->id, &conf);
	if (ret < 0)
		return ret;
	*step = "set-up of the queues";
	ret = queues_set_up(device, cell);
	if (ret < 0)
		return ret;
	*step = "set-up of the ports";
	return ports_set_up(device, &conf, cell);
}

int
device_start(struct device *device, const struct cell *cell)
{
	const char *step = "probe";
	int ret;

	ret = device_probe(device);
	if (ret == 0)
		ret = device_configure(device, cell, &step);
	if (ret == 0) {
		step = "start";
		ret = rte_event_dev_start(device->id);
	}
	if (ret < 0)
		fprintf(stderr, "dpdk-dlb-perf: %s: %s failed: %s\n", device->name, step,
			strerror(-ret));
	device->started = ret == 0;
	return ret;
}

void
device_stop(struct device *device)
{
	if (!device->probed)
		return;
	if (device->started)
		rte_event_dev_stop(device->id);
	rte_event_dev_close(device->id);
	rte_dev_remove(device->info.dev);
	/* Not every driver takes its service with it. */
	if (device->has_service && rte_service_get_name(device->service_id) != NULL)
		rte_service_component_unregister(device->service_id);
	device->started = false;
	device->probed = false;
}
