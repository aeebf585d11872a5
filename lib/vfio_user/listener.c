/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A listening socket in the file system: replaced if it was left behind, removed if it is still ours.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "listener.h"

#define BACKLOG 8

static int
socket_new(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

/* A socket whose server died stays behind, and nobody can bind to it. */
static int
remove_stale(const struct sockaddr_un *addr)
{
	struct stat st;
	int fd, ret;

	if (lstat(addr->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;

	fd = socket_new();
	if (fd < 0)
		return fd;
	ret = connect(fd, (const struct sockaddr *)addr, sizeof(*addr));
	if (ret == 0 || errno != ECONNREFUSED)
		ret = -EADDRINUSE;
	else
		ret = unlink(addr->sun_path) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

static int
bind_and_listen(struct listener *l, const struct sockaddr_un *addr)
{
	struct stat st;

	if (bind(l->fd, (const struct sockaddr *)addr, sizeof(*addr)) < 0)
		return -errno;
	if (listen(l->fd, BACKLOG) < 0 || lstat(addr->sun_path, &st) < 0) {
		int error = errno;

		unlink(addr->sun_path);
		return -error;
	}
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	return 0;
}

int
listener_open(struct listener *l, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int ret;

	if (path[0] == '\0')
		return -EINVAL;
	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	ret = remove_stale(&addr);
	if (ret < 0)
		return ret;

	l->path = strdup(path);
	if (l->path == NULL)
		return -ENOMEM;
	l->fd = socket_new();
	if (l->fd < 0) {
		ret = l->fd;
		goto free_path;
	}
	ret = bind_and_listen(l, &addr);
	if (ret < 0)
		goto close_fd;
	return 0;

close_fd:
	close(l->fd);
free_path:
	free(l->path);
	return ret;
}

void
listener_close(struct listener *l)
{
	struct stat st;

	if (lstat(l->path, &st) == 0 && st.st_dev == l->dev && st.st_ino == l->ino)
		unlink(l->path);
	close(l->fd);
	free(l->path);
}

int
listener_accept(const struct listener *l)
{
	int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	return fd < 0 ? -errno : fd;
}
