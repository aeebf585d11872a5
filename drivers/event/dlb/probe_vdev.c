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
#include "function.h"
#include "hot.h"
#include "log.h"
#include "secondary.h"

/* An embedded device, for this event device and others to be on. */
static int
function_create(const char *name, const struct dlb_devargs *args, int socket_id,
		struct dlb_function **function)
{
	struct dlb_function_conf conf = {
		.name = name,
		.args = args,
		.backend = &dlb_embedded_backend,
		.transport = DLB_TRANSPORT_RING,
	};
	struct dlb_embedded *embedded;
	int ret;

	ret = dlb_embedded_create(name, socket_id, args, &embedded);
	if (ret < 0) {
		rte_log(RTE_LOG_ERR, dlb_log_driver, "%s: no embedded device: %s\n", name,
			strerror(-ret));
		return ret;
	}
	conf.bus = dlb_embedded_bus(embedded);
	/* Here rather than later: EAL starts the services that exist at the end of its set-up. */
	ret = dlb_embedded_service_create(embedded, &conf.service_id);
	conf.has_service = ret == 1;
	if (ret >= 0)
		ret = dlb_function_create(&conf, function);
	if (ret < 0)
		dlb_embedded_backend.destroy(conf.bus);
	return ret;
}

/* Everything behind the device's slot in the library. */
static int
device_create(struct rte_eventdev *dev, const char *name, const struct dlb_devargs *args,
	      int socket_id)
{
	struct dlb_function *function = NULL;
	int ret = 0;

	if (args->shares[0] == '\0') {
		ret = function_create(name, args, socket_id, &function);
	} else {
		function = dlb_function_find(args->shares);
		if (function == NULL) {
			rte_log(RTE_LOG_ERR, dlb_log_driver,
				"%s: shares=%s: accepted is the name of an event device of the driver "
				"event_dlb, given before this one\n",
				name, args->shares);
			ret = -ENODEV;
		}
	}
	if (ret < 0)
		return ret;
	ret = dlb_evdev_create(dev, name, args, function);
	if (ret < 0 && function->nb_evdevs == 0)
		dlb_function_destroy(function);
	return ret;
}

static int
secondary_probe(struct rte_vdev_device *vdev, const char *name, int socket_id)
{
	struct rte_eventdev *dev;
	int ret;

	dev = rte_event_pmd_vdev_init(name, dlb_evdev_private_size(), socket_id, vdev);
	if (dev == NULL) {
		rte_log(RTE_LOG_ERR, dlb_log_driver,
			"%s: the primary process has no such event device\n", name);
		return -ENODEV;
	}
	ret = dlb_secondary_create(dev, name);
	if (ret < 0) {
		rte_event_pmd_release(dev);
		return ret;
	}
	event_dev_probing_finish(dev);
	return 0;
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

	if (dlb_is_secondary())
		return secondary_probe(vdev, name, socket_id);
	ret = dlb_devargs_parse(name, rte_vdev_device_args(vdev), DLB_BUS_VDEV, &args);
	if (ret < 0)
		return ret;
	dev = rte_event_pmd_vdev_init(name, dlb_evdev_private_size(), socket_id, vdev);
	if (dev == NULL) {
		rte_log(RTE_LOG_ERR, dlb_log_driver, "%s: no event device can be added\n", name);
		return -ENOMEM;
	}
	dlb_control_lock();
	ret = device_create(dev, name, &args, socket_id);
	dlb_control_unlock();
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

	if (dlb_is_secondary()) {
		dlb_secondary_destroy(rte_event_pmd_get_named_dev(rte_vdev_device_name(vdev)));
		return 0;
	}
	dlb_evdev_stop_by_name(rte_vdev_device_name(vdev));
	dlb_control_lock();
	ret = rte_event_pmd_vdev_uninit(rte_vdev_device_name(vdev));
	dlb_control_unlock();
	/* It went with the function that it was on. */
	return ret == -ENODEV ? 0 : ret;
}

static struct rte_vdev_driver dlb_vdev_driver = {
	.probe = vdev_probe,
	.remove = vdev_remove,
};

RTE_PMD_REGISTER_VDEV(event_dlb, dlb_vdev_driver);
/* The distribution's self-test entry looks for a device of this name. */
RTE_PMD_REGISTER_ALIAS(event_dlb, dlb2_event);
RTE_PMD_REGISTER_PARAM_STRING(event_dlb, DLB_ARGS_HELP_VDEV);
