/* SPDX-License-Identifier: BSD-3-Clause */
/* Carrying out a case on an event device; see eventdev_case.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>

#include "eventdev_run.h"

#define BURST_MAX 48
#define DRAIN_ROUNDS 4000
#define DRAIN_IDLE_ROUNDS 40
#define AUDIT_EVERY 16

static uint32_t
min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* The type that a queue gives an event. A queue with sequence numbers schedules PARALLEL in order. */
static enum witness_type
type_of(const struct eventdev_run *run, const struct rte_event *ev)
{
	switch (run->conf->queues[ev->queue_id].type % QUEUE_TYPES) {
	case QUEUE_ATOMIC:
		return EVENT_ATOMIC;
	case QUEUE_ORDERED:
		return EVENT_ORDERED;
	case QUEUE_PARALLEL:
		return EVENT_PARALLEL;
	case QUEUE_DIRECTED:
		return EVENT_DIRECTED;
	default:
		return ev->sched_type == RTE_SCHED_TYPE_ATOMIC ? EVENT_ATOMIC : EVENT_ORDERED;
	}
}

static uint8_t
sched_for(const struct eventdev_run *run, uint32_t queue, uint32_t sched)
{
	static const uint8_t types[] = { RTE_SCHED_TYPE_ATOMIC, RTE_SCHED_TYPE_ORDERED,
					 RTE_SCHED_TYPE_PARALLEL };
	const uint32_t type = run->conf->queues[queue].type % QUEUE_TYPES;

	return type < QUEUE_ALL ? types[type] : types[sched % 3];
}

static struct rte_event
event_make(const struct eventdev_run *run, uint32_t queue, struct traffic t, uint64_t data)
{
	const uint32_t noise = (uint32_t)data * 2654435761u;

	return (struct rte_event){
		.flow_id = (t.flow + (noise >> 7) % (t.flows + 1u) * 0x9e37u) & 0xfffff,
		.event_type = noise >> 3 & 0xf,
		.sub_event_type = noise >> 20 & 0xff,
		.op = RTE_EVENT_OP_NEW,
		.sched_type = sched_for(run, queue, t.sched),
		.queue_id = (uint8_t)queue,
		.priority = (uint8_t)(t.priority << 5),
		.u64 = data,
	};
}

/* A burst, and the held event that each of its events answers. */
struct burst {
	struct rte_event ev[2 * BURST_MAX];
	struct witness_event *answers[2 * BURST_MAX];
	uint32_t n;
	uint32_t data; /* events that are not releases */
};

static void
burst_add(struct eventdev_run *run, struct burst *b, struct rte_event ev,
	  struct witness_event *answers)
{
	ev.u64 = witness_next(&run->witness) + b->data;
	b->data += ev.op != RTE_EVENT_OP_RELEASE;
	b->answers[b->n] = answers;
	b->ev[b->n++] = ev;
}

/*
 * Only NEW may be refused, and only at the end of the credits. What a burst releases need not pay for
 * its NEW events.
 */
static void
refusal_check(struct eventdev_run *run, uint32_t port, const struct rte_event *refused,
	      uint32_t in_system)
{
	const struct eventdev_port *p = &run->conf->ports[port];
	const uint32_t limit = run->conf->limit;
	const uint32_t threshold = min_u32(p->threshold != 0 ? p->threshold : 1, limit);
	const uint32_t hidden = limit / 8; /* what ports may have cached */

	if (refused->op != RTE_EVENT_OP_NEW)
		violate(run->verdict, "C7", "port %u: op %u is refused, errno %d", port,
			refused->op, rte_errno);
	else if (rte_errno != ENOSPC)
		violate(run->verdict, "C7", "port %u: a NEW event is refused, errno %d", port,
			rte_errno);
	else if (in_system + hidden < threshold)
		violate(run->verdict, "C7",
			"port %u: a NEW event is refused with %u of %u events in the system", port,
			in_system, threshold);
}

static void
accepted(struct eventdev_run *run, uint32_t port, const struct burst *b, uint32_t from, uint32_t n)
{
	const struct eventdev_port *p = &run->conf->ports[port];
	const uint32_t threshold = min_u32(p->threshold != 0 ? p->threshold : 1, run->conf->limit);
	const struct rte_event *ev;
	uint32_t i;

	for (i = from; i < from + n; i++) {
		ev = &b->ev[i];
		if (ev->op != RTE_EVENT_OP_RELEASE)
			witness_accepted(&run->witness, port,
					 b->answers[i] != NULL ? b->answers[i]->member : 0, ev,
					 type_of(run, ev), b->answers[i]);
		if (b->answers[i] != NULL)
			witness_answered(&run->witness, b->answers[i],
					 ev->op == RTE_EVENT_OP_RELEASE);
		/* Releases of a burst may pay for its NEW events or not. */
		if (ev->op == RTE_EVENT_OP_NEW && n == 1 && run->witness.in_system > threshold)
			violate(run->verdict, "C7", "port %u: NEW event %u of %u is accepted", port,
				run->witness.in_system, threshold);
	}
	if (run->witness.in_system > run->conf->limit)
		violate(run->verdict, "C7", "%u events in the system, the limit is %u",
			run->witness.in_system, run->conf->limit);
}

