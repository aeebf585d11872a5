/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device arguments: what stands behind the device's name in --vdev, or behind its address in --allow. Our
 * own, and those of the public DLB driver by the names that it and its guide give them.
 */
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
enum dlb_bus_type { DLB_BUS_VDEV, DLB_BUS_PCI, DLB_BUS_SHARED /* another device's function */ };

#define DLB_ARG_QUEUES 128 /* event queues that an argument can name */
#define DLB_ARG_PORTS 160  /* event ports */
#define DLB_ARG_NAME_BYTES 64

struct dlb_devargs {
	char shares
		[DLB_ARG_NAME_BYTES]; /* event device whose function it is on; empty: one of its own */
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
	bool register_write; /* for experiments */
	/* Of the public driver. 0: not given. */
	uint32_t max_events;       /* most that nb_events_limit may be */
	uint32_t directed_credits; /* 2.0 */
	uint32_t max_cq_depth, max_enqueue_depth;
	uint32_t credit_quanta; /* credits that a port keeps ready, at most */
	int numa_node;          /* -1: where the device is */
	bool vectors;           /* the data path may use what the CPU has */
	bool spread_ports;
	uint8_t cos_bandwidth[DLB_COS_COUNT];
	uint16_t depth_threshold[DLB_ARG_QUEUES];
	uint16_t cq_weight[DLB_ARG_PORTS];
	uint16_t port_cos[DLB_ARG_PORTS]; /* the class and 1 */
};

#define DLB_ARG_LAG_MAX 4096
#define DLB_ARG_CHOICES_MAX 63

/* As dpdk-pmdinfo lists them. Test aids are in the guide, and in no list that users see. */
#define DLB_ARGS_HELP_ALL                                                                 \
	"wake_depth=<0-1024> answers=any|in_order max_num_events=<1-16384> "              \
	"num_dir_credits=<1-4096> max_cq_depth=<32-1024> max_enqueue_depth=<32-1024> "    \
	"sw_credit_quanta=<1-1024> numa_node=<0-31> vector_opts_enabled=y|n "             \
	"port_cos=<ports:0-3> cq_weight=<ports:1-1024> qid_depth_thresh=<queues:1-8191> " \
	"default_depth_thresh=<1-8191>"
#define DLB_ARGS_HELP_BOTH \
	"cq_mode=dense|sparse default_port_allocation=y|n cos_bw=<a:b:c:d> " DLB_ARGS_HELP_ALL
#define DLB_ARGS_HELP_VDEV \
	"shares=<event device> hw=2.0|2.5 sched=inline|service|thread lint=0|1 " DLB_ARGS_HELP_BOTH
#define DLB_ARGS_HELP_SHARED "shares=<event device> " DLB_ARGS_HELP_ALL
#define DLB_ARGS_HELP_PCI "plain_stores=0|1 " DLB_ARGS_HELP_BOTH

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
