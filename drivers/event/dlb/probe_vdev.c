/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtual device event_dlb: an event device on an embedded DLB. */
#include <errno.h>
#include <string.h>

#include <bus_vdev_driver.h>
#include <eventdev_pmd_vdev.h>
#include <rte_lcore.h>

#include "control.h"
#include "embedded.h"
#include "evdev.h"
#include "hot.h"
#include "log.h"

/* Everything behind the device's slot in the library. */
static int
device_create(struct rte_eventdev *dev, const char *name, const struct dlb_devargs *args,
	      int socket_id)
{
	struct dlb_embedded *embedded;
	int ret;

	ret = dlb_embedded_create(name, socket_id, args, &embedded);
	if (ret < 0) {
		rte_log(RTE_LOG_ERR, dlb_log_driver, "%s: no embedded device: %s\n", name,
			strerror(-ret));
		return ret;
	}
	/* Here rather than later: EAL starts the services that exist at the end of its set-up. */
	ret = dlb_embedded_service_create(embedded, &dev->data->service_id);
	if (ret < 0)
		goto destroy_embedded;
	dev->data->service_inited = ret == 1;
	ret = dlb_evdev_create(dev, name, args, dlb_embedded_bus(embedded), &dlb_embedded_backend,
			       DLB_TRANSPORT_RING);
	if (ret < 0)
		goto destroy_embedded;
	return 0;

destroy_embedded:
	dlb_embedded_backend.destroy(dlb_embedded_bus(embedded));
	return ret;
}

static int
vdev_probe(struct rte_vdev_device *vdev)
{
	const char *name = rte_vdev_device_name(vdev);
	int socket_id = vdev->device.numa_node == SOCKET_ID_ANY ? (int)rte_socket_id()
								: vdev->device.numa_node;
	struct dlb_devargs args;
	struct rte_eventdev *dev;
	int ret;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		rte_log(RTE_LOG_ERR, dlb_log_driver,
			"%s: an embedded device lives in its primary process only\n", name);
		return -ENOTSUP;
	}
	ret = dlb_devargs_parse(name, rte_vdev_device_args(vdev), DLB_BUS_VDEV, &args);
	if (ret < 0)
		return ret;
	dev = rte_event_pmd_vdev_init(name, dlb_evdev_private_size(), socket_id, vdev);
	if (dev == NULL) {
		rte_log(RTE_LOG_ERR, dlb_log_driver, "%s: no event device can be added\n", name);
		return -ENOMEM;
	}
	ret = device_create(dev, name, &args, socket_id);
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
	int ret;

	dlb_evdev_stop_by_name(rte_vdev_device_name(vdev));
	dlb_control_lock();
	ret = rte_event_pmd_vdev_uninit(rte_vdev_device_name(vdev));
	dlb_control_unlock();
	return ret;
}

static struct rte_vdev_driver dlb_vdev_driver = {
	.probe = vdev_probe,
	.remove = vdev_remove,
};

RTE_PMD_REGISTER_VDEV(event_dlb, dlb_vdev_driver);
/* The distribution's self-test entry looks for a device of this name. */
RTE_PMD_REGISTER_ALIAS(event_dlb, dlb2_event);
RTE_PMD_REGISTER_PARAM_STRING(event_dlb, DLB_ARGS_HELP_VDEV);
