/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Devices that come, go and change without end: no memory, descriptor or thread stays behind, and the last
 * round costs what the first did. The number of rounds is the program's argument.
 */
#include <dirent.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rte_common.h>

#include "fixture.h"

#define ROUNDS 100
#define PARTS 10
#define SLOWER_AT_MOST 4 /* the last part of the rounds, against the fastest: machines are shared */
#define DEVICES 8

static uint32_t rounds = ROUNDS;

static uint32_t
entries_count(const char *folder)
{
	DIR *dir = opendir(folder);
	uint32_t count = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

static uint64_t
cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* CPU time of each part of the rounds: the last must not be much more than the least. */
struct pace {
	uint64_t start, least, last;
};

static void
pace_round(struct pace *pace, uint32_t round)
{
	uint32_t part = RTE_MAX(rounds / PARTS, 1u);

	if (round % part == 0)
		pace->start = cpu_ns();
	if (round % part == part - 1) {
		pace->last = cpu_ns() - pace->start;
		if (pace->least == 0 || pace->last < pace->least)
			pace->least = pace->last;
	}
}

static void
pace_expect(const struct pace *pace)
{
	if (pace->last > pace->least * SLOWER_AT_MOST)
		fail_msg("the last rounds took %llu us, earlier ones %llu us",
			 (unsigned long long)pace->last / 1000,
			 (unsigned long long)pace->least / 1000);
}

static void
pass_one(struct device *dev)
{
	struct rte_event ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 7, 42);

	send(dev, 0, &ev, 1);
	receive_anywhere(dev, 1);
}

static void
attached_and_detached(void **state)
{
	static const char *const args[] = { "", "hw=2.0,cq_mode=sparse", "sched=service",
					    "sched=thread" };
	static const struct setup setup = { .queues = "ao", .ports = { "01", "0" } };
	uint32_t files = 0, tasks = 0;
	struct device dev;
	uint32_t i;

	/* device_remove() compares the memory before and after. */
	for (i = 0; i < rounds; i++) {
		device_create(&dev, *state, args[i % RTE_DIM(args)], &setup);
		pass_one(&dev);
		device_remove(&dev);
		/* The first devices also open what stays for all that follow. */
		if (i < RTE_DIM(args)) {
			files = entries_count("/proc/self/fd");
			tasks = RTE_MAX(tasks, entries_count("/proc/self/task"));
		}
		assert_true(entries_count("/proc/self/fd") <= files);
		/* A thread that has been joined is in the list a little longer. */
		while (entries_count("/proc/self/task") > tasks)
			sched_yield();
	}
}

static void
configured_without_end(void **state)
{
	static const struct setup setups[] = {
		{ .queues = "a", .ports = { "0" } },
		{ .queues = "aops", .ports = { "012", "3", "012" } },
		{ .queues = "aaaaaaaaaaaa", .ports = { "*", "*" } },
		{ .queues = "ma", .ports = { "01", "" }, .limit = 100, .depth = 8 },
	};
	struct pace pace = { 0 };
	struct device dev;
	uint32_t i;

	device_probe(&dev, *state, "event_dlb0", "");
	for (i = 0; i < rounds; i++) {
		pace_round(&pace, i);
		device_configure(&dev, &setups[i % RTE_DIM(setups)]);
		device_start(&dev);
		pass_one(&dev);
		device_expect_idle(&dev);
		device_stop(&dev);
	}
	pace_expect(&pace);
	device_remove(&dev);
}

/* Both generations side by side, each with events of its own. */
static void
eight_devices(void **state)
{
	static const struct setup setup = { .queues = "as", .ports = { "!0", "!1" } };
	struct device dev[DEVICES];
	struct rte_event ev[4];
	char names[DEVICES][DEVICE_NAME_BYTES];
	uint32_t d, i;

	for (d = 0; d < DEVICES; d++) {
		snprintf(names[d], sizeof(names[d]), "event_dlb%u", d);
		device_probe(&dev[d], *state, names[d], d % 2 == 0 ? "hw=2.0" : "hw=2.5");
		device_configure(&dev[d], &setup);
		device_start(&dev[d]);
	}
	for (d = 0; d < DEVICES; d++) {
		for (i = 0; i < 4; i++)
			ev[i] = event_new(i % 2, RTE_SCHED_TYPE_ATOMIC, i, 100 * d + i);
		send(&dev[d], 0, ev, 4);
	}
	for (d = DEVICES; d-- > 0;) {
		for (i = 0; i < 2; i++) {
			receive(&dev[d], (uint8_t)i, ev, 2);
			assert_int_equal(ev[0].u64, 100 * d + i);
			assert_int_equal(ev[1].u64, 100 * d + i + 2);
			release(&dev[d], (uint8_t)i, ev, 2);
		}
	}
	for (d = DEVICES; d-- > 0;)
		device_remove(&dev[d]);
}

int
main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(attached_and_detached, fixture_sweep),
		cmocka_unit_test_teardown(configured_without_end, fixture_sweep),
		cmocka_unit_test_teardown(eight_devices, fixture_sweep),
	};

	if (argc > 1)
		rounds = (uint32_t)strtoul(argv[1], NULL, 10);
	return cmocka_run_group_tests(tests, fixture_create, fixture_destroy);
}
