/* SPDX-License-Identifier: BSD-3-Clause */
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_bus_vdev.h>
#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_malloc.h>
#include <rte_service.h>

#include "fixture.h"

#define ARGS_BYTES 256
#define EAL_ARGS_MORE 4
#define FOLDERS_OPEN_MAX 8

/* Turns without what a test waits for; a thread may not get a CPU for many of them. */
#define TURNS_MAX 256
#define TURNS_MAX_THREAD 1000000
#define UNLINK_TURNS_MAX 400

#define SEQUENCES 64 /* of an ordered queue, so that there can be 32 of them */

static int
fixture_init(void **state, const char *const more[], int nb_more)
{
	static const char *const args[] = { "test", "--no-huge", "-m", "256", "--lcores", "0@0" };
	char *argv[RTE_DIM(args) + EAL_ARGS_MORE];
	struct fixture *fix;
	uint32_t i;

	for (i = 0; i < RTE_DIM(args); i++)
		argv[i] = (char *)(uintptr_t)args[i];
	for (i = 0; i < (uint32_t)nb_more; i++)
		argv[RTE_DIM(args) + i] = (char *)(uintptr_t)more[i];
	if (rte_eal_init((int)RTE_DIM(args) + nb_more, argv) < 0)
		return -1;
	fix = calloc(1, sizeof(*fix));
	if (fix == NULL)
		return -1;
	fix->log = open_memstream(&fix->text, &fix->size);
	if (fix->log == NULL || rte_openlog_stream(fix->log) != 0)
		return -1;
	*state = fix;
	return 0;
}

int
fixture_create(void **state)
{
	static const char *const more[] = { "--no-pci", "--no-telemetry", "--no-shconf" };

	return fixture_init(state, more, RTE_DIM(more));
}

int
fixture_create_with_pci(void **state)
{
	static const char *const more[] = { "--no-telemetry", "--no-shconf" };

	return fixture_init(state, more, RTE_DIM(more));
}

int
fixture_create_telemetry(void **state)
{
	static const char *const more[] = { "--no-pci", "--no-shconf", "--file-prefix=telemetry" };
	char folder[] = "/tmp/dlb-test-XXXXXX";
	struct fixture *fix;

	/* Where EAL puts sockets, and nobody else's. */
	if (mkdtemp(folder) == NULL || setenv("RUNTIME_DIRECTORY", folder, 1) != 0 ||
	    fixture_init(state, more, RTE_DIM(more)) != 0)
		return -1;
	fix = *state;
	snprintf(fix->folder, sizeof(fix->folder), "%s", folder);
	return 0;
}

static int
file_remove(const char *path, const struct stat *status __rte_unused, int type __rte_unused,
	    struct FTW *at __rte_unused)
{
	return remove(path);
}

int
fixture_destroy(void **state)
{
	struct fixture *fix = *state;
	int ret;

	if (fix == NULL)
		return -1;
	ret = rte_eal_cleanup();
	rte_openlog_stream(NULL);
	fclose(fix->log);
	if (fix->folder[0] != '\0')
		nftw(fix->folder, file_remove, FOLDERS_OPEN_MAX, FTW_DEPTH | FTW_PHYS);
	free(fix->text);
	free(fix);
	return ret;
}

int
fixture_sweep(void **state)
{
	struct fixture *fix = *state;
	uint32_t i;

	for (i = 0; i < RTE_DIM(fix->probed); i++) {
		if (fix->probed[i][0] != '\0')
			rte_vdev_uninit(fix->probed[i]);
		fix->probed[i][0] = '\0';
	}
	return 0;
}

void
log_mark(struct fixture *fix)
{
	fflush(fix->log);
	fix->mark = fix->size;
}

/* What has been logged since the log was that long. */
static const char *
log_since(const struct fixture *fix, size_t from)
{
	fflush(fix->log);
	return fix->text == NULL ? "" : fix->text + from;
}

static const char *
log_text(const struct fixture *fix)
{
	return log_since(fix, fix->mark);
}

