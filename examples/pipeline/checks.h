/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the device promises, watched while events run: no two workers are in the same flow of an atomic
 * stage, events of a flow come out in order if no stage is parallel, and each comes out once.
 */
#ifndef CHECKS_H
#define CHECKS_H

#include <stdbool.h>
#include <stdint.h>

struct checks {
	uint32_t nb_flows;
	const uint8_t *types;
	bool keeps_order;
	uint8_t *inside; /* of each stage and flow: somebody is */
	uint32_t *next;  /* of each flow: the number to come out */
	uint64_t finished, out_of_order, not_alone;
};

/* types: RTE_SCHED_TYPE_* of each stage; must outlive the checks. Returns 0 or -ENOMEM. */
int checks_create(struct checks *c, uint32_t stages, uint32_t flows, const uint8_t *types);
void checks_destroy(struct checks *c);

/* What an event carries. */
uint64_t checks_mark(uint32_t flow, uint32_t number);

void checks_enter(struct checks *c, uint8_t stage, uint64_t mark);
void checks_leave(struct checks *c, uint8_t stage, uint64_t mark);
/* alone: nobody else can be in the same call for the same flow, so that order can be seen. */
void checks_finish(struct checks *c, uint64_t mark, bool alone);

/* Print the verdict. Returns 0, or -EIO when a promise was broken. */
int checks_report(const struct checks *c, uint64_t events, uint64_t flushed);

#endif /* CHECKS_H */
