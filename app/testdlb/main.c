/* SPDX-License-Identifier: BSD-3-Clause */
/* dpdk-testdlb: a prompt for a DLB, and the tools that need no prompt. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_eventdev.h>
#include <rte_log.h>
#include <rte_pmd_dlb.h>

#include "completion.h"
#include "doctor.h"
#include "interrupt.h"
#include "options.h"
#include "session.h"
#include "terminal.h"
#include "top.h"

#define STATUS_FAILED 1
#define STATUS_UNUSABLE 2

/* Ours, by its name or the first. */
static int
device_find(const char *name)
{
	struct rte_event_dev_info info;
	int dev_id;

	if (name != NULL) {
		dev_id = rte_event_dev_get_dev_id(name);
		if (dev_id < 0)
			fprintf(stderr,
				"dpdk-testdlb: --device %s: there are %u event devices, "
				"none with this name\n",
				name, rte_event_dev_count());
		return dev_id;
	}
	for (dev_id = 0; dev_id < RTE_EVENT_MAX_DEVS; dev_id++) {
		if (rte_event_dev_info_get((uint8_t)dev_id, &info) == 0 &&
		    strcmp(info.driver_name, "event_dlb") == 0)
			return dev_id;
	}
	fputs("dpdk-testdlb: no DLB: give EAL one (--vdev=event_dlb0 is the model in the box); "
	      "'dpdk-testdlb doctor' looks for what is in the way of hardware\n",
	      stderr);
	return -ENODEV;
}

static int
domain_start(struct session *s)
{
	int ret = session_run(s, "start");
	uint32_t i;

	for (i = 0; ret == 0 && i < TRAFFIC_STREAMS_MAX; i++) {
		if (traffic_has(s->traffic, i))
			return session_run(s, "traffic start");
	}
	return ret;
}

/* All domains. */
static int
auto_start(struct session *s)
{
	const struct domain *d;
	int ret = 0;

	for (d = domains_next(&s->domains, 0); d != NULL && ret == 0;
	     d = domains_next(&s->domains, d->id + 1)) {
		session_use(s, d->id);
		ret = domain_start(s);
	}
	session_use(s, 0);
	return ret;
}

/* What the options want, one after the other. Returns the first error, or 0. */
static int
script_run(struct session *s, const struct options *options)
{
	char command[COMMAND_TEXT_MAX + 16];
	uint32_t i;
	int ret = 0, one;

	if (options->config != NULL) {
		snprintf(command, sizeof(command), "load config \"%s\"", options->config);
		ret = session_run(s, command);
	}
	if (ret == 0 && options->auto_start)
		ret = auto_start(s);
	for (i = 0; i < options->nb_commands && !s->quit && (ret == 0 || s->keeps_going); i++) {
		one = session_run(s, options->commands[i]);
		ret = ret == 0 ? one : ret;
	}
	if (options->cmdline_file != NULL && !s->quit && (ret == 0 || s->keeps_going)) {
		one = session_run_file(s, options->cmdline_file);
		ret = ret == 0 ? one : ret;
	}
	return ret;
}

static int
session_live(struct session *s, const struct options *options, struct screen *screen)
{
	bool scripted = options->cmdline_file != NULL || options->nb_commands > 0;
	int ret = script_run(s, options);

	if (s->quit || (scripted && !options->interactive) || (ret < 0 && !options->interactive))
		return ret;
	if (options->interactive || isatty(STDIN_FILENO))
		return terminal_run(s, screen) < 0 ? -EIO : ret;
	return session_run_file(s, "-");
}

static int
prompt_run(const struct options *options, int interrupt_fd, struct screen *screen)
{
	int dev_id = device_find(options->device);
	struct session *s;
	int ret;

	if (dev_id < 0)
		return STATUS_UNUSABLE;
	s = calloc(1, sizeof(*s));
	if (s == NULL || session_init(s, (uint8_t)dev_id, interrupt_fd) < 0) {
		fputs("dpdk-testdlb: out of memory\n", stderr);
		free(s);
		return STATUS_UNUSABLE;
	}
	s->json = options->json;
	s->keeps_going = options->keep_going;
	ret = session_live(s, options, screen);
	session_end(s);
	free(s);
	return ret < 0 ? STATUS_FAILED : EXIT_SUCCESS;
}

static bool
asks_for_help(int argc, char *argv[])
{
	return argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
}

/* Tools that need no EAL. Returns an exit status, or -1: none of them is asked for. */
static int
tool_run(int argc, char *argv[])
{
	static const struct {
		const char *name;
		int (*run)(int argc, char *argv[]);
	} tools[] = {
		{ "completion", completion_main },
		{ "doctor", doctor_main },
		{ "top", top_main },
	};
	uint32_t i;

	for (i = 0; argc > 1 && i < RTE_DIM(tools); i++) {
		if (strcmp(argv[1], tools[i].name) == 0)
			return tools[i].run(argc - 1, argv + 1);
	}
	return -1;
}

int
main(int argc, char *argv[])
{
	int status = tool_run(argc, argv);
	struct options options;
	struct screen screen;
	int interrupt_fd, used;

	if (status >= 0)
		return status;
	interrupt_fd = interrupt_open();
	if (asks_for_help(argc, argv)) {
		options_print_help(stdout);
		return EXIT_SUCCESS;
	}
	used = rte_eal_init(argc, argv);
	if (interrupt_fd < 0 || used < 0) {
		fprintf(stderr, "dpdk-testdlb: EAL cannot begin: %s\n", rte_strerror(rte_errno));
		return STATUS_UNUSABLE;
	}
	switch (options_parse(argc - used, argv + used, &options)) {
	case OPTIONS_RUN:
		status = prompt_run(&options, interrupt_fd, &screen);
		break;
	case OPTIONS_EXIT:
		status = EXIT_SUCCESS;
		break;
	default:
		status = STATUS_UNUSABLE;
		break;
	}
	rte_eal_cleanup();
	return status;
}
