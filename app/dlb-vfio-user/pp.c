/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Producer-port pages. One store instruction of a guest arrives as one message or as several, depending
 * on what carries it; pieces come in ascending order, and those of different pages may alternate. A QE
 * is handed on as soon as its 16 bytes are there: the device handles the QEs of a line in order anyway,
 * so this is the same as waiting for the line, and a QE that was stored alone is right as well
 * (datapath.md 13.24).
 */
#include <string.h>

#include "pp.h"

#define PAGES_BASE (dlb_pp_base[DLB_DIR])

bool
pp_is_page(uint64_t offset)
{
	return offset >= PAGES_BASE && offset - PAGES_BASE < PP_PAGES * DLB_PP_STRIDE;
}

/* Directed pages stand in front of load-balanced ones, in either view. */
static enum dlb_kind
page_kind(uint32_t page)
{
	return page / PP_PAGES_PER_KIND % DLB_KIND_COUNT == 0 ? DLB_DIR : DLB_LDB;
}

/* Add bytes to the QE that they are part of. Return how many of them were of this QE. */
static size_t
piece_add(struct pp_pages *p, struct pp_piece *piece, uint32_t offset, const uint8_t *bytes,
	  size_t size_bytes)
{
	uint32_t at = offset % sizeof(piece->bytes);
	size_t n = sizeof(piece->bytes) - at;

	if (n > size_bytes)
		n = size_bytes;
	if (piece->filled != 0 && offset != (uint32_t)piece->offset + piece->filled) {
		p->torn++;
		piece->filled = 0;
	}
	if (piece->filled != at) {
		p->torn++;
		return n;
	}
	piece->offset = (uint16_t)(offset - at);
	memcpy(&piece->bytes[at], bytes, n);
	piece->filled = (uint16_t)(at + n);
	return n;
}

static void
line_emit(struct pp_pages *p, uint32_t page, struct dlb_qe line[DLB_QES_PER_LINE])
{
	uint32_t i, commands = 0;

	for (i = 0; i < DLB_QES_PER_LINE; i++)
		commands += line[i].cmd != DLB_CMD_NOOP;
	p->qes += commands;
	p->lines++;
	p->line(p->arg, page_kind(page), page % PP_PAGES_PER_KIND, line);
	memset(line, 0, DLB_LINE_BYTES);
}

/* A store inside one page: QEs that it completes go on together, as far as they are of one line. */
static void
page_store(struct pp_pages *p, uint32_t page, uint32_t offset, const uint8_t *bytes,
	   size_t size_bytes)
{
	struct pp_piece *piece = &p->pieces[page];
	struct dlb_qe line[DLB_QES_PER_LINE] = { { 0 } };
	bool has_qe = false;

	while (size_bytes > 0) {
		size_t n = piece_add(p, piece, offset, bytes, size_bytes);

		offset += (uint32_t)n;
		bytes += n;
		size_bytes -= n;
		if (piece->filled == sizeof(piece->bytes)) {
			memcpy(&line[piece->offset / sizeof(line[0]) % DLB_QES_PER_LINE],
			       piece->bytes, sizeof(piece->bytes));
			piece->filled = 0;
			has_qe = true;
		}
		if (has_qe && (size_bytes == 0 || offset % DLB_LINE_BYTES == 0)) {
			line_emit(p, page, line);
			has_qe = false;
		}
	}
}

void
pp_store(struct pp_pages *p, uint64_t offset, const uint8_t *bytes, size_t size_bytes)
{
	while (size_bytes > 0 && pp_is_page(offset)) {
		uint32_t page = (uint32_t)(offset - PAGES_BASE) / DLB_PP_STRIDE;
		uint32_t in_page = (uint32_t)(offset - PAGES_BASE) % DLB_PP_STRIDE;
		size_t n = DLB_PP_STRIDE - in_page;

		if (n > size_bytes)
			n = size_bytes;
		page_store(p, page, in_page, bytes, n);
		offset += n;
		bytes += n;
		size_bytes -= n;
	}
}

void
pp_reset(struct pp_pages *p)
{
	memset(p->pieces, 0, sizeof(p->pieces));
}
