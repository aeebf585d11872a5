/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Timers whose expiry is an event: many that run once, some that are cancelled, and some that run
 * periodically. Workers take the events and say how far from its time each was.
 */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_event_timer_adapter.h>
#include <rte_eventdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_random.h>
#include <rte_service.h>

#include "jitter.h"
#include "options.h"

#define DEVICE 0
#define BURST 32
#define CANCEL_EVERY 10
#define NS_PER_MS UINT64_C(1000000)

enum kind { ONCE, PERIODIC, KINDS };

/* A timer, and what is known of it. */
struct watch {
	uint64_t due; /* TSC; of a periodic one: of its next expiry */
	uint32_t expiries;
	bool cancelled;
	struct rte_event_timer timer; /* last: it ends in memory for whoever runs timers */
} __rte_cache_aligned;

struct program;

struct worker {
	struct program *program;
	uint8_t port;
	struct jitter jitter[KINDS];
} __rte_cache_aligned;

struct program {
	struct options options;
	uint32_t nb_workers;
	struct rte_event_timer_adapter *adapters[KINDS];
	struct watch *watches[KINDS];
	uint32_t nb_watches[KINDS];
	uint64_t period_tsc;
	uint32_t service_lcore; /* runs what is a service, if anything is; else RTE_MAX_LCORE */
	uint64_t expired[KINDS], cancelled;
	bool started, stop;
	struct worker workers[RTE_MAX_LCORE];
};

static void
expiry_take(struct worker *w, const struct rte_event *ev)
{
	struct program *p = w->program;
	struct watch *watch = ev->event_ptr;
	enum kind kind = ev->sub_event_type;

	jitter_add(&w->jitter[kind], (int64_t)(rte_rdtsc() - watch->due));
	watch->expiries++;
	watch->due += p->period_tsc;
	__atomic_fetch_add(&p->expired[kind], 1, __ATOMIC_RELAXED);
}

static int
worker_run(void *arg)
{
	struct worker *w = arg;
	struct rte_event ev[BURST];
	uint16_t n, i;

	while (!__atomic_load_n(&w->program->stop, __ATOMIC_RELAXED)) {
		n = rte_event_dequeue_burst(DEVICE, w->port, ev, BURST, 0);
		if (n == 0)
			sched_yield();
		for (i = 0; i < n; i++) {
			expiry_take(w, &ev[i]);
			ev[i].op = RTE_EVENT_OP_RELEASE;
		}
		for (i = 0; i < n;)
			i += rte_event_enqueue_burst(DEVICE, w->port, ev + i, n - i);
	}
	return 0;
}

/* The flow of a timer is the timer, so that two expiries of one are never with two workers at once. */
static void
watch_prepare(struct program *p, enum kind kind, uint32_t index, uint64_t ticks)
{
	struct watch *w = &p->watches[kind][index];

	w->timer = (struct rte_event_timer){
		.ev = {
			.op = RTE_EVENT_OP_NEW,
			.sched_type = RTE_SCHED_TYPE_ATOMIC,
			.flow_id = index,
			.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
			.event_type = RTE_EVENT_TYPE_TIMER,
			.sub_event_type = kind,
			.event_ptr = w,
		},
		.timeout_ticks = ticks,
		.state = RTE_EVENT_TIMER_NOT_ARMED,
	};
	w->due = rte_rdtsc() +
		 (uint64_t)((double)ticks * p->options.tick_us * 1e-6 * (double)rte_get_tsc_hz());
}

static int
watch_arm(struct program *p, enum kind kind, uint32_t index, uint64_t ticks)
{
	struct rte_event_timer *timer = &p->watches[kind][index].timer;

	watch_prepare(p, kind, index, ticks);
	while (rte_event_timer_arm_burst(p->adapters[kind], &timer, 1) != 1) {
		if (rte_errno != EAGAIN) {
			fprintf(stderr, "timers: timer of %" PRIu64 " ticks: %s\n", ticks,
				rte_strerror(rte_errno));
			return -rte_errno;
		}
	}
	return 0;
}

