/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Alarms of a device, counted by kind and each kind logged once. They are looked for whenever somebody
 * asks for statistics, when the device stops, and, where the bus has an interrupt for them, at once.
 */
#ifndef DLB_EVDEV_ALARMS_H
#define DLB_EVDEV_ALARMS_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_interrupts.h>
#include <rte_spinlock.h>

#include "dlb_pf.h"

struct dlb_evdev;

struct dlb_alarms {
	rte_spinlock_t lock;
	uint64_t counts[DLB_ALARM_COUNT];
	uint64_t lost; /* times that the device had more to say than it could keep */
	bool logged[DLB_ALARM_COUNT];
	struct rte_intr_handle *interrupt; /* NULL: the bus has none */
	int fd;
};

void dlb_alarms_create(struct dlb_evdev *evdev);
void dlb_alarms_destroy(struct dlb_evdev *evdev);
/** Count what the device has to say. Any thread, but not while the device is closed. */
void dlb_alarms_poll(struct dlb_evdev *evdev);

#endif /* DLB_EVDEV_ALARMS_H */
