/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The scheduler: priorities, limits, classes of service, the extras of 2.5, mapping while traffic
 * runs, and draining. Datapath.md 7, programming-model.md 17, 21 and 22.
 */
#include "fixture.h"

#define UNIFORM UINT32_MAX        /* equal weights: strict priority */
#define FULL_AVOIDANCE 0xffbf7f3f /* 100 % starvation avoidance */

static struct dlb_qe
plain(uint32_t q, uint32_t priority, uint64_t data)
{
	return fx_qe(DLB_CMD_NEW, DLB_SCHED_UNORDERED, q, priority, 0, data);
}

/* Queues 0 .. n-1, served by the given number of CQs of depth and history 64, at slot = queue. */
static void
world_create(struct fixture *f, enum dlb_gen gen, uint32_t queues, uint32_t cqs)
{
	uint32_t q, cq;

	fx_create(f, gen);
	fx_domain(f, 2, 4096, 1024);
	for (q = 0; q < queues; q++)
		fx_ldb_queue(f, 2, q, &(struct fx_queue){ .aqed = 64 });
	for (cq = 0; cq < cqs; cq++) {
		fx_ldb_port(f, 2, cq, &(struct fx_port){ 64, cq * 64, 64 });
		for (q = 0; q < queues; q++)
			fx_map(f, q, cq, q, 0);
	}
	fx_dir_port(f, 2, 0, 8);
	fx_start(f, 2);
}

static void
settle(struct fixture *f, uint32_t cq)
{
	struct dlb_cqe cqe;

	while (fx_take(f, DLB_LDB, cq, &cqe)) {
		fx_release(f, cq, 1);
		fx_pop(f, DLB_LDB, cq, 1);
	}
}

static void
fill(struct fixture *f, enum dlb_sched type, uint32_t qid, uint32_t priority, uint32_t count)
{
	uint32_t n;

	for (n = 0; n < count; n++)
		fx_send(f, DLB_DIR, 0,
			fx_qe(DLB_CMD_NEW, type, qid, priority, priority * 1000 + n,
			      priority * 1000 + n));
}

/* P1 and P3: strict between bins, first in first out inside one. */
static void
bins_are_strict_with_equal_weights(void **state)
{
	static const struct {
		enum dlb_sched type;
		uint32_t qid;
		enum dlb_kind kind;
		uint32_t cq;
		enum dlb_reg weights;
	} rows[] = {
		{ DLB_SCHED_UNORDERED, 0, DLB_LDB, 0, DLB_NALB_CFG_ARB_WEIGHTS_TQPRI_NALB_0 },
		{ DLB_SCHED_ATOMIC, 0, DLB_LDB, 0, DLB_ATM_CFG_ARB_WEIGHTS_RDY_BIN },
		{ DLB_SCHED_DIRECTED, 7, DLB_DIR, 7, DLB_DP_CFG_ARB_WEIGHTS_TQPRI_DIR_0 },
	};
	struct dlb_cqe cqe;
	struct fixture f;
	uint32_t i, p, n, last;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			world_create(&f, gen, 1, 1);
			fx_dir_port(&f, 2, 7, 64);
			fx_dir_queue(&f, 2, 7);
			fx_start(&f, 2);
			fx_write(&f, rows[i].weights, 0, UNIFORM);
			for (p = DLB_PRIORITIES; p > 0; p--)
				fill(&f, rows[i].type, rows[i].qid, p - 1, 4);
			FX_EQ(fx_run(&f), 32, "scheduled");
			for (n = 0, last = 0; n < 32; n++) {
				assert_true(fx_take(&f, rows[i].kind, rows[i].cq, &cqe));
				/* A directed CQ keeps no priority: the payload has it. */
				assert_true(cqe.data / 1000 >> 1 >= last);
				last = (uint32_t)(cqe.data / 1000 >> 1);
			}
			fx_destroy(&f);
		}
	}
}

