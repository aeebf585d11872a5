/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Test aids: what each does, and that a driver which relies on nothing but the contract does not
 * notice. Slots that know only what they are told have a test of their own.
 */
#include <errno.h>

#include "fixture.h"

#define DEPTH 64
#define HIST 64
#define PORTS 3
#define DIR_PORT 7
#define EVENTS 400
#define FLOWS 9
#define CREDITS 1024
#define ROUNDS_MAX 20000
#define SEEDS 6

enum { ATOMIC_QUEUE, UNORDERED_QUEUE, ORDERED_QUEUE, QUEUES };

static const struct aids_row {
	const char *name;
	struct dlb_model_conf conf;
} aids_rows[] = {
	{ "none", { 0 } },
	{ "noise", { .noise = true } },
	{ "lag", { .lag = 1 } },
	{ "long lag", { .lag = 50 } },
	{ "relaxed", { .relaxed = true } },
	{ "strict", { .strict = true } },
	{ "lag, strict", { .lag = 7, .strict = true } },
	{ "other choices", { .choices = DLB_CHOICES_ALL } },
	{ "all",
	  { .lag = 5,
	    .noise = true,
	    .relaxed = true,
	    .strict = true,
	    .choices = DLB_CHOICES_ALL } },
};

/* Events of one kind that go through the device once, and what has come out of it. */
struct traffic {
	uint32_t sent[QUEUES + 1], got[QUEUES + 1]; /* per queue; the last one is directed */
	uint32_t flow_next[FLOWS];                  /* atomic: expected next */
	uint32_t flow_count[FLOWS];
	uint32_t answer_next; /* of the ordered queue */
	uint32_t owed[PORTS];
};

static void
build(struct fixture *f, const struct dlb_model_conf *conf)
{
	uint32_t p, q;

	fx_create_aided(f, conf);
	fx_domain(f, 0, CREDITS, CREDITS);
	fx_ldb_queue(f, 0, ATOMIC_QUEUE, &(struct fx_queue){ .aqed = 64 });
	fx_ldb_queue(f, 0, UNORDERED_QUEUE, &(struct fx_queue){ 0 });
	fx_ldb_queue(f, 0, ORDERED_QUEUE, &(struct fx_queue){ .ordered = true });
	fx_dir_queue(f, 0, DIR_PORT);
	for (p = 0; p < PORTS; p++) {
		fx_ldb_port(f, 0, p, &(struct fx_port){ DEPTH, p * HIST, HIST });
		for (q = 0; q < QUEUES; q++)
			fx_map(f, q, p, q, 0);
	}
	fx_dir_port(f, 0, DIR_PORT, DEPTH);
	fx_start(f, 0);
}

/* One event for each queue, as long as there are any; data: its number. */
static void
produce(struct fixture *f, struct traffic *t)
{
	static const enum dlb_sched types[QUEUES] = { DLB_SCHED_ATOMIC, DLB_SCHED_UNORDERED,
						      DLB_SCHED_ORDERED };
	uint32_t q, flow;

	for (q = 0; q < QUEUES; q++) {
		if (t->sent[q] == EVENTS || t->sent[q] - t->got[q] >= CREDITS / 8)
			continue;
		flow = t->sent[q] * 7 % FLOWS;
		fx_send(f, DLB_LDB, 0, fx_qe(DLB_CMD_NEW, types[q], q, 0, flow, t->sent[q]));
		t->sent[q]++;
	}
}

/* Check one event of a worker, and answer it: ordered ones go on to the directed queue. */
static struct dlb_qe
work(struct traffic *t, const struct dlb_cqe *cqe)
{
	assert_false(cqe->flags & DLB_CQE_ERROR);
	assert_true(cqe->qid < QUEUES && t->got[cqe->qid] < EVENTS);
	t->got[cqe->qid]++;
	assert_int_equal(cqe->opaque, (uint16_t)(cqe->data * 7));
	if (cqe->qid == ATOMIC_QUEUE) {
		assert_int_equal(cqe->data * 7 % FLOWS, cqe->flow_id);
		assert_true(cqe->data >= t->flow_next[cqe->flow_id]);
		t->flow_next[cqe->flow_id] = (uint32_t)cqe->data + 1;
	}
	if (cqe->qid == ORDERED_QUEUE)
		return fx_qe(DLB_CMD_FWD, DLB_SCHED_DIRECTED, DIR_PORT, 0, 0, cqe->data);
	return (struct dlb_qe){ .cmd = DLB_CMD_REL };
}

