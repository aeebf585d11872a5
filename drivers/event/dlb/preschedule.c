/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prescheduling: how far ahead of a port's dequeues the device schedules events to it. A DLB pushes events
 * into a CQ for as long as it has tokens for it, so this is about when a port pays for what it has read:
 *
 *   batched   half a CQ at a time, with an enqueue that has room for a token, and when there was nothing to
 *             read: fewest lines. What a device has that was not asked to preschedule, or not to.
 *   none      only at a dequeue that finds nothing, and only so much that the device has no more tokens than
 *             the port dequeues events at once: nothing comes while a worker works on a whole burst.
 *   always    with the dequeue itself.
 *   adaptive  as none, and with the answers to what was dequeued: then no flow is held any more.
 *
 * A port that has just been told to preschedule less has paid for its whole CQ: that is used up first.
 */
#include <errno.h>

#include "evdev.h"
#include "hot.h"
#include "secondary.h"
#include "wait.h"

#define NEVER UINT16_MAX

void
dlb_member_preschedule(const struct dlb_event_port *port, struct dlb_member *m)
{
	uint16_t burst = RTE_MIN(port->conf.dequeue_depth, m->cq_depth);
	enum dlb_preschedule preschedule = port->preschedule;

	m->tokens_kept = 0;
	m->tokens_due = NEVER;
	m->tokens_worth = NEVER;
	if (preschedule == DLB_PRESCHEDULE_BATCHED &&
	    port->tuning.token_pop == RTE_PMD_DLB_TOKEN_POP_NOW)
		preschedule = DLB_PRESCHEDULE_ALWAYS;
	switch (preschedule) {
	case DLB_PRESCHEDULE_NONE:
		m->tokens_kept = m->cq_depth - burst;
		break;
	case DLB_PRESCHEDULE_ADAPTIVE:
		m->tokens_kept = m->cq_depth - burst;
		m->tokens_worth = m->tokens_kept + 1;
		break;
	case DLB_PRESCHEDULE_ALWAYS:
		m->tokens_due = 1;
		break;
	case DLB_PRESCHEDULE_BATCHED:
		m->tokens_due = m->cq_depth / 2;
		m->tokens_worth = m->cq_depth / 4;
		break;
	}
}

int
dlb_event_port_preschedule_set(void *arg, enum dlb_preschedule preschedule)
{
	struct dlb_event_port *port = arg;
	uint32_t i;

	/* As the functions of the data path, see hot.c. */
	if (port == NULL)
		return -EINVAL;
	/* An interrupt counts what is not paid for: it would wake the application for nothing. */
	if (port->wait.has_loop && preschedule != DLB_PRESCHEDULE_ALWAYS)
		return -EBUSY;
	rte_spinlock_lock(&port->evdev->members_lock);
	port->preschedule = preschedule;
	for (i = 0; i < port->nb_members; i++)
		dlb_member_preschedule(port, &port->members[i]);
	rte_spinlock_unlock(&port->evdev->members_lock);
	if (!dlb_is_secondary())
		dlb_wait_restart(port);
	return 0;
}

void
dlb_event_port_preschedule(void *arg, bool adaptive)
{
	struct dlb_event_port *port = arg;
	uint32_t i;

	if (port == NULL)
		return;
	for (i = 0; adaptive && i < port->nb_members; i++) {
		if (port->members[i].outstanding > 0)
			return;
	}
	dlb_evdev_hot_find(port->evdev)->pay_tokens(port);
}

void
dlb_event_port_keep_nothing(struct dlb_event_port *port)
{
	uint32_t i;

	for (i = 0; i < port->nb_members; i++)
		port->members[i].tokens_kept = 0;
}
