/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Function-level reset; see reset.h. Only what the reset clears and somebody had set is put back:
 * no interrupt, page request or error reporting is switched on that was off before.
 */
#include <errno.h>
#include <string.h>

#include "log.h"
#include "reset.h"

#define CONFIG_ID 0x00
#define CONFIG_COMMAND 0x04
#define CONFIG_STATUS 0x06
#define STATUS_CAP_LIST 0x0010
#define CONFIG_CAP_POINTER 0x34
#define HEADER_DWORDS 16

#define CAP_MSIX 0x11
#define CAP_PCIE 0x10
#define CAP_CHAIN_MAX 48 /* that fit between the header and offset 0x100 */

#define EXT_CAP_FIRST 0x100
#define EXT_CAP_CHAIN_MAX 480 /* that fit between there and offset 0x1000 */
#define EXT_CAP_ID 0x0000ffffu
#define EXT_CAP_NEXT_SHIFT 20
#define EXT_CAP_AER 0x0001
#define EXT_CAP_ACS 0x000d
#define EXT_CAP_PRI 0x0013
#define EXT_CAP_PASID 0x001b
#define PASID_USUAL_PLACE 0x148 /* where a DLB has it: VFIO used to leave it out of the chain */

#define PCIE_DEVCAP 0x04
#define DEVCAP_FLR 0x10000000u
#define PCIE_DEVCTL 0x08
#define DEVCTL_FLR 0x8000
#define PCIE_DEVSTA 0x0a
#define DEVSTA_PENDING 0x0020
#define PCIE_LNKCTL 0x10
#define PCIE_DEVCTL2 0x28
#define PCIE_LNKCTL2 0x30

#define MSIX_CONTROL 0x02
#define MSIX_ENABLE 0x8000
#define MSIX_MASK_ALL 0x4000

#define AER_UNCORRECTABLE 0x04
#define AER_CORRECTABLE 0x10

#define ACS_CAPABILITY 0x04
#define ACS_CONTROL 0x06
#define ACS_WANTED 0x0011   /* source validation, upstream forwarding */
#define ACS_UNWANTED 0x002c /* redirect of requests and completions, egress control */

#define PRI_CONTROL 0x04
#define PRI_ENABLE 0x0001
#define PRI_MAX_REQUESTS 0x0c

#define PASID_CONTROL 0x06

#define PENDING_LIMIT_US 1500000
#define RESET_US 100000 /* the function must be left alone for that long */
#define RETURN_LIMIT_US 1000000
#define RETURN_STEP_US 1000

static const uint32_t pcie_registers[] = { PCIE_DEVCTL, PCIE_LNKCTL, PCIE_DEVCTL2, PCIE_LNKCTL2 };
#define PCIE_REGISTERS (sizeof(pcie_registers) / sizeof(pcie_registers[0]))

/* Where the capabilities are; 0: there is none. */
struct capabilities {
	uint32_t pcie, msix, aer, acs, pri;
};

struct saved {
	uint32_t header[HEADER_DWORDS];
	uint16_t pcie[PCIE_REGISTERS];
	uint16_t msix_control;
	uint16_t pri_control;
	uint32_t pri_max_requests;
};

/* A run of accesses that only makes sense as a whole: once one failed, the rest is skipped. */
struct config {
	struct dlb_bus *bus;
	int error;
};

static uint32_t
config_get(struct config *config, uint32_t offset, size_t size_bytes)
{
	uint32_t value = 0; /* little-endian, as configuration space and the only CPUs we run on */

	if (config->error == 0)
		config->error =
			config->bus->ops->config_read(config->bus, offset, &value, size_bytes);
	return config->error == 0 ? value : 0;
}

static void
config_put(struct config *config, uint32_t offset, uint32_t value, size_t size_bytes)
{
	if (config->error == 0)
		config->error =
			config->bus->ops->config_write(config->bus, offset, &value, size_bytes);
}

static int
config_result(const struct config *config, const struct dlb_log *log, const char *what)
{
	if (config->error == 0)
		return 0;
	return pf_refuse(log, -EIO, "%s: the bus cannot access configuration space", what);
}

static uint32_t
cap_find(struct config *config, uint32_t id)
{
	uint32_t offset, i;

	if (!(config_get(config, CONFIG_STATUS, 2) & STATUS_CAP_LIST))
		return 0;
	offset = config_get(config, CONFIG_CAP_POINTER, 1) & ~3u;
	for (i = 0; offset != 0 && i < CAP_CHAIN_MAX; i++) {
		if (config_get(config, offset, 1) == id)
			return offset;
		offset = config_get(config, offset + 1, 1) & ~3u;
	}
	return 0;
}

