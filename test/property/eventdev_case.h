/* SPDX-License-Identifier: BSD-3-Clause */
/* What a case of the eventdev backend says; see case.h. */
#ifndef EVENTDEV_CASE_H
#define EVENTDEV_CASE_H

#include "case.h"

#define EVENTDEV_QUEUES 14
#define EVENTDEV_PORTS 5

enum queue_type {
	QUEUE_ATOMIC,
	QUEUE_ORDERED,
	QUEUE_PARALLEL,
	QUEUE_ALL,
	QUEUE_DIRECTED,
	QUEUE_TYPES
};

struct eventdev_config {
	uint32_t v25, sparse;
	uint32_t narrow; /* vectors: of 128 << narrow bits, or as wide as the CPU has them */
	uint32_t limit;  /* of events in the system */
	uint32_t stops;  /* end with a stop instead of draining */
	uint32_t nb_queues, nb_ports;
	/* Device arguments: what the model does that it usually does not. */
	uint32_t seed, lag, noise, relaxed, strict, choices;
	struct eventdev_queue {
		uint32_t type;
		uint32_t sequences;
	} queues[EVENTDEV_QUEUES];
	struct eventdev_port {
		uint32_t dequeue_depth, threshold, releases;
		uint32_t links; /* bit q: queue q */
	} ports[EVENTDEV_PORTS];
};

_Static_assert(sizeof(struct eventdev_config) <= CASE_CONFIG_WORDS * sizeof(uint32_t),
	       "a configuration fits into a case");

enum eventdev_op {
	EV_NEW,     /* port, queue, events, traffic, how */
	EV_DEQUEUE, /* port, events at most */
	EV_ANSWER,  /* port, queue, events, traffic, how */
	EV_BAD,     /* port, what is wrong */
	EV_LINK,    /* port, queue */
	EV_UNLINK,  /* port, queue */
	EV_RESTART,
	EV_COUNT
};

/* What events of an operation are like. */
struct traffic {
	uint32_t flows : 5; /* less 1 */
	uint32_t flow : 20;
	uint32_t priority : 3;
	uint32_t sched : 2;
};

union traffic_arg {
	uint32_t word;
	struct traffic t;
};

/* How events are sent: which call, and what share of answers is RELEASE, or followed by NEW. */
struct manner {
	uint32_t call : 2;
	uint32_t release : 3; /* of 8 */
	uint32_t insert : 2;  /* of 8 */
	uint32_t shuffle : 1; /* answers not in the order of dequeuing, but within each flow */
	uint32_t noise : 24;
};

union manner_arg {
	uint32_t word;
	struct manner m;
};

static inline const struct eventdev_config *
eventdev_config(const struct test_case *c)
{
	return (const struct eventdev_config *)c->config;
}

void eventdev_run(const struct test_case *c, struct verdict *v);
/* Put away the devices of all configurations, and EAL. */
void eventdev_finish(void);

#endif /* EVENTDEV_CASE_H */
