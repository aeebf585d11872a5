/* SPDX-License-Identifier: BSD-3-Clause */
/* The witness; see witness.h. */
#include <inttypes.h>
#include <string.h>

#include "witness.h"

enum witness_stream_kind {
	STREAM_PORT, /* a: port, b: member */
	STREAM_ORDERED, /* answers to an ordered queue; a: queue, b: bin, c: stream of what they answer */
	STREAM_ATOMIC, /* answers to a flow; a: queue, b: bin and flow, c: as above */
};

static uint32_t
bin_of(const struct rte_event *ev)
{
	return ev->priority >> 6;
}

/* Locks know 16 bits of the flow. */
static uint32_t
lock_of(const struct rte_event *ev)
{
	return ev->flow_id & 0xffff;
}

uint64_t
witness_next(const struct witness *w)
{
	return (uint64_t)w->tag << 32 | w->nb_events;
}

bool
witness_is_full(const struct witness *w)
{
	return w->nb_events + 64 > WITNESS_EVENTS;
}

static uint32_t
stream_find(struct witness *w, uint32_t kind, uint32_t a, uint32_t b, uint32_t c)
{
	const struct witness_stream s = { kind, a, b, c };
	uint32_t i;

	for (i = 0; i < w->nb_streams; i++) {
		if (memcmp(&w->streams[i], &s, sizeof(s)) == 0)
			return i;
	}
	w->streams[w->nb_streams] = s;
	return w->nb_streams++;
}

/*
 * NEW events, and answers that are not ordered, enter their queue in the order of their hardware port.
 * Answers to an ordered queue enter in the order in which what they answer entered that queue; so do
 * answers to one flow of an atomic queue.
 */
static void
streams_set(struct witness *w, struct witness_event *e, uint32_t port, uint8_t member,
	    const struct witness_event *answered)
{
	uint32_t i;

	for (i = 0; i < WITNESS_STREAMS; i++)
		e->stream[i] = NO_STREAM;
	if (answered == NULL || answered->type != EVENT_ORDERED) {
		e->stream[0] = stream_find(w, STREAM_PORT, port, member, 0);
		e->place[0] = w->nb_events;
	}
	if (answered == NULL)
		return;
	if (answered->type == EVENT_ORDERED) {
		for (i = 0; i < WITNESS_STREAMS; i++) {
			if (answered->stream[i] == NO_STREAM)
				continue;
			e->stream[i] = stream_find(w, STREAM_ORDERED, answered->ev.queue_id,
						   bin_of(&answered->ev), answered->stream[i]);
			e->place[i] = answered->place[i];
		}
	} else if (answered->type == EVENT_ATOMIC) {
		i = answered->stream[0] != NO_STREAM ? 0 : 1;
		e->stream[1] = stream_find(w, STREAM_ATOMIC, answered->ev.queue_id,
					   bin_of(&answered->ev) << 16 | lock_of(&answered->ev),
					   answered->stream[i]);
		e->place[1] = answered->place[i];
	}
}

void
witness_accepted(struct witness *w, uint32_t port, uint8_t member, const struct rte_event *ev,
		 enum witness_type type, const struct witness_event *answered)
{
	struct witness_event *e = &w->events[w->nb_events];

	*e = (struct witness_event){ .ev = *ev, .type = type };
	streams_set(w, e, port, member, answered);
	w->in_system += answered == NULL;
	w->nb_events++;
}

static bool
in_one_list(const struct witness_event *a, const struct witness_event *b)
{
	return a->ev.queue_id == b->ev.queue_id && a->type == b->type &&
	       bin_of(&a->ev) == bin_of(&b->ev) &&
	       (a->type != EVENT_ATOMIC || lock_of(&a->ev) == lock_of(&b->ev));
}

/* The kind of stream in which e comes before first, though it entered later; NO_STREAM: in none. */
static uint32_t
stream_broken(const struct witness *w, const struct witness_event *first,
	      const struct witness_event *e)
{
	uint32_t i, j;

	for (i = 0; i < WITNESS_STREAMS; i++) {
		for (j = 0; j < WITNESS_STREAMS; j++) {
			if (e->stream[i] != NO_STREAM && e->stream[i] == first->stream[j] &&
			    first->place[j] < e->place[i])
				return w->streams[e->stream[i]].kind;
		}
	}
	return NO_STREAM;
}

static const char *
overtaking(uint32_t kind, const struct witness_event *e)
{
	if (kind == STREAM_ORDERED)
		return e->type == EVENT_ATOMIC ? "O6" : "O4";
	if (kind == STREAM_ATOMIC)
		return "O3";
	if (e->type == EVENT_ATOMIC)
		return "O2";
	return e->type == EVENT_DIRECTED ? "O8" : "O1";
}

/*
 * Where there is one consumer at a time (the holder of a flow, the port of a directed queue), an event
 * must not come out while one that is before it in a stream is still inside.
 */
static void
order_check(struct witness *w, const struct witness_event *e)
{
	const struct witness_event *o;
	uint32_t i, kind;

	if (e->type != EVENT_ATOMIC && e->type != EVENT_DIRECTED)
		return;
	for (i = 0; i < w->nb_events; i++) {
		o = &w->events[i];
		if (o == e || o->state != WITNESS_INSIDE || !in_one_list(o, e))
			continue;
		kind = stream_broken(w, o, e);
		if (kind != NO_STREAM)
			violate(w->verdict, overtaking(kind, e),
				"event %" PRIu64
				" of queue %u comes out before event %u of its stream",
				e->ev.u64 & UINT32_MAX, e->ev.queue_id, i);
	}
}

