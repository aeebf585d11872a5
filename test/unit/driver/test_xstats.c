/* SPDX-License-Identifier: BSD-3-Clause */
/* Statistics: their names and ids, what they count, resets; and the dump. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "fixture.h"

#define STATS_MAX 64
#define GUIDE_BYTES 32768
#define DEVICE_STATS RTE_EVENT_DEV_XSTATS_DEVICE
#define PORT_STATS RTE_EVENT_DEV_XSTATS_PORT
#define QUEUE_STATS RTE_EVENT_DEV_XSTATS_QUEUE

static const struct setup setup = { .queues = "aos", .ports = { "!01", "!2" } };

static const struct place {
	enum rte_event_dev_xstats_mode mode;
	uint8_t id;
	const char *prefix;
	const char *first;
} places[] = {
	{ DEVICE_STATS, 0, "dev_", "dev_events_limit" },
	{ PORT_STATS, 0, "port_0_", "port_0_scheduled" },
	{ PORT_STATS, 1, "port_1_", "port_1_scheduled" },
	{ QUEUE_STATS, 0, "queue_0_", "queue_0_depth" },
	{ QUEUE_STATS, 1, "queue_1_", "queue_1_depth" },
	{ QUEUE_STATS, 2, "queue_2_", "queue_2_depth" },
};

/* Each statistic has a name of its own and an id of its own, and is found by both. */
static void
names_and_ids_agree(void **state)
{
	struct rte_event_dev_xstats_name names[STATS_MAX];
	uint64_t ids[STATS_MAX], values[STATS_MAX], seen[RTE_DIM(places) * STATS_MAX], id;
	uint32_t nb_seen = 0;
	struct device dev;
	uint32_t p, i, k;
	int n;

	device_create(&dev, *state, "", &setup);
	for (p = 0; p < RTE_DIM(places); p++) {
		n = rte_event_dev_xstats_names_get(dev.id, places[p].mode, places[p].id, NULL, NULL,
						   0);
		TEST_EQ(n > 0 && n <= STATS_MAX, true, places[p].prefix);
		/* Too small a table is left alone, and told how large it must be. */
		memset(names, 0, sizeof(names));
		TEST_EQ(rte_event_dev_xstats_names_get(dev.id, places[p].mode, places[p].id, names,
						       ids, (unsigned int)n - 1),
			n, places[p].prefix);
		TEST_EQ(names[0].name[0], '\0', places[p].prefix);
		TEST_EQ(rte_event_dev_xstats_names_get(dev.id, places[p].mode, places[p].id, names,
						       ids, STATS_MAX),
			n, places[p].prefix);
		assert_string_equal(names[0].name, places[p].first);
		TEST_EQ(rte_event_dev_xstats_get(dev.id, places[p].mode, places[p].id, ids, values,
						 (unsigned int)n),
			n, places[p].prefix);
		for (i = 0; i < (uint32_t)n; i++) {
			TEST_EQ(strncmp(names[i].name, places[p].prefix, strlen(places[p].prefix)),
				0, names[i].name);
			TEST_EQ(rte_event_dev_xstats_by_name_get(dev.id, names[i].name, &id),
				values[i], names[i].name);
			TEST_EQ(id, ids[i], names[i].name);
			for (k = 0; k < nb_seen; k++)
				TEST_EQ(ids[i] != seen[k], true, names[i].name);
			seen[nb_seen++] = ids[i];
		}
	}
	device_remove(&dev);
}