/* P2: with starvation avoidance every bin gets some service. */
static void
weights_keep_low_bins_alive(void **state)
{
	uint32_t seen[DLB_BINS] = { 0 }, p, b, n;
	struct dlb_cqe cqe;
	struct fixture f;

	(void)state;
	world_create(&f, DLB_V25, 1, 1);
	fx_write(&f, DLB_NALB_CFG_ARB_WEIGHTS_TQPRI_NALB_0, 0, FULL_AVOIDANCE);
	for (p = 0; p < DLB_PRIORITIES; p += 2)
		fill(&f, DLB_SCHED_UNORDERED, 0, p, 500);
	for (n = 0; n < 400; n++) {
		dlb_model_run(f.m, 1);
		assert_true(fx_take(&f, DLB_LDB, 0, &cqe));
		seen[dlb_qe_priority(cqe.sched) >> 1]++;
		fx_release(&f, 0, 1);
		fx_pop(&f, DLB_LDB, 0, 1);
	}
	for (b = 0; b < DLB_BINS; b++)
		assert_true(seen[b] > 50);
	fx_destroy(&f);
}

/* P4: four effective levels of service priority, strict between them, fair inside one. */
static void
slots_are_served_by_priority(void **state)
{
	static const uint8_t priority[] = { 6, 0, 1, 4 };
	uint32_t seen[4] = { 0 }, q, n;
	struct dlb_cqe cqe;
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		memset(seen, 0, sizeof(seen));
		world_create(&f, gen, 4, 1);
		fx_disable(&f, DLB_LDB, 0, true);
		for (q = 0; q < 4; q++) {
			fx_table_add(&f, q, 0, q, priority[q]);
			fill(&f, DLB_SCHED_UNORDERED, q, 0, 16);
		}
		fx_disable(&f, DLB_LDB, 0, false);
		for (n = 0; n < 64; n++) {
			/* At longer visits, queues stay longer. */
			if (n % 16 == 0)
				assert_int_equal(dlb_model_run(f.m, 16), 16);
			assert_true(fx_take(&f, DLB_LDB, 0, &cqe));
			seen[cqe.qid]++;
			if (n == 15)
				FX_EQ(seen[1], 8, "equals share");
			if (n == 31)
				FX_EQ(seen[1] + seen[2], 32, "best level first");
			if (n == 47)
				FX_EQ(seen[3], 16, "then the middle one");
		}
		fx_destroy(&f);
	}
}

static void
parts_of_a_queue_take_turns(void **state)
{
	uint32_t atomic = 0, n;
	struct dlb_cqe cqe;
	struct fixture f;

	(void)state;
	world_create(&f, DLB_V2, 1, 1);
	fill(&f, DLB_SCHED_ATOMIC, 0, 0, 40);
	fill(&f, DLB_SCHED_UNORDERED, 0, 0, 40);
	fx_run(&f);
	for (n = 0; n < 40; n++) {
		assert_true(fx_take(&f, DLB_LDB, 0, &cqe));
		atomic += dlb_qe_sched_type(cqe.sched) == DLB_SCHED_ATOMIC;
	}
	assert_int_equal(atomic, 20);
	fx_destroy(&f);
}

/* A limit, how it is set, and how many of 200 QEs it lets through. */
static void
limits_bound_what_is_inflight(void **state)
{
	static const struct {
		const char *name;
		enum dlb_reg reg;
		uint32_t value, want;
	} rows[] = {
		{ "history of both CQs", DLB_LSP_CQ_LDB_INFL_LIM, 64, 128 },
		{ "inflight limit of one CQ", DLB_LSP_CQ_LDB_INFL_LIM, 5, 69 },
		{ "inflight limit of the queue", DLB_LSP_QID_LDB_INFL_LIM, 17, 17 },
		{ "queue paused", DLB_LSP_QID_LDB_INFL_LIM, 0, 0 },
		{ "history list shorter than the limit", DLB_CHP_HIST_LIST_LIM, 9, 74 },
	};
	struct fixture f;
	uint32_t i;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			world_create(&f, gen, 1, 2);
			fx_write(&f, rows[i].reg, 0, rows[i].value);
			fill(&f, DLB_SCHED_UNORDERED, 0, 0, 200);
			FX_EQ(fx_run(&f), rows[i].want, rows[i].name);
			FX_EQ(fx_read(&f, DLB_LSP_QID_LDB_INFL_CNT, 0), rows[i].want, rows[i].name);
			FX_EQ(fx_read(&f, DLB_LSP_CQ_LDB_INFL_CNT, 0) +
				      fx_read(&f, DLB_LSP_CQ_LDB_INFL_CNT, 1),
			      rows[i].want, rows[i].name);
			fx_destroy(&f);
		}
	}
}

