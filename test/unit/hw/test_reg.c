/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The register table: offsets of the worked example in the programming model, and what must hold of
 * every row in both generations.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "dlb_reg.h"

#define ABSENT 0 /* no offset: the generation has no such register */

/* Programming model, appendix A: domain 3, LDB queue 2, LDB port 21, directed pair 40, CQ group 5. */
static const struct example {
	enum dlb_reg reg;
	uint32_t outer, inner;
	uint32_t offset[DLB_GEN_COUNT];
	uint32_t value; /* as written there, or as read */
} examples[] = {
	{ DLB_RO_GRP_SN_MODE, 0, 0, { 0x94000000, 0x84000000 }, 0x1 },
	{ DLB_CHP_CFG_LDB_VAS_CRD, 0, 3, { 0x40083000, ABSENT }, 0x800 },
	{ DLB_CHP_CFG_DIR_VAS_CRD, 0, 3, { 0x40003000, ABSENT }, 0x400 },
	{ DLB_CHP_CFG_VAS_CRD, 0, 3, { ABSENT, 0x40003000 }, 0xc00 },
	{ DLB_SYS_LDB_VASQID_V, 3, 2, { 0x10062f24, 0x10062f24 }, 0x1 },
	{ DLB_LSP_QID_LDB_INFL_LIM, 0, 2, { 0xa0d82000, 0x90f02000 }, 0x80 },
	{ DLB_LSP_QID_AQED_ACTIVE_LIM, 0, 2, { 0xa0a82000, 0x90c02000 }, 0x40 },
	{ DLB_AQED_QID_HID_WIDTH, 0, 2, { 0x20082000, 0x20082000 }, 0x0 },
	{ DLB_SYS_LDB_QID_ITS, 0, 2, { 0x10002f54, 0x10002f54 }, 0x0 },
	{ DLB_LSP_QID_ATM_DEPTH_THRSH, 0, 2, { 0xa2082000, 0x92202000 }, 0x100 },
	{ DLB_LSP_QID_NALDB_DEPTH_THRSH, 0, 2, { 0xa2102000, 0x92282000 }, 0x100 },
	{ DLB_AQED_QID_FID_LIM, 0, 2, { 0x20002000, 0x20002000 }, 0x200 },
	{ DLB_CHP_ORD_QID_SN_MAP, 0, 2, { 0x40182000, 0x40102000 }, 0x1 },
	{ DLB_SYS_LDB_QID_CFG_V, 0, 2, { 0x10002f58, 0x10002f58 }, 0x3 },
	{ DLB_SYS_LDB_QID_V, 0, 2, { 0x10002f50, 0x10002f50 }, 0x1 },
	{ DLB_SYS_LDB_CQ_ADDR_L, 0, 21, { 0x10015f80, 0x10015f80 }, 0x23456000 },
	{ DLB_SYS_LDB_CQ_ADDR_U, 0, 21, { 0x10015f84, 0x10015f84 }, 0x1 },
	{ DLB_SYS_LDB_CQ2VF_PF_RO, 0, 21, { 0x10015f94, 0x10015f94 }, 0x30 },
	{ DLB_CHP_LDB_CQ_TKN_DEPTH_SEL, 0, 21, { 0x40b95000, 0x40d15000 }, 0x4 },
	{ DLB_LSP_CQ_LDB_TKN_CNT, 0, 21, { 0xa0595000, 0x90615000 }, 0x0 },
	{ DLB_LSP_CQ_LDB_TKN_DEPTH_SEL, 0, 21, { 0xa0615000, 0x90695000 }, 0x4 },
	{ DLB_CHP_LDB_CQ_WPTR, 0, 21, { 0x40c95000, 0x40e15000 }, 0x0 },
	{ DLB_CHP_HIST_LIST_LIM, 0, 21, { 0x40795000, 0x40815000 }, 0x9f },
	{ DLB_CHP_HIST_LIST_BASE, 0, 21, { 0x40715000, 0x40795000 }, 0x60 },
	{ DLB_LSP_CQ_LDB_INFL_LIM, 0, 21, { 0xa0515000, 0x90515000 }, 0x40 },
	{ DLB_CHP_HIST_LIST_PUSH_PTR, 0, 21, { 0x40895000, 0x40915000 }, 0x60 },
	{ DLB_CHP_HIST_LIST_POP_PTR, 0, 21, { 0x40815000, 0x40895000 }, 0x60 },
	{ DLB_SYS_LDB_CQ_AT, 0, 21, { 0x10015f9c, ABSENT }, 0x0 },
	{ DLB_SYS_LDB_CQ_PASID, 0, 21, { 0x10015fa0, 0x10015f9c }, 0x0 },
	{ DLB_CHP_LDB_CQ2VAS, 0, 21, { 0x40d15000, 0x40e95000 }, 0x3 },
	{ DLB_LSP_CQ2PRIOV, 0, 21, { 0xa0015000, 0x90015000 }, 0x1000005 },
	{ DLB_SYS_LDB_PP2VAS, 0, 21, { 0x10015f88, 0x10015f88 }, 0x3 },
	{ DLB_SYS_LDB_PP_V, 0, 21, { 0x10015f90, 0x10015f90 }, 0x1 },
	{ DLB_LSP_CQ_LDB_DSBL, 0, 21, { 0xa0415000, 0x90415000 }, 0x1 },
	{ DLB_SYS_TOTAL_VAS, 0, 0, { 0x1000011c, 0x10000114 }, 0x20 },
	{ DLB_SYS_DIR_CQ_ADDR_L, 0, 40, { 0x10028fc0, 0x10028fc0 }, 0x23460000 },
	{ DLB_SYS_DIR_CQ_ADDR_U, 0, 40, { 0x10028fc4, 0x10028fc4 }, 0x1 },
	{ DLB_SYS_DIR_CQ2VF_PF_RO, 0, 40, { 0x10028fd4, 0x10028fd4 }, 0x30 },
	{ DLB_CHP_DIR_CQ_TKN_DEPTH_SEL, 0, 40, { 0x40528000, 0x405a8000 }, 0x1 },
	{ DLB_LSP_CQ_DIR_TKN_CNT, 0, 40, { 0xa0228000, 0x90228000 }, 0x4 },
	{ DLB_LSP_CQ_DIR_TKN_DEPTH_SEL_DSI, 0, 40, { 0xa02a8000, 0x902a8000 }, 0x1 },
	{ DLB_CHP_DIR_CQ_WPTR, 0, 40, { 0x40628000, 0x406a8000 }, 0x0 },
	{ DLB_SYS_DIR_CQ_FMT, 0, 40, { 0x10028fec, 0x10028fec }, 0x0 },
	{ DLB_SYS_DIR_CQ_AT, 0, 40, { 0x10028fdc, ABSENT }, 0x0 },
	{ DLB_SYS_DIR_CQ_PASID, 0, 40, { 0x10028fe0, 0x10028fdc }, 0x0 },
	{ DLB_CHP_DIR_CQ2VAS, 0, 40, { 0x406a8000, 0x40728000 }, 0x3 },
	{ DLB_SYS_DIR_PP2VAS, 0, 40, { 0x10028fc8, 0x10028fc8 }, 0x3 },
	{ DLB_SYS_DIR_PP_V, 0, 40, { 0x10028fd0, 0x10028fd0 }, 0x1 },
	{ DLB_LSP_CQ_DIR_DSBL, 0, 40, { 0xa01a8000, 0x901a8000 }, 0x0 },
	{ DLB_SYS_DIR_VASQID_V, 3, 40, { 0x100e8f28, 0x10148f28 }, 0x1 },
	{ DLB_SYS_DIR_QID_ITS, 0, 40, { 0x10028f64, 0x10028f64 }, 0x0 },
	{ DLB_LSP_QID_DIR_DEPTH_THRSH, 0, 40, { 0xa09a8000, 0x90a28000 }, 0x100 },
	{ DLB_SYS_DIR_QID_V, 0, 40, { 0x10028f60, 0x10028f60 }, 0x1 },
	{ DLB_LSP_CQ2QID0, 0, 21, { 0xa0095000, 0x90095000 }, 0x2 },
	{ DLB_ATM_QID2CQIDIX, 2, 5, { 0x30302000, 0x30302000 }, 0x100 },
	{ DLB_LSP_QID2CQIDIX, 2, 5, { 0xa1082000, 0x91202000 }, 0x100 },
	{ DLB_LSP_QID2CQIDIX2, 2, 5, { 0xa1882000, 0x91a02000 }, 0x100 },
};