/* The next line of a speaker, or NULL. */
static const char *
line_find(const char *text, const char *name)
{
	size_t length = strlen(name);

	while (text != NULL && text[0] != '\0') {
		if (strncmp(text, name, length) == 0 && text[length] == ':')
			return text;
		text = strchr(text, '\n');
		text = text == NULL ? NULL : text + 1;
	}
	return NULL;
}

uint32_t
log_lines(struct fixture *fix, const char *name)
{
	const char *line = line_find(log_text(fix), name);
	uint32_t count = 0;

	while (line != NULL) {
		count++;
		line = strchr(line, '\n');
		line = line == NULL ? NULL : line_find(line + 1, name);
	}
	return count;
}

uint32_t
log_count(struct fixture *fix, const char *text)
{
	const char *at = log_text(fix);
	uint32_t n = 0;

	for (; (at = strstr(at, text)) != NULL; at += strlen(text))
		n++;
	return n;
}

void
log_expect(struct fixture *fix, const char *name, const char *text, const char *row)
{
	const char *line = line_find(log_text(fix), name);
	const char *at = line == NULL ? NULL : strstr(line, text);

	if (log_lines(fix, name) == 1 && at != NULL && at < strchr(line, '\n'))
		return;
	fail_msg("%s: one line of %s with '%s', and the log is:\n%s", row, name, text,
		 log_text(fix));
}

static uint64_t
allocations_count(void)
{
	struct rte_malloc_socket_stats stats;
	uint64_t count = 0;
	int socket;

	for (socket = 0; socket < RTE_MAX_NUMA_NODES; socket++) {
		if (rte_malloc_get_socket_stats(socket, &stats) == 0)
			count += stats.alloc_count;
	}
	return count;
}

void
device_probe(struct device *dev, struct fixture *fix, const char *name, const char *args)
{
	char with_lint[ARGS_BYTES];
	int id;

	fflush(fix->log);
	*dev = (struct device){
		.fix = fix,
		.name = name,
		.log_start = fix->size,
		.allocations = allocations_count(),
	};
	dev->has_thread = strstr(args, "sched=thread") != NULL;
	dev->leaves_others = strstr(args, "shares=") != NULL;
	snprintf(with_lint, sizeof(with_lint), "%s%s", args,
		 dev->leaves_others ? "" : (args[0] == '\0' ? "lint=1" : ",lint=1"));
	TEST_EQ(rte_vdev_init(name, with_lint), 0, with_lint);
	id = rte_event_dev_get_dev_id(name);
	assert_true(id >= 0);
	dev->id = (uint8_t)id;
	snprintf(fix->probed[id], sizeof(fix->probed[id]), "%s", name);
}

uint8_t
device_nb_ports(const struct setup *setup)
{
	uint8_t n = 0;

	while (setup->ports[n] != NULL)
		n++;
	return n + setup->more_ports;
}

const char *
device_port(const struct setup *setup, uint8_t id)
{
	uint8_t last = device_nb_ports(setup) - setup->more_ports - 1;

	return setup->ports[RTE_MIN(id, last)];
}

struct rte_event_dev_config
device_conf(const struct setup *setup)
{
	uint16_t depth = setup->depth == 0 ? DEVICE_DEPTH : setup->depth;
	struct rte_event_dev_config conf = {
		.nb_events_limit = setup->limit == 0 ? DEVICE_LIMIT : setup->limit,
		.nb_event_ports = device_nb_ports(setup),
		.nb_event_queue_flows = 1024,
		.nb_event_port_dequeue_depth = depth,
		.nb_event_port_enqueue_depth = depth,
		.dequeue_timeout_ns = setup->timeout_ns,
		.event_dev_cfg = setup->times_per_call ? RTE_EVENT_DEV_CFG_PER_DEQUEUE_TIMEOUT : 0,
	};
	const char *letter;

	for (letter = setup->queues; *letter != '\0'; letter++) {
		conf.nb_event_queues++;
		conf.nb_single_link_event_port_queues += *letter == 's';
	}
	conf.nb_single_link_event_port_queues =
		RTE_MIN(conf.nb_single_link_event_port_queues, conf.nb_event_ports);
	if (setup->single_links > 0)
		conf.nb_single_link_event_port_queues = setup->single_links;
	return conf;
}

