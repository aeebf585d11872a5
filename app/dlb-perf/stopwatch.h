/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stopwatch: the TSC cycles that one thread, or all threads of the program, were on a CPU. While other
 * programs have the CPU it stands still, so that they disturb a figure only by what they do to the caches.
 */
#ifndef STOPWATCH_H
#define STOPWATCH_H

#include <stdint.h>
#include <time.h>

#include <rte_cycles.h>

#define NS_PER_SECOND 1e9

struct stopwatch {
	clockid_t clock;
	uint64_t tsc;
	struct timespec cpu;
};

/** The clock is CLOCK_THREAD_CPUTIME_ID or CLOCK_PROCESS_CPUTIME_ID. */
static inline void
stopwatch_start(struct stopwatch *watch, clockid_t clock)
{
	watch->clock = clock;
	clock_gettime(clock, &watch->cpu);
	watch->tsc = rte_rdtsc_precise();
}

/**
 * @param[out] wall
 *   TSC cycles since the start.
 * @return cycles on a CPU, of all threads together
 */
static inline double
stopwatch_stop(const struct stopwatch *watch, double *wall)
{
	struct timespec now;

	*wall = (double)(rte_rdtsc_precise() - watch->tsc);
	clock_gettime(watch->clock, &now);
	return ((double)(now.tv_sec - watch->cpu.tv_sec) * NS_PER_SECOND +
		(double)(now.tv_nsec - watch->cpu.tv_nsec)) *
	       ((double)rte_get_tsc_hz() / NS_PER_SECOND);
}

/** Percent of the time that threads which never wait were not on a CPU. */
static inline double
stopwatch_away(double cycles, double wall, uint32_t threads)
{
	double all = wall * threads;

	return cycles < all ? (all - cycles) / all * 100 : 0;
}

#endif /* STOPWATCH_H */
