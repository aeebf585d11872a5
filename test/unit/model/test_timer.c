/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What time does to CQs: interrupt timers, watchdogs; and the alarms that share vector 0 with
 * these.
 */
#include "fixture.h"

#define QUEUE 3
#define PORT 3
#define DEPTH 16
#define VECTOR 9
#define EN_CODE_MSIX 2

static const struct {
	enum dlb_reg enable, threshold, route, armed, clock;
	enum dlb_reg wd_enable, wd_threshold, wd_clock, wd_disable, wd_expired;
} regs[DLB_KIND_COUNT] = {
	[DLB_LDB] = { DLB_CHP_LDB_CQ_INT_ENB, DLB_CHP_LDB_CQ_TMR_THRSH, DLB_SYS_LDB_CQ_ISR,
		      DLB_CHP_LDB_CQ_INTR_ARMED0, DLB_CHP_CFG_LDB_CQ_TIMER_CTL,
		      DLB_CHP_LDB_CQ_WD_ENB, DLB_CHP_CFG_LDB_WD_THRESHOLD,
		      DLB_CHP_CFG_LDB_WD_ENB_INTERVAL, DLB_CHP_CFG_LDB_WD_DISABLE0,
		      DLB_CHP_CFG_LDB_WDTO_0 },
	[DLB_DIR] = { DLB_CHP_DIR_CQ_INT_ENB, DLB_CHP_DIR_CQ_TMR_THRSH, DLB_SYS_DIR_CQ_ISR,
		      DLB_CHP_DIR_CQ_INTR_ARMED0, DLB_CHP_CFG_DIR_CQ_TIMER_CTL,
		      DLB_CHP_DIR_CQ_WD_ENB, DLB_CHP_CFG_DIR_WD_THRESHOLD,
		      DLB_CHP_CFG_DIR_WD_ENB_INTERVAL, DLB_CHP_CFG_DIR_WD_DISABLE0,
		      DLB_CHP_CFG_DIR_WDTO_0 },
};

/* What happens to the CQ, one letter of a script each. */
static void
step(struct fixture *f, enum dlb_kind kind, char what, uint32_t us)
{
	switch (what) {
	case 'e': /* an event */
		fx_send(f, kind, PORT,
			fx_qe(DLB_CMD_NEW,
			      kind == DLB_DIR ? DLB_SCHED_DIRECTED : DLB_SCHED_UNORDERED,
			      kind == DLB_DIR ? PORT : QUEUE, 0, 0, 0));
		fx_run(f);
		break;
	case 'p': /* a token */
		fx_pop(f, kind, PORT, 1);
		break;
	case 'a': /* arm */
		fx_send(f, kind, PORT, (struct dlb_qe){ .cmd = DLB_CMD_ARM });
		break;
	case '-': /* time */
		dlb_model_advance(f->m, us);
		break;
	}
}

static void
play(struct fixture *f, enum dlb_kind kind, const char *script, uint32_t us)
{
	for (; *script != '\0'; script++)
		step(f, kind, *script, us);
}

static void
build(struct fixture *f, enum dlb_gen gen)
{
	fx_create(f, gen);
	fx_domain(f, 0, 256, 256);
	fx_ldb_queue(f, 0, QUEUE, &(struct fx_queue){ 0 });
	fx_dir_queue(f, 0, PORT);
	fx_ldb_port(f, 0, PORT, &(struct fx_port){ DEPTH, 0, 64 });
	fx_dir_port(f, 0, PORT, DEPTH);
	fx_map(f, QUEUE, PORT, 0, 0);
	fx_start(f, 0);
}

/* A sample every interval + 1 us; each "-" of a script is so many us. */
static const struct timer_row {
	const char *name;
	uint32_t interval, threshold, us;
	const char *script;
	uint32_t want;
} timer_rows[] = {
	{ "empty", 9, 2, 10, "a------", 0 },
	{ "not armed", 9, 2, 10, "e------", 0 },
	{ "one sample too few", 9, 2, 10, "ae-", 0 },
	{ "long enough", 9, 2, 10, "ae--", 1 },
	{ "armed with an entry", 9, 2, 10, "ea--", 1 },
	{ "one shot", 9, 2, 10, "ae-----", 1 },
	{ "armed twice", 9, 2, 10, "ae--a--", 2 },
	{ "all at once", 9, 200, 100000, "ae-", 1 },
	{ "less than a sample at a time", 99, 1, 30, "ae---", 0 },
	{ "less than a sample at a time, enough", 99, 1, 30, "ae----", 1 },
	{ "emptied in between: starts over", 9, 2, 10, "ae-p-e-", 0 },
	{ "emptied in between, and long enough", 9, 2, 10, "ae-p-e--", 1 },
	{ "longest threshold", 0, 0x3fff, 0x3ffe, "ae-", 0 },
	{ "longest threshold passed", 0, 0x3fff, 0x3fff, "ae-", 1 },
};

