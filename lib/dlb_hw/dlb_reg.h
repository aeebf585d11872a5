/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registers: one row each, from registers.txt. A register that is an array has an index; one with two
 * indices (a queue of a domain, a CQ group of a queue) is addressed by the flat index
 * outer * inner_count + inner, which dlb_reg_index() makes.
 */
#ifndef DLB_REG_H
#define DLB_REG_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "dlb_hw.h"
#include "dlb_regs.h"

enum dlb_access {
	DLB_ACCESS_CONST,   /* never changes */
	DLB_ACCESS_RW,      /* holds what software wrote */
	DLB_ACCESS_LIVE,    /* device state that software may also write */
	DLB_ACCESS_STATUS,  /* device state; writes are ignored */
	DLB_ACCESS_COMMAND, /* a write acts; reads as 0 */
	DLB_ACCESS_W1C,     /* writing 1 clears */
};

struct dlb_field_info {
	const char *name;
	uint32_t mask;
	uint32_t present; /* bit g: generation g has it */
};

struct dlb_reg_info {
	const char *name;
	enum dlb_access access;
	uint32_t present; /* bit g: generation g has it */
	uint32_t offset[DLB_GEN_COUNT];
	uint32_t outer_count[DLB_GEN_COUNT];
	uint32_t outer_stride[DLB_GEN_COUNT];
	uint32_t inner_count[DLB_GEN_COUNT];
	uint32_t inner_stride[DLB_GEN_COUNT];
	uint32_t reset;
	uint32_t writable[DLB_GEN_COUNT];
	const struct dlb_field_info *fields;
	uint32_t field_count;
};

extern const struct dlb_reg_info dlb_regs[DLB_REG_COUNT];

/* A register of one generation: what an offset in BAR 2 means. */
struct dlb_reg_at {
	enum dlb_reg reg; /* DLB_REG_COUNT: no register is there */
	uint32_t index;
};

static inline bool
dlb_reg_present(enum dlb_gen gen, enum dlb_reg reg)
{
	return dlb_regs[reg].present >> gen & 1;
}

/* Instances of a register; 0 when the generation has none. */
static inline uint32_t
dlb_reg_instances(enum dlb_gen gen, enum dlb_reg reg)
{
	if (!dlb_reg_present(gen, reg))
		return 0;
	return dlb_regs[reg].outer_count[gen] * dlb_regs[reg].inner_count[gen];
}

static inline uint32_t
dlb_reg_index(enum dlb_gen gen, enum dlb_reg reg, uint32_t outer, uint32_t inner)
{
	return outer * dlb_regs[reg].inner_count[gen] + inner;
}

/* Offset in BAR 2, in bytes. The register must exist in this generation. */
static inline uint32_t
dlb_reg_offset(enum dlb_gen gen, enum dlb_reg reg, uint32_t index)
{
	const struct dlb_reg_info *r = &dlb_regs[reg];

	assert(index < dlb_reg_instances(gen, reg));
	return r->offset[gen] + index / r->inner_count[gen] * r->outer_stride[gen] +
	       index % r->inner_count[gen] * r->inner_stride[gen];
}

/* What is at an offset of BAR 2. */
struct dlb_reg_at dlb_reg_find(enum dlb_gen gen, uint32_t offset);

static inline uint32_t
dlb_field_get(uint32_t word, uint32_t mask)
{
	return (word & mask) >> __builtin_ctz(mask);
}

static inline uint32_t
dlb_field_set(uint32_t word, uint32_t mask, uint32_t value)
{
	assert(value <= mask >> __builtin_ctz(mask));
	return (word & ~mask) | value << __builtin_ctz(mask);
}

/* A word with one field set and all others 0. */
static inline uint32_t
dlb_field(uint32_t mask, uint32_t value)
{
	return dlb_field_set(0, mask, value);
}

#endif /* DLB_REG_H */
