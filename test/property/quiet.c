/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The oracle when the device says that it has nothing more to do: events that some port could take must
 * not be left. Which promise is broken then depends on who could be in the way; see oracle.h.
 */
#include "oracle_lists.h"

static bool
port_has_room(const struct oracle *o, uint32_t port)
{
	const struct oracle_port *p = &o->ports[port];

	if (!p->enabled || p->unlinking || p->owed >= p->conf.full)
		return false;
	if (p->conf.kind == DLB_DIR)
		return true;
	return p->held.n < p->conf.hist && !p->throttled &&
	       (p->conf.load_limit == 0 || oracle_load(o, port) < p->conf.load_limit);
}

static bool
queue_is_paused(const struct oracle *o, uint32_t queue)
{
	uint32_t i;

	for (i = 0; i < o->conf.nb_ports; i++) {
		if (o->ports[i].links[queue] == LINK_PENDING)
			return true;
	}
	return false;
}

/* Port that holds events of an atomic event's flow, or ORACLE_PORTS. */
static uint32_t
flow_holder(const struct oracle *o, const struct oracle_event *e)
{
	const struct oracle_list *held;
	uint32_t i, k;

	for (i = 0; i < o->conf.nb_ports; i++) {
		held = &o->ports[i].held;
		for (k = 0; k < held->n; k++) {
			if (same_flow(&o->events[held->at[k]], e))
				return i;
		}
	}
	return ORACLE_PORTS;
}

static uint32_t
flows_held(const struct oracle *o, uint32_t queue)
{
	const struct oracle_list *held;
	const struct oracle_event *e;
	uint32_t i, k, j, n = 0;

	for (i = 0; i < o->conf.nb_ports; i++) {
		held = &o->ports[i].held;
		for (k = 0; k < held->n; k++) {
			e = &o->events[held->at[k]];
			for (j = 0; j < k && !same_flow(&o->events[held->at[j]], e);)
				j++;
			n += e->queue == queue && event_part(e) == PART_ATOMIC && j == k;
		}
	}
	return n;
}

/*
 * An atomic event that a port could take. Where as many events as the queue may stage belong to flows
 * that others hold, or as many flows as it may track, those behind them have to wait: then there is
 * none that must come.
 */
static uint32_t
atomic_for_port(const struct oracle *o, uint32_t queue, uint32_t port)
{
	const struct oracle_queue *q = &o->queues[queue];
	const struct oracle_list *list;
	uint32_t bin, i, holder, candidate = NO_EVENT, blocked = 0;

	if (o->conf.staged_long)
		blocked = oracle_held(o, queue, PART_ATOMIC);
	for (bin = 0; bin < DLB_BINS; bin++) {
		list = &q->waiting[PART_ATOMIC][bin];
		for (i = 0; i < list->n; i++) {
			holder = flow_holder(o, &o->events[list->at[i]]);
			if (holder != ORACLE_PORTS && holder != port)
				blocked++;
			else if (candidate == NO_EVENT)
				candidate = list->at[i];
		}
	}
	if (blocked >= q->conf.staged || flows_held(o, queue) >= q->conf.flows || q->conf.hashed)
		return NO_EVENT;
	return candidate;
}

static uint32_t
nalb_for_port(const struct oracle *o, uint32_t queue)
{
	const struct oracle_queue *q = &o->queues[queue];
	uint32_t bin;

	if (q->conf.window != 0 && q->tickets.n >= q->conf.window)
		return NO_EVENT;
	for (bin = 0; bin < DLB_BINS; bin++) {
		if (q->waiting[PART_NALB][bin].n > 0)
			return q->waiting[PART_NALB][bin].at[0];
	}
	return NO_EVENT;
}

static uint32_t
event_for_port(const struct oracle *o, uint32_t queue, uint32_t port)
{
	uint32_t event;

	if (o->ports[port].links[queue] != LINK_DONE || queue_is_paused(o, queue))
		return NO_EVENT;
	if (o->queues[queue].conf.kind == DLB_LDB &&
	    oracle_inflight(o, queue) >= o->queues[queue].conf.inflights)
		return NO_EVENT;
	event = nalb_for_port(o, queue);
	return event != NO_EVENT ? event : atomic_for_port(o, queue, port);
}

static bool
is_one_bit(uint32_t word)
{
	return word != 0 && (word & (word - 1)) == 0;
}

/* Another port holds something that might be taken for the flow of an atomic event. */
static const char *
flow_mistaken(const struct oracle *o, uint32_t event, uint32_t port)
{
	const struct oracle_event *e = &o->events[event], *h;
	const struct oracle_list *held;
	uint32_t i, k;

	for (i = 0; event_part(e) == PART_ATOMIC && i < o->conf.nb_ports; i++) {
		held = &o->ports[i].held;
		for (k = 0; i != port && k < held->n; k++) {
			h = &o->events[held->at[k]];
			if (event_part(h) != PART_ATOMIC)
				continue;
			if (h->queue == e->queue && is_one_bit(h->qe.lock_id ^ e->qe.lock_id))
				return "X5";
			if (h->queue != e->queue && h->qe.lock_id == e->qe.lock_id)
				return "X4";
		}
	}
	return NULL;
}

static const char *
promise_broken(const struct oracle *o, uint32_t event, uint32_t port)
{
	const char *mistaken = flow_mistaken(o, event, port);
	bool holds = false, owes = false;
	uint32_t i;

	if (o->events[event].after_drop)
		return "O5";
	if (mistaken != NULL)
		return mistaken;
	if (o->has_resumed)
		return "L4";
	for (i = 0; i < o->conf.nb_ports; i++) {
		holds |= i != port && o->ports[i].held.n > 0;
		owes |= i != port && o->ports[i].held.n == 0 &&
			o->ports[i].owed >= o->ports[i].conf.full;
	}
	return owes ? "L3" : holds ? "L2" : "L1";
}

void
oracle_quiet(struct oracle *o)
{
	uint32_t port, queue, event;

	for (port = 0; port < o->conf.nb_ports; port++) {
		if (!port_has_room(o, port))
			continue;
		for (queue = 0; queue < o->conf.nb_queues; queue++) {
			event = event_for_port(o, queue, port);
			if (event != NO_EVENT)
				violate(o->verdict, promise_broken(o, event, port),
					"event %u of queue %u is not scheduled, though port %u could "
					"take it",
					event, queue, port);
		}
	}
}
