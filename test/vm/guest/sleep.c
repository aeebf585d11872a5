/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dlb-guest-sleep EAL-ARGUMENTS: a worker with nothing to do sleeps in dequeue, and an event wakes it.
 *
 * It knows the public eventdev API and nothing of the driver below.
 */
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_eventdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "device.h"

#define NS_IN_S UINT64_C(1000000000)

#define IDLE_CALLS 3
#define IDLE_NS NS_IN_S
#define CPU_PERCENT_MAX 5
#define WAKE_NS (20 * NS_IN_S) /* a timeout that a worker whom the event does not wake runs into */
#define PAYLOAD UINT64_C(0x0123456789abcdef)

/* What the worker tells the producer. */
struct worker {
	int tid; /* 0 until it is about to wait for the event */
};

static uint64_t
clock_ns(clockid_t clock)
{
	struct timespec ts;

	CHECK(clock_gettime(clock, &ts) == 0);
	return (uint64_t)ts.tv_sec * NS_IN_S + (uint64_t)ts.tv_nsec;
}

static uint16_t
dequeue(struct rte_event *ev, uint64_t timeout_ns)
{
	uint64_t ticks;

	CHECK(rte_event_dequeue_timeout_ticks(DEVICE, timeout_ns, &ticks) == 0);
	return rte_event_dequeue_burst(DEVICE, WORKER, ev, 1, ticks);
}

static void
idle(void)
{
	uint64_t cpu, wall, i;
	struct rte_event ev;

	/* The first wait takes an interrupt vector, which is not idling yet. */
	CHECK(dequeue(&ev, NS_IN_S / 100) == 0);
	wall = clock_ns(CLOCK_MONOTONIC);
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	for (i = 0; i < IDLE_CALLS; i++)
		CHECK(dequeue(&ev, IDLE_NS) == 0);
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
	wall = clock_ns(CLOCK_MONOTONIC) - wall;

	printf("idle for %.3f ms, of which %.3f ms on a CPU: %.2f %%\n", (double)wall / 1e6,
	       (double)cpu / 1e6, 100.0 * (double)cpu / (double)wall);
	CHECK(wall >= IDLE_CALLS * IDLE_NS);
	CHECK(cpu * 100 < wall * CPU_PERCENT_MAX);
}

static int
work(void *arg)
{
	struct worker *worker = arg;
	struct rte_event ev;
	uint64_t started;

	idle();
	started = clock_ns(CLOCK_MONOTONIC);
	__atomic_store_n(&worker->tid, gettid(), __ATOMIC_RELEASE);
	CHECK(dequeue(&ev, WAKE_NS) == 1);
	CHECK(ev.u64 == PAYLOAD);
	started = clock_ns(CLOCK_MONOTONIC) - started;
	printf("awake after %.3f ms\n", (double)started / 1e6);
	CHECK(started < WAKE_NS / 2);
	return 0;
}

/* As the kernel sees it; the state follows the name, which is in brackets. */
static bool
is_asleep(int tid)
{
	char path[64], text[512] = "";
	const char *state;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	file = fopen(path, "r");
	CHECK(file != NULL);
	CHECK(fgets(text, sizeof(text), file) != NULL);
	fclose(file);
	state = strrchr(text, ')');
	CHECK(state != NULL);
	return state[2] == 'S';
}

static void
wake(const struct worker *worker)
{
	struct rte_event ev = { .queue_id = QUEUE,
				.sched_type = RTE_SCHED_TYPE_ATOMIC,
				.op = RTE_EVENT_OP_NEW,
				.u64 = PAYLOAD };
	uint64_t started;
	int tid;

	while ((tid = __atomic_load_n(&worker->tid, __ATOMIC_ACQUIRE)) == 0)
		sched_yield();
	while (!is_asleep(tid))
		sched_yield();
	started = clock_ns(CLOCK_MONOTONIC);
	CHECK(rte_event_enqueue_burst(DEVICE, PRODUCER, &ev, 1) == 1);
	rte_eal_mp_wait_lcore();
	printf("%.3f ms from the event to the end of its worker\n",
	       (double)(clock_ns(CLOCK_MONOTONIC) - started) / 1e6);
}

int
main(int argc, char *argv[])
{
	struct worker worker = { 0 };

	setvbuf(stdout, NULL, _IOLBF, 0);
	CHECK(rte_eal_init(argc, argv) >= 0);
	CHECK(rte_lcore_count() == 2);
	device_create(RTE_EVENT_DEV_CFG_PER_DEQUEUE_TIMEOUT);
	CHECK(rte_eal_remote_launch(work, &worker, rte_get_next_lcore(-1, 1, 0)) == 0);
	wake(&worker);
	device_destroy();
	CHECK(rte_eal_cleanup() == 0);
	return EXIT_SUCCESS;
}
