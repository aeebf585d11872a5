/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Telemetry: what rte_pmd_dlb.h tells, as JSON on DPDK's telemetry socket, under /dlb/. Tables are sent
 * by column, {"id":[0,1],"depth":[5,0]}, so that the largest device fits into one reply of 16 KiB.
 */
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eventdev.h>
#include <rte_telemetry.h>

#include "control.h"
#include "dpdk_release.h"
#include "rte_pmd_dlb.h"
#include "telemetry_data.h"

#define ROWS_MAX 256
#define XSTATS_MAX 64
#define LINKS_MAX 8192
#define LINKS_PER_REPLY 128
#define LATENCY_US 10000         /* where a command names no time */
#define LATENCY_US_MAX 1000000   /* who asks waits */
#define REGISTERS_PER_REPLY 1024 /* values */

static const struct dlb_tel_column device_columns[] = {
	DLB_TEL_COLUMN(device, embedded),          DLB_TEL_COLUMN(device, started),
	DLB_TEL_COLUMN(device, nb_queues),         DLB_TEL_COLUMN(device, nb_ports),
	DLB_TEL_SIGNED(device, events_limit),      DLB_TEL_SIGNED(device, events_free),
	DLB_TEL_COLUMN(device, links_pending),     DLB_TEL_COLUMN(device, free_domains),
	DLB_TEL_COLUMN(device, free_hist_entries), DLB_TEL_COLUMN(device, free_aqed_entries),
};

static const struct dlb_tel_column domain_columns[] = {
	DLB_TEL_COLUMN(domain, id),
	DLB_TEL_COLUMN(domain, hist_entries),
	DLB_TEL_COLUMN(domain, aqed_entries),
};

static const struct dlb_tel_column queue_columns[] = {
	DLB_TEL_COLUMN(queue, configured),
	DLB_TEL_COLUMN(queue, started),
	DLB_TEL_COLUMN(queue, kind),
	DLB_TEL_COLUMN(queue, hw_queue),
	DLB_TEL_COLUMN(queue, sequence_numbers),
	DLB_TEL_COLUMN(queue, depth),
	DLB_TEL_COLUMN(queue, max_depth),
	DLB_TEL_COLUMN(queue, inflights),
	DLB_TEL_COLUMN(queue, enqueued),
};

static const struct dlb_tel_column port_columns[] = {
	DLB_TEL_COLUMN(port, configured),     DLB_TEL_COLUMN(port, releases_implicitly),
	DLB_TEL_COLUMN(port, nb_members),     DLB_TEL_COLUMN(port, nb_links),
	DLB_TEL_SIGNED(port, credits_cached), DLB_TEL_SIGNED(port, new_event_threshold),
	DLB_TEL_COLUMN(port, dequeue_depth),  DLB_TEL_COLUMN(port, enqueue_depth),
};

static const struct dlb_tel_column member_columns[] = {
	DLB_TEL_COLUMN(member, kind),      DLB_TEL_COLUMN(member, hw_port),
	DLB_TEL_COLUMN(member, cq_depth),  DLB_TEL_COLUMN(member, cq_next),
	DLB_TEL_COLUMN(member, tokens),    DLB_TEL_COLUMN(member, tokens_owed),
	DLB_TEL_COLUMN(member, inflights), DLB_TEL_COLUMN(member, held),
	DLB_TEL_COLUMN(member, scheduled),
};

static const struct dlb_tel_column link_columns[] = {
	DLB_TEL_COLUMN(link, port),
	DLB_TEL_COLUMN(link, queue),
	DLB_TEL_COLUMN(link, member),
	DLB_TEL_COLUMN(link, priority),
};

static const struct dlb_tel_column latency_columns[] = {
	DLB_TEL_COLUMN(latency, events),        DLB_TEL_COLUMN(latency, p50_ns),
	DLB_TEL_COLUMN(latency, p99_ns),        DLB_TEL_COLUMN(latency, max_ns),
	DLB_TEL_COLUMN(latency, resolution_ns),
};

