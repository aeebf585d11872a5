/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that make a set-up and let it run. */
#include <errno.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "families.h"
#include "session.h"
#include "traffic.h"

#define QUEUE_MAX (SETUP_IDS_MAX - 1)
#define PORT_MAX (SETUP_IDS_MAX - 1)
#define BYTE_MAX 255
#define DEPTH_MAX 128
#define EVENTS_MAX 16384
#define HISTORY_MAX 2048
#define WEIGHT_LIMIT_MAX 1024
#define DEPTH_THRESHOLD_MAX 8191
#define PERCENT_MAX 100

#define QUEUE_ATTRIBUTES                                                         \
	{ .name = "priority",                                                    \
	  .help = "of its events, 0 is the highest",                             \
	  .type = ARG_NUMBER,                                                    \
	  .place = ARG_KEYED,                                                    \
	  .max = BYTE_MAX },                                                     \
		{ .name = "weight",                                              \
		  .help = "eventdev's queue weight",                             \
		  .type = ARG_NUMBER,                                            \
		  .place = ARG_KEYED,                                            \
		  .max = BYTE_MAX },                                             \
		{ .name = "affinity",                                            \
		  .help = "eventdev's queue affinity",                           \
		  .type = ARG_NUMBER,                                            \
		  .place = ARG_KEYED,                                            \
		  .max = BYTE_MAX },                                             \
		{ .name = "type",                                                \
		  .help = "how its events are scheduled; directed: to one port", \
		  .type = ARG_WORD,                                              \
		  .place = ARG_KEYED,                                            \
		  .words = setup_queue_types },                                  \
		{ .name = "flows",                                               \
		  .help = "atomic flows tracked at once",                        \
		  .type = ARG_NUMBER,                                            \
		  .place = ARG_KEYED,                                            \
		  .min = 1,                                                      \
		  .max = 65536 },                                                \
		{ .name = "sequences",                                           \
		  .help = "sequence numbers of an ordered queue",                \
		  .type = ARG_NUMBER,                                            \
		  .place = ARG_KEYED,                                            \
		  .min = 64,                                                     \
		  .max = 1024 },                                                 \
		{ .name = "depth_threshold",                                     \
		  .help = "events that depth classes refer to; 0: the driver's", \
		  .type = ARG_NUMBER,                                            \
		  .place = ARG_KEYED,                                            \
		  .max = DEPTH_THRESHOLD_MAX },                                  \
		{ .name = "aqed",                                                \
		  .help = "atomic events staged at once; 0: an even share",      \
		  .type = ARG_NUMBER,                                            \
		  .place = ARG_KEYED,                                            \
		  .max = HISTORY_MAX },                                          \
	{                                                                        \
		.name = NULL                                                     \
	}

#define QUEUE_ID                                                                                \
	{                                                                                       \
		.name = "queue", .help = "its number", .type = ARG_NUMBER, .place = ARG_PLACED, \
		.max = QUEUE_MAX                                                                \
	}
#define PORT_ID                                                                                \
	{                                                                                      \
		.name = "port", .help = "its number", .type = ARG_NUMBER, .place = ARG_PLACED, \
		.max = PORT_MAX                                                                \
	}

#define SHARE(class)                                                                    \
	{                                                                               \
		.name = class, .help = "percent of the scheduling; without: as it was", \
		.type = ARG_NUMBER, .place = ARG_KEYED_REQUIRED, .max = PERCENT_MAX     \
	}

static const struct arg bandwidth_args[] = {
	SHARE("class0"), SHARE("class1"), SHARE("class2"), SHARE("class3"), { .name = NULL },
};

static const struct arg queue_args[] = { QUEUE_ID, QUEUE_ATTRIBUTES };
static const struct arg queue_id_args[] = { QUEUE_ID, { .name = NULL } };

static const struct arg port_args[] = {
	PORT_ID,
	{ .name = "dequeue_depth",
	  .help = "events of a dequeue at most",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .min = 1,
	  .max = DEPTH_MAX },
	{ .name = "enqueue_depth",
	  .help = "events of an enqueue at most",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .min = 1,
	  .max = DEPTH_MAX },
	{ .name = "threshold",
	  .help = "of new events; 0: the domain's limit",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = EVENTS_MAX },
	{ .name = "release",
	  .help = "of events: by the next dequeue, or by the application",
	  .type = ARG_WORD,
	  .place = ARG_KEYED,
	  .words = setup_releases },
	{ .name = "history",
	  .help = "events that each of its hardware ports may hold; 0: an even share",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = HISTORY_MAX },
	{ .name = "weight_limit",
	  .help = "2.5: load at which a CQ gets no more; 0: none",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = WEIGHT_LIMIT_MAX },
	{ .name = "inflight_threshold",
	  .help = "2.5: events at which a CQ whose history was full goes on; 0: none",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = HISTORY_MAX },
	{ .name = "cos",
	  .help = "class of service",
	  .type = ARG_WORD,
	  .place = ARG_KEYED,
	  .words = setup_classes },
	{ .name = "token_pop",
	  .help = "when CQ slots are given back",
	  .type = ARG_WORD,
	  .place = ARG_KEYED,
	  .words = setup_token_pops },
	{ .name = "wait",
	  .help = "how a dequeue with a timeout waits",
	  .type = ARG_WORD,
	  .place = ARG_KEYED,
	  .words = setup_waits },
	{ .name = NULL },
};
static const struct arg port_id_args[] = { PORT_ID, { .name = NULL } };

