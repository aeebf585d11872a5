/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The client's memory, by device address. Each file is mapped once, however many ranges of it the
 * client names; ranges that continue each other in memory become one.
 */
#ifndef DMA_H
#define DMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DMA_MAPS_MAX 65535

struct dma_file;
struct dma_view;

struct dma_map {
	uint64_t first, last; /* device addresses, both included: a range can end at 2^64 - 1 */
	uint8_t *addr;
	struct dma_file *file;
	uint32_t access;
};

struct dma_table {
	struct dma_map *maps; /* in order of addresses, without overlaps */
	uint32_t count, capacity;
	struct dma_file *files;
	struct dma_view *views;
	uint32_t view_count;
	uint64_t mapped_bytes; /* of address space, by all files */
	bool unsealed_ok;
	void (*changed)(void *arg, uint64_t first, uint64_t last);
	void *arg;
};

/**
 * Map size_bytes of a file. The descriptor stays the caller's and is not needed any more.
 *
 * @return
 *   0, or: -EINVAL for an empty range, one beyond 2^64 or beyond the end of the file, or for what is
 *   no memory, -EEXIST where something is mapped, -EACCES for access that the descriptor has not,
 *   -EPERM for memory that can shrink, -ENOSPC for too many ranges or too much memory, -ENOMEM.
 */
int dma_table_map(struct dma_table *t, int fd, uint64_t offset, uint64_t iova, uint64_t size_bytes,
		  uint32_t access);

/**
 * Unmap what is mapped between two addresses. Parts of a range can go.
 *
 * @return
 *   0, also if nothing was mapped, or -ENOMEM with all as before.
 */
int dma_table_unmap(struct dma_table *t, uint64_t first, uint64_t last);

void dma_table_clear(struct dma_table *t);

/** Also across ranges that meet in device addresses, but not in memory. NULL if not all is there. */
void *dma_table_find(struct dma_table *t, uint64_t iova, size_t size_bytes, uint32_t access);

uint64_t dma_table_bytes(const struct dma_table *t);

#endif /* DMA_H */
