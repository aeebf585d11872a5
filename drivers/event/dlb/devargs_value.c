/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "devargs_value.h"

#define KEY_BYTES_MAX 32 /* of a key that is worth comparing */
#define DECIMAL 10

bool
dlb_value_word(const char *text, const char *const words[], long *value)
{
	long i;

	for (i = 0; words[i] != NULL; i++) {
		if (strcmp(text, words[i]) == 0) {
			*value = i;
			return true;
		}
	}
	return false;
}

/* A number at the head of a text: digits and nothing else. Returns what follows, or NULL. */
static const char *
digits_read(const char *text, long *value)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return NULL;
	*value = strtol(text, &end, DECIMAL);
	return end;
}

bool
dlb_value_number(const char *text, long minimum, long maximum, long *value)
{
	long number;
	const char *end = digits_read(text, &number);

	if (end == NULL || *end != '\0' || number < minimum || number > maximum)
		return false;
	*value = number;
	return true;
}

bool
dlb_value_mask(const char *text)
{
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	return text[0] != '\0' && text[strspn(text, "0123456789abcdefABCDEF")] == '\0';
}

bool
dlb_value_name(const char *text, char *name, size_t size)
{
	if (text[0] == '\0' || strlen(text) >= size)
		return false;
	strcpy(name, text);
	return true;
}

bool
dlb_value_shares(const char *text, uint8_t shares[], uint32_t count)
{
	long share, total = 0;
	uint32_t i;

	for (i = 0; i < count; i++) {
		text = digits_read(text, &share);
		if (text == NULL || share > 100 || *text != (i + 1 < count ? ':' : '\0'))
			return false;
		text++;
		shares[i] = (uint8_t)share;
		total += share;
	}
	return total > 0 && total <= 100;
}

static const char *
item_read(const char *text, long *item)
{
	return digits_read(text + (*text == 'P' || *text == 'p'), item);
}

bool
dlb_value_ranges(const char *text, long minimum, long maximum, uint16_t values[], uint32_t count,
		 uint16_t base)
{
	long first = 0, last = count - 1, value;

	if (strncmp(text, "all", strlen("all")) == 0) {
		text += strlen("all");
	} else {
		text = item_read(text, &first);
		last = first;
		if (text != NULL && *text == '-')
			text = item_read(text + 1, &last);
	}
	if (text == NULL || *text != ':' || first > last || last >= (long)count ||
	    !dlb_value_number(text + 1, minimum, maximum, &value))
		return false;
	for (; first <= last; first++)
		values[first] = (uint16_t)(value + base);
	return true;
}

uint32_t
dlb_value_distance(const char *from, const char *to)
{
	uint32_t row[KEY_BYTES_MAX + 1];
	size_t from_length = strnlen(from, KEY_BYTES_MAX), to_length = strnlen(to, KEY_BYTES_MAX);
	uint32_t diagonal, above;
	size_t i, j;

	for (j = 0; j <= to_length; j++)
		row[j] = (uint32_t)j;
	for (i = 1; i <= from_length; i++) {
		diagonal = row[0];
		row[0] = (uint32_t)i;
		for (j = 1; j <= to_length; j++) {
			above = row[j];
			row[j] = RTE_MIN(RTE_MIN(above, row[j - 1]) + 1,
					 diagonal + (from[i - 1] != to[j - 1]));
			diagonal = above;
		}
	}
	return row[to_length];
}
