/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the PF layer needs of whatever carries its accesses to a device: a PCI function behind
 * vfio-pci, or the embedded model. An implementation embeds struct dlb_bus and gives it operations.
 */
#ifndef DLB_BUS_H
#define DLB_BUS_H

#include <stddef.h>
#include <stdint.h>

#include "dlb_hw.h"
#include "dlb_qe.h"

struct dlb_bus;

/* Memory that software and the device see alike: zeroed, contiguous in the device's addresses. */
struct dlb_dma {
	void *addr;
	uint64_t iova;
	size_t size_bytes;
	const void *handle; /* the bus's own */
};

struct dlb_bus_ops {
	/* Registers in BAR 2; offsets in bytes, 32-bit accesses. Writes are posted. */
	uint32_t (*csr_read)(struct dlb_bus *bus, uint32_t offset);
	void (*csr_write)(struct dlb_bus *bus, uint32_t offset, uint32_t value);

	/* Configuration space; 1, 2 or 4 bytes, aligned. Return 0, or -EIO. */
	int (*config_read)(struct dlb_bus *bus, uint32_t offset, void *value, size_t size_bytes);
	int (*config_write)(struct dlb_bus *bus, uint32_t offset, const void *value,
			    size_t size_bytes);

	/* One line of four QEs to a producer port, as the data path writes it, for draining. */
	void (*pp_write)(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port,
			 const struct dlb_qe line[DLB_QES_PER_LINE]);
	/* Returns once every line written so far, by pp_write or a data path, has reached the device. */
	void (*pp_flush)(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port);
	/* What the data path writes lines to: a mapped page, or a transport of the bus's own. */
	void *(*pp_address)(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port);

	/* Return 0, or -ENOMEM. */
	int (*dma_alloc)(struct dlb_bus *bus, const char *name, size_t size_bytes, size_t align,
			 struct dlb_dma *dma);
	void (*dma_free)(struct dlb_bus *bus, struct dlb_dma *dma);

	/*
	 * An eventfd that is signalled for an MSI-X vector, the bus's own. Returns it, or -ENOTSUP
	 * from a bus without interrupts, or another negative errno.
	 */
	int (*vector_fd)(struct dlb_bus *bus, uint32_t vector);

	/* Let time pass for the device. Without hardware that is the model's time: nobody sleeps. */
	void (*wait_us)(struct dlb_bus *bus, uint32_t us);
};

struct dlb_bus {
	const struct dlb_bus_ops *ops;
	enum dlb_gen gen;
};

#endif /* DLB_BUS_H */
