/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Watchdogs of a device that runs. While some port has one, an alarm of EAL looks at them eight times per
 * timeout, and lets the time of a model pass.
 */
#ifndef DLB_EVDEV_WATCHDOG_H
#define DLB_EVDEV_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

struct dlb_evdev;

struct dlb_watchdog {
	uint32_t timeout_ms; /* 0: nobody looks */
	bool ticks;          /* whoever looks is to come again; atomic */
};

/** The device is about to stop: nobody looks any more. */
void dlb_watchdog_stop(struct dlb_evdev *evdev);

#endif /* DLB_EVDEV_WATCHDOG_H */
