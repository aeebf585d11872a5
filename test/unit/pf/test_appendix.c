/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The worked example of the programming model, appendix A, in both generations: every register
 * access from an empty domain to one that runs, of an unlink and a link while it runs, and the line
 * that drains it.
 */
#include "fixture.h"
#include "recorder.h"

struct step {
	const char *name;
	enum { WRITE, READ } op;
	uint32_t offset[DLB_GEN_COUNT]; /* 0: that generation has no such register */
	uint32_t value;
};

/* Two rows are not in the appendix: 2.5's load limits, which it leaves at their reset values. */
static const struct step start_steps[] = {
	/* Group 0 to 128 sequence numbers */
	{ "RO_GRP_SN_MODE", WRITE, { 0x94000000, 0x84000000 }, 0x00000001 },
	/* Create the domain */
	{ "CHP_CFG_LDB_VAS_CRD", WRITE, { 0x40083000, 0 }, 0x00000800 },
	{ "CHP_CFG_DIR_VAS_CRD", WRITE, { 0x40003000, 0 }, 0x00000400 },
	{ "CHP_CFG_VAS_CRD", WRITE, { 0, 0x40003000 }, 0x00000c00 },
	/* Create the queue */
	{ "SYS_LDB_VASQID_V", WRITE, { 0x10062f24, 0x10062f24 }, 0 },
	{ "LSP_QID_LDB_INFL_LIM", WRITE, { 0xa0d82000, 0x90f02000 }, 0x00000080 },
	{ "LSP_QID_AQED_ACTIVE_LIM", WRITE, { 0xa0a82000, 0x90c02000 }, 0x00000040 },
	{ "AQED_QID_HID_WIDTH", WRITE, { 0x20082000, 0x20082000 }, 0 },
	{ "SYS_LDB_QID_ITS", WRITE, { 0x10002f54, 0x10002f54 }, 0 },
	{ "LSP_QID_ATM_DEPTH_THRSH", WRITE, { 0xa2082000, 0x92202000 }, 0x00000100 },
	{ "LSP_QID_NALDB_DEPTH_THRSH", WRITE, { 0xa2102000, 0x92282000 }, 0x00000100 },
	{ "AQED_QID_FID_LIM", WRITE, { 0x20002000, 0x20002000 }, 0x00000200 },
	{ "CHP_ORD_QID_SN_MAP", WRITE, { 0x40182000, 0x40102000 }, 0x00000001 },
	{ "SYS_LDB_QID_CFG_V", WRITE, { 0x10002f58, 0x10002f58 }, 0x00000003 },
	{ "SYS_LDB_QID_V", WRITE, { 0x10002f50, 0x10002f50 }, 0x00000001 },
	/* Create the load-balanced port */
	{ "SYS_LDB_CQ_ADDR_L", WRITE, { 0x10015f80, 0x10015f80 }, 0x23456000 },
	{ "SYS_LDB_CQ_ADDR_U", WRITE, { 0x10015f84, 0x10015f84 }, 0x00000001 },
	{ "SYS_LDB_CQ2VF_PF_RO", WRITE, { 0x10015f94, 0x10015f94 }, 0x00000030 },
	{ "CHP_LDB_CQ_TKN_DEPTH_SEL", WRITE, { 0x40b95000, 0x40d15000 }, 0x00000004 },
	{ "LSP_CQ_LDB_TKN_CNT", WRITE, { 0xa0595000, 0x90615000 }, 0 },
	{ "LSP_CQ_LDB_TKN_DEPTH_SEL", WRITE, { 0xa0615000, 0x90695000 }, 0x00000004 },
	{ "CHP_LDB_CQ_WPTR", WRITE, { 0x40c95000, 0x40e15000 }, 0 },
	{ "CHP_HIST_LIST_LIM", WRITE, { 0x40795000, 0x40815000 }, 0x0000009f },
	{ "CHP_HIST_LIST_BASE", WRITE, { 0x40715000, 0x40795000 }, 0x00000060 },
	{ "LSP_CQ_LDB_INFL_LIM", WRITE, { 0xa0515000, 0x90515000 }, 0x00000040 },
	{ "LSP_CQ_LDB_INFL_THRESH", WRITE, { 0, 0x90595000 }, 0x00000040 }, /* added */
	{ "CHP_HIST_LIST_PUSH_PTR", WRITE, { 0x40895000, 0x40915000 }, 0x00000060 },
	{ "CHP_HIST_LIST_POP_PTR", WRITE, { 0x40815000, 0x40895000 }, 0x00000060 },
	{ "SYS_LDB_CQ_AT", WRITE, { 0x10015f9c, 0 }, 0 },
	{ "SYS_LDB_CQ_PASID", WRITE, { 0x10015fa0, 0x10015f9c }, 0 }, /* not A1's history base */
	{ "CHP_LDB_CQ2VAS", WRITE, { 0x40d15000, 0x40e95000 }, 0x00000003 },
	{ "LSP_CFG_CQ_LDB_WU_LIMIT", WRITE, { 0, 0x90b15000 }, 0 }, /* added */
	{ "LSP_CQ2PRIOV", WRITE, { 0xa0015000, 0x90015000 }, 0 },
	{ "SYS_LDB_PP2VAS", WRITE, { 0x10015f88, 0x10015f88 }, 0x00000003 },
	{ "SYS_LDB_PP_V", WRITE, { 0x10015f90, 0x10015f90 }, 0x00000001 },
	{ "LSP_CQ_LDB_DSBL", WRITE, { 0xa0415000, 0x90415000 }, 0 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	/* Create the directed port */
	{ "SYS_DIR_CQ_ADDR_L", WRITE, { 0x10028fc0, 0x10028fc0 }, 0x23460000 },
	{ "SYS_DIR_CQ_ADDR_U", WRITE, { 0x10028fc4, 0x10028fc4 }, 0x00000001 },
	{ "SYS_DIR_CQ2VF_PF_RO", WRITE, { 0x10028fd4, 0x10028fd4 }, 0x00000030 },
	{ "CHP_DIR_CQ_TKN_DEPTH_SEL", WRITE, { 0x40528000, 0x405a8000 }, 0x00000001 },
	{ "LSP_CQ_DIR_TKN_CNT", WRITE, { 0xa0228000, 0x90228000 }, 0x00000004 },
	{ "LSP_CQ_DIR_TKN_DEPTH_SEL_DSI", WRITE, { 0xa02a8000, 0x902a8000 }, 0x00000001 },
	{ "CHP_DIR_CQ_WPTR", WRITE, { 0x40628000, 0x406a8000 }, 0 },
	{ "SYS_DIR_CQ_FMT", WRITE, { 0x10028fec, 0x10028fec }, 0 },
	{ "SYS_DIR_CQ_AT", WRITE, { 0x10028fdc, 0 }, 0 },
	{ "SYS_DIR_CQ_PASID", WRITE, { 0x10028fe0, 0x10028fdc }, 0 },
	{ "CHP_DIR_CQ2VAS", WRITE, { 0x406a8000, 0x40728000 }, 0x00000003 },
	{ "SYS_DIR_PP2VAS", WRITE, { 0x10028fc8, 0x10028fc8 }, 0x00000003 },
	{ "SYS_DIR_PP_V", WRITE, { 0x10028fd0, 0x10028fd0 }, 0x00000001 },
	{ "LSP_CQ_DIR_DSBL", WRITE, { 0xa01a8000, 0x901a8000 }, 0 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	/* Create the directed queue */
	{ "SYS_DIR_VASQID_V", WRITE, { 0x100e8f28, 0x10148f28 }, 0 },
	{ "SYS_DIR_QID_ITS", WRITE, { 0x10028f64, 0x10028f64 }, 0 },
	{ "LSP_QID_DIR_DEPTH_THRSH", WRITE, { 0xa09a8000, 0x90a28000 }, 0x00000100 },
	{ "SYS_DIR_QID_V", WRITE, { 0x10028f60, 0x10028f60 }, 0x00000001 },
	/* Link */
	{ "LSP_CQ_LDB_DSBL", WRITE, { 0xa0415000, 0x90415000 }, 0x00000001 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	{ "LSP_CQ2PRIOV", WRITE, { 0xa0015000, 0x90015000 }, 0x01000005 },
	{ "LSP_CQ2QID0", WRITE, { 0xa0095000, 0x90095000 }, 0x00000002 },
	{ "ATM_QID2CQIDIX", WRITE, { 0x30302000, 0x30302000 }, 0x00000100 },
	{ "LSP_QID2CQIDIX", WRITE, { 0xa1082000, 0x91202000 }, 0x00000100 },
	{ "LSP_QID2CQIDIX2", WRITE, { 0xa1882000, 0x91a02000 }, 0x00000100 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	{ "LSP_CQ_LDB_DSBL", WRITE, { 0xa0415000, 0x90415000 }, 0 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	/* Start */
	{ "SYS_LDB_VASQID_V", WRITE, { 0x10062f24, 0x10062f24 }, 0x00000001 },
	{ "SYS_DIR_VASQID_V", WRITE, { 0x100e8f28, 0x10148f28 }, 0x00000001 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
};

static const struct step unlink_steps[] = {
	{ "LSP_CQ_LDB_DSBL", WRITE, { 0xa0415000, 0x90415000 }, 0x00000001 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	{ "LSP_CQ_LDB_INFL_CNT", READ, { 0xa0495000, 0x90495000 }, 0 },
	{ "LSP_CQ2PRIOV", WRITE, { 0xa0015000, 0x90015000 }, 0 },
	{ "ATM_QID2CQIDIX", WRITE, { 0x30302000, 0x30302000 }, 0 },
	{ "LSP_QID2CQIDIX", WRITE, { 0xa1082000, 0x91202000 }, 0 },
	{ "LSP_QID2CQIDIX2", WRITE, { 0xa1882000, 0x91a02000 }, 0 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	{ "LSP_LDB_SCHED_CTRL", WRITE, { 0xa400002c, 0x9400002c }, 0x00002015 },
	{ "LSP_LDB_SCHED_CTRL", WRITE, { 0xa400002c, 0x9400002c }, 0x00001015 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	{ "LSP_LDB_SCHED_CTRL", WRITE, { 0xa400002c, 0x9400002c }, 0x00008815 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	{ "LSP_CQ_LDB_DSBL", WRITE, { 0xa0415000, 0x90415000 }, 0 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
};

/* With an atomic and an ordered event in the queue. */
static const struct step link_steps[] = {
	/* Pause, and see that nothing is inflight with the CQ on, then off */
	{ "LSP_QID_LDB_INFL_LIM", WRITE, { 0xa0d82000, 0x90f02000 }, 0 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	{ "LSP_QID_LDB_INFL_CNT", READ, { 0xa0d02000, 0x90e82000 }, 0 },
	{ "LSP_CQ_LDB_DSBL", WRITE, { 0xa0415000, 0x90415000 }, 0x00000001 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	{ "LSP_QID_LDB_INFL_CNT", READ, { 0xa0d02000, 0x90e82000 }, 0 },
	/* Tables */
	{ "LSP_CQ2PRIOV", WRITE, { 0xa0015000, 0x90015000 }, 0x01000003 },
	{ "LSP_CQ2QID0", WRITE, { 0xa0095000, 0x90095000 }, 0x00000002 },
	{ "ATM_QID2CQIDIX", WRITE, { 0x30302000, 0x30302000 }, 0x00000100 },
	{ "LSP_QID2CQIDIX", WRITE, { 0xa1082000, 0x91202000 }, 0x00000100 },
	{ "LSP_QID2CQIDIX2", WRITE, { 0xa1882000, 0x91a02000 }, 0x00000100 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	/* Has work, not yet "inflight OK", "inflight OK", resume: this order is what matters */
	{ "LSP_QID_AQED_ACTIVE_CNT", READ, { 0xa0a02000, 0x90b82000 }, 1 },
	{ "LSP_LDB_SCHED_CTRL", WRITE, { 0xa400002c, 0x9400002c }, 0x00002815 },
	{ "LSP_QID_LDB_ENQUEUE_CNT", READ, { 0xa0c82000, 0x90e02000 }, 1 },
	{ "LSP_LDB_SCHED_CTRL", WRITE, { 0xa400002c, 0x9400002c }, 0x00001815 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	{ "LSP_LDB_SCHED_CTRL", WRITE, { 0xa400002c, 0x9400002c }, 0x00008015 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	{ "LSP_LDB_SCHED_CTRL", WRITE, { 0xa400002c, 0x9400002c }, 0x00008815 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	{ "LSP_QID_LDB_INFL_LIM", WRITE, { 0xa0d82000, 0x90f02000 }, 0x00000080 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
	{ "LSP_CQ_LDB_DSBL", WRITE, { 0xa0415000, 0x90415000 }, 0 },
	{ "SYS_TOTAL_VAS", READ, { 0x1000011c, 0x10000114 }, 0x00000020 },
};

struct example {
	struct dlb_domain *domain;
	struct dlb_queue *ldb_queue, *dir_queue;
	struct dlb_port *ldb_port, *dir_port;
};

/* Domains 0 to 2, so that the example gets domain 3, queue 2, port 21, pair 40 and history 96. */
static void
fillers_create(struct dlb_device *device)
{
	const struct dlb_domain_conf confs[] = {
		{ .queues = { 2, 0 },
		  .ports = { 0, 40 },
		  .cos_ports = { 0, 5 },
		  .hist_entries = 96 },
		{ 0 },
		{ 0 },
	};
	struct dlb_domain *domain;
	uint32_t i;

	for (i = 0; i < COUNT(confs); i++)
		assert_int_equal(dlb_domain_create(device, &confs[i], &domain), 0);
}

/* The CQs are at the addresses of the example, or, for events to get there, in real memory. */
static void
example_create(struct dlb_device *device, struct recorder *recorder, bool real_memory,
	       struct example *e)
{
	bool shared_credits = dlb_limits[recorder->bus.gen].has_shared_credits;
	const struct dlb_domain_conf domain_conf = {
		.queues = { 1, 1 },
		.ports = { 0, 1 },
		.cos_ports = { 0, 1 },
		.credits = { shared_credits ? 3072 : 2048, shared_credits ? 0 : 1024 },
		.aqed_entries = 64,
		.hist_entries = 64,
	};
	const struct dlb_queue_conf ldb_queue_conf = {
		.kind = DLB_LDB,
		.sequence_numbers = 128,
		.inflights = 128,
		.aqed_entries = 64,
		.depth_threshold = 256,
	};
	const struct dlb_port_conf ldb_port_conf = {
		.kind = DLB_LDB,
		.cq_depth = 64,
		.hist_entries = 64,
		.cos = 1,
		.cos_strict = true,
	};
	const struct dlb_port_conf dir_port_conf = { .kind = DLB_DIR, .cq_depth = 4 };
	struct dlb_queue_conf dir_queue_conf = { .kind = DLB_DIR, .depth_threshold = 256 };

	assert_int_equal(dlb_sn_group_set(device, 0, 128), 0);
	assert_int_equal(dlb_domain_create(device, &domain_conf, &e->domain), 0);
	assert_int_equal(dlb_queue_create(e->domain, &ldb_queue_conf, &e->ldb_queue), 0);
	recorder->iova = real_memory ? 0 : 0x123456000;
	assert_int_equal(dlb_port_create(e->domain, &ldb_port_conf, &e->ldb_port), 0);
	recorder->iova = real_memory ? 0 : 0x123460000;
	assert_int_equal(dlb_port_create(e->domain, &dir_port_conf, &e->dir_port), 0);
	dir_queue_conf.port = e->dir_port;
	assert_int_equal(dlb_queue_create(e->domain, &dir_queue_conf, &e->dir_queue), 0);
	assert_int_equal(dlb_link(e->ldb_port, e->ldb_queue, 5), 0);
	assert_int_equal(dlb_domain_start(e->domain), 0);
}

static void
example_check_numbers(const struct example *e)
{
	assert_int_equal(dlb_domain_id(e->domain), 3);
	assert_int_equal(dlb_queue_id(e->ldb_queue), 2);
	assert_int_equal(dlb_port_id(e->ldb_port), 21);
	assert_int_equal(dlb_queue_id(e->dir_queue), 40);
	assert_ptr_equal(dlb_port_pp(e->ldb_port), 0x2115000);
	assert_ptr_equal(dlb_port_pp(e->dir_port), 0x2028000);
}

static void
accesses_check(struct recorder *recorder, const struct step *steps, uint32_t count)
{
	const struct access *access = recorder->accesses;
	enum dlb_gen gen = recorder->bus.gen;
	uint32_t i;

	for (i = 0; i < count; i++) {
		const struct step *step = &steps[i];

		if (step->offset[gen] == 0)
			continue;
		if (access == recorder->accesses + recorder->count)
			fail_msg("step %u, %s, is missing", i, step->name);
		if (access->is_write != (step->op == WRITE) ||
		    access->offset != step->offset[gen] || access->value != step->value)
			fail_msg("step %u, %s: %s 0x%08x at 0x%08x, not %s 0x%08x at 0x%08x", i,
				 step->name, access->is_write ? "write" : "read", access->value,
				 access->offset, step->op == WRITE ? "write" : "read", step->value,
				 step->offset[gen]);
		access++;
	}
	assert_ptr_equal(access, recorder->accesses + recorder->count);
	recorder->count = 0;
}

struct bench {
	struct test_log log;
	struct model_bus mb;
	struct recorder recorder;
	struct dlb_device *device;
	struct example example;
};

static void
bench_create(struct bench *b, enum dlb_gen gen, bool real_memory)
{
	const struct dlb_device_conf conf = { .log = test_log_to(&b->log) };

	model_bus_create(&b->mb, gen);
	recorder_create(&b->recorder, &b->mb.bus);
	assert_int_equal(dlb_device_create(&b->recorder.bus, &conf, &b->device), 0);
	fillers_create(b->device);
	b->recorder.count = 0;
	example_create(b->device, &b->recorder, real_memory, &b->example);
}

static void
bench_destroy(struct bench *b)
{
	b->recorder.count = 0;
	dlb_device_destroy(b->device);
	model_bus_destroy(&b->mb);
}

static void
test_start(void **state)
{
	struct bench b = { 0 };

	bench_create(&b, *(const enum dlb_gen *)*state, false);
	accesses_check(&b.recorder, start_steps, COUNT(start_steps));
	example_check_numbers(&b.example);
	bench_destroy(&b);
}

static void
send(struct bench *b, enum dlb_sched sched)
{
	const struct dlb_qe line[DLB_QES_PER_LINE] = {
		{ .qid = 2, .sched = dlb_qe_sched(sched, 0, 0), .cmd = DLB_CMD_NEW },
	};

	dlb_model_pp_write(b->mb.model, DLB_DIR, 40, line);
}

static void
test_dynamic_links(void **state)
{
	struct bench b = { 0 };

	bench_create(&b, *(const enum dlb_gen *)*state, true);
	b.recorder.count = 0;
	assert_int_equal(dlb_unlink(b.example.ldb_port, b.example.ldb_queue), 0);
	accesses_check(&b.recorder, unlink_steps, COUNT(unlink_steps));

	send(&b, DLB_SCHED_ATOMIC);
	send(&b, DLB_SCHED_ORDERED);
	model_bus_run(&b.mb);
	assert_int_equal(dlb_link(b.example.ldb_port, b.example.ldb_queue, 3), 0);
	accesses_check(&b.recorder, link_steps, COUNT(link_steps));
	bench_destroy(&b);
}

/* Three inflight QEs and two tokens: one line. */
static void
test_drain_line(void **state)
{
	static const uint8_t commands[DLB_QES_PER_LINE] = { DLB_CMD_REL_POP, DLB_CMD_REL,
							    DLB_CMD_REL, DLB_CMD_NOOP };
	const struct dlb_qe pop[DLB_QES_PER_LINE] = { dlb_qe_pop(1) };
	struct bench b = { 0 };
	uint32_t i;

	bench_create(&b, *(const enum dlb_gen *)*state, true);
	for (i = 0; i < 3; i++)
		send(&b, DLB_SCHED_ORDERED);
	model_bus_run(&b.mb);
	dlb_model_pp_write(b.mb.model, DLB_LDB, 21, pop);

	b.recorder.count = 0;
	assert_int_equal(dlb_domain_destroy(b.example.domain), 0);
	assert_int_equal(b.recorder.line_count, 1);
	for (i = 0; i < DLB_QES_PER_LINE; i++)
		assert_int_equal(b.recorder.lines[0][i].cmd, commands[i]);
	assert_int_equal(b.recorder.lines[0][0].lock_id, 1);
	bench_destroy(&b);
}

#define BENCH_TEST(test, gen)                                       \
	{                                                           \
#test, test, NULL, NULL, (void *)&fixture_gens[gen] \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BENCH_TEST(test_start, DLB_V2),         BENCH_TEST(test_start, DLB_V25),
		BENCH_TEST(test_dynamic_links, DLB_V2), BENCH_TEST(test_dynamic_links, DLB_V25),
		BENCH_TEST(test_drain_line, DLB_V2),    BENCH_TEST(test_drain_line, DLB_V25),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
