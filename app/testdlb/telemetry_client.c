/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "telemetry_client.h"

#define GREETING_BYTES 1024
#define REPLY_DEFAULT_BYTES 16384
#define REPLY_MAX_BYTES (1u << 20)
#define ANSWER_MAX_S \
	5 /* a process that ends is noticed at once; a busy machine takes more than one */

/* Where EAL keeps what belongs to a running process: as EAL finds it. */
static void
socket_path(const char *prefix, char *path, size_t size)
{
	const char *folder = getenv("RUNTIME_DIRECTORY");

	if (folder == NULL)
		folder = geteuid() == 0 ? "/var/run" : getenv("XDG_RUNTIME_DIR");
	if (folder == NULL)
		folder = "/tmp";
	snprintf(path, size, "%s/dpdk/%s/dpdk_telemetry.v2", folder, prefix);
}

static bool
reply_receive(struct telemetry_client *c)
{
	ssize_t length = recv(c->fd, c->reply, c->reply_bytes - 1, 0);

	if (length <= 0)
		return false;
	c->reply[length] = '\0';
	return true;
}

/* The first message tells who it is, and how long the others are at most. */
static int
greeting_take(struct telemetry_client *c)
{
	struct json *greeting;
	uint64_t bytes;
	char *reply;

	c->reply_bytes = GREETING_BYTES;
	c->reply = malloc(c->reply_bytes);
	if (c->reply == NULL)
		return -ENOMEM;
	if (!reply_receive(c))
		return -EPROTO;
	greeting = json_parse(c->reply);
	c->pid = json_get_number(greeting, "pid");
	bytes = json_get_number(greeting, "max_output_len");
	json_destroy(greeting);
	if (bytes == 0 || bytes > REPLY_MAX_BYTES)
		bytes = REPLY_DEFAULT_BYTES;
	/* The length is that of a reply's value: the request's name comes on top. */
	reply = realloc(c->reply, bytes + GREETING_BYTES);
	if (reply == NULL)
		return -ENOMEM;
	c->reply = reply;
	c->reply_bytes = bytes + GREETING_BYTES;
	return 0;
}

int
telemetry_client_open(struct telemetry_client *c, const char *prefix, char *path, size_t size)
{
	const struct timeval patience = { .tv_sec = ANSWER_MAX_S };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int ret;

	memset(c, 0, sizeof(*c));
	socket_path(prefix, path, size);
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	c->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return -errno;
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	ret = connect(c->fd, (const struct sockaddr *)&address, sizeof(address)) < 0
		      ? -errno
		      : greeting_take(c);
	if (ret < 0)
		telemetry_client_close(c);
	return ret;
}

void
telemetry_client_close(struct telemetry_client *c)
{
	close(c->fd);
	free(c->reply);
	c->reply = NULL;
}

const struct json *
telemetry_client_ask(struct telemetry_client *c, const char *request, struct json **whole)
{
	size_t length = strcspn(request, ",");
	const struct json *answer;

	*whole = NULL;
	if (send(c->fd, request, strlen(request), MSG_NOSIGNAL) < 0 || !reply_receive(c))
		return NULL;
	*whole = json_parse(c->reply);
	/* A reply has one member, named for the request without its parameters. */
	answer = *whole == NULL || (*whole)->type != JSON_OBJECT ? NULL : (*whole)->first;
	if (answer == NULL || strncmp(answer->name, request, length) != 0)
		return NULL;
	return answer;
}
