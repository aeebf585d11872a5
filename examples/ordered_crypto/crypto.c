/* SPDX-License-Identifier: BSD-3-Clause */
/* Encryption: one session, and for each worker a queue pair and its operations. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_cryptodev.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "crypto.h"

#define DEVICE 0
#define IV_OFFSET (sizeof(struct rte_crypto_op) + sizeof(struct rte_crypto_sym_op))

struct crypto {
	struct rte_mempool *sessions, *ops;
	void *session;
	uint8_t iv[BLOCK_BYTES];
	struct rte_crypto_op *op[WORKERS_MAX][BURST];
};

static int
device_setup(struct crypto *c, uint32_t workers)
{
	int socket = (int)rte_socket_id();
	struct rte_cryptodev_config conf = { .socket_id = socket,
					     .nb_queue_pairs = (uint16_t)workers };
	const struct rte_cryptodev_qp_conf qp = { .nb_descriptors = 2 * BURST,
						  .mp_session = c->sessions };
	int ret = rte_cryptodev_configure(DEVICE, &conf);
	uint16_t i;

	for (i = 0; ret == 0 && i < workers; i++)
		ret = rte_cryptodev_queue_pair_setup(DEVICE, i, &qp, socket);
	return ret == 0 ? rte_cryptodev_start(DEVICE) : ret;
}

static int
session_create(struct crypto *c, const uint8_t key[KEY_BYTES])
{
	struct rte_crypto_sym_xform xform = {
		.type = RTE_CRYPTO_SYM_XFORM_CIPHER,
		.cipher = {
			.op = RTE_CRYPTO_CIPHER_OP_ENCRYPT,
			.algo = RTE_CRYPTO_CIPHER_AES_CTR,
			.key = { .data = key, .length = KEY_BYTES },
			.iv = { .offset = IV_OFFSET, .length = BLOCK_BYTES },
		},
	};

	c->session = rte_cryptodev_sym_session_create(DEVICE, &xform, c->sessions);
	return c->session == NULL ? -rte_errno : 0;
}

static int
ops_create(struct crypto *c, uint32_t workers)
{
	uint32_t w;

	c->ops = rte_crypto_op_pool_create("crypto_ops", RTE_CRYPTO_OP_TYPE_SYMMETRIC,
					   workers * BURST, 0, BLOCK_BYTES, (int)rte_socket_id());
	if (c->ops == NULL)
		return -ENOMEM;
	for (w = 0; w < workers; w++)
		if (rte_crypto_op_bulk_alloc(c->ops, RTE_CRYPTO_OP_TYPE_SYMMETRIC, c->op[w],
					     BURST) != BURST)
			return -ENOMEM;
	return 0;
}

int
crypto_open(uint32_t workers, const uint8_t key[KEY_BYTES], const uint8_t iv[BLOCK_BYTES],
	    struct crypto **crypto)
{
	struct crypto *c;
	int ret;

	if (rte_cryptodev_count() == 0) {
		fprintf(stderr, "ordered_crypto: no crypto device: give one, such as "
				"--vdev=crypto_openssl0\n");
		return -ENODEV;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return -ENOMEM;
	memcpy(c->iv, iv, BLOCK_BYTES);
	c->sessions = rte_cryptodev_sym_session_pool_create(
		"sessions", 1, rte_cryptodev_sym_get_private_session_size(DEVICE), 0, 0,
		(int)rte_socket_id());
	ret = c->sessions == NULL ? -ENOMEM : device_setup(c, workers);
	if (ret == 0)
		ret = session_create(c, key);
	if (ret == 0)
		ret = ops_create(c, workers);
	if (ret < 0) {
		fprintf(stderr, "ordered_crypto: crypto device %s cannot do AES-256-CTR here: %s\n",
			rte_cryptodev_name_get(DEVICE), strerror(-ret));
		crypto_close(c);
		return ret;
	}
	*crypto = c;
	return 0;
}

/* The counter of a block is the initial one plus the number of the block, a 128-bit sum. */
static void
counter_set(uint8_t counter[BLOCK_BYTES], const uint8_t iv[BLOCK_BYTES], uint64_t block)
{
	uint64_t high, low, sum;

	memcpy(&high, iv, sizeof(high));
	memcpy(&low, iv + sizeof(high), sizeof(low));
	sum = rte_be_to_cpu_64(low) + block;
	high = rte_cpu_to_be_64(rte_be_to_cpu_64(high) + (sum < block));
	low = rte_cpu_to_be_64(sum);
	memcpy(counter, &high, sizeof(high));
	memcpy(counter + sizeof(high), &low, sizeof(low));
}

int
crypto_run(struct crypto *c, uint32_t worker, struct rte_mbuf **records, uint16_t n)
{
	struct rte_crypto_op **ops = c->op[worker], *done[BURST];
	uint16_t i, sent = 0, got = 0;
	int ret = 0;

	for (i = 0; i < n; i++) {
		ops[i]->status = RTE_CRYPTO_OP_STATUS_NOT_PROCESSED;
		ops[i]->sess_type = RTE_CRYPTO_OP_WITH_SESSION;
		rte_crypto_op_attach_sym_session(ops[i], c->session);
		ops[i]->sym->m_src = records[i];
		ops[i]->sym->m_dst = NULL;
		ops[i]->sym->cipher.data.offset = 0;
		ops[i]->sym->cipher.data.length = rte_pktmbuf_data_len(records[i]);
		counter_set(rte_crypto_op_ctod_offset(ops[i], uint8_t *, IV_OFFSET), c->iv,
			    record_of(records[i])->offset / BLOCK_BYTES);
	}
	while (got < n) {
		sent += rte_cryptodev_enqueue_burst(DEVICE, (uint16_t)worker, ops + sent, n - sent);
		got += rte_cryptodev_dequeue_burst(DEVICE, (uint16_t)worker, done + got, n - got);
	}
	for (i = 0; i < n; i++)
		if (ops[i]->status != RTE_CRYPTO_OP_STATUS_SUCCESS)
			ret = -EIO;
	return ret;
}

void
crypto_close(struct crypto *c)
{
	uint32_t w;

	if (c == NULL)
		return;
	rte_cryptodev_stop(DEVICE);
	if (c->session != NULL)
		rte_cryptodev_sym_session_free(DEVICE, c->session);
	for (w = 0; w < WORKERS_MAX; w++)
		if (c->op[w][0] != NULL)
			rte_mempool_put_bulk(c->ops, (void **)c->op[w], BURST);
	rte_mempool_free(c->ops);
	rte_mempool_free(c->sessions);
	free(c);
}
