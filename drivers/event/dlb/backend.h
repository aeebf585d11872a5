/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stands behind an event device: a bus to a DLB, and what else that bus needs to run one. Operations
 * that a backend has no use for are NULL.
 */
#ifndef DLB_EVDEV_BACKEND_H
#define DLB_EVDEV_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include "dlb_bus.h"

#include "hot.h"

struct dlb_embedded;
struct dlb_model;

struct dlb_backend_ops {
	const char *name;

	/* Before the first event of a start, and after the last one. start: 0 or a negative errno. */
	int (*start)(struct dlb_bus *bus);
	void (*stop)(struct dlb_bus *bus);
	/* Forget the producer ports of a domain that is gone. */
	void (*ports_reset)(struct dlb_bus *bus);

	/* Whether a thread can sleep until a CQ interrupts; and around each sleep. See wait.h. */
	bool (*can_sleep)(const struct dlb_bus *bus);
	void (*sleeper_add)(struct dlb_bus *bus);
	void (*sleeper_remove)(struct dlb_bus *bus);
	/* Somebody is about to sleep until a vector of CQs interrupts next; or does not mind any more. */
	void (*vector_await)(struct dlb_bus *bus, uint32_t vector);
	void (*vector_forget)(struct dlb_bus *bus, uint32_t vector);

	/* The embedded device that idle workers run, or NULL if somebody else runs it. */
	struct dlb_embedded *(*workers_run)(struct dlb_bus *bus);

	/* It is so late now, in microseconds of any clock: the device does not know by itself. */
	void (*time_pass)(struct dlb_bus *bus, uint64_t now_us);

	uint64_t (*lint_count)(struct dlb_bus *bus);
	/* The model, for nobody else meanwhile. NULL: the device is no model. */
	struct dlb_model *(*model_lock)(struct dlb_bus *bus);
	void (*model_unlock)(struct dlb_bus *bus);
	void (*destroy)(struct dlb_bus *bus);
};

#endif /* DLB_EVDEV_BACKEND_H */
