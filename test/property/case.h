/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A case: a configuration and a list of operations, both made from one seed by a backend, which also
 * runs it. Operations are relative to what is there (a port modulo the number of ports, so many of the
 * tokens owed), so a case stays runnable whatever is taken out of it: that is how cases shrink.
 */
#ifndef CASE_H
#define CASE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "verdict.h"

#define CASE_CONFIG_WORDS 192
#define CASE_OPS 1024
#define CASE_ARGS 5
#define CASE_TEXT 160

struct case_op {
	uint32_t code;
	uint32_t arg[CASE_ARGS];
};

struct test_case {
	uint64_t seed;
	uint32_t config[CASE_CONFIG_WORDS]; /* a struct of the backend's, of 32-bit words only */
	uint32_t nb_ops;
	struct case_op ops[CASE_OPS];
};

struct backend {
	const char *name;
	uint32_t config_words;
	uint32_t op_codes;
	/* Make the case of a seed. */
	void (*generate)(struct test_case *c);
	/* Run a case on a fresh device. */
	void (*run)(const struct test_case *c, struct verdict *v);
	/* Put away what is kept from case to case; NULL: nothing is. */
	void (*finish)(void);
	/* Names of a configuration word, for people; false: the case does not use that word. */
	bool (*config_name)(const struct test_case *c, uint32_t word, char name[CASE_TEXT]);
	/* The least interesting value that a word may have. */
	uint32_t (*config_least)(uint32_t word);
	void (*op_text)(const struct test_case *c, const struct case_op *op, char text[CASE_TEXT]);
};

extern const struct backend device_backend;
extern const struct backend eventdev_backend;

/** Print a case so that people and case_read() understand it. */
void case_write(const struct backend *b, const struct test_case *c, FILE *file);
/** @return 0, or -EINVAL after a message on stderr. */
int case_read(const struct backend *b, struct test_case *c, FILE *file);

/** Find a smaller case that breaks the same invariant; v is that of the smaller one. */
void case_shrink(const struct backend *b, struct test_case *c, struct verdict *v);

#endif /* CASE_H */
