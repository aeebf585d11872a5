/* SPDX-License-Identifier: BSD-3-Clause */
/* Extras of events: fragments, weights, and the depth class that events come with. */
#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "fixture.h"
#include "rte_pmd_dlb.h"

#define EVENTS 48
#define WORKERS 3
#define READER WORKERS
#define FRAGMENTS RTE_PMD_DLB_FRAGMENTS_MAX
#define LAST_PIECE 0x100u
#define PIECE_BITS 16

static const struct rte_pmd_dlb_extra plain[FRAGMENTS] = { 0 };

/* What is to come out of one event: numbered pieces, of which the last one says that it is the last. */
static void
piece_set(struct rte_event *piece, const struct rte_event *ev, uint32_t j, bool last)
{
	*piece = *ev;
	piece->op = RTE_EVENT_OP_FORWARD;
	piece->queue_id = 1;
	piece->sched_type = RTE_SCHED_TYPE_ATOMIC;
	piece->flow_id = 0;
	piece->u64 = ev->u64 << PIECE_BITS | j | (last ? LAST_PIECE : 0);
}

/* Answer for an event in that many fragments and a forward. */
static void
cut(const struct device *dev, uint8_t port, const struct rte_event *ev, uint16_t fragments)
{
	struct rte_pmd_dlb_extra extra[FRAGMENTS + 1] = { 0 };
	struct rte_event piece[FRAGMENTS + 1];
	uint16_t i;

	for (i = 0; i <= fragments; i++) {
		piece_set(&piece[i], ev, i, i == fragments);
		extra[i].fragment = i < fragments;
	}
	assert_int_equal(rte_pmd_dlb_enqueue_burst(dev->id, port, piece, extra, i), i);
}

/* Each worker gets some events, and cuts them when the dice say so. */
struct cutter {
	struct rte_event held[EVENTS];
	uint16_t got, done;
};

static void
cutter_turn(struct cutter *c, const struct device *dev, uint8_t port, struct dice *dice)
{
	if (dice_roll(dice, 2) == 0)
		c->got += poll(dev, port, &c->held[c->got], EVENTS - c->got);
	else if (c->done < c->got)
		cut(dev, port, &c->held[c->done++], (uint16_t)dice_roll(dice, FRAGMENTS + 1));
}

/* The next piece in the order of events, and of their pieces. */
struct order {
	uint64_t event;
	uint32_t piece;
};

static void
order_expect(struct order *next, const struct rte_event *ev, const char *row)
{
	TEST_EQ(ev->u64 >> PIECE_BITS, next->event, row);
	TEST_EQ(ev->u64 & (LAST_PIECE - 1), next->piece, row);
	next->piece++;
	if (ev->u64 & LAST_PIECE)
		*next = (struct order){ .event = next->event + 1 };
}

static void
fragments_come_out_together_and_in_order(void **state)
{
	static const char *const devices[] = { "hw=2.0", "hw=2.5,cq_mode=sparse", DEVICE_SLOW,
					       "hw=2.5,sched=thread" };
	const struct setup setup = { .queues = "oa", .ports = { "!0", "!0", "!0", "!1" } };
	struct dice dice = { 1 };
	struct rte_event ev;
	struct device dev;
	uint32_t d, i;

	for (d = 0; d < RTE_DIM(devices); d++) {
		struct cutter workers[WORKERS] = { 0 };
		struct order next = { 0 };
		uint8_t w;

		device_create(&dev, *state, devices[d], &setup);
		for (i = 0; i < EVENTS; i++) {
			ev = event_new(0, RTE_SCHED_TYPE_ORDERED, i, i);
			send(&dev, READER, &ev, 1);
		}
		while (next.event < EVENTS) {
			w = (uint8_t)dice_roll(&dice, WORKERS);
			cutter_turn(&workers[w], &dev, w, &dice);
			while (poll(&dev, READER, &ev, 1) == 1) {
				order_expect(&next, &ev, devices[d]);
				release(&dev, READER, &ev, 1);
			}
		}
		device_remove(&dev);
	}
}

