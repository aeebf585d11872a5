/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line of dlb-vfio-user.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "dlb_hw.h"

#define OPTIONS_DEVICES_MAX 16

struct options_device {
	const char *path;
	enum dlb_gen gen;
};

struct options {
	struct options_device devices[OPTIONS_DEVICES_MAX];
	uint32_t device_count;
	const char *trace; /* file, or NULL */
	bool lint;
	bool stats;
	bool unsealed_memory;
};

enum options_result { OPTIONS_RUN, OPTIONS_EXIT, OPTIONS_WRONG };

/** Read the command line; help, version and errors are printed here. */
enum options_result options_parse(int argc, char *argv[], struct options *options);

#endif /* OPTIONS_H */