static void
bad_names_and_ids(void **state)
{
	static const char *const names[] = { "",
					     "bogus",
					     "dev_",
					     "dev_events_limi",
					     "dev_events_limit_",
					     "port_2_scheduled",
					     "port_00_scheduled",
					     "port_255_scheduled",
					     "queue_3_depth",
					     "port_0_depth",
					     "PORT_0_SCHEDULED" };
	struct rte_event_dev_xstats_name some[STATS_MAX];
	uint64_t ids[3] = { 0, 1, 1000000 }, values[3], id;
	struct device dev;
	uint32_t i;

	device_create(&dev, *state, "", &setup);
	for (i = 0; i < RTE_DIM(names); i++) {
		TEST_EQ(rte_event_dev_xstats_by_name_get(dev.id, names[i], &id), -EINVAL, names[i]);
		TEST_EQ(id, UINT32_MAX, names[i]);
	}
	assert_int_equal(rte_event_dev_xstats_by_name_get(dev.id, "dev_events_limit", NULL),
			 DEVICE_LIMIT);
	assert_int_equal(rte_event_dev_xstats_names_get(dev.id, PORT_STATS, 2, some, ids,
							STATS_MAX),
			 -EINVAL);
	assert_int_equal(rte_event_dev_xstats_names_get(dev.id, QUEUE_STATS, 3, some, ids,
							STATS_MAX),
			 -EINVAL);
	assert_int_equal(rte_event_dev_xstats_names_get(dev.id, 7, 0, some, ids, STATS_MAX),
			 -EINVAL);
	assert_int_equal(rte_event_dev_xstats_get(dev.id, PORT_STATS, 2, ids, values, 1), -EINVAL);
	assert_int_equal(rte_event_dev_xstats_get(dev.id, QUEUE_STATS, 255, ids, values, 1),
			 -EINVAL);
	/* As far as ids are good; an id of the device is none of a port. */
	assert_int_equal(rte_event_dev_xstats_get(dev.id, DEVICE_STATS, 0, ids, values, 3), 2);
	assert_int_equal(values[0], DEVICE_LIMIT);
	assert_int_equal(rte_event_dev_xstats_get(dev.id, PORT_STATS, 0, ids, values, 2), 0);
	ids[0] = UINT64_MAX;
	assert_int_equal(rte_event_dev_xstats_get(dev.id, DEVICE_STATS, 0, ids, values, 1), 0);
	assert_int_equal(rte_event_dev_xstats_get(dev.id, QUEUE_STATS, 0, ids, values, 1), 0);
	device_remove(&dev);
}

struct expected {
	const char *name;
	uint64_t value;
};

static void
xstats_expect(const struct device *dev, const struct expected rows[], uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		TEST_EQ(device_xstat(dev, rows[i].name), rows[i].value, rows[i].name);
}

/* 20 events to the atomic queue, of which 12 are taken and 5 sent on to the single-link queue. */
static void
make_traffic(struct device *dev)
{
	struct rte_event ev[DEVICE_DEPTH];
	uint16_t i;

	for (i = 0; i < 20; i++)
		ev[i] = event_new(0, RTE_SCHED_TYPE_ATOMIC, i, i);
	send(dev, 0, ev, 20);
	receive(dev, 0, ev, 12);
	forward(dev, 0, ev, 5, 2, RTE_SCHED_TYPE_ATOMIC);
	receive(dev, 1, ev, 5);
}

static void
finish_traffic(struct device *dev)
{
	struct rte_event ev[DEVICE_DEPTH];
	uint16_t i;

	for (i = 0; i < 7; i++)
		ev[i] = (struct rte_event){ .op = RTE_EVENT_OP_RELEASE };
	assert_int_equal(rte_event_enqueue_burst(dev->id, 0, ev, 7), 7);
	receive(dev, 0, ev, 8);
	release(dev, 0, ev, 8);
	for (i = 0; i < 5; i++)
		ev[i].op = RTE_EVENT_OP_RELEASE;
	assert_int_equal(rte_event_enqueue_burst(dev->id, 1, ev, 5), 5);
}

static void
values_follow_traffic(void **state)
{
	static const char *const generations[] = { "hw=2.0", "hw=2.5,cq_mode=sparse", DEVICE_SLOW };
	static const struct expected midway[] = {
		{ "dev_events_limit", DEVICE_LIMIT },
		{ "dev_links_pending", 0 },
		{ "dev_model_lint_findings", 0 },
		{ "port_0_scheduled", 20 },
		{ "port_0_inflights", 15 }, /* 7 held, and 8 in the CQ */
		{ "port_0_held", 7 },
		{ "port_1_scheduled", 5 },
		{ "port_1_inflights", 0 },
		{ "port_1_held", 5 },
		{ "port_0_rejected_no_credit", 0 },
		{ "queue_0_depth", 0 },
		{ "queue_0_inflights", 15 },
		{ "queue_0_enqueued", 20 },
		{ "queue_1_enqueued", 0 },
		{ "queue_2_depth", 0 },
		{ "queue_2_inflights", 0 },
		{ "queue_2_enqueued", 5 },
	};
	static const struct expected afterwards[] = {
		{ "dev_events_in_system", 0 }, { "port_0_scheduled", 20 },
		{ "port_0_inflights", 0 },     { "port_0_tokens", 0 },
		{ "port_0_held", 0 },          { "port_0_credits_cached", 0 },
		{ "port_1_scheduled", 5 },     { "port_1_tokens", 0 },
		{ "port_1_held", 0 },          { "queue_0_depth", 0 },
		{ "queue_0_inflights", 0 },    { "queue_0_enqueued", 20 },
	};
	struct device dev;
	uint32_t g;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		make_traffic(&dev);
		xstats_expect(&dev, midway, RTE_DIM(midway));
		finish_traffic(&dev);
		device_expect_idle(&dev);
		xstats_expect(&dev, afterwards, RTE_DIM(afterwards));
		device_remove(&dev);
	}
}

