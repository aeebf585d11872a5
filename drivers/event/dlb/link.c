/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Links between event queues and event ports. While the device is stopped a link is a note; the start
 * spreads a port's links over its hardware ports. While it runs, links to load-balanced queues change
 * in the hardware, which may have to wait for events that workers hold.
 *
 * A link belongs to a profile of its port. Each profile has load-balanced hardware ports of its own; those
 * of single-link queues serve all of them. profile.c switches.
 */
#include <errno.h>

#include <rte_errno.h>

#include "evdev.h"
#include "log.h"

#define LINK_PRIORITY_SHIFT 5 /* eventdev has 256 levels, a slot of a CQ 8 */

/* A link of normal priority takes the queue's. */
uint32_t
dlb_event_link_priority(const struct dlb_evdev *evdev, const struct dlb_links *links,
			uint32_t queue)
{
	uint32_t priority = links->priority[queue];

	if (priority == RTE_EVENT_DEV_PRIORITY_NORMAL)
		priority = evdev->queues[queue].conf.priority;
	return priority >> LINK_PRIORITY_SHIFT;
}

uint16_t
dlb_links_nb_ldb(const struct dlb_evdev *evdev, const struct dlb_links *links)
{
	uint16_t count = 0;
	uint32_t q;

	for (q = 0; q < evdev->nb_queues; q++)
		count += dlb_links_have(links, q) &&
			 !dlb_event_queue_is_single_link(&evdev->queues[q]);
	return count;
}

/* Single-link queues of a port, in whatever profile. */
static uint32_t
single_links_count(const struct dlb_evdev *evdev, const struct dlb_event_port *port)
{
	uint32_t count = 0;
	uint32_t q;

	for (q = 0; q < evdev->nb_queues; q++)
		count += dlb_event_port_has_link(port, q) &&
			 dlb_event_queue_is_single_link(&evdev->queues[q]);
	return count;
}

/* A queue goes: a port must not count a link that it cannot be given. */
void
dlb_evdev_links_forget(struct dlb_evdev *evdev, uint32_t queue)
{
	struct dlb_event_port *port;
	uint32_t p, profile;

	for (p = 0; p < RTE_EVENT_MAX_PORTS_PER_DEV; p++) {
		port = dlb_evdev_port(evdev, p);
		for (profile = 0; port != NULL && profile < DLB_PROFILES_MAX; profile++) {
			if (dlb_links_have(&port->links[profile], queue)) {
				port->links[profile].priority[queue] = DLB_LINK_NONE;
				port->links[profile].count--;
			}
		}
	}
}

/* Another port that a single-link queue is linked to, or NULL. */
static const struct dlb_event_port *
single_link_holder(const struct dlb_evdev *evdev, const struct dlb_event_port *port, uint32_t queue)
{
	const struct dlb_event_port *other;
	uint32_t p;

	for (p = 0; (other = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		if (other != port && dlb_event_port_has_link(other, queue))
			return other;
	}
	return NULL;
}

/* A link to a single-link queue, of that many of the port. Returns 0, or what rte_errno is to be. */
static int
single_link_check(const struct dlb_evdev *evdev, const struct dlb_event_port *port, uint32_t queue,
		  uint32_t nb_links)
{
	const struct dlb_event_port *holder = single_link_holder(evdev, port, queue);

	if (holder != NULL) {
		DLB_LOG(ERR, evdev,
			"port %u: link to queue %u, which is SINGLE_LINK and linked to port %u",
			port->id, queue, holder->id);
		return EDQUOT;
	}
	if (nb_links > DLB_PORT_MEMBERS_MAX / 2) {
		DLB_LOG(ERR, evdev,
			"port %u: link to queue %u: %u SINGLE_LINK queues on one port: accepted "
			"are up to %u",
			port->id, queue, nb_links, DLB_PORT_MEMBERS_MAX / 2);
		return EDQUOT;
	}
	return 0;
}

/* Returns 0, or what rte_errno is to be. */
static int
link_check(const struct dlb_evdev *evdev, const struct dlb_event_port *port, uint32_t queue)
{
	if (!evdev->queues[queue].configured) {
		DLB_LOG(ERR, evdev, "port %u: link to queue %u, which has not been set up",
			port->id, queue);
		return EINVAL;
	}
	if (!dlb_event_queue_is_single_link(&evdev->queues[queue]))
		return 0;
	return single_link_check(evdev, port, queue,
				 single_links_count(evdev, port) +
					 !dlb_event_port_has_link(port, queue));
}

/* A queue may have been set up again, as another kind, after it was linked. */
int
dlb_evdev_links_check(const struct dlb_evdev *evdev)
{
	const struct dlb_event_port *port;
	uint32_t p, q;
	int err;

	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		for (q = 0; q < evdev->nb_queues; q++) {
			err = dlb_event_port_has_link(port, q) ? link_check(evdev, port, q) : 0;
			if (err != 0)
				return -err;
		}
	}
	return 0;
}

