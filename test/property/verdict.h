/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a case came to: the first invariant that was broken, by its name in datapath.md, "What an
 * application may rely on". Names that are not there: LINT, the model's lint mode complained; API, a
 * call failed that had to succeed.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct verdict {
	const char *invariant; /* NULL: nothing was broken */
	uint32_t op;           /* operation that was being carried out */
	char text[320];
};

/** Only the first violation counts; what follows it may be its consequence. */
void violate(struct verdict *v, const char *invariant, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** The promise that a lint finding is about, by its text; LINT for those that have no other name. */
const char *lint_invariant(const char *finding);

static inline bool
verdict_is_clean(const struct verdict *v)
{
	return v->invariant == NULL;
}

#endif /* VERDICT_H */
