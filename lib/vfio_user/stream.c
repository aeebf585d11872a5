/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages over a stream socket. Input is received in large pieces, since a guest's stores come as
 * thousands of small messages; the descriptors of a piece belong to the message that its last byte is
 * in, because the kernel ends a piece behind the first write that carried descriptors.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stream.h"

#define INPUT_BYTES (2 * MESSAGE_MAX)
#define KERNEL_FDS_MAX 253 /* in one piece; with room for all of them none is lost unseen */

static void
fd_list_close(struct fd_list *list)
{
	uint32_t i;

	for (i = 0; i < list->count; i++)
		if (list->fds[i] >= 0)
			close(list->fds[i]);
	list->count = 0;
}

/* Takes all of what is added, or closes it. */
static int
fd_list_add(struct fd_list *list, const int *fds, uint32_t count)
{
	uint32_t i;

	if (count > MESSAGE_FDS_MAX - list->count) {
		for (i = 0; i < count; i++)
			close(fds[i]);
		return -EPROTO;
	}
	memcpy(&list->fds[list->count], fds, count * sizeof(fds[0]));
	list->count += count;
	return 0;
}

int
stream_open(struct stream *s, int fd)
{
	memset(s, 0, sizeof(*s));
	s->in = malloc(INPUT_BYTES);
	s->out = malloc(MESSAGE_MAX);
	if (s->in == NULL || s->out == NULL) {
		free(s->in);
		free(s->out);
		return -ENOMEM;
	}
	s->fd = fd;
	return 0;
}

void
stream_close(struct stream *s)
{
	fd_list_close(&s->head_fds);
	fd_list_close(&s->last_fds);
	close(s->fd);
	free(s->in);
	free(s->out);
}

static int
control_take(struct stream *s, struct msghdr *msg)
{
	struct cmsghdr *c;
	int fds[KERNEL_FDS_MAX];
	int ret = 0;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		uint32_t count = (uint32_t)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		memcpy(fds, CMSG_DATA(c), count * sizeof(int));
		if (fd_list_add(&s->last_fds, fds, count) < 0)
			ret = -EPROTO;
	}
	return msg->msg_flags & MSG_CTRUNC ? -EPROTO : ret;
}

/* Make room for the rest of the message at the head, which is shorter than half of the input. */
static void
input_compact(struct stream *s)
{
	if (s->head == 0)
		return;
	memmove(s->in, s->in + s->head, s->tail - s->head);
	s->tail -= s->head;
	s->head = 0;
}

int
stream_fill(struct stream *s)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(KERNEL_FDS_MAX * sizeof(int))];
	} control;
	struct iovec iov;
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.bytes,
			      .msg_controllen = sizeof(control.bytes) };
	ssize_t got;

	input_compact(s);
	iov = (struct iovec){ s->in + s->tail, INPUT_BYTES - s->tail };
	do {
		got = recvmsg(s->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -ECONNRESET;

	if (control_take(s, &msg) < 0)
		return -EPROTO;
	if (got == 0)
		return -ECONNRESET;
	s->tail += (size_t)got;
	s->last_byte = s->tail - 1;
	return 1;
}

/* The message at the head is all there is, and not complete: what came last belongs to it. */
static int
fds_settle(struct stream *s)
{
	int ret = fd_list_add(&s->head_fds, s->last_fds.fds, s->last_fds.count);

	s->last_fds.count = 0;
	return ret;
}

int
stream_next(struct stream *s, struct message *m)
{
	size_t have = s->tail - s->head;
	int ret;

	if (have >= sizeof(m->header)) {
		memcpy(&m->header, s->in + s->head, sizeof(m->header));
		if (m->header.size_bytes < sizeof(m->header) || m->header.size_bytes > MESSAGE_MAX)
			return -EPROTO;
	}
	if (have < sizeof(m->header) || have < m->header.size_bytes)
		return fds_settle(s);

	m->payload = s->in + s->head + sizeof(m->header);
	m->payload_bytes = m->header.size_bytes - sizeof(m->header);
	m->fds = s->head_fds;
	s->head_fds.count = 0;
	if (s->last_fds.count > 0 && s->last_byte < s->head + m->header.size_bytes) {
		ret = fd_list_add(&m->fds, s->last_fds.fds, s->last_fds.count);
		s->last_fds.count = 0;
		if (ret < 0) {
			fd_list_close(&m->fds);
			return ret;
		}
	}
	return 1;
}

void
stream_done(struct stream *s, struct message *m)
{
	fd_list_close(&m->fds);
	s->head += m->header.size_bytes;
}

int
stream_send(struct stream *s, const void *bytes, size_t size_bytes)
{
	memcpy(s->out, bytes, size_bytes);
	s->out_sent = 0;
	s->out_end = size_bytes;
	return stream_flush(s);
}

int
stream_flush(struct stream *s)
{
	while (stream_is_sending(s)) {
		ssize_t sent = send(s->fd, s->out + s->out_sent, s->out_end - s->out_sent,
				    MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -ECONNRESET;
		s->out_sent += (size_t)sent;
	}
	return 0;
}
