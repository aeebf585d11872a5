/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cell: one point of the space that is measured. It is a value for each dimension, and the dimensions
 * are rows of a table, from which the command line, the checks and every report are made.
 */
#ifndef CELL_H
#define CELL_H

#include <stdbool.h>
#include <stdint.h>

#define STAGES_MAX 8
#define BURST_MAX 64
#define WORKERS_MAX 62
#define PRIORITIES_MAX 8

enum dim {
	DIM_STAGES,
	DIM_WORKERS,
	DIM_TYPE,
	DIM_BURST,
	DIM_FLOWS,
	DIM_WINDOW,
	DIM_PRIORITIES,
	DIM_LOAD,
	DIM_COUNT
};

enum cell_type { CELL_ATOMIC, CELL_ORDERED, CELL_PARALLEL, CELL_MIXED, CELL_TYPE_COUNT };

struct dim_info {
	const char *name;
	const char *help;
	uint32_t min, max, preset;
	const char *const *words; /* of a dimension whose values have names; else NULL */
	bool power_of_two;
};

extern const struct dim_info dims[DIM_COUNT];

struct cell {
	uint32_t value[DIM_COUNT];
	bool has_sink; /* one more atomic stage, in which order can be seen */
};

/** Stages, and the sink. */
static inline uint32_t
cell_queues(const struct cell *cell)
{
	return cell->value[DIM_STAGES] + cell->has_sink;
}

/** RTE_SCHED_TYPE_* of a stage; of a mixed pipeline the stages take turns. */
uint8_t cell_stage_type(const struct cell *cell, uint32_t stage);

/** Why no device can run the cell, or NULL. */
const char *cell_refuses(const struct cell *cell);

/** A value as the user writes it. The buffer is used for numbers only. */
const char *dim_text(enum dim dim, uint32_t value, char *buffer, uint32_t size);

/**
 * Read a value.
 * @return 0, or -EINVAL
 */
int dim_read(enum dim dim, const char *text, uint32_t *value);

#endif /* CELL_H */
