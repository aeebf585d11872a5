/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A client: lines come in, lines go out. Who accepted it reads; whoever has its flow of the atomic queue
 * writes, and in the end closes. The two share nothing but the socket.
 */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_BYTES 64
#define INPUT_BYTES 1024

struct connection {
	int fd;
	uint32_t flow;
	/* The reader's own. */
	uint32_t filled;
	char input[INPUT_BYTES];
	struct connection *next, **link; /* list of its connections */
};

/* Takes over the socket. Returns NULL when there is no memory. */
struct connection *connection_create(int fd, uint32_t flow, struct connection **list);

/* Read what has come. Returns false when the client is gone, or has no more to say. */
bool connection_read(struct connection *c);

/* Take the next line, without its end. A line that is too long comes in pieces. */
bool connection_line(struct connection *c, char line[LINE_BYTES]);

/* The reader has done with it. */
void connection_forget(struct connection *c);

/* A client that does not read its answers loses its connection. */
void connection_write(struct connection *c, const char *answer, size_t length);

void connection_destroy(struct connection *c);

#endif /* CONNECTION_H */
