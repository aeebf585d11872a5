/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mode: a way to measure. Each is a row: what it gives, what it needs, and the function that runs one
 * trial of it.
 */
#ifndef MODE_H
#define MODE_H

#include "device.h"

#define METRICS_MAX 8

/* One device, one cell, one round. */
struct trial {
	const struct device *device;
	const struct cell *cell;
	uint64_t events; /* events times stages to measure */
};

struct metric {
	const char *name;
	const char *unit;
};

struct mode {
	const char *name;
	const char *title;
	struct metric metrics[METRICS_MAX]; /* the first without a name ends them */
	/** Why this mode cannot run a cell on a device, or NULL. */
	const char *(*refuses)(const struct device *device, const struct cell *cell);
	/**
	 * Measure once, on a device that has been started.
	 * @param[out] values
	 *   One for each metric.
	 * @return 0, or a negative errno value after it was said what is wrong
	 */
	int (*run)(const struct trial *trial, double values[]);
};

#define MODE_COUNT 5

extern const struct mode *const modes[MODE_COUNT];

extern const struct mode one_core_mode, two_core_mode, driver_mode, latency_mode, scaling_mode;

/** Number of a mode's metrics. */
uint32_t mode_metrics(const struct mode *mode);

#endif /* MODE_H */