static void
consume(struct fixture *f, struct traffic *t)
{
	struct dlb_cqe cqe;
	uint32_t p, n;

	for (p = 0; p < PORTS; p++) {
		for (n = 0; n < 5 && fx_take(f, DLB_LDB, p, &cqe); n++)
			fx_send(f, DLB_LDB, p, work(t, &cqe));
		if (n != 0)
			fx_pop(f, DLB_LDB, p, n);
	}
	for (n = 0; fx_take(f, DLB_DIR, DIR_PORT, &cqe); n++)
		FX_EQ(cqe.data, t->answer_next++, "order of answers");
	if (n != 0)
		fx_pop(f, DLB_DIR, DIR_PORT, n);
}

/* Counters are true once nothing is in transit: software that waits sees that. */
static void
all_is_back_check(struct fixture *f, const char *name)
{
	uint32_t p;

	dlb_model_advance(f->m, 1);
	assert_false(dlb_model_has_work(f->m));
	for (p = 0; p < PORTS; p++) {
		FX_EQ(fx_read(f, DLB_LSP_CQ_LDB_INFL_CNT, p), 0, name);
		FX_EQ(fx_read(f, DLB_LSP_CQ_LDB_TKN_CNT, p), 0, name);
	}
	FX_EQ(fx_read(f, DLB_LSP_CQ_DIR_TKN_CNT, DIR_PORT), 0, name);
	FX_EQ(fx_credits(f, DLB_LDB, 0), f->limits->has_shared_credits ? 2 * CREDITS : CREDITS,
	      name);
}

static void
contract_holds(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < sizeof(aids_rows) / sizeof(aids_rows[0]) * SEEDS; i++) {
		const struct aids_row *row = &aids_rows[i / SEEDS];
		struct dlb_model_conf conf = row->conf;
		struct traffic t = { 0 };
		struct fixture f;
		uint32_t round;

		conf.seed = i % SEEDS;
		conf.gen = i % DLB_GEN_COUNT;
		build(&f, &conf);
		for (round = 0; round < ROUNDS_MAX && t.answer_next < EVENTS; round++) {
			produce(&f, &t);
			dlb_model_run(f.m, 3);
			consume(&f, &t);
		}
		for (; round < ROUNDS_MAX &&
		       t.got[ATOMIC_QUEUE] + t.got[UNORDERED_QUEUE] < 2 * EVENTS;
		     round++) {
			dlb_model_run(f.m, 3);
			consume(&f, &t);
		}
		for (uint32_t q = 0; q < QUEUES; q++)
			FX_EQ(t.got[q], EVENTS, row->name);
		all_is_back_check(&f, row->name);
		fx_destroy(&f);
	}
}

/* Which CQs the first events went to, as a number. */
static uint64_t
schedule_print(uint64_t seed)
{
	struct dlb_model_conf conf = { .gen = DLB_V25, .seed = seed };
	struct dlb_cqe cqe;
	struct fixture f;
	uint64_t print = 0;
	uint32_t i, p;

	build(&f, &conf);
	for (i = 0; i < 24; i++)
		fx_send(&f, DLB_LDB, 0,
			fx_qe(DLB_CMD_NEW, DLB_SCHED_UNORDERED, UNORDERED_QUEUE, 0, 0, i));
	fx_run(&f);
	for (p = 0; p < PORTS; p++)
		while (fx_take(&f, DLB_LDB, p, &cqe))
			print = print * 31 + cqe.data * PORTS + p;
	fx_destroy(&f);
	return print;
}

static void
seed_decides_the_schedule(void **state)
{
	uint64_t seed, different = 0;

	(void)state;
	for (seed = 0; seed < SEEDS; seed++) {
		FX_EQ(schedule_print(seed), schedule_print(seed), "same seed");
		different += schedule_print(seed) != schedule_print(seed + 1);
	}
	assert_true(different > SEEDS / 2);
}

