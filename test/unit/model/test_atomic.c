/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Atomic scheduling: exclusion, order inside a flow, migration, limits of the staging store and of
 * flows, lock-id compression. Datapath.md 7.4.
 */
#include "fixture.h"

#define QUEUE 4
#define CQS 8
#define CQ_DEPTH 8

static void
world_create(struct fixture *f, enum dlb_gen gen, const struct fx_queue *queue)
{
	uint32_t cq;

	fx_create(f, gen);
	fx_domain(f, 0, 4096, 64);
	fx_ldb_queue(f, 0, QUEUE, queue);
	for (cq = 0; cq < CQS; cq++) {
		fx_ldb_port(f, 0, cq, &(struct fx_port){ CQ_DEPTH, cq * 64, 64 });
		fx_map(f, QUEUE, cq, 0, 0);
	}
	fx_dir_port(f, 0, 0, 8);
	fx_start(f, 0);
}

static void
send(struct fixture *f, uint32_t lock, uint32_t priority, uint64_t data)
{
	fx_send(f, DLB_DIR, 0, fx_qe(DLB_CMD_NEW, DLB_SCHED_ATOMIC, QUEUE, priority, lock, data));
}

/* Where the unread QE of a flow is; CQS when no CQ has one. */
static uint32_t
cq_of(struct fixture *f, uint32_t lock)
{
	const struct dlb_cqe *cqe;
	uint32_t cq;

	for (cq = 0; cq < CQS; cq++) {
		cqe = fx_peek(f, DLB_LDB, cq);
		if (cqe != NULL && cqe->flow_id == lock)
			return cq;
	}
	return CQS;
}

static void
finish(struct fixture *f, uint32_t cq, struct dlb_cqe *cqe)
{
	assert_true(fx_take(f, DLB_LDB, cq, cqe));
	fx_release(f, cq, 1);
	fx_pop(f, DLB_LDB, cq, 1);
}

static void
one_flow_keeps_to_one_cq(void **state)
{
	struct fixture f;
	uint32_t n, cq, busy = 0;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen, &(struct fx_queue){ .aqed = 64 });
		for (n = 0; n < 50; n++)
			send(&f, 7, n % 8, n);
		assert_int_equal(fx_run(&f), CQ_DEPTH);
		for (cq = 0, busy = 0; cq < CQS; cq++)
			busy += fx_count(&f, DLB_LDB, cq) != 0;
		assert_int_equal(busy, 1);
		fx_destroy(&f);
	}
}

static void
flows_spread_over_cqs(void **state)
{
	struct fixture f;
	uint32_t n, cq;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen, &(struct fx_queue){ .aqed = 64 });
		for (n = 0; n < CQS * CQ_DEPTH; n++)
			send(&f, n, 0, n);
		assert_int_equal(fx_run(&f), CQS * CQ_DEPTH);
		for (cq = 0; cq < CQS; cq++)
			FX_EQ(fx_count(&f, DLB_LDB, cq), CQ_DEPTH, "full");
		fx_destroy(&f);
	}
}

/* A flow moves once its last QE is complete, and not before. */
static void
idle_flow_migrates(void **state)
{
	struct dlb_cqe cqe;
	struct fixture f;
	uint32_t holder;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen, &(struct fx_queue){ .aqed = 64 });
		send(&f, 9, 0, 1);
		fx_run(&f);
		holder = cq_of(&f, 9);
		assert_true(holder < CQS);

		fx_disable(&f, DLB_LDB, holder, true);
		send(&f, 9, 0, 2);
		FX_EQ(fx_run(&f), 0, "while locked to a disabled CQ");
		finish(&f, holder, &cqe);
		FX_EQ(fx_run(&f), 1, "after the completion");
		assert_true(cq_of(&f, 9) != holder && cq_of(&f, 9) < CQS);
		fx_destroy(&f);
	}
}

/* A source of choices that is the same in every run. */
static uint32_t
choose(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % below;
}

#define FLOWS 13
#define HELD_MAX 64

/* What the workers of the property test know. */
struct watch {
	uint32_t sent[FLOWS][DLB_BINS], got[FLOWS][DLB_BINS];
	uint32_t holder[FLOWS], outstanding[FLOWS];
	uint8_t held[CQS][HELD_MAX]; /* flows, oldest first */
	uint32_t count[CQS];
	uint32_t delivered, completed;
};

