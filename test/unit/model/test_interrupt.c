/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CQ interrupts: what arms them, when they fire, where they go. One load-balanced and one directed
 * port with the same rules.
 */
#include "fixture.h"

#define QUEUE 3
#define PORT 3 /* and the directed queue of the same number */
#define DEPTH 16
#define VECTOR 5
#define EN_CODE_OFF 0
#define EN_CODE_MSIX 2

static const struct {
	enum dlb_reg enable, threshold, route, armed[2], status[2];
} regs[DLB_KIND_COUNT] = {
	[DLB_LDB] = { DLB_CHP_LDB_CQ_INT_ENB,
		      DLB_CHP_LDB_CQ_INT_DEPTH_THRSH,
		      DLB_SYS_LDB_CQ_ISR,
		      { DLB_CHP_LDB_CQ_INTR_ARMED0, DLB_CHP_LDB_CQ_INTR_ARMED1 },
		      { DLB_SYS_LDB_CQ_31_0_OCC_INT_STS, DLB_SYS_LDB_CQ_63_32_OCC_INT_STS } },
	[DLB_DIR] = { DLB_CHP_DIR_CQ_INT_ENB,
		      DLB_CHP_DIR_CQ_INT_DEPTH_THRSH,
		      DLB_SYS_DIR_CQ_ISR,
		      { DLB_CHP_DIR_CQ_INTR_ARMED0, DLB_CHP_DIR_CQ_INTR_ARMED1 },
		      { DLB_SYS_DIR_CQ_31_0_OCC_INT_STS, DLB_SYS_DIR_CQ_63_32_OCC_INT_STS } },
};

static void
route(struct fixture *f, enum dlb_kind kind, uint32_t cq, uint32_t threshold, uint32_t en_code)
{
	fx_write(f, regs[kind].route, cq,
		 dlb_field(DLB_SYS_LDB_CQ_ISR_VECTOR, VECTOR) |
			 dlb_field(DLB_SYS_LDB_CQ_ISR_EN_CODE, en_code));
	fx_write(f, regs[kind].threshold, cq, threshold - 1);
	fx_write(f, regs[kind].enable, cq, DLB_CHP_LDB_CQ_INT_ENB_EN_DEPTH);
}

/* One port of each kind, of a depth that may be less than its ring. */
static void
build(struct fixture *f, enum dlb_gen gen, uint32_t depth)
{
	fx_create(f, gen);
	fx_domain(f, 0, 256, 256);
	fx_ldb_queue(f, 0, QUEUE, &(struct fx_queue){ 0 });
	fx_dir_queue(f, 0, PORT);
	fx_ldb_port(f, 0, PORT, &(struct fx_port){ depth, 0, 64 });
	fx_dir_port(f, 0, PORT, depth);
	fx_map(f, QUEUE, PORT, 0, 0);
	fx_start(f, 0);
}

static void
send(struct fixture *f, enum dlb_kind kind, uint32_t count)
{
	for (; count != 0; count--)
		fx_send(f, kind, PORT,
			fx_qe(DLB_CMD_NEW,
			      kind == DLB_DIR ? DLB_SCHED_DIRECTED : DLB_SCHED_UNORDERED,
			      kind == DLB_DIR ? PORT : QUEUE, 0, 0, count));
	fx_run(f);
}

static void
arm(struct fixture *f, enum dlb_kind kind)
{
	fx_send(f, kind, PORT, (struct dlb_qe){ .cmd = DLB_CMD_ARM });
}

