/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where an event goes, by its queue id and schedule type: looked up once per event, so what depends on
 * nothing else is worked out when the device starts.
 */
#ifndef DLB_EVDEV_ROUTE_H
#define DLB_EVDEV_ROUTE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eventdev.h>

#include "dlb_qe.h"

/* Bits 38 to 47 of an event: schedule type and, above it, queue id. */
#define DLB_ROUTE_SHIFT 38
#define DLB_ROUTE_COUNT 1024u

/* Set in the route of an event that no queue takes. */
#define DLB_ROUTE_REFUSED 1u

/* Queues of the device have ids below this one. */
#define DLB_ROUTE_QUEUES 128

struct dlb_routes {
	/* The destination as it stands in a QE, bits 16 to 31 of its second word; or refused. */
	uint32_t route[DLB_ROUTE_COUNT] __rte_cache_aligned;

	/* The same as tables of bytes, which fit in vector registers. */
	uint8_t qid[DLB_ROUTE_QUEUES] __rte_cache_aligned; /* bit 7: no such queue */
	uint8_t sched[DLB_ROUTE_QUEUES]; /* two bits of hardware type for each eventdev one */
};

static inline void
dlb_routes_clear(struct dlb_routes *routes)
{
	uint32_t i;

	for (i = 0; i < DLB_ROUTE_COUNT; i++)
		routes->route[i] = DLB_ROUTE_REFUSED;
	memset(routes->qid, 0x80, sizeof(routes->qid));
	memset(routes->sched, 0, sizeof(routes->sched));
}

/* Events for a queue go to hardware queue qid, as the type that the map has for their own. */
static inline void
dlb_routes_add(struct dlb_routes *routes, uint8_t queue, uint8_t qid, uint8_t sched_map)
{
	uint32_t type, hw;

	for (type = RTE_SCHED_TYPE_ORDERED; type <= RTE_SCHED_TYPE_PARALLEL; type++) {
		hw = sched_map >> 2 * type & DLB_QE_SCHED;
		routes->route[queue << 2 | type] =
			(uint32_t)qid << DLB_QE_QID_SHIFT | (uint32_t)dlb_qe_sched(hw, 0, type)
								    << DLB_QE_SCHED_SHIFT;
	}
	routes->qid[queue] = qid;
	routes->sched[queue] = sched_map;
}

static inline uint32_t
dlb_route_of(const struct dlb_routes *routes, uint64_t event_word)
{
	return routes->route[event_word >> DLB_ROUTE_SHIFT & (DLB_ROUTE_COUNT - 1)];
}

/* Whether a route that is not refused leads to a directed queue. */
static inline bool
dlb_route_is_directed(uint32_t route)
{
	return dlb_qe_sched_type((uint8_t)(route >> DLB_QE_SCHED_SHIFT)) == DLB_SCHED_DIRECTED;
}

static inline bool
dlb_route_has_queue(const struct dlb_routes *routes, uint8_t queue)
{
	return queue < DLB_ROUTE_QUEUES && routes->qid[queue] < 0x80;
}

#endif /* DLB_EVDEV_ROUTE_H */
