/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Producer ports: every command in every slot of a line, what is refused and how that shows,
 * credits, tokens, and the traffic that a device has to swallow. Datapath.md 2 to 4, 6.1.
 */
#include "fixture.h"

#define PORT 3
#define LDB_CREDITS 40
#define DIR_CREDITS 24

enum { Q_PLAIN, Q_ATOMIC, Q_ORDERED, Q_NOT_STARTED, Q_DISABLED, Q_COUNT };

/* One load-balanced and one directed port, and a queue of each sort. */
static void
world_create(struct fixture *f, enum dlb_gen gen)
{
	static const struct fx_queue queues[] = {
		[Q_PLAIN] = { 0 },
		[Q_ATOMIC] = { .aqed = 64 },
		[Q_ORDERED] = { .ordered = true, .aqed = 64 },
		[Q_NOT_STARTED] = { 0 },
	};
	const struct fx_port port = { 16, 100, 32 };
	uint32_t q;

	fx_create(f, gen);
	fx_domain(f, 5, LDB_CREDITS, DIR_CREDITS);
	for (q = 0; q < Q_NOT_STARTED; q++)
		fx_ldb_queue(f, 5, q, &queues[q]);
	fx_dir_queue(f, 5, PORT);
	fx_ldb_port(f, 5, PORT, &port);
	fx_dir_port(f, 5, PORT, 16);
	for (q = 0; q < Q_NOT_STARTED; q++)
		fx_map(f, q, PORT, q, 0);
	fx_start(f, 5);
	fx_ldb_queue(f, 5, Q_NOT_STARTED, &queues[Q_NOT_STARTED]);
	fx_write(f, DLB_SYS_LDB_VASQID_V, 5 * DLB_LDB_QUEUES + Q_DISABLED, 1);
}

/* Everything that a QE can change, seen from outside. */
struct counts {
	uint32_t depth, credits[DLB_KIND_COUNT], tokens[DLB_KIND_COUNT], inflight;
};

static struct counts
counts_of(struct fixture *f)
{
	struct counts c = { 0 };
	uint32_t q;

	for (q = 0; q < Q_COUNT; q++)
		c.depth += fx_depth(f, DLB_LDB, q);
	c.depth += fx_depth(f, DLB_DIR, PORT);
	c.credits[DLB_LDB] = fx_credits(f, DLB_LDB, 5);
	c.credits[DLB_DIR] = fx_credits(f, DLB_DIR, 5);
	c.tokens[DLB_LDB] = fx_read(f, DLB_LSP_CQ_LDB_TKN_CNT, PORT);
	c.tokens[DLB_DIR] = fx_read(f, DLB_LSP_CQ_DIR_TKN_CNT, PORT);
	c.inflight = fx_read(f, DLB_LSP_CQ_LDB_INFL_CNT, PORT);
	return c;
}

static void
each_command_does_its_part_in_each_slot(void **state)
{
	/* After four QEs of the ordered queue have been delivered. */
	static const struct {
		uint8_t cmd;
		int enqueued, completed, tokens;
	} rows[] = {
		{ DLB_CMD_NOOP, 0, 0, 0 },   { DLB_CMD_POP, 0, 0, 3 },
		{ DLB_CMD_REL, 0, 1, 0 },    { DLB_CMD_REL_POP, 0, 1, 3 },
		{ DLB_CMD_ARM, 0, 0, 0 },    { DLB_CMD_NEW, 1, 0, 0 },
		{ DLB_CMD_NEW_T, 1, 0, 1 },  { DLB_CMD_FWD, 1, 1, 0 },
		{ DLB_CMD_FWD_T, 1, 1, 1 },  { DLB_CMD_FRAG, 0, 0, 0 },
		{ DLB_CMD_FRAG_T, 0, 0, 1 },
	};
	struct dlb_qe line[DLB_QES_PER_LINE];
	struct counts before, after;
	struct fixture f;
	uint32_t i, slot, n;
	bool valid;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (i = 0; i < 4 * sizeof(rows) / sizeof(rows[0]); i++) {
			world_create(&f, gen);
			for (n = 0; n < 4; n++)
				fx_send(&f, DLB_LDB, PORT,
					fx_qe(DLB_CMD_NEW, DLB_SCHED_ORDERED, Q_ORDERED, 0, 0, n));
			assert_int_equal(fx_run(&f), 4);
			before = counts_of(&f);

			slot = i % 4;
			memset(line, 0, sizeof(line));
			line[slot] = fx_qe(rows[i / 4].cmd, DLB_SCHED_UNORDERED, Q_PLAIN, 0, 2, 7);
			valid = line[slot].cmd & DLB_QE_VALID;
			dlb_model_pp_write(f.m, DLB_LDB, PORT, line);
			after = counts_of(&f);

			FX_EQ(after.depth, before.depth + rows[i / 4].enqueued, "depth");
			FX_EQ(after.credits[DLB_LDB], before.credits[DLB_LDB] - valid, "credits");
			FX_EQ(after.inflight, before.inflight - rows[i / 4].completed, "inflight");
			FX_EQ(after.tokens[DLB_LDB], before.tokens[DLB_LDB] - rows[i / 4].tokens,
			      "tokens");
			FX_EQ(fx_read(&f, DLB_SYS_ALARM_PF_SYND0, 0), 0, "syndrome");
			fx_destroy(&f);
		}
	}
}

