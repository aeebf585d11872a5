/* SPDX-License-Identifier: BSD-3-Clause */
/* Ports: what is refused, which number is handed out, what is programmed. */
#include "fixture.h"

static const struct row {
	const char *name;
	struct dlb_port_conf conf;
	int want[DLB_GEN_COUNT];
	const char *text[DLB_GEN_COUNT]; /* the second may be left out where they agree */
} rows[] = {
	{ "unknown kind",
	  { .kind = 7, .cq_depth = 8 },
	  { -EINVAL, -EINVAL },
	  { "port kind 7: must be 0 to 1" } },
	{ "no depth",
	  { .hist_entries = 1 },
	  { -EINVAL, -EINVAL },
	  { "CQ depth 0: must be a power of two from 1 to 1024" } },
	{ "depth not a power of two",
	  { .cq_depth = 24, .hist_entries = 8 },
	  { -EINVAL, -EINVAL },
	  { "CQ depth 24: must be a power of two" } },
	{ "too deep",
	  { .cq_depth = 2048, .hist_entries = 8 },
	  { -EINVAL, -EINVAL },
	  { "CQ depth 2048: must be a power of two from 1 to 1024" } },
	{ "directed too deep",
	  { .kind = DLB_DIR, .cq_depth = 4096 },
	  { -EINVAL, -EINVAL },
	  { "CQ depth 4096: must be" } },
	{ "no history",
	  { .cq_depth = 8 },
	  { -EINVAL, -EINVAL },
	  { "history entries 0: must be 1 to 2048" } },
	{ "more history than exists",
	  { .cq_depth = 8, .hist_entries = 2049 },
	  { -EINVAL, -EINVAL },
	  { "history entries 2049: must be 1 to 2048" } },
	{ "more history than the domain has",
	  { .cq_depth = 8, .hist_entries = 513 },
	  { -ENOSPC, -ENOSPC },
	  { "history entries 513: domain 0 has at most 512 left" } },
	{ "unknown class",
	  { .cq_depth = 8, .hist_entries = 8, .cos = 4 },
	  { -EINVAL, -EINVAL },
	  { "class of service 4: must be 0 to 3, or 255 for any if not strict" } },
	{ "any class, strictly",
	  { .cq_depth = 8, .hist_entries = 8, .cos = DLB_COS_ANY, .cos_strict = true },
	  { -EINVAL, -EINVAL },
	  { "class of service 255, strict: must be 0 to 3" } },
	{ "none of the class",
	  { .cq_depth = 8, .hist_entries = 8, .cos = 2, .cos_strict = true },
	  { -ENOSPC, -ENOSPC },
	  { "load-balanced port 1 of domain 0, class of service 2, strict: none is left of the 8" } },
	{ "weight above depth",
	  { .cq_depth = 8, .hist_entries = 8, .cq_weight_limit = 9 },
	  { -ENOTSUP, -EINVAL },
	  { "CQ weight limit 9: must be 0, DLB 2.0 has no CQ weights",
	    "CQ weight limit 9: must be 0 to 8" } },
	{ "threshold above history",
	  { .cq_depth = 8, .hist_entries = 8, .inflight_threshold = 9 },
	  { -ENOTSUP, -EINVAL },
	  { "inflight threshold 9: must be 0, DLB 2.0 has no thresholds",
	    "inflight threshold 9: must be 0 to 8" } },
	{ "directed with history",
	  { .kind = DLB_DIR, .cq_depth = 8, .hist_entries = 1 },
	  { -EINVAL, -EINVAL },
	  { "history entries 1, class of service 0" } },
	{ "directed with a class",
	  { .kind = DLB_DIR, .cq_depth = 8, .cos = 1 },
	  { -EINVAL, -EINVAL },
	  { "class of service 1" } },
	{ "directed, strictly",
	  { .kind = DLB_DIR, .cq_depth = 8, .cos_strict = true },
	  { -EINVAL, -EINVAL },
	  { "class of service 0, strict" } },
	{ "directed with a weight",
	  { .kind = DLB_DIR, .cq_depth = 8, .cq_weight_limit = 1 },
	  { -EINVAL, -EINVAL },
	  { "CQ weight limit 1, inflight threshold 0 of a directed port: must be 0" } },
	{ "directed with a threshold",
	  { .kind = DLB_DIR, .cq_depth = 8, .inflight_threshold = 3 },
	  { -EINVAL, -EINVAL },
	  { "inflight threshold 3 of a directed port: must be 0" } },
};

