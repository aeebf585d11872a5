/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the model does instead where public sources leave the device open: each choice, made and not
 * made, on one small device.
 */
#include <errno.h>

#include "fixture.h"

#define QUEUE 3
#define PORT 2
#define OTHER_PORT 5
#define DIR_PORT 1
#define CREDITS 256
#define STAGED 8

static void
world_create(struct fixture *f, enum dlb_gen gen, uint32_t choices, uint32_t depth)
{
	const struct dlb_model_conf conf = { .gen = gen, .choices = choices };

	fx_create_aided(f, &conf);
	fx_domain(f, 0, CREDITS, CREDITS);
	fx_ldb_queue(f, 0, QUEUE, &(struct fx_queue){ .aqed = STAGED });
	fx_ldb_port(f, 0, PORT, &(struct fx_port){ depth, 0, 64 });
	fx_ldb_port(f, 0, OTHER_PORT, &(struct fx_port){ depth, 64, 64 });
	fx_map(f, QUEUE, PORT, 0, 0);
	fx_map(f, QUEUE, OTHER_PORT, 0, 0);
	fx_dir_port(f, 0, DIR_PORT, 8);
	fx_start(f, 0);
}

static void
send(struct fixture *f, enum dlb_sched type, uint32_t lock, uint64_t data)
{
	fx_send(f, DLB_DIR, DIR_PORT, fx_qe(DLB_CMD_NEW, type, QUEUE, 0, lock, data));
}

static uint32_t
credits_granted(const struct fixture *f)
{
	return f->limits->has_shared_credits ? 2 * CREDITS : CREDITS;
}

/* Ten QEs of weight code 0 and a CQ with a limit of 4. */
static void
code_0_weighs_nothing(void **state)
{
	const uint32_t limit = DLB_LSP_CFG_CQ_LDB_WU_LIMIT_V |
			       dlb_field_set(0, DLB_LSP_CFG_CQ_LDB_WU_LIMIT_LIMIT, 4);
	struct fixture f;
	uint32_t i, choice;

	(void)state;
	for (choice = 0; choice < 2; choice++) {
		world_create(&f, DLB_V25, choice * DLB_CHOICE_WEIGHTLESS, 16);
		fx_disable(&f, DLB_LDB, OTHER_PORT, true);
		fx_write(&f, DLB_LSP_CFG_CQ_LDB_WU_LIMIT, PORT, limit);
		for (i = 0; i < 10; i++)
			send(&f, DLB_SCHED_UNORDERED, 0, i);
		FX_EQ(fx_run(&f), choice ? 10 : 4, "scheduled");
		fx_destroy(&f);
	}
}

/* Shallow CQs fill up all the same, or they would never get anything. */
static void
a_cq_is_full_early(void **state)
{
	static const struct {
		uint32_t depth, full[2];
	} rows[] = { { 1, { 1, 1 } }, { 8, { 8, 8 } }, { 16, { 16, 12 } }, { 64, { 64, 60 } } };
	struct fixture f;
	uint32_t r, i, choice;

	(void)state;
	for (r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		for (choice = 0; choice < 2; choice++) {
			world_create(&f, DLB_V2, choice * DLB_CHOICE_FULL_EARLY, rows[r].depth);
			fx_disable(&f, DLB_LDB, OTHER_PORT, true);
			for (i = 0; i < rows[r].depth; i++)
				send(&f, DLB_SCHED_UNORDERED, 0, i);
			FX_EQ(fx_run(&f), rows[r].full[choice], "scheduled");
			fx_destroy(&f);
		}
	}
}

/* The credits of staged QEs: those in the waiting list keep theirs either way. */
static void
credits_come_back_early(void **state)
{
	struct fixture f;
	uint32_t i, choice, granted;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (choice = 0; choice < 2; choice++) {
			world_create(&f, gen, choice * DLB_CHOICE_CREDIT_EARLY, 16);
			granted = credits_granted(&f);
			for (i = 0; i < STAGED + 2; i++)
				send(&f, DLB_SCHED_ATOMIC, i, i);
			FX_EQ(fx_credits(&f, DLB_LDB, 0), granted - 2 - (choice ? 0 : STAGED),
			      "waiting");
			send(&f, DLB_SCHED_UNORDERED, 0, 0);
			assert_int_equal(fx_run(&f), STAGED + 3);
			FX_EQ(fx_credits(&f, DLB_LDB, 0), granted, "scheduled");
			fx_destroy(&f);
		}
	}
}

