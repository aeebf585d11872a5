/* SPDX-License-Identifier: BSD-3-Clause */
/* Alarms: each kind is counted every time, and logged once. */
#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include "dlb_qe.h"

#include "fixture.h"
#include "rte_pmd_dlb.h"

#define NOT_A_QUEUE 31

static const struct setup setup = { .queues = "a", .ports = { "!0" } };

static void
qe_inject(const struct device *dev, struct rte_pmd_dlb_qe qe)
{
	struct rte_pmd_dlb_qe line[4] = { qe };

	assert_int_equal(rte_pmd_dlb_qe_inject(dev->id, 0, 0, line), 0);
}

static void
counted_and_logged_once(void **state)
{
	static const struct {
		const char *name;
		struct rte_pmd_dlb_qe qe;
	} rows[] = {
		{ "alarm_illegal_command", { .cmd = 0xf } },
		{ "alarm_illegal_queue", { .queue = NOT_A_QUEUE, .cmd = DLB_CMD_NEW } },
		{ "alarm_illegal_enqueue", { .cmd = DLB_CMD_REL } },
		{ "alarm_excess_tokens", { .cmd = DLB_CMD_POP } },
	};
	char text[64], xstat[64];
	struct device dev;
	uint32_t i, k;

	device_create(&dev, *state, "", &setup);
	for (i = 0; i < RTE_DIM(rows); i++) {
		snprintf(xstat, sizeof(xstat), "dev_%s", rows[i].name);
		snprintf(text, sizeof(text), "alarm %s:", rows[i].name + strlen("alarm_"));
		log_mark(*state);
		for (k = 1; k <= 3; k++) {
			qe_inject(&dev, rows[i].qe);
			TEST_EQ(device_xstat(&dev, xstat), k, rows[i].name);
		}
		TEST_EQ(log_count(*state, text), 1, rows[i].name);
		TEST_EQ(log_count(*state, "QE with command"), 1, rows[i].name);
	}
	assert_int_equal(device_xstat(&dev, "dev_alarms_lost"), 0);
	assert_int_equal(device_xstat(&dev, "dev_alarm_other_qe"), 0);
	rte_event_dev_stop(dev.id);
	fixture_sweep(state);
}

/* The device keeps one until it has been read: nobody asks, and the interrupt brings it. */
static void
interrupt_brings_them(void **state)
{
	struct device dev;
	uint32_t word;
	int row;

	device_create(&dev, *state, "", &setup);
	row = rte_pmd_dlb_register_find(dev.id, "SYS_ALARM_PF_SYND0");
	assert_true(row >= 0);
	log_mark(*state);
	qe_inject(&dev, (struct rte_pmd_dlb_qe){ .cmd = 0xf });
	do
		assert_int_equal(rte_pmd_dlb_register_read(dev.id, (uint32_t)row, 0, &word), 0);
	while (word != 0);
	assert_int_equal(device_xstat(&dev, "dev_alarm_illegal_command"), 1);
	assert_int_equal(log_count(*state, "alarm illegal_command:"), 1);
	rte_event_dev_stop(dev.id);
	fixture_sweep(state);
}

static void
reset_like_any_counter(void **state)
{
	struct device dev;

	device_create(&dev, *state, "", &setup);
	qe_inject(&dev, (struct rte_pmd_dlb_qe){ .cmd = 0xf });
	assert_int_equal(device_xstat(&dev, "dev_alarm_illegal_command"), 1);
	assert_int_equal(rte_event_dev_xstats_reset(dev.id, RTE_EVENT_DEV_XSTATS_DEVICE, 0, NULL,
						    0),
			 0);
	assert_int_equal(device_xstat(&dev, "dev_alarm_illegal_command"), 0);
	/* A stop takes no reset back: the device's counters go on. */
	rte_event_dev_stop(dev.id);
	assert_int_equal(device_xstat(&dev, "dev_alarm_illegal_command"), 0);
	fixture_sweep(state);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(counted_and_logged_once, fixture_sweep),
		cmocka_unit_test_teardown(interrupt_brings_them, fixture_sweep),
		cmocka_unit_test_teardown(reset_like_any_counter, fixture_sweep),
	};

	return cmocka_run_group_tests_name("alarms", tests, fixture_create, fixture_destroy);
}