static void
timer_interrupts_who_has_waited(void **state)
{
	struct fixture f;

	(void)state;
	for (enum dlb_kind kind = 0; kind < DLB_KIND_COUNT; kind++) {
		for (uint32_t i = 0; i < sizeof(timer_rows) / sizeof(timer_rows[0]); i++) {
			const struct timer_row *row = &timer_rows[i];

			build(&f, i % DLB_GEN_COUNT);
			fx_write(&f, regs[kind].route, PORT,
				 dlb_field(DLB_SYS_LDB_CQ_ISR_VECTOR, VECTOR) |
					 dlb_field(DLB_SYS_LDB_CQ_ISR_EN_CODE, EN_CODE_MSIX));
			fx_write(&f, regs[kind].threshold, PORT, row->threshold);
			fx_write(&f, regs[kind].enable, PORT, DLB_CHP_LDB_CQ_INT_ENB_EN_TIM);
			fx_write(&f, regs[kind].clock, 0,
				 row->interval | DLB_CHP_CFG_LDB_CQ_TIMER_CTL_ENB);
			play(&f, kind, row->script, row->us);
			FX_EQ(f.interrupts[DLB_CQ_VECTOR_FIRST + VECTOR], row->want, row->name);
			fx_destroy(&f);
		}
	}
}

static const struct watchdog_row {
	const char *name;
	uint32_t enable, disable, threshold;
	const char *script; /* each "-" is one sample */
	bool want;
} watchdog_rows[] = {
	{ "empty", 1, 0, 2, "-----", false },
	{ "one sample too few", 1, 0, 2, "e-", false },
	{ "nobody reads", 1, 0, 2, "e--", true },
	{ "of two one is paid, again and again", 1, 0, 2, "eeee-p-p-p", false },
	{ "of two one is paid, and then none", 1, 0, 2, "ee-p---", true },
	{ "paid in between", 1, 0, 2, "ee-p-", false },
	{ "not enabled for this CQ", 0, 0, 2, "e----", false },
	{ "masked for this CQ", 1, 1u << PORT, 2, "e----", false },
};

static void
watchdog_tells_who_is_stuck(void **state)
{
	struct fixture f;

	(void)state;
	for (enum dlb_kind kind = 0; kind < DLB_KIND_COUNT; kind++) {
		for (uint32_t i = 0; i < sizeof(watchdog_rows) / sizeof(watchdog_rows[0]); i++) {
			const struct watchdog_row *row = &watchdog_rows[i];

			build(&f, i % DLB_GEN_COUNT);
			fx_write(&f, regs[kind].wd_threshold, 0, row->threshold);
			fx_write(&f, regs[kind].wd_disable, 0, row->disable);
			fx_write(&f, regs[kind].wd_enable, PORT, row->enable);
			fx_write(&f, regs[kind].wd_clock, 0,
				 999 | DLB_CHP_CFG_LDB_WD_ENB_INTERVAL_ENB);
			play(&f, kind, row->script, 1000);
			FX_EQ(fx_read(&f, regs[kind].wd_expired, 0), (uint32_t)row->want << PORT,
			      row->name);
			FX_EQ(f.interrupts[0], row->want, row->name);
			fx_destroy(&f);
		}
	}
}

/* One whose watchdog is on, and expires after so many samples. */
static void
watched_build(struct fixture *f, enum dlb_gen gen, uint32_t threshold)
{
	build(f, gen);
	fx_write(f, DLB_CHP_CFG_LDB_WD_THRESHOLD, 0, threshold);
	fx_write(f, DLB_CHP_CFG_LDB_WD_DISABLE0, 0, 0);
	fx_write(f, DLB_CHP_LDB_CQ_WD_ENB, PORT, 1);
	fx_write(f, DLB_CHP_CFG_LDB_WD_ENB_INTERVAL, 0, DLB_CHP_CFG_LDB_WD_ENB_INTERVAL_ENB);
}

