/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A pipeline of stages on all lcores: what it is made of is on the command line. The main lcore sends
 * events in, and takes them from the last stage when that has a single reader; all others are workers
 * and serve all stages. While events run, workers leave one by one, and the last of them finishes.
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
#include <rte_eventdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_service.h>

#include "checks.h"
#include "options.h"

#define DEVICE 0

struct worker {
	struct pipeline *pipeline;
	uint8_t port;
	bool leaves;
	uint64_t events;
} __rte_cache_aligned;

struct pipeline {
	struct options options;
	struct checks checks;
	uint32_t nb_workers;
	uint8_t home_port;
	bool has_service;
	uint32_t service_id;
	bool stop;
	uint32_t nb_left;  /* workers that have */
	uint64_t flushed;  /* events that a port still held when its worker had gone */
	uint64_t finished; /* by all */
	struct worker workers[RTE_MAX_LCORE];
};

static void
work(uint32_t cycles)
{
	uint64_t end = rte_rdtsc() + cycles;

	while (rte_rdtsc() < end)
		;
}

/* Do a stage's work for an event, and say where it goes from there. */
static void
stage_run(struct pipeline *p, struct rte_event *ev)
{
	const struct options *o = &p->options;
	uint8_t stage = ev->queue_id;

	checks_enter(&p->checks, stage, ev->u64);
	work(o->work_cycles);
	checks_leave(&p->checks, stage, ev->u64);
	if (stage + 1 < o->nb_queues) {
		ev->op = RTE_EVENT_OP_FORWARD;
		ev->queue_id = stage + 1;
		ev->sched_type = o->types[stage + 1];
	} else {
		ev->op = RTE_EVENT_OP_RELEASE;
		checks_finish(&p->checks, ev->u64, o->types[stage] == RTE_SCHED_TYPE_ATOMIC);
	}
}

static void
burst_run(struct worker *w, struct rte_event ev[], uint16_t n)
{
	struct pipeline *p = w->pipeline;
	uint16_t i, sent = 0, released = 0;

	for (i = 0; i < n; i++) {
		stage_run(p, &ev[i]);
		released += ev[i].op == RTE_EVENT_OP_RELEASE;
	}
	for (;;) {
		sent += rte_event_enqueue_burst(DEVICE, w->port, ev + sent, n - sent);
		if (sent == n)
			break;
		sched_yield();
	}
	w->events += n;
	__atomic_fetch_add(&p->finished, released, __ATOMIC_RELAXED);
}

static void
event_flushed(uint8_t dev_id __rte_unused, struct rte_event ev __rte_unused, void *arg)
{
	struct pipeline *p = arg;

	__atomic_fetch_add(&p->flushed, 1, __ATOMIC_RELAXED);
}

/*
 * A worker leaves: no queue feeds its port any more, what has come already is finished, and what the
 * port might still hold is given back.
 */
static void
worker_leave(struct worker *w)
{
	struct rte_event ev[BURST_MAX];
	uint16_t n;

	rte_event_port_unlink(DEVICE, w->port, NULL, 0);
	do {
		n = rte_event_dequeue_burst(DEVICE, w->port, ev, w->pipeline->options.burst, 0);
		if (n > 0)
			burst_run(w, ev, n);
	} while (n > 0 || rte_event_port_unlinks_in_progress(DEVICE, w->port) > 0);
	rte_event_port_quiesce(DEVICE, w->port, event_flushed, w->pipeline);
	__atomic_fetch_add(&w->pipeline->nb_left, 1, __ATOMIC_RELEASE);
}

static bool
worker_is_due(const struct worker *w)
{
	const struct pipeline *p = w->pipeline;

	if (w->leaves)
		return __atomic_load_n(&p->finished, __ATOMIC_RELAXED) > p->options.events / 2;
	return __atomic_load_n(&p->stop, __ATOMIC_RELAXED);
}

static int
worker_run(void *arg)
{
	struct worker *w = arg;
	struct rte_event ev[BURST_MAX];
	uint16_t n;

	while (!worker_is_due(w)) {
		n = rte_event_dequeue_burst(DEVICE, w->port, ev, w->pipeline->options.burst, 0);
		if (n > 0)
			burst_run(w, ev, n);
		else
			sched_yield(); /* lcores may share a CPU here */
	}
	worker_leave(w);
	return 0;
}

static void
schedule(const struct pipeline *p)
{
	if (p->has_service)
		rte_service_run_iter_on_app_lcore(p->service_id, 0);
}