/* Depth is what the scheduler has not taken, which is everything in a queue without a link. */
static void
depth_of_a_queue(void **state)
{
	static const struct setup unlinked = { .queues = "aps", .ports = { "!0", "" } };
	struct rte_event ev[DEVICE_DEPTH];
	uint8_t queue = 1;
	struct device dev;
	uint16_t i;

	device_create(&dev, *state, "", &unlinked);
	for (i = 0; i < DEVICE_DEPTH; i++)
		ev[i] = event_new(1, RTE_SCHED_TYPE_PARALLEL, i, i);
	send(&dev, 1, ev, DEVICE_DEPTH);
	assert_int_equal(poll(&dev, 0, ev, 1), 0);
	assert_int_equal(device_xstat(&dev, "queue_1_depth"), DEVICE_DEPTH);
	assert_int_equal(device_xstat(&dev, "queue_1_max_depth"), DEVICE_DEPTH);
	assert_int_equal(device_xstat(&dev, "queue_1_inflights"), 0);
	assert_int_equal(rte_event_port_link(dev.id, 0, &queue, NULL, 1), 1);
	receive(&dev, 0, ev, DEVICE_DEPTH);
	assert_int_equal(device_xstat(&dev, "queue_1_depth"), 0);
	assert_int_equal(device_xstat(&dev, "queue_1_inflights"), DEVICE_DEPTH);
	release(&dev, 0, ev, DEVICE_DEPTH);
	device_remove(&dev);
}

/* Counters start again from 0, levels stay what they are. */
static void
resets(void **state)
{
	static const struct expected counted[] = {
		{ "port_0_scheduled", 20 },         { "port_1_scheduled", 5 },
		{ "port_0_rejected_bad_queue", 1 }, { "queue_0_enqueued", 20 },
		{ "queue_2_enqueued", 5 },
	};
	static const struct expected levels[] = {
		{ "dev_events_limit", DEVICE_LIMIT },
		{ "port_0_held", 7 },
		{ "port_0_inflights", 15 },
		{ "queue_0_inflights", 15 },
	};
	static const struct {
		const char *name;
		enum rte_event_dev_xstats_mode mode;
		int16_t id;
		uint32_t reset; /* bit i: counted[i] is 0 afterwards */
	} rows[] = {
		{ "device", DEVICE_STATS, 0, 0 },
		{ "port 0", PORT_STATS, 0, 1 << 0 | 1 << 2 },
		{ "port 1", PORT_STATS, 1, 1 << 1 },
		{ "all ports", PORT_STATS, -1, 1 << 0 | 1 << 1 | 1 << 2 },
		{ "queue 0", QUEUE_STATS, 0, 1 << 3 },
		{ "all queues", QUEUE_STATS, -1, 1 << 3 | 1 << 4 },
	};
	struct rte_event bad = event_new(9, RTE_SCHED_TYPE_ATOMIC, 0, 0);
	struct device dev;
	uint32_t r, i;

	for (r = 0; r < RTE_DIM(rows); r++) {
		device_create(&dev, *state, "", &setup);
		make_traffic(&dev);
		assert_int_equal(rte_event_enqueue_burst(dev.id, 0, &bad, 1), 0);
		xstats_expect(&dev, counted, RTE_DIM(counted));
		TEST_EQ(rte_event_dev_xstats_reset(dev.id, rows[r].mode, rows[r].id, NULL, 0), 0,
			rows[r].name);
		for (i = 0; i < RTE_DIM(counted); i++)
			TEST_EQ(device_xstat(&dev, counted[i].name),
				rows[r].reset >> i & 1 ? 0 : counted[i].value, counted[i].name);
		xstats_expect(&dev, levels, RTE_DIM(levels));
		finish_traffic(&dev);
		device_remove(&dev);
	}
}

