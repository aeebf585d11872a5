/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * JSON values: what every `show` builds before it is printed, as JSON or as a table, and what comes
 * back from a telemetry socket. Running out of memory ends the program.
 */
#ifndef TESTDLB_JSON_H
#define TESTDLB_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum json_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_REAL,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json {
	enum json_type type;
	char *name; /* as a member of an object */
	union {
		bool truth;
		uint64_t number;
		double real;
		char *text;
		struct json *first; /* of an array or object */
	};
	struct json *last;
	struct json *next;
};

struct json *json_object(void);
struct json *json_array(void);
struct json *json_string(const char *text);
struct json *json_number(uint64_t number);
void json_destroy(struct json *value);

/* Put a value at the end of an object or array, which owns it from then on. Returns the value. */
struct json *json_add(struct json *object, const char *name, struct json *value);
struct json *json_append(struct json *array, struct json *value);

void json_add_number(struct json *object, const char *name, uint64_t number);
void json_add_real(struct json *object, const char *name, double real);
void json_add_bool(struct json *object, const char *name, bool truth);
void json_add_text(struct json *object, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** @return the member, or NULL: there is none, or this is no object. */
const struct json *json_get(const struct json *object, const char *name);
/** @return a member's number, whatever kind of number it is; 0 if there is none. */
uint64_t json_get_number(const struct json *object, const char *name);
/** @return a member's text, or "". */
const char *json_get_text(const struct json *object, const char *name);
/** @return how many values an array or object holds. */
size_t json_count(const struct json *value);

void json_write(const struct json *value, FILE *file);

/** @return the value that a whole text is, or NULL when it is none. */
struct json *json_parse(const char *text);

#endif /* TESTDLB_JSON_H */
