/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "top_sample.h"

#define REQUEST_BYTES 96
#define NS_IN_S 1e9
#define ALARM_XSTATS "dev_alarm_"

/* Tables come by column: {"depth":[0,5]}. */
static uint64_t
cell(const struct json *table, const char *column, uint32_t row)
{
	const struct json *array = json_get(table, column);
	const struct json *value;

	if (array == NULL || array->type != JSON_ARRAY)
		return 0;
	for (value = array->first; value != NULL && row > 0; value = value->next)
		row--;
	return value != NULL && value->type == JSON_NUMBER ? value->number : 0;
}

static uint32_t
rows(const struct json *table, const char *column)
{
	size_t count = json_count(json_get(table, column));

	return count > TOP_ROWS_MAX ? TOP_ROWS_MAX : (uint32_t)count;
}

static void
device_read(const struct json *answer, struct top_sample *s)
{
	s->time_ns = json_get_number(answer, "time_ns");
	snprintf(s->name, sizeof(s->name), "%s", json_get_text(answer, "name"));
	snprintf(s->hw, sizeof(s->hw), "%s", json_get_text(answer, "hw"));
	snprintf(s->backend, sizeof(s->backend), "%s", json_get_text(answer, "backend"));
	snprintf(s->sched, sizeof(s->sched), "%s", json_get_text(answer, "sched"));
	s->started = json_get_number(answer, "started") != 0;
	s->events_limit = json_get_number(answer, "events_limit");
	s->events_free = json_get_number(answer, "events_free");
	s->links_pending = json_get_number(answer, "links_pending");
}

static void
queues_read(const struct json *answer, struct top_sample *s)
{
	uint32_t i;

	s->nb_queues = rows(answer, "depth");
	for (i = 0; i < s->nb_queues; i++)
		s->queues[i] = (struct top_queue){
			.id = i,
			.directed = cell(answer, "kind", i) != 0,
			.depth = cell(answer, "depth", i),
			.max_depth = cell(answer, "max_depth", i),
			.inflights = cell(answer, "inflights", i),
			.enqueued = cell(answer, "enqueued", i),
		};
}

static void
ports_read(const struct json *answer, struct top_sample *s)
{
	uint32_t i;

	s->nb_ports = rows(answer, "scheduled");
	s->tells_flows = json_get(answer, "flows") != NULL;
	for (i = 0; i < s->nb_ports; i++)
		s->ports[i] = (struct top_port){
			.id = i,
			.links = cell(answer, "nb_links", i),
			.members = cell(answer, "nb_members", i),
			.tokens = cell(answer, "tokens", i),
			.inflights = cell(answer, "inflights", i),
			.held = cell(answer, "held", i),
			.credits = cell(answer, "credits_cached", i),
			.scheduled = cell(answer, "scheduled", i),
			.flows = cell(answer, "flows", i),
		};
}

static void
credits_read(const struct json *answer, struct top_sample *s)
{
	const struct json *left = json_get(answer, "hw_credits_left");

	s->hw_credits_left[0] = json_get_number(left, "load_balanced");
	s->hw_credits_left[1] = json_get_number(left, "directed");
}

static void
alarms_read(const struct json *answer, struct top_sample *s)
{
	const struct json *xstat;

	for (xstat = answer->first; xstat != NULL; xstat = xstat->next) {
		if (strncmp(xstat->name, ALARM_XSTATS, strlen(ALARM_XSTATS)) == 0)
			s->alarms += json_get_number(answer, xstat->name);
	}
}

int
top_sample_take(struct telemetry_client *c, uint32_t dev_id, struct top_sample *sample)
{
	static const struct {
		const char *request, *rest;
		void (*read)(const struct json *answer, struct top_sample *sample);
	} parts[] = {
		{ "/dlb/device", "", device_read },        { "/dlb/queues", "", queues_read },
		{ "/dlb/ports", "", ports_read },          { "/dlb/credits", "", credits_read },
		{ "/dlb/xstats", ",device", alarms_read },
	};
	char request[REQUEST_BYTES];
	const struct json *answer;
	struct json *whole;
	uint32_t i;

	memset(sample, 0, sizeof(*sample));
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		snprintf(request, sizeof(request), "%s,%" PRIu32 "%s", parts[i].request, dev_id,
			 parts[i].rest);
		answer = telemetry_client_ask(c, request, &whole);
		if (answer != NULL && answer->type == JSON_OBJECT)
			parts[i].read(answer, sample);
		json_destroy(whole);
		if (answer == NULL)
			return -ENODEV;
	}
	return sample->name[0] == '\0' ? -ENODEV : 0;
}

/* A counter that has gone back began anew: the device was started again. */
static double
rate(uint64_t now, uint64_t before, double seconds)
{
	return now < before || seconds <= 0 ? 0 : (double)(now - before) / seconds;
}

void
top_sample_rate(struct top_sample *now, const struct top_sample *before)
{
	double seconds = rate(now->time_ns, before->time_ns, NS_IN_S);
	double all = 0;
	uint32_t i;

	for (i = 0; i < now->nb_queues && i < before->nb_queues; i++)
		now->queues[i].rate =
			rate(now->queues[i].enqueued, before->queues[i].enqueued, seconds);
	for (i = 0; i < now->nb_ports && i < before->nb_ports; i++) {
		now->ports[i].rate =
			rate(now->ports[i].scheduled, before->ports[i].scheduled, seconds);
		all += now->ports[i].rate;
	}
	for (i = 0; i < now->nb_ports; i++)
		now->ports[i].share = all > 0 ? 100 * now->ports[i].rate / all : 0;
}

int
top_device_find(struct telemetry_client *c, const char *name)
{
	const struct json *answer, *device;
	struct json *whole;
	int id = -ENODEV;

	answer = telemetry_client_ask(c, "/dlb/devices", &whole);
	for (device = answer == NULL || answer->type != JSON_OBJECT ? NULL : answer->first;
	     device != NULL && id < 0; device = device->next) {
		if (name == NULL || strcmp(name, device->name) == 0 ||
		    (device->type == JSON_STRING && strcmp(name, device->text) == 0))
			id = atoi(device->name);
	}
	json_destroy(whole);
	return id;
}
