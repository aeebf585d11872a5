/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The embedded device: a bus whose device is the software model. It owns the model's lock, its producer
 * ports (rings) and whatever runs its scheduler.
 */
#ifndef DLB_EVDEV_EMBEDDED_H
#define DLB_EVDEV_EMBEDDED_H

#include "dlb_bus.h"

#include "devargs.h"

struct dlb_embedded;

/** @return 0, or -ENOMEM, or -EINVAL. */
int dlb_embedded_create(const char *name, int socket_id, const struct dlb_devargs *args,
			struct dlb_embedded **embedded);
void dlb_embedded_destroy(struct dlb_embedded *embedded);

struct dlb_bus *dlb_embedded_bus(struct dlb_embedded *embedded);

/**
 * Register the service of a device with sched=service; nothing for others.
 *
 * @return
 *   1 and *service_id when there is a service, 0 when there is none, or a negative errno.
 */
int dlb_embedded_service_create(struct dlb_embedded *embedded, uint32_t *service_id);
void dlb_embedded_service_destroy(struct dlb_embedded *embedded);

/** Start or stop the thread of a device with sched=thread; nothing for others. 0 or -errno. */
int dlb_embedded_start(struct dlb_embedded *embedded);
void dlb_embedded_stop(struct dlb_embedded *embedded);

/**
 * Let the model take what producer ports hold, and schedule a bounded batch. Does nothing while
 * another thread is doing just that.
 *
 * @return
 *   Events scheduled.
 */
uint32_t dlb_embedded_pump(struct dlb_embedded *embedded);

/** True when threads can sleep on this device: see wait.h. */
bool dlb_embedded_can_sleep(const struct dlb_embedded *embedded);

/**
 * A thread is about to sleep until one of its CQs interrupts. When this returns, the device has done all
 * that it can with what was written to it; whoever writes from now on sees the sleeper.
 */
void dlb_embedded_sleeper_add(struct dlb_embedded *embedded);
void dlb_embedded_sleeper_remove(struct dlb_embedded *embedded);

/** Forget the producer ports of a domain that is gone. */
void dlb_embedded_rings_reset(struct dlb_embedded *embedded);

/** Findings of the model's lint mode so far. */
uint64_t dlb_embedded_lint_count(struct dlb_embedded *embedded);

#endif /* DLB_EVDEV_EMBEDDED_H */
