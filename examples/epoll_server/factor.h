/* SPDX-License-Identifier: BSD-3-Clause */
/* The work of the server: a number's prime factors, which take some numbers much longer than others. */
#ifndef FACTOR_H
#define FACTOR_H

#include <stddef.h>

#define FACTOR_TEXT_MAX 256 /* an answer that is longer cannot be: 2 is the smallest factor */

/* Write "12: 2 2 3" for "12", or what would be accepted; ends with a newline. Returns its length. */
size_t factor_answer(const char *text, char answer[FACTOR_TEXT_MAX]);

#endif /* FACTOR_H */
