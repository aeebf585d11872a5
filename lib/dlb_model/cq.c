/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Consumer queues: what their registers decide. Where the ring is, how much fits, and which queues
 * feed it.
 */
#include "aids.h"
#include "cq.h"

#define DEPTH_SELECT_MAX 8 /* 1024 entries */

static const struct cq_regs {
	enum dlb_reg addr_l, addr_u, disable, ring_select, token_select;
	uint32_t sparse; /* bit of CHP_CFG_CHP_CSR_CTRL */
} cq_regs[DLB_KIND_COUNT] = {
	[DLB_LDB] = { DLB_SYS_LDB_CQ_ADDR_L, DLB_SYS_LDB_CQ_ADDR_U, DLB_LSP_CQ_LDB_DSBL,
		      DLB_CHP_LDB_CQ_TKN_DEPTH_SEL, DLB_LSP_CQ_LDB_TKN_DEPTH_SEL,
		      DLB_CHP_CFG_CHP_CSR_CTRL_CFG_64BYTES_QE_LDB_CQ_MODE },
	[DLB_DIR] = { DLB_SYS_DIR_CQ_ADDR_L, DLB_SYS_DIR_CQ_ADDR_U, DLB_LSP_CQ_DIR_DSBL,
		      DLB_CHP_DIR_CQ_TKN_DEPTH_SEL, DLB_LSP_CQ_DIR_TKN_DEPTH_SEL_DSI,
		      DLB_CHP_CFG_CHP_CSR_CTRL_CFG_64BYTES_QE_DIR_CQ_MODE },
};

/* The field has the same place in all registers that have it. */
static uint32_t
depth_select(const struct dlb_model *m, enum dlb_reg reg, uint32_t cq)
{
	uint32_t ds =
		dlb_field_get(csr_get(m, reg, cq), DLB_CHP_LDB_CQ_TKN_DEPTH_SEL_TOKEN_DEPTH_SELECT);

	return ds > DEPTH_SELECT_MAX ? DEPTH_SELECT_MAX : ds;
}

static uint8_t *
ring_map(const struct dlb_model *m, uint64_t iova, size_t size_bytes)
{
	if (m->conf.dma_map != NULL)
		return m->conf.dma_map(m->conf.arg, iova, size_bytes);
	return (uint8_t *)(uintptr_t)iova;
}

/* Address, size, format or enable: find the ring once, so that no QE has to. */
void
cq_ring_written(struct dlb_model *m, enum dlb_kind kind, uint32_t cq, uint32_t value)
{
	const struct cq_regs *regs = &cq_regs[kind];
	struct port *p = &m->port[kind][cq];
	bool sparse = csr_get(m, DLB_CHP_CFG_CHP_CSR_CTRL, 0) & regs->sparse;
	uint64_t iova = (uint64_t)csr_get(m, regs->addr_u, cq) << 32 | csr_get(m, regs->addr_l, cq);

	(void)value;
	p->ring_log2 = (uint8_t)(depth_select(m, regs->ring_select, cq) + 2);
	p->ring_mask = (uint16_t)((1u << p->ring_log2) - 1);
	p->stride_log2 =
		(uint8_t)__builtin_ctz(dlb_cq_stride(sparse ? DLB_CQ_SPARSE : DLB_CQ_DENSE));
	p->enabled = !csr_get(m, regs->disable, cq);
	m->ring[kind][cq] = NULL;
	if (p->enabled)
		m->ring[kind][cq] = ring_map(m, iova, (size_t)1 << (p->ring_log2 + p->stride_log2));
	p->ring = entry_is_special(m, kind, cq) ? NULL : m->ring[kind][cq];
	cq_update(m, kind, cq);
}

void
cq_format_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value)
{
	uint32_t cq;

	(void)index;
	for (kind = 0; kind < DLB_KIND_COUNT; kind++)
		for (cq = 0; cq < m->limits->ports[kind]; cq++)
			cq_ring_written(m, kind, cq, value);
}

void
dlb_model_dma_changed(struct dlb_model *m)
{
	cq_format_written(m, DLB_LDB, 0, 0);
	aids_enter(m);
}

void
cq_limits_written(struct dlb_model *m, enum dlb_kind kind, uint32_t cq, uint32_t value)
{
	struct port *p = &m->port[kind][cq];
	uint32_t weight_limit;

	(void)value;
	p->token_limit = (uint16_t)(4u << depth_select(m, cq_regs[kind].token_select, cq));
	if (chosen(m, DLB_CHOICE_FULL_EARLY) && p->token_limit >= 4 * CHOICE_FULL_EARLY)
		p->token_limit -= CHOICE_FULL_EARLY;
	p->load_limit = UINT32_MAX;
	if (kind == DLB_DIR) {
		p->inflight_limit = UINT16_MAX;
	} else if (m->limits->has_cq_weight) {
		weight_limit = csr_get(m, DLB_LSP_CFG_CQ_LDB_WU_LIMIT, cq);
		if (weight_limit & DLB_LSP_CFG_CQ_LDB_WU_LIMIT_V)
			p->load_limit =
				dlb_field_get(weight_limit, DLB_LSP_CFG_CQ_LDB_WU_LIMIT_LIMIT);
	}
	cq_update(m, kind, cq);
}