static bool
burst_is_all(const struct burst *b, uint32_t op)
{
	uint32_t i;

	for (i = 0; i < b->n; i++) {
		if (b->ev[i].op != op)
			return false;
	}
	return true;
}

static uint32_t
burst_send(struct eventdev_run *run, uint32_t port, const struct burst *b, uint32_t call)
{
	const uint8_t p = (uint8_t)port;
	uint32_t sent = 0, released = 0, n, i;

	if (call == 2 && burst_is_all(b, RTE_EVENT_OP_NEW)) {
		sent = rte_event_enqueue_new_burst(run->dev, p, b->ev, (uint16_t)b->n);
		accepted(run, port, b, 0, sent);
	} else if (call == 2 && burst_is_all(b, RTE_EVENT_OP_FORWARD)) {
		sent = rte_event_enqueue_forward_burst(run->dev, p, b->ev, (uint16_t)b->n);
		accepted(run, port, b, 0, sent);
	} else if (call == 1) {
		do {
			n = rte_event_enqueue_burst(run->dev, p, &b->ev[sent], 1);
			accepted(run, port, b, sent, n);
			sent += n;
		} while (n == 1 && sent < b->n);
	} else {
		sent = rte_event_enqueue_burst(run->dev, p, b->ev, (uint16_t)b->n);
		accepted(run, port, b, 0, sent);
	}
	for (i = 0; i < sent; i++)
		released += b->ev[i].op == RTE_EVENT_OP_RELEASE;
	if (sent < b->n)
		refusal_check(run, port, &b->ev[sent],
			      call == 1 ? run->witness.in_system
					: run->witness.in_system + released);
	return sent;
}

static void
new_run(struct eventdev_run *run, uint32_t port, const struct case_op *op)
{
	const union traffic_arg traffic = { .word = op->arg[3] };
	const union manner_arg manner = { .word = op->arg[4] };
	const uint32_t n = min_u32(op->arg[2], BURST_MAX);
	struct burst b = { .n = 0 };
	uint32_t i, queue;

	for (i = 0; i < n; i++) {
		queue = (op->arg[1] + (manner.m.insert == 3 ? i : 0)) % run->conf->nb_queues;
		burst_add(run, &b,
			  event_make(run, queue, traffic.t, witness_next(&run->witness) + b.data),
			  NULL);
	}
	if (b.n > 0)
		burst_send(run, port, &b, manner.m.call);
}

/* Of the first n that a port holds, one half of the flows before the other. */
static void
held_shuffle(struct eventdev_run *run, uint32_t port, uint32_t n)
{
	struct witness_event *first[BURST_MAX], *second[BURST_MAX];
	uint32_t nb_first = 0, nb_second = 0, i;

	for (i = 0; i < n; i++) {
		if (run->held[port][i]->ev.flow_id & 1)
			first[nb_first++] = run->held[port][i];
		else
			second[nb_second++] = run->held[port][i];
	}
	memcpy(run->held[port], first, nb_first * sizeof(first[0]));
	memcpy(&run->held[port][nb_first], second, nb_second * sizeof(second[0]));
}

static void
held_remove(struct eventdev_run *run, uint32_t port, uint32_t n)
{
	run->nb_held[port] -= n;
	memmove(run->held[port], &run->held[port][n],
		run->nb_held[port] * sizeof(run->held[port][0]));
}

static void
answer_run(struct eventdev_run *run, uint32_t port, const struct case_op *op)
{
	const union traffic_arg traffic = { .word = op->arg[3] };
	const union manner_arg manner = { .word = op->arg[4] };
	const uint32_t n = min_u32(min_u32(op->arg[2], BURST_MAX), run->nb_held[port]);
	struct burst b = { .n = 0 };
	uint32_t i, queue, sent, answers = 0;
	struct witness_event *held;
	struct rte_event ev;

	if (manner.m.shuffle)
		held_shuffle(run, port, n);
	for (i = 0; i < n; i++) {
		held = run->held[port][i];
		queue = (op->arg[1] + (manner.m.noise >> i % 24 & 1)) % run->conf->nb_queues;
		ev = event_make(run, queue, traffic.t, held->ev.u64);
		ev.impl_opaque = held->opaque;
		ev.op = (held->ev.u64 * 2654435761u >> 9 & 7) < manner.m.release
				? RTE_EVENT_OP_RELEASE
				: RTE_EVENT_OP_FORWARD;
		burst_add(run, &b, ev, held);
		if ((held->ev.u64 * 2654435761u >> 13 & 7) < manner.m.insert && b.n < BURST_MAX)
			burst_add(run, &b, event_make(run, queue, traffic.t, i), NULL);
	}
	if (b.n == 0)
		return;
	sent = burst_send(run, port, &b, manner.m.call);
	for (i = 0; i < sent; i++)
		answers += b.answers[i] != NULL;
	held_remove(run, port, answers);
}

