/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices: what is refused, what is programmed for all domains, power, register access. */
#include "fixture.h"

static void
check_create_refused(struct fixture *f, const char *name, const struct dlb_device_conf *conf,
		     int want, const char *text)
{
	struct dlb_device *device = NULL;

	fixture_remember(f);
	fixture_check_refused(f, name, dlb_device_create(&f->mb.bus, conf, &device), want, text);
	assert_null(device);
}

static void
test_conf_refused(void **state)
{
	static const struct {
		const char *name;
		struct dlb_device_conf conf;
		const char *text;
	} rows[] = {
		{ "unknown CQ mode",
		  { .cq_mode = { 2, 0 } },
		  "CQ mode of load-balanced ports 2: must be 0 to 1" },
		{ "unknown directed CQ mode",
		  { .cq_mode = { 0, 9 } },
		  "CQ mode of directed ports 9: must be 0 to 1" },
		{ "QE starvation avoidance",
		  { .qe_starvation_avoidance = 101 },
		  "QE starvation avoidance 101: must be 0 to 100" },
		{ "queue starvation avoidance",
		  { .queue_starvation_avoidance = 255 },
		  "queue starvation avoidance 255: must be 0 to 100" },
		{ "bandwidth of one class",
		  { .cos_bandwidth = { 0, 101, 0, 0 } },
		  "sum of class bandwidths 101: must be 0 to 100" },
		{ "bandwidth of all classes",
		  { .cos_bandwidth = { 25, 25, 25, 26 } },
		  "sum of class bandwidths 101: must be 0 to 100" },
		{ "bandwidth that wraps",
		  { .cos_bandwidth = { 255, 255, 255, 255 } },
		  "sum of class bandwidths 1020: must be 0 to 100" },
	};
	struct fixture *f = *state;
	uint32_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct dlb_device_conf conf = rows[i].conf;

		conf.log = test_log_to(&f->log);
		check_create_refused(f, rows[i].name, &conf, -EINVAL, rows[i].text);
	}
}

/* The bus says one generation, the function is of another. */
static void
test_wrong_generation(void **state)
{
	struct fixture *f = *state;
	const struct dlb_device_conf conf = fixture_conf(f);

	f->mb.bus.gen = f->gen == DLB_V2 ? DLB_V25 : DLB_V2;
	check_create_refused(f, "other generation", &conf, -ENODEV,
			     f->gen == DLB_V2 ? "PCI ID 8086:2710: a DLB 2.5 is 8086:2714"
					      : "PCI ID 8086:2714: a DLB 2.0 is 8086:2710");
	f->mb.bus.gen = f->gen;
}

static void
test_not_ready(void **state)
{
	struct fixture *f = *state;
	struct dlb_device_conf conf = fixture_conf(f);

	conf.bus_has_reset = true;
	f->mb.csr_dead = true;
	f->mb.waited_us = 0;
	check_create_refused(
		f, "nobody there", &conf, -ETIMEDOUT,
		"power state 0xffffffff, idle status 0xffffffff: not ready after 1000000 us");
	assert_int_equal(f->mb.waited_us, 1000000);
	f->mb.csr_dead = false;
}

/* A function that the bus has just reset is left alone, but PASID goes off all the same. */
static void
test_bus_has_reset(void **state)
{
	struct fixture *f = *state;
	struct dlb_device_conf conf = fixture_conf(f);
	struct model_bus mb;
	struct dlb_device *device;
	const uint16_t on = 1;
	uint16_t pasid;

	model_bus_create(&mb, f->gen);
	assert_int_equal(dlb_model_config_write(mb.model, 0x14e, &on, sizeof(on)), 0);
	conf.bus_has_reset = true;
	assert_int_equal(dlb_device_create(&mb.bus, &conf, &device), 0);
	assert_true(mb.waited_us < 100000);
	assert_int_equal(dlb_model_config_read(mb.model, 0x14e, &pasid, sizeof(pasid)), 0);
	assert_int_equal(pasid, 0);
	dlb_device_destroy(device);
	model_bus_destroy(&mb);
}

