/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An embedded device in a secondary process: its ports, rings and CQs are in memory that EAL shares, at the
 * same addresses, so a secondary enqueues and dequeues as its primary does. What the primary has for itself
 * is the device and whatever runs it; so that has to be a service or a thread of the primary's.
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

int
dlb_secondary_create(struct rte_eventdev *dev, const char *name)
{
	struct dlb_evdev *evdev;
	int ret;

	ret = identity_check(dev, name);
	if (ret < 0)
		return ret;
	evdev = dlb_evdev_of(dev);
	if (evdev->args.sched == DLB_SCHED_INLINE) {
		rte_log(RTE_LOG_ERR, dlb_log_driver,
			"%s: sched=inline has workers run the device, and a secondary process cannot: "
			"accepted are sched=thread and sched=service\n",
			name);
		return -ENOTSUP;
	}
	/* The library keeps a callback in it. */
	dev->dev_ops = malloc(sizeof(secondary_ops));
	if (dev->dev_ops == NULL)
		return -ENOMEM;
	*dev->dev_ops = secondary_ops;
	dlb_embedded_share(evdev->bus);
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
