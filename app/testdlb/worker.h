/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A port under traffic: it produces its streams, and works on what its links bring. It never waits: what
 * the device does not take stays for the next step, so that a port that hangs holds up no other one.
 */
#ifndef TESTDLB_WORKER_H
#define TESTDLB_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_eventdev.h>

#include "histogram.h"
#include "stream.h"
#include "traffic.h"

struct worker_stream {
	uint64_t finished;
	uint64_t duplicates;
	struct histogram latency; /* in cycles, from produced to finished */
};

struct worker_stats {
	uint64_t events; /* handled */
	uint64_t dequeues, empty_dequeues;
	uint64_t reordered, shared;
	uint64_t foreign; /* events of no stream: injected, or of a stream that is gone */
	struct worker_stream streams[TRAFFIC_STREAMS_MAX];
};

struct worker {
	uint8_t dev_id;
	uint8_t port;
	bool active;      /* has links, or produces */
	bool consumes;    /* has links */
	bool hangs;       /* set by the control thread */
	bool wants_clear; /* the same */
	uint16_t burst;
	struct stream *const *streams; /* of all ports, by id */
	/* In hands. */
	struct rte_event in[TRAFFIC_BURST_MAX];
	struct rte_event out[TRAFFIC_BURST_MAX];
	uint16_t nb_in, nb_out, nb_sent;
	struct worker_stats stats;
};

/** One turn. @return whether anything happened. */
bool worker_step(struct worker *w, bool produces);

/* Events that the worker has taken from the device and not finished. */
uint32_t worker_held(const struct worker *w);

#endif /* TESTDLB_WORKER_H */
