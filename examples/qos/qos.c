/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two classes of work share the workers: bulk, as much as the device takes, and a little that is urgent.
 * The same traffic runs twice, first with one priority for all, then with one for each class.
 */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_eventdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_service.h>

#include "latency.h"
#include "options.h"

#define DEVICE 0
#define BURST 8

enum { QUEUE_WORK, QUEUE_DONE, QUEUES };

enum class { BULK, URGENT, CLASSES };

static const char *const class_names[CLASSES] = { "bulk", "urgent" };

/* What the two runs differ in. */
static const struct policy {
	const char *name;
	uint8_t priority[CLASSES];
} policies[] = {
	{ "equal", { RTE_EVENT_DEV_PRIORITY_NORMAL, RTE_EVENT_DEV_PRIORITY_NORMAL } },
	{ "priorities", { RTE_EVENT_DEV_PRIORITY_LOWEST, RTE_EVENT_DEV_PRIORITY_HIGHEST } },
};

struct run {
	const struct options *options;
	const struct policy *policy;
	uint32_t nb_workers;
	uint8_t bulk_port, urgent_port; /* the latter collects, too */
	bool has_service;
	uint32_t service_id;
	bool stop;
	struct latency latency[CLASSES];
};

struct worker {
	const struct run *run;
	uint8_t port;
} __rte_cache_aligned;

static int
worker_run(void *arg)
{
	const struct worker *w = arg;
	struct rte_event ev[BURST];
	uint64_t end;
	uint16_t n, i, sent;

	while (!__atomic_load_n(&w->run->stop, __ATOMIC_RELAXED)) {
		n = rte_event_dequeue_burst(DEVICE, w->port, ev, BURST, 0);
		if (n == 0)
			sched_yield();
		for (i = 0; i < n; i++) {
			for (end = rte_rdtsc() + w->run->options->work_cycles; rte_rdtsc() < end;)
				;
			ev[i].op = RTE_EVENT_OP_FORWARD;
			ev[i].queue_id = QUEUE_DONE;
			ev[i].sched_type = RTE_SCHED_TYPE_ATOMIC;
		}
		for (sent = 0; sent < n;)
			sent += rte_event_enqueue_forward_burst(DEVICE, w->port, ev + sent,
								n - sent);
	}
	return 0;
}

/* Returns how many were accepted. */
static uint16_t
events_send(const struct run *r, enum class class, uint8_t port, uint16_t n)
{
	struct rte_event ev[BURST];
	uint16_t i;

	for (i = 0; i < n; i++)
		ev[i] = (struct rte_event){
			.op = RTE_EVENT_OP_NEW,
			.queue_id = QUEUE_WORK,
			.sched_type = RTE_SCHED_TYPE_PARALLEL,
			.priority = r->policy->priority[class],
			.event_type = RTE_EVENT_TYPE_CPU,
			.sub_event_type = class,
			.u64 = rte_rdtsc(),
		};
	return rte_event_enqueue_new_burst(DEVICE, port, ev, n);
}

static void
events_collect(struct run *r)
{
	struct rte_event ev[BURST];
	uint64_t now;
	uint16_t n, i;

	if (r->has_service)
		rte_service_run_iter_on_app_lcore(r->service_id, 0);
	n = rte_event_dequeue_burst(DEVICE, r->urgent_port, ev, BURST, 0);
	now = rte_rdtsc();

	for (i = 0; i < n; i++) {
		latency_add(&r->latency[ev[i].sub_event_type % CLASSES], now - ev[i].u64);
		ev[i].op = RTE_EVENT_OP_RELEASE;
	}
	for (i = 0; i < n;)
		i += rte_event_enqueue_burst(DEVICE, r->urgent_port, ev + i, n - i);
}

/*
 * As much bulk as is accepted, and one urgent event after so many bulk ones. Bulk meets its limit first,
 * so there is always room for what is urgent. Everything comes back, so that the next run starts with
 * an empty device.
 */
