/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A DLB as a PCI function on a socket: the model, and the server that shows it to a virtual machine.
 */
#ifndef FUNCTION_H
#define FUNCTION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "dlb_hw.h"
#include "trace.h"

struct function;

struct function_conf {
	const char *path; /* of the socket */
	const char *name; /* in the trace, and in what is printed */
	enum dlb_gen gen;
	bool lint;
	bool unsealed_memory_ok;
	struct trace *trace; /* outlives the function */
	uint64_t now_us;
};

/** Return 0, or what vfu_server_create() and dlb_model_create() say. */
int function_create(const struct function_conf *conf, struct function **function);
void function_destroy(struct function *f);

/** The descriptor to poll for reading. */
int function_fd(const struct function *f);

/**
 * Let time pass, do what the virtual machine wants, and schedule; a bounded amount of each.
 *
 * @return
 *   True if there is more to do at once.
 */
bool function_step(struct function *f, uint64_t now_us);

/** True if time must go on, though nobody asks for anything. */
bool function_is_live(const struct function *f);

/** Findings of the lint, of all machines so far. */
uint64_t function_lint_findings(const struct function *f);
void function_print_stats(const struct function *f, FILE *to);

#endif /* FUNCTION_H */
