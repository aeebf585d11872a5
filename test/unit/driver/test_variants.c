/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every variant of the data path carries every field, in bursts of all sizes, and all do the same. The
 * AVX-512 one is here twice: as it is, where the CPU has it, and from the same source on SIMDe, anywhere.
 */
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_vect.h>

#include "fixture.h"

#include "evdev.h"
#include "hot.h"

#define BURST_MAX 64
#define STEPS 6000

/* Built from hot.c for this test. */
extern const struct dlb_hot_ops dlb_hot_ring_simde[];

static const struct variant {
	const char *name;
	enum dlb_isa isa;
	uint16_t width_bits;
	bool emulated;
} variants[] = {
	{ "scalar", DLB_ISA_SCALAR, RTE_VECT_SIMD_128, false },
	{ "AVX2", DLB_ISA_AVX2, RTE_VECT_SIMD_256, false },
	{ "AVX-512", DLB_ISA_AVX512, RTE_VECT_SIMD_512, false },
	{ "AVX-512 by SIMDe", DLB_ISA_SCALAR, RTE_VECT_SIMD_128, true },
};

static const struct {
	const char *name;
	enum dlb_cq_mode mode;
} cq_modes[] = { { "cq_mode=dense", DLB_CQ_DENSE }, { "cq_mode=sparse", DLB_CQ_SPARSE } };

/* Returns false where the CPU has no such instructions: another one has to show it there. */
static bool
variant_create(struct device *dev, void **state, const struct variant *v, uint32_t mode,
	       const struct setup *setup)
{
	const struct dlb_hot_ops *hot = &dlb_hot_ring_simde[cq_modes[mode].mode];
	struct rte_event_fp_ops *ops;

	assert_int_equal(rte_vect_set_max_simd_bitwidth(v->width_bits), 0);
	if (dlb_isa_choose() != v->isa)
		return false;
	device_create(dev, *state, cq_modes[mode].name, setup);
	if (v->emulated) {
		ops = &rte_event_fp_ops[dev->id];
		ops->enqueue = hot->enqueue;
		ops->enqueue_burst = hot->enqueue_burst;
		ops->enqueue_new_burst = hot->enqueue_new_burst;
		ops->enqueue_forward_burst = hot->enqueue_forward_burst;
		ops->dequeue = hot->dequeue;
		ops->dequeue_burst = hot->dequeue_burst;
	}
	return true;
}

/* An event all of whose fields follow from its number, with bits all over them. */
static struct rte_event
event_make(uint32_t i, uint8_t queue)
{
	struct dice dice = { 0x9e3779b97f4a7c15ull * (i + 1) };
	struct rte_event ev =
		event_new(queue, (uint8_t)dice_roll(&dice, 3), dice_roll(&dice, 1u << 20), 0);

	ev.event_type = dice_roll(&dice, 16);
	ev.sub_event_type = dice_roll(&dice, 256);
	ev.priority = (uint8_t)dice_roll(&dice, 256);
	ev.impl_opaque = (uint8_t)dice_roll(&dice, 256);
	ev.u64 = (uint64_t)dice_roll(&dice, UINT32_MAX) << 32 | i;
	return ev;
}

/* A directed queue has no room for the schedule type and the priority; no queue has for all of that. */
static void
event_expect(const struct rte_event *got, uint8_t queue, bool directed, const char *row)
{
	struct rte_event want = event_make((uint32_t)got->u64, queue);

	TEST_EQ(got->u64, want.u64, row);
	TEST_EQ(got->event & UINT32_MAX, want.event & UINT32_MAX, row);
	TEST_EQ(got->queue_id, queue, row);
	TEST_EQ(got->sched_type, directed ? RTE_SCHED_TYPE_ATOMIC : want.sched_type, row);
	TEST_EQ(got->priority, directed ? RTE_EVENT_DEV_PRIORITY_NORMAL : want.priority & 0xe0,
		row);
}