static void
home_run(struct run *r)
{
	const struct options *o = r->options;
	uint64_t sent[CLASSES] = { 0 };

	while (latency_count(&r->latency[URGENT]) < o->urgent_events) {
		sent[BULK] += events_send(r, BULK, r->bulk_port, BURST);
		if (sent[BULK] / o->urgent_every > sent[URGENT])
			sent[URGENT] += events_send(r, URGENT, r->urgent_port, 1);
		events_collect(r);
	}
	while (latency_count(&r->latency[BULK]) < sent[BULK] ||
	       latency_count(&r->latency[URGENT]) < sent[URGENT])
		events_collect(r);
}

static int
port_setup(uint8_t port, uint32_t threshold, uint32_t flags, int queue)
{
	struct rte_event_port_conf conf;
	uint8_t q = (uint8_t)queue;
	int ret = rte_event_port_default_conf_get(DEVICE, port, &conf);

	if (ret < 0)
		return ret;
	conf.event_port_cfg = flags;
	conf.new_event_threshold = (int32_t)threshold;
	conf.dequeue_depth = BURST;
	conf.enqueue_depth = BURST;
	ret = rte_event_port_setup(DEVICE, port, &conf);
	if (ret == 0 && queue >= 0 && rte_event_port_link(DEVICE, port, &q, NULL, 1) != 1)
		ret = -rte_errno;
	return ret;
}

static int
queues_setup(void)
{
	struct rte_event_queue_conf conf = {
		.schedule_type = RTE_SCHED_TYPE_PARALLEL,
		.nb_atomic_flows = 1024,
		.nb_atomic_order_sequences = 1024,
		.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
	};
	int ret = rte_event_queue_setup(DEVICE, QUEUE_WORK, &conf);

	conf.schedule_type = RTE_SCHED_TYPE_ATOMIC;
	conf.event_queue_cfg = RTE_EVENT_QUEUE_CFG_SINGLE_LINK;
	return ret < 0 ? ret : rte_event_queue_setup(DEVICE, QUEUE_DONE, &conf);
}

static int
device_start(struct run *r)
{
	uint32_t window = r->options->window;
	struct rte_event_dev_config conf = {
		.nb_event_queues = QUEUES,
		.nb_event_ports = (uint8_t)r->nb_workers + 2,
		.nb_single_link_event_port_queues = 1,
		.nb_events_limit = (int32_t)window,
		.nb_event_queue_flows = 1024,
		.nb_event_port_dequeue_depth = BURST,
		.nb_event_port_enqueue_depth = BURST,
	};
	int ret = rte_event_dev_configure(DEVICE, &conf);
	uint8_t port;

	if (ret == 0)
		ret = queues_setup();
	for (port = 0; ret == 0 && port < r->nb_workers; port++)
		ret = port_setup(port, window, RTE_EVENT_PORT_CFG_HINT_WORKER, QUEUE_WORK);
	r->bulk_port = port;
	r->urgent_port = port + 1;
	if (ret == 0)
		ret = port_setup(r->bulk_port, window * 3 / 4, RTE_EVENT_PORT_CFG_HINT_PRODUCER,
				 -1);
	if (ret == 0)
		ret = port_setup(r->urgent_port, window, RTE_EVENT_PORT_CFG_SINGLE_LINK,
				 QUEUE_DONE);
	if (ret < 0)
		return ret;
	r->has_service = rte_event_dev_service_id_get(DEVICE, &r->service_id) == 0;
	if (r->has_service) {
		rte_service_runstate_set(r->service_id, 1);
		rte_service_set_runstate_mapped_check(r->service_id, 0);
	}
	return rte_event_dev_start(DEVICE);
}

