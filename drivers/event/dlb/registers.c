/* SPDX-License-Identifier: BSD-3-Clause */
/* rte_pmd_dlb.h: the registers of a device, as the hardware contract lists them. */
#include <errno.h>
#include <strings.h>

#include "control.h"
#include "evdev.h"
#include "log.h"
#include "rte_pmd_dlb.h"

_Static_assert((int)RTE_PMD_DLB_ACCESS_CONST == DLB_ACCESS_CONST &&
		       (int)RTE_PMD_DLB_ACCESS_W1C == DLB_ACCESS_W1C,
	       "kinds of access are the contract's");

/* A row is the n-th register that the generation has. DLB_REG_COUNT: there is none. */
static enum dlb_reg
row_register(enum dlb_gen gen, uint32_t row)
{
	uint32_t reg;

	for (reg = 0; reg < DLB_REG_COUNT; reg++) {
		if (dlb_reg_present(gen, reg) && row-- == 0)
			break;
	}
	return (enum dlb_reg)reg;
}

static uint32_t
rows_count(enum dlb_gen gen)
{
	uint32_t count = 0;
	uint32_t reg;

	for (reg = 0; reg < DLB_REG_COUNT; reg++)
		count += dlb_reg_present(gen, reg);
	return count;
}

static int
row_check(const struct dlb_evdev *evdev, uint32_t row)
{
	if (row_register(evdev->gen, row) < DLB_REG_COUNT)
		return 0;
	DLB_LOG(ERR, evdev, "register row %u: accepted are 0 to %u", row,
		rows_count(evdev->gen) - 1);
	return -EINVAL;
}

int
rte_pmd_dlb_register_count(uint8_t dev_id)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = (int)rows_count(evdev->gen);
	dlb_control_put(evdev);
	return ret;
}

static void
register_describe(enum dlb_gen gen, enum dlb_reg reg, struct rte_pmd_dlb_register *out)
{
	const struct dlb_reg_info *info = &dlb_regs[reg];
	uint32_t f;

	*out = (struct rte_pmd_dlb_register){
		.name = info->name,
		.access = (enum rte_pmd_dlb_access)info->access,
		.offset = dlb_reg_offset(gen, reg, 0),
		.count = dlb_reg_instances(gen, reg),
		.inner = info->inner_count[gen],
		.reset = info->reset,
	};
	for (f = 0; f < info->field_count && out->nb_fields < RTE_PMD_DLB_FIELDS_MAX; f++) {
		if (!(info->fields[f].present >> gen & 1))
			continue;
		out->fields[out->nb_fields].name = info->fields[f].name;
		out->fields[out->nb_fields].mask = info->fields[f].mask;
		out->nb_fields++;
	}
}

int
rte_pmd_dlb_register_get(uint8_t dev_id, uint32_t row, struct rte_pmd_dlb_register *reg)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = row_check(evdev, row);
	if (ret == 0)
		register_describe(evdev->gen, row_register(evdev->gen, row), reg);
	dlb_control_put(evdev);
	return ret;
}

static int
name_find(const struct dlb_evdev *evdev, const char *name)
{
	uint32_t reg;
	int row = 0;

	for (reg = 0; reg < DLB_REG_COUNT; reg++) {
		if (!dlb_reg_present(evdev->gen, reg))
			continue;
		if (strcasecmp(dlb_regs[reg].name, name) == 0)
			return row;
		row++;
	}
	DLB_LOG(ERR, evdev,
		"register '%s': accepted are the names that rte_pmd_dlb_register_get() lists",
		name);
	return -ENOENT;
}

int
rte_pmd_dlb_register_find(uint8_t dev_id, const char *name)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = name_find(evdev, name);
	dlb_control_put(evdev);
	return ret;
}

/* The register of a row, if it has that instance. 0, or -EINVAL. */
static int
instance_check(const struct dlb_evdev *evdev, uint32_t row, uint32_t index, enum dlb_reg *reg)
{
	int ret = row_check(evdev, row);

	if (ret < 0)
		return ret;
	*reg = row_register(evdev->gen, row);
	if (index < dlb_reg_instances(evdev->gen, *reg))
		return 0;
	DLB_LOG(ERR, evdev, "register %s: index %u: accepted are 0 to %u", dlb_regs[*reg].name,
		index, dlb_reg_instances(evdev->gen, *reg) - 1);
	return -EINVAL;
}

int
rte_pmd_dlb_register_read(uint8_t dev_id, uint32_t row, uint32_t index, uint32_t *value)
{
	struct dlb_evdev *evdev;
	enum dlb_reg reg;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = instance_check(evdev, row, index, &reg);
	if (ret == 0)
		*value = dlb_device_csr_read(evdev->device, reg, index);
	dlb_control_put(evdev);
	return ret;
}

static int
register_write(struct dlb_evdev *evdev, uint32_t row, uint32_t index, uint32_t value)
{
	uint32_t writable;
	enum dlb_reg reg;
	int ret;

	if (!evdev->args.register_write) {
		DLB_LOG(ERR, evdev,
			"register write: accepted is a device with the argument register_write=1");
		return -EPERM;
	}
	ret = instance_check(evdev, row, index, &reg);
	if (ret < 0)
		return ret;
	writable = dlb_regs[reg].writable[evdev->gen];
	if ((value & ~writable) == 0)
		return dlb_device_csr_write(evdev->device, reg, index, value);
	DLB_LOG(ERR, evdev, "register %s: value 0x%08x: accepted are the bits 0x%08x",
		dlb_regs[reg].name, value, writable);
	return -EINVAL;
}

int
rte_pmd_dlb_register_write(uint8_t dev_id, uint32_t row, uint32_t index, uint32_t value)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = register_write(evdev, row, index, value);
	dlb_control_put(evdev);
	return ret;
}
