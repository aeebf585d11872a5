/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lint: each rule is broken on purpose, and reported as that rule and no other; what a model must
 * tolerate (programming-model.md 26.7) is not reported.
 */
#include "fixture.h"

#define DOMAIN 3

/* Two mapped queues, three load-balanced ports, one directed port and queue; started. */
static void
world_create(struct fixture *f, enum dlb_gen gen)
{
	uint32_t p;

	fx_create(f, gen);
	fx_domain(f, DOMAIN, 1000, 1000);
	fx_ldb_queue(f, DOMAIN, 0, &(struct fx_queue){ .aqed = 64 });
	fx_ldb_queue(f, DOMAIN, 1, &(struct fx_queue){ .ordered = true });
	for (p = 0; p < 3; p++)
		fx_ldb_port(f, DOMAIN, p, &(struct fx_port){ 8, p * 16, 16 });
	fx_map(f, 0, 0, 0, 0);
	fx_map(f, 1, 0, 1, 0);
	fx_dir_port(f, DOMAIN, 0, 8);
	fx_dir_queue(f, DOMAIN, 0);
	fx_start(f, DOMAIN);
}

static void
event_send(struct fixture *f)
{
	fx_send(f, DLB_DIR, 0, fx_qe(DLB_CMD_NEW, DLB_SCHED_UNORDERED, 0, 0, 0, 1));
}

static void
power_off_and_read(struct fixture *f)
{
	fx_write(f, DLB_CM_CFG_PM_PMCSR_DISABLE, 0, 1);
	fx_read(f, DLB_SYS_TOTAL_VAS, 0);
}

static void
send_before_readiness(struct fixture *f)
{
	fx_write(f, DLB_CM_CFG_PM_PMCSR_DISABLE, 0, 1);
	fx_write(f, DLB_CM_CFG_PM_PMCSR_DISABLE, 0, 0);
	event_send(f);
}

static void
use_the_other_generation(struct fixture *f)
{
	dlb_model_csr_write(f->m, dlb_reg_offset(!f->gen, DLB_CM_CFG_PM_PMCSR_DISABLE, 0) + 0x40,
			    1);
}

static void
write_a_constant(struct fixture *f)
{
	fx_write(f, DLB_SYS_TOTAL_VAS, 0, 1);
}

static void
write_a_status(struct fixture *f)
{
	fx_write(f, DLB_LSP_CQ_LDB_INFL_CNT, 0, 0);
}

static void
set_while_disabled(struct fixture *f, enum dlb_kind kind, uint32_t cq, enum dlb_reg reg,
		   uint32_t value)
{
	fx_disable(f, kind, cq, true);
	fx_write(f, reg, cq, value);
	fx_disable(f, kind, cq, false);
}

static void
enable_without_address(struct fixture *f)
{
	fx_write(f, DLB_SYS_DIR_CQ_ADDR_U, 0, 0);
	set_while_disabled(f, DLB_DIR, 0, DLB_SYS_DIR_CQ_ADDR_L, 0);
}

static void
enable_without_depth(struct fixture *f)
{
	set_while_disabled(f, DLB_LDB, 0, DLB_CHP_LDB_CQ_TKN_DEPTH_SEL, 0);
}

static void
enable_with_two_depths(struct fixture *f)
{
	set_while_disabled(f, DLB_LDB, 0, DLB_LSP_CQ_LDB_TKN_DEPTH_SEL, 3);
}

static void
enable_with_history_too_short(struct fixture *f)
{
	set_while_disabled(f, DLB_LDB, 0, DLB_LSP_CQ_LDB_INFL_LIM, 17);
}

static void
enable_with_history_out_of_range(struct fixture *f)
{
	set_while_disabled(f, DLB_LDB, 2, DLB_CHP_HIST_LIST_LIM, 2048);
}

static void
enable_without_domain(struct fixture *f)
{
	set_while_disabled(f, DLB_DIR, 0, DLB_SYS_DIR_PP_V, 0);
}

static void
enable_on_the_history_of_another(struct fixture *f)
{
	set_while_disabled(f, DLB_LDB, 0, DLB_CHP_HIST_LIST_LIM, 16);
}

static void
change_slots_while_enabled(struct fixture *f)
{
	fx_write(f, DLB_LSP_CQ2PRIOV, 0, fx_read(f, DLB_LSP_CQ2PRIOV, 0) | 5);
}

static void
change_slot_queue_while_enabled(struct fixture *f)
{
	fx_write(f, DLB_LSP_CQ2QID1, 0, 7);
}

static void
change_queue_map_while_enabled(struct fixture *f)
{
	fx_write(f, DLB_ATM_QID2CQIDIX, 0, 0);
}

static void
forget_a_table(struct fixture *f)
{
	fx_disable(f, DLB_LDB, 0, true);
	fx_write(f, DLB_LSP_QID2CQIDIX2, 0, 0);
	fx_disable(f, DLB_LDB, 0, false);
}

