/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Waiting for events without a core: a port arms the interrupts of its CQs and sleeps on an eventfd.
 *
 * An embedded device with sched=inline has nobody to run it while everybody sleeps, so whoever writes to
 * a producer port looks whether there are sleepers, and runs the device for them. That look is a plain
 * load: a port that goes to sleep makes itself visible to all threads of the process with membarrier(),
 * which costs the sleeper, and the data path nothing.
 */
#ifndef DLB_EVDEV_WAIT_H
#define DLB_EVDEV_WAIT_H

#include <stdbool.h>
#include <stdint.h>

struct dlb_event_port;
struct dlb_evdev;
struct dlb_member;

/**
 * Give a port the means to sleep. A port that cannot be given them polls instead.
 *
 * @return
 *   0, or a negative errno; -ENOTSUP when interrupts are switched off or the system has no membarrier().
 */
int dlb_wait_create(struct dlb_evdev *evdev, struct dlb_event_port *port);
void dlb_wait_destroy(struct dlb_evdev *evdev, struct dlb_event_port *port);

/**
 * The eventfd of a port for an application that sleeps on it by itself, and arming it; see rte_pmd_dlb.h.
 *
 * @return
 *   The file descriptor, or a negative errno like dlb_wait_create().
 */
int dlb_wait_loop_create(struct dlb_evdev *evdev, struct dlb_event_port *port);
void dlb_wait_loop_arm(struct dlb_event_port *port);

/**
 * Pause between two polls: until the device writes the next entry of the port's CQ, where the CPU can
 * monitor a line (UMWAIT) and somebody else runs the device; else for a moment.
 */
void dlb_wait_pause(struct dlb_event_port *port, uint64_t deadline);

/** Tell the device that the port is about to sleep. Its CQs are armed, and must be polled once more. */
void dlb_wait_begin(struct dlb_event_port *port);

/** Sleep until a CQ has something, or the time comes. May return early. */
void dlb_wait_sleep(struct dlb_event_port *port, uint64_t deadline);

/** Whether dlb_wait_pause() can do better than a moment's pause. */
bool dlb_wait_can_monitor(const struct dlb_event_port *port);

/** A port that can sleep gets another CQ, which must wake it too, or gives one up. */
void dlb_wait_member_add(struct dlb_event_port *port, const struct dlb_member *m);
void dlb_wait_member_remove(struct dlb_event_port *port, const struct dlb_member *m);

/** Let a port find out again whether it sleeps. By the core that polls it, or before it does. */
void dlb_wait_restart(struct dlb_event_port *port);

/** Wake a port, if it sleeps, to have a look around. */
void dlb_wait_wake(const struct dlb_event_port *port);

/** The port is awake. */
void dlb_wait_end(struct dlb_event_port *port);

#endif /* DLB_EVDEV_WAIT_H */
