/* SPDX-License-Identifier: BSD-3-Clause */
/* What a configuration takes of the hardware: added up before any of it is taken. */
#ifndef DLB_EVDEV_NEED_H
#define DLB_EVDEV_NEED_H

#include <stdbool.h>
#include <stdint.h>

#include "evdev.h"

struct dlb_need {
	uint16_t queues[DLB_KIND_COUNT];
	uint16_t ports[DLB_KIND_COUNT];
	uint16_t
		hist_share; /* history entries for each load-balanced hardware port without a number */
	uint16_t hist_entries;             /* of all of them */
	uint16_t cos_ports[DLB_COS_COUNT]; /* of the load-balanced ones */
	uint16_t spares;                   /* load-balanced hardware ports, on top */
	uint16_t spare_hist_share;
	uint16_t aqed_share;   /* AQED entries for each atomic queue without a number */
	uint16_t aqed_entries; /* of all of them */
	uint16_t members[RTE_EVENT_MAX_PORTS_PER_DEV][DLB_KIND_COUNT];
	bool internal_port;
};

static inline bool
dlb_event_queue_is_atomic(const struct dlb_event_queue *queue)
{
	const struct rte_event_queue_conf *conf = &queue->conf;

	return conf->event_queue_cfg & RTE_EVENT_QUEUE_CFG_ALL_TYPES ||
	       conf->schedule_type == RTE_SCHED_TYPE_ATOMIC;
}

/* Load-balanced hardware ports of a profile. */
uint16_t dlb_need_of_profile(const struct dlb_evdev *evdev, const struct dlb_links *links);

/** @return 0, or a negative errno for more than there is, logged. */
int dlb_need_sum(const struct dlb_evdev *evdev, struct dlb_need *need);

#endif /* DLB_EVDEV_NEED_H */
