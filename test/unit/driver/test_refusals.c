/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What cannot be had is refused: with a negative errno, with one line that says what was asked for and
 * what would be accepted, and with nothing kept, so that the largest configuration runs right after.
 */
#include <errno.h>
#include <string.h>
#include <sys/queue.h>

#include <rte_bus_vdev.h>
#include <rte_common.h>
#include <rte_malloc.h>

#include "fixture.h"

#define NAME "event_dlb0"

/* Who says it: the driver, or the library, which checks many limits for it. */
#define LIBRARY "EVENTDEV"

#define S8 "ssssssss"
#define S64 S8 S8 S8 S8 S8 S8 S8 S8
#define P32 "pppppppppppppppppppppppppppppppp"
#define O32 "oooooooooooooooooooooooooooooooo"
#define M32 "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm"

/* All queues there are, all sequence numbers, and 64 load-balanced ports. */
static const struct setup everything = { .queues = M32, .ports = { "*" }, .more_ports = 15 };
static const struct setup small = { .queues = "ao", .ports = { "0", "1" } };

static void
mend_and_run(struct device *dev, const struct setup *setup)
{
	uint32_t n = (uint32_t)strlen(setup->queues);
	struct rte_event ev;
	uint8_t q;

	device_configure(dev, setup);
	device_start(dev);
	for (q = 0; q < n; q++) {
		ev = event_new(q, q % 3, q, q);
		send(dev, q % dev->nb_ports, &ev, 1);
	}
	receive_anywhere(dev, n);
	device_expect_idle(dev);
	device_stop(dev);
}

/* One field of a structure, and what it is set to. */
struct field {
	size_t offset, size_bytes;
	uint64_t value;
};

#define FIELD(type, name, value)                                          \
	{                                                                 \
		offsetof(type, name), sizeof(((type *)NULL)->name), value \
	}

static void
field_set(void *object, const struct field *field)
{
	memcpy((char *)object + field->offset, &field->value, field->size_bytes);
}

static void
configurations(void **state)
{
#define SET(name, value) FIELD(struct rte_event_dev_config, name, value)
	static const struct {
		const char *args;
		struct field field;
		const char *speaker;
		const char *says;
	} rows[] = {
		{ "", SET(nb_events_limit, 0), NAME, "nb_events_limit 0: accepted are 1 to 16384" },
		{ "hw=2.0", SET(nb_events_limit, 0), NAME,
		  "nb_events_limit 0: accepted are 1 to 8192" },
		{ "", SET(nb_events_limit, -1), NAME,
		  "nb_events_limit -1: accepted are 1 to 16384" },
		{ "", SET(nb_events_limit, 0x80000000), NAME,
		  "nb_events_limit -2147483648: accepted are 1 to 16384" },
		{ "", SET(nb_events_limit, 16385), LIBRARY,
		  "nb_events_limit=16385 > max_num_events=16384" },
		{ "hw=2.0", SET(nb_events_limit, 8193), LIBRARY,
		  "nb_events_limit=8193 > max_num_events=8192" },
		{ "", SET(nb_events_limit, INT32_MAX), LIBRARY, "max_num_events=16384" },
		{ "", SET(nb_event_queues, 0), LIBRARY, "nb_event_queues cannot be zero" },
		{ "", SET(nb_event_queues, 33), LIBRARY, "max_event_queues=32" },
		{ "", SET(nb_event_queues, 129), LIBRARY,
		  "max_single_link_event_port_queue_pairs=96" },
		{ "hw=2.0", SET(nb_event_queues, 97), LIBRARY,
		  "max_single_link_event_port_queue_pairs=64" },
		{ "", SET(nb_event_ports, 0), LIBRARY, "nb_event_ports cannot be zero" },
		{ "", SET(nb_event_ports, 65), LIBRARY, "max_event_ports=64" },
		{ "", SET(nb_event_ports, 161), LIBRARY,
		  "max_single_link_event_port_queue_pairs=96" },
		{ "", SET(nb_single_link_event_port_queues, 3), LIBRARY,
		  "nb_single_link_event_port_queues=3 >" },
		{ "", SET(nb_event_queue_flows, 0), LIBRARY, "nb_flows cannot be zero" },
		{ "", SET(nb_event_queue_flows, 65537), LIBRARY, "> max_flows=10000" },
		{ "", SET(nb_event_port_dequeue_depth, 0), LIBRARY, "dequeue_depth cannot be" },
		{ "", SET(nb_event_port_dequeue_depth, 129), LIBRARY, "> max_dq_depth=128" },
		{ "", SET(nb_event_port_enqueue_depth, 0), LIBRARY, "enqueue_depth cannot be" },
		{ "", SET(nb_event_port_enqueue_depth, 129), LIBRARY, "> max_enq_depth=128" },
		{ "", SET(dequeue_timeout_ns, 4000000001), LIBRARY, "max_dequeue_timeout_ns=" },
	};
#undef SET
	struct rte_event_dev_config conf;
	struct device dev;
	uint32_t i, again;

	for (i = 0; i < RTE_DIM(rows); i++) {
		device_probe(&dev, *state, NAME, rows[i].args);
		/* On a device that was never configured, and on one that was. */
		for (again = 0; again < 2; again++) {
			conf = device_conf(&small);
			field_set(&conf, &rows[i].field);
			log_mark(*state);
			TEST_EQ(rte_event_dev_configure(dev.id, &conf), -EINVAL, rows[i].says);
			if (strcmp(rows[i].speaker, NAME) == 0)
				log_expect(*state, NAME, rows[i].says, rows[i].args);
			else
				log_expect(*state, LIBRARY, rows[i].says, rows[i].args);
			mend_and_run(&dev, &small);
		}
		device_remove(&dev);
	}
}