static int
watches_arm(struct program *p)
{
	const struct options *o = &p->options;
	uint64_t longest = (uint64_t)o->duration_ms * 1000 / o->tick_us;
	uint32_t i;
	int ret = 0;

	for (i = 0; ret == 0 && i < p->nb_watches[PERIODIC]; i++)
		ret = watch_arm(p, PERIODIC, i, (uint64_t)o->period_ms * 1000 / o->tick_us);
	for (i = 0; ret == 0 && i < p->nb_watches[ONCE]; i++)
		ret = watch_arm(p, ONCE, i, 1 + rte_rand_max(longest));
	return ret;
}

/* Some of those that have not expired yet: each is then cancelled, or too late for that. */
static void
watches_cancel(struct program *p)
{
	struct rte_event_timer *timer;
	uint32_t i;

	for (i = 0; i < p->nb_watches[ONCE]; i += CANCEL_EVERY) {
		timer = &p->watches[ONCE][i].timer;
		if (rte_event_timer_cancel_burst(p->adapters[ONCE], &timer, 1) == 1) {
			p->watches[ONCE][i].cancelled = true;
			p->cancelled++;
		}
	}
}

/* Until every timer that runs once has, or was cancelled, and for as long as was asked for. */
static bool
is_finished(const struct program *p, uint64_t end)
{
	return rte_get_timer_cycles() >= end &&
	       __atomic_load_n(&p->expired[ONCE], __ATOMIC_RELAXED) + p->cancelled >=
		       p->nb_watches[ONCE];
}

