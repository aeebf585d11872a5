/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A server for PCI device models over the vfio-user protocol (QEMU, docs/interop/vfio-user.rst): what
 * a virtual machine monitor needs to show a model to its guest as a PCI function. See the guide,
 * chapter "In a virtual machine".
 *
 * The library has no thread and never blocks: the embedder polls one descriptor and calls
 * vfu_server_process(). The embedder's operations are called from there, and nowhere else.
 */
#ifndef VFIO_USER_H
#define VFIO_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Regions of a PCI device, as VFIO numbers them. */
enum vfu_region_index {
	VFU_REGION_BAR0,
	VFU_REGION_BAR1,
	VFU_REGION_BAR2,
	VFU_REGION_BAR3,
	VFU_REGION_BAR4,
	VFU_REGION_BAR5,
	VFU_REGION_ROM,
	VFU_REGION_CONFIG, /* configuration space */
	VFU_REGION_VGA,
	VFU_REGION_COUNT
};

/* Interrupts of a PCI device, as VFIO numbers them. */
enum vfu_irq_index {
	VFU_IRQ_INTX,
	VFU_IRQ_MSI,
	VFU_IRQ_MSIX,
	VFU_IRQ_ERR,
	VFU_IRQ_REQ,
	VFU_IRQ_COUNT
};

#define VFU_READ 0x1u
#define VFU_WRITE 0x2u

/* One transfer of a region access at most. */
#define VFU_ACCESS_MAX 32768

struct vfu_server;

enum vfu_reset {
	VFU_RESET_REQUEST,    /* the client asks: the machine resets */
	VFU_RESET_DISCONNECT, /* the client is gone: the next one finds a device as from power-on */
};

struct vfu_ops {
	/*
	 * Access a region: 1 to VFU_ACCESS_MAX bytes, all inside the region, aligned or not. Return 0,
	 * or a negative errno, which the client gets unless it wants no reply.
	 */
	int (*region_read)(void *arg, enum vfu_region_index region, uint64_t offset, void *data,
			   size_t size_bytes);
	int (*region_write)(void *arg, enum vfu_region_index region, uint64_t offset,
			    const void *data, size_t size_bytes);
	void (*reset)(void *arg, enum vfu_reset why);
	/*
	 * Memory came or went between these addresses, the last one included. Pointers into it from
	 * vfu_dma_find() must not be used once this returns; look them up again. May be NULL.
	 */
	void (*dma_changed)(void *arg, uint64_t first, uint64_t last);
	/* One line for whoever runs the server: clients that come and go, and what is refused. */
	void (*log)(void *arg, const char *text);
};

struct vfu_region {
	uint64_t size_bytes; /* 0: the device has no such region */
	uint32_t access;     /* VFU_READ, VFU_WRITE */
};

struct vfu_conf {
	const char *path; /* of the socket; NULL: clients come through vfu_server_attach() only */
	const struct vfu_ops *ops;
	void *arg; /* of the operations */
	struct vfu_region regions[VFU_REGION_COUNT];
	uint32_t irqs[VFU_IRQ_COUNT]; /* vectors; 0: the device has no such interrupt */
	/*
	 * Memory whose owner can shrink it would end this process with SIGBUS, so it is refused unless
	 * it is or can be sealed. True: trust the client not to do that.
	 */
	bool unsealed_memory_ok;
};

/**
 * Listen on a socket. A socket that nobody listens on any more is replaced.
 *
 * @return
 *   0, or: -EINVAL for a bad configuration, -ENAMETOOLONG for a path that no socket can have,
 *   -EADDRINUSE when somebody listens there, -EEXIST when something else than a socket is there,
 *   -ENOMEM, or what bind() says.
 */
int vfu_server_create(const struct vfu_conf *conf, struct vfu_server **server);

/** Disconnect the client, remove the socket, free. */
void vfu_server_destroy(struct vfu_server *server);

/** The descriptor to poll for reading. It stays the same from create to destroy. */
int vfu_server_fd(const struct vfu_server *server);

/**
 * Serve a client over a connected socket. The server owns the descriptor from here on.
 *
 * @return
 *   0, or: -EBUSY while there is a client, -errno of epoll; the descriptor is the caller's still.
 */
int vfu_server_attach(struct vfu_server *server, int fd);

/**
 * Do what clients want. Never blocks.
 *
 * @param budget
 *   Messages to handle at most.
 * @return
 *   Messages handled; less than the budget: nothing is left to do until vfu_server_fd() is readable.
 */
uint32_t vfu_server_process(struct vfu_server *server, uint32_t budget);

bool vfu_server_has_client(const struct vfu_server *server);

/**
 * Memory of the client at a device address.
 *
 * @param access
 *   What the device will do there: VFU_READ, VFU_WRITE.
 * @return
 *   A pointer that is good until dma_changed() names the range, or NULL if not all of it is mapped so.
 */
void *vfu_dma_find(struct vfu_server *server, uint64_t iova, size_t size_bytes, uint32_t access);

/**
 * Raise an interrupt.
 *
 * @return
 *   True if the client listens on that vector.
 */
bool vfu_irq_raise(struct vfu_server *server, enum vfu_irq_index index, uint32_t vector);

struct vfu_stats {
	uint64_t clients; /* accepted so far */
	uint64_t messages;
	uint64_t errors;        /* requests refused */
	uint64_t reads, writes; /* region accesses, those of a multiple write one by one */
	uint64_t interrupts;    /* delivered */
	uint32_t dma_maps;      /* now */
	uint64_t dma_bytes;     /* now */
};

void vfu_server_stats(const struct vfu_server *server, struct vfu_stats *stats);

#endif /* VFIO_USER_H */
