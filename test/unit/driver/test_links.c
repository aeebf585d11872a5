/* SPDX-License-Identifier: BSD-3-Clause */
/* Links: which are refused, and what becomes of events when they change while the device runs. */
#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "fixture.h"

#define NAME "event_dlb0"
#define TURNS_MAX 400

static const char *const generations[] = { "hw=2.0", "hw=2.5,cq_mode=sparse", DEVICE_SLOW };

static uint16_t
links_count(const struct device *dev, uint8_t port)
{
	uint8_t queues[RTE_EVENT_MAX_QUEUES_PER_DEV], priorities[RTE_EVENT_MAX_QUEUES_PER_DEV];
	int count = rte_event_port_links_get(dev->id, port, queues, priorities);

	assert_true(count >= 0);
	return (uint16_t)count;
}

struct refusal {
	const char *name;
	struct setup setup;
	bool started;
	uint8_t port;
	uint8_t queues[10];
	uint16_t nb_queues;
	uint16_t want;
	int error;
	const char *says; /* NULL: the library refuses, and says nothing */
};

static void
refused_links(void **state)
{
	static const struct refusal rows[] = {
		{ "queue not set up",
		  { .queues = "a-", .ports = { "0" } },
		  false,
		  0,
		  { 1 },
		  1,
		  0,
		  EINVAL,
		  "port 0: link to queue 1, which has not been set up" },
		{ "queue not set up, after one that is and before one that is",
		  { .queues = "a-p", .ports = { "" } },
		  false,
		  0,
		  { 0, 1, 2 },
		  3,
		  1,
		  EINVAL,
		  "port 0: link to queue 1, which has not been set up" },
		{ "port not set up",
		  { .queues = "a", .ports = { "0", "-" } },
		  false,
		  1,
		  { 0 },
		  1,
		  0,
		  EINVAL,
		  "link to a port that has not been set up" },
		{ "no such queue",
		  { .queues = "a", .ports = { "" } },
		  false,
		  0,
		  { 1 },
		  1,
		  0,
		  EINVAL },
		{ "no such queue, after one that is",
		  { .queues = "a", .ports = { "" } },
		  false,
		  0,
		  { 0, 255 },
		  2,
		  0,
		  EINVAL },
		{ "SINGLE_LINK queue of another port",
		  { .queues = "as", .ports = { "01", "0" } },
		  false,
		  1,
		  { 1 },
		  1,
		  0,
		  EDQUOT,
		  "port 1: link to queue 1, which is SINGLE_LINK and linked to port 0" },
		{ "SINGLE_LINK queue of another port, after one that is free",
		  { .queues = "sas", .ports = { "0", "" } },
		  false,
		  1,
		  { 2, 1, 0 },
		  3,
		  2,
		  EDQUOT,
		  "port 1: link to queue 0, which is SINGLE_LINK and linked to port 0" },
		{ "nine SINGLE_LINK queues",
		  { .queues = "sssssssss", .ports = { "", "" } },
		  false,
		  0,
		  { 0, 1, 2, 3, 4, 5, 6, 7, 8 },
		  9,
		  8,
		  EDQUOT,
		  "9 SINGLE_LINK queues on one port: accepted are up to 8" },
		{ "link of a running SINGLE_LINK port",
		  { .queues = "as", .ports = { "0", "=1" } },
		  true,
		  1,
		  { 0 },
		  1,
		  0,
		  ENOSPC,
		  "port 1: link to queue 0: a running device has room for 0 links of this port; "
		  "stop it to link more" },
		{ "SINGLE_LINK queue of another running port",
		  { .queues = "as", .ports = { "0", "1" } },
		  true,
		  0,
		  { 1 },
		  1,
		  0,
		  EDQUOT,
		  "port 0: link to queue 1, which is SINGLE_LINK and linked to port 1" },
	};
	static const struct setup mended = { .queues = "aosp", .ports = { "03", "12" } };
	struct device dev;
	uint16_t before;
	uint32_t g, r;
	char row[128];

	for (g = 0; g < RTE_DIM(generations); g++) {
		for (r = 0; r < RTE_DIM(rows); r++) {
			snprintf(row, sizeof(row), "%s, %s", generations[g], rows[r].name);
			device_probe(&dev, *state, NAME, generations[g]);
			device_configure(&dev, &rows[r].setup);
			if (rows[r].started)
				device_start(&dev);
			before = links_count(&dev, rows[r].port);
			log_mark(*state);
			rte_errno = 0;
			TEST_EQ(rte_event_port_link(dev.id, rows[r].port, rows[r].queues, NULL,
						    rows[r].nb_queues),
				rows[r].want, row);
			TEST_EQ(rte_errno, rows[r].error, row);
			if (rows[r].says != NULL)
				log_expect(*state, NAME, rows[r].says, row);
			TEST_EQ(links_count(&dev, rows[r].port), before + rows[r].want, row);
			if (rows[r].started) {
				device_expect_idle(&dev);
				device_stop(&dev);
			}
			device_configure(&dev, &mended);
			device_start(&dev);
			device_remove(&dev);
		}
	}
}