/* What a reply tells of a device. Each fills a dictionary: 0, or a negative errno. */

static int
tell_device(uint8_t dev_id, struct rte_tel_data *d)
{
	struct rte_pmd_dlb_device device;
	int ret;

	ret = rte_pmd_dlb_device_get(dev_id, &device);
	if (ret < 0)
		return ret;
	rte_tel_data_add_dict_string(d, "name", device.name);
	rte_tel_data_add_dict_string(d, "hw", device.hw);
	rte_tel_data_add_dict_string(d, "backend", device.backend);
	rte_tel_data_add_dict_string(d, "sched", device.sched);
	rte_tel_data_add_dict_string(d, "cq_mode", device.cq_mode);
	dlb_tel_add_values(d, device_columns, RTE_DIM(device_columns), &device);
	dlb_tel_add_kinds(d, "free_queues", device.free_queues[0], device.free_queues[1]);
	dlb_tel_add_kinds(d, "free_ports", device.free_ports[0], device.free_ports[1]);
	dlb_tel_add_kinds(d, "free_credits", device.free_credits[0], device.free_credits[1]);
	return 0;
}

static int
tell_domain(uint8_t dev_id, struct rte_tel_data *d)
{
	struct rte_pmd_dlb_domain domain;
	int ret;

	ret = rte_pmd_dlb_domain_get(dev_id, &domain);
	if (ret < 0)
		return ret;
	dlb_tel_add_values(d, domain_columns, RTE_DIM(domain_columns), &domain);
	dlb_tel_add_kinds(d, "queues", domain.queues[0], domain.queues[1]);
	dlb_tel_add_kinds(d, "ports", domain.ports[0], domain.ports[1]);
	dlb_tel_add_kinds(d, "credits", domain.credits[0], domain.credits[1]);
	dlb_tel_add_kinds(d, "credits_left", domain.credits_left[0], domain.credits_left[1]);
	return 0;
}

static int
tell_queues(uint8_t dev_id, struct rte_tel_data *d)
{
	struct rte_pmd_dlb_queue queues[ROWS_MAX];
	struct rte_pmd_dlb_device device;
	uint32_t q;
	int ret;

	ret = rte_pmd_dlb_device_get(dev_id, &device);
	for (q = 0; ret == 0 && q < device.nb_queues; q++)
		ret = rte_pmd_dlb_queue_get(dev_id, (uint8_t)q, &queues[q]);
	if (ret < 0)
		return ret;
	dlb_tel_add_table(d, queue_columns, RTE_DIM(queue_columns), queues, sizeof(queues[0]), q);
	return 0;
}

/* Of each port its own columns, and the sums of its hardware ports. */
struct port_sum {
	struct rte_pmd_dlb_port port;
	struct rte_pmd_dlb_member sum;
	uint32_t flows;
};

#define SUM(member)                                                             \
	{                                                                       \
#member,                                                        \
			offsetof(struct port_sum, sum) +                        \
				offsetof(struct rte_pmd_dlb_member, member),    \
			sizeof(((struct rte_pmd_dlb_member *)0)->member), false \
	}

static const struct dlb_tel_column sum_columns[] = {
	SUM(tokens), SUM(tokens_owed), SUM(inflights), SUM(held), SUM(scheduled),
};

/* What only a model tells. */
static const struct dlb_tel_column model_columns[] = {
	{ "flows", offsetof(struct port_sum, flows), sizeof(((struct port_sum *)0)->flows), false },
};

static int
ports_flows(uint8_t dev_id, struct port_sum ports[], uint32_t n)
{
	uint32_t flows[ROWS_MAX];
	uint32_t p;
	int ret = rte_pmd_dlb_flows_get(dev_id, flows, n);

	for (p = 0; ret >= 0 && p < n; p++)
		ports[p].flows = flows[p];
	return ret;
}

