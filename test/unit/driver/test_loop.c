/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports in an application's own event loop. A lost wake-up would show as a loop that sleeps its whole
 * patience away.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_lcore.h>

#include "fixture.h"
#include "rte_pmd_dlb.h"

#define ROUNDS 500
#define PATIENCE_MS 20000
#define TURNS 100 /* of a service, more than enough for an event */

static const char *const devices[] = {
	"hw=2.0",
	"hw=2.5,cq_mode=sparse",
	"hw=2.5,sched=thread",
	"hw=2.0,sched=service",
};

static int
loop_fd(const struct device *dev, uint8_t port)
{
	int fd = rte_pmd_dlb_port_eventfd(dev->id, port);

	assert_true(fd >= 0);
	return fd;
}

/* Whether it is readable by then. A service runs meanwhile. */
static bool
is_readable(const struct device *dev, int fd, int timeout_ms)
{
	struct epoll_event wanted = { .events = EPOLLIN };
	int epoll_fd = epoll_create1(0);
	int turns, woken;

	for (turns = 0; dev->has_service && turns < TURNS; turns++)
		device_turn(dev);
	assert_int_equal(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &wanted), 0);
	woken = epoll_wait(epoll_fd, &wanted, 1, timeout_ms);
	close(epoll_fd);
	return woken == 1;
}

static void
expect_wake(const struct device *dev, int fd, const char *row)
{
	TEST_EQ(is_readable(dev, fd, PATIENCE_MS), true, row);
}

/* When events come, against the dequeue that found none. */
static void
no_event_falls_between_dequeue_and_arm(void **state)
{
	const struct setup setup = { .queues = "a", .ports = { "!0", "!" } };
	struct rte_event ev;
	struct device dev;
	uint32_t d;
	int fd;

	for (d = 0; d < RTE_DIM(devices); d++) {
		device_create(&dev, *state, devices[d], &setup);
		fd = loop_fd(&dev, 0);
		TEST_EQ(loop_fd(&dev, 0), fd, devices[d]);

		/* After the dequeue, before the arm. */
		TEST_EQ(rte_event_dequeue_burst(dev.id, 0, &ev, 1, 0), 0, devices[d]);
		ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 1);
		send(&dev, 1, &ev, 1);
		TEST_EQ(rte_pmd_dlb_port_arm(dev.id, 0), 0, devices[d]);
		expect_wake(&dev, fd, devices[d]);
		receive(&dev, 0, &ev, 1);
		release(&dev, 0, &ev, 1);

		/* After the arm, which forgets that the port was woken, though tokens are owed. */
		TEST_EQ(rte_pmd_dlb_port_arm(dev.id, 0), 0, devices[d]);
		TEST_EQ(is_readable(&dev, fd, 0), false, devices[d]);
		ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 2, 2);
		send(&dev, 1, &ev, 1);
		expect_wake(&dev, fd, devices[d]);
		receive(&dev, 0, &ev, 1);
		release(&dev, 0, &ev, 1);
		device_remove(&dev);
	}
}

/* Armed once, woken once. */
static void
a_port_that_is_not_armed_is_left_alone(void **state)
{
	const struct setup setup = { .queues = "a", .ports = { "!0", "!" } };
	struct rte_event ev[3];
	struct device dev;
	uint64_t count;
	int fd;

	device_create(&dev, *state, "", &setup);
	fd = loop_fd(&dev, 0);
	ev[0] = event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 0);
	send(&dev, 1, ev, 1);
	receive(&dev, 0, ev, 1);
	assert_false(is_readable(&dev, fd, 0));
	release(&dev, 0, ev, 1);

	assert_int_equal(rte_pmd_dlb_port_arm(dev.id, 0), 0);
	assert_int_equal(rte_pmd_dlb_port_arm(dev.id, 0), 0);
	ev[0] = event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 0);
	ev[1] = ev[2] = ev[0];
	send(&dev, 1, ev, 1);
	assert_true(is_readable(&dev, fd, 0));
	assert_int_equal(read(fd, &count, sizeof(count)), sizeof(count));
	assert_int_equal(count, 1);
	send(&dev, 1, &ev[1], 2);
	assert_false(is_readable(&dev, fd, 0));
	receive(&dev, 0, ev, 3);
	release(&dev, 0, ev, 3);
	device_remove(&dev);
}