static void
queues(void **state)
{
#define SET(name, value) FIELD(struct rte_event_queue_conf, name, value)
	static const struct {
		const char *name;
		uint8_t id;
		uint8_t schedule_type;
		struct field field;
		const char *speaker;
		const char *says;
	} rows[] = {
		{ "unknown bit", 0, RTE_SCHED_TYPE_ATOMIC, SET(event_queue_cfg, 4), NAME,
		  "queue 0: event_queue_cfg 0x4: accepted are ALL_TYPES, SINGLE_LINK" },
		{ "unknown bit beside a known one", 1, RTE_SCHED_TYPE_ATOMIC,
		  SET(event_queue_cfg, 0x80000001), NAME,
		  "queue 1: event_queue_cfg 0x80000001: accepted are ALL_TYPES, SINGLE_LINK" },
		{ "schedule type 3", 0, 0, SET(schedule_type, 3), NAME,
		  "queue 0: schedule_type 3: accepted are ORDERED, ATOMIC, PARALLEL" },
		{ "schedule type 255", 1, 0, SET(schedule_type, 255), NAME,
		  "queue 1: schedule_type 255: accepted are ORDERED, ATOMIC, PARALLEL" },
		{ "no flows", 0, RTE_SCHED_TYPE_ATOMIC, SET(nb_atomic_flows, 0), LIBRARY,
		  "Invalid nb_atomic_flows=0 max_flows=1024" },
		{ "too many flows", 0, RTE_SCHED_TYPE_ATOMIC, SET(nb_atomic_flows, 1025), LIBRARY,
		  "Invalid nb_atomic_flows=1025 max_flows=1024" },
		{ "no sequences", 0, RTE_SCHED_TYPE_ORDERED, SET(nb_atomic_order_sequences, 0),
		  LIBRARY, "Invalid nb_atomic_order_seq=0 max_flows=1024" },
		{ "too many sequences", 0, RTE_SCHED_TYPE_ORDERED,
		  SET(nb_atomic_order_sequences, 1025), LIBRARY,
		  "Invalid nb_atomic_order_seq=1025 max_flows=1024" },
		{ "no such queue", 2, RTE_SCHED_TYPE_ATOMIC, SET(event_queue_cfg, 0), LIBRARY,
		  "Invalid queue_id=2" },
	};
#undef SET
	struct rte_event_queue_conf conf;
	struct rte_event ev;
	struct device dev;
	uint32_t i;

	device_probe(&dev, *state, NAME, "");
	for (i = 0; i < RTE_DIM(rows); i++) {
		device_configure(&dev, &small);
		conf = (struct rte_event_queue_conf){
			.nb_atomic_flows = 64,
			.nb_atomic_order_sequences = 64,
			.schedule_type = rows[i].schedule_type,
		};
		field_set(&conf, &rows[i].field);
		log_mark(*state);
		TEST_EQ(rte_event_queue_setup(dev.id, rows[i].id, &conf), -EINVAL, rows[i].name);
		log_expect(*state, rows[i].speaker, rows[i].says, rows[i].name);
		/* The queue is what it was set up to be before. */
		device_start(&dev);
		ev = event_new(rows[i].id % 2, RTE_SCHED_TYPE_ATOMIC, 1, 1);
		send(&dev, 0, &ev, 1);
		receive(&dev, rows[i].id % 2, &ev, 1);
		device_expect_idle(&dev);
		device_stop(&dev);
		mend_and_run(&dev, &small);
	}
	device_remove(&dev);
}

