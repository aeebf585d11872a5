/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that make traffic, and wait for it. */
#include <errno.h>
#include <string.h>

#include <rte_cycles.h>

#include "families.h"
#include "interrupt.h"
#include "session.h"
#include "traffic.h"

#define WINDOW_DEFAULT 512
#define BURST_DEFAULT 16
#define FLOWS_DEFAULT 64
#define WAIT_DEFAULT_S 60
#define WAIT_MAX_S 86400

static const struct arg stream_args[] = {
	{ .name = "stream",
	  .help = "its number",
	  .type = ARG_NUMBER,
	  .place = ARG_PLACED,
	  .max = TRAFFIC_STREAMS_MAX - 1 },
	{ .name = NULL },
};

static const struct arg add_args[] = {
	{ .name = "stream",
	  .help = "its number",
	  .type = ARG_NUMBER,
	  .place = ARG_PLACED,
	  .max = TRAFFIC_STREAMS_MAX - 1 },
	{ .name = "stages",
	  .help = "queues that each event passes, in turn; a directed one is a hop "
		  "to its port",
	  .type = ARG_LIST,
	  .place = ARG_KEYED_REQUIRED,
	  .max = SETUP_IDS_MAX - 1 },
	{ .name = "port",
	  .help = "that produces",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED_REQUIRED,
	  .max = SETUP_IDS_MAX - 1 },
	{ .name = "types",
	  .help = "a letter for each stage: a(tomic), o(rdered), p(arallel); without: "
		  "as its queue",
	  .type = ARG_TEXT,
	  .place = ARG_KEYED },
	{ .name = "rate",
	  .help = "events a second; 0: as many as the window lets",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = 1000000000 },
	{ .name = "window",
	  .help = "events under way at most",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .min = 1,
	  .max = TRAFFIC_WINDOW_MAX },
	{ .name = "burst",
	  .help = "events of an enqueue",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .min = 1,
	  .max = TRAFFIC_BURST_MAX },
	{ .name = "flows",
	  .help = "that events belong to, in turn",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .min = 1,
	  .max = TRAFFIC_FLOWS_MAX },
	{ .name = "work",
	  .help = "of each event at each stage, in TSC cycles",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = 100000000 },
	{ .name = "count",
	  .help = "events to produce; 0: no end",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = UINT32_MAX },
	{ .name = "priorities",
	  .help = "from the highest to the lowest, one for each flow in turn",
	  .type = ARG_LIST,
	  .place = ARG_KEYED,
	  .max = 255 },
	{ .name = NULL },
};

static const struct arg count_args[] = {
	{ .name = "count",
	  .help = "events finished",
	  .type = ARG_NUMBER,
	  .place = ARG_PLACED,
	  .min = 1,
	  .max = UINT64_MAX },
	{ .name = "timeout",
	  .help = "in seconds",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .min = 1,
	  .max = WAIT_MAX_S },
	{ .name = NULL },
};

static const struct arg idle_args[] = {
	{ .name = "timeout",
	  .help = "in seconds",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .min = 1,
	  .max = WAIT_MAX_S },
	{ .name = NULL },
};

static const struct arg seconds_args[] = {
	{ .name = "seconds",
	  .help = "how long",
	  .type = ARG_NUMBER,
	  .place = ARG_PLACED,
	  .max = WAIT_MAX_S },
	{ .name = NULL },
};

