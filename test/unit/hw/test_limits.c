/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The limits of each generation, and the small tables that follow from them: rings, depth selects,
 * sequence numbers, credit pools.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "dlb_hw.h"

static void
generations_are_what_the_document_says(void **state)
{
	static const struct {
		const char *name;
		uint16_t pci_device, dir_ports, ldb_credits, dir_credits;
		bool is_25;
	} rows[DLB_GEN_COUNT] = {
		[DLB_V2] = { "2.0", 0x2710, 64, 8192, 4096, false },
		[DLB_V25] = { "2.5", 0x2714, 96, 16384, 0, true },
	};
	enum dlb_gen gen;

	(void)state;
	for (gen = 0; gen < DLB_GEN_COUNT; gen++) {
		const struct dlb_limits *l = &dlb_limits[gen];

		assert_string_equal(l->name, rows[gen].name);
		assert_int_equal(l->pci_device, rows[gen].pci_device);
		assert_int_equal(l->ports[DLB_LDB], 64);
		assert_int_equal(l->queues[DLB_LDB], 32);
		assert_int_equal(l->ports[DLB_DIR], rows[gen].dir_ports);
		assert_int_equal(l->queues[DLB_DIR], rows[gen].dir_ports);
		assert_int_equal(l->credits[DLB_LDB], rows[gen].ldb_credits);
		assert_int_equal(l->credits[DLB_DIR], rows[gen].dir_credits);
		assert_int_equal(l->has_shared_credits, rows[gen].is_25);
		assert_int_equal(l->has_cq_weight, rows[gen].is_25);
		assert_int_equal(l->has_inflight_threshold, rows[gen].is_25);
	}
}

static void
no_generation_exceeds_the_array_sizes(void **state)
{
	enum dlb_gen gen;
	enum dlb_kind kind;

	(void)state;
	assert_int_equal(DLB_COS_COUNT * DLB_COS_PORTS, DLB_LDB_PORTS);
	for (gen = 0; gen < DLB_GEN_COUNT; gen++) {
		assert_true(dlb_limits[gen].ports[DLB_DIR] <= DLB_DIR_PORTS_MAX);
		for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
			assert_true(dlb_limits[gen].ports[kind] <= DLB_PORTS_MAX);
			assert_true(dlb_limits[gen].queues[kind] <= DLB_QUEUES_MAX);
			assert_true(dlb_limits[gen].credits[kind] <= DLB_CREDITS_MAX);
		}
	}
}

static void
credits_come_from_the_pool_of_the_kind_or_the_shared_one(void **state)
{
	(void)state;
	assert_int_equal(dlb_credit_pool(DLB_V2, DLB_LDB), DLB_LDB);
	assert_int_equal(dlb_credit_pool(DLB_V2, DLB_DIR), DLB_DIR);
	assert_int_equal(dlb_credit_pool(DLB_V25, DLB_LDB), DLB_LDB);
	assert_int_equal(dlb_credit_pool(DLB_V25, DLB_DIR), DLB_LDB);
}

/* Programming model, "Derived values" of the load-balanced port. */
static void
depth_select_describes_the_ring(void **state)
{
	static const struct {
		uint32_t depth, ring, select;
	} rows[] = {
		{ 1, 8, 1 },     { 2, 8, 1 },     { 4, 8, 1 },       { 8, 8, 1 },
		{ 16, 16, 2 },   { 32, 32, 3 },   { 64, 64, 4 },     { 128, 128, 5 },
		{ 256, 256, 6 }, { 512, 512, 7 }, { 1024, 1024, 8 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(dlb_cq_ring(rows[i].depth), rows[i].ring);
		assert_int_equal(dlb_cq_depth_select(rows[i].depth), rows[i].select);
		assert_int_equal(4u << rows[i].select, rows[i].ring);
	}
}

/* Programming model, "Sequence-number groups". */
static void
a_group_always_shares_out_all_its_numbers(void **state)
{
	static const uint32_t per_queue[DLB_SN_MODES] = { 64, 128, 256, 512, 1024 };
	static const uint32_t slots[DLB_SN_MODES] = { 16, 8, 4, 2, 1 };
	uint32_t mode;

	(void)state;
	for (mode = 0; mode < DLB_SN_MODES; mode++) {
		assert_int_equal(dlb_sn_per_queue(mode), per_queue[mode]);
		assert_int_equal(dlb_sn_slots(mode), slots[mode]);
		assert_int_equal(dlb_sn_per_queue(mode) * dlb_sn_slots(mode), DLB_SN_PER_GROUP);
		assert_true(dlb_sn_slots(mode) <= DLB_SN_SLOTS_MAX);
	}
}

/* The pages of programming model, appendix A; all of them inside the BAR, none shared. */
static void
producer_port_pages_fit_the_bar(void **state)
{
	enum dlb_gen gen;

	(void)state;
	assert_int_equal(dlb_pp_base[DLB_LDB] + 21 * DLB_PP_STRIDE, 0x02115000);
	assert_int_equal(dlb_pp_base[DLB_DIR] + 40 * DLB_PP_STRIDE, 0x02028000);
	for (gen = 0; gen < DLB_GEN_COUNT; gen++) {
		const struct dlb_limits *l = &dlb_limits[gen];

		assert_true(dlb_pp_base[DLB_DIR] + l->ports[DLB_DIR] * DLB_PP_STRIDE <=
			    dlb_pp_base[DLB_LDB]);
		assert_true(dlb_pp_base[DLB_LDB] + l->ports[DLB_LDB] * DLB_PP_STRIDE <=
			    DLB_FUNC_BAR_BYTES);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(generations_are_what_the_document_says),
		cmocka_unit_test(no_generation_exceeds_the_array_sizes),
		cmocka_unit_test(credits_come_from_the_pool_of_the_kind_or_the_shared_one),
		cmocka_unit_test(depth_select_describes_the_ring),
		cmocka_unit_test(a_group_always_shares_out_all_its_numbers),
		cmocka_unit_test(producer_port_pages_fit_the_bar),
	};

	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
