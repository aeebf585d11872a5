/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A server: its socket, its clients one after another, and the order of receiving and sending.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "server.h"

#define LOG_LINE 160

void
server_log(struct vfu_server *s, const char *format, ...)
{
	char line[LOG_LINE];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	s->ops.log(s->conf.arg, line);
}

static void
dma_changed(void *arg, uint64_t first, uint64_t last)
{
	struct vfu_server *s = arg;

	if (s->ops.dma_changed != NULL)
		s->ops.dma_changed(s->conf.arg, first, last);
}

static int
poll_add(struct vfu_server *s, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events };

	return epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static void
poll_remove(struct vfu_server *s, int fd)
{
	epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

/* While a reply waits to be taken, nothing more is received: poll for that only. */
static void
poll_update(struct vfu_server *s)
{
	struct epoll_event event = { .events = stream_is_sending(&s->stream) ? EPOLLOUT : EPOLLIN };

	if (event.events == s->events)
		return;
	s->events = event.events;
	epoll_ctl(s->epoll_fd, EPOLL_CTL_MOD, s->stream.fd, &event);
}

int
vfu_server_attach(struct vfu_server *s, int fd)
{
	int ret;

	if (s->has_client)
		return -EBUSY;
	ret = poll_add(s, fd, EPOLLIN);
	if (ret < 0)
		return ret;
	ret = stream_open(&s->stream, fd);
	if (ret < 0) {
		poll_remove(s, fd);
		return ret;
	}

	/* Others have to wait in the backlog, and must not wake us. */
	if (s->has_listener)
		poll_remove(s, s->listener.fd);
	s->events = EPOLLIN;
	s->has_client = true;
	s->negotiated = false;
	s->complaints = 0;
	s->stats.clients++;
	server_log(s, "client connected");
	return 0;
}

static bool
client_accept(struct vfu_server *s)
{
	int fd;

	if (!s->has_listener)
		return false;
	fd = listener_accept(&s->listener);
	if (fd < 0)
		return false;
	if (vfu_server_attach(s, fd) < 0) {
		close(fd);
		return false;
	}
	return true;
}

static void
client_remove(struct vfu_server *s, int reason)
{
	enum vfu_irq_index i;

	server_log(s, "client %s",
		   reason == -EPROTO ? "disconnected: what it sent is no vfio-user message"
				     : "gone");
	for (i = 0; i < VFU_IRQ_COUNT; i++)
		irq_table_clear(&s->irqs, i, 0, s->irqs.counts[i]);
	s->ops.reset(s->conf.arg, VFU_RESET_DISCONNECT);
	dma_table_clear(&s->dma);

	poll_remove(s, s->stream.fd);
	stream_close(&s->stream);
	s->has_client = false;
	if (s->has_listener)
		poll_add(s, s->listener.fd, EPOLLIN);
}

/* Handle a message. Return 1, 0 if there is none now, or a negative errno at the end of the client. */
static int
client_step(struct vfu_server *s)
{
	struct message m;
	int ret;

	if (stream_is_sending(&s->stream)) {
		ret = stream_flush(&s->stream);
		if (ret < 0 || stream_is_sending(&s->stream))
			return ret;
	}
	while ((ret = stream_next(&s->stream, &m)) == 0) {
		ret = stream_fill(&s->stream);
		if (ret <= 0)
			return ret;
	}
	if (ret < 0)
		return ret;

	s->stats.messages++;
	ret = command_execute(s, &m);
	stream_done(&s->stream, &m);
	return ret < 0 ? ret : 1;
}

uint32_t
vfu_server_process(struct vfu_server *s, uint32_t budget)
{
	uint32_t done = 0;
	int ret;

	while (done < budget) {
		if (!s->has_client && !client_accept(s))
			break;
		ret = client_step(s);
		if (ret == 0)
			break;
		if (ret < 0)
			client_remove(s, ret);
		else
			done++;
	}
	if (s->has_client)
		poll_update(s);
	return done;
}

static bool
conf_is_valid(const struct vfu_conf *conf)
{
	const struct vfu_ops *ops = conf->ops;

	return ops != NULL && ops->region_read != NULL && ops->region_write != NULL &&
	       ops->reset != NULL && ops->log != NULL;
}

int
vfu_server_create(const struct vfu_conf *conf, struct vfu_server **server)
{
	struct vfu_server *s;
	int ret;

	if (!conf_is_valid(conf))
		return -EINVAL;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return -ENOMEM;
	s->conf = *conf;
	s->ops = *conf->ops;
	s->dma.unsealed_ok = conf->unsealed_memory_ok;
	s->dma.changed = dma_changed;
	s->dma.arg = s;

	ret = irq_table_create(&s->irqs, conf->irqs);
	if (ret < 0)
		goto free_server;
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll_fd < 0) {
		ret = -errno;
		goto destroy_irqs;
	}
	if (conf->path != NULL) {
		ret = listener_open(&s->listener, conf->path);
		if (ret < 0)
			goto close_epoll;
		s->has_listener = true;
		ret = poll_add(s, s->listener.fd, EPOLLIN);
		if (ret < 0)
			goto close_listener;
	}
	*server = s;
	return 0;

close_listener:
	listener_close(&s->listener);
close_epoll:
	close(s->epoll_fd);
destroy_irqs:
	irq_table_destroy(&s->irqs);
free_server:
	free(s);
	return ret;
}

void
vfu_server_destroy(struct vfu_server *s)
{
	if (s->has_client)
		client_remove(s, 0);
	if (s->has_listener)
		listener_close(&s->listener);
	close(s->epoll_fd);
	irq_table_destroy(&s->irqs);
	free(s);
}

int
vfu_server_fd(const struct vfu_server *s)
{
	return s->epoll_fd;
}

bool
vfu_server_has_client(const struct vfu_server *s)
{
	return s->has_client;
}

void *
vfu_dma_find(struct vfu_server *s, uint64_t iova, size_t size_bytes, uint32_t access)
{
	return dma_table_find(&s->dma, iova, size_bytes, access);
}

bool
vfu_irq_raise(struct vfu_server *s, enum vfu_irq_index index, uint32_t vector)
{
	if (!irq_table_raise(&s->irqs, index, vector))
		return false;
	s->stats.interrupts++;
	return true;
}

void
vfu_server_stats(const struct vfu_server *s, struct vfu_stats *stats)
{
	*stats = s->stats;
	stats->dma_maps = s->dma.count;
	stats->dma_bytes = dma_table_bytes(&s->dma);
}
