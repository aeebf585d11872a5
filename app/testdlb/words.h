/* SPDX-License-Identifier: BSD-3-Clause */
/* A line of text as words: blanks separate them, double quotes keep blanks, '#' begins a comment. */
#ifndef TESTDLB_WORDS_H
#define TESTDLB_WORDS_H

#include <stdint.h>

#define WORDS_BYTES 2048
#define WORDS_MAX 64

struct words {
	char bytes[WORDS_BYTES];
	const char *word[WORDS_MAX];
	uint32_t count;
};

enum words_result { WORDS_FINE, WORDS_TOO_LONG, WORDS_OPEN_QUOTE };

enum words_result words_split(const char *text, struct words *words);

#endif /* TESTDLB_WORDS_H */
