/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration space: identity, BAR sizing, capabilities, and the function-level reset as
 * programming-model.md 7.1 does it.
 */
#include <errno.h>

#include "fixture.h"

#define COMMAND 0x04
#define STATUS 0x06
#define BAR(n) (0x10 + 4 * (n))
#define CAP_POINTER 0x34
#define EXT_CAPS 0x100
#define PASID 0x148

#define CAP_PM 0x01
#define CAP_PCIE 0x10
#define CAP_MSIX 0x11
#define EXT_AER 0x0001
#define EXT_ACS 0x000d
#define EXT_PRI 0x0013
#define EXT_PASID 0x001b

#define DEVCAP 0x04
#define DEVCTL 0x08
#define DEVSTA 0x0a
#define FLR 0x8000

static uint32_t
cap_find(struct fixture *f, uint8_t id)
{
	uint32_t at = fx_config_read(f, CAP_POINTER, 1), hops;

	for (hops = 0; at != 0 && hops < 48; hops++) {
		if (fx_config_read(f, at, 1) == id)
			return at;
		at = fx_config_read(f, at + 1, 1);
	}
	return 0;
}

static uint32_t
ext_cap_find(struct fixture *f, uint16_t id)
{
	uint32_t at = EXT_CAPS, word, hops;

	for (hops = 0; at != 0 && hops < 48; hops++) {
		word = fx_config_read(f, at, 4);
		if ((word & 0xffff) == id)
			return at;
		at = word >> 20;
	}
	return 0;
}

static void
identity_is_that_of_the_generation(void **state)
{
	static const uint16_t device[DLB_GEN_COUNT] = { 0x2710, 0x2714 };
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		fx_create_cold(&f, gen);
		assert_int_equal(fx_config_read(&f, 0x00, 4), 0x8086u | device[gen] << 16);
		assert_int_equal(fx_config_read(&f, 0x08, 4) >> 8, 0x0b4000);
		assert_int_equal(fx_config_read(&f, 0x0e, 1), 0);
		assert_int_equal(fx_config_read(&f, COMMAND, 2), 0);
		assert_true(fx_config_read(&f, STATUS, 2) & 0x10);
		fx_destroy(&f);
	}
}

static void
bars_tell_their_size(void **state)
{
	/* Written all ones; flags 0xc are 64-bit, prefetchable. */
	static const uint32_t want[6] = { 0xfc00000c, 0xffffffff, 0x0000000c, 0xffffffff, 0, 0 };
	struct fixture f;
	uint32_t i;

	(void)state;
	fx_create_cold(&f, DLB_V25);
	for (i = 0; i < 6; i++) {
		fx_config_write(&f, BAR(i), 4, UINT32_MAX);
		FX_EQ(fx_config_read(&f, BAR(i), 4), want[i], "sizing");
	}
	fx_config_write(&f, BAR(0), 4, 0x12345678);
	assert_int_equal(fx_config_read(&f, BAR(0), 4), 0x1000000c);
	fx_destroy(&f);
}

static void
capabilities_are_found(void **state)
{
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		fx_create_cold(&f, gen);
		assert_true(cap_find(&f, CAP_PM) != 0);
		assert_true(cap_find(&f, CAP_MSIX) != 0);
		assert_true(fx_config_read(&f, cap_find(&f, CAP_PCIE) + DEVCAP, 4) & 1u << 28);
		assert_true(ext_cap_find(&f, EXT_AER) != 0);
		assert_true(ext_cap_find(&f, EXT_ACS) != 0);
		assert_true(ext_cap_find(&f, EXT_PRI) != 0);
		assert_int_equal(ext_cap_find(&f, EXT_PASID), PASID);
		assert_int_equal(cap_find(&f, 0x7f), 0);
		fx_destroy(&f);
	}
}

static void
fields_obey_their_access(void **state)
{
	/* Offset in bytes, width, what is written, what is read then. */
	static const struct {
		const char *name;
		uint32_t offset, size_bytes, value, want;
	} rows[] = {
		{ "vendor is read-only", 0x00, 2, 0, 0x8086 },
		{ "class is read-only", 0x0b, 1, 0xff, 0x0b },
		{ "command", COMMAND, 2, 0xffff, 0x0546 },
		{ "interrupt line", 0x3c, 1, 0x5a, 0x5a },
		{ "interrupt pin is read-only", 0x3d, 1, 0x5a, 0 },
		{ "PASID control", PASID + 6, 2, 0xffff, 0x0007 },
		{ "status is cleared by ones, and has none set", STATUS, 2, 0xffff, 0x0010 },
	};
	struct fixture f;
	uint32_t i;

	(void)state;
	fx_create_cold(&f, DLB_V2);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fx_config_write(&f, rows[i].offset, rows[i].size_bytes, rows[i].value);
		FX_EQ(fx_config_read(&f, rows[i].offset, rows[i].size_bytes), rows[i].want,
		      rows[i].name);
	}
	fx_destroy(&f);
}

