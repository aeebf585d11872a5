/* SPDX-License-Identifier: BSD-3-Clause */
/* A JSON value as text for people: members one a line, arrays of objects as tables. */
#ifndef TESTDLB_REPORT_H
#define TESTDLB_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "json.h"

/** @param colour  use the codes of a terminal. */
void report_print(const struct json *object, bool colour, FILE *file);

#endif /* TESTDLB_REPORT_H */
