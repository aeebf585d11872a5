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

#include "hot.h"

#define DLB_DPDK_SINCE(year, month) (RTE_VERSION >= RTE_VERSION_NUM(year, month, 0, 0))

/* Before 24.03, every device was taken to have these. */
#if DLB_DPDK_SINCE(24, 3)
#define DLB_CAP_SCHED_TYPES \
	(RTE_EVENT_DEV_CAP_ATOMIC | RTE_EVENT_DEV_CAP_ORDERED | RTE_EVENT_DEV_CAP_PARALLEL)
#else
#define DLB_CAP_SCHED_TYPES 0
#endif

/* Link profiles came with 23.11, and every port has had one since. */
static inline void
dlb_info_profiles_set(struct rte_event_dev_info *info)
{
#if DLB_DPDK_SINCE(23, 11)
	info->max_profiles_per_port = 1;
#else
	RTE_SET_USED(info);
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
