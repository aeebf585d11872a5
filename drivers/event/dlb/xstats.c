/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Extended statistics. What the device counts is read from its registers when somebody asks; the data
 * path counts only what it refuses. An id is unique in the device: first the device's own statistics,
 * then those of each port, then those of each queue.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend.h"
#include "evdev.h"

struct xstat {
	const char *name;
	uint64_t (*read)(struct dlb_evdev *evdev, uint32_t id);
	bool counts; /* grows, and can be reset */
};

static uint64_t
dev_limit(struct dlb_evdev *evdev, uint32_t id __rte_unused)
{
	return (uint64_t)evdev->credits.limit;
}

static uint64_t
dev_events(struct dlb_evdev *evdev, uint32_t id __rte_unused)
{
	return (uint64_t)(evdev->credits.limit -
			  __atomic_load_n(&evdev->credits.free, __ATOMIC_RELAXED));
}

static uint64_t
dev_links_pending(struct dlb_evdev *evdev, uint32_t id __rte_unused)
{
	return __atomic_load_n(&evdev->links_pending, __ATOMIC_RELAXED);
}

static uint64_t
dev_lint(struct dlb_evdev *evdev, uint32_t id __rte_unused)
{
	return evdev->bus == NULL || evdev->backend->lint_count == NULL
		       ? 0
		       : evdev->backend->lint_count(evdev->bus);
}

static const struct xstat dev_xstats[DLB_XSTATS_DEV] = {
	{ "events_limit", dev_limit, false },
	{ "events_in_system", dev_events, false },
	{ "links_pending", dev_links_pending, false },
	{ "model_lint_findings", dev_lint, true },
};

static struct dlb_port_stats
port_stats(struct dlb_evdev *evdev, uint32_t id)
{
	const struct dlb_event_port *port = dlb_evdev_port(evdev, id);
	struct dlb_port_stats sum = { 0 }, one;
	uint32_t m;

	for (m = 0; m < port->nb_members; m++) {
		dlb_port_stats(port->members[m].port, &one);
		sum.inflights += one.inflights;
		sum.tokens += one.tokens;
		sum.scheduled += one.scheduled;
	}
	return sum;
}

static uint64_t
port_scheduled(struct dlb_evdev *evdev, uint32_t id)
{
	return port_stats(evdev, id).scheduled;
}

static uint64_t
port_inflights(struct dlb_evdev *evdev, uint32_t id)
{
	return port_stats(evdev, id).inflights;
}

static uint64_t
port_tokens(struct dlb_evdev *evdev, uint32_t id)
{
	return port_stats(evdev, id).tokens;
}

static uint64_t
port_held(struct dlb_evdev *evdev, uint32_t id)
{
	const struct dlb_event_port *port = dlb_evdev_port(evdev, id);
	uint64_t held = 0;
	uint32_t m;

	for (m = 0; m < port->nb_members; m++)
		held += port->members[m].outstanding;
	return held;
}

static uint64_t
port_credits(struct dlb_evdev *evdev, uint32_t id)
{
	return (uint64_t)dlb_evdev_port(evdev, id)->credits.cached;
}

static uint64_t
port_no_credit(struct dlb_evdev *evdev, uint32_t id)
{
	return dlb_evdev_port(evdev, id)->rejects.no_credit;
}

static uint64_t
port_bad_queue(struct dlb_evdev *evdev, uint32_t id)
{
	return dlb_evdev_port(evdev, id)->rejects.bad_queue;
}

static uint64_t
port_bad_schedule_type(struct dlb_evdev *evdev, uint32_t id)
{
	return dlb_evdev_port(evdev, id)->rejects.bad_schedule_type;
}

static uint64_t
port_bad_op(struct dlb_evdev *evdev, uint32_t id)
{
	return dlb_evdev_port(evdev, id)->rejects.bad_op;
}

static uint64_t
port_not_owned(struct dlb_evdev *evdev, uint32_t id)
{
	return dlb_evdev_port(evdev, id)->rejects.not_owned;
}

static uint64_t
port_corrupt(struct dlb_evdev *evdev, uint32_t id)
{
	return dlb_evdev_port(evdev, id)->corrupt_entries;
}

