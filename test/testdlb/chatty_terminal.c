/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A prompt beside a thread that logs numbered lines all the time, for test_screen.py. It needs no device.
 * Usage: chatty_terminal quiet|chatty
 */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_log.h>

#include "interrupt.h"
#include "session.h"
#include "terminal.h"

struct chatter {
	bool on, ends;
};

static void *
chatter_main(void *arg)
{
	struct chatter *chatter = arg;
	uint32_t i;

	for (i = 0; chatter->on && !__atomic_load_n(&chatter->ends, __ATOMIC_RELAXED); i++) {
		rte_log(RTE_LOG_ERR, RTE_LOGTYPE_USER1, "chatter: %" PRIu32 " of many\n", i);
		sched_yield();
	}
	return NULL;
}

int
main(int argc, char *argv[])
{
	struct chatter chatter = { .on = argc > 1 && strcmp(argv[1], "chatty") == 0 };
	struct session *s = calloc(1, sizeof(*s));
	int interrupt_fd = interrupt_open();
	struct screen screen;
	pthread_t thread;
	int ret;

	if (s == NULL || interrupt_fd < 0 || session_init(s, 0, interrupt_fd) < 0 ||
	    pthread_create(&thread, NULL, chatter_main, &chatter) != 0)
		return EXIT_FAILURE;
	ret = terminal_run(s, &screen);
	__atomic_store_n(&chatter.ends, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	session_end(s);
	free(s);
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
