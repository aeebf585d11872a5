/* SPDX-License-Identifier: BSD-3-Clause */
/* Configuration and traffic of the self test; see selftest.h. */
#include <inttypes.h>

#include <rte_errno.h>
#include <rte_service.h>

#include "log.h"
#include "selftest.h"

#define QUIET_POLLS 64

int
selftest_failed(const char *what, int64_t got, int64_t want)
{
	rte_log(RTE_LOG_ERR, dlb_log_driver, "selftest: %s: %" PRId64 ", accepted is %" PRId64 "\n",
		what, got, want);
	return -1;
}

int
selftest_expect(const char *what, int64_t got, int64_t want)
{
	return got == want ? 0 : selftest_failed(what, got, want);
}

static int
queue_setup(uint8_t dev_id, uint8_t q)
{
	static const struct {
		uint8_t sched_type;
		uint32_t cfg;
	} queues[SELFTEST_QUEUES] = {
		[SELFTEST_ATOMIC] = { RTE_SCHED_TYPE_ATOMIC, 0 },
		[SELFTEST_ORDERED] = { RTE_SCHED_TYPE_ORDERED, 0 },
		[SELFTEST_PARALLEL] = { RTE_SCHED_TYPE_PARALLEL, 0 },
		[SELFTEST_ALL_TYPES] = { 0, RTE_EVENT_QUEUE_CFG_ALL_TYPES },
		[SELFTEST_SINGLE] = { RTE_SCHED_TYPE_ATOMIC, RTE_EVENT_QUEUE_CFG_SINGLE_LINK },
		[SELFTEST_LATE] = { RTE_SCHED_TYPE_ATOMIC, RTE_EVENT_QUEUE_CFG_SINGLE_LINK },
	};
	struct rte_event_queue_conf conf;
	int ret;

	ret = rte_event_queue_default_conf_get(dev_id, q, &conf);
	conf.schedule_type = queues[q].sched_type;
	conf.event_queue_cfg = queues[q].cfg;
	return ret == 0 ? rte_event_queue_setup(dev_id, q, &conf) : ret;
}

static int
port_setup(uint8_t dev_id, uint8_t p)
{
	struct rte_event_port_conf conf;
	int ret;

	ret = rte_event_port_default_conf_get(dev_id, p, &conf);
	conf.event_port_cfg = RTE_EVENT_PORT_CFG_DISABLE_IMPL_REL;
	if (p == SELFTEST_PORT_SINGLE) {
		conf.event_port_cfg |= RTE_EVENT_PORT_CFG_SINGLE_LINK;
		conf.new_event_threshold = SELFTEST_THRESHOLD;
	}
	return ret == 0 ? rte_event_port_setup(dev_id, p, &conf) : ret;
}

int
selftest_configure(uint8_t dev_id)
{
	struct rte_event_dev_config conf = {
		.nb_event_queues = SELFTEST_QUEUES,
		.nb_event_ports = SELFTEST_PORTS,
		.nb_single_link_event_port_queues = 2,
		.nb_events_limit = SELFTEST_LIMIT,
		.nb_event_queue_flows = 1024,
		.nb_event_port_dequeue_depth = SELFTEST_BURST,
		.nb_event_port_enqueue_depth = SELFTEST_BURST,
		.dequeue_timeout_ns = 1,
		.event_dev_cfg = RTE_EVENT_DEV_CFG_PER_DEQUEUE_TIMEOUT,
	};
	uint8_t q, p;
	int ret;

	ret = rte_event_dev_configure(dev_id, &conf);
	for (q = 0; q < SELFTEST_QUEUES && ret == 0; q++)
		ret = queue_setup(dev_id, q);
	for (p = 0; p < SELFTEST_PORTS && ret == 0; p++)
		ret = port_setup(dev_id, p);
	return ret;
}

