/* SPDX-License-Identifier: BSD-3-Clause */
/* Self test: what becomes of events. */
#include <errno.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>

#include "selftest.h"

#define TIMEOUT_NS 1000000u

static bool
is_same(const struct rte_event *got, const struct rte_event *sent, bool is_single)
{
	if (got->flow_id != sent->flow_id || got->sub_event_type != sent->sub_event_type ||
	    got->event_type != sent->event_type || got->queue_id != sent->queue_id ||
	    got->u64 != sent->u64)
		return false;
	return is_single ||
	       (got->sched_type == sent->sched_type && got->priority == sent->priority);
}

/* Every bit of an event arrives, also those that only the driver carries, in bursts of any size. */
int
selftest_fields(struct selftest_run *run, const struct selftest_case *c)
{
	bool is_single = c->queue == SELFTEST_SINGLE;
	struct rte_event sent[SELFTEST_BURST], got[SELFTEST_BURST];
	uint8_t port = SELFTEST_PORT_SINGLE;
	uint16_t i, from;
	int ret;

	for (i = 0; i < c->n; i++) {
		sent[i] = selftest_event(c->queue, c->sched_type, 0xa5c30 + i);
		sent[i].priority = (uint8_t)(RTE_EVENT_DEV_PRIORITY_HIGHEST + (i << 5));
		sent[i].u64 = UINT64_C(0x8badf00ddeadbeef) * (i + 1);
	}
	ret = selftest_send(run, SELFTEST_PORT_A, sent, c->n);
	for (i = 0; i < c->n && ret == 0; i++) {
		ret = is_single ? selftest_receive(run, port, got, 1)
				: selftest_receive_one(run, got, &port);
		/* By the payload: priorities and flows may overtake one another. */
		for (from = 0; from < c->n && sent[from].u64 != got->u64; from++)
			;
		if (ret == 0 && (from == c->n || !is_same(got, &sent[from], is_single)))
			ret = selftest_failed("an event arrives changed, of queue", c->queue, -1);
		if (ret == 0)
			ret = selftest_release(run, port, got, 1);
	}
	return ret;
}

/* Events of one flow come in the order in which they were sent. */
int
selftest_flow_order(struct selftest_run *run, const struct selftest_case *c)
{
	struct rte_event ev;
	uint8_t port = SELFTEST_PORT_SINGLE;
	uint16_t i;
	int ret = 0;

	for (i = 0; i < c->n && ret == 0; i++) {
		ev = selftest_event(c->queue, c->sched_type, i);
		ev.flow_id = 3;
		ret = selftest_send(run, SELFTEST_PORT_A, &ev, 1);
	}
	for (i = 0; i < c->n && ret == 0; i++) {
		ret = c->queue == SELFTEST_SINGLE ? selftest_receive(run, port, &ev, 1)
						  : selftest_receive_one(run, &ev, &port);
		if (ret == 0)
			ret = selftest_expect("order of a flow", (int64_t)ev.u64, i);
		if (ret == 0)
			ret = selftest_release(run, port, &ev, 1);
	}
	return ret;
}

/* While one port holds an event of a flow, the other gets none of it. */
int
selftest_exclusive(struct selftest_run *run, const struct selftest_case *c)
{
	struct rte_event ev[SELFTEST_BURST];
	uint8_t port = SELFTEST_PORT_A;
	uint32_t i;
	int ret = 0;

	for (i = 0; i < SELFTEST_BURST && ret == 0; i++) {
		ev[i] = selftest_event(c->queue, RTE_SCHED_TYPE_ATOMIC, i);
		ev[i].flow_id = 7;
		ret = selftest_send(run, SELFTEST_PORT_SINGLE, &ev[i], 1);
	}
	if (ret == 0)
		ret = selftest_receive_one(run, ev, &port);
	if (ret == 0)
		ret = selftest_expect_nothing(run, port == SELFTEST_PORT_A ? SELFTEST_PORT_B
									   : SELFTEST_PORT_A);
	if (ret == 0)
		ret = selftest_receive(run, port, &ev[1], SELFTEST_BURST - 1);
	for (i = 0; i < SELFTEST_BURST && ret == 0; i++)
		ret = selftest_expect("order of a flow", (int64_t)ev[i].u64, i);
	return ret == 0 ? selftest_release(run, port, ev, SELFTEST_BURST) : ret;
}

