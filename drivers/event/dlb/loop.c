/* SPDX-License-Identifier: BSD-3-Clause */
/* rte_pmd_dlb.h: ports in an application's own event loop. */
#include <errno.h>

#include "backend.h"
#include "control.h"
#include "evdev.h"
#include "log.h"
#include "rte_pmd_dlb.h"
#include "wait.h"

static int
loop_check(const struct dlb_evdev *evdev, uint8_t port_id)
{
	int ret = dlb_control_check_member(evdev, port_id, 0);

	if (ret < 0 || evdev->args.wake_depth > 0)
		return ret;
	DLB_LOG(ERR, evdev,
		"port %u: an eventfd with wake_depth=0: accepted is a device with wake_depth=1",
		port_id);
	return -ENOTSUP;
}

int
rte_pmd_dlb_port_eventfd(uint8_t dev_id, uint8_t port_id)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = loop_check(evdev, port_id);
	if (ret == 0) {
		ret = dlb_wait_loop_create(evdev, dlb_evdev_port(evdev, port_id));
		if (ret < 0)
			DLB_LOG(ERR, evdev,
				"port %u: no interrupt for an eventfd, error %d: accepted is one of "
				"the first %u ports, where the system has membarrier(), vfio gives "
				"the device MSI-X, and the port preschedules",
				port_id, -ret, DLB_CQ_VECTORS);
	}
	dlb_control_put(evdev);
	return ret;
}

int
rte_pmd_dlb_port_arm(uint8_t dev_id, uint8_t port_id)
{
	struct dlb_event_port *port;
	int ret;

	port = dlb_control_running_port(dev_id, port_id, &ret);
	if (port == NULL)
		return ret;
	if (!port->wait.has_loop) {
		DLB_LOG(ERR, port->evdev,
			"port %u: arm: accepted is a port after rte_pmd_dlb_port_eventfd()",
			port_id);
		return -EINVAL;
	}
	dlb_wait_loop_arm(port);
	return 0;
}
