/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Queue entries: the 16 bytes that software writes to a producer port, four to a line, and the 16
 * bytes that the device writes to a consumer queue. Little-endian, as the device is.
 */
#ifndef DLB_QE_H
#define DLB_QE_H

#include <stdint.h>

#include "dlb_hw.h"

#define DLB_QES_PER_LINE 4
#define DLB_LINE_BYTES 64

/* Enqueue QE: software to device. */
struct dlb_qe {
	uint64_t data;   /* carried */
	uint16_t opaque; /* carried */
	uint8_t qid;     /* destination queue, of the kind that sched says */
	uint8_t sched;   /* DLB_QE_SCHED | DLB_QE_PRIORITY | DLB_QE_MSG_TYPE */
	/* Flow; of a token pop: tokens - 1; to a directed queue: comes out in qid and sched. */
	uint16_t lock_id;
	uint8_t misc; /* DLB_QE_WEIGHT and bits that stay 0 */
	uint8_t cmd;  /* DLB_CMD_* */
} __attribute__((aligned(16)));

/* Dequeue QE: device to software. */
struct dlb_cqe {
	uint64_t data;
	uint16_t opaque;
	uint8_t qid;   /* source queue; from a directed queue: low byte of the enqueued lock_id */
	uint8_t sched; /* as enqueued; from a directed queue: high byte of the enqueued lock_id */
	uint16_t flow_id; /* the enqueued lock_id; unspecified from a directed queue */
	uint8_t debug;    /* ignore */
	uint8_t flags;    /* DLB_CQE_* */
} __attribute__((aligned(16)));

_Static_assert(sizeof(struct dlb_qe) == 16, "a QE is 16 bytes");
_Static_assert(sizeof(struct dlb_cqe) == 16, "a QE is 16 bytes");

/* The second 64-bit word of either, for code that builds or reads it at once. */
#define DLB_QE_OPAQUE_SHIFT 0
#define DLB_QE_QID_SHIFT 16
#define DLB_QE_SCHED_SHIFT 24
#define DLB_QE_PRIORITY_SHIFT 26
#define DLB_QE_MSG_TYPE_SHIFT 29
#define DLB_QE_LOCK_SHIFT 32
#define DLB_QE_MISC_SHIFT 48
#define DLB_QE_CMD_SHIFT 56

/* Byte 11 of either. */
#define DLB_QE_SCHED 0x03u    /* enum dlb_sched */
#define DLB_QE_PRIORITY 0x1cu /* 0 highest */
#define DLB_QE_MSG_TYPE 0xe0u /* carried */

/* Byte 14 of an enqueue QE. */
#define DLB_QE_WEIGHT 0x06u /* 2.5: the QE counts 1 << code in its CQ's load */

/* Token pop: bits of lock_id that hold the count, less 1. */
#define DLB_QE_POP_COUNT 0x3ffu
#define DLB_QE_POP_MAX 1024

/* Byte 15 of an enqueue QE: four bits, of which not every combination is a command. */
#define DLB_QE_TOKEN 0x01u
#define DLB_QE_COMP 0x02u
#define DLB_QE_FRAG 0x04u
#define DLB_QE_VALID 0x08u

enum dlb_cmd {
	DLB_CMD_NOOP = 0,
	DLB_CMD_POP = DLB_QE_TOKEN,                   /* return lock_id + 1 tokens */
	DLB_CMD_REL = DLB_QE_COMP,                    /* complete the oldest outstanding QE */
	DLB_CMD_REL_POP = DLB_QE_COMP | DLB_QE_TOKEN, /* and return lock_id + 1 tokens */
	DLB_CMD_ARM = DLB_QE_FRAG | DLB_QE_TOKEN,     /* arm the CQ interrupt */
	DLB_CMD_NEW = DLB_QE_VALID,
	DLB_CMD_NEW_T = DLB_QE_VALID | DLB_QE_TOKEN, /* and return one token */
	DLB_CMD_FWD = DLB_QE_VALID | DLB_QE_COMP,
	DLB_CMD_FWD_T = DLB_QE_VALID | DLB_QE_COMP | DLB_QE_TOKEN,
	DLB_CMD_FRAG = DLB_QE_VALID | DLB_QE_FRAG,
	DLB_CMD_FRAG_T = DLB_QE_VALID | DLB_QE_FRAG | DLB_QE_TOKEN,
};

/* Byte 15 of a dequeue QE. */
#define DLB_CQE_GEN 0x01u
#define DLB_CQE_DEPTH 0x06u /* how full the queue was against its threshold: 50, 75, 100 %, more */
#define DLB_CQE_ERROR 0x20u

static inline uint8_t
dlb_qe_sched(enum dlb_sched type, uint32_t priority, uint32_t msg_type)
{
	return (uint8_t)(type | priority << 2 | msg_type << 5);
}

static inline enum dlb_sched
dlb_qe_sched_type(uint8_t sched)
{
	return (enum dlb_sched)(sched & DLB_QE_SCHED);
}

static inline uint32_t
dlb_qe_priority(uint8_t sched)
{
	return (sched & DLB_QE_PRIORITY) >> 2;
}

/* A QE that returns tokens, 1 to DLB_QE_POP_MAX. Never for none: the field would say 1024. */
static inline struct dlb_qe
dlb_qe_pop(uint32_t tokens)
{
	return (struct dlb_qe){ .lock_id = (uint16_t)(tokens - 1), .cmd = DLB_CMD_POP };
}

/* Lap bit of the entry that a running index (never masked) addresses in a ring of 2^log2_ring. */
static inline uint8_t
dlb_cqe_gen(uint32_t index, uint32_t log2_ring)
{
	return ~(index >> log2_ring) & DLB_CQE_GEN;
}

/* Bytes from one entry of a CQ to the next: four to a line, or each on a line of its own. */
enum dlb_cq_mode { DLB_CQ_DENSE, DLB_CQ_SPARSE };

static inline uint32_t
dlb_cq_stride(enum dlb_cq_mode mode)
{
	return mode == DLB_CQ_SPARSE ? DLB_LINE_BYTES : (uint32_t)sizeof(struct dlb_cqe);
}

#endif /* DLB_QE_H */
