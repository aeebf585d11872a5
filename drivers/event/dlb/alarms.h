/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Alarms of a function, counted by kind for the event device that they concern, and each kind logged once.
 * They are looked for whenever somebody asks for statistics, when a device stops, and, where the bus
 * has an interrupt for them, at once.
 */
#ifndef DLB_EVDEV_ALARMS_H
#define DLB_EVDEV_ALARMS_H

#include <stdbool.h>
#include <stdint.h>

#include "dlb_pf.h"

struct dlb_function;

/* Of one event device. */
struct dlb_alarms {
	uint64_t counts[DLB_ALARM_COUNT];
	uint64_t lost; /* times that the hardware had more to say than it could keep */
	bool logged[DLB_ALARM_COUNT];
};

void dlb_alarms_create(struct dlb_function *function);
void dlb_alarms_destroy(struct dlb_function *function);
/** Count what the hardware has to say. Any thread, but not while the function is destroyed. */
void dlb_alarms_poll(struct dlb_function *function);

#endif /* DLB_EVDEV_ALARMS_H */
