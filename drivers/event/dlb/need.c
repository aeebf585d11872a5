/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "answer.h"
#include "function.h"
#include "log.h"
#include "need.h"

#define SPARE_HIST_MAX DLB_PLACES_MORE
#define SPARES_HIST_PART 4 /* all spares together get one part in so many */

uint16_t
dlb_need_of_profile(const struct dlb_evdev *evdev, const struct dlb_links *links)
{
	return (uint16_t)((dlb_links_nb_ldb(evdev, links) + DLB_CQ_SLOTS - 1u) / DLB_CQ_SLOTS);
}

static void
need_queues(const struct dlb_evdev *evdev, struct dlb_need *need)
{
	const struct dlb_event_queue *queue;
	uint32_t q;

	for (q = 0; q < evdev->nb_queues; q++) {
		queue = &evdev->queues[q];
		if (dlb_event_queue_is_single_link(queue)) {
			need->queues[DLB_DIR]++;
			need->ports[DLB_DIR]++; /* its port, whether linked or not */
		} else {
			need->queues[DLB_LDB]++;
		}
	}
}

/*
 * A port takes a load-balanced hardware port for every eight links of a profile, and the directed ports of
 * its single-link queues. One without links still enqueues, and may be linked while the device runs.
 */
static void
need_ports(const struct dlb_evdev *evdev, const struct dlb_free_counts *there,
	   struct dlb_need *need)
{
	const struct dlb_event_port *port;
	uint32_t p, profile;

	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		for (profile = 0; profile < DLB_PROFILES_MAX; profile++)
			need->members[port->id][DLB_LDB] +=
				dlb_need_of_profile(evdev, &port->links[profile]);
		need->ports[DLB_LDB] += need->members[port->id][DLB_LDB];
	}
	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		if (dlb_event_port_nb_links(port) > 0)
			continue;
		if (need->ports[DLB_LDB] < there->ports[DLB_LDB] &&
		    !(port->conf.event_port_cfg & RTE_EVENT_PORT_CFG_SINGLE_LINK)) {
			need->members[port->id][DLB_LDB] = 1;
			need->ports[DLB_LDB]++;
		} else {
			need->members[port->id][DLB_DIR] = 1;
			need->ports[DLB_DIR]++;
		}
	}
}

/* Timers enqueue through a port of their own, if the hardware has one to spare. */
static void
need_internal_port(const struct dlb_free_counts *there, struct dlb_need *need)
{
	need->internal_port = need->ports[DLB_DIR] < there->ports[DLB_DIR];
	need->ports[DLB_DIR] += need->internal_port;
}

/* Single-link queues that are linked to a port take members of it, too. */
static int
members_check(const struct dlb_evdev *evdev, const struct dlb_need *need)
{
	const struct dlb_event_port *port;
	uint32_t p, q, members;

	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		members = need->members[port->id][DLB_LDB] + need->members[port->id][DLB_DIR];
		for (q = 0; q < evdev->nb_queues; q++)
			members += dlb_event_port_has_link(port, q) &&
				   dlb_event_queue_is_single_link(&evdev->queues[q]);
		if (members > DLB_PORT_MEMBERS_MAX) {
			DLB_LOG(ERR, evdev,
				"port %u: %" PRIu32
				" hardware ports, one for every 8 links of a profile "
				"and for every SINGLE_LINK queue: accepted are up to %u",
				port->id, members, DLB_PORT_MEMBERS_MAX);
			return -ENOSPC;
		}
	}
	return 0;
}

static int
need_check(const struct dlb_evdev *evdev, const struct dlb_free_counts *there,
	   const struct dlb_need *need)
{
	static const struct {
		const char *name;
		const char *ports; /* what takes one */
	} kinds[] = {
		[DLB_LDB] = { "load-balanced", "one for every 8 links of a port" },
		[DLB_DIR] = { "directed",
			      "one for every SINGLE_LINK queue and for a port without links that is "
			      "SINGLE_LINK or gets no other" },
	};
	uint32_t kind;

	_Static_assert(DLB_CQ_SLOTS == 8, "the text says so");
	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		if (need->queues[kind] > there->queues[kind]) {
			DLB_LOG(ERR, evdev, "%u %s queues: accepted are up to %u",
				need->queues[kind], kinds[kind].name, there->queues[kind]);
			return -ENOSPC;
		}
		if (need->ports[kind] > there->ports[kind]) {
			DLB_LOG(ERR, evdev, "%u %s hardware ports, %s: accepted are up to %u",
				need->ports[kind], kinds[kind].name, kinds[kind].ports,
				there->ports[kind]);
			return -ENOSPC;
		}
	}
	return 0;
}

