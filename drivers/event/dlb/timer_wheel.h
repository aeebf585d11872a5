/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Timer wheel: deadlines in slots of a power of two of clock cycles, so that arming, cancelling and
 * expiring take the same time however many timers there are. A timer expires when its slot has passed:
 * never early, and late by less than a slot. One thread at a time uses a wheel.
 */
#ifndef DLB_EVDEV_TIMER_WHEEL_H
#define DLB_EVDEV_TIMER_WHEEL_H

#include <stddef.h>
#include <stdint.h>

#define DLB_WHEEL_NEVER UINT64_MAX
#define DLB_WHEEL_NONE 0 /* no entry */

struct dlb_wheel;

struct dlb_wheel_conf {
	uint64_t slot_cycles; /* at most that wide: rounded down to a power of two, at least 1 */
	uint64_t
		span_cycles; /* the longest timeout; a longer one costs a look at each turn of the wheel */
	uint32_t nb_timers;
	uint64_t now;
};

/* Memory that a wheel takes, and a wheel made of it. */
size_t dlb_wheel_bytes(const struct dlb_wheel_conf *conf);
struct dlb_wheel *dlb_wheel_init(void *memory, const struct dlb_wheel_conf *conf);

/** @return the entry of an armed timer, or DLB_WHEEL_NONE when as many are armed as there may be. */
uint32_t dlb_wheel_arm(struct dlb_wheel *wheel, uint64_t deadline, void *timer);
/** Forget an armed timer. */
void dlb_wheel_cancel(struct dlb_wheel *wheel, uint32_t entry);
/** The timer of an entry, whatever it holds; NULL when it is not armed or there is no such entry. */
void *dlb_wheel_timer(const struct dlb_wheel *wheel, uint32_t entry);

/** Take one timer that is due: its entry is free again. NULL when none is. */
void *dlb_wheel_expire(struct dlb_wheel *wheel, uint64_t now);

/** When to look again: no timer is due before; DLB_WHEEL_NEVER without timers. */
uint64_t dlb_wheel_due(const struct dlb_wheel *wheel);
uint32_t dlb_wheel_count(const struct dlb_wheel *wheel);

#endif /* DLB_EVDEV_TIMER_WHEEL_H */