static void
four_commands_of_a_line_are_carried_out_in_order(void **state)
{
	struct dlb_qe line[DLB_QES_PER_LINE];
	struct counts c;
	struct fixture f;
	uint32_t n;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen);
		for (n = 0; n < 3; n++)
			fx_send(&f, DLB_LDB, PORT,
				fx_qe(DLB_CMD_NEW, DLB_SCHED_ATOMIC, Q_ATOMIC, 0, n + 1, n));
		fx_run(&f);
		for (n = 0; n < 3; n++)
			line[n] = fx_qe(DLB_CMD_FWD, DLB_SCHED_UNORDERED, Q_PLAIN, 0, 0, 10 + n);
		line[3] = dlb_qe_pop(3);
		dlb_model_pp_write(f.m, DLB_LDB, PORT, line);
		c = counts_of(&f);
		assert_int_equal(c.depth, 3);
		assert_int_equal(c.inflight, 0);
		assert_int_equal(c.tokens[DLB_LDB], 0);
		fx_run(&f);
		f.reader[DLB_LDB][PORT].index += 3;
		for (n = 0; n < 3; n++) {
			struct dlb_cqe cqe;

			assert_true(fx_take(&f, DLB_LDB, PORT, &cqe));
			assert_int_equal(cqe.data, 10 + n);
		}
		fx_destroy(&f);
	}
}

/* Alarms, as datapath.md 4.3 numbers them. */
#define SYS(aid)          \
	{                 \
		0, 0, aid \
	}
#define CHP(aid)          \
	{                 \
		1, 4, aid \
	}

