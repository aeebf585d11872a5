/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Modes two-core and scaling: the producer on the main lcore, which also runs the scheduler where that
 * is a service, and each worker on an lcore of its own. The figure is throughput.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "multi_core.h"
#include "patience.h"
#include "pipeline.h"
#include "stopwatch.h"

struct multi_core {
	struct pipeline pipeline;
	bool ending;
};

struct seat {
	struct multi_core *run;
	struct worker *worker;
};

const char *
multi_core_refuses(const struct device *device __rte_unused, const struct cell *cell)
{
	if (rte_lcore_count() <= cell->value[DIM_WORKERS])
		return "needs an lcore for the producer and one for each worker";
	return NULL;
}

static const char *
two_core_refuses(const struct device *device, const struct cell *cell)
{
	if (cell->value[DIM_WORKERS] != 1)
		return "two cores have one worker: see --mode scaling";
	return multi_core_refuses(device, cell);
}

static int
worker_main(void *arg)
{
	struct seat *seat = arg;

	while (!__atomic_load_n(&seat->run->ending, __ATOMIC_RELAXED))
		worker_turn(seat->worker);
	return 0;
}

/* The producer's turns, until so many are released. */
static int
produce_until(struct pipeline *p, uint64_t until)
{
	struct patience patience = { 0 };
	uint64_t released = pipeline_released(p);
	uint64_t before;

	while (released < until) {
		before = released;
		producer_turn(&p->producer, released);
		device_serve(p->device);
		released = pipeline_released(p);
		if (patience_is_over(&patience, released - before))
			return pipeline_stuck(p);
	}
	return 0;
}

static int
measure(struct pipeline *p, uint32_t stages, double values[])
{
	struct stopwatch watch;
	double events, cycles, wall;
	uint64_t before;
	int ret;

	ret = produce_until(p, p->warm);
	if (ret < 0)
		return ret;
	before = pipeline_released(p);
	stopwatch_start(&watch, CLOCK_PROCESS_CPUTIME_ID);
	ret = produce_until(p, p->warm + p->measured);
	cycles = stopwatch_stop(&watch, &wall);
	if (ret < 0)
		return ret;
	events = (double)(pipeline_released(p) - before) * stages;
	values[0] = events * (double)rte_get_tsc_hz() / wall / 1e6;
	values[1] = stopwatch_away(cycles, wall, p->nb_workers + 1);

	ret = produce_until(p, p->producer.total);
	return ret < 0 ? ret : produce_until(p, p->producer.produced);
}

static int
multi_core_run(const struct trial *trial, double values[])
{
	struct seat seats[WORKERS_MAX];
	struct multi_core *run;
	uint32_t w = 0;
	unsigned int lcore;
	int ret;

	run = rte_zmalloc(NULL, sizeof(*run), RTE_CACHE_LINE_SIZE);
	if (run == NULL)
		return -ENOMEM;
	pipeline_init(&run->pipeline, trial);
	RTE_LCORE_FOREACH_WORKER(lcore)
	{
		if (w == run->pipeline.nb_workers)
			break;
		seats[w] = (struct seat){ run, &run->pipeline.workers[w] };
		rte_eal_remote_launch(worker_main, &seats[w], lcore);
		w++;
	}
	ret = measure(&run->pipeline, trial->cell->value[DIM_STAGES], values);
	__atomic_store_n(&run->ending, true, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
	if (ret == 0)
		ret = pipeline_check(&run->pipeline);
	rte_free(run);
	return ret;
}

#define MULTI_CORE_METRICS                                                                  \
	{                                                                                   \
		{ "throughput", "million events and stages a second" },                     \
			{ "away", "percent of the time that the CPUs ran something else" }, \
	}

const struct mode two_core_mode = {
	.name = "two-core",
	.title = "the producer on one core, a worker on another",
	.metrics = MULTI_CORE_METRICS,
	.refuses = two_core_refuses,
	.run = multi_core_run,
};

const struct mode scaling_mode = {
	.name = "scaling",
	.title = "the producer on one core, each worker on another",
	.metrics = MULTI_CORE_METRICS,
	.refuses = multi_core_refuses,
	.run = multi_core_run,
};
