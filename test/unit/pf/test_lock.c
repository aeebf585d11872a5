/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One device, many threads: the model has no lock, so whatever the layer does without its own is a
 * race that the thread sanitizer finds, and lint mostly without it.
 */
#include <pthread.h>

#include "fixture.h"

#define THREADS 4
#define ROUNDS 50

struct worker {
	struct dlb_device *device;
	uint32_t number;
	int failures;
};

/* cmocka's assertions jump, which only works in the thread that runs the test. */
static void
expect(struct worker *w, bool ok)
{
	w->failures += !ok;
}

static void
life(struct worker *w, uint32_t round)
{
	const struct dlb_domain_conf conf = {
		.client = (uint8_t)w->number,
		.queues = { 2, 1 },
		.ports = { 2, 1 },
		.credits = { 64, 0 },
		.hist_entries = 64,
		.aqed_entries = 64,
	};
	const struct dlb_queue_conf queue_conf = { .inflights = 64, .aqed_entries = 32 };
	const struct dlb_port_conf port_conf = {
		.cq_depth = 8,
		.hist_entries = 32,
		.cos = DLB_COS_ANY,
	};
	struct dlb_queue_stats queue_stats;
	struct dlb_port_stats port_stats;
	struct dlb_free_counts counts;
	struct dlb_domain *domain;
	struct dlb_queue *queue;
	struct dlb_port *port;

	if (dlb_domain_create(w->device, &conf, &domain) < 0) {
		expect(w, false);
		return;
	}
	expect(w, dlb_sn_group_fit(w->device, 64) == 0);
	if (dlb_queue_create(domain, &queue_conf, &queue) < 0 ||
	    dlb_port_create(domain, &port_conf, &port) < 0) {
		expect(w, false);
		return;
	}
	if (round % 2)
		expect(w, dlb_domain_start(domain) == 0);
	expect(w, dlb_link(port, queue, round % 8) == 0);
	expect(w, dlb_device_poll(w->device) == 0);
	expect(w, dlb_port_links_pending(port) == 0);
	expect(w, dlb_port_enable(port, false) == 0);
	dlb_queue_stats(queue, &queue_stats);
	dlb_port_stats(port, &port_stats);
	dlb_device_free_counts(w->device, &counts);
	expect(w, counts.domains <= DLB_DOMAINS - 1);
	expect(w, !dlb_device_has_failed(w->device));
	expect(w, dlb_device_csr_read(w->device, DLB_SYS_TOTAL_VAS, 0) == DLB_DOMAINS);
	expect(w, dlb_unlink(port, queue) == 0);
	expect(w, dlb_port_unlinks_pending(port) == 0);
	expect(w, dlb_domain_destroy(domain) == 0);
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	uint32_t round;

	for (round = 0; round < ROUNDS; round++)
		life(w, round);
	return NULL;
}

static void
test_threads(void **state)
{
	struct fixture *f = *state;
	struct worker workers[THREADS];
	pthread_t threads[THREADS];
	uint32_t i;

	for (i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .device = f->device, .number = i };
		assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
	}
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(workers[i].failures, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL_DEVICES(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
