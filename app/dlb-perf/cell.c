/* SPDX-License-Identifier: BSD-3-Clause */
/* The dimensions of what is measured, and their values in words. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eventdev.h>

#include "cell.h"

static const char *const type_words[CELL_TYPE_COUNT + 1] = {
	[CELL_ATOMIC] = "atomic",
	[CELL_ORDERED] = "ordered",
	[CELL_PARALLEL] = "parallel",
	[CELL_MIXED] = "mixed",
};

const struct dim_info dims[DIM_COUNT] = {
	[DIM_STAGES] = { "stages", "queues that an event passes", 1, STAGES_MAX, 1 },
	[DIM_WORKERS] = { "workers", "ports that take events and send them on", 1, WORKERS_MAX, 1 },
	[DIM_TYPE] = { "type", "schedule type; mixed: ordered, atomic, parallel in turn", 0,
		       CELL_TYPE_COUNT - 1, CELL_ATOMIC, type_words },
	[DIM_BURST] = { "burst", "events to an enqueue or a dequeue", 1, BURST_MAX, 32 },
	[DIM_FLOWS] = { "flows", "flows, that events belong to in turn", 1, 1 << 20, 1024 },
	[DIM_WINDOW] = { "window", "events in flight", 1, 1 << 20, 1024 },
	[DIM_PRIORITIES] = { "priorities", "event priorities; 1: all are normal", 1, PRIORITIES_MAX,
			     1, NULL, true },
	[DIM_LOAD] = { "load", "of mode latency, in thousand new events a second", 1, 1000000,
		       1000 },
};

uint8_t
cell_stage_type(const struct cell *cell, uint32_t stage)
{
	static const uint8_t mixed[] = {
		RTE_SCHED_TYPE_ORDERED,
		RTE_SCHED_TYPE_ATOMIC,
		RTE_SCHED_TYPE_PARALLEL,
	};
	static const uint8_t types[CELL_MIXED] = {
		[CELL_ATOMIC] = RTE_SCHED_TYPE_ATOMIC,
		[CELL_ORDERED] = RTE_SCHED_TYPE_ORDERED,
		[CELL_PARALLEL] = RTE_SCHED_TYPE_PARALLEL,
	};

	if (stage == cell->value[DIM_STAGES])
		return RTE_SCHED_TYPE_ATOMIC;
	if (cell->value[DIM_TYPE] == CELL_MIXED)
		return mixed[stage % RTE_DIM(mixed)];
	return types[cell->value[DIM_TYPE]];
}

const char *
cell_refuses(const struct cell *cell)
{
	if (cell->value[DIM_BURST] > cell->value[DIM_WINDOW])
		return "the window has no room for a burst";
	return NULL;
}

const char *
dim_text(enum dim dim, uint32_t value, char *buffer, uint32_t size)
{
	if (dims[dim].words != NULL)
		return dims[dim].words[value];
	snprintf(buffer, size, "%u", value);
	return buffer;
}

int
dim_read(enum dim dim, const char *text, uint32_t *value)
{
	const struct dim_info *info = &dims[dim];
	unsigned long number;
	char *end;
	uint32_t i;

	for (i = 0; info->words != NULL && info->words[i] != NULL; i++) {
		if (strcmp(info->words[i], text) == 0) {
			*value = i;
			return 0;
		}
	}
	if (info->words != NULL || !isdigit((unsigned char)text[0]))
		return -EINVAL;
	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || number < info->min || number > info->max)
		return -EINVAL;
	if (info->power_of_two && (number & (number - 1)) != 0)
		return -EINVAL;
	*value = (uint32_t)number;
	return 0;
}
