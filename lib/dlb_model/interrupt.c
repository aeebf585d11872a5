/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts: CQs that are armed, and the MSI-X vectors that they and the alarms reach. See
 * datapath.md, section "Interrupts".
 */
#include "entry.h"
#include "interrupt.h"

#define EN_CODE_MSIX 2

#define VECTOR_ALARM 0
#define VECTOR_CQS 1 /* compressed mode: of all CQs */

#define STATUS_BITS 32

static const struct interrupt_regs {
	enum dlb_reg enable, depth_threshold, route;
	enum dlb_reg status[2]; /* compressed mode; later CQs have no status that is public */
} interrupt_regs[DLB_KIND_COUNT] = {
	[DLB_LDB] = { DLB_CHP_LDB_CQ_INT_ENB,
		      DLB_CHP_LDB_CQ_INT_DEPTH_THRSH,
		      DLB_SYS_LDB_CQ_ISR,
		      { DLB_SYS_LDB_CQ_31_0_OCC_INT_STS, DLB_SYS_LDB_CQ_63_32_OCC_INT_STS } },
	[DLB_DIR] = { DLB_CHP_DIR_CQ_INT_ENB,
		      DLB_CHP_DIR_CQ_INT_DEPTH_THRSH,
		      DLB_SYS_DIR_CQ_ISR,
		      { DLB_SYS_DIR_CQ_31_0_OCC_INT_STS, DLB_SYS_DIR_CQ_63_32_OCC_INT_STS } },
};

/* Fields have one place in the registers of both kinds. */
_Static_assert(DLB_SYS_LDB_CQ_ISR_VECTOR == DLB_SYS_DIR_CQ_ISR_VECTOR, "one layout");
_Static_assert(DLB_SYS_LDB_CQ_ISR_EN_CODE == DLB_SYS_DIR_CQ_ISR_EN_CODE, "one layout");
_Static_assert(DLB_CHP_LDB_CQ_INT_ENB_EN_DEPTH == DLB_CHP_DIR_CQ_INT_ENB_EN_DEPTH, "one layout");

static void
vector_send(struct dlb_model *m, uint32_t vector)
{
	if (m->dma_on && m->conf.interrupt != NULL)
		m->conf.interrupt(m->conf.arg, vector);
}

/*
 * choice: a vector that many causes share is sent once, and again only after software has
 * acknowledged it; what comes in between is sent then. Bit v of SYS_MSIX_ACK: vector v waits for
 * that.
 */
static void
shared_vector_raise(struct dlb_model *m, uint32_t vector)
{
	uint32_t bit = UINT32_C(1) << vector;

	if (m->vectors_sent & bit) {
		m->vectors_pending |= bit;
		return;
	}
	m->vectors_sent |= bit;
	vector_send(m, vector);
}

void
interrupt_ack_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value)
{
	uint32_t again = m->vectors_pending & ~value;

	(void)kind;
	(void)index;
	m->vectors_pending &= ~again;
	for (; again != 0; again &= again - 1)
		shared_vector_raise(m, (uint32_t)__builtin_ctz(again));
}

void
interrupt_alarm(struct dlb_model *m)
{
	shared_vector_raise(m, VECTOR_ALARM);
}

static void
cq_status_set(struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	enum dlb_reg reg;

	if (cq / STATUS_BITS >= sizeof(interrupt_regs[kind].status) / sizeof(enum dlb_reg))
		return;
	reg = interrupt_regs[kind].status[cq / STATUS_BITS];
	csr_set(m, reg, 0, csr_get(m, reg, 0) | UINT32_C(1) << cq % STATUS_BITS);
}

void
interrupt_cq_fire(struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	uint32_t route = csr_get(m, interrupt_regs[kind].route, cq);

	port_set_put(&m->armed[kind], cq, false);
	if (m->late != NULL)
		entry_publish(m);
	if (dlb_field_get(route, DLB_SYS_LDB_CQ_ISR_EN_CODE) != EN_CODE_MSIX)
		return;
	if (csr_get(m, DLB_SYS_MSIX_MODE, 0) & DLB_SYS_MSIX_MODE_MODE) {
		cq_status_set(m, kind, cq);
		shared_vector_raise(m, VECTOR_CQS);
		return;
	}
	vector_send(m, DLB_CQ_VECTOR_FIRST + dlb_field_get(route, DLB_SYS_LDB_CQ_ISR_VECTOR));
}

/* The register holds the threshold less 1. */
void
interrupt_cq_check(struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	const struct interrupt_regs *regs = &interrupt_regs[kind];

	if (csr_get(m, regs->enable, cq) & DLB_CHP_LDB_CQ_INT_ENB_EN_DEPTH &&
	    cq_unpaid(&m->port[kind][cq]) > csr_get(m, regs->depth_threshold, cq))
		interrupt_cq_fire(m, kind, cq);
}

/*
 * A CQ that already has enough fires at once, so nobody has to look again between arming and
 * waiting.
 */
void
interrupt_arm(struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	port_set_put(&m->armed[kind], cq, true);
	m->timers[kind].waited[cq] = 0;
	interrupt_cq_check(m, kind, cq);
}

/* What a CQ waits for has changed. */
void
interrupt_condition_written(struct dlb_model *m, enum dlb_kind kind, uint32_t cq, uint32_t value)
{
	(void)value;
	interrupt_cq_filled(m, kind, cq);
}

/* choice: a write replaces what is armed; bits that it sets arm. */
void
interrupt_armed_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value)
{
	uint32_t cq;

	(void)index;
	(void)value;
	for (cq = 0; cq < m->limits->ports[kind]; cq++)
		interrupt_cq_filled(m, kind, cq);
}
