/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that look: each builds a report, which is printed as tables or as JSON. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>

#include <rte_errno.h>
#include <rte_pmd_dlb.h>

#include "families.h"
#include "registers.h"
#include "session.h"
#include "traffic.h"

#define NUMBER_MAX (SETUP_IDS_MAX - 1)
#define LATENCY_US 100000
#define LATENCY_MAX_US 10000000
#define XSTATS_MAX 64 /* of one device, port or queue */

static const char *const kinds[] = {
	[RTE_PMD_DLB_LDB] = "load-balanced",
	[RTE_PMD_DLB_DIR] = "directed",
};

static const struct arg queue_args[] = {
	{ .name = "queue",
	  .help = "one; without: all",
	  .type = ARG_NUMBER,
	  .place = ARG_PLACED_OR_NOT,
	  .max = NUMBER_MAX },
	{ .name = NULL },
};

static const struct arg port_args[] = {
	{ .name = "port",
	  .help = "one; without: all",
	  .type = ARG_NUMBER,
	  .place = ARG_PLACED_OR_NOT,
	  .max = NUMBER_MAX },
	{ .name = NULL },
};

static const struct arg latency_args[] = {
	{ .name = "queue",
	  .help = "its number",
	  .type = ARG_NUMBER,
	  .place = ARG_PLACED,
	  .max = NUMBER_MAX },
	{ .name = "us",
	  .help = "microseconds to watch it",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .min = 1,
	  .max = LATENCY_MAX_US },
	{ .name = NULL },
};

static const struct arg pattern_args[] = {
	{ .name = "pattern",
	  .help = "of names, as of file names; without: all",
	  .type = ARG_TEXT,
	  .place = ARG_PLACED_OR_NOT },
	{ .name = NULL },
};

static const struct arg register_args[] = {
	{ .name = "pattern",
	  .help = "of names, as of file names; any case",
	  .type = ARG_TEXT,
	  .place = ARG_PLACED },
	{ .name = "index",
	  .help = "one instance; without: all that are not as after a reset",
	  .type = ARG_NUMBER,
	  .place = ARG_KEYED,
	  .max = UINT32_MAX },
	{ .name = NULL },
};

/* The driver has said why, in the log. */
static int
refused(const struct session *s, const struct command_line *line, struct json *report, int ret)
{
	json_destroy(report);
	return session_fail(s, ret, "%s: %s%s", line->command->words, rte_strerror(-ret),
			    ret == -EAGAIN ? ": accepted after 'start'" : "");
}

static void
kinds_add_json(struct json *object, const char *name, const uint16_t counts[])
{
	struct json *pair = json_add(object, name, json_object());

	json_add_number(pair, "load_balanced", counts[RTE_PMD_DLB_LDB]);
	json_add_number(pair, "directed", counts[RTE_PMD_DLB_DIR]);
}

static void
limits_add_json(uint8_t dev_id, struct json *row)
{
	struct rte_event_dev_info info;
	struct json *limits;

	if (rte_event_dev_info_get(dev_id, &info) < 0)
		return;
	limits = json_add(row, "limits", json_object());
	json_add_number(limits, "queues", info.max_event_queues);
	json_add_number(limits, "ports", info.max_event_ports);
	json_add_number(limits, "directed_pairs", info.max_single_link_event_port_queue_pairs);
	json_add_number(limits, "events", (uint64_t)info.max_num_events);
	json_add_number(limits, "flows", info.max_event_queue_flows);
	json_add_number(limits, "dequeue_depth", info.max_event_port_dequeue_depth);
	json_add_number(limits, "enqueue_depth", info.max_event_port_enqueue_depth);
	json_add_number(limits, "port_links", info.max_event_port_links);
	json_add_number(limits, "priorities", info.max_event_priority_levels);
	json_add_number(row, "capabilities", info.event_dev_cap);
}