/* O2: in order per flow and bin, all CQs taken together. X1: one CQ holds all of a flow. */
static void
watch_deliveries(struct fixture *f, struct watch *w)
{
	struct dlb_cqe cqe;
	uint32_t cq, flow, bin;

	for (cq = 0; cq < CQS; cq++) {
		while (fx_take(f, DLB_LDB, cq, &cqe)) {
			flow = cqe.flow_id;
			bin = dlb_qe_priority(cqe.sched) >> 1;
			FX_EQ(cqe.data, w->got[flow][bin]++, "order of a flow");
			if (w->outstanding[flow]++ != 0)
				FX_EQ(cq, w->holder[flow], "holder of a flow");
			w->holder[flow] = cq;
			w->held[cq][w->count[cq]++] = (uint8_t)flow;
			w->delivered++;
		}
	}
}

static void
complete_oldest(struct fixture *f, struct watch *w, uint32_t cq)
{
	if (w->count[cq] == 0)
		return;
	w->outstanding[w->held[cq][0]]--;
	memmove(&w->held[cq][0], &w->held[cq][1], --w->count[cq]);
	fx_release(f, cq, 1);
	fx_pop(f, DLB_LDB, cq, 1);
	w->completed++;
}

static void
random_flows_go_around(enum dlb_gen gen, uint32_t fid_limit)
{
	enum { QES = 20000 };
	uint32_t n, seed = 1, flow, priority, bin;
	struct watch w = { 0 };
	struct fixture f;

	world_create(&f, gen, &(struct fx_queue){ .aqed = 16, .fid_limit = fid_limit });
	for (n = 0; n < QES || w.completed < QES;) {
		if (n < QES && n - w.completed < (n / 256 % 2 != 0 ? 200 : 10)) {
			flow = choose(&seed, FLOWS);
			priority = choose(&seed, DLB_PRIORITIES);
			bin = priority >> 1;
			send(&f, flow, priority, w.sent[flow][bin]++);
			n++;
		}
		dlb_model_run(f.m, choose(&seed, 3));
		watch_deliveries(&f, &w);
		complete_oldest(&f, &w, choose(&seed, CQS));
	}
	FX_EQ(w.delivered, QES, "delivered");
	FX_EQ(fx_depth(&f, DLB_LDB, QUEUE), 0, "depth");
	FX_EQ(fx_read(&f, DLB_LSP_QID_LDB_INFL_CNT, QUEUE), 0, "inflight");
	FX_EQ(fx_credits(&f, DLB_LDB, 0), gen == DLB_V2 ? 4096 : 4160, "credits");
	fx_destroy(&f);
}

static void
flows_stay_in_order_and_exclusive(void **state)
{
	/* Flows are scarce always, now and then, and never. */
	static const uint32_t limits[] = { 5, 40, 512 };
	uint32_t i;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
			random_flows_go_around(gen, limits[i]);
	}
}

/* Datapath.md 8, scenario 6: one stalled CQ holds all of the staging store. */
static void
stalled_flow_blocks_the_queue_at_the_staging_limit(void **state)
{
	struct dlb_cqe cqe;
	struct fixture f;
	uint32_t n, holder;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen, &(struct fx_queue){ .aqed = 64 });
		send(&f, 1, 0, 0);
		fx_run(&f);
		holder = cq_of(&f, 1);
		fx_disable(&f, DLB_LDB, holder, true);

		for (n = 0; n < 63; n++)
			send(&f, 1, 0, n);
		send(&f, 2, 0, 0);
		FX_EQ(fx_run(&f), 1, "one entry short of the limit");
		send(&f, 1, 0, 0);
		FX_EQ(fx_read(&f, DLB_LSP_QID_AQED_ACTIVE_CNT, QUEUE), 64, "staged");
		send(&f, 3, 0, 0);
		FX_EQ(fx_run(&f), 0, "at the limit");
		FX_EQ(fx_read(&f, DLB_LSP_QID_ATM_ACTIVE, QUEUE), 1, "waiting");
		FX_EQ(fx_depth(&f, DLB_LDB, QUEUE), 65, "depth");

		/* The CQ has room again: one entry comes free, and the other flow advances. */
		fx_disable(&f, DLB_LDB, holder, false);
		FX_EQ(fx_run(&f), CQ_DEPTH - 1 + 1, "the rest of the CQ, and flow 3");
		for (n = 0; n < 200 && dlb_model_has_work(f.m); n++) {
			finish(&f, holder, &cqe);
			fx_run(&f);
		}
		FX_EQ(fx_depth(&f, DLB_LDB, QUEUE), 0, "depth");
		fx_destroy(&f);
	}
}

