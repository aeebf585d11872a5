/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Alarms: the syndrome registers that tell of a QE which an ingress check has rejected, or of what
 * else has gone wrong. The first one stays until software clears it; of later ones only the fact
 * remains. All of them raise vector 0.
 */
#include "interrupt.h"
#include "lint.h"

#define SOURCE_SYS 0
#define SOURCE_DLB 1
#define UNIT_CHP 4
#define SYNDROME_LDB 0x80u /* of CHP alarms; SYS alarms have IS_LDB for it */

static const struct alarm_row {
	uint32_t enable; /* bit of SYS_INGRESS_ALARM_ENBL; 0: always on */
	uint8_t source, unit, aid;
} alarm_rows[] = {
	[ALARM_ILLEGAL_PP] = { DLB_SYS_INGRESS_ALARM_ENBL_ILLEGAL_PP, SOURCE_SYS, 0,
			       CHOICE_AID_ILLEGAL_PP },
	[ALARM_ILLEGAL_HCW] = { DLB_SYS_INGRESS_ALARM_ENBL_ILLEGAL_HCW, SOURCE_SYS, 0, 5 },
	[ALARM_ILLEGAL_QID] = { DLB_SYS_INGRESS_ALARM_ENBL_ILLEGAL_QID, SOURCE_SYS, 0, 3 },
	[ALARM_DISABLED_QID] = { DLB_SYS_INGRESS_ALARM_ENBL_DISABLED_QID, SOURCE_SYS, 0, 4 },
	[ALARM_ILLEGAL_LDB_QID_CFG] = { DLB_SYS_INGRESS_ALARM_ENBL_ILLEGAL_LDB_QID_CFG, SOURCE_SYS,
					0, CHOICE_AID_ILLEGAL_LDB_QID_CFG },
	[ALARM_EXCESS_TOKENS] = { 0, SOURCE_DLB, UNIT_CHP, 2 },
	[ALARM_ILLEGAL_ENQUEUE] = { 0, SOURCE_DLB, UNIT_CHP, 1 },
};

static uint32_t
syndrome_word(const struct alarm_row *row, enum dlb_kind kind, uint32_t port)
{
	uint32_t word = DLB_SYS_ALARM_PF_SYND0_VALID |
			dlb_field(DLB_SYS_ALARM_PF_SYND0_SOURCE, row->source) |
			dlb_field(DLB_SYS_ALARM_PF_SYND0_UNIT, row->unit) |
			dlb_field(DLB_SYS_ALARM_PF_SYND0_AID, row->aid) | port;

	if (kind == DLB_LDB)
		word |= row->source == SOURCE_SYS ? DLB_SYS_ALARM_PF_SYND0_IS_LDB : SYNDROME_LDB;
	return word;
}

void
alarm_raise(struct dlb_model *m, enum alarm alarm, enum dlb_kind kind, uint32_t port,
	    const struct dlb_qe *qe)
{
	const struct alarm_row *row = &alarm_rows[alarm];
	uint32_t seen = csr_get(m, DLB_SYS_ALARM_PF_SYND0, 0);

	lint_bad_qe(m, alarm, kind, port, qe);
	if (row->enable != 0 && !(csr_get(m, DLB_SYS_INGRESS_ALARM_ENBL, 0) & row->enable))
		return;
	interrupt_alarm(m);
	if (seen & DLB_SYS_ALARM_PF_SYND0_VALID) {
		csr_set(m, DLB_SYS_ALARM_PF_SYND0, 0, seen | DLB_SYS_ALARM_PF_SYND0_MORE);
		return;
	}
	csr_set(m, DLB_SYS_ALARM_PF_SYND0, 0, syndrome_word(row, kind, port));
	csr_set(m, DLB_SYS_ALARM_PF_SYND1, 0,
		qe->opaque | (uint32_t)qe->qid << 16 | (uint32_t)qe->sched << 24);
	csr_set(m, DLB_SYS_ALARM_PF_SYND2, 0,
		qe->lock_id | (uint32_t)qe->misc << 16 | (uint32_t)qe->cmd << 24);
}

void
alarm_hardware(struct dlb_model *m, uint32_t cause)
{
	uint32_t seen = csr_get(m, DLB_SYS_ALARM_HW_SYND, 0);

	seen |= seen & DLB_SYS_ALARM_HW_SYND_VALID ? DLB_SYS_ALARM_HW_SYND_MORE
						   : DLB_SYS_ALARM_HW_SYND_VALID;
	csr_set(m, DLB_SYS_ALARM_HW_SYND, 0, seen | cause);
	interrupt_alarm(m);
}
