/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A client of this process's telemetry socket. Apart from fixture.h, whose send() takes the place of the
 * one of the C library.
 */
#ifndef DRIVER_TELEMETRY_CLIENT_H
#define DRIVER_TELEMETRY_CLIENT_H

#define TELEMETRY_REPLY_BYTES 16385

int telemetry_connect(void);
void telemetry_disconnect(int fd);
/* The reply to a command, which must be whole. */
void telemetry_ask(int fd, const char *command, char reply[TELEMETRY_REPLY_BYTES]);

#endif /* DRIVER_TELEMETRY_CLIENT_H */