static void
answers_send(const struct device *dev, uint8_t port, struct rte_event ev[], uint16_t n,
	     uint16_t size, bool known)
{
	uint16_t at, burst;

	for (at = 0; at < n; at += burst) {
		burst = RTE_MIN(size, n - at);
		assert_int_equal(known ? rte_event_enqueue_forward_burst(dev->id, port, &ev[at],
									 burst)
				       : rte_event_enqueue_burst(dev->id, port, &ev[at], burst),
				 burst);
	}
}

/* In by bursts of one size, out by bursts of the other, to a queue of any type and then a directed one. */
static void
pair_run(const struct device *dev, uint16_t in, uint16_t out, const char *row)
{
	struct rte_event ev[BURST_MAX];
	uint16_t i, n, got;

	for (i = 0; i < in; i++)
		ev[i] = event_make(i, 0);
	TEST_EQ(in % 2 ? rte_event_enqueue_new_burst(dev->id, 0, ev, in)
		       : rte_event_enqueue_burst(dev->id, 0, ev, in),
		in, row);
	for (got = 0; got < in; got += n) {
		n = RTE_MIN(out, in - got);
		receive(dev, 0, &ev[got], n);
	}
	for (i = 0; i < in; i++) {
		event_expect(&ev[i], 0, false, row);
		ev[i].op = RTE_EVENT_OP_FORWARD;
		ev[i].queue_id = 1;
	}
	answers_send(dev, 0, ev, in, out, in % 2);
	for (got = 0; got < in; got += n) {
		n = RTE_MIN(out, in - got);
		receive(dev, 1, &ev[got], n);
	}
	for (i = 0; i < in; i++) {
		event_expect(&ev[i], 1, true, row);
		ev[i].op = RTE_EVENT_OP_RELEASE;
	}
	answers_send(dev, 1, ev, in, out, false);
}

static void
every_field_in_every_pair_of_bursts(void **state)
{
	static const struct setup setup = { .queues = "ms",
					    .ports = { "!0", "!1" },
					    .depth = BURST_MAX };
	uint32_t v, mode, ran = 0;
	uint16_t in, out;
	struct device dev;
	char row[64];

	for (v = 0; v < RTE_DIM(variants); v++) {
		for (mode = 0; mode < RTE_DIM(cq_modes); mode++) {
			if (!variant_create(&dev, state, &variants[v], mode, &setup))
				continue;
			for (in = 1; in <= BURST_MAX; in++) {
				for (out = 1; out <= BURST_MAX; out++) {
					snprintf(row, sizeof(row), "%s, %s: %u in, %u out",
						 variants[v].name, cq_modes[mode].name, in, out);
					pair_run(&dev, in, out, row);
				}
			}
			device_remove(&dev);
			ran++;
		}
	}
	assert_true(ran >= 4);
}

/* Whole lines of events that are alike, as variants with vectors look for, and that no line may have. */
static const struct bad_line {
	const char *name;
	uint8_t op, queue, sched_type;
	bool is_new;
} bad_lines[] = {
	{ "op 3", 3, 0, RTE_SCHED_TYPE_ATOMIC, false },
	{ "queue 2 of 2", RTE_EVENT_OP_NEW, 2, RTE_SCHED_TYPE_ATOMIC, true },
	{ "queue 255", RTE_EVENT_OP_NEW, 255, RTE_SCHED_TYPE_ATOMIC, true },
	{ "sched_type 3", RTE_EVENT_OP_NEW, 0, 3, true },
	{ "forward to queue 2", RTE_EVENT_OP_FORWARD, 2, RTE_SCHED_TYPE_ATOMIC, false },
	{ "release, none held", RTE_EVENT_OP_RELEASE, 0, RTE_SCHED_TYPE_ATOMIC, false },
};

