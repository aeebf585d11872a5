/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Static spreading: the hash of a packet's addresses says which worker has it, whatever that worker has
 * to do already. A network card with RSS does that for a core that asks; here the main lcore does.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_ring.h>
#include <rte_thash.h>

#include "gateway.h"

#define RING_PACKETS 1024

struct static_worker {
	struct worker *worker;
	struct rte_ring *in, *out;
};

/* The key that most drivers start with. */
static const uint8_t rss_key[40] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3,
	0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3,
	0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

static uint32_t
packet_hash(const struct rte_mbuf *m)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);
	const struct rte_ipv4_hdr *ip = (const struct rte_ipv4_hdr *)(eth + 1);
	union rte_thash_tuple tuple;

	if (rte_pktmbuf_data_len(m) < sizeof(*eth) + sizeof(*ip) ||
	    eth->ether_type != rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4))
		return 0;
	tuple.v4.src_addr = rte_be_to_cpu_32(ip->src_addr);
	tuple.v4.dst_addr = rte_be_to_cpu_32(ip->dst_addr);
	return rte_softrss((uint32_t *)&tuple, RTE_THASH_V4_L3_LEN, rss_key);
}

static int
worker_run(void *arg)
{
	struct static_worker *s = arg;
	struct worker *w = s->worker;
	struct rte_mbuf *m;

	while (!__atomic_load_n(&w->gateway->stop, __ATOMIC_RELAXED)) {
		if (rte_ring_sc_dequeue(s->in, (void **)&m) < 0) {
			sched_yield();
			continue;
		}
		if (!gateway_translate(w, packet_hash(m) % NAT_FLOWS, m))
			continue;
		gateway_finish(w, m);
		while (rte_ring_sp_enqueue(s->out, m) < 0)
			sched_yield();
	}
	return 0;
}

static void
packets_receive(struct gateway *g, struct static_worker *workers)
{
	struct rte_mbuf *packets[BURST];
	uint16_t n = rte_eth_rx_burst(g->port, 0, packets, BURST), i;

	for (i = 0; i < n; i++)
		while (rte_ring_sp_enqueue(workers[packet_hash(packets[i]) % g->nb_workers].in,
					   packets[i]) < 0)
			sched_yield();
}

static uint32_t
packets_send(struct gateway *g, struct static_worker *workers)
{
	struct rte_mbuf *packets[BURST];
	uint32_t w, sent = 0;
	uint16_t n, i;

	for (w = 0; w < g->nb_workers; w++) {
		n = (uint16_t)rte_ring_sc_dequeue_burst(workers[w].out, (void **)packets, BURST,
							NULL);
		for (i = 0; i < n;)
			i += rte_eth_tx_burst(g->port, 0, packets + i, n - i);
		sent += n;
	}
	return sent;
}

/* A worker's output never fills: there are no more buffers than its ring has places. */
static int
rings_create(struct gateway *g, struct static_worker *workers)
{
	char name[RTE_RING_NAMESIZE];
	uint32_t w, flags = RING_F_SP_ENQ | RING_F_SC_DEQ;
	int socket = (int)rte_socket_id();

	for (w = 0; w < g->nb_workers; w++) {
		workers[w].worker = &g->workers[w];
		snprintf(name, sizeof(name), "in%u", w);
		workers[w].in = rte_ring_create(name, RING_PACKETS, socket, flags);
		snprintf(name, sizeof(name), "out%u", w);
		workers[w].out =
			rte_ring_create(name, rte_align32pow2(g->pool->size + 1), socket, flags);
		if (workers[w].in == NULL || workers[w].out == NULL) {
			fprintf(stderr, "packet_gateway: no memory for rings\n");
			return -ENOMEM;
		}
	}
	return 0;
}

int
spread_static(struct gateway *g)
{
	struct static_worker workers[WORKERS_MAX] = { 0 };
	uint64_t done = 0, since = rte_get_timer_cycles();
	uint32_t lcore, w = 0;
	int ret = rings_create(g, workers);

	if (ret == 0)
		RTE_LCORE_FOREACH_WORKER(lcore)
	rte_eal_remote_launch(worker_run, &workers[w++], lcore);
	while (ret == 0 && gateway_done(g) < g->packets) {
		packets_receive(g, workers);
		if (packets_send(g, workers) == 0)
			sched_yield();
		if (gateway_stands_still(g, &done, &since))
			ret = -ETIMEDOUT;
	}
	__atomic_store_n(&g->stop, true, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
	for (w = 0; w < g->nb_workers; w++) {
		rte_ring_free(workers[w].in);
		rte_ring_free(workers[w].out);
	}
	return ret;
}
