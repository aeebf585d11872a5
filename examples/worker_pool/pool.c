/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pool: queues of work that all workers serve, and a queue of finished jobs for one reader.
 *
 *   pool_submit -> the queue of the rule -> worker -> QUEUE_DONE -> pool_collect
 *
 * The rules are schedule types: parallel, ordered, and atomic with the key as flow.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eventdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include <rte_service.h>

#include "pool.h"

enum { QUEUE_DONE = POOL_EXCLUSIVE + 1, QUEUES };

#define JOBS_MAX 4096
#define FLOWS 1024 /* keys that may run at the same time */
#define WAIT_NS 10000000

static const uint8_t schedule_types[] = {
	[POOL_UNORDERED] = RTE_SCHED_TYPE_PARALLEL,
	[POOL_ORDERED] = RTE_SCHED_TYPE_ORDERED,
	[POOL_EXCLUSIVE] = RTE_SCHED_TYPE_ATOMIC,
};

struct worker {
	struct pool *pool;
	uint8_t port;
};

struct pool {
	uint8_t dev_id;
	uint8_t home_port; /* of the thread that submits and collects */
	bool stop;
	bool has_service;
	uint32_t service_id;
	uint32_t jobs_max, busy;
	uint64_t wait_ticks;
	struct worker workers[RTE_MAX_LCORE];
};

/* Some devices schedule in software, and want somebody to run that. */
static void
pool_schedule(struct pool *p)
{
	if (p->has_service)
		rte_service_run_iter_on_app_lcore(p->service_id, 0);
}

static int
worker_run(void *arg)
{
	const struct worker *w = arg;
	struct pool *p = w->pool;
	struct rte_event ev;
	struct pool_job *job;

	while (!__atomic_load_n(&p->stop, __ATOMIC_RELAXED)) {
		if (rte_event_dequeue_burst(p->dev_id, w->port, &ev, 1, p->wait_ticks) == 0)
			continue;
		job = ev.event_ptr;
		job->run(job);
		ev.op = RTE_EVENT_OP_FORWARD;
		ev.queue_id = QUEUE_DONE;
		ev.sched_type = RTE_SCHED_TYPE_ATOMIC;
		while (rte_event_enqueue_forward_burst(p->dev_id, w->port, &ev, 1) == 0)
			sched_yield();
	}
	return 0;
}

static int
queues_setup(struct pool *p)
{
	struct rte_event_queue_conf conf = {
		.nb_atomic_flows = FLOWS,
		.nb_atomic_order_sequences = 1024,
		.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
	};
	int ret = 0;
	uint8_t q;

	for (q = 0; ret == 0 && q < QUEUE_DONE; q++) {
		conf.schedule_type = schedule_types[q];
		ret = rte_event_queue_setup(p->dev_id, q, &conf);
	}
	if (ret < 0)
		return ret;
	conf.schedule_type = RTE_SCHED_TYPE_ATOMIC;
	conf.event_queue_cfg = RTE_EVENT_QUEUE_CFG_SINGLE_LINK;
	return rte_event_queue_setup(p->dev_id, QUEUE_DONE, &conf);
}

/* A port and the queues that it serves. */
static int
port_setup(struct pool *p, uint8_t port, uint8_t first_queue, uint16_t nb_queues, uint32_t flags)
{
	struct rte_event_port_conf conf;
	uint8_t queues[QUEUES];
	int ret = rte_event_port_default_conf_get(p->dev_id, port, &conf);
	uint16_t i;

	if (ret < 0)
		return ret;
	conf.event_port_cfg = flags;
	conf.dequeue_depth = 1;
	conf.enqueue_depth = 1;
	conf.new_event_threshold = (int32_t)p->jobs_max;
	ret = rte_event_port_setup(p->dev_id, port, &conf);
	if (ret < 0)
		return ret;
	for (i = 0; i < nb_queues; i++)
		queues[i] = (uint8_t)(first_queue + i);
	if (rte_event_port_link(p->dev_id, port, queues, NULL, nb_queues) != nb_queues)
		return -rte_errno;
	return 0;
}

static int
device_configure(struct pool *p, uint8_t nb_ports)
{
	struct rte_event_dev_config conf = {
		.nb_event_queues = QUEUES,
		.nb_event_ports = nb_ports,
		.nb_single_link_event_port_queues = 1,
		.nb_event_queue_flows = FLOWS,
	};
	struct rte_event_dev_info info;
	int ret = rte_event_dev_info_get(p->dev_id, &info);

	if (ret < 0)
		return ret;
	conf.nb_events_limit = (int32_t)RTE_MIN(p->jobs_max, (uint32_t)info.max_num_events);
	conf.nb_event_port_dequeue_depth = 1;
	conf.nb_event_port_enqueue_depth = 1;
	/* Devices that cannot wait are polled. */
	conf.dequeue_timeout_ns = RTE_MIN(info.max_dequeue_timeout_ns, (uint32_t)WAIT_NS);
	p->jobs_max = (uint32_t)conf.nb_events_limit;
	return rte_event_dev_configure(p->dev_id, &conf);
}

