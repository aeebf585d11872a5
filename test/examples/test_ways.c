/* SPDX-License-Identifier: BSD-3-Clause */
/* Ways of examples/ordered_crypto, with workers that are as slow as the test wants them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_eventdev.h>
#include <rte_mempool.h>

#include "way.h"

#define WORKERS 3
#define PATIENCE_S 10

struct fixture {
	struct rte_mempool *pool;
	struct rte_mbuf *records[WORKERS * BURST];
};

static int
create(void **state)
{
	static const char *const words[] = { "test",   "--no-huge",        "-m",
					     "256",    "--no-pci",         "--lcores",
					     "0@0",    "--no-telemetry",   "--no-shconf",
					     "--vdev", "event_dlb0,lint=1" };
	static struct fixture fix;
	char *argv[RTE_DIM(words)];
	uint32_t i;

	for (i = 0; i < RTE_DIM(words); i++)
		argv[i] = (char *)(uintptr_t)words[i];
	if (rte_eal_init(RTE_DIM(words), argv) < 0)
		return -1;
	fix.pool = rte_pktmbuf_pool_create("records", 2 * WORKERS * BURST, 0, 0, 0, 0);
	*state = &fix;
	return fix.pool == NULL ? -1 : 0;
}

static int
destroy(void **state)
{
	struct fixture *fix = *state;

	rte_mempool_free(fix->pool);
	return rte_eal_cleanup();
}

/* What a worker gets next, one record at least. */
static uint16_t
get(struct way *w, uint32_t worker, struct rte_mbuf **records)
{
	uint64_t end = rte_rdtsc() + PATIENCE_S * rte_get_tsc_hz();
	uint16_t n = 0;

	while (n == 0 && rte_rdtsc() < end)
		n = w->ops->get(w, worker, records);
	assert_int_not_equal(n, 0);
	return n;
}

/* The worker that got the first records is the last to bring any back. */
static void
first_come_last_done(struct fixture *fix, struct way *w)
{
	struct rte_mbuf *taken[WORKERS][BURST], *collected[WORKERS * BURST + BURST];
	uint16_t n[WORKERS];
	uint32_t worker, first = WORKERS, i, sent, got = 0;
	uint64_t end;

	assert_int_equal(rte_pktmbuf_alloc_bulk(fix->pool, fix->records, RTE_DIM(fix->records)), 0);
	for (sent = 0; sent < RTE_DIM(fix->records); sent += n[0]) {
		n[0] = w->ops->submit(w, fix->records + sent, BURST);
		assert_int_not_equal(n[0], 0);
	}
	for (worker = 0; worker < WORKERS; worker++) {
		n[worker] = get(w, worker, taken[worker]);
		if (taken[worker][0] == fix->records[0])
			first = worker;
	}
	assert_int_not_equal(first, WORKERS);
	for (worker = 0; worker < WORKERS; worker++)
		if (worker != first)
			w->ops->put(w, worker, taken[worker], n[worker]);
	assert_int_equal(w->ops->collect(w, collected), 0);
	w->ops->put(w, first, taken[first], n[first]);

	for (end = rte_rdtsc() + PATIENCE_S * rte_get_tsc_hz();
	     got < RTE_DIM(fix->records) && rte_rdtsc() < end;) {
		for (worker = 0; worker < WORKERS; worker++) {
			n[worker] = w->ops->get(w, worker, taken[worker]);
			w->ops->put(w, worker, taken[worker], n[worker]);
		}
		got += w->ops->collect(w, collected + got);
	}
	assert_int_equal(got, RTE_DIM(fix->records));
	for (i = 0; i < got; i++)
		assert_ptr_equal(collected[i], fix->records[i]);
	rte_pktmbuf_free_bulk(collected, got);
}

static void
rings(void **state)
{
	struct way *w;

	assert_int_equal(way_ring_open(WORKERS, &w), 0);
	first_come_last_done(*state, w);
	first_come_last_done(*state, w);
	w->ops->close(w);
}

static void
event_device(void **state)
{
	struct way *w;

	assert_int_equal(way_event_open(0, WORKERS, &w), 0);
	first_come_last_done(*state, w);
	first_come_last_done(*state, w);
	w->ops->close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rings),
		cmocka_unit_test(event_device),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