/* Three lines of new events, of which one is bad: those before it are sent, and nothing else. */
static void
bad_line_run(const struct device *dev, const struct bad_line *bad, uint16_t line, const char *row)
{
	struct rte_event ev[3 * DLB_QES_PER_LINE];
	uint16_t good = line * DLB_QES_PER_LINE, i;

	for (i = 0; i < RTE_DIM(ev); i++) {
		ev[i] = event_new(0, RTE_SCHED_TYPE_ATOMIC, i, i);
		if (i / DLB_QES_PER_LINE == line) {
			ev[i].op = bad->op;
			ev[i].queue_id = bad->queue;
			ev[i].sched_type = bad->sched_type;
		}
	}
	rte_errno = 0;
	TEST_EQ(bad->is_new ? rte_event_enqueue_new_burst(dev->id, 0, ev, RTE_DIM(ev))
			    : rte_event_enqueue_burst(dev->id, 0, ev, RTE_DIM(ev)),
		good, row);
	TEST_EQ(rte_errno, EINVAL, row);
	if (good > 0) {
		receive(dev, 0, ev, good);
		release(dev, 0, ev, good);
	}
	TEST_EQ(poll(dev, 0, ev, RTE_DIM(ev)), 0, row);
}

static void
bad_lines_are_refused(void **state)
{
	static const struct setup setup = { .queues = "as", .ports = { "!0", "!1" } };
	struct device dev;
	uint32_t v, mode, b;
	uint16_t line;
	char row[96];

	for (v = 0; v < RTE_DIM(variants); v++) {
		for (mode = 0; mode < RTE_DIM(cq_modes); mode++) {
			if (!variant_create(&dev, state, &variants[v], mode, &setup))
				continue;
			for (b = 0; b < RTE_DIM(bad_lines); b++) {
				for (line = 0; line < 3; line++) {
					snprintf(row, sizeof(row), "%s, %s: %s, line %u",
						 variants[v].name, cq_modes[mode].name,
						 bad_lines[b].name, line);
					bad_line_run(&dev, &bad_lines[b], line, row);
				}
			}
			device_remove(&dev);
		}
	}
}

/* What the library may hand over while a device stops. */
static void
no_port_is_refused(void **state)
{
	static const struct setup setup = { .queues = "a", .ports = { "!0" } };
	struct rte_event ev[BURST_MAX] = { 0 };
	const struct rte_event_fp_ops *ops;
	struct device dev;
	uint32_t v, mode;

	for (v = 0; v < RTE_DIM(variants); v++) {
		for (mode = 0; mode < RTE_DIM(cq_modes); mode++) {
			if (!variant_create(&dev, state, &variants[v], mode, &setup))
				continue;
			ops = &rte_event_fp_ops[dev.id];
			rte_errno = 0;
			assert_int_equal(ops->enqueue(NULL, ev), 0);
			assert_int_equal(rte_errno, EINVAL);
			assert_int_equal(ops->enqueue_burst(NULL, ev, BURST_MAX), 0);
			assert_int_equal(ops->enqueue_new_burst(NULL, ev, BURST_MAX), 0);
			assert_int_equal(ops->enqueue_forward_burst(NULL, ev, BURST_MAX), 0);
			assert_int_equal(ops->dequeue(NULL, ev, 0), 0);
			assert_int_equal(ops->dequeue_burst(NULL, ev, BURST_MAX, 1), 0);
			device_remove(&dev);
		}
	}
	assert_int_equal(dlb_event_port_profile_switch(NULL, 0), -EINVAL);
	assert_int_equal(dlb_event_port_preschedule_set(NULL, DLB_PRESCHEDULE_ALWAYS), -EINVAL);
	dlb_event_port_preschedule(NULL, true);
}

/* What a program sees of a device: results, and the first words of events. */
struct trace {
	uint64_t hash;
	uint32_t refused, events;
};

static void
trace_add(struct trace *trace, uint64_t word)
{
	trace->hash = (trace->hash ^ word) * 0x100000001b3ull;
}