static void
offsets_are_the_worked_example(void **state)
{
	enum dlb_gen gen;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];

		for (gen = 0; gen < DLB_GEN_COUNT; gen++) {
			assert_int_equal(dlb_reg_present(gen, e->reg), e->offset[gen] != ABSENT);
			if (e->offset[gen] == ABSENT)
				continue;
			assert_int_equal(dlb_reg_offset(gen, e->reg,
							dlb_reg_index(gen, e->reg, e->outer,
								      e->inner)),
					 e->offset[gen]);
		}
	}
}

/* What software writes there must fit the fields, and what the device says there is its reset value. */
static void
values_of_the_worked_example_fit(void **state)
{
	enum dlb_gen gen;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];
		const struct dlb_reg_info *r = &dlb_regs[e->reg];

		for (gen = 0; gen < DLB_GEN_COUNT; gen++) {
			if (e->offset[gen] == ABSENT)
				continue;
			if (r->access == DLB_ACCESS_CONST)
				assert_int_equal(e->value, r->reset);
			else
				assert_int_equal(e->value & ~r->writable[gen], 0);
		}
	}
}

/* Also says that no two registers share an address: find() would name the wrong one of them. */
static void
find_is_the_inverse_of_offset(void **state)
{
	enum dlb_gen gen;
	enum dlb_reg reg;
	uint32_t index;

	(void)state;
	for (gen = 0; gen < DLB_GEN_COUNT; gen++)
		for (reg = 0; reg < DLB_REG_COUNT; reg++)
			for (index = 0; index < dlb_reg_instances(gen, reg); index++) {
				struct dlb_reg_at at =
					dlb_reg_find(gen, dlb_reg_offset(gen, reg, index));

				assert_int_equal(at.reg, reg);
				assert_int_equal(at.index, index);
			}
}

