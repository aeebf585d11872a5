/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Judge: sees every event that a worker takes, and says whether the device keeps what it promises.
 * Nothing is lost, nothing comes twice, nothing changes; a flow of an atomic stage is with one port at a
 * time; and the flows of an atomic stage are in order, if all stages before it keep order.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_eventdev.h>

#include "cell.h"

enum verdict {
	VERDICT_GOOD,
	VERDICT_LOST,
	VERDICT_TWICE, /* or in a stage that it has passed, or has not reached */
	VERDICT_UNKNOWN,
	VERDICT_FLOW,
	VERDICT_ORDER,
	VERDICT_SHARED,
	VERDICT_COUNT
};

extern const char *const verdict_words[VERDICT_COUNT];

struct judge {
	const struct cell *cell;
	uint64_t total;
	uint32_t flows;
	uint32_t turn;
	bool in_order[STAGES_MAX + 1]; /* stages in which order can be seen */
	uint8_t *passed;               /* stages, of each event */
	uint64_t *next;                /* of each stage and flow: the least number that may come */
	uint64_t *holder;              /* of each stage and flow: turn and port */
	enum verdict verdict;          /* the first that is not good */
	uint64_t number;               /* of the event it is about */
	uint32_t stage;
};

/** Returns 0 or -ENOMEM. Events are numbered from 0 to total - 1; number n has flow n % flows. */
int judge_create(struct judge *judge, const struct cell *cell, uint64_t total);

/** A port took an event. */
void judge_see(struct judge *judge, uint8_t port, const struct rte_event *ev);

/** Nobody holds any event now. */
void judge_turn(struct judge *judge);

/** All that went in has had time to come out. */
void judge_end(struct judge *judge, uint64_t produced);

void judge_destroy(struct judge *judge);

#endif /* JUDGE_H */
