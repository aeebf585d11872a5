/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The client's memory: what can be mapped, where it is found, and that nothing is used when it is gone.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"

#define FILE_BYTES (16 * PAGE)
#define BASE UINT64_C(0x100000000)

struct memory {
	int fd;
	uint8_t *bytes;
};

static struct memory
memory_create(void)
{
	struct memory m = { .fd = memory_file(FILE_BYTES) };

	m.bytes = mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, m.fd, 0);
	assert_true(m.bytes != MAP_FAILED);
	return m;
}

static void
memory_destroy(struct memory *m)
{
	munmap(m->bytes, FILE_BYTES);
	close(m->fd);
}

static uint32_t
map_count(const struct fixture *f)
{
	struct vfu_stats stats;

	vfu_server_stats(f->server, &stats);
	return stats.dma_maps;
}

static void
test_finds_what_is_mapped(void **state)
{
	struct fixture *f = *state;
	struct memory m = memory_create();
	uint8_t *found;

	assert_int_equal(client_map(f, m.fd, 2 * PAGE, BASE, 4 * PAGE), 0);
	assert_int_equal(f->device.first, BASE);
	assert_int_equal(f->device.last, BASE + 4 * PAGE - 1);

	found = vfu_dma_find(f->server, BASE + 100, 16, VFU_WRITE);
	assert_non_null(found);
	*found = 0x77;
	assert_int_equal(m.bytes[2 * PAGE + 100], 0x77);
	memory_destroy(&m);
}

static const struct find_row {
	const char *name;
	uint64_t iova;
	size_t size_bytes;
	bool found;
} find_rows[] = {
	{ "all of it", BASE, 4 * PAGE, true },
	{ "the last byte", BASE + 4 * PAGE - 1, 1, true },
	{ "a byte too many", BASE, 4 * PAGE + 1, false },
	{ "the byte before", BASE - 1, 1, false },
	{ "across the beginning", BASE - 1, 2, false },
	{ "the byte behind", BASE + 4 * PAGE, 1, false },
	{ "nothing", BASE, 0, false },
	{ "beyond 2^64", UINT64_MAX, 2, false },
	{ "all there is", 0, SIZE_MAX, false },
};

static void
test_bounds_of_find(void **state)
{
	struct fixture *f = *state;
	struct memory m = memory_create();
	size_t i;

	assert_int_equal(client_map(f, m.fd, 0, BASE, 4 * PAGE), 0);
	for (i = 0; i < sizeof(find_rows) / sizeof(find_rows[0]); i++) {
		const struct find_row *row = &find_rows[i];
		void *found = vfu_dma_find(f->server, row->iova, row->size_bytes, VFU_READ);

		if ((found != NULL) != row->found)
			fail_msg("%s: %sfound", row->name, found != NULL ? "" : "not ");
	}
	memory_destroy(&m);
}

static const struct map_row {
	const char *name;
	uint32_t flags;
	uint64_t offset, iova, size_bytes;
	int want;
} map_rows[] = {
	{ "nothing", 3, 0, BASE, 0, -EINVAL },
	{ "more than the file has", 3, 0, BASE, FILE_BYTES + 1, -EINVAL },
	{ "from behind the end of the file", 3, FILE_BYTES, BASE, PAGE, -EINVAL },
	{ "an offset that overflows", 3, UINT64_MAX - PAGE + 1, BASE, PAGE, -EINVAL },
	{ "offset and size that overflow", 3, PAGE, BASE, UINT64_MAX - 1, -EINVAL },
	{ "addresses beyond 2^64", 3, 0, UINT64_MAX - PAGE + 2, PAGE, -EINVAL },
	{ "no access", 0, 0, BASE, PAGE, -EINVAL },
	{ "access that nobody knows", 7, 0, BASE, PAGE, -EINVAL },
	{ "the same once more", 3, 0, 8 * BASE, PAGE, -EEXIST },
	{ "an overlap", 3, 0, 8 * BASE + PAGE - 1, PAGE, -EEXIST },
	{ "around it", 3, 0, 8 * BASE - PAGE, 3 * PAGE, -EEXIST },
	{ "the last page of all addresses", 3, 0, UINT64_MAX - PAGE + 1, PAGE, 0 },
	{ "for reading only", 1, 0, 2 * BASE, PAGE, 0 },
};

