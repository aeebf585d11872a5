/* SPDX-License-Identifier: BSD-3-Clause */
/* Workers, and the event device between them. */
#include "server.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_eventdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include <rte_pmd_dlb.h>

#include "connection.h"
#include "factor.h"

#define BURST 4 /* requests take long: a worker should not have many that others could do */
#define REQUESTS_MAX 1024
#define FLOWS 1024
#define WAKES 16

enum { QUEUE_WORK, QUEUE_SEND, QUEUES };

/* What an event carries. The last of a connection asks for nothing, and closes it. */
struct request {
	struct connection *connection;
	bool is_last;
	char line[LINE_BYTES];
	char answer[FACTOR_TEXT_MAX];
	size_t answer_length;
};

struct worker {
	struct server *server;
	uint8_t port;
	int epoll_fd;
	struct connection *connections; /* that it reads */
	uint64_t accepted, read, worked, answered, sleeps;
} __rte_cache_aligned;

struct server {
	uint8_t dev_id;
	int listen_fd, stop_fd;
	uint32_t nb_workers;
	uint32_t nb_open;    /* connections that somebody will still close */
	uint32_t nb_stopped; /* workers that accept no more */
	uint32_t next_flow;
	struct worker workers[RTE_MAX_LCORE];
};

/* What a wake-up is about, where it is no connection. */
static char about_events, about_clients, about_stop;

static void
request_run(struct worker *w, struct request *r)
{
	if (r->is_last)
		return;
	r->answer_length = factor_answer(r->line, r->answer);
	w->worked++;
}

static void
request_finish(struct worker *w, struct request *r)
{
	if (r->is_last) {
		connection_destroy(r->connection);
		__atomic_fetch_sub(&w->server->nb_open, 1, __ATOMIC_RELEASE);
	} else {
		connection_write(r->connection, r->answer, r->answer_length);
		w->answered++;
	}
	free(r);
}

/* Serve a burst of events of either queue. Returns how many there were. */
static uint16_t
events_serve(struct worker *w)
{
	uint8_t dev_id = w->server->dev_id;
	struct rte_event ev[BURST];
	uint16_t n = rte_event_dequeue_burst(dev_id, w->port, ev, BURST, 0), i, sent = 0;

	for (i = 0; i < n; i++) {
		if (ev[i].queue_id == QUEUE_WORK) {
			request_run(w, ev[i].event_ptr);
			ev[i].op = RTE_EVENT_OP_FORWARD;
			ev[i].queue_id = QUEUE_SEND;
			ev[i].sched_type = RTE_SCHED_TYPE_ATOMIC;
		} else {
			request_finish(w, ev[i].event_ptr);
			ev[i].op = RTE_EVENT_OP_RELEASE;
		}
	}
	while (sent < n)
		sent += rte_event_enqueue_burst(dev_id, w->port, ev + sent, n - sent);
	return n;
}

/* A device that is full takes new requests when old ones are done, and this worker may have some. */
static void
request_send(struct worker *w, struct request *r)
{
	const struct rte_event ev = {
		.op = RTE_EVENT_OP_NEW,
		.queue_id = QUEUE_WORK,
		.sched_type = RTE_SCHED_TYPE_ORDERED,
		.flow_id = r->connection->flow % FLOWS,
		.priority = RTE_EVENT_DEV_PRIORITY_NORMAL,
		.event_type = RTE_EVENT_TYPE_CPU,
		.event_ptr = r,
	};

	while (rte_event_enqueue_new_burst(w->server->dev_id, w->port, &ev, 1) == 0)
		if (events_serve(w) == 0)
			sched_yield();
}

static struct request *
request_create(struct connection *c)
{
	struct request *r = calloc(1, sizeof(*r));

	if (r == NULL)
		rte_exit(EXIT_FAILURE, "epoll_server: no memory for a request\n");
	r->connection = c;
	return r;
}

