/* SPDX-License-Identifier: BSD-3-Clause */
/* The timer adapter: timers fire once, not early, and through whatever the device goes. */
#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_event_timer_adapter.h>

#include "fixture.h"

#define TICK_NS 100000ull
#define MAX_NS 100000000ull /* 1000 ticks */
#define TIMERS 16

static const struct setup setup = { .queues = "a", .ports = { "!0" } };

static struct rte_event_timer_adapter *
adapter_create(const struct device *dev, uint64_t flags)
{
	const struct rte_event_timer_adapter_conf conf = {
		.event_dev_id = dev->id,
		.timer_tick_ns = TICK_NS,
		.max_tmo_ns = MAX_NS,
		.nb_timers = TIMERS,
		.flags = flags,
	};
	struct rte_event_timer_adapter *adapter = rte_event_timer_adapter_create(&conf);

	assert_non_null(adapter);
	assert_int_equal(rte_event_timer_adapter_start(adapter), 0);
	return adapter;
}

static void
adapter_destroy(struct rte_event_timer_adapter *adapter)
{
	assert_int_equal(rte_event_timer_adapter_stop(adapter), 0);
	assert_int_equal(rte_event_timer_adapter_free(adapter), 0);
}

/* A test that failed leaves its device, and perhaps its adapter. To look for one costs memory for good. */
static int
sweep(void **state)
{
	struct rte_event_timer_adapter *adapter = NULL;
	const struct fixture *fix = *state;

	if (fix->probed[0][0] != '\0')
		adapter = rte_event_timer_adapter_lookup(0);
	if (adapter != NULL) {
		rte_event_timer_adapter_stop(adapter);
		rte_event_timer_adapter_free(adapter);
	}
	return fixture_sweep(state);
}

static void
timer_set(struct rte_event_timer *timer, uint64_t ticks, uint64_t u64)
{
	memset(timer, 0, sizeof(*timer));
	timer->ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, u64);
	timer->ev.event_type = RTE_EVENT_TYPE_TIMER;
	timer->timeout_ticks = ticks;
}

/* It may fire before this returns: the timers' thread is another one. */
static void
arm(struct rte_event_timer_adapter *adapter, struct rte_event_timer *timer)
{
	assert_int_equal(rte_event_timer_arm_burst(adapter, &timer, 1), 1);
}

/* Time has to pass, so turns do not count; a timer that never fires is for meson's time limit. */
static struct rte_event
wait_for_event(const struct device *dev)
{
	struct rte_event ev;

	while (rte_event_dequeue_burst(dev->id, 0, &ev, 1, 0) == 0)
		device_turn(dev);
	return ev;
}

static uint64_t
now_ns(void)
{
	return (uint64_t)((double)rte_rdtsc() * 1e9 / (double)rte_get_tsc_hz());
}

static void
capabilities(void **state)
{
	static const struct {
		const char *args;
		uint32_t caps;
	} rows[] = {
		{ "", RTE_EVENT_TIMER_ADAPTER_CAP_INTERNAL_PORT |
			      RTE_EVENT_TIMER_ADAPTER_CAP_PERIODIC },
		{ "sched=service", RTE_EVENT_TIMER_ADAPTER_CAP_PERIODIC },
	};
	struct device dev;
	uint32_t caps, i;

	for (i = 0; i < RTE_DIM(rows); i++) {
		device_probe(&dev, *state, "event_dlb0", rows[i].args);
		assert_int_equal(rte_event_timer_adapter_caps_get(dev.id, &caps), 0);
		TEST_EQ(caps, rows[i].caps, rows[i].args);
		device_remove(&dev);
	}
}

static void
fires_once_and_not_early(void **state)
{
	static const uint64_t ticks[] = { 1, 3, 20, 1, 100 };
	struct rte_event_timer_adapter_stats stats;
	struct rte_event_timer_adapter *adapter;
	struct rte_event_timer timer;
	struct rte_event ev;
	struct device dev;
	uint64_t armed;
	uint32_t i;

	device_create(&dev, *state, "", &setup);
	adapter = adapter_create(&dev, 0);
	for (i = 0; i < RTE_DIM(ticks); i++) {
		timer_set(&timer, ticks[i], i);
		armed = now_ns();
		arm(adapter, &timer);
		ev = wait_for_event(&dev);
		TEST_EQ(now_ns() >= armed + ticks[i] * TICK_NS, true, "not early");
		assert_int_equal(ev.u64, i);
		assert_int_equal(ev.event_type, RTE_EVENT_TYPE_TIMER);
		assert_int_equal(timer.state, RTE_EVENT_TIMER_NOT_ARMED);
		release(&dev, 0, &ev, 1);
	}
	assert_int_equal(rte_event_timer_adapter_stats_get(adapter, &stats), 0);
	assert_int_equal(stats.evtim_exp_count, RTE_DIM(ticks));
	assert_int_equal(stats.ev_enq_count, RTE_DIM(ticks));
	assert_true(stats.adapter_tick_count >= 125);
	assert_int_equal(rte_event_timer_adapter_stats_reset(adapter), 0);
	assert_int_equal(rte_event_timer_adapter_stats_get(adapter, &stats), 0);
	assert_int_equal(stats.ev_enq_count, 0);
	adapter_destroy(adapter);
	device_remove(&dev);
}

