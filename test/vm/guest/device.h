/* SPDX-License-Identifier: BSD-3-Clause */
/* The one event device that EAL finds, with a queue from a producer to a worker. */
#ifndef GUEST_DEVICE_H
#define GUEST_DEVICE_H

#include <stdint.h>

#include "check.h"

#define DEVICE 0
#define QUEUE 0

enum { WORKER, PRODUCER, PORTS };

/* Configure it, as RTE_EVENT_DEV_CFG_* say, and start it. */
void device_create(uint32_t event_dev_cfg);
void device_destroy(void);

#endif /* GUEST_DEVICE_H */
