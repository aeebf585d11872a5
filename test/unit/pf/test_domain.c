/* SPDX-License-Identifier: BSD-3-Clause */
/* Scheduling domains: what is refused, what is taken and given back. */
#include "fixture.h"

static const struct row {
	const char *name;
	struct dlb_domain_conf conf;
	int want[DLB_GEN_COUNT];
	const char *text[DLB_GEN_COUNT]; /* the second may be left out where they agree */
} rows[] = {
	{ "queues without a port",
	  { .queues = { 1, 0 } },
	  { -EINVAL, -EINVAL },
	  { "load-balanced queues 1: must be 0 without a load-balanced port" } },
	{ "directed queues without ports",
	  { .queues = { 0, 3 }, .ports = { 0, 2 } },
	  { -EINVAL, -EINVAL },
	  { "directed queues 3: must be at most the 2 directed ports" } },
	{ "33 queues",
	  { .queues = { 33, 0 }, .ports = { 1, 0 } },
	  { -ENOSPC, -ENOSPC },
	  { "load-balanced queues 33: at most 32 left" } },
	{ "65 ports",
	  { .ports = { 65, 0 } },
	  { -ENOSPC, -ENOSPC },
	  { "load-balanced ports 65: at most 64 left" } },
	{ "65 ports, some by class",
	  { .ports = { 60, 0 }, .cos_ports = { 1, 1, 1, 2 } },
	  { -ENOSPC, -ENOSPC },
	  { "load-balanced ports 65: at most 64 left" } },
	{ "65536 ports by class",
	  { .cos_ports = { 16384, 16384, 16384, 16384 } },
	  { -ENOSPC, -ENOSPC },
	  { "load-balanced ports 65536: at most 64 left" } },
	{ "17 ports of a class, strictly",
	  { .cos_ports = { 0, 0, 17, 0 }, .cos_strict = true },
	  { -ENOSPC, -ENOSPC },
	  { "load-balanced ports of class 2 17: at most 16 left" } },
	{ "97 pairs",
	  { .ports = { 0, 97 } },
	  { -ENOSPC, -ENOSPC },
	  { "directed ports 97: at most 64 left", "directed ports 97: at most 96 left" } },
	{ "directed credits",
	  { .credits = { 0, 4097 } },
	  { -ENOSPC, -EINVAL },
	  { "directed credits 4097: at most 4096 left",
	    "directed credits 4097: must be 0, DLB 2.5 has one pool" } },
	{ "credits",
	  { .credits = { 16385, 0 } },
	  { -ENOSPC, -ENOSPC },
	  { "load-balanced credits 16385: at most 8192 left",
	    "credits 16385: at most 16384 left" } },
	{ "AQED entries",
	  { .aqed_entries = 2049 },
	  { -ENOSPC, -ENOSPC },
	  { "AQED entries 2049: at most 2048 left" } },
	{ "history entries",
	  { .hist_entries = 2049 },
	  { -ENOSPC, -ENOSPC },
	  { "contiguous history entries 2049: at most 2048 left" } },
};

static void
check_row(struct fixture *f, const char *name, const struct dlb_domain_conf *conf, int want,
	  const char *text)
{
	struct dlb_domain *domain = NULL;

	fixture_remember(f);
	fixture_check_refused(f, name, dlb_domain_create(f->device, conf, &domain), want, text);
	assert_null(domain);
}

static void
test_refused(void **state)
{
	struct fixture *f = *state;
	uint32_t i;

	for (i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		const char *text = row->text[f->gen] != NULL ? row->text[f->gen] : row->text[0];

		check_row(f, row->name, &row->conf, row->want[f->gen], text);
	}
}

static void
test_domains_exhausted(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domains[DLB_DOMAINS];
	const struct dlb_domain_conf conf = { .credits = { 1, 0 } };
	uint32_t i;

	for (i = 0; i < DLB_DOMAINS; i++) {
		assert_int_equal(dlb_domain_create(f->device, &conf, &domains[i]), 0);
		assert_int_equal(dlb_domain_id(domains[i]), i);
	}
	check_row(f, "33 domains", &conf, -ENOSPC, "domains 1: at most 0 left");
	assert_int_equal(dlb_domain_destroy(domains[17]), 0);
	assert_int_equal(dlb_domain_create(f->device, &conf, &domains[17]), 0);
	assert_int_equal(dlb_domain_id(domains[17]), 17);
	for (i = 0; i < DLB_DOMAINS; i++)
		assert_int_equal(dlb_domain_destroy(domains[i]), 0);
}

