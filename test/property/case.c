/* SPDX-License-Identifier: BSD-3-Clause */
/* Cases as text, and making them smaller; see case.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"

#define SHRINK_RUNS 4000 /* a case of average length is small after a tenth of that */
#define LINE_BYTES 512

void
case_write(const struct backend *b, const struct test_case *c, FILE *file)
{
	char text[CASE_TEXT];
	uint32_t i, a;

	fprintf(file, "backend %s\nseed 0x%016" PRIx64 "\n", b->name, c->seed);
	for (i = 0; i < b->config_words; i++) {
		if (b->config_name(c, i, text))
			fprintf(file, "set %u %u # %s\n", i, c->config[i], text);
	}
	for (i = 0; i < c->nb_ops; i++) {
		fprintf(file, "op %u", c->ops[i].code);
		for (a = 0; a < CASE_ARGS; a++)
			fprintf(file, " %u", c->ops[i].arg[a]);
		b->op_text(c, &c->ops[i], text);
		fprintf(file, " # %u: %s\n", i, text);
	}
}

static bool
line_read(const struct backend *b, struct test_case *c, const char *line)
{
	struct case_op *op = &c->ops[c->nb_ops];
	uint32_t word, value;

	if (line[strspn(line, " \t\n")] == '\0' || line[0] == '#')
		return true;
	if (strncmp(line, "backend ", 8) == 0)
		return strncmp(line + 8, b->name, strlen(b->name)) == 0;
	if (sscanf(line, "seed 0x%" SCNx64, &c->seed) == 1)
		return true;
	if (sscanf(line, "set %u %u", &word, &value) == 2 && word < b->config_words) {
		c->config[word] = value;
		return true;
	}
	if (c->nb_ops == CASE_OPS ||
	    sscanf(line, "op %u %u %u %u %u %u", &op->code, &op->arg[0], &op->arg[1], &op->arg[2],
		   &op->arg[3], &op->arg[4]) != 1 + CASE_ARGS)
		return false;
	c->nb_ops++;
	return op->code < b->op_codes;
}

int
case_read(const struct backend *b, struct test_case *c, FILE *file)
{
	char line[LINE_BYTES];
	uint32_t number = 0, word;

	memset(c, 0, sizeof(*c));
	for (word = 0; word < b->config_words; word++)
		c->config[word] = b->config_least(word);
	while (fgets(line, sizeof(line), file) != NULL) {
		number++;
		if (!line_read(b, c, line)) {
			fprintf(stderr, "line %u is no part of a %s case: %s", number, b->name,
				line);
			return -EINVAL;
		}
	}
	return 0;
}

struct shrinking {
	const struct backend *backend;
	struct test_case *best;
	struct test_case trial;
	struct verdict *verdict;
	uint32_t runs;
};

/* Keep the trial if it breaks what the best case breaks. */
static bool
trial_keep(struct shrinking *s)
{
	struct verdict v = { 0 };

	if (s->runs == SHRINK_RUNS)
		return false;
	s->runs++;
	s->backend->run(&s->trial, &v);
	if (v.invariant == NULL || strcmp(v.invariant, s->verdict->invariant) != 0)
		return false;
	*s->best = s->trial;
	*s->verdict = v;
	return true;
}

/* Take out runs of operations, long ones first. */
static bool
shrink_ops(struct shrinking *s)
{
	uint32_t chunk, at, left;
	bool smaller = false;

	for (chunk = s->best->nb_ops / 2 + 1; chunk > 0; chunk /= 2) {
		for (at = 0; at + chunk <= s->best->nb_ops;) {
			s->trial = *s->best;
			left = s->trial.nb_ops - at - chunk;
			memmove(&s->trial.ops[at], &s->trial.ops[at + chunk],
				left * sizeof(s->trial.ops[0]));
			s->trial.nb_ops -= chunk;
			if (trial_keep(s))
				smaller = true;
			else
				at += chunk;
		}
	}
	return smaller;
}

static bool
shrink_word(struct shrinking *s, uint32_t *word, uint32_t least)
{
	uint32_t *trial_word = (uint32_t *)((char *)&s->trial + ((char *)word - (char *)s->best));
	const uint32_t half = least + (*word - least) / 2;
	bool smaller = false;

	if (*word == least)
		return false;
	s->trial = *s->best;
	*trial_word = least;
	smaller = trial_keep(s);
	if (!smaller && *word > least && half != least) {
		s->trial = *s->best;
		*trial_word = half;
		smaller = trial_keep(s);
	}
	return smaller;
}

static bool
shrink_config(struct shrinking *s)
{
	char name[CASE_TEXT];
	bool smaller = false;
	uint32_t i;

	for (i = 0; i < s->backend->config_words; i++) {
		if (s->backend->config_name(s->best, i, name))
			smaller |= shrink_word(s, &s->best->config[i], s->backend->config_least(i));
	}
	return smaller;
}

static bool
shrink_args(struct shrinking *s)
{
	bool smaller = false;
	uint32_t i, a;

	for (i = 0; i < s->best->nb_ops; i++) {
		for (a = 0; a < CASE_ARGS; a++)
			smaller |= shrink_word(s, &s->best->ops[i].arg[a], 0);
	}
	return smaller;
}

void
case_shrink(const struct backend *b, struct test_case *c, struct verdict *v)
{
	struct shrinking *s = calloc(1, sizeof(*s));
	bool smaller;

	if (s == NULL)
		return;
	s->backend = b;
	s->best = c;
	s->verdict = v;
	s->trial = *c;
	if (v->op + 1 < s->trial.nb_ops)
		s->trial.nb_ops = v->op + 1;
	trial_keep(s);
	do {
		smaller = shrink_ops(s);
		smaller |= shrink_config(s);
		if (!smaller)
			smaller = shrink_args(s);
	} while (smaller && s->runs < SHRINK_RUNS);
	free(s);
}
