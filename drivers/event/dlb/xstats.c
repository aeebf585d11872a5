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
#include "function.h"

/* A counter or a gauge: where it is among the values that are read together. */
struct xstat {
	const char *name;
	uint16_t offset;
	bool counts; /* grows, and can be reset */
};

struct dev_values {
	uint64_t events_limit, events_in_system, links_pending;
	uint64_t scheduled[DLB_KIND_COUNT];
	uint64_t alarms[DLB_ALARM_COUNT];
	uint64_t alarms_lost;
	uint64_t lint_findings;
};

struct port_values {
	uint64_t scheduled, inflights, tokens;
	uint64_t held, credits_cached, corrupt_entries;
	struct dlb_port_rejects rejects;
	uint64_t watchdog_expiries;
};

struct queue_values {
	uint64_t depth, inflights, max_depth, enqueued;
	uint64_t latency_p50_ns, latency_p99_ns;
};

union values {
	struct dev_values dev;
	struct port_values port;
	struct queue_values queue;
};

#define DEV(member) offsetof(struct dev_values, member)
#define PORT(member) offsetof(struct port_values, member)
#define QUEUE(member) offsetof(struct queue_values, member)

static const struct xstat dev_xstats[DLB_XSTATS_DEV] = {
	{ "events_limit", DEV(events_limit), false },
	{ "events_in_system", DEV(events_in_system), false },
	{ "links_pending", DEV(links_pending), false },
	{ "scheduled_load_balanced", DEV(scheduled[DLB_LDB]), true },
	{ "scheduled_directed", DEV(scheduled[DLB_DIR]), true },
	{ "alarm_illegal_queue", DEV(alarms[DLB_ALARM_ILLEGAL_QID]), true },
	{ "alarm_disabled_queue", DEV(alarms[DLB_ALARM_DISABLED_QID]), true },
	{ "alarm_illegal_command", DEV(alarms[DLB_ALARM_ILLEGAL_HCW]), true },
	{ "alarm_illegal_enqueue", DEV(alarms[DLB_ALARM_ILLEGAL_ENQUEUE]), true },
	{ "alarm_excess_tokens", DEV(alarms[DLB_ALARM_EXCESS_TOKENS]), true },
	{ "alarm_other_qe", DEV(alarms[DLB_ALARM_OTHER_QE]), true },
	{ "alarm_device", DEV(alarms[DLB_ALARM_DEVICE]), true },
	{ "alarms_lost", DEV(alarms_lost), true },
	{ "model_lint_findings", DEV(lint_findings), true },
};

static const struct xstat port_xstats[DLB_XSTATS_PORT] = {
	{ "scheduled", PORT(scheduled), true },
	{ "inflights", PORT(inflights), false },
	{ "tokens", PORT(tokens), false },
	{ "held", PORT(held), false },
	{ "credits_cached", PORT(credits_cached), false },
	{ "rejected_no_credit", PORT(rejects.no_credit), true },
	{ "rejected_bad_queue", PORT(rejects.bad_queue), true },
	{ "rejected_bad_schedule_type", PORT(rejects.bad_schedule_type), true },
	{ "rejected_bad_op", PORT(rejects.bad_op), true },
	{ "rejected_not_owned", PORT(rejects.not_owned), true },
	{ "corrupt_entries", PORT(corrupt_entries), true },
	{ "watchdog_expiries", PORT(watchdog_expiries), true },
};

static const struct xstat queue_xstats[DLB_XSTATS_QUEUE] = {
	{ "depth", QUEUE(depth), false },
	{ "inflights", QUEUE(inflights), false },
	{ "max_depth", QUEUE(max_depth), false },
	{ "enqueued", QUEUE(enqueued), true },
	{ "latency_p50_ns", QUEUE(latency_p50_ns), false },
	{ "latency_p99_ns", QUEUE(latency_p99_ns), false },
};

static void
dev_read(struct dlb_evdev *evdev, uint32_t id __rte_unused, union values *values)
{
	struct dev_values *v = &values->dev;

	v->events_limit = (uint64_t)evdev->credits.limit;
	v->events_in_system = (uint64_t)(evdev->credits.limit -
					 __atomic_load_n(&evdev->credits.free, __ATOMIC_RELAXED));
	v->links_pending = __atomic_load_n(&evdev->links_pending, __ATOMIC_RELAXED);
	if (evdev->device == NULL)
		return;
	dlb_device_scheduled(evdev->device, v->scheduled);
	dlb_alarms_poll(evdev->function);
	memcpy(v->alarms, evdev->alarms.counts, sizeof(v->alarms));
	v->alarms_lost = evdev->alarms.lost;
	if (evdev->backend->lint_count != NULL)
		v->lint_findings = evdev->backend->lint_count(evdev->bus);
}

