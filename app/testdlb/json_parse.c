/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading JSON: what a telemetry socket answers. Nesting is limited, since a peer is not trusted. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define DEPTH_MAX 32

static struct json *value_parse(const char **at, uint32_t depth);

static void
blanks_skip(const char **at)
{
	while (isspace((unsigned char)**at))
		(*at)++;
}

static bool
literal_take(const char **at, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*at, word, length) != 0)
		return false;
	*at += length;
	return true;
}

/* One character behind a backslash; what is no ASCII becomes a question mark. */
static bool
escape_take(const char **at, char *c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *known;
	char digits[5] = "";
	char *end;
	long code;

	if (**at == '\0')
		return false;
	known = strchr(from, **at);
	if (known != NULL) {
		*c = to[known - from];
		(*at)++;
		return true;
	}
	if (**at != 'u')
		return false;
	strncpy(digits, *at + 1, 4);
	code = strtol(digits, &end, 16);
	if (end != digits + 4)
		return false;
	*c = code > 0 && code < 0x80 ? (char)code : '?';
	*at += 5;
	return true;
}

/* A string without its first quote. Returns memory of the caller's, or NULL. */
static char *
text_parse(const char **at)
{
	char *text = malloc(strlen(*at) + 1);
	size_t length = 0;

	if (text == NULL)
		return NULL;
	while (**at != '"') {
		if (**at == '\0')
			goto bad;
		if (**at != '\\') {
			text[length++] = *(*at)++;
			continue;
		}
		(*at)++;
		if (!escape_take(at, &text[length++]))
			goto bad;
	}
	(*at)++;
	text[length] = '\0';
	return text;

bad:
	free(text);
	return NULL;
}

static struct json *
string_parse(const char **at)
{
	char *text = text_parse(at);
	struct json *value;

	if (text == NULL)
		return NULL;
	value = json_string(text);
	free(text);
	return value;
}

static struct json *
number_parse(const char **at)
{
	char *end, *real_end;
	struct json *value;
	uint64_t number;
	double real;

	errno = 0;
	number = strtoull(*at, &end, 10);
	real = strtod(*at, &real_end);
	if (real_end == *at)
		return NULL;
	value = json_number(number);
	if (real_end != end || **at == '-' || errno != 0) {
		value->type = JSON_REAL;
		value->real = real;
	}
	*at = real_end;
	return value;
}

static bool
member_parse(const char **at, struct json *parent, uint32_t depth)
{
	struct json *value;
	char *name = NULL;

	blanks_skip(at);
	if (parent->type == JSON_OBJECT) {
		if (!literal_take(at, "\"") || (name = text_parse(at)) == NULL)
			return false;
		blanks_skip(at);
		if (!literal_take(at, ":")) {
			free(name);
			return false;
		}
	}
	value = value_parse(at, depth + 1);
	if (value != NULL) {
		value->name = name;
		json_append(parent, value);
		return true;
	}
	free(name);
	return false;
}

static struct json *
members_parse(const char **at, struct json *value, uint32_t depth)
{
	const char *close = value->type == JSON_OBJECT ? "}" : "]";

	blanks_skip(at);
	if (literal_take(at, close))
		return value;
	do {
		if (depth == DEPTH_MAX || !member_parse(at, value, depth))
			goto bad;
		blanks_skip(at);
	} while (literal_take(at, ","));
	if (literal_take(at, close))
		return value;
bad:
	json_destroy(value);
	return NULL;
}

static struct json *
bool_create(bool truth)
{
	struct json *value = json_number(0);

	value->type = JSON_BOOL;
	value->truth = truth;
	return value;
}

static struct json *
null_create(void)
{
	struct json *value = json_number(0);

	value->type = JSON_NULL;
	return value;
}

static struct json *
value_parse(const char **at, uint32_t depth)
{
	blanks_skip(at);
	if (literal_take(at, "{"))
		return members_parse(at, json_object(), depth);
	if (literal_take(at, "["))
		return members_parse(at, json_array(), depth);
	if (literal_take(at, "\""))
		return string_parse(at);
	if (literal_take(at, "true"))
		return bool_create(true);
	if (literal_take(at, "false"))
		return bool_create(false);
	if (literal_take(at, "null"))
		return null_create();
	return number_parse(at);
}

struct json *
json_parse(const char *text)
{
	struct json *value = value_parse(&text, 0);

	blanks_skip(&text);
	if (value != NULL && *text != '\0') {
		json_destroy(value);
		return NULL;
	}
	return value;
}
