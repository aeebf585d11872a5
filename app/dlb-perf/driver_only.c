/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mode driver: what enqueue and dequeue cost by themselves. The device's scheduler must be a service:
 * nobody runs it while the clock runs, and it is run between the batches. A batch is small enough for
 * whatever lies between driver and scheduler, and the figure is the median over the batches.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "patience.h"
#include "pipeline.h"
#include "samples.h"

#define BATCH_CALLS 32
#define BATCH_EVENTS 128
#define BATCHES_MIN 64
#define BATCHES_MAX 20000
#define SERVE_TURNS 16 /* after which the scheduler has nothing left to do */
#define CLOCK_TRIES 101
#define PORT 0 /* the only worker's */

/* In the order of the metrics. */
enum call { CALL_NEW, CALL_FORWARD, CALL_RELEASE, CALL_DEQUEUE, CALL_COUNT };

struct driver_only {
	const struct device *device;
	struct producer producer;
	uint64_t forward_word;
	uint16_t burst;
	uint16_t calls;      /* of a batch */
	double clock_cycles; /* of reading the clock twice */
	struct rte_event ev[BATCH_EVENTS];
	uint32_t batches;
	double *cycles[CALL_COUNT]; /* per event, of each batch */
	uint32_t dequeued;          /* entries of CALL_DEQUEUE */
};

static const char *
driver_only_refuses(const struct device *device, const struct cell *cell)
{
	if (!device->has_service)
		return "schedules inside enqueue or dequeue (event_dlb: try sched=service)";
	/* A batch is several bursts, and only the last of them would be held. */
	if (!(device->info.event_dev_cap & RTE_EVENT_DEV_CAP_IMPLICIT_RELEASE_DISABLE))
		return "releases events at the next dequeue";
	if (cell->value[DIM_WORKERS] != 1)
		return "one port is enough";
	return NULL;
}

static double
clock_cycles(void)
{
	double cycles[CLOCK_TRIES];
	uint64_t from;
	uint32_t i;

	for (i = 0; i < CLOCK_TRIES; i++) {
		from = rte_rdtsc_precise();
		cycles[i] = (double)(rte_rdtsc_precise() - from);
	}
	return values_median(cycles, CLOCK_TRIES);
}

/* One call, its kind known at compile time. */
static __rte_always_inline uint16_t
driver_call(struct driver_only *d, enum call call, struct rte_event ev[])
{
	uint8_t id = d->device->id;

	switch (call) {
	case CALL_NEW:
		return rte_event_enqueue_new_burst(id, d->producer.port, ev, d->burst);
	case CALL_FORWARD:
		return rte_event_enqueue_forward_burst(id, PORT, ev, d->burst);
	case CALL_RELEASE:
		return rte_event_enqueue_burst(id, PORT, ev, d->burst);
	default:
		return rte_event_dequeue_burst(id, PORT, ev, d->burst, 0);
	}
}

static __rte_always_inline uint16_t
batch_time(struct driver_only *d, enum call call, double *cycles)
{
	uint16_t moved = 0;
	uint64_t from;
	uint16_t i;

	from = rte_rdtsc_precise();
	for (i = 0; i < d->calls; i++)
		moved += driver_call(d, call, &d->ev[moved]);
	*cycles = ((double)(rte_rdtsc_precise() - from) - d->clock_cycles) / RTE_MAX(moved, 1);
	return moved;
}

static void
serve(const struct driver_only *d)
{
	uint32_t i;

	for (i = 0; i < SERVE_TURNS; i++)
		device_serve(d->device);
}

/* event_sw takes fewer new events at once than its ports say; the rest of a batch is not counted. */
static __rte_always_inline int
batch_enqueue(struct driver_only *d, enum call call)
{
	uint16_t whole = d->calls * d->burst;
	uint16_t moved = batch_time(d, call, &d->cycles[call][d->batches]);
	struct patience patience = { 0 };
	uint8_t port = call == CALL_NEW ? d->producer.port : PORT;
	uint16_t more;

	while (moved < whole) {
		device_serve(d->device);
		more = rte_event_enqueue_burst(d->device->id, port, &d->ev[moved], whole - moved);
		moved += more;
		if (patience_is_over(&patience, more)) {
			fprintf(stderr, "dpdk-dlb-perf: %s: took %u of %u events to %s: %s\n",
				d->device->name, moved, whole, driver_mode.metrics[call].name,
				rte_strerror(rte_errno));
			return -ETIMEDOUT;
		}
	}
	return 0;
}

