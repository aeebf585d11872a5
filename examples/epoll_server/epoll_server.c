/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A server whose workers wait for sockets and for the event device in one place, and use no CPU while
 * there is nothing to do. Clients send numbers, a line each, and get their prime factors.
 */
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_eventdev.h>
#include <rte_lcore.h>

#include "server.h"

#define DEVICE 0
#define BACKLOG 128
#define DRIVER "event_dlb"

struct options {
	const char *path;
	uint16_t port;
};

static void
usage(void)
{
	printf("usage: epoll_server [EAL options] -- --listen PATH | --port N\n"
	       "  --listen PATH  a unix socket\n"
	       "  --port N       a TCP port of this machine, 1 to 65535\n"
	       "Ends with SIGINT or SIGTERM.\n");
}

static int
port_parse(const char *text, struct options *o)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != 0 || v < 1 || v > UINT16_MAX) {
		fprintf(stderr, "epoll_server: --port %s: accepted are 1 to %u\n", text,
			UINT16_MAX);
		return -EINVAL;
	}
	o->port = (uint16_t)v;
	return 0;
}

static int
options_parse(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
		{ "listen", required_argument, NULL, 'l' },
		{ "port", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c, ret = 0;

	*o = (struct options){ 0 };
	while (ret == 0 && (c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 'l')
			o->path = optarg;
		else if (c == 'p')
			ret = port_parse(optarg, o);
		else
			ret = -EINVAL;
		if (c == 'h' || c == '?')
			usage();
	}
	if (ret == 0 && (optind != argc || (o->path != NULL) == (o->port != 0))) {
		usage();
		ret = -EINVAL;
	}
	return ret;
}

static int
unix_bind(const char *path, int *fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return bind(*fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
}

static int
tcp_bind(uint16_t port, int *fd)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons(port),
					     .sin_addr = { htonl(INADDR_LOOPBACK) } };
	const int yes = 1;

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	return bind(*fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
}

/* Returns a listening socket, or a negative errno value; the reason has been printed. */
static int
listen_open(const struct options *o)
{
	int fd = -1;
	int ret = o->path != NULL ? unix_bind(o->path, &fd) : tcp_bind(o->port, &fd);

	if (ret == 0 && listen(fd, BACKLOG) < 0)
		ret = -errno;
	if (ret == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	if (o->path != NULL)
		fprintf(stderr, "epoll_server: --listen %s: %s\n", o->path, strerror(-ret));
	else
		fprintf(stderr, "epoll_server: --port %u: %s\n", o->port, strerror(-ret));
	return ret;
}

static double
cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int
serve(const struct options *o, int listen_fd, const sigset_t *ends)
{
	struct server *server;
	uint64_t start = rte_rdtsc();
	double cpu = cpu_seconds(), seconds;
	int ret = server_start(DEVICE, listen_fd, &server), number;

	if (ret < 0)
		return ret;
	if (o->path != NULL)
		printf("listening on %s\n", o->path);
	else
		printf("listening on port %u\n", o->port);
	fflush(stdout);
	sigwait(ends, &number);
	server_stop(server);
	seconds = (double)(rte_rdtsc() - start) / (double)rte_get_tsc_hz();
	printf("%.3f s of CPU in %.1f s\n", cpu_seconds() - cpu, seconds);
	return 0;
}

static bool
is_runnable(void)
{
	struct rte_event_dev_info info;
	uint32_t lcores = rte_lcore_count(), service;

	if (rte_event_dev_count() == 0 || lcores < 2) {
		fprintf(stderr,
			"epoll_server: %u event devices, %u lcores: wanted are one, such as "
			"--vdev=event_dlb0, and two\n",
			rte_event_dev_count(), lcores);
		return false;
	}
	rte_event_dev_info_get(DEVICE, &info);
	if (strcmp(info.driver_name, DRIVER) != 0)
		fprintf(stderr,
			"epoll_server: %s has no eventfds to sleep on: wanted is " DRIVER "\n",
			info.driver_name);
	else if (rte_event_dev_service_id_get(DEVICE, &service) == 0)
		fprintf(stderr,
			"epoll_server: event device %u: its scheduler is a service, which "
			"never sleeps: accepted are sched=inline and sched=thread\n",
			DEVICE);
	else if (lcores - 1 > info.max_event_ports)
		fprintf(stderr, "epoll_server: %u worker lcores: %s has ports for %u\n", lcores - 1,
			info.driver_name, info.max_event_ports);
	else
		return true;
	return false;
}

static int
run(const struct options *o, const sigset_t *ends)
{
	int fd, ret;

	if (!is_runnable())
		return -ENODEV;
	fd = listen_open(o);
	if (fd < 0)
		return fd;
	ret = serve(o, fd, ends);
	close(fd);
	if (o->path != NULL)
		unlink(o->path);
	rte_event_dev_close(DEVICE);
	return ret;
}

int
main(int argc, char **argv)
{
	struct options o;
	sigset_t ends;
	int used, ret;

	/* Before there are other threads: signals are for the one that waits for them. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	used = rte_eal_init(argc, argv);
	if (used < 0)
		return 1;
	if (options_parse(argc - used, argv + used, &o) < 0)
		ret = 2;
	else
		ret = run(&o, &ends) < 0 ? 1 : 0;
	rte_eal_cleanup();
	return ret;
}