void
device_setup_queue(struct device *dev, uint8_t id, char letter)
{
	static const struct {
		char letter;
		uint32_t cfg;
		uint8_t type;
	} kinds[] = {
		{ 'a', 0, RTE_SCHED_TYPE_ATOMIC },
		{ 'o', 0, RTE_SCHED_TYPE_ORDERED },
		{ 'p', 0, RTE_SCHED_TYPE_PARALLEL },
		{ 'm', RTE_EVENT_QUEUE_CFG_ALL_TYPES, 0 },
		{ 's', RTE_EVENT_QUEUE_CFG_SINGLE_LINK, RTE_SCHED_TYPE_ATOMIC },
	};
	struct rte_event_queue_conf conf = {
		.nb_atomic_flows = 1024,
		.nb_atomic_order_sequences = SEQUENCES,
		.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
	};
	uint32_t k = 0;

	while (k < RTE_DIM(kinds) && kinds[k].letter != letter)
		k++;
	assert_true(k < RTE_DIM(kinds));
	conf.event_queue_cfg = kinds[k].cfg;
	conf.schedule_type = kinds[k].type;
	assert_int_equal(rte_event_queue_setup(dev->id, id, &conf), 0);
}

void
device_setup_port(struct device *dev, uint8_t id, const char *port, const struct setup *setup)
{
	struct rte_event_port_conf conf;
	uint8_t queues[RTE_EVENT_MAX_QUEUES_PER_DEV];
	uint16_t n = 0;
	const char *c;

	assert_int_equal(rte_event_port_default_conf_get(dev->id, id, &conf), 0);
	conf.dequeue_depth = setup->depth == 0 ? DEVICE_DEPTH : setup->depth;
	conf.enqueue_depth = conf.dequeue_depth;
	for (c = port; *c != '\0'; c++) {
		if (*c == '!')
			conf.event_port_cfg |= RTE_EVENT_PORT_CFG_DISABLE_IMPL_REL;
		else if (*c == '=')
			conf.event_port_cfg |= RTE_EVENT_PORT_CFG_SINGLE_LINK;
		else if (*c >= 'a')
			queues[n++] = (uint8_t)(*c - 'a' + 10);
		else if (*c != '*')
			queues[n++] = (uint8_t)(*c - '0');
	}
	assert_int_equal(rte_event_port_setup(dev->id, id, &conf), 0);
	if (strchr(port, '*') != NULL)
		assert_int_equal(rte_event_port_link(dev->id, id, NULL, NULL, 0),
				 strlen(setup->queues));
	else if (n > 0)
		assert_int_equal(rte_event_port_link(dev->id, id, queues, NULL, n), n);
}

void
device_configure(struct device *dev, const struct setup *setup)
{
	struct rte_event_dev_config conf = device_conf(setup);
	uint8_t i;

	assert_int_equal(rte_event_dev_configure(dev->id, &conf), 0);
	dev->nb_ports = conf.nb_event_ports;
	for (i = 0; i < conf.nb_event_queues; i++) {
		if (setup->queues[i] != '-')
			device_setup_queue(dev, i, setup->queues[i]);
	}
	for (i = 0; i < conf.nb_event_ports; i++) {
		dev->lacks_port[i] = device_port(setup, i)[0] == '-';
		if (!dev->lacks_port[i])
			device_setup_port(dev, i, device_port(setup, i), setup);
	}
}

void
device_start(struct device *dev)
{
	log_mark(dev->fix);
	if (rte_event_dev_start(dev->id) != 0)
		fail_msg("start of %s: %s", dev->name, log_text(dev->fix));
	dev->has_service = rte_event_dev_service_id_get(dev->id, &dev->service_id) == 0;
	if (dev->has_service) {
		rte_service_runstate_set(dev->service_id, 1);
		rte_service_set_runstate_mapped_check(dev->service_id, 0);
	}
}

