/* SPDX-License-Identifier: BSD-3-Clause */
/* Event queues: recorded here, created when the device starts; what of them can change while it runs. */
#include <errno.h>
#include <inttypes.h>

#include "evdev.h"
#include "log.h"

#define DEFAULT_FLOWS 1024

/*
 * What rte_event_queue_attr_get() reads is the library's copy of the configuration. Weight and affinity
 * are only remembered: of equal queues the hardware takes turns, and a flow stays where events of it are
 * until they are completed.
 */
static void
priority_set(struct rte_eventdev *dev, uint8_t id, uint8_t value)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);

	evdev->queues[id].conf.priority = value;
	dev->data->queues_cfg[id].priority = value;
	dlb_evdev_links_reprioritize(evdev, id);
}

static void
weight_set(struct rte_eventdev *dev, uint8_t id, uint8_t value)
{
	dlb_evdev_of(dev)->queues[id].conf.weight = value;
	dev->data->queues_cfg[id].weight = value;
}

static void
affinity_set(struct rte_eventdev *dev, uint8_t id, uint8_t value)
{
	dlb_evdev_of(dev)->queues[id].conf.affinity = value;
	dev->data->queues_cfg[id].affinity = value;
}

/* Attributes that can be set at any time. */
static const struct queue_attribute {
	const char *name;
	void (*set)(struct rte_eventdev *dev, uint8_t id, uint8_t value);
} attributes[] = {
	[RTE_EVENT_QUEUE_ATTR_PRIORITY] = { "priority", priority_set },
	[RTE_EVENT_QUEUE_ATTR_NB_ATOMIC_FLOWS] = { "nb_atomic_flows", NULL },
	[RTE_EVENT_QUEUE_ATTR_NB_ATOMIC_ORDER_SEQUENCES] = { "nb_atomic_order_sequences", NULL },
	[RTE_EVENT_QUEUE_ATTR_EVENT_QUEUE_CFG] = { "event_queue_cfg", NULL },
	[RTE_EVENT_QUEUE_ATTR_SCHEDULE_TYPE] = { "schedule_type", NULL },
	[RTE_EVENT_QUEUE_ATTR_WEIGHT] = { "weight", weight_set },
	[RTE_EVENT_QUEUE_ATTR_AFFINITY] = { "affinity", affinity_set },
};

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
	queue->tuning = (struct dlb_queue_tuning){
		.depth_threshold = evdev->args.depth_threshold[id],
	};
	queue->configured = true;
	return 0;
}

int
dlb_event_queue_attr_set(struct rte_eventdev *dev, uint8_t id, uint32_t attribute, uint64_t value)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);

	if (attribute >= RTE_DIM(attributes)) {
		DLB_LOG(ERR, evdev, "queue %u: attribute %" PRIu32 ": accepted are 0 to %zu", id,
			attribute, RTE_DIM(attributes) - 1);
		return -EINVAL;
	}
	if (attributes[attribute].set == NULL) {
		DLB_LOG(ERR, evdev,
			"queue %u: attribute %s: accepted are priority, weight, affinity; "
			"rte_event_queue_setup() sets the others",
			id, attributes[attribute].name);
		return -ENOTSUP;
	}
	if (!evdev->queues[id].configured) {
		DLB_LOG(ERR, evdev, "queue %u: attribute %s: the queue has not been set up", id,
			attributes[attribute].name);
		return -EINVAL;
	}
	if (value > UINT8_MAX) {
		DLB_LOG(ERR, evdev, "queue %u: %s %" PRIu64 ": accepted are 0 to %u", id,
			attributes[attribute].name, value, UINT8_MAX);
		return -EINVAL;
	}
	attributes[attribute].set(dev, id, (uint8_t)value);
	return 0;
}

void
dlb_event_queue_release(struct rte_eventdev *dev, uint8_t id)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);

	dlb_evdev_links_forget(evdev, id);
	evdev->queues[id] = (struct dlb_event_queue){ 0 };
}
