/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of dpdk-testdlb behind EAL's "--". */
#ifndef TESTDLB_OPTIONS_H
#define TESTDLB_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define OPTIONS_COMMANDS_MAX 64

struct options {
	bool interactive;
	bool auto_start;
	bool json;
	bool keep_going;
	const char *device; /* NULL: the first DLB */
	const char *config;
	const char *cmdline_file;
	const char *commands[OPTIONS_COMMANDS_MAX];
	uint32_t nb_commands;
};

enum options_result { OPTIONS_RUN, OPTIONS_EXIT, OPTIONS_WRONG };

/** Reads argv[1] and on; says what is wrong. */
enum options_result options_parse(int argc, char *argv[], struct options *options);

void options_print_help(FILE *file);

/* For completion files: one row an option. */
struct option_row {
	const char *name;     /* without dashes */
	const char *argument; /* NULL: takes none */
	const char *help;
};
extern const struct option_row option_rows[]; /* ends with a name of NULL */

#endif /* TESTDLB_OPTIONS_H */