/* Events of all flows in turn, numbered within their flow. */
static uint16_t
events_make(struct pipeline *p, struct rte_event ev[], uint64_t first)
{
	const struct options *o = &p->options;
	uint16_t n = (uint16_t)RTE_MIN((uint64_t)o->burst, o->events - first), i;

	for (i = 0; i < n; i++) {
		uint64_t number = first + i;

		ev[i] = (struct rte_event){
			.op = RTE_EVENT_OP_NEW,
			.queue_id = 0,
			.sched_type = o->types[0],
			.flow_id = number % o->flows,
			.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
			.event_type = RTE_EVENT_TYPE_CPU,
			.u64 = checks_mark((uint32_t)(number % o->flows),
					   (uint32_t)(number / o->flows)),
		};
	}
	return n;
}

/* The last stage, where a single port is linked to it. */
static uint16_t
events_collect(struct pipeline *p)
{
	struct rte_event ev[BURST_MAX];
	uint16_t n = 0, i;

	if (p->options.single_link)
		n = rte_event_dequeue_burst(DEVICE, p->home_port, ev, p->options.burst, 0);
	for (i = 0; i < n; i++)
		checks_finish(&p->checks, ev[i].u64, true);
	for (i = 0; i < n; i++)
		ev[i].op = RTE_EVENT_OP_RELEASE;
	for (i = 0; i < n;)
		i += rte_event_enqueue_burst(DEVICE, p->home_port, ev + i, n - i);
	__atomic_fetch_add(&p->finished, n, __ATOMIC_RELAXED);
	return n;
}

static bool
workers_run(const struct pipeline *p)
{
	return __atomic_load_n(&p->nb_left, __ATOMIC_ACQUIRE) < p->nb_workers;
}

static void
home_run(struct pipeline *p)
{
	struct rte_event ev[BURST_MAX];
	uint64_t sent = 0;
	uint16_t n, collected;

	while (__atomic_load_n(&p->finished, __ATOMIC_RELAXED) < p->options.events) {
		n = events_make(p, ev, sent);
		n = rte_event_enqueue_new_burst(DEVICE, p->home_port, ev, n);
		sent += n;
		schedule(p);
		collected = events_collect(p);
		if (n + collected == 0)
			sched_yield();
	}
	__atomic_store_n(&p->stop, true, __ATOMIC_RELAXED);
	/* Workers that leave may wait for the scheduler to let go of their ports. */
	while (workers_run(p))
		schedule(p);
}

static int
queues_setup(const struct options *o)
{
	struct rte_event_queue_conf conf = {
		.nb_atomic_flows = 1024,
		.nb_atomic_order_sequences = 1024,
		.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
	};
	int ret = 0;
	uint8_t q;

	for (q = 0; ret == 0 && q < o->nb_queues; q++) {
		conf.schedule_type = o->types[q];
		if (o->single_link && q == o->nb_queues - 1)
			conf.event_queue_cfg = RTE_EVENT_QUEUE_CFG_SINGLE_LINK;
		ret = rte_event_queue_setup(DEVICE, q, &conf);
	}
	return ret;
}

static int
port_setup(const struct options *o, uint8_t port, uint8_t first_queue, uint8_t nb_queues,
	   uint32_t flags)
{
	struct rte_event_port_conf conf;
	uint8_t queues[STAGES_MAX + 1], i;
	int ret = rte_event_port_default_conf_get(DEVICE, port, &conf);

	if (ret < 0)
		return ret;
	conf.event_port_cfg = flags;
	conf.new_event_threshold = (int32_t)o->window;
	conf.dequeue_depth = o->burst;
	conf.enqueue_depth = o->burst;
	ret = rte_event_port_setup(DEVICE, port, &conf);
	for (i = 0; i < nb_queues; i++)
		queues[i] = first_queue + i;
	if (ret == 0 && nb_queues > 0 &&
	    rte_event_port_link(DEVICE, port, queues, NULL, nb_queues) != nb_queues)
		ret = -rte_errno;
	return ret;
}

static int
ports_setup(struct pipeline *p)
{
	const struct options *o = &p->options;
	uint8_t shared = o->nb_queues - o->single_link, port;
	int ret = 0;

	for (port = 0; ret == 0 && port < p->nb_workers; port++)
		ret = port_setup(o, port, 0, shared, RTE_EVENT_PORT_CFG_HINT_WORKER);
	p->home_port = port;
	if (ret < 0)
		return ret;
	if (o->single_link)
		return port_setup(o, port, shared, 1, RTE_EVENT_PORT_CFG_SINGLE_LINK);
	return port_setup(o, port, 0, 0, RTE_EVENT_PORT_CFG_HINT_PRODUCER);
}

