/* SPDX-License-Identifier: BSD-3-Clause */
/* From a configuration to a started event device, and back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_bus_vdev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_vect.h>

#include "dlb_model.h"
#include "eventdev_run.h"

#define LOG_BYTES 256
#define ENQUEUE_DEPTH 64
#define DIRECTED_LINKS_MAX 8 /* of one port */
#define ARGS_BYTES 160
#define AIDED_NAME "event_dlb_aided"

/* What was logged last, for messages; the library has one log for all devices. */
static struct log_tail {
	char text[LOG_BYTES];
} log_tail;

static ssize_t
log_write(void *arg, const char *text, size_t size)
{
	struct log_tail *tail = arg;
	size_t n = size < LOG_BYTES - 1 ? size : LOG_BYTES - 1;

	memcpy(tail->text, text, n);
	tail->text[n] = '\0';
	return (ssize_t)size;
}

static bool started; /* EAL, which a process has once */

static bool
eal_start(void)
{
	char *args[] = { (char *)(uintptr_t) "property",     (char *)(uintptr_t) "--no-huge",
			 (char *)(uintptr_t) "--no-pci",     (char *)(uintptr_t) "--no-telemetry",
			 (char *)(uintptr_t) "--no-shconf",  (char *)(uintptr_t) "-m",
			 (char *)(uintptr_t) "256",          (char *)(uintptr_t) "--lcores",
			 (char *)(uintptr_t) "0@0",          (char *)(uintptr_t) "--log-level",
			 (char *)(uintptr_t) "lib.eal:error" };
	FILE *file;

	if (started)
		return true;
	file = fopencookie(&log_tail, "w", (cookie_io_functions_t){ .write = log_write });
	if (file == NULL || rte_openlog_stream(file) != 0)
		return false;
	setvbuf(file, NULL, _IONBF, 0);
	started = rte_eal_init((int)(sizeof(args) / sizeof(args[0])), args) >= 0;
	return started;
}

static bool
worked(struct eventdev_run *run, const char *call, int ret)
{
	if (ret < 0)
		violate(run->verdict, "API", "%s: %d, %s", call, ret, log_tail.text);
	return ret >= 0;
}

uint64_t
eventdev_xstat(const struct eventdev_run *run, const char *name)
{
	return rte_event_dev_xstats_by_name_get(run->dev, name, NULL);
}

static bool
is_aided(const struct eventdev_config *conf)
{
	return (conf->seed | conf->lag | conf->noise | conf->relaxed | conf->strict |
		conf->choices) != 0;
}

/*
 * A device for each kind of configuration, kept from case to case: probing is slow. One with test aids
 * is the case's own.
 */
static bool
device_open(struct eventdev_run *run)
{
	const struct eventdev_config *conf = run->conf;
	char name[32], args[ARGS_BYTES];
	int id;

	snprintf(name, sizeof(name), "event_dlb%u%u", conf->v25 & 1, conf->sparse & 1);
	snprintf(args, sizeof(args), "hw=%s,cq_mode=%s,lint=1", conf->v25 & 1 ? "2.5" : "2.0",
		 conf->sparse & 1 ? "sparse" : "dense");
	if (is_aided(conf)) {
		snprintf(name, sizeof(name), AIDED_NAME);
		snprintf(args + strlen(args), sizeof(args) - strlen(args),
			 ",seed=%u,lag=%u,noise=%u,relaxed=%u,strict=%u,choices=%u", conf->seed,
			 conf->lag, conf->noise & 1, conf->relaxed & 1, conf->strict & 1,
			 conf->choices & DLB_CHOICES_ALL);
	}
	id = rte_event_dev_get_dev_id(name);
	if (id < 0) {
		if (!worked(run, "rte_vdev_init", rte_vdev_init(name, args)))
			return false;
		id = rte_event_dev_get_dev_id(name);
	}
	run->dev = (uint8_t)id;
	return worked(run, "rte_event_dev_get_dev_id", id);
}

void
eventdev_finish(void)
{
	static const char *const names[] = { "event_dlb00", "event_dlb01", "event_dlb10",
					     "event_dlb11" };
	uint32_t i;

	if (!started)
		return;
	/* Not every run has needed every configuration. */
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		rte_vdev_uninit(names[i]);
	rte_eal_cleanup();
}

static bool
queue_setup(struct eventdev_run *run, uint8_t queue)
{
	static const struct {
		uint32_t cfg;
		uint8_t sched;
	} types[QUEUE_TYPES] = {
		[QUEUE_ATOMIC] = { 0, RTE_SCHED_TYPE_ATOMIC },
		[QUEUE_ORDERED] = { 0, RTE_SCHED_TYPE_ORDERED },
		[QUEUE_PARALLEL] = { 0, RTE_SCHED_TYPE_PARALLEL },
		[QUEUE_ALL] = { RTE_EVENT_QUEUE_CFG_ALL_TYPES, 0 },
		[QUEUE_DIRECTED] = { RTE_EVENT_QUEUE_CFG_SINGLE_LINK, RTE_SCHED_TYPE_ATOMIC },
	};
	const struct eventdev_queue *q = &run->conf->queues[queue];
	const struct rte_event_queue_conf conf = {
		.nb_atomic_flows = 1024,
		.nb_atomic_order_sequences = q->sequences,
		.event_queue_cfg = types[q->type % QUEUE_TYPES].cfg,
		.schedule_type = types[q->type % QUEUE_TYPES].sched,
		.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
	};

	return worked(run, "rte_event_queue_setup", rte_event_queue_setup(run->dev, queue, &conf));
}

