/* SPDX-License-Identifier: BSD-3-Clause */
/* Queues: what is refused, what is programmed, what is counted. */
#include "fixture.h"

static const struct row {
	const char *name;
	struct dlb_queue_conf conf;
	int want;
	const char *text;
} rows[] = {
	{ "unknown kind",
	  { .kind = DLB_KIND_COUNT, .inflights = 1 },
	  -EINVAL,
	  "queue kind 2: must be 0 to 1" },
	{ "depth threshold",
	  { .inflights = 1, .depth_threshold = 8192 },
	  -EINVAL,
	  "depth threshold 8192: must be 0 to 8191" },
	{ "directed depth threshold",
	  { .kind = DLB_DIR, .depth_threshold = 65535 },
	  -EINVAL,
	  "depth threshold 65535: must be 0 to 8191" },
	{ "no inflights", { 0 }, -EINVAL, "queue inflights 0: must be 1 to 2048" },
	{ "too many inflights",
	  { .inflights = 2049 },
	  -EINVAL,
	  "queue inflights 2049: must be 1 to 2048" },
	{ "more inflights than sequence numbers",
	  { .sequence_numbers = 64, .inflights = 65 },
	  -EINVAL,
	  "queue inflights 65: must be 1 to 64" },
	{ "32 sequence numbers",
	  { .sequence_numbers = 32, .inflights = 32 },
	  -EINVAL,
	  "sequence numbers 32: must be 0, 64, 128, 256, 512 or 1024" },
	{ "sequence numbers between modes",
	  { .sequence_numbers = 65, .inflights = 1 },
	  -EINVAL,
	  "sequence numbers 65: must be" },
	{ "no group of that size",
	  { .sequence_numbers = 512, .inflights = 512 },
	  -ENOSPC,
	  "sequence numbers 512: no group is set so and has a free slot; the groups are set to 64" },
	{ "flow limit",
	  { .inflights = 1, .flow_limit = 2048 },
	  -EINVAL,
	  "flow limit 2048: must be 0 to 2047" },
	{ "too few lock IDs",
	  { .inflights = 1, .lock_ids = 32 },
	  -EINVAL,
	  "lock IDs 32: must be 0 or 65536 for all, or a power of two from 64 to 4096" },
	{ "too many lock IDs", { .inflights = 1, .lock_ids = 8192 }, -EINVAL, "lock IDs 8192" },
	{ "odd lock IDs", { .inflights = 1, .lock_ids = 100 }, -EINVAL, "lock IDs 100" },
	{ "lock IDs beyond all",
	  { .inflights = 1, .lock_ids = 131072 },
	  -EINVAL,
	  "lock IDs 131072" },
	{ "AQED entries",
	  { .inflights = 1, .aqed_entries = 769 },
	  -ENOSPC,
	  "AQED entries 769: domain 0 has at most 768 left" },
	{ "directed with inflights", { .kind = DLB_DIR, .inflights = 5 }, -EINVAL, "inflights 5" },
	{ "directed with sequence numbers",
	  { .kind = DLB_DIR, .sequence_numbers = 64 },
	  -EINVAL,
	  "sequence numbers 64, inflights 0, AQED entries 0, flow limit 0, lock IDs 0 of a directed" },
	{ "directed with AQED entries",
	  { .kind = DLB_DIR, .aqed_entries = 1 },
	  -EINVAL,
	  "AQED entries 1" },
	{ "directed with a flow limit",
	  { .kind = DLB_DIR, .flow_limit = 1 },
	  -EINVAL,
	  "flow limit 1" },
	{ "directed with lock IDs", { .kind = DLB_DIR, .lock_ids = 64 }, -EINVAL, "lock IDs 64" },
};

static void
check_row(struct fixture *f, struct dlb_domain *domain, const char *name,
	  const struct dlb_queue_conf *conf, int want, const char *text)
{
	struct dlb_queue *queue = NULL;

	fixture_remember(f);
	fixture_check_refused(f, name, dlb_queue_create(domain, conf, &queue), want, text);
	assert_null(queue);
}

