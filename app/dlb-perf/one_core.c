/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mode one-core: one core does everything in turn. It produces, polls each worker port, forwards
 * through the stages, releases, and runs the scheduler where that is a service. What it costs in all,
 * divided by events and stages, is what the event device costs.
 */
#include <rte_common.h>

#include "patience.h"
#include "pipeline.h"
#include "stopwatch.h"

#define AFTER_TURNS 64 /* in which an event that comes twice would come */

static uint64_t
turn(struct pipeline *p, uint64_t *released)
{
	uint64_t moved = producer_turn(&p->producer, *released);
	uint64_t sum = 0;
	uint32_t w;

	device_serve(p->device);
	for (w = 0; w < p->nb_workers; w++) {
		moved += worker_turn(&p->workers[w]);
		sum += p->workers[w].released;
	}
	*released = sum;
	return moved;
}

/* Turn until so many are released. */
static int
run_until(struct pipeline *p, uint64_t until)
{
	struct patience patience = { 0 };
	uint64_t released = pipeline_released(p);

	while (released < until)
		if (patience_is_over(&patience, turn(p, &released)))
			return pipeline_stuck(p);
	return 0;
}

static int
drain(struct pipeline *p)
{
	uint64_t released;
	uint32_t i;
	int ret;

	ret = run_until(p, p->producer.total);
	if (ret == 0)
		ret = run_until(p, p->producer.produced);
	if (ret < 0)
		return ret;
	released = pipeline_released(p);
	for (i = 0; i < AFTER_TURNS; i++)
		turn(p, &released);
	return pipeline_check(p);
}

static int
one_core_run(const struct trial *trial, double values[])
{
	struct stopwatch watch;
	struct pipeline p;
	uint64_t before, events;
	double cycles, wall;
	int ret;

	pipeline_init(&p, trial);
	ret = run_until(&p, p.warm);
	if (ret < 0)
		return ret;
	before = pipeline_released(&p);
	stopwatch_start(&watch, CLOCK_THREAD_CPUTIME_ID);
	ret = run_until(&p, p.warm + p.measured);
	cycles = stopwatch_stop(&watch, &wall);
	if (ret < 0)
		return ret;
	events = pipeline_released(&p) - before;
	values[0] = RTE_MIN(cycles, wall) / (double)events / trial->cell->value[DIM_STAGES];
	values[1] = stopwatch_away(cycles, wall, 1);
	return drain(&p);
}

const struct mode one_core_mode = {
	.name = "one-core",
	.title = "one core does everything in turn",
	.metrics = {
		{ "cycles", "TSC cycles per event and stage" },
		{ "away", "percent of the time that the CPU ran something else, not counted" },
	},
	.run = one_core_run,
};