static void
clients_accept(struct worker *w)
{
	struct epoll_event wanted = { .events = EPOLLIN };
	int fd = accept4(w->server->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct connection *c;

	if (fd < 0)
		return; /* another worker has it */
	c = connection_create(fd, __atomic_fetch_add(&w->server->next_flow, 1, __ATOMIC_RELAXED),
			      &w->connections);
	if (c == NULL)
		return;
	__atomic_fetch_add(&w->server->nb_open, 1, __ATOMIC_RELAXED);
	w->accepted++;
	wanted.data.ptr = c;
	epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, fd, &wanted);
}

/* No more is read; what was read before is answered before it is closed. */
static void
connection_end(struct worker *w, struct connection *c)
{
	struct request *r = request_create(c);

	epoll_ctl(w->epoll_fd, EPOLL_CTL_DEL, c->fd, NULL);
	connection_forget(c);
	r->is_last = true;
	request_send(w, r);
}

static void
connection_serve(struct worker *w, struct connection *c)
{
	bool goes_on = connection_read(c);
	char line[LINE_BYTES];
	struct request *r;

	while (connection_line(c, line)) {
		r = request_create(c);
		memcpy(r->line, line, sizeof(line));
		w->read++;
		request_send(w, r);
	}
	if (!goes_on)
		connection_end(w, c);
}

/* Returns false when it is time to stop. */
static bool
wakes_serve(struct worker *w, const struct epoll_event wakes[], int n)
{
	bool goes_on = true;
	int i;

	for (i = 0; i < n; i++) {
		void *about = wakes[i].data.ptr;

		if (about == &about_stop)
			goes_on = false;
		else if (about == &about_clients)
			clients_accept(w);
		else if (about != &about_events)
			connection_serve(w, about);
	}
	return goes_on;
}

/* Nobody leaves before the last connection is closed: its events may come to any port. */
static void
worker_stop(struct worker *w)
{
	struct server *s = w->server;

	while (w->connections != NULL)
		connection_end(w, w->connections);
	__atomic_fetch_add(&s->nb_stopped, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&s->nb_stopped, __ATOMIC_ACQUIRE) < s->nb_workers ||
	       __atomic_load_n(&s->nb_open, __ATOMIC_ACQUIRE) > 0)
		if (events_serve(w) == 0)
			sched_yield();
}

/*
 * The port is armed when it has nothing, and its eventfd ends the sleep when it has. While there are
 * events, the sockets are looked at after each burst.
 */
static int
worker_run(void *arg)
{
	struct worker *w = arg;
	struct epoll_event wakes[WAKES];
	int wait, n;

	do {
		wait = 0;
		if (events_serve(w) == 0) {
			rte_pmd_dlb_port_arm(w->server->dev_id, w->port);
			w->sleeps++;
			wait = -1;
		}
		n = epoll_wait(w->epoll_fd, wakes, WAKES, wait);
	} while (wakes_serve(w, wakes, n));
	worker_stop(w);
	return 0;
}

static int
epoll_add(int epoll_fd, int fd, uint32_t events, void *about)
{
	struct epoll_event wanted = { .events = events, .data.ptr = about };

	if (fd < 0)
		return fd;
	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &wanted) < 0 ? -errno : 0;
}

/* A new client wakes one worker; who asks to stop wakes all. */
static int
worker_open(struct worker *w)
{
	struct server *s = w->server;
	int ret;

	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll_fd < 0)
		return -errno;
	ret = epoll_add(w->epoll_fd, rte_pmd_dlb_port_eventfd(s->dev_id, w->port), EPOLLIN,
			&about_events);
	if (ret == 0)
		ret = epoll_add(w->epoll_fd, s->listen_fd, EPOLLIN | EPOLLEXCLUSIVE,
				&about_clients);
	return ret == 0 ? epoll_add(w->epoll_fd, s->stop_fd, EPOLLIN, &about_stop) : ret;
}

