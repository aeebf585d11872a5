/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dlb-guest-loop EAL-ARGUMENTS: an event loop of the application's own, which waits for the eventfd of a
 * port. What makes it readable is an interrupt of the device's, through vfio.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include <rte_eal.h>
#include <rte_eventdev.h>

#include "rte_pmd_dlb.h"

#define DEVICE 0
#define QUEUE 0
#define ROUNDS 50
#define PATIENCE_MS 20000
#define QUIET_MS 200

enum { WORKER, PRODUCER, PORTS };

/* When the event comes, against the arm. */
enum moment { BEFORE_ARM, AFTER_ARM, MOMENTS };

#define CHECK(condition)                                           \
	do {                                                       \
		if (!(condition))                                  \
			fail("line %d: %s", __LINE__, #condition); \
	} while (0)

static void __attribute__((format(printf, 1, 2), noreturn)) fail(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
	exit(EXIT_FAILURE);
}

static void
device_create(void)
{
	struct rte_event_dev_info info;
	struct rte_event_dev_config conf = {
		.nb_event_queues = 1,
		.nb_event_ports = PORTS,
	};
	const uint8_t queue = QUEUE;
	uint8_t port;

	CHECK(rte_event_dev_count() == 1);
	CHECK(rte_event_dev_info_get(DEVICE, &info) == 0);
	printf("driver %s\n", info.driver_name);
	conf.nb_events_limit = info.max_num_events;
	conf.nb_event_queue_flows = info.max_event_queue_flows;
	conf.nb_event_port_dequeue_depth = (uint32_t)info.max_event_port_dequeue_depth;
	conf.nb_event_port_enqueue_depth = info.max_event_port_enqueue_depth;
	CHECK(rte_event_dev_configure(DEVICE, &conf) == 0);
	CHECK(rte_event_queue_setup(DEVICE, QUEUE, NULL) == 0);
	for (port = 0; port < PORTS; port++)
		CHECK(rte_event_port_setup(DEVICE, port, NULL) == 0);
	CHECK(rte_event_port_link(DEVICE, WORKER, &queue, NULL, 1) == 1);
	CHECK(rte_event_dev_start(DEVICE) == 0);
}

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
	device_create();
	fd = rte_pmd_dlb_port_eventfd(DEVICE, WORKER);
	CHECK(fd >= 0);
	CHECK(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &wanted) == 0);
	for (i = 0; i < ROUNDS; i++)
		round_trip(epoll_fd, i % MOMENTS, i);
	CHECK(rte_pmd_dlb_port_arm(DEVICE, WORKER) == 0);
	CHECK(!wakes(epoll_fd, QUIET_MS));
	printf("awake %d times, and not without an event\n", ROUNDS);
	rte_event_dev_stop(DEVICE);
	CHECK(rte_event_dev_close(DEVICE) == 0);
	CHECK(rte_eal_cleanup() == 0);
	return EXIT_SUCCESS;
}
