/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <string.h>

#include "report.h"

#define CELL_BYTES 256
#define COLUMNS_MAX 24
#define INDENT 2
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

struct page {
	FILE *file;
	bool colour;
};

static void
heading_print(const struct page *page, uint32_t depth, const char *name)
{
	fprintf(page->file, "%*s%s%s%s\n", (int)(INDENT * depth), "", page->colour ? BOLD : "",
		name, page->colour ? PLAIN : "");
}

static bool
has_objects(const struct json *value)
{
	return value->type == JSON_ARRAY && value->first != NULL &&
	       value->first->type == JSON_OBJECT;
}

/* Objects that have arrays themselves are no rows. */
static bool
is_table(const struct json *value)
{
	const struct json *cell;

	if (!has_objects(value))
		return false;
	for (cell = value->first->first; cell != NULL; cell = cell->next) {
		if (cell->type == JSON_ARRAY)
			return false;
	}
	return true;
}

static void cell_text(const struct json *value, char *text, size_t size);

/* The members of an array, or of an object with their names, on one line. */
static void
cell_members(const struct json *value, char *text, size_t size)
{
	const struct json *member;
	char cell[CELL_BYTES];
	size_t used = 0;

	snprintf(text, size, "%s", value->first == NULL ? "-" : "");
	for (member = value->first; member != NULL && used < size; member = member->next) {
		cell_text(member, cell, sizeof(cell));
		used += (size_t)snprintf(text + used, size - used, "%s%s%s%s", used == 0 ? "" : " ",
					 member->name == NULL ? "" : member->name,
					 member->name == NULL ? "" : "=", cell);
	}
}

static void
cell_text(const struct json *value, char *text, size_t size)
{
	switch (value->type) {
	case JSON_BOOL:
		snprintf(text, size, "%s", value->truth ? "yes" : "no");
		break;
	case JSON_NUMBER:
		snprintf(text, size, "%" PRIu64, value->number);
		break;
	case JSON_REAL:
		snprintf(text, size, "%.2f", value->real);
		break;
	case JSON_STRING:
		snprintf(text, size, "%s", value->text[0] == '\0' ? "-" : value->text);
		break;
	case JSON_NULL:
		snprintf(text, size, "-");
		break;
	default:
		cell_members(value, text, size);
	}
}

/* Bytes of the widest cell of a column. */
static int
column_width(const struct json *rows, const char *name)
{
	size_t width = strlen(name);
	const struct json *row, *cell;
	char text[CELL_BYTES];

	for (row = rows->first; row != NULL; row = row->next) {
		cell = json_get(row, name);
		if (cell == NULL)
			continue;
		cell_text(cell, text, sizeof(text));
		if (strlen(text) > width)
			width = strlen(text);
	}
	return (int)width;
}

static bool
is_number(const struct json *value)
{
	return value->type == JSON_NUMBER || value->type == JSON_REAL;
}

/* The first row names the columns. */
static void
table_print(const struct page *page, uint32_t depth, const struct json *rows)
{
	const struct json *columns[COLUMNS_MAX];
	int width[COLUMNS_MAX];
	const struct json *row, *cell;
	char text[CELL_BYTES];
	uint32_t count = 0, c;

	for (cell = rows->first->first; cell != NULL && count < COLUMNS_MAX; cell = cell->next) {
		width[count] = column_width(rows, cell->name);
		columns[count++] = cell;
	}
	fprintf(page->file, "%*s%s", (int)(INDENT * depth), "", page->colour ? BOLD : "");
	for (c = 0; c < count; c++)
		fprintf(page->file, "%*s%s", is_number(columns[c]) ? width[c] : -width[c],
			columns[c]->name, c + 1 == count ? "" : "  ");
	fprintf(page->file, "%s\n", page->colour ? PLAIN : "");
	for (row = rows->first; row != NULL; row = row->next) {
		fprintf(page->file, "%*s", (int)(INDENT * depth), "");
		for (c = 0; c < count; c++) {
			cell = json_get(row, columns[c]->name);
			snprintf(text, sizeof(text), "-");
			if (cell != NULL)
				cell_text(cell, text, sizeof(text));
			fprintf(page->file, "%*s%s", is_number(columns[c]) ? width[c] : -width[c],
				text, c + 1 == count ? "" : "  ");
		}
		fputc('\n', page->file);
	}
}

static void
member_print(const struct page *page, uint32_t depth, const struct json *value)
{
	const struct json *member, *row;
	char text[CELL_BYTES];

	if (is_table(value)) {
		heading_print(page, depth, value->name);
		table_print(page, depth + 1, value);
	} else if (value->type == JSON_OBJECT) {
		heading_print(page, depth, value->name);
		for (member = value->first; member != NULL; member = member->next)
			member_print(page, depth + 1, member);
	} else if (has_objects(value)) {
		for (row = value->first; row != NULL; row = row->next) {
			heading_print(page, depth, value->name);
			for (member = row->first; member != NULL; member = member->next)
				member_print(page, depth + 1, member);
		}
	} else {
		cell_text(value, text, sizeof(text));
		fprintf(page->file, "%*s%-*s  %s\n", (int)(INDENT * depth), "",
			(int)(22 - INDENT * depth), value->name, text);
	}
}

void
report_print(const struct json *object, bool colour, FILE *file)
{
	const struct page page = { file, colour };
	const struct json *member;

	for (member = object->first; member != NULL; member = member->next)
		member_print(&page, 0, member);
}
