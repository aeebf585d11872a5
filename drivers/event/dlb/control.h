/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control calls, one at a time. The library's configuration calls come from the application; telemetry and
 * the functions of rte_pmd_dlb.h look at the same devices from other threads, and must find them whole.
 */
#ifndef DLB_EVDEV_CONTROL_H
#define DLB_EVDEV_CONTROL_H

#include <stdint.h>

#include <eventdev_pmd.h>

struct dlb_evdev;

/** A thread may hold it more than once: a flush callback may look at its device. */
void dlb_control_lock(void);
void dlb_control_unlock(void);

/**
 * Hold on to a device of this driver.
 *
 * @return
 *   The device, with the control lock held until dlb_control_put(). NULL with *error = -ENODEV when there
 *   is no such device of ours, -ENOTSUP in a secondary process; logged unless it is asked for quietly.
 */
struct dlb_evdev *dlb_control_take(uint8_t dev_id, int *error);
struct dlb_evdev *dlb_control_take_quietly(uint8_t dev_id);
void dlb_control_put(struct dlb_evdev *evdev);

/*
 * Arguments of a function of rte_pmd_dlb.h. 0, or logged and -EINVAL; -EAGAIN for what only a started
 * device has, and a hardware port (member) is such a thing.
 */
int dlb_control_check_started(const struct dlb_evdev *evdev, const char *what);
int dlb_control_check_queue(const struct dlb_evdev *evdev, uint8_t queue_id);
int dlb_control_check_port(const struct dlb_evdev *evdev, uint8_t port_id);
int dlb_control_check_member(const struct dlb_evdev *evdev, uint8_t port_id, uint8_t member);

/**
 * A port of a device that runs, for calls of the data path: without the lock, by the thread that uses the
 * port.
 *
 * @return
 *   The port. NULL, logged, with *error = -ENODEV when there is no such device of ours, -EAGAIN when it is
 *   stopped, -EINVAL for the port.
 */
struct dlb_event_port *dlb_control_running_port(uint8_t dev_id, uint8_t port_id, int *error);

/* The library's calls under the lock. */
int dlb_control_configure(const struct rte_eventdev *dev);
int dlb_control_start(struct rte_eventdev *dev);
void dlb_control_stop(struct rte_eventdev *dev);
int dlb_control_close(struct rte_eventdev *dev);
int dlb_control_queue_setup(struct rte_eventdev *dev, uint8_t id,
			    const struct rte_event_queue_conf *conf);
void dlb_control_queue_release(struct rte_eventdev *dev, uint8_t id);
int dlb_control_port_setup(struct rte_eventdev *dev, uint8_t id,
			   const struct rte_event_port_conf *conf);
void dlb_control_port_release(void *port);

#endif /* DLB_EVDEV_CONTROL_H */
