/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of what is in configuration space, found as software finds it: by walking the lists of
 * capabilities, so that nothing here depends on where a device has them.
 */
#include <stdio.h>
#include <string.h>

#include "config_name.h"

#define HEADER_BYTES 0x40
#define LEGACY_BYTES 0x100
#define CONFIG_BYTES 0x1000
#define CAPABILITY_POINTER 0x34
#define HOPS_MAX 64 /* lists of a broken device can be circles */

struct reg_name {
	uint16_t offset;
	const char *name;
};

static const struct reg_name header_names[] = {
	{ 0x00, "VENDOR_ID" },    { 0x02, "DEVICE_ID" },   { 0x04, "COMMAND" },
	{ 0x06, "STATUS" },       { 0x08, "REVISION_ID" }, { 0x0a, "CLASS" },
	{ 0x0c, "CACHE_LINE" },   { 0x0e, "HEADER_TYPE" }, { 0x10, "BAR0" },
	{ 0x14, "BAR1" },         { 0x18, "BAR2" },        { 0x1c, "BAR3" },
	{ 0x20, "BAR4" },         { 0x24, "BAR5" },        { 0x2c, "SUBSYSTEM_VENDOR" },
	{ 0x2e, "SUBSYSTEM_ID" }, { 0x30, "ROM" },         { 0x34, "CAP_POINTER" },
	{ 0x3c, "INT_LINE" },     { 0x3d, "INT_PIN" },     { 0, NULL },
};

static const struct reg_name pcie_names[] = {
	{ 0x02, "FLAGS" },   { 0x04, "DEVCAP" },  { 0x08, "DEVCTL" },  { 0x0a, "DEVSTA" },
	{ 0x0c, "LNKCAP" },  { 0x10, "LNKCTL" },  { 0x12, "LNKSTA" },  { 0x18, "SLTCTL" },
	{ 0x1c, "RTCTL" },   { 0x24, "DEVCAP2" }, { 0x28, "DEVCTL2" }, { 0x30, "LNKCTL2" },
	{ 0x38, "SLTCTL2" }, { 0, NULL },
};

static const struct reg_name msix_names[] = {
	{ 0x02, "CONTROL" },
	{ 0x04, "TABLE" },
	{ 0x08, "PBA" },
	{ 0, NULL },
};

static const struct reg_name pm_names[] = { { 0x02, "PMC" }, { 0x04, "PMCSR" }, { 0, NULL } };

static const struct reg_name aer_names[] = {
	{ 0x04, "UNCOR_STATUS" },   { 0x08, "UNCOR_MASK" },
	{ 0x0c, "UNCOR_SEVERITY" }, { 0x10, "COR_STATUS" },
	{ 0x14, "COR_MASK" },       { 0x18, "CAP_CONTROL" },
	{ 0x30, "ROOT_STATUS" },    { 0, NULL },
};

static const struct reg_name control_names[] = {
	{ 0x04, "CAPABILITY" },
	{ 0x06, "CONTROL" },
	{ 0, NULL },
};

static const struct reg_name pri_names[] = {
	{ 0x04, "CONTROL" },
	{ 0x06, "STATUS" },
	{ 0x0c, "MAX_REQUESTS" },
	{ 0, NULL },
};

static const struct capability {
	uint16_t id;
	uint16_t list; /* where it is found: below or above LEGACY_BYTES */
	const char *name;
	const struct reg_name *regs;
} capabilities[] = {
	{ 0x01, 0, "PM", pm_names },
	{ 0x10, 0, "PCIE", pcie_names },
	{ 0x11, 0, "MSIX", msix_names },
	{ 0x0001, LEGACY_BYTES, "AER", aer_names },
	{ 0x000d, LEGACY_BYTES, "ACS", control_names },
	{ 0x0013, LEGACY_BYTES, "PRI", pri_names },
	{ 0x001b, LEGACY_BYTES, "PASID", control_names },
};

/* The register of a table that an offset lies in: the last one at or below it. */
static const struct reg_name *
find_name(const struct reg_name *names, uint32_t offset)
{
	const struct reg_name *found = NULL, *n;

	for (n = names; n->name != NULL; n++)
		if (n->offset <= offset)
			found = n;
	return found;
}

static const struct capability *
find_capability(uint16_t list, uint32_t id)
{
	size_t i;

	for (i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++)
		if (capabilities[i].list == list && capabilities[i].id == id)
			return &capabilities[i];
	return NULL;
}

/* Where the capability starts that an offset lies in: the highest start at or below it. 0: in none. */
static uint32_t
capability_start(const uint8_t *config, uint16_t list, uint32_t offset)
{
	uint32_t at = list == 0 ? config[CAPABILITY_POINTER] : LEGACY_BYTES, best = 0, hops;

	for (hops = 0; hops < HOPS_MAX && at >= HEADER_BYTES && at <= CONFIG_BYTES - 4; hops++) {
		if (at <= offset && at > best)
			best = at;
		at = list == 0 ? config[at + 1] : (config[at + 2] | config[at + 3] << 8) >> 4;
	}
	return best;
}

void
config_name(const uint8_t *config, uint32_t offset, char *name, size_t size_bytes)
{
	uint16_t list = offset < LEGACY_BYTES ? 0 : LEGACY_BYTES;
	const struct capability *cap = NULL;
	const struct reg_name *reg;
	uint32_t start;

	if (offset < HEADER_BYTES) {
		reg = find_name(header_names, offset);
		snprintf(name, size_bytes, "%s", reg->name);
		return;
	}
	start = capability_start(config, list, offset);
	if (start != 0)
		cap = find_capability(list, list == 0 ? config[start]
						      : (config[start] | config[start + 1] << 8));
	if (cap == NULL) {
		snprintf(name, size_bytes, "config");
		return;
	}
	reg = find_name(cap->regs, offset - start);
	snprintf(name, size_bytes, "%s.%s", cap->name, reg == NULL ? "HEADER" : reg->name);
}
