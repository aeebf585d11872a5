/* SPDX-License-Identifier: BSD-3-Clause */
/* rte_pmd_dlb.h: settings of ports and queues, as the hardware gets them, and what is refused. */
#include <errno.h>
#include <string.h>

#include <rte_common.h>

#include "dlb_hw.h"

#include "fixture.h"
#include "rte_pmd_dlb.h"

static const struct setup setup = { .queues = "aas", .ports = { "!0", "!1" } };

static const struct rte_pmd_dlb_port_conf no_conf = { .cos = RTE_PMD_DLB_COS_ANY };

static uint32_t
register_read(const struct device *dev, const char *name, uint32_t index)
{
	int row = rte_pmd_dlb_register_find(dev->id, name);
	uint32_t value;

	TEST_EQ(row >= 0, true, name);
	TEST_EQ(rte_pmd_dlb_register_read(dev->id, (uint32_t)row, index, &value), 0, name);
	return value;
}

static uint32_t
hw_port(const struct device *dev, uint8_t port)
{
	struct rte_pmd_dlb_member member;

	assert_int_equal(rte_pmd_dlb_member_get(dev->id, port, 0, &member), 0);
	return member.hw_port;
}

static uint32_t
hw_queue(const struct device *dev, uint8_t id)
{
	struct rte_pmd_dlb_queue queue;

	assert_int_equal(rte_pmd_dlb_queue_get(dev->id, id, &queue), 0);
	return queue.hw_queue;
}

/* Member by member: what lies between them is nobody's. */
static void
port_conf_expect(const struct rte_pmd_dlb_port_conf *got,
		 const struct rte_pmd_dlb_port_conf *expected)
{
	TEST_EQ(got->hist_entries, expected->hist_entries, "hist_entries");
	TEST_EQ(got->cq_weight_limit, expected->cq_weight_limit, "cq_weight_limit");
	TEST_EQ(got->inflight_threshold, expected->inflight_threshold, "inflight_threshold");
	TEST_EQ(got->cos, expected->cos, "cos");
	TEST_EQ(got->token_pop, expected->token_pop, "token_pop");
	TEST_EQ(got->wait, expected->wait, "wait");
}

static void
settings_reach_the_hardware(void **state)
{
	const struct rte_pmd_dlb_port_conf conf = {
		.hist_entries = 40,
		.cq_weight_limit = 24,
		.inflight_threshold = 20,
		.cos = 2,
	};
	const struct rte_pmd_dlb_queue_conf queue_conf = { .depth_threshold = 77,
							   .aqed_entries = 48 };
	struct rte_pmd_dlb_queue_conf queue_got;
	struct rte_pmd_dlb_port_conf got;
	struct device dev;
	uint32_t port, queue;

	device_probe(&dev, *state, "event_dlb0", "hw=2.5,answers=in_order");
	device_configure(&dev, &setup);
	assert_int_equal(rte_pmd_dlb_port_conf_get(dev.id, 0, &got), 0);
	port_conf_expect(&got, &no_conf);
	assert_int_equal(rte_pmd_dlb_port_conf_set(dev.id, 0, &conf), 0);
	assert_int_equal(rte_pmd_dlb_port_conf_get(dev.id, 0, &got), 0);
	port_conf_expect(&got, &conf);
	assert_int_equal(rte_pmd_dlb_queue_conf_set(dev.id, 0, &queue_conf), 0);
	assert_int_equal(rte_pmd_dlb_queue_conf_get(dev.id, 0, &queue_got), 0);
	assert_memory_equal(&queue_got, &queue_conf, sizeof(queue_got));
	device_start(&dev);

	port = hw_port(&dev, 0);
	assert_int_equal(port / DLB_COS_PORTS, 2);
	assert_int_equal(register_read(&dev, "LSP_CQ_LDB_INFL_LIM", port), 40);
	assert_int_equal(register_read(&dev, "LSP_CQ_LDB_INFL_THRESH", port), 20);
	assert_int_equal(register_read(&dev, "LSP_CFG_CQ_LDB_WU_LIMIT", port), 24 | 0x8000);
	queue = hw_queue(&dev, 0);
	assert_int_equal(register_read(&dev, "LSP_QID_AQED_ACTIVE_LIM", queue), 48);
	assert_int_equal(register_read(&dev, "LSP_QID_ATM_DEPTH_THRSH", queue), 77);
	/* Those that asked for nothing share the rest. */
	assert_int_equal(register_read(&dev, "LSP_CQ_LDB_INFL_LIM", hw_port(&dev, 1)),
			 DLB_HIST_ENTRIES - 40);
	assert_int_equal(register_read(&dev, "LSP_QID_AQED_ACTIVE_LIM", hw_queue(&dev, 1)),
			 DLB_AQED_ENTRIES - 48);

	log_mark(*state);
	assert_int_equal(rte_pmd_dlb_port_conf_set(dev.id, 0, &no_conf), -EBUSY);
	log_expect(*state, dev.name, "stopped", "a running device");
	device_remove(&dev);
}