static void
check_row(struct fixture *f, struct dlb_domain *domain, const char *name,
	  const struct dlb_port_conf *conf, int want, const char *text)
{
	int allocations = f->mb.allocations;
	struct dlb_port *port = NULL;

	fixture_remember(f);
	fixture_check_refused(f, name, dlb_port_create(domain, conf, &port), want, text);
	assert_null(port);
	assert_int_equal(f->mb.allocations, allocations);
}

static void
test_refused(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	uint32_t i;

	for (i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		const char *text = row->text[f->gen] != NULL ? row->text[f->gen] : row->text[0];

		check_row(f, domain, row->name, &row->conf, row->want[f->gen], text);
	}
	/* All is still there. */
	check_row(f, domain, "CQ memory",
		  &(struct dlb_port_conf){ .cq_depth = 8, .hist_entries = 513 }, -ENOSPC,
		  "512 left");
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

static void
test_refused_by_state(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f), *other = fixture_domain(f);
	struct dlb_queue *ldb_queue = fixture_queue(domain), *queue, *alone;
	struct dlb_port *port;
	uint32_t i;

	fixture_pair(domain, 8, &queue, &port);
	check_row(f, domain, "load-balanced with a queue",
		  &(struct dlb_port_conf){ .cq_depth = 8, .hist_entries = 8, .queue = ldb_queue },
		  -EINVAL, "queue of a load-balanced port: must be NULL");
	check_row(f, domain, "directed with a load-balanced queue",
		  &(struct dlb_port_conf){ .kind = DLB_DIR, .cq_depth = 8, .queue = ldb_queue },
		  -EINVAL, "queue 0 of a directed port: must be a directed queue of domain 0");
	check_row(f, other, "directed with a queue of another domain",
		  &(struct dlb_port_conf){ .kind = DLB_DIR, .cq_depth = 8, .queue = queue },
		  -EINVAL, "queue 0 of a directed port: must be a directed queue of domain 1");
	check_row(f, domain, "directed with a queue that has a port",
		  &(struct dlb_port_conf){ .kind = DLB_DIR, .cq_depth = 8, .queue = queue },
		  -EINVAL, "queue 0 of a directed port: must be one without a port");

	f->mb.dma_fail = 1;
	check_row(f, domain, "no memory",
		  &(struct dlb_port_conf){ .cq_depth = 64, .hist_entries = 8 }, -ENOMEM,
		  "CQ depth 64: the bus cannot allocate the 1024 bytes");
	check_row(f, domain, "no memory, directed",
		  &(struct dlb_port_conf){ .kind = DLB_DIR, .cq_depth = 1 }, -ENOMEM,
		  "CQ depth 1: the bus cannot allocate the 128 bytes");
	f->mb.dma_fail = 0;

	/* A pair whose queue exists is only for the port that names it. */
	assert_int_equal(dlb_queue_create(domain, &(struct dlb_queue_conf){ .kind = DLB_DIR },
					  &alone),
			 0);
	for (i = 0; i < 2; i++)
		assert_int_equal(dlb_port_create(domain,
						 &(struct dlb_port_conf){ .kind = DLB_DIR,
									  .cq_depth = 8 },
						 &port),
				 0);
	check_row(f, domain, "one pair too many",
		  &(struct dlb_port_conf){ .kind = DLB_DIR, .cq_depth = 8 }, -ENOSPC,
		  "directed port 4 of domain 0, class of service 0: none is left of the 4");
	assert_int_equal(dlb_port_create(domain,
					 &(struct dlb_port_conf){
						 .kind = DLB_DIR, .cq_depth = 8, .queue = alone },
					 &port),
			 0);

	for (i = 0; i < 8; i++)
		fixture_port(domain, 8);
	check_row(f, domain, "one too many",
		  &(struct dlb_port_conf){ .cq_depth = 8, .hist_entries = 1, .cos = DLB_COS_ANY },
		  -ENOSPC, "load-balanced port 9 of domain 0, class of service 255: none is left");
	assert_int_equal(dlb_domain_start(domain), 0);
	check_row(f, domain, "started", &(struct dlb_port_conf){ .kind = DLB_DIR, .cq_depth = 8 },
		  -EBUSY, "port: must precede the start of domain 0");
	assert_int_equal(dlb_domain_destroy(domain), 0);
	assert_int_equal(dlb_domain_destroy(other), 0);
}

