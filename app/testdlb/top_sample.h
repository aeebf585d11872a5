/* SPDX-License-Identifier: BSD-3-Clause */
/* A device at one moment, as its process tells over telemetry, and rates between two of them. */
#ifndef TESTDLB_TOP_SAMPLE_H
#define TESTDLB_TOP_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "telemetry_client.h"

#define TOP_ROWS_MAX 256
#define TOP_NAME_BYTES 64

struct top_queue {
	uint32_t id;
	bool directed;
	uint64_t depth, max_depth, inflights, enqueued;
	double rate; /* enqueued a second */
};

struct top_port {
	uint32_t id;
	uint64_t links, members, tokens, inflights, held, credits, scheduled, flows;
	double rate;  /* scheduled a second */
	double share; /* of all ports', in percent */
};

struct top_sample {
	uint64_t time_ns;
	char name[TOP_NAME_BYTES], hw[16], backend[16], sched[16];
	bool started;
	uint64_t events_limit, events_free, links_pending;
	uint64_t hw_credits_left[2]; /* load-balanced or shared; directed */
	uint64_t alarms;             /* since the device was probed */
	bool tells_flows;            /* only a model does */
	uint32_t nb_queues, nb_ports;
	struct top_queue queues[TOP_ROWS_MAX];
	struct top_port ports[TOP_ROWS_MAX];
};

/** @return 0, or a negative errno: -ENODEV when the process has no such device any more. */
int top_sample_take(struct telemetry_client *c, uint32_t dev_id, struct top_sample *sample);

/* Rates and shares of a sample since an earlier one. */
void top_sample_rate(struct top_sample *now, const struct top_sample *before);

/**
 * Find a device of the process by its name or id; NULL: the first.
 *
 * @return
 *   Its id, or -ENODEV.
 */
int top_device_find(struct telemetry_client *c, const char *name);

#endif /* TESTDLB_TOP_SAMPLE_H */
