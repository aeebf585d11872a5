/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an event costs the model: events go around between queues and ports, one schedule type after
 * the other. Not a test; count its instructions before and after a change of the data path:
 *
 *   valgrind --tool=callgrind --callgrind-out-file=loop.out forward_loop
 *   callgrind_annotate loop.out
 */
#include "fixture.h"

#define PORTS 4
#define QUEUE 0
#define DEPTH 64
#define HIST 128
#define EVENTS 128
#define ROUNDS 2000
#define CREDITS 2048
#define SN_MODE 3

static const struct loop_row {
	const char *name;
	enum dlb_sched type;
	enum dlb_kind kind;
	struct fx_queue queue;
	enum dlb_cmd forward;
} rows[] = {
	{ "atomic", DLB_SCHED_ATOMIC, DLB_LDB, { .aqed = 256 }, DLB_CMD_FWD },
	{ "unordered", DLB_SCHED_UNORDERED, DLB_LDB, { .aqed = 256 }, DLB_CMD_FWD },
	{ "ordered",
	  DLB_SCHED_ORDERED,
	  DLB_LDB,
	  { .ordered = true, .sn_mode = SN_MODE },
	  DLB_CMD_FWD },
	{ "directed", DLB_SCHED_DIRECTED, DLB_DIR, { 0 }, DLB_CMD_NEW },
};

static void
build(struct fixture *f, const struct loop_row *row)
{
	uint32_t p;

	fx_create(f, DLB_V25);
	fx_write(f, DLB_RO_GRP_SN_MODE, 0, SN_MODE);
	fx_domain(f, 0, CREDITS, CREDITS);
	if (row->kind == DLB_LDB)
		fx_ldb_queue(f, 0, QUEUE, &row->queue);
	for (p = 0; p < PORTS; p++) {
		if (row->kind == DLB_DIR) {
			fx_dir_queue(f, 0, p);
			fx_dir_port(f, 0, p, DEPTH);
			continue;
		}
		fx_ldb_port(f, 0, p, &(struct fx_port){ DEPTH, p * HIST, HIST });
		fx_map(f, QUEUE, p, 0, 0);
	}
	fx_start(f, 0);
}

/* Read what a port has, send it on four to a line, and pay for it. */
static uint32_t
port_serve(struct fixture *f, const struct loop_row *row, uint32_t p)
{
	struct dlb_qe line[DLB_QES_PER_LINE] = { 0 };
	struct dlb_cqe cqe;
	uint32_t n;

	for (n = 0; fx_take(f, row->kind, p, &cqe); n++) {
		line[n % DLB_QES_PER_LINE] =
			fx_qe(row->forward, row->type, row->kind == DLB_DIR ? p : QUEUE,
			      cqe.data % DLB_PRIORITIES, (uint32_t)cqe.data, cqe.data);
		if (n % DLB_QES_PER_LINE == DLB_QES_PER_LINE - 1) {
			dlb_model_pp_write(f->m, row->kind, p, line);
			memset(line, 0, sizeof(line));
		}
	}
	if (n % DLB_QES_PER_LINE != 0)
		dlb_model_pp_write(f->m, row->kind, p, line);
	if (n != 0)
		fx_pop(f, row->kind, p, n);
	return n;
}

static uint64_t
loop(const struct loop_row *row)
{
	struct fixture f;
	uint64_t events = 0;
	uint32_t i, p;

	build(&f, row);
	for (i = 0; i < EVENTS; i++) {
		p = i % PORTS;
		fx_send(&f, row->kind, p,
			fx_qe(DLB_CMD_NEW, row->type, row->kind == DLB_DIR ? p : QUEUE,
			      i % DLB_PRIORITIES, i, i));
	}
	for (i = 0; i < ROUNDS; i++) {
		dlb_model_run(f.m, EVENTS);
		for (p = 0; p < PORTS; p++)
			events += port_serve(&f, row, p);
	}
	fx_destroy(&f);
	return events;
}

int
main(void)
{
	uint32_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		printf("%-9s %8llu events\n", rows[i].name, (unsigned long long)loop(&rows[i]));
	return 0;
}
