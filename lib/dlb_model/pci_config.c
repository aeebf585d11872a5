/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration space of the physical function: a table of what it holds, and the few places where
 * holding a value means something.
 */
#include <errno.h>
#include <string.h>

#include "aids.h"

/* Where things are; the PASID capability is where the device has it, all others are our choice. */
#define CFG_COMMAND 0x04
#define CFG_PCIE 0x40
#define CFG_MSIX 0x80
#define CFG_PM 0x90
#define CFG_AER 0x100
#define CFG_PASID 0x148
#define CFG_ACS 0x150
#define CFG_PRI 0x158

#define CFG_DEVCTL (CFG_PCIE + 0x08)
#define CFG_PMCSR (CFG_PM + 0x04)
#define CFG_PASID_CTRL (CFG_PASID + 0x06)

#define COMMAND_MEMORY 0x0002u
#define COMMAND_MASTER 0x0004u
#define DEVCTL_FLR 0x8000u
#define PMCSR_STATE 0x0003u
#define PASID_ENABLE 0x0001u

#define BAR_64_PREFETCH 0x0cu
#define MSIX_TABLE_OFFSET 0x1000000u
#define MSIX_PBA_OFFSET 0x1001000u
#define MSIX_LAST_VECTOR 64 /* one for all but CQs, and 64 for CQs */

#define CAP_HEADER(id, next) ((id) | (uint32_t)(next) << 8)
#define EXT_CAP_HEADER(id, version, next) ((id) | (version) << 16 | (uint32_t)(next) << 20)

/* 32 bits of configuration space. Bits in neither mask are read-only. */
struct config_word {
	uint16_t offset;
	uint32_t reset;
	uint32_t writable;
	uint32_t w1c;
};

static const struct config_word config_words[] = {
	/* Header; the device ID is filled in per generation. */
	{ 0x00, DLB_PCI_VENDOR, 0, 0 },
	{ CFG_COMMAND, 0x00100000, 0x00000546, 0xf9000000 },
	{ 0x08, 0x0b400000, 0, 0 }, /* class: co-processor */
	{ 0x0c, 0, 0x000000ff, 0 },
	{ 0x10, BAR_64_PREFETCH, ~(uint32_t)(DLB_FUNC_BAR_BYTES - 1), 0 },
	{ 0x14, 0, UINT32_MAX, 0 },
	{ 0x18, BAR_64_PREFETCH, 0, 0 }, /* 4 GiB: no address bit is left in the low half */
	{ 0x1c, 0, UINT32_MAX, 0 },
	{ 0x2c, DLB_PCI_VENDOR, 0, 0 },
	{ 0x34, CFG_PCIE, 0, 0 },
	{ 0x3c, 0, 0x000000ff, 0 },

	/* PCI Express: endpoint, version 2, with function-level reset. */
	{ CFG_PCIE + 0x00, CAP_HEADER(0x10, CFG_MSIX) | 0x00020000, 0, 0 },
	{ CFG_PCIE + 0x04, 0x10008fc2, 0, 0 },
	{ CFG_PCIE + 0x08, 0x00002810, 0x00007fff, 0x000f0000 },
	{ CFG_PCIE + 0x0c, 0x00000011, 0, 0 },
	{ CFG_PCIE + 0x10, 0x00110000, 0x000001fb, 0 },
	{ CFG_PCIE + 0x24, 0x0000001f, 0, 0 },
	{ CFG_PCIE + 0x28, 0, 0x0000071f, 0 },
	{ CFG_PCIE + 0x2c, 0x00000002, 0, 0 },
	{ CFG_PCIE + 0x30, 0x00000001, 0x0000000f, 0 },

	{ CFG_MSIX + 0x00, CAP_HEADER(0x11, CFG_PM) | MSIX_LAST_VECTOR << 16, 0xc0000000, 0 },
	{ CFG_MSIX + 0x04, MSIX_TABLE_OFFSET, 0, 0 },
	{ CFG_MSIX + 0x08, MSIX_PBA_OFFSET, 0, 0 },

	/* Power management, version 3; D3hot keeps the state (no soft reset). */
	{ CFG_PM + 0x00, CAP_HEADER(0x01, 0) | 0x00030000, 0, 0 },
	{ CFG_PM + 0x04, 0x00000008, PMCSR_STATE, 0 },

	/* Advanced error reporting */
	{ CFG_AER + 0x00, EXT_CAP_HEADER(0x0001u, 2u, CFG_PASID), 0, 0 },
	{ CFG_AER + 0x04, 0, 0, 0x007ff030 },
	{ CFG_AER + 0x08, 0, 0x007ff030, 0 },
	{ CFG_AER + 0x0c, 0x00462030, 0x007ff030, 0 },
	{ CFG_AER + 0x10, 0, 0, 0x0000f1c1 },
	{ CFG_AER + 0x14, 0x00002000, 0x0000f1c1, 0 },
	{ CFG_AER + 0x18, 0x000000a0, 0x00000140, 0 },

	{ CFG_PASID + 0x00, EXT_CAP_HEADER(0x001bu, 1u, CFG_ACS), 0, 0 },
	{ CFG_PASID + 0x04, 0x00001406, 0x00070000, 0 },

	/*
	 * Access control: source validation, request and completion redirect, upstream forwarding
	 */
	{ CFG_ACS + 0x00, EXT_CAP_HEADER(0x000du, 1u, CFG_PRI), 0, 0 },
	{ CFG_ACS + 0x04, 0x0000001d, 0x001d0000, 0 },

	/* Page requests */
	{ CFG_PRI + 0x00, EXT_CAP_HEADER(0x0013u, 1u, 0), 0, 0 },
	{ CFG_PRI + 0x04, 0x01000000, 0x00000001, 0x00030000 },
	{ CFG_PRI + 0x08, 512, 0, 0 },
	{ CFG_PRI + 0x0c, 0, UINT32_MAX, 0 },
};