static void
map_a_queue_that_does_not_exist(struct fixture *f)
{
	fx_disable(f, DLB_LDB, 0, true);
	fx_write(f, DLB_LSP_CQ2QID1, 0, 40);
	fx_write(f, DLB_LSP_CQ2PRIOV, 0, fx_read(f, DLB_LSP_CQ2PRIOV, 0) | 1u << (24 + 4));
	fx_disable(f, DLB_LDB, 0, false);
}

static void
map_without_waiting(struct fixture *f)
{
	event_send(f);
	fx_run(f);
	fx_map(f, 0, 1, 0, 0);
}

static void
leave_a_queue_paused(struct fixture *f)
{
	fx_write(f, DLB_LSP_QID_LDB_INFL_LIM, 0, 0);
	event_send(f);
	dlb_model_advance(f->m, 900000);
	dlb_model_advance(f->m, 900000);
	dlb_model_advance(f->m, 900000);
}

static void
grant_too_many_credits(struct fixture *f)
{
	fx_domain(f, DOMAIN + 1, f->limits->credits[DLB_LDB], 0);
}

static void
grant_too_much_staging(struct fixture *f)
{
	fx_write(f, DLB_LSP_QID_AQED_ACTIVE_LIM, 20, 1985);
}

static void
share_a_sequence_slot(struct fixture *f)
{
	fx_ldb_queue(f, DOMAIN, 2, &(struct fx_queue){ .ordered = true });
}

static void
use_the_wrong_sequence_mode(struct fixture *f)
{
	fx_ldb_queue(f, DOMAIN, 2,
		     &(struct fx_queue){ .ordered = true, .sn_mode = 1, .sn_slot = 1 });
}

static void
split_a_port(struct fixture *f)
{
	fx_write(f, DLB_SYS_LDB_PP2VAS, 1, DOMAIN + 1);
}

static void
change_the_format(struct fixture *f)
{
	fx_write(f, DLB_CHP_CFG_CHP_CSR_CTRL, 0,
		 fx_read(f, DLB_CHP_CFG_CHP_CSR_CTRL, 0) &
			 ~DLB_CHP_CFG_CHP_CSR_CTRL_CFG_64BYTES_QE_DIR_CQ_MODE);
}

static void
close_a_port_that_owes(struct fixture *f)
{
	event_send(f);
	fx_run(f);
	fx_write(f, DLB_SYS_LDB_PP_V, 0, 0);
}

static void
free_a_domain_that_is_in_use(struct fixture *f)
{
	fx_domain(f, DOMAIN, 0, 0);
}

static void
send_to_a_queue_of_nobody(struct fixture *f)
{
	fx_send(f, DLB_DIR, 0, fx_qe(DLB_CMD_NEW, DLB_SCHED_UNORDERED, 9, 0, 0, 1));
}

static void
send_from_a_port_of_nobody(struct fixture *f)
{
	fx_send(f, DLB_DIR, 9, fx_qe(DLB_CMD_NEW, DLB_SCHED_UNORDERED, 0, 0, 0, 1));
}

static void
complete_what_is_not_owed(struct fixture *f)
{
	fx_release(f, 0, 1);
}

static void
take_memory_away(struct fixture *f)
{
	set_while_disabled(f, DLB_LDB, 0, DLB_SYS_LDB_CQ_ADDR_U, 0x7fff);
	event_send(f);
	fx_run(f);
}