void
device_create(struct device *dev, struct fixture *fix, const char *args, const struct setup *setup)
{
	device_probe(dev, fix, "event_dlb0", args);
	device_configure(dev, setup);
	device_start(dev);
}

uint64_t
device_xstat(const struct device *dev, const char *name)
{
	uint64_t id;
	uint64_t value = rte_event_dev_xstats_by_name_get(dev->id, name, &id);

	if (id == UINT32_MAX)
		fail_msg("no statistic %s", name);
	return value;
}

void
device_turn(const struct device *dev)
{
	if (dev->has_service)
		assert_int_equal(rte_service_run_iter_on_app_lcore(dev->service_id, 0), 0);
	if (dev->has_thread)
		sched_yield();
}

static uint32_t
turns_max(const struct device *dev)
{
	return dev->has_thread ? TURNS_MAX_THREAD : TURNS_MAX;
}

void
device_expect_idle(struct device *dev)
{
	struct rte_event ev[DEVICE_DEPTH];
	uint32_t turn;
	uint8_t p;

	/* An implicit release takes effect at the next poll, and caches are given back when idle. */
	for (turn = 0; turn < turns_max(dev); turn++) {
		for (p = 0; p < dev->nb_ports; p++) {
			if (!dev->lacks_port[p])
				assert_int_equal(poll(dev, p, ev, DEVICE_DEPTH), 0);
		}
		if (device_xstat(dev, "dev_events_in_system") == 0)
			return;
	}
	fail_msg("%s: %d events are in the system and nowhere to be found", dev->name,
		 (int)device_xstat(dev, "dev_events_in_system"));
}

void
device_stop(struct device *dev)
{
	rte_event_dev_stop(dev->id);
	assert_int_equal(device_xstat(dev, "dev_events_in_system"), 0);
}

/* The first lint finding in a log of a rule that the test does not break itself, or NULL. */
static const char *
lint_find(const struct device *dev, const char *text)
{
	static const char mark[] = " lint: ";
	const char *rule = dev->broken_by_test;
	const char *rest;

	while ((text = strstr(text, mark)) != NULL) {
		rest = text + strlen(mark);
		if (rule == NULL || strncmp(rest, rule, strlen(rule)) != 0)
			return text;
		text = rest;
	}
	return NULL;
}

/* Lint goes on while a device goes, and the allocator only grumbles when memory is freed twice. */
static void
log_expect_nothing_bad(const struct device *dev)
{
	const char *text = log_since(dev->fix, dev->log_start);

	if (lint_find(dev, text) == NULL && strstr(text, "Invalid memory") == NULL)
		return;
	fputs(text, stderr);
	fail_msg("%s: the log above has lint findings or 'Invalid memory'", dev->name);
}

void
device_remove(struct device *dev)
{
	uint32_t started;

	assert_int_equal(rte_event_dev_attr_get(dev->id, RTE_EVENT_DEV_ATTR_STARTED, &started), 0);
	if (started) {
		device_expect_idle(dev);
		device_stop(dev);
	}
	if (dev->broken_by_test == NULL && device_xstat(dev, "dev_model_lint_findings") != 0)
		fail_msg("lint: %s", log_since(dev->fix, dev->log_start));
	assert_int_equal(rte_vdev_uninit(dev->name), 0);
	dev->fix->probed[dev->id][0] = '\0';
	log_expect_nothing_bad(dev);
	/* With a device behind the one that went, DPDK 22.11 looks for names in its empty place. */
	if (dev->leaves_others)
		return;
	assert_int_equal(rte_event_dev_get_dev_id(dev->name), -ENODEV);
	TEST_EQ(allocations_count(), dev->allocations, "memory after the device is gone");
}

