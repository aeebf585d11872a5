/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "backend.h"
#include "control.h"
#include "dpdk_release.h"
#include "evdev.h"
#include "function.h"
#include "log.h"
#include "rte_pmd_dlb.h"
#include "watchdog.h"

#define TIMEOUT_MS_MAX 1000000
#define LOOKS_PER_TIMEOUT 8
#define US_IN_MS 1000u
#define US_IN_S 1000000u
#define NS_IN_US 1000u

static uint64_t
now_us(void)
{
	uint64_t hz = rte_get_timer_hz(), cycles = rte_get_timer_cycles();

	return cycles / hz * US_IN_S + cycles % hz * US_IN_S / hz;
}

/* The time of a model passes when it is told so. */
static void
time_pass(struct dlb_evdev *evdev)
{
	if (evdev->backend->time_pass != NULL)
		evdev->backend->time_pass(evdev->bus, now_us());
}

static void
port_look(const struct dlb_evdev *evdev, struct dlb_event_port *port)
{
	uint32_t m;

	for (m = 0; m < port->nb_members; m++) {
		if (!dlb_port_watchdog_take(port->members[m].port))
			continue;
		if (port->watchdog.expiries++ == 0)
			DLB_LOG(ERR, evdev,
				"port %u: watchdog: no token of its CQ came back for %" PRIu32
				" ms; further ones are only counted",
				port->id, evdev->watchdog.timeout_ms);
	}
}

static void
ports_look(struct dlb_evdev *evdev)
{
	struct dlb_event_port *port;
	uint32_t p;

	/* An expiry is an alarm, too: its line is to come after the one that names the port. */
	rte_spinlock_lock(&evdev->function->lock);
	time_pass(evdev);
	rte_spinlock_lock(&evdev->members_lock);
	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		if (port->watchdog.on)
			port_look(evdev, port);
	}
	rte_spinlock_unlock(&evdev->members_lock);
	rte_spinlock_unlock(&evdev->function->lock);
	dlb_alarms_poll(evdev->function);
}

/* It ends when somebody writes to its eventfd. */
static dlb_thread_result
thread_run(void *arg)
{
	struct dlb_evdev *evdev = arg;
	struct pollfd pfd = { .fd = evdev->watchdog.fd, .events = POLLIN };
	uint32_t timeout_ms = evdev->watchdog.timeout_ms;
	uint64_t us = (uint64_t)timeout_ms * US_IN_MS / LOOKS_PER_TIMEOUT;
	const struct timespec nap = {
		.tv_sec = (time_t)(us / US_IN_S),
		.tv_nsec = (long)(us % US_IN_S * NS_IN_US),
	};

	while (ppoll(&pfd, 1, &nap, NULL) <= 0)
		ports_look(evdev);
	return 0;
}

static int
thread_begin(struct dlb_evdev *evdev)
{
	struct dlb_watchdog *watchdog = &evdev->watchdog;
	int ret;

	watchdog->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	ret = watchdog->fd < 0 ? -errno
			       : dlb_control_thread_create(&watchdog->thread, "dlb-watchdog",
							   thread_run, evdev);
	watchdog->has_thread = ret == 0;
	if (ret != 0) {
		DLB_LOG(ERR, evdev, "watchdog: no thread: %s", strerror(-ret));
		if (watchdog->fd >= 0)
			close(watchdog->fd);
	}
	return ret;
}

static void
thread_end(struct dlb_watchdog *watchdog)
{
	if (!watchdog->has_thread)
		return;
	eventfd_write(watchdog->fd, 1);
	rte_thread_join(watchdog->thread, NULL);
	close(watchdog->fd);
	watchdog->has_thread = false;
}

void
dlb_watchdog_stop(struct dlb_evdev *evdev)
{
	struct dlb_event_port *port;
	uint32_t p;

	if (evdev->watchdog.timeout_ms == 0)
		return;
	thread_end(&evdev->watchdog);
	evdev->watchdog.timeout_ms = 0;
	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;)
		port->watchdog = (struct dlb_port_watchdog){ 0 };
}

static int
port_watch(struct dlb_evdev *evdev, struct dlb_event_port *port, bool on)
{
	uint32_t m;
	int ret = 0;

	rte_spinlock_lock(&evdev->members_lock);
	for (m = 0; m < port->nb_members && ret == 0; m++)
		ret = dlb_port_watchdog_set(port->members[m].port, on);
	if (ret == 0)
		port->watchdog.on = on;
	rte_spinlock_unlock(&evdev->members_lock);
	if (ret < 0)
		DLB_LOG(ERR, evdev,
			"port %u: watchdog: accepted are ports on the first 64 hardware ports of a kind",
			port->id);
	return ret;
}

static int
watchdog_set(struct dlb_evdev *evdev, uint8_t port_id, uint32_t timeout_ms)
{
	int ret = dlb_control_check_member(evdev, port_id, 0);

	if (ret < 0)
		return ret;
	if (timeout_ms > TIMEOUT_MS_MAX) {
		DLB_LOG(ERR, evdev, "port %u: watchdog after %" PRIu32 " ms: accepted are 0 to %u",
			port_id, timeout_ms, TIMEOUT_MS_MAX);
		return -EINVAL;
	}
	if (timeout_ms > 0) {
		thread_end(&evdev->watchdog);
		/* What has passed by now is not on the account of this port. */
		time_pass(evdev);
		dlb_watchdog_time_set(evdev->device, timeout_ms);
		evdev->watchdog.timeout_ms = timeout_ms;
		ret = thread_begin(evdev);
		if (ret < 0)
			return ret;
	}
	return port_watch(evdev, dlb_evdev_port(evdev, port_id), timeout_ms > 0);
}

int
rte_pmd_dlb_watchdog_set(uint8_t dev_id, uint8_t port_id, uint32_t timeout_ms)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = watchdog_set(evdev, port_id, timeout_ms);
	dlb_control_put(evdev);
	return ret;
}