static void
ports(void **state)
{
#define SET(name, value) FIELD(struct rte_event_port_conf, name, value)
	static const struct {
		const char *name;
		uint8_t id;
		struct field field;
		const char *speaker;
		const char *says;
	} rows[] = {
		{ "threshold 0", 0, SET(new_event_threshold, 0), LIBRARY,
		  "Invalid event_threshold=0 nb_events_limit=1024" },
		{ "threshold above the limit", 0, SET(new_event_threshold, 1025), LIBRARY,
		  "Invalid event_threshold=1025 nb_events_limit=1024" },
		{ "negative threshold", 0, SET(new_event_threshold, -1), NAME,
		  "port 0: new_event_threshold -1: accepted are 1 to 1024" },
		{ "dequeue depth 0", 0, SET(dequeue_depth, 0), LIBRARY, "Invalid dequeue depth=0" },
		{ "dequeue depth above the device's", 0, SET(dequeue_depth, 33), LIBRARY,
		  "Invalid dequeue depth=33" },
		{ "enqueue depth 0", 0, SET(enqueue_depth, 0), LIBRARY, "Invalid enqueue depth=0" },
		{ "enqueue depth above the device's", 0, SET(enqueue_depth, 33), LIBRARY,
		  "Invalid enqueue depth=33" },
		{ "unknown bit", 0, SET(event_port_cfg, 0x400), NAME,
		  "port 0: event_port_cfg 0x400: accepted are bits of 0x" },
		{ "unknown bit beside known ones", 1, SET(event_port_cfg, 0x80000003), NAME,
		  "port 1: event_port_cfg 0x80000003: accepted are bits of 0x" },
		{ "no such port", 2, SET(event_port_cfg, 0), LIBRARY, "Invalid port_id=2" },
	};
#undef SET
	struct rte_event_port_conf conf;
	struct rte_event ev;
	struct device dev;
	uint32_t i;

	device_probe(&dev, *state, NAME, "hw=2.0");
	for (i = 0; i < RTE_DIM(rows); i++) {
		device_configure(&dev, &small);
		rte_event_port_default_conf_get(dev.id, 0, &conf);
		field_set(&conf, &rows[i].field);
		log_mark(*state);
		TEST_EQ(rte_event_port_setup(dev.id, rows[i].id, &conf), -EINVAL, rows[i].name);
		log_expect(*state, rows[i].speaker, rows[i].says, rows[i].name);
		/* It keeps what it was set up to be before, its links included. */
		device_start(&dev);
		ev = event_new(rows[i].id % 2, RTE_SCHED_TYPE_ATOMIC, 1, 1);
		send(&dev, 0, &ev, 1);
		receive(&dev, rows[i].id % 2, &ev, 1);
		device_expect_idle(&dev);
		device_stop(&dev);
		mend_and_run(&dev, &small);
	}
	device_remove(&dev);
}

