/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of things: cells, rounds, devices. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>

#include "bench.h"

static int
devices_open(struct bench *b)
{
	uint8_t id;
	int ret;

	for (id = 0; id < RTE_EVENT_MAX_DEVS; id++) {
		if (b->nb_devices == rte_event_dev_count())
			break;
		ret = device_open(&b->devices[b->nb_devices], id);
		if (ret == -EINVAL)
			continue;
		if (ret < 0) {
			fprintf(stderr, "dpdk-dlb-perf: event device %u: %s\n", id, strerror(-ret));
			return ret;
		}
		b->nb_devices++;
	}
	if (b->nb_devices > 0)
		return 0;
	fputs("dpdk-dlb-perf: no event device: name at least one, such as --vdev=event_dlb0\n",
	      stderr);
	return -ENODEV;
}

/* The first dimension changes slowest. */
static void
cell_at(const struct options *o, uint32_t index, struct cell *cell)
{
	int dim;

	for (dim = DIM_COUNT - 1; dim >= 0; dim--) {
		const struct list *list = &o->lists[dim];

		cell->value[dim] = list->value[index % list->count];
		index /= list->count;
	}
}

int
bench_create(struct bench *b, const struct options *options)
{
	uint32_t i;
	int ret;

	memset(b, 0, sizeof(*b));
	b->options = options;
	ret = devices_open(b);
	if (ret < 0)
		return ret;

	b->nb_cells = 1;
	for (i = 0; i < DIM_COUNT; i++)
		b->nb_cells *= options->lists[i].count;
	b->cells = calloc(b->nb_cells, sizeof(*b->cells));
	b->results = calloc((size_t)b->nb_cells * b->nb_devices, sizeof(*b->results));
	if (b->cells == NULL || b->results == NULL) {
		fprintf(stderr, "dpdk-dlb-perf: no memory for %u cells\n", b->nb_cells);
		bench_destroy(b);
		return -ENOMEM;
	}
	for (i = 0; i < b->nb_cells; i++)
		cell_at(options, i, &b->cells[i]);
	return 0;
}

static void
progress(const struct bench *b, uint32_t cell, uint32_t round)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\rcell %u of %u, round %u of %u \r", cell + 1, b->nb_cells,
			round + 1, b->options->rounds);
}

static void
trial_run(const struct bench *b, uint32_t cell, uint32_t device)
{
	struct result *result = bench_result(b, cell, device);
	struct trial trial = { &b->devices[device], &b->cells[cell], b->options->events };
	double values[METRICS_MAX];
	uint32_t m;

	if (result->skipped != NULL || result->failed)
		return;
	if (b->options->mode->run(&trial, values) < 0) {
		result->failed = true;
		return;
	}
	for (m = 0; m < METRICS_MAX && b->options->mode->metrics[m].name != NULL; m++)
		samples_add(&result->samples[m], values[m]);
}

static void
cell_start(struct bench *b, uint32_t cell)
{
	uint32_t d;

	for (d = 0; d < b->nb_devices; d++) {
		struct result *result = bench_result(b, cell, d);

		result->skipped = cell_refuses(&b->cells[cell]);
		if (result->skipped == NULL)
			result->skipped = device_refuses(&b->devices[d], &b->cells[cell]);
		if (result->skipped == NULL)
			result->failed = device_start(&b->devices[d], &b->cells[cell]) < 0;
	}
}

static bool
cell_stop(struct bench *b, uint32_t cell)
{
	bool good = true;
	uint32_t d;

	for (d = 0; d < b->nb_devices; d++) {
		struct result *result = bench_result(b, cell, d);

		if (result->skipped == NULL)
			device_stop(&b->devices[d]);
		good &= !result->failed;
	}
	return good;
}

int
bench_run(struct bench *b)
{
	uint32_t cell, round, device;
	bool good = true;

	for (cell = 0; cell < b->nb_cells; cell++) {
		cell_start(b, cell);
		for (round = 0; round < b->options->rounds; round++) {
			progress(b, cell, round);
			for (device = 0; device < b->nb_devices; device++)
				trial_run(b, cell, device);
		}
		good &= cell_stop(b, cell);
	}
	return good ? 0 : -EIO;
}

void
bench_destroy(struct bench *b)
{
	free(b->results);
	free(b->cells);
	b->results = NULL;
	b->cells = NULL;
}
