/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hardware ports of an event port, its members. Most come at the start and stay to the end. While the
 * device runs a port can get more of them: the one of a single-link queue that is linked to it, or a spare
 * one when its load-balanced links have used up their slots. It gives up the one of a single-link queue
 * that is no longer linked to it, once that is empty, so that another port can have it.
 *
 * Members come by the thread that links, and go by the core that polls the port, when that is idle: inside
 * a poll it may look at any of them. Both hold the device's members_lock, as whoever looks for a member does.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_common.h>

#include "answer.h"
#include "evdev.h"
#include "log.h"
#include "secondary.h"
#include "wait.h"

/* How entries of a member become events; of a directed one: all of the queue that feeds it. */
static void
format_init(struct dlb_member *m, const struct dlb_evdev *evdev)
{
	static const struct dlb_entry_format formats[DLB_KIND_COUNT] = {
		[DLB_LDB] = { .shuffle = { 4, 5, 0, 1, 255, 255, 255, 255, 12, 13, 8, 9, 255, 255,
					   255, 255 },
			      .carried = UINT64_MAX,
			      .flow_shift = DLB_QE_LOCK_SHIFT },
		[DLB_DIR] = { .shuffle = { 2, 3, 0, 1, 255, 255, 255, 255, 10, 11, 8, 9, 255, 255,
					   255, 255 },
			      .flow_shift = DLB_QE_QID_SHIFT },
	};
	struct rte_event fixed = { .impl_opaque = m->place_base };

	m->format = formats[m->kind];
	m->format.queue = m->kind == DLB_LDB ? evdev->event_queues : evdev->no_queues;
	if (m->kind == DLB_DIR) {
		fixed.queue_id = m->event_queue;
		fixed.sched_type = RTE_SCHED_TYPE_ATOMIC;
		fixed.priority = RTE_EVENT_DEV_PRIORITY_NORMAL;
	}
	m->format.fixed = fixed.event;
}

struct dlb_member *
dlb_event_port_member_init(struct dlb_event_port *port, const struct dlb_cq *cq, uint32_t queue,
			   uint8_t profile)
{
	static const uint8_t cmds[DLB_KIND_COUNT][4] = {
		[DLB_LDB] = { [RTE_EVENT_OP_NEW] = DLB_CMD_NEW,
			      [RTE_EVENT_OP_FORWARD] = DLB_CMD_FWD,
			      [RTE_EVENT_OP_RELEASE] = DLB_CMD_REL },
		[DLB_DIR] = { [RTE_EVENT_OP_NEW] = DLB_CMD_NEW,
			      [RTE_EVENT_OP_FORWARD] = DLB_CMD_NEW,
			      [RTE_EVENT_OP_RELEASE] = DLB_CMD_NOOP },
	};
	struct dlb_member *m = &port->members[port->nb_members];
	enum dlb_kind kind = dlb_port_kind(cq->port);

	*m = (struct dlb_member){
		.cq = dlb_port_cq(cq->port),
		.cq_index = cq->index,
		.cq_mask = (uint16_t)(dlb_cq_ring(cq->depth) - 1),
		.cq_log2_ring = (uint8_t)rte_log2_u32(dlb_cq_ring(cq->depth)),
		.kind = (uint8_t)kind,
		.cq_depth = cq->depth,
		.id = port->nb_members,
		.event_queue = (uint8_t)queue,
		.profile = profile,
		.pp = dlb_port_pp(cq->port),
		.port = cq->port,
	};
	memcpy(m->cmd, cmds[kind], sizeof(m->cmd));
	dlb_member_preschedule(port, m);
	dlb_answers_number(port, m);
	format_init(m, port->evdev);
	return m;
}

void
dlb_event_port_member_publish(struct dlb_event_port *port)
{
	/* A core may be polling: it must not see the member before what is in it. */
	__atomic_store_n(&port->nb_members, port->nb_members + 1, __ATOMIC_RELEASE);
}

/* Returns 0, or what rte_errno is to be. */
static int
member_add(struct dlb_evdev *evdev, struct dlb_event_port *port, const struct dlb_cq *cq,
	   uint32_t queue, uint8_t profile)
{
	struct dlb_member *m;

	if (port->nb_members == DLB_PORT_MEMBERS_MAX) {
		DLB_LOG(ERR, evdev,
			"port %u: link to queue %" PRIu32
			": it has %u hardware ports, which is all "
			"that a port can have",
			port->id, queue, DLB_PORT_MEMBERS_MAX);
		return ENOSPC;
	}
	m = dlb_event_port_member_init(port, cq, queue, profile);
	if (dlb_answers_create(evdev, port, m) < 0)
		return ENOMEM;
	port->monitors = false; /* a core can monitor one CQ only */
	dlb_event_port_member_publish(port);
	dlb_event_port_member_enable(port, m);
	dlb_wait_member_add(port, m);
	return 0;
}

static bool
is_of_queue(const struct dlb_evdev *evdev, const struct dlb_member *m, uint32_t queue)
{
	return m->kind == DLB_DIR && m->port == evdev->queues[queue].directed.port;
}