/* Without extras it is the library's enqueue: answers in any order, through any hardware port. */
static void
plain_events_go_as_ever(void **state)
{
	const struct setup setup = { .queues = "aaaaaaaaao", .ports = { "!*" } };
	struct rte_event ev[10];
	struct device dev;
	uint16_t i;

	device_create(&dev, *state, "", &setup);
	for (i = 0; i < RTE_DIM(ev); i++)
		ev[i] = event_new((uint8_t)i,
				  i == 9 ? RTE_SCHED_TYPE_ORDERED : RTE_SCHED_TYPE_ATOMIC, i, i);
	assert_int_equal(rte_pmd_dlb_enqueue_burst(dev.id, 0, ev, plain, RTE_DIM(ev)), RTE_DIM(ev));
	receive(&dev, 0, ev, RTE_DIM(ev));
	for (i = RTE_DIM(ev); i-- > 0;) {
		ev[i].op = i % 2 == 0 ? RTE_EVENT_OP_FORWARD : RTE_EVENT_OP_RELEASE;
		ev[i].queue_id = 9;
		ev[i].sched_type = RTE_SCHED_TYPE_ORDERED;
		assert_int_equal(rte_pmd_dlb_enqueue_burst(dev.id, 0, &ev[i], plain, 1), 1);
	}
	receive(&dev, 0, ev, RTE_DIM(ev) / 2);
	release(&dev, 0, ev, RTE_DIM(ev) / 2);
	device_remove(&dev);
}

/* A CQ that may carry 8 takes so many events of a weight, and one more for each that is answered. */
static void
heavy_events_fill_a_port(void **state)
{
	static const struct {
		const char *name;
		uint8_t weight;
		uint16_t events;
	} rows[] = {
		{ "no weight", 0, 8 }, { "weight 1", 1, 8 }, { "weight 2", 2, 4 },
		{ "weight 4", 4, 2 },  { "weight 8", 8, 1 },
	};
	const struct rte_pmd_dlb_port_conf conf = { .cq_weight_limit = 8,
						    .cos = RTE_PMD_DLB_COS_ANY };
	const struct setup setup = { .queues = "p", .ports = { "!0" } };
	struct rte_event ev[FRAGMENTS];
	struct device dev;
	uint32_t r, i;

	device_probe(&dev, *state, "event_dlb0", "hw=2.5");
	device_configure(&dev, &setup);
	assert_int_equal(rte_pmd_dlb_port_conf_set(dev.id, 0, &conf), 0);
	device_start(&dev);
	for (r = 0; r < RTE_DIM(rows); r++) {
		const struct rte_pmd_dlb_extra extra = { .weight = rows[r].weight };

		for (i = 0; i < FRAGMENTS; i++) {
			ev[i] = event_new(0, RTE_SCHED_TYPE_PARALLEL, i, i);
			TEST_EQ(rte_pmd_dlb_enqueue_burst(dev.id, 0, &ev[i], &extra, 1), 1,
				rows[r].name);
		}
		receive(&dev, 0, ev, rows[r].events);
		TEST_EQ(poll(&dev, 0, &ev[FRAGMENTS - 1], 1), 0, rows[r].name);
		release(&dev, 0, ev, rows[r].events);
		for (i = rows[r].events; i < FRAGMENTS; i++) {
			receive(&dev, 0, ev, 1);
			release(&dev, 0, ev, 1);
		}
	}
	device_remove(&dev);
}