/* Tokens come back, completions do not: the history list is what stops the CQ. */
static void
completions_bound_a_port_that_pays_early(void **state)
{
	struct dlb_cqe cqe;
	struct fixture f;
	uint32_t n;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		fx_create(&f, gen);
		fx_domain(&f, 0, 512, 0);
		fx_ldb_queue(&f, 0, 0, &(struct fx_queue){ 0 });
		fx_ldb_port(&f, 0, 0, &(struct fx_port){ 8, 2000, 20 });
		fx_map(&f, 0, 0, 7, 0);
		fx_start(&f, 0);
		for (n = 0; n < 100; n++)
			fx_send(&f, DLB_LDB, 0, plain(0, 0, n));
		for (n = 0; fx_run(&f), fx_take(&f, DLB_LDB, 0, &cqe); n++)
			fx_pop(&f, DLB_LDB, 0, 1);
		FX_EQ(n, 20, "events owned");
		/* Once around the history list, one by one. */
		for (; n < 100; n++) {
			fx_release(&f, 0, 1);
			FX_EQ(fx_run(&f), 1, "one in, one out");
			assert_true(fx_take(&f, DLB_LDB, 0, &cqe));
			FX_EQ(cqe.data, n, "order");
			fx_pop(&f, DLB_LDB, 0, 1);
		}
		fx_release(&f, 0, 20);
		FX_EQ(fx_read(&f, DLB_LSP_CQ_LDB_INFL_CNT, 0), 0, "inflight");
		FX_EQ(fx_read(&f, DLB_CHP_HIST_LIST_POP_PTR, 0),
		      fx_read(&f, DLB_CHP_HIST_LIST_PUSH_PTR, 0), "history");
		fx_destroy(&f);
	}
}

/* P5: saturated classes get what their bandwidth says; what one leaves goes to the others. */
static void
classes_get_their_shares(void **state)
{
	static const struct {
		uint32_t share[DLB_COS_COUNT];
		uint32_t busy; /* bit c: class c has a CQ */
		uint32_t percent[DLB_COS_COUNT];
	} rows[] = {
		{ { 64, 64, 64, 64 }, 0xf, { 25, 25, 25, 25 } },
		{ { 128, 64, 32, 32 }, 0xf, { 50, 25, 12, 12 } },
		{ { 128, 64, 32, 32 }, 0x6, { 0, 66, 33, 0 } },
		{ { 256, 0, 0, 0 }, 0x3, { 100, 0, 0, 0 } },
		{ { 256, 0, 0, 0 }, 0xc, { 0, 0, 50, 50 } },
	};
	uint32_t i, c, n, got;
	struct fixture f;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fx_create(&f, DLB_V25);
		fx_domain(&f, 0, 16384, 0);
		fx_ldb_queue(&f, 0, 0, &(struct fx_queue){ 0 });
		for (c = 0; c < DLB_COS_COUNT; c++) {
			fx_write(&f, DLB_LSP_CFG_SHDW_RANGE_COS, c, rows[i].share[c]);
			if (!(rows[i].busy >> c & 1))
				continue;
			fx_ldb_port(&f, 0, c * 16 + 3, &(struct fx_port){ 64, c * 512, 512 });
			fx_map(&f, 0, c * 16 + 3, 0, 0);
		}
		fx_write(&f, DLB_LSP_CFG_SHDW_CTRL, 0, 1);
		fx_start(&f, 0);
		fx_dir_port(&f, 0, 0, 8);
		for (n = 0; n < 16000; n++)
			fx_send(&f, DLB_DIR, 0, plain(0, 0, n));
		for (n = 0; n < 1000; n++) {
			dlb_model_run(f.m, 10);
			for (c = 0; c < DLB_COS_COUNT; c++)
				if (rows[i].busy >> c & 1)
					settle(&f, c * 16 + 3);
		}
		for (c = 0; c < DLB_COS_COUNT; c++) {
			got = fx_read(&f, DLB_LSP_CQ_LDB_TOT_SCH_CNTL, c * 16 + 3) / 100;
			assert_true(got + 2 >= rows[i].percent[c]);
			assert_true(got <= rows[i].percent[c] + 2);
		}
		fx_destroy(&f);
	}
}