static uint16_t
config_get16(const struct dlb_model *m, uint32_t offset)
{
	return (uint16_t)(m->config[offset] | m->config[offset + 1] << 8);
}

static void
config_put32(uint8_t *at, uint32_t value)
{
	uint32_t i;

	for (i = 0; i < sizeof(value); i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* Work out what the function may do; to be called when the space or the reset state changes. */
void
config_apply(struct dlb_model *m)
{
	uint16_t command = config_get16(m, CFG_COMMAND);
	bool awake = m->flr_us == 0 && !(config_get16(m, CFG_PMCSR) & PMCSR_STATE);

	m->memory_on = awake && command & COMMAND_MEMORY;
	m->dma_on = awake && command & COMMAND_MASTER;
	m->pasid_on = config_get16(m, CFG_PASID_CTRL) & PASID_ENABLE;
	power_update(m);
}

void
config_reset(struct dlb_model *m)
{
	uint32_t i;

	for (i = 0; i < sizeof(config_words) / sizeof(config_words[0]); i++) {
		const struct config_word *w = &config_words[i];

		config_put32(&m->config[w->offset], w->reset);
		config_put32(&m->config_writable[w->offset], w->writable);
		config_put32(&m->config_w1c[w->offset], w->w1c);
	}
	config_put32(m->config, DLB_PCI_VENDOR | (uint32_t)m->limits->pci_device << 16);
	config_apply(m);
}

static bool
config_access_ok(uint32_t offset, size_t size_bytes)
{
	if (size_bytes != 1 && size_bytes != 2 && size_bytes != 4)
		return false;
	return offset % size_bytes == 0 && offset + size_bytes <= MODEL_CONFIG_BYTES &&
	       offset < MODEL_CONFIG_BYTES;
}

int
dlb_model_config_read(struct dlb_model *m, uint32_t offset, void *value, size_t size_bytes)
{
	if (!config_access_ok(offset, size_bytes))
		return -EINVAL;

	if (m->flr_us != 0)
		memset(value, 0xff, size_bytes);
	else
		memcpy(value, &m->config[offset], size_bytes);
	return 0;
}

static bool
starts_flr(uint32_t offset, const uint8_t *bytes, size_t size_bytes)
{
	const uint32_t flr_byte = CFG_DEVCTL + 1;

	return offset <= flr_byte && flr_byte < offset + size_bytes &&
	       bytes[flr_byte - offset] & DEVCTL_FLR >> 8;
}

int
dlb_model_config_write(struct dlb_model *m, uint32_t offset, const void *value, size_t size_bytes)
{
	const uint8_t *bytes = value;
	size_t i;

	if (!config_access_ok(offset, size_bytes))
		return -EINVAL;
	aids_enter(m);
	if (m->flr_us != 0)
		return 0;

	for (i = 0; i < size_bytes; i++) {
		uint8_t *byte = &m->config[offset + i];
		uint8_t writable = m->config_writable[offset + i];

		*byte = (*byte & ~writable) | (bytes[i] & writable);
		*byte &= ~(bytes[i] & m->config_w1c[offset + i]);
	}
	if (starts_flr(offset, bytes, size_bytes))
		power_flr(m);
	config_apply(m);
	return 0;
}
