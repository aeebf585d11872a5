/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The embedded device: a bus whose device is the software model. It owns the model's lock, its producer
 * ports (rings) and whatever runs its scheduler.
 */
#ifndef DLB_EVDEV_EMBEDDED_H
#define DLB_EVDEV_EMBEDDED_H

#include "dlb_bus.h"

#include "backend.h"
#include "devargs.h"

struct dlb_embedded;

extern const struct dlb_backend_ops dlb_embedded_backend;

/** @return 0, or -ENOMEM, or -EINVAL. Destroy it through the backend's operation. */
int dlb_embedded_create(const char *name, int socket_id, const struct dlb_devargs *args,
			struct dlb_embedded **embedded);

struct dlb_bus *dlb_embedded_bus(struct dlb_embedded *embedded);

/**
 * Register the service of a device with sched=service; nothing for others. It goes with the device.
 *
 * @return
 *   1 and *service_id when there is a service, 0 when there is none, or a negative errno.
 */
int dlb_embedded_service_create(struct dlb_embedded *embedded, uint32_t *service_id);

/** In a secondary process that is about to use the device. */
void dlb_embedded_share(struct dlb_bus *bus);

/**
 * Let the model take what producer ports hold, and schedule a bounded batch. Does nothing while
 * another thread is doing just that.
 *
 * @return
 *   Events scheduled.
 */
uint32_t dlb_embedded_pump(struct dlb_embedded *embedded);

#endif /* DLB_EVDEV_EMBEDDED_H */