/* Ports and links that there are not: an error or nothing, and no harm. */
static void
refused_unlinks(void **state)
{
	static const struct setup setup = { .queues = "ap", .ports = { "0", "-" } };
	uint8_t queues[2] = { 0, 1 };
	struct device dev;

	device_probe(&dev, *state, NAME, "");
	device_configure(&dev, &setup);
	assert_int_equal(rte_event_port_unlink(dev.id, 2, queues, 1), 0);
	assert_int_equal(rte_errno, EINVAL);
	assert_int_equal(unlink_one(&dev, 0, 1), 0);
	assert_int_equal(unlink_one(&dev, 1, 0), 0);
	assert_int_equal(rte_event_port_unlinks_in_progress(dev.id, 1), 0);
	assert_int_equal(rte_event_port_unlinks_in_progress(dev.id, 2), -EINVAL);
	assert_int_equal(links_count(&dev, 0), 1);
	assert_int_equal(rte_event_port_unlink(dev.id, 0, queues, 2), 1);
	assert_int_equal(links_count(&dev, 0), 0);
	device_remove(&dev);
}

/* All in one call, and priorities as they were given. */
static void
links_are_remembered(void **state)
{
	static const struct setup setup = { .queues = "aops", .ports = { "", "" } };
	uint8_t queues[4] = { 2, 0, 3, 1 }, priorities[4] = { 0, 64, 128, 255 };
	uint8_t got[4], got_priorities[4];
	struct device dev;

	device_probe(&dev, *state, NAME, "");
	device_configure(&dev, &setup);
	assert_int_equal(rte_event_port_link(dev.id, 0, queues, priorities, 4), 4);
	assert_int_equal(rte_event_port_links_get(dev.id, 0, got, got_priorities), 4);
	assert_int_equal(got_priorities[0], 64);
	assert_int_equal(got_priorities[1], 255);
	assert_int_equal(got_priorities[2], 0);
	assert_int_equal(got_priorities[3], 128);
	/* Twice is once, with the later priority. */
	assert_int_equal(rte_event_port_link(dev.id, 0, queues, priorities, 1), 1);
	assert_int_equal(links_count(&dev, 0), 4);
	device_start(&dev);
	device_expect_idle(&dev);
	device_stop(&dev);
	assert_int_equal(rte_event_port_unlink(dev.id, 0, NULL, 0), 4);
	assert_int_equal(links_count(&dev, 0), 0);
	assert_int_equal(rte_event_port_link(dev.id, 1, NULL, NULL, 0), 4);
	assert_int_equal(links_count(&dev, 1), 4);
	device_start(&dev);
	device_remove(&dev);
}

static void
send_numbered(const struct device *dev, uint8_t port, uint8_t queue, uint32_t n)
{
	struct rte_event ev;
	uint32_t i;

	for (i = 0; i < n; i++) {
		ev = event_new(queue, RTE_SCHED_TYPE_ATOMIC, i, i);
		send(dev, port, &ev, 1);
	}
}

static void
linked_while_running(void **state)
{
	static const char *const queues[] = { "a", "o", "p", "m" };
	struct setup setup = { .ports = { "!", "!", "!" } };
	struct rte_event ev[DEVICE_DEPTH];
	struct device dev;
	uint32_t g, q;

	for (g = 0; g < RTE_DIM(generations); g++) {
		for (q = 0; q < RTE_DIM(queues); q++) {
			setup.queues = queues[q];
			device_create(&dev, *state, generations[g], &setup);
			/* What came before the link waits for it. */
			send_numbered(&dev, 0, 0, DEVICE_DEPTH);
			TEST_EQ(poll(&dev, 1, ev, DEVICE_DEPTH), 0, queues[q]);
			TEST_EQ(link_one(&dev, 1, 0), 1, queues[q]);
			receive(&dev, 1, ev, DEVICE_DEPTH);
			release(&dev, 1, ev, DEVICE_DEPTH);
			/* A second link, while the first port is busy, and then both work. */
			send_numbered(&dev, 0, 0, 8);
			receive(&dev, 1, ev, 4);
			TEST_EQ(link_one(&dev, 2, 0), 1, queues[q]);
			release(&dev, 1, ev, 4);
			receive(&dev, 1, ev, 4);
			release(&dev, 1, ev, 4);
			TEST_EQ(unlink_one(&dev, 1, 0), 1, queues[q]);
			TEST_EQ(unlink_finish(&dev, 1), 0, queues[q]);
			send_numbered(&dev, 0, 0, 8);
			receive(&dev, 2, ev, 8);
			release(&dev, 2, ev, 8);
			TEST_EQ(device_xstat(&dev, "dev_links_pending"), 0, queues[q]);
			device_remove(&dev);
		}
	}
}