static const struct {
	enum dlb_lint rule;
	void (*commit)(struct fixture *f);
	const char *name;
} offences[] = {
	{ DLB_LINT_UNPOWERED, power_off_and_read, "read while powered down" },
	{ DLB_LINT_UNPOWERED, send_before_readiness, "line before readiness" },
	{ DLB_LINT_UNKNOWN_REGISTER, use_the_other_generation, "offset of nothing" },
	{ DLB_LINT_READ_ONLY, write_a_constant, "write to a constant" },
	{ DLB_LINT_READ_ONLY, write_a_status, "write to a status" },
	{ DLB_LINT_CQ_SETUP, enable_without_address, "no address" },
	{ DLB_LINT_CQ_SETUP, enable_without_depth, "no depth" },
	{ DLB_LINT_CQ_SETUP, enable_with_two_depths, "two depths" },
	{ DLB_LINT_CQ_SETUP, enable_with_history_too_short, "history too short" },
	{ DLB_LINT_CQ_SETUP, enable_with_history_out_of_range, "history out of range" },
	{ DLB_LINT_CQ_SETUP, enable_without_domain, "no domain" },
	{ DLB_LINT_HIST_OVERLAP, enable_on_the_history_of_another, "shared history" },
	{ DLB_LINT_MAP_WHILE_ENABLED, change_slots_while_enabled, "slots" },
	{ DLB_LINT_MAP_WHILE_ENABLED, change_slot_queue_while_enabled, "queue of a slot" },
	{ DLB_LINT_MAP_WHILE_ENABLED, change_queue_map_while_enabled, "queue's map" },
	{ DLB_LINT_MAP_DISAGREE, forget_a_table, "a table forgotten" },
	{ DLB_LINT_MAP_DISAGREE, map_a_queue_that_does_not_exist, "queue 40" },
	{ DLB_LINT_MAP_INFLIGHT, map_without_waiting, "mapped while inflight" },
	{ DLB_LINT_QUEUE_PAUSED, leave_a_queue_paused, "left paused" },
	{ DLB_LINT_OVERCOMMIT, grant_too_many_credits, "credits" },
	{ DLB_LINT_OVERCOMMIT, grant_too_much_staging, "staging entries" },
	{ DLB_LINT_OVERCOMMIT, share_a_sequence_slot, "sequence slot" },
	{ DLB_LINT_OVERCOMMIT, use_the_wrong_sequence_mode, "sequence mode" },
	{ DLB_LINT_PORT_DOMAIN, split_a_port, "two domains" },
	{ DLB_LINT_CQ_MODE, change_the_format, "format" },
	{ DLB_LINT_PP_BUSY, close_a_port_that_owes, "closed while it owes" },
	{ DLB_LINT_NOT_RESET, free_a_domain_that_is_in_use, "freed while in use" },
	{ DLB_LINT_BAD_QE, send_to_a_queue_of_nobody, "queue of nobody" },
	{ DLB_LINT_BAD_QE, send_from_a_port_of_nobody, "port of nobody" },
	{ DLB_LINT_BAD_QE, complete_what_is_not_owed, "nothing to complete" },
	{ DLB_LINT_DMA, take_memory_away, "no memory" },
};

static void
each_offence_is_reported_as_what_it_is(void **state)
{
	uint32_t covered = 0, i;
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (i = 0; i < sizeof(offences) / sizeof(offences[0]); i++) {
			world_create(&f, gen);
			f.expected = 1u << offences[i].rule;
			offences[i].commit(&f);
			if (dlb_model_lint_count(f.m, offences[i].rule) == 0)
				fail_msg("%s: not reported", offences[i].name);
			assert_true(strncmp(f.last_finding, dlb_lint_name(offences[i].rule),
					    strlen(dlb_lint_name(offences[i].rule))) == 0);
			fx_destroy(&f);
			covered |= 1u << offences[i].rule;
		}
	}
	assert_int_equal(covered, (1u << DLB_LINT_COUNT) - 1);
}

static void
lint_is_silent_when_it_is_off(void **state)
{
	const struct dlb_model_conf conf = { .gen = DLB_V2 };
	struct dlb_model *m;
	enum dlb_lint rule;

	(void)state;
	assert_int_equal(dlb_model_create(&conf, &m), 0);
	dlb_model_csr_write(m, 0x1234, 1);
	dlb_model_csr_read(m, 0x1000011c);
	for (rule = 0; rule < DLB_LINT_COUNT; rule++)
		assert_int_equal(dlb_model_lint_count(m, rule), 0);
	dlb_model_destroy(m);
}

/* A finding would fail the test when the fixture goes. */
static void
legal_oddities_are_tolerated(void **state)
{
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen);
		/* A PASID without FMT2, and a second zero. */
		set_while_disabled(&f, DLB_LDB, 1, DLB_SYS_LDB_CQ_PASID, 0x60);
		fx_write(&f, DLB_SYS_DIR_CQ_PASID, 0, 0);
		fx_write(&f, DLB_SYS_DIR_CQ_PASID, 0, 0);
		/* Leftovers in slots that are not valid. */
		fx_disable(&f, DLB_LDB, 1, true);
		fx_write(&f, DLB_LSP_CQ2PRIOV, 1, 0x00ffffff);
		fx_write(&f, DLB_LSP_CQ2QID0, 1, 0x01010101);
		fx_disable(&f, DLB_LDB, 1, false);
		/* A queue without sequence numbers that names the slot of another. */
		fx_ldb_queue(&f, DOMAIN, 5, &(struct fx_queue){ .aqed = 1 });
		/* A directed port without a queue, a permission for a queue that is not valid. */
		fx_dir_port(&f, DOMAIN, 7, 8);
		fx_write(&f, DLB_SYS_DIR_VASQID_V, DOMAIN * f.limits->queues[DLB_DIR] + 7, 1);
		/* Commands that select nothing, or undo what was never done. */
		fx_write(&f, DLB_LSP_LDB_SCHED_CTRL, 0, 0x801);
		if (gen == DLB_V2)
			fx_write(&f, DLB_SYS_DIR_CQ_OPT_CLR, 0, 7);
		else
			fx_write(&f, DLB_SYS_WB_DIR_CQ_STATE, 7,
				 DLB_SYS_WB_DIR_CQ_STATE_CQ_OPT_CLR);
		fx_disable(&f, DLB_DIR, 7, false);
		fx_disable(&f, DLB_DIR, 7, true);
		fx_disable(&f, DLB_DIR, 7, true);
		/* Completion and several tokens in one QE. */
		event_send(&f);
		event_send(&f);
		assert_int_equal(fx_run(&f), 2);
		fx_send(&f, DLB_LDB, 0, (struct dlb_qe){ .cmd = DLB_CMD_REL_POP, .lock_id = 1 });
		fx_release(&f, 0, 1);
		assert_int_equal(fx_read(&f, DLB_LSP_CQ_LDB_TKN_CNT, 0), 0);
		assert_int_equal(fx_read(&f, DLB_LSP_CQ_LDB_INFL_CNT, 0), 0);
		fx_destroy(&f);
	}
}