/* Events that this hardware port has given before, and that had to come after this one. */
static void
ring_order_check(struct witness *w, const struct witness_event *e)
{
	const struct witness_event *o;
	uint32_t i, kind;

	for (i = 0; i < w->nb_events; i++) {
		o = &w->events[i];
		if (o == e || o->turn == 0 || o->port != e->port || o->member != e->member ||
		    !in_one_list(o, e))
			continue;
		kind = stream_broken(w, e, o);
		if (kind != NO_STREAM)
			violate(w->verdict, overtaking(kind, e),
				"event %" PRIu64
				" of queue %u comes out of port %u after event %u of "
				"its stream",
				e->ev.u64 & UINT32_MAX, e->ev.queue_id, e->port, i);
	}
}

static void
lock_check(struct witness *w, const struct witness_event *e)
{
	const struct witness_event *o;
	uint32_t i;

	for (i = 0; i < w->nb_events; i++) {
		o = &w->events[i];
		if (o->state == WITNESS_HELD && o->type == EVENT_ATOMIC &&
		    o->ev.queue_id == e->ev.queue_id && lock_of(&o->ev) == lock_of(&e->ev) &&
		    (o->port != e->port || o->member != e->member))
			violate(w->verdict, "X1",
				"event %" PRIu64
				" comes to port %u while port %u holds event %u of "
				"flow 0x%x",
				e->ev.u64 & UINT32_MAX, e->port, o->port, i, lock_of(&e->ev));
	}
}

static void
contents_check(struct witness *w, const struct witness_event *e, const struct rte_event *ev)
{
	const bool directed = e->type == EVENT_DIRECTED;
	const uint32_t sched = directed ? RTE_SCHED_TYPE_ATOMIC : e->ev.sched_type;
	const uint32_t priority = directed ? RTE_EVENT_DEV_PRIORITY_NORMAL : e->ev.priority & 0xe0u;

	if (ev->event_type != e->ev.event_type || ev->sub_event_type != e->ev.sub_event_type)
		violate(w->verdict, "D2", "types 0x%x, 0x%x arrive as 0x%x, 0x%x", e->ev.event_type,
			e->ev.sub_event_type, ev->event_type, ev->sub_event_type);
	if (ev->flow_id != e->ev.flow_id)
		violate(w->verdict, "D3", "flow 0x%x arrives as 0x%x", e->ev.flow_id, ev->flow_id);
	if (ev->queue_id != e->ev.queue_id || ev->sched_type != sched || ev->priority != priority)
		violate(w->verdict, "D3", "queue %u, type %u, priority 0x%x arrive as %u, %u, 0x%x",
			e->ev.queue_id, sched, priority, ev->queue_id, ev->sched_type,
			ev->priority);
}

/* An event that a port gives twice is an entry of its ring that was read twice. */
static struct witness_event *
event_of(struct witness *w, const struct rte_event *ev, uint32_t port)
{
	struct witness_event *e;

	if (ev->u64 >> 32 != w->tag || (uint32_t)ev->u64 >= w->nb_events) {
		violate(w->verdict, "D1", "0x%016" PRIx64 " comes out, which nobody enqueued",
			ev->u64);
		return NULL;
	}
	e = &w->events[(uint32_t)ev->u64];
	if (e->state != WITNESS_INSIDE) {
		violate(w->verdict, e->turn != 0 && e->port == port ? "G3" : "D1",
			"event %u comes out again, of port %u", (uint32_t)ev->u64, port);
		return NULL;
	}
	return e;
}

/* The hardware port that the driver writes there, with the places that it has or without one. */
static uint8_t
member_of(uint8_t opaque)
{
	if (opaque < 0x80)
		return 0;
	return opaque < 0xa0 ? opaque : opaque & 0xe0;
}

struct witness_event *
witness_dequeued(struct witness *w, uint32_t port, const struct rte_event *ev)
{
	struct witness_event *e = event_of(w, ev, port);

	if (e == NULL)
		return NULL;
	e->port = port;
	e->opaque = ev->impl_opaque;
	e->member = member_of(ev->impl_opaque);
	contents_check(w, e, ev);
	if (e->type == EVENT_ATOMIC)
		lock_check(w, e);
	order_check(w, e);
	ring_order_check(w, e);
	e->state = WITNESS_HELD;
	e->turn = ++w->turn;
	return e;
}

void
witness_answered(struct witness *w, struct witness_event *e, bool released)
{
	e->state = WITNESS_GONE;
	w->in_system -= released;
}

void
witness_flushed(struct witness *w, const struct rte_event *ev)
{
	struct witness_event *e = event_of(w, ev, UINT32_MAX);

	if (e == NULL)
		return;
	contents_check(w, e, ev);
	e->state = WITNESS_GONE;
}

void
witness_stopped(struct witness *w)
{
	uint32_t i;

	for (i = 0; i < w->nb_events; i++) {
		if (w->events[i].state == WITNESS_INSIDE)
			violate(w->verdict, "D1",
				"event %u of queue %u is lost: the stop did not flush it", i,
				w->events[i].ev.queue_id);
		w->events[i].state = WITNESS_GONE;
	}
	w->in_system = 0;
}

uint32_t
witness_inside(const struct witness *w)
{
	uint32_t i, n = 0;

	for (i = 0; i < w->nb_events; i++)
		n += w->events[i].state == WITNESS_INSIDE;
	return n;
}