static const struct arg link_args[] = {
	PORT_ID,
	QUEUE_ID,
	{ .name = "priority",
	  .help = "of the queue at the port; 128: the queue's",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = BYTE_MAX },
	{ .name = NULL },
};
static const struct arg link_id_args[] = { PORT_ID, QUEUE_ID, { .name = NULL } };

static int
stopped_check(const struct session *s, const char *what)
{
	if (!s->setup->started)
		return 0;
	return session_fail(s, -EBUSY, "%s: the device is started: accepted after 'stop'", what);
}

/* For numbers of what has been created. */
static int
id_check(const struct session *s, const char *what, uint64_t id, uint32_t count)
{
	if (id < count)
		return 0;
	if (count == 0)
		return session_fail(s, -ENOENT, "%s %u: none has been created", what, (uint32_t)id);
	return session_fail(s, -ENOENT, "%s %u: accepted are 0 to %u", what, (uint32_t)id,
			    count - 1);
}

/* Numbers follow each other, as eventdev wants them: the next one is made, the last one deleted. */
static int
next_check(const struct session *s, const char *what, uint64_t id, uint32_t next)
{
	if (id == next)
		return 0;
	return session_fail(s, -EINVAL, "%s %u: accepted is %u, the next one", what, (uint32_t)id,
			    next);
}

static int
last_check(const struct session *s, const char *what, uint64_t id, uint32_t count)
{
	int ret = id_check(s, what, id, count);

	if (ret < 0 || id + 1 == count)
		return ret;
	return session_fail(s, -EINVAL, "%s %u: accepted is %u, the last one", what, (uint32_t)id,
			    count - 1);
}

/* The driver has said what is wrong with the shares, in the log. */
static int
set_bandwidth(struct session *s, const struct command_line *line)
{
	uint8_t wanted[RTE_PMD_DLB_COS_COUNT];
	uint32_t i;
	int ret;

	for (i = 0; i < RTE_PMD_DLB_COS_COUNT; i++)
		wanted[i] = (uint8_t)command_number(line, setup_shares[i], 0);
	/* The DLB has them once: they are kept with its first domain. */
	ret = setup_bandwidth_set(&s->domains.of[0]->setup, wanted);
	return ret == 0 ? 0
			: session_fail(s, ret,
				       "set bandwidth: %u, %u, %u, %u: accepted are at most 100 "
				       "percent together, and at least 1",
				       wanted[0], wanted[1], wanted[2], wanted[3]);
}

static void
queue_read(const struct command_line *line, struct setup_queue *queue)
{
	queue->type = (enum setup_queue_type)command_number(line, "type", queue->type);
	queue->priority = (uint32_t)command_number(line, "priority", queue->priority);
	queue->weight = (uint32_t)command_number(line, "weight", queue->weight);
	queue->affinity = (uint32_t)command_number(line, "affinity", queue->affinity);
	queue->flows = (uint32_t)command_number(line, "flows", queue->flows);
	queue->sequences = (uint32_t)command_number(line, "sequences", queue->sequences);
	queue->tuning.depth_threshold =
		(uint16_t)command_number(line, "depth_threshold", queue->tuning.depth_threshold);
	queue->tuning.aqed_entries =
		(uint16_t)command_number(line, "aqed", queue->tuning.aqed_entries);
}

static int
create_queue(struct session *s, const struct command_line *line)
{
	struct setup *setup = s->setup;
	int ret = stopped_check(s, "create queue");

	if (ret == 0)
		ret = next_check(s, "queue", command_number(line, "queue", 0), setup->nb_queues);
	if (ret < 0)
		return ret;
	setup_queue_default(&setup->queues[setup->nb_queues]);
	queue_read(line, &setup->queues[setup->nb_queues]);
	setup->nb_queues++;
	return 0;
}

