/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of register effects. A register without a row only holds what was written; a row names
 * the member of the model that it shows, and what has to follow a write.
 */
#include <stddef.h>

#include "csr_effects.h"
#include "interrupt.h"
#include "slot_state.h"
#include "timer.h"

#define PORT(k, member)                                                     \
	.kind = k, .offset = offsetof(struct dlb_model, port[k][0].member), \
	.stride = sizeof(struct port), .bytes = sizeof(((struct port *)0)->member)
#define LDB_QUEUE(member)                                                           \
	.kind = DLB_LDB, .offset = offsetof(struct dlb_model, ldb_queue[0].member), \
	.stride = sizeof(struct ldb_queue), .bytes = sizeof(((struct ldb_queue *)0)->member)
#define DIR_QUEUE(member)                                                           \
	.kind = DLB_DIR, .offset = offsetof(struct dlb_model, dir_queue[0].member), \
	.stride = sizeof(struct dir_queue), .bytes = sizeof(((struct dir_queue *)0)->member)
#define ELEMENTS(array)                                      \
	.offset = offsetof(struct dlb_model, array),         \
	.stride = sizeof(((struct dlb_model *)0)->array[0]), \
	.bytes = sizeof(((struct dlb_model *)0)->array[0])
#define WORD(member)                                  \
	.offset = offsetof(struct dlb_model, member), \
	.bytes = sizeof(((struct dlb_model *)0)->member)