/* How long a line takes, in calls that read a register; and that time passing ends it at once. */
static void
lines_lag(void **state)
{
	static const uint32_t lags[] = { 0, 1, 2, 10, DLB_MODEL_LAG_MAX };
	struct fixture f;
	uint32_t calls;

	(void)state;
	for (uint32_t i = 0; i < sizeof(lags) / sizeof(lags[0]); i++) {
		build(&f, &(struct dlb_model_conf){ .lag = lags[i] });
		fx_send(&f, DLB_LDB, 0,
			fx_qe(DLB_CMD_NEW, DLB_SCHED_UNORDERED, UNORDERED_QUEUE, 0, 0, 0));
		assert_true(dlb_model_has_work(f.m));
		for (calls = 1; fx_depth(&f, DLB_LDB, UNORDERED_QUEUE) == 0; calls += 3)
			assert_true(calls <= lags[i] + 3);
		assert_true(calls + 3 >= lags[i]);

		fx_send(&f, DLB_LDB, 0,
			fx_qe(DLB_CMD_NEW, DLB_SCHED_UNORDERED, UNORDERED_QUEUE, 0, 0, 1));
		dlb_model_advance(f.m, 1);
		FX_EQ(fx_depth(&f, DLB_LDB, UNORDERED_QUEUE), 2, "after a while");
		fx_destroy(&f);
	}
	assert_int_equal(dlb_model_create(&(struct dlb_model_conf){ .lag = DLB_MODEL_LAG_MAX + 1 },
					  &f.m),
			 -EINVAL);
}

/* A producer port that is closed too early loses what is in transit, and lint tells. */
static void
closed_port_loses_lines(void **state)
{
	struct fixture f;

	(void)state;
	build(&f, &(struct dlb_model_conf){ .lag = 10 });
	f.expected = 1u << DLB_LINT_PP_BUSY;
	fx_send(&f, DLB_LDB, 1, fx_qe(DLB_CMD_NEW, DLB_SCHED_UNORDERED, UNORDERED_QUEUE, 0, 0, 0));
	dlb_model_advance(f.m, 1);
	for (uint32_t p = 0; p < PORTS; p++)
		if (p != 1)
			fx_disable(&f, DLB_LDB, p, true);
	FX_EQ(fx_run(&f), 1, "one event");
	fx_pop(&f, DLB_LDB, 1, 1);
	fx_release(&f, 1, 1);
	fx_write(&f, DLB_SYS_LDB_PP_V, 1, 0);
	dlb_model_advance(f.m, 1);
	FX_EQ(dlb_model_lint_count(f.m, DLB_LINT_PP_BUSY), 1, "closed while busy");
	FX_EQ(fx_read(&f, DLB_LSP_CQ_LDB_TKN_CNT, 1), 1, "the token is lost");
	fx_destroy(&f);
}

/* Noise is in every byte that may hold it, and in no other. */
static void
noise_is_where_it_may_be(void **state)
{
	struct fixture f;
	struct dlb_cqe cqe, seen = { 0 };
	const uint64_t *line;
	uint64_t padding = 0;

	(void)state;
	build(&f, &(struct dlb_model_conf){ .noise = true });
	for (uint32_t i = 0; i < 2 * EVENTS; i++) {
		enum dlb_kind kind = i % 2 == 0 ? DLB_LDB : DLB_DIR;
		uint32_t cq = kind == DLB_DIR ? DIR_PORT : 0;

		if (i == 0)
			for (uint32_t p = 1; p < PORTS; p++)
				fx_disable(&f, DLB_LDB, p, true);
		fx_send(&f, DLB_LDB, 1,
			kind == DLB_LDB
				? fx_qe(DLB_CMD_NEW, DLB_SCHED_UNORDERED, UNORDERED_QUEUE, 3,
					0x1234, i)
				: fx_qe(DLB_CMD_NEW, DLB_SCHED_DIRECTED, DIR_PORT, 3, 0x1234, i));
		fx_run(&f);
		line = (const uint64_t *)(const void *)fx_peek(&f, kind, cq);
		assert_non_null(line);
		for (uint32_t w = 2; w < DLB_LINE_BYTES / sizeof(*line); w++)
			padding |= line[w];
		assert_true(fx_take(&f, kind, cq, &cqe));
		FX_EQ(cqe.data, i, "data");
		FX_EQ(cqe.opaque, (uint16_t)(i * 7), "opaque");
		FX_EQ(cqe.qid, kind == DLB_DIR ? 0x34 : UNORDERED_QUEUE, "qid");
		FX_EQ(cqe.flags & (DLB_CQE_ERROR | DLB_CQE_DEPTH), 0, "flags");
		seen.debug |= cqe.debug;
		seen.flags |= cqe.flags;
		if (kind == DLB_DIR)
			seen.flow_id |= cqe.flow_id;
		else
			FX_EQ(cqe.flow_id, 0x1234, "flow");
		fx_pop(&f, kind, cq, 1);
		if (kind == DLB_LDB)
			fx_release(&f, cq, 1);
	}
	FX_EQ(padding, UINT64_MAX, "padding");
	FX_EQ(seen.debug, UINT8_MAX, "debug");
	FX_EQ(seen.flags, 0xd9, "reserved flags");
	FX_EQ(seen.flow_id, UINT16_MAX, "directed flow");
	fx_destroy(&f);
}

