/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dlb-guest-loop EAL-ARGUMENTS: an event loop of the application's own, which waits for the eventfd of a
 * port. What makes it readable is an interrupt of the device's, through vfio.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include <rte_eal.h>
#include <rte_eventdev.h>

#include "device.h"
#include "rte_pmd_dlb.h"

#define ROUNDS 50
#define PATIENCE_MS 20000
#define QUIET_MS 200

/* When the event comes, against the arm. */
enum moment { BEFORE_ARM, AFTER_ARM, MOMENTS };

static bool
wakes(int epoll_fd, int timeout_ms)
{
	struct epoll_event event;

	return epoll_wait(epoll_fd, &event, 1, timeout_ms) == 1;
}

static void
produce(uint64_t number)
{
	struct rte_event ev = { .queue_id = QUEUE,
				.sched_type = RTE_SCHED_TYPE_ATOMIC,
				.op = RTE_EVENT_OP_NEW,
				.u64 = number };

	CHECK(rte_event_enqueue_burst(DEVICE, PRODUCER, &ev, 1) == 1);
}

/* Which answers the one before. */
static void
consume(uint64_t number)
{
	struct rte_event ev;

	CHECK(rte_event_dequeue_burst(DEVICE, WORKER, &ev, 1, 0) == 1);
	CHECK(ev.u64 == number);
	CHECK(rte_event_dequeue_burst(DEVICE, WORKER, &ev, 1, 0) == 0);
}

static void
round_trip(int epoll_fd, enum moment moment, uint64_t number)
{
	if (moment == BEFORE_ARM)
		produce(number);
	CHECK(rte_pmd_dlb_port_arm(DEVICE, WORKER) == 0);
	if (moment == AFTER_ARM)
		produce(number);
	CHECK(wakes(epoll_fd, PATIENCE_MS));
	consume(number);
}

int
main(int argc, char *argv[])
{
	struct epoll_event wanted = { .events = EPOLLIN };
	int epoll_fd = epoll_create1(0);
	uint64_t i;
	int fd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	CHECK(rte_eal_init(argc, argv) >= 0);
	device_create(0);
	fd = rte_pmd_dlb_port_eventfd(DEVICE, WORKER);
	CHECK(fd >= 0);
	CHECK(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &wanted) == 0);
	for (i = 0; i < ROUNDS; i++)
		round_trip(epoll_fd, i % MOMENTS, i);
	CHECK(rte_pmd_dlb_port_arm(DEVICE, WORKER) == 0);
	CHECK(!wakes(epoll_fd, QUIET_MS));
	printf("awake %d times, and not without an event\n", ROUNDS);
	device_destroy();
	CHECK(rte_eal_cleanup() == 0);
	return EXIT_SUCCESS;
}
