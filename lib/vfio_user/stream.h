/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages over a stream socket: where one ends and the next begins, and which descriptors came with
 * which. Bounded memory, whatever the other end sends or does not take.
 */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol.h"
#include "vfio_user.h"

/* The longest message: a region access of the largest size. */
#define MESSAGE_MAX (sizeof(struct msg_header) + sizeof(struct msg_region_access) + VFU_ACCESS_MAX)
#define MESSAGE_FDS_MAX 64

struct fd_list {
	int fds[MESSAGE_FDS_MAX];
	uint32_t count;
};

struct message {
	struct msg_header header;
	const uint8_t *payload; /* no alignment to rely on */
	size_t payload_bytes;
	struct fd_list fds;
};

struct stream {
	int fd;
	uint8_t *in;
	size_t head, tail;       /* what is in the input and not handled */
	struct fd_list head_fds; /* of the message at the head */
	struct fd_list last_fds; /* of the message that holds the byte at last_byte */
	size_t last_byte;
	uint8_t *out;
	size_t out_sent, out_end;
};

/** Own a connected socket. Return 0, or -ENOMEM. */
int stream_open(struct stream *s, int fd);
void stream_close(struct stream *s);

/** Receive. Return 1, 0 if there is nothing now, -ECONNRESET at the end, -EPROTO for too many fds. */
int stream_fill(struct stream *s);

/**
 * The next message. It stays where it is until stream_done().
 *
 * @return
 *   1, 0 if it is not complete, -EPROTO if it cannot be a message: the stream is of no use then.
 */
int stream_next(struct stream *s, struct message *m);
/** Go on to the next one; descriptors that nobody took (and set to -1) are closed. */
void stream_done(struct stream *s, struct message *m);

/** Queue a message of at most MESSAGE_MAX bytes while nothing is queued, and send what goes. */
int stream_send(struct stream *s, const void *bytes, size_t size_bytes);
/** Send more. Return 0, also if some is left, or -ECONNRESET. */
int stream_flush(struct stream *s);

static inline bool
stream_is_sending(const struct stream *s)
{
	return s->out_sent < s->out_end;
}

#endif /* STREAM_H */