static const struct xstat port_xstats[DLB_XSTATS_PORT] = {
	{ "scheduled", port_scheduled, true },
	{ "inflights", port_inflights, false },
	{ "tokens", port_tokens, false },
	{ "held", port_held, false },
	{ "credits_cached", port_credits, false },
	{ "rejected_no_credit", port_no_credit, true },
	{ "rejected_bad_queue", port_bad_queue, true },
	{ "rejected_bad_schedule_type", port_bad_schedule_type, true },
	{ "rejected_bad_op", port_bad_op, true },
	{ "rejected_not_owned", port_not_owned, true },
	{ "corrupt_entries", port_corrupt, true },
};

static struct dlb_queue_stats
queue_stats(struct dlb_evdev *evdev, uint32_t id)
{
	struct dlb_queue_stats stats = { 0 };

	if (evdev->queues[id].queue != NULL)
		dlb_queue_stats(evdev->queues[id].queue, &stats);
	return stats;
}

static uint64_t
queue_depth(struct dlb_evdev *evdev, uint32_t id)
{
	return queue_stats(evdev, id).depth;
}

static uint64_t
queue_inflights(struct dlb_evdev *evdev, uint32_t id)
{
	return queue_stats(evdev, id).inflights;
}

static uint64_t
queue_max_depth(struct dlb_evdev *evdev, uint32_t id)
{
	return queue_stats(evdev, id).max_depth;
}

static uint64_t
queue_enqueued(struct dlb_evdev *evdev, uint32_t id)
{
	return queue_stats(evdev, id).enqueued;
}

static const struct xstat queue_xstats[DLB_XSTATS_QUEUE] = {
	{ "depth", queue_depth, false },
	{ "inflights", queue_inflights, false },
	{ "max_depth", queue_max_depth, false },
	{ "enqueued", queue_enqueued, true },
};

/* The statistics of one device, port or queue. */
struct group {
	const struct xstat *stats;
	uint32_t count;
	uint32_t first_id;
	uint32_t id; /* of the port or queue */
};

/* Returns false when there is no such port or queue. */
static bool
group_find(const struct dlb_evdev *evdev, enum rte_event_dev_xstats_mode mode, uint32_t id,
	   struct group *group)
{
	const uint32_t first_port = DLB_XSTATS_DEV;
	const uint32_t first_queue = first_port + DLB_XSTATS_PORT * RTE_EVENT_MAX_PORTS_PER_DEV;

	switch (mode) {
	case RTE_EVENT_DEV_XSTATS_DEVICE:
		*group = (struct group){ dev_xstats, DLB_XSTATS_DEV, 0, 0 };
		return true;
	case RTE_EVENT_DEV_XSTATS_PORT:
		*group = (struct group){ port_xstats, DLB_XSTATS_PORT,
					 first_port + DLB_XSTATS_PORT * id, id };
		return id < evdev->nb_ports && dlb_evdev_port(evdev, id) != NULL;
	case RTE_EVENT_DEV_XSTATS_QUEUE:
		*group = (struct group){ queue_xstats, DLB_XSTATS_QUEUE,
					 first_queue + DLB_XSTATS_QUEUE * id, id };
		return id < evdev->nb_queues;
	default:
		return false;
	}
}

static uint64_t
xstat_value(struct dlb_evdev *evdev, const struct group *group, uint32_t i)
{
	uint64_t value = group->stats[i].read(evdev, group->id);

	return group->stats[i].counts ? value - evdev->xstats_base[group->first_id + i] : value;
}

static void
xstat_name(char *name, size_t size, enum rte_event_dev_xstats_mode mode, const struct group *group,
	   uint32_t i)
{
	if (mode == RTE_EVENT_DEV_XSTATS_DEVICE)
		snprintf(name, size, "dev_%s", group->stats[i].name);
	else
		snprintf(name, size, "%s_%" PRIu32 "_%s",
			 mode == RTE_EVENT_DEV_XSTATS_PORT ? "port" : "queue", group->id,
			 group->stats[i].name);
}

