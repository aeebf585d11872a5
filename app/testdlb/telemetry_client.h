/* SPDX-License-Identifier: BSD-3-Clause */
/* The other end of a DPDK process's telemetry socket. */
#ifndef TESTDLB_TELEMETRY_CLIENT_H
#define TESTDLB_TELEMETRY_CLIENT_H

#include <stdint.h>

#include "json.h"

struct telemetry_client {
	int fd;
	uint64_t pid; /* of the process */
	char *reply;
	size_t reply_bytes;
};

/**
 * @param prefix
 *   The process's --file-prefix.
 * @param[out] path
 *   Of the socket, for messages.
 * @return
 *   0, or a negative errno.
 */
int telemetry_client_open(struct telemetry_client *c, const char *prefix, char *path, size_t size);
void telemetry_client_close(struct telemetry_client *c);

/**
 * Ask; waits a second at most.
 *
 * @return
 *   What the reply is under the request's name, for json_destroy() by *whole; NULL when the process is
 *   gone, or answers nothing useful.
 */
const struct json *telemetry_client_ask(struct telemetry_client *c, const char *request,
					struct json **whole);

#endif /* TESTDLB_TELEMETRY_CLIENT_H */
