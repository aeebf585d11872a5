/* SPDX-License-Identifier: BSD-3-Clause */
/* An event device in a secondary process: its data path, and what can be read of it. */
#ifndef DLB_EVDEV_SECONDARY_H
#define DLB_EVDEV_SECONDARY_H

#include <stdbool.h>

#include <eventdev_pmd.h>
#include <rte_eal.h>

static inline bool
dlb_is_secondary(void)
{
	return rte_eal_process_type() != RTE_PROC_PRIMARY;
}

/**
 * Attach to a device of the primary process, in its slot of the library.
 *
 * @return
 *   0, or logged: -EINVAL when the slot has another device there, -ENOTSUP when workers run the device,
 *   -ENODEV when this process has not the function that the device is on, -ENOMEM.
 */
int dlb_secondary_create(struct rte_eventdev *dev, const char *name);
/* Leave it, with the slot. */
void dlb_secondary_destroy(struct rte_eventdev *dev);

#endif /* DLB_EVDEV_SECONDARY_H */
