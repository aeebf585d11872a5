/* SPDX-License-Identifier: BSD-3-Clause */
/* What can stand where a line ends, from the tables of commands. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "words.h"

#define CHOICES_MAX 128

struct choices {
	char word[CHOICES_MAX][64];
	uint32_t count;
};

static void
choice_add(struct choices *choices, const char *word, size_t length, const char *typed)
{
	char *to;
	uint32_t i;

	if (strncmp(word, typed, strlen(typed)) != 0 || length < strlen(typed) ||
	    choices->count == CHOICES_MAX || length >= sizeof(choices->word[0]))
		return;
	to = choices->word[choices->count];
	memcpy(to, word, length);
	to[length] = '\0';
	for (i = 0; i < choices->count; i++) {
		if (strcmp(choices->word[i], to) == 0)
			return;
	}
	choices->count++;
}

/* The next word of every command that begins with all of the words. */
static void
command_words_add(struct choices *choices, const struct words *words, const char *typed)
{
	const struct command *command;
	const char *at;
	uint32_t f, w;

	for (f = 0; command_families[f] != NULL; f++) {
		for (command = command_families[f]->commands; command->words != NULL; command++) {
			at = command->words;
			for (w = 0; w < words->count && at != NULL; w++) {
				size_t length = strcspn(at, " ");

				if (strlen(words->word[w]) != length ||
				    strncmp(words->word[w], at, length) != 0 || at[length] == '\0')
					at = NULL;
				else
					at += length + 1;
			}
			if (at != NULL)
				choice_add(choices, at, strcspn(at, " "), typed);
		}
	}
}

static void
values_add(struct choices *choices, const struct arg *arg, const char *typed)
{
	uint32_t i;

	if (arg->type != ARG_WORD)
		return;
	for (i = 0; arg->words[i] != NULL; i++)
		choice_add(choices, arg->words[i], strlen(arg->words[i]), typed);
}

static bool
is_used(const char *name, const struct words *words, uint32_t from)
{
	for (; from < words->count; from++) {
		if (strcmp(words->word[from], name) == 0)
			return true;
	}
	return false;
}

static void
keys_add(struct choices *choices, const struct command *command, const struct words *words,
	 uint32_t from, const char *typed)
{
	const struct arg *arg;

	for (arg = command->args; arg != NULL && arg->name != NULL; arg++) {
		if (arg_is_keyed(arg) && !is_used(arg->name, words, from))
			choice_add(choices, arg->name, strlen(arg->name), typed);
	}
	if (command->reports)
		choice_add(choices, COMMAND_JSON_FLAG, strlen(COMMAND_JSON_FLAG), typed);
}

/* The argument whose value comes next, or NULL when a key does. */
static const struct arg *
value_expected(const struct command *command, const struct words *words, uint32_t w)
{
	const struct arg *arg = command->args;
	const struct arg *key;

	for (; arg != NULL && arg->name != NULL && !arg_is_keyed(arg) && w < words->count; arg++)
		w++;
	if (arg != NULL && arg->name != NULL && !arg_is_keyed(arg))
		return arg;
	while (w < words->count) {
		for (key = arg; key != NULL && key->name != NULL; key++) {
			if (strcmp(key->name, words->word[w]) == 0)
				break;
		}
		w++;
		if (key != NULL && key->name != NULL && key->type != ARG_FLAG &&
		    w++ == words->count)
			return key;
	}
	return NULL;
}

static void
args_add(struct choices *choices, const struct words *words, const char *typed)
{
	const struct command *command;
	const struct arg *arg;
	uint32_t length;

	command = command_find(words, &length);
	if (command == NULL)
		return;
	arg = value_expected(command, words, length);
	if (arg != NULL)
		values_add(choices, arg, typed);
	if (arg == NULL || arg->place == ARG_PLACED_OR_NOT)
		keys_add(choices, command, words, length, typed);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

bool
command_complete(const char *text, uint32_t index, char *word, size_t size, size_t *typed)
{
	struct choices choices = { .count = 0 };
	const char *begin = text + strlen(text);
	char before[WORDS_BYTES];
	struct words words;

	while (begin > text && !isspace((unsigned char)begin[-1]))
		begin--;
	if ((size_t)(begin - text) >= sizeof(before))
		return false;
	memcpy(before, text, (size_t)(begin - text));
	before[begin - text] = '\0';
	if (words_split(before, &words) != WORDS_FINE)
		return false;
	command_words_add(&choices, &words, begin);
	if (words.count > 0)
		args_add(&choices, &words, begin);
	if (index >= choices.count)
		return false;
	qsort(choices.word, choices.count, sizeof(choices.word[0]), by_name);
	snprintf(word, size, "%s", choices.word[index]);
	*typed = strlen(begin);
	return true;
}
