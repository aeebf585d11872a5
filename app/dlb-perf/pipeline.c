/* SPDX-License-Identifier: BSD-3-Clause */
/* How much a trial sends through a device, and what is made of the counts in the end. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "patience.h"
#include "pipeline.h"

void
pipeline_init(struct pipeline *p, const struct trial *trial)
{
	const uint32_t *cell = trial->cell->value;
	uint64_t total;
	uint8_t w;

	p->device = trial->device;
	p->warm = (uint64_t)cell[DIM_WINDOW] * WARM_UP_WINDOWS;
	p->measured = trial->events / cell[DIM_STAGES];
	/* The window stays full until the measurement is over. */
	total = p->warm + p->measured + 2 * (uint64_t)cell[DIM_WINDOW];
	producer_init(&p->producer, trial->device, trial->cell, total);
	p->nb_workers = cell[DIM_WORKERS];
	for (w = 0; w < p->nb_workers; w++)
		worker_init(&p->workers[w], trial->device, trial->cell, w);
}

int
pipeline_check(const struct pipeline *p)
{
	uint64_t produced = p->producer.produced;
	uint64_t released = pipeline_released(p);
	uint64_t sum = 0;
	uint32_t w;

	for (w = 0; w < p->nb_workers; w++)
		sum += p->workers[w].sum;
	if (released == produced && sum == produced * (produced - 1) / 2)
		return 0;
	fprintf(stderr, "dpdk-dlb-perf: %s: %" PRIu64 " events went in, %" PRIu64 " came out%s\n",
		p->device->name, produced, released,
		released == produced ? ", but not the same ones" : "");
	return -EBADMSG;
}

int
pipeline_stuck(const struct pipeline *p)
{
	fprintf(stderr,
		"dpdk-dlb-perf: %s: nothing moves for %d s, %" PRIu64 " events are inside\n",
		p->device->name, PATIENCE_S, p->producer.produced - pipeline_released(p));
	return -ETIMEDOUT;
}