/* Entries before and after arming, tokens returned in between, and the interrupts that follow. */
static const struct depth_row {
	const char *name;
	uint32_t depth, threshold;
	uint32_t before, paid, after;
	uint32_t want_at_arming, want;
} depth_rows[] = {
	{ "empty CQ: nothing", DEPTH, 1, 0, 0, 0, 0, 0 },
	{ "first entry", DEPTH, 1, 0, 0, 1, 0, 1 },
	{ "one shot: not again", DEPTH, 1, 0, 0, 9, 0, 1 },
	{ "not empty when armed: at once", DEPTH, 1, 1, 0, 0, 1, 1 },
	{ "all paid for: waits", DEPTH, 1, 4, 4, 0, 0, 0 },
	{ "all paid for, then one", DEPTH, 1, 4, 4, 1, 0, 1 },
	{ "read but not paid for: at once", DEPTH, 1, 4, 3, 0, 1, 1 },
	{ "one less than the threshold", DEPTH, 4, 0, 0, 3, 0, 0 },
	{ "the threshold", DEPTH, 4, 0, 0, 4, 0, 1 },
	{ "the threshold over the arming", DEPTH, 4, 3, 0, 1, 0, 1 },
	{ "tokens withheld do not count", 2, 1, 0, 0, 0, 0, 0 },
	{ "a shallow CQ's first entry", 2, 1, 0, 0, 1, 0, 1 },
	{ "a shallow CQ's second", 2, 2, 1, 0, 1, 0, 1 },
};

static void
depth_row_check(enum dlb_gen gen, enum dlb_kind kind, const struct depth_row *row)
{
	const uint32_t vector = DLB_CQ_VECTOR_FIRST + VECTOR;
	struct fixture f;

	build(&f, gen, row->depth);
	route(&f, kind, PORT, row->threshold, EN_CODE_MSIX);
	send(&f, kind, row->before);
	FX_EQ(f.interrupts[vector], 0, row->name);
	if (row->paid != 0)
		fx_pop(&f, kind, PORT, row->paid);
	arm(&f, kind);
	FX_EQ(f.interrupts[vector], row->want_at_arming, row->name);
	FX_EQ(fx_read(&f, regs[kind].armed[0], 0), (1 - row->want_at_arming) << PORT, row->name);
	send(&f, kind, row->after);
	FX_EQ(f.interrupts[vector], row->want, row->name);
	FX_EQ(fx_read(&f, regs[kind].armed[0], 0), (1 - row->want) << PORT, row->name);
	fx_destroy(&f);
}

static void
fires_at_its_depth_threshold(void **state)
{
	(void)state;
	FX_FOR_EACH_GEN(gen)
	for (enum dlb_kind kind = 0; kind < DLB_KIND_COUNT; kind++)
		for (uint32_t i = 0; i < sizeof(depth_rows) / sizeof(depth_rows[0]); i++)
			depth_row_check(gen, kind, &depth_rows[i]);
}

/* What else decides whether an armed CQ with an entry fires. */
static const struct route_row {
	const char *name;
	uint32_t enable, en_code;
	uint32_t want;
} route_rows[] = {
	{ "depth, MSI-X", DLB_CHP_LDB_CQ_INT_ENB_EN_DEPTH, EN_CODE_MSIX, 1 },
	{ "depth, no route", DLB_CHP_LDB_CQ_INT_ENB_EN_DEPTH, EN_CODE_OFF, 0 },
	{ "depth, MSI of a virtual function", DLB_CHP_LDB_CQ_INT_ENB_EN_DEPTH, 1, 0 },
	{ "neither depth nor timer", 0, EN_CODE_MSIX, 0 },
};

static void
route_decides_whether_anything_is_sent(void **state)
{
	struct fixture f;

	(void)state;
	for (enum dlb_kind kind = 0; kind < DLB_KIND_COUNT; kind++) {
		for (uint32_t i = 0; i < sizeof(route_rows) / sizeof(route_rows[0]); i++) {
			const struct route_row *row = &route_rows[i];

			build(&f, DLB_V25, DEPTH);
			route(&f, kind, PORT, 1, row->en_code);
			fx_write(&f, regs[kind].enable, PORT, row->enable);
			arm(&f, kind);
			send(&f, kind, 1);
			FX_EQ(f.interrupts[DLB_CQ_VECTOR_FIRST + VECTOR], row->want, row->name);
			fx_destroy(&f);
		}
	}
}

