/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dlb-vfio-user: serve software models of the DLB to virtual machines. One thread, one loop, any
 * number of devices.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "function.h"
#include "options.h"

#define NAME_BYTES 16
/* A device with a machine has timers; they are never late by more than this. */
#define TICK_MS 10

struct program {
	struct options options;
	struct trace trace;
	struct function *functions[OPTIONS_DEVICES_MAX];
	char names[OPTIONS_DEVICES_MAX][NAME_BYTES];
	uint32_t function_count;
	int signal_fd;
};

static uint64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static int
signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void
stats_print(const struct program *p)
{
	uint32_t i;

	for (i = 0; i < p->function_count; i++)
		function_print_stats(p->functions[i], stdout);
	if (p->trace.file != NULL)
		fflush(p->trace.file);
}

static const char *
why_not(int error)
{
	switch (error) {
	case -EADDRINUSE:
		return "somebody serves on that socket; stop it, or name another path";
	case -EEXIST:
		return "something that is no socket is there; name another path";
	case -ENOENT:
		return "its folder does not exist";
	default:
		return strerror(-error);
	}
}

static int
functions_create(struct program *p)
{
	uint32_t i;
	int ret;

	for (i = 0; i < p->options.device_count; i++) {
		const struct options_device *device = &p->options.devices[i];
		struct function_conf conf = {
			.path = device->path,
			.name = p->names[i],
			.gen = device->gen,
			.lint = p->options.lint,
			.unsealed_memory_ok = p->options.unsealed_memory,
			.trace = &p->trace,
			.now_us = now_us(),
		};

		snprintf(p->names[i], NAME_BYTES, "dlb%u", i);
		ret = function_create(&conf, &p->functions[i]);
		if (ret < 0) {
			fprintf(stderr, "dlb-vfio-user: --socket %s: %s\n", device->path,
				why_not(ret));
			return ret;
		}
		p->function_count++;
		printf("%s: serving a DLB %s on %s\n", conf.name, dlb_limits[device->gen].name,
		       device->path);
	}
	fflush(stdout);
	return 0;
}

/* Returns false when the program is to end. */
static bool
signals_handle(struct program *p)
{
	struct signalfd_siginfo info;

	while (read(p->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGUSR1)
			return false;
		stats_print(p);
	}
	return true;
}

static void
loop(struct program *p)
{
	struct pollfd fds[OPTIONS_DEVICES_MAX + 1];
	uint32_t i;

	for (i = 0; i < p->function_count; i++)
		fds[i] = (struct pollfd){ function_fd(p->functions[i]), POLLIN, 0 };
	fds[i] = (struct pollfd){ p->signal_fd, POLLIN, 0 };
	do {
		bool busy = false, live = false;

		p->trace.now_us = now_us();
		for (i = 0; i < p->function_count; i++) {
			busy |= function_step(p->functions[i], p->trace.now_us);
			live |= function_is_live(p->functions[i]);
		}
		poll(fds, p->function_count + 1, busy ? 0 : live ? TICK_MS : -1);
	} while (signals_handle(p));
}

static int
program_run(struct program *p)
{
	uint32_t i;
	int ret = 0;

	p->signal_fd = signals_open();
	if (p->signal_fd < 0) {
		fprintf(stderr, "dlb-vfio-user: no signals: %s\n", strerror(errno));
		return -errno;
	}
	if (p->options.trace != NULL)
		ret = trace_open(&p->trace, p->options.trace, now_us());
	if (ret < 0)
		fprintf(stderr, "dlb-vfio-user: --trace %s: %s\n", p->options.trace,
			strerror(-ret));
	else
		ret = functions_create(p);

	if (ret == 0)
		loop(p);
	if (ret == 0 && p->options.stats)
		stats_print(p);
	for (i = 0; i < p->function_count; i++)
		function_destroy(p->functions[i]);
	trace_close(&p->trace);
	close(p->signal_fd);
	return ret;
}

int
main(int argc, char *argv[])
{
	struct program program = { 0 };

	switch (options_parse(argc, argv, &program.options)) {
	case OPTIONS_EXIT:
		return EXIT_SUCCESS;
	case OPTIONS_WRONG:
		return EXIT_FAILURE;
	default:
		return program_run(&program) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	}
}