static void
test_refused(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	uint32_t i;

	for (i = 0; i < COUNT(rows); i++)
		check_row(f, domain, rows[i].name, &rows[i].conf, rows[i].want, rows[i].text);
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

static void
test_refused_by_state(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f), *other = fixture_domain(f);
	struct dlb_port *ldb_port = fixture_port(domain, 8), *port;
	struct dlb_queue *queue;
	uint32_t i;

	fixture_pair(domain, 8, &queue, &port);
	check_row(f, domain, "load-balanced with a port",
		  &(struct dlb_queue_conf){ .inflights = 1, .port = ldb_port }, -EINVAL,
		  "port of a load-balanced queue: must be NULL");
	check_row(f, domain, "directed with a load-balanced port",
		  &(struct dlb_queue_conf){ .kind = DLB_DIR, .port = ldb_port }, -EINVAL,
		  "port 0 of a directed queue: must be a directed port of domain 0");
	check_row(f, other, "directed with a port of another domain",
		  &(struct dlb_queue_conf){ .kind = DLB_DIR, .port = port }, -EINVAL,
		  "port 0 of a directed queue: must be a directed port of domain 1");
	check_row(f, domain, "directed with a port that has a queue",
		  &(struct dlb_queue_conf){ .kind = DLB_DIR, .port = port }, -EINVAL,
		  "port 0 of a directed queue: must be one without a queue");
	for (i = 0; i < 12; i++)
		fixture_queue(domain);
	check_row(f, domain, "one too many", &(struct dlb_queue_conf){ .inflights = 1 }, -ENOSPC,
		  "load-balanced queue 13 of domain 0: it was given 12");
	check_row(f, other, "AQED entries",
		  &(struct dlb_queue_conf){ .inflights = 1, .aqed_entries = 769 }, -ENOSPC,
		  "AQED entries 769: domain 1 has at most 768 left");
	for (i = 1; i < 4; i++)
		fixture_pair(domain, 8, &queue, &port);
	check_row(f, domain, "one pair too many", &(struct dlb_queue_conf){ .kind = DLB_DIR },
		  -ENOSPC, "directed queue 5 of domain 0: it was given 4, and 4 directed pairs");
	assert_int_equal(dlb_domain_start(domain), 0);
	check_row(f, domain, "started", &(struct dlb_queue_conf){ .inflights = 1 }, -EBUSY,
		  "queue: must precede the start of domain 0");

	assert_int_equal(dlb_domain_destroy(domain), 0);
	assert_int_equal(dlb_domain_destroy(other), 0);
}

static uint32_t
csr(struct fixture *f, enum dlb_reg reg, const struct dlb_queue *queue)
{
	return dlb_device_csr_read(f->device, reg, dlb_queue_id(queue));
}

static void
test_programmed(void **state)
{
	static const struct {
		uint32_t lock_ids, code;
	} codes[] = {
		{ 0, 0 },   { 65536, 0 }, { 64, 1 },   { 128, 2 },  { 256, 3 },
		{ 512, 4 }, { 1024, 5 },  { 2048, 6 }, { 4096, 7 },
	};
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue;
	uint32_t i;

	for (i = 0; i < COUNT(codes); i++) {
		const struct dlb_queue_conf conf = {
			.inflights = (uint16_t)(i + 1),
			.flow_limit = (uint16_t)(i + 10),
			.aqed_entries = (uint16_t)(i % 2 * 5),
			.lock_ids = codes[i].lock_ids,
			.depth_threshold = 8191,
		};

		assert_int_equal(dlb_queue_create(domain, &conf, &queue), 0);
		assert_int_equal(dlb_queue_id(queue), i);
		assert_int_equal(dlb_queue_kind(queue), DLB_LDB);
		assert_int_equal(csr(f, DLB_AQED_QID_HID_WIDTH, queue), codes[i].code);
		assert_int_equal(csr(f, DLB_AQED_QID_FID_LIM, queue), i + 10);
		assert_int_equal(csr(f, DLB_LSP_QID_LDB_INFL_LIM, queue), i + 1);
		assert_int_equal(csr(f, DLB_SYS_LDB_QID_CFG_V, queue),
				 dlb_field(DLB_SYS_LDB_QID_CFG_V_FID_CFG_V, i % 2));
		assert_int_equal(csr(f, DLB_LSP_QID_ATM_DEPTH_THRSH, queue), 8191);
		assert_int_equal(csr(f, DLB_SYS_LDB_QID_V, queue), 1);
		/* A15: no queue without sequence numbers names a slot. */
		assert_int_equal(csr(f, DLB_CHP_ORD_QID_SN_MAP, queue), 0);
	}
	queue = fixture_ordered_queue(domain);
	queue = fixture_ordered_queue(domain);
	assert_int_equal(csr(f, DLB_CHP_ORD_QID_SN_MAP, queue),
			 dlb_field(DLB_CHP_ORD_QID_SN_MAP_SLOT, 1));
	assert_int_equal(dlb_domain_destroy(domain), 0);
	for (i = 0; i < DLB_LDB_QUEUES; i++) {
		assert_int_equal(dlb_device_csr_read(f->device, DLB_AQED_QID_FID_LIM, i),
				 dlb_regs[DLB_AQED_QID_FID_LIM].reset);
		assert_int_equal(dlb_device_csr_read(f->device, DLB_AQED_QID_HID_WIDTH, i), 0);
	}
}

