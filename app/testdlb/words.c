/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>

#include "words.h"

/* Copies one word, with its end. Returns what stands behind it, or NULL when a quote stays open. */
static const char *
word_copy(const char *text, char **to)
{
	bool quoted = false;

	for (; *text != '\0' && (quoted || !isspace((unsigned char)*text)); text++) {
		if (*text == '"')
			quoted = !quoted;
		else
			*(*to)++ = *text;
	}
	*(*to)++ = '\0';
	return quoted ? NULL : text;
}

/* Bytes up to the line's end, or more than fit. */
static uint32_t
line_length(const char *text)
{
	uint32_t length = 0;

	while (length < WORDS_BYTES && text[length] != '\0')
		length++;
	return length;
}

enum words_result
words_split(const char *text, struct words *words)
{
	char *to = words->bytes;

	words->count = 0;
	/* A copy with its ends is never longer than the line and one byte. */
	if (line_length(text) >= WORDS_BYTES - 1)
		return WORDS_TOO_LONG;
	for (;;) {
		while (isspace((unsigned char)*text))
			text++;
		if (*text == '\0' || *text == '#')
			return WORDS_FINE;
		if (words->count == WORDS_MAX)
			return WORDS_TOO_LONG;
		words->word[words->count++] = to;
		text = word_copy(text, &to);
		if (text == NULL)
			return WORDS_OPEN_QUOTE;
	}
}