static int
show_device(struct session *s, const struct command_line *line)
{
	struct json *report = json_object();
	struct json *row = json_add(report, "device", json_object());
	struct json *free_row;
	struct rte_pmd_dlb_device device;
	int ret;

	ret = rte_pmd_dlb_device_get(s->setup->dev_id, &device);
	if (ret < 0)
		return refused(s, line, report, ret);
	json_add_number(row, "id", s->setup->dev_id);
	json_add_text(row, "name", "%s", device.name);
	json_add_text(row, "hw", "%s", device.hw);
	json_add_text(row, "backend", "%s", device.backend);
	json_add_text(row, "sched", "%s", device.sched);
	json_add_text(row, "cq_mode", "%s", device.cq_mode);
	json_add_bool(row, "started", device.started);
	json_add_number(row, "socket",
			(uint64_t)(uint32_t)rte_event_dev_socket_id(s->setup->dev_id));
	json_add_number(row, "links_pending", device.links_pending);
	limits_add_json(s->setup->dev_id, row);
	free_row = json_add(row, "free", json_object());
	json_add_number(free_row, "domains", device.free_domains);
	kinds_add_json(free_row, "queues", device.free_queues);
	kinds_add_json(free_row, "ports", device.free_ports);
	kinds_add_json(free_row, "credits", device.free_credits);
	json_add_number(free_row, "history_entries", device.free_hist_entries);
	json_add_number(free_row, "aqed_entries", device.free_aqed_entries);
	return session_report(s, line, report);
}

static void
domain_add_row(const struct session *s, const struct domain *d, struct json *rows)
{
	struct json *row = json_append(rows, json_object());
	struct rte_pmd_dlb_device device = { .name = "" };

	rte_pmd_dlb_device_get(d->setup.dev_id, &device);
	json_add_number(row, "domain", d->id);
	json_add_bool(row, "used", d->id == s->current);
	json_add_text(row, "device", "%s", device.name);
	json_add_bool(row, "started", d->setup.started);
	json_add_number(row, "queues", d->setup.nb_queues);
	json_add_number(row, "ports", d->setup.nb_ports);
	json_add_number(row, "events_limit", d->setup.events);
	json_add_number(row, "timeout", d->setup.timeout_ns);
}

/* All, and what the one that is used has been granted. */
static int
show_domain(struct session *s, const struct command_line *line)
{
	struct json *report = json_object();
	struct json *rows = json_add(report, "domains", json_array());
	struct rte_pmd_dlb_domain granted;
	const struct domain *d;
	struct json *row;

	for (d = domains_next(&s->domains, 0); d != NULL; d = domains_next(&s->domains, d->id + 1))
		domain_add_row(s, d, rows);
	if (s->setup->started && rte_pmd_dlb_domain_get(s->setup->dev_id, &granted) == 0) {
		row = json_add(report, "granted", json_object());
		json_add_number(row, "hw_domain", granted.id);
		kinds_add_json(row, "queues", granted.queues);
		kinds_add_json(row, "ports", granted.ports);
		json_add_number(row, "history_entries", granted.hist_entries);
		json_add_number(row, "aqed_entries", granted.aqed_entries);
	}
	return session_report(s, line, report);
}

/* Those that a command names, or all. Returns a negative errno when there is no such one. */
static int
range_read(const struct session *s, const struct command_line *line, const char *name,
	   uint32_t count, uint32_t range[2])
{
	range[0] = 0;
	range[1] = count;
	if (!command_given(line, name))
		return 0;
	range[0] = (uint32_t)command_number(line, name, 0);
	range[1] = range[0] + 1;
	if (range[0] < count)
		return 0;
	return session_fail(s, -ENOENT, "%s: %s %u: %u have been created", line->command->words,
			    name, range[0], count);
}

static int
queue_add_row(const struct session *s, uint32_t id, struct json *rows)
{
	struct rte_pmd_dlb_queue queue = { .configured = false };
	struct json *row = json_append(rows, json_object());
	int ret = 0;

	if (s->setup->started)
		ret = rte_pmd_dlb_queue_get(s->setup->dev_id, (uint8_t)id, &queue);
	json_add_number(row, "queue", id);
	json_add_text(row, "type", "%s", setup_queue_types[s->setup->queues[id].type]);
	json_add_number(row, "priority", s->setup->queues[id].priority);
	json_add_text(row, "kind", "%s", queue.started ? kinds[queue.kind] : "");
	json_add_number(row, "hw_queue", queue.hw_queue);
	json_add_number(row, "depth", queue.depth);
	json_add_number(row, "max_depth", queue.max_depth);
	json_add_number(row, "inflights", queue.inflights);
	json_add_number(row, "enqueued", queue.enqueued);
	json_add_number(row, "sequence_numbers", queue.sequence_numbers);
	return ret;
}