/* Every depth, sparse and dense: what is allocated, and what the device is told. */
static void
test_depths(void **state)
{
	struct fixture *f = *state;
	struct dlb_device_conf conf = fixture_conf(f);
	enum dlb_cq_mode mode;
	uint32_t depth;

	for (mode = DLB_CQ_DENSE; mode <= DLB_CQ_SPARSE; mode++) {
		dlb_device_destroy(f->device);
		conf.cq_mode[DLB_LDB] = conf.cq_mode[DLB_DIR] = mode;
		assert_int_equal(dlb_device_create(&f->mb.bus, &conf, &f->device), 0);
		for (depth = 1; depth <= DLB_CQ_DEPTH_MAX; depth *= 2) {
			struct dlb_domain *domain = fixture_domain(f);
			struct dlb_port *port = fixture_port(domain, depth), *directed;
			struct dlb_queue *queue;
			uint32_t ring = depth < 8 ? 8 : depth;

			fixture_pair(domain, depth, &queue, &directed);
			assert_int_equal((uintptr_t)dlb_port_cq(port) % DLB_CQ_ALIGN, 0);
			assert_int_equal(dlb_port_kind(port), DLB_LDB);
			assert_int_equal(dlb_device_csr_read(f->device, DLB_LSP_CQ_LDB_TKN_CNT,
							     dlb_port_id(port)),
					 ring - depth);
			assert_int_equal(dlb_device_csr_read(f->device,
							     DLB_CHP_DIR_CQ_TKN_DEPTH_SEL,
							     dlb_port_id(directed)),
					 __builtin_ctz(ring) - 2);
			assert_int_equal(dlb_domain_destroy(domain), 0);
		}
	}
}