static void
starts(void **state)
{
	static const struct {
		const char *name;
		const char *args;
		struct setup setup;
		int want;
		const char *says;
	} rows[] = {
		{ "first queue not set up",
		  "",
		  { .queues = "-a", .ports = { "1" } },
		  -ESTALE,
		  "queue 0 has not been set up: accepted are 2 queues" },
		{ "last queue not set up",
		  "",
		  { .queues = "aops-", .ports = { "0" } },
		  -ESTALE,
		  "queue 4 has not been set up: accepted are 5 queues" },
		{ "no port set up",
		  "",
		  { .queues = "as", .ports = { "-", "-" } },
		  -EINVAL,
		  "1 load-balanced queues and no port that can be linked to them: accepted is "
		  "at least one port without SINGLE_LINK" },
		{ "nothing set up",
		  "",
		  { .queues = "--", .ports = { "-", "-" } },
		  -ESTALE,
		  "queue 0 has not been set up" },
		{ "64 ports with 32 links",
		  "",
		  { .queues = P32, .ports = { "*" }, .more_ports = 63 },
		  -ENOSPC,
		  "256 load-balanced hardware ports, one for every 8 links of a port: accepted are "
		  "up to 64" },
		{ "17 ports with 32 links",
		  "hw=2.0",
		  { .queues = P32, .ports = { "*" }, .more_ports = 16 },
		  -ENOSPC,
		  "68 load-balanced hardware ports, one for every 8 links of a port: accepted are "
		  "up to 64" },
		{ "65 ports, one of them said to be single-link",
		  "",
		  { .queues = "ap", .ports = { "0" }, .more_ports = 64, .single_links = 1 },
		  -ENOSPC,
		  "65 load-balanced hardware ports, one for every 8 links of a port: accepted are "
		  "up to 64" },
		{ "33 queues, one of them said to be single-link",
		  "",
		  { .queues = P32 "p", .ports = { "0", "1" }, .single_links = 1 },
		  -ENOSPC,
		  "33 load-balanced queues: accepted are up to 32" },
		{ "33 ordered queues",
		  "",
		  { .queues = O32 "o", .ports = { "0", "1" }, .single_links = 1 },
		  -ENOSPC,
		  "33 ordered or ALL_TYPES queues: accepted are up to 32" },
		{ "40 ordered and ALL_TYPES queues",
		  "hw=2.0",
		  { .queues = O32 "mmmmmmmm",
		    .ports = { "0" },
		    .more_ports = 8,
		    .single_links = 8 },
		  -ENOSPC,
		  "40 ordered or ALL_TYPES queues: accepted are up to 32" },
		{ "65 SINGLE_LINK queues on 2.0",
		  "hw=2.0",
		  { .queues = S64 "s", .ports = { "0", "" }, .more_ports = 63 },
		  -ENOSPC,
		  "65 directed queues: accepted are up to 64" },
		{ "97 SINGLE_LINK queues on 2.5",
		  "",
		  { .queues = S64 S8 S8 S8 S8 "s", .ports = { "0", "" }, .more_ports = 95 },
		  -ENOSPC,
		  "97 directed queues: accepted are up to 96" },
		{ "only SINGLE_LINK ports",
		  "",
		  { .queues = "as", .ports = { "=1", "=" } },
		  -EINVAL,
		  "1 load-balanced queues and no port that can be linked to them: accepted is at "
		  "least one port without SINGLE_LINK" },
		{ "SINGLE_LINK port too many on 2.0",
		  "hw=2.0",
		  { .queues = "a" S64, .ports = { "0", "=", "" }, .more_ports = 32 },
		  -ENOSPC,
		  "65 directed hardware ports" },
		{ "SINGLE_LINK port too many on 2.5",
		  "",
		  { .queues = "a" S64 S8 S8 S8 S8, .ports = { "0", "=", "" }, .more_ports = 62 },
		  -ENOSPC,
		  "97 directed hardware ports" },
	};
	struct device dev;
	uint32_t i, again;

	for (i = 0; i < RTE_DIM(rows); i++) {
		device_probe(&dev, *state, NAME, rows[i].args);
		device_configure(&dev, &rows[i].setup);
		for (again = 0; again < 2; again++) {
			log_mark(*state);
			TEST_EQ(rte_event_dev_start(dev.id), rows[i].want, rows[i].name);
			log_expect(*state, NAME, rows[i].says, rows[i].name);
		}
		mend_and_run(&dev, &everything);
		device_remove(&dev);
	}
}

/* A queue may become SINGLE_LINK after it was linked, and then there may be links too many. */
static void
queues_that_become_single_link(void **state)
{
	static const struct {
		struct setup setup;
		const char *says;
	} rows[] = {
		{ { .queues = "pp", .ports = { "01", "1" } },
		  "port 0: link to queue 1, which is SINGLE_LINK and linked to port 1" },
		{ { .queues = "aaaaaaaaaa", .ports = { "0123456789", "" } },
		  "9 SINGLE_LINK queues on one port: accepted are up to 8" },
		{ { .queues = P32, .ports = { "*", "" } },
		  "31 SINGLE_LINK queues on one port: accepted are up to 8" },
	};
	struct device dev;
	uint32_t i;
	uint8_t q;

	device_probe(&dev, *state, NAME, "");
	for (i = 0; i < RTE_DIM(rows); i++) {
		device_configure(&dev, &rows[i].setup);
		for (q = 1; q < strlen(rows[i].setup.queues); q++)
			device_setup_queue(&dev, q, 's');
		log_mark(*state);
		TEST_EQ(rte_event_dev_start(dev.id), -EDQUOT, rows[i].says);
		log_expect(*state, NAME, rows[i].says, rows[i].setup.queues);
		mend_and_run(&dev, &everything);
	}
	device_remove(&dev);
}