/* Ports A and B take turns until they have n events; each knows what it got. */
static int
receive_in_turns(const struct selftest_run *run, struct rte_event ev[2][SELFTEST_BURST],
		 uint16_t got[2], uint16_t n)
{
	uint32_t polls;

	got[0] = got[1] = 0;
	for (polls = 0; polls < SELFTEST_POLLS_MAX && got[0] + got[1] < n; polls++)
		got[polls % 2] +=
			selftest_poll(run, polls % 2 == 0 ? SELFTEST_PORT_A : SELFTEST_PORT_B,
				      &ev[polls % 2][got[polls % 2]], 1);
	return selftest_expect("events that came", got[0] + got[1], n);
}

/* Two ports answer in the wrong order; what they send on comes out in the right one. */
int
selftest_order_restored(struct selftest_run *run, const struct selftest_case *c)
{
	struct rte_event ev[2][SELFTEST_BURST], out[SELFTEST_BURST];
	uint16_t got[2];
	uint32_t i;
	int ret;

	ret = selftest_send_numbered(run, SELFTEST_PORT_SINGLE, c->queue, c->sched_type,
				     SELFTEST_BURST);
	if (ret == 0)
		ret = receive_in_turns(run, ev, got, SELFTEST_BURST);
	if (ret == 0)
		ret = selftest_forward(run, SELFTEST_PORT_B, ev[1], got[1], SELFTEST_SINGLE);
	if (ret == 0)
		ret = selftest_forward(run, SELFTEST_PORT_A, ev[0], got[0], SELFTEST_SINGLE);
	if (ret == 0)
		ret = selftest_receive(run, SELFTEST_PORT_SINGLE, out, SELFTEST_BURST);
	for (i = 0; i < SELFTEST_BURST && ret == 0; i++)
		ret = selftest_expect("order behind an ordered queue", (int64_t)out[i].u64, i);
	return ret == 0 ? selftest_release(run, SELFTEST_PORT_SINGLE, out, SELFTEST_BURST) : ret;
}

/* An ordered event that is released leaves no gap that the others wait for. */
int
selftest_order_with_gaps(struct selftest_run *run, const struct selftest_case *c)
{
	struct rte_event ev[2][SELFTEST_BURST], out[SELFTEST_BURST];
	uint16_t got[2], p, i, kept = 0;
	int ret;

	ret = selftest_send_numbered(run, SELFTEST_PORT_SINGLE, c->queue, c->sched_type,
				     SELFTEST_BURST);
	if (ret == 0)
		ret = receive_in_turns(run, ev, got, SELFTEST_BURST);
	for (p = 2; p-- > 0 && ret == 0;) {
		for (i = 0; i < got[p] && ret == 0; i++) {
			bool is_kept = ev[p][i].u64 % 4 == 0;

			kept += is_kept;
			ret = is_kept ? selftest_forward(run, (uint8_t)p, &ev[p][i], 1,
							 SELFTEST_SINGLE)
				      : selftest_release(run, (uint8_t)p, &ev[p][i], 1);
		}
	}
	if (ret == 0)
		ret = selftest_receive(run, SELFTEST_PORT_SINGLE, out, kept);
	for (i = 0; i < kept && ret == 0; i++)
		ret = selftest_expect("order with gaps", (int64_t)out[i].u64, 4 * i);
	return ret == 0 ? selftest_release(run, SELFTEST_PORT_SINGLE, out, kept) : ret;
}