static int
device_start(struct pipeline *p)
{
	const struct options *o = &p->options;
	struct rte_event_dev_config conf = {
		.nb_event_queues = o->nb_queues,
		.nb_event_ports = (uint8_t)p->nb_workers + 1,
		.nb_single_link_event_port_queues = o->single_link,
		.nb_events_limit = (int32_t)o->window,
		.nb_event_queue_flows = 1024,
		.nb_event_port_dequeue_depth = o->burst,
		.nb_event_port_enqueue_depth = o->burst,
	};
	int ret = rte_event_dev_configure(DEVICE, &conf);

	if (ret == 0)
		ret = queues_setup(o);
	if (ret == 0)
		ret = ports_setup(p);
	if (ret < 0)
		return ret;
	p->has_service = rte_event_dev_service_id_get(DEVICE, &p->service_id) == 0;
	if (p->has_service) {
		rte_service_runstate_set(p->service_id, 1);
		rte_service_set_runstate_mapped_check(p->service_id, 0);
	}
	return rte_event_dev_start(DEVICE);
}

static void
report(const struct pipeline *p, double seconds)
{
	uint32_t w;

	printf("%" PRIu64 " events through %u stages in %.3f s: %.2f million stages a second\n",
	       p->options.events, p->options.nb_queues, seconds,
	       (double)p->options.events * p->options.nb_queues / seconds / 1e6);
	for (w = 0; w < p->nb_workers; w++)
		printf("  worker %u: %" PRIu64 " stages%s\n", w, p->workers[w].events,
		       p->workers[w].leaves ? ", left halfway" : "");
}

static int
pipeline_run(struct pipeline *p)
{
	uint32_t lcore, w = 0;
	uint64_t start = rte_rdtsc();

	RTE_LCORE_FOREACH_WORKER(lcore)
	{
		p->workers[w] = (struct worker){
			.pipeline = p,
			.port = (uint8_t)w,
			.leaves = p->options.leave && w + 1 < p->nb_workers,
		};
		rte_eal_remote_launch(worker_run, &p->workers[w], lcore);
		w++;
	}
	home_run(p);
	rte_eal_mp_wait_lcore();
	report(p, (double)(rte_rdtsc() - start) / (double)rte_get_tsc_hz());
	return checks_report(&p->checks, p->options.events, p->flushed);
}

/* Devices that cannot go on without one of their ports, whatever their capabilities say. */
static const struct {
	const char *driver, *why;
} staying[] = {
	{ "event_sw", "what a port holds of an ordered stage is lost when the port is unlinked" },
	{ "event_dsw", "every port must go on dequeuing, or flows that move stand still" },
};

static bool
workers_can_leave(const char *driver)
{
	uint32_t i;

	for (i = 0; i < RTE_DIM(staying); i++) {
		if (strcmp(driver, staying[i].driver) == 0) {
			fprintf(stderr, "pipeline: --leave: %s cannot: %s; event_dlb can\n", driver,
				staying[i].why);
			return false;
		}
	}
	return true;
}

static bool
is_runnable(const struct options *o)
{
	struct rte_event_dev_info info;
	uint32_t lcores = rte_lcore_count();

	if (rte_event_dev_count() == 0 || lcores < 2) {
		fprintf(stderr,
			"pipeline: %u event devices, %u lcores: wanted are one, such as "
			"--vdev=event_dlb0, and two\n",
			rte_event_dev_count(), lcores);
		return false;
	}
	rte_event_dev_info_get(DEVICE, &info);
	if (lcores > info.max_event_ports) {
		fprintf(stderr, "pipeline: %u lcores: %s has ports for %u\n", lcores,
			info.driver_name, info.max_event_ports);
		return false;
	}
	return !o->leave || workers_can_leave(info.driver_name);
}

static int
pipeline_create_and_run(const struct options *o)
{
	struct pipeline *p = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*p));
	int ret;

	if (p == NULL)
		return -ENOMEM;
	memset(p, 0, sizeof(*p));
	p->options = *o;
	p->nb_workers = rte_lcore_count() - 1;
	ret = checks_create(&p->checks, o->nb_queues, o->flows, o->types);
	if (ret == 0) {
		ret = device_start(p);
		if (ret < 0) {
			fprintf(stderr, "pipeline: event device %u does not start: %s\n", DEVICE,
				strerror(-ret));
		} else {
			ret = pipeline_run(p);
			rte_event_dev_stop(DEVICE);
		}
		rte_event_dev_close(DEVICE);
	}
	checks_destroy(&p->checks);
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
		ret = is_runnable(&o) && pipeline_create_and_run(&o) == 0 ? 0 : 1;
	rte_eal_cleanup();
	return ret;
}