/* A burst of answers, sometimes not in the order of dequeuing, of new events, and of bad ones. */
static uint16_t
burst_roll(struct dice *dice, struct rte_event held[], uint16_t nb_held, struct rte_event ev[])
{
	uint16_t n = (uint16_t)(1 + dice_roll(dice, 24));
	uint16_t answers = 0, i, other;
	struct rte_event swap;

	for (i = 0; i < n; i++) {
		if (answers < nb_held && dice_roll(dice, 3) > 0) {
			other = dice_roll(dice, 8) > 0
					? answers
					: (uint16_t)(answers + dice_roll(dice, nb_held - answers));
			swap = held[other];
			held[other] = held[answers];
			held[answers++] = swap;
			ev[i] = swap;
			ev[i].op = dice_roll(dice, 3) == 0 ? RTE_EVENT_OP_RELEASE
							   : RTE_EVENT_OP_FORWARD;
		} else {
			ev[i] = event_make(dice_roll(dice, 1u << 16), 0);
		}
		ev[i].queue_id = (uint8_t)dice_roll(dice, 4);
		ev[i].sched_type = RTE_SCHED_TYPE_PARALLEL;
		if (dice_roll(dice, 60) == 0)
			ev[i].queue_id = (uint8_t)dice_roll(dice, 256);
		if (dice_roll(dice, 80) == 0)
			ev[i].sched_type = 3;
		if (dice_roll(dice, 80) == 0)
			ev[i].op = 3;
	}
	return n;
}

static struct trace
traffic_run(const struct device *dev)
{
	struct trace trace = { .hash = 1 };
	struct dice dice = { 7 };
	struct rte_event held[256], ev[BURST_MAX];
	uint16_t nb_held = 0, n, sent, answered, i;
	uint32_t step;

	for (step = 0; step < STEPS; step++) {
		if (dice_roll(&dice, 2) == 0 && nb_held < 100) {
			n = (uint16_t)(1 + dice_roll(&dice, 32));
			n = rte_event_dequeue_burst(dev->id, 0, &held[nb_held], n, 0);
			for (i = nb_held; i < nb_held + n; i++) {
				trace_add(&trace, held[i].event);
				trace_add(&trace, held[i].u64);
			}
			nb_held += n;
			trace.events += n;
			continue;
		}
		n = burst_roll(&dice, held, nb_held, ev);
		rte_errno = 0;
		sent = rte_event_enqueue_burst(dev->id, 0, ev, n);
		trace_add(&trace, (uint64_t)sent << 32 | (uint32_t)(sent < n ? rte_errno : 0));
		trace.refused += sent < n;
		for (i = answered = 0; i < sent; i++)
			answered += ev[i].op != RTE_EVENT_OP_NEW;
		nb_held -= RTE_MIN(answered, nb_held);
		memmove(held, &held[answered], nb_held * sizeof(held[0]));
	}
	return trace;
}

/* Good bursts and bad ones, answers in order and not: the same comes of them in every variant. */
static void
all_do_the_same(void **state)
{
	static const struct setup setup = { .queues = "pmos", .ports = { "!0123" }, .limit = 200 };
	static const struct setup one_member = { .queues = "pmop",
						 .ports = { "!0123" },
						 .limit = 200 };
	const struct setup *setups[] = { &setup, &one_member };
	struct trace first, trace;
	struct device dev;
	uint32_t s, v, mode;

	for (s = 0; s < RTE_DIM(setups); s++) {
		memset(&first, 0, sizeof(first));
		for (v = 0; v < RTE_DIM(variants); v++) {
			for (mode = 0; mode < RTE_DIM(cq_modes); mode++) {
				if (!variant_create(&dev, state, &variants[v], mode, setups[s]))
					continue;
				trace = traffic_run(&dev);
				if (first.hash == 0)
					first = trace;
				TEST_EQ(trace.events, first.events, variants[v].name);
				TEST_EQ(trace.refused, first.refused, variants[v].name);
				TEST_EQ(trace.hash, first.hash, variants[v].name);
				device_stop(&dev);
				device_remove(&dev);
			}
		}
		assert_true(first.events >= STEPS);
		assert_true(first.refused >= STEPS / 20 && first.refused <= STEPS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_field_in_every_pair_of_bursts, fixture_sweep),
		cmocka_unit_test_teardown(bad_lines_are_refused, fixture_sweep),
		cmocka_unit_test_teardown(no_port_is_refused, fixture_sweep),
		cmocka_unit_test_teardown(all_do_the_same, fixture_sweep),
	};

	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
