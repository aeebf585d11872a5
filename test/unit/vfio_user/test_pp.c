/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Producer-port pages of dlb-vfio-user: however a line is cut on its way, the same QEs come out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "pp.h"

#define SINK_QES 64
#define DIR_PAGE(port) (0x2000000u + (port)*0x1000u)
#define LDB_PAGE(port) (0x2100000u + (port)*0x1000u)
#define SECOND_VIEW 0x200000u

struct sink {
	struct pp_pages pages;
	struct dlb_qe qes[SINK_QES];
	enum dlb_kind kinds[SINK_QES];
	uint32_t ports[SINK_QES];
	uint32_t count;
};

static void
sink_line(void *arg, enum dlb_kind kind, uint32_t port, const struct dlb_qe line[DLB_QES_PER_LINE])
{
	struct sink *s = arg;
	uint32_t i;

	for (i = 0; i < DLB_QES_PER_LINE; i++) {
		if (line[i].cmd == DLB_CMD_NOOP)
			continue;
		assert_true(s->count < SINK_QES);
		s->kinds[s->count] = kind;
		s->ports[s->count] = port;
		s->qes[s->count++] = line[i];
	}
}

static int
sink_create(void **state)
{
	struct sink *s = test_calloc(1, sizeof(*s));

	s->pages.line = sink_line;
	s->pages.arg = s;
	*state = s;
	return 0;
}

static int
sink_destroy(void **state)
{
	test_free(*state);
	return 0;
}

static void
line_make(struct dlb_qe line[DLB_QES_PER_LINE], uint64_t data)
{
	uint32_t i;

	memset(line, 0, DLB_LINE_BYTES);
	for (i = 0; i < DLB_QES_PER_LINE; i++)
		line[i] = (struct dlb_qe){ .data = data + i, .qid = 1, .cmd = DLB_CMD_NEW };
}

static void
store(struct sink *s, uint64_t offset, const void *bytes, size_t size_bytes)
{
	pp_store(&s->pages, offset, bytes, size_bytes);
}

static void
test_every_way_to_cut_a_line(void **state)
{
	static const size_t sizes[] = { 64, 32, 16, 8, 4, 2, 1 };
	struct sink *s = *state;
	struct dlb_qe line[DLB_QES_PER_LINE];
	size_t i, at;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		line_make(line, i << 8);
		s->count = 0;
		for (at = 0; at < sizeof(line); at += sizes[i])
			store(s, LDB_PAGE(5) + at, (uint8_t *)line + at, sizes[i]);
		assert_int_equal(s->count, DLB_QES_PER_LINE);
		assert_memory_equal(s->qes, line, sizeof(line));
		assert_int_equal(s->kinds[0], DLB_LDB);
		assert_int_equal(s->ports[0], 5);
	}
	assert_int_equal(s->pages.torn, 0);
}

static const struct page_row {
	uint64_t offset;
	bool is_page;
	enum dlb_kind kind;
	uint32_t port;
} page_rows[] = {
	{ DIR_PAGE(0) - 1, false, DLB_DIR, 0 },
	{ DIR_PAGE(0), true, DLB_DIR, 0 },
	{ DIR_PAGE(95) + 0x40, true, DLB_DIR, 95 },
	{ LDB_PAGE(0), true, DLB_LDB, 0 },
	{ LDB_PAGE(63) + 0xfc0, true, DLB_LDB, 63 },
	{ LDB_PAGE(255), true, DLB_LDB, 255 },
	{ DIR_PAGE(7) + SECOND_VIEW, true, DLB_DIR, 7 },
	{ LDB_PAGE(9) + SECOND_VIEW, true, DLB_LDB, 9 },
	{ LDB_PAGE(256) + SECOND_VIEW, false, DLB_LDB, 0 },
	{ UINT64_MAX, false, DLB_LDB, 0 },
};

static void
test_pages(void **state)
{
	struct sink *s = *state;
	struct dlb_qe line[DLB_QES_PER_LINE];
	size_t i;

	line_make(line, 0);
	for (i = 0; i < sizeof(page_rows) / sizeof(page_rows[0]); i++) {
		const struct page_row *row = &page_rows[i];

		assert_int_equal(pp_is_page(row->offset), row->is_page);
		s->count = 0;
		store(s, row->offset, line, sizeof(line));
		assert_int_equal(s->count, row->is_page ? DLB_QES_PER_LINE : 0);
		if (!row->is_page)
			continue;
		assert_int_equal(s->kinds[0], row->kind);
		assert_int_equal(s->ports[0], row->port);
	}
}

