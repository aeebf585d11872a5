/* SPDX-License-Identifier: BSD-3-Clause */
/* Somebody who types, or a script: what its commands act on, and how it is answered. */
#ifndef TESTDLB_SESSION_H
#define TESTDLB_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "command.h"
#include "domains.h"
#include "json.h"

#define SESSION_DEPTH_MAX 8 /* of files that run files */

struct session {
	struct domains domains;
	uint32_t current; /* id of the domain that commands are for */
	struct setup *setup;
	struct traffic *traffic;
	bool json;   /* every report, not only where --json is given */
	bool colour; /* standard output is a terminal that shows colours */
	bool quit;
	int interrupt_fd;
	uint32_t depth;
	bool keeps_going;                  /* a script goes on behind a command that failed */
	char where[COMMAND_TEXT_MAX + 32]; /* in a script: "FILE:LINE: " */
};

/** @return 0, or -ENOMEM. */
int session_init(struct session *s, uint8_t dev_id, int interrupt_fd);
/* Stops traffic and devices. */
void session_end(struct session *s);

/** Tell the user what is wrong. @return the error. */
int session_fail(const struct session *s, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** Whether there is such a domain. @return 0, or -ENOENT after one line for the user. */
int session_check_domain(const struct session *s, uint32_t id);
/** Let commands be for a domain from now on. @return as session_check_domain(). */
int session_use(struct session *s, uint32_t id);

/** Run one line. @return 0, or a negative errno after one line for the user. */
int session_run(struct session *s, const char *text);

/**
 * Run a file of commands, or standard input when it is "-".
 *
 * @return
 *   0, or the first error: the rest is run only if the session keeps going.
 */
int session_run_file(struct session *s, const char *path);

/* Print a report as the user wants it, and free it. Returns 0. */
int session_report(const struct session *s, const struct command_line *line, struct json *report);

/** What Ctrl-C means: stop traffic, or quit when there is none. */
void session_interrupt(struct session *s);

#endif /* TESTDLB_SESSION_H */