/* The first of the profile's load-balanced hardware ports that has a slot left, or NULL. */
static const struct dlb_member *
slot_find(const struct dlb_evdev *evdev, const struct dlb_event_port *port, uint8_t profile,
	  uint32_t queue)
{
	const struct dlb_links *links = &port->links[profile];
	uint8_t used[DLB_PORT_MEMBERS_MAX] = { 0 };
	const struct dlb_member *m;
	uint32_t i, q;

	for (q = 0; q < evdev->nb_queues; q++)
		used[links->member[q]] += q != queue && dlb_links_have(links, q) &&
					  !dlb_event_queue_is_single_link(&evdev->queues[q]);
	for (i = 0; i < port->nb_members; i++) {
		m = &port->members[i];
		if (m->kind == DLB_LDB && m->profile == profile && used[i] < DLB_CQ_SLOTS)
			return m;
	}
	return NULL;
}

static int
link_load_balanced(struct dlb_evdev *evdev, struct dlb_event_port *port, uint8_t profile,
		   uint32_t queue)
{
	struct dlb_links *links = &port->links[profile];
	const struct dlb_member *m = slot_find(evdev, port, profile, queue);

	if (m == NULL && dlb_event_port_take_spare(evdev, port, profile, queue) == 0)
		m = slot_find(evdev, port, profile, queue);
	if (m == NULL) {
		DLB_LOG(ERR, evdev,
			"port %u: link to queue %u: a running device has room for %u links of this "
			"port; stop it to link more",
			port->id, queue, dlb_links_nb_ldb(evdev, links) - 1);
		return ENOSPC;
	}
	links->member[queue] = m->id;
	return -dlb_link(m->port, evdev->queues[queue].queue,
			 dlb_event_link_priority(evdev, links, queue));
}

static int
link_running(struct dlb_evdev *evdev, struct dlb_event_port *port, uint8_t profile, uint32_t queue,
	     bool is_new)
{
	const struct dlb_links *links = &port->links[profile];
	int ret;

	if (dlb_event_queue_is_single_link(&evdev->queues[queue]))
		return dlb_event_port_take_directed(evdev, port, queue);
	if (is_new)
		ret = link_load_balanced(evdev, port, profile, queue);
	else
		ret = -dlb_link(port->members[links->member[queue]].port,
				evdev->queues[queue].queue,
				dlb_event_link_priority(evdev, links, queue));
	dlb_evdev_links_poll(evdev);
	return ret;
}

static void
port_reprioritize(struct dlb_evdev *evdev, struct dlb_event_port *port, uint32_t queue)
{
	const struct dlb_links *links;
	uint32_t profile;

	for (profile = 0; profile < DLB_PROFILES_MAX; profile++) {
		links = &port->links[profile];
		if (dlb_links_have(links, queue))
			dlb_link(port->members[links->member[queue]].port,
				 evdev->queues[queue].queue,
				 dlb_event_link_priority(evdev, links, queue));
	}
}

void
dlb_evdev_links_reprioritize(struct dlb_evdev *evdev, uint32_t queue)
{
	struct dlb_event_port *port;
	uint32_t p;

	if (evdev->domain == NULL || dlb_event_queue_is_single_link(&evdev->queues[queue]))
		return;
	rte_spinlock_lock(&evdev->members_lock);
	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;)
		port_reprioritize(evdev, port, queue);
	rte_spinlock_unlock(&evdev->members_lock);
}

/* Returns 0, or what rte_errno is to be: the links are as they were then. */
static int
link_one(struct dlb_evdev *evdev, struct dlb_event_port *port, uint8_t profile, uint32_t queue,
	 uint8_t priority)
{
	struct dlb_links *links = &port->links[profile];
	uint16_t before = links->priority[queue];
	int err;

	err = link_check(evdev, port, queue);
	if (err != 0)
		return err;
	links->priority[queue] = priority;
	if (evdev->domain != NULL)
		err = link_running(evdev, port, profile, queue, before == DLB_LINK_NONE);
	if (err != 0)
		links->priority[queue] = before;
	else
		links->count += before == DLB_LINK_NONE;
	return err;
}

