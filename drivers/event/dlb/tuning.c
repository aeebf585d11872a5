/* SPDX-License-Identifier: BSD-3-Clause */
/* rte_pmd_dlb.h: settings of ports and queues that the event device library has no field for. */
#include <errno.h>
#include <inttypes.h>

#include "answer.h"
#include "control.h"
#include "evdev.h"
#include "log.h"
#include "rte_pmd_dlb.h"

static int
check_stopped(const struct dlb_evdev *evdev, const char *what)
{
	if (evdev->domain == NULL)
		return 0;
	DLB_LOG(ERR, evdev, "%s: the device runs: accepted is one that is stopped", what);
	return -EBUSY;
}

static int
check_port(const struct dlb_evdev *evdev, uint8_t port_id)
{
	int ret = dlb_control_check_port(evdev, port_id);

	if (ret < 0 || dlb_evdev_port(evdev, port_id) != NULL)
		return ret;
	DLB_LOG(ERR, evdev, "port %u: accepted is one after rte_event_port_setup()", port_id);
	return -EINVAL;
}

static int
check_queue(const struct dlb_evdev *evdev, uint8_t queue_id)
{
	int ret = dlb_control_check_queue(evdev, queue_id);

	if (ret < 0 || evdev->queues[queue_id].configured)
		return ret;
	DLB_LOG(ERR, evdev, "queue %u: accepted is one after rte_event_queue_setup()", queue_id);
	return -EINVAL;
}

static int
check_range(const struct dlb_evdev *evdev, const char *object, uint32_t id, const char *name,
	    int64_t value, int64_t min, int64_t max)
{
	if (value >= min && value <= max)
		return 0;
	DLB_LOG(ERR, evdev, "%s %" PRIu32 ": %s %" PRId64 ": accepted are %" PRId64 " to %" PRId64,
		object, id, name, value, min, max);
	return -EINVAL;
}

static int
check_has(const struct dlb_evdev *evdev, uint8_t id, const char *name, uint32_t value, bool has)
{
	if (value == 0 || has)
		return 0;
	DLB_LOG(ERR, evdev, "port %u: %s %" PRIu32 ": DLB %s has none: accepted is 0", id, name,
		value, dlb_limits[evdev->gen].name);
	return -ENOTSUP;
}

static int
port_conf_check(const struct dlb_evdev *evdev, uint8_t id, const struct rte_pmd_dlb_port_conf *conf)
{
	const struct dlb_limits *limits = &dlb_limits[evdev->gen];
	/* An event that may be answered out of turn needs a place to remember that. */
	uint32_t hist_max = dlb_answers_in_any_order(evdev, dlb_evdev_port(evdev, id))
				    ? DLB_PLACES
				    : DLB_HIST_ENTRIES;
	const struct {
		const char *name;
		int64_t value, min, max;
	} rows[] = {
		{ "hist_entries", conf->hist_entries, 0, hist_max },
		{ "cq_weight_limit", conf->cq_weight_limit, 0, DLB_CQ_DEPTH_MAX },
		{ "inflight_threshold", conf->inflight_threshold, 0, DLB_HIST_ENTRIES },
		{ "cos", conf->cos, RTE_PMD_DLB_COS_ANY, DLB_COS_COUNT - 1 },
		{ "token_pop", conf->token_pop, 0, RTE_PMD_DLB_TOKEN_POPS - 1 },
		{ "wait", conf->wait, 0, RTE_PMD_DLB_WAITS - 1 },
	};
	uint32_t i;
	int ret = 0;

	for (i = 0; i < RTE_DIM(rows) && ret == 0; i++)
		ret = check_range(evdev, "port", id, rows[i].name, rows[i].value, rows[i].min,
				  rows[i].max);
	if (ret == 0)
		ret = check_has(evdev, id, "cq_weight_limit", conf->cq_weight_limit,
				limits->has_cq_weight);
	if (ret == 0)
		ret = check_has(evdev, id, "inflight_threshold", conf->inflight_threshold,
				limits->has_inflight_threshold);
	return ret;
}