static int
port_sum(uint8_t dev_id, uint8_t port_id, struct port_sum *sum)
{
	struct rte_pmd_dlb_member member;
	uint8_t m;
	int ret;

	memset(sum, 0, sizeof(*sum));
	ret = rte_pmd_dlb_port_get(dev_id, port_id, &sum->port);
	for (m = 0; ret == 0 && m < sum->port.nb_members; m++) {
		ret = rte_pmd_dlb_member_get(dev_id, port_id, m, &member);
		sum->sum.tokens += member.tokens;
		sum->sum.tokens_owed += member.tokens_owed;
		sum->sum.inflights += member.inflights;
		sum->sum.held += member.held;
		sum->sum.scheduled += member.scheduled;
	}
	return ret;
}

static int
tell_ports(uint8_t dev_id, struct rte_tel_data *d)
{
	struct rte_pmd_dlb_device device;
	struct port_sum ports[ROWS_MAX];
	uint32_t p;
	int ret;

	ret = rte_pmd_dlb_device_get(dev_id, &device);
	for (p = 0; ret == 0 && p < device.nb_ports; p++)
		ret = port_sum(dev_id, (uint8_t)p, &ports[p]);
	if (ret < 0)
		return ret;
	_Static_assert(offsetof(struct port_sum, port) == 0, "so that port_columns serve");
	dlb_tel_add_table(d, port_columns, RTE_DIM(port_columns), ports, sizeof(ports[0]), p);
	dlb_tel_add_table(d, sum_columns, RTE_DIM(sum_columns), ports, sizeof(ports[0]), p);
	if (device.embedded && ports_flows(dev_id, ports, p) >= 0)
		dlb_tel_add_table(d, model_columns, RTE_DIM(model_columns), ports, sizeof(ports[0]),
				  p);
	return 0;
}

static int
tell_links(uint8_t dev_id, uint32_t first, struct rte_tel_data *d)
{
	struct rte_pmd_dlb_link links[LINKS_MAX];
	int total;

	total = rte_pmd_dlb_links_get(dev_id, links, LINKS_MAX);
	if (total < 0)
		return total;
	first = RTE_MIN(first, (uint32_t)total);
	rte_tel_data_add_dict_int(d, "total", total);
	rte_tel_data_add_dict_int(d, "first", (int)first);
	dlb_tel_add_table(d, link_columns, RTE_DIM(link_columns), &links[first], sizeof(links[0]),
			  RTE_MIN((uint32_t)total - first, (uint32_t)LINKS_PER_REPLY));
	return 0;
}

static int
tell_model(uint8_t dev_id, struct rte_tel_data *d)
{
	struct rte_pmd_dlb_lint rules[ROWS_MAX];
	struct rte_tel_data *lint;
	char name[RTE_PMD_DLB_NAME_BYTES];
	int n, i;
	char *c;

	n = rte_pmd_dlb_lint_get(dev_id, rules, RTE_DIM(rules));
	if (n < 0)
		return n;
	lint = dlb_tel_add_dict(d, "lint");
	for (i = 0; lint != NULL && i < n; i++) {
		snprintf(name, sizeof(name), "%s", rules[i].name);
		/* Names of telemetry know letters, digits and underscores. */
		for (c = name; *c != '\0'; c++)
			*c = *c == ' ' || *c == '-' ? '_' : *c;
		rte_tel_data_add_dict_uint(lint, name, rules[i].findings);
	}
	return 0;
}

/* Commands */

typedef int (*tell_t)(uint8_t dev_id, struct rte_tel_data *d);

static int
answer(const char *text, struct rte_tel_data *d, tell_t tell)
{
	struct dlb_tel_params params;

	if (dlb_tel_params_parse(text, 1, &params) < 0)
		return -EINVAL;
	rte_tel_data_start_dict(d);
	dlb_tel_add_time(d);
	return tell(params.dev_id, d);
}

