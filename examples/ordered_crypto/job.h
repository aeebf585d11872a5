/* SPDX-License-Identifier: BSD-3-Clause */
/* One round: the whole stream through one way, and what that took. */
#ifndef JOB_H
#define JOB_H

#include "crypto.h"
#include "stream.h"
#include "way.h"

/* Of one round. Cycles are those of the TSC. */
struct job_result {
	uint64_t records;
	double seconds;
	double cpu_seconds;      /* of all threads */
	uint64_t crypto_cycles;  /* in the crypto device */
	uint64_t balance_cycles; /* in calls of the way that moved something, or in all of them */
	uint64_t latency_p50, latency_p99; /* from submit to collect */
};

/**
 * @param workers
 *   Worker ports. With as many worker lcores, each has its own; without any, the main lcore does
 *   everything in turn, and balance_cycles is all that is not crypto, copying or writing.
 * @return
 *   0, or a negative errno value: -EILSEQ when records came back out of order, -EIO when encryption
 *   or writing failed.
 */
int job_run(struct way *way, struct crypto *crypto, struct stream *stream, uint32_t workers,
	    struct job_result *result);

#endif /* JOB_H */