/* Whether a line has what a queue gets from its set-up only. */
static bool
queue_needs_stop(const struct command_line *line)
{
	static const char *const names[] = { "type", "flows", "sequences", "depth_threshold",
					     "aqed" };
	uint32_t i;

	for (i = 0; i < RTE_DIM(names); i++) {
		if (command_given(line, names[i]))
			return true;
	}
	return false;
}

static int
set_queue(struct session *s, const struct command_line *line)
{
	uint32_t id = (uint32_t)command_number(line, "queue", 0);
	struct setup_queue wanted = s->setup->queues[id];
	int ret = id_check(s, "queue", id, s->setup->nb_queues);

	if (ret < 0)
		return ret;
	if (s->setup->started && queue_needs_stop(line))
		return session_fail(s, -EBUSY,
				    "set queue: the device is started: accepted now are "
				    "priority, weight, affinity");
	queue_read(line, &wanted);
	ret = setup_queue_set(s->setup, id, &wanted);
	return ret == 0 ? 0
			: session_fail(s, ret, "set queue %u: the device refuses it now: %s", id,
				       rte_strerror(-ret));
}

static int
delete_queue(struct session *s, const struct command_line *line)
{
	uint64_t id = command_number(line, "queue", 0);
	int ret = stopped_check(s, "delete queue");
	uint32_t p;

	if (ret == 0)
		ret = last_check(s, "queue", id, s->setup->nb_queues);
	if (ret < 0)
		return ret;
	for (p = 0; p < s->setup->nb_ports; p++)
		s->setup->ports[p].links[id] = SETUP_NO_LINK;
	s->setup->nb_queues--;
	return 0;
}

static void
port_read(const struct command_line *line, struct setup_port *port)
{
	struct rte_pmd_dlb_port_conf *tuning = &port->tuning;

	port->dequeue_depth = (uint32_t)command_number(line, "dequeue_depth", port->dequeue_depth);
	port->enqueue_depth = (uint32_t)command_number(line, "enqueue_depth", port->enqueue_depth);
	port->threshold = (uint32_t)command_number(line, "threshold", port->threshold);
	port->releases_explicitly = command_number(line, "release", port->releases_explicitly);
	tuning->hist_entries = (uint16_t)command_number(line, "history", tuning->hist_entries);
	tuning->cq_weight_limit =
		(uint16_t)command_number(line, "weight_limit", tuning->cq_weight_limit);
	tuning->inflight_threshold =
		(uint16_t)command_number(line, "inflight_threshold", tuning->inflight_threshold);
	tuning->cos = (int8_t)(command_number(line, "cos", (uint64_t)(tuning->cos + 1)) - 1);
	tuning->token_pop =
		(enum rte_pmd_dlb_token_pop)command_number(line, "token_pop", tuning->token_pop);
	tuning->wait = (enum rte_pmd_dlb_wait)command_number(line, "wait", tuning->wait);
}

static int
create_port(struct session *s, const struct command_line *line)
{
	struct setup *setup = s->setup;
	int ret = stopped_check(s, "create port");

	if (ret == 0)
		ret = next_check(s, "port", command_number(line, "port", 0), setup->nb_ports);
	if (ret < 0)
		return ret;
	setup_port_default(&setup->ports[setup->nb_ports]);
	port_read(line, &setup->ports[setup->nb_ports]);
	setup->nb_ports++;
	return 0;
}

static int
set_port(struct session *s, const struct command_line *line)
{
	uint64_t id = command_number(line, "port", 0);
	int ret = stopped_check(s, "set port");

	if (ret == 0)
		ret = id_check(s, "port", id, s->setup->nb_ports);
	if (ret == 0)
		port_read(line, &s->setup->ports[id]);
	return ret;
}

static int
delete_port(struct session *s, const struct command_line *line)
{
	int ret = stopped_check(s, "delete port");

	if (ret == 0)
		ret = last_check(s, "port", command_number(line, "port", 0), s->setup->nb_ports);
	if (ret == 0)
		s->setup->nb_ports--;
	return ret;
}

/* The port and the queue of a link. */
static int
link_check(const struct session *s, const struct command_line *line)
{
	int ret = id_check(s, "port", command_number(line, "port", 0), s->setup->nb_ports);

	if (ret == 0)
		ret = id_check(s, "queue", command_number(line, "queue", 0), s->setup->nb_queues);
	return ret;
}

