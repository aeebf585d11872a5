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
#include <string.h>

#include <rte_common.h>
#include <rte_eventdev.h>

#include "dlb_qe.h"

#include "credits.h"
#include "tuning.h"
#include "route.h"

struct dlb_early;
struct dlb_evdev;
struct dlb_embedded;
struct dlb_port;

#define DLB_PORT_MEMBERS_MAX 16
#define DLB_PROFILES_MAX 4

/*
 * How the second word of an entry becomes the first word of an event: data, because the CQs of both
 * kinds are read by the same code. A directed queue brings a flow in other bytes, and neither schedule
 * type nor priority.
 */
struct dlb_entry_format {
	uint8_t shuffle[16];  /* flow and types of two entries, for PSHUFB */
	uint64_t carried;     /* bits of an event's word that come from those of the entry */
	uint64_t fixed;       /* bits that are the same for all */
	const uint8_t *queue; /* event queue of each hardware queue; fixed for a directed one */
	uint8_t flow_shift;   /* to bits 0 to 15 of the flow */
};

/* One hardware port. */
struct dlb_member {
	/* Consumer side. */
	const uint8_t *cq;
	uint32_t cq_index; /* of the next entry; never masked */
	uint16_t cq_mask;
	uint16_t cq_depth;
	uint8_t cq_log2_ring;
	uint8_t kind;          /* enum dlb_kind */
	uint16_t tokens_owed;  /* entries read and not paid for */
	uint16_t tokens_due;   /* pay at once when that many are owed */
	uint16_t tokens_worth; /* pay that many where a line has room for it */
	uint16_t tokens_kept;  /* never paid; see preschedule.c */
	uint16_t outstanding;  /* events dequeued, and neither forwarded nor released */
	uint8_t id;            /* index among the members */
	uint8_t event_queue;   /* directed: the queue that feeds it */
	uint8_t profile;       /* load-balanced: the link profile that it serves */
	/* Answers; see answer.h. */
	uint8_t place_base;      /* of impl_opaque */
	uint8_t place_mask;      /* of impl_opaque; 0: answers come in order */
	uint8_t place_taken;     /* of the next event to be dequeued; never masked */
	uint8_t place_answered;  /* of the oldest event that waits for an answer; never masked */
	bool notes_sources;      /* ordered events may be answered early, too */
	uint16_t nb_early;       /* answers that wait for their turn */
	struct dlb_early *early; /* NULL when answers come in order */
	/* Producer side. */
	uint8_t cmd[4]; /* command byte of each eventdev op */
	void *pp;       /* what the transport writes lines to */
	struct dlb_port *port;

	struct dlb_entry_format format __rte_cache_aligned;
} __rte_cache_aligned;

/* The commands of a member as one word, for code that looks them up in a register. */
static inline uint32_t
dlb_cmds_word(const struct dlb_member *m)
{
	uint32_t word;

	memcpy(&word, m->cmd, sizeof(word));
	return word;
}

/* How far ahead of a port's dequeues the device schedules events to it; see preschedule.c. */
enum dlb_preschedule {
	DLB_PRESCHEDULE_BATCHED,
	DLB_PRESCHEDULE_NONE,
	DLB_PRESCHEDULE_ALWAYS,
	DLB_PRESCHEDULE_ADAPTIVE,
};

/* Whether a port sleeps while it waits for events; found out when it first waits. */
enum dlb_wait_state { DLB_WAIT_UNKNOWN, DLB_WAIT_POLLS, DLB_WAIT_SLEEPS };

struct dlb_port_wait {
	enum dlb_wait_state state;
	uint32_t vector;
	int fd;        /* the vector's eventfd */
	bool has_loop; /* the application sleeps on it, too: with no deadline, so one event must wake it */
};

#define DLB_LINK_NONE 0x100

/* The links of a profile. */
struct dlb_links {
	uint16_t count;
	uint8_t member[RTE_EVENT_MAX_QUEUES_PER_DEV];    /* while started */
	uint16_t priority[RTE_EVENT_MAX_QUEUES_PER_DEV]; /* DLB_LINK_NONE, or 0 to 255 */
};

struct dlb_event_port {
	/* Enqueue. */
	const struct dlb_routes *routes;
	struct dlb_credit_cache credits;
	uint8_t nb_members;
	uint8_t span_member[8]; /* of impl_opaque; see answer.h */
	bool releases_implicitly;
	bool quiesced;        /* CQs are off until the port is polled again */
	bool needs_attention; /* of the core that polls it; see dlb_event_port_attend() */
	bool counts_directed; /* directed credits are scarcer than events: count them */
	uint16_t next_member;
	uint32_t idle_pumps; /* of the embedded device, in a row and in vain */
	/* Dequeue. */
	uint64_t timeout_ticks; /* of the device; per call instead when times_per_call */
	uint64_t spin_ticks;    /* a wait polls that long before it sleeps */
	bool times_per_call;
	enum dlb_preschedule preschedule;
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
	struct dlb_port_watchdog {
		bool on;
		uint64_t expiries;
	} watchdog;

	struct dlb_member members[DLB_PORT_MEMBERS_MAX];

	/* Configuration, kept between starts. */
	struct rte_event_port_conf conf;
	struct dlb_port_tuning tuning;
	uint8_t id;
	uint8_t profile; /* the active one */
	struct dlb_links links[DLB_PROFILES_MAX];
} __rte_cache_aligned;

static inline bool
dlb_links_have(const struct dlb_links *links, uint32_t queue)
{
	return links->priority[queue] != DLB_LINK_NONE;
}

/* Whether some profile of a port has a link to a queue. */
static inline bool
dlb_event_port_has_link(const struct dlb_event_port *port, uint32_t queue)
{
	uint32_t profile;

	for (profile = 0; profile < DLB_PROFILES_MAX; profile++) {
		if (dlb_links_have(&port->links[profile], queue))
			return true;
	}
	return false;
}

/* Links of a port, in all profiles. */
static inline uint16_t
dlb_event_port_nb_links(const struct dlb_event_port *port)
{
	uint16_t count = 0;
	uint32_t profile;

	for (profile = 0; profile < DLB_PROFILES_MAX; profile++)
		count += port->links[profile].count;
	return count;
}

#endif /* DLB_EVDEV_PORT_H */