static int
on_devices(const char *cmd __rte_unused, const char *text __rte_unused, struct rte_tel_data *d)
{
	struct rte_pmd_dlb_device device;
	struct dlb_evdev *evdev;
	char id[DLB_TEL_PARAM_BYTES];
	uint32_t i;

	rte_tel_data_start_dict(d);
	for (i = 0; i < RTE_EVENT_MAX_DEVS; i++) {
		evdev = dlb_control_take_quietly((uint8_t)i);
		if (evdev == NULL)
			continue;
		if (rte_pmd_dlb_device_get((uint8_t)i, &device) == 0) {
			snprintf(id, sizeof(id), "%" PRIu32, i);
			rte_tel_data_add_dict_string(d, id, device.name);
		}
		dlb_control_put(evdev);
	}
	return 0;
}

static int
on_device(const char *cmd __rte_unused, const char *text, struct rte_tel_data *d)
{
	return answer(text, d, tell_device);
}

static int
on_domain(const char *cmd __rte_unused, const char *text, struct rte_tel_data *d)
{
	return answer(text, d, tell_domain);
}

static int
on_queues(const char *cmd __rte_unused, const char *text, struct rte_tel_data *d)
{
	return answer(text, d, tell_queues);
}

static int
on_ports(const char *cmd __rte_unused, const char *text, struct rte_tel_data *d)
{
	return answer(text, d, tell_ports);
}

static int
on_model(const char *cmd __rte_unused, const char *text, struct rte_tel_data *d)
{
	return answer(text, d, tell_model);
}

static int
on_port(const char *cmd __rte_unused, const char *text, struct rte_tel_data *d)
{
	struct rte_pmd_dlb_member members[ROWS_MAX];
	struct rte_tel_data *table;
	struct dlb_tel_params params;
	struct port_sum sum;
	uint8_t m;
	int ret, port;

	if (dlb_tel_params_parse(text, 2, &params) < 0)
		return -EINVAL;
	port = dlb_tel_params_number(&params, 1, UINT8_MAX);
	ret = port < 0 ? -EINVAL : port_sum(params.dev_id, (uint8_t)port, &sum);
	for (m = 0; ret == 0 && m < sum.port.nb_members; m++)
		ret = rte_pmd_dlb_member_get(params.dev_id, (uint8_t)port, m, &members[m]);
	if (ret < 0)
		return ret;
	rte_tel_data_start_dict(d);
	dlb_tel_add_time(d);
	dlb_tel_add_values(d, port_columns, RTE_DIM(port_columns), &sum);
	table = dlb_tel_add_dict(d, "members");
	if (table != NULL)
		dlb_tel_add_table(table, member_columns, RTE_DIM(member_columns), members,
				  sizeof(members[0]), m);
	return 0;
}

static int
on_latency(const char *cmd __rte_unused, const char *text, struct rte_tel_data *d)
{
	struct rte_pmd_dlb_latency latency;
	struct dlb_tel_params params;
	int ret, queue, us;

	if (dlb_tel_params_parse(text, 2, &params) < 0)
		return -EINVAL;
	queue = dlb_tel_params_number(&params, 1, UINT8_MAX);
	us = dlb_tel_params_number(&params, 2, LATENCY_US_MAX + 1);
	if (queue < 0 || us < 0)
		return -EINVAL;
	ret = rte_pmd_dlb_queue_latency(params.dev_id, (uint8_t)queue,
					us == 0 ? LATENCY_US : (uint32_t)us, &latency);
	if (ret < 0)
		return ret;
	rte_tel_data_start_dict(d);
	dlb_tel_add_time(d);
	dlb_tel_add_values(d, latency_columns, RTE_DIM(latency_columns), &latency);
	return 0;
}