/* The queue gets shorter with each event that is taken from it. */
static void
events_tell_how_deep_their_queue_was(void **state)
{
	static const char *const devices[] = { "hw=2.0", "hw=2.5,cq_mode=sparse" };
	const struct rte_pmd_dlb_queue_conf conf = { .depth_threshold = 8 };
	const struct setup setup = { .queues = "p", .ports = { "!0" } };
	struct rte_event ev[FRAGMENTS], old;
	struct device dev;
	uint32_t d, i;
	int class;

	for (d = 0; d < RTE_DIM(devices); d++) {
		int last = 3;

		device_probe(&dev, *state, "event_dlb0", devices[d]);
		device_configure(&dev, &setup);
		assert_int_equal(rte_pmd_dlb_queue_conf_set(dev.id, 0, &conf), 0);
		device_start(&dev);
		for (i = 0; i < FRAGMENTS; i++)
			ev[i] = event_new(0, RTE_SCHED_TYPE_PARALLEL, i, i);
		send(&dev, 0, ev, FRAGMENTS);
		receive(&dev, 0, ev, FRAGMENTS);
		for (i = 0; i < FRAGMENTS; i++) {
			class = rte_pmd_dlb_depth_class(dev.id, 0, &ev[i]);
			TEST_EQ(i == 0 ? class == 3 : class >= 0 && class <= last, true,
				devices[d]);
			last = class;
		}
		TEST_EQ(last, 0, devices[d]);
		old = ev[0];
		release(&dev, 0, ev, FRAGMENTS);
		/* Once the ring has gone round, the entry is another event's. */
		for (i = 0; i < 100 && rte_pmd_dlb_depth_class(dev.id, 0, &old) >= 0; i++) {
			ev[0] = event_new(0, RTE_SCHED_TYPE_PARALLEL, i, i);
			send(&dev, 0, ev, 1);
			receive(&dev, 0, ev, 1);
			release(&dev, 0, ev, 1);
		}
		TEST_EQ(rte_pmd_dlb_depth_class(dev.id, 0, &old), -ENOENT, devices[d]);
		device_remove(&dev);
	}

	device_create(&dev, *state, "answers=in_order", &setup);
	ev[0] = event_new(0, RTE_SCHED_TYPE_PARALLEL, 0, 0);
	send(&dev, 0, ev, 1);
	receive(&dev, 0, ev, 1);
	assert_int_equal(rte_pmd_dlb_depth_class(dev.id, 0, ev), -ENOTSUP);
	release(&dev, 0, ev, 1);
	device_remove(&dev);
}

/* One event with an extra is refused, with one line that says what would be accepted. */
static void
expect_refusal(const struct device *dev, struct rte_event *ev, struct rte_pmd_dlb_extra extra,
	       int error, const char *accepted)
{
	log_mark(dev->fix);
	rte_errno = 0;
	TEST_EQ(rte_pmd_dlb_enqueue_burst(dev->id, 0, ev, &extra, 1), 0, accepted);
	TEST_EQ(rte_errno, error, accepted);
	log_expect(dev->fix, dev->name, accepted, accepted);
}

static void
weights_that_are_refused(void **state)
{
	const struct setup setup = { .queues = "p", .ports = { "!0" } };
	struct rte_event ev = event_new(0, RTE_SCHED_TYPE_PARALLEL, 0, 0);
	struct device dev;

	device_create(&dev, *state, "hw=2.0", &setup);
	expect_refusal(&dev, &ev, (struct rte_pmd_dlb_extra){ .weight = 2 }, ENOTSUP,
		       "weight 2: DLB 2.0 has none: accepted is 0");
	device_remove(&dev);
	device_create(&dev, *state, "hw=2.5", &setup);
	expect_refusal(&dev, &ev, (struct rte_pmd_dlb_extra){ .weight = 3 }, EINVAL,
		       "weight 3: accepted are 0, 1, 2, 4, 8");
	expect_refusal(&dev, &ev, (struct rte_pmd_dlb_extra){ .weight = 16 }, EINVAL,
		       "weight 16: accepted are 0, 1, 2, 4, 8");
	rte_event_dev_stop(dev.id);
	expect_refusal(&dev, &ev, plain[0], EAGAIN, "accepted is one that has been started");
	device_remove(&dev);
}

