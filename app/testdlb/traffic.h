/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Traffic: streams of events that a port produces and that pass the queues of their stages, one after
 * the other, through whatever ports are linked to those. On the way each event is checked: that it
 * comes back, once, in order where the stages promise order, and alone in its flow where they promise
 * that. Worker lcores (crew.h) run the ports: port p on the lcore p modulo their number.
 */
#ifndef TESTDLB_TRAFFIC_H
#define TESTDLB_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>

#include "json.h"
#include "setup.h"

#define TRAFFIC_STREAMS_MAX 16
#define TRAFFIC_STAGES_MAX 16
#define TRAFFIC_BURST_MAX 128
#define TRAFFIC_WINDOW_MAX 16384
#define TRAFFIC_FLOWS_MAX 65536

struct stream_conf {
	uint32_t nb_stages;
	uint8_t stages[TRAFFIC_STAGES_MAX]; /* queues */
	uint8_t types[TRAFFIC_STAGES_MAX];  /* RTE_SCHED_TYPE_*, by stage */
	uint32_t port;                      /* produces */
	uint64_t rate;                      /* events a second; 0: as the window allows */
	uint32_t window;                    /* events under way at most */
	uint32_t burst;
	uint32_t flows;
	uint32_t work;         /* cycles per event and stage */
	uint64_t count;        /* events in all; 0: no end */
	uint8_t priorities[2]; /* of eventdev, from and to: one after the other */
};

struct crew;
struct traffic;

/** @return 0, or -ENOMEM. */
int traffic_create(struct setup *setup, struct crew *crew, struct traffic **traffic);
/* Of traffic that has stopped. */
void traffic_destroy(struct traffic *t);

/**
 * @param[out] why
 *   What is wrong, and what would be accepted.
 * @return
 *   0, or a negative errno.
 */
int traffic_add(struct traffic *t, uint32_t id, const struct stream_conf *conf, const char **why);
/** @return 0, -ENOENT, or -EBUSY while it runs. */
int traffic_delete(struct traffic *t, uint32_t id);
bool traffic_has(const struct traffic *t, uint32_t id);

/** @return 0, or a negative errno and *why. */
int traffic_start(struct traffic *t, const char **why);

/**
 * Produce no more, let what is under way come back, and let the lcores go.
 *
 * @return
 *   Events that did not come back within a second without any progress.
 */
uint64_t traffic_stop(struct traffic *t);
bool traffic_runs(const struct traffic *t);
/** @return whether an lcore runs a port now. */
bool traffic_uses(const struct traffic *t, uint32_t port);

/** One round of an lcore, over its ports: the index-th of all, and so on. @return whether it did anything. */
bool traffic_step(struct traffic *t, uint32_t index, uint32_t nb_lcores);

/* The device has been stopped: what was under way is gone. */
void traffic_forget(struct traffic *t);

/* Start all counts again. */
void traffic_clear(struct traffic *t);

/* Let the worker of a port hang with what it holds, or go on. */
void traffic_hang(struct traffic *t, uint32_t port, bool hang);
bool traffic_hangs(const struct traffic *t, uint32_t port);

/* Counts of all streams, and whether all that were to be produced have come back. */
uint64_t traffic_completed(const struct traffic *t);
bool traffic_is_done(const struct traffic *t);

/* What show prints, and what a configuration file holds. */
void traffic_add_json(struct traffic *t, struct json *object);
void traffic_add_conf_json(const struct traffic *t, struct json *object);

/* Letters of schedule types as users write them. */
extern const char traffic_type_letters[];

#endif /* TESTDLB_TRAFFIC_H */
