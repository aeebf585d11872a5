/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a program that found something else. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"

void
fail(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
	exit(EXIT_FAILURE);
}
