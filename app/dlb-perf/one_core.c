/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mode one-core: one core does everything in turn. It produces, polls each worker port, forwards
 * through the stages, releases, and runs the scheduler where that is a service. What it costs in all,
 * divided by events and stages, is what the event device costs.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "mode.h"
#include "producer.h"
#include "worker.h"

#define WARM_UP_WINDOWS 8
#define IDLE_TURNS 1024 /* before the clock is asked */
#define AFTER_TURNS 64  /* in which an event that comes twice would come */

struct one_core {
	struct producer producer;
	struct worker workers[WORKERS_MAX];
	uint32_t nb_workers;
	const struct device *device;
	uint64_t released;
	uint64_t sum;
};

static void
one_core_init(struct one_core *c, const struct trial *trial, uint64_t total)
{
	uint8_t w;

	c->device = trial->device;
	c->nb_workers = trial->cell->value[DIM_WORKERS];
	c->released = 0;
	c->sum = 0;
	producer_init(&c->producer, trial->device, trial->cell, total);
	for (w = 0; w < c->nb_workers; w++)
		worker_init(&c->workers[w], trial->device, trial->cell, w);
}

static uint64_t
one_core_turn(struct one_core *c)
{
	uint64_t moved = producer_turn(&c->producer, c->released);
	uint64_t released = 0;
	uint32_t w;

	device_serve(c->device);
	for (w = 0; w < c->nb_workers; w++) {
		moved += worker_turn(&c->workers[w]);
		released += c->workers[w].released;
	}
	c->released = released;
	return moved;
}

/* Turn until so many are released. Returns -ETIMEDOUT if nothing moves any more. */
static int
one_core_run(struct one_core *c, uint64_t released)
{
	uint64_t idle = 0;
	uint64_t deadline = 0;

	while (c->released < released) {
		if (one_core_turn(c) > 0) {
			idle = 0;
			continue;
		}
		if (++idle % IDLE_TURNS != 0)
			continue;
		if (idle == IDLE_TURNS)
			deadline = rte_rdtsc() + STUCK_S * rte_get_tsc_hz();
		else if (rte_rdtsc() > deadline)
			return -ETIMEDOUT;
	}
	return 0;
}

static int
one_core_check(struct one_core *c, const struct trial *trial)
{
	uint64_t sum = 0;
	uint32_t w;

	for (w = 0; w < AFTER_TURNS; w++)
		one_core_turn(c);
	for (w = 0; w < c->nb_workers; w++)
		sum += c->workers[w].sum;
	if (worker_sum_is_right(c->producer.produced, c->released, sum))
		return 0;
	fprintf(stderr,
		"dpdk-dlb-perf: %s: %" PRIu64 " events went in, %" PRIu64
		" came out, and their numbers do not add up\n",
		trial->device->name, c->producer.produced, c->released);
	return -EBADMSG;
}

static int
one_core_measure(const struct trial *trial, double values[])
{
	const uint32_t *cell = trial->cell->value;
	uint64_t warm = (uint64_t)cell[DIM_WINDOW] * WARM_UP_WINDOWS;
	uint64_t measured = trial->events / cell[DIM_STAGES];
	struct one_core c;
	uint64_t from, cycles, events;
	int ret;

	one_core_init(&c, trial, warm + measured + 2 * cell[DIM_WINDOW]);
	ret = one_core_run(&c, warm);
	events = c.released;
	from = rte_rdtsc_precise();
	if (ret == 0)
		ret = one_core_run(&c, warm + measured);
	cycles = rte_rdtsc_precise() - from;
	events = c.released - events;
	if (ret == 0)
		ret = one_core_run(&c, c.producer.total);
	if (ret == 0)
		ret = one_core_run(&c, c.producer.produced);
	if (ret < 0)
		fprintf(stderr,
			"dpdk-dlb-perf: %s: nothing moves for %d s, %" PRIu64
			" events are inside\n",
			trial->device->name, STUCK_S, c.producer.produced - c.released);
	else
		ret = one_core_check(&c, trial);
	values[0] = (double)cycles / (double)events / cell[DIM_STAGES];
	return ret;
}

const struct mode one_core_mode = {
	.name = "one-core",
	.title = "one core does everything in turn",
	.metrics = { { "cycles", "TSC cycles per event and stage" } },
	.run = one_core_measure,
};
