/* SPDX-License-Identifier: BSD-3-Clause */
/* An event device while a case runs on it. */
#ifndef EVENTDEV_RUN_H
#define EVENTDEV_RUN_H

#include "eventdev_case.h"
#include "witness.h"

#define EVENTDEV_HELD 4096

struct eventdev_run {
	const struct eventdev_config *conf;
	struct verdict *verdict;
	uint8_t dev;
	bool is_set_up;
	uint64_t lint; /* findings before the case */
	uint32_t linked[EVENTDEV_PORTS];
	uint32_t unlinking[EVENTDEV_PORTS]; /* queues whose unlink may still be in progress */
	/* Events that a port holds, in the order in which it got them. */
	struct witness_event *held[EVENTDEV_PORTS][EVENTDEV_HELD];
	uint32_t nb_held[EVENTDEV_PORTS];
	struct witness witness;
};

/* eventdev_setup.c: false after a violation. */
bool eventdev_setup(struct eventdev_run *run);
void eventdev_teardown(struct eventdev_run *run);
bool eventdev_start(struct eventdev_run *run);
void eventdev_stop(struct eventdev_run *run);
uint64_t eventdev_xstat(const struct eventdev_run *run, const char *name);

static inline bool
eventdev_queue_is_directed(const struct eventdev_run *run, uint32_t queue)
{
	return run->conf->queues[queue].type % QUEUE_TYPES == QUEUE_DIRECTED;
}

#endif /* EVENTDEV_RUN_H */