const struct csr_effect csr_effects[DLB_REG_COUNT] = {
	/* Power */
	[DLB_CM_DIAG_RESET_STS] = { .always_on = true },
	[DLB_CM_CFG_DIAGNOSTIC_IDLE_STATUS] = { .always_on = true, .read = power_idle_read },
	[DLB_CM_CFG_PM_STATUS] = { .always_on = true, .read = power_status_read },
	[DLB_CM_CFG_PM_PMCSR_DISABLE] = { .always_on = true, .written = power_enable_written },

	/* Ingress */
	[DLB_SYS_LDB_VASQID_V] = { .kind = DLB_LDB, .written = ingress_write_permission_written },
	[DLB_SYS_DIR_VASQID_V] = { .kind = DLB_DIR, .written = ingress_write_permission_written },
	[DLB_SYS_LDB_QID_V] = { .kind = DLB_LDB, .written = ingress_queue_written },
	[DLB_SYS_LDB_QID_CFG_V] = { .kind = DLB_LDB, .written = ingress_queue_written },
	[DLB_SYS_DIR_QID_V] = { .kind = DLB_DIR, .written = ingress_queue_written },
	[DLB_SYS_LDB_PP_V] = { PORT(DLB_LDB, valid) },
	[DLB_SYS_DIR_PP_V] = { PORT(DLB_DIR, valid) },
	[DLB_SYS_LDB_PP2VAS] = { PORT(DLB_LDB, domain) },
	[DLB_SYS_DIR_PP2VAS] = { PORT(DLB_DIR, domain) },

	/* Credits */
	[DLB_CHP_CFG_VAS_CRD] = { ELEMENTS(credits[DLB_LDB]) },
	[DLB_CHP_CFG_LDB_VAS_CRD] = { ELEMENTS(credits[DLB_LDB]) },
	[DLB_CHP_CFG_DIR_VAS_CRD] = { ELEMENTS(credits[DLB_DIR]) },
	[DLB_CHP_LDB_CQ2VAS] = { PORT(DLB_LDB, credit_domain) },
	[DLB_CHP_DIR_CQ2VAS] = { PORT(DLB_DIR, credit_domain) },

	/* Consumer queues */
	[DLB_SYS_LDB_CQ_ADDR_L] = { .kind = DLB_LDB, .written = cq_ring_written },
	[DLB_SYS_LDB_CQ_ADDR_U] = { .kind = DLB_LDB, .written = cq_ring_written },
	[DLB_SYS_DIR_CQ_ADDR_L] = { .kind = DLB_DIR, .written = cq_ring_written },
	[DLB_SYS_DIR_CQ_ADDR_U] = { .kind = DLB_DIR, .written = cq_ring_written },
	[DLB_CHP_LDB_CQ_TKN_DEPTH_SEL] = { .kind = DLB_LDB, .written = cq_ring_written },
	[DLB_CHP_DIR_CQ_TKN_DEPTH_SEL] = { .kind = DLB_DIR, .written = cq_ring_written },
	[DLB_LSP_CQ_LDB_DSBL] = { .kind = DLB_LDB, .written = cq_ring_written },
	[DLB_LSP_CQ_DIR_DSBL] = { .kind = DLB_DIR, .written = cq_ring_written },
	[DLB_CHP_LDB_CQ_WPTR] = { PORT(DLB_LDB, wptr), .wraps = true },
	[DLB_CHP_DIR_CQ_WPTR] = { PORT(DLB_DIR, wptr), .wraps = true },
	[DLB_CHP_CFG_CHP_CSR_CTRL] = { .written = cq_format_written },
	[DLB_LSP_CQ_LDB_TKN_DEPTH_SEL] = { .kind = DLB_LDB, .written = cq_limits_written },
	[DLB_LSP_CQ_DIR_TKN_DEPTH_SEL_DSI] = { .kind = DLB_DIR, .written = cq_limits_written },
	[DLB_LSP_CQ_LDB_TKN_CNT] = { PORT(DLB_LDB, tokens), .written = cq_tokens_written },
	[DLB_LSP_CQ_DIR_TKN_CNT] = { PORT(DLB_DIR, tokens), .written = cq_tokens_written },
	[DLB_CHP_LDB_CQ_DEPTH] = { .kind = DLB_LDB,
				   .read = cq_depth_read,
				   .written = cq_depth_written },
	[DLB_CHP_DIR_CQ_DEPTH] = { .kind = DLB_DIR,
				   .read = cq_depth_read,
				   .written = cq_depth_written },
	[DLB_LSP_CQ_LDB_INFL_CNT] = { PORT(DLB_LDB, inflight) },
	[DLB_LSP_CQ_LDB_INFL_LIM] = { PORT(DLB_LDB, inflight_limit), .written = cq_limits_written },
	[DLB_LSP_CQ_LDB_INFL_THRESH] = { PORT(DLB_LDB, inflight_threshold),
					 .written = cq_limits_written },
	[DLB_LSP_CFG_CQ_LDB_WU_LIMIT] = { .kind = DLB_LDB, .written = cq_limits_written },
	[DLB_LSP_CFG_CTRL_GENERAL_0] = { .written = cq_control_written },
	[DLB_CHP_HIST_LIST_BASE] = { PORT(DLB_LDB, hist_base) },
	[DLB_CHP_HIST_LIST_LIM] = { PORT(DLB_LDB, hist_limit) },
	[DLB_CHP_HIST_LIST_PUSH_PTR] = { PORT(DLB_LDB, hist_push), .written = cq_limits_written },
	[DLB_CHP_HIST_LIST_POP_PTR] = { PORT(DLB_LDB, hist_pop), .written = cq_limits_written },
	[DLB_LSP_CQ_LDB_TOT_SCH_CNTL] = { PORT(DLB_LDB, scheduled), .half = 0 },
	[DLB_LSP_CQ_LDB_TOT_SCH_CNTH] = { PORT(DLB_LDB, scheduled), .half = 1 },
	[DLB_LSP_CQ_DIR_TOT_SCH_CNTL] = { PORT(DLB_DIR, scheduled), .half = 0 },
	[DLB_LSP_CQ_DIR_TOT_SCH_CNTH] = { PORT(DLB_DIR, scheduled), .half = 1 },
	[DLB_LSP_LDB_SCH_CNT_L] = { WORD(scheduled[DLB_LDB]), .half = 0 },
	[DLB_LSP_LDB_SCH_CNT_H] = { WORD(scheduled[DLB_LDB]), .half = 1 },
	[DLB_LSP_DIR_SCH_CNT_L] = { WORD(scheduled[DLB_DIR]), .half = 0 },
	[DLB_LSP_DIR_SCH_CNT_H] = { WORD(scheduled[DLB_DIR]), .half = 1 },

	/* Interrupts */
	[DLB_CHP_LDB_CQ_INT_ENB] = { .kind = DLB_LDB, .written = interrupt_condition_written },
	[DLB_CHP_DIR_CQ_INT_ENB] = { .kind = DLB_DIR, .written = interrupt_condition_written },
	[DLB_CHP_LDB_CQ_INT_DEPTH_THRSH] = { .kind = DLB_LDB,
					     .written = interrupt_condition_written },
	[DLB_CHP_DIR_CQ_INT_DEPTH_THRSH] = { .kind = DLB_DIR,
					     .written = interrupt_condition_written },
	[DLB_CHP_LDB_CQ_INTR_ARMED0] = { WORD(armed[DLB_LDB].word[0]), .half = 0, .kind = DLB_LDB,
					 .written = interrupt_armed_written },
	[DLB_CHP_LDB_CQ_INTR_ARMED1] = { WORD(armed[DLB_LDB].word[0]), .half = 1, .kind = DLB_LDB,
					 .written = interrupt_armed_written },
	[DLB_CHP_DIR_CQ_INTR_ARMED0] = { WORD(armed[DLB_DIR].word[0]), .half = 0, .kind = DLB_DIR,
					 .written = interrupt_armed_written },
	[DLB_CHP_DIR_CQ_INTR_ARMED1] = { WORD(armed[DLB_DIR].word[0]), .half = 1, .kind = DLB_DIR,
					 .written = interrupt_armed_written },
	[DLB_CHP_CFG_LDB_CQ_TIMER_CTL] = { .kind = DLB_LDB, .written = timer_clock_written },
	[DLB_CHP_CFG_DIR_CQ_TIMER_CTL] = { .kind = DLB_DIR, .written = timer_clock_written },
	[DLB_CHP_CFG_LDB_WD_ENB_INTERVAL] = { .kind = DLB_LDB,
					      .written = timer_watchdog_clock_written },
	[DLB_CHP_CFG_DIR_WD_ENB_INTERVAL] = { .kind = DLB_DIR,
					      .written = timer_watchdog_clock_written },
	[DLB_SYS_MSIX_ACK] = { WORD(vectors_sent), .written = interrupt_ack_written },

	/* Mapping */
	[DLB_LSP_CQ2PRIOV] = { .written = cq_slots_written },
	[DLB_LSP_CQ2QID0] = { .written = cq_slots_written },
	[DLB_LSP_CQ2QID1] = { .written = cq_slots_written },
	[DLB_ATM_QID2CQIDIX] = { .written = cq_queue_map_written },
	[DLB_LSP_QID2CQIDIX] = { .written = cq_queue_map_written },
	[DLB_LSP_QID2CQIDIX2] = { .written = cq_queue_map_written },
	[DLB_LSP_LDB_SCHED_CTRL] = { .written = slot_state_command_written },

	/* Load-balanced queues */
	[DLB_LSP_QID_LDB_INFL_CNT] = { LDB_QUEUE(inflight) },
	[DLB_LSP_QID_LDB_INFL_LIM] = { LDB_QUEUE(inflight_limit),
				       .written = ldb_queue_limits_written },
	[DLB_LSP_QID_AQED_ACTIVE_CNT] = { LDB_QUEUE(staged_count) },
	[DLB_LSP_QID_AQED_ACTIVE_LIM] = { LDB_QUEUE(aqed_limit),
					  .written = ldb_queue_limits_written },
	[DLB_AQED_QID_FID_LIM] = { LDB_QUEUE(fid_limit), .written = ldb_queue_limits_written },
	[DLB_AQED_QID_HID_WIDTH] = { .kind = DLB_LDB, .written = ldb_queue_key_written },
	[DLB_LSP_QID_ATM_ACTIVE] = { LDB_QUEUE(waiting_count) },
	[DLB_LSP_QID_LDB_ENQUEUE_CNT] = { LDB_QUEUE(nalb_count) },
	[DLB_LSP_QID_NALDB_MAX_DEPTH] = { LDB_QUEUE(nalb_max_depth) },
	[DLB_LSP_QID_NALDB_TOT_ENQ_CNTL] = { LDB_QUEUE(nalb_enqueued), .half = 0 },
	[DLB_LSP_QID_NALDB_TOT_ENQ_CNTH] = { LDB_QUEUE(nalb_enqueued), .half = 1 },
	[DLB_LSP_QID_ATM_TOT_ENQ_CNTL] = { LDB_QUEUE(atomic_enqueued), .half = 0 },
	[DLB_LSP_QID_ATM_TOT_ENQ_CNTH] = { LDB_QUEUE(atomic_enqueued), .half = 1 },
	[DLB_LSP_QID_ATM_DEPTH_THRSH] = { LDB_QUEUE(atomic_threshold) },
	[DLB_LSP_QID_NALDB_DEPTH_THRSH] = { LDB_QUEUE(nalb_threshold) },
	[DLB_CHP_ORD_QID_SN] = { LDB_QUEUE(sn_next), .written = ldb_queue_limits_written },
	[DLB_CHP_ORD_QID_SN_MAP] = { .kind = DLB_LDB, .written = ldb_queue_sn_written },
	[DLB_RO_GRP_0_SLT_SHFT] = { ELEMENTS(sn_group[0].head) },
	[DLB_RO_GRP_1_SLT_SHFT] = { ELEMENTS(sn_group[1].head) },
	[DLB_RO_GRP_SN_MODE] = { .written = ordered_mode_written },

	/* Directed queues */
	[DLB_LSP_QID_DIR_ENQUEUE_CNT] = { DIR_QUEUE(count) },
	[DLB_LSP_QID_DIR_MAX_DEPTH] = { DIR_QUEUE(max_depth) },
	[DLB_LSP_QID_DIR_TOT_ENQ_CNTL] = { DIR_QUEUE(enqueued), .half = 0 },
	[DLB_LSP_QID_DIR_TOT_ENQ_CNTH] = { DIR_QUEUE(enqueued), .half = 1 },
	[DLB_LSP_QID_DIR_DEPTH_THRSH] = { DIR_QUEUE(threshold) },

	/* Arbiters */
	[DLB_ATM_CFG_ARB_WEIGHTS_RDY_BIN] = { WORD(weights[ARB_READY]) },
	[DLB_ATM_CFG_ARB_WEIGHTS_SCHED_BIN] = { WORD(weights[ARB_LOCKED]) },
	[DLB_NALB_CFG_ARB_WEIGHTS_TQPRI_ATQ_0] = { WORD(weights[ARB_WAITING]) },
	[DLB_NALB_CFG_ARB_WEIGHTS_TQPRI_NALB_0] = { WORD(weights[ARB_NALB]) },
	[DLB_DP_CFG_ARB_WEIGHTS_TQPRI_DIR_0] = { WORD(weights[ARB_DIR]) },
	[DLB_LSP_CFG_ARB_WEIGHT_LDB_QID_0] = { WORD(weights[ARB_QUEUE]) },
	[DLB_LSP_CFG_SHDW_CTRL] = { .written = schedule_shares_written },
};
