/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An event port, as the data path sees it: one or more hardware ports behind one pointer, and what a
 * worker needs to know of the device. One thread uses a port at a time; a port shares no cache line
 * that it writes with another.
 *
 * A hardware port serves eight queues, and a directed one serves one. An event port with more links
 * than that has several hardware ports, its *members*; a dequeued event tells its member in
 * impl_opaque, since it can be completed only there.
 */
#ifndef DLB_EVDEV_PORT_H
#define DLB_EVDEV_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_eventdev.h>

#include "dlb_qe.h"

#include "credits.h"

struct dlb_evdev;
struct dlb_embedded;
struct dlb_port;

#define DLB_PORT_MEMBERS_MAX 16

/* Where an event for a queue goes, by event queue id. */
struct dlb_route {
	uint8_t qid;       /* of the hardware queue */
	uint8_t sched_map; /* two bits of hardware schedule type for each eventdev one */
	uint8_t valid;     /* bit t: events of eventdev schedule type t are accepted */
	uint8_t kind;      /* enum dlb_kind */
};

/* One hardware port. */
struct dlb_member {
	/* Consumer side. */
	const uint8_t *cq;
	uint32_t cq_index; /* of the next entry; never masked */
	uint16_t cq_mask;
	uint8_t cq_log2_ring;
	uint8_t kind;         /* enum dlb_kind */
	uint16_t tokens_owed; /* entries read and not paid for */
	uint16_t tokens_due;  /* pay at once when that many are owed */
	uint16_t outstanding; /* events dequeued, and neither forwarded nor released */
	uint8_t id;           /* index among the members */
	uint8_t event_queue;  /* directed: the queue that feeds it */
	/* Producer side. */
	void *pp;       /* what the transport writes lines to */
	uint8_t cmd[4]; /* command byte of each eventdev op */
	struct dlb_port *port;
} __rte_cache_aligned;

/* Whether a port sleeps while it waits for events; found out when it first waits. */
enum dlb_wait_state { DLB_WAIT_UNKNOWN, DLB_WAIT_POLLS, DLB_WAIT_SLEEPS };

struct dlb_port_wait {
	enum dlb_wait_state state;
	uint32_t vector;
	int fd; /* the vector's eventfd */
};

struct dlb_event_port {
	/* Enqueue. */
	const struct dlb_route *routes;
	struct dlb_credit_cache credits;
	uint8_t nb_members;
	bool releases_implicitly;
	bool quiesced;        /* CQs are off until the port is polled again */
	bool counts_directed; /* directed credits are scarcer than events: count them */
	uint16_t next_member;
	uint32_t idle_pumps; /* of the embedded device, in a row and in vain */
	/* Dequeue. */
	const uint8_t *event_queues; /* of hardware load-balanced queues */
	uint64_t timeout_ticks;      /* of the device; per call instead when times_per_call */
	uint64_t spin_ticks;         /* a wait polls that long before it sleeps */
	bool times_per_call;
	bool monitors; /* a wait spins on the line of the next CQ entry; see dlb_wait_pause() */
	struct dlb_embedded *embedded;
	struct dlb_evdev *evdev;
	struct dlb_port_wait wait;
	/* Counted only when something goes wrong. */
	uint64_t corrupt_entries; /* CQ entries that the device marked as such */
	struct dlb_port_rejects {
		uint64_t no_credit;
		uint64_t bad_queue;
		uint64_t bad_schedule_type;
		uint64_t bad_op;
		uint64_t not_owned; /* answers for an event that the port cannot hold */
	} rejects;

	struct dlb_member members[DLB_PORT_MEMBERS_MAX];

	/* Configuration, kept between starts. */
	struct rte_event_port_conf conf;
	uint8_t id;
	uint16_t nb_links;
	uint8_t link_member[RTE_EVENT_MAX_QUEUES_PER_DEV];    /* while started */
	uint16_t link_priority[RTE_EVENT_MAX_QUEUES_PER_DEV]; /* DLB_LINK_NONE, or 0 to 255 */
} __rte_cache_aligned;

#define DLB_LINK_NONE 0x100

#endif /* DLB_EVDEV_PORT_H */
