/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Consumer queues: generation bits over several laps, tokens, depth classes, what a CQ entry
 * carries, and memory that is not there. Datapath.md 5.
 */
#include "fixture.h"

#define DOMAIN 1
#define PORT 9
#define LAPS 5

static void
world_create(struct fixture *f, enum dlb_gen gen, enum dlb_cq_mode mode, uint32_t depth)
{
	const struct fx_port port = { depth, 0, DLB_HIST_ENTRIES };

	fx_create(f, gen);
	fx_cq_mode(f, mode);
	fx_domain(f, DOMAIN, 4096, 4096);
	fx_ldb_queue(f, DOMAIN, 0, &(struct fx_queue){ .aqed = 64 });
	fx_dir_queue(f, DOMAIN, PORT);
	fx_ldb_port(f, DOMAIN, PORT, &port);
	fx_dir_port(f, DOMAIN, PORT, depth);
	fx_map(f, 0, PORT, 0, 0);
	fx_start(f, DOMAIN);
}

static const struct {
	enum dlb_kind kind;
	enum dlb_sched type;
	uint32_t qid;
	enum dlb_reg tokens;
} kinds[DLB_KIND_COUNT] = {
	{ DLB_LDB, DLB_SCHED_UNORDERED, 0, DLB_LSP_CQ_LDB_TKN_CNT },
	{ DLB_DIR, DLB_SCHED_DIRECTED, PORT, DLB_LSP_CQ_DIR_TKN_CNT },
};

static void
send_new(struct fixture *f, enum dlb_kind kind, uint32_t lock, uint64_t data)
{
	fx_send(f, DLB_DIR, PORT,
		fx_qe(DLB_CMD_NEW, kinds[kind].type, kinds[kind].qid, 0, lock, data));
}

/* A ring is filled to its depth, read, and paid for, until it has gone around several times. */
static void
laps(struct fixture *f, enum dlb_kind kind, uint32_t depth)
{
	uint32_t total = LAPS * dlb_cq_ring(depth), sent = 0, got = 0, n;
	struct dlb_cqe cqe;

	while (got < total) {
		for (n = 0; n < depth + 1; n++)
			send_new(f, kind, 0, sent++);
		fx_run(f);
		FX_EQ(fx_count(f, kind, PORT), depth, "QEs in the ring");
		for (n = 0; n < depth; n++) {
			assert_true(fx_take(f, kind, PORT, &cqe));
			FX_EQ(cqe.data, got++, "data");
		}
		assert_null(fx_peek(f, kind, PORT));
		if (kind == DLB_LDB)
			fx_release(f, PORT, depth);
		fx_pop(f, kind, PORT, depth);
	}
}

static void
generation_bits_turn_with_the_ring(void **state)
{
	static const uint32_t depths[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024 };
	enum dlb_cq_mode mode;
	enum dlb_kind kind;
	struct fixture f;
	uint32_t i;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
			for (mode = DLB_CQ_DENSE; mode <= DLB_CQ_SPARSE; mode++) {
				world_create(&f, gen, mode, depths[i]);
				for (kind = 0; kind < DLB_KIND_COUNT; kind++)
					laps(&f, kind, depths[i]);
				fx_destroy(&f);
			}
		}
	}
}

/* Bytes beyond the entry belong to nobody in sparse mode: the model leaves them. */
static void
entries_are_where_the_mode_says(void **state)
{
	struct fixture f;
	uint32_t n;
	uint64_t iova;
	const uint8_t *ring;

	(void)state;
	world_create(&f, DLB_V25, DLB_CQ_DENSE, 8);
	for (n = 0; n < 8; n++)
		send_new(&f, DLB_DIR, 0, 0xa0 + n);
	fx_run(&f);
	iova = FX_IOVA + (uint64_t)FX_CQ_BYTES * (DLB_PORTS_MAX + PORT);
	ring = f.memory + (iova - FX_IOVA);
	for (n = 0; n < 8; n++)
		FX_EQ(ring[n * 16], 0xa0 + n, "dense entry");
	FX_EQ(ring[8 * 16 + 15], 0, "beyond the ring");
	fx_destroy(&f);

	world_create(&f, DLB_V25, DLB_CQ_SPARSE, 8);
	for (n = 0; n < 8; n++)
		send_new(&f, DLB_DIR, 0, 0xa0 + n);
	fx_run(&f);
	ring = f.memory + (iova - FX_IOVA);
	for (n = 0; n < 8; n++) {
		FX_EQ(ring[n * 64], 0xa0 + n, "sparse entry");
		FX_EQ(ring[n * 64 + 16], 0, "rest of the line");
	}
	fx_destroy(&f);
}

