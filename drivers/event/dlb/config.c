/* SPDX-License-Identifier: BSD-3-Clause */
/* What the device can do, and its configuration as a whole. */
#include <errno.h>
#include <inttypes.h>

#include <rte_cycles.h>
#include <rte_malloc.h>

#include "dpdk_release.h"
#include "evdev.h"
#include "hot.h"
#include "log.h"

#define NS_IN_S 1000000000ull
#define TIMEOUT_NS_MIN 1u
#define TIMEOUT_NS_MAX 4000000000u

#define FLOWS_MAX \
	65536 /* distinct locks of a queue: flows that differ only above bit 15 share one */

static const uint32_t capabilities =
	RTE_EVENT_DEV_CAP_QUEUE_QOS | RTE_EVENT_DEV_CAP_EVENT_QOS |
	RTE_EVENT_DEV_CAP_QUEUE_ALL_TYPES | RTE_EVENT_DEV_CAP_BURST_MODE |
	RTE_EVENT_DEV_CAP_IMPLICIT_RELEASE_DISABLE | RTE_EVENT_DEV_CAP_NONSEQ_MODE |
	RTE_EVENT_DEV_CAP_RUNTIME_PORT_LINK | RTE_EVENT_DEV_CAP_MULTIPLE_QUEUE_PORT |
	RTE_EVENT_DEV_CAP_CARRY_FLOW_ID | RTE_EVENT_DEV_CAP_MAINTENANCE_FREE |
	RTE_EVENT_DEV_CAP_RUNTIME_QUEUE_ATTR | DLB_CAP_SCHED_TYPES | DLB_CAP_PROFILES |
	DLB_CAP_PRESCHEDULE | DLB_CAP_INDEPENDENT_ENQ;

/* What the hardware has, unless a device argument allows less. */
static uint32_t
limit_of(uint32_t allowed, uint32_t there_are)
{
	return allowed > 0 ? RTE_MIN(allowed, there_are) : there_are;
}

void
dlb_evdev_info_get(struct rte_eventdev *dev, struct rte_event_dev_info *info)
{
	const struct dlb_evdev *evdev = dlb_evdev_of(dev);
	const struct dlb_limits *limits = &dlb_limits[evdev->gen];
	const struct dlb_devargs *args = &evdev->args;

	*info = (struct rte_event_dev_info){
		.driver_name = "event_dlb",
		.min_dequeue_timeout_ns = TIMEOUT_NS_MIN,
		.max_dequeue_timeout_ns = TIMEOUT_NS_MAX,
		.dequeue_timeout_ns = TIMEOUT_NS_MIN,
		.max_event_queues = (uint8_t)limits->queues[DLB_LDB],
		.max_event_queue_flows = FLOWS_MAX,
		.max_event_queue_priority_levels = DLB_PRIORITIES,
		.max_event_priority_levels = DLB_PRIORITIES,
		.max_event_ports = (uint8_t)limits->ports[DLB_LDB],
		.max_event_port_dequeue_depth =
			(uint8_t)limit_of(args->max_cq_depth, DLB_EVDEV_DEPTH_MAX),
		.max_event_port_enqueue_depth =
			args->max_enqueue_depth > 0 ? args->max_enqueue_depth : DLB_EVDEV_DEPTH_MAX,
		.max_event_port_links = (uint8_t)limits->queues[DLB_LDB],
		.max_num_events = (int32_t)limit_of(args->max_events, limits->credits[DLB_LDB]),
		.event_dev_cap = capabilities,
		.max_single_link_event_port_queue_pairs = (uint8_t)limits->ports[DLB_DIR],
	};
	dlb_info_profiles_set(info);
	if (evdev->args.sched != DLB_SCHED_SERVICE)
		info->event_dev_cap |= RTE_EVENT_DEV_CAP_DISTRIBUTED_SCHED;
}

int
dlb_evdev_configure(const struct rte_eventdev *dev)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);
	const struct rte_event_dev_config *conf = &dev->data->dev_conf;
	int32_t max_events = dlb_limits[evdev->gen].credits[DLB_LDB];

	int ret = dlb_evdev_check_open(evdev);

	if (ret < 0)
		return ret;
	if (conf->nb_events_limit < 1) {
		DLB_LOG(ERR, evdev, "nb_events_limit %" PRId32 ": accepted are 1 to %" PRId32,
			conf->nb_events_limit, max_events);
		return -EINVAL;
	}
	evdev->nb_queues = conf->nb_event_queues;
	evdev->nb_ports = conf->nb_event_ports;
	return 0;
}

int
dlb_evdev_timeout_ticks(struct rte_eventdev *dev __rte_unused, uint64_t ns, uint64_t *ticks)
{
	uint64_t hz = rte_get_timer_hz();

	if (ns / NS_IN_S >= UINT64_MAX / hz)
		*ticks = UINT64_MAX;
	else
		*ticks = ns / NS_IN_S * hz + (ns % NS_IN_S * hz + NS_IN_S - 1) / NS_IN_S;
	return 0;
}
