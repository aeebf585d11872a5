/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registers: reset values and access rules of every row, power, and the worked example of
 * programming-model.md, Appendix A, with its absolute offsets.
 */
#include "fixture.h"

static uint32_t
all_fields(enum dlb_reg reg, enum dlb_gen gen)
{
	uint32_t mask = 0, i;

	for (i = 0; i < dlb_regs[reg].field_count; i++)
		if (dlb_regs[reg].fields[i].present >> gen & 1)
			mask |= dlb_regs[reg].fields[i].mask;
	return mask;
}

static void
every_register_resets_to_its_row(void **state)
{
	struct fixture f;
	uint32_t reg, index;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		fx_create(&f, gen);
		fx_cq_mode(&f, DLB_CQ_DENSE);
		for (reg = 0; reg < DLB_REG_COUNT; reg++) {
			if (reg == DLB_CM_CFG_PM_PMCSR_DISABLE)
				continue;
			for (index = 0; index < dlb_reg_instances(gen, reg); index++)
				FX_EQ(fx_read(&f, reg, index), dlb_regs[reg].reset,
				      dlb_regs[reg].name);
		}
		fx_destroy(&f);
	}
}

/* What a read gives after all ones, then zero, have been written to a register on its own. */
static void
every_register_obeys_its_access_rule(void **state)
{
	struct fixture f;
	uint32_t reg, index, mask, reset;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		fx_create(&f, gen);
		f.expected = UINT32_MAX;
		for (reg = 0; reg < DLB_REG_COUNT; reg++) {
			const struct dlb_reg_info *r = &dlb_regs[reg];

			if (reg == DLB_CM_CFG_PM_PMCSR_DISABLE)
				continue;
			mask = all_fields(reg, gen);
			reset = r->reset;
			for (index = 0; index < dlb_reg_instances(gen, reg); index++) {
				fx_write(&f, reg, index, UINT32_MAX);
				if (r->access == DLB_ACCESS_RW || r->access == DLB_ACCESS_LIVE)
					FX_EQ(fx_read(&f, reg, index), mask, r->name);
				else if (r->access == DLB_ACCESS_COMMAND)
					FX_EQ(fx_read(&f, reg, index), 0, r->name);
				else
					FX_EQ(fx_read(&f, reg, index), reset, r->name);

				fx_write(&f, reg, index, 0);
				if (r->access == DLB_ACCESS_RW || r->access == DLB_ACCESS_LIVE)
					FX_EQ(fx_read(&f, reg, index), 0, r->name);
				fx_write(&f, reg, index, reset);
			}
		}
		fx_destroy(&f);
	}
}

static void
instances_do_not_share_storage(void **state)
{
	static const enum dlb_reg rows[] = { DLB_SYS_DIR_VASQID_V, DLB_LSP_QID2CQIDIX,
					     DLB_SYS_LDB_CQ_ADDR_U, DLB_LSP_CFG_SHDW_RANGE_COS,
					     DLB_CHP_HIST_LIST_BASE };
	struct fixture f;
	uint32_t i, index;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		fx_create(&f, gen);
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			uint32_t mask = all_fields(rows[i], gen);

			for (index = 0; index < dlb_reg_instances(gen, rows[i]); index++)
				fx_write(&f, rows[i], index, index * 2654435761u);
			for (index = 0; index < dlb_reg_instances(gen, rows[i]); index++)
				FX_EQ(fx_read(&f, rows[i], index), index * 2654435761u & mask,
				      dlb_regs[rows[i]].name);
		}
		fx_destroy(&f);
	}
}

static void
nothing_is_where_no_register_is(void **state)
{
	/* Offsets of one generation that mean nothing on the other. */
	static const struct {
		enum dlb_gen gen;
		uint32_t offset;
	} rows[] = {
		{ DLB_V2, 0x00000000 },  { DLB_V2, 0x10000f81 },  { DLB_V2, 0x90b00000 },
		{ DLB_V25, 0xb4000018 }, { DLB_V25, 0x40e00004 }, { DLB_V25, 0xfffffffc },
	};
	struct fixture f;
	uint32_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fx_create(&f, rows[i].gen);
		f.expected = 1u << DLB_LINT_UNKNOWN_REGISTER;
		dlb_model_csr_write(f.m, rows[i].offset, UINT32_MAX);
		assert_int_equal(dlb_model_csr_read(f.m, rows[i].offset), 0);
		fx_destroy(&f);
	}
}

static bool
is_ready(struct fixture *f)
{
	uint32_t pm = fx_read(f, DLB_CM_CFG_PM_STATUS, 0);
	uint32_t idle = fx_read(f, DLB_CM_CFG_DIAGNOSTIC_IDLE_STATUS, 0);

	return dlb_field_get(pm, DLB_CM_CFG_PM_STATUS_PMSM) == 1 &&
	       idle & DLB_CM_CFG_DIAGNOSTIC_IDLE_STATUS_DLB_FUNC_IDLE;
}

