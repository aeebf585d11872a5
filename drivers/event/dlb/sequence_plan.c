/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which ordered queue gets how many sequence numbers. The hardware has two groups of 1024 numbers, each
 * cut into equal slots of 64 to 1024. nb_atomic_order_sequences is a bound on how many events wait to
 * be put in order, so a queue may get fewer than it asks for, and only that bound suffers. Of the
 * 25 ways to cut the two groups this takes the one in which every queue has a slot and most is granted.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "evdev.h"
#include "log.h"

struct plan {
	uint32_t granted; /* sum, each counted up to what was asked for */
	uint16_t numbers[DLB_EVDEV_QUEUES_MAX];
};

static bool
queue_is_ordered(const struct dlb_event_queue *queue)
{
	const struct rte_event_queue_conf *conf = &queue->conf;

	if (dlb_event_queue_is_single_link(queue))
		return false;
	return conf->event_queue_cfg & RTE_EVENT_QUEUE_CFG_ALL_TYPES ||
	       conf->schedule_type == RTE_SCHED_TYPE_ORDERED;
}

static uint32_t
queue_wants(const struct dlb_event_queue *queue)
{
	uint32_t wants = rte_align32pow2(queue->conf.nb_atomic_order_sequences);

	return RTE_MAX(RTE_MIN(wants, (uint32_t)DLB_SN_PER_GROUP), (uint32_t)DLB_SN_MIN);
}

/* Of two slot sizes that are left, the smallest that is enough, else the larger one. */
static uint32_t
group_choose(const uint32_t size[DLB_SN_GROUPS], const uint32_t left[DLB_SN_GROUPS], uint32_t wants)
{
	uint32_t best = DLB_SN_GROUPS;
	uint32_t g;

	for (g = 0; g < DLB_SN_GROUPS; g++) {
		if (left[g] == 0)
			continue;
		if (best == DLB_SN_GROUPS)
			best = g;
		else if (size[best] < wants ? size[g] > size[best]
					    : size[g] >= wants && size[g] < size[best])
			best = g;
	}
	return best;
}

/* A group that others have slots of stays as it is cut, and has fewer. */
static uint32_t
group_slots(const struct dlb_evdev *evdev, uint32_t group, uint32_t mode)
{
	uint32_t used = (uint32_t)dlb_sn_group_occupancy(evdev->device, group);

	if (used > 0 && (uint32_t)dlb_sn_group_get(evdev->device, group) != dlb_sn_per_queue(mode))
		return 0;
	return dlb_sn_slots(mode) - used;
}

static bool
plan_make(const struct dlb_evdev *evdev, uint32_t mode0, uint32_t mode1, struct plan *plan)
{
	const uint32_t size[DLB_SN_GROUPS] = { dlb_sn_per_queue(mode0), dlb_sn_per_queue(mode1) };
	uint32_t left[DLB_SN_GROUPS] = { group_slots(evdev, 0, mode0),
					 group_slots(evdev, 1, mode1) };
	uint32_t wants, group, q;

	memset(plan, 0, sizeof(*plan));
	for (q = 0; q < evdev->nb_queues; q++) {
		if (!queue_is_ordered(&evdev->queues[q]))
			continue;
		wants = queue_wants(&evdev->queues[q]);
		group = group_choose(size, left, wants);
		if (group == DLB_SN_GROUPS)
			return false;
		left[group]--;
		plan->numbers[q] = (uint16_t)size[group];
		plan->granted += RTE_MIN(size[group], wants);
	}
	return true;
}

int
dlb_evdev_plan_sequences(struct dlb_evdev *evdev)
{
	struct plan best = { 0 }, plan;
	bool found = false;
	uint32_t mode0, mode1, q, wants, count = 0;

	for (mode0 = 0; mode0 < DLB_SN_MODES; mode0++) {
		for (mode1 = 0; mode1 < DLB_SN_MODES; mode1++) {
			if (!plan_make(evdev, mode0, mode1, &plan))
				continue;
			if (!found || plan.granted > best.granted)
				best = plan;
			found = true;
		}
	}
	if (!found) {
		for (q = 0; q < evdev->nb_queues; q++)
			count += queue_is_ordered(&evdev->queues[q]);
		DLB_LOG(ERR, evdev,
			"%" PRIu32 " ordered or ALL_TYPES queues: accepted are up to %u on a DLB",
			count, DLB_SN_GROUPS * DLB_SN_SLOTS_MAX);
		return -ENOSPC;
	}
	for (q = 0; q < evdev->nb_queues; q++) {
		evdev->queues[q].sequence_numbers = best.numbers[q];
		wants = queue_wants(&evdev->queues[q]);
		if (best.numbers[q] != 0 && best.numbers[q] < wants)
			DLB_LOG(INFO, evdev,
				"queue %u: %" PRIu32 " order sequences, of %" PRIu32 " asked for",
				q, (uint32_t)best.numbers[q], wants);
	}
	return 0;
}
