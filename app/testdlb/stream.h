/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A stream of traffic: its events, who of them is under way, and what is checked of each. The thread
 * of its port produces; the threads of all ports advance.
 */
#ifndef TESTDLB_STREAM_H
#define TESTDLB_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_eventdev.h>
#include <rte_ring.h>

#include "traffic.h"

/* What an event carries a pointer to. */
struct item {
	uint64_t stamp;    /* TSC when it was produced */
	uint32_t sequence; /* in its flow */
	uint32_t flow;
	uint8_t stage;
	uint8_t stream;
	bool under_way;
};

/* One flow at one stage; whoever holds the flow's event writes. */
struct flow_check {
	uint32_t expected; /* sequence */
	uint16_t holder;   /* port + 1; 0: nobody */
	uint16_t held;     /* events */
};

struct stream {
	struct stream_conf conf;
	uint8_t id;
	uint8_t dev_id;
	bool keeps_order
		[TRAFFIC_STAGES_MAX]; /* events reach the stage in order, one after the other */
	bool is_atomic[TRAFFIC_STAGES_MAX];
	struct item *items;
	struct rte_ring *free;
	struct flow_check *checks; /* by stage and flow */
	uint32_t *next_sequence;   /* by flow */
	/* The producing thread's. */
	struct rte_event waiting[TRAFFIC_BURST_MAX]; /* taken, and not accepted by the device yet */
	uint16_t nb_waiting, nb_sent;
	uint32_t next_flow;
	uint64_t produced; /* since the stream was added */
	uint64_t refusals; /* enqueues that the device cut short */
	uint64_t rate_start, rate_produced;
};

/** @return 0, -ENOMEM, or a negative errno. */
int stream_create(const struct setup *setup, uint8_t id, const struct stream_conf *conf,
		  struct stream **stream);
void stream_destroy(struct stream *s);

/* Events are gone with the device: all items are free again. */
void stream_forget(struct stream *s);

/* The rate counts from now on. */
void stream_restart(struct stream *s);

/** Produce a burst at most, or send on what waits. @return events accepted by the device. */
uint32_t stream_produce(struct stream *s, bool more);
/** True if all that are to be produced have been. */
bool stream_is_done(const struct stream *s);

/** @return whether an event's pointer is to an item of the stream. */
static inline bool
stream_owns(const struct stream *s, const struct item *item)
{
	return item >= s->items && item < s->items + s->conf.window &&
	       ((uintptr_t)item - (uintptr_t)s->items) % sizeof(*item) == 0;
}

enum stream_finding { STREAM_REORDERED = 1, STREAM_SHARED = 2 };

/** A port has an event in hands. @return what is wrong with it, of enum stream_finding. */
uint32_t stream_hold(struct stream *s, struct item *item, uint16_t port);
/* It has done its work: before the event goes on. */
void stream_let_go(struct stream *s, const struct item *item);

/**
 * Send an event to its next stage.
 *
 * @return
 *   false behind the last one.
 */
bool stream_advance(const struct stream *s, struct item *item, struct rte_event *event);

/** The event has come back. @return false if it had already. */
bool stream_finish(struct stream *s, struct item *item);

#endif /* TESTDLB_STREAM_H */