int
rte_pmd_dlb_port_conf_set(uint8_t dev_id, uint8_t port_id, const struct rte_pmd_dlb_port_conf *conf)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = check_stopped(evdev, "port settings");
	if (ret == 0)
		ret = check_port(evdev, port_id);
	if (ret == 0)
		ret = port_conf_check(evdev, port_id, conf);
	if (ret == 0)
		dlb_evdev_port(evdev, port_id)->tuning = (struct dlb_port_tuning){
			.hist_entries = conf->hist_entries,
			.cq_weight_limit = conf->cq_weight_limit,
			.inflight_threshold = conf->inflight_threshold,
			.has_cos = conf->cos != RTE_PMD_DLB_COS_ANY,
			.cos = conf->cos == RTE_PMD_DLB_COS_ANY ? 0 : (uint8_t)conf->cos,
			.token_pop = conf->token_pop,
			.wait = conf->wait,
		};
	dlb_control_put(evdev);
	return ret;
}

int
rte_pmd_dlb_port_conf_get(uint8_t dev_id, uint8_t port_id, struct rte_pmd_dlb_port_conf *conf)
{
	const struct dlb_port_tuning *t;
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = check_port(evdev, port_id);
	if (ret == 0) {
		t = &dlb_evdev_port(evdev, port_id)->tuning;
		*conf = (struct rte_pmd_dlb_port_conf){
			.hist_entries = t->hist_entries,
			.cq_weight_limit = t->cq_weight_limit,
			.inflight_threshold = t->inflight_threshold,
			.cos = t->has_cos ? (int8_t)t->cos : RTE_PMD_DLB_COS_ANY,
			.token_pop = t->token_pop,
			.wait = t->wait,
		};
	}
	dlb_control_put(evdev);
	return ret;
}

static int
queue_conf_set(struct dlb_evdev *evdev, uint8_t id, const struct rte_pmd_dlb_queue_conf *conf)
{
	int ret = check_stopped(evdev, "queue settings");

	if (ret == 0)
		ret = check_queue(evdev, id);
	if (ret == 0)
		ret = check_range(evdev, "queue", id, "depth_threshold", conf->depth_threshold, 0,
				  DLB_DEPTH_THRESHOLD_MAX);
	if (ret == 0)
		ret = check_range(evdev, "queue", id, "aqed_entries", conf->aqed_entries, 0,
				  DLB_AQED_ENTRIES);
	if (ret == 0)
		evdev->queues[id].tuning = (struct dlb_queue_tuning){
			.depth_threshold = conf->depth_threshold,
			.aqed_entries = conf->aqed_entries,
		};
	return ret;
}

int
rte_pmd_dlb_queue_conf_set(uint8_t dev_id, uint8_t queue_id,
			   const struct rte_pmd_dlb_queue_conf *conf)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = queue_conf_set(evdev, queue_id, conf);
	dlb_control_put(evdev);
	return ret;
}

int
rte_pmd_dlb_queue_conf_get(uint8_t dev_id, uint8_t queue_id, struct rte_pmd_dlb_queue_conf *conf)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = check_queue(evdev, queue_id);
	if (ret == 0)
		*conf = (struct rte_pmd_dlb_queue_conf){
			.depth_threshold = evdev->queues[queue_id].tuning.depth_threshold,
			.aqed_entries = evdev->queues[queue_id].tuning.aqed_entries,
		};
	dlb_control_put(evdev);
	return ret;
}

int
rte_pmd_dlb_bandwidth_set(uint8_t dev_id, const uint8_t percent[RTE_PMD_DLB_COS_COUNT])
{
	struct dlb_evdev *evdev;
	int ret;

	_Static_assert(RTE_PMD_DLB_COS_COUNT == DLB_COS_COUNT, "classes are the hardware's");
	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = dlb_cos_bandwidth_set(evdev->device, percent);
	dlb_control_put(evdev);
	return ret;
}
