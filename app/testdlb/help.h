/* SPDX-License-Identifier: BSD-3-Clause */
/* Help from the tables of commands. */
#ifndef TESTDLB_HELP_H
#define TESTDLB_HELP_H

#include <stdbool.h>
#include <stdio.h>

#include "command.h"

void help_print_topics(FILE *file);
/** Of a topic, "all", or commands that begin with these words. @return false if there is none. */
bool help_print(const char *words, FILE *file);

#endif /* TESTDLB_HELP_H */