/* Staging entries of one flow, all of it with one CQ: what that holds blocks the rest or not. */
static void
staging_is_held(void **state)
{
	struct fixture f;
	uint32_t i, choice;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (choice = 0; choice < 2; choice++) {
			world_create(&f, gen, choice * DLB_CHOICE_STAGED_LONG, 16);
			for (i = 0; i < STAGED + 2; i++)
				send(&f, DLB_SCHED_ATOMIC, 7, i);
			FX_EQ(fx_run(&f), STAGED + (choice ? 0 : 2), "scheduled");
			FX_EQ(fx_read(&f, DLB_LSP_QID_AQED_ACTIVE_CNT, QUEUE), choice ? STAGED : 0,
			      "entries in use");
			i = fx_count(&f, DLB_LDB, PORT) != 0 ? PORT : OTHER_PORT;
			fx_release(&f, i, 3);
			FX_EQ(fx_run(&f), choice ? 2 : 0, "scheduled after three completions");
			fx_release(&f, i, STAGED - 1);
			FX_EQ(fx_read(&f, DLB_LSP_QID_AQED_ACTIVE_CNT, QUEUE), 0, "at the end");
			fx_destroy(&f);
		}
	}
}

/* A CQ holds flow 1, which has another QE, when flow 2 arrives. */
static void
ready_flows_come_first(void **state)
{
	struct dlb_cqe cqe;
	struct fixture f;
	uint32_t choice;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (choice = 0; choice < 2; choice++) {
			world_create(&f, gen, choice * DLB_CHOICE_READY_FIRST, 16);
			fx_disable(&f, DLB_LDB, OTHER_PORT, true);
			send(&f, DLB_SCHED_ATOMIC, 1, 10);
			assert_int_equal(fx_run(&f), 1);
			send(&f, DLB_SCHED_ATOMIC, 1, 11);
			send(&f, DLB_SCHED_ATOMIC, 2, 20);
			assert_int_equal(fx_run(&f), 2);
			assert_true(fx_take(&f, DLB_LDB, PORT, &cqe));
			assert_true(fx_take(&f, DLB_LDB, PORT, &cqe));
			FX_EQ(cqe.data, choice ? 20 : 11, "second");
			assert_true(fx_take(&f, DLB_LDB, PORT, &cqe));
			FX_EQ(cqe.data, choice ? 11 : 20, "third");
			fx_destroy(&f);
		}
	}
}

/* A timer of 10 samples, each of as many ticks as its interval says plus one. */
static void
ticks_are_slow(void **state)
{
	const uint32_t ticks = 5, samples = 10;
	struct fixture f;
	uint32_t choice, us;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (choice = 0; choice < 2; choice++) {
			us = ticks * samples * (choice ? 64 : 1);
			world_create(&f, gen, choice * DLB_CHOICE_SLOW_TICKS, 16);
			fx_disable(&f, DLB_LDB, OTHER_PORT, true);
			fx_write(&f, DLB_SYS_MSIX_MODE, 0, DLB_SYS_MSIX_MODE_MODE);
			fx_write(&f, DLB_SYS_LDB_CQ_ISR, PORT,
				 dlb_field_set(0, DLB_SYS_LDB_CQ_ISR_EN_CODE, 2));
			fx_write(&f, DLB_CHP_LDB_CQ_INT_ENB, PORT, DLB_CHP_LDB_CQ_INT_ENB_EN_TIM);
			fx_write(&f, DLB_CHP_LDB_CQ_TMR_THRSH, PORT, samples);
			fx_write(&f, DLB_CHP_CFG_LDB_CQ_TIMER_CTL, 0,
				 DLB_CHP_CFG_LDB_CQ_TIMER_CTL_ENB | (ticks - 1));
			fx_send(&f, DLB_LDB, PORT, (struct dlb_qe){ .cmd = DLB_CMD_ARM });
			send(&f, DLB_SCHED_UNORDERED, 0, 0);
			assert_int_equal(fx_run(&f), 1);
			dlb_model_advance(f.m, us - 1);
			FX_EQ(f.interrupts[1], 0, "before its time");
			dlb_model_advance(f.m, 1);
			FX_EQ(f.interrupts[1], 1, "at its time");
			fx_destroy(&f);
		}
	}
}

static void
unknown_choices_are_refused(void **state)
{
	const struct dlb_model_conf conf = { .gen = DLB_V25, .choices = DLB_CHOICES_ALL + 1 };
	struct dlb_model *m = NULL;

	(void)state;
	assert_int_equal(dlb_model_create(&conf, &m), -EINVAL);
	assert_null(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(code_0_weighs_nothing),       cmocka_unit_test(a_cq_is_full_early),
		cmocka_unit_test(credits_come_back_early),     cmocka_unit_test(staging_is_held),
		cmocka_unit_test(ready_flows_come_first),      cmocka_unit_test(ticks_are_slow),
		cmocka_unit_test(unknown_choices_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