/* Either half of a directed pair may come first; each other queue gets a number of its own. */
static void
test_directed_order(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	const struct dlb_queue_conf queue_conf = { .kind = DLB_DIR };
	struct dlb_port_conf port_conf = { .kind = DLB_DIR, .cq_depth = 16 };
	struct dlb_queue *queue, *second;
	struct dlb_port *port, *alone;

	assert_int_equal(dlb_queue_create(domain, &queue_conf, &queue), 0);
	assert_int_equal(dlb_port_create(domain, &port_conf, &alone), 0);
	assert_int_equal(dlb_queue_create(domain, &queue_conf, &second), 0);
	assert_int_equal(dlb_queue_id(queue), 0);
	assert_int_equal(dlb_port_id(alone), 1);
	assert_int_equal(dlb_queue_id(second), 2);

	fixture_remember(f);
	fixture_check_refused(f, "no port", dlb_domain_start(domain), -EINVAL,
			      "directed queue 0 of domain 0: its port must be created before");
	port_conf.queue = queue;
	assert_int_equal(dlb_port_create(domain, &port_conf, &port), 0);
	assert_int_equal(dlb_port_id(port), dlb_queue_id(queue));
	port_conf.queue = second;
	assert_int_equal(dlb_port_create(domain, &port_conf, &port), 0);
	assert_int_equal(dlb_port_id(port), 2);
	assert_int_equal(dlb_domain_start(domain), 0);
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

static void
test_stats(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_queue *queue = fixture_queue(domain), *unlinked = fixture_queue(domain);
	struct dlb_queue *directed;
	struct dlb_port *port = fixture_port(domain, 8), *dir_port;
	struct dlb_queue_stats stats;
	struct dlb_port_stats port_stats;

	fixture_pair(domain, 4, &directed, &dir_port);
	assert_int_equal(dlb_link(port, queue, 0), 0);
	assert_int_equal(dlb_domain_start(domain), 0);

	fixture_send(f, port, queue, DLB_SCHED_UNORDERED, 20);
	fixture_send(f, port, unlinked, DLB_SCHED_ATOMIC, 30);
	fixture_send(f, port, unlinked, DLB_SCHED_UNORDERED, 5);
	fixture_send(f, port, directed, DLB_SCHED_DIRECTED, 6);
	model_bus_run(&f->mb);

	dlb_queue_stats(queue, &stats);
	assert_int_equal(stats.depth, 12);
	assert_int_equal(stats.inflights, 8);
	assert_int_equal(stats.enqueued, 20);
	dlb_queue_stats(unlinked, &stats);
	assert_int_equal(stats.depth, 35);
	assert_int_equal(stats.inflights, 0);
	assert_int_equal(stats.enqueued, 35);
	assert_int_equal(stats.max_depth, 5);
	dlb_queue_stats(directed, &stats);
	assert_int_equal(stats.depth, 2);
	assert_int_equal(stats.inflights, 0);
	assert_int_equal(stats.enqueued, 6);
	dlb_port_stats(port, &port_stats);
	assert_int_equal(port_stats.inflights, 8);
	assert_int_equal(port_stats.tokens, 8);
	assert_int_equal(port_stats.scheduled, 8);
	dlb_port_stats(dir_port, &port_stats);
	assert_int_equal(port_stats.inflights, 0);
	assert_int_equal(port_stats.tokens, 4); /* of a ring of 8 */
	assert_int_equal(port_stats.scheduled, 4);

	assert_int_equal(dlb_domain_destroy(domain), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL_DEVICES(test_refused),    ON_ALL_DEVICES(test_refused_by_state),
		ON_ALL_DEVICES(test_programmed), ON_ALL_DEVICES(test_directed_order),
		ON_ALL_DEVICES(test_stats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
