/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_errno.h>

#include "stream.h"

/* A stage sees a flow's events one by one when its queue is atomic or has one consumer. */
static void
stages_init(struct stream *s, const struct setup *setup)
{
	bool in_order = true;
	uint32_t i;

	for (i = 0; i < s->conf.nb_stages; i++) {
		bool directed = setup_queue_is_directed(setup, s->conf.stages[i]);
		uint8_t type = s->conf.types[i];

		s->is_atomic[i] = !directed && type == RTE_SCHED_TYPE_ATOMIC;
		s->keeps_order[i] = in_order && (directed || s->is_atomic[i]);
		in_order = in_order && (directed || type != RTE_SCHED_TYPE_PARALLEL);
	}
}

static void
items_free(struct stream *s)
{
	uint32_t i;

	rte_ring_reset(s->free);
	for (i = 0; i < s->conf.window; i++) {
		s->items[i] = (struct item){ .stream = s->id };
		rte_ring_enqueue(s->free, &s->items[i]);
	}
}

int
stream_create(const struct setup *setup, uint8_t id, const struct stream_conf *conf,
	      struct stream **stream)
{
	char name[RTE_RING_NAMESIZE];
	struct stream *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return -ENOMEM;
	s->conf = *conf;
	s->id = id;
	s->dev_id = setup->dev_id;
	stages_init(s, setup);
	s->items = calloc(conf->window, sizeof(*s->items));
	s->checks = calloc((size_t)conf->nb_stages * conf->flows, sizeof(*s->checks));
	s->next_sequence = calloc(conf->flows, sizeof(*s->next_sequence));
	snprintf(name, sizeof(name), "testdlb_%u_%u", setup->dev_id, id);
	s->free = rte_ring_create(name, rte_align32pow2(conf->window + 1), SOCKET_ID_ANY,
				  RING_F_SC_DEQ);
	if (s->items == NULL || s->checks == NULL || s->next_sequence == NULL || s->free == NULL) {
		stream_destroy(s);
		return -ENOMEM;
	}
	items_free(s);
	*stream = s;
	return 0;
}

void
stream_destroy(struct stream *s)
{
	if (s == NULL)
		return;
	rte_ring_free(s->free);
	free(s->next_sequence);
	free(s->checks);
	free(s->items);
	free(s);
}

void
stream_forget(struct stream *s)
{
	struct flow_check *check;
	uint32_t stage, flow;

	for (stage = 0; stage < s->conf.nb_stages; stage++) {
		for (flow = 0; flow < s->conf.flows; flow++) {
			check = &s->checks[(size_t)stage * s->conf.flows + flow];
			*check = (struct flow_check){ .expected = s->next_sequence[flow] };
		}
	}
	s->nb_waiting = s->nb_sent = 0;
	items_free(s);
}

void
stream_restart(struct stream *s)
{
	s->rate_start = rte_get_tsc_cycles();
	s->rate_produced = s->produced;
}

bool
stream_is_done(const struct stream *s)
{
	return s->conf.count != 0 && s->produced >= s->conf.count;
}

/* How many events may be produced now. */
static uint32_t
allowance(const struct stream *s)
{
	uint64_t allowed = s->conf.burst;
	uint64_t elapsed, due;

	if (s->conf.count != 0)
		allowed = RTE_MIN(allowed, s->conf.count - s->produced);
	if (s->conf.rate != 0) {
		elapsed = rte_get_tsc_cycles() - s->rate_start;
		due = (uint64_t)((__uint128_t)elapsed * s->conf.rate / rte_get_tsc_hz());
		allowed = RTE_MIN(allowed, due - (s->produced - s->rate_produced));
	}
	return (uint32_t)allowed;
}

static void
event_make(struct stream *s, struct item *item, struct rte_event *event)
{
	uint32_t flow = s->next_flow;
	uint32_t span = s->conf.priorities[1] - s->conf.priorities[0] + 1u;

	s->next_flow = flow + 1 == s->conf.flows ? 0 : flow + 1;
	item->flow = flow;
	item->sequence = s->next_sequence[flow]++;
	item->stage = 0;
	item->under_way = true;
	item->stamp = rte_get_tsc_cycles();
	*event = (struct rte_event){
		.op = RTE_EVENT_OP_NEW,
		.event_type = RTE_EVENT_TYPE_CPU,
		.queue_id = s->conf.stages[0],
		.sched_type = s->conf.types[0],
		.flow_id = flow,
		/* By flow: events of different priorities may pass each other. */
		.priority = (uint8_t)(s->conf.priorities[0] + flow % span),
		.event_ptr = item,
	};
}

static void
events_take(struct stream *s)
{
	void *items[TRAFFIC_BURST_MAX];
	uint32_t count, i;

	count = rte_ring_sc_dequeue_burst(s->free, items, allowance(s), NULL);
	for (i = 0; i < count; i++)
		event_make(s, items[i], &s->waiting[i]);
	s->nb_waiting = (uint16_t)count;
	s->nb_sent = 0;
	__atomic_store_n(&s->produced, s->produced + count, __ATOMIC_RELEASE);
}

uint32_t
stream_produce(struct stream *s, bool more)
{
	uint16_t sent;

	if (s->nb_sent == s->nb_waiting && more)
		events_take(s);
	if (s->nb_sent == s->nb_waiting)
		return 0;
	sent = rte_event_enqueue_new_burst(s->dev_id, (uint8_t)s->conf.port,
					   &s->waiting[s->nb_sent],
					   (uint16_t)(s->nb_waiting - s->nb_sent));
	s->nb_sent = (uint16_t)(s->nb_sent + sent);
	s->refusals += s->nb_sent < s->nb_waiting;
	return sent;
}

static struct flow_check *
check_of(struct stream *s, const struct item *item)
{
	return &s->checks[(size_t)item->stage * s->conf.flows + item->flow];
}

uint32_t
stream_hold(struct stream *s, struct item *item, uint16_t port)
{
	struct flow_check *check = check_of(s, item);
	uint32_t found = 0;
	uint16_t holder;

	if (s->keeps_order[item->stage]) {
		if (__atomic_load_n(&check->expected, __ATOMIC_RELAXED) != item->sequence)
			found |= STREAM_REORDERED;
		__atomic_store_n(&check->expected, item->sequence + 1, __ATOMIC_RELAXED);
	}
	if (s->is_atomic[item->stage]) {
		holder = __atomic_exchange_n(&check->holder, port + 1, __ATOMIC_ACQUIRE);
		if (holder != 0 && holder != port + 1)
			found |= STREAM_SHARED;
		check->held++;
	}
	return found;
}

void
stream_let_go(struct stream *s, const struct item *item)
{
	struct flow_check *check = check_of(s, item);

	if (s->is_atomic[item->stage] && --check->held == 0)
		__atomic_store_n(&check->holder, 0, __ATOMIC_RELEASE);
}

bool
stream_advance(const struct stream *s, struct item *item, struct rte_event *event)
{
	if (item->stage + 1u == s->conf.nb_stages)
		return false;
	item->stage++;
	event->op = RTE_EVENT_OP_FORWARD;
	event->queue_id = s->conf.stages[item->stage];
	event->sched_type = s->conf.types[item->stage];
	return true;
}

bool
stream_finish(struct stream *s, struct item *item)
{
	if (!item->under_way)
		return false;
	item->under_way = false;
	rte_ring_enqueue(s->free, item);
	return true;
}
