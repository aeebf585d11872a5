/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One core passes events through the device. All ports take events before any sends one on, so that
 * more than one holds some, and they send them on in changing order, so that order needs restoring.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "judge.h"
#include "patience.h"
#include "pipeline.h"

#define CHECK_EVENTS 20000
#define CHECK_WINDOWS 4
#define AFTER_TURNS 64 /* in which an event that comes twice would come */

struct hand {
	struct rte_event ev[BURST_MAX];
	uint16_t count;
};

struct check {
	const struct device *device;
	struct judge judge;
	struct producer producer;
	struct worker workers[WORKERS_MAX];
	struct hand hands[WORKERS_MAX];
	uint32_t nb_workers;
	uint64_t released;
};

static void
worker_look(struct check *c, uint32_t w)
{
	struct hand *hand = &c->hands[w];
	uint16_t i;

	hand->count = worker_take(&c->workers[w], hand->ev);
	for (i = 0; i < hand->count; i++)
		judge_see(&c->judge, (uint8_t)w, &hand->ev[i]);
}

static uint64_t
check_turn(struct check *c)
{
	uint64_t moved = producer_turn(&c->producer, c->released);
	uint32_t i, w;

	device_serve(c->device);
	for (w = 0; w < c->nb_workers; w++) {
		worker_look(c, w);
		moved += c->hands[w].count;
	}
	for (i = 0; i < c->nb_workers; i++) {
		w = c->judge.turn % 2 == 0 ? i : c->nb_workers - 1 - i;
		if (c->judge.verdict == VERDICT_GOOD && c->hands[w].count > 0)
			worker_pass(&c->workers[w], c->hands[w].ev, c->hands[w].count);
	}
	judge_turn(&c->judge);
	for (w = 0, c->released = 0; w < c->nb_workers; w++)
		c->released += c->workers[w].released;
	return moved;
}

static void
check_turns(struct check *c)
{
	struct patience patience = { 0 };
	uint32_t i;

	while (c->judge.verdict == VERDICT_GOOD &&
	       (c->producer.produced < c->producer.total || c->released < c->producer.produced))
		if (patience_is_over(&patience, check_turn(c)))
			break;
	for (i = 0; i < AFTER_TURNS && c->judge.verdict == VERDICT_GOOD; i++)
		check_turn(c);
	judge_end(&c->judge, c->producer.produced);
}

static int
check_started(const struct device *device, const struct cell *cell)
{
	uint64_t total = CHECK_EVENTS + CHECK_WINDOWS * (uint64_t)cell->value[DIM_WINDOW];
	struct check c = { .device = device, .nb_workers = cell->value[DIM_WORKERS] };
	int ret;
	uint8_t w;

	ret = judge_create(&c.judge, cell, total + BURST_MAX);
	if (ret < 0) {
		fprintf(stderr, "dpdk-dlb-perf: no memory to check %" PRIu64 " events\n", total);
		return ret;
	}
	producer_init(&c.producer, device, cell, total);
	for (w = 0; w < c.nb_workers; w++)
		worker_init(&c.workers[w], device, cell, w);
	check_turns(&c);
	if (c.judge.verdict != VERDICT_GOOD) {
		fprintf(stderr,
			"dpdk-dlb-perf: %s: event %" PRIu64 " of flow %" PRIu64 " %s, stage %u\n",
			device->name, c.judge.number, c.judge.number % c.judge.flows,
			verdict_words[c.judge.verdict], c.judge.stage);
		ret = -EBADMSG;
	}
	judge_destroy(&c.judge);
	return ret;
}

int
check_run(struct device *device, const struct cell *cell)
{
	struct cell with_sink = *cell;
	int ret;

	/* Order is seen in the stage after an ordered one. */
	with_sink.has_sink =
		cell_stage_type(cell, cell->value[DIM_STAGES] - 1) == RTE_SCHED_TYPE_ORDERED;
	ret = device_start(device, &with_sink);
	if (ret == 0)
		ret = check_started(device, &with_sink);
	device_stop(device);
	return ret;
}
