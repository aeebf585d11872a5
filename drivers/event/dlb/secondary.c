/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A device in a secondary process: its ports and CQs are in memory that EAL shares, its producer ports are
 * that, too, or are mapped as in the primary, all at the same addresses. So a secondary enqueues and
 * dequeues as its primary does. The primary has registers and interrupts for itself; of an embedded device
 * also the model and whatever runs it, so that has to be a service or a thread of the primary's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "embedded.h"
#include "evdev.h"
#include "log.h"
#include "secondary.h"

static const struct eventdev_ops secondary_ops = {
	.dev_infos_get = dlb_evdev_info_get,
	.timeout_ticks = dlb_evdev_timeout_ticks,
};

/* The library finds the data of a device by its number, so both processes must count alike. */
static int
identity_check(const struct rte_eventdev *dev, const char *name)
{
	if (strcmp(dev->data->name, name) == 0 && dev->data->dev_private != NULL)
		return 0;
	rte_log(RTE_LOG_ERR, dlb_log_driver,
		"%s: event device %u is '%s' in the primary process: accepted are the same devices in "
		"the same order\n",
		name, dev->data->dev_id, dev->data->name);
	return -EINVAL;
}

static int
embedded_attach(const struct dlb_evdev *evdev, const char *name)
{
	if (evdev->args.sched == DLB_SCHED_INLINE) {
		rte_log(RTE_LOG_ERR, dlb_log_driver,
			"%s: sched=inline has workers run the device, and a secondary process cannot: "
			"accepted are sched=thread and sched=service\n",
			name);
		return -ENOTSUP;
	}
	dlb_embedded_share(evdev->bus);
	return 0;
}

/* Producer ports of a function are there once the function is, which buses probe before virtual devices. */
static int
function_attach(const struct dlb_evdev *evdev, const char *name)
{
	const char *shares = evdev->args.shares;

	if (shares[0] == '\0' || rte_event_pmd_get_named_dev(shares) != NULL)
		return 0;
	rte_log(RTE_LOG_ERR, dlb_log_driver,
		"%s: it shares %s: accepted is a process that has that one, too\n", name, shares);
	return -ENODEV;
}

int
dlb_secondary_create(struct rte_eventdev *dev, const char *name)
{
	struct dlb_evdev *evdev;
	int ret;

	ret = identity_check(dev, name);
	if (ret < 0)
		return ret;
	evdev = dlb_evdev_of(dev);
	ret = evdev->transport == DLB_TRANSPORT_RING ? embedded_attach(evdev, name)
						     : function_attach(evdev, name);
	if (ret < 0)
		return ret;
	/* The library keeps a callback in it. */
	dev->dev_ops = malloc(sizeof(secondary_ops));
	if (dev->dev_ops == NULL)
		return -ENOMEM;
	*dev->dev_ops = secondary_ops;
	dlb_evdev_choose_variant(dev);
	return 0;
}

void
dlb_secondary_destroy(struct rte_eventdev *dev)
{
	free(dev->dev_ops);
	dev->dev_ops = NULL;
	rte_event_pmd_release(dev);
}
