/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <inttypes.h>

#include <rte_alarm.h>
#include <rte_common.h>
#include <rte_cycles.h>

#include "backend.h"
#include "control.h"
#include "evdev.h"
#include "log.h"
#include "rte_pmd_dlb.h"
#include "watchdog.h"

#define TIMEOUT_MS_MAX 1000000
#define TICKS_PER_TIMEOUT 8
#define US_IN_MS 1000u
#define US_IN_S 1000000u

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

static void on_tick(void *arg);

static void
tick_set(struct dlb_evdev *evdev)
{
	rte_eal_alarm_set(evdev->watchdog.timeout_ms * US_IN_MS / TICKS_PER_TIMEOUT, on_tick,
			  evdev);
}

static void
on_tick(void *arg)
{
	struct dlb_evdev *evdev = arg;
	struct dlb_event_port *port;
	uint32_t p;

	time_pass(evdev);
	rte_spinlock_lock(&evdev->members_lock);
	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		if (port->watchdog.on)
			port_look(evdev, port);
	}
	rte_spinlock_unlock(&evdev->members_lock);
	dlb_alarms_poll(evdev->function);
	if (__atomic_load_n(&evdev->watchdog.ticks, __ATOMIC_ACQUIRE))
		tick_set(evdev);
}

static void
ticks_start(struct dlb_evdev *evdev)
{
	__atomic_store_n(&evdev->watchdog.ticks, true, __ATOMIC_RELEASE);
	tick_set(evdev);
}

/* Waits for one that is running; if that called for the next one all the time, it would wait for ever. */
static void
ticks_stop(struct dlb_evdev *evdev)
{
	__atomic_store_n(&evdev->watchdog.ticks, false, __ATOMIC_RELEASE);
	rte_eal_alarm_cancel(on_tick, evdev);
}

void
dlb_watchdog_stop(struct dlb_evdev *evdev)
{
	struct dlb_event_port *port;
	uint32_t p;

	if (evdev->watchdog.timeout_ms == 0)
		return;
	ticks_stop(evdev);
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
		ticks_stop(evdev);
		/* What has passed by now is not on the account of this port. */
		time_pass(evdev);
		dlb_watchdog_time_set(evdev->device, timeout_ms);
		evdev->watchdog.timeout_ms = timeout_ms;
	}
	ret = port_watch(evdev, dlb_evdev_port(evdev, port_id), timeout_ms > 0);
	if (timeout_ms > 0)
		ticks_start(evdev);
	return ret;
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