/* A letter for each stage, or the types of the queues. */
static int
types_read(const struct session *s, const struct command_line *line, struct stream_conf *conf)
{
	const char *letters = command_text(line, "types");
	const char *known;
	uint32_t i;

	if (letters != NULL && strlen(letters) != conf->nb_stages)
		return session_fail(s, -EINVAL, "traffic add: types '%.32s': accepted: %u letters",
				    letters, conf->nb_stages);
	for (i = 0; i < conf->nb_stages; i++) {
		enum setup_queue_type type = s->setup->queues[conf->stages[i]].type;

		/* Of a queue for all types atomic ones; a directed one takes any. */
		conf->types[i] = type <= SETUP_PARALLEL ? (uint8_t)type : RTE_SCHED_TYPE_ATOMIC;
		if (letters == NULL)
			continue;
		known = strchr(traffic_type_letters, letters[i]);
		if (known == NULL ||
		    (type <= SETUP_PARALLEL &&
		     type != (enum setup_queue_type)(known - traffic_type_letters)))
			return session_fail(s, -EINVAL,
					    "traffic add: types '%.32s': queue %u is %s: accepted: "
					    "a, o, p as the queue's type is; 'all' takes each",
					    letters, conf->stages[i], setup_queue_types[type]);
		conf->types[i] = (uint8_t)(known - traffic_type_letters);
	}
	return 0;
}

static int
stages_read(const struct session *s, const struct command_line *line, struct stream_conf *conf)
{
	const struct arg_value *stages = command_value(line, "stages");
	uint32_t i;

	if (stages->count > TRAFFIC_STAGES_MAX)
		return session_fail(s, -EINVAL, "traffic add: %u stages: accepted are up to %d",
				    stages->count, TRAFFIC_STAGES_MAX);
	conf->nb_stages = stages->count;
	for (i = 0; i < stages->count; i++) {
		conf->stages[i] = (uint8_t)stages->list[i];
		if (stages->list[i] >= s->setup->nb_queues)
			return session_fail(s, -EINVAL,
					    "traffic add: stages: queue %u has not been created",
					    conf->stages[i]);
	}
	return types_read(s, line, conf);
}

static int
priorities_read(const struct session *s, const struct command_line *line, struct stream_conf *conf)
{
	const struct arg_value *priorities = command_value(line, "priorities");

	conf->priorities[0] = conf->priorities[1] = RTE_EVENT_DEV_PRIORITY_NORMAL;
	if (!priorities->given)
		return 0;
	if (priorities->count > 2)
		return session_fail(s, -EINVAL,
				    "traffic add: priorities '%.32s': accepted: one, or two",
				    priorities->text);
	conf->priorities[0] = (uint8_t)priorities->list[0];
	conf->priorities[1] = (uint8_t)priorities->list[priorities->count - 1];
	return 0;
}

static int
traffic_add_run(struct session *s, const struct command_line *line)
{
	uint32_t id = (uint32_t)command_number(line, "stream", 0);
	struct stream_conf conf = {
		.port = (uint32_t)command_number(line, "port", 0),
		.rate = command_number(line, "rate", 0),
		.window = (uint32_t)command_number(line, "window",
						   RTE_MIN(WINDOW_DEFAULT, s->setup->events)),
		.burst = (uint32_t)command_number(line, "burst", BURST_DEFAULT),
		.flows = (uint32_t)command_number(line, "flows", FLOWS_DEFAULT),
		.work = (uint32_t)command_number(line, "work", 0),
		.count = command_number(line, "count", 0),
	};
	const char *why = "";
	int ret;

	ret = stages_read(s, line, &conf);
	if (ret == 0)
		ret = priorities_read(s, line, &conf);
	if (ret < 0)
		return ret;
	ret = traffic_add(s->traffic, id, &conf, &why);
	return ret == 0 ? 0 : session_fail(s, ret, "traffic add %u: %s", id, why);
}

static int
traffic_delete_run(struct session *s, const struct command_line *line)
{
	uint32_t id = (uint32_t)command_number(line, "stream", 0);
	int ret = traffic_delete(s->traffic, id);

	if (ret == -ENOENT)
		return session_fail(s, ret, "traffic delete: there is no stream %u", id);
	if (ret < 0)
		return session_fail(s, ret,
				    "traffic delete %u: it has events in the device: accepted "
				    "after 'traffic stop', or 'stop'",
				    id);
	return 0;
}

