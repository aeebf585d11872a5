/* SPDX-License-Identifier: BSD-3-Clause */
/* Verdicts; see verdict.h. */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

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

const char *
lint_invariant(const char *finding)
{
	static const struct {
		const char *words[2], *invariant;
	} rows[] = {
		{ { "directed port", "no such command for this kind of port" }, "K4" },
		{ { "nothing to complete", "(command 0x02" }, "K2" },
		{ { "nothing to complete", "(command 0x03" }, "K2" },
		{ { "more tokens than the CQ is owed", "" }, "C2" },
	};
	uint32_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strstr(finding, rows[i].words[0]) && strstr(finding, rows[i].words[1]))
			return rows[i].invariant;
	}
	return "LINT";
}
