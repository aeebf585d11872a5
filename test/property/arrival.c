/* SPDX-License-Identifier: BSD-3-Clause */
/* The oracle's consumer side: what may arrive, and what must; see oracle.h. */
#include <inttypes.h>
#include <string.h>

#include "oracle_lists.h"

#define CQ_RING_LEAST 8 /* entries; a CQ that is less deep has more slots than it may use */

static bool
is_directed(const struct oracle_event *e)
{
	return dlb_qe_sched_type(e->qe.sched) == DLB_SCHED_DIRECTED;
}

bool
same_flow(const struct oracle_event *a, const struct oracle_event *b)
{
	return a->queue == b->queue && a->qe.lock_id == b->qe.lock_id &&
	       event_part(a) == PART_ATOMIC && event_part(b) == PART_ATOMIC;
}

uint32_t
oracle_depth(const struct oracle *o, uint32_t queue, enum oracle_part part)
{
	uint32_t bin, n = 0;

	for (bin = 0; bin < DLB_BINS; bin++)
		n += o->queues[queue].waiting[part][bin].n;
	return n;
}

uint32_t
oracle_held(const struct oracle *o, uint32_t queue, enum oracle_part part)
{
	const struct oracle_list *held;
	const struct oracle_event *e;
	uint32_t i, k, n = 0;

	for (i = 0; i < o->conf.nb_ports; i++) {
		held = &o->ports[i].held;
		for (k = 0; k < held->n; k++) {
			e = &o->events[held->at[k]];
			n += e->queue == queue && event_part(e) == part;
		}
	}
	return n;
}

uint32_t
oracle_inflight(const struct oracle *o, uint32_t queue)
{
	return oracle_held(o, queue, PART_NALB) + oracle_held(o, queue, PART_ATOMIC);
}

static uint32_t
event_weight(const struct oracle *o, const struct oracle_event *e)
{
	const uint32_t weights[] = { o->conf.weightless ? 0 : 1, 2, 4, 8 };

	return weights[(e->qe.misc & DLB_QE_WEIGHT) >> 1];
}

uint32_t
oracle_load(const struct oracle *o, uint32_t port)
{
	const struct oracle_list *held = &o->ports[port].held;
	uint32_t i, load = 0;

	for (i = 0; i < held->n; i++)
		load += event_weight(o, &o->events[held->at[i]]);
	return load;
}

/* The event in front, of those that an event must not overtake. */
static uint32_t
event_ahead(const struct oracle *o, uint32_t event)
{
	const struct oracle_event *e = &o->events[event];
	const struct oracle_list *list = event_list((struct oracle *)(uintptr_t)o, e);
	uint32_t i;

	for (i = 0; i < list->n; i++) {
		if (event_part(e) == PART_NALB || same_flow(&o->events[list->at[i]], e))
			return list->at[i];
	}
	return NO_EVENT;
}

/* The promise that is broken when e arrives before first, which entered its queue earlier. */
static const char *
overtaking(const struct oracle *o, const struct oracle_event *first, const struct oracle_event *e)
{
	const struct oracle_event *a, *b;
	bool from_ordered = false, from_atomic = false;

	if (first->answers != NO_EVENT && e->answers != NO_EVENT) {
		a = &o->events[first->answers];
		b = &o->events[e->answers];
		if (first->answers == e->answers)
			return "O7";
		from_ordered = a->queue == b->queue && a->qe.sched == b->qe.sched &&
			       dlb_qe_sched_type(a->qe.sched) == DLB_SCHED_ORDERED;
		from_atomic = same_flow(a, b);
	}
	if (from_ordered)
		return event_part(e) == PART_ATOMIC ? "O6" : "O4";
	if (from_atomic)
		return "O3";
	if (event_part(e) == PART_ATOMIC)
		return "O2";
	return is_directed(e) ? "O8" : "O1";
}

static uint32_t
event_of_data(const struct oracle *o, uint64_t data)
{
	if (data >> 32 != o->tag || (uint32_t)data >= o->nb_events)
		return NO_EVENT;
	return (uint32_t)data;
}

