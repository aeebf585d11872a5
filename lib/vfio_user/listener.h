/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A listening socket in the file system: replaced if it was left behind, removed if it is still ours.
 */
#ifndef LISTENER_H
#define LISTENER_H

#include <sys/types.h>

struct listener {
	int fd; /* -1: nobody can connect */
	char *path;
	dev_t dev;
	ino_t ino;
};

/** Return 0, or what vfu_server_create() says. */
int listener_open(struct listener *l, const char *path);
void listener_close(struct listener *l);

/** Return a connected socket that does not block, or -EAGAIN, or another negative errno. */
int listener_accept(const struct listener *l);

#endif /* LISTENER_H */
