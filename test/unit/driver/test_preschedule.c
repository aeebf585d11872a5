/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prescheduling: how many events the device schedules to a port that has not asked for them yet. DPDK 24.11
 * and later have calls for it.
 */
#include <errno.h>

#include <rte_common.h>

#include "fixture.h"
#include "rte_pmd_dlb.h"

#define WAITING 8
#define WARM_UP 64 /* more than the CQ is deep: what a port has paid ahead is used up */
#define IDLE_TURNS 64
#define TRAFFIC 2000

/* Port 0 gets the events one at a time; port 1 has no links, and lets the device run. */
static const struct setup single = { .queues = "p", .ports = { "!0", "" }, .depth = 1 };

static const struct {
	const char *name;
	enum rte_event_dev_preschedule_type type;
	uint32_t ahead_held;     /* scheduled while the worker holds an event */
	uint32_t ahead_answered; /* and when it has answered for it */
} types[] = {
	{ "none", RTE_EVENT_PRESCHEDULE_NONE, 0, 0 },
	{ "always", RTE_EVENT_PRESCHEDULE, WAITING - 1, WAITING - 1 },
	{ "adaptive", RTE_EVENT_PRESCHEDULE_ADAPTIVE, 0, 1 },
};

static void
event_send(const struct device *dev, uint64_t number)
{
	struct rte_event ev = event_new(0, RTE_SCHED_TYPE_PARALLEL, 0, number);

	send(dev, 1, &ev, 1);
}

static uint64_t
scheduled(const struct device *dev)
{
	struct rte_pmd_dlb_member member;
	struct rte_event ev;
	uint32_t turn;

	for (turn = 0; turn < IDLE_TURNS; turn++)
		assert_int_equal(poll(dev, 1, &ev, 1), 0);
	assert_int_equal(rte_pmd_dlb_member_get(dev->id, 0, 0, &member), 0);
	return member.scheduled;
}

/* Events one by one, then as many as are to wait; the worker holds the first of these. */
static void
scene_begin(const struct device *dev, struct rte_event *ev)
{
	uint32_t i;

	for (i = 0; i < WARM_UP; i++) {
		event_send(dev, i);
		receive(dev, 0, ev, 1);
		release(dev, 0, ev, 1);
	}
	for (i = 0; i < WAITING; i++)
		event_send(dev, WARM_UP + i);
	receive(dev, 0, ev, 1);
	TEST_EQ(ev->u64, WARM_UP, "first of those that wait");
}

static void
scene_end(struct device *dev, uint32_t left)
{
	struct rte_event ev;

	while (left-- > 0) {
		receive(dev, 0, &ev, 1);
		release(dev, 0, &ev, 1);
	}
	device_remove(dev);
}

static void
by_port(void **state)
{
	struct rte_event ev;
	struct device dev;
	uint32_t i;

	for (i = 0; i < RTE_DIM(types); i++) {
		device_create(&dev, *state, "", &single);
		assert_int_equal(rte_event_port_preschedule_modify(dev.id, 0, types[i].type), 0);
		scene_begin(&dev, &ev);
		TEST_EQ(scheduled(&dev), WARM_UP + 1 + types[i].ahead_held, types[i].name);
		release(&dev, 0, &ev, 1);
		TEST_EQ(scheduled(&dev), WARM_UP + 1 + types[i].ahead_answered, types[i].name);
		scene_end(&dev, WAITING - 1);
	}
}

/* NONE is what a device has that nobody told: it schedules as far ahead as CQs have room. */
static void
by_device(void **state)
{
	static const uint32_t ahead[RTE_DIM(types)] = { WAITING - 1, WAITING - 1, 0 };
	struct rte_event_dev_config conf = device_conf(&single);
	struct rte_event_dev_info info;
	struct rte_event ev;
	struct device dev;
	uint32_t i;

	for (i = 0; i < RTE_DIM(types); i++) {
		device_probe(&dev, *state, "event_dlb0", "");
		assert_int_equal(rte_event_dev_info_get(dev.id, &info), 0);
		assert_true(info.event_dev_cap & RTE_EVENT_DEV_CAP_EVENT_PRESCHEDULE);
		assert_true(info.event_dev_cap & RTE_EVENT_DEV_CAP_EVENT_PRESCHEDULE_ADAPTIVE);
		assert_true(info.event_dev_cap & RTE_EVENT_DEV_CAP_PER_PORT_PRESCHEDULE);
		assert_true(info.event_dev_cap & RTE_EVENT_DEV_CAP_PRESCHEDULE_EXPLICIT);
		device_configure(&dev, &single);
		conf.preschedule_type = types[i].type;
		assert_int_equal(rte_event_dev_configure(dev.id, &conf), 0);
		device_setup_queue(&dev, 0, 'p');
		device_setup_port(&dev, 0, "!0", &single);
		device_setup_port(&dev, 1, "", &single);
		device_start(&dev);
		scene_begin(&dev, &ev);
		TEST_EQ(scheduled(&dev), WARM_UP + 1 + ahead[i], types[i].name);
		release(&dev, 0, &ev, 1);
		scene_end(&dev, WAITING - 1);
	}
}