/* One descriptor for all hardware ports of a port: two load-balanced ones, and a directed one. */
static void
every_hardware_port_wakes(void **state)
{
	const struct setup setup = { .queues = "pppppppppppps",
				     .ports = { "!0123456789abc", "!" },
				     .single_links = 1 };
	struct rte_event ev;
	struct device dev;
	uint32_t d;
	uint8_t q;
	int fd;

	for (d = 0; d < RTE_DIM(devices); d++) {
		device_create(&dev, *state, devices[d], &setup);
		fd = loop_fd(&dev, 0);
		for (q = 0; q < 13; q++) {
			TEST_EQ(rte_pmd_dlb_port_arm(dev.id, 0), 0, devices[d]);
			TEST_EQ(is_readable(&dev, fd, 0), false, devices[d]);
			ev = event_new(q, RTE_SCHED_TYPE_PARALLEL, 0, q);
			send(&dev, 1, &ev, 1);
			expect_wake(&dev, fd, devices[d]);
			receive(&dev, 0, &ev, 1);
			TEST_EQ(ev.u64, q, devices[d]);
			release(&dev, 0, &ev, 1);
		}
		device_remove(&dev);
	}
}

/* A dequeue with a timeout may wait for eight; a loop has no timeout of the driver's. */
static void
one_event_wakes_a_loop(void **state)
{
	const struct setup setup = { .queues = "p", .ports = { "!0", "!" } };
	struct rte_event ev;
	struct device dev;
	int fd;

	device_create(&dev, *state, "wake_depth=8", &setup);
	fd = loop_fd(&dev, 0);
	assert_int_equal(rte_pmd_dlb_port_arm(dev.id, 0), 0);
	ev = event_new(0, RTE_SCHED_TYPE_PARALLEL, 0, 0);
	send(&dev, 1, &ev, 1);
	assert_true(is_readable(&dev, fd, 0));
	receive(&dev, 0, &ev, 1);
	release(&dev, 0, &ev, 1);
	device_remove(&dev);
}

/* A thread that plays with another one through its own epoll loop, and the one that runs a service. */
struct player {
	const struct device *dev;
	pthread_t thread;
	uint8_t port;
	uint32_t got;
	uint32_t sleeps;
	bool stopping;
};

static bool
sleep_until_armed_port_wakes(struct player *p, int epoll_fd)
{
	struct epoll_event woken;

	p->sleeps++;
	return rte_pmd_dlb_port_arm(p->dev->id, p->port) == 0 &&
	       epoll_wait(epoll_fd, &woken, 1, PATIENCE_MS) == 1;
}

static void *
play(void *arg)
{
	struct epoll_event wanted = { .events = EPOLLIN };
	struct player *p = arg;
	int epoll_fd = epoll_create1(0);
	struct rte_event ev;

	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, rte_pmd_dlb_port_eventfd(p->dev->id, p->port), &wanted);
	while (p->got < ROUNDS) {
		if (rte_event_dequeue_burst(p->dev->id, p->port, &ev, 1, 0) == 0) {
			if (!sleep_until_armed_port_wakes(p, epoll_fd))
				break;
			continue;
		}
		p->got++;
		if (p->got == ROUNDS && p->port == 1)
			break;
		ev.op = RTE_EVENT_OP_FORWARD;
		ev.queue_id = !p->port;
		if (rte_event_enqueue_burst(p->dev->id, p->port, &ev, 1) != 1)
			break;
	}
	close(epoll_fd);
	return NULL;
}

static void *
run_service(void *arg)
{
	struct player *p = arg;

	if (rte_thread_register() < 0) /* services are for lcores */
		return NULL;
	while (!__atomic_load_n(&p->stopping, __ATOMIC_RELAXED)) {
		device_turn(p->dev);
		sched_yield();
	}
	rte_thread_unregister();
	return NULL;
}

