/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Answers. A completion names no event: the n-th that a port sends completes the n-th event that its CQ
 * got. An application may answer in any order, so events carry their place in that order, and what is
 * answered before its turn waits here until its predecessors are.
 *
 * A forward that comes from an ordered queue waits whole: its place among the others is its place in the
 * order to restore. Any other one goes at once, as a new event, and only its completion waits.
 */
#ifndef DLB_EVDEV_ANSWER_H
#define DLB_EVDEV_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "dlb_qe.h"

#include "port.h"

/*
 * impl_opaque, from which the hardware port of an event follows, and its place there. A member holds no
 * more events than it has places.
 *
 *   0x00 - 0x7f  the first load-balanced member
 *   0x80 - 0x8f  a member that needs no places: directed, or beyond those that have some
 *   0xa0 - 0xff  three more load-balanced members
 */
#define DLB_PLACES 128
#define DLB_PLACES_MORE 32
#define DLB_PLACES_MEMBERS 4
#define DLB_PLACE_NONE 0x80    /* and the member */
#define DLB_PLACE_SPAN_SHIFT 5 /* to spans of codes that have one member */

struct dlb_early {
	/* By place: DLB_QE_SCHED as the entry said, and above it how many fragments were sent for it. */
	uint8_t source[DLB_PLACES];
	/* By place: what completes the event there; with command 0, it has not been answered. */
	struct dlb_qe answer[DLB_PLACES];
};

/** Give a member its codes: when it is new, and when it is called by another number. */
void dlb_answers_number(struct dlb_event_port *port, struct dlb_member *m);

/** Whether events may be answered in any order: unless the device was promised otherwise, or the port is
 *  one that needs it nevertheless (RTE_EVENT_PORT_CFG_INDEPENDENT_ENQ). */
bool dlb_answers_in_any_order(const struct dlb_evdev *evdev, const struct dlb_event_port *port);

/** Places of the next member of a port, of some kind; 0: it needs none. */
uint32_t dlb_answers_places(const struct dlb_event_port *port, enum dlb_kind kind);

/* The member that an event came from, or says so; may be one that the port does not have. */
static inline uint32_t
dlb_answer_member(const struct dlb_event_port *port, uint8_t code)
{
	uint32_t span = code >> DLB_PLACE_SPAN_SHIFT;

	return span == DLB_PLACE_NONE >> DLB_PLACE_SPAN_SHIFT ? code & (DLB_PLACE_NONE - 1u)
							      : port->span_member[span];
}

/**
 * Let a member's events be answered in any order, unless the device was promised that they are not.
 *
 * @return
 *   0, or -ENOMEM.
 */
int dlb_answers_create(const struct dlb_evdev *evdev, const struct dlb_event_port *port,
		       struct dlb_member *m);
void dlb_answers_destroy(struct dlb_member *m);

/* Remember what kind of queue events come from: those of the CQ's next entries. */
void dlb_answers_expect(struct dlb_member *m, uint16_t n, uint32_t stride);

/* The answer to the oldest event, when it waits here because those before it did. */
static inline bool
dlb_answer_waiting(struct dlb_member *m, struct dlb_qe *qe)
{
	struct dlb_qe *answer;

	if (m->nb_early == 0)
		return false;
	answer = &m->early->answer[m->place_answered & m->place_mask];
	if (answer->cmd == DLB_CMD_NOOP)
		return false;
	*qe = *answer;
	answer->cmd = DLB_CMD_NOOP;
	m->nb_early--;
	m->place_answered++;
	return true;
}

/* The oldest event is answered. */
static inline void
dlb_answer_oldest(struct dlb_member *m)
{
	m->outstanding--;
	m->place_answered++;
}

/*
 * Whether an answer's turn has come. One that names no event which waits for an answer is for the oldest:
 * applications that answer in order need not keep impl_opaque.
 */
static inline bool
dlb_answer_is_due(const struct dlb_member *m, uint8_t place)
{
	uint8_t ahead = (uint8_t)(place - m->place_answered) & m->place_mask;

	return m->early == NULL || ahead == 0 || ahead >= m->outstanding + m->nb_early ||
	       m->early->answer[place & m->place_mask].cmd != DLB_CMD_NOOP;
}

/* Put an answer aside. Returns whether there is a QE to send nevertheless, which qe is turned into. */
static inline bool
dlb_answer_keep(struct dlb_member *m, uint8_t place, struct dlb_qe *qe)
{
	struct dlb_early *early = m->early;
	bool goes;

	place &= m->place_mask;
	goes = qe->cmd == DLB_CMD_FWD &&
	       !(m->notes_sources && dlb_qe_sched_type(early->source[place]) == DLB_SCHED_ORDERED);
	early->answer[place] = goes ? (struct dlb_qe){ .cmd = DLB_CMD_REL } : *qe;
	m->nb_early++;
	m->outstanding--;
	qe->cmd = DLB_CMD_NEW;
	return goes;
}

#endif /* DLB_EVDEV_ANSWER_H */