static int
on_links(const char *cmd __rte_unused, const char *text, struct rte_tel_data *d)
{
	struct dlb_tel_params params;
	int first;

	if (dlb_tel_params_parse(text, 1, &params) < 0)
		return -EINVAL;
	first = dlb_tel_params_number(&params, 1, UINT16_MAX);
	if (first < 0)
		return -EINVAL;
	rte_tel_data_start_dict(d);
	return tell_links(params.dev_id, (uint32_t)first, d);
}

static int
on_credits(const char *cmd __rte_unused, const char *text, struct rte_tel_data *d)
{
	static const struct dlb_tel_column columns[] = {
		DLB_TEL_SIGNED(device, events_limit),
		DLB_TEL_SIGNED(device, events_free),
	};
	static const struct dlb_tel_column cached[] = {
		DLB_TEL_SIGNED(port, credits_cached),
		DLB_TEL_SIGNED(port, new_event_threshold),
	};
	struct rte_pmd_dlb_domain domain;
	struct rte_pmd_dlb_device device;
	struct rte_pmd_dlb_port ports[ROWS_MAX];
	struct dlb_tel_params params;
	struct rte_tel_data *table;
	uint32_t p;
	int ret;

	if (dlb_tel_params_parse(text, 1, &params) < 0)
		return -EINVAL;
	ret = rte_pmd_dlb_device_get(params.dev_id, &device);
	for (p = 0; ret == 0 && p < device.nb_ports; p++)
		ret = rte_pmd_dlb_port_get(params.dev_id, (uint8_t)p, &ports[p]);
	if (ret < 0)
		return ret;
	rte_tel_data_start_dict(d);
	dlb_tel_add_time(d);
	dlb_tel_add_values(d, columns, RTE_DIM(columns), &device);
	if (device.started && rte_pmd_dlb_domain_get(params.dev_id, &domain) == 0) {
		dlb_tel_add_kinds(d, "hw_credits", domain.credits[0], domain.credits[1]);
		dlb_tel_add_kinds(d, "hw_credits_left", domain.credits_left[0],
				  domain.credits_left[1]);
	}
	table = dlb_tel_add_dict(d, "ports");
	if (table != NULL)
		dlb_tel_add_table(table, cached, RTE_DIM(cached), ports, sizeof(ports[0]), p);
	return 0;
}

/* Statistics of a device, port or queue whose names begin so. 0, or a negative errno. */
static int
tell_xstats(uint8_t dev_id, enum rte_event_dev_xstats_mode mode, uint8_t of, const char *prefix,
	    struct rte_tel_data *d)
{
	struct rte_event_dev_xstats_name names[XSTATS_MAX];
	uint64_t values[XSTATS_MAX];
	uint64_t ids[XSTATS_MAX];
	struct dlb_evdev *evdev;
	int n, i;

	evdev = dlb_control_take_quietly(dev_id);
	if (evdev == NULL)
		return -ENODEV;
	n = rte_event_dev_xstats_names_get(dev_id, mode, of, names, ids, XSTATS_MAX);
	if (n > 0 && n <= XSTATS_MAX)
		n = rte_event_dev_xstats_get(dev_id, mode, of, ids, values, (uint32_t)n);
	dlb_control_put(evdev);
	if (n <= 0 || n > XSTATS_MAX)
		return -EINVAL;
	for (i = 0; i < n; i++) {
		if (strncmp(names[i].name, prefix, strlen(prefix)) == 0)
			rte_tel_data_add_dict_uint(d, names[i].name, values[i]);
	}
	return 0;
}

static int
tell_alarms(uint8_t dev_id, struct rte_tel_data *d)
{
	return tell_xstats(dev_id, RTE_EVENT_DEV_XSTATS_DEVICE, 0, "dev_alarm", d);
}

static int
on_alarms(const char *cmd __rte_unused, const char *text, struct rte_tel_data *d)
{
	return answer(text, d, tell_alarms);
}

