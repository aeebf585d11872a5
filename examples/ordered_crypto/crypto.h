/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Encryption of records by a DPDK crypto device. All records are one AES-256-CTR stream: each starts at
 * the counter that belongs to its place, so workers need nothing from each other, and one command of
 * openssl checks them all.
 */
#ifndef CRYPTO_H
#define CRYPTO_H

#include <stdint.h>

#include <rte_mbuf.h>

#include "way.h"

#define KEY_BYTES 32
#define BLOCK_BYTES 16

/* What stands in the private area of a record's mbuf. */
struct record {
	uint64_t offset;    /* in the stream; a multiple of BLOCK_BYTES */
	uint64_t submitted; /* TSC */
};

static inline struct record *
record_of(struct rte_mbuf *m)
{
	return rte_mbuf_to_priv(m);
}

struct crypto;

/* A queue pair for each worker on crypto device 0. Returns 0 or a negative errno value. */
int crypto_open(uint32_t workers, const uint8_t key[KEY_BYTES], const uint8_t iv[BLOCK_BYTES],
		struct crypto **crypto);

/* Encrypt records in place. Returns 0, or -EIO when the device failed with one of them. */
int crypto_run(struct crypto *c, uint32_t worker, struct rte_mbuf **records, uint16_t n);

void crypto_close(struct crypto *c);

#endif /* CRYPTO_H */
