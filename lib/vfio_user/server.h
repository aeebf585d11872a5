/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a server is made of. Only files of this folder include this header.
 */
#ifndef SERVER_H
#define SERVER_H

#include "capabilities.h"
#include "dma.h"
#include "irq.h"
#include "listener.h"
#include "stream.h"
#include "vfio_user.h"

struct vfu_server {
	struct vfu_conf conf; /* its path is the listener's business */
	struct vfu_ops ops;
	int epoll_fd;
	struct listener listener;
	bool has_listener;

	bool has_client;
	struct stream stream; /* of the client */
	uint32_t events;      /* polled for on it */
	bool negotiated;
	struct capabilities caps;
	uint32_t complaints; /* logged about this client */
	struct dma_table dma;
	struct irq_table irqs;

	struct vfu_stats stats;
	uint8_t reply[MESSAGE_MAX] __attribute__((aligned(8)));
};

/* command.c */

/** Execute a message. Return 0, or a negative errno if the connection cannot go on. */
int command_execute(struct vfu_server *s, struct message *m);

/* server.c */
__attribute__((format(printf, 2, 3))) void server_log(struct vfu_server *s, const char *format,
						      ...);

#endif /* SERVER_H */