/* With more queues than a hardware port serves, a port may need another one while the device runs. */
static uint32_t
need_spares(const struct dlb_evdev *evdev, const struct dlb_free_counts *there,
	    const struct dlb_need *need)
{
	uint32_t most = (need->queues[DLB_LDB] + DLB_CQ_SLOTS - 1u) / DLB_CQ_SLOTS;
	uint32_t left = there->ports[DLB_LDB] - need->ports[DLB_LDB];
	const struct dlb_event_port *port;
	uint32_t p, spares = 0;

	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		if (need->members[port->id][DLB_LDB] > 0)
			spares += most - RTE_MIN(need->members[port->id][DLB_LDB], most);
	}
	return RTE_MIN(RTE_MIN(spares, left), (uint32_t)DLB_SPARES_MAX);
}

/* Event devices on one function share what each would take all of, whoever starts first. */
static uint32_t
fair_share(const struct dlb_evdev *evdev, uint32_t total, uint32_t there)
{
	return RTE_MIN(total / evdev->function->nb_evdevs, there);
}

/*
 * Share what is left of a resource among those that have asked for no number of their own; returns what
 * each gets, or a negative errno.
 */
static int
share_rest(const struct dlb_evdev *evdev, const char *what, uint32_t left, uint32_t asked,
	   uint32_t sharers)
{
	if (asked + sharers > left) {
		DLB_LOG(ERR, evdev,
			"%s: %" PRIu32 " asked for, and %" PRIu32
			" to share the rest: accepted are up to %" PRIu32
			" in all, by each of %u devices",
			what, asked, sharers, left, evdev->function->nb_evdevs);
		return -ENOSPC;
	}
	return (int)((left - asked) / RTE_MAX(sharers, 1u));
}

/* History for spares is history that the others lack: they get little. */
static int
need_history(const struct dlb_evdev *evdev, const struct dlb_free_counts *there,
	     struct dlb_need *need)
{
	uint32_t entries = fair_share(evdev, DLB_HIST_ENTRIES, there->hist_entries_contiguous);
	const struct dlb_event_port *port;
	uint32_t asked = 0, sharers = need->ports[DLB_LDB];
	uint32_t p, members;
	int share;

	need->spares = (uint16_t)need_spares(evdev, there, need);
	if (need->spares > 0)
		need->spare_hist_share =
			RTE_MIN(SPARE_HIST_MAX, entries / SPARES_HIST_PART / need->spares);
	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		members = need->members[port->id][DLB_LDB];
		asked += members * port->tuning.hist_entries;
		sharers -= port->tuning.hist_entries > 0 ? members : 0;
	}
	share = share_rest(evdev, "history entries",
			   entries - need->spares * need->spare_hist_share, asked, sharers);
	if (share < 0)
		return share;
	need->hist_share = (uint16_t)share;
	need->hist_entries = (uint16_t)(asked + sharers * need->hist_share +
					need->spares * need->spare_hist_share);
	return 0;
}

static int
need_aqed(const struct dlb_evdev *evdev, const struct dlb_free_counts *there, struct dlb_need *need)
{
	uint32_t entries = fair_share(evdev, DLB_AQED_ENTRIES, there->aqed_entries);
	const struct dlb_event_queue *queue;
	uint32_t asked = 0, sharers = 0;
	uint32_t q;
	int share;

	for (q = 0; q < evdev->nb_queues; q++) {
		queue = &evdev->queues[q];
		if (dlb_event_queue_is_single_link(queue) || !dlb_event_queue_is_atomic(queue))
			continue;
		asked += queue->tuning.aqed_entries;
		sharers += queue->tuning.aqed_entries == 0;
	}
	share = share_rest(evdev, "AQED entries", entries, asked, sharers);
	if (share < 0)
		return share;
	need->aqed_share = (uint16_t)share;
	need->aqed_entries = (uint16_t)(asked + sharers * need->aqed_share);
	return 0;
}

static void
need_classes(const struct dlb_evdev *evdev, struct dlb_need *need)
{
	const struct dlb_event_port *port;
	uint32_t p;

	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		if (port->tuning.has_cos)
			need->cos_ports[port->tuning.cos] += need->members[port->id][DLB_LDB];
	}
}

int
dlb_need_sum(const struct dlb_evdev *evdev, struct dlb_need *need)
{
	struct dlb_free_counts there;
	int ret;

	dlb_device_free_counts(evdev->device, &there);
	memset(need, 0, sizeof(*need));
	need_queues(evdev, need);
	need_ports(evdev, &there, need);
	need_internal_port(&there, need);
	if (need->queues[DLB_LDB] > 0 && need->ports[DLB_LDB] == 0) {
		DLB_LOG(ERR, evdev,
			"%u load-balanced queues and no port that can be linked to them: accepted is "
			"at least one port without SINGLE_LINK",
			need->queues[DLB_LDB]);
		return -EINVAL;
	}
	need_classes(evdev, need);
	ret = need_check(evdev, &there, need);
	if (ret == 0)
		ret = members_check(evdev, need);
	if (ret == 0)
		ret = need_history(evdev, &there, need);
	if (ret == 0)
		ret = need_aqed(evdev, &there, need);
	return ret;
}