static void
refused(void **state)
{
	static const struct {
		const char *name, *args;
		struct rte_pmd_dlb_port_conf conf;
		int want;
	} rows[] = {
		{ "hist_entries 129", "hw=2.5", { .hist_entries = 129 }, -EINVAL },
		{ "hist_entries 2049",
		  "hw=2.5,answers=in_order",
		  { .hist_entries = 2049 },
		  -EINVAL },
		{ "cq_weight_limit 8", "hw=2.0", { .cq_weight_limit = 8 }, -ENOTSUP },
		{ "inflight_threshold 8", "hw=2.0", { .inflight_threshold = 8 }, -ENOTSUP },
		{ "cos 4", "hw=2.0", { .cos = 4 }, -EINVAL },
		{ "cos -2", "hw=2.0", { .cos = -2 }, -EINVAL },
		{ "token_pop 2", "hw=2.0", { .token_pop = RTE_PMD_DLB_TOKEN_POPS }, -EINVAL },
		{ "wait 4", "hw=2.0", { .wait = RTE_PMD_DLB_WAITS }, -EINVAL },
	};
	const struct rte_pmd_dlb_queue_conf deep = { .depth_threshold = 8192 };
	struct device dev;
	uint32_t i;

	for (i = 0; i < RTE_DIM(rows); i++) {
		device_probe(&dev, *state, "event_dlb0", rows[i].args);
		device_configure(&dev, &setup);
		log_mark(*state);
		TEST_EQ(rte_pmd_dlb_port_conf_set(dev.id, 0, &rows[i].conf), rows[i].want,
			rows[i].name);
		log_expect(*state, dev.name, rows[i].name, rows[i].name);
		assert_int_equal(rte_pmd_dlb_queue_conf_set(dev.id, 0, &deep), -EINVAL);
		device_remove(&dev);
	}
}

/* Too much in all is refused by the start, which succeeds once that is mended. */
static void
too_much_in_all(void **state)
{
	const struct rte_pmd_dlb_port_conf all = { .hist_entries = DLB_HIST_ENTRIES,
						   .cos = RTE_PMD_DLB_COS_ANY };
	const struct rte_pmd_dlb_queue_conf staged = { .aqed_entries = DLB_AQED_ENTRIES };
	const struct rte_pmd_dlb_queue_conf none = { 0 };
	struct device dev;

	device_probe(&dev, *state, "event_dlb0", "answers=in_order");
	device_configure(&dev, &setup);
	assert_int_equal(rte_pmd_dlb_port_conf_set(dev.id, 0, &all), 0);
	log_mark(*state);
	assert_int_equal(rte_event_dev_start(dev.id), -ENOSPC);
	log_expect(*state, dev.name, "history entries: 2048 asked for", "history");
	assert_int_equal(rte_pmd_dlb_port_conf_set(dev.id, 0, &no_conf), 0);
	assert_int_equal(rte_pmd_dlb_queue_conf_set(dev.id, 0, &staged), 0);
	log_mark(*state);
	assert_int_equal(rte_event_dev_start(dev.id), -ENOSPC);
	log_expect(*state, dev.name, "AQED entries: 2048 asked for", "AQED");
	assert_int_equal(rte_pmd_dlb_queue_conf_set(dev.id, 0, &none), 0);
	device_start(&dev);
	device_remove(&dev);
}

/* Tokens are paid with the dequeue, or with half a CQ. */
static void
token_pop(void **state)
{
	static const struct {
		const char *name;
		enum rte_pmd_dlb_token_pop token_pop;
		uint32_t owed;
	} rows[] = {
		{ "batch", RTE_PMD_DLB_TOKEN_POP_BATCH, 1 },
		{ "now", RTE_PMD_DLB_TOKEN_POP_NOW, 0 },
	};
	struct rte_pmd_dlb_port_conf conf = no_conf;
	struct rte_pmd_dlb_member member;
	struct rte_event ev;
	struct device dev;
	uint32_t i;

	for (i = 0; i < RTE_DIM(rows); i++) {
		device_probe(&dev, *state, "event_dlb0", "");
		device_configure(&dev, &setup);
		conf.token_pop = rows[i].token_pop;
		assert_int_equal(rte_pmd_dlb_port_conf_set(dev.id, 0, &conf), 0);
		device_start(&dev);
		ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 1);
		send(&dev, 1, &ev, 1);
		receive(&dev, 0, &ev, 1);
		assert_int_equal(rte_pmd_dlb_member_get(dev.id, 0, 0, &member), 0);
		TEST_EQ(member.tokens_owed, rows[i].owed, rows[i].name);
		release(&dev, 0, &ev, 1);
		device_remove(&dev);
	}
}

