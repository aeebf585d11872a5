/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Network address translation: every connection from inside gets the gateway's address and a port of its
 * own. The table has no lock: nat_translate() is called for one flow by one core at a time, and a flow
 * has its own place in the table.
 */
#ifndef NAT_H
#define NAT_H

#include <stdint.h>

#include <rte_ip.h>
#include <rte_mbuf.h>

#define NAT_FLOWS (1u << 20)
#define NAT_ADDRESS RTE_IPV4(203u, 0, 113, 1) /* unsigned, or its shift by 24 would overflow */

struct nat;

struct nat *nat_create(void);
void nat_destroy(struct nat *nat);

/* Connections seen so far. */
uint32_t nat_connections(const struct nat *nat);

enum nat_verdict { NAT_TRANSLATED, NAT_PASSED, NAT_NO_PORT };

/* flow: below NAT_FLOWS; packets of a connection always come with the same one. */
enum nat_verdict nat_translate(struct nat *nat, uint32_t flow, struct rte_mbuf *m);

/* Make the checksums of a packet right again. */
void nat_checksum(struct rte_mbuf *m);

#endif /* NAT_H */
