/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices come and go: arguments good and bad, names, several at once, removal in any state. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_bus_vdev.h>
#include <rte_common.h>
#include <rte_malloc.h>

#include "fixture.h"
#include "rte_pmd_dlb.h"

#define NAME "event_dlb0"

static const struct setup loopback = { .queues = "a", .ports = { "0" } };

/* One event through queue 0 of a started device, which port 0 serves. */
static void
pass_one(struct device *dev)
{
	struct rte_event ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 7, 42);

	send(dev, 0, &ev, 1);
	receive(dev, 0, &ev, 1);
	assert_int_equal(ev.u64, 42);
}

static void
good_arguments_are_taken(void **state)
{
	static const struct {
		const char *args;
		const char *told; /* by the dump */
	} rows[] = {
		{ "", "DLB 2.5, embedded, sched=inline, dense CQs" },
		{ "hw=2.0", "DLB 2.0, embedded, sched=inline, dense CQs" },
		{ "hw=2.5", "DLB 2.5, embedded, sched=inline, dense CQs" },
		{ "sched=inline", "DLB 2.5, embedded, sched=inline, dense CQs" },
		{ "sched=service", "DLB 2.5, embedded, sched=service, dense CQs" },
		{ "sched=thread", "DLB 2.5, embedded, sched=thread, dense CQs" },
		{ "cq_mode=dense", "DLB 2.5, embedded, sched=inline, dense CQs" },
		{ "cq_mode=sparse,hw=2.0", "DLB 2.0, embedded, sched=inline, sparse CQs" },
		{ "wake_depth=0", "DLB 2.5, embedded, sched=inline, dense CQs" },
		{ "wake_depth=1024", "DLB 2.5, embedded, sched=inline, dense CQs" },
		{ "seed=7,lag=4096,choices=63,noise=1,relaxed=1,strict=1",
		  "DLB 2.5, embedded, sched=inline, dense CQs" },
		{ "sched=thread,cq_mode=sparse", "DLB 2.5, embedded, sched=thread, sparse CQs" },
		{ "num_dir_credits=100,hw=2.0,max_num_events=2000,max_cq_depth=32,max_enqueue_depth=1024",
		  "DLB 2.0, embedded" },
		{ "qid_depth_thresh=all:256,qid_depth_thresh=3:8,qid_depth_thresh=4-7:9",
		  "DLB 2.5" },
		{ "qid_depth_thresh=0:8191,default_depth_thresh=5", "DLB 2.5" },
		{ "port_cos=P0-P3:1,port_cos=P4:3,cos_bw=5:10:80:5", "DLB 2.5" },
		{ "cos_bw=100:0:0:0", "DLB 2.5" },
		{ "vector_opts_enabled=Y", "DLB 2.5" },
		{ "vector_opts_enable=n", "DLB 2.5" },
		{ "cq_weight=0-7:16", "DLB 2.5" },
		{ "producer_coremask=0xfF,default_port_allocation=n,numa_node=0", "DLB 2.5" },
		{ "dev_id=3,poll_interval=1000,sw_credit_quanta=256,hw_credit_quanta=32",
		  "DLB 2.5" },
		{ "use_default_hl=0,alloc_hl_entries=2048,enable_cq_weight=y", "DLB 2.5" },
	};
	struct device dev;
	char *text;
	size_t size;
	uint32_t i;
	FILE *f;

	for (i = 0; i < RTE_DIM(rows); i++) {
		log_mark(*state);
		device_create(&dev, *state, rows[i].args, &loopback);
		pass_one(&dev);
		f = open_memstream(&text, &size);
		TEST_EQ(rte_event_dev_dump(dev.id, f), 0, rows[i].args);
		fclose(f);
		if (strstr(text, rows[i].told) == NULL)
			fail_msg("%s: dump without '%s': %s", rows[i].args, rows[i].told, text);
		free(text);
		device_remove(&dev);
		TEST_EQ(log_lines(*state, NAME), 0, rows[i].args);
	}
}