/* One port for each worker, and one for the thread that is here now. */
static int
device_start(struct pool *p)
{
	uint8_t nb_workers = (uint8_t)rte_lcore_count() - 1, i;
	int ret = device_configure(p, nb_workers + 1);

	if (ret == 0)
		ret = queues_setup(p);
	for (i = 0; ret == 0 && i < nb_workers; i++)
		ret = port_setup(p, i, 0, QUEUE_DONE, RTE_EVENT_PORT_CFG_HINT_WORKER);
	p->home_port = nb_workers;
	if (ret == 0)
		ret = port_setup(p, p->home_port, QUEUE_DONE, 1, RTE_EVENT_PORT_CFG_SINGLE_LINK);
	if (ret < 0)
		return ret;

	p->has_service = rte_event_dev_service_id_get(p->dev_id, &p->service_id) == 0;
	if (p->has_service) {
		rte_service_runstate_set(p->service_id, 1);
		rte_service_set_runstate_mapped_check(p->service_id, 0);
	}
	rte_event_dequeue_timeout_ticks(p->dev_id, WAIT_NS, &p->wait_ticks);
	return rte_event_dev_start(p->dev_id);
}

static bool
is_possible(uint8_t dev_id, uint32_t jobs_max)
{
	struct rte_event_dev_info info = { 0 };
	uint32_t lcores = rte_lcore_count();

	rte_event_dev_info_get(dev_id, &info);
	if (jobs_max < 1 || jobs_max > JOBS_MAX || lcores < 2)
		fprintf(stderr, "pool: %u jobs on %u lcores: 1 to %u jobs, and a worker lcore\n",
			jobs_max, lcores, JOBS_MAX);
	else if (lcores > info.max_event_ports)
		fprintf(stderr, "pool: %u lcores: %s has ports for %u\n", lcores, info.driver_name,
			info.max_event_ports);
	else
		return true;
	return false;
}

int
pool_create(uint8_t dev_id, uint32_t jobs_max, struct pool **pool)
{
	struct pool *p;
	uint32_t lcore;
	uint8_t port = 0;
	int ret;

	if (!is_possible(dev_id, jobs_max))
		return -EINVAL;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return -ENOMEM;
	p->dev_id = dev_id;
	p->jobs_max = jobs_max;
	ret = device_start(p);
	if (ret < 0) {
		fprintf(stderr, "pool: event device %u does not start: %s\n", dev_id,
			strerror(-ret));
		rte_event_dev_close(dev_id);
		free(p);
		return ret;
	}
	RTE_LCORE_FOREACH_WORKER(lcore)
	{
		p->workers[port] = (struct worker){ p, port };
		rte_eal_remote_launch(worker_run, &p->workers[port], lcore);
		port++;
	}
	*pool = p;
	return 0;
}

bool
pool_submit(struct pool *p, struct pool_job *job, enum pool_rule rule, uint32_t key)
{
	struct rte_event ev = {
		.op = RTE_EVENT_OP_NEW,
		.queue_id = (uint8_t)rule,
		.sched_type = schedule_types[rule],
		.flow_id = key % FLOWS,
		.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
		.event_type = RTE_EVENT_TYPE_CPU,
		.event_ptr = job,
	};

	pool_schedule(p);
	if (p->busy == p->jobs_max ||
	    rte_event_enqueue_new_burst(p->dev_id, p->home_port, &ev, 1) == 0)
		return false;
	p->busy++;
	return true;
}

struct pool_job *
pool_collect(struct pool *p)
{
	struct rte_event ev;

	pool_schedule(p);
	if (rte_event_dequeue_burst(p->dev_id, p->home_port, &ev, 1, 0) == 0)
		return NULL;
	p->busy--;
	return ev.event_ptr;
}

uint32_t
pool_busy(const struct pool *p)
{
	return p->busy;
}

void
pool_destroy(struct pool *p)
{
	if (p == NULL)
		return;
	__atomic_store_n(&p->stop, true, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
	rte_event_dev_stop(p->dev_id);
	rte_event_dev_close(p->dev_id);
	free(p);
}
