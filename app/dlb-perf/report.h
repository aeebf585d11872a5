/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Report: what was measured, as a table for people, as JSON, and as CSV.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "bar.h"
#include "bench.h"

/** A line for each cell and device: medians, quartiles, and the ratio to the first device. */
void report_table(const struct bench *bench, FILE *out);

/** A line for each bar. */
void report_bars(const struct bar_line lines[], uint32_t count, FILE *out);

/** Everything, with all samples; bars are left out when there are none. */
void report_json(const struct bench benches[], uint32_t nb_benches, const struct bar_line lines[],
		 uint32_t nb_lines, FILE *out);

/** A row for each cell, device and metric, under one of column names. */
void report_csv(const struct bench benches[], uint32_t nb_benches, FILE *out);

#endif /* REPORT_H */
