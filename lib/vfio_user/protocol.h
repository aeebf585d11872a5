/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The vfio-user protocol, version 0.0, as bytes: QEMU's docs/interop/vfio-user.rst. Little endian, and
 * so is every machine that this builds for.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include <stdint.h>

#define PROTOCOL_MAJOR 0
#define PROTOCOL_MINOR 0

enum protocol_command {
	CMD_VERSION = 1,
	CMD_DMA_MAP = 2,
	CMD_DMA_UNMAP = 3,
	CMD_DEVICE_GET_INFO = 4,
	CMD_REGION_GET_INFO = 5,
	CMD_REGION_GET_IO_FDS = 6,
	CMD_IRQ_GET_INFO = 7,
	CMD_SET_IRQS = 8,
	CMD_REGION_READ = 9,
	CMD_REGION_WRITE = 10,
	CMD_DMA_READ = 11,  /* server to client */
	CMD_DMA_WRITE = 12, /* server to client */
	CMD_DEVICE_RESET = 13,
	CMD_REGION_WRITE_MULTI = 15,
	CMD_COUNT
};

struct msg_header {
	uint16_t id;
	uint16_t command;
	uint32_t size_bytes; /* with this header */
	uint32_t flags;
	uint32_t error;
};

#define MSG_TYPE 0x0fu
#define MSG_TYPE_COMMAND 0x00u
#define MSG_TYPE_REPLY 0x01u
#define MSG_NO_REPLY 0x10u
#define MSG_ERROR 0x20u

struct msg_version {
	uint16_t major;
	uint16_t minor;
	/* capabilities: JSON, NUL-terminated */
};

struct msg_dma_map {
	uint32_t argsz;
	uint32_t flags;
	uint64_t offset; /* in the file */
	uint64_t iova;
	uint64_t size_bytes;
};

#define DMA_MAP_READ 0x1u
#define DMA_MAP_WRITE 0x2u

struct msg_dma_unmap {
	uint32_t argsz;
	uint32_t flags;
	uint64_t iova;
	uint64_t size_bytes;
};

#define DMA_UNMAP_DIRTY_BITMAP 0x1u
#define DMA_UNMAP_ALL 0x2u

struct msg_device_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t regions;
	uint32_t irqs;
};

#define DEVICE_INFO_RESET 0x1u
#define DEVICE_INFO_PCI 0x2u

struct msg_region_info {
	uint32_t argsz;
	uint32_t flags; /* VFU_READ, VFU_WRITE */
	uint32_t index;
	uint32_t cap_offset;
	uint64_t size_bytes;
	uint64_t offset;
};

struct msg_irq_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t count;
};

#define IRQ_INFO_EVENTFD 0x1u

struct msg_set_irqs {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t start;
	uint32_t count;
	/* one byte for each vector, if IRQ_DATA_BOOL */
};

#define IRQ_DATA_NONE 0x01u
#define IRQ_DATA_BOOL 0x02u
#define IRQ_DATA_EVENTFD 0x04u
#define IRQ_ACTION_TRIGGER 0x20u

struct msg_region_access {
	uint64_t offset;
	uint32_t region;
	uint32_t size_bytes;
	/* data */
};

#define WRITE_MULTI_DATA 8

struct msg_write_multi {
	uint64_t count;
	/* that many struct msg_write_one */
};

struct msg_write_one {
	uint64_t offset;
	uint32_t region;
	uint32_t size_bytes;
	uint8_t data[WRITE_MULTI_DATA];
};

_Static_assert(sizeof(struct msg_header) == 16, "no padding");
_Static_assert(sizeof(struct msg_dma_map) == 32, "no padding");
_Static_assert(sizeof(struct msg_dma_unmap) == 24, "no padding");
_Static_assert(sizeof(struct msg_region_info) == 32, "no padding");
_Static_assert(sizeof(struct msg_set_irqs) == 20, "no padding");
_Static_assert(sizeof(struct msg_region_access) == 16, "no padding");
_Static_assert(sizeof(struct msg_write_one) == 24, "no padding");

#endif /* PROTOCOL_H */