static int
on_xstats(const char *cmd __rte_unused, const char *text, struct rte_tel_data *d)
{
	static const char *const modes[] = {
		[RTE_EVENT_DEV_XSTATS_DEVICE] = "device",
		[RTE_EVENT_DEV_XSTATS_PORT] = "port",
		[RTE_EVENT_DEV_XSTATS_QUEUE] = "queue",
	};
	struct dlb_tel_params params;
	uint32_t mode = 0;
	int of;

	if (dlb_tel_params_parse(text, 2, &params) < 0)
		return -EINVAL;
	while (mode < RTE_DIM(modes) && strcmp(modes[mode], params.text[1]) != 0)
		mode++;
	of = dlb_tel_params_number(&params, 2, UINT8_MAX);
	if (mode == RTE_DIM(modes) || of < 0)
		return -EINVAL;
	rte_tel_data_start_dict(d);
	dlb_tel_add_time(d);
	return tell_xstats(params.dev_id, mode, (uint8_t)of, "", d);
}

/* All instances of a register. Returns how many. */
static uint32_t
add_instances(struct rte_tel_data *d, uint8_t dev_id, uint32_t row,
	      const struct rte_pmd_dlb_register *reg)
{
	struct rte_tel_data *array = rte_tel_data_alloc();
	uint32_t value, i;

	if (array == NULL)
		return 0;
	rte_tel_data_start_array(array, RTE_TEL_UINT_VAL);
	for (i = 0; i < reg->count; i++) {
		if (rte_pmd_dlb_register_read(dev_id, row, i, &value) == 0)
			rte_tel_data_add_array_uint(array, value);
	}
	rte_tel_data_add_dict_container(d, reg->name, array, 0);
	return reg->count;
}

static int
on_registers(const char *cmd __rte_unused, const char *text, struct rte_tel_data *d)
{
	struct rte_pmd_dlb_register reg;
	struct dlb_tel_params params;
	uint32_t values = 0;
	int count, row;

	if (dlb_tel_params_parse(text, 2, &params) < 0)
		return -EINVAL;
	count = rte_pmd_dlb_register_count(params.dev_id);
	row = dlb_tel_params_number(&params, 2, UINT16_MAX);
	if (count < 0 || row < 0)
		return -EINVAL;
	rte_tel_data_start_dict(d);
	dlb_tel_add_time(d);
	for (; row < count; row++) {
		if (rte_pmd_dlb_register_get(params.dev_id, (uint32_t)row, &reg) < 0 ||
		    fnmatch(params.text[1], reg.name, 0) != 0 ||
		    reg.count > RTE_TEL_MAX_ARRAY_ENTRIES)
			continue;
		if (values > 0 && values + reg.count > REGISTERS_PER_REPLY)
			break;
		values += add_instances(d, params.dev_id, (uint32_t)row, &reg);
	}
	/* Where the next reply has to begin. */
	if (row < count)
		rte_tel_data_add_dict_int(d, "next", row);
	return 0;
}

static int
on_register(const char *cmd __rte_unused, const char *text, struct rte_tel_data *d)
{
	struct rte_pmd_dlb_register reg;
	struct rte_tel_data *fields;
	struct dlb_tel_params params;
	uint32_t value, f;
	int row, index;

	if (dlb_tel_params_parse(text, 2, &params) < 0)
		return -EINVAL;
	index = dlb_tel_params_number(&params, 2, UINT16_MAX);
	row = rte_pmd_dlb_register_find(params.dev_id, params.text[1]);
	if (index < 0 || row < 0 ||
	    rte_pmd_dlb_register_get(params.dev_id, (uint32_t)row, &reg) < 0 ||
	    rte_pmd_dlb_register_read(params.dev_id, (uint32_t)row, (uint32_t)index, &value) < 0)
		return -EINVAL;
	rte_tel_data_start_dict(d);
	rte_tel_data_add_dict_string(d, "name", reg.name);
	rte_tel_data_add_dict_int(d, "index", index);
	rte_tel_data_add_dict_uint(d, "count", reg.count);
	rte_tel_data_add_dict_uint(d, "offset", reg.offset);
	rte_tel_data_add_dict_uint(d, "reset", reg.reset);
	rte_tel_data_add_dict_uint(d, "value", value);
	fields = dlb_tel_add_dict(d, "fields");
	for (f = 0; fields != NULL && f < reg.nb_fields; f++)
		rte_tel_data_add_dict_uint(fields, reg.fields[f].name,
					   (value & reg.fields[f].mask) >>
						   __builtin_ctz(reg.fields[f].mask));
	return 0;
}

