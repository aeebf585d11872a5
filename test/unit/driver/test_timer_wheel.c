/* SPDX-License-Identifier: BSD-3-Clause */
/* The timer wheel against a list that is searched from end to end. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "timer_wheel.h"

#define TIMERS 200
#define STEPS 20000
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct row {
	const char *name;
	struct dlb_wheel_conf conf;
	uint64_t timeout_max, step_max;
} rows[] = {
	{ "slots of one cycle", { 1, 100, TIMERS, 0 }, 100, 10 },
	{ "slots of 64 cycles", { 100, 100000, TIMERS, 12345 }, 100000, 2000 },
	{ "far more span than slots", { 1, 1u << 30, TIMERS, 1 }, 1u << 30, 1u << 20 },
	{ "timeouts beyond the span", { 16, 1000, TIMERS, UINT64_C(1) << 60 }, 100000, 5000 },
	{ "a clock that leaps", { 8, 10000, TIMERS, 7 }, 10000, 100000 },
	{ "timeouts in the past", { 8, 10000, TIMERS, 1u << 20 }, 0, 100 },
};

struct armed {
	uint32_t entry;
	uint64_t deadline;
};

struct world {
	struct dlb_wheel *wheel;
	uint64_t slot_cycles; /* of the wheel, a power of two */
	uint64_t now;
	struct armed timers[TIMERS];
	uint32_t count;
	uint64_t random;
};

static uint64_t
roll(struct world *w, uint64_t sides)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return sides == 0 ? 0 : (w->random >> 11) % sides;
}

static struct world
world_create(const struct row *row)
{
	struct world w = { .now = row->conf.now, .random = 88172645463325252u };

	w.slot_cycles = 1;
	while (w.slot_cycles * 2 <= row->conf.slot_cycles)
		w.slot_cycles *= 2;
	w.wheel = dlb_wheel_init(malloc(dlb_wheel_bytes(&row->conf)), &row->conf);
	return w;
}

static void
timer_arm(struct world *w, const struct row *row)
{
	uint32_t t = (uint32_t)roll(w, TIMERS);
	struct armed *timer = &w->timers[t];

	if (timer->entry != DLB_WHEEL_NONE)
		return;
	timer->deadline = w->now + roll(w, row->timeout_max);
	timer->entry = dlb_wheel_arm(w->wheel, timer->deadline, timer);
	TEST_EQ(timer->entry != DLB_WHEEL_NONE, true, row->name);
	TEST_EQ(dlb_wheel_timer(w->wheel, timer->entry) == timer, true, row->name);
	w->count++;
}

static void
timer_cancel(struct world *w, const struct row *row)
{
	struct armed *timer = &w->timers[roll(w, TIMERS)];
	uint32_t entry = timer->entry;

	if (entry == DLB_WHEEL_NONE)
		return;
	dlb_wheel_cancel(w->wheel, entry);
	timer->entry = DLB_WHEEL_NONE;
	TEST_EQ(dlb_wheel_timer(w->wheel, entry) == NULL, true, row->name);
	w->count--;
}

/* Some of what is due, or all of it: then nothing that is left is late by more than two slots. */
static void
timers_expire(struct world *w, const struct row *row)
{
	uint64_t left = roll(w, 4) == 0 ? roll(w, 3) : UINT64_MAX;
	struct armed *timer;
	uint64_t later;
	uint32_t t;

	for (; left > 0 && (timer = dlb_wheel_expire(w->wheel, w->now)) != NULL; left--) {
		TEST_EQ(timer->entry != DLB_WHEEL_NONE, true, row->name);
		TEST_EQ(timer->deadline <= w->now, true, row->name);
		timer->entry = DLB_WHEEL_NONE;
		w->count--;
	}
	TEST_EQ(dlb_wheel_count(w->wheel), w->count, row->name);
	if (left == 0)
		return;
	for (t = 0; t < TIMERS; t++) {
		if (w->timers[t].entry == DLB_WHEEL_NONE)
			continue;
		TEST_EQ(w->timers[t].deadline + 2 * w->slot_cycles > w->now, true, row->name);
		later = w->timers[t].deadline > w->now ? w->timers[t].deadline : w->now;
		/* Nobody needs to look before, and whoever looks then is not late. */
		TEST_EQ(dlb_wheel_due(w->wheel) <= later + 2 * w->slot_cycles, true, row->name);
	}
}

static void
agrees_with_a_list(void **state)
{
	struct world w;
	uint32_t i, step;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		w = world_create(&rows[i]);
		TEST_EQ(dlb_wheel_due(w.wheel) == DLB_WHEEL_NEVER, true, rows[i].name);
		for (step = 0; step < STEPS; step++) {
			switch (roll(&w, 4)) {
			case 0:
			case 1:
				timer_arm(&w, &rows[i]);
				break;
			case 2:
				timer_cancel(&w, &rows[i]);
				break;
			default:
				w.now += roll(&w, rows[i].step_max);
				timers_expire(&w, &rows[i]);
			}
		}
		free(w.wheel);
	}
}

/* Nothing expires before its time, and everything one slot later. */
static void
expires_in_its_slot(void **state)
{
	const struct dlb_wheel_conf conf = { .slot_cycles = 16,
					     .span_cycles = 1000,
					     .nb_timers = 1 };
	struct dlb_wheel *wheel = dlb_wheel_init(malloc(dlb_wheel_bytes(&conf)), &conf);
	int timer;

	(void)state;
	assert_int_equal(dlb_wheel_arm(wheel, 100, &timer), 1);
	assert_int_equal(dlb_wheel_arm(wheel, 200, &timer), DLB_WHEEL_NONE);
	assert_int_equal(dlb_wheel_due(wheel), 112);
	assert_null(dlb_wheel_expire(wheel, 111));
	assert_ptr_equal(dlb_wheel_expire(wheel, 112), &timer);
	assert_null(dlb_wheel_expire(wheel, 1000));
	assert_true(dlb_wheel_due(wheel) == DLB_WHEEL_NEVER);
	assert_int_equal(dlb_wheel_arm(wheel, 200, &timer), 1);
	/* Overdue: as soon as may be. */
	assert_ptr_equal(dlb_wheel_expire(wheel, 1040), &timer);
	free(wheel);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_a_list),
		cmocka_unit_test(expires_in_its_slot),
	};

	return cmocka_run_group_tests_name("timer_wheel", tests, NULL, NULL);
}
