/* SPDX-License-Identifier: BSD-3-Clause */
/* The prompt: rte_cmdline's line editing, history and tab completion, over our tables of commands. */
#ifndef TESTDLB_TERMINAL_H
#define TESTDLB_TERMINAL_H

#include "screen.h"
#include "session.h"

/**
 * Read and run lines until the user quits. Ctrl-C stops traffic, or quits when there is none; Ctrl-D
 * quits.
 *
 * @param screen
 *   Of the program's main function, see screen_open().
 * @return
 *   0, or a negative errno when there can be no prompt.
 */
int terminal_run(struct session *s, struct screen *screen);

#endif /* TESTDLB_TERMINAL_H */
