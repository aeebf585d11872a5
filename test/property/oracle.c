/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The oracle: its lists, and the producer side; see oracle.h. What arrives is judged in arrival.c, what
 * does not in quiet.c.
 */
#include <stdlib.h>
#include <string.h>

#include "oracle_lists.h"

/* Commands in the table of datapath.md, "Commands"; those with comp or frag need a history list. */
#define COMMANDS_ANY 0x0323u
#define COMMANDS_LDB 0x3f2fu

void
list_push(struct oracle_list *l, uint32_t item)
{
	if (l->n == l->size) {
		l->size = l->size == 0 ? 16 : 2 * l->size;
		l->at = realloc(l->at, l->size * sizeof(*l->at));
		if (l->at == NULL)
			abort();
	}
	l->at[l->n++] = item;
}

void
list_remove(struct oracle_list *l, uint32_t place)
{
	l->n--;
	memmove(&l->at[place], &l->at[place + 1], (l->n - place) * sizeof(*l->at));
}

void
oracle_create(struct oracle *o, const struct oracle_conf *conf, uint32_t tag, struct verdict *v)
{
	uint32_t i;

	memset(o, 0, sizeof(*o));
	o->conf = *conf;
	o->tag = tag;
	o->verdict = v;
	for (i = 0; i < conf->nb_queues; i++)
		o->queues[i].conf = conf->queues[i];
	for (i = 0; i < conf->nb_ports; i++) {
		o->ports[i].conf = conf->ports[i];
		o->ports[i].enabled = true;
	}
}

void
oracle_destroy(struct oracle *o)
{
	uint32_t i, part, bin;

	for (i = 0; i < ORACLE_QUEUES; i++) {
		for (part = 0; part < ORACLE_PARTS; part++) {
			for (bin = 0; bin < DLB_BINS; bin++)
				free(o->queues[i].waiting[part][bin].at);
		}
		free(o->queues[i].tickets.at);
	}
	for (i = 0; i < ORACLE_PORTS; i++)
		free(o->ports[i].held.at);
	free(o->events);
}

uint64_t
oracle_next_data(const struct oracle *o)
{
	return (uint64_t)o->tag << 32 | o->nb_events;
}

static uint32_t
queue_of_qe(const struct oracle *o, const struct dlb_qe *qe)
{
	enum dlb_kind kind = dlb_qe_sched_type(qe->sched) == DLB_SCHED_DIRECTED ? DLB_DIR : DLB_LDB;
	uint32_t i;

	for (i = 0; i < o->conf.nb_queues; i++) {
		if (o->queues[i].conf.kind == kind && o->queues[i].conf.qid == qe->qid)
			return i;
	}
	return ORACLE_QUEUES;
}

enum dlb_kind
oracle_pool(const struct oracle *o, uint32_t queue)
{
	return o->conf.has_shared_credits ? DLB_LDB : o->queues[queue].conf.kind;
}

static uint32_t
tokens_of(const struct dlb_qe *qe)
{
	switch (qe->cmd) {
	case DLB_CMD_POP:
	case DLB_CMD_REL_POP:
		return (qe->lock_id & DLB_QE_POP_COUNT) + 1u;
	case DLB_CMD_NEW_T:
	case DLB_CMD_FWD_T:
	case DLB_CMD_FRAG_T:
		return 1;
	default:
		return 0;
	}
}

static bool
is_fragment(const struct dlb_qe *qe)
{
	return qe->cmd == DLB_CMD_FRAG || qe->cmd == DLB_CMD_FRAG_T;
}

static const struct oracle_event *
oldest_held(const struct oracle *o, uint32_t port)
{
	const struct oracle_list *held = &o->ports[port].held;

	return held->n > 0 ? &o->events[held->at[0]] : NULL;
}

static bool
is_ordered(const struct oracle_event *e)
{
	return dlb_qe_sched_type(e->qe.sched) == DLB_SCHED_ORDERED;
}

/* Checks of datapath.md, 4.1, in that order. */
enum oracle_refusal
oracle_judge(const struct oracle *o, uint32_t port, const struct dlb_qe *qe)
{
	const struct oracle_port *p = &o->ports[port];
	const uint32_t commands = p->conf.kind == DLB_LDB ? COMMANDS_LDB : COMMANDS_ANY;
	const uint32_t queue = queue_of_qe(o, qe);
	const struct oracle_event *oldest = oldest_held(o, port);
	enum dlb_kind pool;

	if (qe->cmd > 0xf || !(commands >> qe->cmd & 1))
		return REFUSED_COMMAND;
	if (qe->cmd & DLB_QE_VALID) {
		if (queue == ORACLE_QUEUES)
			return REFUSED_QID;
		if (!(o->queues[queue].conf.types >> dlb_qe_sched_type(qe->sched) & 1))
			return REFUSED_TYPE;
	}
	if (tokens_of(qe) > p->owed)
		return REFUSED_TOKENS;
	if (qe->cmd & DLB_QE_COMP && oldest == NULL)
		return REFUSED_ENQUEUE;
	if (is_fragment(qe) &&
	    (oldest == NULL || !is_ordered(oldest) || oldest->nb_results >= ORACLE_FRAGMENTS))
		return REFUSED_ENQUEUE;
	if (qe->cmd & DLB_QE_VALID) {
		pool = oracle_pool(o, queue);
		if (o->credits_used[pool] >= o->conf.credits[pool])
			return REFUSED_ENQUEUE;
	}
	return REFUSED_NOT;
}

