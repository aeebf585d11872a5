/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Order restoration: answers leave in the order in which events were scheduled, whatever workers
 * do. Datapath.md 7.6 and 7.8.
 */
#include "fixture.h"

#define WINDOW 64
#define SOURCE 2
#define ATOMIC 3
#define CQS 4
#define SINK 5 /* a directed queue */

/* Workers 0 to 3 serve the ordered queue; answers go to a directed queue, or an atomic one. */
static void
world_create(struct fixture *f, enum dlb_gen gen, uint32_t mode, uint32_t slot)
{
	const struct fx_queue source = {
		.ordered = true, .aqed = 64, .sn_mode = mode, .sn_slot = slot, .sn_group = 1
	};
	uint32_t cq;

	fx_create(f, gen);
	fx_write(f, DLB_RO_GRP_SN_MODE, 0, dlb_field(DLB_RO_GRP_SN_MODE_SN_MODE_1, mode));
	fx_domain(f, 0, 4096, 4096);
	fx_ldb_queue(f, 0, SOURCE, &source);
	fx_ldb_queue(f, 0, ATOMIC, &(struct fx_queue){ .aqed = 64 });
	fx_dir_queue(f, 0, SINK);
	for (cq = 0; cq < CQS; cq++) {
		fx_ldb_port(f, 0, cq, &(struct fx_port){ 512, cq * 500, 500 });
		fx_map(f, SOURCE, cq, 0, 0);
	}
	fx_ldb_port(f, 0, SINK, &(struct fx_port){ 1024, 2047, 1 });
	fx_dir_port(f, 0, SINK, 1024);
	fx_start(f, 0);
}

static struct dlb_qe
answer(enum dlb_cmd cmd, uint64_t data)
{
	return fx_qe(cmd, DLB_SCHED_DIRECTED, SINK, 0, 0, data);
}

static void
send_ordered(struct fixture *f, uint32_t count)
{
	uint32_t n;

	for (n = 0; n < count; n++)
		fx_send(f, DLB_DIR, SINK, fx_qe(DLB_CMD_NEW, DLB_SCHED_ORDERED, SOURCE, 0, 0, n));
}

/* Which CQ got an event; every CQ's events are taken, in ring order. */
static uint32_t
deal(struct fixture *f, uint8_t cq_of[], uint32_t max)
{
	struct dlb_cqe cqe;
	uint32_t cq, n = 0;

	fx_run(f);
	for (cq = 0; cq < CQS; cq++) {
		while (fx_take(f, DLB_LDB, cq, &cqe)) {
			assert_true(cqe.data < max);
			cq_of[cqe.data] = (uint8_t)cq;
			n++;
		}
	}
	return n;
}

static void
expect_sink(struct fixture *f, uint64_t data)
{
	struct dlb_cqe cqe;

	fx_run(f);
	assert_true(fx_take(f, DLB_DIR, SINK, &cqe));
	FX_EQ(cqe.data, data, "order at the sink");
	fx_pop(f, DLB_DIR, SINK, 1);
}

/*
 * Datapath.md 8, scenario 4. A port answers oldest first, so "reverse" is between ports: the port
 * with the youngest events answers first. The very last answer is a release.
 */
static void
late_answers_hold_back_later_ones(void **state)
{
	uint8_t cq_of[WINDOW];
	uint32_t n, cq, done, first;
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen, 0, 3);
		send_ordered(&f, WINDOW);
		FX_EQ(deal(&f, cq_of, WINDOW), WINDOW, "delivered");
		first = cq_of[0];

		for (cq = 0; cq < CQS; cq++) {
			for (n = 0; n < WINDOW; n++)
				if (cq_of[n] == cq && cq != first)
					fx_send(&f, DLB_LDB, cq, answer(DLB_CMD_FWD, n));
		}
		FX_EQ(fx_run(&f), 0, "while the first is out");
		FX_EQ(fx_depth(&f, DLB_DIR, SINK), 0, "while the first is out");

		for (n = 0, done = 0; n < WINDOW; n++) {
			if (cq_of[n] != first)
				continue;
			if (done++ == 0)
				fx_release(&f, first, 1);
			else
				fx_send(&f, DLB_LDB, first, answer(DLB_CMD_FWD, n));
		}
		for (n = 1; n < WINDOW; n++)
			expect_sink(&f, n);
		FX_EQ(fx_depth(&f, DLB_DIR, SINK), 0, "after the last");
		FX_EQ(fx_read(&f, DLB_LSP_QID_LDB_INFL_CNT, SOURCE), 0, "inflight");
		fx_destroy(&f);
	}
}