static int
traffic_start_run(struct session *s, const struct command_line *line __rte_unused)
{
	const char *why = "";
	int ret = traffic_start(s->traffic, &why);

	return ret == 0 ? 0 : session_fail(s, ret, "traffic start: %s", why);
}

static int
traffic_stop_run(struct session *s, const struct command_line *line __rte_unused)
{
	uint64_t left;

	if (!traffic_runs(s->traffic))
		return session_fail(s, -EALREADY, "traffic stop: no traffic runs");
	left = traffic_stop(s->traffic);
	if (left > 0)
		printf("%" PRIu64 " events are still in the device or at a worker that hangs\n",
		       left);
	return 0;
}

static int
traffic_clear_run(struct session *s, const struct command_line *line __rte_unused)
{
	traffic_clear(s->traffic);
	return 0;
}

static int
traffic_show_run(struct session *s, const struct command_line *line)
{
	struct json *report = json_object();

	traffic_add_json(s->traffic, report);
	return session_report(s, line, report);
}

/* What waiting waits for, and for how long. */
struct wait {
	bool (*is_over)(const struct session *s, uint64_t number);
	uint64_t number;
	uint64_t timeout_s;
	bool fails; /* when the time is over */
	const char *name;
};

static int
wait_for(struct session *s, const struct wait *wait)
{
	uint64_t deadline = rte_get_tsc_cycles() + wait->timeout_s * rte_get_tsc_hz();

	while (wait->is_over == NULL || !wait->is_over(s, wait->number)) {
		if (rte_get_tsc_cycles() >= deadline)
			return wait->fails ? session_fail(s, -ETIMEDOUT, "%s: not in %u s",
							  wait->name, (uint32_t)wait->timeout_s)
					   : 0;
		if (interrupt_wait_ms(s->interrupt_fd, 1))
			return session_fail(s, -EINTR, "%s: interrupted", wait->name);
	}
	return 0;
}

static bool
has_finished(const struct session *s, uint64_t number)
{
	return traffic_completed(s->traffic) >= number;
}

static bool
is_idle(const struct session *s, uint64_t number __rte_unused)
{
	return traffic_is_done(s->traffic);
}

static int
wait_events(struct session *s, const struct command_line *line)
{
	const struct wait wait = {
		.is_over = has_finished,
		.number = command_number(line, "count", 0),
		.timeout_s = command_number(line, "timeout", WAIT_DEFAULT_S),
		.fails = true,
		.name = "wait events",
	};

	return wait_for(s, &wait);
}

static int
wait_done(struct session *s, const struct command_line *line)
{
	const struct wait wait = {
		.is_over = is_idle,
		.timeout_s = command_number(line, "timeout", WAIT_DEFAULT_S),
		.fails = true,
		.name = "wait done",
	};

	return wait_for(s, &wait);
}

static int
wait_seconds(struct session *s, const struct command_line *line)
{
	const struct wait wait = {
		.timeout_s = command_number(line, "seconds", 0),
		.name = "wait seconds",
	};

	return wait_for(s, &wait);
}

static const struct command commands[] = {
	{ "traffic add", "a stream of events", add_args, false, traffic_add_run },
	{ "traffic delete", "a stream", stream_args, false, traffic_delete_run },
	{ "traffic start", "let all streams run", NULL, false, traffic_start_run },
	{ "traffic stop", "produce no more, and let all events come back", NULL, false,
	  traffic_stop_run },
	{ "traffic clear", "start all counts again", NULL, false, traffic_clear_run },
	{ "traffic show", "throughput, latency, checks, share of each port", NULL, true,
	  traffic_show_run },
	{ "wait events", "until so many have finished, in all streams", count_args, false,
	  wait_events },
	{ "wait done", "until all streams with a count have finished", idle_args, false,
	  wait_done },
	{ "wait seconds", "for a while", seconds_args, false, wait_seconds },
	{ NULL },
};

const struct command_family commands_traffic = {
	"traffic",
	"streams of events, what they measure and check",
	commands,
};