static void
no_wake_up_is_lost(void **state)
{
	const struct setup setup = { .queues = "aa", .ports = { "0", "1" } };
	struct player p[2], service;
	struct rte_event ev;
	struct device dev;
	uint32_t d, i;

	for (d = 0; d < RTE_DIM(devices); d++) {
		device_create(&dev, *state, devices[d], &setup);
		ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 1);
		send(&dev, 0, &ev, 1);
		service = (struct player){ .dev = &dev };
		if (dev.has_service)
			pthread_create(&service.thread, NULL, run_service, &service);
		for (i = 0; i < RTE_DIM(p); i++) {
			p[i] = (struct player){ .dev = &dev, .port = (uint8_t)i };
			assert_int_equal(pthread_create(&p[i].thread, NULL, play, &p[i]), 0);
		}
		for (i = 0; i < RTE_DIM(p); i++)
			pthread_join(p[i].thread, NULL);
		__atomic_store_n(&service.stopping, true, __ATOMIC_RELAXED);
		if (dev.has_service)
			pthread_join(service.thread, NULL);
		for (i = 0; i < RTE_DIM(p); i++)
			TEST_EQ(p[i].got, ROUNDS, devices[d]);
		assert_true(p[0].sleeps > 0);
		device_remove(&dev);
	}
}

static void
refusals(void **state)
{
	const struct setup setup = { .queues = "a", .ports = { "0" } };
	struct device dev;

	device_probe(&dev, *state, "event_dlb0", "");
	device_configure(&dev, &setup);
	log_mark(*state);
	assert_int_equal(rte_pmd_dlb_port_eventfd(dev.id, 0), -EAGAIN);
	log_expect(*state, dev.name, "accepted is one that has been started", "eventfd");
	log_mark(*state);
	assert_int_equal(rte_pmd_dlb_port_arm(dev.id, 0), -EAGAIN);
	log_expect(*state, dev.name, "accepted is one that has been started", "arm");
	device_start(&dev);
	log_mark(*state);
	assert_int_equal(rte_pmd_dlb_port_arm(dev.id, 0), -EINVAL);
	log_expect(*state, dev.name, "accepted is a port after rte_pmd_dlb_port_eventfd()", "arm");
	log_mark(*state);
	assert_int_equal(rte_pmd_dlb_port_eventfd(dev.id, 1), -EINVAL);
	log_expect(*state, dev.name, "configured with 1 ports", "eventfd");
	assert_int_equal(rte_pmd_dlb_port_arm(dev.id + 1, 0), -ENODEV);
	/* Each start has its own. */
	loop_fd(&dev, 0);
	assert_int_equal(rte_pmd_dlb_port_arm(dev.id, 0), 0);
	rte_event_dev_stop(dev.id);
	device_start(&dev);
	assert_int_equal(rte_pmd_dlb_port_arm(dev.id, 0), -EINVAL);
	device_remove(&dev);

	device_create(&dev, *state, "wake_depth=0", &setup);
	log_mark(*state);
	assert_int_equal(rte_pmd_dlb_port_eventfd(dev.id, 0), -ENOTSUP);
	log_expect(*state, dev.name, "accepted is a device with wake_depth=1", "wake_depth=0");
	device_remove(&dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(no_event_falls_between_dequeue_and_arm, fixture_sweep),
		cmocka_unit_test_teardown(a_port_that_is_not_armed_is_left_alone, fixture_sweep),
		cmocka_unit_test_teardown(every_hardware_port_wakes, fixture_sweep),
		cmocka_unit_test_teardown(one_event_wakes_a_loop, fixture_sweep),
		cmocka_unit_test_teardown(no_wake_up_is_lost, fixture_sweep),
		cmocka_unit_test_teardown(refusals, fixture_sweep),
	};

	return cmocka_run_group_tests_name("loop", tests, fixture_create, fixture_destroy);
}