static bool
port_setup(struct eventdev_run *run, uint8_t port)
{
	const struct eventdev_port *p = &run->conf->ports[port];
	const uint32_t threshold =
		p->threshold < run->conf->limit ? p->threshold : run->conf->limit;
	const struct rte_event_port_conf conf = {
		.new_event_threshold = (int32_t)(threshold != 0 ? threshold : 1),
		.dequeue_depth = (uint16_t)(p->dequeue_depth != 0 ? p->dequeue_depth : 1),
		.enqueue_depth = ENQUEUE_DEPTH,
		.event_port_cfg = p->releases ? 0 : RTE_EVENT_PORT_CFG_DISABLE_IMPL_REL,
	};

	return worked(run, "rte_event_port_setup", rte_event_port_setup(run->dev, port, &conf));
}

/* Of the directed queues that a port wants, as many as it may have. */
static uint32_t
directed_choose(uint32_t wanted)
{
	uint32_t chosen = 0, n;

	for (n = 0; n < DIRECTED_LINKS_MAX && wanted != 0; n++) {
		chosen |= wanted & -wanted;
		wanted &= wanted - 1;
	}
	return chosen;
}

/* A directed queue goes to the first port that wants it, and load-balanced ones need some port. */
static void
links_choose(struct eventdev_run *run)
{
	uint32_t balanced = 0, taken = 0, port, queue;
	bool has_port = false;

	for (queue = 0; queue < run->conf->nb_queues; queue++)
		balanced |= eventdev_queue_is_directed(run, queue) ? 0 : 1u << queue;
	for (port = 0; port < run->conf->nb_ports; port++) {
		run->linked[port] =
			run->conf->ports[port].links & ~taken & ((1u << run->conf->nb_queues) - 1);
		run->linked[port] = (run->linked[port] & balanced) |
				    directed_choose(run->linked[port] & ~balanced);
		taken |= run->linked[port] & ~balanced;
		has_port |= run->linked[port] == 0 || run->linked[port] & balanced;
	}
	if (!has_port)
		run->linked[0] |= balanced;
}

static bool
links_setup(struct eventdev_run *run)
{
	uint32_t port;
	uint8_t queue;

	links_choose(run);
	for (port = 0; port < run->conf->nb_ports; port++) {
		for (queue = 0; queue < run->conf->nb_queues; queue++) {
			if (!(run->linked[port] >> queue & 1))
				continue;
			if (rte_event_port_link(run->dev, (uint8_t)port, &queue, NULL, 1) != 1)
				return worked(run, "rte_event_port_link", -rte_errno);
		}
	}
	return true;
}

bool
eventdev_start(struct eventdev_run *run)
{
	return worked(run, "rte_event_dev_start", rte_event_dev_start(run->dev));
}

static void
flush(uint8_t dev, struct rte_event ev, void *arg)
{
	struct eventdev_run *run = arg;

	(void)dev;
	witness_flushed(&run->witness, &ev);
}

void
eventdev_stop(struct eventdev_run *run)
{
	rte_event_dev_stop(run->dev);
	witness_stopped(&run->witness);
	memset(run->nb_held, 0, sizeof(run->nb_held));
	memset(run->unlinking, 0, sizeof(run->unlinking));
}

bool
eventdev_setup(struct eventdev_run *run)
{
	const struct rte_event_dev_config conf = {
		.nb_events_limit = (int32_t)run->conf->limit,
		.nb_event_queues = (uint8_t)run->conf->nb_queues,
		.nb_event_ports = (uint8_t)run->conf->nb_ports,
		.nb_event_queue_flows = 1024,
		.nb_event_port_dequeue_depth = 64,
		.nb_event_port_enqueue_depth = ENQUEUE_DEPTH,
		.dequeue_timeout_ns = 1,
	};
	uint8_t i;

	if (!eal_start()) {
		violate(run->verdict, "API", "EAL does not start: %s", log_tail.text);
		return false;
	}
	if (!device_open(run))
		return false;
	rte_vect_set_max_simd_bitwidth(
		run->conf->narrow < 2 ? RTE_VECT_SIMD_128 << run->conf->narrow : RTE_VECT_SIMD_MAX);
	run->lint = eventdev_xstat(run, "dev_model_lint_findings");
	if (!worked(run, "rte_event_dev_configure", rte_event_dev_configure(run->dev, &conf)))
		return false;
	run->is_set_up = true;
	for (i = 0; i < conf.nb_event_queues; i++) {
		if (!queue_setup(run, i))
			return false;
	}
	for (i = 0; i < conf.nb_event_ports; i++) {
		if (!port_setup(run, i))
			return false;
	}
	rte_event_dev_stop_flush_callback_register(run->dev, flush, run);
	return links_setup(run) && eventdev_start(run);
}

void
eventdev_teardown(struct eventdev_run *run)
{
	uint64_t lint;

	if (run->is_set_up) {
		eventdev_stop(run);
		lint = eventdev_xstat(run, "dev_model_lint_findings");
		if (lint != run->lint)
			violate(run->verdict, lint_invariant(log_tail.text), "%s", log_tail.text);
		rte_event_dev_stop_flush_callback_register(run->dev, NULL, NULL);
	}
	if (is_aided(run->conf))
		rte_vdev_uninit(AIDED_NAME);
}
