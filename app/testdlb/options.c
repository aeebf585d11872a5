/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "options.h"

const struct option_row option_rows[] = {
	{ "interactive", NULL, "give a prompt, whatever else is given; -i" },
	{ "cmdline-file", "FILE", "run its commands; - is standard input" },
	{ "execute", "COMMAND", "run one command; up to 64 times; -e" },
	{ "config", "FILE", "load a set-up first" },
	{ "auto-start", NULL, "start the domains, and traffic of those that have streams" },
	{ "device", "NAME", "the event device to use; without: the first DLB" },
	{ "json", NULL, "print every report as JSON" },
	{ "keep-going", NULL, "run on behind a command that failed; the exit status tells" },
	{ "help", NULL, "print this; -h" },
	{ NULL, NULL, NULL },
};

enum option_index {
	OPTION_INTERACTIVE,
	OPTION_CMDLINE_FILE,
	OPTION_EXECUTE,
	OPTION_CONFIG,
	OPTION_AUTO_START,
	OPTION_DEVICE,
	OPTION_JSON,
	OPTION_KEEP_GOING,
	OPTION_HELP,
};

void
options_print_help(FILE *file)
{
	const struct option_row *row;
	char name[40];

	fputs("usage: dpdk-testdlb [EAL OPTION]... [-- OPTION...]\n"
	      "       dpdk-testdlb doctor|top|completion [OPTION]...\n"
	      "A prompt for a DLB: build a pipeline, run traffic, watch it, break it on purpose.\n\n",
	      file);
	for (row = option_rows; row->name != NULL; row++) {
		snprintf(name, sizeof(name), "--%s%s%s", row->name,
			 row->argument == NULL ? "" : " ",
			 row->argument == NULL ? "" : row->argument);
		fprintf(file, "  %-24s %s\n", name, row->help);
	}
	fputs("\nWithout a script it prompts, or reads standard input when that is no terminal.\n"
	      "Exit status: 0, 1 when a command failed, 2 when it could not begin.\n",
	      file);
}

static int
option_find(const char *word)
{
	static const char *const letters[] = { "-i", "-e", "-h" };
	static const int of_letters[] = { OPTION_INTERACTIVE, OPTION_EXECUTE, OPTION_HELP };
	uint32_t i;

	for (i = 0; i < RTE_DIM(letters); i++) {
		if (strcmp(word, letters[i]) == 0)
			return of_letters[i];
	}
	for (i = 0; option_rows[i].name != NULL; i++) {
		if (strncmp(word, "--", 2) == 0 && strcmp(word + 2, option_rows[i].name) == 0)
			return (int)i;
	}
	return -1;
}

static enum options_result
option_take(struct options *options, int option, const char *value)
{
	switch (option) {
	case OPTION_INTERACTIVE:
		options->interactive = true;
		break;
	case OPTION_CMDLINE_FILE:
		options->cmdline_file = value;
		break;
	case OPTION_EXECUTE:
		if (options->nb_commands == OPTIONS_COMMANDS_MAX) {
			fprintf(stderr, "dpdk-testdlb: --execute %s: accepted are up to %d\n",
				value, OPTIONS_COMMANDS_MAX);
			return OPTIONS_WRONG;
		}
		options->commands[options->nb_commands++] = value;
		break;
	case OPTION_CONFIG:
		options->config = value;
		break;
	case OPTION_AUTO_START:
		options->auto_start = true;
		break;
	case OPTION_DEVICE:
		options->device = value;
		break;
	case OPTION_JSON:
		options->json = true;
		break;
	case OPTION_KEEP_GOING:
		options->keep_going = true;
		break;
	default:
		options_print_help(stdout);
		return OPTIONS_EXIT;
	}
	return OPTIONS_RUN;
}

enum options_result
options_parse(int argc, char *argv[], struct options *options)
{
	enum options_result result = OPTIONS_RUN;
	const char *value;
	int option, i;

	memset(options, 0, sizeof(*options));
	for (i = 1; i < argc && result == OPTIONS_RUN; i++) {
		option = option_find(argv[i]);
		if (option < 0) {
			fprintf(stderr, "dpdk-testdlb: '%s': no such option: --help lists them\n",
				argv[i]);
			return OPTIONS_WRONG;
		}
		value = NULL;
		if (option_rows[option].argument != NULL) {
			if (++i == argc) {
				fprintf(stderr, "dpdk-testdlb: %s: its %s is missing\n",
					argv[i - 1], option_rows[option].argument);
				return OPTIONS_WRONG;
			}
			value = argv[i];
		}
		result = option_take(options, option, value);
	}
	return result;
}