/* What an argument of the public driver allows, the library reports. */
static void
limits_by_arguments(void **state)
{
	static const struct {
		const char *args;
		int32_t events;
		uint32_t dequeue_depth, enqueue_depth;
	} rows[] = {
		{ "", 16384, 128, 128 },
		{ "hw=2.0", 8192, 128, 128 },
		{ "max_num_events=100", 100, 128, 128 },
		{ "hw=2.0,max_num_events=16384", 8192, 128, 128 },
		{ "max_cq_depth=32", 16384, 32, 128 },
		{ "max_cq_depth=1024", 16384, 128, 128 },
		{ "max_enqueue_depth=1024", 16384, 128, 1024 },
	};
	struct rte_event_dev_info info;
	struct device dev;
	uint32_t i;

	for (i = 0; i < RTE_DIM(rows); i++) {
		device_probe(&dev, *state, NAME, rows[i].args);
		assert_int_equal(rte_event_dev_info_get(dev.id, &info), 0);
		TEST_EQ(info.max_num_events, rows[i].events, rows[i].args);
		TEST_EQ(info.max_event_port_dequeue_depth, rows[i].dequeue_depth, rows[i].args);
		TEST_EQ(info.max_event_port_enqueue_depth, rows[i].enqueue_depth, rows[i].args);
		device_configure(&dev, &(struct setup){ .queues = "a",
							.ports = { "0" },
							.limit = rows[i].events });
		device_remove(&dev);
	}
}

/* Settings of queues and ports are those of rte_pmd_dlb.h, from their set-up on. */
static void
settings_by_arguments(void **state)
{
	static const struct setup setup = { .queues = "aaa", .ports = { "0", "12", "" } };
	static const uint16_t thresholds[] = { 64, 100, 64 };
	static const uint16_t weights[] = { 0, 16, 16 };
	static const int8_t classes[] = { 3, 3, -1 };
	struct rte_pmd_dlb_queue_conf queue;
	struct rte_pmd_dlb_port_conf port;
	struct device dev;
	uint8_t i;

	device_create(&dev, *state,
		      "default_depth_thresh=64,qid_depth_thresh=1:100,cq_weight=1-2:16,"
		      "port_cos=P0-P1:3,cos_bw=10:20:30:40",
		      &setup);
	for (i = 0; i < 3; i++) {
		assert_int_equal(rte_pmd_dlb_queue_conf_get(dev.id, i, &queue), 0);
		assert_int_equal(queue.depth_threshold, thresholds[i]);
		assert_int_equal(rte_pmd_dlb_port_conf_get(dev.id, i, &port), 0);
		assert_int_equal(port.cq_weight_limit, weights[i]);
		assert_int_equal(port.cos, classes[i]);
	}
	pass_one(&dev);
	device_remove(&dev);
}

/* 2.0: directed queues store that many events, and say so when they are full. */
static void
directed_credits_by_argument(void **state)
{
	static const struct setup setup = { .queues = "s", .ports = { "!0" }, .limit = 64 };
	struct rte_event ev[DEVICE_DEPTH];
	struct device dev;
	uint32_t i;

	device_create(&dev, *state, "hw=2.0,num_dir_credits=16", &setup);
	for (i = 0; i < DEVICE_DEPTH; i++)
		ev[i] = event_new(0, RTE_SCHED_TYPE_ATOMIC, i, i);
	assert_int_equal(rte_event_enqueue_burst(dev.id, 0, ev, DEVICE_DEPTH), 16);
	receive(&dev, 0, ev, 16);
	release(&dev, 0, ev, 16);
	device_remove(&dev);
}

static uint64_t
allocations_count(void)
{
	struct rte_malloc_socket_stats stats;

	assert_int_equal(rte_malloc_get_socket_stats(0, &stats), 0);
	return stats.alloc_count;
}