int
selftest_link(uint8_t dev_id)
{
	static const uint8_t balanced[] = { SELFTEST_ATOMIC, SELFTEST_ORDERED, SELFTEST_PARALLEL,
					    SELFTEST_ALL_TYPES };
	static const uint8_t single[] = { SELFTEST_SINGLE };
	const uint16_t n = RTE_DIM(balanced);

	if (rte_event_port_link(dev_id, SELFTEST_PORT_A, balanced, NULL, n) != n ||
	    rte_event_port_link(dev_id, SELFTEST_PORT_B, balanced, NULL, n) != n ||
	    rte_event_port_link(dev_id, SELFTEST_PORT_SINGLE, single, NULL, 1) != 1)
		return selftest_failed("links", rte_errno, 0);
	return 0;
}

struct rte_event
selftest_event(uint8_t queue, uint8_t sched_type, uint32_t number)
{
	return (struct rte_event){
		.flow_id = number & 0xfffff,
		.sub_event_type = number & 0xff,
		.event_type = RTE_EVENT_TYPE_CPU,
		.op = RTE_EVENT_OP_NEW,
		.sched_type = sched_type,
		.queue_id = queue,
		.u64 = number,
	};
}

int
selftest_send(const struct selftest_run *run, uint8_t port, struct rte_event ev[], uint16_t n)
{
	uint16_t sent = 0;
	uint32_t polls;

	for (polls = 0; polls < SELFTEST_POLLS_MAX && sent < n; polls++)
		sent += rte_event_enqueue_burst(run->dev_id, port, &ev[sent], n - sent);
	return sent == n ? 0 : selftest_failed("an event is not taken, rte_errno", rte_errno, 0);
}

int
selftest_send_numbered(const struct selftest_run *run, uint8_t port, uint8_t queue,
		       uint8_t sched_type, uint16_t n)
{
	struct rte_event ev;
	uint16_t i;
	int ret = 0;

	for (i = 0; i < n && ret == 0; i++) {
		ev = selftest_event(queue, sched_type, i);
		ret = selftest_send(run, port, &ev, 1);
	}
	return ret;
}

/* A device with a service runs when somebody runs that. */
uint16_t
selftest_poll(const struct selftest_run *run, uint8_t port, struct rte_event ev[], uint16_t n)
{
	uint32_t service;

	if (rte_event_dev_service_id_get(run->dev_id, &service) == 0)
		rte_service_run_iter_on_app_lcore(service, 1);
	return rte_event_dequeue_burst(run->dev_id, port, ev, n, 0);
}

int
selftest_receive(const struct selftest_run *run, uint8_t port, struct rte_event ev[], uint16_t n)
{
	uint16_t got = 0;
	uint32_t polls;

	for (polls = 0; polls < SELFTEST_POLLS_MAX && got < n; polls++)
		got += selftest_poll(run, port, &ev[got], n - got);
	return selftest_expect("events that came", got, n);
}

int
selftest_receive_one(const struct selftest_run *run, struct rte_event *ev, uint8_t *port)
{
	uint32_t polls;

	for (polls = 0; polls < SELFTEST_POLLS_MAX; polls++) {
		*port = *port == SELFTEST_PORT_A ? SELFTEST_PORT_B : SELFTEST_PORT_A;
		if (selftest_poll(run, *port, ev, 1) == 1)
			return 0;
	}
	return selftest_failed("events that came", 0, 1);
}

static int
answer(const struct selftest_run *run, uint8_t port, struct rte_event ev[], uint16_t n, uint8_t op,
       uint8_t queue)
{
	uint16_t i;

	for (i = 0; i < n; i++) {
		ev[i].op = op;
		ev[i].queue_id = queue;
	}
	return selftest_send(run, port, ev, n);
}

int
selftest_forward(const struct selftest_run *run, uint8_t port, struct rte_event ev[], uint16_t n,
		 uint8_t queue)
{
	return answer(run, port, ev, n, RTE_EVENT_OP_FORWARD, queue);
}

int
selftest_release(const struct selftest_run *run, uint8_t port, struct rte_event ev[], uint16_t n)
{
	return answer(run, port, ev, n, RTE_EVENT_OP_RELEASE, 0);
}

int
selftest_expect_nothing(const struct selftest_run *run, uint8_t port)
{
	struct rte_event ev;
	uint32_t polls;
	int ret = 0;

	for (polls = 0; polls < QUIET_POLLS && ret == 0; polls++)
		ret = selftest_expect("events where none may come",
				      selftest_poll(run, port, &ev, 1), 0);
	return ret;
}