/* One slow event stalls its queue when the window is full, in every mode and any slot. */
static void
full_window_stops_the_queue(void **state)
{
	static const struct {
		uint32_t mode, slot;
	} rows[] = { { 0, 0 }, { 0, 15 }, { 1, 7 }, { 2, 2 }, { 3, 1 }, { 4, 0 } };
	uint8_t cq_of[2 * DLB_SN_PER_GROUP];
	uint32_t i, n, cq, window;
	struct fixture f;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			window = dlb_sn_per_queue(rows[i].mode);
			world_create(&f, gen, rows[i].mode, rows[i].slot);
			/* The window must stop it, not the inflight limit. */
			fx_write(&f, DLB_LSP_QID_LDB_INFL_LIM, SOURCE, 2048);
			send_ordered(&f, 2 * window);
			FX_EQ(deal(&f, cq_of, 2 * window), window, "window");

			/* All but event 0's port answer: nothing moves. */
			for (n = 0; n < window; n++)
				if (cq_of[n] != cq_of[0])
					fx_release(&f, cq_of[n], 1);
			for (cq = 0; cq < CQS; cq++) {
				uint32_t owed = fx_read(&f, DLB_LSP_CQ_LDB_TKN_CNT, cq);

				if (owed != 0)
					fx_pop(&f, DLB_LDB, cq, owed);
			}
			FX_EQ(fx_run(&f), 0, "while the first is out");

			fx_release(&f, cq_of[0], 1);
			assert_true(fx_run(&f) >= 1);
			fx_destroy(&f);
		}
	}
}

static void
window_turns_many_times(void **state)
{
	uint8_t cq_of[10 * WINDOW];
	struct fixture f;
	uint32_t n;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen, 0, 1);
		send_ordered(&f, 10 * WINDOW);
		for (n = 0; n < 10 * WINDOW; n++) {
			deal(&f, cq_of, 10 * WINDOW);
			fx_send(&f, DLB_LDB, cq_of[n], answer(DLB_CMD_FWD_T, n));
			expect_sink(&f, n);
		}
		FX_EQ(fx_read(&f, DLB_CHP_ORD_QID_SN, SOURCE), 0, "next number");
		FX_EQ(fx_read(&f, DLB_RO_GRP_1_SLT_SHFT, 1), 0, "oldest number");
		fx_destroy(&f);
	}
}

/* O6: per flow of the atomic queue, the order is that of the source. */
static void
ordered_feeds_atomic_in_order(void **state)
{
	uint8_t cq_of[WINDOW];
	struct dlb_cqe cqe;
	struct fixture f;
	uint32_t n, cq, round;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen, 0, 0);
		fx_write(&f, DLB_LSP_CQ_LDB_INFL_LIM, SINK, 1);
		fx_map(&f, ATOMIC, SINK, 0, 0);
		send_ordered(&f, WINDOW);
		deal(&f, cq_of, WINDOW);
		for (round = 0; round < CQS; round++) {
			cq = CQS - 1 - round;
			for (n = 0; n < WINDOW; n++)
				if (cq_of[n] == cq)
					fx_send(&f, DLB_LDB, cq,
						fx_qe(DLB_CMD_FWD, DLB_SCHED_ATOMIC, ATOMIC, 0, 1,
						      n));
		}
		for (n = 0; n < WINDOW; n++) {
			fx_run(&f);
			assert_true(fx_take(&f, DLB_LDB, SINK, &cqe));
			FX_EQ(cqe.data, n, "order of the flow");
			fx_release(&f, SINK, 1);
			fx_pop(&f, DLB_LDB, SINK, 1);
		}
		fx_destroy(&f);
	}
}

