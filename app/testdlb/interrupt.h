/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ctrl-C (SIGINT) and SIGTERM, as something to read. Both stay blocked in every thread, so that none of
 * EAL's or of a driver's takes them instead.
 */
#ifndef TESTDLB_INTERRUPT_H
#define TESTDLB_INTERRUPT_H

#include <stdbool.h>

/** Before any other thread. @return a descriptor, or a negative errno. */
int interrupt_open(void);

/** Wait until there is an interrupt. @return whether there was one. */
bool interrupt_wait_ms(int fd, int ms);

enum interrupt_event { INTERRUPT_TIMEOUT, INTERRUPT_INPUT, INTERRUPT_USER };

/** Wait for input, or an interrupt. */
enum interrupt_event interrupt_wait_input(int fd, int input, int timeout_ms);

#endif /* TESTDLB_INTERRUPT_H */