static uint32_t
event_create(struct oracle *o, uint32_t port, const struct dlb_qe *qe)
{
	struct oracle_event *e;

	if (o->nb_events == o->size_events) {
		o->size_events = o->size_events == 0 ? 256 : 2 * o->size_events;
		o->events = realloc(o->events, o->size_events * sizeof(*o->events));
		if (o->events == NULL)
			abort();
	}
	e = &o->events[o->nb_events];
	*e = (struct oracle_event){
		.qe = *qe,
		.queue = queue_of_qe(o, qe),
		.port = port,
		.answers = NO_EVENT,
	};
	o->credits_used[oracle_pool(o, e->queue)]++;
	return o->nb_events++;
}

enum oracle_part
event_part(const struct oracle_event *e)
{
	return dlb_qe_sched_type(e->qe.sched) == DLB_SCHED_ATOMIC ? PART_ATOMIC : PART_NALB;
}

struct oracle_list *
event_list(struct oracle *o, const struct oracle_event *e)
{
	return &o->queues[e->queue].waiting[event_part(e)][dlb_qe_priority(e->qe.sched) / 2];
}

static void
event_store(struct oracle *o, uint32_t event)
{
	struct oracle_event *e = &o->events[event];

	e->state = EVENT_STORED;
	list_push(event_list(o, e), event);
	o->queues[e->queue].enqueued[event_part(e)]++;
}

/* Every ordered event of a queue that has been answered, up to the first that has not, takes its turn. */
static void
tickets_advance(struct oracle *o, uint32_t queue)
{
	struct oracle_list *tickets = &o->queues[queue].tickets;
	struct oracle_event *first;
	bool after_drop = false;
	uint32_t i;

	while (tickets->n > 0 && o->events[tickets->at[0]].answered) {
		first = &o->events[tickets->at[0]];
		for (i = 0; i < first->nb_results; i++) {
			o->events[first->results[i]].after_drop = after_drop;
			event_store(o, first->results[i]);
		}
		after_drop = first->nb_results == 0;
		list_remove(tickets, 0);
	}
}

void
oracle_write(struct oracle *o, uint32_t port, const struct dlb_qe *qe)
{
	struct oracle_port *p = &o->ports[port];
	const bool answers = qe->cmd & DLB_QE_COMP || is_fragment(qe);
	struct oracle_event *oldest;
	uint32_t event;

	if (qe->cmd == DLB_CMD_NOOP || oracle_judge(o, port, qe) != REFUSED_NOT)
		return;

	p->owed -= tokens_of(qe);
	if (qe->cmd & DLB_QE_VALID) {
		event = event_create(o, port, qe);
		if (answers)
			o->events[event].answers = p->held.at[0];
		if (answers && is_ordered(&o->events[p->held.at[0]])) {
			oldest = &o->events[p->held.at[0]];
			oldest->results[oldest->nb_results++] = event;
		} else {
			event_store(o, event);
		}
	}
	if (qe->cmd & DLB_QE_COMP) {
		oldest = &o->events[p->held.at[0]];
		oldest->state = EVENT_DONE;
		oldest->done_at = ++o->clock;
		oldest->answered = true;
		list_remove(&p->held, 0);
		tickets_advance(o, oldest->queue);
	}
	if (p->held.n <= p->conf.threshold)
		p->throttled = false;
}

void
oracle_link(struct oracle *o, uint32_t port, uint32_t queue, bool started)
{
	enum oracle_link *link = &o->ports[port].links[queue];

	if (*link == LINK_NONE)
		*link = started ? LINK_PENDING : LINK_DONE;
}

void
oracle_unlink(struct oracle *o, uint32_t port, uint32_t queue)
{
	o->ports[port].links[queue] = LINK_NONE;
}

void
oracle_pending(struct oracle *o, uint32_t port, int links, int unlinks)
{
	uint32_t i;

	o->ports[port].unlinking = unlinks > 0;
	for (i = 0; i < o->conf.nb_queues && links == 0; i++) {
		if (o->ports[port].links[i] == LINK_PENDING)
			o->ports[port].links[i] = LINK_DONE;
	}
}

void
oracle_enable(struct oracle *o, uint32_t port, bool enable)
{
	o->ports[port].enabled = enable;
}