static uint32_t
ext_cap_find(struct config *config, uint32_t id)
{
	uint32_t offset = EXT_CAP_FIRST, header, i;

	for (i = 0; offset >= EXT_CAP_FIRST && i < EXT_CAP_CHAIN_MAX; i++) {
		header = config_get(config, offset, 4);
		if (header == 0 || header == UINT32_MAX)
			return 0;
		if ((header & EXT_CAP_ID) == id)
			return offset;
		offset = header >> EXT_CAP_NEXT_SHIFT & ~3u;
	}
	return 0;
}

int
pf_function_check(struct dlb_bus *bus, const struct dlb_log *log)
{
	const struct dlb_limits *limits = &dlb_limits[bus->gen];
	struct config config = { .bus = bus };
	uint32_t id = config_get(&config, CONFIG_ID, 4);

	if (config.error == 0 && id != ((uint32_t)limits->pci_device << 16 | DLB_PCI_VENDOR))
		return pf_refuse(log, -ENODEV, "PCI ID %04x:%04x: a DLB %s is %04x:%04x",
				 id & 0xffff, id >> 16, limits->name, DLB_PCI_VENDOR,
				 limits->pci_device);
	return config_result(&config, log, "PCI ID");
}

static void
capabilities_find(struct config *config, struct capabilities *caps)
{
	caps->pcie = cap_find(config, CAP_PCIE);
	caps->msix = cap_find(config, CAP_MSIX);
	caps->aer = ext_cap_find(config, EXT_CAP_AER);
	caps->acs = ext_cap_find(config, EXT_CAP_ACS);
	caps->pri = ext_cap_find(config, EXT_CAP_PRI);
}

static int
capabilities_check(struct config *config, const struct dlb_log *log,
		   const struct capabilities *caps)
{
	uint32_t devcap;

	if (config->error != 0)
		return config_result(config, log, "PCI capabilities");
	if (caps->pcie == 0)
		return pf_refuse(log, -ENODEV, "PCI Express capability: not found, a DLB has it");
	devcap = config_get(config, caps->pcie + PCIE_DEVCAP, 4);
	if (config->error == 0 && !(devcap & DEVCAP_FLR))
		return pf_refuse(
			log, -ENODEV,
			"device capabilities 0x%08x: a DLB has function-level reset, 0x%08x",
			devcap, DEVCAP_FLR);
	return config_result(config, log, "device capabilities");
}

static void
state_save(struct config *config, const struct capabilities *caps, struct saved *saved)
{
	uint32_t i;

	for (i = 0; i < HEADER_DWORDS; i++)
		saved->header[i] = config_get(config, i * 4, 4);
	for (i = 0; i < PCIE_REGISTERS; i++)
		saved->pcie[i] = (uint16_t)config_get(config, caps->pcie + pcie_registers[i], 2);
	if (caps->msix != 0)
		saved->msix_control = (uint16_t)config_get(config, caps->msix + MSIX_CONTROL, 2);
	if (caps->pri != 0) {
		saved->pri_control = (uint16_t)config_get(config, caps->pri + PRI_CONTROL, 2);
		saved->pri_max_requests = config_get(config, caps->pri + PRI_MAX_REQUESTS, 4);
	}
}

/* Status bits that writing 1 clears: errors from before the reset are nobody's any more. */
static void
status_clear(struct config *config, uint32_t offset)
{
	config_put(config, offset, config_get(config, offset, 4), 4);
}

/* Peer-to-peer stays direct and checked: see the specification, section "Function-level reset". */
static void
acs_restore(struct config *config, uint32_t acs)
{
	uint32_t capability = config_get(config, acs + ACS_CAPABILITY, 2);
	uint32_t control = config_get(config, acs + ACS_CONTROL, 2);

	config_put(config, acs + ACS_CONTROL,
		   (control | (capability & ACS_WANTED)) & ~(uint32_t)ACS_UNWANTED, 2);
}

/* A vector that fires while the table is being restored would go to a stale address. */
static void
msix_restore(struct config *config, uint32_t msix, uint16_t control)
{
	if (!(control & MSIX_ENABLE))
		return;
	config_put(config, msix + MSIX_CONTROL, control | MSIX_MASK_ALL, 2);
	config_put(config, msix + MSIX_CONTROL, control, 2);
}

