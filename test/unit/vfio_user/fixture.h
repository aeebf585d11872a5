/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A client that says exactly what a test wants, a server over a socket pair, and a device that only
 * remembers.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "protocol.h"
#include "stream.h"
#include "vfio_user.h"

#define BAR0_BYTES 0x10000u
#define CONFIG_BYTES 4096u
#define MSIX_VECTORS 4u
#define PAGE 4096u

struct device {
	uint8_t bar0[BAR0_BYTES];
	uint8_t config[CONFIG_BYTES];
	uint32_t resets[2]; /* by enum vfu_reset */
	uint32_t changes;   /* of DMA */
	uint64_t first, last;
	void *held; /* memory of the client that the device uses, until it is told not to */
	uint32_t log_lines;
	int result; /* of region accesses */
};

struct fixture {
	struct device device;
	struct vfu_server *server;
	int fd; /* the client's end */
	int fds_before;
};

struct reply {
	struct msg_header header;
	uint8_t payload[MESSAGE_MAX];
	size_t payload_bytes;
};

extern const struct vfu_conf device_conf;

/* A server with a client that has negotiated; tear down also proves that no descriptor is left. */
int fixture_create(void **state);
int fixture_destroy(void **state);
/* The same with a client that has not said anything. */
int fixture_create_silent(void **state);

int open_fds(void);
int memory_file(size_t size_bytes); /* a memfd that can be sealed */

/* Send bytes as they are. */
void client_send(int fd, const void *bytes, size_t size_bytes, const int *fds, uint32_t fd_count);
/* Send a message; its header gets the right size. */
void client_request(int fd, uint16_t command, uint32_t flags, const void *payload,
		    size_t payload_bytes, const int *fds, uint32_t fd_count);
/* True and the reply, or false if the server has closed the connection or sent nothing. */
bool client_receive(int fd, struct reply *reply);

/* Request, process, receive. Return 0 or the error of the reply, negative; -ECONNRESET if closed. */
int client_call(struct fixture *f, uint16_t command, const void *payload, size_t payload_bytes,
		const int *fds, uint32_t fd_count, struct reply *reply);

int client_negotiate(struct fixture *f);
int client_map(struct fixture *f, int fd, uint64_t offset, uint64_t iova, uint64_t size_bytes);
int client_unmap(struct fixture *f, uint64_t iova, uint64_t size_bytes);

#endif /* FIXTURE_H */