bool
oracle_expects(const struct oracle *o, uint32_t port, const struct dlb_cqe *cqe)
{
	uint32_t event = event_of_data(o, cqe->data);

	(void)port;
	return event != NO_EVENT && o->events[event].state == EVENT_STORED &&
	       event_ahead(o, event) == event;
}

static void
contents_check(struct oracle *o, const struct oracle_event *e, const struct dlb_cqe *cqe)
{
	const struct dlb_qe *qe = &e->qe;
	const uint16_t back = (uint16_t)(cqe->qid | cqe->sched << 8);

	if (cqe->opaque != qe->opaque)
		violate(o->verdict, "D2", "opaque 0x%04x arrives as 0x%04x", qe->opaque,
			cqe->opaque);
	if (is_directed(e)) {
		if (back != qe->lock_id)
			violate(o->verdict, "D3",
				"lock id 0x%04x of a directed QE arrives as 0x%04x", qe->lock_id,
				back);
		return;
	}
	if ((cqe->sched ^ qe->sched) & DLB_QE_MSG_TYPE)
		violate(o->verdict, "D2", "message type of 0x%02x arrives as 0x%02x", qe->sched,
			cqe->sched);
	if (cqe->qid != qe->qid || cqe->sched != qe->sched || cqe->flow_id != qe->lock_id)
		violate(o->verdict, "D3",
			"queue %u, byte 11 0x%02x, lock id 0x%04x arrive as %u, 0x%02x, 0x%04x",
			qe->qid, qe->sched, qe->lock_id, cqe->qid, cqe->sched, cqe->flow_id);
}

static void
order_check(struct oracle *o, uint32_t event)
{
	const uint32_t ahead = event_ahead(o, event);

	if (ahead != event)
		violate(o->verdict, overtaking(o, &o->events[ahead], &o->events[event]),
			"event %u arrives before event %u, which entered its queue earlier", event,
			ahead);
}

/* An event of the flow has been completed since the other one was delivered. */
static bool
flow_was_completed(const struct oracle *o, const struct oracle_event *held)
{
	uint32_t i;

	for (i = 0; i < o->nb_events; i++) {
		if (same_flow(&o->events[i], held) && o->events[i].done_at > held->delivered_at)
			return true;
	}
	return false;
}

static void
lock_check(struct oracle *o, uint32_t port, uint32_t event)
{
	const struct oracle_event *e = &o->events[event];
	const struct oracle_list *held;
	uint32_t i, k;

	for (i = 0; i < o->conf.nb_ports; i++) {
		held = &o->ports[i].held;
		for (k = 0; i != port && k < held->n; k++) {
			if (same_flow(&o->events[held->at[k]], e))
				violate(o->verdict,
					flow_was_completed(o, &o->events[held->at[k]]) ? "X2"
										       : "X1",
					"event %u arrives at port %u while port %u holds event %u of "
					"its flow, lock id 0x%04x",
					event, port, i, held->at[k], e->qe.lock_id);
		}
	}
}

static void
room_check(struct oracle *o, uint32_t port, const struct oracle_event *e)
{
	const struct oracle_port *p = &o->ports[port];
	const struct oracle_queue *q = &o->queues[e->queue];

	if (p->owed >= p->conf.depth)
		violate(o->verdict, p->conf.depth < CQ_RING_LEAST ? "G4" : "G2",
			"port %u of depth %u gets a QE with %u tokens owed", port, p->conf.depth,
			p->owed);
	if (p->conf.kind == DLB_DIR)
		return;
	if (p->held.n >= p->conf.hist)
		violate(o->verdict, "C3", "port %u with %u history entries holds %u already", port,
			p->conf.hist, p->held.n);
	if (p->throttled)
		violate(o->verdict, "C3", "port %u is above its inflight threshold %u: %u", port,
			p->conf.threshold, p->held.n);
	if (oracle_inflight(o, e->queue) >= q->conf.inflights)
		violate(o->verdict, "C4", "queue %u has all its %u inflights", e->queue,
			q->conf.inflights);
	if (q->conf.window != 0 && q->tickets.n >= q->conf.window &&
	    dlb_qe_sched_type(e->qe.sched) == DLB_SCHED_ORDERED)
		violate(o->verdict, "C4", "queue %u has used all its %u sequence numbers", e->queue,
			q->conf.window);
	if (p->conf.load_limit != 0 && oracle_load(o, port) >= p->conf.load_limit)
		violate(o->verdict, "C6", "port %u has load %u, its limit is %u", port,
			oracle_load(o, port), p->conf.load_limit);
}