/* The port keeps and answers for what it had, gets nothing after that, and the rest goes elsewhere. */
static void
unlinked_while_running(void **state)
{
	static const char *const queues[] = { "a", "o", "p", "m" };
	struct setup setup = { .ports = { "!0", "!0", "" } };
	struct rte_event ev[DEVICE_DEPTH];
	struct device dev;
	uint32_t g, q, got, turn;
	uint16_t n;

	for (g = 0; g < RTE_DIM(generations); g++) {
		for (q = 0; q < RTE_DIM(queues); q++) {
			setup.queues = queues[q];
			device_create(&dev, *state, generations[g], &setup);
			send_numbered(&dev, 2, 0, 200);
			n = poll(&dev, 0, ev, 8);
			TEST_EQ(n > 0, true, queues[q]);
			TEST_EQ(unlink_one(&dev, 0, 0), 1, queues[q]);
			TEST_EQ(links_count(&dev, 0), 0, queues[q]);
			TEST_EQ(rte_event_port_unlinks_in_progress(dev.id, 0), 1, queues[q]);
			release(&dev, 0, ev, n);
			got = n + unlink_finish(&dev, 0);
			for (turn = 0; got < 200 && turn < TURNS_MAX; turn++) {
				n = poll(&dev, 1, ev, DEVICE_DEPTH);
				release(&dev, 1, ev, n);
				got += n;
			}
			TEST_EQ(got, 200, queues[q]);
			send_numbered(&dev, 2, 0, 8);
			TEST_EQ(poll(&dev, 0, ev, DEVICE_DEPTH), 0, queues[q]);
			receive(&dev, 1, ev, 8);
			release(&dev, 1, ev, 8);
			device_remove(&dev);
		}
	}
}

/* The other queues of a port that has several hardware ports go on. */
static void
unlinked_one_of_many(void **state)
{
	static const struct setup setup = { .queues = "aaaaaaaaaaaaaaaaaaaa",
					    .ports = { "!*", "" },
					    .depth = 64 };
	struct rte_event ev[64];
	struct device dev;
	uint8_t q, other;

	device_create(&dev, *state, "", &setup);
	for (q = 0; q < 20; q++) {
		assert_int_equal(unlink_one(&dev, 0, q), 1);
		assert_int_equal(unlink_finish(&dev, 0), 0);
		for (other = 0; other < 20; other++) {
			ev[0] = event_new(other, RTE_SCHED_TYPE_ATOMIC, 1, other);
			send(&dev, 1, ev, 1);
		}
		receive(&dev, 0, ev, 19);
		release(&dev, 0, ev, 19);
		assert_int_equal(poll(&dev, 0, ev, 1), 0);
		assert_int_equal(link_one(&dev, 0, q), 1);
		receive(&dev, 0, ev, 1);
		assert_int_equal(ev[0].queue_id, q);
		release(&dev, 0, ev, 1);
	}
	device_remove(&dev);
}

static void
single_link_queue_unlinked_and_linked(void **state)
{
	static const struct setup setup = { .queues = "sa", .ports = { "!0", "!1" } };
	struct rte_event ev[DEVICE_DEPTH];
	struct device dev;
	uint32_t g, i;

	for (g = 0; g < RTE_DIM(generations); g++) {
		device_create(&dev, *state, generations[g], &setup);
		for (i = 0; i < 3; i++) {
			assert_int_equal(unlink_one(&dev, 0, 0), 1);
			assert_int_equal(unlink_finish(&dev, 0), 0);
			send_numbered(&dev, 1, 0, DEVICE_DEPTH);
			assert_int_equal(poll(&dev, 0, ev, DEVICE_DEPTH), 0);
			assert_int_equal(link_one(&dev, 0, 0), 1);
			receive(&dev, 0, ev, DEVICE_DEPTH);
			release(&dev, 0, ev, DEVICE_DEPTH);
		}
		/* Stopped while unlinked, with events waiting. */
		assert_int_equal(unlink_one(&dev, 0, 0), 1);
		send_numbered(&dev, 1, 0, DEVICE_DEPTH);
		log_mark(*state);
		device_stop(&dev);
		assert_int_equal(log_lines(*state, NAME), 0);
		device_remove(&dev);
	}
}

/* Links come and go at random under load: every event arrives once, each flow in order and in one place. */
#define PORTS 4
#define QUEUES 3
#define FLOWS 8
#define EVENTS 1500
#define HELD_MAX 32