static void
test_map_rows(void **state)
{
	struct fixture *f = *state;
	struct memory m = memory_create();
	size_t i;

	assert_int_equal(client_map(f, m.fd, 0, 8 * BASE, PAGE), 0);
	for (i = 0; i < sizeof(map_rows) / sizeof(map_rows[0]); i++) {
		const struct map_row *row = &map_rows[i];
		struct msg_dma_map map = { sizeof(map), row->flags, row->offset, row->iova,
					   row->size_bytes };
		uint32_t before = map_count(f);
		int got = client_call(f, CMD_DMA_MAP, &map, sizeof(map), &m.fd, 1, NULL);

		if (got != row->want)
			fail_msg("%s: %d instead of %d", row->name, got, row->want);
		if (got < 0)
			assert_int_equal(map_count(f), before);
	}
	assert_null(vfu_dma_find(f->server, 2 * BASE, 1, VFU_WRITE));
	assert_non_null(vfu_dma_find(f->server, 2 * BASE, 1, VFU_READ));
	assert_non_null(vfu_dma_find(f->server, UINT64_MAX, 1, VFU_WRITE));
	memory_destroy(&m);
}

enum file_kind {
	FILE_SOCKET,
	FILE_PIPE,
	FILE_DEVICE,
	FILE_FOLDER,
	FILE_EMPTY,
	FILE_READ_ONLY,
	FILE_UNSEALABLE,
	FILE_COUNT
};