/* Entries of a directed CQ that can be seen, bit n: the n-th one. */
static uint64_t
visible(struct fixture *f)
{
	uint32_t first = f->reader[DLB_DIR][DIR_PORT].index, n;
	uint64_t set = 0;

	for (n = 0; n < DEPTH; n++) {
		f->reader[DLB_DIR][DIR_PORT].index = first + n;
		set |= (uint64_t)(fx_peek(f, DLB_DIR, DIR_PORT) != NULL) << n;
	}
	f->reader[DLB_DIR][DIR_PORT].index = first;
	return set;
}

static const struct relaxed_row {
	const char *name;
	bool relaxed, ro;
	enum dlb_cq_mode mode;
	bool want; /* gaps */
} relaxed_rows[] = {
	{ "off", false, true, DLB_CQ_SPARSE, false },
	{ "relaxed", true, true, DLB_CQ_SPARSE, true },
	{ "no RO attribute", true, false, DLB_CQ_SPARSE, false },
	{ "dense", true, true, DLB_CQ_DENSE, false },
};

static void
relaxed_lines_leave_gaps(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < sizeof(relaxed_rows) / sizeof(relaxed_rows[0]); i++) {
		const struct relaxed_row *row = &relaxed_rows[i];
		struct fixture f;
		uint64_t set;
		bool gaps = false;

		fx_create_aided(&f, &(struct dlb_model_conf){ .relaxed = row->relaxed });
		fx_cq_mode(&f, row->mode);
		fx_domain(&f, 0, 0, CREDITS);
		fx_dir_queue(&f, 0, DIR_PORT);
		fx_dir_port(&f, 0, DIR_PORT, DEPTH);
		fx_start(&f, 0);
		fx_write(&f, DLB_SYS_DIR_CQ2VF_PF_RO, DIR_PORT,
			 DLB_SYS_DIR_CQ2VF_PF_RO_IS_PF |
				 (row->ro ? DLB_SYS_DIR_CQ2VF_PF_RO_RO : 0));
		for (uint32_t n = 0; n < DEPTH / 2; n++)
			fx_send(&f, DLB_DIR, DIR_PORT,
				fx_qe(DLB_CMD_NEW, DLB_SCHED_DIRECTED, DIR_PORT, 0, 0, n));
		for (uint32_t n = 1; n < 4; n++) {
			FX_EQ(dlb_model_run(f.m, 8), 8, row->name);
			set = visible(&f);
			gaps |= (set & (set + 1)) != 0;
			fx_read(&f, DLB_SYS_TOTAL_VAS, 0);
			FX_EQ(visible(&f), (UINT64_C(1) << 8 * n) - 1, "with the next call");
		}
		FX_EQ(gaps, row->want, row->name);
		dlb_model_run(f.m, 100);
		FX_EQ(visible(&f), (UINT64_C(1) << DEPTH / 2) - 1, "when nothing is left");
		fx_destroy(&f);
	}
}

/* An interrupt is never ahead of the entries that it tells of. */
static bool
interrupted_with_gaps(struct fixture *f)
{
	uint64_t set = visible(f);

	return f->interrupts[DLB_CQ_VECTOR_FIRST] != 0 && (set == 0 || (set & (set + 1)) != 0);
}

