/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Links and unlinks that wait for completions, and who finishes them: ports that find nothing, as one
 * with its CQ off or a paused queue soon does. But ports that serve other queues, too, may never find
 * nothing, so an alarm looks, more seldom, for as long as anything waits.
 */
#include <rte_alarm.h>

#include "evdev.h"
#include "pending.h"
#include "secondary.h"

#define LATE_LOOK_US 10000

static void on_late_look(void *arg);

/* The count is written under the lock, or an old one could stand where a new link waits. */
static void
pending_finish(struct dlb_evdev *evdev)
{
	struct dlb_pending *pending = &evdev->pending;
	uint32_t count = (uint32_t)dlb_domain_poll(evdev->domain);

	__atomic_store_n(&evdev->links_pending, count, __ATOMIC_RELAXED);
	if (count > 0 && !pending->alarm)
		pending->alarm = rte_eal_alarm_set(LATE_LOOK_US, on_late_look, evdev) == 0;
}

static void
on_late_look(void *arg)
{
	struct dlb_evdev *evdev = arg;

	rte_spinlock_lock(&evdev->pending.lock);
	evdev->pending.alarm = false;
	if (evdev->pending.open)
		pending_finish(evdev);
	rte_spinlock_unlock(&evdev->pending.lock);
}

void
dlb_pending_init(struct dlb_evdev *evdev)
{
	rte_spinlock_init(&evdev->pending.lock);
}

void
dlb_pending_open(struct dlb_evdev *evdev)
{
	rte_spinlock_lock(&evdev->pending.lock);
	evdev->pending.open = true;
	rte_spinlock_unlock(&evdev->pending.lock);
}

void
dlb_pending_close(struct dlb_evdev *evdev)
{
	rte_spinlock_lock(&evdev->pending.lock);
	evdev->pending.open = false;
	evdev->links_pending = 0;
	rte_spinlock_unlock(&evdev->pending.lock);
	/* Waits for one that is running, which takes the lock. */
	rte_eal_alarm_cancel(on_late_look, evdev);
	evdev->pending.alarm = false;
}

void
dlb_evdev_links_poll(struct dlb_evdev *evdev)
{
	if (dlb_is_secondary())
		return;
	rte_spinlock_lock(&evdev->pending.lock);
	if (evdev->pending.open)
		pending_finish(evdev);
	rte_spinlock_unlock(&evdev->pending.lock);
}