/* Two vCPUs store to two ports at the same time. */
static void
test_pages_alternate(void **state)
{
	struct sink *s = *state;
	struct dlb_qe a[DLB_QES_PER_LINE], b[DLB_QES_PER_LINE];
	size_t at;
	uint32_t i;

	line_make(a, 0xa00);
	line_make(b, 0xb00);
	for (at = 0; at < sizeof(a); at += 8) {
		store(s, LDB_PAGE(1) + at, (uint8_t *)a + at, 8);
		store(s, DIR_PAGE(1) + at, (uint8_t *)b + at, 8);
	}
	assert_int_equal(s->count, 2 * DLB_QES_PER_LINE);
	for (i = 0; i < s->count; i++)
		assert_int_equal(s->qes[i].data, (s->kinds[i] == DLB_LDB ? 0xa00 : 0xb00) + i / 2);
	assert_int_equal(s->pages.torn, 0);
}

/* 16 aligned bytes are a QE and three no-ops, and come out at once. */
static void
test_lone_qe(void **state)
{
	struct sink *s = *state;
	const struct dlb_qe pop = dlb_qe_pop(3);

	store(s, LDB_PAGE(2), &pop, sizeof(pop));
	assert_int_equal(s->count, 1);
	store(s, LDB_PAGE(2), (const uint8_t *)&pop, 8);
	store(s, LDB_PAGE(2) + 8, (const uint8_t *)&pop + 8, 8);
	assert_int_equal(s->count, 2);
	store(s, LDB_PAGE(2) + 0x30, &pop, sizeof(pop));
	assert_int_equal(s->count, 3);
	assert_int_equal(s->pages.lines, 3);
	assert_int_equal(s->pages.torn, 0);
}

static void
test_torn(void **state)
{
	struct sink *s = *state;
	struct dlb_qe line[DLB_QES_PER_LINE];
	const uint8_t *bytes = (const uint8_t *)line;

	line_make(line, 0);
	/* Half a QE, and then another line: the half is lost, the line is whole. */
	store(s, LDB_PAGE(3), bytes, 8);
	store(s, LDB_PAGE(3), line, sizeof(line));
	assert_int_equal(s->count, 4);
	assert_int_equal(s->pages.torn, 1);
	/* The second half alone; a gap; bytes in no order. */
	store(s, LDB_PAGE(3) + 8, bytes + 8, 8);
	store(s, LDB_PAGE(3), bytes, 4);
	store(s, LDB_PAGE(3) + 8, bytes + 8, 8);
	store(s, LDB_PAGE(3) + 4, bytes + 4, 4);
	assert_int_equal(s->count, 4);
	assert_true(s->pages.torn > 3);
	/* None of it is in the way of the next line. */
	store(s, LDB_PAGE(3), line, sizeof(line));
	assert_int_equal(s->count, 8);
}

static void
test_unaligned_store(void **state)
{
	struct sink *s = *state;
	struct dlb_qe line[DLB_QES_PER_LINE];

	line_make(line, 0x10);
	/* Starts in the middle of a QE: that one is lost, and so is the beginning of the last. */
	store(s, LDB_PAGE(4) + 8, (const uint8_t *)line + 8, sizeof(line) - 8);
	assert_int_equal(s->count, 3);
	assert_int_equal(s->qes[0].data, 0x11);
	assert_int_equal(s->pages.torn, 1);
}

/* A store across the end of a page is of two ports. */
static void
test_across_pages(void **state)
{
	struct sink *s = *state;
	struct dlb_qe line[2 * DLB_QES_PER_LINE];

	line_make(line, 0);
	line_make(&line[DLB_QES_PER_LINE], 4);
	store(s, LDB_PAGE(7) - DLB_LINE_BYTES, line, sizeof(line));
	assert_int_equal(s->count, 8);
	assert_int_equal(s->ports[3], 6);
	assert_int_equal(s->ports[4], 7);
}

static void
test_reset_forgets(void **state)
{
	struct sink *s = *state;
	const struct dlb_qe pop = dlb_qe_pop(1);

	store(s, LDB_PAGE(1), &pop, 8);
	pp_reset(&s->pages);
	store(s, LDB_PAGE(1) + 8, (const uint8_t *)&pop + 8, 8);
	assert_int_equal(s->count, 0);
}

#define WITH_SINK(test) cmocka_unit_test_setup_teardown(test, sink_create, sink_destroy)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SINK(test_every_way_to_cut_a_line),
		WITH_SINK(test_pages),
		WITH_SINK(test_pages_alternate),
		WITH_SINK(test_lone_qe),
		WITH_SINK(test_torn),
		WITH_SINK(test_unaligned_store),
		WITH_SINK(test_across_pages),
		WITH_SINK(test_reset_forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
