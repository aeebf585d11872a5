/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <pthread.h>

#include "control.h"
#include "evdev.h"
#include "function.h"
#include "log.h"

/* One for all devices: what it guards first of all is the library's table of them. */
static pthread_mutex_t control = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

void
dlb_control_lock(void)
{
	pthread_mutex_lock(&control);
}

void
dlb_control_unlock(void)
{
	pthread_mutex_unlock(&control);
}

static struct dlb_evdev *
device_find(uint8_t dev_id)
{
	const struct rte_eventdev *dev;

	if (dev_id >= RTE_EVENT_MAX_DEVS)
		return NULL;
	dev = &rte_eventdevs[dev_id];
	if (dev->attached == RTE_EVENTDEV_DETACHED || dev->dev_ops == NULL ||
	    dev->dev_ops->dev_infos_get != dlb_evdev_info_get)
		return NULL;
	return dlb_evdev_of(dev)->device == NULL ? NULL : dlb_evdev_of(dev);
}

struct dlb_evdev *
dlb_control_take_quietly(uint8_t dev_id)
{
	struct dlb_evdev *evdev;

	/* Buses and the PF layer live in the primary process. */
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return NULL;
	dlb_control_lock();
	evdev = device_find(dev_id);
	if (evdev == NULL)
		dlb_control_unlock();
	return evdev;
}

static int
no_device(uint8_t dev_id)
{
	rte_log(RTE_LOG_ERR, dlb_log_driver,
		"event device %u: accepted is the id of a device of the driver event_dlb\n",
		dev_id);
	return -ENODEV;
}

struct dlb_evdev *
dlb_control_take(uint8_t dev_id, int *error)
{
	struct dlb_evdev *evdev = dlb_control_take_quietly(dev_id);

	*error = 0;
	if (evdev != NULL)
		return evdev;
	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		*error = -ENOTSUP;
		rte_log(RTE_LOG_ERR, dlb_log_driver,
			"event device %u: this process is a secondary one: accepted is the primary process\n",
			dev_id);
	} else {
		*error = no_device(dev_id);
	}
	return NULL;
}

void
dlb_control_put(struct dlb_evdev *evdev __rte_unused)
{
	dlb_control_unlock();
}

int
dlb_control_check_started(const struct dlb_evdev *evdev, const char *what)
{
	if (evdev->domain != NULL)
		return 0;
	DLB_LOG(ERR, evdev, "%s: the device is stopped: accepted is one that has been started",
		what);
	return -EAGAIN;
}

int
dlb_control_check_queue(const struct dlb_evdev *evdev, uint8_t queue_id)
{
	if (queue_id < evdev->nb_queues)
		return 0;
	DLB_LOG(ERR, evdev, "queue %u: the device is configured with %u queues", queue_id,
		evdev->nb_queues);
	return -EINVAL;
}

int
dlb_control_check_port(const struct dlb_evdev *evdev, uint8_t port_id)
{
	if (port_id < evdev->nb_ports)
		return 0;
	DLB_LOG(ERR, evdev, "port %u: the device is configured with %u ports", port_id,
		evdev->nb_ports);
	return -EINVAL;
}

int
dlb_control_check_member(const struct dlb_evdev *evdev, uint8_t port_id, uint8_t member)
{
	const struct dlb_event_port *port;
	int ret;

	ret = dlb_control_check_port(evdev, port_id);
	if (ret == 0)
		ret = dlb_control_check_started(evdev, "hardware port");
	if (ret < 0)
		return ret;
	port = dlb_evdev_port(evdev, port_id);
	if (port != NULL && member < port->nb_members)
		return 0;
	DLB_LOG(ERR, evdev, "port %u: hardware port %u: it has %u", port_id, member,
		port == NULL ? 0 : port->nb_members);
	return -EINVAL;
}

struct dlb_event_port *
dlb_control_running_port(uint8_t dev_id, uint8_t port_id, int *error)
{
	const struct dlb_evdev *evdev = device_find(dev_id);

	*error = evdev == NULL ? no_device(dev_id) : dlb_control_check_member(evdev, port_id, 0);
	return *error < 0 ? NULL : dlb_evdev_port(evdev, port_id);
}

int
dlb_control_configure(const struct rte_eventdev *dev)
{
	int ret;

	dlb_control_lock();
	ret = dlb_evdev_configure(dev);
	dlb_control_unlock();
	return ret;
}

int
dlb_control_start(struct rte_eventdev *dev)
{
	int ret;

	dlb_control_lock();
	ret = dlb_evdev_start(dev);
	if (ret == 0)
		dlb_timers_device_start(dlb_evdev_of(dev));
	dlb_control_unlock();
	return ret;
}

void
dlb_control_stop(struct rte_eventdev *dev)
{
	dlb_control_lock();
	dlb_timers_device_stop(dlb_evdev_of(dev));
	dlb_evdev_stop(dev);
	dlb_alarms_poll(dlb_evdev_of(dev)->function);
	dlb_control_unlock();
}

int
dlb_control_close(struct rte_eventdev *dev)
{
	int ret;

	dlb_control_lock();
	ret = dlb_evdev_close(dev);
	dlb_control_unlock();
	return ret;
}

int
dlb_control_queue_setup(struct rte_eventdev *dev, uint8_t id,
			const struct rte_event_queue_conf *conf)
{
	int ret;

	dlb_control_lock();
	ret = dlb_event_queue_setup(dev, id, conf);
	dlb_control_unlock();
	return ret;
}

void
dlb_control_queue_release(struct rte_eventdev *dev, uint8_t id)
{
	dlb_control_lock();
	dlb_event_queue_release(dev, id);
	dlb_control_unlock();
}

int
dlb_control_port_setup(struct rte_eventdev *dev, uint8_t id, const struct rte_event_port_conf *conf)
{
	int ret;

	dlb_control_lock();
	ret = dlb_event_port_setup(dev, id, conf);
	dlb_control_unlock();
	return ret;
}

void
dlb_control_port_release(void *port)
{
	dlb_control_lock();
	dlb_event_port_release(port);
	dlb_control_unlock();
}