static int
show_queue(struct session *s, const struct command_line *line)
{
	struct json *report = json_object();
	struct json *rows = json_add(report, "queues", json_array());
	uint32_t range[2];
	uint32_t id;
	int ret;

	ret = range_read(s, line, "queue", s->setup->nb_queues, range);
	if (ret < 0) {
		json_destroy(report);
		return ret;
	}
	for (id = range[0]; id < range[1] && ret == 0; id++)
		ret = queue_add_row(s, id, rows);
	return ret < 0 ? refused(s, line, report, ret) : session_report(s, line, report);
}

static int
members_add(const struct session *s, uint32_t port, uint32_t count, struct json *rows)
{
	struct rte_pmd_dlb_member member;
	struct json *row;
	uint32_t m;
	int ret;

	for (m = 0; m < count; m++) {
		ret = rte_pmd_dlb_member_get(s->setup->dev_id, (uint8_t)port, (uint8_t)m, &member);
		if (ret < 0)
			return ret;
		row = json_append(rows, json_object());
		json_add_number(row, "port", port);
		json_add_number(row, "member", m);
		json_add_text(row, "kind", "%s", kinds[member.kind]);
		json_add_number(row, "hw_port", member.hw_port);
		json_add_number(row, "cq_depth", member.cq_depth);
		json_add_number(row, "tokens", member.tokens);
		json_add_number(row, "tokens_owed", member.tokens_owed);
		json_add_number(row, "inflights", member.inflights);
		json_add_number(row, "held", member.held);
		json_add_number(row, "scheduled", member.scheduled);
	}
	return 0;
}

static int
port_add_rows(const struct session *s, uint32_t id, struct json *ports, struct json *members)
{
	struct rte_pmd_dlb_port port = { .nb_members = 0 };
	const struct setup_port *wanted = &s->setup->ports[id];
	struct json *row = json_append(ports, json_object());
	int ret = 0;

	if (s->setup->started)
		ret = rte_pmd_dlb_port_get(s->setup->dev_id, (uint8_t)id, &port);
	json_add_number(row, "port", id);
	json_add_number(row, "links", setup_port_links(s->setup, id));
	json_add_number(row, "dequeue_depth", wanted->dequeue_depth);
	json_add_number(row, "enqueue_depth", wanted->enqueue_depth);
	json_add_number(row, "threshold", wanted->threshold);
	json_add_text(row, "release", "%s", setup_releases[wanted->releases_explicitly]);
	json_add_number(row, "credits_cached", (uint64_t)port.credits_cached);
	json_add_number(row, "members", port.nb_members);
	json_add_bool(row, "hangs", traffic_hangs(s->traffic, id));
	return ret == 0 ? members_add(s, id, port.nb_members, members) : ret;
}

static int
show_port(struct session *s, const struct command_line *line)
{
	struct json *report = json_object();
	struct json *ports = json_add(report, "ports", json_array());
	struct json *members = json_add(report, "members", json_array());
	uint32_t range[2];
	uint32_t id;
	int ret;

	ret = range_read(s, line, "port", s->setup->nb_ports, range);
	if (ret < 0) {
		json_destroy(report);
		return ret;
	}
	for (id = range[0]; id < range[1] && ret == 0; id++)
		ret = port_add_rows(s, id, ports, members);
	return ret < 0 ? refused(s, line, report, ret) : session_report(s, line, report);
}

static int
show_link(struct session *s, const struct command_line *line)
{
	struct json *report = json_object();
	struct json *rows = json_add(report, "links", json_array());
	uint32_t p, q;

	for (p = 0; p < s->setup->nb_ports; p++) {
		for (q = 0; q < s->setup->nb_queues; q++) {
			int16_t priority = s->setup->ports[p].links[q];
			struct json *row;

			if (priority == SETUP_NO_LINK)
				continue;
			row = json_append(rows, json_object());
			json_add_number(row, "port", p);
			json_add_number(row, "queue", q);
			json_add_number(row, "priority", (uint64_t)priority);
		}
	}
	json_add_number(report, "unlinks_in_progress", 0);
	report->last->number = 0;
	for (p = 0; s->setup->started && p < s->setup->nb_ports; p++)
		report->last->number +=
			(uint64_t)RTE_MAX(0, rte_event_port_unlinks_in_progress(s->setup->dev_id,
										(uint8_t)p));
	return session_report(s, line, report);
}

