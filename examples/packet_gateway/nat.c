/* SPDX-License-Identifier: BSD-3-Clause */
/* The connection table, and what is written into packets. */
#include <stdbool.h>
#include <stdlib.h>

#include <rte_ether.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "nat.h"

#define PORT_FIRST 1024
#define PORTS (65536 - PORT_FIRST)

struct connection {
	struct connection *next;
	uint32_t source, destination;
	uint16_t source_port, destination_port;
	uint8_t protocol;
	uint16_t port; /* what the outside sees, big-endian as in the packet */
};

struct nat {
	uint32_t nb_ports; /* given out */
	struct connection *flows[NAT_FLOWS];
};

/* Where things are in a packet that can be translated. */
struct layers {
	struct rte_ipv4_hdr *ip;
	unaligned_uint16_t *source_port, *destination_port, *checksum;
};

struct nat *
nat_create(void)
{
	return calloc(1, sizeof(struct nat));
}

void
nat_destroy(struct nat *nat)
{
	struct connection *c;
	uint32_t f;

	for (f = 0; nat != NULL && f < NAT_FLOWS; f++) {
		while ((c = nat->flows[f]) != NULL) {
			nat->flows[f] = c->next;
			free(c);
		}
	}
	free(nat);
}

uint32_t
nat_connections(const struct nat *nat)
{
	return nat->nb_ports < PORTS ? nat->nb_ports : PORTS;
}

/* Both begin with the source port and the destination port. */
static const struct protocol {
	uint8_t number;
	uint8_t header_bytes, checksum_at;
} protocols[] = {
	{ IPPROTO_TCP, sizeof(struct rte_tcp_hdr), offsetof(struct rte_tcp_hdr, cksum) },
	{ IPPROTO_UDP, sizeof(struct rte_udp_hdr), offsetof(struct rte_udp_hdr, dgram_cksum) },
};

static const struct protocol *
protocol_find(uint8_t number)
{
	uint32_t i;

	for (i = 0; i < RTE_DIM(protocols); i++)
		if (protocols[i].number == number)
			return &protocols[i];
	return NULL;
}

/* TCP and UDP over IPv4, not in fragments, with their headers in one piece. */
static bool
layers_find(struct rte_mbuf *m, struct layers *l)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);
	const struct protocol *p;
	uint32_t at = sizeof(*eth);

	if (rte_pktmbuf_data_len(m) < at + sizeof(*l->ip) ||
	    eth->ether_type != rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4))
		return false;
	l->ip = rte_pktmbuf_mtod_offset(m, struct rte_ipv4_hdr *, at);
	if (l->ip->fragment_offset &
	    rte_cpu_to_be_16(RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK))
		return false;
	at += rte_ipv4_hdr_len(l->ip);
	p = protocol_find(l->ip->next_proto_id);
	if (p == NULL || rte_pktmbuf_data_len(m) < at + p->header_bytes)
		return false;
	l->source_port = rte_pktmbuf_mtod_offset(m, unaligned_uint16_t *, at);
	l->destination_port = l->source_port + 1;
	l->checksum = rte_pktmbuf_mtod_offset(m, unaligned_uint16_t *, at + p->checksum_at);
	return true;
}

static bool
connection_is(const struct connection *c, const struct layers *l)
{
	return c->source == l->ip->src_addr && c->destination == l->ip->dst_addr &&
	       c->source_port == *l->source_port && c->destination_port == *l->destination_port &&
	       c->protocol == l->ip->next_proto_id;
}

/* Ports are the only thing that flows share. */
static struct connection *
connection_create(struct nat *nat, uint32_t flow, const struct layers *l)
{
	uint32_t number = __atomic_fetch_add(&nat->nb_ports, 1, __ATOMIC_RELAXED);
	struct connection *c = number < PORTS ? malloc(sizeof(*c)) : NULL;

	if (c == NULL)
		return NULL;
	*c = (struct connection){
		.next = nat->flows[flow],
		.source = l->ip->src_addr,
		.destination = l->ip->dst_addr,
		.source_port = *l->source_port,
		.destination_port = *l->destination_port,
		.protocol = l->ip->next_proto_id,
		.port = rte_cpu_to_be_16((uint16_t)(PORT_FIRST + number)),
	};
	nat->flows[flow] = c;
	return c;
}

enum nat_verdict
nat_translate(struct nat *nat, uint32_t flow, struct rte_mbuf *m)
{
	struct connection *c;
	struct layers l;

	if (!layers_find(m, &l))
		return NAT_PASSED;
	for (c = nat->flows[flow]; c != NULL && !connection_is(c, &l);)
		c = c->next;
	if (c == NULL)
		c = connection_create(nat, flow, &l);
	if (c == NULL)
		return NAT_NO_PORT;
	l.ip->src_addr = rte_cpu_to_be_32(NAT_ADDRESS);
	*l.source_port = c->port;
	return NAT_TRANSLATED;
}

void
nat_checksum(struct rte_mbuf *m)
{
	struct layers l;

	if (!layers_find(m, &l))
		return;
	l.ip->hdr_checksum = 0;
	l.ip->hdr_checksum = rte_ipv4_cksum(l.ip);
	*l.checksum = 0;
	*l.checksum = rte_ipv4_udptcp_cksum_mbuf(m, l.ip,
						 (uint16_t)(sizeof(struct rte_ether_hdr) +
							    rte_ipv4_hdr_len(l.ip)));
}
