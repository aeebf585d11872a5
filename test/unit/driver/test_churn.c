/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Devices that come, go and change without end: no memory, descriptor or thread stays behind, and the last
 * rounds cost what the first did. The number of rounds is the program's argument.
 */
#include <dirent.h>
#include <inttypes.h>
#include <malloc.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_memzone.h>

#include "fixture.h"

#define ROUNDS 60 /* a fifth of them has all kinds of rounds alike */
#define PARTS 5
#define SLOWER_AT_MOST 2
#define YARDSTICK_ROLLS 10000
#define RESIDENT_GROWTH_MAX_KB 1024 /* memory that was freed may stay or go */
#define HEAP_GROWTH_MAX_KB 16       /* what a test logs is kept in memory */
#define BLOCK_BYTES (1 << 20)
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

static uint32_t
part_rounds(void)
{
	return RTE_MAX(rounds / PARTS, 1u);
}

/*
 * CPU time of parts of the rounds: the quickest of the first half, and of the second. A core is twice as
 * slow while its sibling works, so time is measured by what never changes, done after each round.
 */
struct pace {
	uint64_t start;
	uint64_t took, yardstick; /* by a part */
	double early, late;
};

static void
pace_begin(struct pace *pace)
{
	pace->start = cpu_ns();
}

static uint64_t
yardstick_ns(void)
{
	struct dice dice = { .state = 1 };
	uint64_t start = cpu_ns();
	uint32_t i;

	for (i = 0; i < YARDSTICK_ROLLS; i++)
		dice_roll(&dice, 6);
	return cpu_ns() - start;
}

static void
pace_end(struct pace *pace, uint32_t round)
{
	double *least = round < rounds / 2 ? &pace->early : &pace->late;
	double took;

	pace->took += cpu_ns() - pace->start;
	pace->yardstick += yardstick_ns();
	if (round % part_rounds() != part_rounds() - 1)
		return;
	took = (double)pace->took / (double)pace->yardstick;
	if (*least == 0 || took < *least)
		*least = took;
	pace->took = 0;
	pace->yardstick = 0;
}

static void
pace_expect(const struct pace *pace, const char *what)
{
	print_message("%s: a round takes %.2f yardsticks in the first half, %.2f in the second\n",
		      what, pace->early, pace->late);
	if (pace->late > pace->early * SLOWER_AT_MOST)
		fail_msg("%s: the last rounds take longer", what);
}

/* What a process has that a device may leave behind. */
struct belongings {
	uint32_t files, tasks, zones;
	uint64_t resident_kb, heap_kb; /* heap: of the C library, what is in use */
};

static void
zone_count(const struct rte_memzone *zone __rte_unused, void *arg)
{
	uint32_t *count = arg;

	(*count)++;
}

static uint64_t
resident_kb(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long pages;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*u %lu", &pages), 1);
	fclose(file);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
}

static uint64_t
heap_kb(void)
{
	struct mallinfo2 info = mallinfo2();

	return (info.uordblks + info.hblkhd) / 1024;
}

/* Checkers that replace the heap keep in it for a while what was freed, and look for leaks themselves. */
static bool
heap_is_counted(void)
{
	uint64_t before = heap_kb();
	void *volatile block = malloc(BLOCK_BYTES);
	bool counted = heap_kb() > before;

	free(block);
	return counted;
}

static struct belongings
belongings_count(void)
{
	struct belongings b = {
		.files = entries_count("/proc/self/fd"),
		.tasks = entries_count("/proc/self/task"),
		.resident_kb = resident_kb(),
		.heap_kb = heap_kb(),
	};

	rte_memzone_walk(zone_count, &b.zones);
	return b;
}

/* The first rounds also open, and touch, what stays for all that follow. */
static void
belongings_expect(struct belongings *before, uint32_t round, uint32_t first)
{
	struct belongings now;

	if (round < first) {
		now = belongings_count();
		now.tasks = RTE_MAX(before->tasks, now.tasks);
		*before = now;
		return;
	}
	/* A thread that has been joined is in the list a little longer. */
	while (entries_count("/proc/self/task") > before->tasks)
		sched_yield();
	now = belongings_count();
	TEST_EQ(now.files <= before->files, true, "open files");
	TEST_EQ(now.zones, before->zones, "memory zones");
	if (round < rounds - 1 || !heap_is_counted())
		return;
	print_message("after %u rounds and after %u: %" PRIu64 " and %" PRIu64
		      " kB resident, %" PRIu64 " and %" PRIu64 " kB of the heap in use\n",
		      first, rounds, before->resident_kb, now.resident_kb, before->heap_kb,
		      now.heap_kb);
	TEST_EQ(now.resident_kb <= before->resident_kb + RESIDENT_GROWTH_MAX_KB, true,
		"resident memory");
	TEST_EQ(now.heap_kb <= before->heap_kb + HEAP_GROWTH_MAX_KB, true, "heap in use");
}

static void
pass_one(struct device *dev)
{
	struct rte_event ev = event_new(0, RTE_SCHED_TYPE_ATOMIC, 7, 42);

	send(dev, 0, &ev, 1);
	receive_anywhere(dev, 1);
}

static const char *const generations[] = { "hw=2.0,cq_mode=sparse", "hw=2.5" };

static void
attached_and_detached(void **state)
{
	static const char *const modes[] = { "", ",sched=service", ",sched=thread" };
	static const struct setup setup = { .queues = "ao", .ports = { "01", "0" } };
	struct belongings before = { 0 };
	struct pace pace[RTE_DIM(generations)] = { 0 };
	char args[64];
	struct device dev;
	uint32_t i, g;

	/* device_remove() compares the memory of EAL before and after. */
	for (i = 0; i < rounds; i++) {
		for (g = 0; g < RTE_DIM(generations); g++) {
			snprintf(args, sizeof(args), "%s%s", generations[g],
				 modes[i % RTE_DIM(modes)]);
			pace_begin(&pace[g]);
			device_create(&dev, *state, args, &setup);
			pass_one(&dev);
			device_remove(&dev);
			pace_end(&pace[g], i);
		}
		belongings_expect(&before, i, part_rounds());
	}
	for (g = 0; g < RTE_DIM(generations); g++)
		pace_expect(&pace[g], generations[g]);
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
	struct belongings before;
	struct pace pace;
	struct device dev;
	uint32_t i, g;

	for (g = 0; g < RTE_DIM(generations); g++) {
		before = (struct belongings){ 0 };
		pace = (struct pace){ 0 };
		device_probe(&dev, *state, "event_dlb0", generations[g]);
		for (i = 0; i < rounds; i++) {
			pace_begin(&pace);
			device_configure(&dev, &setups[i % RTE_DIM(setups)]);
			device_start(&dev);
			pass_one(&dev);
			device_expect_idle(&dev);
			device_stop(&dev);
			pace_end(&pace, i);
			belongings_expect(&before, i, part_rounds());
		}
		pace_expect(&pace, generations[g]);
		device_remove(&dev);
	}
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
