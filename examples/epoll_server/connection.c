/* SPDX-License-Identifier: BSD-3-Clause */
/* One client's socket. */
#include "connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct connection *
connection_create(int fd, uint32_t flow, struct connection **list)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		close(fd);
		return NULL;
	}
	c->fd = fd;
	c->flow = flow;
	c->next = *list;
	c->link = list;
	if (c->next != NULL)
		c->next->link = &c->next;
	*list = c;
	return c;
}

bool
connection_read(struct connection *c)
{
	ssize_t n = recv(c->fd, c->input + c->filled, sizeof(c->input) - c->filled, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	c->filled += (uint32_t)n;
	return n > 0;
}

bool
connection_line(struct connection *c, char line[LINE_BYTES])
{
	uint32_t length = c->filled < LINE_BYTES ? c->filled : LINE_BYTES - 1;
	const char *end = memchr(c->input, '\n', length);
	uint32_t taken = length;

	if (end != NULL) {
		length = (uint32_t)(end - c->input);
		taken = length + 1;
	} else if (c->filled < LINE_BYTES) {
		return false;
	}
	memcpy(line, c->input, length);
	line[length] = 0;
	c->filled -= taken;
	memmove(c->input, c->input + taken, c->filled);
	return true;
}

void
connection_forget(struct connection *c)
{
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
}

void
connection_write(struct connection *c, const char *answer, size_t length)
{
	if (send(c->fd, answer, length, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)length)
		shutdown(c->fd, SHUT_RDWR);
}

void
connection_destroy(struct connection *c)
{
	close(c->fd);
	free(c);
}