static void
traffic_run(struct run *r)
{
	struct worker workers[RTE_MAX_LCORE];
	uint32_t lcore, w = 0;

	RTE_LCORE_FOREACH_WORKER(lcore)
	{
		workers[w] = (struct worker){ r, (uint8_t)w };
		rte_eal_remote_launch(worker_run, &workers[w], lcore);
		w++;
	}
	home_run(r);
	__atomic_store_n(&r->stop, true, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
}

static void
report(const struct run *r, FILE *csv)
{
	static const double parts[] = { 0.5, 0.9, 0.99, 0.999 };
	double us = 1e6 / (double)rte_get_tsc_hz();
	uint32_t class, i;

	for (class = 0; class < CLASSES; class ++) {
		const struct latency *l = &r->latency[class];

		printf("%-10s %-7s %9" PRIu64, r->policy->name, class_names[class],
		       latency_count(l));
		for (i = 0; i < RTE_DIM(parts); i++)
			printf(" %9.1f", (double)latency_part(l, parts[i]) * us);
		printf("\n");
		if (csv != NULL)
			latency_write(l, csv, r->policy->name, class_names[class], us);
	}
}

/* The claim: with priorities, urgent events usually take less than half as long as bulk. */
static int
verdict(const struct run *r)
{
	uint64_t urgent = latency_part(&r->latency[URGENT], 0.5);
	uint64_t bulk = latency_part(&r->latency[BULK], 0.5);
	bool fine = urgent < bulk / 2;

	printf("with priorities, urgent events take %.3f of what bulk takes: %s\n",
	       (double)urgent / (double)bulk, fine ? "fine" : "NOT less than half");
	return fine ? 0 : -EIO;
}

static int
policies_run(struct run *r, FILE *csv)
{
	uint32_t p;

	printf("%-10s %-7s %9s %9s %9s %9s %9s\n", "run", "class", "events", "50 % us", "90 % us",
	       "99 % us", "99.9 % us");
	for (p = 0; p < RTE_DIM(policies); p++) {
		r->policy = &policies[p];
		r->stop = false;
		memset(r->latency, 0, sizeof(r->latency));
		traffic_run(r);
		report(r, csv);
	}
	return verdict(r);
}

static int
csv_open(const char *path, FILE **csv)
{
	*csv = path == NULL ? NULL : fopen(path, "w");
	if (path == NULL || *csv != NULL)
		return 0;
	fprintf(stderr, "qos: --csv %s: %s\n", path, strerror(errno));
	return -EIO;
}

static int
program_run(const struct options *o)
{
	struct run *r = calloc(1, sizeof(*r));
	FILE *csv = NULL;
	int ret = r == NULL ? -ENOMEM : csv_open(o->csv, &csv);

	if (ret == 0) {
		r->options = o;
		r->nb_workers = rte_lcore_count() - 1;
		ret = device_start(r);
		if (ret < 0) {
			fprintf(stderr, "qos: event device %u does not start: %s\n", DEVICE,
				strerror(-ret));
		} else {
			ret = policies_run(r, csv);
			rte_event_dev_stop(DEVICE);
		}
	}
	rte_event_dev_close(DEVICE);
	if (csv != NULL)
		fclose(csv);
	free(r);
	return ret;
}

static bool
is_runnable(void)
{
	struct rte_event_dev_info info;
	uint32_t lcores = rte_lcore_count();

	if (rte_event_dev_count() == 0 || lcores < 2) {
		fprintf(stderr,
			"qos: %u event devices, %u lcores: wanted are one, such as "
			"--vdev=event_dlb0, and two\n",
			rte_event_dev_count(), lcores);
		return false;
	}
	rte_event_dev_info_get(DEVICE, &info);
	if (!(info.event_dev_cap & RTE_EVENT_DEV_CAP_EVENT_QOS))
		fprintf(stderr, "qos: %s has no priorities of events; event_dlb has\n",
			info.driver_name);
	else if (lcores + 1 > info.max_event_ports)
		fprintf(stderr, "qos: %u lcores: %s has ports for %u\n", lcores, info.driver_name,
			info.max_event_ports - 1);
	else
		return true;
	return false;
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
		ret = is_runnable() && program_run(&o) == 0 ? 0 : 1;
	rte_eal_cleanup();
	return ret;
}
