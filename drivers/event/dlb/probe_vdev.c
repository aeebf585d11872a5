/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtual device event_dlb: an event device on an embedded DLB. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bus_vdev_driver.h>
#include <eventdev_pmd_vdev.h>
#include <rte_lcore.h>

#include "embedded.h"
#include "evdev.h"
#include "hot.h"
#include "log.h"

#define LOG_LINE_BYTES 512

RTE_LOG_REGISTER(dlb_log_driver, pmd.event.dlb.driver, NOTICE);
RTE_LOG_REGISTER(dlb_log_pf, pmd.event.dlb.pf, NOTICE);
RTE_LOG_REGISTER(dlb_log_model, pmd.event.dlb.model, NOTICE);

static void
pf_log(void *arg, enum dlb_log_level level, const char *format, va_list ap)
{
	static const uint32_t levels[] = {
		[DLB_LOG_ERROR] = RTE_LOG_ERR,
		[DLB_LOG_WARNING] = RTE_LOG_WARNING,
		[DLB_LOG_INFO] = RTE_LOG_INFO,
		[DLB_LOG_DEBUG] = RTE_LOG_DEBUG,
	};
	const struct dlb_evdev *evdev = arg;
	char line[LOG_LINE_BYTES];

	vsnprintf(line, sizeof(line), format, ap);
	rte_log(levels[level], dlb_log_pf, "%s: %s\n", evdev->name, line);
}

static const struct eventdev_ops ops = {
	.dev_infos_get = dlb_evdev_info_get,
	.dev_configure = dlb_evdev_configure,
	.dev_start = dlb_evdev_start,
	.dev_stop = dlb_evdev_stop,
	.dev_close = dlb_evdev_close,
	.queue_def_conf = dlb_event_queue_def_conf,
	.queue_setup = dlb_event_queue_setup,
	.queue_release = dlb_event_queue_release,
	.port_def_conf = dlb_event_port_def_conf,
	.port_setup = dlb_event_port_setup,
	.port_release = dlb_event_port_release,
	.port_link = dlb_event_port_link,
	.port_unlink = dlb_event_port_unlink,
	.port_unlinks_in_progress = dlb_event_port_unlinks_in_progress,
	.timeout_ticks = dlb_evdev_timeout_ticks,
	.dump = dlb_evdev_dump,
	.xstats_get = dlb_evdev_xstats_get,
	.xstats_get_names = dlb_evdev_xstats_get_names,
	.xstats_get_by_name = dlb_evdev_xstats_get_by_name,
	.xstats_reset = dlb_evdev_xstats_reset,
};

static int
evdev_init(struct dlb_evdev *evdev, int socket_id)
{
	struct dlb_device_conf conf = {
		.log = { .write = pf_log, .arg = evdev },
		.cq_mode = { evdev->args.cq_mode, evdev->args.cq_mode },
		.qe_starvation_avoidance = 1,
		.spread_ports = true,
	};
	int ret;

	ret = dlb_embedded_create(evdev->name, socket_id, &evdev->args, &evdev->embedded);
	if (ret < 0) {
		DLB_LOG(ERR, evdev, "no embedded device: %s", strerror(-ret));
		return ret;
	}
	evdev->bus = dlb_embedded_bus(evdev->embedded);
	ret = dlb_device_create(evdev->bus, &conf, &evdev->device);
	if (ret < 0)
		goto destroy_embedded;
	/* Here rather than later: EAL starts the services that exist at the end of its set-up. */
	ret = dlb_embedded_service_create(evdev->embedded, &evdev->data->service_id);
	if (ret < 0)
		goto destroy_device;
	evdev->data->service_inited = ret == 1;
	return 0;

destroy_device:
	dlb_device_destroy(evdev->device);
destroy_embedded:
	dlb_embedded_destroy(evdev->embedded);
	return ret;
}

/* The library keeps a flush callback in the operations, so each device has operations of its own. */
struct vdev_private {
	struct dlb_evdev evdev;
	struct eventdev_ops ops;
};

static void
hot_ops_set(struct rte_eventdev *dev, const struct dlb_hot_ops *hot)
{
	dev->enqueue = hot->enqueue;
	dev->enqueue_burst = hot->enqueue_burst;
	dev->enqueue_new_burst = hot->enqueue_new_burst;
	dev->enqueue_forward_burst = hot->enqueue_forward_burst;
	dev->dequeue = hot->dequeue;
	dev->dequeue_burst = hot->dequeue_burst;
}

static int
vdev_probe(struct rte_vdev_device *vdev)
{
	const char *name = rte_vdev_device_name(vdev);
	int socket_id = vdev->device.numa_node == SOCKET_ID_ANY ? (int)rte_socket_id()
								: vdev->device.numa_node;
	struct vdev_private *private;
	struct dlb_devargs args;
	struct rte_eventdev *dev;
	int ret;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		rte_log(RTE_LOG_ERR, dlb_log_driver,
			"%s: an embedded device lives in its primary process only\n", name);
		return -ENOTSUP;
	}
	ret = dlb_devargs_parse(name, rte_vdev_device_args(vdev), &args);
	if (ret < 0)
		return ret;
	dev = rte_event_pmd_vdev_init(name, sizeof(*private), socket_id, vdev);
	if (dev == NULL) {
		rte_log(RTE_LOG_ERR, dlb_log_driver, "%s: no event device can be added\n", name);
		return -ENOMEM;
	}

	private = dev->data->dev_private;
	private->ops = ops;
	private->evdev.data = dev->data;
	private->evdev.args = args;
	private->evdev.gen = args.gen;
	private->evdev.hot = &dlb_hot_ops[DLB_TRANSPORT_RING][args.cq_mode];
	snprintf(private->evdev.name, sizeof(private->evdev.name), "%s", name);
	dev->dev_ops = &private->ops;
	hot_ops_set(dev, private->evdev.hot);

	ret = evdev_init(&private->evdev, socket_id);
	if (ret < 0) {
		rte_event_pmd_release(dev);
		return ret;
	}
	event_dev_probing_finish(dev);
	return 0;
}

static int
vdev_remove(struct rte_vdev_device *vdev)
{
	struct rte_eventdev *dev = rte_event_pmd_get_named_dev(rte_vdev_device_name(vdev));

	if (dev != NULL && dev->data->dev_started)
		rte_event_dev_stop(dev->data->dev_id);
	return rte_event_pmd_vdev_uninit(rte_vdev_device_name(vdev));
}

static struct rte_vdev_driver dlb_vdev_driver = {
	.probe = vdev_probe,
	.remove = vdev_remove,
};

RTE_PMD_REGISTER_VDEV(event_dlb, dlb_vdev_driver);
/* The distribution's self-test entry looks for a device of this name. */
RTE_PMD_REGISTER_ALIAS(event_dlb, dlb2_event);
RTE_PMD_REGISTER_PARAM_STRING(event_dlb, DLB_ARGS_HELP);
