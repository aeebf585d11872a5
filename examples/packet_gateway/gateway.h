/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The gateway: what happens to a packet, and the two ways to spread packets over workers. In both, a
 * packet is translated, then its checksums and whatever else takes time are done, then it is sent.
 */
#ifndef GATEWAY_H
#define GATEWAY_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_mbuf.h>

#include "nat.h"

#define BURST 32
#define WORKERS_MAX 16

struct gateway;

struct worker {
	struct gateway *gateway;
	uint32_t id;
	uint64_t packets; /* second steps done: the part that takes time */
	uint64_t dropped;
} __rte_cache_aligned;

struct gateway {
	uint16_t port;       /* ethdev */
	uint32_t nb_workers; /* as many as there are worker lcores */
	uint32_t work_cycles;
	uint64_t packets; /* in the capture */
	struct nat *nat;
	struct rte_mempool *pool;
	bool stop;
	struct worker workers[WORKERS_MAX];
};

/* First step. One core at a time for one flow. */
bool gateway_translate(struct worker *w, uint32_t flow, struct rte_mbuf *m);
/* Second step. Any number of cores at a time. */
void gateway_finish(struct worker *w, struct rte_mbuf *m);
/* Packets that have been sent or dropped. */
uint64_t gateway_done(const struct gateway *g);
/* Time without any progress is limited: a packet that got lost must not stop the program for good. */
bool gateway_stands_still(const struct gateway *g, uint64_t *done, uint64_t *since);

/*
 * Run the whole capture on the main lcore and all workers. Return 0 or a negative errno value; the
 * reason has been printed.
 */
int spread_dynamic(struct gateway *g); /* by an event device: atomic, then ordered */
int spread_static(struct gateway *g); /* by a hash of the addresses, as a network card's RSS does */

#endif /* GATEWAY_H */
