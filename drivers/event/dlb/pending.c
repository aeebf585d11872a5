/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Links and unlinks that wait for completions, and who finishes them: ports that find nothing, as one
 * with its CQ off or a paused queue soon does. But ports that serve other queues, too, may never find
 * nothing, so a thread looks, more seldom, for as long as anything waits. It is no alarm of EAL's: to
 * cancel one that is running is to spin on a lock that it needs to end, which under valgrind it never got.
 */
#include <rte_cycles.h>

#include "dpdk_release.h"
#include "evdev.h"
#include "pending.h"
#include "secondary.h"

#define LATE_LOOK_US 10000

/* Finish what can be. Under the lock, or an old count could stand where a new link waits. */
static bool
links_wait(struct dlb_evdev *evdev)
{
	uint32_t count = evdev->pending.open ? (uint32_t)dlb_domain_poll(evdev->domain) : 0;

	__atomic_store_n(&evdev->links_pending, count, __ATOMIC_RELAXED);
	return count > 0;
}

/* It ends when nothing waits, and says so under the lock, which it does not take again. */
static dlb_thread_result
late_looks(void *arg)
{
	struct dlb_evdev *evdev = arg;
	struct dlb_pending *pending = &evdev->pending;
	bool wait = true;

	while (wait) {
		rte_delay_us_sleep(LATE_LOOK_US);
		rte_spinlock_lock(&pending->lock);
		wait = links_wait(evdev);
		pending->looks = wait;
		rte_spinlock_unlock(&pending->lock);
	}
	return 0;
}

static void
thread_end(struct dlb_pending *pending)
{
	if (pending->has_thread)
		rte_thread_join(pending->thread, NULL);
	pending->has_thread = false;
}

/* One that looks no longer is as good as gone. */
static void
thread_begin(struct dlb_evdev *evdev)
{
	struct dlb_pending *pending = &evdev->pending;

	thread_end(pending);
	pending->has_thread =
		dlb_control_thread_create(&pending->thread, "dlb-links", late_looks, evdev) == 0;
	pending->looks = pending->has_thread;
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
	/* It finds the domain closed at its next look. */
	thread_end(&evdev->pending);
}

void
dlb_evdev_links_poll(struct dlb_evdev *evdev)
{
	struct dlb_pending *pending = &evdev->pending;

	if (dlb_is_secondary())
		return;
	rte_spinlock_lock(&pending->lock);
	if (pending->open && links_wait(evdev) && !pending->looks)
		thread_begin(evdev);
	rte_spinlock_unlock(&pending->lock);
}