/* Later timers fire later, whatever the order in which they were armed. */
static void
fires_in_order_of_time(void **state)
{
	static const uint64_t ticks[] = { 40, 10, 30, 20 };
	struct rte_event_timer_adapter *adapter;
	struct rte_event_timer timers[RTE_DIM(ticks)], *list[RTE_DIM(ticks)];
	struct rte_event ev;
	struct device dev;
	uint32_t i;

	device_create(&dev, *state, "", &setup);
	adapter = adapter_create(&dev, 0);
	for (i = 0; i < RTE_DIM(ticks); i++) {
		timer_set(&timers[i], ticks[i], ticks[i]);
		list[i] = &timers[i];
	}
	assert_int_equal(rte_event_timer_arm_burst(adapter, list, RTE_DIM(ticks)), RTE_DIM(ticks));
	for (i = 1; i <= RTE_DIM(ticks); i++) {
		ev = wait_for_event(&dev);
		assert_int_equal(ev.u64, i * 10);
		release(&dev, 0, &ev, 1);
	}
	adapter_destroy(adapter);
	device_remove(&dev);
}

static void
refusals(void **state)
{
	static const struct {
		const char *name;
		uint64_t ticks;
		uint8_t queue;
		enum rte_event_timer_state state;
	} rows[] = {
		{ "no timeout", 0, 0, RTE_EVENT_TIMER_ERROR_TOOEARLY },
		{ "longer than the longest", 1001, 0, RTE_EVENT_TIMER_ERROR_TOOLATE },
		{ "no such queue", 1, 1, RTE_EVENT_TIMER_ERROR },
	};
	struct rte_event_timer timers[TIMERS + 1], *list[TIMERS + 1], timer, *one = &timer;
	struct rte_event_timer_adapter *adapter;
	struct device dev;
	uint32_t i;

	device_create(&dev, *state, "", &setup);
	adapter = adapter_create(&dev, 0);
	for (i = 0; i < RTE_DIM(rows); i++) {
		timer_set(&timer, rows[i].ticks, 0);
		timer.ev.queue_id = rows[i].queue;
		TEST_EQ(rte_event_timer_arm_burst(adapter, &one, 1), 0, rows[i].name);
		TEST_EQ(rte_errno, EINVAL, rows[i].name);
		TEST_EQ(timer.state, rows[i].state, rows[i].name);
	}
	timer_set(&timer, 1, 0);
	assert_int_equal(rte_event_timer_arm_tmo_tick_burst(adapter, &one, 0, 1), 0);
	assert_int_equal(timer.state, RTE_EVENT_TIMER_ERROR_TOOEARLY);
	timer_set(&timer, 1, 0);
	assert_int_equal(rte_event_timer_cancel_burst(adapter, &one, 1), 0);
	assert_int_equal(rte_errno, EINVAL);

	/* One more than there may be; nothing fires while the device is stopped. */
	rte_event_dev_stop(dev.id);
	for (i = 0; i <= TIMERS; i++) {
		timer_set(&timers[i], 1000, i);
		list[i] = &timers[i];
	}
	assert_int_equal(rte_event_timer_arm_burst(adapter, list, TIMERS + 1), TIMERS);
	assert_int_equal(timers[0].state, RTE_EVENT_TIMER_ARMED);
	assert_int_equal(rte_errno, ENOSPC);
	assert_int_equal(rte_event_timer_arm_burst(adapter, list, 1), 0);
	assert_int_equal(rte_errno, EALREADY);
	assert_int_equal(rte_event_timer_cancel_burst(adapter, list, TIMERS), TIMERS);
	assert_int_equal(timers[0].state, RTE_EVENT_TIMER_CANCELED);
	assert_int_equal(rte_event_timer_cancel_burst(adapter, list, 1), 0);
	assert_int_equal(rte_errno, EALREADY);

	assert_int_equal(rte_event_timer_adapter_stop(adapter), 0);
	assert_int_equal(rte_event_timer_arm_burst(adapter, list, 1), 0);
	assert_int_equal(rte_errno, EAGAIN);
	assert_int_equal(rte_event_timer_adapter_free(adapter), 0);
	device_remove(&dev);
}