static int
file_create(enum file_kind kind)
{
	int pair[2] = { -1, -1 };
	char path[64];

	switch (kind) {
	case FILE_SOCKET:
		return socket(AF_UNIX, SOCK_STREAM, 0);
	case FILE_PIPE:
		assert_int_equal(pipe(pair), 0);
		close(pair[1]);
		return pair[0];
	case FILE_DEVICE:
		return open("/dev/zero", O_RDWR);
	case FILE_FOLDER:
		return open("/proc/self", O_RDONLY | O_DIRECTORY);
	case FILE_EMPTY:
		return memory_file(0);
	case FILE_READ_ONLY:
		pair[0] = memory_file(FILE_BYTES);
		assert_int_equal(fcntl(pair[0], F_ADD_SEALS, F_SEAL_SHRINK), 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", pair[0]);
		pair[1] = open(path, O_RDONLY);
		close(pair[0]);
		return pair[1];
	default:
		pair[0] = memfd_create("unsealable", MFD_CLOEXEC);
		assert_int_equal(ftruncate(pair[0], FILE_BYTES), 0);
		return pair[0];
	}
}

static void
test_refuses_what_is_no_memory(void **state)
{
	static const int want[FILE_COUNT] = {
		[FILE_SOCKET] = -EINVAL,    [FILE_PIPE] = -EINVAL,  [FILE_DEVICE] = -EINVAL,
		[FILE_FOLDER] = -EINVAL,    [FILE_EMPTY] = -EINVAL, [FILE_READ_ONLY] = -EACCES,
		[FILE_UNSEALABLE] = -EPERM,
	};
	struct fixture *f = *state;
	enum file_kind kind;

	for (kind = 0; kind < FILE_COUNT; kind++) {
		int fd = file_create(kind);
		int got;

		assert_true(fd >= 0);
		got = client_map(f, fd, 0, BASE, PAGE);
		if (got != want[kind])
			fail_msg("kind %d: %d instead of %d", kind, got, want[kind]);
		close(fd);
		assert_int_equal(map_count(f), 0);
	}
}

static void
test_memory_cannot_shrink(void **state)
{
	struct fixture *f = *state;
	int fd = memory_file(FILE_BYTES);

	assert_int_equal(client_map(f, fd, 0, BASE, FILE_BYTES), 0);
	assert_int_equal(ftruncate(fd, 0), -1);
	*(uint8_t *)vfu_dma_find(f->server, BASE, 1, VFU_WRITE) = 1;
	close(fd);
}

static void
test_rom_without_file(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(client_map(f, -1, 0, BASE, PAGE), 0);
	assert_null(vfu_dma_find(f->server, BASE, 1, VFU_READ));
	assert_int_equal(client_unmap(f, BASE, PAGE), 0);
}

static void
test_too_many_files(void **state)
{
	struct fixture *f = *state;
	int fds[2] = { memory_file(FILE_BYTES), memory_file(FILE_BYTES) };
	struct msg_dma_map map = { sizeof(map), 3, 0, BASE, PAGE };

	assert_int_equal(client_call(f, CMD_DMA_MAP, &map, sizeof(map), fds, 2, NULL), -EINVAL);
	assert_int_equal(map_count(f), 0);
	close(fds[0]);
	close(fds[1]);
}

/* A file that grows is mapped again, and found whole. */
static void
test_file_grows(void **state)
{
	struct fixture *f = *state;
	int fd = memory_file(PAGE);

	assert_int_equal(client_map(f, fd, 0, BASE, PAGE), 0);
	assert_int_equal(ftruncate(fd, 2 * PAGE), 0);
	assert_int_equal(client_map(f, fd, PAGE, BASE + PAGE, PAGE), 0);
	*(uint8_t *)vfu_dma_find(f->server, BASE + PAGE, 1, VFU_WRITE) = 1;
	close(fd);
}

static const struct unmap_row {
	const char *name;
	uint64_t iova, size_bytes;
	int want;
	uint32_t maps; /* left of one of pages 0 to 3 at BASE */
	bool page[4];  /* still found */
} unmap_rows[] = {
	{ "exactly it", BASE, 4 * PAGE, 0, 0, { 0, 0, 0, 0 } },
	{ "more than it", BASE - PAGE, 8 * PAGE, 0, 0, { 0, 0, 0, 0 } },
	{ "half of all there is", 0, UINT64_C(1) << 63, 0, 0, { 0, 0, 0, 0 } },
	{ "the other half, to 2^64", UINT64_C(1) << 63, UINT64_C(1) << 63, 0, 1, { 1, 1, 1, 1 } },
	{ "all up to 2^64", 1, UINT64_MAX, 0, 0, { 0, 0, 0, 0 } },
	{ "its first page", BASE, PAGE, 0, 1, { 0, 1, 1, 1 } },
	{ "its last page", BASE + 3 * PAGE, PAGE, 0, 1, { 1, 1, 1, 0 } },
	{ "its middle", BASE + PAGE, 2 * PAGE, 0, 2, { 1, 0, 0, 1 } },
	{ "what was never mapped", 2 * BASE, PAGE, 0, 1, { 1, 1, 1, 1 } },
	{ "nothing", BASE, 0, -EINVAL, 1, { 1, 1, 1, 1 } },
	{ "beyond 2^64", BASE, UINT64_MAX, -EINVAL, 1, { 1, 1, 1, 1 } },
};

static void
test_unmap_rows(void **state)
{
	struct fixture *f = *state;
	struct memory m = memory_create();
	size_t i, page;

	for (i = 0; i < sizeof(unmap_rows) / sizeof(unmap_rows[0]); i++) {
		const struct unmap_row *row = &unmap_rows[i];

		assert_int_equal(client_map(f, m.fd, 0, BASE, 4 * PAGE), 0);
		assert_int_equal(client_unmap(f, row->iova, row->size_bytes), row->want);
		if (map_count(f) != row->maps)
			fail_msg("%s: %u maps left", row->name, map_count(f));
		for (page = 0; page < 4; page++)
			if ((vfu_dma_find(f->server, BASE + page * PAGE, PAGE, VFU_READ) != NULL) !=
			    row->page[page])
				fail_msg("%s: page %zu", row->name, page);
		assert_int_equal(client_unmap(f, BASE, 4 * PAGE), 0);
	}
	memory_destroy(&m);
}

static void
test_unmap_all(void **state)
{
	struct fixture *f = *state;
	struct memory m = memory_create();
	struct msg_dma_unmap all = { sizeof(all), DMA_UNMAP_ALL, 0, 0 };
	struct msg_dma_unmap some = { sizeof(some), DMA_UNMAP_ALL, 0, PAGE };
	struct msg_dma_unmap dirty = { sizeof(dirty), DMA_UNMAP_DIRTY_BITMAP, BASE, PAGE };

	assert_int_equal(client_map(f, m.fd, 0, BASE, PAGE), 0);
	assert_int_equal(client_map(f, m.fd, 0, 3 * BASE, PAGE), 0);
	assert_int_equal(client_call(f, CMD_DMA_UNMAP, &some, sizeof(some), NULL, 0, NULL),
			 -EINVAL);
	assert_int_equal(client_call(f, CMD_DMA_UNMAP, &dirty, sizeof(dirty), NULL, 0, NULL),
			 -ENOTSUP);
	assert_int_equal(map_count(f), 2);
	assert_int_equal(client_call(f, CMD_DMA_UNMAP, &all, sizeof(all), NULL, 0, NULL), 0);
	assert_int_equal(map_count(f), 0);
	memory_destroy(&m);
}

/* The device writes in dma_changed() to what is about to go: it must still be there. */
static void
test_unmap_during_use(void **state)
{
	struct fixture *f = *state;
	struct memory m = memory_create();

	assert_int_equal(client_map(f, m.fd, 0, BASE, PAGE), 0);
	f->device.held = vfu_dma_find(f->server, BASE, 1, VFU_WRITE);
	assert_int_equal(client_unmap(f, BASE, PAGE), 0);
	assert_int_equal(f->device.changes, 2);
	assert_int_equal(m.bytes[0], 0xa5);

	assert_int_equal(client_map(f, m.fd, PAGE, BASE, PAGE), 0);
	f->device.held = vfu_dma_find(f->server, BASE, 1, VFU_WRITE);
	close(f->fd);
	vfu_server_process(f->server, 1);
	assert_null(f->device.held);
	assert_int_equal(m.bytes[PAGE], 0xa5);
	f->fd = dup(0);
	memory_destroy(&m);
}

/* Page by page, as a guest's IOMMU has it: neighbours in memory become one range. */
static void
test_neighbours_join(void **state)
{
	struct fixture *f = *state;
	struct memory m = memory_create();
	static const uint32_t order[] = { 3, 1, 2, 0, 5, 4 };
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		assert_int_equal(client_map(f, m.fd, order[i] * PAGE, BASE + order[i] * PAGE, PAGE),
				 0);
	assert_int_equal(map_count(f), 1);
	assert_non_null(vfu_dma_find(f->server, BASE, 6 * PAGE, VFU_WRITE));
	memory_destroy(&m);
}

/* Neighbours in device addresses that are apart in memory are found as one piece all the same. */
static void
test_scattered_pages(void **state)
{
	struct fixture *f = *state;
	struct memory m = memory_create();
	struct memory other = memory_create();
	uint8_t *found;

	assert_int_equal(client_map(f, m.fd, 7 * PAGE, BASE, PAGE), 0);
	assert_int_equal(client_map(f, m.fd, 3 * PAGE, BASE + PAGE, PAGE), 0);
	assert_int_equal(client_map(f, other.fd, 0, BASE + 2 * PAGE, 2 * PAGE), 0);
	assert_int_equal(map_count(f), 3);

	found = vfu_dma_find(f->server, BASE + 64, 3 * PAGE, VFU_WRITE);
	assert_non_null(found);
	memset(found, 0x11, 3 * PAGE);
	assert_int_equal(m.bytes[7 * PAGE + 63], 0);
	assert_int_equal(m.bytes[7 * PAGE + 64], 0x11);
	assert_int_equal(m.bytes[3 * PAGE], 0x11);
	assert_int_equal(other.bytes[PAGE + 63], 0x11);
	assert_int_equal(other.bytes[PAGE + 64], 0);
	assert_ptr_equal(vfu_dma_find(f->server, BASE + 64, 3 * PAGE, VFU_WRITE), found);

	f->device.held = found;
	assert_int_equal(client_unmap(f, BASE + PAGE, PAGE), 0);
	assert_int_equal(m.bytes[7 * PAGE + 64], 0xa5);
	assert_null(vfu_dma_find(f->server, BASE + 64, 3 * PAGE, VFU_WRITE));
	memory_destroy(&m);
	memory_destroy(&other);
}

/* Any mixture of maps and unmaps agrees with a map of pages that is obviously right. */
static void
test_random_against_pages(void **state)
{
	enum { PAGES = 32, STEPS = 4000 };
	struct fixture *f = *state;
	struct memory m = memory_create();
	int8_t model[PAGES];
	uint32_t seed = 1, step, i;

	memset(model, -1, sizeof(model));
	for (step = 0; step < STEPS; step++) {
		uint32_t first, count, from;
		bool free_pages = true;

		seed = seed * 1664525 + 1013904223;
		first = seed >> 8 & (PAGES - 1);
		count = 1 + (seed >> 16 & 7);
		from = seed >> 24 & 7;
		if (count > PAGES - first)
			count = PAGES - first;
		for (i = first; i < first + count; i++)
			free_pages &= model[i] < 0;
		if (seed >> 30 & 1) {
			assert_int_equal(client_unmap(f, BASE + first * PAGE, count * PAGE), 0);
			memset(&model[first], -1, count);
		} else {
			assert_int_equal(client_map(f, m.fd, from * PAGE, BASE + first * PAGE,
						    count * PAGE),
					 free_pages ? 0 : -EEXIST);
			for (i = 0; free_pages && i < count; i++)
				model[first + i] = (int8_t)(from + i);
		}
		for (i = 0; i < PAGES; i++) {
			uint8_t *at = vfu_dma_find(f->server, BASE + i * PAGE, PAGE, VFU_WRITE);

			assert_int_equal(at != NULL, model[i] >= 0);
			if (at != NULL) {
				*(uint32_t *)at = seed;
				assert_int_equal(*(uint32_t *)&m.bytes[model[i] * PAGE], seed);
			}
		}
	}
	memory_destroy(&m);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, fixture_create, fixture_destroy)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SERVER(test_finds_what_is_mapped),
		WITH_SERVER(test_bounds_of_find),
		WITH_SERVER(test_map_rows),
		WITH_SERVER(test_refuses_what_is_no_memory),
		WITH_SERVER(test_memory_cannot_shrink),
		WITH_SERVER(test_rom_without_file),
		WITH_SERVER(test_too_many_files),
		WITH_SERVER(test_file_grows),
		WITH_SERVER(test_unmap_rows),
		WITH_SERVER(test_unmap_all),
		WITH_SERVER(test_unmap_during_use),
		WITH_SERVER(test_neighbours_join),
		WITH_SERVER(test_scattered_pages),
		WITH_SERVER(test_random_against_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
