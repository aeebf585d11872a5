/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registers: storage, and the rules of an access. What a register does beyond its row of the
 * hardware contract stands in csr_effects.c.
 */
#include "aids.h"
#include "csr_effects.h"
#include "lint.h"

/* Registers that exist but cannot be reached answer as a dead PCI function does. */
#define NO_ANSWER UINT32_MAX

static void *
member_of(struct dlb_model *m, const struct csr_effect *e, uint32_t index)
{
	return (uint8_t *)m + e->offset + index * e->stride + e->half * sizeof(uint32_t);
}

static uint32_t
member_read(const struct dlb_model *m, const struct csr_effect *e, uint32_t index)
{
	const void *member = member_of((struct dlb_model *)m, e, index);

	switch (e->bytes) {
	case sizeof(uint8_t):
		return *(const uint8_t *)member;
	case sizeof(uint16_t):
		return *(const uint16_t *)member;
	default:
		return *(const uint32_t *)member;
	}
}

static void
member_write(struct dlb_model *m, const struct csr_effect *e, uint32_t index, uint32_t value)
{
	void *member = member_of(m, e, index);

	switch (e->bytes) {
	case sizeof(uint8_t):
		*(uint8_t *)member = (uint8_t)value;
		break;
	case sizeof(uint16_t):
		*(uint16_t *)member = (uint16_t)value;
		break;
	default:
		*(uint32_t *)member = value;
		break;
	}
}

/* A count that outgrows its field shows the largest value of the field; a pointer wraps. */
static uint32_t
fit(const struct csr_effect *e, enum dlb_reg reg, uint32_t value)
{
	uint32_t mask = 0, i;

	for (i = 0; i < dlb_regs[reg].field_count; i++)
		mask |= dlb_regs[reg].fields[i].mask;
	if (value <= mask || e->wraps)
		return value & mask;
	return mask;
}

uint32_t
csr_get(const struct dlb_model *m, enum dlb_reg reg, uint32_t index)
{
	const struct csr_effect *e = &csr_effects[reg];

	if (e->read != NULL)
		return e->read(m, e->kind, index);
	if (e->bytes != 0 && dlb_regs[reg].access != DLB_ACCESS_RW)
		return fit(e, reg, member_read(m, e, index));
	return m->values[m->first[reg] + index];
}

void
csr_set(struct dlb_model *m, enum dlb_reg reg, uint32_t index, uint32_t value)
{
	const struct csr_effect *e = &csr_effects[reg];

	m->values[m->first[reg] + index] = value;
	if (e->bytes != 0)
		member_write(m, e, index, value);
	if (e->written != NULL)
		e->written(m, e->kind, index, value);
}

/* A reset is the device writing the reset value everywhere, so that nothing can be forgotten. */
void
csr_reset(struct dlb_model *m)
{
	enum dlb_gen gen = m->conf.gen;
	uint32_t reg, index;

	for (reg = 0; reg < DLB_REG_COUNT; reg++)
		for (index = 0; index < dlb_reg_instances(gen, reg); index++)
			m->values[m->first[reg] + index] = dlb_regs[reg].reset;

	csr_set(m, DLB_CM_CFG_PM_PMCSR_DISABLE, 0, !m->powered);
	for (reg = 0; reg < DLB_REG_COUNT; reg++) {
		if (reg == DLB_CM_CFG_PM_PMCSR_DISABLE ||
		    dlb_regs[reg].access == DLB_ACCESS_COMMAND)
			continue;
		for (index = 0; index < dlb_reg_instances(gen, reg); index++)
			csr_set(m, reg, index, dlb_regs[reg].reset);
	}
	csr_set(m, DLB_LSP_CFG_SHDW_CTRL, 0, DLB_LSP_CFG_SHDW_CTRL_TRANSFER);
}

static bool
csr_answers(const struct dlb_model *m, enum dlb_reg reg)
{
	return m->registers_on || (m->memory_on && csr_effects[reg].always_on);
}

uint32_t
dlb_model_csr_read(struct dlb_model *m, uint32_t offset)
{
	struct dlb_reg_at at = dlb_reg_find(m->conf.gen, offset);

	aids_enter(m);
	lint_access(m, at, offset);
	if (!m->memory_on)
		return NO_ANSWER;
	if (at.reg == DLB_REG_COUNT)
		return 0;
	if (!csr_answers(m, at.reg))
		return NO_ANSWER;
	if (dlb_regs[at.reg].access == DLB_ACCESS_COMMAND)
		return 0;
	return csr_get(m, at.reg, at.index);
}

void
dlb_model_csr_write(struct dlb_model *m, uint32_t offset, uint32_t value)
{
	struct dlb_reg_at at = dlb_reg_find(m->conf.gen, offset);
	uint32_t old;

	aids_enter(m);
	lint_access(m, at, offset);
	if (at.reg == DLB_REG_COUNT || !csr_answers(m, at.reg))
		return;

	old = csr_get(m, at.reg, at.index);
	value &= dlb_regs[at.reg].writable[m->conf.gen];
	switch (dlb_regs[at.reg].access) {
	case DLB_ACCESS_CONST:
	case DLB_ACCESS_STATUS:
		lint_read_only(m, at);
		return;
	case DLB_ACCESS_W1C:
		value = old & ~value;
		break;
	case DLB_ACCESS_RW:
	case DLB_ACCESS_LIVE:
	case DLB_ACCESS_COMMAND:
		break;
	}
	csr_set(m, at.reg, at.index, value);
	lint_written(m, at, old, value);
}