static void
resets_of_some_ids(void **state)
{
	uint64_t ids[2], other;
	struct device dev;

	device_create(&dev, *state, "", &setup);
	make_traffic(&dev);
	rte_event_dev_xstats_by_name_get(dev.id, "queue_0_enqueued", &ids[0]);
	rte_event_dev_xstats_by_name_get(dev.id, "queue_0_depth", &ids[1]);
	rte_event_dev_xstats_by_name_get(dev.id, "queue_2_enqueued", &other);
	assert_int_equal(rte_event_dev_xstats_reset(dev.id, QUEUE_STATS, 0, ids, 2), 0);
	assert_int_equal(device_xstat(&dev, "queue_0_enqueued"), 0);
	assert_int_equal(device_xstat(&dev, "queue_2_enqueued"), 5);
	assert_int_equal(rte_event_dev_xstats_reset(dev.id, QUEUE_STATS, 0, &other, 1), -EINVAL);
	assert_int_equal(rte_event_dev_xstats_reset(dev.id, QUEUE_STATS, 3, NULL, 0), -EINVAL);
	assert_int_equal(rte_event_dev_xstats_reset(dev.id, PORT_STATS, 2, NULL, 0), -EINVAL);
	assert_int_equal(device_xstat(&dev, "queue_2_enqueued"), 5);
	/* Some ids of whichever ports they belong to. */
	rte_event_dev_xstats_by_name_get(dev.id, "port_0_scheduled", &ids[0]);
	rte_event_dev_xstats_by_name_get(dev.id, "port_1_scheduled", &ids[1]);
	assert_int_equal(rte_event_dev_xstats_reset(dev.id, PORT_STATS, -1, ids, 2), 0);
	assert_int_equal(device_xstat(&dev, "port_0_scheduled"), 0);
	assert_int_equal(device_xstat(&dev, "port_1_scheduled"), 0);
	finish_traffic(&dev);
	device_remove(&dev);
}

/* Statistics can be asked for whatever the state of the device. */
static void
statistics_of_a_stopped_device(void **state)
{
	struct rte_event_dev_config conf = device_conf(&setup);
	struct rte_event_dev_xstats_name names[STATS_MAX];
	uint64_t ids[STATS_MAX];
	struct device dev;

	device_probe(&dev, *state, "event_dlb0", "");
	assert_int_equal(device_xstat(&dev, "dev_events_limit"), 0);
	assert_int_equal(rte_event_dev_xstats_names_get(dev.id, PORT_STATS, 0, names, ids,
							STATS_MAX),
			 -EINVAL);
	assert_int_equal(rte_event_dev_configure(dev.id, &conf), 0);
	/* A port that has not been set up has none, a queue counts nothing. */
	assert_int_equal(rte_event_dev_xstats_names_get(dev.id, PORT_STATS, 0, names, ids,
							STATS_MAX),
			 -EINVAL);
	assert_int_equal(device_xstat(&dev, "queue_0_enqueued"), 0);
	device_configure(&dev, &setup);
	assert_int_equal(device_xstat(&dev, "port_0_scheduled"), 0);
	device_start(&dev);
	make_traffic(&dev);
	finish_traffic(&dev);
	rte_event_dev_xstats_reset(dev.id, PORT_STATS, -1, NULL, 0);
	device_stop(&dev);
	assert_int_equal(device_xstat(&dev, "port_0_scheduled"), 0);
	assert_int_equal(device_xstat(&dev, "queue_0_enqueued"), 0);
	/* Counted from the start. */
	device_start(&dev);
	make_traffic(&dev);
	assert_int_equal(device_xstat(&dev, "port_0_scheduled"), 20);
	finish_traffic(&dev);
	device_remove(&dev);
}

