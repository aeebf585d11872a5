/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Capabilities of the version exchange: as much of JSON as it takes to read any, and to find a few
 * members in it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "capabilities.h"
#include "dma.h"
#include "vfio_user.h"

#define DEPTH_MAX 16 /* nobody nests deeper, and the stack has an end */

/* QEMU calls a larger number malformed, though a message may have more here. */
#define ANNOUNCED_FDS 16

/* What is left of the text. Past the end there is NUL, which no JSON has outside of strings. */
struct cursor {
	const char *at, *end;
};

enum value_type { VALUE_OTHER, VALUE_UNSIGNED, VALUE_BOOL };

/* A value, as far as it is of a type that some capability has. */
struct value {
	enum value_type type;
	uint64_t number;
};

static char
peek(const struct cursor *c)
{
	return c->at < c->end ? *c->at : '\0';
}

static void
skip_blanks(struct cursor *c)
{
	while (c->at < c->end && memchr(" \t\r\n", *c->at, 4) != NULL)
		c->at++;
}

static bool
take_char(struct cursor *c, char wanted)
{
	skip_blanks(c);
	if (peek(c) != wanted)
		return false;
	c->at++;
	return true;
}

static bool
take_word(struct cursor *c, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(c->end - c->at) < length || memcmp(c->at, word, length) != 0)
		return false;
	c->at += length;
	return true;
}

/* The characters of a string, escapes left as they are: no name that matters has any. */
static bool
take_string(struct cursor *c, struct cursor *text)
{
	if (!take_char(c, '"'))
		return false;
	text->at = c->at;
	for (; c->at < c->end && *c->at != '"'; c->at++) {
		if ((unsigned char)*c->at < ' ')
			return false;
		if (*c->at == '\\' && ++c->at == c->end)
			return false;
	}
	text->end = c->at;
	return take_char(c, '"');
}

static bool
take_digits(struct cursor *c, uint64_t *number)
{
	const char *start = c->at;

	*number = 0;
	for (; peek(c) >= '0' && peek(c) <= '9'; c->at++)
		if (__builtin_mul_overflow(*number, 10, number) ||
		    __builtin_add_overflow(*number, (uint64_t)(*c->at - '0'), number))
			*number = UINT64_MAX;
	return c->at > start;
}

static bool
take_number(struct cursor *c, struct value *value)
{
	uint64_t ignored;

	value->type = VALUE_UNSIGNED;
	if (peek(c) == '-') {
		c->at++;
		value->type = VALUE_OTHER;
	}
	if (!take_digits(c, &value->number))
		return false;
	if (peek(c) == '.') {
		c->at++;
		value->type = VALUE_OTHER;
		if (!take_digits(c, &ignored))
			return false;
	}
	if (peek(c) == 'e' || peek(c) == 'E') {
		c->at++;
		value->type = VALUE_OTHER;
		if (peek(c) == '+' || peek(c) == '-')
			c->at++;
		if (!take_digits(c, &ignored))
			return false;
	}
	return true;
}

/* Where members go: capabilities are members of the member "capabilities" of the whole. */
enum level { LEVEL_TOP, LEVEL_CAPABILITIES, LEVEL_ELSEWHERE };

static bool take_value(struct cursor *c, enum level level, struct capabilities *caps,
		       struct value *value, uint32_t depth);

static bool
name_is(const struct cursor *name, const char *wanted)
{
	size_t length = (size_t)(name->end - name->at);

	return length == strlen(wanted) && memcmp(name->at, wanted, length) == 0;
}

static bool
capability_set(struct capabilities *caps, const struct cursor *name, const struct value *value)
{
	if (name_is(name, "max_data_xfer_size")) {
		caps->max_data_xfer_size = value->number;
		return value->type == VALUE_UNSIGNED;
	}
	if (name_is(name, "write_multiple")) {
		caps->write_multiple = value->number != 0;
		return value->type == VALUE_BOOL;
	}
	return true;
}

static bool
take_member(struct cursor *c, enum level level, struct capabilities *caps, uint32_t depth)
{
	enum level inner = LEVEL_ELSEWHERE;
	struct cursor name;
	struct value value;

	if (!take_string(c, &name) || !take_char(c, ':'))
		return false;
	if (level == LEVEL_TOP && name_is(&name, "capabilities"))
		inner = LEVEL_CAPABILITIES;
	if (!take_value(c, inner, caps, &value, depth))
		return false;
	return level != LEVEL_CAPABILITIES || capability_set(caps, &name, &value);
}

/* What is between brackets: members of an object, or values of an array. */
static bool
take_list(struct cursor *c, char close, enum level level, struct capabilities *caps, uint32_t depth)
{
	struct value ignored;

	if (take_char(c, close))
		return true;
	do {
		if (!(close == '}' ? take_member(c, level, caps, depth)
				   : take_value(c, LEVEL_ELSEWHERE, caps, &ignored, depth)))
			return false;
	} while (take_char(c, ','));
	return take_char(c, close);
}

static bool
take_value(struct cursor *c, enum level level, struct capabilities *caps, struct value *value,
	   uint32_t depth)
{
	struct cursor ignored;

	*value = (struct value){ VALUE_OTHER, 0 };
	if (depth == DEPTH_MAX)
		return false;
	skip_blanks(c);
	switch (peek(c)) {
	case '{':
		c->at++;
		return take_list(c, '}', level, caps, depth + 1);
	case '[':
		c->at++;
		return take_list(c, ']', LEVEL_ELSEWHERE, caps, depth + 1);
	case '"':
		return take_string(c, &ignored);
	case 't':
		*value = (struct value){ VALUE_BOOL, true };
		return take_word(c, "true");
	case 'f':
		*value = (struct value){ VALUE_BOOL, false };
		return take_word(c, "false");
	case 'n':
		return take_word(c, "null");
	default:
		return take_number(c, value);
	}
}

int
capabilities_parse(const char *text, size_t size_bytes, struct capabilities *caps)
{
	struct cursor c = { text, text + strnlen(text, size_bytes) };
	struct value value;

	*caps = (struct capabilities){ .max_data_xfer_size = 1024 * 1024 };
	skip_blanks(&c);
	if (c.at == c.end)
		return 0;
	if (peek(&c) != '{' || !take_value(&c, LEVEL_TOP, caps, &value, 0))
		return -EINVAL;
	skip_blanks(&c);
	return c.at == c.end ? 0 : -EINVAL;
}

size_t
capabilities_print(char *text, size_t size_bytes, bool write_multiple)
{
	int length = snprintf(text, size_bytes,
			      "{\"capabilities\":{\"max_msg_fds\":%d,\"max_data_xfer_size\":%d,"
			      "\"max_dma_maps\":%d,\"pgsizes\":4096,\"write_multiple\":%s}}",
			      ANNOUNCED_FDS, VFU_ACCESS_MAX, DMA_MAPS_MAX,
			      write_multiple ? "true" : "false");

	return (size_t)length + 1;
}