static void
configurations(void **state)
{
	const uint64_t adjust = RTE_EVENT_TIMER_ADAPTER_F_ADJUST_RES;
	const struct {
		const char *name;
		struct rte_event_timer_adapter_conf conf;
		int error; /* 0: accepted with these */
		uint64_t tick_ns, max_ns;
	} rows[] = {
		{ "tick below 1 us",
		  { .timer_tick_ns = 10, .max_tmo_ns = 1000, .nb_timers = 1 },
		  ERANGE,
		  0,
		  0 },
		{ "tick below 1 us, adjusted",
		  { .timer_tick_ns = 10, .max_tmo_ns = 10, .nb_timers = 1, .flags = adjust },
		  0,
		  1000,
		  1000 },
		{ "no timers", { .timer_tick_ns = 1000, .max_tmo_ns = 1000 }, EINVAL, 0, 0 },
		{ "another clock",
		  { .timer_tick_ns = 1000,
		    .max_tmo_ns = 1000,
		    .nb_timers = 1,
		    .clk_src = RTE_EVENT_TIMER_ADAPTER_EXT_CLK0 },
		  EINVAL,
		  0,
		  0 },
		/* The last one: the library keeps memory until an adapter is freed. */
		{ "as asked for",
		  { .timer_tick_ns = 5000, .max_tmo_ns = 52000, .nb_timers = 1 },
		  0,
		  5000,
		  50000 },
	};
	struct rte_event_timer_adapter_conf conf;
	struct rte_event_timer_adapter *adapter;
	struct rte_event_timer_adapter_info info;
	struct device dev;
	uint32_t i;

	device_create(&dev, *state, "", &setup);
	for (i = 0; i < RTE_DIM(rows); i++) {
		conf = rows[i].conf;
		conf.event_dev_id = dev.id;
		log_mark(*state);
		adapter = rte_event_timer_adapter_create(&conf);
		TEST_EQ(adapter != NULL, rows[i].error == 0, rows[i].name);
		if (adapter == NULL) {
			TEST_EQ(rte_errno, rows[i].error, rows[i].name);
			log_expect(*state, dev.name, "accepted", rows[i].name);
			continue;
		}
		TEST_EQ(rte_event_timer_adapter_get_info(adapter, &info), 0, rows[i].name);
		TEST_EQ(info.min_resolution_ns, rows[i].tick_ns, rows[i].name);
		TEST_EQ(info.max_tmo_ns, rows[i].max_ns, rows[i].name);
		TEST_EQ(rte_event_timer_adapter_free(adapter), 0, rows[i].name);
	}
	device_remove(&dev);
}

static void
periodic(void **state)
{
	struct rte_event_timer timer, *list = &timer;
	struct rte_event_timer_adapter *adapter;
	struct rte_event ev;
	struct device dev;
	uint64_t armed;
	uint32_t i;

	device_create(&dev, *state, "", &setup);
	adapter = adapter_create(&dev, RTE_EVENT_TIMER_ADAPTER_F_PERIODIC);
	timer_set(&timer, 5, 77);
	armed = now_ns();
	arm(adapter, &timer);
	for (i = 1; i <= 4; i++) {
		ev = wait_for_event(&dev);
		TEST_EQ(now_ns() >= armed + (i * 5 - 1) * TICK_NS, true, "not early");
		assert_int_equal(ev.u64, 77);
		assert_int_equal(timer.state, RTE_EVENT_TIMER_ARMED);
		release(&dev, 0, &ev, 1);
	}
	assert_int_equal(rte_event_timer_cancel_burst(adapter, &list, 1), 1);
	adapter_destroy(adapter);
	/* Periods that passed meanwhile. */
	rte_event_dev_stop(dev.id);
	device_remove(&dev);
}

