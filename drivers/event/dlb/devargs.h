/* SPDX-License-Identifier: BSD-3-Clause */
/* Device arguments: what stands behind the device's name in --vdev. */
#ifndef DLB_EVDEV_DEVARGS_H
#define DLB_EVDEV_DEVARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "dlb_hw.h"
#include "dlb_qe.h"

/* Where the scheduler of an embedded device runs. */
enum dlb_sched_mode {
	DLB_SCHED_INLINE,  /* whoever polls an empty CQ, or meets a full producer port */
	DLB_SCHED_SERVICE, /* an rte_service */
	DLB_SCHED_THREAD,  /* a thread of its own */
};

/* In which order an application forwards and releases what a port got. */
enum dlb_answers { DLB_ANSWERS_ANY, DLB_ANSWERS_IN_ORDER };

/* How a device was found; not every argument suits both. */
enum dlb_bus_type { DLB_BUS_VDEV, DLB_BUS_PCI };

struct dlb_devargs {
	enum dlb_gen gen;
	enum dlb_sched_mode sched;
	enum dlb_cq_mode cq_mode;
	enum dlb_answers answers;
	bool lint;
	bool plain_stores; /* PCI: write lines with ordinary stores, where there is no MOVDIR64B */
	uint32_t wake_depth; /* events that wake a sleeping port at once; 0: ports do not sleep */
	/* Test aids, members of the model's configuration by the same names. */
	uint32_t seed, lag, choices;
	bool noise, relaxed, strict;
};

#define DLB_ARG_HW "hw"
#define DLB_ARG_SCHED "sched"
#define DLB_ARG_CQ_MODE "cq_mode"
#define DLB_ARG_LINT "lint"
#define DLB_ARG_WAKE_DEPTH "wake_depth"
#define DLB_ARG_PLAIN_STORES "plain_stores"
#define DLB_ARG_ANSWERS "answers"
/* Test aids of an embedded device: in the guide, and in no list that users see. */
#define DLB_ARG_SEED "seed"
#define DLB_ARG_LAG "lag"
#define DLB_ARG_LAG_MAX 4096
#define DLB_ARG_CHOICES "choices"
#define DLB_ARG_CHOICES_MAX 63
#define DLB_ARG_NOISE "noise"
#define DLB_ARG_RELAXED "relaxed"
#define DLB_ARG_STRICT "strict"

/* As dpdk-pmdinfo lists them. */
#define DLB_ARGS_HELP_VDEV                                                             \
	DLB_ARG_HW "=2.0|2.5 " DLB_ARG_SCHED "=inline|service|thread " DLB_ARG_CQ_MODE \
		   "=dense|sparse " DLB_ARG_LINT "=0|1 " DLB_ARG_WAKE_DEPTH            \
		   "=<0-1024> " DLB_ARG_ANSWERS "=any|in_order"
#define DLB_ARGS_HELP_PCI                                                                     \
	DLB_ARG_CQ_MODE "=dense|sparse " DLB_ARG_WAKE_DEPTH "=<0-1024> " DLB_ARG_PLAIN_STORES \
			"=0|1 " DLB_ARG_ANSWERS "=any|in_order"

/**
 * Read device arguments; what they do not name gets its default.
 *
 * @param name
 *   Of the device, for messages.
 * @return
 *   0, or -EINVAL for an unknown key, a bad value or a key given twice, after one line in the log.
 */
int dlb_devargs_parse(const char *name, const char *text, enum dlb_bus_type bus,
		      struct dlb_devargs *args);

const char *dlb_sched_mode_name(enum dlb_sched_mode mode);

#endif /* DLB_EVDEV_DEVARGS_H */