/* 2.5: a CQ gets QEs while the weight it holds is below the limit. */
static void
weight_bounds_the_load(void **state)
{
	static const struct {
		uint32_t code, limit, want;
	} rows[] = { { 0, 8, 8 }, { 1, 8, 4 }, { 2, 8, 2 }, { 3, 8, 1 }, { 3, 9, 2 } };
	struct dlb_qe qe;
	struct fixture f;
	uint32_t i, n;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		world_create(&f, DLB_V25, 1, 1);
		fx_write(&f, DLB_LSP_CFG_CQ_LDB_WU_LIMIT, 0,
			 DLB_LSP_CFG_CQ_LDB_WU_LIMIT_V | rows[i].limit);
		qe = plain(0, 0, 0);
		qe.misc = (uint8_t)(rows[i].code << 1);
		for (n = 0; n < 20; n++)
			fx_send(&f, DLB_DIR, 0, qe);
		FX_EQ(fx_run(&f), rows[i].want, "under the limit");
		fx_release(&f, 0, rows[i].want);
		FX_EQ(fx_run(&f), rows[i].want, "after completion");
		fx_write(&f, DLB_LSP_CFG_CQ_LDB_WU_LIMIT, 0, 0);
		FX_EQ(fx_run(&f), 20 - 2 * rows[i].want, "without a limit");
		fx_destroy(&f);
	}
}

/* 2.5: once full, a CQ waits until it is down at the threshold; then the flow may have moved. */
static void
inflight_threshold_lets_flows_move(void **state)
{
	struct fixture f;
	uint32_t n;

	(void)state;
	world_create(&f, DLB_V25, 1, 1);
	fx_write(&f, DLB_LSP_CQ_LDB_INFL_LIM, 0, 8);
	fx_write(&f, DLB_LSP_CQ_LDB_INFL_THRESH, 0, 2);
	fx_write(&f, DLB_LSP_CFG_CTRL_GENERAL_0, 0, DLB_LSP_CFG_CTRL_GENERAL_0_ENAB_IF_THRESH);
	fill(&f, DLB_SCHED_UNORDERED, 0, 0, 40);
	FX_EQ(fx_run(&f), 8, "up to the limit");
	for (n = 7; n > 2; n--) {
		fx_release(&f, 0, 1);
		FX_EQ(fx_run(&f), 0, "above the threshold");
	}
	fx_release(&f, 0, 1);
	FX_EQ(fx_run(&f), 6, "at the threshold");
	fx_release(&f, 0, 1);
	FX_EQ(fx_run(&f), 0, "above it again");
	fx_write(&f, DLB_LSP_CFG_CTRL_GENERAL_0, 0, 0);
	FX_EQ(fx_run(&f), 1, "switched off");
	fx_destroy(&f);
}

/* A table entry that is missing in any of the reverse maps is no mapping. */
static void
mapping_needs_all_tables(void **state)
{
	static const enum dlb_reg tables[] = { DLB_ATM_QID2CQIDIX, DLB_LSP_QID2CQIDIX,
					       DLB_LSP_QID2CQIDIX2 };
	struct fixture f;
	uint32_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		world_create(&f, DLB_V2, 1, 1);
		f.expected = 1u << DLB_LINT_MAP_WHILE_ENABLED;
		fx_write(&f, tables[i], 0, 0);
		fx_send(&f, DLB_DIR, 0, plain(0, 0, 1));
		FX_EQ(fx_run(&f), 0, dlb_regs[tables[i]].name);
		fx_write(&f, tables[i], 0, 1);
		FX_EQ(fx_run(&f), 1, dlb_regs[tables[i]].name);
		fx_destroy(&f);
	}
}

static void
sched_ctrl(struct fixture *f, uint32_t cq, uint32_t slot, uint32_t bits)
{
	fx_write(f, DLB_LSP_LDB_SCHED_CTRL, 0,
		 dlb_field(DLB_LSP_LDB_SCHED_CTRL_CQ, cq) |
			 dlb_field(DLB_LSP_LDB_SCHED_CTRL_QIDIX, slot) | bits);
}