/* A hint is for once; ADAPTIVE waits until nothing is held; where events come ahead anyway it does nothing. */
static void
by_hint(void **state)
{
	static const struct {
		const char *name;
		enum rte_event_dev_preschedule_type type, hint;
		uint32_t ahead_held, ahead_answered;
	} rows[] = {
		{ "none", RTE_EVENT_PRESCHEDULE_NONE, RTE_EVENT_PRESCHEDULE_NONE, 0, 0 },
		{ "now", RTE_EVENT_PRESCHEDULE_NONE, RTE_EVENT_PRESCHEDULE, 1, 1 },
		{ "adaptive", RTE_EVENT_PRESCHEDULE_NONE, RTE_EVENT_PRESCHEDULE_ADAPTIVE, 0, 1 },
		{ "on top", RTE_EVENT_PRESCHEDULE, RTE_EVENT_PRESCHEDULE, WAITING - 1,
		  WAITING - 1 },
	};
	struct rte_event ev;
	struct device dev;
	uint32_t i;

	for (i = 0; i < RTE_DIM(rows); i++) {
		device_create(&dev, *state, "hw=2.0", &single);
		assert_int_equal(rte_event_port_preschedule_modify(dev.id, 0, rows[i].type), 0);
		scene_begin(&dev, &ev);
		rte_event_port_preschedule(dev.id, 0, rows[i].hint);
		rte_event_port_preschedule(dev.id, 0, rows[i].hint);
		TEST_EQ(scheduled(&dev), WARM_UP + 1 + rows[i].ahead_held, rows[i].name);
		release(&dev, 0, &ev, 1);
		rte_event_port_preschedule(dev.id, 0, rows[i].hint);
		TEST_EQ(scheduled(&dev), WARM_UP + 1 + rows[i].ahead_answered, rows[i].name);
		scene_end(&dev, WAITING - 1);
	}
}

/* Whatever the type, and while it changes, everything arrives: in order, and in the end tokens are square. */
static void
traffic(void **state)
{
	static const struct setup setup = { .queues = "oas", .ports = { "0", "!1", "2" } };
	static const char *const args[] = { "hw=2.0", "hw=2.5", DEVICE_SLOW };
	struct rte_event ev[DEVICE_DEPTH];
	struct dice dice = { 1 };
	struct device dev;
	uint32_t a, next, i;
	uint64_t sent;
	uint16_t n;
	uint8_t p;

	for (a = 0; a < RTE_DIM(args); a++) {
		device_create(&dev, *state, args[a], &setup);
		for (sent = 0, next = 0; next < TRAFFIC;) {
			for (p = 0; p < 3 && next % 64 == 0; p++)
				rte_event_port_preschedule_modify(
					dev.id, p, types[dice_roll(&dice, RTE_DIM(types))].type);
			for (i = dice_roll(&dice, 8); i > 0 && sent < TRAFFIC && sent < next + 200;
			     i--) {
				ev[0] = event_new(0, RTE_SCHED_TYPE_ORDERED, 0, sent++);
				send(&dev, 0, ev, 1);
			}
			for (p = 0; p < 2; p++) {
				n = poll(&dev, p, ev, 1 + dice_roll(&dice, DEVICE_DEPTH));
				if (n > 0)
					forward(&dev, p, ev, n, p + 1, RTE_SCHED_TYPE_ATOMIC);
				rte_event_port_preschedule(
					dev.id, p, types[dice_roll(&dice, RTE_DIM(types))].type);
			}
			n = poll(&dev, 2, ev, DEVICE_DEPTH);
			for (i = 0; i < n; i++)
				TEST_EQ(ev[i].u64, next++, args[a]);
		}
		device_remove(&dev);
	}
}

