/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The client's memory, by device address. Nothing of a file is touched here, so that whatever it turns
 * out to be costs nothing; what can make a later access fail is refused when it is mapped.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dma.h"
#include "vfio_user.h"

/* Address space is shared with whatever else the process does; a guest needs far less. */
#define MAPPED_BYTES_MAX (UINT64_C(1) << 44)
#define CAPACITY_MIN 64
#define VIEWS_MAX 256

struct dma_file {
	struct dma_file *next;
	dev_t dev;
	ino_t ino;
	uint32_t access;
	int fd; /* for views */
	uint8_t *addr;
	size_t size_bytes;
	uint32_t users; /* maps */
};

/* Pieces of memory that meet in device addresses, mapped once more so that they meet here too. */
struct dma_view {
	struct dma_view *next;
	uint64_t first, last;
	uint32_t access;
	uint8_t *addr; /* of the page that first is in */
	size_t size_bytes;
};

/* Files */

/* A file that shrinks takes the pages away that somebody is about to write. */
static bool
file_cannot_shrink(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals < 0)
		return false;
	return seals & F_SEAL_SHRINK || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) == 0;
}

static int
access_prot(uint32_t access)
{
	return (access & VFU_READ ? PROT_READ : 0) | (access & VFU_WRITE ? PROT_WRITE : 0);
}

static int
file_open(struct dma_table *t, int fd, const struct stat *st, uint32_t access,
	  struct dma_file **file)
{
	size_t size_bytes = (size_t)st->st_size;
	struct dma_file *f;
	int ret;

	if (size_bytes > MAPPED_BYTES_MAX - t->mapped_bytes)
		return -ENOSPC;
	if (!t->unsealed_ok && !file_cannot_shrink(fd))
		return -EPERM;
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return -ENOMEM;

	f->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (f->fd < 0) {
		ret = -errno;
		goto free_file;
	}
	f->addr = mmap(NULL, size_bytes, access_prot(access), MAP_SHARED | MAP_NORESERVE, fd, 0);
	if (f->addr == MAP_FAILED) {
		ret = errno == EPERM ? -EACCES : -errno;
		goto close_fd;
	}
	f->dev = st->st_dev;
	f->ino = st->st_ino;
	f->access = access;
	f->size_bytes = size_bytes;
	f->next = t->files;
	t->files = f;
	t->mapped_bytes += size_bytes;
	*file = f;
	return 0;

close_fd:
	close(f->fd);
free_file:
	free(f);
	return ret;
}

static void
file_close(struct dma_table *t, struct dma_file **at)
{
	struct dma_file *f = *at;

	*at = f->next;
	t->mapped_bytes -= f->size_bytes;
	munmap(f->addr, f->size_bytes);
	close(f->fd);
	free(f);
}

static void
files_close_unused(struct dma_table *t)
{
	struct dma_file **at = &t->files;

	while (*at != NULL) {
		if ((*at)->users == 0)
			file_close(t, at);
		else
			at = &(*at)->next;
	}
}

/* A mapping of the file that reaches as far as needed; files grow, so an old one may not. */
static int
file_get(struct dma_table *t, int fd, uint64_t end, uint32_t access, struct dma_file **file)
{
	struct dma_file *f;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size <= 0 || end > (uint64_t)st.st_size)
		return -EINVAL;

	for (f = t->files; f != NULL; f = f->next) {
		if (f->dev == st.st_dev && f->ino == st.st_ino && f->access == access &&
		    end <= f->size_bytes) {
			*file = f;
			return 0;
		}
	}
	return file_open(t, fd, &st, access, file);
}

/* Views */

static bool
overlaps(uint64_t first_a, uint64_t last_a, uint64_t first_b, uint64_t last_b)
{
	return first_a <= last_b && first_b <= last_a;
}

/* Take the views out that show a range; they may be in use until the owner has heard of it. */
static struct dma_view *
views_take(struct dma_table *t, uint64_t first, uint64_t last)
{
	struct dma_view **at = &t->views, *taken = NULL, *v;

	while ((v = *at) != NULL) {
		if (!overlaps(v->first, v->last, first, last)) {
			at = &v->next;
			continue;
		}
		*at = v->next;
		t->view_count--;
		v->next = taken;
		taken = v;
	}
	return taken;
}

