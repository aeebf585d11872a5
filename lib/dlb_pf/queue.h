/* SPDX-License-Identifier: BSD-3-Clause */
/* Queue, load-balanced or directed. */
#ifndef PF_QUEUE_H
#define PF_QUEUE_H

#include "domain.h"
#include "sequence.h"

#define PF_CQS_PER_GROUP 4 /* that share a word of the tables from queue to CQ */
#define PF_CQ_GROUPS (DLB_LDB_PORTS / PF_CQS_PER_GROUP)

struct dlb_queue {
	struct dlb_domain *domain;
	enum dlb_kind kind;
	uint32_t id;
	/* Load-balanced queues only. */
	uint32_t inflights;
	bool has_sn_slot;
	struct pf_sn_slot sn_slot;
	uint32_t links, linking;      /* in effect; waiting, and then the queue is paused */
	uint32_t cqidx[PF_CQ_GROUPS]; /* as LSP_QID2CQIDIX and its two copies are */
};

/** QEs stored and not scheduled. */
uint32_t pf_queue_depth(const struct dlb_queue *queue);

/** QEs scheduled and not completed. */
uint32_t pf_queue_inflights(const struct dlb_queue *queue);

/** Let the domain's ports enqueue to it, or let them no more. */
void pf_queue_open(const struct dlb_queue *queue, bool open);

/** Return the registers of a queue without links to reset. */
void pf_queue_reset(const struct dlb_queue *queue);

#endif /* PF_QUEUE_H */
