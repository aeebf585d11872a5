/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The server: workers that each sleep in one epoll_wait() for clients, for requests of their own clients
 * and for events of the device.
 *
 *   socket -> (its worker) -> QUEUE_WORK, ordered -> (any worker) -> QUEUE_SEND, atomic -> socket
 *
 * The flow is the connection, so answers leave in the order of the requests, and one at a time.
 */
#ifndef SERVER_H
#define SERVER_H

#include <stdint.h>

struct server;

/**
 * Start the event device, and a worker on each worker lcore.
 *
 * @param dev_id
 *   An event device of event_dlb: others have no eventfd.
 * @param listen_fd
 *   Stays the caller's, who closes it after server_stop().
 * @return
 *   0, or a negative errno value; the reason has been printed.
 */
int server_start(uint8_t dev_id, int listen_fd, struct server **server);

/* Let what has been asked be answered, close all connections, say what was done. */
void server_stop(struct server *server);

#endif /* SERVER_H */