static void
views_destroy(struct dma_view *v)
{
	while (v != NULL) {
		struct dma_view *next = v->next;

		munmap(v->addr, v->size_bytes);
		free(v);
		v = next;
	}
}

static void *
view_find(const struct dma_table *t, uint64_t first, uint64_t last, uint32_t access)
{
	const struct dma_view *v;

	for (v = t->views; v != NULL; v = v->next)
		if (v->first <= first && last <= v->last && (access & ~v->access) == 0)
			return v->addr + (first - v->first);
	return NULL;
}

/* Show whole pages of a map at an offset of a view: the same memory at a second address. */
static bool
view_add_piece(uint8_t *at, const struct dma_map *map, uint64_t first, uint64_t last,
	       uint64_t page_bytes)
{
	uint64_t offset = (uint64_t)(map->addr - map->file->addr) + (first - map->first);
	uint64_t size_bytes = last - first + 1;

	if (offset % page_bytes != 0 || size_bytes % page_bytes != 0)
		return false;
	return mmap(at, size_bytes, access_prot(map->access),
		    MAP_SHARED | MAP_FIXED | MAP_NORESERVE, map->file->fd, (off_t)offset) == at;
}

static bool
view_fill(struct dma_table *t, uint32_t i, struct dma_view *v, uint64_t page_bytes)
{
	uint64_t at = v->first;

	for (;; i++) {
		const struct dma_map *map = &t->maps[i];
		uint64_t last = map->last < v->last ? map->last : v->last;

		if (!view_add_piece(v->addr + (at - v->first), map, at, last, page_bytes))
			return false;
		if (last == v->last)
			return true;
		at = last + 1;
	}
}

