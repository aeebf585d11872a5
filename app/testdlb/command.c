/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading a line by the tables of commands. */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "words.h"

__attribute__((format(printf, 2, 3))) static int
wrong(struct command_line *line, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(line->error, sizeof(line->error), format, ap);
	va_end(ap);
	return -EINVAL;
}

/* How many words a command has, if the line begins with all of them; else 0. */
static uint32_t
command_match(const struct command *command, const struct words *words)
{
	const char *at = command->words;
	uint32_t w;
	size_t length;

	for (w = 0; *at != '\0'; w++) {
		length = strcspn(at, " ");
		if (w == words->count || strlen(words->word[w]) != length ||
		    strncmp(words->word[w], at, length) != 0)
			return 0;
		at += length;
		at += *at == ' ';
	}
	return w;
}

/* The command with the most words that the line begins with. */
const struct command *
command_find(const struct words *words, uint32_t *length)
{
	const struct command *found = NULL, *command;
	uint32_t f, matched;

	*length = 0;
	for (f = 0; command_families[f] != NULL; f++) {
		for (command = command_families[f]->commands; command->words != NULL; command++) {
			matched = command_match(command, words);
			if (matched > *length) {
				*length = matched;
				found = command;
			}
		}
	}
	return found;
}

static uint64_t
text_max(const struct arg *arg)
{
	return arg->max == 0 ? COMMAND_TEXT_MAX - 1 : arg->max;
}

void
arg_describe(const struct arg *arg, char *text, size_t size)
{
	size_t used = 0;
	uint32_t i;

	switch (arg->type) {
	case ARG_NUMBER:
	case ARG_LIST:
		snprintf(text, size, "%s%" PRIu64 " to %" PRIu64,
			 arg->type == ARG_LIST ? "numbers, with commas between them, each " : "",
			 arg->min, arg->max);
		break;
	case ARG_WORD:
		text[0] = '\0';
		for (i = 0; arg->words[i] != NULL && used < size; i++)
			used += (size_t)snprintf(text + used, size - used, "%s%s",
						 i == 0 ? "" : ", ", arg->words[i]);
		break;
	case ARG_TEXT:
		snprintf(text, size, "any text of up to %" PRIu64 " bytes", text_max(arg));
		break;
	case ARG_FLAG:
		snprintf(text, size, "the name alone");
		break;
	}
}

/* Returns the character behind the number, or NULL when there is none. */
static const char *
number_read(const char *text, uint64_t *number)
{
	uint64_t unit = 1;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return NULL;
	errno = 0;
	*number = strtoull(text, &end, text[0] == '0' && (text[1] | ' ') == 'x' ? 16 : 10);
	if (errno != 0)
		return NULL;
	if (*end == 'k' || *end == 'm')
		unit = *end++ == 'k' ? 1000 : 1000000;
	return __builtin_mul_overflow(*number, unit, number) ? NULL : end;
}

static bool
number_parse(const struct arg *arg, const char *text, struct arg_value *value)
{
	const char *end = number_read(text, &value->number);

	return end != NULL && *end == '\0' && value->number >= arg->min &&
	       value->number <= arg->max;
}

static bool
list_parse(const struct arg *arg, const char *text, struct arg_value *value)
{
	uint64_t number;

	do {
		text = number_read(text, &number);
		if (text == NULL || number < arg->min || number > arg->max ||
		    value->count == COMMAND_LIST_MAX)
			return false;
		value->list[value->count++] = number;
	} while (*text++ == ',');
	return text[-1] == '\0';
}

static bool
word_parse(const struct arg *arg, const char *text, struct arg_value *value)
{
	for (value->number = 0; arg->words[value->number] != NULL; value->number++) {
		if (strcmp(text, arg->words[value->number]) == 0)
			return true;
	}
	return false;
}

static int
value_parse(struct command_line *line, const struct arg *arg, const char *text)
{
	struct arg_value *value = &line->values[arg - line->command->args];
	char accepted[COMMAND_ERROR_BYTES / 2];
	bool fine = true;

	if (value->given)
		return wrong(line, "%s: %s is given twice", line->command->words, arg->name);
	value->given = true;
	snprintf(value->text, sizeof(value->text), "%s", text);
	switch (arg->type) {
	case ARG_NUMBER:
		fine = number_parse(arg, text, value);
		break;
	case ARG_LIST:
		fine = list_parse(arg, text, value);
		break;
	case ARG_WORD:
		fine = word_parse(arg, text, value);
		break;
	case ARG_TEXT:
		fine = strlen(text) <= text_max(arg);
		break;
	case ARG_FLAG:
		break;
	}
	if (fine)
		return 0;
	arg_describe(arg, accepted, sizeof(accepted));
	return wrong(line, "%s: %s '%.64s': accepted: %s", line->command->words, arg->name, text,
		     accepted);
}

bool
arg_is_keyed(const struct arg *arg)
{
	return arg->place == ARG_KEYED || arg->place == ARG_KEYED_REQUIRED;
}

static const struct arg *
key_find(const struct command *command, const char *name)
{
	const struct arg *arg;

	for (arg = command->args; arg != NULL && arg->name != NULL; arg++) {
		if (arg_is_keyed(arg) && strcmp(arg->name, name) == 0)
			return arg;
	}
	return NULL;
}

