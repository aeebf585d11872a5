/* SPDX-License-Identifier: BSD-3-Clause */
/* Log types of the driver: pmd.event.dlb.driver, .pf and .model. */
#ifndef DLB_EVDEV_LOG_H
#define DLB_EVDEV_LOG_H

#include <rte_log.h>

extern int dlb_log_driver;
extern int dlb_log_pf;
extern int dlb_log_model;

/* One line about one device: what was asked, and what would be accepted. */
#define DLB_LOG(level, evdev, ...)                                              \
	rte_log(RTE_LOG_##level, dlb_log_driver,                                \
		RTE_FMT("%s: " RTE_FMT_HEAD(__VA_ARGS__, ) "\n", (evdev)->name, \
			RTE_FMT_TAIL(__VA_ARGS__, )))

#endif /* DLB_EVDEV_LOG_H */