static int
timers_run(struct program *p)
{
	uint64_t hz = rte_get_timer_hz(), start = rte_get_timer_cycles();
	uint64_t end = start + p->options.duration_ms * hz / 1000, give_up = end + 10 * hz;
	uint32_t lcore, w = 0, i;
	struct rte_event_timer *timer;
	int ret;

	RTE_LCORE_FOREACH_WORKER(lcore)
	{
		p->workers[w] = (struct worker){ .program = p, .port = (uint8_t)w };
		rte_eal_remote_launch(worker_run, &p->workers[w], lcore);
		w++;
	}
	ret = watches_arm(p);
	if (ret == 0)
		watches_cancel(p);
	while (ret == 0 && !is_finished(p, end)) {
		sched_yield();
		if (rte_get_timer_cycles() > give_up)
			break;
	}
	for (i = 0; i < p->nb_watches[PERIODIC]; i++) {
		timer = &p->watches[PERIODIC][i].timer;
		rte_event_timer_cancel_burst(p->adapters[PERIODIC], &timer, 1);
	}
	__atomic_store_n(&p->stop, true, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
	return ret;
}

static int
device_setup(const struct program *p)
{
	const struct rte_event_dev_config conf = {
		.nb_event_queues = 1,
		.nb_event_ports = (uint8_t)p->nb_workers + KINDS,
		.nb_events_limit = 4096,
		.nb_event_queue_flows = 1024,
		.nb_event_port_dequeue_depth = BURST,
		.nb_event_port_enqueue_depth = BURST,
	};
	const struct rte_event_queue_conf queue = {
		.schedule_type = RTE_SCHED_TYPE_ATOMIC,
		.nb_atomic_flows = 1024,
		.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
	};
	int ret = rte_event_dev_configure(DEVICE, &conf);
	uint8_t port, q = 0;

	if (ret == 0)
		ret = rte_event_queue_setup(DEVICE, 0, &queue);
	for (port = 0; ret == 0 && port < conf.nb_event_ports; port++)
		ret = rte_event_port_setup(DEVICE, port, NULL);
	for (port = 0; ret == 0 && port < p->nb_workers; port++)
		if (rte_event_port_link(DEVICE, port, &q, NULL, 1) != 1)
			ret = -rte_errno;
	return ret;
}

/* Asked for by adapters that need a port to enqueue through. */
static int
adapter_port(uint16_t id, uint8_t dev_id __rte_unused, uint8_t *port, void *arg)
{
	const struct program *p = arg;

	*port = (uint8_t)(p->nb_workers + id);
	return 0;
}

static void
service_run(const struct program *p, int found, uint32_t id)
{
	if (found < 0)
		return;
	rte_service_runstate_set(id, 1);
	rte_service_map_lcore_set(id, p->service_lcore, 1);
}

/*
 * Timers of an event device of its own need nobody. Those of the library are a service, and so is the
 * scheduler of some devices: a service lcore runs them, one from the command line or a worker lcore.
 */
static int
service_lcore_find(struct program *p)
{
	uint32_t caps = 0, id = 0, lcore;

	p->service_lcore = RTE_MAX_LCORE;
	rte_event_timer_adapter_caps_get(DEVICE, &caps);
	if (caps & RTE_EVENT_TIMER_ADAPTER_CAP_INTERNAL_PORT &&
	    rte_event_dev_service_id_get(DEVICE, &id) < 0)
		return 0;
	if (rte_service_lcore_list(&p->service_lcore, 1) != 1) {
		RTE_LCORE_FOREACH_WORKER(lcore)
		p->service_lcore = lcore;
		rte_service_lcore_add(p->service_lcore);
	}
	return rte_service_lcore_start(p->service_lcore);
}

static int
workers_find(struct program *p)
{
	struct rte_event_dev_info info;
	uint32_t lcore;
	int ret;

	if (rte_event_dev_count() == 0) {
		fprintf(stderr, "timers: 0 event devices: wanted is one that can have timers, such "
				"as --vdev=event_dlb0\n");
		return -ENODEV;
	}
	ret = service_lcore_find(p);
	if (ret < 0)
		return ret;
	RTE_LCORE_FOREACH_WORKER(lcore)
	p->nb_workers++;
	rte_event_dev_info_get(DEVICE, &info);
	if (p->nb_workers >= 1 && p->nb_workers + KINDS <= info.max_event_ports)
		return 0;
	fprintf(stderr, "timers: %u workers: %s has ports for 1 to %u\n", p->nb_workers,
		info.driver_name, info.max_event_ports - KINDS);
	return -ENOSPC;
}

static int
adapter_create(struct program *p, enum kind kind)
{
	const struct rte_event_timer_adapter_conf conf = {
		.event_dev_id = DEVICE,
		.timer_adapter_id = kind,
		.clk_src = RTE_EVENT_TIMER_ADAPTER_CPU_CLK,
		.timer_tick_ns = p->options.tick_us * UINT64_C(1000),
		.max_tmo_ns = (uint64_t)RTE_MAX(p->options.duration_ms, p->options.period_ms) *
				      NS_PER_MS +
			      p->options.tick_us * UINT64_C(1000),
		.nb_timers = RTE_MAX(p->nb_watches[kind], 64u),
		.flags = kind == PERIODIC ? RTE_EVENT_TIMER_ADAPTER_F_PERIODIC : 0,
	};
	uint32_t id = 0;
	int ret;

	p->adapters[kind] = rte_event_timer_adapter_create_ext(&conf, adapter_port, p);
	if (p->adapters[kind] == NULL)
		return -rte_errno;
	ret = rte_event_timer_adapter_service_id_get(p->adapters[kind], &id);
	service_run(p, ret, id);
	return 0;
}

static int
everything_start(struct program *p)
{
	enum kind kind;
	uint32_t id = 0;
	int ret = device_setup(p), found;

	for (kind = 0; ret == 0 && kind < KINDS; kind++)
		ret = adapter_create(p, kind);
	if (ret == 0) {
		found = rte_event_dev_service_id_get(DEVICE, &id);
		service_run(p, found, id);
		ret = rte_event_dev_start(DEVICE);
		p->started = ret == 0;
	}
	for (kind = 0; ret == 0 && kind < KINDS; kind++)
		ret = rte_event_timer_adapter_start(p->adapters[kind]);
	if (ret < 0)
		fprintf(stderr, "timers: event device %u does not start with timers: %s\n", DEVICE,
			strerror(-ret));
	return ret;
}

static void
everything_stop(struct program *p)
{
	enum kind kind;

	for (kind = 0; kind < KINDS; kind++) {
		if (p->adapters[kind] == NULL)
			continue;
		rte_event_timer_adapter_stop(p->adapters[kind]);
		rte_event_timer_adapter_free(p->adapters[kind]);
	}
	if (p->started)
		rte_event_dev_stop(DEVICE);
	if (p->service_lcore != RTE_MAX_LCORE)
		rte_service_lcore_stop(p->service_lcore);
	rte_event_dev_close(DEVICE);
}

/* Every timer that runs once ran once, or was cancelled and did not; none came early. */
static int
verdict(struct program *p, const struct jitter *once)
{
	uint64_t wrong = 0;
	int64_t tick = (int64_t)((double)p->options.tick_us * 1e-6 * (double)rte_get_tsc_hz());
	uint32_t i;
	bool fine;

	for (i = 0; i < p->nb_watches[ONCE]; i++)
		wrong += p->watches[ONCE][i].expiries != !p->watches[ONCE][i].cancelled;
	for (i = 0; i < p->nb_watches[PERIODIC]; i++)
		wrong += p->watches[PERIODIC][i].expiries == 0;
	fine = wrong == 0 && once->earliest >= -tick;
	printf("checks: %" PRIu64 " expired once, %" PRIu64 " were cancelled and did not, %" PRIu64
	       " periodic expiries, %" PRIu64 " wrong, %s early: %s\n",
	       p->expired[ONCE], p->cancelled, p->expired[PERIODIC], wrong,
	       once->earliest >= -tick ? "none" : "some", fine ? "fine" : "FAILED");
	return fine ? 0 : -EIO;
}

static int
report(struct program *p)
{
	struct jitter sum[KINDS] = { 0 };
	enum kind kind;
	uint32_t w;

	for (kind = 0; kind < KINDS; kind++)
		for (w = 0; w < p->nb_workers; w++)
			jitter_merge(&sum[kind], &p->workers[w].jitter[kind]);
	jitter_print(sum, "once", "periodic");
	return verdict(p, &sum[ONCE]);
}

static int
program_run(const struct options *o)
{
	struct program *p = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*p));
	enum kind kind;
	int ret = -ENOMEM;

	if (p == NULL)
		return ret;
	memset(p, 0, sizeof(*p));
	p->options = *o;
	p->nb_watches[ONCE] = o->timers;
	p->nb_watches[PERIODIC] = o->periodic;
	p->period_tsc = o->period_ms * rte_get_tsc_hz() / 1000;
	for (kind = 0; kind < KINDS; kind++) {
		p->watches[kind] = aligned_alloc(RTE_CACHE_LINE_SIZE,
						 (p->nb_watches[kind] + 1) * sizeof(struct watch));
		if (p->watches[kind] == NULL)
			goto free_watches;
		memset(p->watches[kind], 0, (p->nb_watches[kind] + 1) * sizeof(struct watch));
	}
	ret = workers_find(p);
	if (ret == 0)
		ret = everything_start(p);
	if (ret == 0)
		ret = timers_run(p);
	everything_stop(p);
	if (ret == 0)
		ret = report(p);
free_watches:
	for (kind = 0; kind < KINDS; kind++)
		free(p->watches[kind]);
	free(p);
	return ret;
}

int
main(int argc, char **argv)
{
	struct options o;
	int used = rte_eal_init(argc, argv);
	int ret;

	if (used < 0)
		return 1;
	if (options_parse(argc - used, argv + used, &o) < 0)
		ret = 2;
	else
		ret = program_run(&o) < 0 ? 1 : 0;
	rte_eal_cleanup();
	return ret;
}
