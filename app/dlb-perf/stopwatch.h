/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stopwatch: the TSC cycles that this thread was on a CPU. While other programs have the CPU it stands
 * still, so that they disturb a figure only by what they do to the caches.
 */
#ifndef STOPWATCH_H
#define STOPWATCH_H

#include <stdint.h>
#include <time.h>

#include <rte_cycles.h>

#define NS_PER_SECOND 1e9

struct stopwatch {
	uint64_t tsc;
	struct timespec cpu;
};

static inline void
stopwatch_start(struct stopwatch *watch)
{
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &watch->cpu);
	watch->tsc = rte_rdtsc_precise();
}

/**
 * @param[out] away
 *   Part of the time since the start that the thread was not on a CPU.
 * @return cycles on a CPU
 */
static inline double
stopwatch_stop(const struct stopwatch *watch, double *away)
{
	double wall = (double)(rte_rdtsc_precise() - watch->tsc);
	struct timespec now;
	double cpu;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	cpu = ((double)(now.tv_sec - watch->cpu.tv_sec) * NS_PER_SECOND +
	       (double)(now.tv_nsec - watch->cpu.tv_nsec)) *
	      ((double)rte_get_tsc_hz() / NS_PER_SECOND);
	*away = cpu < wall ? (wall - cpu) / wall : 0;
	return cpu < wall ? cpu : wall;
}

#endif /* STOPWATCH_H */