static int
wrong_key(struct command_line *line, const char *name)
{
	char names[COMMAND_ERROR_BYTES / 2] = "";
	const struct arg *arg;
	size_t used = 0;

	for (arg = line->command->args; arg != NULL && arg->name != NULL; arg++) {
		if (arg_is_keyed(arg) && used < sizeof(names))
			used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
						 used == 0 ? "" : ", ", arg->name);
	}
	if (used == 0)
		return wrong(line, "%s: '%.64s' is one word too many", line->command->words, name);
	return wrong(line, "%s: '%.64s': accepted: %s", line->command->words, name, names);
}

/* The keyed arguments, from a word of the line on. */
static int
keyed_parse(struct command_line *line, const struct words *words, uint32_t w)
{
	const struct arg *arg;
	int ret;

	for (; w < words->count; w++) {
		if (line->command->reports && strcmp(words->word[w], COMMAND_JSON_FLAG) == 0) {
			line->json = true;
			continue;
		}
		arg = key_find(line->command, words->word[w]);
		if (arg == NULL)
			return wrong_key(line, words->word[w]);
		if (arg->type != ARG_FLAG && ++w == words->count)
			return wrong(line, "%s: %s lacks its value", line->command->words,
				     arg->name);
		ret = value_parse(line, arg, words->word[w]);
		if (ret < 0)
			return ret;
	}
	return 0;
}

static int
required_check(struct command_line *line)
{
	char accepted[COMMAND_ERROR_BYTES / 2];
	const struct arg *arg;

	for (arg = line->command->args; arg != NULL && arg->name != NULL; arg++) {
		if ((arg->place == ARG_PLACED || arg->place == ARG_KEYED_REQUIRED) &&
		    !line->values[arg - line->command->args].given) {
			arg_describe(arg, accepted, sizeof(accepted));
			return wrong(line, "%s: %s is missing: accepted: %s", line->command->words,
				     arg->name, accepted);
		}
	}
	return 0;
}

/* Whether a word stands for a placed argument: one that need not be there gives way to a key. */
static bool
is_placed(const struct command_line *line, const struct arg *arg, const char *word)
{
	if (arg == NULL || arg->name == NULL || arg_is_keyed(arg))
		return false;
	return arg->place == ARG_PLACED ||
	       (strcmp(word, COMMAND_JSON_FLAG) != 0 && key_find(line->command, word) == NULL);
}

static int
args_parse(struct command_line *line, const struct words *words, uint32_t w)
{
	const struct arg *arg = line->command->args;
	int ret = 0;

	while (ret == 0 && w < words->count && is_placed(line, arg, words->word[w]))
		ret = value_parse(line, arg++, words->word[w++]);
	if (ret == 0)
		ret = keyed_parse(line, words, w);
	return ret == 0 ? required_check(line) : ret;
}

/* What may stand at the word of the line that no command has. */
static int
wrong_command(struct command_line *line, const struct words *words)
{
	char names[COMMAND_ERROR_BYTES / 2] = "", word[COMMAND_TEXT_MAX], begin[64];
	size_t used = 0, typed;
	uint32_t i;

	snprintf(begin, sizeof(begin), "%.40s ", words->word[0]);
	for (i = 0; command_complete(begin, i, word, sizeof(word), &typed); i++) {
		if (used < sizeof(names))
			used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
						 i == 0 ? "" : ", ", word);
	}
	if (used == 0)
		return wrong(line, "'%.40s' is no command: 'help' lists them", words->word[0]);
	return wrong(line, "%s: '%.40s': accepted: %s", words->word[0],
		     words->count > 1 ? words->word[1] : "", names);
}

int
command_parse(const char *text, struct command_line *line)
{
	struct words words;
	uint32_t length;

	memset(line, 0, sizeof(*line));
	switch (words_split(text, &words)) {
	case WORDS_FINE:
		break;
	case WORDS_TOO_LONG:
		return wrong(line, "the line is too long: accepted are %d bytes and %d words",
			     WORDS_BYTES - 1, WORDS_MAX);
	case WORDS_OPEN_QUOTE:
		return wrong(line, "a double quote is not closed");
	}
	if (words.count == 0)
		return 0;
	line->command = command_find(&words, &length);
	if (line->command == NULL)
		return wrong_command(line, &words);
	return args_parse(line, &words, length) < 0 ? -EINVAL : 1;
}

const struct arg_value *
command_value(const struct command_line *line, const char *name)
{
	const struct arg *arg;

	for (arg = line->command->args; arg->name != NULL; arg++) {
		if (strcmp(arg->name, name) == 0)
			return &line->values[arg - line->command->args];
	}
	assert(!"the command has such an argument");
	return NULL;
}

bool
command_given(const struct command_line *line, const char *name)
{
	return command_value(line, name)->given;
}

uint64_t
command_number(const struct command_line *line, const char *name, uint64_t otherwise)
{
	const struct arg_value *value = command_value(line, name);

	return value->given ? value->number : otherwise;
}

const char *
command_text(const struct command_line *line, const char *name)
{
	const struct arg_value *value = command_value(line, name);

	return value->given ? value->text : NULL;
}