static void
power_up_takes_time(void **state)
{
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		fx_create_cold(&f, gen);
		fx_enable_pci(&f);
		assert_false(is_ready(&f));
		dlb_model_advance(f.m, FX_READY_US);
		assert_false(is_ready(&f));
		fx_write(&f, DLB_CM_CFG_PM_PMCSR_DISABLE, 0, 0);
		assert_false(is_ready(&f));
		dlb_model_advance(f.m, FX_READY_US);
		assert_true(is_ready(&f));
		assert_int_equal(fx_read(&f, DLB_SYS_TOTAL_VAS, 0), 0x20);
		fx_destroy(&f);
	}
}

static void
registers_need_power_and_memory_decode(void **state)
{
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		fx_create_cold(&f, gen);
		f.expected = 1u << DLB_LINT_UNPOWERED;
		assert_int_equal(fx_read(&f, DLB_CM_CFG_PM_PMCSR_DISABLE, 0), UINT32_MAX);
		fx_enable_pci(&f);
		assert_int_equal(fx_read(&f, DLB_CM_CFG_PM_PMCSR_DISABLE, 0), 1);
		assert_int_equal(fx_read(&f, DLB_SYS_TOTAL_VAS, 0), UINT32_MAX);
		fx_write(&f, DLB_AQED_QID_FID_LIM, 0, 1);
		fx_power_up(&f);
		assert_int_equal(fx_read(&f, DLB_AQED_QID_FID_LIM, 0), 0x7ff);
		fx_config_write(&f, 0x04, 2, 0);
		fx_write(&f, DLB_AQED_QID_FID_LIM, 0, 1);
		assert_int_equal(fx_read(&f, DLB_AQED_QID_FID_LIM, 0), UINT32_MAX);
		fx_enable_pci(&f);
		assert_int_equal(fx_read(&f, DLB_AQED_QID_FID_LIM, 0), 0x7ff);
		fx_destroy(&f);
	}
}

/* Columns: offset on 2.0 and 2.5, 0 for none; value. Reads are the flush. */
#define NONE 0

static const struct {
	uint32_t offset[DLB_GEN_COUNT];
	uint32_t value;
} appendix[] = {
	{ { 0x94000000, 0x84000000 }, 0x00000001 }, /* RO_GRP_SN_MODE */
	{ { 0x40083000, NONE }, 0x00000800 },       /* CHP_CFG_LDB_VAS_CRD */
	{ { 0x40003000, NONE }, 0x00000400 },       /* CHP_CFG_DIR_VAS_CRD */
	{ { NONE, 0x40003000 }, 0x00000c00 },       /* CHP_CFG_VAS_CRD */
	{ { 0x10062f24, 0x10062f24 }, 0 },          /* queue 2 */
	{ { 0xa0d82000, 0x90f02000 }, 0x00000080 },
	{ { 0xa0a82000, 0x90c02000 }, 0x00000040 },
	{ { 0x20082000, 0x20082000 }, 0 },
	{ { 0x10002f54, 0x10002f54 }, 0 },
	{ { 0xa2082000, 0x92202000 }, 0x00000100 },
	{ { 0xa2102000, 0x92282000 }, 0x00000100 },
	{ { 0x20002000, 0x20002000 }, 0x00000200 },
	{ { 0x40182000, 0x40102000 }, 0x00000001 },
	{ { 0x10002f58, 0x10002f58 }, 0x00000003 },
	{ { 0x10002f50, 0x10002f50 }, 0x00000001 },
	{ { 0x10015f80, 0x10015f80 }, 0x23456000 }, /* port 21 */
	{ { 0x10015f84, 0x10015f84 }, 0x00000001 },
	{ { 0x10015f94, 0x10015f94 }, 0x00000030 },
	{ { 0x40b95000, 0x40d15000 }, 0x00000004 },
	{ { 0xa0595000, 0x90615000 }, 0 },
	{ { 0xa0615000, 0x90695000 }, 0x00000004 },
	{ { 0x40c95000, 0x40e15000 }, 0 },
	{ { 0x40795000, 0x40815000 }, 0x0000009f },
	{ { 0x40715000, 0x40795000 }, 0x00000060 },
	{ { 0xa0515000, 0x90515000 }, 0x00000040 },
	{ { 0x40895000, 0x40915000 }, 0x00000060 },
	{ { 0x40815000, 0x40895000 }, 0x00000060 },
	{ { 0x10015f9c, NONE }, 0 },
	{ { 0x10015fa0, 0x10015f9c }, 0 },
	{ { 0x40d15000, 0x40e95000 }, 0x00000003 },
	{ { 0xa0015000, 0x90015000 }, 0 },
	{ { 0x10015f88, 0x10015f88 }, 0x00000003 },
	{ { 0x10015f90, 0x10015f90 }, 0x00000001 },
	{ { 0xa0415000, 0x90415000 }, 0 },
	{ { 0x10028fc0, 0x10028fc0 }, 0x23460000 }, /* directed port 40 */
	{ { 0x10028fc4, 0x10028fc4 }, 0x00000001 },
	{ { 0x10028fd4, 0x10028fd4 }, 0x00000030 },
	{ { 0x40528000, 0x405a8000 }, 0x00000001 },
	{ { 0xa0228000, 0x90228000 }, 0x00000004 },
	{ { 0xa02a8000, 0x902a8000 }, 0x00000001 },
	{ { 0x40628000, 0x406a8000 }, 0 },
	{ { 0x10028fec, 0x10028fec }, 0 },
	{ { 0x10028fdc, NONE }, 0 },
	{ { 0x10028fe0, 0x10028fdc }, 0 },
	{ { 0x406a8000, 0x40728000 }, 0x00000003 },
	{ { 0x10028fc8, 0x10028fc8 }, 0x00000003 },
	{ { 0x10028fd0, 0x10028fd0 }, 0x00000001 },
	{ { 0xa01a8000, 0x901a8000 }, 0 },
	{ { 0x100e8f28, 0x10148f28 }, 0 }, /* directed queue 40 */
	{ { 0x10028f64, 0x10028f64 }, 0 },
	{ { 0xa09a8000, 0x90a28000 }, 0x00000100 },
	{ { 0x10028f60, 0x10028f60 }, 0x00000001 },
	{ { 0xa0415000, 0x90415000 }, 0x00000001 }, /* map */
	{ { 0xa0015000, 0x90015000 }, 0x01000005 },
	{ { 0xa0095000, 0x90095000 }, 0x00000002 },
	{ { 0x30302000, 0x30302000 }, 0x00000100 },
	{ { 0xa1082000, 0x91202000 }, 0x00000100 },
	{ { 0xa1882000, 0x91a02000 }, 0x00000100 },
	{ { 0xa0415000, 0x90415000 }, 0 },
	{ { 0x10062f24, 0x10062f24 }, 0x00000001 }, /* start */
	{ { 0x100e8f28, 0x10148f28 }, 0x00000001 },
};

