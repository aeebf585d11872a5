/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether a device keeps what it promises. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

const char *const verdict_words[VERDICT_COUNT] = {
	[VERDICT_GOOD] = "is as it should be",
	[VERDICT_LOST] = "is lost",
	[VERDICT_TWICE] = "came to a stage twice, or to the wrong one",
	[VERDICT_UNKNOWN] = "came, and was never made",
	[VERDICT_FLOW] = "came with another flow",
	[VERDICT_ORDER] = "was overtaken in its flow",
	[VERDICT_SHARED] = "came to a port while another one held its atomic flow",
};

int
judge_create(struct judge *j, const struct cell *cell, uint64_t total)
{
	uint32_t stages = cell_queues(cell);
	bool in_order = true;
	uint32_t s;

	memset(j, 0, sizeof(*j));
	j->cell = cell;
	j->total = total;
	j->flows = cell->value[DIM_FLOWS];
	j->turn = 1;
	for (s = 0; s < stages; s++) {
		uint8_t type = cell_stage_type(cell, s);

		j->in_order[s] = in_order && type == RTE_SCHED_TYPE_ATOMIC;
		in_order = in_order && type != RTE_SCHED_TYPE_PARALLEL;
	}
	j->passed = calloc(total, sizeof(*j->passed));
	j->next = calloc((size_t)stages * j->flows, sizeof(*j->next));
	j->holder = calloc((size_t)stages * j->flows, sizeof(*j->holder));
	if (j->passed != NULL && j->next != NULL && j->holder != NULL)
		return 0;
	judge_destroy(j);
	return -ENOMEM;
}

static enum verdict
judge_event(struct judge *j, uint8_t port, const struct rte_event *ev)
{
	uint32_t stage = ev->queue_id;
	uint32_t flow = ev->flow_id;
	uint64_t holder = (uint64_t)j->turn << 8 | port;
	uint64_t *next, *held;

	if (ev->u64 >= j->total)
		return VERDICT_UNKNOWN;
	if (stage >= cell_queues(j->cell) || j->passed[ev->u64] != stage)
		return VERDICT_TWICE;
	j->passed[ev->u64]++;
	/* event_dsw spreads parallel events by giving them other flows. */
	if (cell_stage_type(j->cell, stage) == RTE_SCHED_TYPE_PARALLEL)
		return VERDICT_GOOD;
	if (flow != ev->u64 % j->flows)
		return VERDICT_FLOW;
	if (cell_stage_type(j->cell, stage) != RTE_SCHED_TYPE_ATOMIC)
		return VERDICT_GOOD;

	held = &j->holder[(size_t)stage * j->flows + flow];
	if (*held >> 8 == j->turn && *held != holder)
		return VERDICT_SHARED;
	*held = holder;
	next = &j->next[(size_t)stage * j->flows + flow];
	if (j->in_order[stage] && ev->u64 < *next)
		return VERDICT_ORDER;
	*next = ev->u64 + 1;
	return VERDICT_GOOD;
}

static void
judge_say(struct judge *j, enum verdict verdict, uint64_t number, uint32_t stage)
{
	if (verdict == VERDICT_GOOD || j->verdict != VERDICT_GOOD)
		return;
	j->verdict = verdict;
	j->number = number;
	j->stage = stage;
}

void
judge_see(struct judge *j, uint8_t port, const struct rte_event *ev)
{
	judge_say(j, judge_event(j, port, ev), ev->u64, ev->queue_id);
}

void
judge_turn(struct judge *j)
{
	j->turn++;
}

void
judge_end(struct judge *j, uint64_t produced)
{
	uint64_t number;

	for (number = 0; number < produced; number++)
		if (j->passed[number] != cell_queues(j->cell))
			judge_say(j, VERDICT_LOST, number, j->passed[number]);
}

void
judge_destroy(struct judge *j)
{
	free(j->passed);
	free(j->next);
	free(j->holder);
	j->passed = NULL;
	j->next = NULL;
	j->holder = NULL;
}