static void
link_check(struct eventdev_run *run, uint32_t port, uint32_t queue)
{
	if (!((run->linked[port] | run->unlinking[port]) >> queue & 1))
		violate(run->verdict, "D5",
			"port %u gets an event of queue %u, which it is not linked to", port,
			queue);
}

static uint32_t
dequeue(struct eventdev_run *run, uint32_t port, uint32_t n)
{
	const struct eventdev_port *p = &run->conf->ports[port];
	struct rte_event ev[64];
	struct witness_event *e;
	uint32_t i, got;

	n = min_u32(min_u32(n, p->dequeue_depth != 0 ? p->dequeue_depth : 1), 64);
	if (run->nb_held[port] + n > EVENTDEV_HELD)
		return 0;
	for (i = 0; p->releases && i < run->nb_held[port]; i++)
		witness_answered(&run->witness, run->held[port][i], true);
	if (p->releases)
		run->nb_held[port] = 0;
	got = rte_event_dequeue_burst(run->dev, (uint8_t)port, ev, (uint16_t)n, 0);
	for (i = 0; i < got; i++) {
		link_check(run, port, ev[i].queue_id);
		e = witness_dequeued(&run->witness, port, &ev[i]);
		if (e == NULL)
			break;
		run->held[port][run->nb_held[port]++] = e;
	}
	return got;
}

/* A burst of one good event and one that has something wrong with it. */
static void
bad_run(struct eventdev_run *run, uint32_t port, uint32_t what)
{
	const struct traffic t = { 0 };
	struct burst b = { .n = 0 };
	uint32_t sent;

	burst_add(run, &b, event_make(run, what % run->conf->nb_queues, t, 0), NULL);
	burst_add(run, &b, event_make(run, 0, t, 0), NULL);
	switch (what % 3) {
	case 0:
		b.ev[1].op = 3;
		break;
	case 1:
		b.ev[1].queue_id = (uint8_t)(run->conf->nb_queues + what);
		break;
	default:
		if (run->nb_held[port] > 0)
			return;
		b.ev[1].op = RTE_EVENT_OP_RELEASE;
		break;
	}
	rte_errno = 0;
	sent = rte_event_enqueue_burst(run->dev, (uint8_t)port, b.ev, 2);
	if (sent == 2 || (sent == 1 && rte_errno != EINVAL) ||
	    (sent == 0 && rte_errno != ENOSPC && rte_errno != EINVAL))
		violate(run->verdict, "D4", "a bad event (%u): %u sent, errno %d", what % 3, sent,
			rte_errno);
	accepted(run, port, &b, 0, sent == 1 ? 1 : 0);
}

static void
unlinks_look(struct eventdev_run *run)
{
	uint32_t port;

	for (port = 0; port < run->conf->nb_ports; port++) {
		if (rte_event_port_unlinks_in_progress(run->dev, (uint8_t)port) == 0)
			run->unlinking[port] = 0;
	}
}

static bool
link_run(struct eventdev_run *run, uint32_t port, uint8_t queue)
{
	if (eventdev_queue_is_directed(run, queue))
		return false;
	unlinks_look(run);
	if (rte_event_port_link(run->dev, (uint8_t)port, &queue, NULL, 1) == 1) {
		run->linked[port] |= 1u << queue;
		return true;
	}
	if (rte_errno != ENOSPC && (rte_errno != EBUSY || run->unlinking[port] == 0))
		violate(run->verdict, "API", "rte_event_port_link of port %u, queue %u: %d", port,
			queue, rte_errno);
	return false;
}

/* A port that has nothing but directed links is no port for load-balanced queues at a restart. */
static bool
link_is_needed(const struct eventdev_run *run, uint32_t port, uint8_t queue)
{
	const uint32_t left = run->linked[port] & ~(1u << queue);
	uint32_t q;

	for (q = 0; q < run->conf->nb_queues; q++) {
		if (left >> q & 1 && !eventdev_queue_is_directed(run, q))
			return false;
	}
	return left != 0;
}

static void
unlink_run(struct eventdev_run *run, uint32_t port, uint8_t queue)
{
	if (eventdev_queue_is_directed(run, queue) || !(run->linked[port] >> queue & 1) ||
	    link_is_needed(run, port, queue))
		return;
	if (rte_event_port_unlink(run->dev, (uint8_t)port, &queue, 1) != 1) {
		violate(run->verdict, "API", "rte_event_port_unlink of port %u, queue %u: %d", port,
			queue, rte_errno);
		return;
	}
	run->linked[port] &= ~(1u << queue);
	run->unlinking[port] |= 1u << queue;
}