static void
refused_qes_leave_no_trace_but_a_syndrome(void **state)
{
	static const struct {
		const char *name;
		enum dlb_kind kind;
		uint8_t cmd, type, qid;
		uint16_t lock;
		struct {
			uint8_t source, unit, aid;
		} alarm;
	} rows[] = {
		{ "reserved command", DLB_LDB, 0x04, 1, Q_PLAIN, 0, SYS(5) },
		{ "reserved command", DLB_LDB, 0x06, 1, Q_PLAIN, 0, SYS(5) },
		{ "reserved command", DLB_LDB, 0x07, 1, Q_PLAIN, 0, SYS(5) },
		{ "undefined command", DLB_LDB, 0x0e, 1, Q_PLAIN, 0, SYS(5) },
		{ "undefined command", DLB_LDB, 0x0f, 1, Q_PLAIN, 0, SYS(5) },
		{ "bits above the command", DLB_LDB, 0x18, 1, Q_PLAIN, 0, SYS(5) },
		{ "completion on a directed port", DLB_DIR, DLB_CMD_REL, 0, 0, 0, SYS(5) },
		{ "forward on a directed port", DLB_DIR, DLB_CMD_FWD, 1, Q_PLAIN, 0, SYS(5) },
		{ "fragment on a directed port", DLB_DIR, DLB_CMD_FRAG, 1, Q_PLAIN, 0, SYS(5) },
		{ "queue out of range", DLB_LDB, DLB_CMD_NEW, 1, 32, 0, SYS(3) },
		{ "queue far out of range", DLB_LDB, DLB_CMD_NEW, 3, 255, 0, SYS(3) },
		{ "queue of nobody", DLB_LDB, DLB_CMD_NEW, 1, 20, 0, SYS(3) },
		{ "queue not started", DLB_LDB, DLB_CMD_NEW, 1, Q_NOT_STARTED, 0, SYS(3) },
		{ "queue disabled", DLB_LDB, DLB_CMD_NEW, 1, Q_DISABLED, 0, SYS(4) },
		{ "atomic without storage", DLB_LDB, DLB_CMD_NEW, 0, Q_PLAIN, 0, SYS(2) },
		{ "ordered without numbers", DLB_LDB, DLB_CMD_NEW, 2, Q_ATOMIC, 0, SYS(2) },
		{ "unordered beside numbers", DLB_LDB, DLB_CMD_NEW, 1, Q_ORDERED, 0, SYS(2) },
		{ "token not owed", DLB_LDB, DLB_CMD_POP, 0, 0, 1, CHP(2) },
		{ "token not owed", DLB_DIR, DLB_CMD_POP, 0, 0, 0, CHP(2) },
		{ "token not owed, with event", DLB_DIR, DLB_CMD_NEW_T, 1, Q_PLAIN, 0, CHP(2) },
		{ "fragment of an unordered event", DLB_LDB, DLB_CMD_FRAG, 1, Q_PLAIN, 0, CHP(1) },
	};
	struct counts before, after;
	uint32_t i, synd;
	struct fixture f;
	struct dlb_qe qe;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			world_create(&f, gen);
			f.expected = 1u << DLB_LINT_BAD_QE;
			fx_write(&f, DLB_SYS_INGRESS_ALARM_ENBL, 0, UINT32_MAX);
			fx_send(&f, DLB_LDB, PORT,
				fx_qe(DLB_CMD_NEW, DLB_SCHED_UNORDERED, Q_PLAIN, 0, 0, 1));
			fx_run(&f);
			before = counts_of(&f);

			qe = fx_qe(rows[i].cmd, rows[i].type, rows[i].qid, 1, rows[i].lock, 3);
			fx_send(&f, rows[i].kind, PORT, qe);
			after = counts_of(&f);
			assert_memory_equal(&after, &before, sizeof(after));
			FX_EQ(dlb_model_lint_count(f.m, DLB_LINT_BAD_QE), 1, rows[i].name);

			synd = fx_read(&f, DLB_SYS_ALARM_PF_SYND0, 0);
			FX_EQ(synd >> 31, 1, rows[i].name);
			FX_EQ(dlb_field_get(synd, DLB_SYS_ALARM_PF_SYND0_SOURCE),
			      rows[i].alarm.source, rows[i].name);
			FX_EQ(dlb_field_get(synd, DLB_SYS_ALARM_PF_SYND0_UNIT), rows[i].alarm.unit,
			      rows[i].name);
			FX_EQ(dlb_field_get(synd, DLB_SYS_ALARM_PF_SYND0_AID), rows[i].alarm.aid,
			      rows[i].name);
			FX_EQ(synd & 0x7f, PORT, rows[i].name);
			FX_EQ(fx_read(&f, DLB_SYS_ALARM_PF_SYND1, 0),
			      (uint32_t)(qe.opaque | qe.qid << 16) | (uint32_t)qe.sched << 24,
			      rows[i].name);
			fx_destroy(&f);
		}
	}
}

static void
first_syndrome_stays_until_cleared(void **state)
{
	const struct dlb_qe bad = { .cmd = DLB_CMD_REL };
	struct fixture f;

	(void)state;
	world_create(&f, DLB_V25);
	f.expected = 1u << DLB_LINT_BAD_QE;
	fx_send(&f, DLB_LDB, PORT, bad);
	assert_int_equal(fx_read(&f, DLB_SYS_ALARM_PF_SYND0, 0) >> 30, 2);
	fx_send(&f, DLB_LDB, PORT, dlb_qe_pop(1));
	assert_int_equal(fx_read(&f, DLB_SYS_ALARM_PF_SYND0, 0) >> 30, 3);
	assert_int_equal(dlb_field_get(fx_read(&f, DLB_SYS_ALARM_PF_SYND0, 0),
				       DLB_SYS_ALARM_PF_SYND0_AID),
			 1);
	fx_write(&f, DLB_SYS_ALARM_PF_SYND0, 0, fx_read(&f, DLB_SYS_ALARM_PF_SYND0, 0));
	assert_int_equal(fx_read(&f, DLB_SYS_ALARM_PF_SYND0, 0), 0);
	fx_send(&f, DLB_LDB, PORT, dlb_qe_pop(1));
	assert_int_equal(dlb_field_get(fx_read(&f, DLB_SYS_ALARM_PF_SYND0, 0),
				       DLB_SYS_ALARM_PF_SYND0_AID),
			 2);
	fx_destroy(&f);
}