/* Index of the first map that ends at or behind an address. */
static uint32_t
map_index(const struct dma_table *t, uint64_t iova)
{
	uint32_t low = 0, high = t->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (t->maps[middle].last < iova)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
range_is_mapped(const struct dma_table *t, uint32_t i, uint64_t first, uint64_t last,
		uint32_t access)
{
	for (; i < t->count; i++) {
		const struct dma_map *map = &t->maps[i];

		if (map->first > first || (access & ~map->access) != 0)
			return false;
		if (map->last >= last)
			return true;
		first = map->last + 1;
	}
	return false;
}

static void *
view_create(struct dma_table *t, uint32_t i, uint64_t first, uint64_t last, uint32_t access)
{
	uint64_t page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	struct dma_view *v;

	if (t->view_count == VIEWS_MAX)
		return NULL;
	v = calloc(1, sizeof(*v));
	if (v == NULL)
		return NULL;

	v->first = first & ~(page_bytes - 1);
	v->last = last | (page_bytes - 1);
	v->access = access;
	v->size_bytes = v->last - v->first + 1;
	if (!range_is_mapped(t, i, v->first, v->last, access))
		goto free_view;
	v->addr = mmap(NULL, v->size_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (v->addr == MAP_FAILED)
		goto free_view;
	if (!view_fill(t, i, v, page_bytes))
		goto unmap;

	v->next = t->views;
	t->views = v;
	t->view_count++;
	return v->addr + (first - v->first);

unmap:
	munmap(v->addr, v->size_bytes);
free_view:
	free(v);
	return NULL;
}

/* Maps */

static int
maps_reserve(struct dma_table *t, uint32_t more)
{
	uint32_t capacity = t->capacity;
	struct dma_map *maps;

	if (t->count + more <= capacity)
		return 0;
	capacity = capacity == 0 ? CAPACITY_MIN : 2 * capacity;
	maps = realloc(t->maps, capacity * sizeof(*maps));
	if (maps == NULL)
		return -ENOMEM;
	t->maps = maps;
	t->capacity = capacity;
	return 0;
}

static void
map_insert(struct dma_table *t, uint32_t i, const struct dma_map *map)
{
	memmove(&t->maps[i + 1], &t->maps[i], (t->count - i) * sizeof(*map));
	t->maps[i] = *map;
	t->count++;
	map->file->users++;
}

static void
maps_remove(struct dma_table *t, uint32_t i, uint32_t n)
{
	uint32_t k;

	for (k = i; k < i + n; k++)
		t->maps[k].file->users--;
	memmove(&t->maps[i], &t->maps[i + n], (t->count - i - n) * sizeof(t->maps[0]));
	t->count -= n;
}

/* Make two neighbours one if they are neighbours in memory too. */
static void
map_join(struct dma_table *t, uint32_t i)
{
	struct dma_map *a = &t->maps[i], *b = a + 1;

	if (i + 1 >= t->count || a->file != b->file || a->access != b->access ||
	    b->first - a->last != 1 || (uint64_t)(b->addr - a->addr) != b->first - a->first)
		return;
	a->last = b->last;
	maps_remove(t, i + 1, 1);
}

int
dma_table_map(struct dma_table *t, int fd, uint64_t offset, uint64_t iova, uint64_t size_bytes,
	      uint32_t access)
{
	struct dma_map map = { .first = iova, .last = iova + (size_bytes - 1), .access = access };
	uint32_t i = map_index(t, iova);
	int ret;

	if (size_bytes == 0 || map.last < iova || offset + size_bytes < offset || access == 0)
		return -EINVAL;
	if (i < t->count && t->maps[i].first <= map.last)
		return -EEXIST;
	if (t->count >= DMA_MAPS_MAX)
		return -ENOSPC;
	ret = maps_reserve(t, 1);
	if (ret < 0)
		return ret;
	ret = file_get(t, fd, offset + size_bytes, access, &map.file);
	if (ret < 0)
		return ret;

	map.addr = map.file->addr + offset;
	map_insert(t, i, &map);
	map_join(t, i);
	if (i > 0)
		map_join(t, i - 1);
	t->changed(t->arg, map.first, map.last);
	return 0;
}

/* Let a range begin at an address, if it lies inside of a map. */
static void
map_split(struct dma_table *t, uint64_t at)
{
	uint32_t i = map_index(t, at);
	struct dma_map rest;

	if (i == t->count || t->maps[i].first >= at)
		return;
	rest = t->maps[i];
	rest.addr += at - rest.first;
	rest.first = at;
	t->maps[i].last = at - 1;
	map_insert(t, i + 1, &rest);
}

int
dma_table_unmap(struct dma_table *t, uint64_t first, uint64_t last)
{
	struct dma_view *views;
	uint32_t i, n;

	i = map_index(t, first);
	if (i == t->count || t->maps[i].first > last)
		return 0;
	/* All of it splits nothing, and so never fails. */
	if ((first != 0 || last != UINT64_MAX) && maps_reserve(t, 2) < 0)
		return -ENOMEM;

	map_split(t, first);
	if (last != UINT64_MAX)
		map_split(t, last + 1);
	i = map_index(t, first);
	for (n = 0; i + n < t->count && t->maps[i + n].first <= last; n++)
		;
	maps_remove(t, i, n);
	views = views_take(t, first, last);

	t->changed(t->arg, first, last);
	views_destroy(views);
	files_close_unused(t);
	return 0;
}

void
dma_table_clear(struct dma_table *t)
{
	dma_table_unmap(t, 0, UINT64_MAX);
	free(t->maps);
	t->maps = NULL;
	t->capacity = 0;
}

void *
dma_table_find(struct dma_table *t, uint64_t iova, size_t size_bytes, uint32_t access)
{
	uint64_t last = iova + (size_bytes - 1);
	uint32_t i = map_index(t, iova);
	const struct dma_map *map;
	void *addr;

	if (size_bytes == 0 || last < iova || i == t->count || t->maps[i].first > iova)
		return NULL;
	map = &t->maps[i];
	if (last <= map->last)
		return (access & ~map->access) == 0 ? map->addr + (iova - map->first) : NULL;

	addr = view_find(t, iova, last, access);
	return addr != NULL ? addr : view_create(t, i, iova, last, access);
}

uint64_t
dma_table_bytes(const struct dma_table *t)
{
	uint64_t bytes = 0;
	uint32_t i;

	for (i = 0; i < t->count; i++)
		bytes += t->maps[i].last - t->maps[i].first + 1;
	return bytes;
}
