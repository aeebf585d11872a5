/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Strict slots: a queue that has work is mapped to one more CQ while its domain runs, with steps
 * of the procedure left out. See programming-model.md, section "Dynamic map".
 */
#include "fixture.h"

#define QUEUE 2
#define DEPTH 16
#define HIST 16
#define EVENTS 4
#define LIMIT 32

/* Steps of the procedure, in its order. */
#define PAUSE 0x01u
#define DISABLE 0x02u
#define HAS_WORK 0x04u
#define OK_CLEAR 0x08u
#define OK_SET 0x10u
#define RESUME 0x20u
#define ALL_STEPS (PAUSE | DISABLE | HAS_WORK | OK_CLEAR | OK_SET | RESUME)

static void
build(struct fixture *f, enum dlb_gen gen, bool strict)
{
	fx_create_aided(f, &(struct dlb_model_conf){ .gen = gen, .strict = strict });
	fx_domain(f, 0, 256, 256);
	fx_ldb_queue(f, 0, QUEUE, &(struct fx_queue){ .aqed = 64, .inflights = LIMIT });
	for (uint32_t cq = 0; cq < 2; cq++)
		fx_ldb_port(f, 0, cq, &(struct fx_port){ DEPTH, cq * HIST, HIST });
}

static void
send(struct fixture *f, enum dlb_sched type, uint32_t count)
{
	for (; count != 0; count--)
		fx_send(f, DLB_LDB, 0, fx_qe(DLB_CMD_NEW, type, QUEUE, 0, count, count));
}

static void
command(struct fixture *f, uint32_t cq, uint32_t slot, bool value, uint32_t select)
{
	fx_write(f, DLB_LSP_LDB_SCHED_CTRL, 0,
		 dlb_field(DLB_LSP_LDB_SCHED_CTRL_CQ, cq) |
			 dlb_field(DLB_LSP_LDB_SCHED_CTRL_QIDIX, slot) |
			 (value ? DLB_LSP_LDB_SCHED_CTRL_VALUE : 0) | select);
}

static void
has_work_set(struct fixture *f, uint32_t cq, uint32_t slot)
{
	if (fx_read(f, DLB_LSP_QID_AQED_ACTIVE_CNT, QUEUE) != 0)
		command(f, cq, slot, true, DLB_LSP_LDB_SCHED_CTRL_RLIST_HASWORK_V);
	if (fx_read(f, DLB_LSP_QID_LDB_ENQUEUE_CNT, QUEUE) != 0)
		command(f, cq, slot, true, DLB_LSP_LDB_SCHED_CTRL_NALB_HASWORK_V);
}

/* Map the queue to a CQ, slot 0, the others that serve it being given. */
static void
dynamic_map(struct fixture *f, uint32_t cq, uint32_t serving, uint32_t steps)
{
	fx_disable(f, DLB_LDB, cq, true);
	fx_table_add(f, QUEUE, cq, 0, 0);
	if (steps & HAS_WORK)
		has_work_set(f, cq, 0);
	if (steps & OK_CLEAR)
		command(f, cq, 0, false, DLB_LSP_LDB_SCHED_CTRL_INFLIGHT_OK_V);
	if (steps & OK_SET)
		for (uint32_t i = 0; i < 2; i++)
			if (i == cq || serving >> i & 1)
				command(f, i, 0, true, DLB_LSP_LDB_SCHED_CTRL_INFLIGHT_OK_V);
	if (steps & RESUME)
		fx_write(f, DLB_LSP_QID_LDB_INFL_LIM, QUEUE, LIMIT);
	fx_disable(f, DLB_LDB, cq, false);
}

/* CQ 0 is full of the queue's QEs, more wait, and CQ 1 comes to help. */
static const struct map_row {
	const char *name;
	bool strict;
	enum dlb_sched type;
	uint32_t steps;
	bool want; /* CQ 1 gets QEs */
} map_rows[] = {
	{ "whole procedure, atomic", true, DLB_SCHED_ATOMIC, ALL_STEPS, true },
	{ "whole procedure, unordered", true, DLB_SCHED_UNORDERED, ALL_STEPS, true },
	{ "slot does not know of atomic work", true, DLB_SCHED_ATOMIC, ALL_STEPS & ~HAS_WORK,
	  false },
	{ "slot does not know of work", true, DLB_SCHED_UNORDERED, ALL_STEPS & ~HAS_WORK, false },
	{ "slot is not told to go", true, DLB_SCHED_UNORDERED, ALL_STEPS & ~OK_SET, false },
	{ "never cleared, never set", true, DLB_SCHED_UNORDERED, ALL_STEPS & ~(OK_SET | OK_CLEAR),
	  true },
	{ "not resumed", true, DLB_SCHED_UNORDERED, ALL_STEPS & ~RESUME, false },
	{ "a lenient device needs none of it", false, DLB_SCHED_UNORDERED, RESUME, true },
};

