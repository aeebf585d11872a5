/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The data path comes in variants, one set of functions each. What a variant knows at compile time is
 * its struct dlb_variant; a device chooses its set when it is configured.
 */
#ifndef DLB_EVDEV_HOT_H
#define DLB_EVDEV_HOT_H

#include <stdint.h>

#include <rte_eventdev.h>

#include "dlb_qe.h"

struct dlb_event_port;

/* How lines reach the device. */
enum dlb_transport {
	DLB_TRANSPORT_RING,      /* embedded device: a ring in memory */
	DLB_TRANSPORT_MOVDIR64B, /* PCI device: one store to the producer-port page */
	DLB_TRANSPORT_STORES,    /* PCI device in a virtual machine: four ordinary stores */
};

struct dlb_variant {
	enum dlb_transport transport;
	enum dlb_cq_mode cq_mode;
};

struct dlb_hot_ops {
	uint16_t (*enqueue)(void *port, const struct rte_event *ev);
	uint16_t (*enqueue_burst)(void *port, const struct rte_event ev[], uint16_t n);
	uint16_t (*enqueue_new_burst)(void *port, const struct rte_event ev[], uint16_t n);
	uint16_t (*enqueue_forward_burst)(void *port, const struct rte_event ev[], uint16_t n);
	uint16_t (*dequeue)(void *port, struct rte_event *ev, uint64_t timeout_ticks);
	uint16_t (*dequeue_burst)(void *port, struct rte_event ev[], uint16_t n,
				  uint64_t timeout_ticks);
	/* Complete every event that the port holds and return every token. */
	void (*release_held)(struct dlb_event_port *port);
};

/* hot.c, compiled once for each transport; by enum dlb_cq_mode. */
extern const struct dlb_hot_ops dlb_hot_ring[];
extern const struct dlb_hot_ops dlb_hot_movdir64b[];
extern const struct dlb_hot_ops dlb_hot_stores[];

#endif /* DLB_EVDEV_HOT_H */
