/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What producer and workers of dpdk-dlb-perf do to events, and that their counts tell when something is
 * missing, or came twice.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <rte_common.h>

#include "pipeline.h"

static const struct device device = { .name = "none" };

static struct cell
cell_of(uint32_t stages, enum cell_type type, uint32_t flows, uint32_t priorities)
{
	struct cell cell = { 0 };

	cell.value[DIM_STAGES] = stages;
	cell.value[DIM_WORKERS] = 2;
	cell.value[DIM_TYPE] = type;
	cell.value[DIM_BURST] = 8;
	cell.value[DIM_FLOWS] = flows;
	cell.value[DIM_WINDOW] = 64;
	cell.value[DIM_PRIORITIES] = priorities;
	return cell;
}

static void
counts_that_disagree_are_noticed(void **state)
{
	static const struct {
		const char *name;
		uint64_t produced, released[2], sum[2];
		int want;
	} rows[] = {
		{ "all came", 4, { 1, 3 }, { 2, 0 + 1 + 3 }, 0 },
		{ "one worker has all", 4, { 4, 0 }, { 6, 0 }, 0 },
		{ "one is lost", 4, { 1, 2 }, { 0, 1 + 3 }, -EBADMSG },
		{ "one came twice", 4, { 2, 3 }, { 2 + 2, 0 + 1 + 3 }, -EBADMSG },
		{ "one for another", 4, { 1, 3 }, { 2, 0 + 1 + 2 }, -EBADMSG },
		{ "nothing came", 4, { 0, 0 }, { 0, 0 }, -EBADMSG },
	};
	const struct cell cell = cell_of(1, CELL_ATOMIC, 16, 1);
	const struct trial trial = { &device, &cell, 1000 };
	struct pipeline p;
	uint32_t i, w;

	(void)state;
	for (i = 0; i < RTE_DIM(rows); i++) {
		pipeline_init(&p, &trial);
		p.producer.produced = rows[i].produced;
		for (w = 0; w < p.nb_workers; w++) {
			p.workers[w].released = rows[i].released[w];
			p.workers[w].sum = rows[i].sum[w];
		}
		if (pipeline_check(&p) != rows[i].want)
			fail_msg("%s", rows[i].name);
	}
}

/* Events that a device refuses are made again: flow and priority go with the number. */
static void
the_flow_goes_with_the_number(void **state)
{
	const struct cell cell = cell_of(1, CELL_ORDERED, 6, 4);
	struct rte_event ev[8];
	struct producer p;
	uint16_t taken, i;

	(void)state;
	producer_init(&p, &device, &cell, 1000);
	for (taken = 0; taken <= 8; taken++) {
		producer_fill(&p, ev, 8);
		for (i = 0; i < 8; i++) {
			assert_int_equal(ev[i].u64, p.produced + i);
			assert_int_equal(ev[i].flow_id, ev[i].u64 % 6);
			assert_int_equal(ev[i].priority, ev[i].flow_id % 4 * 64);
			assert_int_equal(ev[i].op, RTE_EVENT_OP_NEW);
			assert_int_equal(ev[i].sched_type, RTE_SCHED_TYPE_ORDERED);
			assert_int_equal(ev[i].queue_id, 0);
		}
		producer_advance(&p, taken);
	}
	assert_int_equal(p.produced, 36);
}

static void
steps_lead_through_all_stages(void **state)
{
	const struct cell cell = cell_of(3, CELL_MIXED, 16, 1);
	const struct rte_event arrived = {
		.flow_id = 0xfffff,
		.sub_event_type = 0xff,
		.event_type = 0xf,
		.priority = 0xff,
		.impl_opaque = 0xff,
		.queue_id = 1,
		.sched_type = RTE_SCHED_TYPE_ATOMIC,
	};
	struct rte_event sent = arrived;
	struct worker w;

	(void)state;
	worker_init(&w, &device, &cell, 0);
	sent.event = (sent.event & ~step_mask()) | w.steps[1].word;
	assert_int_equal(sent.op, RTE_EVENT_OP_FORWARD);
	assert_int_equal(sent.queue_id, 2);
	assert_int_equal(sent.sched_type, RTE_SCHED_TYPE_PARALLEL);
	assert_int_equal(sent.flow_id, arrived.flow_id);
	assert_int_equal(sent.sub_event_type, arrived.sub_event_type);
	assert_int_equal(sent.event_type, arrived.event_type);
	assert_int_equal(sent.priority, arrived.priority);
	assert_int_equal(sent.impl_opaque, arrived.impl_opaque);
	assert_int_equal(w.steps[1].last, 0);
	sent.event = (sent.event & ~step_mask()) | w.steps[2].word;
	assert_int_equal(sent.op, RTE_EVENT_OP_RELEASE);
	assert_true(w.steps[2].last == UINT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_that_disagree_are_noticed),
		cmocka_unit_test(the_flow_goes_with_the_number),
		cmocka_unit_test(steps_lead_through_all_stages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
