/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The data path comes in variants, one set of functions each. What a variant knows at compile time is
 * its struct dlb_variant; a device chooses its set when it is started.
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
	DLB_TRANSPORT_COUNT
};

/* Which instructions convert events to QEs and entries to events. */
enum dlb_isa {
	DLB_ISA_SCALAR, /* portable C */
	DLB_ISA_AVX2,
	DLB_ISA_AVX512, /* F, BW, VL and VBMI */
	DLB_ISA_COUNT
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
	void (*pay_tokens)(struct dlb_event_port *port);
};

/* hot.c, compiled once for each transport and instruction set; by enum dlb_cq_mode. */
extern const struct dlb_hot_ops dlb_hot_ring_scalar[];
extern const struct dlb_hot_ops dlb_hot_ring_avx2[];
extern const struct dlb_hot_ops dlb_hot_ring_avx512[];
extern const struct dlb_hot_ops dlb_hot_movdir64b_scalar[];
extern const struct dlb_hot_ops dlb_hot_movdir64b_avx2[];
extern const struct dlb_hot_ops dlb_hot_movdir64b_avx512[];
extern const struct dlb_hot_ops dlb_hot_stores_scalar[];
extern const struct dlb_hot_ops dlb_hot_stores_avx2[];
extern const struct dlb_hot_ops dlb_hot_stores_avx512[];

/* hot_select.c */

/** The widest instruction set that this CPU has and EAL's --force-max-simd-bitwidth allows. */
enum dlb_isa dlb_isa_choose(void);
const char *dlb_isa_name(enum dlb_isa isa);
const struct dlb_hot_ops *dlb_hot_ops_find(enum dlb_transport transport, enum dlb_isa isa,
					   enum dlb_cq_mode cq_mode);

#endif /* DLB_EVDEV_HOT_H */