struct rte_event
event_new(uint8_t queue, uint8_t sched_type, uint32_t flow, uint64_t u64)
{
	return (struct rte_event){
		.op = RTE_EVENT_OP_NEW,
		.queue_id = queue,
		.sched_type = sched_type,
		.flow_id = flow,
		.event_type = RTE_EVENT_TYPE_CPU,
		.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
		.u64 = u64,
	};
}

void
send(const struct device *dev, uint8_t port, struct rte_event ev[], uint16_t n)
{
	uint16_t sent = 0;
	uint32_t turn;

	for (turn = 0; turn < turns_max(dev) && sent < n; turn++) {
		sent += rte_event_enqueue_burst(dev->id, port, &ev[sent], n - sent);
		device_turn(dev);
	}
	if (sent < n)
		fail_msg("port %u: %u of %u events accepted, then: %s", port, sent, n,
			 rte_strerror(rte_errno));
}

uint16_t
poll(const struct device *dev, uint8_t port, struct rte_event ev[], uint16_t n)
{
	device_turn(dev);
	return rte_event_dequeue_burst(dev->id, port, ev, n, 0);
}

void
receive(const struct device *dev, uint8_t port, struct rte_event ev[], uint16_t n)
{
	uint16_t got = 0;
	uint32_t turn;

	for (turn = 0; turn < turns_max(dev) && got < n; turn++)
		got += poll(dev, port, &ev[got], n - got);
	if (got < n)
		fail_msg("port %u: %u of %u events arrived", port, got, n);
}

void
receive_anywhere(const struct device *dev, uint32_t n)
{
	struct rte_event ev[DEVICE_DEPTH];
	uint32_t got = 0;
	uint32_t turn;

	for (turn = 0; turn < turns_max(dev) && got < n; turn++)
		got += poll(dev, (uint8_t)(turn % dev->nb_ports), ev, DEVICE_DEPTH);
	if (got != n)
		fail_msg("%u of %u events arrived", got, n);
}

void
forward(const struct device *dev, uint8_t port, struct rte_event ev[], uint16_t n, uint8_t queue,
	uint8_t sched_type)
{
	uint16_t i;

	for (i = 0; i < n; i++) {
		ev[i].op = RTE_EVENT_OP_FORWARD;
		ev[i].queue_id = queue;
		ev[i].sched_type = sched_type;
	}
	assert_int_equal(rte_event_enqueue_burst(dev->id, port, ev, n), n);
}

void
release(const struct device *dev, uint8_t port, struct rte_event ev[], uint16_t n)
{
	uint16_t i;

	for (i = 0; i < n; i++)
		ev[i].op = RTE_EVENT_OP_RELEASE;
	assert_int_equal(rte_event_enqueue_burst(dev->id, port, ev, n), n);
}

int
link_one(const struct device *dev, uint8_t port, uint8_t queue)
{
	rte_errno = 0;
	return rte_event_port_link(dev->id, port, &queue, NULL, 1);
}

int
unlink_one(const struct device *dev, uint8_t port, uint8_t queue)
{
	return rte_event_port_unlink(dev->id, port, &queue, 1);
}

uint32_t
unlink_finish(const struct device *dev, uint8_t port)
{
	struct rte_event ev[DEVICE_DEPTH];
	uint32_t turn, got = 0;
	uint16_t n;

	for (turn = 0; turn < UNLINK_TURNS_MAX; turn++) {
		if (rte_event_port_unlinks_in_progress(dev->id, port) == 0)
			return got;
		n = poll(dev, port, ev, DEVICE_DEPTH);
		release(dev, port, ev, n);
		got += n;
	}
	fail_msg("port %u: %d unlinks are still in progress", port,
		 rte_event_port_unlinks_in_progress(dev->id, port));
	return got;
}

/* Marsaglia's xorshift. */
uint32_t
dice_roll(struct dice *dice, uint32_t sides)
{
	dice->state ^= dice->state << 13;
	dice->state ^= dice->state >> 7;
	dice->state ^= dice->state << 17;
	return (uint32_t)(dice->state >> 32) % sides;
}
