/* SPDX-License-Identifier: BSD-3-Clause */
/* Traffic as a report: throughput, latency, what the checks found, and what each port had of it. */
#include <stdlib.h>

#include <rte_cycles.h>

#include "traffic_state.h"

const char traffic_type_letters[] = {
	[RTE_SCHED_TYPE_ORDERED] = 'o',
	[RTE_SCHED_TYPE_ATOMIC] = 'a',
	[RTE_SCHED_TYPE_PARALLEL] = 'p',
	'\0',
};

/* What the workers of all ports know of a stream. */
struct stream_sum {
	uint64_t finished, duplicates;
	struct histogram *latency;
};

static double
seconds(uint64_t cycles)
{
	return (double)cycles / (double)rte_get_tsc_hz();
}

static void
sum_stream(const struct traffic *t, uint32_t id, struct stream_sum *sum)
{
	const struct worker_stream *stats;
	uint32_t p;

	for (p = 0; p < SETUP_IDS_MAX; p++) {
		if (t->workers[p] == NULL)
			continue;
		stats = &t->workers[p]->stats.streams[id];
		sum->finished += __atomic_load_n(&stats->finished, __ATOMIC_RELAXED);
		sum->duplicates += stats->duplicates;
		if (sum->latency != NULL)
			histogram_merge(sum->latency, &stats->latency);
	}
}

static void
latency_add_json(const struct histogram *latency, struct json *row)
{
	static const struct {
		const char *name;
		uint32_t permille;
	} points[] = {
		{ "p50_us", 500 }, { "p90_us", 900 }, { "p99_us", 990 }, { "p999_us", 999 }
	};
	uint32_t i;

	for (i = 0; i < RTE_DIM(points); i++)
		json_add_real(row, points[i].name,
			      seconds(histogram_permille(latency, points[i].permille)) * 1e6);
	json_add_real(row, "max_us", seconds(latency->max) * 1e6);
}

static void
stream_add_json(struct traffic *t, uint32_t id, uint64_t now, struct json *streams)
{
	struct json *row = json_append(streams, json_object());
	struct stream_sum sum = { .latency = calloc(1, sizeof(struct histogram)) };
	const struct stream *s = t->streams[id];
	uint64_t produced = __atomic_load_n(&s->produced, __ATOMIC_ACQUIRE) - t->produced_base[id];
	double elapsed = seconds(t->elapsed + (t->runs ? now - t->began : 0));
	double recent = seconds(now - t->shown);

	sum_stream(t, id, &sum);
	json_add_number(row, "stream", id);
	json_add_number(row, "produced", produced);
	json_add_number(row, "finished", sum.finished);
	json_add_number(row, "under_way", traffic_under_way(t, id));
	json_add_number(row, "lost", t->lost[id]);
	json_add_number(row, "duplicates", sum.duplicates);
	json_add_number(row, "refusals", s->refusals);
	json_add_real(row, "per_second", elapsed > 0 ? (double)sum.finished / elapsed : 0);
	json_add_real(row, "per_second_now",
		      t->runs && recent > 0
			      ? (double)(sum.finished - t->finished_shown[id]) / recent
			      : 0);
	if (sum.latency != NULL)
		latency_add_json(sum.latency, row);
	t->finished_shown[id] = sum.finished;
	free(sum.latency);
}

static uint64_t
events_of(const struct worker *w)
{
	return w == NULL ? 0 : __atomic_load_n(&w->stats.events, __ATOMIC_RELAXED);
}

static void
ports_add_json(const struct traffic *t, struct json *object)
{
	struct json *ports = json_add(object, "ports", json_array());
	const struct worker *w;
	uint64_t all = 0;
	struct json *row;
	uint32_t p;

	for (p = 0; p < t->setup->nb_ports; p++)
		all += events_of(t->workers[p]);
	for (p = 0; p < t->setup->nb_ports; p++) {
		w = t->workers[p];
		if (w == NULL || !w->consumes)
			continue;
		row = json_append(ports, json_object());
		json_add_number(row, "port", p);
		json_add_number(row, "events", events_of(w));
		json_add_real(row, "share_percent",
			      all == 0 ? 0 : 100.0 * (double)events_of(w) / (double)all);
		json_add_number(row, "dequeues", w->stats.dequeues);
		json_add_number(row, "empty_dequeues", w->stats.empty_dequeues);
		json_add_number(row, "held", worker_held(w));
		json_add_bool(row, "hangs", w->hangs);
	}
}

void
traffic_add_json(struct traffic *t, struct json *object)
{
	struct json *traffic = json_add(object, "traffic", json_object());
	struct json *streams, *checks;
	uint64_t now = rte_get_tsc_cycles();
	uint64_t reordered = 0, shared = 0, foreign = 0;
	uint32_t i;

	json_add_bool(traffic, "runs", t->runs);
	json_add_real(traffic, "seconds", seconds(t->elapsed + (t->runs ? now - t->began : 0)));
	streams = json_add(traffic, "streams", json_array());
	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++) {
		if (t->streams[i] != NULL)
			stream_add_json(t, i, now, streams);
	}
	t->shown = now;
	for (i = 0; i < SETUP_IDS_MAX; i++) {
		if (t->workers[i] == NULL)
			continue;
		reordered += t->workers[i]->stats.reordered;
		shared += t->workers[i]->stats.shared;
		foreign += t->workers[i]->stats.foreign;
	}
	checks = json_add(traffic, "checks", json_object());
	json_add_number(checks, "out_of_order", reordered);
	json_add_number(checks, "flows_shared", shared);
	json_add_number(checks, "foreign_events", foreign);
	ports_add_json(t, traffic);
}

static void
stages_add_json(const struct stream_conf *conf, struct json *row)
{
	char stages[8 * TRAFFIC_STAGES_MAX] = "", types[TRAFFIC_STAGES_MAX + 1] = "";
	size_t used = 0;
	uint32_t i;

	for (i = 0; i < conf->nb_stages; i++) {
		used += (size_t)snprintf(stages + used, sizeof(stages) - used, "%s%u",
					 i == 0 ? "" : ",", conf->stages[i]);
		types[i] = traffic_type_letters[conf->types[i]];
	}
	json_add_text(row, "stages", "%s", stages);
	json_add_text(row, "types", "%s", types);
}

void
traffic_add_conf_json(const struct traffic *t, struct json *object)
{
	struct json *streams = json_add(object, "streams", json_array());
	const struct stream_conf *conf;
	struct json *row;
	uint32_t i;

	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++) {
		if (t->streams[i] == NULL)
			continue;
		conf = &t->streams[i]->conf;
		row = json_append(streams, json_object());
		json_add_number(row, "stream", i);
		stages_add_json(conf, row);
		json_add_number(row, "port", conf->port);
		json_add_number(row, "rate", conf->rate);
		json_add_number(row, "window", conf->window);
		json_add_number(row, "burst", conf->burst);
		json_add_number(row, "flows", conf->flows);
		json_add_number(row, "work", conf->work);
		json_add_number(row, "count", conf->count);
		json_add_text(row, "priorities", "%u,%u", conf->priorities[0], conf->priorities[1]);
	}
}
