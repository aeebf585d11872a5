/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line of dpdk-dlb-perf, after the "--" that ends EAL's.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "cell.h"
#include "mode.h"

#define LIST_MAX 16

struct list {
	uint32_t count;
	uint32_t value[LIST_MAX];
};

struct options {
	const struct mode *mode;
	struct list lists[DIM_COUNT];
	uint32_t rounds;
	uint64_t events;
};

enum options_result { OPTIONS_RUN, OPTIONS_EXIT, OPTIONS_WRONG };

/** Read the command line; help and errors are printed here. */
enum options_result options_parse(int argc, char *argv[], struct options *options);

#endif /* OPTIONS_H */