static void
fragments_that_are_refused(void **state)
{
	const struct rte_pmd_dlb_extra fragment = { .fragment = true };
	const struct setup setup = { .queues = "oa", .ports = { "!01" } };
	struct rte_event ev[2], piece;
	struct device dev;
	uint32_t i;

	device_create(&dev, *state, "", &setup);
	piece = event_new(1, RTE_SCHED_TYPE_ATOMIC, 0, 0);
	expect_refusal(&dev, &piece, fragment, EINVAL, "RTE_EVENT_OP_FORWARD");
	piece.op = RTE_EVENT_OP_FORWARD;
	expect_refusal(&dev, &piece, fragment, EINVAL, "the oldest event");

	for (i = 0; i < RTE_DIM(ev); i++) {
		ev[i] = event_new(0, RTE_SCHED_TYPE_ORDERED, i, i);
		send(&dev, 0, &ev[i], 1);
		receive(&dev, 0, &ev[i], 1);
	}
	piece_set(&piece, &ev[1], 0, false);
	expect_refusal(&dev, &piece, fragment, EINVAL, "the oldest event");
	piece_set(&piece, &ev[0], 0, false);
	for (i = 0; i < FRAGMENTS; i++)
		assert_int_equal(rte_pmd_dlb_enqueue_burst(dev.id, 0, &piece, &fragment, 1), 1);
	expect_refusal(&dev, &piece, fragment, EINVAL, "up to 16 of one event");
	release(&dev, 0, ev, RTE_DIM(ev));
	for (i = 0; i < FRAGMENTS; i++) {
		receive(&dev, 0, ev, 1);
		piece_set(&piece, &ev[0], 0, false);
		expect_refusal(&dev, &piece, fragment, EINVAL, "an event that came as ordered");
		release(&dev, 0, ev, 1);
	}
	device_remove(&dev);

	device_create(&dev, *state, "answers=in_order", &setup);
	expect_refusal(&dev, &piece, fragment, ENOTSUP, "a device with answers=any");
	device_remove(&dev);
}

/* A fragment is one more event in the system. */
static void
fragments_cost_credits(void **state)
{
	const struct rte_pmd_dlb_extra fragment = { .fragment = true };
	const struct setup setup = { .queues = "oa", .ports = { "!0", "!1" }, .limit = 3 };
	struct rte_event ev, out[3], piece;
	struct device dev;
	uint32_t i;

	device_create(&dev, *state, "", &setup);
	ev = event_new(0, RTE_SCHED_TYPE_ORDERED, 0, 0);
	send(&dev, 1, &ev, 1);
	receive(&dev, 0, &ev, 1);
	piece_set(&piece, &ev, 0, false);
	for (i = 0; i < 2; i++)
		assert_int_equal(rte_pmd_dlb_enqueue_burst(dev.id, 0, &piece, &fragment, 1), 1);
	assert_int_equal(rte_pmd_dlb_enqueue_burst(dev.id, 0, &piece, &fragment, 1), 0);
	assert_int_equal(rte_errno, ENOSPC);
	cut(&dev, 0, &ev, 0);
	receive(&dev, 1, out, 3);
	release(&dev, 1, out, 3);
	device_remove(&dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(fragments_come_out_together_and_in_order, fixture_sweep),
		cmocka_unit_test_teardown(plain_events_go_as_ever, fixture_sweep),
		cmocka_unit_test_teardown(heavy_events_fill_a_port, fixture_sweep),
		cmocka_unit_test_teardown(events_tell_how_deep_their_queue_was, fixture_sweep),
		cmocka_unit_test_teardown(weights_that_are_refused, fixture_sweep),
		cmocka_unit_test_teardown(fragments_that_are_refused, fixture_sweep),
		cmocka_unit_test_teardown(fragments_cost_credits, fixture_sweep),
	};

	return cmocka_run_group_tests_name("extras", tests, fixture_create, fixture_destroy);
}