int
dlb_evdev_xstats_get_names(const struct rte_eventdev *dev, enum rte_event_dev_xstats_mode mode,
			   uint8_t queue_port_id, struct rte_event_dev_xstats_name *names,
			   uint64_t *ids, unsigned int size)
{
	struct group group;
	uint32_t i;

	if (!group_find(dlb_evdev_of(dev), mode, queue_port_id, &group))
		return -EINVAL;
	if (names == NULL || size < group.count)
		return (int)group.count;
	for (i = 0; i < group.count; i++) {
		xstat_name(names[i].name, sizeof(names[i].name), mode, &group, i);
		if (ids != NULL)
			ids[i] = group.first_id + i;
	}
	return (int)group.count;
}

int
dlb_evdev_xstats_get(const struct rte_eventdev *dev, enum rte_event_dev_xstats_mode mode,
		     uint8_t queue_port_id, const uint64_t ids[], uint64_t values[], unsigned int n)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);
	struct group group;
	uint32_t i;

	if (!group_find(evdev, mode, queue_port_id, &group))
		return -EINVAL;
	for (i = 0; i < n; i++) {
		if (ids[i] < group.first_id || ids[i] >= group.first_id + group.count)
			return (int)i;
		values[i] = xstat_value(evdev, &group, (uint32_t)ids[i] - group.first_id);
	}
	return (int)n;
}

static bool
group_find_name(struct dlb_evdev *evdev, enum rte_event_dev_xstats_mode mode,
		const struct group *group, const char *wanted, uint64_t *id, uint64_t *value)
{
	char name[RTE_EVENT_DEV_XSTATS_NAME_SIZE];
	uint32_t i;

	for (i = 0; i < group->count; i++) {
		xstat_name(name, sizeof(name), mode, group, i);
		if (strcmp(name, wanted) == 0) {
			*id = group->first_id + i;
			*value = xstat_value(evdev, group, i);
			return true;
		}
	}
	return false;
}

uint64_t
dlb_evdev_xstats_get_by_name(const struct rte_eventdev *dev, const char *name, uint64_t *id)
{
	static const enum rte_event_dev_xstats_mode modes[] = {
		RTE_EVENT_DEV_XSTATS_DEVICE,
		RTE_EVENT_DEV_XSTATS_PORT,
		RTE_EVENT_DEV_XSTATS_QUEUE,
	};
	struct dlb_evdev *evdev = dlb_evdev_of(dev);
	struct group group;
	uint64_t value;
	uint32_t m, i, count;

	for (m = 0; m < RTE_DIM(modes); m++) {
		count = modes[m] == RTE_EVENT_DEV_XSTATS_DEVICE ? 1 : UINT8_MAX;
		for (i = 0; i < count; i++) {
			if (group_find(evdev, modes[m], i, &group) &&
			    group_find_name(evdev, modes[m], &group, name, id, &value))
				return value;
		}
	}
	return (uint64_t)-EINVAL;
}

/* Reset all of a group, or those of the ids that are its own. Returns how many that were. */
static uint32_t
group_reset(struct dlb_evdev *evdev, const struct group *group, const uint64_t ids[], uint32_t n)
{
	uint32_t count = ids == NULL ? group->count : n;
	uint32_t reset = 0;
	uint64_t id;
	uint32_t i;

	for (i = 0; i < count; i++) {
		id = ids == NULL ? group->first_id + i : ids[i];
		if (id < group->first_id || id >= group->first_id + group->count)
			continue;
		reset++;
		if (group->stats[id - group->first_id].counts)
			evdev->xstats_base[id] =
				group->stats[id - group->first_id].read(evdev, group->id);
	}
	return reset;
}

int
dlb_evdev_xstats_reset(struct rte_eventdev *dev, enum rte_event_dev_xstats_mode mode,
		       int16_t queue_port_id, const uint64_t ids[], uint32_t nb_ids)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);
	uint32_t first = queue_port_id < 0 ? 0 : (uint32_t)queue_port_id;
	uint32_t last = queue_port_id < 0 ? UINT8_MAX : first;
	uint32_t reset = 0;
	struct group group;
	uint32_t i;

	/* A negative id means every port or queue. */
	if (mode == RTE_EVENT_DEV_XSTATS_DEVICE)
		first = last = 0;
	for (i = first; i <= last; i++) {
		if (group_find(evdev, mode, i, &group))
			reset += group_reset(evdev, &group, ids, nb_ids);
		else if (queue_port_id >= 0)
			return -EINVAL;
	}
	return ids != NULL && reset < nb_ids ? -EINVAL : 0;
}