/* An expiry stops this watchdog, and shows until it is cleared. */
static void
watchdog_expires_once(void **state)
{
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		watched_build(&f, gen, 1);
		play(&f, DLB_LDB, "e---", 1);
		FX_EQ(f.interrupts[0], 1, "once");
		FX_EQ(fx_read(&f, DLB_CHP_CFG_LDB_WD_DISABLE0, 0), 1u << PORT, "stopped");
		FX_EQ(fx_read(&f, DLB_SYS_ALARM_HW_SYND, 0),
		      DLB_SYS_ALARM_HW_SYND_VALID | DLB_SYS_ALARM_HW_SYND_CWD, "syndrome");

		fx_write(&f, DLB_CHP_CFG_LDB_WDTO_0, 0, 1u << PORT);
		fx_write(&f, DLB_SYS_ALARM_HW_SYND, 0, UINT32_MAX);
		fx_write(&f, DLB_SYS_MSIX_ACK, 0, DLB_SYS_MSIX_ACK_MSIX_0_ACK);
		FX_EQ(fx_read(&f, DLB_SYS_ALARM_HW_SYND, 0), 0, "cleared");
		play(&f, DLB_LDB, "---", 1);
		FX_EQ(f.interrupts[0], 1, "stays stopped");
		fx_write(&f, DLB_CHP_CFG_LDB_WD_DISABLE0, 0, 0);
		play(&f, DLB_LDB, "-", 1);
		FX_EQ(f.interrupts[0], 2, "enabled again");
		fx_destroy(&f);
	}
}

/* One that is enabled again before the next sample counts from nothing, too. */
static void
watchdog_counts_anew(void **state)
{
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		watched_build(&f, gen, 3);
		play(&f, DLB_LDB, "e---", 1);
		FX_EQ(fx_read(&f, DLB_CHP_CFG_LDB_WDTO_0, 0), 1u << PORT, "expired");
		fx_write(&f, DLB_CHP_CFG_LDB_WDTO_0, 0, 1u << PORT);
		fx_write(&f, DLB_CHP_CFG_LDB_WD_DISABLE0, 0, 0);
		play(&f, DLB_LDB, "--", 1);
		FX_EQ(fx_read(&f, DLB_CHP_CFG_LDB_WDTO_0, 0), 0, "two samples");
		play(&f, DLB_LDB, "-", 1);
		FX_EQ(fx_read(&f, DLB_CHP_CFG_LDB_WDTO_0, 0), 1u << PORT, "three");
		fx_destroy(&f);
	}
}

static void
ingress_alarms_share_vector_0(void **state)
{
	const struct dlb_qe stray =
		fx_qe(DLB_CMD_NEW, DLB_SCHED_UNORDERED, DLB_LDB_QUEUES - 1, 0, 0, 0);
	struct fixture f;

	(void)state;
	build(&f, DLB_V25);
	f.expected = 1u << DLB_LINT_BAD_QE;
	fx_send(&f, DLB_LDB, PORT, stray);
	FX_EQ(f.interrupts[0], 0, "not enabled");
	fx_write(&f, DLB_SYS_INGRESS_ALARM_ENBL, 0, DLB_SYS_INGRESS_ALARM_ENBL_ILLEGAL_QID);
	fx_send(&f, DLB_LDB, PORT, stray);
	FX_EQ(f.interrupts[0], 1, "enabled");
	fx_send(&f, DLB_LDB, PORT, stray);
	fx_pop(&f, DLB_LDB, PORT, 1);
	FX_EQ(f.interrupts[0], 1, "held back");
	fx_write(&f, DLB_SYS_MSIX_ACK, 0, DLB_SYS_MSIX_ACK_MSIX_0_ACK);
	FX_EQ(f.interrupts[0], 2, "acknowledged");
	fx_write(&f, DLB_SYS_MSIX_ACK, 0, DLB_SYS_MSIX_ACK_MSIX_0_ACK);
	FX_EQ(f.interrupts[0], 2, "nothing more");
	fx_pop(&f, DLB_LDB, PORT, 1);
	FX_EQ(f.interrupts[0], 3, "tokens that are not owed: always on");
	fx_destroy(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timer_interrupts_who_has_waited),
		cmocka_unit_test(watchdog_tells_who_is_stuck),
		cmocka_unit_test(watchdog_expires_once),
		cmocka_unit_test(watchdog_counts_anew),
		cmocka_unit_test(ingress_alarms_share_vector_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
