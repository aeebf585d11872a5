/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The data path. This file is compiled once for each transport and instruction set, into a table of
 * functions for each CQ mode; the build gives the transport, HOT_TRANSPORT, the header that converts
 * between events and what the device knows, HOT_CONVERT, and the table's name, HOT_OPS.
 */
#include HOT_CONVERT

#include "dequeue.h"
#include "enqueue.h"
#include "hot.h"

#define DENSE ((struct dlb_variant){ HOT_TRANSPORT, DLB_CQ_DENSE })
#define SPARSE ((struct dlb_variant){ HOT_TRANSPORT, DLB_CQ_SPARSE })

/*
 * A stop changes functions and ports of the library's table one after the other: a worker that should have
 * ended may come here with no port.
 */
static __rte_noinline uint16_t
port_is_gone(void)
{
	rte_errno = EINVAL;
	return 0;
}

/* Enqueue does not look at CQs: one set serves both modes. */
static uint16_t
enqueue(void *port, const struct rte_event *ev)
{
	if (unlikely(port == NULL))
		return port_is_gone();
	return dlb_enqueue_one(port, ev, HOT_TRANSPORT);
}

static __rte_always_inline uint16_t
burst_enqueue(void *port, const struct rte_event ev[], uint16_t n, enum dlb_burst burst)
{
	if (unlikely(port == NULL))
		return port_is_gone();
	return dlb_enqueue(port, ev, n, burst, HOT_TRANSPORT);
}

static uint16_t
enqueue_burst(void *port, const struct rte_event ev[], uint16_t n)
{
	return burst_enqueue(port, ev, n, DLB_BURST_MIXED);
}

static uint16_t
enqueue_new_burst(void *port, const struct rte_event ev[], uint16_t n)
{
	return burst_enqueue(port, ev, n, DLB_BURST_NEW);
}

static uint16_t
enqueue_forward_burst(void *port, const struct rte_event ev[], uint16_t n)
{
	return burst_enqueue(port, ev, n, DLB_BURST_FORWARD);
}

static void
release_held(struct dlb_event_port *port)
{
	port_release_held(port, HOT_TRANSPORT);
	port_idle(port, HOT_TRANSPORT);
}

static void
pay_tokens(struct dlb_event_port *port)
{
	port_pay(port, HOT_TRANSPORT);
}

static __rte_always_inline uint16_t
one_dequeue(void *port, struct rte_event *ev, uint64_t timeout_ticks, struct dlb_variant variant)
{
	if (unlikely(port == NULL))
		return port_is_gone();
	return dlb_dequeue_one(port, ev, timeout_ticks, variant);
}

static __rte_always_inline uint16_t
burst_dequeue(void *port, struct rte_event ev[], uint16_t n, uint64_t timeout_ticks,
	      struct dlb_variant variant)
{
	if (unlikely(port == NULL))
		return port_is_gone();
	return dlb_dequeue(port, ev, n, timeout_ticks, variant);
}

static uint16_t
dense_dequeue(void *port, struct rte_event *ev, uint64_t timeout_ticks)
{
	return one_dequeue(port, ev, timeout_ticks, DENSE);
}

static uint16_t
dense_dequeue_burst(void *port, struct rte_event ev[], uint16_t n, uint64_t timeout_ticks)
{
	return burst_dequeue(port, ev, n, timeout_ticks, DENSE);
}

static uint16_t
sparse_dequeue(void *port, struct rte_event *ev, uint64_t timeout_ticks)
{
	return one_dequeue(port, ev, timeout_ticks, SPARSE);
}

static uint16_t
sparse_dequeue_burst(void *port, struct rte_event ev[], uint16_t n, uint64_t timeout_ticks)
{
	return burst_dequeue(port, ev, n, timeout_ticks, SPARSE);
}

const struct dlb_hot_ops HOT_OPS[] = {
	[DLB_CQ_DENSE] = {
		.enqueue = enqueue,
		.enqueue_burst = enqueue_burst,
		.enqueue_new_burst = enqueue_new_burst,
		.enqueue_forward_burst = enqueue_forward_burst,
		.dequeue = dense_dequeue,
		.dequeue_burst = dense_dequeue_burst,
		.release_held = release_held,
		.pay_tokens = pay_tokens,
	},
	[DLB_CQ_SPARSE] = {
		.enqueue = enqueue,
		.enqueue_burst = enqueue_burst,
		.enqueue_new_burst = enqueue_new_burst,
		.enqueue_forward_burst = enqueue_forward_burst,
		.dequeue = sparse_dequeue,
		.dequeue_burst = sparse_dequeue_burst,
		.release_held = release_held,
		.pay_tokens = pay_tokens,
	},
};