static void
link_check(struct oracle *o, uint32_t port, uint32_t event)
{
	const struct oracle_port *p = &o->ports[port];
	const uint32_t queue = o->events[event].queue;

	if (p->links[queue] == LINK_NONE)
		violate(o->verdict, "D5",
			"event %u of queue %u arrives at port %u, which is not linked", event,
			queue, port);
	if (!p->enabled || p->unlinking)
		violate(o->verdict, "D5", "event %u arrives at port %u, which is %s", event, port,
			p->enabled ? "waiting for an unlink" : "disabled");
}

static uint32_t
depth_code(uint32_t depth, uint32_t threshold)
{
	return (2 * depth > threshold) + (4 * depth > 3 * threshold) + (depth > threshold);
}

static void
depth_check(struct oracle *o, const struct oracle_event *e, const struct dlb_cqe *cqe)
{
	const uint32_t depth = oracle_depth(o, e->queue, event_part(e));
	const uint32_t threshold = o->queues[e->queue].conf.threshold;
	const uint32_t code = (cqe->flags & DLB_CQE_DEPTH) >> 1;

	/* Entries that are held would count, too: then there is no telling. */
	if (o->conf.staged_long && event_part(e) == PART_ATOMIC)
		return;
	/* Whether a queue's depth counts the QE that is leaving is not known. */
	if (code != depth_code(depth, threshold) && code != depth_code(depth - 1, threshold))
		violate(o->verdict, "D3", "depth code %u at depth %u, threshold %u", code, depth,
			threshold);
}

/* Take the event from its queue to the port. */
static void
event_deliver(struct oracle *o, uint32_t port, uint32_t event)
{
	struct oracle_event *e = &o->events[event];
	struct oracle_list *list = event_list(o, e);
	struct oracle_port *p = &o->ports[port];
	uint32_t i;

	for (i = 0; list->at[i] != event;)
		i++;
	list_remove(list, i);
	o->credits_used[oracle_pool(o, e->queue)]--;
	p->delivered++;
	p->owed++;
	if (p->conf.kind == DLB_DIR) {
		e->state = EVENT_DONE;
		return;
	}
	e->state = EVENT_HELD;
	e->delivered_at = ++o->clock;
	list_push(&p->held, event);
	if (dlb_qe_sched_type(e->qe.sched) == DLB_SCHED_ORDERED)
		list_push(&o->queues[e->queue].tickets, event);
	if (p->conf.has_threshold && p->held.n >= p->conf.hist && p->held.n > p->conf.threshold)
		p->throttled = true;
}

void
oracle_arrive(struct oracle *o, uint32_t port, const struct dlb_cqe *cqe, bool is_alone)
{
	const uint32_t event = event_of_data(o, cqe->data);
	const struct oracle_event *e;

	if (event == NO_EVENT) {
		violate(o->verdict, "D1",
			"port %u gets data 0x%016" PRIx64 ", which nobody enqueued", port,
			cqe->data);
		return;
	}
	e = &o->events[event];
	if (e->state == EVENT_ATTACHED) {
		violate(o->verdict, event_part(e) == PART_ATOMIC ? "O6" : "O4",
			"event %u arrives while events before the one that it answers are unfinished",
			event);
		return;
	}
	if (e->state != EVENT_STORED) {
		violate(o->verdict, "D1", "event %u arrives again, at port %u", event, port);
		return;
	}
	contents_check(o, e, cqe);
	link_check(o, port, event);
	if (event_part(e) == PART_ATOMIC)
		lock_check(o, port, event);
	order_check(o, event);
	room_check(o, port, e);
	if (is_alone)
		depth_check(o, e, cqe);
	event_deliver(o, port, event);
}