static void
appendix_program(struct fixture *f)
{
	uint32_t i, offset;

	for (i = 0; i < sizeof(appendix) / sizeof(appendix[0]); i++) {
		offset = appendix[i].offset[f->gen];
		if (offset == NONE)
			continue;
		dlb_model_csr_write(f->m, offset, appendix[i].value);
		FX_EQ(dlb_model_csr_read(f->m, offset), appendix[i].value, "appendix row");
	}
	FX_EQ(dlb_model_csr_read(f->m, f->gen == DLB_V2 ? 0x1000011c : 0x10000114), 0x20, "flush");
}

static void
worked_example_carries_events(void **state)
{
	const struct dlb_cqe *cqe;
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		fx_create(&f, gen);
		appendix_program(&f);

		/* Datapath 3.9, to queue 2 as an ordered event at priority 2. */
		fx_send(&f, DLB_LDB, 21,
			(struct dlb_qe){ .data = 0x1122334455667788,
					 .opaque = 0x3072,
					 .qid = 2,
					 .sched = dlb_qe_sched(DLB_SCHED_ORDERED, 2, 0),
					 .lock_id = 0xbeef,
					 .cmd = DLB_CMD_NEW });
		assert_int_equal(fx_run(&f), 1);
		cqe = (const struct dlb_cqe *)f.memory;
		assert_int_equal(cqe->data, 0x1122334455667788);
		assert_int_equal(cqe->opaque, 0x3072);
		assert_int_equal(cqe->qid, 2);
		assert_int_equal(cqe->sched, 0x0a);
		assert_int_equal(cqe->flow_id, 0xbeef);
		assert_int_equal(cqe->flags, DLB_CQE_GEN);

		/* Forward it to directed queue 40; depth 4 leaves room for four. */
		fx_send(&f, DLB_LDB, 21,
			(struct dlb_qe){ .data = 1,
					 .qid = 40,
					 .lock_id = 0x0f28,
					 .sched = dlb_qe_sched(DLB_SCHED_DIRECTED, 3, 0),
					 .cmd = DLB_CMD_FWD_T });
		assert_int_equal(fx_run(&f), 1);
		cqe = (const struct dlb_cqe *)(f.memory + 0xa000);
		assert_int_equal(cqe->data, 1);
		assert_int_equal(cqe->qid, 0x28);
		assert_int_equal(cqe->sched, 0x0f);
		fx_destroy(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_register_resets_to_its_row),
		cmocka_unit_test(every_register_obeys_its_access_rule),
		cmocka_unit_test(instances_do_not_share_storage),
		cmocka_unit_test(nothing_is_where_no_register_is),
		cmocka_unit_test(power_up_takes_time),
		cmocka_unit_test(registers_need_power_and_memory_decode),
		cmocka_unit_test(worked_example_carries_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
