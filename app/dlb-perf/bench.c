/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of things: cells, rounds, devices. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "check.h"

#define ROUNDS_PRESET 9
#define EVENTS_PRESET 1000000

void
bench_conf_init(struct bench_conf *conf, const struct mode *mode)
{
	uint32_t i;

	*conf = (struct bench_conf){
		.mode = mode,
		.rounds = ROUNDS_PRESET,
		.events = EVENTS_PRESET,
		.checked = true,
	};
	for (i = 0; i < DIM_COUNT; i++)
		conf->lists[i] = (struct list){ .count = 1, .value = { dims[i].preset } };
}

/* The first dimension changes slowest. */
static void
cell_at(const struct list lists[], uint32_t index, struct cell *cell)
{
	int dim;

	memset(cell, 0, sizeof(*cell));
	for (dim = DIM_COUNT - 1; dim >= 0; dim--) {
		cell->value[dim] = lists[dim].value[index % lists[dim].count];
		index /= lists[dim].count;
	}
}

static const char *
why_skip(const struct mode *mode, const struct device *device, const struct cell *cell)
{
	const char *why = cell_refuses(cell);

	if (why == NULL)
		why = device_refuses(device, cell);
	if (why == NULL && mode->refuses != NULL)
		why = mode->refuses(device, cell);
	return why;
}

int
bench_create(struct bench *b, const struct bench_conf *conf)
{
	uint32_t i, d;

	memset(b, 0, sizeof(*b));
	b->conf = *conf;
	b->nb_cells = 1;
	for (i = 0; i < DIM_COUNT; i++)
		b->nb_cells *= conf->lists[i].count;
	b->cells = calloc(b->nb_cells, sizeof(*b->cells));
	b->results = calloc((size_t)b->nb_cells * conf->nb_devices, sizeof(*b->results));
	if (b->cells == NULL || b->results == NULL) {
		fprintf(stderr, "dpdk-dlb-perf: no memory for %u cells\n", b->nb_cells);
		bench_destroy(b);
		return -ENOMEM;
	}
	for (i = 0; i < b->nb_cells; i++) {
		cell_at(conf->lists, i, &b->cells[i]);
		for (d = 0; d < conf->nb_devices; d++)
			bench_result(b, i, d)->skipped =
				why_skip(conf->mode, conf->devices[d], &b->cells[i]);
	}
	return 0;
}

static void
progress(const struct bench *b, uint32_t cell, const char *what, uint32_t round)
{
	char text[16];
	uint32_t i;

	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[K%s, cell %u of %u", b->conf.mode->name, cell + 1, b->nb_cells);
	for (i = 0; i < DIM_COUNT; i++)
		if (b->conf.lists[i].count > 1)
			fprintf(stderr, ", %s %s", dims[i].name,
				dim_text(i, b->cells[cell].value[i], text, sizeof(text)));
	fprintf(stderr, ", %s %u of %u", what, round + 1, b->conf.rounds);
}

static void
progress_end(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

static bool
is_out(const struct result *result)
{
	return result->skipped != NULL || result->failed;
}

static void
cell_check(const struct bench *b, uint32_t cell)
{
	uint32_t d;

	progress(b, cell, "check before round", 0);
	for (d = 0; d < b->conf.nb_devices; d++) {
		struct result *result = bench_result(b, cell, d);

		if (!is_out(result))
			result->failed = check_run(b->conf.devices[d], &b->cells[cell]) < 0;
	}
}

static void
cell_start(const struct bench *b, uint32_t cell)
{
	uint32_t d;

	for (d = 0; d < b->conf.nb_devices; d++) {
		struct result *result = bench_result(b, cell, d);

		if (!is_out(result))
			result->failed = device_start(b->conf.devices[d], &b->cells[cell]) < 0;
	}
}

static void
trial_run(const struct bench *b, uint32_t cell, uint32_t device)
{
	struct result *result = bench_result(b, cell, device);
	struct trial trial = { b->conf.devices[device], &b->cells[cell], b->conf.events };
	double values[METRICS_MAX];
	uint32_t m;

	if (is_out(result))
		return;
	if (b->conf.mode->run(&trial, values) < 0) {
		result->failed = true;
		return;
	}
	for (m = 0; m < mode_metrics(b->conf.mode); m++)
		samples_add(&result->samples[m], values[m]);
}

static void
cell_rounds(const struct bench *b, uint32_t cell, uint32_t first, uint32_t rounds)
{
	uint32_t round, d;

	cell_start(b, cell);
	for (round = first; round < first + rounds; round++) {
		progress(b, cell, "round", round);
		for (d = 0; d < b->conf.nb_devices; d++)
			trial_run(b, cell, d);
	}
	for (d = 0; d < b->conf.nb_devices; d++)
		if (bench_result(b, cell, d)->skipped == NULL)
			device_stop(b->conf.devices[d]);
}

int
bench_run(struct bench *b)
{
	bool is_outer = b->conf.order == ORDER_ROUND_BY_ROUND;
	uint32_t laps = is_outer ? b->conf.rounds : 1;
	uint32_t lap, cell, i;

	for (cell = 0; b->conf.checked && cell < b->nb_cells; cell++)
		cell_check(b, cell);
	for (lap = 0; lap < laps; lap++)
		for (cell = 0; cell < b->nb_cells; cell++)
			cell_rounds(b, cell, lap, is_outer ? 1 : b->conf.rounds);
	progress_end();
	for (i = 0; i < b->nb_cells * b->conf.nb_devices; i++)
		if (b->results[i].failed)
			return -EIO;
	return 0;
}

void
bench_destroy(struct bench *b)
{
	free(b->results);
	free(b->cells);
	b->results = NULL;
	b->cells = NULL;
}