/* Nothing keeps events from two ports at once: each gets some while the other holds some. */
int
selftest_shared(struct selftest_run *run, const struct selftest_case *c)
{
	struct rte_event ev[2][SELFTEST_BURST];
	uint16_t got[2] = { 0, 0 };
	uint32_t polls;
	uint8_t p;
	int ret;

	ret = selftest_send_numbered(run, SELFTEST_PORT_SINGLE, c->queue, c->sched_type,
				     SELFTEST_EVENTS);
	for (polls = 0; polls < SELFTEST_POLLS_MAX && (got[0] == 0 || got[1] == 0); polls++) {
		p = polls % 2;
		if (got[p] == 0)
			got[p] = selftest_poll(run, p, ev[p], 1);
	}
	if (ret == 0)
		ret = selftest_expect("ports that got an event", got[0] + got[1], 2);
	for (p = 0; p < 2 && ret == 0; p++)
		ret = selftest_release(run, p, ev[p], 1);
	return ret;
}

/* An urgent event overtakes what waits: those that are in a CQ already it cannot. */
int
selftest_event_priority(struct selftest_run *run, const struct selftest_case *c)
{
	const uint16_t n = 3 * SELFTEST_EVENTS;
	struct rte_event ev;
	uint8_t port = SELFTEST_PORT_SINGLE;
	uint16_t i, at = n;
	int ret = 0;

	for (i = 0; i <= n && ret == 0; i++) {
		ev = selftest_event(c->queue, c->sched_type, i);
		ev.priority =
			i < n ? RTE_EVENT_DEV_PRIORITY_LOWEST : RTE_EVENT_DEV_PRIORITY_HIGHEST;
		ret = selftest_send(run, SELFTEST_PORT_A, &ev, 1);
	}
	for (i = 0; i <= n && ret == 0; i++) {
		ret = c->queue == SELFTEST_SINGLE ? selftest_receive(run, port, &ev, 1)
						  : selftest_receive_one(run, &ev, &port);
		if (ret == 0 && ev.u64 == n)
			at = i;
		if (ret == 0)
			ret = selftest_release(run, port, &ev, 1);
	}
	if (ret == 0 && at == n)
		ret = selftest_failed("an urgent event comes last, at", at, 0);
	return ret;
}

/* The calls for bursts of one operation. */
int
selftest_forward_call(struct selftest_run *run, const struct selftest_case *c)
{
	struct rte_event ev[SELFTEST_BURST];
	uint32_t i;
	int ret = 0;

	for (i = 0; i < c->n; i++)
		ev[i] = selftest_event(SELFTEST_SINGLE, RTE_SCHED_TYPE_ATOMIC, i);
	ret = selftest_expect("a burst of new events",
			      rte_event_enqueue_new_burst(run->dev_id, SELFTEST_PORT_A, ev, c->n),
			      c->n);
	if (ret == 0)
		ret = selftest_receive(run, SELFTEST_PORT_SINGLE, ev, c->n);
	for (i = 0; i < c->n; i++)
		ev[i].op = RTE_EVENT_OP_FORWARD;
	if (ret == 0)
		ret = selftest_expect("a burst of forwards",
				      rte_event_enqueue_forward_burst(run->dev_id,
								      SELFTEST_PORT_SINGLE, ev,
								      c->n),
				      c->n);
	if (ret == 0)
		ret = selftest_receive(run, SELFTEST_PORT_SINGLE, ev, c->n);
	return ret == 0 ? selftest_release(run, SELFTEST_PORT_SINGLE, ev, c->n) : ret;
}

/* A port that finds nothing gives back the credits it kept ready. */
static void
ports_idle(const struct selftest_run *run)
{
	struct rte_event ev;
	uint8_t p;

	for (p = 0; p < SELFTEST_PORTS; p++)
		selftest_poll(run, p, &ev, 1);
}