static void
test_classes(void **state)
{
	static const struct {
		uint8_t cos;
		bool strict;
		uint32_t id;
	} picks[] = {
		{ 2, true, 32 },           { 2, false, 33 },
		{ 2, false, 48 },                           /* class 2 is spent */
		{ 3, false, 49 },          { 3, false, 0 }, /* and class 3 */
		{ 1, false, 1 },                            /* none was given */
		{ DLB_COS_ANY, false, 2 },
	};
	struct fixture *f = *state;
	const struct dlb_domain_conf conf = {
		.ports = { 3, 0 },
		.cos_ports = { 0, 0, 2, 2 },
		.hist_entries = 64,
	};
	struct dlb_domain *domain;
	struct dlb_port *port;
	uint32_t i;

	assert_int_equal(dlb_domain_create(f->device, &conf, &domain), 0);
	for (i = 0; i < COUNT(picks); i++) {
		const struct dlb_port_conf port_conf = {
			.cq_depth = 8,
			.hist_entries = 8,
			.cos = picks[i].cos,
			.cos_strict = picks[i].strict,
		};

		assert_int_equal(dlb_port_create(domain, &port_conf, &port), 0);
		assert_int_equal(dlb_port_id(port), picks[i].id);
	}
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

/* Two rounds, since what is freed must come back in its place. */
static void
test_spread(void **state)
{
	static const uint32_t order[] = { 0, 7, 14, 5, 12, 3, 10, 1, 8, 15, 6, 13, 4, 11, 2, 9 };
	struct fixture *f = *state;
	struct dlb_device_conf conf = fixture_conf(f);
	const struct dlb_domain_conf domain_conf = { .ports = { 32, 0 }, .hist_entries = 32 };
	const struct dlb_port_conf port_conf = {
		.cq_depth = 8,
		.hist_entries = 1,
		.cos = DLB_COS_ANY,
	};
	uint32_t round, i;

	dlb_device_destroy(f->device);
	conf.spread_ports = true;
	assert_int_equal(dlb_device_create(&f->mb.bus, &conf, &f->device), 0);
	for (round = 0; round < 2; round++) {
		struct dlb_domain *domain;
		struct dlb_port *port;

		assert_int_equal(dlb_domain_create(f->device, &domain_conf, &domain), 0);
		for (i = 0; i < 32; i++) {
			assert_int_equal(dlb_port_create(domain, &port_conf, &port), 0);
			assert_int_equal(dlb_port_id(port), i / 16 * 16 + order[i % 16]);
		}
		assert_int_equal(dlb_domain_destroy(domain), 0);
	}
}

static uint32_t
load_csr(struct fixture *f, enum dlb_reg reg, const struct dlb_port *port)
{
	return dlb_device_csr_read(f->device, reg, dlb_port_id(port));
}

static bool
threshold_switch(struct fixture *f)
{
	return dlb_device_csr_read(f->device, DLB_LSP_CFG_CTRL_GENERAL_0, 0) &
	       DLB_LSP_CFG_CTRL_GENERAL_0_ENAB_IF_THRESH;
}

/* There is one switch for all thresholds: on while any port has one. Nothing else changes. */
static void
test_load_limits(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *first = fixture_domain(f), *second = fixture_domain(f);
	const struct dlb_port_conf conf = {
		.cq_depth = 512,
		.hist_entries = 64,
		.cos = DLB_COS_ANY,
		.cq_weight_limit = 512, /* A5: depths from 256 on take limits, too */
		.inflight_threshold = 16,
	};
	uint32_t control = DLB_LSP_CFG_CTRL_GENERAL_0_DIR_HALF_BW, mine;
	struct dlb_port *port, *plain, *other;

	if (!dlb_limits[f->gen].has_cq_weight) {
		assert_int_equal(dlb_port_create(first, &conf, &port), -ENOTSUP);
		goto destroy;
	}
	assert_int_equal(dlb_device_csr_write(f->device, DLB_LSP_CFG_CTRL_GENERAL_0, 0, control),
			 0);
	plain = fixture_port(first, 8);
	assert_int_equal(load_csr(f, DLB_LSP_CFG_CQ_LDB_WU_LIMIT, plain), 0);
	assert_int_equal(load_csr(f, DLB_LSP_CQ_LDB_INFL_THRESH, plain), 64);
	assert_false(threshold_switch(f));

	assert_int_equal(dlb_port_create(first, &conf, &port), 0);
	assert_int_equal(dlb_port_create(second, &conf, &other), 0);
	assert_int_equal(load_csr(f, DLB_LSP_CFG_CQ_LDB_WU_LIMIT, port), 0x8000 | 512);
	assert_int_equal(load_csr(f, DLB_LSP_CQ_LDB_INFL_THRESH, port), 16);
	assert_true(threshold_switch(f));
	mine = dlb_port_id(port);
	assert_int_equal(dlb_domain_destroy(first), 0);
	first = NULL;
	assert_int_equal(dlb_device_csr_read(f->device, DLB_LSP_CFG_CQ_LDB_WU_LIMIT, mine), 0);
	assert_int_equal(dlb_device_csr_read(f->device, DLB_LSP_CQ_LDB_INFL_THRESH, mine), 0);
	assert_true(threshold_switch(f));

destroy:
	if (first != NULL)
		assert_int_equal(dlb_domain_destroy(first), 0);
	assert_int_equal(dlb_domain_destroy(second), 0);
	assert_false(dlb_limits[f->gen].has_cq_weight && threshold_switch(f));
}

static void
test_enable(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue = fixture_queue(domain), *directed;
	struct dlb_port *port = fixture_port(domain, 16), *dir_port;

	fixture_pair(domain, 16, &directed, &dir_port);
	assert_int_equal(dlb_link(port, queue, 0), 0);
	assert_int_equal(dlb_domain_start(domain), 0);
	assert_int_equal(dlb_port_enable(port, false), 0);
	assert_int_equal(dlb_port_enable(dir_port, false), 0);
	fixture_send(f, port, queue, DLB_SCHED_UNORDERED, 4);
	fixture_send(f, port, directed, DLB_SCHED_DIRECTED, 4);
	model_bus_run(&f->mb);
	assert_int_equal(fixture_scheduled(port), 0);
	assert_int_equal(fixture_scheduled(dir_port), 0);

	/* Linking must not switch it on. */
	assert_int_equal(dlb_link(port, queue, 3), 0);
	model_bus_run(&f->mb);
	assert_int_equal(fixture_scheduled(port), 0);

	assert_int_equal(dlb_port_enable(port, true), 0);
	assert_int_equal(dlb_port_enable(dir_port, true), 0);
	model_bus_run(&f->mb);
	assert_int_equal(fixture_scheduled(port), 4);
	assert_int_equal(fixture_scheduled(dir_port), 4);
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL_DEVICES(test_refused), ON_ALL_DEVICES(test_refused_by_state),
		ON_ALL_DEVICES(test_depths),  ON_ALL_DEVICES(test_classes),
		ON_ALL_DEVICES(test_spread),  ON_ALL_DEVICES(test_load_limits),
		ON_ALL_DEVICES(test_enable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