/* More timers than events may be in the system: they wait, and none is lost. */
static void
waits_for_credits(void **state)
{
	static const struct setup tight = { .queues = "a", .ports = { "!0" }, .limit = 2 };
	struct rte_event_timer timers[TIMERS], *list[TIMERS];
	struct rte_event_timer_adapter_stats stats;
	struct rte_event_timer_adapter *adapter;
	struct rte_event ev;
	struct device dev;
	uint64_t seen = 0;
	uint32_t i;

	device_create(&dev, *state, "", &tight);
	adapter = adapter_create(&dev, 0);
	for (i = 0; i < TIMERS; i++) {
		timer_set(&timers[i], 1, i);
		list[i] = &timers[i];
	}
	assert_int_equal(rte_event_timer_arm_burst(adapter, list, TIMERS), TIMERS);
	for (i = 0; i < TIMERS; i++) {
		ev = wait_for_event(&dev);
		assert_int_equal(seen >> ev.u64 & 1, 0);
		seen |= UINT64_C(1) << ev.u64;
		release(&dev, 0, &ev, 1);
	}
	assert_int_equal(rte_event_timer_adapter_stats_get(adapter, &stats), 0);
	assert_true(stats.evtim_retry_count > 0);
	assert_int_equal(stats.ev_enq_count, TIMERS);
	adapter_destroy(adapter);
	device_remove(&dev);
}

/* What is due while the device is stopped fires after the next start. */
static void
survives_a_restart(void **state)
{
	struct rte_event_timer timer;
	struct rte_event_timer_adapter *adapter;
	struct rte_event ev;
	struct device dev;
	uint64_t due;

	device_create(&dev, *state, "", &setup);
	adapter = adapter_create(&dev, 0);
	rte_event_dev_stop(dev.id);
	timer_set(&timer, 1, 5);
	arm(adapter, &timer);
	for (due = now_ns() + 3 * TICK_NS; now_ns() < due;)
		rte_pause();
	assert_int_equal(timer.state, RTE_EVENT_TIMER_ARMED);
	assert_int_equal(rte_event_dev_start(dev.id), 0);
	ev = wait_for_event(&dev);
	assert_int_equal(ev.u64, 5);
	release(&dev, 0, &ev, 1);
	adapter_destroy(adapter);
	device_remove(&dev);
}

/* Nobody polls: the port sleeps, and the thread sees to the timer. */
static void
wakes_a_sleeping_port(void **state)
{
	static const struct setup sleepy = { .queues = "a",
					     .ports = { "!0" },
					     .timeout_ns = 4000000000u };
	struct rte_event_timer timer;
	struct rte_event_timer_adapter *adapter;
	struct rte_event ev;
	struct device dev;

	device_create(&dev, *state, "", &sleepy);
	adapter = adapter_create(&dev, 0);
	timer_set(&timer, 500, 9);
	arm(adapter, &timer);
	while (rte_event_dequeue_burst(dev.id, 0, &ev, 1, 1) == 0)
		;
	assert_int_equal(ev.u64, 9);
	release(&dev, 0, &ev, 1);
	adapter_destroy(adapter);
	device_remove(&dev);
}

static void
link_one_to_one(const struct device *dev)
{
	uint8_t i;

	for (i = 0; i < dev->nb_ports; i++)
		assert_int_equal(rte_event_port_link(dev->id, i, &i, NULL, 1), 1);
}

/* Every directed port is taken: there is none for timers. */
static void
no_port_to_spare(void **state)
{
	static const struct setup full = {
		.queues = "ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss",
		.ports = { "=" },
		.more_ports = 63,
	};
	const struct rte_event_timer_adapter_conf conf = {
		.timer_tick_ns = TICK_NS,
		.max_tmo_ns = MAX_NS,
		.nb_timers = 1,
	};
	struct rte_event_timer_adapter *adapter;
	struct device dev;

	device_probe(&dev, *state, "event_dlb0", "hw=2.0");
	device_configure(&dev, &full);
	link_one_to_one(&dev);
	device_start(&dev);
	adapter = rte_event_timer_adapter_create(&conf);
	assert_non_null(adapter);
	log_mark(*state);
	assert_int_equal(rte_event_timer_adapter_start(adapter), -ENOSPC);
	log_expect(*state, dev.name, "none to spare", "start");
	assert_int_equal(rte_event_timer_adapter_free(adapter), 0);
	device_remove(&dev);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(capabilities, sweep),
		cmocka_unit_test_teardown(fires_once_and_not_early, sweep),
		cmocka_unit_test_teardown(fires_in_order_of_time, sweep),
		cmocka_unit_test_teardown(refusals, sweep),
		cmocka_unit_test_teardown(configurations, sweep),
		cmocka_unit_test_teardown(periodic, sweep),
		cmocka_unit_test_teardown(waits_for_credits, sweep),
		cmocka_unit_test_teardown(survives_a_restart, sweep),
		cmocka_unit_test_teardown(wakes_a_sleeping_port, sweep),
		cmocka_unit_test_teardown(no_port_to_spare, sweep),
	};

	return cmocka_run_group_tests_name("timers", tests, fixture_create, fixture_destroy);
}
