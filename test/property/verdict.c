/* SPDX-License-Identifier: BSD-3-Clause */
/* Verdicts; see verdict.h. */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "verdict.h"

void
violate(struct verdict *v, const char *invariant, const char *format, ...)
{
	va_list ap;

	if (v->invariant != NULL)
		return;
	v->invariant = invariant;
	va_start(ap, format);
	vsnprintf(v->text, sizeof(v->text), format, ap);
	va_end(ap);
}
