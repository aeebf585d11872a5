/* SPDX-License-Identifier: BSD-3-Clause */
/* Prime factors by trial division. */
#include "factor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NUMBER_MAX UINT64_C(1000000000000)

size_t
factor_answer(const char *text, char answer[FACTOR_TEXT_MAX])
{
	char *end;
	uint64_t n = strtoull(text, &end, 10), d;
	size_t length;

	if (*text < '0' || *text > '9' || *end != 0 || n < 1 || n > NUMBER_MAX)
		return (size_t)snprintf(answer, FACTOR_TEXT_MAX,
					"error: '%s': accepted are 1 to %" PRIu64 "\n", text,
					NUMBER_MAX);
	length = (size_t)snprintf(answer, FACTOR_TEXT_MAX, "%" PRIu64 ":", n);
	for (d = 2; n > 1; d++) {
		if (d * d > n)
			d = n;
		for (; n % d == 0; n /= d)
			length += (size_t)snprintf(answer + length, FACTOR_TEXT_MAX - length,
						   " %" PRIu64, d);
	}
	answer[length] = '\n';
	return length + 1;
}