/* The count that software writes is the part of the ring that it withholds. */
void
cq_tokens_written(struct dlb_model *m, enum dlb_kind kind, uint32_t cq, uint32_t value)
{
	m->port[kind][cq].token_floor = (uint16_t)value;
	m->port[kind][cq].depth_base = (uint16_t)value;
	cq_update(m, kind, cq);
}

uint32_t
cq_depth_read(const struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	const struct port *p = &m->port[kind][cq];

	return (uint16_t)(p->tokens - p->depth_base) & DLB_CHP_DIR_CQ_DEPTH_DEPTH;
}

void
cq_depth_written(struct dlb_model *m, enum dlb_kind kind, uint32_t cq, uint32_t value)
{
	struct port *p = &m->port[kind][cq];

	p->depth_base = (uint16_t)(p->tokens - value);
}

void
cq_control_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value)
{
	uint32_t cq;

	(void)kind;
	(void)index;
	m->threshold_on = value & DLB_LSP_CFG_CTRL_GENERAL_0_ENAB_IF_THRESH;
	for (cq = 0; cq < DLB_LDB_PORTS; cq++)
		cq_update(m, DLB_LDB, cq);
}

uint32_t
cq_slot_queue(const struct dlb_model *m, uint32_t cq, uint32_t slot)
{
	enum dlb_reg reg = slot < 4 ? DLB_LSP_CQ2QID0 : DLB_LSP_CQ2QID1;

	return csr_get(m, reg, cq) >> 8 * (slot % 4) & DLB_LSP_CQ2QID0_QID_P0;
}

bool
cq_slot_is_mapped(const struct dlb_model *m, uint32_t cq, uint32_t slot)
{
	uint32_t valid = dlb_field_get(csr_get(m, DLB_LSP_CQ2PRIOV, cq), DLB_LSP_CQ2PRIOV_V);
	uint32_t qid = cq_slot_queue(m, cq, slot), index;
	uint32_t bit = UINT32_C(1) << (8 * (cq % 4) + slot);

	if (!(valid >> slot & 1) || qid >= DLB_LDB_QUEUES)
		return false;
	index = dlb_reg_index(m->conf.gen, DLB_ATM_QID2CQIDIX, qid, cq / 4);
	return csr_get(m, DLB_ATM_QID2CQIDIX, index) & csr_get(m, DLB_LSP_QID2CQIDIX, index) &
	       csr_get(m, DLB_LSP_QID2CQIDIX2, index) & bit;
}

/* Work out which queues feed a CQ, and at which of the four effective service priorities. */
void
cq_slots_written(struct dlb_model *m, enum dlb_kind kind, uint32_t cq, uint32_t value)
{
	struct port *p = &m->port[DLB_LDB][cq];
	uint32_t priov = csr_get(m, DLB_LSP_CQ2PRIOV, cq);
	uint32_t before = p->queues, valid, slot, qid;

	(void)kind;
	(void)value;
	p->queues = 0;
	memset(p->level, 0, sizeof(p->level));
	for (valid = dlb_field_get(priov, DLB_LSP_CQ2PRIOV_V); valid != 0; valid &= valid - 1) {
		slot = (uint32_t)__builtin_ctz(valid);
		if (!cq_slot_is_mapped(m, cq, slot))
			continue;
		qid = cq_slot_queue(m, cq, slot);
		p->queues |= UINT32_C(1) << qid;
		p->level[(priov >> 3 * slot & 7) >> 1] |= UINT32_C(1) << qid;
	}
	for (; before != 0; before &= before - 1)
		m->queue_cqs[__builtin_ctz(before)] &= ~(UINT64_C(1) << cq);
	for (before = p->queues; before != 0; before &= before - 1)
		m->queue_cqs[__builtin_ctz(before)] |= UINT64_C(1) << cq;
	if (m->slot_state != NULL)
		slot_state_mapped(m, cq);
}

/* One register of the reverse tables speaks of four CQs. */
void
cq_queue_map_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value)
{
	uint32_t group = index % (DLB_LDB_PORTS / 4), i;

	for (i = 0; i < 4; i++)
		cq_slots_written(m, kind, group * 4 + i, value);
}
