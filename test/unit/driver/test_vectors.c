/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The library's vector adapter in front of a queue of ours: objects go in one by one and come out as events that
 * stand for several. DPDK has it since 25.07; Debian's dpdk-test has no suite for it.
 */
#include <rte_common.h>
#include <rte_event_vector_adapter.h>
#include <rte_lcore.h>
#include <rte_mempool.h>
#include <rte_service.h>

#include "fixture.h"

#define VECTOR 8
#define OBJECTS 64
#define VECTORS_MAX 32
#define TURNS_MAX 100000

static const char *const devices[] = { "hw=2.0", "hw=2.5,sched=thread", DEVICE_SLOW };

struct taken {
	uint32_t vectors;
	uint32_t objects;
};

static void
vectors_take(const struct device *dev, struct rte_mempool *pool, struct taken *taken)
{
	struct rte_event ev[4];
	uint16_t n, i, o;

	n = poll(dev, 0, ev, RTE_DIM(ev));
	for (i = 0; i < n; i++) {
		assert_int_equal(ev[i].event_type, RTE_EVENT_TYPE_CPU_VECTOR);
		assert_true(ev[i].vec->nb_elem <= VECTOR);
		for (o = 0; o < ev[i].vec->nb_elem; o++)
			assert_int_equal(ev[i].vec->u64s[o], taken->objects++);
		rte_mempool_put(pool, ev[i].vec);
	}
	taken->vectors += n;
}

static void
objects_pass(const struct device *dev, struct rte_event_vector_adapter *adapter,
	     struct rte_mempool *pool)
{
	struct taken taken = { 0 };
	uint32_t service, turn;
	uint64_t object = 0;

	assert_int_equal(rte_event_vector_adapter_service_id_get(adapter, &service), 0);
	assert_int_equal(rte_service_runstate_set(service, 1), 0);
	for (turn = 0; turn < TURNS_MAX && taken.objects < OBJECTS; turn++) {
		if (object < OBJECTS &&
		    rte_event_vector_adapter_enqueue(adapter, &object, 1, 0) == 1)
			object++;
		assert_int_equal(rte_service_run_iter_on_app_lcore(service, 1), 0);
		vectors_take(dev, pool, &taken);
	}
	TEST_EQ(taken.objects, OBJECTS, "objects");
	/* One that has waited for long comes with what there is. */
	TEST_EQ(taken.vectors <= OBJECTS / 2, true, "vectors");
	assert_int_equal(rte_service_runstate_set(service, 0), 0);
}

static void
objects_come_in_vectors(void **state)
{
	const struct setup setup = { .queues = "a", .ports = { "0" } };
	struct rte_event_vector_adapter_conf conf = {
		.ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 0),
		.vector_sz = VECTOR,
		.vector_timeout_ns = 100000000,
	};
	struct rte_event_vector_adapter *adapter;
	struct device dev;
	uint32_t d;

	conf.ev.event_type = RTE_EVENT_TYPE_CPU_VECTOR;
	conf.ev_fallback = conf.ev;
	conf.ev_fallback.event_type = RTE_EVENT_TYPE_CPU;
	conf.vector_mp = rte_event_vector_pool_create("vectors", VECTORS_MAX, 0, VECTOR,
						      (int)rte_socket_id());
	assert_non_null(conf.vector_mp);
	for (d = 0; d < RTE_DIM(devices); d++) {
		device_create(&dev, *state, devices[d], &setup);
		conf.event_dev_id = dev.id;
		/* What the library makes for the first adapter of all stays. */
		dev.leaves_others = d == 0;
		adapter = rte_event_vector_adapter_create(&conf);
		assert_non_null(adapter);
		objects_pass(&dev, adapter, conf.vector_mp);
		assert_int_equal(rte_event_vector_adapter_destroy(adapter), 0);
		device_remove(&dev);
	}
	rte_mempool_free(conf.vector_mp);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(objects_come_in_vectors, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
