/* SPDX-License-Identifier: BSD-3-Clause */
/* What a case of the device backend says; see case.h. */
#ifndef DEVICE_CASE_H
#define DEVICE_CASE_H

#include "case.h"
#include "dlb_hw.h"

#define DEVICE_LDB_QUEUES 6
#define DEVICE_LDB_PORTS 6
#define DEVICE_PAIRS 3 /* directed queues with their ports */

struct device_config {
	uint32_t gen;
	uint32_t sparse[DLB_KIND_COUNT];
	uint32_t batch;  /* QEs scheduled before anybody looks */
	uint32_t audit;  /* compare registers after so many operations */
	uint32_t starve; /* percent of decisions against starvation */
	uint32_t resets; /* end with events everywhere instead of draining */
	uint32_t credits[DLB_KIND_COUNT];
	uint32_t nb_queues, nb_ports, nb_pairs;
	/* Of struct dlb_model_conf: what the device does that it usually does not. */
	uint32_t seed, lag, noise, relaxed, strict, choices;
	struct device_queue {
		uint32_t window; /* sequence numbers; 0: not ordered */
		uint32_t staged; /* 0: not atomic */
		uint32_t inflights, flows, lock_ids, threshold;
	} queues[DEVICE_LDB_QUEUES];
	struct device_port {
		uint32_t log2_depth, hist, load_limit, threshold;
		uint32_t links; /* bit q: queue q */
		uint32_t priorities;
	} ports[DEVICE_LDB_PORTS];
	struct device_pair {
		uint32_t log2_depth, threshold;
	} pairs[DEVICE_PAIRS];
};

_Static_assert(sizeof(struct device_config) <= CASE_CONFIG_WORDS * sizeof(uint32_t),
	       "a configuration fits into a case");

enum device_op {
	OP_LINE,   /* port, four QEs */
	OP_RUN,    /* QEs */
	OP_SERVE,  /* port, QEs: complete that many, pay for all */
	OP_LINK,   /* port, queue, priority */
	OP_UNLINK, /* port, queue */
	OP_POLL,
	OP_ENABLE, /* port, on */
	OP_QUIET,
	OP_COUNT
};

/* A QE in an operation. Everything is modulo what there is, and what would be refused is left out. */
struct device_qe {
	uint32_t cmd : 4;
	uint32_t queue : 5;
	uint32_t type : 2;
	uint32_t priority : 3;
	uint32_t flow : 5;
	uint32_t weight : 2;
	uint32_t count : 6;  /* of tokens */
	uint32_t forced : 1; /* send it even if it will be refused */
};

union device_arg {
	uint32_t word;
	struct device_qe qe;
};

static inline const struct device_config *
device_config(const struct test_case *c)
{
	return (const struct device_config *)c->config;
}

void device_run(const struct test_case *c, struct verdict *v);

#endif /* DEVICE_CASE_H */
