/* SPDX-License-Identifier: BSD-3-Clause */
/* The data path of an embedded device, in portable C. */
#include "dequeue.h"
#include "enqueue.h"
#include "hot.h"

#define DENSE ((struct dlb_variant){ DLB_TRANSPORT_RING, DLB_CQ_DENSE })
#define SPARSE ((struct dlb_variant){ DLB_TRANSPORT_RING, DLB_CQ_SPARSE })

/* Enqueue does not look at CQs: one set serves both modes. */
static uint16_t
ring_enqueue(void *port, const struct rte_event *ev)
{
	return dlb_enqueue(port, ev, 1, DLB_BURST_MIXED, DENSE);
}

static uint16_t
ring_enqueue_burst(void *port, const struct rte_event ev[], uint16_t n)
{
	return dlb_enqueue(port, ev, n, DLB_BURST_MIXED, DENSE);
}

static uint16_t
ring_enqueue_new_burst(void *port, const struct rte_event ev[], uint16_t n)
{
	return dlb_enqueue(port, ev, n, DLB_BURST_NEW, DENSE);
}

static uint16_t
ring_enqueue_forward_burst(void *port, const struct rte_event ev[], uint16_t n)
{
	return dlb_enqueue(port, ev, n, DLB_BURST_FORWARD, DENSE);
}

static void
ring_release_held(struct dlb_event_port *port)
{
	port_release_held(port, DLB_TRANSPORT_RING);
	port_idle(port, DLB_TRANSPORT_RING);
}

static uint16_t
ring_dense_dequeue(void *port, struct rte_event *ev, uint64_t timeout_ticks)
{
	return dlb_dequeue(port, ev, 1, timeout_ticks, DENSE);
}

static uint16_t
ring_dense_dequeue_burst(void *port, struct rte_event ev[], uint16_t n, uint64_t timeout_ticks)
{
	return dlb_dequeue(port, ev, n, timeout_ticks, DENSE);
}

static uint16_t
ring_sparse_dequeue(void *port, struct rte_event *ev, uint64_t timeout_ticks)
{
	return dlb_dequeue(port, ev, 1, timeout_ticks, SPARSE);
}

static uint16_t
ring_sparse_dequeue_burst(void *port, struct rte_event ev[], uint16_t n, uint64_t timeout_ticks)
{
	return dlb_dequeue(port, ev, n, timeout_ticks, SPARSE);
}

const struct dlb_hot_ops dlb_hot_ops[DLB_TRANSPORT_COUNT][2] = {
	[DLB_TRANSPORT_RING] = {
		[DLB_CQ_DENSE] = {
			.enqueue = ring_enqueue,
			.enqueue_burst = ring_enqueue_burst,
			.enqueue_new_burst = ring_enqueue_new_burst,
			.enqueue_forward_burst = ring_enqueue_forward_burst,
			.dequeue = ring_dense_dequeue,
			.dequeue_burst = ring_dense_dequeue_burst,
			.release_held = ring_release_held,
		},
		[DLB_CQ_SPARSE] = {
			.enqueue = ring_enqueue,
			.enqueue_burst = ring_enqueue_burst,
			.enqueue_new_burst = ring_enqueue_new_burst,
			.enqueue_forward_burst = ring_enqueue_forward_burst,
			.dequeue = ring_sparse_dequeue,
			.dequeue_burst = ring_sparse_dequeue_burst,
			.release_held = ring_release_held,
		},
	},
};
