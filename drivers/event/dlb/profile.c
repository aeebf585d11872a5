/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Link profiles. Every profile of a port has load-balanced hardware ports of its own, linked once and for
 * all; to switch is to let the device write to the CQs of one profile and no longer to those of another.
 *
 * Events that are in a CQ when it is switched off have been scheduled to this port: nobody else can have
 * them, and others of their flows wait for them. So the port still polls all its CQs, and gets them.
 */
#include <errno.h>

#include "evdev.h"
#include "secondary.h"

/* A directed queue that no link of the active profile leads to keeps its CQ off. */
static bool
member_is_wanted(const struct dlb_event_port *port, const struct dlb_member *m)
{
	if (m->kind == DLB_LDB)
		return m->profile == port->profile;
	return dlb_event_port_nb_links(port) == 0 ||
	       dlb_links_have(&port->links[port->profile], m->event_queue);
}

void
dlb_event_port_member_enable(struct dlb_event_port *port, const struct dlb_member *m)
{
	dlb_port_enable(m->port, !port->quiesced && member_is_wanted(port, m));
}

void
dlb_event_port_enable(struct dlb_event_port *port, bool enable)
{
	uint32_t i;

	for (i = 0; i < port->nb_members; i++)
		dlb_port_enable(port->members[i].port,
				enable && member_is_wanted(port, &port->members[i]));
}

/* Switch on or off what the active profile has. */
static void
profile_enable(struct dlb_event_port *port, bool enable)
{
	uint32_t i;

	for (i = 0; i < port->nb_members; i++) {
		if (member_is_wanted(port, &port->members[i]))
			dlb_port_enable(port->members[i].port, enable);
	}
}

int
dlb_event_port_profile_switch(void *arg, uint8_t profile)
{
	struct dlb_event_port *port = arg;

	if (port == NULL || profile >= DLB_PROFILES_MAX)
		return -EINVAL;
	if (dlb_is_secondary())
		return -ENOTSUP;
	rte_spinlock_lock(&port->evdev->members_lock);
	if (port->evdev->domain != NULL && profile != port->profile) {
		/* Directed queues of both profiles go off for a moment, which costs nothing but time. */
		profile_enable(port, false);
		port->profile = profile;
		if (!port->quiesced)
			profile_enable(port, true);
	}
	rte_spinlock_unlock(&port->evdev->members_lock);
	return 0;
}
