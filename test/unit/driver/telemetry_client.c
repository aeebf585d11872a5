/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <rte_eal.h>

#include "telemetry_client.h"
#include "test.h"

int
telemetry_connect(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char greeting[TELEMETRY_REPLY_BYTES];
	int fd;

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/dpdk_telemetry.v2",
		 rte_eal_get_runtime_dir());
	fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_true(recv(fd, greeting, sizeof(greeting), 0) > 0);
	return fd;
}

void
telemetry_disconnect(int fd)
{
	close(fd);
}

void
telemetry_ask(int fd, const char *command, char reply[TELEMETRY_REPLY_BYTES])
{
	ssize_t n;

	assert_int_equal(write(fd, command, strlen(command)), strlen(command));
	n = recv(fd, reply, TELEMETRY_REPLY_BYTES - 1, 0);
	assert_true(n > 0);
	reply[n] = '\0';
	/* One without room for everything fills the buffer, or is short of a bracket. */
	TEST_EQ(n < TELEMETRY_REPLY_BYTES - 2 && reply[n - 1] == '}', true, command);
}