static int
show_credits(struct session *s, const struct command_line *line)
{
	struct json *report = json_object();
	struct json *row = json_add(report, "credits", json_object());
	struct rte_pmd_dlb_device device;
	struct rte_pmd_dlb_domain domain;
	struct rte_pmd_dlb_port port;
	uint64_t cached = 0;
	uint32_t p;
	int ret;

	ret = rte_pmd_dlb_domain_get(s->setup->dev_id, &domain);
	if (ret == 0)
		ret = rte_pmd_dlb_device_get(s->setup->dev_id, &device);
	for (p = 0; ret == 0 && p < s->setup->nb_ports; p++) {
		ret = rte_pmd_dlb_port_get(s->setup->dev_id, (uint8_t)p, &port);
		cached += (uint64_t)port.credits_cached;
	}
	if (ret < 0)
		return refused(s, line, report, ret);
	json_add_number(row, "events_limit", (uint64_t)device.events_limit);
	json_add_number(row, "events_free", (uint64_t)device.events_free);
	json_add_number(row, "cached_by_ports", cached);
	json_add_number(row, "load_balanced", domain.credits[RTE_PMD_DLB_LDB]);
	json_add_number(row, "load_balanced_left", domain.credits_left[RTE_PMD_DLB_LDB]);
	json_add_number(row, "directed", domain.credits[RTE_PMD_DLB_DIR]);
	json_add_number(row, "directed_left", domain.credits_left[RTE_PMD_DLB_DIR]);
	return session_report(s, line, report);
}

/* The statistics of one device, port or queue whose names fit a pattern. */
static void
xstats_add(uint8_t dev_id, enum rte_event_dev_xstats_mode mode, uint32_t id, const char *pattern,
	   struct json *rows)
{
	struct rte_event_dev_xstats_name names[XSTATS_MAX];
	uint64_t ids[XSTATS_MAX], values[XSTATS_MAX];
	struct json *row;
	int count, i;

	count = rte_event_dev_xstats_names_get(dev_id, mode, (uint8_t)id, names, ids, XSTATS_MAX);
	count = RTE_MIN(count, XSTATS_MAX);
	if (count <= 0 || rte_event_dev_xstats_get(dev_id, mode, (uint8_t)id, ids, values,
						   (unsigned int)count) != count)
		return;
	for (i = 0; i < count; i++) {
		if (pattern != NULL && fnmatch(pattern, names[i].name, 0) != 0)
			continue;
		row = json_append(rows, json_object());
		json_add_text(row, "name", "%s", names[i].name);
		json_add_number(row, "value", values[i]);
	}
}

static int
show_xstats(struct session *s, const struct command_line *line)
{
	const char *pattern = command_text(line, "pattern");
	struct json *report = json_object();
	struct json *rows = json_add(report, "xstats", json_array());
	uint32_t i;

	xstats_add(s->setup->dev_id, RTE_EVENT_DEV_XSTATS_DEVICE, 0, pattern, rows);
	for (i = 0; s->setup->started && i < s->setup->nb_ports; i++)
		xstats_add(s->setup->dev_id, RTE_EVENT_DEV_XSTATS_PORT, i, pattern, rows);
	for (i = 0; s->setup->started && i < s->setup->nb_queues; i++)
		xstats_add(s->setup->dev_id, RTE_EVENT_DEV_XSTATS_QUEUE, i, pattern, rows);
	if (rows->first != NULL || pattern == NULL)
		return session_report(s, line, report);
	json_destroy(report);
	return session_fail(s, -ENOENT, "show xstats: no name is like '%.64s'%s", pattern,
			    s->setup->started ? ""
					      : "; ports and queues have theirs after 'start'");
}

static int
show_registers(struct session *s, const struct command_line *line)
{
	const struct registers_query query = {
		.dev_id = s->setup->dev_id,
		.pattern = command_text(line, "pattern"),
		.one = command_given(line, "index"),
		.index = (uint32_t)command_number(line, "index", 0),
	};
	struct json *report = json_object();
	uint32_t found;
	int ret;

	ret = registers_add_json(&query, report, &found);
	if (ret < 0)
		return refused(s, line, report, ret);
	if (found > 0)
		return session_report(s, line, report);
	json_destroy(report);
	return session_fail(s, -ENOENT, "show registers: no name is like '%.64s'%s", query.pattern,
			    query.one ? ", and has such an index" : "");
}

/*
 * The driver takes alarms from the device as they come, and counts them; so it does with watchdogs of
 * ports, which are here for ports that have one, or had.
 */
