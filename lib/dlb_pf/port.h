/* SPDX-License-Identifier: BSD-3-Clause */
/* Port: a producer port and a consumer queue of one number, load-balanced or directed. */
#ifndef PF_PORT_H
#define PF_PORT_H

#include "domain.h"
#include "queue.h"

enum pf_link_state {
	PF_UNLINKED,
	PF_LINKING, /* waits for the queue's inflight QEs; the hardware knows nothing of it */
	PF_LINKED,
	PF_UNLINKING, /* waits for the CQ's inflight QEs; the hardware still has it, the CQ is off
		       */
};

struct pf_slot {
	enum pf_link_state state;
	struct dlb_queue *queue;
	uint32_t priority;
};

struct dlb_port {
	struct dlb_domain *domain;
	enum dlb_kind kind;
	uint32_t id;
	void *pp;
	struct dlb_dma cq;
	uint32_t cq_depth;
	uint32_t token_base; /* tokens that a shallow CQ never gets, so that its ring is not filled
			      */
	bool enabled;        /* as its owner wants it */
	bool cq_on;          /* as the hardware has it */
	/* Load-balanced ports only. */
	uint32_t hist_base, hist_entries;
	bool has_threshold;
	uint32_t unlinking; /* slots in that state; while there are any the CQ is off */
	struct pf_slot slots[DLB_CQ_SLOTS];
	uint32_t cq2priov, cq2qid[2]; /* as the registers are */
};

/** Write whether the device may schedule to the CQ, if that changes. In effect after a flush. */
void pf_port_cq_set(struct dlb_port *port, bool on);

/** The same, as the port's owner and its links want it. */
void pf_port_cq_update(struct dlb_port *port);

/** QEs scheduled and not completed; 0 for a directed port. */
uint32_t pf_port_inflights(const struct dlb_port *port);

/** Tokens scheduled and not popped. */
uint32_t pf_port_tokens(const struct dlb_port *port);

/** Switch off what would interrupt or check a drain. */
void pf_port_quiesce(const struct dlb_port *port);

/** Drop all that the producer port gets from now on. */
void pf_port_invalidate(const struct dlb_port *port);

/** Return its registers to reset. */
void pf_port_reset(struct dlb_port *port);

/** Free its CQ, to which the device must not write any more. */
void pf_port_free(struct dlb_port *port);

#endif /* PF_PORT_H */