static void
find_knows_where_nothing_is(void **state)
{
	/* Before the first register, between two, unaligned in one, past an array, at the very end. */
	static const uint32_t nothing[] = { 0, 0x10000118, 0x10000f51, 0x10020f50, 0xfffffffc };
	enum dlb_gen gen;
	size_t i;

	(void)state;
	for (gen = 0; gen < DLB_GEN_COUNT; gen++)
		for (i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
			assert_int_equal(dlb_reg_find(gen, nothing[i]).reg, DLB_REG_COUNT);
}

static void
find_sees_one_generation_only(void **state)
{
	struct dlb_reg_at at;

	(void)state;
	at = dlb_reg_find(DLB_V2, 0x40003000);
	assert_int_equal(at.reg, DLB_CHP_CFG_DIR_VAS_CRD);
	at = dlb_reg_find(DLB_V25, 0x40003000);
	assert_int_equal(at.reg, DLB_CHP_CFG_VAS_CRD);
	at = dlb_reg_find(DLB_V2, 0x10015f9c);
	assert_int_equal(at.reg, DLB_SYS_LDB_CQ_AT);
	at = dlb_reg_find(DLB_V25, 0x10015f9c);
	assert_int_equal(at.reg, DLB_SYS_LDB_CQ_PASID);
}

static bool
access_is_writable(enum dlb_access access)
{
	return access != DLB_ACCESS_CONST && access != DLB_ACCESS_STATUS;
}

static uint32_t
fields_mask(const struct dlb_reg_info *r, enum dlb_gen gen)
{
	uint32_t mask = 0;
	uint32_t i;

	for (i = 0; i < r->field_count; i++) {
		if (!(r->fields[i].present >> gen & 1))
			continue;
		assert_int_not_equal(r->fields[i].mask, 0);
		assert_int_equal(mask & r->fields[i].mask, 0);
		mask |= r->fields[i].mask;
	}
	return mask;
}

static void
fields_cover_what_is_writable(void **state)
{
	enum dlb_gen gen;
	enum dlb_reg reg;

	(void)state;
	for (reg = 0; reg < DLB_REG_COUNT; reg++) {
		const struct dlb_reg_info *r = &dlb_regs[reg];

		assert_int_not_equal(r->present, 0);
		assert_int_not_equal(r->field_count, 0);
		for (gen = 0; gen < DLB_GEN_COUNT; gen++) {
			uint32_t mask = fields_mask(r, gen);

			assert_int_equal(r->writable[gen],
					 access_is_writable(r->access) ? mask : 0);
			if (dlb_reg_present(gen, reg) && access_is_writable(r->access))
				assert_int_equal(r->reset & ~mask, 0);
		}
	}
}

/* Arrays must be as long as what they are indexed by. */
static void
arrays_have_an_entry_for_each_port_and_queue(void **state)
{
	static const struct {
		enum dlb_reg reg[DLB_KIND_COUNT];
		bool is_port;
	} arrays[] = {
		{ { DLB_SYS_LDB_PP_V, DLB_SYS_DIR_PP_V }, true },
		{ { DLB_SYS_LDB_CQ_ADDR_L, DLB_SYS_DIR_CQ_ADDR_L }, true },
		{ { DLB_CHP_LDB_CQ_DEPTH, DLB_CHP_DIR_CQ_DEPTH }, true },
		{ { DLB_LSP_CQ_LDB_DSBL, DLB_LSP_CQ_DIR_DSBL }, true },
		{ { DLB_SYS_LDB_QID_V, DLB_SYS_DIR_QID_V }, false },
		{ { DLB_LSP_QID_LDB_ENQUEUE_CNT, DLB_LSP_QID_DIR_ENQUEUE_CNT }, false },
	};
	enum dlb_kind kind;
	enum dlb_gen gen;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
		for (gen = 0; gen < DLB_GEN_COUNT; gen++)
			for (kind = 0; kind < DLB_KIND_COUNT; kind++)
				assert_int_equal(dlb_reg_instances(gen, arrays[i].reg[kind]),
						 arrays[i].is_port ? dlb_limits[gen].ports[kind]
								   : dlb_limits[gen].queues[kind]);
}

static void
a_field_reads_back_as_written(void **state)
{
	static const uint32_t masks[] = { 0x1, 0x80000000, 0x000007ff, 0x0ff00000, 0xffffffff };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		uint32_t most = masks[i] >> __builtin_ctz(masks[i]);

		assert_int_equal(dlb_field_get(dlb_field(masks[i], most), masks[i]), most);
		assert_int_equal(dlb_field(masks[i], most), masks[i]);
		assert_int_equal(dlb_field_set(UINT32_MAX, masks[i], 0), (uint32_t)~masks[i]);
		assert_int_equal(dlb_field_get(dlb_field_set(UINT32_MAX, masks[i], 1), masks[i]),
				 1);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_are_the_worked_example),
		cmocka_unit_test(values_of_the_worked_example_fit),
		cmocka_unit_test(find_is_the_inverse_of_offset),
		cmocka_unit_test(find_knows_where_nothing_is),
		cmocka_unit_test(find_sees_one_generation_only),
		cmocka_unit_test(fields_cover_what_is_writable),
		cmocka_unit_test(arrays_have_an_entry_for_each_port_and_queue),
		cmocka_unit_test(a_field_reads_back_as_written),
	};

	return cmocka_run_group_tests_name("registers", tests, NULL, NULL);
}