/* Each leaves no device, no memory, and one line; then the same name can be probed. */
static void
bad_arguments_are_refused(void **state)
{
	static const char all[] = "shares=<event device> hw=2.0|2.5 sched=inline|service|thread "
				  "lint=0|1 cq_mode=dense|sparse ";
	static const struct {
		const char *args;
		const char *says;
	} rows[] = {
		{ "hw=3.0", "hw=3.0: accepted are 2.0, 2.5" },
		{ "hw=2", "hw=2: accepted are 2.0, 2.5" },
		{ "hw=2.50", "hw=2.50: accepted are 2.0, 2.5" },
		{ "hw=", "hw=: accepted are 2.0, 2.5" },
		{ "hw", "hw=: accepted are 2.0, 2.5" },
		{ "sched=fast", "sched=fast: accepted are inline, service, thread" },
		{ "sched=INLINE", "sched=INLINE: accepted are inline, service, thread" },
		{ "sched=", "sched=: accepted are inline, service, thread" },
		{ "cq_mode=wide", "cq_mode=wide: accepted are dense, sparse" },
		{ "cq_mode=", "cq_mode=: accepted are dense, sparse" },
		{ "lint=2", "lint=2: accepted are 0, 1" },
		{ "lint=-1", "lint=-1: accepted are 0, 1" },
		{ "lint=yes", "lint=yes: accepted are 0, 1" },
		{ "wake_depth=1025", "wake_depth=1025: accepted are 0 to 1024" },
		{ "wake_depth=-1", "wake_depth=-1: accepted are 0 to 1024" },
		{ "wake_depth=8x", "wake_depth=8x: accepted are 0 to 1024" },
		{ "wake_depth=0x10", "wake_depth=0x10: accepted are 0 to 1024" },
		{ "wake_depth=99999999999999999999", "accepted are 0 to 1024" },
		{ "wake_depth=", "wake_depth=: accepted are 0 to 1024" },
		{ "lag=4097", "lag=4097: accepted are 0 to 4096" },
		{ "choices=64", "choices=64: accepted are 0 to 63" },
		{ "relaxed=2", "relaxed=2: accepted are 0, 1" },
		{ "plain_stores=1", "device argument 'plain_stores': the nearest known one is " },
		{ "hw=2.0,hw=2.5", "hw is given more than once: accepted is once" },
		{ "lint=1,lint=1,lint=1", "lint is given more than once: accepted is once" },
		{ "hw=2.0,sched=thread,sched=thread", "sched is given more than once" },
		{ "hw=2.0,bogus", "device argument 'bogus': the nearest known one is " },
		{ "speed=11", all },
		{ "HW=2.0", "device argument 'HW': the nearest known one is " },
		{ "shed=thread",
		  "device argument 'shed': the nearest known one is sched; accepted" },
		{ "wakedepth=1", "the nearest known one is wake_depth; accepted are " },
		{ "vector_opts=y", "the nearest known one is vector_opts_enable" },
		{ "num_dir_credit=9", "the nearest known one is num_dir_credits" },
		{ "max_cq_dept=32", "the nearest known one is max_cq_depth" },
		{ "=", all },
		{ "!\"$%&/()?", all },
		{ "hw=2.5,sched=inline,colour=blue", all },
		{ "max_num_events=0", "max_num_events=0: accepted are 1 to 16384" },
		{ "num_dir_credits=4097", "num_dir_credits=4097: accepted are 1 to 4096" },
		{ "max_cq_depth=48", "max_cq_depth=48: accepted are a power of two, 32 to 1024" },
		{ "max_cq_depth=16", "max_cq_depth=16: accepted are a power of two, 32 to 1024" },
		{ "max_enqueue_depth=2048", "accepted are a power of two, 32 to 1024" },
		{ "vector_opts_enabled=maybe", "vector_opts_enabled=maybe: accepted are y, n" },
		{ "vector_opts_enabled=y,vector_opts_enable=y",
		  "vector_opts_enable is given more than once" },
		{ "numa_node=31", "numa_node=31: accepted are the 1 nodes of this machine" },
		{ "cos_bw=25:25:25", "cos_bw=25:25:25: accepted are four percentages" },
		{ "cos_bw=25:25:25:26", "cos_bw=25:25:25:26: accepted are four percentages" },
		{ "cos_bw=-1:25:25:25", "cos_bw=-1:25:25:25: accepted are four percentages" },
		{ "cos_bw=25:25:25:25:0", "accepted are four percentages" },
		{ "port_cos=P0-P3:4", "port_cos=P0-P3:4: accepted are all:V, A:V, A-B:V" },
		{ "port_cos=P3-P0:1", "port_cos=P3-P0:1: accepted are all:V, A:V, A-B:V" },
		{ "port_cos=160:1", "with A and B up to 159 and V from 0 to 3" },
		{ "port_cos=1", "port_cos=1: accepted are all:V, A:V, A-B:V" },
		{ "cq_weight=all:0", "cq_weight=all:0: accepted are all:V" },
		{ "qid_depth_thresh=0-128:5", "with A and B up to 127 and V from 1 to 8191" },
		{ "qid_depth_thresh=all", "qid_depth_thresh=all: accepted are all:V" },
		{ "qid_depth_thresh=", "qid_depth_thresh=: accepted are all:V" },
		{ "default_depth_thresh=8192",
		  "default_depth_thresh=8192: accepted are 1 to 8191" },
		{ "producer_coremask=0xfg",
		  "producer_coremask=0xfg: accepted are hexadecimal masks" },
		{ "hw=2.0,cq_weight=all:8",
		  "cq_weight: DLB 2.0 has no weights: accepted by DLB 2.5" },
		{ "alloc_hl_entries=2049", "alloc_hl_entries=2049: accepted are 0 to 2048" },
		{ "hw=[2.0,2.5]", "hw=[2.0,2.5]: accepted are 2.0, 2.5" },
		{ "hw=2.0,lint=[", "lint=[: accepted are 0, 1" },
	};
	uint64_t before = allocations_count();
	struct device dev;
	uint32_t i;

	for (i = 0; i < RTE_DIM(rows); i++) {
		log_mark(*state);
		TEST_EQ(rte_vdev_init(NAME, rows[i].args), -EINVAL, rows[i].args);
		log_expect(*state, NAME, rows[i].says, rows[i].args);
		TEST_EQ(rte_event_dev_get_dev_id(NAME), -ENODEV, rows[i].args);
		TEST_EQ(allocations_count(), before, rows[i].args);
	}
	device_create(&dev, *state, "", &loopback);
	pass_one(&dev);
	device_remove(&dev);
}

