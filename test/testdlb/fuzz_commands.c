/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Feeds the parser and the completion lines that are nearly right: words of the tables, numbers about
 * their bounds, and what a cat on the keyboard adds. Usage: fuzz_commands [LINES [SEED]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "json.h"
#include "words.h"

#define LINES_DEFAULT 20000
#define LINE_BYTES 4096
#define COMPLETE_EVERY 16

struct fuzz {
	uint64_t state;
	char line[LINE_BYTES];
	size_t used;
	uint64_t commands, refused;
};

static uint32_t
random_below(struct fuzz *f, uint32_t limit)
{
	f->state ^= f->state << 13;
	f->state ^= f->state >> 7;
	f->state ^= f->state << 17;
	return (uint32_t)(f->state >> 16) % limit;
}

static void
text_add(struct fuzz *f, const char *text)
{
	int written = snprintf(f->line + f->used, sizeof(f->line) - f->used, "%s", text);

	f->used += (size_t)written;
	if (f->used >= sizeof(f->line))
		f->used = sizeof(f->line) - 1;
}

static void
number_add(struct fuzz *f, const struct arg *arg)
{
	static const char *const tails[] = { "", "", "", "k", "m", "x", ",", "," };
	uint64_t numbers[] = {
		arg->min, arg->max, arg->min - 1, arg->max + 1, random_below(f, 300), UINT64_MAX
	};
	char text[32];

	snprintf(text, sizeof(text), random_below(f, 8) == 0 ? "0x%" PRIx64 : "%" PRIu64,
		 numbers[random_below(f, 6)]);
	text_add(f, text);
	text_add(f, tails[random_below(f, 8)]);
}

static void
noise_add(struct fuzz *f)
{
	char text[16];
	uint32_t length = random_below(f, sizeof(text) - 1);
	uint32_t i;

	for (i = 0; i < length; i++)
		text[i] = (char)(1 + random_below(f, 255));
	text[length] = '\0';
	text_add(f, text);
}

/* Mostly a short one; else about as long as it may be. */
static void
text_value_add(struct fuzz *f, const struct arg *arg)
{
	uint64_t max = arg->max == 0 ? COMMAND_TEXT_MAX - 1 : arg->max;
	uint64_t length = max - 1 + random_below(f, 3);
	char text[COMMAND_TEXT_MAX + 2];

	if (random_below(f, 4) != 0) {
		text_add(f, random_below(f, 4) == 0 ? "\"two words\"" : "text");
		return;
	}
	memset(text, 'x', length);
	text[length] = '\0';
	text_add(f, text);
}

static void
value_add(struct fuzz *f, const struct arg *arg)
{
	uint32_t count = 0;

	if (random_below(f, 16) == 0) {
		noise_add(f);
		return;
	}
	switch (arg->type) {
	case ARG_NUMBER:
		number_add(f, arg);
		break;
	case ARG_LIST:
		do {
			number_add(f, arg);
			text_add(f, ",");
		} while (random_below(f, 3) != 0);
		number_add(f, arg);
		break;
	case ARG_WORD:
		while (arg->words[count] != NULL)
			count++;
		text_add(f, arg->words[random_below(f, count)]);
		break;
	default:
		text_value_add(f, arg);
	}
}

static void
args_add(struct fuzz *f, const struct command *command)
{
	const struct arg *arg;

	for (arg = command->args; arg != NULL && arg->name != NULL; arg++) {
		if (random_below(f, 4) == 0)
			continue;
		text_add(f, " ");
		if (arg_is_keyed(arg)) {
			text_add(f, arg->name);
			text_add(f, " ");
		}
		if (arg->type != ARG_FLAG)
			value_add(f, arg);
	}
	if (random_below(f, 8) == 0)
		text_add(f, " " COMMAND_JSON_FLAG);
}

static const struct command *
command_choose(struct fuzz *f)
{
	const struct command_family *family;
	uint32_t families = 0, commands = 0;

	while (command_families[families] != NULL)
		families++;
	family = command_families[random_below(f, families)];
	while (family->commands[commands].words != NULL)
		commands++;
	return &family->commands[random_below(f, commands)];
}

static void
line_make(struct fuzz *f)
{
	uint32_t repeats = random_below(f, 64) == 0 ? random_below(f, 80) : 1;
	uint32_t i;

	f->used = 0;
	f->line[0] = '\0';
	for (i = 0; i < repeats; i++) {
		const struct command *command = command_choose(f);

		text_add(f, command->words);
		args_add(f, command);
	}
	if (random_below(f, 4) == 0) {
		text_add(f, " ");
		noise_add(f);
	}
	/* A bite out of it. */
	if (f->used > 0 && random_below(f, 8) == 0)
		f->line[random_below(f, (uint32_t)f->used)] = (char)random_below(f, 256);
}

/* What the parser promises, whatever the line. */
static bool
line_check(struct fuzz *f, struct command_line *line)
{
	int ret = command_parse(f->line, line);
	const struct arg *arg;

	if (ret < 0) {
		f->refused++;
		return line->error[0] != '\0';
	}
	if (ret == 0)
		return true;
	f->commands++;
	for (arg = line->command->args; arg != NULL && arg->name != NULL; arg++) {
		const struct arg_value *value = &line->values[arg - line->command->args];

		if (arg->place != ARG_KEYED && arg->place != ARG_PLACED_OR_NOT && !value->given)
			return false;
		if (value->given && arg->type == ARG_NUMBER &&
		    (value->number < arg->min || value->number > arg->max))
			return false;
		if (value->given && arg->type == ARG_TEXT && arg->max != 0 &&
		    strlen(value->text) > arg->max)
			return false;
	}
	return true;
}

static bool
completion_check(struct fuzz *f)
{
	char word[COMMAND_TEXT_MAX];
	size_t typed;
	uint32_t i;

	for (i = 0; command_complete(f->line, i, word, sizeof(word), &typed); i++) {
		if (typed > strlen(word) ||
		    strncmp(word, f->line + strlen(f->line) - typed, typed) != 0)
			return false;
	}
	return true;
}

int
main(int argc, char *argv[])
{
	uint64_t lines = argc > 1 ? strtoull(argv[1], NULL, 0) : LINES_DEFAULT;
	struct fuzz f = { .state = argc > 2 ? strtoull(argv[2], NULL, 0) : 0x9e3779b97f4a7c15 };
	struct command_line *line = malloc(sizeof(*line));
	uint64_t i;

	for (i = 0; line != NULL && i < lines; i++) {
		line_make(&f);
		if (!line_check(&f, line) || (i % COMPLETE_EVERY == 0 && !completion_check(&f))) {
			printf("line %" PRIu64 " breaks a promise: '%s'\n", i, f.line);
			free(line);
			return EXIT_FAILURE;
		}
		json_destroy(json_parse(f.line));
	}
	free(line);
	printf("%" PRIu64 " lines: %" PRIu64 " commands, %" PRIu64 " refused\n", lines, f.commands,
	       f.refused);
	return f.commands > lines / 100 && f.refused > lines / 100 ? EXIT_SUCCESS : EXIT_FAILURE;
}
