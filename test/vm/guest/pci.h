/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A PCI function through the kernel's VFIO, as any userspace driver gets it.
 */
#ifndef PCI_H
#define PCI_H

#include <stddef.h>
#include <stdint.h>

#include "check.h"

#define VFIO_BARS 6

struct vfio {
	int container, group, device;
	uint64_t config; /* offset of configuration space in the device's file */
	void *bar[VFIO_BARS];
	size_t bar_bytes[VFIO_BARS];
};

/* All of these end the program with a message when they fail: a test has no other plans. */

void vfio_open(struct vfio *v, const char *bdf);
void vfio_close(struct vfio *v);
void vfio_map_bar(struct vfio *v, int bar);

void vfio_config_read(const struct vfio *v, uint32_t offset, void *value, size_t size_bytes);
void vfio_config_write(const struct vfio *v, uint32_t offset, const void *value, size_t size_bytes);

/* Memory that the device sees at an address of our choice. */
void *vfio_dma_alloc(const struct vfio *v, uint64_t iova, size_t size_bytes);
void vfio_dma_free(const struct vfio *v, void *addr, uint64_t iova, size_t size_bytes);

/* Eventfds for MSI-X vectors 0 to count - 1. */
void vfio_irq_enable(const struct vfio *v, uint32_t count, int eventfds[]);
void vfio_irq_disable(const struct vfio *v);

void vfio_reset(const struct vfio *v);

#endif /* PCI_H */
