/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The witness: what an application can know of the events it has sent, and the promises it may hold
 * the device to. It cannot see scheduling, only what it enqueued and in which order each port gave it
 * events; so where the oracle of the device backend expects one event, the witness only excludes some.
 *
 * An event is in streams: sequences whose order the device keeps. Which they are is written down when
 * it is enqueued, from the event that it answers.
 */
#ifndef WITNESS_H
#define WITNESS_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_eventdev.h>

#include "verdict.h"

#define WITNESS_EVENTS 8192
#define WITNESS_STREAMS 2
#define NO_STREAM UINT32_MAX

enum witness_type { EVENT_ATOMIC, EVENT_ORDERED, EVENT_PARALLEL, EVENT_DIRECTED };

enum witness_state { WITNESS_INSIDE, WITNESS_HELD, WITNESS_GONE };

struct witness_event {
	struct rte_event ev; /* as enqueued */
	enum witness_type type;
	enum witness_state state;
	uint32_t port;  /* where it was dequeued */
	uint8_t opaque; /* what the driver wants back with the answer */
	uint8_t member; /* and from which hardware port of that */
	uint64_t turn;  /* of dequeuing */
	/* Place in the order of each of its streams. */
	uint32_t stream[WITNESS_STREAMS];
	uint32_t place[WITNESS_STREAMS];
};

/* Streams are told apart by where their events come from. */
struct witness_stream {
	uint32_t kind; /* enum witness_stream_kind */
	uint32_t a, b, c;
};

struct witness {
	struct verdict *verdict;
	uint32_t tag;
	uint32_t nb_events;
	uint32_t in_system;
	uint64_t turn;
	uint32_t nb_streams;
	struct witness_stream streams[WITNESS_STREAMS * WITNESS_EVENTS];
	struct witness_event events[WITNESS_EVENTS];
};

/** What the next event must carry as u64. */
uint64_t witness_next(const struct witness *w);
bool witness_is_full(const struct witness *w);

/**
 * An event was accepted.
 *
 * @param answered
 *   Event that it forwards, or NULL.
 */
void witness_accepted(struct witness *w, uint32_t port, uint8_t member, const struct rte_event *ev,
		      enum witness_type type, const struct witness_event *answered);
/** An event was dequeued. Returns it, or NULL after a violation. */
struct witness_event *witness_dequeued(struct witness *w, uint32_t port,
				       const struct rte_event *ev);
/** A held event was answered. */
void witness_answered(struct witness *w, struct witness_event *e, bool released);
/** An event was flushed by a stop. */
void witness_flushed(struct witness *w, const struct rte_event *ev);
/** The device has stopped: everything must have come out. */
void witness_stopped(struct witness *w);

uint32_t witness_inside(const struct witness *w);

#endif /* WITNESS_H */