static void
port_read(struct dlb_evdev *evdev, uint32_t id, union values *values)
{
	const struct dlb_event_port *port = dlb_evdev_port(evdev, id);
	struct port_values *v = &values->port;
	struct dlb_port_stats stats;
	uint32_t m;

	for (m = 0; m < port->nb_members; m++) {
		dlb_port_stats(port->members[m].port, &stats);
		v->scheduled += stats.scheduled;
		v->inflights += stats.inflights;
		v->tokens += stats.tokens;
		v->held += port->members[m].outstanding;
	}
	v->credits_cached = (uint64_t)port->credits.cached;
	v->rejects = port->rejects;
	v->corrupt_entries = port->corrupt_entries;
	v->watchdog_expiries = port->watchdog.expiries;
}

static void
queue_read(struct dlb_evdev *evdev, uint32_t id, union values *values)
{
	struct dlb_queue_stats stats = { 0 };

	if (evdev->queues[id].queue != NULL)
		dlb_queue_stats(evdev->queues[id].queue, &stats);
	values->queue = (struct queue_values){ stats.depth,
					       stats.inflights,
					       stats.max_depth,
					       stats.enqueued,
					       evdev->queues[id].latency_p50_ns,
					       evdev->queues[id].latency_p99_ns };
}

/* The statistics of one device, port or queue. */
struct group {
	const struct xstat *stats;
	uint32_t count;
	uint32_t first_id;
	uint32_t id; /* of the port or queue */
	void (*read)(struct dlb_evdev *evdev, uint32_t id, union values *values);
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
		*group = (struct group){ dev_xstats, DLB_XSTATS_DEV, 0, 0, dev_read };
		return true;
	case RTE_EVENT_DEV_XSTATS_PORT:
		*group = (struct group){ port_xstats, DLB_XSTATS_PORT,
					 first_port + DLB_XSTATS_PORT * id, id, port_read };
		return id < evdev->nb_ports && dlb_evdev_port(evdev, id) != NULL;
	case RTE_EVENT_DEV_XSTATS_QUEUE:
		*group = (struct group){ queue_xstats, DLB_XSTATS_QUEUE,
					 first_queue + DLB_XSTATS_QUEUE * id, id, queue_read };
		return id < evdev->nb_queues;
	default:
		return false;
	}
}

static void
group_read(struct dlb_evdev *evdev, const struct group *group, union values *values)
{
	memset(values, 0, sizeof(*values));
	group->read(evdev, group->id, values);
}

/* What a statistic of a group holds, never mind resets. */
static uint64_t
xstat_raw(const struct group *group, const union values *values, uint32_t i)
{
	uint64_t value;

	memcpy(&value, (const uint8_t *)values + group->stats[i].offset, sizeof(value));
	return value;
}

static uint64_t
xstat_value(const struct dlb_evdev *evdev, const struct group *group, const union values *values,
	    uint32_t i)
{
	uint64_t value = xstat_raw(group, values, i);

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
	union values read;
	struct group group;
	uint32_t i;

	if (!group_find(evdev, mode, queue_port_id, &group))
		return -EINVAL;
	group_read(evdev, &group, &read);
	for (i = 0; i < n; i++) {
		if (ids[i] < group.first_id || ids[i] >= group.first_id + group.count)
			return (int)i;
		values[i] = xstat_value(evdev, &group, &read, (uint32_t)ids[i] - group.first_id);
	}
	return (int)n;
}

static bool
group_find_name(struct dlb_evdev *evdev, enum rte_event_dev_xstats_mode mode,
		const struct group *group, const char *wanted, uint64_t *id, uint64_t *value)
{
	char name[RTE_EVENT_DEV_XSTATS_NAME_SIZE];
	union values values;
	uint32_t i;

	for (i = 0; i < group->count; i++) {
		xstat_name(name, sizeof(name), mode, group, i);
		if (strcmp(name, wanted) == 0) {
			*id = group->first_id + i;
			group_read(evdev, group, &values);
			*value = xstat_value(evdev, group, &values, i);
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
	union values values;
	uint32_t reset = 0;
	uint64_t id;
	uint32_t i;

	group_read(evdev, group, &values);
	for (i = 0; i < count; i++) {
		id = ids == NULL ? group->first_id + i : ids[i];
		if (id < group->first_id || id >= group->first_id + group->count)
			continue;
		reset++;
		if (group->stats[id - group->first_id].counts)
			evdev->xstats_base[id] =
				xstat_raw(group, &values, (uint32_t)id - group->first_id);
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