/* Only a batch that is there as a whole counts; the rest of another is waited for. */
static int
batch_dequeue(struct driver_only *d)
{
	uint16_t whole = d->calls * d->burst;
	uint16_t moved = batch_time(d, CALL_DEQUEUE, &d->cycles[CALL_DEQUEUE][d->dequeued]);
	struct patience patience = { 0 };
	uint16_t more;

	if (moved == whole)
		d->dequeued++;
	while (moved < whole) {
		device_serve(d->device);
		more = rte_event_dequeue_burst(d->device->id, PORT, &d->ev[moved],
					       RTE_MIN(d->burst, whole - moved), 0);
		moved += more;
		if (patience_is_over(&patience, more)) {
			fprintf(stderr, "dpdk-dlb-perf: %s: %u of %u events came out\n",
				d->device->name, moved, whole);
			return -ETIMEDOUT;
		}
	}
	return 0;
}

static void
batch_address(struct driver_only *d, uint8_t op)
{
	uint16_t i;

	for (i = 0; i < d->calls * d->burst; i++) {
		d->ev[i].op = op;
		d->ev[i].queue_id = 0;
	}
}

/* New events go in, come out, are forwarded to their own queue, come out, and are released. */
static int
batch_run(struct driver_only *d)
{
	int ret;

	producer_fill(&d->producer, d->ev, d->calls * d->burst);
	ret = batch_enqueue(d, CALL_NEW);
	if (ret < 0)
		return ret;
	producer_advance(&d->producer, d->calls * d->burst);
	serve(d);
	ret = batch_dequeue(d);
	if (ret < 0)
		return ret;
	serve(d);
	batch_address(d, RTE_EVENT_OP_FORWARD);
	ret = batch_enqueue(d, CALL_FORWARD);
	if (ret < 0)
		return ret;
	serve(d);
	ret = batch_dequeue(d);
	if (ret < 0)
		return ret;
	serve(d);
	batch_address(d, RTE_EVENT_OP_RELEASE);
	ret = batch_enqueue(d, CALL_RELEASE);
	serve(d);
	return ret;
}

static int
driver_only_init(struct driver_only *d, const struct trial *trial, uint32_t batches)
{
	const uint32_t *cell = trial->cell->value;
	double *cycles;
	uint32_t i;

	cycles = calloc((size_t)batches * (CALL_COUNT + 1), sizeof(*cycles));
	if (cycles == NULL) {
		fprintf(stderr, "dpdk-dlb-perf: no memory for %u batches\n", batches);
		return -ENOMEM;
	}
	*d = (struct driver_only){
		.device = trial->device,
		.burst = (uint16_t)cell[DIM_BURST],
		.calls = (uint16_t)RTE_MIN(BATCH_CALLS, BATCH_EVENTS / cell[DIM_BURST]),
		.clock_cycles = clock_cycles(),
	};
	/* A batch has two dequeues. */
	for (i = 0; i < CALL_COUNT; i++)
		d->cycles[i] = &cycles[(size_t)batches * i];
	producer_init(&d->producer, trial->device, trial->cell, UINT64_MAX);
	return 0;
}

static void
driver_only_fini(struct driver_only *d)
{
	free(d->cycles[0]);
}

static uint32_t
batches_of(const struct trial *trial)
{
	uint64_t batches = trial->events / BATCH_EVENTS;

	return (uint32_t)RTE_MIN(RTE_MAX(batches, BATCHES_MIN), BATCHES_MAX);
}

static int
driver_only_run(const struct trial *trial, double values[])
{
	uint32_t batches = batches_of(trial);
	struct driver_only d;
	uint32_t call;
	int ret;

	ret = driver_only_init(&d, trial, batches);
	for (; ret == 0 && d.batches < batches; d.batches++)
		ret = batch_run(&d);
	if (ret == 0 && d.dequeued == 0) {
		fprintf(stderr, "dpdk-dlb-perf: %s: no batch came out as a whole\n",
			trial->device->name);
		ret = -EAGAIN;
	}
	for (call = 0; ret == 0 && call < CALL_COUNT; call++)
		values[call] = values_median(d.cycles[call],
					     call == CALL_DEQUEUE ? d.dequeued : d.batches);
	driver_only_fini(&d);
	return ret;
}

const struct mode driver_mode = {
	.name = "driver",
	.title = "enqueue alone and dequeue alone, the scheduler between them not counted",
	.metrics = {
		{ "new", "TSC cycles to enqueue a new event" },
		{ "forward", "TSC cycles to enqueue an event that goes on" },
		{ "release", "TSC cycles to release an event" },
		{ "dequeue", "TSC cycles to dequeue an event" },
	},
	.refuses = driver_only_refuses,
	.run = driver_only_run,
};