static void
flow_limit_bounds_tracked_flows(void **state)
{
	struct dlb_cqe cqe;
	struct fixture f;
	uint32_t n, cq;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen, &(struct fx_queue){ .aqed = 64, .fid_limit = 3 });
		for (n = 0; n < 5; n++)
			send(&f, n, 0, n);
		FX_EQ(fx_run(&f), 3, "three flows at once");
		FX_EQ(fx_read(&f, DLB_LSP_QID_ATM_ACTIVE, QUEUE), 2, "waiting");
		cq = cq_of(&f, 0);
		finish(&f, cq, &cqe);
		FX_EQ(fx_run(&f), 1, "a flow is over, the next one starts");
		fx_write(&f, DLB_AQED_QID_FID_LIM, QUEUE, 4);
		FX_EQ(fx_run(&f), 1, "a higher limit");
		fx_destroy(&f);
	}
}

/* Locks that 2048 lock ids need: with one QE of each scheduled, that many flows are tracked. */
static void
compressed_lock_ids_share_locks(void **state)
{
	static const struct {
		uint32_t code, locks;
	} rows[] = { { 0, 2048 }, { 1, 64 },   { 2, 128 },  { 3, 256 },
		     { 4, 512 },  { 5, 1024 }, { 6, 2048 }, { 7, 2048 } };
	struct fixture f;
	uint32_t i, lock, limit;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fx_queue queue = { .aqed = 2048,
						.fid_limit = rows[i].locks,
						.compress = rows[i].code };

		/* All QEs are staged if the flow limit allows as many locks as there are... */
		world_create(&f, DLB_V25, &queue);
		for (lock = 0; lock < 2048; lock++)
			send(&f, lock * 32, 0, lock);
		FX_EQ(fx_read(&f, DLB_LSP_QID_ATM_ACTIVE, QUEUE), 0, "waiting");
		fx_destroy(&f);

		/* ... and some are not, if it allows one less; 7 has more locks than are used. */
		world_create(&f, DLB_V25, &queue);
		limit = rows[i].locks - 1;
		fx_write(&f, DLB_AQED_QID_FID_LIM, QUEUE, limit);
		for (lock = 0; lock < 2048; lock++)
			send(&f, lock * 32, 0, lock);
		assert_true(fx_read(&f, DLB_LSP_QID_ATM_ACTIVE, QUEUE) > 0);
		fx_destroy(&f);
	}
}

static void
lock_ids_of_different_queues_do_not_meet(void **state)
{
	const struct fx_queue queue = { .aqed = 64 };
	struct fixture f;
	uint32_t holder;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen, &queue);
		fx_stop(&f, 0);
		fx_ldb_queue(&f, 0, QUEUE + 1, &queue);
		fx_map(&f, QUEUE + 1, 0, 1, 0);
		fx_map(&f, QUEUE + 1, 1, 1, 0);
		fx_start(&f, 0);
		send(&f, 5, 0, 1);
		fx_run(&f);
		holder = cq_of(&f, 5);
		fx_disable(&f, DLB_LDB, holder, true);
		fx_send(&f, DLB_DIR, 0, fx_qe(DLB_CMD_NEW, DLB_SCHED_ATOMIC, QUEUE + 1, 0, 5, 2));
		FX_EQ(fx_run(&f), 1, "same lock id, another queue");
		fx_destroy(&f);
	}
}

/* A QE of a better bin overtakes inside its flow, and takes the flow along to a better list. */
static void
bins_come_in_order_inside_a_flow(void **state)
{
	static const uint8_t sent[] = { 6, 7, 2, 6, 0, 3, 5, 1 };
	static const uint8_t want[] = { 4, 7, 2, 5, 6, 0, 1, 3 };
	struct dlb_cqe cqe;
	struct fixture f;
	uint32_t n, cq;

	(void)state;
	world_create(&f, DLB_V25, &(struct fx_queue){ .aqed = 64 });
	for (n = 0; n < sizeof(sent); n++)
		send(&f, 3, sent[n], n);
	fx_run(&f);
	cq = cq_of(&f, 3);
	for (n = 0; n < sizeof(want); n++) {
		assert_true(fx_take(&f, DLB_LDB, cq, &cqe));
		FX_EQ(cqe.data, want[n], "order");
	}
	fx_destroy(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_flow_keeps_to_one_cq),
		cmocka_unit_test(flows_spread_over_cqs),
		cmocka_unit_test(idle_flow_migrates),
		cmocka_unit_test(flows_stay_in_order_and_exclusive),
		cmocka_unit_test(stalled_flow_blocks_the_queue_at_the_staging_limit),
		cmocka_unit_test(flow_limit_bounds_tracked_flows),
		cmocka_unit_test(compressed_lock_ids_share_locks),
		cmocka_unit_test(lock_ids_of_different_queues_do_not_meet),
		cmocka_unit_test(bins_come_in_order_inside_a_flow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
