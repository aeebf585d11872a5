/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The judge of dpdk-dlb-perf sees what a device does wrong, and nothing else. A row is what ports take
 * from a device, event by event, and the verdict.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <rte_common.h>

#include "judge.h"

#define FLOWS 2
#define TOTAL 4
#define SIGHTS_MAX 8

/* A port takes an event; or, where it says so, all ports have sent theirs on. */
struct sight {
	enum { END, TAKE, TURN } what;
	uint8_t port;
	uint8_t queue;
	uint32_t flow;
	uint64_t number;
};

#define SEE(port, queue, flow, number)          \
	{                                       \
		TAKE, port, queue, flow, number \
	}
#define PASS         \
	{            \
		TURN \
	}

static const struct row {
	const char *name;
	uint32_t stages;
	enum cell_type type;
	bool has_sink;
	uint64_t produced;
	struct sight sights[SIGHTS_MAX];
	enum verdict verdict;
	uint64_t number; /* that it is about */
} rows[] = {
	{ "one stage", 1, CELL_ATOMIC, false, 2, { SEE(0, 0, 0, 0), SEE(1, 0, 1, 1) } },
	{ "flows overtake each other",
	  1,
	  CELL_ATOMIC,
	  false,
	  2,
	  { SEE(0, 0, 1, 1), SEE(0, 0, 0, 0) } },
	{ "a flow moves after all was sent on",
	  1,
	  CELL_ATOMIC,
	  false,
	  3,
	  { SEE(0, 0, 0, 0), SEE(0, 0, 1, 1), PASS, SEE(1, 0, 0, 2) } },
	{ "two stages", 2, CELL_ATOMIC, false, 1, { SEE(0, 0, 0, 0), PASS, SEE(0, 1, 0, 0) } },
	{ "lost before the first stage",
	  1,
	  CELL_ATOMIC,
	  false,
	  2,
	  { SEE(0, 0, 0, 0) },
	  VERDICT_LOST,
	  1 },
	{ "lost between the stages",
	  2,
	  CELL_ATOMIC,
	  false,
	  1,
	  { SEE(0, 0, 0, 0) },
	  VERDICT_LOST,
	  0 },
	{ "twice in a stage",
	  2,
	  CELL_ATOMIC,
	  false,
	  1,
	  { SEE(0, 0, 0, 0), PASS, SEE(0, 0, 0, 0) },
	  VERDICT_TWICE,
	  0 },
	{ "a stage skipped", 2, CELL_PARALLEL, false, 1, { SEE(0, 1, 0, 0) }, VERDICT_TWICE, 0 },
	{ "a queue that is no stage",
	  1,
	  CELL_PARALLEL,
	  false,
	  1,
	  { SEE(0, 1, 0, 0) },
	  VERDICT_TWICE,
	  0 },
	{ "never made",
	  1,
	  CELL_PARALLEL,
	  false,
	  1,
	  { SEE(0, 0, 0, TOTAL) },
	  VERDICT_UNKNOWN,
	  TOTAL },
	{ "another flow", 1, CELL_ATOMIC, false, 1, { SEE(0, 0, 1, 0) }, VERDICT_FLOW, 0 },
	{ "another flow, where a device may choose",
	  1,
	  CELL_PARALLEL,
	  false,
	  1,
	  { SEE(0, 0, 1, 0) } },
	{ "overtaken in a flow",
	  1,
	  CELL_ATOMIC,
	  false,
	  3,
	  { SEE(0, 0, 0, 2), SEE(0, 0, 0, 0), SEE(0, 0, 1, 1) },
	  VERDICT_ORDER,
	  0 },
	{ "a flow with two ports",
	  1,
	  CELL_ATOMIC,
	  false,
	  3,
	  { SEE(0, 0, 0, 0), SEE(0, 0, 1, 1), SEE(1, 0, 0, 2) },
	  VERDICT_SHARED,
	  2 },
	{ "a flow with two ports, unordered",
	  1,
	  CELL_PARALLEL,
	  false,
	  3,
	  { SEE(0, 0, 0, 0), SEE(0, 0, 1, 1), SEE(1, 0, 0, 2) } },
	{ "ordered events overtake each other among ports",
	  1,
	  CELL_ORDERED,
	  true,
	  3,
	  { SEE(0, 0, 0, 2), SEE(1, 0, 0, 0), SEE(1, 0, 1, 1), PASS, SEE(0, 1, 0, 0),
	    SEE(0, 1, 1, 1), SEE(0, 1, 0, 2) } },
	{ "order is not restored",
	  1,
	  CELL_ORDERED,
	  true,
	  3,
	  { SEE(0, 0, 0, 0), SEE(1, 0, 1, 1), SEE(1, 0, 0, 2), PASS, SEE(0, 1, 0, 2),
	    SEE(0, 1, 0, 0), SEE(0, 1, 1, 1) },
	  VERDICT_ORDER,
	  0 },
	{ "after a parallel stage there is no order",
	  2,
	  CELL_PARALLEL,
	  true,
	  3,
	  { SEE(0, 0, 0, 0), SEE(0, 0, 1, 1), SEE(0, 0, 0, 2), PASS, SEE(0, 1, 0, 2),
	    SEE(0, 1, 1, 1), SEE(0, 1, 0, 0) },
	  VERDICT_LOST,
	  0 },
};

static void
show(struct judge *judge, const struct sight *sight)
{
	struct rte_event ev = {
		.queue_id = sight->queue,
		.flow_id = sight->flow,
		.u64 = sight->number,
	};

	if (sight->what == TURN)
		judge_turn(judge);
	else
		judge_see(judge, sight->port, &ev);
}

static void
verdicts(void **state)
{
	const struct row *row;
	struct judge judge;
	uint32_t i;

	(void)state;
	for (row = rows; row < &rows[RTE_DIM(rows)]; row++) {
		struct cell cell = { .has_sink = row->has_sink };

		cell.value[DIM_STAGES] = row->stages;
		cell.value[DIM_TYPE] = row->type;
		cell.value[DIM_FLOWS] = FLOWS;
		assert_int_equal(judge_create(&judge, &cell, TOTAL), 0);
		for (i = 0; i < SIGHTS_MAX && row->sights[i].what != END; i++)
			show(&judge, &row->sights[i]);
		judge_end(&judge, row->produced);
		if (judge.verdict != row->verdict || judge.number != row->number)
			fail_msg("%s: event %lu %s", row->name, (unsigned long)judge.number,
				 verdict_words[judge.verdict]);
		judge_destroy(&judge);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(verdicts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
