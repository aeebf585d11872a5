/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <string.h>

#include "help.h"

#define WIDTH 30
#define ACCEPTED_BYTES 256

static void
syntax_print(const struct command *command, FILE *file)
{
	const struct arg *arg;

	fputs(command->words, file);
	for (arg = command->args; arg != NULL && arg->name != NULL; arg++) {
		bool required = arg->place == ARG_PLACED || arg->place == ARG_KEYED_REQUIRED;

		fprintf(file, " %s", required ? "" : "[");
		if (arg_is_keyed(arg))
			fprintf(file, "%s%s", arg->name, arg->type == ARG_FLAG ? "" : " ");
		if (arg->type != ARG_FLAG)
			fprintf(file, "<%s>", arg_is_keyed(arg) ? "..." : arg->name);
		fputs(required ? "" : "]", file);
	}
	if (command->reports)
		fprintf(file, " [%s]", COMMAND_JSON_FLAG);
	fputc('\n', file);
}

static void
command_print(const struct command *command, FILE *file)
{
	char accepted[ACCEPTED_BYTES];
	const struct arg *arg;

	syntax_print(command, file);
	fprintf(file, "    %s\n", command->help);
	for (arg = command->args; arg != NULL && arg->name != NULL; arg++) {
		arg_describe(arg, accepted, sizeof(accepted));
		fprintf(file, "    %-14s %s (%s)\n", arg->name, arg->help, accepted);
	}
}

void
help_print_topics(FILE *file)
{
	const struct command_family *family;
	const struct command *command;
	uint32_t f;

	for (f = 0; command_families[f] != NULL; f++) {
		family = command_families[f];
		fprintf(file, "%s: %s\n", family->topic, family->help);
		for (command = family->commands; command->words != NULL; command++)
			fprintf(file, "    %-*s %s\n", WIDTH, command->words, command->help);
	}
	fputs("'help' and a topic, 'all', or a command tells more; tab completes a line, ? lists\n",
	      file);
}

bool
help_print(const char *words, FILE *file)
{
	const struct command_family *family;
	const struct command *command;
	size_t length = strlen(words);
	bool found = false;
	uint32_t f;

	for (f = 0; command_families[f] != NULL; f++) {
		family = command_families[f];
		for (command = family->commands; command->words != NULL; command++) {
			bool named =
				strncmp(command->words, words, length) == 0 &&
				(command->words[length] == ' ' || command->words[length] == '\0');

			if (!named && strcmp(words, family->topic) != 0 &&
			    strcmp(words, "all") != 0)
				continue;
			if (found)
				fputc('\n', file);
			command_print(command, file);
			found = true;
		}
	}
	return found;
}
