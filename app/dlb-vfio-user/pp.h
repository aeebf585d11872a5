/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Producer-port pages as a bus sees them: stores of any size, out of which QEs have to come.
 */
#ifndef PP_H
#define PP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dlb_hw.h"
#include "dlb_qe.h"

/* Two views of the pages of both kinds, 256 page numbers for each kind. */
#define PP_PAGES_PER_KIND 256u
#define PP_VIEWS 2u
#define PP_PAGES (PP_VIEWS * DLB_KIND_COUNT * PP_PAGES_PER_KIND)

/* The beginning of a QE whose rest has not come yet. */
struct pp_piece {
	uint8_t bytes[sizeof(struct dlb_qe)];
	uint16_t offset; /* in the page, of the QE */
	uint16_t filled;
};

struct pp_pages {
	struct pp_piece pieces[PP_PAGES];
	uint64_t lines, qes; /* that came out, no-ops not counted */
	uint64_t torn;       /* beginnings or ends of QEs that came alone */
	void (*line)(void *arg, enum dlb_kind kind, uint32_t port,
		     const struct dlb_qe line[DLB_QES_PER_LINE]);
	void *arg;
};

/** True if an offset of BAR 0 lies in a page. */
bool pp_is_page(uint64_t offset);

/** Take a store that lies in the pages. */
void pp_store(struct pp_pages *p, uint64_t offset, const uint8_t *bytes, size_t size_bytes);

/** Forget what is incomplete. */
void pp_reset(struct pp_pages *p);

#endif /* PP_H */
