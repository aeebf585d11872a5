/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A function: one DLB, embedded or on the PCI bus, and the event devices on it. Each event device has a
 * scheduling domain of its own; the function has what there is once: the bus, the PF layer's device, the
 * interrupt for alarms, whoever runs an embedded model. It lives as long as one event device is on it.
 *
 * The control lock guards all of it, but for what the handler of alarms needs.
 */
#ifndef DLB_EVDEV_FUNCTION_H
#define DLB_EVDEV_FUNCTION_H

#include <stdbool.h>
#include <stdint.h>

#include <eventdev_pmd.h>
#include <rte_interrupts.h>
#include <rte_spinlock.h>

#include "dlb_pf.h"

#include "devargs.h"
#include "transport.h"

struct dlb_backend_ops;
struct dlb_evdev;

/* What a function is made of: the arguments that are its own, and not of one event device. */
struct dlb_function_conf {
	const char *name; /* of the first event device */
	const struct dlb_devargs *args;
	struct dlb_bus *bus;
	const struct dlb_backend_ops *backend;
	enum dlb_transport transport;
	uint32_t service_id;
	bool has_service;
};

struct dlb_function {
	char name[RTE_EVENTDEV_NAME_MAX_LEN];
	struct dlb_devargs args;
	struct dlb_bus *bus;
	const struct dlb_backend_ops *backend;
	enum dlb_transport transport;
	uint32_t service_id;
	bool has_service;
	struct dlb_device *device;
	uint32_t nb_started; /* event devices whose domain runs */

	rte_spinlock_t
		lock; /* of what the handler of alarms looks at, counts of event devices too */
	struct dlb_evdev *evdevs[RTE_EVENT_MAX_DEVS];
	uint32_t nb_evdevs;
	struct rte_intr_handle *interrupt; /* NULL: the bus has none for alarms */
	int alarm_fd;
};

/**
 * Reset and set up what stands behind a bus.
 *
 * @return
 *   0, or a negative errno: the bus is the caller's then, and otherwise goes with the function.
 */
int dlb_function_create(const struct dlb_function_conf *conf, struct dlb_function **function);

/** Destroy a function on which there is no event device. */
void dlb_function_destroy(struct dlb_function *function);

/** @return the function that an event device of that name is, or was the first, on, or NULL. */
struct dlb_function *dlb_function_find(const char *evdev_name);

/** An event device comes, and goes; a function goes with the last one. */
void dlb_function_add(struct dlb_function *function, struct dlb_evdev *evdev);
void dlb_function_remove(struct dlb_function *function, struct dlb_evdev *evdev);

/** Before the first event of a domain, and after its last one. start: 0 or a negative errno. */
int dlb_function_start(struct dlb_function *function, struct dlb_evdev *evdev);
void dlb_function_stop(struct dlb_function *function, struct dlb_evdev *evdev);

/**
 * Mend a device whose domain would not go; nothing for one that has not failed.
 *
 * @return
 *   0, or a negative errno: -EBUSY while another event device runs on it.
 */
int dlb_function_mend(struct dlb_function *function);

#endif /* DLB_EVDEV_FUNCTION_H */
