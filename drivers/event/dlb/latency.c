/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rte_pmd_dlb.h: how long events wait in a queue. The device counts the events that came into a queue, and
 * tells how many are there, so looks at both, in quick succession, tell when the n-th event came and when
 * it went. Where the hardware would put a timestamp of its own is not public, and its bit stays off.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_pause.h>

#include "control.h"
#include "evdev.h"
#include "log.h"
#include "rte_pmd_dlb.h"

#define DURATION_US_MAX 10000000u
#define LOOKS_MAX 4096u
#define SAMPLES_MAX 65536u
#define NAP_US_MIN 100 /* a shorter one takes longer than it says */
#define NS_IN_S 1e9
#define US_IN_S 1000000u

/* Events so far, as counted since the start. */
struct look {
	uint64_t time;
	uint64_t came, gone;
};

struct measurement {
	struct look looks[LOOKS_MAX];
	uint32_t nb_looks;
	double ns[SAMPLES_MAX];
	uint32_t nb_samples;
};

/* The lock is not held between looks: others may want the device meanwhile, or stop it. */
static int
look_take(uint8_t dev_id, uint8_t queue_id, struct measurement *m)
{
	struct look *look = &m->looks[m->nb_looks];
	struct dlb_queue_stats stats;
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = dlb_control_check_queue(evdev, queue_id);
	if (ret == 0)
		ret = dlb_control_check_started(evdev, "queue latency");
	if (ret == 0) {
		dlb_queue_stats(evdev->queues[queue_id].queue, &stats);
		*look = (struct look){ rte_get_timer_cycles(), stats.enqueued,
				       stats.enqueued - RTE_MIN(stats.enqueued, stats.depth) };
		/* What comes between the reads of two registers must not make an event come back. */
		if (m->nb_looks > 0)
			look->gone = RTE_MAX(look->gone, look[-1].gone);
		m->nb_looks++;
	}
	dlb_control_put(evdev);
	return ret;
}

static int
looks_take(uint8_t dev_id, uint8_t queue_id, uint32_t duration_us, struct measurement *m)
{
	uint64_t cycles = rte_get_timer_hz() / US_IN_S * duration_us;
	uint64_t start = rte_get_timer_cycles(), next = start;
	uint32_t nap_us = duration_us / LOOKS_MAX;
	int ret = 0;

	do {
		ret = look_take(dev_id, queue_id, m);
		next += cycles / LOOKS_MAX;
		if (nap_us >= NAP_US_MIN)
			rte_delay_us_sleep(nap_us);
		while (rte_get_timer_cycles() < next)
			rte_pause();
	} while (ret == 0 && m->nb_looks < LOOKS_MAX && rte_get_timer_cycles() - start < cycles);
	return ret;
}

/* When a count got from one value to the n-th, if it grew evenly between two looks. */
static double
time_between(const struct look looks[2], uint64_t from, uint64_t to, uint64_t n)
{
	double part = (double)(n - from) / (double)(to - from);

	return (double)looks[0].time + part * (double)(looks[1].time - looks[0].time);
}

/* Events that came after the first look and went before the last one, or an even choice of them. */
static void
samples_take(struct measurement *m)
{
	const struct look *looks = m->looks;
	uint64_t first = looks[0].came + 1, last = looks[m->nb_looks - 1].gone;
	uint64_t step = last < first ? 1 : (last - first) / SAMPLES_MAX + 1;
	uint32_t came = 0, gone = 0;
	double waited;
	uint64_t n;

	for (n = first; n <= last; n += step) {
		while (looks[came + 1].came < n)
			came++;
		while (looks[gone + 1].gone < n)
			gone++;
		waited = time_between(&looks[gone], looks[gone].gone, looks[gone + 1].gone, n) -
			 time_between(&looks[came], looks[came].came, looks[came + 1].came, n);
		m->ns[m->nb_samples++] =
			RTE_MAX(waited, 0.0) * NS_IN_S / (double)rte_get_timer_hz();
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
measurement_sum(struct measurement *m, struct rte_pmd_dlb_latency *latency)
{
	const struct look *last = &m->looks[m->nb_looks - 1];
	uint64_t longest = 0;
	uint32_t i, n;

	for (i = 1; i < m->nb_looks; i++)
		longest = RTE_MAX(longest, m->looks[i].time - m->looks[i - 1].time);
	*latency = (struct rte_pmd_dlb_latency){
		.events = last->gone > m->looks[0].came ? last->gone - m->looks[0].came : 0,
		.resolution_ns = (uint64_t)((double)longest * NS_IN_S / (double)rte_get_timer_hz()),
	};
	samples_take(m);
	n = m->nb_samples;
	if (n == 0)
		return;
	qsort(m->ns, n, sizeof(m->ns[0]), compare);
	latency->p50_ns = (uint64_t)m->ns[n / 2];
	latency->p99_ns = (uint64_t)m->ns[(uint64_t)n * 99 / 100];
	latency->max_ns = (uint64_t)m->ns[n - 1];
}

static void
latency_keep(uint8_t dev_id, uint8_t queue_id, const struct rte_pmd_dlb_latency *latency)
{
	struct dlb_evdev *evdev = dlb_control_take_quietly(dev_id);

	if (evdev == NULL)
		return;
	if (queue_id < evdev->nb_queues) {
		evdev->queues[queue_id].latency_p50_ns = latency->p50_ns;
		evdev->queues[queue_id].latency_p99_ns = latency->p99_ns;
	}
	dlb_control_put(evdev);
}

int
rte_pmd_dlb_queue_latency(uint8_t dev_id, uint8_t queue_id, uint32_t duration_us,
			  struct rte_pmd_dlb_latency *latency)
{
	struct measurement *m;
	int ret;

	if (duration_us < 1 || duration_us > DURATION_US_MAX) {
		rte_log(RTE_LOG_ERR, dlb_log_driver,
			"event device %u: queue latency for %" PRIu32 " us: accepted are 1 to %u\n",
			dev_id, duration_us, DURATION_US_MAX);
		return -EINVAL;
	}
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		return -ENOMEM;
	ret = looks_take(dev_id, queue_id, duration_us, m);
	if (ret == 0) {
		measurement_sum(m, latency);
		latency_keep(dev_id, queue_id, latency);
	}
	free(m);
	return ret;
}
