/* SPDX-License-Identifier: BSD-3-Clause */
/* Links that wait for completions; dlb_evdev_links_poll() of evdev.h finishes what can be finished. */
#ifndef DLB_EVDEV_PENDING_H
#define DLB_EVDEV_PENDING_H

#include <stdbool.h>

#include <rte_spinlock.h>
#include <rte_thread.h>

struct dlb_evdev;

struct dlb_pending {
	rte_spinlock_t lock;
	bool open;       /* there is a domain to look at */
	bool looks;      /* the thread does, more than once still */
	bool has_thread; /* to be joined */
	rte_thread_t thread;
};

void dlb_pending_init(struct dlb_evdev *evdev);
/* From the start of a device until its domain goes. */
void dlb_pending_open(struct dlb_evdev *evdev);
void dlb_pending_close(struct dlb_evdev *evdev);

#endif /* DLB_EVDEV_PENDING_H */
