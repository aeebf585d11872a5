/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device: an event device on the bench. It is configured for one cell at a time, the same way whatever
 * its driver: a queue for each stage, a port for the producer, a port for each worker, all linked.
 *
 * It is probed anew for every cell. Drivers differ in what they keep when they are configured again
 * (event_dsw cannot set up a port twice, event_sw loses count of its credits), and this way every cell
 * meets a device as a program finds it.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_eventdev.h>
#include <rte_service.h>

#include "cell.h"

#define DEVICE_NAME_BYTES 64
#define DEVICE_ARGS_BYTES 256

struct device {
	char name[DEVICE_NAME_BYTES];
	char devargs[DEVICE_ARGS_BYTES]; /* to probe it again, its name first */
	bool probed;
	bool started;
	uint8_t id;
	struct rte_event_dev_info info;
	bool has_service; /* its scheduler is a service, which whoever owns the core runs */
	uint32_t service_id;
	bool needs_maintenance; /* a port that neither enqueues nor dequeues must say so */
};

/** Port of the producer; the workers have ports 0 to workers - 1. */
static inline uint8_t
device_producer_port(const struct cell *cell)
{
	return (uint8_t)cell->value[DIM_WORKERS];
}

/** Find the event device with this id. Returns 0, or a negative errno value. */
int device_open(struct device *device, uint8_t id);

/** Make a device that the program was not started with. Returns 0, or a negative errno value. */
int device_create(struct device *device, const char *devargs);

/** Why the device cannot run the cell, or NULL. */
const char *device_refuses(const struct device *device, const struct cell *cell);

/**
 * Configure and start it for a cell.
 * @return 0, or a negative errno value after it was said what is wrong; it must be stopped in any case
 */
int device_start(struct device *device, const struct cell *cell);

/** Stop it and put it away, with the events that are still inside. */
void device_stop(struct device *device);

/** Give the device's scheduler, where it is a service, a turn on this core: the main lcore only. */
static inline void
device_serve(const struct device *device)
{
	if (device->has_service)
		rte_service_run_iter_on_app_lcore(device->service_id, 0);
}

#endif /* DEVICE_H */
