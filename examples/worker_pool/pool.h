/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A thread pool on an event device. Jobs go in with a rule (any order, in order, or one at a time for
 * each key), worker lcores run them, and finished ones come back to the thread that submits.
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stdint.h>

enum pool_rule {
	POOL_UNORDERED, /* finished jobs come back as they finish */
	POOL_ORDERED,   /* they come back in the order they were submitted in */
	POOL_EXCLUSIVE, /* no two jobs with the same key run at once; they run in submitted order */
};

/* Part of a job of the caller's own. It belongs to the pool from pool_submit() to pool_collect(). */
struct pool_job {
	void (*run)(struct pool_job *job);
};

struct pool;

/**
 * Set up an event device and start a worker on every worker lcore.
 *
 * @param dev_id
 *   An event device that nobody else uses.
 * @param jobs_max
 *   Jobs in the pool at once, 1 to 4096: submitted and not collected.
 * @param[out] pool
 *   Written on success only. End it with pool_destroy().
 * @return
 *   0, or a negative errno value; the reason has been printed.
 */
int pool_create(uint8_t dev_id, uint32_t jobs_max, struct pool **pool);

/** Hand a job to the workers. False when jobs_max are in the pool: collect one first. */
bool pool_submit(struct pool *pool, struct pool_job *job, enum pool_rule rule, uint32_t key);

/** A finished job, or NULL when none has finished. */
struct pool_job *pool_collect(struct pool *pool);

/** Jobs submitted and not collected. */
uint32_t pool_busy(const struct pool *pool);

/** Stop the workers and close the device. Jobs that were not collected are forgotten. */
void pool_destroy(struct pool *pool);

#endif /* POOL_H */
