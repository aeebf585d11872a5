/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line of dpdk-dlb-perf, after the "--" that ends EAL's.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "bench.h"

struct options {
	struct bench_conf bench; /* its devices are whatever is there */
	bool bar;
	const char *json; /* files, or NULL */
	const char *csv;
};

enum options_result { OPTIONS_RUN, OPTIONS_EXIT, OPTIONS_WRONG };

/** Read the command line; help and errors are printed here. */
enum options_result options_parse(int argc, char *argv[], struct options *options);

#endif /* OPTIONS_H */