/* O7: fragments keep port order, between the results of their neighbours. */
static void
fragments_leave_with_their_event(void **state)
{
	uint8_t cq_of[2];
	struct fixture f;
	uint32_t n;

	(void)state;
	FX_FOR_EACH_GEN(gen)
	{
		world_create(&f, gen, 0, 0);
		fx_disable(&f, DLB_LDB, 2, true);
		fx_disable(&f, DLB_LDB, 3, true);
		fx_write(&f, DLB_LSP_CQ_LDB_INFL_LIM, 0, 1);
		fx_write(&f, DLB_LSP_CQ_LDB_INFL_LIM, 1, 1);
		send_ordered(&f, 2);
		FX_EQ(deal(&f, cq_of, 2), 2, "one event each");

		fx_send(&f, DLB_LDB, cq_of[1], answer(DLB_CMD_FRAG, 200));
		fx_send(&f, DLB_LDB, cq_of[1], answer(DLB_CMD_FWD, 201));
		for (n = 0; n < 16; n++)
			fx_send(&f, DLB_LDB, cq_of[0], answer(DLB_CMD_FRAG, 100 + n));
		FX_EQ(fx_run(&f), 0, "fragments wait");
		FX_EQ(dlb_model_lint_count(f.m, DLB_LINT_BAD_QE), 0, "sixteen fragments");

		f.expected = 1u << DLB_LINT_BAD_QE;
		fx_send(&f, DLB_LDB, cq_of[0], answer(DLB_CMD_FRAG, 99));
		FX_EQ(dlb_model_lint_count(f.m, DLB_LINT_BAD_QE), 1, "the seventeenth");
		fx_send(&f, DLB_LDB, cq_of[0], answer(DLB_CMD_FWD, 116));
		for (n = 0; n < 17; n++)
			expect_sink(&f, 100 + n);
		expect_sink(&f, 200);
		expect_sink(&f, 201);
		fx_destroy(&f);
	}
}

/* NEW from a worker that holds ordered events is not reordered with its answers. */
static void
new_events_do_not_wait(void **state)
{
	uint8_t cq_of[8];
	struct fixture f;

	(void)state;
	world_create(&f, DLB_V25, 0, 0);
	send_ordered(&f, 8);
	deal(&f, cq_of, 8);
	fx_send(&f, DLB_LDB, cq_of[0], answer(DLB_CMD_NEW, 77));
	expect_sink(&f, 77);
	fx_send(&f, DLB_LDB, cq_of[0], answer(DLB_CMD_FWD, 0));
	expect_sink(&f, 0);
	fx_destroy(&f);
}

static void
waiting_answers_hold_their_credits(void **state)
{
	uint8_t cq_of[8];
	struct fixture f;

	(void)state;
	world_create(&f, DLB_V2, 0, 0);
	send_ordered(&f, 8);
	deal(&f, cq_of, 8);
	FX_EQ(fx_credits(&f, DLB_DIR, 0), 4096, "all free");
	assert_true(cq_of[7] != cq_of[0]);
	fx_send(&f, DLB_LDB, cq_of[7], answer(DLB_CMD_FWD, 7));
	FX_EQ(fx_credits(&f, DLB_DIR, 0), 4095, "one waits for reordering");
	FX_EQ(fx_depth(&f, DLB_DIR, SINK), 0, "in no queue");
	fx_destroy(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(late_answers_hold_back_later_ones),
		cmocka_unit_test(full_window_stops_the_queue),
		cmocka_unit_test(window_turns_many_times),
		cmocka_unit_test(ordered_feeds_atomic_in_order),
		cmocka_unit_test(fragments_leave_with_their_event),
		cmocka_unit_test(new_events_do_not_wait),
		cmocka_unit_test(waiting_answers_hold_their_credits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