/* Only a port that may sleep lets its CQ interrupt, once it has waited. */
static void
wait_profiles(void **state)
{
	static const struct setup waits = {
		.queues = "a",
		.ports = { "!0" },
		.timeout_ns = 1000000,
	};
	static const struct {
		const char *name;
		enum rte_pmd_dlb_wait wait;
		uint32_t interrupts;
	} rows[] = {
		{ "default", RTE_PMD_DLB_WAIT_DEFAULT, 2 },
		{ "poll", RTE_PMD_DLB_WAIT_POLL, 0 },
		{ "monitor", RTE_PMD_DLB_WAIT_MONITOR, 0 },
		{ "interrupt", RTE_PMD_DLB_WAIT_INTERRUPT, 2 },
	};
	struct rte_pmd_dlb_port_conf conf = no_conf;
	struct rte_event ev;
	struct device dev;
	uint32_t i;

	for (i = 0; i < RTE_DIM(rows); i++) {
		device_probe(&dev, *state, "event_dlb0", "");
		device_configure(&dev, &waits);
		conf.wait = rows[i].wait;
		assert_int_equal(rte_pmd_dlb_port_conf_set(dev.id, 0, &conf), 0);
		device_start(&dev);
		assert_int_equal(rte_event_dequeue_burst(dev.id, 0, &ev, 1, 1), 0);
		TEST_EQ(register_read(&dev, "CHP_LDB_CQ_INT_ENB", hw_port(&dev, 0)),
			rows[i].interrupts, rows[i].name);
		device_remove(&dev);
	}
}

static void
bandwidth(void **state)
{
	static const struct {
		const char *name;
		uint8_t percent[RTE_PMD_DLB_COS_COUNT];
		int want;
	} rows[] = {
		{ "unequal", { 50, 25, 25, 0 }, 0 },
		{ "not all of it", { 10, 10, 10, 10 }, 0 },
		{ "more than all", { 50, 25, 25, 1 }, -EINVAL },
		{ "none", { 0, 0, 0, 0 }, -EINVAL },
	};
	struct device dev;
	uint32_t i, cos;

	device_create(&dev, *state, "", &setup);
	for (i = 0; i < RTE_DIM(rows); i++) {
		TEST_EQ(rte_pmd_dlb_bandwidth_set(dev.id, rows[i].percent), rows[i].want,
			rows[i].name);
		for (cos = 0; cos < RTE_PMD_DLB_COS_COUNT && rows[i].want == 0; cos++)
			TEST_EQ(register_read(&dev, "LSP_CFG_SHDW_RANGE_COS", cos) & 0x1ff,
				rows[i].percent[cos] * 256u / 100, rows[i].name);
	}
	device_remove(&dev);
}

/* No hardware port of a port is deeper than the argument says, whatever the dequeue depth. */
static void
no_cq_is_deeper_than_allowed(void **state)
{
	static const struct {
		const char *args;
		uint16_t depth;
		uint32_t cq_depth;
	} rows[] = {
		{ "", 128, 256 },
		{ "max_cq_depth=128", 128, 128 },
		{ "max_cq_depth=32", 32, 32 },
		{ "max_cq_depth=32,hw=2.0", 8, 16 },
	};
	struct setup deep = { .queues = "as", .ports = { "!01" } };
	struct rte_pmd_dlb_member member;
	struct device dev;
	uint32_t i;

	for (i = 0; i < RTE_DIM(rows); i++) {
		deep.depth = rows[i].depth;
		device_create(&dev, *state, rows[i].args, &deep);
		TEST_EQ(rte_pmd_dlb_member_get(dev.id, 0, 0, &member), 0, rows[i].args);
		TEST_EQ(member.cq_depth, rows[i].cq_depth, rows[i].args);
		TEST_EQ(rte_pmd_dlb_member_get(dev.id, 0, 1, &member), 0, rows[i].args);
		TEST_EQ(member.cq_depth <= RTE_MAX(rows[i].cq_depth, 32u), true, rows[i].args);
		device_remove(&dev);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(no_cq_is_deeper_than_allowed, fixture_sweep),
		cmocka_unit_test_teardown(settings_reach_the_hardware, fixture_sweep),
		cmocka_unit_test_teardown(refused, fixture_sweep),
		cmocka_unit_test_teardown(too_much_in_all, fixture_sweep),
		cmocka_unit_test_teardown(token_pop, fixture_sweep),
		cmocka_unit_test_teardown(wait_profiles, fixture_sweep),
		cmocka_unit_test_teardown(bandwidth, fixture_sweep),
	};

	return cmocka_run_group_tests_name("tuning", tests, fixture_create, fixture_destroy);
}