static int
show_alarms(struct session *s, const struct command_line *line)
{
	struct json *report = json_object();
	struct json *rows = json_add(report, "alarms", json_array());
	uint32_t p;

	xstats_add(s->setup->dev_id, RTE_EVENT_DEV_XSTATS_DEVICE, 0, "dev_alarm*", rows);
	for (p = 0; s->setup->started && p < s->setup->nb_ports; p++)
		if (s->setup->ports[p].watched)
			xstats_add(s->setup->dev_id, RTE_EVENT_DEV_XSTATS_PORT, p,
				   "port_*_watchdog_expiries", rows);
	return session_report(s, line, report);
}

static int
show_latency(struct session *s, const struct command_line *line)
{
	uint32_t queue = (uint32_t)command_number(line, "queue", 0);
	struct json *report = json_object();
	struct json *row = json_add(report, "latency", json_object());
	struct rte_pmd_dlb_latency latency;
	int ret = queue < s->setup->nb_queues ? 0 : -ENOENT;

	if (ret < 0) {
		json_destroy(report);
		return session_fail(s, ret, "show latency: queue %u: %u have been created", queue,
				    s->setup->nb_queues);
	}
	ret = !s->setup->started
		      ? -EAGAIN
		      : rte_pmd_dlb_queue_latency(s->setup->dev_id, (uint8_t)queue,
						  (uint32_t)command_number(line, "us", LATENCY_US),
						  &latency);
	if (ret < 0)
		return refused(s, line, report, ret);
	json_add_number(row, "queue", queue);
	json_add_number(row, "events", latency.events);
	json_add_number(row, "p50_ns", latency.p50_ns);
	json_add_number(row, "p99_ns", latency.p99_ns);
	json_add_number(row, "max_ns", latency.max_ns);
	json_add_number(row, "resolution_ns", latency.resolution_ns);
	return session_report(s, line, report);
}

static int
show_model(struct session *s, const struct command_line *line)
{
	int count = rte_pmd_dlb_lint_get(s->setup->dev_id, NULL, 0);
	struct json *report = json_object();
	struct rte_pmd_dlb_device device;
	struct rte_pmd_dlb_lint *rules;
	struct json *model, *rows, *row;
	int ret, i;

	ret = count < 0 ? count : rte_pmd_dlb_device_get(s->setup->dev_id, &device);
	if (ret < 0)
		return refused(s, line, report, ret);
	rules = calloc((size_t)count, sizeof(*rules));
	if (rules == NULL)
		return refused(s, line, report, -ENOMEM);
	rte_pmd_dlb_lint_get(s->setup->dev_id, rules, (uint32_t)count);
	model = json_add(report, "model", json_object());
	json_add_text(model, "hw", "%s", device.hw);
	json_add_text(model, "sched", "%s", device.sched);
	rows = json_add(model, "lint", json_array());
	for (i = 0; i < count; i++) {
		row = json_append(rows, json_object());
		json_add_text(row, "rule", "%s", rules[i].name);
		json_add_number(row, "findings", rules[i].findings);
	}
	free(rules);
	return session_report(s, line, report);
}

static int
show_config(struct session *s, const struct command_line *line)
{
	struct json *report = json_object();

	domains_add_json(&s->domains, json_add(report, "config", json_object()));
	return session_report(s, line, report);
}

static const struct command commands[] = {
	{ "show device", "the device, its limits, and what of it is free", NULL, true,
	  show_device },
	{ "show domain", "all domains, and what the one that is used has been granted", NULL, true,
	  show_domain },
	{ "show queue", "queues and how full they are", queue_args, true, show_queue },
	{ "show port", "ports and the hardware ports behind them", port_args, true, show_port },
	{ "show link", "links and their priorities", NULL, true, show_link },
	{ "show credits", "the right to have more events in the device", NULL, true, show_credits },
	{ "show xstats", "statistics by name", pattern_args, true, show_xstats },
	{ "show registers", "registers, field by field", register_args, true, show_registers },
	{ "show alarms", "what the device has complained about", NULL, true, show_alarms },
	{ "show latency", "watch a queue, and tell how long events waited in it", latency_args,
	  true, show_latency },
	{ "show model", "the embedded device, and what its lint found", NULL, true, show_model },
	{ "show config", "the set-up of all domains, as 'save config' writes it", NULL, true,
	  show_config },
	{ NULL },
};

const struct command_family commands_show = { "show", "what there is and how it does", commands };