static void
entry_carries_what_was_enqueued(void **state)
{
	const struct dlb_qe ldb = { .data = 0x1122334455667788,
				    .opaque = 0x3072,
				    .qid = 0,
				    .sched = dlb_qe_sched(DLB_SCHED_ATOMIC, 7, 5),
				    .lock_id = 0xbeef,
				    .cmd = DLB_CMD_NEW };
	const struct dlb_qe dir = { .data = 0x8877665544332211,
				    .opaque = 0x7203,
				    .qid = PORT,
				    .sched = dlb_qe_sched(DLB_SCHED_DIRECTED, 3, 2),
				    .lock_id = 0x0f09,
				    .cmd = DLB_CMD_NEW };
	struct dlb_cqe cqe;
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen, DLB_CQ_SPARSE, 8);
		fx_send(&f, DLB_LDB, PORT, ldb);
		fx_send(&f, DLB_LDB, PORT, dir);
		fx_run(&f);

		assert_true(fx_take(&f, DLB_LDB, PORT, &cqe));
		assert_int_equal(cqe.data, ldb.data);
		assert_int_equal(cqe.opaque, ldb.opaque);
		assert_int_equal(cqe.qid, ldb.qid);
		assert_int_equal(cqe.sched, ldb.sched);
		assert_int_equal(cqe.flow_id, ldb.lock_id);
		assert_int_equal(cqe.flags, DLB_CQE_GEN);

		/* Bytes 12 and 13 come out as bytes 10 and 11. */
		assert_true(fx_take(&f, DLB_DIR, PORT, &cqe));
		assert_int_equal(cqe.data, dir.data);
		assert_int_equal(cqe.opaque, dir.opaque);
		assert_int_equal(cqe.qid, 0x09);
		assert_int_equal(cqe.sched, 0x0f);
		assert_int_equal(cqe.flags, DLB_CQE_GEN);
		fx_destroy(&f);
	}
}

/* Threshold 8; the code is that of the depth before the QE leaves. */
static void
depth_class_tells_how_full_the_queue_was(void **state)
{
	static const uint8_t code_at[] = { 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 3 };
	static const struct {
		enum dlb_kind kind;
		enum dlb_sched type;
		uint32_t qid;
	} rows[] = { { DLB_LDB, DLB_SCHED_UNORDERED, 0 },
		     { DLB_LDB, DLB_SCHED_ATOMIC, 0 },
		     { DLB_DIR, DLB_SCHED_DIRECTED, PORT } };
	struct dlb_cqe cqe;
	struct fixture f;
	uint32_t i, n;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		world_create(&f, DLB_V2, DLB_CQ_SPARSE, 32);
		fx_write(&f, DLB_LSP_QID_NALDB_DEPTH_THRSH, 0, 8);
		fx_write(&f, DLB_LSP_QID_ATM_DEPTH_THRSH, 0, 8);
		fx_write(&f, DLB_LSP_QID_DIR_DEPTH_THRSH, PORT, 8);
		for (n = 0; n < 11; n++)
			fx_send(&f, DLB_LDB, PORT,
				fx_qe(DLB_CMD_NEW, rows[i].type, rows[i].qid, 0, n, n));
		FX_EQ(fx_depth(&f, rows[i].kind, rows[i].qid), 11, "depth");
		fx_run(&f);
		for (n = 11; n > 0; n--) {
			assert_true(fx_take(&f, rows[i].kind, PORT, &cqe));
			FX_EQ(dlb_field_get(cqe.flags, DLB_CQE_DEPTH), code_at[n], "code");
		}
		fx_destroy(&f);
	}
}