/* The registers arm too, and an armed CQ follows changes of what it waits for. */
static void
registers_arm_and_change_the_condition(void **state)
{
	const uint32_t vector = DLB_CQ_VECTOR_FIRST + VECTOR;
	struct fixture f;

	(void)state;
	for (enum dlb_kind kind = 0; kind < DLB_KIND_COUNT; kind++) {
		build(&f, DLB_V25, DEPTH);
		route(&f, kind, PORT, 4, EN_CODE_MSIX);
		send(&f, kind, 2);
		fx_write(&f, regs[kind].armed[0], 0, 1u << PORT);
		FX_EQ(f.interrupts[vector], 0, "below the threshold");
		fx_write(&f, regs[kind].threshold, PORT, 1);
		FX_EQ(f.interrupts[vector], 1, "lower threshold");
		FX_EQ(fx_read(&f, regs[kind].armed[0], 0), 0, "one shot");

		fx_write(&f, regs[kind].enable, PORT, 0);
		fx_write(&f, regs[kind].armed[0], 0, 1u << PORT);
		FX_EQ(f.interrupts[vector], 1, "not enabled");
		fx_write(&f, regs[kind].armed[0], 0, 0);
		fx_write(&f, regs[kind].enable, PORT, DLB_CHP_LDB_CQ_INT_ENB_EN_DEPTH);
		FX_EQ(f.interrupts[vector], 1, "disarmed");

		fx_write(&f, regs[kind].armed[1], 0, UINT32_MAX);
		FX_EQ(fx_read(&f, regs[kind].armed[1], 0), UINT32_MAX, "CQs 32 to 63");
		FX_EQ(fx_read(&f, regs[kind].armed[0], 0), 0, "and no others");
		fx_destroy(&f);
	}
}

/* All CQs share vector 1, which is held back until it is acknowledged; a status tells who fired. */
static void
compressed_mode_shares_a_vector(void **state)
{
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		build(&f, gen, DEPTH);
		fx_write(&f, DLB_SYS_MSIX_MODE, 0, DLB_SYS_MSIX_MODE_MODE);
		route(&f, DLB_LDB, PORT, 1, EN_CODE_MSIX);
		route(&f, DLB_DIR, PORT, 1, EN_CODE_MSIX);
		arm(&f, DLB_LDB);
		send(&f, DLB_LDB, 1);
		FX_EQ(f.interrupts[1], 1, "first");
		FX_EQ(fx_read(&f, regs[DLB_LDB].status[0], 0), 1u << PORT, "who");
		FX_EQ(fx_read(&f, DLB_SYS_MSIX_ACK, 0), DLB_SYS_MSIX_ACK_MSIX_1_ACK, "waits");

		arm(&f, DLB_DIR);
		send(&f, DLB_DIR, 1);
		FX_EQ(f.interrupts[1], 1, "held back");
		FX_EQ(fx_read(&f, regs[DLB_DIR].status[0], 0), 1u << PORT, "but noted");
		fx_write(&f, regs[DLB_LDB].status[0], 0, 1u << PORT);
		FX_EQ(fx_read(&f, regs[DLB_LDB].status[0], 0), 0, "cleared");
		fx_write(&f, DLB_SYS_MSIX_ACK, 0, DLB_SYS_MSIX_ACK_MSIX_1_ACK);
		FX_EQ(f.interrupts[1], 2, "sent when acknowledged");
		fx_write(&f, DLB_SYS_MSIX_ACK, 0, DLB_SYS_MSIX_ACK_MSIX_1_ACK);
		FX_EQ(f.interrupts[1], 2, "nothing more");
		FX_EQ(fx_read(&f, DLB_SYS_MSIX_ACK, 0), 0, "nothing more");
		FX_EQ(f.interrupts[DLB_CQ_VECTOR_FIRST + VECTOR], 0, "packed vector");
		fx_destroy(&f);
	}
}

