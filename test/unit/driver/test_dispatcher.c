/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The library's dispatcher on a port of ours: dpdk-test has a suite for it, which brings a device of its own.
 * DPDK 23.11 and later have it.
 */
#include <rte_common.h>
#include <rte_dispatcher.h>
#include <rte_lcore.h>
#include <rte_service.h>

#include "fixture.h"

#define EVENTS 300
#define BURST 16
#define TURNS_MAX 100000

static const char *const devices[] = { "hw=2.0", "hw=2.5,sched=thread", DEVICE_SLOW };

/* It gets every event whose number leaves that remainder. */
struct handler {
	uint64_t remainder;
	uint32_t events;
	int id;
};

static bool
is_of(const struct rte_event *ev, void *data)
{
	const struct handler *h = data;

	return ev->u64 % 2 == h->remainder;
}

static void
count(uint8_t dev_id __rte_unused, uint8_t port_id, struct rte_event ev[], uint16_t n, void *data)
{
	struct handler *h = data;
	uint16_t i;

	assert_int_equal(port_id, 0);
	for (i = 0; i < n; i++)
		assert_int_equal(ev[i].u64 % 2, h->remainder);
	h->events += n;
}

static void
dispatch(const struct device *dev, struct rte_dispatcher *dispatcher)
{
	struct handler handlers[] = { { .remainder = 0 }, { .remainder = 1 } };
	uint32_t service = rte_dispatcher_service_id_get(dispatcher);
	uint32_t h, turn, sent = 0;
	struct rte_event ev;

	for (h = 0; h < RTE_DIM(handlers); h++) {
		handlers[h].id = rte_dispatcher_register(dispatcher, is_of, &handlers[h], count,
							 &handlers[h]);
		assert_true(handlers[h].id >= 0);
	}
	assert_int_equal(rte_service_runstate_set(service, 1), 0);
	rte_dispatcher_start(dispatcher);
	for (turn = 0; turn < TURNS_MAX && handlers[0].events + handlers[1].events < EVENTS;
	     turn++) {
		ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, sent, sent);
		if (sent < EVENTS)
			sent += rte_event_enqueue_burst(dev->id, 1, &ev, 1);
		device_turn(dev);
		assert_int_equal(rte_service_run_iter_on_app_lcore(service, 1), 0);
	}
	rte_dispatcher_stop(dispatcher);
	for (h = 0; h < RTE_DIM(handlers); h++) {
		TEST_EQ(handlers[h].events, EVENTS / 2, "events");
		assert_int_equal(rte_dispatcher_unregister(dispatcher, handlers[h].id), 0);
	}
	assert_int_equal(rte_service_runstate_set(service, 0), 0);
}

static void
every_event_finds_its_handler(void **state)
{
	const struct setup setup = { .queues = "a", .ports = { "0", "" } };
	struct rte_dispatcher *dispatcher;
	struct device dev;
	uint32_t d;

	for (d = 0; d < RTE_DIM(devices); d++) {
		device_create(&dev, *state, devices[d], &setup);
		dispatcher = rte_dispatcher_create(dev.id);
		assert_non_null(dispatcher);
		assert_int_equal(rte_dispatcher_bind_port_to_lcore(dispatcher, 0, BURST, 0,
								   rte_lcore_id()),
				 0);
		dispatch(&dev, dispatcher);
		assert_int_equal(rte_dispatcher_unbind_port_from_lcore(dispatcher, 0,
								       rte_lcore_id()),
				 0);
		assert_int_equal(rte_dispatcher_free(dispatcher), 0);
		device_remove(&dev);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_event_finds_its_handler, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
