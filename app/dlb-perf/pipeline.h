/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pipeline: a producer and workers on one device for one trial, and whether everything that went in
 * came out, once.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "mode.h"
#include "producer.h"
#include "worker.h"

#define WARM_UP_WINDOWS 8

struct pipeline {
	const struct device *device;
	uint64_t warm;     /* events released before the measurement */
	uint64_t measured; /* events that it spans */
	uint32_t nb_workers;
	struct producer producer;
	struct worker workers[WORKERS_MAX];
};

void pipeline_init(struct pipeline *pipeline, const struct trial *trial);

/**
 * Judge what was counted, after the last event came out.
 * @return 0, or -EBADMSG after it was said what is wrong
 */
int pipeline_check(const struct pipeline *pipeline);

/** Say that nothing moves any more. Returns -ETIMEDOUT. */
int pipeline_stuck(const struct pipeline *pipeline);

/** Events that all workers have released. */
static inline uint64_t
pipeline_released(const struct pipeline *pipeline)
{
	uint64_t released = 0;
	uint32_t w;

	for (w = 0; w < pipeline->nb_workers; w++)
		released += __atomic_load_n(&pipeline->workers[w].released, __ATOMIC_ACQUIRE);
	return released;
}

#endif /* PIPELINE_H */
