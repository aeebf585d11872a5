/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bench: all devices and all cells of a run, and the results. For each cell the devices take turns,
 * round by round, so that whatever else the machine does meets them all alike.
 */
#ifndef BENCH_H
#define BENCH_H

#include "device.h"
#include "options.h"
#include "samples.h"

/* One device in one cell. */
struct result {
	const char *skipped; /* why, or NULL */
	bool failed;
	struct samples samples[METRICS_MAX];
};

struct bench {
	const struct options *options;
	struct device devices[RTE_EVENT_MAX_DEVS];
	uint32_t nb_devices;
	struct cell *cells;
	uint32_t nb_cells;
	struct result *results; /* by cell, then by device */
};

static inline struct result *
bench_result(const struct bench *bench, uint32_t cell, uint32_t device)
{
	return &bench->results[cell * bench->nb_devices + device];
}

/** Find the devices, lay out the cells. Returns 0, or a negative errno value, having said why. */
int bench_create(struct bench *bench, const struct options *options);

/** Measure everything. Returns 0, or -EIO when any trial failed. */
int bench_run(struct bench *bench);

void bench_destroy(struct bench *bench);

#endif /* BENCH_H */
