/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a DLB is, for everybody who talks to one: generations, kinds, limits, BAR layout. The rest of
 * the contract is in dlb_reg.h (registers) and dlb_qe.h (queue entries).
 */
#ifndef DLB_HW_H
#define DLB_HW_H

#include <stdbool.h>
#include <stdint.h>

/* The generation decides offsets and limits; it is known from the PCI device ID alone. */
enum dlb_gen {
	DLB_V2,  /* 2.0 */
	DLB_V25, /* 2.5 */
	DLB_GEN_COUNT
};

enum dlb_kind {
	DLB_LDB, /* load-balanced: a queue feeds up to 64 ports, a port serves up to 8 queues */
	DLB_DIR, /* directed: queue n feeds port n, and nothing else does */
	DLB_KIND_COUNT
};

/* Schedule type of a QE: two bits of byte 11. */
enum dlb_sched {
	DLB_SCHED_ATOMIC,
	DLB_SCHED_UNORDERED,
	DLB_SCHED_ORDERED,
	DLB_SCHED_DIRECTED,
};

#define DLB_PCI_VENDOR 0x8086
#define DLB_PCI_DEVICE_V2 0x2710
#define DLB_PCI_DEVICE_V25 0x2714

#define DLB_DOMAINS 32
#define DLB_LDB_QUEUES 32
#define DLB_LDB_PORTS 64
#define DLB_DIR_PORTS_MAX 96 /* of any generation; see dlb_limits.ports */
#define DLB_PORTS_MAX 96
#define DLB_QUEUES_MAX 96
#define DLB_CREDITS_MAX 16384

#define DLB_COS_COUNT 4 /* classes of service; the class of LDB port p is p / 16 */
#define DLB_COS_PORTS 16

#define DLB_CQ_SLOTS 8 /* queues that one LDB CQ can serve */
#define DLB_CQ_DEPTH_MIN 1
#define DLB_CQ_DEPTH_MAX 1024
#define DLB_CQ_RING_MIN 8 /* smallest ring; shallower CQs withhold tokens */
#define DLB_CQ_ALIGN 64   /* bytes */

#define DLB_HIST_ENTRIES 2048
#define DLB_AQED_ENTRIES 2048
#define DLB_QID_INFLIGHTS_MAX 2048
#define DLB_DEPTH_THRESHOLD_MAX 8191

#define DLB_SN_GROUPS 2
#define DLB_SN_PER_GROUP 1024
#define DLB_SN_MIN 64 /* sequence numbers of a queue in mode 0; each mode doubles them */
#define DLB_SN_MODES 5
#define DLB_SN_SLOTS_MAX 16

/* MSI-X, packed mode: vector 0 is for alarms, CQ interrupt v is vector v + 1. */
#define DLB_ALARM_VECTOR 0
#define DLB_CQ_VECTORS 64
#define DLB_CQ_VECTOR_FIRST 1
#define DLB_VECTORS (DLB_CQ_VECTOR_FIRST + DLB_CQ_VECTORS)

#define DLB_PRIORITIES 8
#define DLB_BINS 4 /* priorities 2b and 2b + 1 share bin b */

/* BAR 0: one page per producer port. The stride is the device's, whatever the CPU's page size. */
#define DLB_PP_STRIDE 0x1000u
#define DLB_FUNC_BAR_BYTES 0x4000000ull
#define DLB_CSR_BAR_BYTES 0x100000000ull

/* What differs between the generations and is not a register offset. */
struct dlb_limits {
	const char *name; /* as users write it: "2.0", "2.5" */
	uint16_t pci_device;
	uint16_t ports[DLB_KIND_COUNT]; /* LDB ports; directed port/queue pairs */
	uint16_t queues[DLB_KIND_COUNT];
	uint16_t credits[DLB_KIND_COUNT]; /* QE storage; a shared pool stands in DLB_LDB */
	bool has_shared_credits;          /* one pool serves both kinds */
	bool has_cq_weight;
	bool has_inflight_threshold;
};

extern const struct dlb_limits dlb_limits[DLB_GEN_COUNT];
extern const uint32_t dlb_pp_base[DLB_KIND_COUNT]; /* of the first producer-port page, in BAR 0 */

/* The credit pool that a QE for a queue of this kind draws on. */
static inline enum dlb_kind
dlb_credit_pool(enum dlb_gen gen, enum dlb_kind kind)
{
	return dlb_limits[gen].has_shared_credits ? DLB_LDB : kind;
}

/* Entries of the ring behind a CQ of this depth. */
static inline uint32_t
dlb_cq_ring(uint32_t depth)
{
	return depth < DLB_CQ_RING_MIN ? DLB_CQ_RING_MIN : depth;
}

/* Token depth select of a CQ: the ring has 4 << select entries. */
static inline uint32_t
dlb_cq_depth_select(uint32_t depth)
{
	return (uint32_t)__builtin_ctz(dlb_cq_ring(depth)) - 2;
}

/* Sequence numbers per queue, and queues per group, in a mode of a sequence-number group. */
static inline uint32_t
dlb_sn_per_queue(uint32_t mode)
{
	return DLB_SN_MIN << mode;
}

static inline uint32_t
dlb_sn_slots(uint32_t mode)
{
	return DLB_SN_PER_GROUP / dlb_sn_per_queue(mode);
}

#endif /* DLB_HW_H */