static int
link_make(struct session *s, const struct command_line *line, bool is_new)
{
	uint32_t p = (uint32_t)command_number(line, "port", 0);
	uint32_t q = (uint32_t)command_number(line, "queue", 0);
	int ret = link_check(s, line);

	if (ret < 0)
		return ret;
	if ((s->setup->ports[p].links[q] == SETUP_NO_LINK) != is_new)
		return session_fail(s, is_new ? -EEXIST : -ENOENT, "link %u %u: there is %s", p, q,
				    is_new ? "one: 'set link' changes it"
					   : "none: 'create link' makes it");
	ret = setup_link(s->setup, p, q,
			 (uint32_t)command_number(line, "priority", RTE_EVENT_DEV_PRIORITY_NORMAL));
	return ret == 0 ? 0
			: session_fail(s, ret, "link %u %u: the device refuses it: %s", p, q,
				       rte_strerror(-ret));
}

static int
create_link(struct session *s, const struct command_line *line)
{
	return link_make(s, line, true);
}

static int
set_link(struct session *s, const struct command_line *line)
{
	return link_make(s, line, false);
}

static int
delete_link(struct session *s, const struct command_line *line)
{
	uint32_t p = (uint32_t)command_number(line, "port", 0);
	uint32_t q = (uint32_t)command_number(line, "queue", 0);
	int ret = link_check(s, line);

	if (ret < 0)
		return ret;
	if (s->setup->ports[p].links[q] == SETUP_NO_LINK)
		return session_fail(s, -ENOENT, "link %u %u: there is none", p, q);
	ret = setup_unlink(s->setup, p, q);
	return ret == 0 ? 0
			: session_fail(s, ret, "link %u %u: the device keeps it: %s", p, q,
				       rte_strerror(-ret));
}

static int
start(struct session *s, const struct command_line *line __rte_unused)
{
	const char *step;
	int ret = stopped_check(s, "start");

	if (ret < 0)
		return ret;
	if (s->setup->nb_queues == 0 || s->setup->nb_ports == 0)
		return session_fail(s, -EINVAL,
				    "start: accepted with at least one queue and one port: "
				    "'create queue' and 'create port' make them");
	ret = setup_start(s->setup, &step);
	if (ret == 0)
		return 0;
	return session_fail(s, ret, "start: the device refuses it (%s): %s", step,
			    rte_strerror(-ret));
}

static int
stop(struct session *s, const struct command_line *line __rte_unused)
{
	if (!s->setup->started)
		return session_fail(s, -EALREADY, "stop: the device is stopped");
	domain_stop(s->domains.of[s->current]);
	return 0;
}

static int
reset(struct session *s, const struct command_line *line __rte_unused)
{
	domain_reset(s->domains.of[s->current]);
	return 0;
}

static void
flushed_count(uint8_t dev_id __rte_unused, struct rte_event event __rte_unused, void *arg)
{
	uint32_t *count = arg;

	(*count)++;
}

static int
quiesce(struct session *s, const struct command_line *line)
{
	uint32_t id = (uint32_t)command_number(line, "port", 0);
	int ret = id_check(s, "port", id, s->setup->nb_ports);
	uint32_t count = 0;

	if (ret < 0)
		return ret;
	if (!s->setup->started)
		return session_fail(s, -EAGAIN, "quiesce port: the device is stopped");
	if (traffic_runs(s->traffic))
		return session_fail(s, -EBUSY,
				    "quiesce port: traffic uses it: accepted after 'traffic stop'");
	rte_event_port_quiesce(s->setup->dev_id, (uint8_t)id, flushed_count, &count);
	printf("port %u gave back %u events\n", id, count);
	return 0;
}

static const struct command commands[] = {
	{ "set bandwidth", "shares of the classes of service in the scheduling, also while started",
	  bandwidth_args, false, set_bandwidth },
	{ "create queue", "the next queue", queue_args, false, create_queue },
	{ "set queue", "change a queue; priority, weight and affinity also while started",
	  queue_args, false, set_queue },
	{ "delete queue", "the last queue, with its links", queue_id_args, false, delete_queue },
	{ "create port", "the next port", port_args, false, create_port },
	{ "set port", "change a port", port_args, false, set_port },
	{ "delete port", "the last port, with its links", port_id_args, false, delete_port },
	{ "create link", "let a port serve a queue, also while started", link_args, false,
	  create_link },
	{ "set link", "change a link's priority, also while started", link_args, false, set_link },
	{ "delete link", "let a port serve a queue no longer, also while started", link_id_args,
	  false, delete_link },
	{ "start", "configure the device so, and start it", NULL, false, start },
	{ "stop", "stop traffic and device", NULL, false, stop },
	{ "reset", "stop, and forget queues, ports, links and streams", NULL, false, reset },
	{ "quiesce port", "take out what a port has been given and not read", port_id_args, false,
	  quiesce },
	{ NULL },
};

const struct command_family commands_setup = {
	"setup",
	"queues, ports and links, and the device that has them",
	commands,
};
