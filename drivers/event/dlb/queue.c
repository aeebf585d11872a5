/* SPDX-License-Identifier: BSD-3-Clause */
/* Event queues: recorded here, created when the device starts. */
#include <errno.h>
#include <inttypes.h>

#include "evdev.h"
#include "log.h"

#define DEFAULT_FLOWS 1024

void
dlb_event_queue_def_conf(struct rte_eventdev *dev, uint8_t id __rte_unused,
			 struct rte_event_queue_conf *conf)
{
	uint32_t flows = dev->data->dev_conf.nb_event_queue_flows;

	/* 32 ordered queues with 64 sequence numbers each are what the hardware has. */
	*conf = (struct rte_event_queue_conf){
		.nb_atomic_flows = RTE_MIN(flows, (uint32_t)DEFAULT_FLOWS),
		.nb_atomic_order_sequences = RTE_MIN(flows, (uint32_t)DLB_SN_MIN),
		.schedule_type = RTE_SCHED_TYPE_ATOMIC,
		.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
		.weight = RTE_EVENT_QUEUE_WEIGHT_LOWEST,
		.affinity = RTE_EVENT_QUEUE_AFFINITY_LOWEST,
	};
}

int
dlb_event_queue_setup(struct rte_eventdev *dev, uint8_t id, const struct rte_event_queue_conf *conf)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);
	const uint32_t known = RTE_EVENT_QUEUE_CFG_ALL_TYPES | RTE_EVENT_QUEUE_CFG_SINGLE_LINK;
	struct dlb_event_queue *queue = &evdev->queues[id];

	if (conf->event_queue_cfg & ~known) {
		DLB_LOG(ERR, evdev,
			"queue %u: event_queue_cfg 0x%" PRIx32
			": accepted are ALL_TYPES, SINGLE_LINK",
			id, conf->event_queue_cfg);
		return -EINVAL;
	}
	if (conf->event_queue_cfg == 0 && conf->schedule_type > RTE_SCHED_TYPE_PARALLEL) {
		DLB_LOG(ERR, evdev,
			"queue %u: schedule_type %u: accepted are ORDERED, ATOMIC, PARALLEL", id,
			conf->schedule_type);
		return -EINVAL;
	}
	queue->conf = *conf;
	queue->configured = true;
	return 0;
}

void
dlb_event_queue_release(struct rte_eventdev *dev, uint8_t id)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);

	dlb_evdev_links_forget(evdev, id);
	evdev->queues[id] = (struct dlb_event_queue){ 0 };
}