static int
port_setup(const struct server *s, uint8_t port)
{
	const uint8_t queues[] = { QUEUE_WORK, QUEUE_SEND };
	struct rte_event_port_conf conf;
	int ret = rte_event_port_default_conf_get(s->dev_id, port, &conf);

	if (ret < 0)
		return ret;
	conf.dequeue_depth = BURST;
	conf.enqueue_depth = BURST;
	conf.new_event_threshold = REQUESTS_MAX;
	ret = rte_event_port_setup(s->dev_id, port, &conf);
	if (ret == 0 &&
	    rte_event_port_link(s->dev_id, port, queues, NULL, RTE_DIM(queues)) != RTE_DIM(queues))
		ret = -rte_errno;
	return ret;
}

static int
device_start(const struct server *s)
{
	const struct rte_event_dev_config conf = {
		.nb_event_queues = QUEUES,
		.nb_event_ports = (uint8_t)s->nb_workers,
		.nb_events_limit = REQUESTS_MAX,
		.nb_event_queue_flows = FLOWS,
		.nb_event_port_dequeue_depth = BURST,
		.nb_event_port_enqueue_depth = BURST,
	};
	const struct rte_event_queue_conf queues[QUEUES] = {
		[QUEUE_WORK] = { .schedule_type = RTE_SCHED_TYPE_ORDERED,
				 .nb_atomic_flows = FLOWS,
				 .nb_atomic_order_sequences = REQUESTS_MAX },
		[QUEUE_SEND] = { .schedule_type = RTE_SCHED_TYPE_ATOMIC, .nb_atomic_flows = FLOWS },
	};
	int ret = rte_event_dev_configure(s->dev_id, &conf);
	uint8_t i;

	for (i = 0; ret == 0 && i < QUEUES; i++)
		ret = rte_event_queue_setup(s->dev_id, i, &queues[i]);
	for (i = 0; ret == 0 && i < s->nb_workers; i++)
		ret = port_setup(s, i);
	return ret == 0 ? rte_event_dev_start(s->dev_id) : ret;
}

static void
server_free(struct server *s)
{
	uint32_t w;

	for (w = 0; w < s->nb_workers; w++)
		if (s->workers[w].epoll_fd >= 0)
			close(s->workers[w].epoll_fd);
	close(s->stop_fd);
	free(s);
}

static int
workers_start(struct server *s)
{
	uint32_t lcore, w;
	int ret = 0;

	for (w = 0; ret == 0 && w < s->nb_workers; w++)
		ret = worker_open(&s->workers[w]);
	if (ret < 0)
		return ret;
	w = 0;
	RTE_LCORE_FOREACH_WORKER(lcore)
	rte_eal_remote_launch(worker_run, &s->workers[w++], lcore);
	return 0;
}

int
server_start(uint8_t dev_id, int listen_fd, struct server **server)
{
	struct server *s = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*s));
	uint32_t w;
	int ret;

	if (s == NULL)
		return -ENOMEM;
	*s = (struct server){ .dev_id = dev_id,
			      .listen_fd = listen_fd,
			      .stop_fd = eventfd(0, EFD_CLOEXEC),
			      .nb_workers = rte_lcore_count() - 1 };
	for (w = 0; w < s->nb_workers; w++)
		s->workers[w] = (struct worker){ .server = s, .port = (uint8_t)w, .epoll_fd = -1 };
	ret = device_start(s);
	if (ret == 0) {
		ret = workers_start(s);
		if (ret < 0)
			rte_event_dev_stop(dev_id);
	}
	if (ret < 0) {
		fprintf(stderr, "epoll_server: event device %u does not start: %s\n", dev_id,
			strerror(-ret));
		server_free(s);
		return ret;
	}
	*server = s;
	return 0;
}

void
server_stop(struct server *s)
{
	uint32_t i;

	eventfd_write(s->stop_fd, 1);
	rte_eal_mp_wait_lcore();
	rte_event_dev_stop(s->dev_id);
	for (i = 0; i < s->nb_workers; i++) {
		const struct worker *w = &s->workers[i];

		printf("  worker %u: accepted %" PRIu64 ", read %" PRIu64 ", worked on %" PRIu64
		       ", answered %" PRIu64 ", slept %" PRIu64 " times\n",
		       i, w->accepted, w->read, w->worked, w->answered, w->sleeps);
	}
	server_free(s);
}
