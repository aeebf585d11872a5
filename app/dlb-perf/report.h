/* SPDX-License-Identifier: BSD-3-Clause */
/* Report: the results as a table for people. */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "bench.h"

/** A line for each cell and device: medians, quartiles, and the ratio to the first device. */
void report_print(const struct bench *bench, FILE *out);

#endif /* REPORT_H */
