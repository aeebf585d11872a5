/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <rte_cycles.h>
#include <rte_pause.h>

#include "worker.h"

static void
work(uint32_t cycles)
{
	uint64_t end;

	if (cycles == 0)
		return;
	end = rte_get_tsc_cycles() + cycles;
	while (rte_get_tsc_cycles() < end)
		rte_pause();
}

static bool
is_foreign(const struct worker *w, const struct rte_event *event)
{
	uint32_t i;

	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++) {
		if (w->streams[i] != NULL && stream_owns(w->streams[i], event->event_ptr))
			return false;
	}
	return true;
}

static void
events_hold(struct worker *w)
{
	struct item *item;
	uint32_t found;
	uint16_t i;

	for (i = 0; i < w->nb_in; i++) {
		if (is_foreign(w, &w->in[i])) {
			w->in[i].event_ptr = NULL;
			w->stats.foreign++;
			continue;
		}
		item = w->in[i].event_ptr;
		found = stream_hold(w->streams[item->stream], item, w->port);
		w->stats.reordered += (found & STREAM_REORDERED) != 0;
		w->stats.shared += (found & STREAM_SHARED) != 0;
	}
}

static void
event_finish(struct worker *w, struct stream *s, struct item *item)
{
	struct worker_stream *stats = &w->stats.streams[s->id];
	uint64_t stamp = item->stamp;

	if (!stream_finish(s, item)) {
		stats->duplicates++;
		return;
	}
	histogram_add(&stats->latency, rte_get_tsc_cycles() - stamp);
	__atomic_store_n(&stats->finished, stats->finished + 1, __ATOMIC_RELAXED);
}

/*
 * Also where the port would release implicitly: that comes with the next dequeue, and a device with
 * answers=in_order wants events answered in the order they came in.
 */
static void
event_release(struct worker *w, struct rte_event *event)
{
	event->op = RTE_EVENT_OP_RELEASE;
	w->out[w->nb_out++] = *event;
}

/* One event's work, and where it goes from here. */
static void
event_handle(struct worker *w, struct rte_event *event)
{
	struct item *item = event->event_ptr;
	struct stream *s;

	if (item == NULL) {
		event_release(w, event);
		return;
	}
	s = w->streams[item->stream];
	work(s->conf.work);
	stream_let_go(s, item);
	if (stream_advance(s, item, event)) {
		w->out[w->nb_out++] = *event;
		return;
	}
	event_finish(w, s, item);
	event_release(w, event);
}

static void
events_handle(struct worker *w)
{
	uint16_t i;

	w->nb_out = w->nb_sent = 0;
	for (i = 0; i < w->nb_in; i++)
		event_handle(w, &w->in[i]);
	__atomic_store_n(&w->stats.events, w->stats.events + w->nb_in, __ATOMIC_RELAXED);
	w->nb_in = 0;
}

static bool
out_send(struct worker *w)
{
	uint16_t sent;

	if (w->nb_sent == w->nb_out)
		return false;
	sent = rte_event_enqueue_burst(w->dev_id, w->port, &w->out[w->nb_sent],
				       (uint16_t)(w->nb_out - w->nb_sent));
	w->nb_sent = (uint16_t)(w->nb_sent + sent);
	return sent > 0;
}

static bool
consume(struct worker *w)
{
	if (w->nb_sent < w->nb_out)
		return out_send(w);
	if (w->nb_in == 0) {
		w->nb_in = rte_event_dequeue_burst(w->dev_id, w->port, w->in, w->burst, 0);
		w->stats.dequeues++;
		w->stats.empty_dequeues += w->nb_in == 0;
		events_hold(w);
	}
	if (w->nb_in == 0 || __atomic_load_n(&w->hangs, __ATOMIC_RELAXED))
		return false;
	events_handle(w);
	out_send(w);
	return true;
}

bool
worker_step(struct worker *w, bool produces)
{
	bool busy = false;
	uint32_t i;

	if (__atomic_load_n(&w->wants_clear, __ATOMIC_RELAXED)) {
		memset(&w->stats, 0, sizeof(w->stats));
		__atomic_store_n(&w->wants_clear, false, __ATOMIC_RELEASE);
	}
	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++) {
		if (w->streams[i] != NULL && w->streams[i]->conf.port == w->port)
			busy |= stream_produce(w->streams[i], produces) > 0;
	}
	return w->consumes && consume(w) ? true : busy;
}

uint32_t
worker_held(const struct worker *w)
{
	return w->nb_in + (uint32_t)(w->nb_out - w->nb_sent);
}
