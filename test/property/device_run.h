/* SPDX-License-Identifier: BSD-3-Clause */
/* A device while a case runs on it. */
#ifndef DEVICE_RUN_H
#define DEVICE_RUN_H

#include "device_case.h"
#include "dlb_pf.h"
#include "model_bus.h"
#include "oracle.h"

#define DEVICE_PORTS (DEVICE_LDB_PORTS + DEVICE_PAIRS)
#define DEVICE_QUEUES (DEVICE_LDB_QUEUES + DEVICE_PAIRS)

/* A reader of a CQ, and what it has read. */
struct reader {
	uint64_t index; /* of the next entry; never masked */
	uint32_t log2_ring, stride;
	const uint8_t *ring;
	struct dlb_cqe seen[DLB_CQ_DEPTH_MAX]; /* by slot */
};

struct device_run {
	const struct test_case *c;
	const struct device_config *conf;
	struct verdict *verdict;
	struct model_bus mb;
	struct dlb_device *device;
	struct dlb_domain *domain;
	struct dlb_free_counts free;
	struct dlb_queue *queues[DEVICE_QUEUES];
	struct dlb_port *ports[DEVICE_PORTS];
	struct reader readers[DEVICE_PORTS];
	struct oracle oracle;
	uint32_t nb_queues, nb_ports; /* load-balanced ones first, then pairs */
	uint64_t refused;             /* QEs that the device had to refuse */
	uint32_t writer;              /* port of the last line */
	bool in_transit;              /* there may be lines that have not taken effect */
	uint32_t qid_unknown;         /* a number that no queue of the domain has */
	char log[256];                /* the last line */
};

/* device_setup.c: false after a violation. */
bool device_setup(struct device_run *run);
void device_teardown(struct device_run *run);

/* device_run.c: lines that have been written take effect. */
void device_settle(struct device_run *run);

/* device_audit.c: registers against the oracle's counts. */
void device_audit(struct device_run *run);
void device_audit_empty(struct device_run *run);
void device_audit_ranges(struct device_run *run);
/* The promise that a QE breaks which is not refused: D4, or what its command is about. */
const char *device_refusal_promise(const struct device_run *run, uint32_t port,
				   const struct dlb_qe *qe);
/* The alarm registers after a line of which some QEs were refused; first is the first of these. */
void device_audit_alarm(struct device_run *run, uint32_t port, const struct dlb_qe *first,
			enum oracle_refusal why, uint32_t count);

#endif /* DEVICE_RUN_H */