static void
interrupts_come_after_entries(void **state)
{
	struct fixture f;

	(void)state;
	for (uint32_t seed = 1; seed <= 20; seed++) {
		build(&f, &(struct dlb_model_conf){ .relaxed = true, .seed = seed });
		fx_write(&f, DLB_SYS_DIR_CQ_ISR, DIR_PORT,
			 dlb_field(DLB_SYS_DIR_CQ_ISR_EN_CODE, 2));
		fx_write(&f, DLB_CHP_DIR_CQ_INT_ENB, DIR_PORT, DLB_CHP_DIR_CQ_INT_ENB_EN_DEPTH);
		fx_send(&f, DLB_DIR, DIR_PORT, (struct dlb_qe){ .cmd = DLB_CMD_ARM });
		for (uint32_t n = 0; n < 4; n++)
			fx_send(&f, DLB_DIR, DIR_PORT,
				fx_qe(DLB_CMD_NEW, DLB_SCHED_DIRECTED, DIR_PORT, 0, 0, n));
		dlb_model_run(f.m, 1);
		FX_EQ(f.interrupts[DLB_CQ_VECTOR_FIRST], 1, "interrupt");
		assert_false(interrupted_with_gaps(&f));
		fx_destroy(&f);
	}
}

/* One entry is corrupt: it costs a token and a history entry like any other. */
static void
injected_error_is_one_entry(void **state)
{
	const uint32_t counts[DLB_KIND_COUNT] = { [DLB_LDB] = 0, [DLB_DIR] = DIR_PORT };
	struct dlb_cqe cqe;
	struct fixture f;

	(void)state;
	for (enum dlb_kind kind = 0; kind < DLB_KIND_COUNT; kind++) {
		build(&f, &(struct dlb_model_conf){ .gen = DLB_V25 });
		for (uint32_t p = 1; p < PORTS; p++)
			fx_disable(&f, DLB_LDB, p, true);
		dlb_model_inject_error(f.m, kind, counts[kind]);
		dlb_model_inject_error(f.m, kind, DLB_PORTS_MAX);
		for (uint32_t n = 0; n < 2; n++)
			fx_send(&f, DLB_LDB, 1,
				kind == DLB_DIR
					? fx_qe(DLB_CMD_NEW, DLB_SCHED_DIRECTED, DIR_PORT, 0, 0, n)
					: fx_qe(DLB_CMD_NEW, DLB_SCHED_UNORDERED, UNORDERED_QUEUE,
						0, 0, n));
		FX_EQ(fx_run(&f), 2, "both");
		assert_true(fx_take(&f, kind, counts[kind], &cqe));
		FX_EQ(cqe.flags, DLB_CQE_GEN | DLB_CQE_ERROR, "corrupt");
		assert_true(cqe.data != 0);
		assert_true(fx_take(&f, kind, counts[kind], &cqe));
		FX_EQ(cqe.flags, DLB_CQE_GEN, "the next one is not");
		FX_EQ(cqe.data, 1, "the next one is not");
		FX_EQ(fx_read(&f, DLB_SYS_ALARM_HW_SYND, 0),
		      DLB_SYS_ALARM_HW_SYND_VALID | DLB_SYS_ALARM_HW_SYND_ALARM, "syndrome");
		fx_pop(&f, kind, counts[kind], 2);
		if (kind == DLB_LDB)
			fx_release(&f, 0, 2);
		all_is_back_check(&f, "paid");
		fx_destroy(&f);
	}
}

/* Memory that goes away takes with it what nobody has seen yet. */
static void
hidden_entries_and_lost_memory(void **state)
{
	struct fixture f;

	(void)state;
	build(&f, &(struct dlb_model_conf){ .relaxed = true });
	f.expected = 1u << DLB_LINT_DMA;
	for (uint32_t n = 0; n < 20; n++)
		fx_send(&f, DLB_DIR, DIR_PORT,
			fx_qe(DLB_CMD_NEW, DLB_SCHED_DIRECTED, DIR_PORT, 0, 0, n));
	dlb_model_run(f.m, 10);
	f.memory_gone = true;
	dlb_model_dma_changed(f.m);
	FX_EQ(dlb_model_lint_count(f.m, DLB_LINT_DMA) != 0, true, "lost");
	fx_destroy(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contract_holds),
		cmocka_unit_test(seed_decides_the_schedule),
		cmocka_unit_test(lines_lag),
		cmocka_unit_test(closed_port_loses_lines),
		cmocka_unit_test(noise_is_where_it_may_be),
		cmocka_unit_test(relaxed_lines_leave_gaps),
		cmocka_unit_test(interrupts_come_after_entries),
		cmocka_unit_test(injected_error_is_one_entry),
		cmocka_unit_test(hidden_entries_and_lost_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