static struct dlb_free_counts
free_counts(struct fixture *f)
{
	struct dlb_free_counts counts;

	dlb_device_free_counts(f->device, &counts);
	return counts;
}

/* All of a device in one domain, and the registers that hold its credits. */
static void
test_whole_device(void **state)
{
	struct fixture *f = *state;
	const struct dlb_limits *limits = &dlb_limits[f->gen];
	const struct dlb_domain_conf conf = {
		.queues = { limits->queues[DLB_LDB], limits->queues[DLB_DIR] },
		.ports = { 4, limits->ports[DLB_DIR] },
		.cos_ports = { 15, 15, 15, 15 },
		.cos_strict = true,
		.credits = { limits->credits[DLB_LDB], limits->credits[DLB_DIR] },
		.aqed_entries = DLB_AQED_ENTRIES,
		.hist_entries = DLB_HIST_ENTRIES,
	};
	struct dlb_free_counts counts;
	struct dlb_domain *domain;

	assert_int_equal(dlb_domain_create(f->device, &conf, &domain), 0);
	if (limits->has_shared_credits) {
		assert_int_equal(dlb_device_csr_read(f->device, DLB_CHP_CFG_VAS_CRD, 0), 16384);
	} else {
		assert_int_equal(dlb_device_csr_read(f->device, DLB_CHP_CFG_LDB_VAS_CRD, 0), 8192);
		assert_int_equal(dlb_device_csr_read(f->device, DLB_CHP_CFG_DIR_VAS_CRD, 0), 4096);
	}
	counts = free_counts(f);
	assert_int_equal(counts.domains, DLB_DOMAINS - 1);
	assert_int_equal(counts.queues[DLB_LDB], 0);
	assert_int_equal(counts.queues[DLB_DIR], 0);
	assert_int_equal(counts.ports[DLB_LDB], 0);
	assert_int_equal(counts.ports[DLB_DIR], 0);
	assert_int_equal(counts.credits[DLB_LDB], 0);
	assert_int_equal(counts.credits[DLB_DIR], 0);
	assert_int_equal(counts.aqed_entries, 0);
	assert_int_equal(counts.hist_entries, 0);
	assert_int_equal(counts.hist_entries_contiguous, 0);
	check_row(f, "one queue more",
		  &(struct dlb_domain_conf){ .queues = { 1, 0 }, .ports = { 1, 0 } }, -ENOSPC,
		  "load-balanced queues 1: at most 0 left");
	check_row(f, "one credit more", &(struct dlb_domain_conf){ .credits = { 1, 0 } }, -ENOSPC,
		  "credits 1: at most 0 left");
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

/* A class that is short borrows from the next, but not before that has served its own requests. */
static void
test_classes_borrow(void **state)
{
	struct fixture *f = *state;
	const struct dlb_domain_conf conf = { .cos_ports = { 20, 14, 0, 0 } };
	struct dlb_free_counts counts;
	struct dlb_domain *domain, *strict;

	assert_int_equal(dlb_domain_create(f->device, &conf, &domain), 0);
	counts = free_counts(f);
	assert_int_equal(counts.cos_ports[0], 0);
	assert_int_equal(counts.cos_ports[1], 0);
	assert_int_equal(counts.cos_ports[2], 14);
	assert_int_equal(counts.cos_ports[3], 16);
	check_row(f, "strict",
		  &(struct dlb_domain_conf){ .cos_ports = { 0, 0, 15 }, .cos_strict = true },
		  -ENOSPC, "load-balanced ports of class 2 15: at most 14 left");
	assert_int_equal(dlb_domain_create(f->device,
					   &(struct dlb_domain_conf){ .cos_ports = { 0, 0, 14, 16 },
								      .cos_strict = true },
					   &strict),
			 0);
	assert_int_equal(dlb_domain_destroy(domain), 0);
	assert_int_equal(dlb_domain_destroy(strict), 0);
}

static struct dlb_domain *
hist_domain(struct fixture *f, uint32_t entries)
{
	const struct dlb_domain_conf conf = { .hist_entries = (uint16_t)entries };
	struct dlb_domain *domain;

	assert_int_equal(dlb_domain_create(f->device, &conf, &domain), 0);
	return domain;
}

static void
test_history_fragmentation(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *low = hist_domain(f, 700), *middle = hist_domain(f, 700);
	struct dlb_domain *high = hist_domain(f, 648);

	assert_int_equal(dlb_domain_destroy(low), 0);
	assert_int_equal(dlb_domain_destroy(high), 0);
	assert_int_equal(free_counts(f).hist_entries, 1348);
	assert_int_equal(free_counts(f).hist_entries_contiguous, 700);
	check_row(f, "longer than any run", &(struct dlb_domain_conf){ .hist_entries = 701 },
		  -ENOSPC, "contiguous history entries 701: at most 700 left");

	/* First fit: the low run gets smaller first. */
	low = hist_domain(f, 648);
	assert_int_equal(f->device->ledger.domains[dlb_domain_id(low)].hist_base, 0);
	high = hist_domain(f, 648);
	assert_int_equal(f->device->ledger.domains[dlb_domain_id(high)].hist_base, 1400);
	assert_int_equal(dlb_domain_destroy(middle), 0);
	assert_int_equal(free_counts(f).hist_entries_contiguous, 752);
	middle = hist_domain(f, 752);
	assert_int_equal(f->device->ledger.domains[dlb_domain_id(middle)].hist_base, 648);
	assert_int_equal(dlb_domain_destroy(low), 0);
	assert_int_equal(dlb_domain_destroy(middle), 0);
	assert_int_equal(dlb_domain_destroy(high), 0);
}

/* A different part of what the domain has is created each time; all of it comes back. */
static void
test_loop(void **state)
{
	struct fixture *f = *state;
	uint32_t round, i;

	for (round = 0; round < 200; round++) {
		struct dlb_domain *domain = fixture_domain(f);
		struct dlb_queue *queue = NULL, *directed;
		struct dlb_port *port = NULL, *dir_port;

		assert_int_equal(dlb_domain_id(domain), 0);
		for (i = 0; i < round % 9; i++)
			port = fixture_port(domain, 1u << (round + i) % 11);
		for (i = 0; port != NULL && i < round % 8; i++) {
			queue = i % 2 ? fixture_queue(domain) : fixture_ordered_queue(domain);
			assert_int_equal(dlb_link(port, queue, i), 0);
		}
		for (i = 0; i < round % 5; i++)
			fixture_pair(domain, 1u << (round + i) % 11, &directed, &dir_port);
		if (round % 3 > 0)
			assert_int_equal(dlb_domain_start(domain), 0);
		if (round % 3 > 1 && queue != NULL)
			fixture_send(f, port, queue, DLB_SCHED_ATOMIC, 10);
		if (round % 2 > 0)
			model_bus_run(&f->mb);
		assert_int_equal(dlb_domain_destroy(domain), 0);
		fixture_check_all_free(f);
	}
}

static void
test_start_refused(void **state)
{
	struct fixture *f = *state;
	struct dlb_domain *domain = fixture_domain(f);

	fixture_queue(domain);
	fixture_remember(f);
	fixture_check_refused(f, "no port", dlb_domain_start(domain), -EINVAL,
			      "load-balanced queues 1 of domain 0: must be 0 unless");
	fixture_port(domain, 8);
	assert_int_equal(dlb_domain_start(domain), 0);
	fixture_remember(f);
	fixture_check_refused(f, "twice", dlb_domain_start(domain), -EBUSY,
			      "start: must precede the start of domain 0");
	assert_int_equal(dlb_domain_destroy(domain), 0);
}

/* Everything that is not the PF's carries its owner's number. */
static void
test_clients(void **state)
{
	struct fixture *f = *state;
	const struct pf_ledger *ledger = &f->device->ledger;
	const struct dlb_domain_conf conf = {
		.client = 7,
		.queues = { 1, 1 },
		.ports = { 1, 1 },
		.hist_entries = 64,
		.aqed_entries = 64,
	};
	struct dlb_domain *mine = fixture_domain(f), *theirs;
	struct dlb_queue *queue;

	assert_int_equal(dlb_domain_create(f->device, &conf, &theirs), 0);
	queue = fixture_ordered_queue(theirs);
	assert_int_equal(ledger->domains[1].client, 7);
	assert_int_equal(ledger->queues[DLB_LDB][dlb_queue_id(queue)].client, 7);
	assert_int_equal(ledger->ports[DLB_LDB][8].client, 7);
	assert_int_equal(ledger->ports[DLB_DIR][4].client, 7);
	assert_int_equal(ledger->queues[DLB_DIR][4].client, 7);
	assert_int_equal(ledger->sn_slots[0][0].client, 7);
	assert_int_equal(ledger->queues[DLB_LDB][0].client, DLB_CLIENT_PF);
	assert_int_equal(dlb_domain_destroy(theirs), 0);
	assert_int_equal(ledger->ports[DLB_LDB][8].client, DLB_CLIENT_PF);
	assert_int_equal(dlb_domain_destroy(mine), 0);
}

struct pipeline {
	struct fixture *f;
	struct dlb_domain *domain;
	struct dlb_queue *queue, *directed;
	struct dlb_port *port, *dir_port;
};

static void
pipeline_create(struct pipeline *p, struct fixture *f)
{
	p->f = f;
	p->domain = fixture_domain(f);
	p->queue = fixture_queue(p->domain);
	p->port = fixture_port(p->domain, 32);
	fixture_pair(p->domain, 32, &p->directed, &p->dir_port);
	assert_int_equal(dlb_link(p->port, p->queue, 0), 0);
	assert_int_equal(dlb_domain_start(p->domain), 0);
}

/* Nothing is shared between devices, not even between generations. */
static void
test_two_devices(void **state)
{
	void *states[DLB_GEN_COUNT] = { (void *)(uintptr_t)&fixture_devices[DLB_V2],
					(void *)(uintptr_t)&fixture_devices[DLB_V25] };
	struct pipeline pipelines[DLB_GEN_COUNT];
	struct dlb_queue *queue;
	uint32_t i;

	(void)state;
	for (i = 0; i < DLB_GEN_COUNT; i++)
		assert_int_equal(fixture_setup(&states[i]), 0);
	for (i = 0; i < DLB_GEN_COUNT; i++)
		pipeline_create(&pipelines[i], states[i]);
	queue = pipelines[DLB_V25].queue;
	assert_int_equal(dlb_link(pipelines[DLB_V2].port, queue, 0), -EINVAL);

	for (i = 0; i < DLB_GEN_COUNT; i++) {
		struct pipeline *p = &pipelines[i];

		fixture_send(p->f, p->dir_port, p->queue, DLB_SCHED_UNORDERED, 10 + i);
		fixture_send(p->f, p->port, p->directed, DLB_SCHED_DIRECTED, 20 + i);
	}
	for (i = 0; i < DLB_GEN_COUNT; i++) {
		struct pipeline *p = &pipelines[i];

		model_bus_run(&p->f->mb);
		assert_int_equal(fixture_scheduled(p->port), 10 + i);
		assert_int_equal(fixture_scheduled(p->dir_port), 20 + i);
	}
	for (i = 0; i < DLB_GEN_COUNT; i++)
		assert_int_equal(dlb_domain_destroy(pipelines[i].domain), 0);
	for (i = 0; i < DLB_GEN_COUNT; i++)
		assert_int_equal(fixture_teardown(&states[i]), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL_DEVICES(test_refused),
		ON_ALL_DEVICES(test_domains_exhausted),
		ON_ALL_DEVICES(test_whole_device),
		ON_ALL_DEVICES(test_classes_borrow),
		ON_ALL_DEVICES(test_history_fragmentation),
		ON_ALL_DEVICES(test_loop),
		ON_ALL_DEVICES(test_start_refused),
		ON_ALL_DEVICES(test_clients),
		cmocka_unit_test(test_two_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