/* Registers of the one port and queue that the test makes, back to reset as 22.7 says. */
static void
freed_domain_that_was_reset_is_clean(void **state)
{
	static const enum dlb_reg cleared[] = {
		DLB_SYS_DIR_PP_V,
		DLB_CHP_DIR_CQ2VAS,
		DLB_CHP_DIR_CQ_TKN_DEPTH_SEL,
		DLB_LSP_CQ_DIR_TKN_DEPTH_SEL_DSI,
		DLB_SYS_DIR_CQ_ADDR_L,
		DLB_SYS_DIR_CQ_ADDR_U,
		DLB_CHP_DIR_CQ_WPTR,
		DLB_LSP_CQ_DIR_TKN_CNT,
		DLB_SYS_DIR_CQ2VF_PF_RO,
		DLB_SYS_DIR_PP2VAS,
		DLB_LSP_CQ_DIR_TOT_SCH_CNTL,
		DLB_LSP_QID_DIR_DEPTH_THRSH,
		DLB_LSP_QID_DIR_MAX_DEPTH,
		DLB_LSP_QID_DIR_TOT_ENQ_CNTL,
		DLB_SYS_DIR_QID_V,
	};
	struct fixture f;
	uint32_t i;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		fx_create(&f, gen);
		fx_domain(&f, 1, 10, 10);
		fx_dir_port(&f, 1, 4, 4);
		fx_dir_queue(&f, 1, 4);
		fx_start(&f, 1);
		fx_send(&f, DLB_DIR, 4, fx_qe(DLB_CMD_NEW, DLB_SCHED_DIRECTED, 4, 0, 0, 0));
		fx_run(&f);
		fx_pop(&f, DLB_DIR, 4, 1);
		fx_stop(&f, 1);
		fx_disable(&f, DLB_DIR, 4, true);
		for (i = 0; i < sizeof(cleared) / sizeof(cleared[0]); i++)
			fx_write(&f, cleared[i], 4, 0);
		fx_domain(&f, 1, 0, 0);
		fx_destroy(&f);
	}
}

/* What a queue leaves behind in the slot of its sequence numbers would hit the next owner. */
static void
sequence_slot_goes_back_at_0(void **state)
{
	static const enum dlb_reg queue_regs[] = { DLB_SYS_LDB_QID_V,
						   DLB_SYS_LDB_QID_CFG_V,
						   DLB_LSP_QID_LDB_INFL_LIM,
						   DLB_LSP_QID_ATM_DEPTH_THRSH,
						   DLB_LSP_QID_NALDB_DEPTH_THRSH,
						   DLB_CHP_ORD_QID_SN_MAP };
	struct fixture f;

	(void)state;
	for (uint32_t shift = 0; shift < 2; shift++) {
		fx_create(&f, DLB_V25);
		f.expected = 1u << DLB_LINT_NOT_RESET;
		fx_domain(&f, 1, 64, 0);
		fx_ldb_queue(&f, 1, 4,
			     &(struct fx_queue){ .ordered = true, .sn_group = 1, .sn_slot = 3 });
		fx_write(&f, DLB_RO_GRP_1_SLT_SHFT, 3, shift * 5);
		for (uint32_t i = 0; i < sizeof(queue_regs) / sizeof(queue_regs[0]); i++)
			fx_write(&f, queue_regs[i], 4, 0);
		fx_domain(&f, 1, 0, 0);
		FX_EQ(dlb_model_lint_count(f.m, DLB_LINT_NOT_RESET), shift, "findings");
		fx_destroy(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_offence_is_reported_as_what_it_is),
		cmocka_unit_test(sequence_slot_goes_back_at_0),
		cmocka_unit_test(lint_is_silent_when_it_is_off),
		cmocka_unit_test(legal_oddities_are_tolerated),
		cmocka_unit_test(freed_domain_that_was_reset_is_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
