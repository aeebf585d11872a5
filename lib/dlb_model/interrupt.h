/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts, as the parts of the device that cause them see them. The callback that an interrupt
 * ends in must not call the model.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include "model.h"

/* Entries that software has not paid for. */
static inline uint32_t
cq_unpaid(const struct port *p)
{
	return p->tokens > p->token_floor ? (uint32_t)(p->tokens - p->token_floor) : 0;
}

void interrupt_arm(struct dlb_model *m, enum dlb_kind kind, uint32_t cq);
/* An armed CQ: fire if it holds what it waits for. */
void interrupt_cq_check(struct dlb_model *m, enum dlb_kind kind, uint32_t cq);
void interrupt_cq_fire(struct dlb_model *m, enum dlb_kind kind, uint32_t cq);
void interrupt_alarm(struct dlb_model *m);

void interrupt_ack_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);
void interrupt_condition_written(struct dlb_model *m, enum dlb_kind kind, uint32_t cq,
				 uint32_t value);
void interrupt_armed_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index,
			     uint32_t value);

/* To be called when entries of a CQ have become visible. */
static inline void
interrupt_cq_filled(struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	if (__builtin_expect(port_set_has(&m->armed[kind], cq), 0))
		interrupt_cq_check(m, kind, cq);
}

#endif /* INTERRUPT_H */
