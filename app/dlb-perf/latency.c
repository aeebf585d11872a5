/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mode latency: how long events take at a given load, from when they were due to be made until a worker
 * holds them in the last stage. An event that is made late because the device was busy has waited, too.
 * Workers have lcores of their own where there are enough; else one core does everything in turn.
 */
#include <errno.h>
#include <stdio.h>

#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "histogram.h"
#include "multi_core.h"
#include "patience.h"
#include "pipeline.h"

#define TRIAL_S_MAX 0.2
#define WARM_UP_PART 0.1

/* A worker, and what it saw. */
struct lane {
	struct worker worker;
	struct histogram histogram;
	const struct latency *run;
} __rte_cache_aligned;

struct latency {
	const struct device *device;
	struct producer producer;
	double interval; /* TSC cycles between two events */
	uint64_t start;
	uint64_t count_from; /* events that are due earlier warm things up */
	uint64_t sum;        /* of the times at which events were due */
	uint32_t nb_lanes;
	bool one_core;
	bool ending;
	struct lane lanes[];
};

/* As many events as are due and the window admits, one burst at most. */
static uint16_t
paced_turn(struct latency *l, uint64_t released)
{
	struct producer *p = &l->producer;
	struct rte_event ev[BURST_MAX];
	uint64_t due = (uint64_t)((double)(rte_rdtsc() - l->start) / l->interval);
	uint64_t limit = RTE_MIN(RTE_MIN(due, p->total), released + p->window);
	uint16_t n, i, sent = 0;

	n = limit > p->produced ? (uint16_t)RTE_MIN(limit - p->produced, p->burst) : 0;
	if (n > 0) {
		producer_fill(p, ev, n);
		for (i = 0; i < n; i++)
			ev[i].u64 = l->start + (uint64_t)((double)ev[i].u64 * l->interval);
		sent = rte_event_enqueue_new_burst(l->device->id, p->port, ev, n);
		for (i = 0; i < sent; i++)
			l->sum += ev[i].u64;
		producer_advance(p, sent);
	}
	if (sent == 0 && l->device->needs_maintenance)
		rte_event_maintain(l->device->id, p->port, RTE_EVENT_DEV_MAINT_OP_FLUSH);
	return sent;
}

static uint16_t
lane_turn(struct lane *lane)
{
	struct rte_event ev[BURST_MAX];
	uint16_t i, n = worker_take(&lane->worker, ev);
	uint64_t now;

	if (n == 0)
		return 0;
	now = rte_rdtsc();
	for (i = 0; i < n; i++)
		if (lane->worker.steps[ev[i].queue_id].last && ev[i].u64 >= lane->run->count_from)
			histogram_add(&lane->histogram, now - ev[i].u64);
	worker_pass(&lane->worker, ev, n);
	return n;
}

static int
lane_main(void *arg)
{
	struct lane *lane = arg;

	while (!__atomic_load_n(&lane->run->ending, __ATOMIC_RELAXED))
		lane_turn(lane);
	return 0;
}

static uint64_t
lanes_released(const struct latency *l)
{
	uint64_t released = 0;
	uint32_t i;

	for (i = 0; i < l->nb_lanes; i++)
		released += __atomic_load_n(&l->lanes[i].worker.released, __ATOMIC_ACQUIRE);
	return released;
}

/* The main lcore's turns, until every event came out. */
static int
run_to_the_end(struct latency *l)
{
	struct patience patience = { 0 };
	uint64_t released = 0, before, moved;
	uint32_t i;

	while (released < l->producer.total) {
		before = released;
		moved = paced_turn(l, released);
		device_serve(l->device);
		for (i = 0; l->one_core && i < l->nb_lanes; i++)
			moved += lane_turn(&l->lanes[i]);
		released = lanes_released(l);
		if (patience_is_over(&patience, moved + released - before)) {
			fprintf(stderr, "dpdk-dlb-perf: %s: nothing moves for %d s\n",
				l->device->name, PATIENCE_S);
			return -ETIMEDOUT;
		}
	}
	return 0;
}

static struct latency *
latency_create(const struct trial *trial)
{
	const uint32_t *cell = trial->cell->value;
	double load = cell[DIM_LOAD] * 1000.0;
	uint64_t total = RTE_MIN((uint64_t)(load * TRIAL_S_MAX), trial->events / cell[DIM_STAGES]);
	struct latency *l;
	uint8_t w;

	total = RTE_MAX(total, 1u);
	l = rte_zmalloc(NULL, sizeof(*l) + cell[DIM_WORKERS] * sizeof(l->lanes[0]),
			RTE_CACHE_LINE_SIZE);
	if (l == NULL) {
		fprintf(stderr, "dpdk-dlb-perf: no memory for %u workers\n", cell[DIM_WORKERS]);
		return NULL;
	}
	l->device = trial->device;
	producer_init(&l->producer, trial->device, trial->cell, total);
	l->interval = (double)rte_get_tsc_hz() / load;
	l->nb_lanes = cell[DIM_WORKERS];
	l->one_core = multi_core_refuses(trial->device, trial->cell) != NULL;
	for (w = 0; w < l->nb_lanes; w++) {
		l->lanes[w].run = l;
		worker_init(&l->lanes[w].worker, trial->device, trial->cell, w);
	}
	l->start = rte_rdtsc();
	l->count_from = l->start + (uint64_t)(WARM_UP_PART * (double)total * l->interval);
	return l;
}

static int
latency_check(const struct latency *l)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < l->nb_lanes; i++)
		sum += l->lanes[i].worker.sum;
	if (lanes_released(l) == l->producer.produced && sum == l->sum)
		return 0;
	fprintf(stderr, "dpdk-dlb-perf: %s: other events came out than went in\n", l->device->name);
	return -EBADMSG;
}

static void
latency_values(struct latency *l, uint64_t cycles, double values[])
{
	static const double parts[] = { 0.5, 0.9, 0.99, 0.999, 1 };
	double us = (double)rte_get_tsc_hz() / 1e6;
	uint32_t i;

	for (i = 1; i < l->nb_lanes; i++)
		histogram_join(&l->lanes[0].histogram, &l->lanes[i].histogram);
	for (i = 0; i < RTE_DIM(parts); i++)
		values[i] = (double)histogram_quantile(&l->lanes[0].histogram, parts[i]) / us;
	values[i] = (double)l->producer.produced / (double)cycles * us * 1000;
}

static int
latency_run(const struct trial *trial, double values[])
{
	struct latency *l = latency_create(trial);
	unsigned int lcore;
	uint64_t cycles;
	uint32_t w = 0;
	int ret;

	if (l == NULL)
		return -ENOMEM;
	RTE_LCORE_FOREACH_WORKER(lcore)
	if (!l->one_core && w < l->nb_lanes)
		rte_eal_remote_launch(lane_main, &l->lanes[w++], lcore);
	ret = run_to_the_end(l);
	cycles = rte_rdtsc() - l->start;
	__atomic_store_n(&l->ending, true, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
	if (ret == 0)
		ret = latency_check(l);
	if (ret == 0)
		latency_values(l, cycles, values);
	rte_free(l);
	return ret;
}

const struct mode latency_mode = {
	.name = "latency",
	.title = "how long events take at a given load",
	.metrics = {
		{ "p50", "microseconds that half of the events stay below" },
		{ "p90", "microseconds, 90 percent" },
		{ "p99", "microseconds, 99 percent" },
		{ "p99.9", "microseconds, 99.9 percent" },
		{ "max", "microseconds, the slowest" },
		{ "reached", "load in thousand new events a second" },
	},
	.run = latency_run,
};