/* Long arguments must be told whole or cut, but not written past anything. */
static void
long_arguments_are_refused(void **state)
{
	char args[4096];
	struct device dev;

	memset(args, 'x', sizeof(args));
	args[sizeof(args) - 1] = '\0';
	memcpy(args, "hw=", 3);
	log_mark(*state);
	assert_int_equal(rte_vdev_init(NAME, args), -EINVAL);
	log_expect(*state, NAME, "hw=xxxxxxxx", "4 KiB value");

	device_probe(&dev, *state, NAME, "");
	device_remove(&dev);
}

static void
names_of_the_driver_and_its_alias_probe(void **state)
{
	static const char *const names[] = { "event_dlb", "event_dlb0", "event_dlb_b", "dlb2_event",
					     "dlb2_event1" };
	struct rte_event_dev_info info;
	struct device dev;
	uint32_t i;

	for (i = 0; i < RTE_DIM(names); i++) {
		device_probe(&dev, *state, names[i], "hw=2.0");
		TEST_EQ(rte_event_dev_info_get(dev.id, &info), 0, names[i]);
		assert_string_equal(info.driver_name, "event_dlb");
		device_configure(&dev, &loopback);
		device_start(&dev);
		pass_one(&dev);
		device_remove(&dev);
	}
}

static void
info_tells_each_generation(void **state)
{
	static const struct {
		const char *args;
		uint8_t directed;
		int32_t events;
		bool distributed;
	} rows[] = {
		{ "hw=2.0", 64, 8192, true },
		{ "hw=2.5", 96, 16384, true },
		{ "hw=2.5,sched=service", 96, 16384, false },
		{ "hw=2.0,sched=thread", 64, 8192, true },
	};
	struct rte_event_dev_info info;
	struct device dev;
	uint32_t i;

	for (i = 0; i < RTE_DIM(rows); i++) {
		device_probe(&dev, *state, NAME, rows[i].args);
		TEST_EQ(rte_event_dev_info_get(dev.id, &info), 0, rows[i].args);
		TEST_EQ(info.max_single_link_event_port_queue_pairs, rows[i].directed,
			rows[i].args);
		TEST_EQ(info.max_num_events, rows[i].events, rows[i].args);
		TEST_EQ(info.max_event_queues, 32, rows[i].args);
		TEST_EQ(info.max_event_ports, 64, rows[i].args);
		TEST_EQ(info.max_event_port_links, 32, rows[i].args);
		TEST_EQ(!!(info.event_dev_cap & RTE_EVENT_DEV_CAP_DISTRIBUTED_SCHED),
			rows[i].distributed, rows[i].args);
		device_remove(&dev);
	}
}