/* A wait finds what comes, in every type: also where the port cannot sleep. */
static void
waits(void **state)
{
	static const struct setup setup = {
		.queues = "a",
		.ports = { "0" },
		.timeout_ns = 2000000,
	};
	struct rte_event ev;
	struct device dev;
	uint32_t i, j;

	for (i = 0; i < RTE_DIM(types); i++) {
		device_create(&dev, *state, "", &setup);
		for (j = 0; j < 2 * WARM_UP; j++) {
			/* It has learned to sleep by then. */
			if (j == WARM_UP)
				assert_int_equal(rte_event_port_preschedule_modify(dev.id, 0,
										   types[i].type),
						 0);
			if (j % 16 == 0)
				assert_int_equal(rte_event_dequeue_burst(dev.id, 0, &ev, 1, 1), 0);
			ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 0, j);
			send(&dev, 0, &ev, 1);
			TEST_EQ(rte_event_dequeue_burst(dev.id, 0, &ev, 1, 1), 1, types[i].name);
			TEST_EQ(ev.u64, j, types[i].name);
		}
		device_remove(&dev);
	}
}

/* A core that leaves a port that keeps tokens leaves nothing in it, and can come back. */
static void
quiesced(void **state)
{
	struct rte_pmd_dlb_member member;
	struct rte_event ev;
	struct device dev;

	device_create(&dev, *state, "", &single);
	assert_int_equal(rte_event_port_preschedule_modify(dev.id, 0, RTE_EVENT_PRESCHEDULE_NONE),
			 0);
	scene_begin(&dev, &ev);
	rte_event_port_quiesce(dev.id, 0, NULL, NULL);
	assert_int_equal(rte_pmd_dlb_member_get(dev.id, 0, 0, &member), 0);
	TEST_EQ(member.tokens, 0, "tokens");
	TEST_EQ(member.inflights, 0, "inflights");
	scene_end(&dev, WAITING - 1);
}

/* A port that an application sleeps on by itself has to pay for what it has read. */
static void
in_an_event_loop(void **state)
{
	struct device dev;

	device_create(&dev, *state, "", &single);
	assert_true(rte_pmd_dlb_port_eventfd(dev.id, 0) >= 0);
	assert_int_equal(rte_event_port_preschedule_modify(dev.id, 0, RTE_EVENT_PRESCHEDULE_NONE),
			 -EBUSY);
	assert_int_equal(rte_event_port_preschedule_modify(dev.id, 0,
							   RTE_EVENT_PRESCHEDULE_ADAPTIVE),
			 -EBUSY);
	assert_int_equal(rte_event_port_preschedule_modify(dev.id, 0, RTE_EVENT_PRESCHEDULE), 0);
	device_remove(&dev);
}

/* A device that was promised answers in order keeps the order of a port that was not. */
static void
independent_enqueue(void **state)
{
	static const struct setup setup = { .queues = "os", .ports = { "!0", "!1" } };
	struct rte_event ev[WAITING], answers[WAITING];
	struct rte_event_dev_info info;
	struct rte_event_port_conf conf;
	struct device dev;
	uint8_t queue = 0;
	uint32_t i;

	device_probe(&dev, *state, "event_dlb0", "answers=in_order");
	assert_int_equal(rte_event_dev_info_get(dev.id, &info), 0);
	assert_true(info.event_dev_cap & RTE_EVENT_DEV_CAP_INDEPENDENT_ENQ);
	device_configure(&dev, &setup);
	assert_int_equal(rte_event_port_default_conf_get(dev.id, 0, &conf), 0);
	conf.event_port_cfg =
		RTE_EVENT_PORT_CFG_DISABLE_IMPL_REL | RTE_EVENT_PORT_CFG_INDEPENDENT_ENQ;
	assert_int_equal(rte_event_port_setup(dev.id, 0, &conf), 0);
	assert_int_equal(rte_event_port_link(dev.id, 0, &queue, NULL, 1), 1);
	device_start(&dev);
	for (i = 0; i < WAITING; i++) {
		ev[0] = event_new(0, RTE_SCHED_TYPE_ORDERED, i, i);
		send(&dev, 0, ev, 1);
	}
	receive(&dev, 0, ev, WAITING);
	for (i = 0; i < WAITING; i++)
		answers[i] = ev[WAITING - 1 - i];
	forward(&dev, 0, answers, WAITING, 1, RTE_SCHED_TYPE_ATOMIC);
	receive(&dev, 1, ev, WAITING);
	for (i = 0; i < WAITING; i++)
		TEST_EQ(ev[i].u64, i, "order");
	release(&dev, 1, ev, WAITING);
	device_remove(&dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(by_port, fixture_sweep),
		cmocka_unit_test_teardown(by_device, fixture_sweep),
		cmocka_unit_test_teardown(by_hint, fixture_sweep),
		cmocka_unit_test_teardown(traffic, fixture_sweep),
		cmocka_unit_test_teardown(waits, fixture_sweep),
		cmocka_unit_test_teardown(quiesced, fixture_sweep),
		cmocka_unit_test_teardown(in_an_event_loop, fixture_sweep),
		cmocka_unit_test_teardown(independent_enqueue, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
