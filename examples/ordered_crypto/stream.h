/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The stream of records: a file cut into records of changing size, and the file that they end in. The
 * output grows in the order in which records come back, and nothing else puts them in place: if the way
 * does not keep the order, the output is wrong. It is in memory until the end: between two bursts, a file
 * system would leave nothing of the way in the caches, and be all that is measured.
 */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <rte_mbuf.h>
#include <rte_mempool.h>

#define RECORD_MIN 16
#define RECORD_MAX 16384

struct stream {
	const uint8_t *data;
	uint8_t *output;
	uint64_t bytes;                  /* of either */
	uint64_t cut;                    /* bytes that are records already */
	uint64_t collected;              /* bytes that came back */
	uint32_t record_min, record_max; /* multiples of 16 */
	uint64_t random;
	FILE *file; /* of the output */
	struct rte_mempool *pool;
	bool out_of_order;
};

/**
 * @param record_min, record_max
 *   Bytes of a record: multiples of 16, RECORD_MIN to RECORD_MAX.
 * @return
 *   0, or a negative errno value; the reason has been printed.
 */
int stream_open(struct stream *s, const char *path, uint32_t record_min, uint32_t record_max);
void stream_close(struct stream *s);

/* Start over, into an output file. */
int stream_start(struct stream *s, const char *path);
/* Write the output. Returns 0, or a negative errno value when not all of it could be written. */
int stream_finish(struct stream *s);

/* Up to n new records. Returns how many; fewer at the end of the file or when buffers are short. */
uint16_t stream_cut(struct stream *s, struct rte_mbuf **records, uint16_t n);
/* Records have come back: they are the next of the output, in this order. */
void stream_collect(struct stream *s, struct rte_mbuf **records, uint16_t n);

#endif /* STREAM_H */