static void
two_generations_run_at_once(void **state)
{
	static const struct setup setup = { .queues = "as", .ports = { "0", "1" } };
	struct device v2, v25;
	struct rte_event ev;
	uint32_t i;

	device_create(&v2, *state, "hw=2.0", &setup);
	device_probe(&v25, *state, "event_dlb1", "hw=2.5");
	device_configure(&v25, &setup);
	device_start(&v25);
	assert_int_not_equal(v2.id, v25.id);
	for (i = 0; i < 100; i++) {
		ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, i, i);
		send(&v2, 0, &ev, 1);
		ev.u64 = 1000 + i;
		send(&v25, 0, &ev, 1);
		receive(&v25, 0, &ev, 1);
		assert_int_equal(ev.u64, 1000 + i);
		forward(&v25, 0, &ev, 1, 1, RTE_SCHED_TYPE_ATOMIC);
		receive(&v2, 0, &ev, 1);
		assert_int_equal(ev.u64, i);
		forward(&v2, 0, &ev, 1, 1, RTE_SCHED_TYPE_ATOMIC);
		receive(&v2, 1, &ev, 1);
		assert_int_equal(ev.u64, i);
		receive(&v25, 1, &ev, 1);
		assert_int_equal(ev.u64, 1000 + i);
	}
	device_remove(&v25);
	device_remove(&v2);
}

static void
a_name_is_probed_once(void **state)
{
	struct device dev;

	device_create(&dev, *state, "", &loopback);
	assert_int_equal(rte_vdev_init(NAME, "hw=2.0"), -EEXIST);
	pass_one(&dev);
	device_remove(&dev);
	assert_int_equal(rte_vdev_uninit(NAME), -ENOENT);
}

static void
removed_and_probed_again_many_times(void **state)
{
	static const char *const args[] = { "hw=2.0", "hw=2.5", "sched=thread", "sched=service" };
	struct device dev;
	uint32_t i;

	for (i = 0; i < 24; i++) {
		device_create(&dev, *state, args[i % RTE_DIM(args)], &loopback);
		pass_one(&dev);
		device_remove(&dev);
	}
}

/* Whatever it was doing, it goes, with all that it had. */
static void
removed_in_any_state(void **state)
{
	enum { PROBED, CONFIGURED, SET_UP, STARTED, LOADED, CLOSED, CLOSED_TWICE };
	static const char *const args[] = { "hw=2.0", "hw=2.5,sched=thread", "sched=service" };
	struct rte_event_dev_config conf = device_conf(&loopback);
	struct rte_event ev[4];
	struct device dev;
	uint32_t i, at;

	for (i = 0; i < RTE_DIM(args); i++) {
		for (at = PROBED; at <= CLOSED_TWICE; at++) {
			device_probe(&dev, *state, NAME, args[i]);
			if (at == CONFIGURED)
				TEST_EQ(rte_event_dev_configure(dev.id, &conf), 0, args[i]);
			if (at >= SET_UP)
				device_configure(&dev, &loopback);
			if (at == STARTED || at == LOADED)
				device_start(&dev);
			if (at == LOADED) {
				ev[0] = event_new(0, RTE_SCHED_TYPE_ATOMIC, 1, 1);
				ev[1] = ev[2] = ev[3] = ev[0];
				send(&dev, 0, ev, 4);
				receive(&dev, 0, ev, 1);
			}
			if (at >= CLOSED)
				TEST_EQ(rte_event_dev_close(dev.id), 0, args[i]);
			if (at == CLOSED_TWICE)
				TEST_EQ(rte_event_dev_close(dev.id), 0, args[i]);
			TEST_EQ(rte_vdev_uninit(NAME), 0, args[i]);
			TEST_EQ(rte_event_dev_get_dev_id(NAME), -ENODEV, args[i]);
			TEST_EQ(allocations_count(), dev.allocations, args[i]);
		}
	}
}