static void
dynamic_map_needs_every_step(void **state)
{
	struct fixture f;

	(void)state;
	for (uint32_t i = 0; i < sizeof(map_rows) / sizeof(map_rows[0]); i++) {
		const struct map_row *row = &map_rows[i];

		build(&f, i % DLB_GEN_COUNT, row->strict);
		fx_map(&f, QUEUE, 0, 0, 0);
		fx_disable(&f, DLB_LDB, 0, true);
		fx_start(&f, 0);
		send(&f, row->type, EVENTS);
		fx_write(&f, DLB_LSP_QID_LDB_INFL_LIM, QUEUE, 0);
		FX_EQ(fx_run(&f), 0, row->name);
		dynamic_map(&f, 1, 0, row->steps);
		FX_EQ(fx_run(&f), row->want ? EVENTS : 0, row->name);
		FX_EQ(fx_count(&f, DLB_LDB, 1), row->want ? EVENTS : 0, row->name);
		fx_destroy(&f);
	}
}

/* Work that comes after the mapping is told to all slots, however they were mapped. */
static void
later_work_is_noticed(void **state)
{
	struct fixture f;

	(void)state;
	build(&f, DLB_V25, true);
	fx_map(&f, QUEUE, 0, 0, 0);
	fx_start(&f, 0);
	for (uint32_t i = 0; i < 3; i++) {
		send(&f, DLB_SCHED_UNORDERED, EVENTS);
		FX_EQ(fx_run(&f), EVENTS, "each time");
		fx_pop(&f, DLB_LDB, 0, EVENTS);
		fx_release(&f, 0, EVENTS);
	}
	fx_destroy(&f);
}

/*
 * Completions during a pause tell slots that the queue is at its limit; resuming does not take it
 * back.
 */
static void
pause_needs_more_than_its_limit_back(void **state)
{
	struct fixture f;

	(void)state;
	for (uint32_t repaired = 0; repaired < 2; repaired++) {
		build(&f, DLB_V2, true);
		fx_map(&f, QUEUE, 0, 0, 0);
		fx_start(&f, 0);
		send(&f, DLB_SCHED_UNORDERED, 1);
		FX_EQ(fx_run(&f), 1, "before");
		fx_write(&f, DLB_LSP_QID_LDB_INFL_LIM, QUEUE, 0);
		send(&f, DLB_SCHED_UNORDERED, 1);
		FX_EQ(fx_run(&f), 0, "paused");
		fx_release(&f, 0, 1);
		if (repaired)
			command(&f, 0, 0, true, DLB_LSP_LDB_SCHED_CTRL_INFLIGHT_OK_V);
		fx_write(&f, DLB_LSP_QID_LDB_INFL_LIM, QUEUE, LIMIT);
		FX_EQ(fx_run(&f), repaired, "resumed");
		FX_EQ(dlb_model_has_work(f.m), !repaired, "stuck");
		fx_destroy(&f);
	}
}

/* A slot that has been cleared after an unmap starts from nothing when it is mapped again. */
static void
unmapped_slot_forgets(void **state)
{
	struct fixture f;

	(void)state;
	build(&f, DLB_V25, true);
	fx_map(&f, QUEUE, 0, 0, 0);
	fx_disable(&f, DLB_LDB, 0, true);
	fx_start(&f, 0);
	send(&f, DLB_SCHED_UNORDERED, EVENTS);
	fx_table_remove(&f, QUEUE, 0, 0);
	command(&f, 0, 0, false, DLB_LSP_LDB_SCHED_CTRL_NALB_HASWORK_V);
	command(&f, 0, 0, false, DLB_LSP_LDB_SCHED_CTRL_RLIST_HASWORK_V);
	fx_disable(&f, DLB_LDB, 0, false);
	FX_EQ(fx_run(&f), 0, "unmapped");
	fx_map(&f, QUEUE, 0, 0, 0);
	FX_EQ(fx_run(&f), 0, "mapped, and not told");
	has_work_set(&f, 0, 0);
	FX_EQ(fx_run(&f), EVENTS, "told");
	fx_destroy(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dynamic_map_needs_every_step),
		cmocka_unit_test(later_work_is_noticed),
		cmocka_unit_test(pause_needs_more_than_its_limit_back),
		cmocka_unit_test(unmapped_slot_forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
