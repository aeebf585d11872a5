/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <rte_cycles.h>

#include "backend.h"
#include "evdev.h"
#include "log.h"
#include "wait.h"

#define NS_IN_S 1000000000ull

static int
members_interrupt_set(struct dlb_event_port *port, uint32_t threshold)
{
	uint32_t m, depth;
	int ret = 0;

	for (m = 0; m < port->nb_members && ret == 0; m++) {
		depth = port->members[m].cq_mask + 1u;
		ret = dlb_port_interrupt_set(port->members[m].port, port->wait.vector,
					     RTE_MIN(threshold, depth / 2));
	}
	return ret;
}

int
dlb_wait_create(struct dlb_evdev *evdev, struct dlb_event_port *port)
{
	int ret;

	port->wait.state = DLB_WAIT_POLLS;
	if (evdev->args.wake_depth == 0 || !evdev->backend->can_sleep(evdev->bus) ||
	    port->id >= DLB_CQ_VECTORS)
		return -ENOTSUP;
	ret = dlb_vector_take(evdev->device, &port->wait.vector, &port->wait.fd);
	if (ret < 0)
		return ret;
	ret = members_interrupt_set(port, evdev->args.wake_depth);
	if (ret < 0) {
		dlb_vector_put(evdev->device, port->wait.vector);
		return ret;
	}
	port->wait.state = DLB_WAIT_SLEEPS;
	return 0;
}

void
dlb_wait_destroy(struct dlb_evdev *evdev, struct dlb_event_port *port)
{
	if (port->wait.state == DLB_WAIT_SLEEPS)
		dlb_vector_put(evdev->device, port->wait.vector);
	port->wait.state = DLB_WAIT_UNKNOWN;
}

void
dlb_wait_begin(struct dlb_event_port *port)
{
	const struct dlb_evdev *evdev = port->evdev;

	if (evdev->backend->sleeper_add != NULL)
		evdev->backend->sleeper_add(evdev->bus);
}

void
dlb_wait_sleep(struct dlb_event_port *port, uint64_t deadline)
{
	struct pollfd pfd = { .fd = port->wait.fd, .events = POLLIN };
	uint64_t now = rte_get_timer_cycles();
	uint64_t hz = rte_get_timer_hz();
	uint64_t ticks = deadline > now ? deadline - now : 0;
	struct timespec left = {
		.tv_sec = (time_t)(ticks / hz),
		.tv_nsec = (long)(ticks % hz * NS_IN_S / hz),
	};
	eventfd_t count;

	if (ppoll(&pfd, 1, &left, NULL) > 0)
		eventfd_read(port->wait.fd, &count);
}

void
dlb_wait_end(struct dlb_event_port *port)
{
	const struct dlb_evdev *evdev = port->evdev;

	if (evdev->backend->sleeper_remove != NULL)
		evdev->backend->sleeper_remove(evdev->bus);
}
