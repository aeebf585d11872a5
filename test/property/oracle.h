/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The oracle: a second model of what the device promises (not of how it works), as slow and plain as can
 * be: queues are lists, whatever can be counted is counted again each time it is asked for. It shares
 * nothing with lib/dlb_model but the QE formats. It is told what is written to producer ports and what
 * arrives in consumer queues, and names the invariant that an arrival breaks.
 *
 * QEs must take effect as they are written, and arrivals be told in the order of scheduling.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "dlb_qe.h"
#include "verdict.h"

#define ORACLE_QUEUES 16
#define ORACLE_PORTS 16
#define ORACLE_PARTS 2
#define ORACLE_FRAGMENTS 16

enum oracle_part { PART_NALB, PART_ATOMIC };

struct oracle_queue_conf {
	enum dlb_kind kind;
	uint8_t qid;
	uint8_t types;      /* bit t: takes QEs of schedule type t */
	uint32_t inflights; /* QEs scheduled and not completed */
	uint32_t window;    /* sequence numbers; 0: not ordered */
	uint32_t staged;    /* atomic QEs that may wait for their flow's CQ */
	uint32_t flows;     /* tracked at once */
	uint32_t threshold; /* of the depth code */
	bool hashed;        /* flows may share a lock in a way that the oracle does not know */
};

struct oracle_port_conf {
	enum dlb_kind kind;
	uint32_t depth;
	uint32_t full; /* entries owed for from which on nothing more need come */
	uint32_t hist;
	uint32_t load_limit; /* 0: none */
	bool has_threshold;
	uint32_t threshold;
};

struct oracle_conf {
	uint32_t nb_queues, nb_ports;
	struct oracle_queue_conf queues[ORACLE_QUEUES];
	struct oracle_port_conf ports[ORACLE_PORTS];
	uint32_t credits[DLB_KIND_COUNT];
	bool has_shared_credits;
	bool weightless;  /* QEs with weight code 0 are no load */
	bool staged_long; /* atomic QEs count as staged until they are completed */
};

/* Events by number, in an order that matters. */
struct oracle_list {
	uint32_t *at;
	uint32_t n, size;
};

enum oracle_state {
	EVENT_ATTACHED, /* to the ordered event that it answers, until its turn has come */
	EVENT_STORED,
	EVENT_HELD, /* delivered and not completed */
	EVENT_DONE,
};

#define NO_EVENT UINT32_MAX

struct oracle_event {
	struct dlb_qe qe; /* as enqueued */
	enum oracle_state state;
	uint32_t queue, port; /* where it went in, and through which port */
	uint32_t answers;     /* event that it was an answer to, or NO_EVENT */
	bool answered;        /* an ordered event: completed, but perhaps not its turn */
	bool after_drop;      /* its turn came because the ordered event before was dropped */
	uint64_t delivered_at, done_at; /* 0: not yet */
	uint32_t nb_results;
	uint32_t results[ORACLE_FRAGMENTS + 1];
};

struct oracle_queue {
	struct oracle_queue_conf conf;
	struct oracle_list waiting[ORACLE_PARTS][DLB_BINS];
	struct oracle_list tickets; /* ordered events scheduled, whose turn has not come */
	uint64_t enqueued[ORACLE_PARTS];
};

enum oracle_link { LINK_NONE, LINK_PENDING, LINK_DONE };

struct oracle_port {
	struct oracle_port_conf conf;
	struct oracle_list held; /* oldest first */
	uint64_t delivered;
	uint32_t owed; /* tokens */
	bool enabled, throttled, unlinking;
	enum oracle_link links[ORACLE_QUEUES];
};

struct oracle {
	struct oracle_conf conf;
	struct oracle_queue queues[ORACLE_QUEUES];
	struct oracle_port ports[ORACLE_PORTS];
	uint32_t nb_events, size_events;
	struct oracle_event *events;
	uint32_t credits_used[DLB_KIND_COUNT];
	uint64_t clock;   /* counts deliveries and completions */
	bool has_resumed; /* all consumers go on, see oracle_quiet() */
	uint32_t tag;     /* of this oracle's events, in the upper half of their data */
	struct verdict *verdict;
};

/* Why a QE is refused; datapath.md, "Ingress checks and errors". */
enum oracle_refusal {
	REFUSED_NOT,
	REFUSED_COMMAND,
	REFUSED_QID,
	REFUSED_TYPE,
	REFUSED_TOKENS,
	REFUSED_ENQUEUE,
};

void oracle_create(struct oracle *o, const struct oracle_conf *conf, uint32_t tag,
		   struct verdict *v);
void oracle_destroy(struct oracle *o);

/** The data that the next accepted event must carry. */
uint64_t oracle_next_data(const struct oracle *o);

/* Producer side */
enum oracle_refusal oracle_judge(const struct oracle *o, uint32_t port, const struct dlb_qe *qe);
/** A QE is written. One that oracle_judge() refuses has no effect. */
void oracle_write(struct oracle *o, uint32_t port, const struct dlb_qe *qe);

/* Consumer side */

/** True if the arrival fits what is known; lets a reader of several CQs find the order. */
bool oracle_expects(const struct oracle *o, uint32_t port, const struct dlb_cqe *cqe);
/** A QE has arrived. is_alone: nothing else was scheduled since the last call. */
void oracle_arrive(struct oracle *o, uint32_t port, const struct dlb_cqe *cqe, bool is_alone);

/* Control */
void oracle_link(struct oracle *o, uint32_t port, uint32_t queue, bool started);
void oracle_unlink(struct oracle *o, uint32_t port, uint32_t queue);
/** What the PF layer says is pending for a port. */
void oracle_pending(struct oracle *o, uint32_t port, int links, int unlinks);
void oracle_enable(struct oracle *o, uint32_t port, bool enable);

/**
 * The device says that nothing more can be scheduled: is that so? An event that is left breaks
 *	O5, if it is the result of an ordered event behind one that was dropped;
 *	X4 or X5, if a flow that could be mistaken for its own is held elsewhere;
 *	L4, if all consumers have resumed;
 *	L3, if somebody does not pay for its entries, and L2, if somebody does not complete its QEs;
 *	L1, if nobody is in the way.
 */
void oracle_quiet(struct oracle *o);

/* Counted anew from the lists. */
uint32_t oracle_depth(const struct oracle *o, uint32_t queue, enum oracle_part part);
uint32_t oracle_held(const struct oracle *o, uint32_t queue, enum oracle_part part);
uint32_t oracle_inflight(const struct oracle *o, uint32_t queue);
uint32_t oracle_load(const struct oracle *o, uint32_t port);

#endif /* ORACLE_H */