int
dlb_event_port_link_profile(struct rte_eventdev *dev, void *arg, const uint8_t queues[],
			    const uint8_t priorities[], uint16_t nb_links, uint8_t profile)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);
	struct dlb_event_port *port = arg;
	uint16_t i;
	int err = 0;

	if (port == NULL) {
		DLB_LOG(ERR, evdev, "link to a port that has not been set up");
		rte_errno = EINVAL;
		return 0;
	}
	if (profile >= DLB_PROFILES_MAX) {
		DLB_LOG(ERR, evdev, "port %u: link in profile %u: accepted are 0 to %u", port->id,
			profile, DLB_PROFILES_MAX - 1);
		rte_errno = EINVAL;
		return 0;
	}
	rte_spinlock_lock(&evdev->members_lock);
	for (i = 0; i < nb_links; i++) {
		err = link_one(evdev, port, profile, queues[i], priorities[i]);
		if (err != 0)
			break;
	}
	rte_spinlock_unlock(&evdev->members_lock);
	if (i < nb_links)
		rte_errno = err;
	return i;
}

int
dlb_event_port_link(struct rte_eventdev *dev, void *port, const uint8_t queues[],
		    const uint8_t priorities[], uint16_t nb_links)
{
	return dlb_event_port_link_profile(dev, port, queues, priorities, nb_links, 0);
}

/* The link is forgotten already. Returns 0, or what rte_errno is to be. */
static int
unlink_running(struct dlb_evdev *evdev, struct dlb_event_port *port, uint8_t profile,
	       uint32_t queue)
{
	int ret;

	if (dlb_event_queue_is_single_link(&evdev->queues[queue])) {
		ret = -dlb_port_enable(evdev->queues[queue].directed.port,
				       dlb_links_have(&port->links[port->profile], queue));
		dlb_event_port_call(port);
		return ret;
	}
	ret = -dlb_unlink(port->members[port->links[profile].member[queue]].port,
			  evdev->queues[queue].queue);
	dlb_evdev_links_poll(evdev);
	return ret;
}

/* Returns 0, or what rte_errno is to be: the links are as they were then. */
static int
unlink_one(struct dlb_evdev *evdev, struct dlb_event_port *port, uint8_t profile, uint32_t queue)
{
	struct dlb_links *links = &port->links[profile];
	uint16_t before = links->priority[queue];
	int err = 0;

	/* A fresh port has no links, though the library may remember some from before. */
	if (before == DLB_LINK_NONE)
		return 0;
	links->priority[queue] = DLB_LINK_NONE;
	if (evdev->domain != NULL)
		err = unlink_running(evdev, port, profile, queue);
	if (err != 0)
		links->priority[queue] = before;
	else
		links->count--;
	return err;
}

int
dlb_event_port_unlink_profile(struct rte_eventdev *dev, void *arg, uint8_t queues[],
			      uint16_t nb_unlinks, uint8_t profile)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);
	struct dlb_event_port *port = arg;
	uint16_t i;
	int err = EINVAL;

	if (port == NULL || profile >= DLB_PROFILES_MAX) {
		rte_errno = EINVAL;
		return 0;
	}
	rte_spinlock_lock(&evdev->members_lock);
	for (i = 0; i < nb_unlinks; i++) {
		err = unlink_one(evdev, port, profile, queues[i]);
		if (err != 0)
			break;
	}
	rte_spinlock_unlock(&evdev->members_lock);
	if (i < nb_unlinks)
		rte_errno = err;
	return i;
}

int
dlb_event_port_unlink(struct rte_eventdev *dev, void *port, uint8_t queues[], uint16_t nb_unlinks)
{
	return dlb_event_port_unlink_profile(dev, port, queues, nb_unlinks, 0);
}

int
dlb_event_port_unlinks_in_progress(struct rte_eventdev *dev, void *arg)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);
	struct dlb_event_port *port = arg;
	int pending = 0;
	uint32_t m;

	if (port == NULL || evdev->domain == NULL)
		return 0;
	dlb_evdev_links_poll(evdev);
	rte_spinlock_lock(&evdev->members_lock);
	for (m = 0; m < port->nb_members; m++) {
		if (port->members[m].kind == DLB_LDB)
			pending += dlb_port_unlinks_pending(port->members[m].port);
	}
	pending += (int)dlb_event_port_nb_unlinked(port);
	rte_spinlock_unlock(&evdev->members_lock);
	return pending;
}