struct storm {
	struct device dev;
	struct dice dice;
	struct rte_event held[PORTS][HELD_MAX];
	uint16_t nb_held[PORTS];
	uint32_t sent, arrived;
	uint32_t sent_of[QUEUES][FLOWS], next[QUEUES][FLOWS];
	uint16_t held_of[QUEUES][FLOWS];
	uint8_t holder[QUEUES][FLOWS];
};

static void
storm_take(struct storm *s, uint8_t p)
{
	uint16_t room = (uint16_t)(HELD_MAX - s->nb_held[p]);
	uint16_t n = poll(&s->dev, p, &s->held[p][s->nb_held[p]],
			  (uint16_t)RTE_MIN(room, 1 + dice_roll(&s->dice, 8)));
	struct rte_event *ev;
	uint16_t i;

	for (i = 0; i < n; i++) {
		ev = &s->held[p][s->nb_held[p] + i];
		assert_int_equal(ev->u64, s->next[ev->queue_id][ev->flow_id]++);
		if (s->held_of[ev->queue_id][ev->flow_id]++ > 0)
			assert_int_equal(s->holder[ev->queue_id][ev->flow_id], p);
		s->holder[ev->queue_id][ev->flow_id] = p;
	}
	s->nb_held[p] += n;
	s->arrived += n;
}

static void
storm_release(struct storm *s, uint8_t p, uint16_t n)
{
	uint16_t i;

	n = RTE_MIN(n, s->nb_held[p]);
	for (i = 0; i < n; i++)
		s->held_of[s->held[p][i].queue_id][s->held[p][i].flow_id]--;
	release(&s->dev, p, s->held[p], n);
	s->nb_held[p] -= n;
	memmove(s->held[p], &s->held[p][n], s->nb_held[p] * sizeof(s->held[p][0]));
}

static void
storm_send(struct storm *s)
{
	uint8_t q = (uint8_t)dice_roll(&s->dice, QUEUES);
	uint32_t flow = dice_roll(&s->dice, FLOWS);
	struct rte_event ev = event_new(q, RTE_SCHED_TYPE_ATOMIC, flow, s->sent_of[q][flow]++);

	send(&s->dev, PORTS, &ev, 1);
	s->sent++;
}

/* A link may have to wait for the unlinks of its port, and is refused then. */
static void
storm_link(struct storm *s, uint8_t p, uint8_t q)
{
	rte_errno = 0;
	if (link_one(&s->dev, p, q) == 0)
		assert_int_equal(rte_errno, EBUSY);
}

static void
storm_run(struct storm *s, void *fixture, const char *args, uint64_t seed)
{
	static const struct setup setup = { .queues = "aaa",
					    .ports = { "!012", "!012", "!012", "!012", "" } };
	uint32_t step, roll;
	uint8_t p, q;

	memset(s, 0, sizeof(*s));
	s->dice.state = seed;
	device_create(&s->dev, fixture, args, &setup);
	for (step = 0; s->arrived < EVENTS; step++) {
		assert_true(step < EVENTS * 200);
		roll = dice_roll(&s->dice, 100);
		p = (uint8_t)dice_roll(&s->dice, PORTS);
		q = (uint8_t)dice_roll(&s->dice, QUEUES);
		if (roll < 25 && s->sent < EVENTS)
			storm_send(s);
		else if (roll < 60)
			storm_take(s, p);
		else if (roll < 96)
			storm_release(s, p, (uint16_t)(1 + dice_roll(&s->dice, 12)));
		else if (roll < 98)
			unlink_one(&s->dev, p, q);
		else
			storm_link(s, p, q);
	}
	for (p = 0; p < PORTS; p++)
		storm_release(s, p, HELD_MAX);
	for (p = 0; p < PORTS; p++)
		assert_int_equal(unlink_finish(&s->dev, p), 0);
	device_remove(&s->dev);
}

static void
links_change_under_load(void **state)
{
	static struct storm storm;
	uint32_t g, seed;

	for (g = 0; g < RTE_DIM(generations); g++) {
		for (seed = 1; seed <= 4; seed++)
			storm_run(&storm, *state, generations[g], seed);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(refused_links, fixture_sweep),
		cmocka_unit_test_teardown(refused_unlinks, fixture_sweep),
		cmocka_unit_test_teardown(links_are_remembered, fixture_sweep),
		cmocka_unit_test_teardown(linked_while_running, fixture_sweep),
		cmocka_unit_test_teardown(unlinked_while_running, fixture_sweep),
		cmocka_unit_test_teardown(unlinked_one_of_many, fixture_sweep),
		cmocka_unit_test_teardown(single_link_queue_unlinked_and_linked, fixture_sweep),
		cmocka_unit_test_teardown(links_change_under_load, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