/* The port whose core polls the queue's hardware port, or NULL. */
static const struct dlb_event_port *
directed_holder(const struct dlb_evdev *evdev, uint32_t queue)
{
	const struct dlb_event_port *port;
	uint32_t p, m;

	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		for (m = 0; m < port->nb_members; m++) {
			if (is_of_queue(evdev, &port->members[m], queue))
				return port;
		}
	}
	return NULL;
}

bool
dlb_event_queue_is_held(const struct dlb_evdev *evdev, uint32_t queue)
{
	return directed_holder(evdev, queue) != NULL;
}

int
dlb_event_port_take_directed(struct dlb_evdev *evdev, struct dlb_event_port *port, uint32_t queue)
{
	const struct dlb_event_port *holder = directed_holder(evdev, queue);

	if (holder != NULL && holder != port) {
		DLB_LOG(ERR, evdev,
			"port %u: link to queue %" PRIu32
			", which is SINGLE_LINK: port %u has its hardware port %s",
			port->id, queue, holder->id,
			holder->nb_members > 1 ? "until it finds nothing to dequeue"
					       : "and no other; stop the device to link it here");
		return EBUSY;
	}
	if (holder == NULL)
		return member_add(evdev, port, &evdev->queues[queue].directed, queue, 0);
	return -dlb_port_enable(evdev->queues[queue].directed.port,
				dlb_links_have(&port->links[port->profile], queue));
}

int
dlb_event_port_take_spare(struct dlb_evdev *evdev, struct dlb_event_port *port, uint8_t profile,
			  uint32_t queue)
{
	int ret;

	if (evdev->nb_spares == 0 || port->nb_members == 0 || port->members[0].kind != DLB_LDB)
		return ENOSPC;
	ret = member_add(evdev, port, &evdev->spares[evdev->nb_spares - 1], queue, profile);
	evdev->nb_spares -= ret == 0;
	return ret;
}

/* A directed member whose queue is not linked to the port any more. */
static bool
member_is_unlinked(const struct dlb_event_port *port, const struct dlb_member *m)
{
	return m->kind == DLB_DIR && !dlb_event_port_has_link(port, m->event_queue) &&
	       is_of_queue(port->evdev, m, m->event_queue);
}

uint32_t
dlb_event_port_nb_unlinked(const struct dlb_event_port *port)
{
	uint32_t count = 0;
	uint32_t m;

	for (m = 0; port->nb_members > 1 && m < port->nb_members; m++)
		count += member_is_unlinked(port, &port->members[m]);
	return count;
}

/* Nothing is in its CQ or on the way there, and nobody will answer for an event of a later member. */
static bool
member_can_go(const struct dlb_event_port *port, uint32_t at)
{
	struct dlb_port_stats stats;
	uint32_t m;

	for (m = at; m < port->nb_members; m++) {
		if (port->members[m].outstanding > 0)
			return false;
	}
	dlb_port_stats(port->members[at].port, &stats);
	return stats.tokens == 0 && port->members[at].tokens_owed == 0;
}

/* Later members move up, and are called by another number from now on. */
static void
member_remove(struct dlb_event_port *port, uint32_t at)
{
	struct dlb_member *gone = &port->members[at];
	uint32_t m, q, profile;
	uint8_t *members;

	dlb_wait_member_remove(port, gone);
	port->evdev->queues[gone->event_queue].directed.index = gone->cq_index;
	for (m = at + 1; m < port->nb_members; m++) {
		port->members[m - 1] = port->members[m];
		port->members[m - 1].id--;
		dlb_answers_number(port, &port->members[m - 1]);
		format_init(&port->members[m - 1], port->evdev);
	}
	for (profile = 0; profile < DLB_PROFILES_MAX; profile++) {
		members = port->links[profile].member;
		for (q = 0; q < RTE_DIM(port->links[profile].member); q++)
			members[q] -= members[q] > at;
	}
	port->nb_members--;
}

/* Those that have to wait are looked at again when the port is idle the next time. */
static void
unlinked_remove(struct dlb_event_port *port)
{
	uint32_t m;

	for (m = port->nb_members; port->nb_members > 1 && m-- > 0;) {
		if (!member_is_unlinked(port, &port->members[m]))
			continue;
		port->members[m].tokens_kept = 0;
		if (member_can_go(port, m))
			member_remove(port, m);
	}
}

void
dlb_event_port_attend(struct dlb_event_port *port)
{
	struct dlb_evdev *evdev = port->evdev;

	if (dlb_is_secondary())
		return;
	rte_spinlock_lock(&evdev->members_lock);
	port->needs_attention = false;
	if (port->quiesced)
		dlb_event_port_resume(port);
	unlinked_remove(port);
	if (dlb_event_port_nb_unlinked(port) > 0)
		port->needs_attention = true;
	rte_spinlock_unlock(&evdev->members_lock);
}

void
dlb_event_port_call(struct dlb_event_port *port)
{
	port->needs_attention = true;
	dlb_wait_wake(port);
}
