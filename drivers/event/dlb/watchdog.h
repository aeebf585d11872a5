/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Watchdogs of a device that runs. While some port has one, a thread looks at them eight times per timeout,
 * and lets the time of a model pass. It is no alarm of EAL's, for the reason that pending.c gives.
 */
#ifndef DLB_EVDEV_WATCHDOG_H
#define DLB_EVDEV_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_thread.h>

struct dlb_evdev;

struct dlb_watchdog {
	uint32_t timeout_ms; /* 0: nobody looks */
	bool has_thread;
	int fd; /* ends the thread */
	rte_thread_t thread;
};

/** The device is about to stop: nobody looks any more. */
void dlb_watchdog_stop(struct dlb_evdev *evdev);

#endif /* DLB_EVDEV_WATCHDOG_H */