static void
tokens_bound_what_is_unpaid(void **state)
{
	enum dlb_kind kind;
	struct fixture f;
	uint32_t n;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
			world_create(&f, gen, DLB_CQ_SPARSE, 4);
			for (n = 0; n < 20; n++)
				send_new(&f, kind, 0, n);
			FX_EQ(fx_run(&f), 4, "a full CQ");
			FX_EQ(fx_read(&f, kinds[kind].tokens, PORT), 8, "tokens");
			fx_pop(&f, kind, PORT, 3);
			FX_EQ(fx_read(&f, kinds[kind].tokens, PORT), 5, "tokens");
			FX_EQ(fx_run(&f), 3, "after a pop");
			fx_destroy(&f);
		}
	}
}

static void
excess_pop_changes_nothing(void **state)
{
	enum dlb_kind kind;
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
			world_create(&f, gen, DLB_CQ_SPARSE, 2);
			f.expected = 1u << DLB_LINT_BAD_QE;
			send_new(&f, kind, 0, 1);
			fx_run(&f);
			fx_pop(&f, kind, PORT, 2);
			FX_EQ(fx_read(&f, kinds[kind].tokens, PORT), 7, "tokens");
			FX_EQ(dlb_field_get(fx_read(&f, DLB_SYS_ALARM_PF_SYND0, 0),
					    DLB_SYS_ALARM_PF_SYND0_AID),
			      2, "alarm");
			fx_pop(&f, kind, PORT, 1);
			FX_EQ(fx_read(&f, kinds[kind].tokens, PORT), 6, "tokens");
			fx_destroy(&f);
		}
	}
}

static void
disabled_cq_gets_nothing_more(void **state)
{
	enum dlb_kind kind;
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
			world_create(&f, gen, DLB_CQ_SPARSE, 8);
			fx_disable(&f, kind, PORT, true);
			send_new(&f, kind, 0, 1);
			FX_EQ(fx_run(&f), 0, "disabled");
			assert_true(dlb_model_has_work(f.m));
			fx_disable(&f, kind, PORT, true);
			fx_disable(&f, kind, PORT, false);
			FX_EQ(fx_run(&f), 1, "enabled");
			assert_false(dlb_model_has_work(f.m));
			fx_destroy(&f);
		}
	}
}

/* The entry is lost, as it would be behind an IOMMU; everything else goes on. */
static void
memory_that_is_not_mapped_loses_the_entry(void **state)
{
	struct fixture f;

	(void)state;
	world_create(&f, DLB_V25, DLB_CQ_SPARSE, 8);
	f.expected = 1u << DLB_LINT_DMA;
	fx_disable(&f, DLB_DIR, PORT, true);
	fx_write(&f, DLB_SYS_DIR_CQ_ADDR_U, PORT, 0x7fff);
	fx_disable(&f, DLB_DIR, PORT, false);
	send_new(&f, DLB_DIR, 0, 1);
	assert_int_equal(fx_run(&f), 1);
	assert_int_equal(dlb_model_lint_count(f.m, DLB_LINT_DMA), 1);
	assert_int_equal(fx_read(&f, DLB_LSP_CQ_DIR_TKN_CNT, PORT), 1);
	fx_destroy(&f);
}

static void
budget_is_kept(void **state)
{
	struct fixture f;
	uint32_t n;

	(void)state;
	world_create(&f, DLB_V2, DLB_CQ_SPARSE, 256);
	for (n = 0; n < 100; n++) {
		send_new(&f, DLB_LDB, 0, n);
		send_new(&f, DLB_DIR, 0, n);
	}
	assert_int_equal(dlb_model_run(f.m, 0), 0);
	assert_int_equal(dlb_model_run(f.m, 1), 1);
	assert_int_equal(dlb_model_run(f.m, 33), 33);
	assert_int_equal(dlb_model_run(f.m, 1000), 166);
	assert_int_equal(dlb_model_run(f.m, 1), 0);
	fx_destroy(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(generation_bits_turn_with_the_ring),
		cmocka_unit_test(entries_are_where_the_mode_says),
		cmocka_unit_test(entry_carries_what_was_enqueued),
		cmocka_unit_test(depth_class_tells_how_full_the_queue_was),
		cmocka_unit_test(tokens_bound_what_is_unpaid),
		cmocka_unit_test(excess_pop_changes_nothing),
		cmocka_unit_test(disabled_cq_gets_nothing_more),
		cmocka_unit_test(memory_that_is_not_mapped_loses_the_entry),
		cmocka_unit_test(budget_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