static void
a_started_device_is_not_closed(void **state)
{
	struct device dev;

	device_create(&dev, *state, "", &loopback);
	assert_int_equal(rte_event_dev_close(dev.id), -EBUSY);
	pass_one(&dev);
	device_remove(&dev);
}

/* The library hands a closed device out until its bus removes it. */
static void
a_closed_device_is_only_removed(void **state)
{
	struct rte_event_dev_config conf = device_conf(&loopback);
	struct rte_event_dev_info info;
	struct device dev;
	uint64_t id;

	device_probe(&dev, *state, NAME, "");
	device_configure(&dev, &loopback);
	assert_int_equal(rte_event_dev_close(dev.id), 0);

	assert_int_equal(rte_event_dev_info_get(dev.id, &info), 0);
	assert_true(rte_event_dev_start(dev.id) < 0);
	log_mark(*state);
	assert_int_equal(rte_event_dev_configure(dev.id, &conf), -ENODEV);
	log_expect(*state, NAME, "the device is closed: probe it again", "configure");
	rte_event_dev_xstats_by_name_get(dev.id, "dev_model_lint_findings", &id);
	assert_int_equal(rte_vdev_uninit(NAME), 0);
	assert_int_equal(allocations_count(), dev.allocations);
}

static void
more_devices_than_the_library_holds(void **state)
{
	char names[RTE_EVENT_MAX_DEVS + 1][DEVICE_NAME_BYTES];
	struct device devs[RTE_EVENT_MAX_DEVS];
	uint64_t before;
	uint32_t i;

	for (i = 0; i <= RTE_EVENT_MAX_DEVS; i++)
		snprintf(names[i], sizeof(names[i]), "event_dlb%u", i);
	for (i = 0; i < RTE_EVENT_MAX_DEVS; i++)
		device_probe(&devs[i], *state, names[i], i % 2 == 0 ? "hw=2.0" : "hw=2.5");
	before = allocations_count();
	log_mark(*state);
	assert_int_equal(rte_vdev_init(names[i], ""), -ENOMEM);
	log_expect(*state, names[i], "no event device can be added", "17th device");
	assert_int_equal(allocations_count(), before);
	while (i-- > 0)
		device_remove(&devs[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(good_arguments_are_taken, fixture_sweep),
		cmocka_unit_test_teardown(bad_arguments_are_refused, fixture_sweep),
		cmocka_unit_test_teardown(limits_by_arguments, fixture_sweep),
		cmocka_unit_test_teardown(settings_by_arguments, fixture_sweep),
		cmocka_unit_test_teardown(directed_credits_by_argument, fixture_sweep),
		cmocka_unit_test_teardown(long_arguments_are_refused, fixture_sweep),
		cmocka_unit_test_teardown(names_of_the_driver_and_its_alias_probe, fixture_sweep),
		cmocka_unit_test_teardown(info_tells_each_generation, fixture_sweep),
		cmocka_unit_test_teardown(two_generations_run_at_once, fixture_sweep),
		cmocka_unit_test_teardown(a_name_is_probed_once, fixture_sweep),
		cmocka_unit_test_teardown(removed_and_probed_again_many_times, fixture_sweep),
		cmocka_unit_test_teardown(removed_in_any_state, fixture_sweep),
		cmocka_unit_test_teardown(a_started_device_is_not_closed, fixture_sweep),
		cmocka_unit_test_teardown(a_closed_device_is_only_removed, fixture_sweep),
		cmocka_unit_test_teardown(more_devices_than_the_library_holds, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