static void
dump_expect(const struct device *dev, const char *const words[], const char *row)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	uint32_t i;

	assert_non_null(f);
	TEST_EQ(rte_event_dev_dump(dev->id, f), 0, row);
	fclose(f);
	for (i = 0; words[i] != NULL; i++) {
		if (strstr(text, words[i]) == NULL)
			fail_msg("%s: dump without '%s':\n%s", row, words[i], text);
	}
	free(text);
}

static void
dumps_mention_everything(void **state)
{
	static const char *const probed[] = { "event_dlb0: DLB 2.5", "stopped", NULL };
	static const char *const configured[] = { "event_dlb0",
						  "queue 0: not set up",
						  "queue 1: not set up",
						  "queue 2: not set up",
						  "stopped",
						  NULL };
	static const char *const set_up[] = { "queue 0: set up", "queue 1: set up",
					      "queue 2: set up", "port 0: 2 links",
					      "port 1: 1 links", NULL };
	static const char *const started[] = { "started",
					       "queue 0: load-balanced",
					       "queue 1: load-balanced",
					       "queue 2: directed",
					       "port 0: 2 links",
					       "port 1: 1 links",
					       "load-balanced port",
					       "directed port",
					       "enqueued 20",
					       "(7 held)",
					       NULL };
	struct rte_event_dev_config conf = device_conf(&setup);
	struct device dev;

	device_probe(&dev, *state, "event_dlb0", "");
	dump_expect(&dev, probed, "probed");
	assert_int_equal(rte_event_dev_configure(dev.id, &conf), 0);
	dump_expect(&dev, configured, "configured");
	device_configure(&dev, &setup);
	dump_expect(&dev, set_up, "set up");
	device_start(&dev);
	make_traffic(&dev);
	dump_expect(&dev, started, "started");
	finish_traffic(&dev);
	device_stop(&dev);
	dump_expect(&dev, set_up, "stopped");
	assert_int_equal(rte_event_dev_dump(dev.id, NULL), -EINVAL);
	device_remove(&dev);
}

/* Rows of the guide's tables: "| `name` |". */
static uint32_t
guide_rows(const char *text)
{
	uint32_t n = 0;

	while ((text = strstr(text, "\n| `")) != NULL) {
		n++;
		text++;
	}
	return n;
}

static char *
guide_read(void)
{
	static char text[GUIDE_BYTES];
	FILE *file = fopen(GUIDE, "r");
	size_t n;

	assert_non_null(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	fclose(file);
	return text;
}

/* Each statistic stands in the guide, as a counter if it can be reset; and no others do. */
static void
guide_has_all(void **state)
{
	static const char *const prefixes[] = { "dev_", "port_0_", "queue_0_" };
	struct rte_event_dev_xstats_name names[STATS_MAX];
	const char *text = guide_read();
	char row[RTE_EVENT_DEV_XSTATS_NAME_SIZE + 8];
	uint32_t total = 0;
	struct device dev;
	uint32_t mode;
	int n, i;

	device_create(&dev, *state, "", &setup);
	for (mode = 0; mode < RTE_DIM(prefixes); mode++) {
		n = rte_event_dev_xstats_names_get(dev.id, mode, 0, names, NULL, STATS_MAX);
		total += (uint32_t)n;
		for (i = 0; i < n; i++) {
			snprintf(row, sizeof(row), "\n| `%s` |",
				 names[i].name + strlen(prefixes[mode]));
			TEST_EQ(strstr(text, row) != NULL, true, names[i].name);
		}
	}
	assert_int_equal(guide_rows(text), total);
	device_remove(&dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(names_and_ids_agree, fixture_sweep),
		cmocka_unit_test_teardown(bad_names_and_ids, fixture_sweep),
		cmocka_unit_test_teardown(values_follow_traffic, fixture_sweep),
		cmocka_unit_test_teardown(depth_of_a_queue, fixture_sweep),
		cmocka_unit_test_teardown(resets, fixture_sweep),
		cmocka_unit_test_teardown(resets_of_some_ids, fixture_sweep),
		cmocka_unit_test_teardown(statistics_of_a_stopped_device, fixture_sweep),
		cmocka_unit_test_teardown(dumps_mention_everything, fixture_sweep),
		cmocka_unit_test_teardown(guide_has_all, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
