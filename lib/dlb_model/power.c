/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Power: what of the function is awake, from power-up to a function-level reset.
 *
 * A function-level reset takes effect at once, but the function answers nothing, not even with its
 * vendor ID, until MODEL_FLR_US have passed.
 */
#include "model.h"

/* Work out which parts answer; to be called when any of the reasons has changed. */
void
power_update(struct dlb_model *m)
{
	m->registers_on = m->memory_on && m->powered && m->power_us == 0;
	m->datapath_on = m->registers_on && !m->pasid_on;
	m->lines_direct = m->datapath_on && !m->aided;
}

void
power_enable_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value)
{
	bool on = !(value & DLB_CM_CFG_PM_PMCSR_DISABLE_DISABLE);

	(void)kind;
	(void)index;
	if (on && !m->powered)
		m->power_us = MODEL_POWER_UP_US;
	m->powered = on;
	power_update(m);
}

uint32_t
power_status_read(const struct dlb_model *m, enum dlb_kind kind, uint32_t index)
{
	uint32_t word = dlb_regs[DLB_CM_CFG_PM_STATUS].reset;

	(void)kind;
	(void)index;
	return m->registers_on ? word : word & ~DLB_CM_CFG_PM_STATUS_PMSM;
}

uint32_t
power_idle_read(const struct dlb_model *m, enum dlb_kind kind, uint32_t index)
{
	uint32_t word = dlb_regs[DLB_CM_CFG_DIAGNOSTIC_IDLE_STATUS].reset;

	(void)kind;
	(void)index;
	return m->registers_on ? word : word & ~DLB_CM_CFG_DIAGNOSTIC_IDLE_STATUS_DLB_FUNC_IDLE;
}

void
power_flr(struct dlb_model *m)
{
	model_reset(m);
	m->flr_us = MODEL_FLR_US;
}