/* Programming-model.md 17.7 and 17.9, on a queue that has work. */
static void
queues_move_between_cqs_while_traffic_runs(void **state)
{
	const uint32_t set = DLB_LSP_LDB_SCHED_CTRL_VALUE;
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen, 1, 1);
		fx_stop(&f, 2);
		fx_ldb_port(&f, 2, 40, &(struct fx_port){ 64, 1024, 64 });
		fx_start(&f, 2);
		fill(&f, DLB_SCHED_UNORDERED, 0, 0, 80);
		FX_EQ(fx_run(&f), 64, "to CQ 0");

		/* Map: pause, wait until nothing is inflight, change the tables, resume. */
		fx_write(&f, DLB_LSP_QID_LDB_INFL_LIM, 0, 0);
		settle(&f, 0);
		FX_EQ(fx_read(&f, DLB_LSP_QID_LDB_INFL_CNT, 0), 0, "inflight");
		FX_EQ(fx_run(&f), 0, "paused");
		fx_disable(&f, DLB_LDB, 40, true);
		fx_disable(&f, DLB_LDB, 0, true);
		fx_table_add(&f, 0, 40, 3, 0);
		sched_ctrl(&f, 40, 3, set | DLB_LSP_LDB_SCHED_CTRL_NALB_HASWORK_V);
		sched_ctrl(&f, 40, 3, DLB_LSP_LDB_SCHED_CTRL_INFLIGHT_OK_V);
		sched_ctrl(&f, 40, 3, set | DLB_LSP_LDB_SCHED_CTRL_INFLIGHT_OK_V);
		sched_ctrl(&f, 0, 0, set | DLB_LSP_LDB_SCHED_CTRL_INFLIGHT_OK_V);
		fx_write(&f, DLB_LSP_QID_LDB_INFL_LIM, 0, 2048);
		fx_disable(&f, DLB_LDB, 40, false);
		fx_disable(&f, DLB_LDB, 0, false);
		FX_EQ(fx_run(&f), 16, "resumed");
		assert_true(fx_count(&f, DLB_LDB, 40) > 0);
		assert_true(fx_count(&f, DLB_LDB, 0) > 0);

		/* Unmap CQ 0: disable, wait for its completions, clear the tables. */
		fx_disable(&f, DLB_LDB, 0, true);
		settle(&f, 0);
		fx_table_remove(&f, 0, 0, 0);
		sched_ctrl(&f, 0, 0, DLB_LSP_LDB_SCHED_CTRL_NALB_HASWORK_V);
		sched_ctrl(&f, 0, 0, DLB_LSP_LDB_SCHED_CTRL_RLIST_HASWORK_V);
		sched_ctrl(&f, 0, 0, set | DLB_LSP_LDB_SCHED_CTRL_INFLIGHT_OK_V);
		fx_disable(&f, DLB_LDB, 0, false);
		settle(&f, 40);
		fill(&f, DLB_SCHED_UNORDERED, 0, 0, 10);
		FX_EQ(fx_run(&f), 10, "to CQ 40");
		FX_EQ(fx_count(&f, DLB_LDB, 40), 10, "to CQ 40");
		fx_destroy(&f);
	}
}

/* What software does in place of a worker: counters in, completions and one pop out. */
static void
drain_ldb(struct fixture *f, uint32_t cq)
{
	uint32_t inflight = fx_read(f, DLB_LSP_CQ_LDB_INFL_CNT, cq);
	uint32_t tokens = fx_read(f, DLB_LSP_CQ_LDB_TKN_CNT, cq);
	struct dlb_qe first = { .lock_id = (uint16_t)(tokens - 1) };

	if (inflight == 0 && tokens == 0)
		return;
	first.cmd = (uint8_t)((inflight != 0 ? DLB_QE_COMP : 0) | (tokens != 0 ? DLB_QE_TOKEN : 0));
	fx_send(f, DLB_LDB, cq, first);
	if (inflight > 1)
		fx_release(f, cq, inflight - 1);
}

