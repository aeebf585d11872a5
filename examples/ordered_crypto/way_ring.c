/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Without an event device: a ring that all workers read, a ring that all write, and a reorder buffer
 * for who collects. What DPDK programs do when they have no scheduler.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_reorder.h>
#include <rte_ring.h>

#include "way.h"

struct way_ring {
	struct way way;
	struct rte_ring *todo, *done;
	struct rte_reorder_buffer *reorder;
	uint32_t sequence;
};

static uint16_t
ring_submit(struct way *way, struct rte_mbuf **records, uint16_t n)
{
	struct way_ring *w = container_of(way, struct way_ring, way);
	uint16_t i;

	n = (uint16_t)RTE_MIN((uint32_t)n, rte_ring_free_count(w->todo));
	for (i = 0; i < n; i++)
		*rte_reorder_seqn(records[i]) = w->sequence++;
	return (uint16_t)rte_ring_sp_enqueue_burst(w->todo, (void **)records, n, NULL);
}

static uint16_t
ring_get(struct way *way, uint32_t worker __rte_unused, struct rte_mbuf **records)
{
	struct way_ring *w = container_of(way, struct way_ring, way);

	return (uint16_t)rte_ring_mc_dequeue_burst(w->todo, (void **)records, BURST, NULL);
}

static void
ring_put(struct way *way, uint32_t worker __rte_unused, struct rte_mbuf **records, uint16_t n)
{
	struct way_ring *w = container_of(way, struct way_ring, way);
	uint32_t sent = 0;

	while (sent < n)
		sent += rte_ring_mp_enqueue_burst(w->done, (void **)records + sent, n - sent, NULL);
}

/* The reorder buffer holds a whole window, so that there is room for whatever comes. */
static uint16_t
ring_collect(struct way *way, struct rte_mbuf **records)
{
	struct way_ring *w = container_of(way, struct way_ring, way);
	struct rte_mbuf *early[BURST];
	uint32_t n = rte_ring_sc_dequeue_burst(w->done, (void **)early, BURST, NULL), i;

	for (i = 0; i < n; i++)
		rte_reorder_insert(w->reorder, early[i]);
	return (uint16_t)rte_reorder_drain(w->reorder, records, BURST);
}

static void
ring_close(struct way *way)
{
	struct way_ring *w = container_of(way, struct way_ring, way);

	rte_reorder_free(w->reorder);
	rte_ring_free(w->done);
	rte_ring_free(w->todo);
	free(w);
}

static const struct way_ops ring_ops = {
	.submit = ring_submit,
	.get = ring_get,
	.put = ring_put,
	.collect = ring_collect,
	.close = ring_close,
};

/*
 * A reorder buffer takes the first number that it sees for the lowest of all, and refuses lower ones: it
 * must see one before the workers, of whom any may be the first.
 */
static void
ring_number_first(struct way_ring *w)
{
	struct rte_mbuf first = { .refcnt = 1 }, *drained;

	*rte_reorder_seqn(&first) = w->sequence++;
	rte_reorder_insert(w->reorder, &first);
	rte_reorder_drain(w->reorder, &drained, 1);
}

int
way_ring_open(uint32_t workers __rte_unused, struct way **way)
{
	struct way_ring *w = calloc(1, sizeof(*w));
	int socket = (int)rte_socket_id();

	if (w == NULL)
		return -ENOMEM;
	w->way.ops = &ring_ops;
	snprintf(w->way.name, sizeof(w->way.name), "rte_ring+reorder");
	w->todo = rte_ring_create("todo", WINDOW, socket, RING_F_SP_ENQ | RING_F_EXACT_SZ);
	w->done = rte_ring_create("done", WINDOW, socket, RING_F_SC_DEQ | RING_F_EXACT_SZ);
	w->reorder = rte_reorder_create("reorder", (unsigned int)socket, WINDOW);
	if (w->todo == NULL || w->done == NULL || w->reorder == NULL) {
		fprintf(stderr, "ordered_crypto: no rings or no reorder buffer: %s\n",
			rte_strerror(rte_errno));
		ring_close(&w->way);
		return -ENOMEM;
	}
	ring_number_first(w);
	*way = &w->way;
	return 0;
}