static void
odd_accesses_are_refused(void **state)
{
	static const struct {
		uint32_t offset;
		size_t size_bytes;
	} rows[] = { { 1, 2 }, { 2, 4 }, { 0, 3 }, { 0, 8 }, { 4096, 1 }, { 4096, 4 }, { 0, 0 } };
	uint32_t word = 0, i;
	struct fixture f;

	(void)state;
	fx_create_cold(&f, DLB_V2);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(dlb_model_config_read(f.m, rows[i].offset, &word,
						       rows[i].size_bytes),
				 -EINVAL);
		assert_int_equal(dlb_model_config_write(f.m, rows[i].offset, &word,
							rows[i].size_bytes),
				 -EINVAL);
	}
	fx_destroy(&f);
}

static void
flr_start(struct fixture *f)
{
	uint32_t devctl = cap_find(f, CAP_PCIE) + DEVCTL;

	fx_config_write(f, devctl, 2, fx_config_read(f, devctl, 2) | FLR);
}

static void
flr_resets_all_but_power(void **state)
{
	const struct fx_port port = { 8, 0, 16 };
	const struct fx_queue queue = { .aqed = 64 };
	struct fixture f;
	uint32_t pcie;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		fx_create(&f, gen);
		pcie = cap_find(&f, CAP_PCIE);
		fx_config_write(&f, BAR(1), 4, 0x1234);
		fx_domain(&f, 0, 64, 64);
		fx_ldb_queue(&f, 0, 0, &queue);
		fx_ldb_port(&f, 0, 0, &port);
		fx_map(&f, 0, 0, 0, 0);
		fx_start(&f, 0);
		fx_send(&f, DLB_LDB, 0, fx_qe(DLB_CMD_NEW, DLB_SCHED_ATOMIC, 0, 0, 5, 1));

		flr_start(&f);
		assert_int_equal(fx_config_read(&f, 0x00, 4), UINT32_MAX);
		fx_config_write(&f, BAR(1), 4, 0x4321);
		dlb_model_advance(f.m, FX_FLR_US);
		assert_int_equal(fx_config_read(&f, 0x00, 2), 0x8086);
		assert_int_equal(fx_config_read(&f, pcie + DEVCTL, 2) & FLR, 0);
		assert_int_equal(fx_config_read(&f, COMMAND, 2), 0);
		assert_int_equal(fx_config_read(&f, BAR(1), 4), 0);

		fx_enable_pci(&f);
		assert_int_equal(fx_read(&f, DLB_CM_CFG_PM_PMCSR_DISABLE, 0), 0);
		assert_int_equal(fx_read(&f, DLB_LSP_CQ_LDB_DSBL, 0), 1);
		assert_int_equal(fx_read(&f, DLB_SYS_LDB_PP_V, 0), 0);
		assert_int_equal(fx_depth(&f, DLB_LDB, 0), 0);
		assert_int_equal(fx_credits(&f, DLB_LDB, 0), 0);
		assert_false(dlb_model_has_work(f.m));
		fx_destroy(&f);
	}
}

/* A port, a queue, both directions: true if an event makes it through the device. */
static bool
event_passes(struct fixture *f)
{
	struct dlb_cqe cqe;
	bool got;

	fx_send(f, DLB_DIR, 0, fx_qe(DLB_CMD_NEW, DLB_SCHED_DIRECTED, 0, 0, 0, 9));
	fx_run(f);
	got = fx_take(f, DLB_DIR, 0, &cqe);
	if (got)
		fx_pop(f, DLB_DIR, 0, 1);
	return got;
}

static void
data_path_depends_on_config(void **state)
{
	static const struct {
		const char *name;
		uint32_t offset, value;
		bool delayed; /* goes through once the cause has gone */
	} rows[] = {
		{ "no bus mastering", COMMAND, 0x0002, true },
		{ "no memory decode", COMMAND, 0x0004, false },
		{ "PASID on", PASID + 6, 0x0001, false },
		{ "D3hot", 0x94, 0x0003, false },
	};
	struct fixture f;
	uint32_t i, before;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		fx_create(&f, gen);
		f.expected = 1u << DLB_LINT_UNPOWERED;
		fx_domain(&f, 0, 8, 8);
		fx_dir_port(&f, 0, 0, 8);
		fx_dir_queue(&f, 0, 0);
		fx_start(&f, 0);
		assert_true(event_passes(&f));
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			before = fx_config_read(&f, rows[i].offset, 2);
			fx_config_write(&f, rows[i].offset, 2, rows[i].value);
			FX_EQ(event_passes(&f), false, rows[i].name);
			fx_config_write(&f, rows[i].offset, 2, before);
			FX_EQ(fx_run(&f), rows[i].delayed, rows[i].name);
			if (rows[i].delayed) {
				f.reader[DLB_DIR][0].index++;
				fx_pop(&f, DLB_DIR, 0, 1);
			}
			FX_EQ(event_passes(&f), true, rows[i].name);
		}
		fx_destroy(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identity_is_that_of_the_generation),
		cmocka_unit_test(bars_tell_their_size),
		cmocka_unit_test(capabilities_are_found),
		cmocka_unit_test(fields_obey_their_access),
		cmocka_unit_test(odd_accesses_are_refused),
		cmocka_unit_test(flr_resets_all_but_power),
		cmocka_unit_test(data_path_depends_on_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
