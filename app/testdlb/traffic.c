/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_lcore.h>
#include <rte_service.h>

#include "crew.h"
#include "traffic_state.h"

int
traffic_create(struct setup *setup, struct crew *crew, struct traffic **traffic)
{
	struct traffic *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return -ENOMEM;
	t->setup = setup;
	t->crew = crew;
	*traffic = t;
	return 0;
}

static void
workers_free(struct traffic *t)
{
	uint32_t p;

	for (p = 0; p < SETUP_IDS_MAX; p++) {
		free(t->workers[p]);
		t->workers[p] = NULL;
	}
}

void
traffic_destroy(struct traffic *t)
{
	uint32_t i;

	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++)
		stream_destroy(t->streams[i]);
	workers_free(t);
	free(t);
}

static int
conf_check(const struct setup *setup, const struct stream_conf *conf, const char **why)
{
	uint32_t i;

	for (i = 0; i < conf->nb_stages; i++) {
		if (conf->stages[i] >= setup->nb_queues) {
			*why = "stages: accepted are queues that have been created";
			return -EINVAL;
		}
	}
	if (conf->port >= setup->nb_ports) {
		*why = "port: accepted is a port that has been created";
		return -EINVAL;
	}
	if (conf->window > setup->events) {
		*why = "window: accepted are up to as many events as the domain has";
		return -EINVAL;
	}
	if (conf->priorities[0] > conf->priorities[1]) {
		*why = "priorities: accepted are the highest, a comma, and the lowest";
		return -EINVAL;
	}
	return 0;
}

int
traffic_add(struct traffic *t, uint32_t id, const struct stream_conf *conf, const char **why)
{
	int ret;

	if (t->runs) {
		*why = "traffic runs: stop it first";
		return -EBUSY;
	}
	if (t->streams[id] != NULL) {
		*why = "there is such a stream: delete it first";
		return -EEXIST;
	}
	ret = conf_check(t->setup, conf, why);
	if (ret < 0)
		return ret;
	*why = "out of memory";
	return stream_create(t->setup, (uint8_t)id, conf, &t->streams[id]);
}

static uint64_t
stream_finished(const struct traffic *t, uint32_t id)
{
	uint64_t finished = 0;
	uint32_t p;

	for (p = 0; p < SETUP_IDS_MAX; p++) {
		if (t->workers[p] != NULL)
			finished += __atomic_load_n(&t->workers[p]->stats.streams[id].finished,
						    __ATOMIC_RELAXED);
	}
	return finished;
}

/* Items that are not free, and no longer wait for the device to take them the first time. */
uint32_t
traffic_under_way(const struct traffic *t, uint32_t id)
{
	const struct stream *s = t->streams[id];

	return s->conf.window - rte_ring_count(s->free);
}

int
traffic_delete(struct traffic *t, uint32_t id)
{
	if (t->streams[id] == NULL)
		return -ENOENT;
	if (t->runs || (t->setup->started && traffic_under_way(t, id) > 0))
		return -EBUSY;
	stream_destroy(t->streams[id]);
	t->streams[id] = NULL;
	return 0;
}

bool
traffic_has(const struct traffic *t, uint32_t id)
{
	return t->streams[id] != NULL;
}

bool
traffic_runs(const struct traffic *t)
{
	return t->runs;
}

bool
traffic_uses(const struct traffic *t, uint32_t port)
{
	return t->runs && t->workers[port] != NULL && t->workers[port]->active;
}

static bool
produces_on(const struct traffic *t, uint32_t port)
{
	uint32_t i;

	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++) {
		if (t->streams[i] != NULL && t->streams[i]->conf.port == port)
			return true;
	}
	return false;
}

/* Workers stay as long as the device is started: they may hold events of it. */
static int
workers_update(struct traffic *t)
{
	const struct setup *setup = t->setup;
	struct worker *w;
	uint32_t p;

	for (p = 0; p < setup->nb_ports; p++) {
		if (t->workers[p] == NULL)
			t->workers[p] = calloc(1, sizeof(*t->workers[p]));
		w = t->workers[p];
		if (w == NULL)
			return -ENOMEM;
		w->dev_id = setup->dev_id;
		w->port = (uint8_t)p;
		w->consumes = setup_port_links(setup, p) > 0 || worker_held(w) > 0;
		w->active = w->consumes || produces_on(t, p);
		w->burst = (uint16_t)RTE_MIN(setup->ports[p].dequeue_depth,
					     (uint32_t)TRAFFIC_BURST_MAX);
		w->streams = t->streams;
	}
	return 0;
}

/* A device that has a service is run by all lcores in turn. */
static void
service_run(const struct traffic *t)
{
	if (t->has_service)
		rte_service_run_iter_on_app_lcore(t->service_id, 1);
}

bool
traffic_step(struct traffic *t, uint32_t index, uint32_t nb_lcores)
{
	bool produces = __atomic_load_n(&t->produces, __ATOMIC_RELAXED);
	bool busy = false;
	uint32_t p;

	for (p = index; p < t->setup->nb_ports; p += nb_lcores) {
		if (t->workers[p]->active)
			busy |= worker_step(t->workers[p], produces);
	}
	service_run(t);
	return busy;
}