/* The header goes last and downwards: the base addresses must stand before COMMAND enables them. */
static void
state_restore(struct config *config, const struct capabilities *caps, const struct saved *saved)
{
	uint32_t i;

	for (i = 0; i < PCIE_REGISTERS; i++)
		config_put(config, caps->pcie + pcie_registers[i], saved->pcie[i], 2);
	if (caps->pri != 0) {
		config_put(config, caps->pri + PRI_MAX_REQUESTS, saved->pri_max_requests, 4);
		config_put(config, caps->pri + PRI_CONTROL, saved->pri_control & PRI_ENABLE, 2);
	}
	if (caps->aer != 0) {
		status_clear(config, caps->aer + AER_CORRECTABLE);
		status_clear(config, caps->aer + AER_UNCORRECTABLE);
	}
	for (i = HEADER_DWORDS; i-- > 0;)
		config_put(config, i * 4, saved->header[i], 4);
	if (caps->msix != 0)
		msix_restore(config, caps->msix, saved->msix_control);
	if (caps->acs != 0)
		acs_restore(config, caps->acs);
}

/* Wait with doubling steps until the function has no transaction outstanding. */
static int
pending_wait(struct config *config, const struct dlb_log *log, uint32_t pcie)
{
	uint32_t waited_us = 0, step_us = 1000;

	while (config_get(config, pcie + PCIE_DEVSTA, 2) & DEVSTA_PENDING) {
		if (waited_us >= PENDING_LIMIT_US)
			return pf_refuse(
				log, -ETIMEDOUT,
				"PCI transactions: pending for %u us, at most %u before a reset",
				waited_us, PENDING_LIMIT_US);
		config->bus->ops->wait_us(config->bus, step_us);
		waited_us += step_us;
		step_us *= 2;
	}
	return config_result(config, log, "device status");
}

/* Until the function answers again, it reads as all ones. A bus may refuse the access meanwhile. */
static int
return_wait(struct config *config, const struct dlb_log *log, uint32_t id)
{
	uint32_t waited_us, now = 0;

	config->bus->ops->wait_us(config->bus, RESET_US);
	for (waited_us = 0; waited_us < RETURN_LIMIT_US; waited_us += RETURN_STEP_US) {
		config->error = 0;
		now = config_get(config, CONFIG_ID, 4);
		if (config->error == 0 && now == id)
			return 0;
		config->bus->ops->wait_us(config->bus, RETURN_STEP_US);
	}
	if (config->error != 0)
		return config_result(config, log, "PCI ID after the reset");
	return pf_refuse(log, -ETIMEDOUT, "PCI ID after the reset 0x%08x: must be 0x%08x", now, id);
}

int
pf_function_reset(struct dlb_bus *bus, const struct dlb_log *log, bool *quiet)
{
	struct config config = { .bus = bus };
	struct capabilities caps;
	struct saved saved = { 0 };
	int ret;

	*quiet = false;
	capabilities_find(&config, &caps);
	ret = capabilities_check(&config, log, &caps);
	if (ret < 0)
		return ret;

	state_save(&config, &caps, &saved);
	config_put(&config, CONFIG_COMMAND, 0, 2);
	ret = config_result(&config, log, "COMMAND before the reset");
	if (ret < 0)
		return ret;

	ret = pending_wait(&config, log, caps.pcie);
	if (ret < 0)
		return ret;
	*quiet = true;
	config_put(&config, caps.pcie + PCIE_DEVCTL, saved.pcie[0] | DEVCTL_FLR, 2);
	ret = config_result(&config, log, "device control");
	if (ret < 0)
		return ret;

	ret = return_wait(&config, log, saved.header[0]);
	if (ret < 0)
		return ret;
	state_restore(&config, &caps, &saved);
	ret = config_result(&config, log, "configuration space after the reset");
	return ret < 0 ? ret : pf_pasid_disable(bus, log);
}

int
pf_pasid_disable(struct dlb_bus *bus, const struct dlb_log *log)
{
	struct config config = { .bus = bus };
	uint32_t pasid = ext_cap_find(&config, EXT_CAP_PASID);

	if (pasid == 0 && (config_get(&config, PASID_USUAL_PLACE, 4) & EXT_CAP_ID) == EXT_CAP_PASID)
		pasid = PASID_USUAL_PLACE;
	if (pasid != 0)
		config_put(&config, pasid + PASID_CONTROL, 0, 2);
	else if (config.error == 0)
		pf_log(log, DLB_LOG_DEBUG, "PASID capability: not found, nothing to switch off");
	return config_result(&config, log, "PASID control");
}