/* Programming-model.md 22: permissions are gone, and yet everything flows out. */
static void
domain_drains_without_write_permission(void **state)
{
	struct fixture f;
	uint32_t round, tokens;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen, 2, 2);
		fx_stop(&f, 2);
		fx_dir_port(&f, 2, 9, 8);
		fx_dir_queue(&f, 2, 9);
		fx_start(&f, 2);
		fill(&f, DLB_SCHED_UNORDERED, 0, 0, 300);
		fill(&f, DLB_SCHED_ATOMIC, 1, 0, 300);
		fill(&f, DLB_SCHED_DIRECTED, 9, 0, 300);
		fx_run(&f);
		fx_stop(&f, 2);
		for (round = 0; round < 100 && dlb_model_has_work(f.m); round++) {
			fx_run(&f);
			drain_ldb(&f, 0);
			drain_ldb(&f, 1);
			tokens = fx_read(&f, DLB_LSP_CQ_DIR_TKN_CNT, 9);
			if (tokens != 0)
				fx_pop(&f, DLB_DIR, 9, tokens);
		}
		drain_ldb(&f, 0);
		drain_ldb(&f, 1);
		FX_EQ(fx_depth(&f, DLB_LDB, 0) + fx_depth(&f, DLB_LDB, 1) +
			      fx_depth(&f, DLB_DIR, 9),
		      0, "depth");
		FX_EQ(fx_read(&f, DLB_LSP_CQ_LDB_INFL_CNT, 0), 0, "inflight");
		FX_EQ(fx_read(&f, DLB_LSP_CQ_LDB_TKN_CNT, 1), 0, "tokens");
		FX_EQ(fx_credits(&f, DLB_LDB, 2), gen == DLB_V2 ? 4096 : 5120, "credits");
		fx_destroy(&f);
	}
}

static void
counters_add_up(void **state)
{
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen, 1, 1);
		fill(&f, DLB_SCHED_UNORDERED, 0, 0, 30);
		fill(&f, DLB_SCHED_ATOMIC, 0, 0, 100);
		FX_EQ(fx_read(&f, DLB_LSP_QID_LDB_ENQUEUE_CNT, 0), 30, "non-atomic");
		FX_EQ(fx_read(&f, DLB_LSP_QID_AQED_ACTIVE_CNT, 0), 64, "staged");
		FX_EQ(fx_read(&f, DLB_LSP_QID_ATM_ACTIVE, 0), 36, "not staged");
		FX_EQ(fx_run(&f), 64, "scheduled");
		FX_EQ(fx_read(&f, DLB_LSP_QID_NALDB_TOT_ENQ_CNTL, 0), 30, "total");
		FX_EQ(fx_read(&f, DLB_LSP_QID_ATM_TOT_ENQ_CNTL, 0), 100, "total");
		FX_EQ(fx_read(&f, DLB_LSP_CQ_LDB_TOT_SCH_CNTL, 0), 64, "total");
		FX_EQ(fx_read(&f, DLB_LSP_LDB_SCH_CNT_L, 0), 64, "total");
		FX_EQ(fx_read(&f, DLB_LSP_QID_NALDB_MAX_DEPTH, 0), 30, "high-water mark");
		FX_EQ(fx_read(&f, DLB_CHP_LDB_CQ_DEPTH, 0), 64, "CQ depth");
		fx_write(&f, DLB_LSP_QID_ATM_TOT_ENQ_CNTL, 0, 0);
		FX_EQ(fx_read(&f, DLB_LSP_QID_ATM_TOT_ENQ_CNTL, 0), 0, "cleared");
		fx_destroy(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bins_are_strict_with_equal_weights),
		cmocka_unit_test(weights_keep_low_bins_alive),
		cmocka_unit_test(slots_are_served_by_priority),
		cmocka_unit_test(parts_of_a_queue_take_turns),
		cmocka_unit_test(limits_bound_what_is_inflight),
		cmocka_unit_test(completions_bound_a_port_that_pays_early),
		cmocka_unit_test(classes_get_their_shares),
		cmocka_unit_test(weight_bounds_the_load),
		cmocka_unit_test(inflight_threshold_lets_flows_move),
		cmocka_unit_test(mapping_needs_all_tables),
		cmocka_unit_test(queues_move_between_cqs_while_traffic_runs),
		cmocka_unit_test(domain_drains_without_write_permission),
		cmocka_unit_test(counters_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