static int
start_check(const struct traffic *t, const char **why)
{
	uint32_t i;

	if (t->runs) {
		*why = "traffic runs already";
		return -EBUSY;
	}
	if (!t->setup->started) {
		*why = "the device is stopped: 'start' starts it";
		return -EAGAIN;
	}
	if (rte_lcore_count() < 2) {
		*why = "no lcore is left to run it: give EAL at least two (-l 0,1)";
		return -EINVAL;
	}
	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++) {
		if (t->streams[i] != NULL)
			return 0;
	}
	*why = "no stream: 'traffic add' makes one";
	return -ENOENT;
}

/* Streams were made for queues and ports that may have changed since. */
static int
streams_check(const struct traffic *t, const char **why)
{
	uint32_t i, n, p, linked;

	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++) {
		const struct stream *s = t->streams[i];

		if (s == NULL)
			continue;
		if (conf_check(t->setup, &s->conf, why) < 0)
			return -EINVAL;
		for (n = 0; n < s->conf.nb_stages; n++) {
			linked = 0;
			for (p = 0; p < t->setup->nb_ports; p++)
				linked += t->setup->ports[p].links[s->conf.stages[n]] !=
					  SETUP_NO_LINK;
			if (linked == 0) {
				*why = "a stage's queue is linked to no port: nobody would work";
				return -EINVAL;
			}
		}
	}
	return 0;
}

int
traffic_start(struct traffic *t, const char **why)
{
	uint32_t i;
	int ret;

	ret = start_check(t, why);
	if (ret == 0)
		ret = streams_check(t, why);
	if (ret < 0)
		return ret;
	*why = "out of memory";
	ret = workers_update(t);
	if (ret < 0)
		return ret;
	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++) {
		if (t->streams[i] != NULL)
			stream_restart(t->streams[i]);
	}
	t->has_service = rte_event_dev_service_id_get(t->setup->dev_id, &t->service_id) == 0;
	t->produces = true;
	t->runs = true;
	t->began = rte_get_tsc_cycles();
	t->shown = t->began;
	crew_join(t->crew, t);
	return 0;
}

static uint64_t
all_under_way(const struct traffic *t)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++) {
		if (t->streams[i] != NULL)
			sum += traffic_under_way(t, i);
	}
	return sum;
}

uint64_t
traffic_stop(struct traffic *t)
{
	uint64_t deadline = rte_get_tsc_cycles() + rte_get_tsc_hz();
	uint64_t before = UINT64_MAX, now;

	if (!t->runs)
		return 0;
	__atomic_store_n(&t->produces, false, __ATOMIC_RELAXED);
	while ((now = all_under_way(t)) > 0 && rte_get_tsc_cycles() < deadline) {
		if (now != before)
			deadline = rte_get_tsc_cycles() + rte_get_tsc_hz();
		before = now;
		sched_yield();
	}
	t->elapsed += rte_get_tsc_cycles() - t->began;
	crew_leave(t->crew, t);
	t->runs = false;
	return all_under_way(t);
}

void
traffic_forget(struct traffic *t)
{
	uint32_t i;

	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++) {
		if (t->streams[i] == NULL)
			continue;
		t->lost[i] += traffic_under_way(t, i);
		stream_forget(t->streams[i]);
	}
	for (i = 0; i < SETUP_IDS_MAX; i++) {
		if (t->workers[i] == NULL)
			continue;
		t->workers[i]->nb_in = 0;
		t->workers[i]->nb_out = t->workers[i]->nb_sent = 0;
		t->workers[i]->hangs = false;
	}
}

void
traffic_clear(struct traffic *t)
{
	uint32_t i;

	for (i = 0; i < SETUP_IDS_MAX; i++) {
		struct worker *w = t->workers[i];

		if (w == NULL)
			continue;
		__atomic_store_n(&w->wants_clear, true, __ATOMIC_RELEASE);
		while (t->runs && w->active && __atomic_load_n(&w->wants_clear, __ATOMIC_ACQUIRE))
			sched_yield();
		if (!t->runs || !w->active) {
			w->wants_clear = false;
			memset(&w->stats, 0, sizeof(w->stats));
		}
	}
	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++) {
		t->lost[i] = 0;
		t->finished_shown[i] = 0;
		if (t->streams[i] != NULL)
			t->produced_base[i] =
				__atomic_load_n(&t->streams[i]->produced, __ATOMIC_RELAXED);
	}
	t->elapsed = 0;
	t->began = t->shown = rte_get_tsc_cycles();
}

void
traffic_hang(struct traffic *t, uint32_t port, bool hang)
{
	if (t->workers[port] != NULL)
		__atomic_store_n(&t->workers[port]->hangs, hang, __ATOMIC_RELAXED);
}

bool
traffic_hangs(const struct traffic *t, uint32_t port)
{
	return t->workers[port] != NULL && t->workers[port]->hangs;
}

uint64_t
traffic_completed(const struct traffic *t)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++)
		sum += stream_finished(t, i);
	return sum;
}

bool
traffic_is_done(const struct traffic *t)
{
	uint32_t i;

	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++) {
		if (t->streams[i] != NULL &&
		    (!stream_is_done(t->streams[i]) || traffic_under_way(t, i) > 0))
			return false;
	}
	return true;
}
