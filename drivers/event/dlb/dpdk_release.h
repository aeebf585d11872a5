/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What differs between the DPDK releases that the driver builds with, from 22.11 to 25.11. The rest of the
 * driver is written for the newest of them; what an older one has not, or does otherwise, stands here.
 */
#ifndef DLB_EVDEV_DPDK_RELEASE_H
#define DLB_EVDEV_DPDK_RELEASE_H

#include <eventdev_pmd.h>
#include <rte_eventdev.h>
#include <rte_lcore.h>
#include <rte_telemetry.h>
#include <rte_thread.h>
#include <rte_version.h>

#include "evdev.h"
#include "hot.h"

#define DLB_DPDK_SINCE(year, month) (RTE_VERSION >= RTE_VERSION_NUM(year, month, 0, 0))

/* Before 24.03, every device was taken to have these. */
#if DLB_DPDK_SINCE(24, 3)
#define DLB_CAP_SCHED_TYPES \
	(RTE_EVENT_DEV_CAP_ATOMIC | RTE_EVENT_DEV_CAP_ORDERED | RTE_EVENT_DEV_CAP_PARALLEL)
#else
#define DLB_CAP_SCHED_TYPES 0
#endif

/* Link profiles came with 23.11. */
#if DLB_DPDK_SINCE(23, 11)
#define DLB_CAP_PROFILES RTE_EVENT_DEV_CAP_PROFILE_LINK
#else
#define DLB_CAP_PROFILES 0
#endif

static inline void
dlb_info_profiles_set(struct rte_event_dev_info *info)
{
#if DLB_DPDK_SINCE(23, 11)
	_Static_assert(DLB_PROFILES_MAX <= RTE_EVENT_MAX_PROFILES_PER_PORT, "as many as fit");
	info->max_profiles_per_port = DLB_PROFILES_MAX;
#else
	RTE_SET_USED(info);
#endif
}

static inline void
dlb_profile_ops_set(struct eventdev_ops *ops)
{
#if DLB_DPDK_SINCE(23, 11)
	ops->port_link_profile = dlb_event_port_link_profile;
	ops->port_unlink_profile = dlb_event_port_unlink_profile;
#else
	RTE_SET_USED(ops);
#endif
}

/* Prescheduling and independent enqueue came with 24.11; answers in any order are always safe here. */
#if DLB_DPDK_SINCE(24, 11)
#define DLB_CAP_PRESCHEDULE                                                                   \
	(RTE_EVENT_DEV_CAP_EVENT_PRESCHEDULE | RTE_EVENT_DEV_CAP_EVENT_PRESCHEDULE_ADAPTIVE | \
	 RTE_EVENT_DEV_CAP_PER_PORT_PRESCHEDULE | RTE_EVENT_DEV_CAP_PRESCHEDULE_EXPLICIT)
#define DLB_CAP_INDEPENDENT_ENQ RTE_EVENT_DEV_CAP_INDEPENDENT_ENQ
#define DLB_PORT_CFG_INDEPENDENT_ENQ RTE_EVENT_PORT_CFG_INDEPENDENT_ENQ
#else
#define DLB_CAP_PRESCHEDULE 0
#define DLB_CAP_INDEPENDENT_ENQ 0
#define DLB_PORT_CFG_INDEPENDENT_ENQ 0
#endif

/* What a device is configured for: NONE is also what one has that was never asked. */
static inline enum dlb_preschedule
dlb_preschedule_configured(const struct rte_event_dev_config *conf)
{
#if DLB_DPDK_SINCE(24, 11)
	switch (conf->preschedule_type) {
	case RTE_EVENT_PRESCHEDULE:
		return DLB_PRESCHEDULE_ALWAYS;
	case RTE_EVENT_PRESCHEDULE_ADAPTIVE:
		return DLB_PRESCHEDULE_ADAPTIVE;
	default:
		return DLB_PRESCHEDULE_BATCHED;
	}
#else
	RTE_SET_USED(conf);
	return DLB_PRESCHEDULE_BATCHED;
#endif
}

#if DLB_DPDK_SINCE(24, 11)
static inline int
dlb_preschedule_modify_op(void *port, enum rte_event_dev_preschedule_type type)
{
	switch (type) {
	case RTE_EVENT_PRESCHEDULE_NONE:
		return dlb_event_port_preschedule_set(port, DLB_PRESCHEDULE_NONE);
	case RTE_EVENT_PRESCHEDULE:
		return dlb_event_port_preschedule_set(port, DLB_PRESCHEDULE_ALWAYS);
	case RTE_EVENT_PRESCHEDULE_ADAPTIVE:
		return dlb_event_port_preschedule_set(port, DLB_PRESCHEDULE_ADAPTIVE);
	default:
		return -EINVAL;
	}
}

static inline void
dlb_preschedule_op(void *port, enum rte_event_dev_preschedule_type type)
{
	if (type != RTE_EVENT_PRESCHEDULE_NONE)
		dlb_event_port_preschedule(port, type == RTE_EVENT_PRESCHEDULE_ADAPTIVE);
}
#endif

/* Calls of the data path that newer releases have. */
static inline void
dlb_new_port_ops_set(struct rte_eventdev *dev)
{
#if DLB_DPDK_SINCE(24, 11)
	dev->preschedule_modify = dlb_preschedule_modify_op;
	dev->preschedule = dlb_preschedule_op;
#endif
#if DLB_DPDK_SINCE(23, 11)
	dev->profile_switch = dlb_event_port_profile_switch;
#else
	RTE_SET_USED(dev);
#endif
}

/* Single events have functions of their own up to 24.07; later the library makes bursts of them. */
static inline void
dlb_single_event_ops_set(struct rte_eventdev *dev, const struct dlb_hot_ops *hot)
{
#if DLB_DPDK_SINCE(24, 11)
	RTE_SET_USED(dev);
	RTE_SET_USED(hot);
#else
	dev->enqueue = hot->enqueue;
	dev->dequeue = hot->dequeue;
#endif
}

#if DLB_DPDK_SINCE(23, 7)
typedef uint32_t dlb_thread_result;
#else
typedef void *dlb_thread_result;
#endif

/* A thread that keeps off the cores of the application. End it with rte_thread_join(). */
static inline int
dlb_control_thread_create(rte_thread_t *thread, const char *name,
			  dlb_thread_result (*run)(void *arg), void *arg)
{
#if DLB_DPDK_SINCE(23, 7)
	return rte_thread_create_control(thread, name, run, arg);
#else
	return rte_ctrl_thread_create((pthread_t *)&thread->opaque_id, name, NULL, run, arg);
#endif
}

#if !DLB_DPDK_SINCE(23, 3)
#define RTE_TEL_UINT_VAL RTE_TEL_U64_VAL

static inline int
rte_tel_data_add_dict_uint(struct rte_tel_data *data, const char *name, uint64_t value)
{
	return rte_tel_data_add_dict_u64(data, name, value);
}

static inline int
rte_tel_data_add_array_uint(struct rte_tel_data *data, uint64_t value)
{
	return rte_tel_data_add_array_u64(data, value);
}
#endif

#endif /* DLB_EVDEV_DPDK_RELEASE_H */
