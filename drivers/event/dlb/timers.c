/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_lcore.h>

#include "dpdk_release.h"
#include "evdev.h"
#include "hot.h"
#include "log.h"
#include "timers.h"
#include "secondary.h"

#define NS_IN_S 1000000000ull
#define ROUNDS_MAX 8         /* bursts of an adapter in one poll: a port has other things to do */
#define RETRIES_PER_S 100000 /* of events that the device does not accept */
#define BACKOFFS_PER_S 1000  /* looks of the thread while ports keep up */
#define DUE_NOW 0

void
dlb_timers_init(struct dlb_timers *timers)
{
	rte_spinlock_init(&timers->lock);
	timers->due = DLB_WHEEL_NEVER;
}

static void
due_lower(struct dlb_timers *timers, uint64_t due)
{
	uint64_t seen = __atomic_load_n(&timers->due, __ATOMIC_RELAXED);

	while (due < seen && !__atomic_compare_exchange_n(&timers->due, &seen, due, true,
							  __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		;
}

static void
thread_wake(struct dlb_timers *timers)
{
	if (timers->has_thread)
		eventfd_write(timers->fd, 1);
}

void
dlb_timers_armed(struct dlb_timers *timers, uint64_t due)
{
	due_lower(timers, due);
	/* The thread looks at what is due after it has said until when it sleeps. */
	if (due < __atomic_load_n(&timers->sleeps_until, __ATOMIC_SEQ_CST))
		thread_wake(timers);
}

/* Give the device what an adapter has staged. Returns false when something is left. */
static bool
staged_enqueue(struct dlb_evdev *evdev, struct dlb_timer_adapter *a)
{
	int error = rte_errno; /* the application's */
	uint16_t sent, left;

	sent = evdev->hot->enqueue_new_burst(&evdev->internal, a->staged, a->nb_staged);
	left = a->nb_staged - sent;
	if (left > 0 && rte_errno == EINVAL) {
		/* Its queue is gone since it was armed. */
		a->stats.ev_inv_count++;
		a->stats.evtim_drop_count++;
		left--;
		memmove(a->staged, &a->staged[sent + 1], left * sizeof(a->staged[0]));
	} else if (left > 0) {
		a->stats.evtim_retry_count++;
		memmove(a->staged, &a->staged[sent], left * sizeof(a->staged[0]));
	}
	a->stats.ev_enq_count += sent;
	a->nb_staged = left;
	rte_errno = error;
	return left == 0;
}

/* Returns when to come back. */
static uint64_t
adapter_run(struct dlb_evdev *evdev, struct dlb_timer_adapter *a)
{
	uint64_t now = rte_rdtsc();
	uint32_t round;

	for (round = 0; round < ROUNDS_MAX; round++) {
		dlb_timer_adapter_expire(a, now);
		if (a->nb_staged == 0)
			return dlb_timer_adapter_due(a);
		if (!staged_enqueue(evdev, a))
			return now + rte_get_tsc_hz() / RETRIES_PER_S;
	}
	return DUE_NOW;
}

void
dlb_timers_poll(struct dlb_evdev *evdev)
{
	struct dlb_timers *timers = &evdev->timers;
	struct dlb_timer_adapter *a;

	/* The adapters belong to the primary process. */
	if (dlb_is_secondary() || !rte_spinlock_trylock(&timers->lock))
		return;
	/* What is armed from here on lowers it again. */
	__atomic_store_n(&timers->due, DLB_WHEEL_NEVER, __ATOMIC_SEQ_CST);
	for (a = timers->has_port ? timers->running : NULL; a != NULL; a = a->next)
		dlb_timers_armed(timers, adapter_run(evdev, a));
	rte_spinlock_unlock(&timers->lock);
}

/* Sleep until then, or until somebody arms a timer that is due before. */
static void
thread_sleep(struct dlb_timers *timers, uint64_t until, bool wakes)
{
	struct pollfd pfd = { .fd = timers->fd, .events = POLLIN };
	uint64_t now = rte_rdtsc();
	uint64_t hz = rte_get_tsc_hz();
	uint64_t cycles = until > now ? until - now : 0;
	struct timespec left = {
		.tv_sec = (time_t)(cycles / hz),
		.tv_nsec = (long)(cycles % hz * NS_IN_S / hz),
	};
	eventfd_t count;

	if (wakes) {
		__atomic_store_n(&timers->sleeps_until, until, __ATOMIC_SEQ_CST);
		if (__atomic_load_n(&timers->due, __ATOMIC_SEQ_CST) < until)
			left = (struct timespec){ 0 };
	}
	if (ppoll(&pfd, 1, until == DLB_WHEEL_NEVER ? NULL : &left, NULL) > 0)
		eventfd_read(timers->fd, &count);
	__atomic_store_n(&timers->sleeps_until, 0, __ATOMIC_SEQ_CST);
}

/*
 * Sleep until timers are due. If by then somebody else has seen to them, ports keep up, and it is enough
 * to look every now and then.
 */
static dlb_thread_result
thread_run(void *arg)
{
	struct dlb_evdev *evdev = arg;
	struct dlb_timers *timers = &evdev->timers;
	bool ports_keep_up = false;
	uint64_t due;

	prctl(PR_SET_TIMERSLACK, 1);
	while (!__atomic_load_n(&timers->stopping, __ATOMIC_RELAXED)) {
		due = __atomic_load_n(&timers->due, __ATOMIC_SEQ_CST);
		if (due == DLB_WHEEL_NEVER || !ports_keep_up)
			thread_sleep(timers, due, true);
		else
			thread_sleep(timers,
				     RTE_MAX(due, rte_rdtsc() + rte_get_tsc_hz() / BACKOFFS_PER_S),
				     false);
		ports_keep_up = !dlb_timers_are_due(timers);
		if (!ports_keep_up)
			dlb_timers_poll(evdev);
	}
	return 0;
}

static int
thread_create(struct dlb_evdev *evdev)
{
	struct dlb_timers *timers = &evdev->timers;
	int ret;

	timers->stopping = false;
	timers->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (timers->fd < 0)
		return -errno;
	ret = dlb_control_thread_create(&timers->thread, "dlb-timers", thread_run, evdev);
	if (ret != 0) {
		close(timers->fd);
		return ret;
	}
	timers->has_thread = true;
	return 0;
}

static void
thread_destroy(struct dlb_timers *timers)
{
	__atomic_store_n(&timers->stopping, true, __ATOMIC_RELAXED);
	thread_wake(timers);
	rte_thread_join(timers->thread, NULL);
	timers->has_thread = false;
	close(timers->fd);
}

int
dlb_timers_add(struct dlb_evdev *evdev, struct dlb_timer_adapter *adapter)
{
	struct dlb_timers *timers = &evdev->timers;
	int ret;

	if (!timers->has_thread) {
		ret = thread_create(evdev);
		if (ret < 0) {
			DLB_LOG(ERR, evdev, "timer adapter: no thread: %s", strerror(-ret));
			return ret;
		}
	}
	rte_spinlock_lock(&timers->lock);
	adapter->next = timers->running;
	timers->running = adapter;
	rte_spinlock_unlock(&timers->lock);
	dlb_timers_armed(timers, DUE_NOW);
	return 0;
}

void
dlb_timers_remove(struct dlb_evdev *evdev, struct dlb_timer_adapter *adapter)
{
	struct dlb_timers *timers = &evdev->timers;
	struct dlb_timer_adapter **at;

	rte_spinlock_lock(&timers->lock);
	for (at = &timers->running; *at != NULL && *at != adapter; at = &(*at)->next)
		;
	if (*at != NULL)
		*at = adapter->next;
	rte_spinlock_unlock(&timers->lock);
	if (timers->running == NULL && timers->has_thread)
		thread_destroy(timers);
}

void
dlb_timers_device_start(struct dlb_evdev *evdev)
{
	struct dlb_timers *timers = &evdev->timers;

	rte_spinlock_lock(&timers->lock);
	timers->has_port = evdev->internal.nb_members > 0;
	rte_spinlock_unlock(&timers->lock);
	if (timers->running != NULL)
		dlb_timers_armed(timers, DUE_NOW);
}

void
dlb_timers_device_stop(struct dlb_evdev *evdev)
{
	struct dlb_timers *timers = &evdev->timers;

	rte_spinlock_lock(&timers->lock);
	timers->has_port = false;
	rte_spinlock_unlock(&timers->lock);
}