static void
alarms_that_are_off_are_silent(void **state)
{
	struct fixture f;

	(void)state;
	world_create(&f, DLB_V2);
	f.expected = 1u << DLB_LINT_BAD_QE;
	fx_send(&f, DLB_LDB, PORT, (struct dlb_qe){ .cmd = 0x0f });
	assert_int_equal(fx_read(&f, DLB_SYS_ALARM_PF_SYND0, 0), 0);
	fx_destroy(&f);
}

/* Kind of queue, and how many QEs it takes on each generation. */
static void
credits_run_out_and_come_back(void **state)
{
	static const struct {
		enum dlb_kind kind;
		uint32_t room[DLB_GEN_COUNT];
	} rows[] = {
		{ DLB_LDB, { LDB_CREDITS, LDB_CREDITS + DIR_CREDITS } },
		{ DLB_DIR, { DIR_CREDITS, LDB_CREDITS + DIR_CREDITS } },
	};
	const enum dlb_sched type[DLB_KIND_COUNT] = { DLB_SCHED_UNORDERED, DLB_SCHED_DIRECTED };
	struct dlb_qe qe;
	struct fixture f;
	uint32_t i, n, room;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (i = 0; i < 2; i++) {
			world_create(&f, gen);
			f.expected = 1u << DLB_LINT_BAD_QE;
			room = rows[i].room[gen];
			qe = fx_qe(DLB_CMD_NEW, type[i], rows[i].kind == DLB_LDB ? Q_PLAIN : PORT,
				   0, 0, 0);
			for (n = 0; n < room; n++)
				fx_send(&f, DLB_DIR, PORT, qe);
			FX_EQ(fx_credits(&f, rows[i].kind, 5), 0, "credits");
			FX_EQ(dlb_model_lint_count(f.m, DLB_LINT_BAD_QE), 0, "refused");
			fx_send(&f, DLB_DIR, PORT, qe);
			FX_EQ(dlb_model_lint_count(f.m, DLB_LINT_BAD_QE), 1, "refused");
			FX_EQ(counts_of(&f).depth, room, "depth");

			/* One credit for each QE that is in the CQ. */
			n = fx_run(&f);
			FX_EQ(n, 16, "scheduled");
			FX_EQ(fx_credits(&f, rows[i].kind, 5), 16, "credits");
			fx_destroy(&f);
		}
	}
}

/* On 2.0 the pools do not touch each other. */
static void
pools_of_the_older_generation_are_apart(void **state)
{
	struct fixture f;
	uint32_t n;

	(void)state;
	world_create(&f, DLB_V2);
	for (n = 0; n < DIR_CREDITS; n++)
		fx_send(&f, DLB_LDB, PORT, fx_qe(DLB_CMD_NEW, DLB_SCHED_DIRECTED, PORT, 0, 0, n));
	assert_int_equal(fx_credits(&f, DLB_DIR, 5), 0);
	assert_int_equal(fx_credits(&f, DLB_LDB, 5), LDB_CREDITS);
	fx_destroy(&f);
}

static void
ten_times_the_pool_passes_a_directed_queue(void **state)
{
	struct dlb_cqe cqe;
	struct fixture f;
	uint32_t n;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen);
		for (n = 0; n < 10 * DIR_CREDITS; n++) {
			fx_send(&f, DLB_DIR, PORT,
				fx_qe(DLB_CMD_NEW, DLB_SCHED_DIRECTED, PORT, n % 8, 0, n));
			fx_run(&f);
			assert_true(fx_take(&f, DLB_DIR, PORT, &cqe));
			assert_int_equal(cqe.data, n);
			fx_pop(&f, DLB_DIR, PORT, 1);
		}
		FX_EQ(fx_read(&f, DLB_LSP_CQ_DIR_TOT_SCH_CNTL, PORT), n, "total");
		FX_EQ(fx_read(&f, DLB_LSP_QID_DIR_TOT_ENQ_CNTL, PORT), n, "total");
		FX_EQ(fx_read(&f, DLB_LSP_DIR_SCH_CNT_L, 0), n, "total");
		FX_EQ(fx_read(&f, DLB_LSP_QID_DIR_MAX_DEPTH, PORT), 1, "high-water mark");
		fx_destroy(&f);
	}
}

static void
whole_store_can_be_granted(void **state)
{
	struct fixture f;
	uint32_t n, total;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		fx_create(&f, gen);
		total = f.limits->credits[DLB_LDB];
		fx_domain(&f, 0, total, 0);
		fx_ldb_queue(&f, 0, 0, &(struct fx_queue){ 0 });
		fx_dir_port(&f, 0, 0, 8);
		fx_start(&f, 0);
		for (n = 0; n < total; n++)
			fx_send(&f, DLB_DIR, 0,
				fx_qe(DLB_CMD_NEW, DLB_SCHED_UNORDERED, 0, n % 8, 0, n));
		FX_EQ(fx_credits(&f, DLB_LDB, 0), 0, "credits");
		/* The counter has 14 bits, the newer store one QE more than that can say. */
		FX_EQ(fx_depth(&f, DLB_LDB, 0), total > 16383 ? 16383 : total, "depth");
		assert_true(dlb_model_has_work(f.m));
		fx_destroy(&f);
	}
}

