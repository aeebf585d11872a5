/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The timers of an event device: its timer adapters, and whoever drives them. A port that polls and finds
 * nothing looks whether timers are due, which costs a load, and a clock read where there are timers. A
 * thread does the same for devices whose ports all sleep or are busy; while ports keep up, it sleeps.
 * Expired timers enqueue through a producer port of the device's own.
 */
#ifndef DLB_EVDEV_TIMERS_H
#define DLB_EVDEV_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

#include <eventdev_pmd.h>
#include <rte_branch_prediction.h>
#include <rte_cycles.h>
#include <rte_spinlock.h>
#include <rte_thread.h>

#include "timer_wheel.h"

#define DLB_TIMERS_STAGED 32        /* events of a burst */
#define DLB_TIMERS_NEAR_PER_S 10000 /* near is what is due within that part of a second */

struct dlb_evdev;
struct dlb_timers;

/* A timer adapter. */
struct dlb_timer_adapter {
	rte_spinlock_t lock; /* of the wheel */
	struct dlb_wheel *wheel;
	struct dlb_evdev *evdev;
	struct dlb_timer_adapter *next; /* that runs */
	uint64_t tick;                  /* in cycles, as a fixed-point number */
	uint64_t tick_ns;
	uint64_t max_ticks;
	bool periodic;
	bool running;
	/* Expired, and not accepted by the device so far. Under the lock of all timers. */
	struct rte_event staged[DLB_TIMERS_STAGED];
	uint16_t nb_staged;
	struct rte_event_timer_adapter_stats stats;
	uint64_t stats_begin; /* of its ticks, in cycles */
};

struct dlb_timers {
	uint64_t due;        /* in cycles: nobody needs to look before */
	rte_spinlock_t lock; /* of the list, and of the producer port */
	struct dlb_timer_adapter *running;
	bool has_port; /* between start and stop of the device */
	/* The thread. */
	rte_thread_t thread;
	int fd;                /* wakes it */
	uint64_t sleeps_until; /* in cycles; 0: it is awake, or will be soon enough */
	bool has_thread;
	bool stopping;
};

void dlb_timers_init(struct dlb_timers *timers);

/* The device has started; it is about to stop, and timers that expire now wait for the next start. */
void dlb_timers_device_start(struct dlb_evdev *evdev);
void dlb_timers_device_stop(struct dlb_evdev *evdev);

/** Add an adapter to those that run, or take it out. @return 0, or a negative errno without a thread. */
int dlb_timers_add(struct dlb_evdev *evdev, struct dlb_timer_adapter *adapter);
void dlb_timers_remove(struct dlb_evdev *evdev, struct dlb_timer_adapter *adapter);

/** A timer has been armed that is due then, or is about to be. */
void dlb_timers_armed(struct dlb_timers *timers, uint64_t due);

/** Enqueue what is due, unless somebody else is doing that. */
void dlb_timers_poll(struct dlb_evdev *evdev);

static inline bool
dlb_timers_are_due(const struct dlb_timers *timers)
{
	uint64_t due = __atomic_load_n(&timers->due, __ATOMIC_RELAXED);

	return unlikely(due != DLB_WHEEL_NEVER) && rte_rdtsc() >= due;
}

/* Whether a timer is due before somebody who leaves the CPU now may have it again. */
static inline bool
dlb_timers_are_near(const struct dlb_timers *timers)
{
	uint64_t due = __atomic_load_n(&timers->due, __ATOMIC_RELAXED);

	return due != DLB_WHEEL_NEVER &&
	       rte_rdtsc() + rte_get_tsc_hz() / DLB_TIMERS_NEAR_PER_S >= due;
}

/* timer_adapter.c */
extern const struct event_timer_adapter_ops dlb_timer_adapter_ops;
/** Move timers that are due to an adapter's staged events, and say when the next ones are. */
void dlb_timer_adapter_expire(struct dlb_timer_adapter *adapter, uint64_t now);
uint64_t dlb_timer_adapter_due(struct dlb_timer_adapter *adapter);

#endif /* DLB_EVDEV_TIMERS_H */