static void
audit(struct eventdev_run *run)
{
	char name[RTE_EVENT_DEV_XSTATS_NAME_SIZE];
	uint64_t taken = eventdev_xstat(run, "dev_events_in_system");
	uint32_t port;

	for (port = 0; port < run->conf->nb_ports; port++) {
		snprintf(name, sizeof(name), "port_%u_credits_cached", port);
		taken -= eventdev_xstat(run, name);
	}
	if (taken != run->witness.in_system)
		violate(run->verdict, "C7", "%u events are in the system, credits say %lld",
			run->witness.in_system, (long long)taken);
}

static void
op_run(struct eventdev_run *run, const struct case_op *op)
{
	const uint32_t port = op->arg[0] % run->conf->nb_ports;
	const uint8_t queue = (uint8_t)(op->arg[1] % run->conf->nb_queues);

	if (witness_is_full(&run->witness))
		return;
	switch (op->code) {
	case EV_NEW:
		new_run(run, port, op);
		break;
	case EV_DEQUEUE:
		dequeue(run, port, op->arg[1]);
		break;
	case EV_ANSWER:
		answer_run(run, port, op);
		break;
	case EV_BAD:
		bad_run(run, port, op->arg[1]);
		break;
	case EV_LINK:
		link_run(run, port, queue);
		break;
	case EV_UNLINK:
		unlink_run(run, port, queue);
		break;
	default:
		eventdev_stop(run);
		eventdev_start(run);
		break;
	}
}

/* Release everything that a port holds. */
static void
release_all(struct eventdev_run *run, uint32_t port)
{
	struct burst b;
	uint32_t i, n, sent;

	while (run->nb_held[port] > 0 && verdict_is_clean(run->verdict)) {
		n = min_u32(run->nb_held[port], BURST_MAX);
		b.n = b.data = 0;
		for (i = 0; i < n; i++)
			burst_add(run, &b,
				  (struct rte_event){ .op = RTE_EVENT_OP_RELEASE,
						      .impl_opaque = run->held[port][i]->opaque },
				  run->held[port][i]);
		sent = burst_send(run, port, &b, 0);
		held_remove(run, port, sent);
	}
}

/* Queues that no port is linked to: their events can only come out by a stop. */
static bool
orphans_link(struct eventdev_run *run)
{
	uint32_t linked = 0, port;
	uint8_t queue;
	bool all = true;

	for (port = 0; port < run->conf->nb_ports; port++)
		linked |= run->linked[port];
	for (queue = 0; queue < run->conf->nb_queues; queue++) {
		if (linked >> queue & 1)
			continue;
		for (port = 0; port < run->conf->nb_ports; port++) {
			if (link_run(run, port, queue))
				break;
		}
		all &= port < run->conf->nb_ports;
	}
	return all;
}

/* Consumers go on until nothing comes: L1 to L4, then C8. */
static void
drain(struct eventdev_run *run)
{
	uint32_t port, round, got, idle = 0;
	bool all_linked = false;

	for (round = 0;
	     round < DRAIN_ROUNDS && idle < DRAIN_IDLE_ROUNDS && verdict_is_clean(run->verdict);
	     round++) {
		for (port = 0, got = 0; port < run->conf->nb_ports; port++) {
			got += dequeue(run, port, 64);
			release_all(run, port);
		}
		unlinks_look(run);
		all_linked = orphans_link(run);
		idle = got > 0 ? 0 : idle + 1;
	}
	if (all_linked && witness_inside(&run->witness) > 0)
		violate(run->verdict, "L1", "%u events stay inside, though every queue is served",
			witness_inside(&run->witness));
	if (all_linked && run->witness.in_system != 0)
		violate(run->verdict, "C8", "%u events are counted and nowhere",
			run->witness.in_system);
	audit(run);
}

void
eventdev_run(const struct test_case *c, struct verdict *v)
{
	struct eventdev_run *run = calloc(1, sizeof(*run));
	uint32_t i;

	if (run == NULL)
		abort();
	run->conf = eventdev_config(c);
	run->verdict = v;
	run->witness.verdict = v;
	run->witness.tag = (uint32_t)c->seed | 1;
	if (eventdev_setup(run)) {
		for (i = 0; i < c->nb_ops && verdict_is_clean(v); i++) {
			v->op = i;
			op_run(run, &c->ops[i]);
			if (i % AUDIT_EVERY == 0)
				audit(run);
		}
		if (!run->conf->stops && verdict_is_clean(v))
			drain(run);
	}
	eventdev_teardown(run);
	free(run);
}