/* Empty a queue through a CQ of its own; its QEs have come in the order of their data. */
static void
drain(struct fixture *f, uint32_t cq, uint64_t *next)
{
	struct dlb_cqe cqe;
	uint32_t n;

	while (fx_run(f) != 0) {
		for (n = 0; fx_take(f, DLB_LDB, cq, &cqe); n++)
			FX_EQ(cqe.data, (*next)++, "event");
		fx_release(f, cq, n);
		fx_pop(f, DLB_LDB, cq, n);
	}
}

/*
 * QEs of two queues in turn, of which only those of one leave: each round leaves more places that are too
 * small for a line, until there are no others.
 */
static void
every_credit_buys_a_place(void **state)
{
	const struct fx_port conf = { .depth = 256, .hist_size = 512 };
	const struct fx_port more = { .depth = 256, .hist_base = 512, .hist_size = 512 };
	uint64_t sent[2], next[2];
	uint32_t n, round, total, q;
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		fx_create(&f, gen);
		total = f.limits->credits[DLB_LDB];
		fx_domain(&f, 0, total, 0);
		fx_dir_port(&f, 0, 0, 8);
		for (q = 0; q < 2; q++) {
			fx_ldb_queue(&f, 0, q, &(struct fx_queue){ 0 });
			fx_ldb_port(&f, 0, q, q == 0 ? &conf : &more);
			fx_map(&f, q, q, 0, 0);
		}
		fx_disable(&f, DLB_LDB, 0, true);
		fx_start(&f, 0);
		memset(sent, 0, sizeof(sent));
		memset(next, 0, sizeof(next));
		for (round = 0; round < 8; round++) {
			for (n = fx_credits(&f, DLB_LDB, 0); n != 0; n--) {
				q = n % 4 != 0;
				fx_send(&f, DLB_DIR, 0,
					fx_qe(DLB_CMD_NEW, DLB_SCHED_UNORDERED, q, 0, 0,
					      sent[q]++));
			}
			FX_EQ(fx_credits(&f, DLB_LDB, 0), 0, "credits");
			drain(&f, 1, &next[1]);
			FX_EQ(next[1], sent[1], "events that leave");
		}
		fx_disable(&f, DLB_LDB, 0, false);
		drain(&f, 0, &next[0]);
		FX_EQ(next[0], sent[0], "events that stayed");
		FX_EQ(fx_credits(&f, DLB_LDB, 0), total, "credits");
		fx_destroy(&f);
	}
}

/* Datapath.md 2.4: what the public driver sends to every port before any exists. */
static void
probe_traffic_is_swallowed(void **state)
{
	const struct dlb_qe probe[DLB_QES_PER_LINE] = { { .lock_id = 1, .cmd = DLB_CMD_REL_POP } };
	enum dlb_kind kind;
	struct fixture f;
	uint32_t p, n;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		fx_create(&f, gen);
		for (kind = 0; kind < DLB_KIND_COUNT; kind++)
			for (p = 0; p < f.limits->ports[kind]; p++)
				for (n = 0; n < 1000; n++)
					dlb_model_pp_write(f.m, kind, p, probe);
		assert_int_equal(fx_read(&f, DLB_SYS_ALARM_PF_SYND0, 0), 0);
		assert_false(dlb_model_has_work(f.m));
		fx_destroy(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_command_does_its_part_in_each_slot),
		cmocka_unit_test(four_commands_of_a_line_are_carried_out_in_order),
		cmocka_unit_test(refused_qes_leave_no_trace_but_a_syndrome),
		cmocka_unit_test(first_syndrome_stays_until_cleared),
		cmocka_unit_test(alarms_that_are_off_are_silent),
		cmocka_unit_test(credits_run_out_and_come_back),
		cmocka_unit_test(pools_of_the_older_generation_are_apart),
		cmocka_unit_test(ten_times_the_pool_passes_a_directed_queue),
		cmocka_unit_test(whole_store_can_be_granted),
		cmocka_unit_test(every_credit_buys_a_place),
		cmocka_unit_test(probe_traffic_is_swallowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
