/* SPDX-License-Identifier: BSD-3-Clause */
/* One round: who submits and collects, and the workers, on lcores of their own or in turn. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "job.h"

/*
 * A call that takes longer than any of its kind can had its CPU taken away in the middle: on a busy
 * machine that is most of the time there is, and would be all that is seen. It counts as an average one.
 */
#define BALANCE_LIMIT_US 100
#define CRYPTO_LIMIT_US 1000

struct meter {
	uint64_t limit;
	uint64_t cycles, calls, interrupted;
};

struct worker {
	struct job *job;
	uint32_t id;
	struct meter crypto, balance;
} __rte_cache_aligned;

struct job {
	struct way *way;
	struct crypto *crypto;
	struct stream *stream;
	bool stop, failed;
	bool in_turn;
	struct meter balance;
	/* Records that have been cut and not been taken by the way. */
	struct rte_mbuf *waiting[BURST];
	uint16_t first_waiting, nb_waiting;
	uint32_t in_flight;
	uint64_t *latency;
	uint64_t nb_latency, records_max;
	struct worker workers[WORKERS_MAX];
};

static struct meter
meter_create(uint64_t limit_us)
{
	return (struct meter){ .limit = limit_us * rte_get_tsc_hz() / US_PER_S };
}

static void
meter_add(struct meter *m, uint64_t cycles)
{
	if (cycles > m->limit) {
		m->interrupted++;
	} else {
		m->cycles += cycles;
		m->calls++;
	}
}

static uint64_t
meter_total(const struct meter *m)
{
	return m->calls == 0 ? 0 : m->cycles + m->cycles / m->calls * m->interrupted;
}

/* Time in the way counts when it moved something; in turn, looking in vain costs as well. */
static void
charge(const struct job *j, struct meter *balance, uint64_t since, uint16_t moved)
{
	if (moved > 0 || j->in_turn)
		meter_add(balance, rte_rdtsc() - since);
}

static bool
worker_turn(struct worker *w)
{
	struct job *j = w->job;
	struct rte_mbuf *records[BURST];
	uint64_t t = rte_rdtsc();
	uint16_t n = j->way->ops->get(j->way, w->id, records);

	charge(j, &w->balance, t, n);
	if (n == 0)
		return false;
	t = rte_rdtsc();
	if (crypto_run(j->crypto, w->id, records, n) < 0)
		__atomic_store_n(&j->failed, true, __ATOMIC_RELAXED);
	meter_add(&w->crypto, rte_rdtsc() - t);
	t = rte_rdtsc();
	j->way->ops->put(j->way, w->id, records, n);
	charge(j, &w->balance, t, n);
	return true;
}

static int
worker_run(void *arg)
{
	struct worker *w = arg;

	while (!__atomic_load_n(&w->job->stop, __ATOMIC_RELAXED))
		if (!worker_turn(w))
			sched_yield();
	return 0;
}

static bool
submit_turn(struct job *j)
{
	uint64_t t;
	uint16_t n;

	if (j->nb_waiting == 0) {
		j->first_waiting = 0;
		j->nb_waiting =
			stream_cut(j->stream, j->waiting,
				   (uint16_t)RTE_MIN((uint32_t)BURST, WINDOW - j->in_flight));
	}
	if (j->nb_waiting == 0)
		return false;
	t = rte_rdtsc();
	n = j->way->ops->submit(j->way, j->waiting + j->first_waiting, j->nb_waiting);
	charge(j, &j->balance, t, n);
	j->first_waiting += n;
	j->nb_waiting -= n;
	j->in_flight += n;
	return n > 0;
}

static bool
collect_turn(struct job *j)
{
	struct rte_mbuf *records[BURST];
	uint64_t t = rte_rdtsc();
	uint16_t n = j->way->ops->collect(j->way, records), i;

	charge(j, &j->balance, t, n);
	t = rte_rdtsc();
	for (i = 0; i < n && j->nb_latency < j->records_max; i++)
		j->latency[j->nb_latency++] = t - record_of(records[i])->submitted;
	j->in_flight -= n;
	stream_collect(j->stream, records, n);
	return n > 0;
}

static void
home_run(struct job *j, uint32_t workers)
{
	uint32_t w;
	bool moved;

	while (j->stream->collected < j->stream->bytes) {
		moved = submit_turn(j);
		for (w = 1; j->in_turn && w < workers; w++)
			moved |= submit_turn(j);
		for (w = 0; j->in_turn && w < workers; w++)
			moved |= worker_turn(&j->workers[w]);
		while (collect_turn(j))
			moved = true;
		if (!moved)
			sched_yield();
	}
}

static double
cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int
cycles_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void
result_fill(struct job *j, uint32_t workers, struct job_result *r)
{
	uint32_t w;

	r->records = j->nb_latency;
	r->balance_cycles = meter_total(&j->balance);
	r->crypto_cycles = 0;
	for (w = 0; w < workers; w++) {
		r->balance_cycles += meter_total(&j->workers[w].balance);
		r->crypto_cycles += meter_total(&j->workers[w].crypto);
	}
	qsort(j->latency, j->nb_latency, sizeof(*j->latency), cycles_compare);
	r->latency_p50 = j->latency[j->nb_latency / 2];
	r->latency_p99 = j->latency[j->nb_latency * 99 / 100];
}

static void
workers_launch(struct job *j)
{
	uint32_t lcore, w = 0;

	RTE_LCORE_FOREACH_WORKER(lcore)
	rte_eal_remote_launch(worker_run, &j->workers[w++], lcore);
}

int
job_run(struct way *way, struct crypto *crypto, struct stream *stream, uint32_t workers,
	struct job_result *result)
{
	struct job *j = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*j));
	uint64_t start;
	double cpu;
	uint32_t w;
	int ret;

	if (j == NULL)
		return -ENOMEM;
	*j = (struct job){ .way = way,
			   .crypto = crypto,
			   .stream = stream,
			   .balance = meter_create(BALANCE_LIMIT_US) };
	j->records_max = stream->bytes / stream->record_min + 1;
	j->latency = malloc(j->records_max * sizeof(*j->latency));
	if (j->latency == NULL) {
		free(j);
		return -ENOMEM;
	}
	j->in_turn = rte_lcore_count() == 1;
	for (w = 0; w < workers; w++)
		j->workers[w] = (struct worker){ .job = j,
						 .id = w,
						 .crypto = meter_create(CRYPTO_LIMIT_US),
						 .balance = meter_create(BALANCE_LIMIT_US) };

	cpu = cpu_seconds();
	start = rte_rdtsc();
	if (!j->in_turn)
		workers_launch(j);
	home_run(j, workers);
	__atomic_store_n(&j->stop, true, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
	result->seconds = (double)(rte_rdtsc() - start) / (double)rte_get_tsc_hz();
	result->cpu_seconds = cpu_seconds() - cpu;
	result_fill(j, workers, result);

	ret = j->failed ? -EIO : stream->out_of_order ? -EILSEQ : 0;
	free(j->latency);
	free(j);
	return ret;
}
