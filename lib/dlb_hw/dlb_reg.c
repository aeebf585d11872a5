/* SPDX-License-Identifier: BSD-3-Clause */
#include "dlb_reg.h"

/* Split a distance into an index of a dimension and what is left of it. */
static bool
dimension_take(uint32_t count, uint32_t stride, uint32_t *distance, uint32_t *index)
{
	*index = stride == 0 ? 0 : *distance / stride;
	if (*index >= count)
		return false;
	*distance -= *index * stride;
	return true;
}

/* The dimension with the longer stride comes off first, or it would hide in the shorter one. */
static bool
reg_holds(const struct dlb_reg_info *r, enum dlb_gen gen, uint32_t offset, uint32_t *index)
{
	uint32_t distance = offset - r->offset[gen];
	uint32_t outer = 0, inner = 0;
	bool ok;

	if (offset < r->offset[gen])
		return false;
	if (r->outer_stride[gen] >= r->inner_stride[gen])
		ok = dimension_take(r->outer_count[gen], r->outer_stride[gen], &distance, &outer) &&
		     dimension_take(r->inner_count[gen], r->inner_stride[gen], &distance, &inner);
	else
		ok = dimension_take(r->inner_count[gen], r->inner_stride[gen], &distance, &inner) &&
		     dimension_take(r->outer_count[gen], r->outer_stride[gen], &distance, &outer);

	*index = outer * r->inner_count[gen] + inner;
	return ok && distance == 0;
}

struct dlb_reg_at
dlb_reg_find(enum dlb_gen gen, uint32_t offset)
{
	struct dlb_reg_at at = { DLB_REG_COUNT, 0 };
	uint32_t reg;

	for (reg = 0; reg < DLB_REG_COUNT; reg++) {
		if (dlb_reg_present(gen, reg) &&
		    reg_holds(&dlb_regs[reg], gen, offset, &at.index)) {
			at.reg = reg;
			break;
		}
	}
	return at;
}
