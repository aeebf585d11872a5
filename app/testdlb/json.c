/* SPDX-License-Identifier: BSD-3-Clause */
/* Building, asking and writing JSON values. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define INDENT 2

static void *
memory_or_end(void *memory)
{
	if (memory == NULL) {
		fputs("dpdk-testdlb: out of memory\n", stderr);
		abort();
	}
	return memory;
}

static struct json *
json_create(enum json_type type)
{
	struct json *value = memory_or_end(calloc(1, sizeof(*value)));

	value->type = type;
	return value;
}

struct json *
json_object(void)
{
	return json_create(JSON_OBJECT);
}

struct json *
json_array(void)
{
	return json_create(JSON_ARRAY);
}

struct json *
json_string(const char *text)
{
	struct json *value = json_create(JSON_STRING);

	value->text = memory_or_end(strdup(text));
	return value;
}

struct json *
json_number(uint64_t number)
{
	struct json *value = json_create(JSON_NUMBER);

	value->number = number;
	return value;
}

static bool
has_members(const struct json *value)
{
	return value != NULL && (value->type == JSON_ARRAY || value->type == JSON_OBJECT);
}

void
json_destroy(struct json *value)
{
	struct json *member, *next;

	if (value == NULL)
		return;
	if (has_members(value)) {
		for (member = value->first; member != NULL; member = next) {
			next = member->next;
			json_destroy(member);
		}
	} else if (value->type == JSON_STRING) {
		free(value->text);
	}
	free(value->name);
	free(value);
}

struct json *
json_append(struct json *array, struct json *value)
{
	if (array->last == NULL)
		array->first = value;
	else
		array->last->next = value;
	array->last = value;
	return value;
}

struct json *
json_add(struct json *object, const char *name, struct json *value)
{
	value->name = memory_or_end(strdup(name));
	return json_append(object, value);
}

void
json_add_number(struct json *object, const char *name, uint64_t number)
{
	json_add(object, name, json_number(number));
}

void
json_add_real(struct json *object, const char *name, double real)
{
	json_add(object, name, json_create(JSON_REAL))->real = real;
}

void
json_add_bool(struct json *object, const char *name, bool truth)
{
	json_add(object, name, json_create(JSON_BOOL))->truth = truth;
}

void
json_add_text(struct json *object, const char *name, const char *format, ...)
{
	struct json *value = json_create(JSON_STRING);
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&value->text, format, ap) < 0)
		value->text = memory_or_end(NULL);
	va_end(ap);
	json_add(object, name, value);
}

const struct json *
json_get(const struct json *object, const char *name)
{
	const struct json *member;

	if (object == NULL || object->type != JSON_OBJECT)
		return NULL;
	for (member = object->first; member != NULL; member = member->next) {
		if (strcmp(member->name, name) == 0)
			return member;
	}
	return NULL;
}

uint64_t
json_get_number(const struct json *object, const char *name)
{
	const struct json *value = json_get(object, name);

	if (value == NULL)
		return 0;
	if (value->type == JSON_REAL)
		return value->real > 0 ? (uint64_t)value->real : 0;
	return value->type == JSON_NUMBER ? value->number : 0;
}

const char *
json_get_text(const struct json *object, const char *name)
{
	const struct json *value = json_get(object, name);

	return value != NULL && value->type == JSON_STRING ? value->text : "";
}

size_t
json_count(const struct json *value)
{
	const struct json *member;
	size_t count = 0;

	if (!has_members(value))
		return 0;
	for (member = value->first; member != NULL; member = member->next)
		count++;
	return count;
}

static void
text_write(const char *text, FILE *file)
{
	const unsigned char *c;

	fputc('"', file);
	for (c = (const unsigned char *)text; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			fprintf(file, "\\%c", *c);
		else if (*c < ' ')
			fprintf(file, "\\u%04x", *c);
		else
			fputc(*c, file);
	}
	fputc('"', file);
}

static void value_write(const struct json *value, uint32_t depth, FILE *file);

/* Objects have a line for each member; arrays of them too. */
static void
members_write(const struct json *value, uint32_t depth, FILE *file)
{
	const char *brackets = value->type == JSON_OBJECT ? "{}" : "[]";
	const struct json *member;

	fputc(brackets[0], file);
	for (member = value->first; member != NULL; member = member->next) {
		fprintf(file, "\n%*s", (int)(INDENT * (depth + 1)), "");
		if (member->name != NULL) {
			text_write(member->name, file);
			fputs(": ", file);
		}
		value_write(member, depth + 1, file);
		if (member->next != NULL)
			fputc(',', file);
	}
	if (value->first != NULL)
		fprintf(file, "\n%*s", (int)(INDENT * depth), "");
	fputc(brackets[1], file);
}

static void
value_write(const struct json *value, uint32_t depth, FILE *file)
{
	switch (value->type) {
	case JSON_NULL:
		fputs("null", file);
		break;
	case JSON_BOOL:
		fputs(value->truth ? "true" : "false", file);
		break;
	case JSON_NUMBER:
		fprintf(file, "%" PRIu64, value->number);
		break;
	case JSON_REAL:
		fprintf(file, "%.3f", value->real);
		break;
	case JSON_STRING:
		text_write(value->text, file);
		break;
	default:
		members_write(value, depth, file);
	}
}

void
json_write(const struct json *value, FILE *file)
{
	value_write(value, 0, file);
	fputc('\n', file);
}