static void
device_again(struct fixture *f, const struct dlb_device_conf *conf)
{
	dlb_device_destroy(f->device);
	assert_int_equal(dlb_device_create(&f->mb.bus, conf, &f->device), 0);
}

static uint32_t
csr(struct fixture *f, enum dlb_reg reg, uint32_t index)
{
	return dlb_device_csr_read(f->device, reg, index);
}

static void
test_arbiters(void **state)
{
	/* datapath.md, section "Choosing" */
	static const struct {
		uint8_t percent;
		uint32_t weights;
	} rows[] = {
		{ 0, 0xffffffff },  { 1, 0xfffdfbf9 },   { 10, 0xfff9f3ed },
		{ 50, 0xffdfbf9f }, { 100, 0xffbf7f3f },
	};
	static const enum dlb_reg qe_regs[] = {
		DLB_ATM_CFG_ARB_WEIGHTS_RDY_BIN,         DLB_NALB_CFG_ARB_WEIGHTS_TQPRI_NALB_0,
		DLB_NALB_CFG_ARB_WEIGHTS_TQPRI_REPLAY_0, DLB_DP_CFG_ARB_WEIGHTS_TQPRI_REPLAY_0,
		DLB_DP_CFG_ARB_WEIGHTS_TQPRI_DIR_0,      DLB_NALB_CFG_ARB_WEIGHTS_TQPRI_ATQ_0,
		DLB_ATM_CFG_ARB_WEIGHTS_SCHED_BIN,       DLB_AQED_CFG_ARB_WEIGHTS_TQPRI_ATM_0,
	};
	struct fixture *f = *state;
	struct dlb_device_conf conf = fixture_conf(f);
	uint32_t i, reg;

	for (i = 0; i < COUNT(rows); i++) {
		uint32_t other = COUNT(rows) - 1 - i;

		conf.qe_starvation_avoidance = rows[i].percent;
		conf.queue_starvation_avoidance = rows[other].percent;
		device_again(f, &conf);
		for (reg = 0; reg < COUNT(qe_regs); reg++)
			assert_int_equal(csr(f, qe_regs[reg], 0), rows[i].weights);
		assert_int_equal(csr(f, DLB_LSP_CFG_ARB_WEIGHT_LDB_QID_0, 0), rows[other].weights);
		assert_int_equal(csr(f, DLB_LSP_CFG_ARB_WEIGHT_ATM_NALB_QID_0, 0),
				 rows[other].weights);
	}
}

static void
test_cos_bandwidth(void **state)
{
	static const struct {
		uint8_t percent[DLB_COS_COUNT];
		uint32_t range[DLB_COS_COUNT];
	} rows[] = {
		{ { 0, 0, 0, 0 }, { 64, 64, 64, 64 } },  { { 0, 5, 10, 25 }, { 0, 12, 25, 64 } },
		{ { 33, 0, 50, 0 }, { 84, 0, 128, 0 } }, { { 80, 20, 0, 0 }, { 204, 51, 0, 0 } },
		{ { 0, 0, 0, 100 }, { 0, 0, 0, 256 } },
	};
	struct fixture *f = *state;
	struct dlb_device_conf conf = fixture_conf(f);
	uint32_t i, cos;

	for (i = 0; i < COUNT(rows); i++) {
		memcpy(conf.cos_bandwidth, rows[i].percent, sizeof(conf.cos_bandwidth));
		device_again(f, &conf);
		for (cos = 0; cos < DLB_COS_COUNT; cos++)
			assert_int_equal(csr(f, DLB_LSP_CFG_SHDW_RANGE_COS, cos),
					 rows[i].range[cos]);
	}
}

static void
test_cq_modes(void **state)
{
	struct fixture *f = *state;
	struct dlb_device_conf conf = fixture_conf(f);
	uint32_t reset = dlb_regs[DLB_CHP_CFG_CHP_CSR_CTRL].reset, mode;

	for (mode = 0; mode < 4; mode++) {
		conf.cq_mode[DLB_LDB] = mode & 1 ? DLB_CQ_SPARSE : DLB_CQ_DENSE;
		conf.cq_mode[DLB_DIR] = mode & 2 ? DLB_CQ_SPARSE : DLB_CQ_DENSE;
		device_again(f, &conf);
		assert_int_equal(csr(f, DLB_CHP_CFG_CHP_CSR_CTRL, 0), reset | mode << 17);
	}
}

