/* SPDX-License-Identifier: BSD-3-Clause */
/* Link profiles: what a port gets is what the active one is linked to. DPDK 23.11 and later have them. */
#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "fixture.h"

#define PROFILES 4
#define QUIET_TURNS 64

static const char *const generations[] = { "hw=2.0", "hw=2.5", DEVICE_SLOW };

static void
profile_link(const struct device *dev, uint8_t port, uint8_t profile, uint8_t first, uint8_t count)
{
	uint8_t queues[RTE_EVENT_MAX_QUEUES_PER_DEV];
	uint8_t i;

	for (i = 0; i < count; i++)
		queues[i] = first + i;
	assert_int_equal(rte_event_port_profile_links_set(dev->id, port, queues, NULL, count,
							  profile),
			 count);
}

static void
event_send(const struct device *dev, uint8_t queue)
{
	struct rte_event ev = event_new(queue, RTE_SCHED_TYPE_ATOMIC, queue, queue);

	send(dev, 0, &ev, 1);
}

static void
expect_event(const struct device *dev, uint8_t port, uint8_t queue)
{
	struct rte_event ev;

	receive(dev, port, &ev, 1);
	TEST_EQ(ev.queue_id, queue, "queue");
	TEST_EQ(ev.u64, queue, "event");
}

static void
expect_nothing(const struct device *dev, uint8_t port)
{
	struct rte_event ev;
	uint32_t turn;

	for (turn = 0; turn < QUIET_TURNS; turn++)
		assert_int_equal(poll(dev, port, &ev, 1), 0);
}

/* Every queue in a profile of its own: whatever is active, the events of the others stay where they are. */
static void
only_the_active_one(void **state)
{
	static const struct setup setup = { .queues = "aops", .ports = { "" } };
	struct rte_event_dev_info info;
	struct device dev;
	uint32_t g;
	uint8_t p;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_probe(&dev, *state, "event_dlb0", generations[g]);
		assert_int_equal(rte_event_dev_info_get(dev.id, &info), 0);
		assert_true(info.event_dev_cap & RTE_EVENT_DEV_CAP_PROFILE_LINK);
		assert_int_equal(info.max_profiles_per_port, PROFILES);
		device_configure(&dev, &setup);
		for (p = 0; p < PROFILES; p++)
			profile_link(&dev, 0, p, p, 1);
		device_start(&dev);
		for (p = 0; p < PROFILES; p++)
			event_send(&dev, PROFILES - 1 - p);
		for (p = 0; p < PROFILES; p++) {
			assert_int_equal(rte_event_port_profile_switch(dev.id, 0, p), 0);
			expect_event(&dev, 0, p);
			expect_nothing(&dev, 0);
		}
		/* Each start begins with profile 0. */
		device_stop(&dev);
		device_start(&dev);
		event_send(&dev, 1);
		event_send(&dev, 0);
		expect_event(&dev, 0, 0);
		expect_nothing(&dev, 0);
		assert_int_equal(rte_event_port_profile_switch(dev.id, 0, 1), 0);
		expect_event(&dev, 0, 1);
		device_remove(&dev);
	}
}

/* More queues than a hardware port serves, some of them in both profiles. */
static void
many_queues(void **state)
{
	static const struct setup setup = { .queues = "aaaaaaaaaaaaaaaaaaaaaass", .ports = { "" } };
	static const struct {
		uint8_t first, count;
	} profiles[] = { { 0, 13 }, { 10, 14 } };
	struct device dev;
	uint32_t round, p;
	uint8_t q;

	device_probe(&dev, *state, "event_dlb0", "");
	device_configure(&dev, &setup);
	for (p = 0; p < RTE_DIM(profiles); p++)
		profile_link(&dev, 0, (uint8_t)p, profiles[p].first, profiles[p].count);
	device_start(&dev);
	for (round = 0; round < 6; round++) {
		p = round % RTE_DIM(profiles);
		assert_int_equal(rte_event_port_profile_switch(dev.id, 0, (uint8_t)p), 0);
		for (q = 0; q < strlen(setup.queues); q++) {
			if (q < profiles[p].first || q >= profiles[p].first + profiles[p].count)
				continue;
			event_send(&dev, q);
			expect_event(&dev, 0, q);
		}
		expect_nothing(&dev, 0);
	}
	device_remove(&dev);
}