/* A port may add so many events, and not one more; what is released can be sent again. */
static int
limit_run(struct selftest_run *run, uint8_t port, uint32_t limit)
{
	struct rte_event ev = selftest_event(SELFTEST_SINGLE, RTE_SCHED_TYPE_ATOMIC, 0);
	struct rte_event out[SELFTEST_BURST];
	uint32_t round, i;
	int ret = 0;

	for (round = 0; round < 3 && ret == 0; round++) {
		ports_idle(run);
		for (i = 0; i < limit && ret == 0; i++)
			ret = selftest_send(run, port, &ev, 1);
		if (ret == 0)
			ret = selftest_expect("events beyond the limit",
					      rte_event_enqueue_burst(run->dev_id, port, &ev, 1),
					      0);
		if (ret == 0)
			ret = selftest_expect("rte_errno beyond the limit", rte_errno, ENOSPC);
		for (i = 0; i < limit / SELFTEST_BURST && ret == 0; i++) {
			ret = selftest_receive(run, SELFTEST_PORT_SINGLE, out, SELFTEST_BURST);
			if (ret == 0)
				ret = selftest_release(run, SELFTEST_PORT_SINGLE, out,
						       SELFTEST_BURST);
		}
	}
	return ret;
}

int
selftest_limit(struct selftest_run *run, const struct selftest_case *c __rte_unused)
{
	return limit_run(run, SELFTEST_PORT_A, SELFTEST_LIMIT);
}

int
selftest_threshold(struct selftest_run *run, const struct selftest_case *c __rte_unused)
{
	return limit_run(run, SELFTEST_PORT_SINGLE, SELFTEST_THRESHOLD);
}

/* The last event of the burst is refused; those ahead of it are taken. n is its operation. */
int
selftest_bad_event(struct selftest_run *run, const struct selftest_case *c)
{
	struct rte_event ev[3];
	uint16_t i;
	int ret;

	for (i = 0; i < 3; i++)
		ev[i] = selftest_event(SELFTEST_SINGLE, RTE_SCHED_TYPE_ATOMIC, i);
	ev[2].queue_id = c->queue;
	ev[2].sched_type = c->sched_type;
	ev[2].op = (uint8_t)c->n;
	rte_errno = 0;
	ret = selftest_expect("events ahead of a bad one",
			      rte_event_enqueue_burst(run->dev_id, SELFTEST_PORT_A, ev, 3), 2);
	if (ret == 0)
		ret = selftest_expect("rte_errno of a bad event", rte_errno, EINVAL);
	if (ret == 0)
		ret = selftest_receive(run, SELFTEST_PORT_SINGLE, ev, 2);
	return ret == 0 ? selftest_release(run, SELFTEST_PORT_SINGLE, ev, 2) : ret;
}

/* A forward of what the port does not hold enters the system. */
int
selftest_stray(struct selftest_run *run, const struct selftest_case *c)
{
	struct rte_event ev = selftest_event(c->queue, c->sched_type, 1);
	int ret;

	ev.op = RTE_EVENT_OP_FORWARD;
	ret = selftest_send(run, SELFTEST_PORT_A, &ev, 1);
	if (ret == 0)
		ret = selftest_receive(run, SELFTEST_PORT_SINGLE, &ev, 1);
	return ret == 0 ? selftest_release(run, SELFTEST_PORT_SINGLE, &ev, 1) : ret;
}

/* A dequeue that waits in vain returns, and not before its time. */
int
selftest_timeout(struct selftest_run *run, const struct selftest_case *c __rte_unused)
{
	uint64_t ticks = 0, start;
	struct rte_event ev;
	uint16_t got;
	int ret;

	ret = selftest_expect("timeout ticks",
			      rte_event_dequeue_timeout_ticks(run->dev_id, TIMEOUT_NS, &ticks), 0);
	if (ret != 0)
		return ret;
	start = rte_get_timer_cycles();
	got = rte_event_dequeue_burst(run->dev_id, SELFTEST_PORT_A, &ev, 1, ticks);
	if (rte_get_timer_cycles() - start < ticks)
		return selftest_failed("a dequeue returns early, ticks", 0, (int64_t)ticks);
	return selftest_expect("events of an empty device", got, 0);
}