/* All of EAL's memory, in pieces that can be given back one by one. */
struct hog {
	STAILQ_ENTRY(hog) next;
};

STAILQ_HEAD(hogs, hog);

static void
memory_take(struct hogs *hogs)
{
	size_t size_bytes = 64u << 20;
	struct hog *hog;

	STAILQ_INIT(hogs);
	while (size_bytes >= RTE_CACHE_LINE_SIZE) {
		hog = rte_malloc(NULL, size_bytes, 0);
		if (hog == NULL)
			size_bytes /= 2;
		else
			STAILQ_INSERT_HEAD(hogs, hog, next);
	}
}

static bool
memory_put_one(struct hogs *hogs)
{
	struct hog *hog = STAILQ_FIRST(hogs);

	if (hog == NULL)
		return false;
	STAILQ_REMOVE_HEAD(hogs, next);
	rte_free(hog);
	return true;
}

static void
memory_put(struct hogs *hogs)
{
	while (memory_put_one(hogs))
		;
}

/* At each step that takes memory, until there is enough. */
static void
no_memory_to_probe(void **state)
{
	uint32_t refused = 0;
	struct device dev;
	struct hogs hogs;
	int ret;

	memory_take(&hogs);
	do {
		log_mark(*state);
		ret = rte_vdev_init(NAME, "");
		if (ret < 0) {
			assert_int_equal(ret, -ENOMEM);
			assert_int_equal(log_lines(*state, NAME), 1);
			assert_int_equal(rte_event_dev_get_dev_id(NAME), -ENODEV);
			refused++;
		}
		/* The library panics when only the memory for what is private to a driver lacks. */
		memory_put(&hogs);
	} while (ret < 0);
	assert_true(refused > 0);
	assert_int_equal(rte_vdev_uninit(NAME), 0);
	device_probe(&dev, *state, NAME, "");
	mend_and_run(&dev, &everything);
	device_remove(&dev);
}

static void
no_memory_for_a_port(void **state)
{
	struct rte_event_dev_config conf = device_conf(&small);
	struct device dev;
	struct hogs hogs;

	device_probe(&dev, *state, NAME, "");
	assert_int_equal(rte_event_dev_configure(dev.id, &conf), 0);
	memory_take(&hogs);
	log_mark(*state);
	assert_int_equal(rte_event_port_setup(dev.id, 1, NULL), -ENOMEM);
	log_expect(*state, NAME, "port 1: no memory for", "port set-up");
	memory_put(&hogs);
	mend_and_run(&dev, &everything);
	device_remove(&dev);
}

static void
no_memory_to_start(void **state)
{
	static const struct setup setup = { .queues = "aos",
					    .ports = { "01", "2", "0", "1", "" },
					    .depth = 128 };
	static const char *const args[] = { "hw=2.0,cq_mode=sparse", "hw=2.5,sched=thread" };
	uint32_t refused, a;
	struct device dev;
	struct hogs hogs;
	int ret;

	for (a = 0; a < RTE_DIM(args); a++) {
		refused = 0;
		device_probe(&dev, *state, NAME, args[a]);
		device_configure(&dev, &setup);
		memory_take(&hogs);
		do {
			log_mark(*state);
			ret = rte_event_dev_start(dev.id);
			if (ret < 0) {
				TEST_EQ(ret, -ENOMEM, args[a]);
				TEST_EQ(log_lines(*state, NAME), 1, args[a]);
				refused++;
			}
		} while (ret < 0 && memory_put_one(&hogs));
		TEST_EQ(ret, 0, args[a]);
		TEST_EQ(refused > 1, 1, args[a]);
		memory_put(&hogs);
		device_stop(&dev);
		mend_and_run(&dev, &everything);
		device_remove(&dev);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(configurations, fixture_sweep),
		cmocka_unit_test_teardown(queues, fixture_sweep),
		cmocka_unit_test_teardown(ports, fixture_sweep),
		cmocka_unit_test_teardown(starts, fixture_sweep),
		cmocka_unit_test_teardown(queues_that_become_single_link, fixture_sweep),
		cmocka_unit_test_teardown(no_memory_to_probe, fixture_sweep),
		cmocka_unit_test_teardown(no_memory_for_a_port, fixture_sweep),
		cmocka_unit_test_teardown(no_memory_to_start, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