/* A directed CQ that has no bit in any register can be armed by its producer port. */
static void
directed_cq_without_register_bits(void **state)
{
	const uint32_t port = 95;
	struct fixture f;

	(void)state;
	fx_create(&f, DLB_V25);
	fx_domain(&f, 0, 0, 64);
	fx_dir_queue(&f, 0, port);
	fx_dir_port(&f, 0, port, DEPTH);
	fx_start(&f, 0);
	route(&f, DLB_DIR, port, 1, EN_CODE_MSIX);
	for (uint32_t compressed = 0; compressed < 2; compressed++) {
		fx_write(&f, DLB_SYS_MSIX_MODE, 0, compressed);
		fx_send(&f, DLB_DIR, port, (struct dlb_qe){ .cmd = DLB_CMD_ARM });
		fx_send(&f, DLB_DIR, port, fx_qe(DLB_CMD_NEW, DLB_SCHED_DIRECTED, port, 0, 0, 0));
		fx_run(&f);
		FX_EQ(f.interrupts[compressed ? 1 : DLB_CQ_VECTOR_FIRST + VECTOR], 1, "fired");
		fx_pop(&f, DLB_DIR, port, 1);
	}
	fx_destroy(&f);
}

/* A reset disarms; a function that may not master the bus sends nothing. */
static void
silent_without_bus_mastering_and_after_reset(void **state)
{
	const uint32_t vector = DLB_CQ_VECTOR_FIRST + VECTOR;
	struct fixture f;

	(void)state;
	build(&f, DLB_V25, DEPTH);
	route(&f, DLB_LDB, PORT, 1, EN_CODE_MSIX);
	send(&f, DLB_LDB, 1);
	fx_config_write(&f, 0x04, 2, 0x0002);
	arm(&f, DLB_LDB);
	FX_EQ(f.interrupts[vector], 0, "no bus mastering");

	fx_enable_pci(&f);
	fx_pop(&f, DLB_LDB, PORT, 1);
	arm(&f, DLB_LDB);
	FX_EQ(fx_read(&f, DLB_CHP_LDB_CQ_INTR_ARMED0, 0), 1u << PORT, "armed");
	fx_config_write(&f, 0x48, 2, 0x8000);
	dlb_model_advance(f.m, FX_FLR_US);
	fx_enable_pci(&f);
	FX_EQ(fx_read(&f, DLB_CHP_LDB_CQ_INTR_ARMED0, 0), 0, "disarmed by a reset");
	fx_destroy(&f);
}

/* Memory comes and goes under a running device. */
static void
dma_memory_comes_and_goes(void **state)
{
	struct fixture f;
	struct dlb_cqe cqe;

	(void)state;
	build(&f, DLB_V2, DEPTH);
	send(&f, DLB_LDB, 1);
	assert_true(fx_take(&f, DLB_LDB, PORT, &cqe));

	f.memory_gone = true;
	dlb_model_dma_changed(f.m);
	FX_EQ(dlb_model_lint_count(f.m, DLB_LINT_DMA), 0, "no entry is lost yet");
	f.expected = 1u << DLB_LINT_DMA;
	send(&f, DLB_LDB, 1);
	FX_EQ(dlb_model_lint_count(f.m, DLB_LINT_DMA), 1, "one is");
	assert_null(fx_peek(&f, DLB_LDB, PORT));

	f.memory_gone = false;
	dlb_model_dma_changed(f.m);
	f.reader[DLB_LDB][PORT].index++;
	send(&f, DLB_LDB, 1);
	assert_true(fx_take(&f, DLB_LDB, PORT, &cqe));
	fx_destroy(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fires_at_its_depth_threshold),
		cmocka_unit_test(route_decides_whether_anything_is_sent),
		cmocka_unit_test(registers_arm_and_change_the_condition),
		cmocka_unit_test(compressed_mode_shares_a_vector),
		cmocka_unit_test(directed_cq_without_register_bits),
		cmocka_unit_test(silent_without_bus_mastering_and_after_reset),
		cmocka_unit_test(dma_memory_comes_and_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
