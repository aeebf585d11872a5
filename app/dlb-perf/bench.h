/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bench: devices, the cells they are measured in, and the results. The devices take turns, round by
 * round, so that whatever else the machine does meets them all alike.
 */
#ifndef BENCH_H
#define BENCH_H

#include "mode.h"
#include "samples.h"

#define LIST_MAX 16
#define BENCH_DEVICES_MAX 16

struct list {
	uint32_t count;
	uint32_t value[LIST_MAX];
};

/* What is compared within a round: devices in one cell, or cells as well. */
enum bench_order { ORDER_CELL_BY_CELL, ORDER_ROUND_BY_ROUND };

struct bench_conf {
	const struct mode *mode;
	struct list lists[DIM_COUNT];
	enum bench_order order;
	uint32_t rounds;
	uint64_t events; /* times stages, of a round */
	bool checked;    /* by a judge, before anything is measured */
	struct device *devices[BENCH_DEVICES_MAX];
	uint32_t nb_devices;
};

/* One device in one cell. */
struct result {
	const char *skipped; /* why, or NULL */
	bool failed;
	struct samples samples[METRICS_MAX];
};

struct bench {
	struct bench_conf conf;
	struct cell *cells;
	uint32_t nb_cells;
	struct result *results; /* by cell, then by device */
};

static inline struct result *
bench_result(const struct bench *bench, uint32_t cell, uint32_t device)
{
	return &bench->results[cell * bench->conf.nb_devices + device];
}

/** One round of one event and stage, one value in each dimension, nothing else. */
void bench_conf_init(struct bench_conf *conf, const struct mode *mode);

/** Lay out the cells. Returns 0, or -ENOMEM after it was said. */
int bench_create(struct bench *bench, const struct bench_conf *conf);

/** Measure everything. Returns 0, or -EIO when any trial failed. */
int bench_run(struct bench *bench);

void bench_destroy(struct bench *bench);

#endif /* BENCH_H */
