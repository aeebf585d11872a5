/* SPDX-License-Identifier: BSD-3-Clause */
/* A sample as a screen of text. */
#ifndef TESTDLB_TOP_VIEW_H
#define TESTDLB_TOP_VIEW_H

#include "top_sample.h"

enum top_sort { TOP_SORT_ID, TOP_SORT_RATE, TOP_SORT_FILL, TOP_SORT_COUNT };
extern const char *const top_sorts[]; /* by enum top_sort, ends with NULL */

struct top_view {
	uint32_t lines, columns;
	enum top_sort sort;
	uint32_t scroll; /* rows of both tables left out at the top */
	bool paused, colour;
	double interval_s;
	uint64_t pid;
};

/* Sorts the sample, and prints at most the view's lines, each ended. */
void top_view_print(const struct top_view *view, struct top_sample *sample, FILE *file);

#endif /* TESTDLB_TOP_VIEW_H */