static int
on_dump(const char *cmd __rte_unused, const char *text, struct rte_tel_data *d)
{
	static const struct {
		const char *name;
		tell_t tell;
		bool started; /* only then */
		bool embedded;
	} sections[] = {
		{ "device", tell_device, false, false }, { "domain", tell_domain, true, false },
		{ "alarms", tell_alarms, false, false }, { "queues", tell_queues, false, false },
		{ "ports", tell_ports, false, false },   { "model", tell_model, false, true },
	};
	struct rte_pmd_dlb_device device;
	struct rte_tel_data *section;
	struct dlb_tel_params params;
	uint32_t s;

	if (dlb_tel_params_parse(text, 1, &params) < 0 ||
	    rte_pmd_dlb_device_get(params.dev_id, &device) < 0)
		return -EINVAL;
	rte_tel_data_start_dict(d);
	dlb_tel_add_time(d);
	for (s = 0; s < RTE_DIM(sections); s++) {
		if ((sections[s].started && !device.started) ||
		    (sections[s].embedded && !device.embedded))
			continue;
		section = dlb_tel_add_dict(d, sections[s].name);
		if (section != NULL)
			sections[s].tell(params.dev_id, section);
	}
	section = dlb_tel_add_dict(d, "links");
	if (section != NULL)
		tell_links(params.dev_id, 0, section);
	return 0;
}

RTE_INIT(dlb_telemetry_init)
{
	static const struct {
		const char *command;
		telemetry_cb on_command;
		const char *help;
	} commands[] = {
		{ "/dlb/devices", on_devices, "Names of all DLB event devices, by id" },
		{ "/dlb/device", on_device, "What a device is. Parameter: id" },
		{ "/dlb/domain", on_domain,
		  "The scheduling domain of a started device. Parameter: id" },
		{ "/dlb/queues", on_queues, "All event queues, by column. Parameter: id" },
		{ "/dlb/ports", on_ports, "All event ports, by column. Parameter: id" },
		{ "/dlb/port", on_port,
		  "An event port and its hardware ports. Parameters: id,port" },
		{ "/dlb/latency", on_latency,
		  "How long events wait in a queue. Parameters: id,queue[,microseconds]" },
		{ "/dlb/links", on_links, "Links, by column. Parameters: id[,first]" },
		{ "/dlb/credits", on_credits, "Who has the credits. Parameter: id" },
		{ "/dlb/xstats", on_xstats,
		  "Statistics. Parameters: id,device or id,port,number or id,queue,number" },
		{ "/dlb/alarms", on_alarms, "Alarms by kind. Parameter: id" },
		{ "/dlb/registers", on_registers,
		  "Registers whose names match. Parameters: id,pattern[,first row]" },
		{ "/dlb/register", on_register,
		  "One register with its fields. Parameters: id,name[,index]" },
		{ "/dlb/model", on_model, "The model of an embedded device. Parameter: id" },
		{ "/dlb/dump", on_dump, "Everything about a device. Parameter: id" },
	};
	uint32_t i;

	for (i = 0; i < RTE_DIM(commands); i++)
		rte_telemetry_register_cmd(commands[i].command, commands[i].on_command,
					   commands[i].help);
}