static void
test_reset(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);

	fixture_remember(f);
	fixture_check_refused(f, "in use", dlb_device_reset(f->device), -EBUSY,
			      "device reset: domain 0 must be destroyed before");
	assert_int_equal(dlb_domain_destroy(domain), 0);
	assert_int_equal(dlb_device_csr_write(f->device, DLB_SYS_INGRESS_ALARM_ENBL, 0, 0x3f), 0);
	assert_int_equal(dlb_device_reset(f->device), 0);
	assert_int_equal(csr(f, DLB_SYS_INGRESS_ALARM_ENBL, 0), 0);
	assert_int_equal(csr(f, DLB_NALB_CFG_ARB_WEIGHTS_TQPRI_NALB_0, 0), 0xfffdfbf9);
	assert_false(dlb_device_has_failed(f->device));
}

static void
test_csr_access(void **state)
{
	struct fixture *f = *state;
	enum dlb_reg absent = f->gen == DLB_V2 ? DLB_SYS_TOTAL_CREDITS : DLB_SYS_TOTAL_LDB_CRDS;
	const struct {
		const char *name;
		enum dlb_reg reg;
		uint32_t index, value;
		const char *text;
	} rows[] = {
		{ "no such register", DLB_REG_COUNT, 0, 0, "must be below" },
		{ "absent", absent, 0, 0,
		  f->gen == DLB_V2 ? "SYS_TOTAL_CREDITS[0]: DLB 2.0 has 0 of that register"
				   : "SYS_TOTAL_LDB_CRDS[0]: DLB 2.5 has 0 of that register" },
		{ "index", DLB_LSP_CQ2PRIOV, 64, 0, "LSP_CQ2PRIOV[64]: DLB 2." },
		{ "constant", DLB_SYS_TOTAL_VAS, 0, 1,
		  "SYS_TOTAL_VAS[0] 0x00000001: only bits of 0x00000000 can be written" },
		{ "bits", DLB_CHP_LDB_CQ_WD_ENB, 1, 2,
		  "CHP_LDB_CQ_WD_ENB[1] 0x00000002: only bits of 0x00000001 can be written" },
	};
	uint32_t i;

	for (i = 0; i < COUNT(rows); i++) {
		fixture_remember(f);
		fixture_check_refused(f, rows[i].name,
				      dlb_device_csr_write(f->device, rows[i].reg, rows[i].index,
							   rows[i].value),
				      -EINVAL, rows[i].text);
	}
	assert_int_equal(csr(f, DLB_SYS_TOTAL_VAS, 0), DLB_DOMAINS);
	assert_int_equal(csr(f, absent, 0), 0);
	assert_int_equal(csr(f, DLB_LSP_CQ2PRIOV, 64), 0);
	assert_int_equal(csr(f, DLB_REG_COUNT, 0), 0);
	assert_int_equal(dlb_device_csr_write(f->device, DLB_CHP_LDB_CQ_TMR_THRSH, 63, 0x3fff), 0);
	assert_int_equal(csr(f, DLB_CHP_LDB_CQ_TMR_THRSH, 63), 0x3fff);
	assert_int_equal(dlb_device_csr_write(f->device, DLB_CHP_LDB_CQ_TMR_THRSH, 63, 1), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL_DEVICES(test_conf_refused), ON_ALL_DEVICES(test_wrong_generation),
		ON_ALL_DEVICES(test_not_ready),    ON_ALL_DEVICES(test_bus_has_reset),
		ON_ALL_DEVICES(test_arbiters),     ON_ALL_DEVICES(test_cos_bandwidth),
		ON_ALL_DEVICES(test_cq_modes),     ON_ALL_DEVICES(test_reset),
		ON_ALL_DEVICES(test_csr_access),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