/* What the device had scheduled to the port arrives; what it had not goes to a port that serves the queue. */
static void
scheduled_before_the_switch(void **state)
{
	static const struct setup setup = { .queues = "pp", .ports = { "0", "0" } };
	struct rte_event ev[4];
	struct device dev;
	uint32_t i;

	device_probe(&dev, *state, "event_dlb0", "");
	device_configure(&dev, &setup);
	profile_link(&dev, 0, 1, 1, 1);
	device_start(&dev);
	for (i = 0; i < RTE_DIM(ev); i++)
		event_send(&dev, 0);
	/* One is read, and what else the port has of them is in its CQ. */
	expect_event(&dev, 0, 0);
	assert_int_equal(rte_event_port_profile_switch(dev.id, 0, 1), 0);
	receive_anywhere(&dev, RTE_DIM(ev) - 1);
	expect_nothing(&dev, 0);

	for (i = 0; i < RTE_DIM(ev); i++)
		event_send(&dev, 0);
	event_send(&dev, 1);
	receive(&dev, 1, ev, RTE_DIM(ev));
	expect_event(&dev, 0, 1);
	expect_nothing(&dev, 0);
	device_remove(&dev);
}

/* Links of a profile change while the device runs, whether it is the active one or not. */
static void
linked_while_running(void **state)
{
	static const struct setup setup = { .queues = "aaas", .ports = { "0" } };
	struct device dev;
	uint8_t queue, active;

	for (queue = 2; queue < 4; queue++) {
		for (active = 0; active < 2; active++) {
			device_probe(&dev, *state, "event_dlb0", "");
			device_configure(&dev, &setup);
			profile_link(&dev, 0, 1, 1, 1);
			device_start(&dev);
			assert_int_equal(rte_event_port_profile_switch(dev.id, 0, active), 0);
			profile_link(&dev, 0, 1, queue, 1);
			event_send(&dev, queue);
			if (active == 0)
				expect_nothing(&dev, 0);
			assert_int_equal(rte_event_port_profile_switch(dev.id, 0, 1), 0);
			expect_event(&dev, 0, queue);
			assert_int_equal(rte_event_port_profile_switch(dev.id, 0, active), 0);
			assert_int_equal(rte_event_port_profile_unlink(dev.id, 0, &queue, 1, 1), 1);
			expect_nothing(&dev, 0);
			assert_int_equal(rte_event_port_unlinks_in_progress(dev.id, 0), 0);
			event_send(&dev, queue);
			assert_int_equal(rte_event_port_profile_switch(dev.id, 0, 1), 0);
			expect_nothing(&dev, 0);
			/* The stop finds the event, which nobody serves. */
			device_stop(&dev);
			device_remove(&dev);
		}
	}
}

/* A stop finds what is in queues of profiles that are not active. */
static void
stopped(void **state)
{
	static const struct setup setup = { .queues = "aaos", .ports = { "" } };
	struct device dev;
	uint8_t p;

	device_probe(&dev, *state, "event_dlb0", "");
	device_configure(&dev, &setup);
	for (p = 0; p < PROFILES; p++)
		profile_link(&dev, 0, p, p, 1);
	device_start(&dev);
	for (p = 0; p < PROFILES; p++)
		event_send(&dev, p);
	device_stop(&dev);
	device_remove(&dev);
}

static void
refused(void **state)
{
	static const struct setup setup = { .queues = "as", .ports = { "0", "1" } };
	struct device dev;
	uint8_t queue = 1;

	device_create(&dev, *state, "", &setup);
	assert_int_equal(rte_event_port_profile_switch(dev.id, 0, PROFILES), (uint8_t)-EINVAL);
	queue = 0;
	assert_int_not_equal(rte_event_port_profile_links_set(dev.id, 0, &queue, NULL, 1, PROFILES),
			     1);
	/* A single-link queue belongs to one port, in whatever profile. */
	queue = 1;
	rte_errno = 0;
	assert_int_equal(rte_event_port_profile_links_set(dev.id, 0, &queue, NULL, 1, 1), 0);
	assert_int_equal(rte_errno, EDQUOT);
	device_remove(&dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(only_the_active_one, fixture_sweep),
		cmocka_unit_test_teardown(many_queues, fixture_sweep),
		cmocka_unit_test_teardown(scheduled_before_the_switch, fixture_sweep),
		cmocka_unit_test_teardown(linked_while_running, fixture_sweep),
		cmocka_unit_test_teardown(stopped, fixture_sweep),
		cmocka_unit_test_teardown(refused, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
