/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Commands as data. Each family has one table: the parser, the help, tab completion and the completion
 * files of shells are all read from it.
 *
 * A command line is the command's words, then its placed arguments in order, then keyed arguments
 * (name and value, or a name alone for a flag) in any order. Words are separated by blanks, may be
 * put in double quotes, and end where one begins with '#'.
 */
#ifndef TESTDLB_COMMAND_H
#define TESTDLB_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct session;
struct command_line;

#define COMMAND_JSON_FLAG "--json"
#define COMMAND_ARGS_MAX 20
#define COMMAND_TEXT_MAX 512
#define COMMAND_LIST_MAX 32
#define COMMAND_ERROR_BYTES 768

enum arg_type {
	ARG_NUMBER, /* min to max, decimal or 0x...; may end with k or m for thousands and millions */
	ARG_WORD,   /* one of a few; its value is its index */
	ARG_LIST,   /* numbers, each min to max, separated by commas */
	ARG_TEXT,
	ARG_FLAG, /* keyed only: there or not */
};

enum arg_place {
	ARG_PLACED, /* behind the words, and required */
	ARG_PLACED_OR_NOT,
	ARG_KEYED, /* anywhere behind those */
	ARG_KEYED_REQUIRED,
};

struct arg {
	const char *name;
	const char *help;
	enum arg_type type;
	enum arg_place place;
	uint64_t min, max;        /* of a number; of a text, max alone: bytes, 0 for all that fit */
	const char *const *words; /* ends with NULL */
};

struct command {
	const char *words; /* "show queue" */
	const char *help;
	const struct arg *args; /* ends with a name of NULL; NULL: takes none */
	bool reports;           /* prints a report, and takes --json */
	/* 0, or a negative errno after one line of text for the user. */
	int (*run)(struct session *s, const struct command_line *line);
};

struct command_family {
	const char *topic;
	const char *help;
	const struct command *commands; /* ends with words of NULL */
};

/* All families, ends with NULL. */
extern const struct command_family *const command_families[];

struct arg_value {
	bool given;
	uint64_t number;
	uint64_t list[COMMAND_LIST_MAX];
	uint32_t count; /* of the list */
	char text[COMMAND_TEXT_MAX];
};

struct command_line {
	const struct command *command;
	struct arg_value values[COMMAND_ARGS_MAX]; /* by index among the command's arguments */
	bool json;
	char error[COMMAND_ERROR_BYTES];
};

/**
 * Read one line.
 *
 * @return
 *   1; 0 for a line without a command; or -EINVAL, and line->error says what is wrong, and what would
 *   be accepted.
 */
int command_parse(const char *text, struct command_line *line);

/* The value of an argument by its name, which the command must have. */
const struct arg_value *command_value(const struct command_line *line, const char *name);
bool command_given(const struct command_line *line, const char *name);
uint64_t command_number(const struct command_line *line, const char *name, uint64_t otherwise);
/** @return the text as given, or NULL. */
const char *command_text(const struct command_line *line, const char *name);

/**
 * What can stand where a line ends: complete.c.
 *
 * @param index
 *   0, 1, 2, ... in turn.
 * @param[out] word
 *   The whole word; its first *typed bytes are in the line already.
 * @return
 *   false behind the last one.
 */
bool command_complete(const char *text, uint32_t index, char *word, size_t size, size_t *typed);

/** The command with the most words that the line begins with, and how many those are; or NULL. */
struct words;
const struct command *command_find(const struct words *words, uint32_t *length);

bool arg_is_keyed(const struct arg *arg);
/* What an argument accepts. */
void arg_describe(const struct arg *arg, char *text, size_t size);

#endif /* TESTDLB_COMMAND_H */
