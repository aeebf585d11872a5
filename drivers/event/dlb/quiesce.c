/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rte_event_port_quiesce(): a core leaves a port, and nothing may be left behind in it that others wait
 * for. The CQs are switched off, what is in them goes to the caller, and all that the port holds is
 * completed. The next core that dequeues from the port finds nothing, and so switches the CQs on again.
 */
#include "evdev.h"
#include "hot.h"

#define QUIESCE_BURST 32

/* Rounds, each of which lets the device run, for tokens and completions to arrive there. */
#define QUIESCE_ROUNDS 64
#define QUIESCE_WAIT_US 10

/* What the device wrote before it was told to stop, and what it has not been paid for. */
static bool
members_owe(const struct dlb_event_port *port)
{
	struct dlb_port_stats stats;
	uint32_t i;

	for (i = 0; i < port->nb_members; i++) {
		dlb_port_stats(port->members[i].port, &stats);
		if (stats.tokens > 0 || stats.inflights > 0)
			return true;
	}
	return false;
}

void
dlb_event_port_quiesce(struct rte_eventdev *dev, void *arg, rte_eventdev_port_flush_t flush,
		       void *flush_arg)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);
	struct dlb_event_port *port = arg;
	struct rte_event ev[QUIESCE_BURST];
	bool releases_implicitly;
	uint32_t rounds = 0;
	uint16_t got, i;

	if (port == NULL || evdev->domain == NULL)
		return;
	dlb_event_port_enable(port, false);
	releases_implicitly = port->releases_implicitly;
	port->releases_implicitly = true;
	dlb_event_port_keep_nothing(port);
	/* Each dequeue releases what came before; one that finds nothing returns credits and tokens. */
	do {
		got = evdev->hot->dequeue_burst(port, ev, QUIESCE_BURST, 0);
		for (i = 0; i < got && flush != NULL; i++)
			flush(dev->data->dev_id, ev[i], flush_arg);
		if (got == 0)
			evdev->bus->ops->wait_us(evdev->bus, QUIESCE_WAIT_US);
	} while (got > 0 || (members_owe(port) && ++rounds < QUIESCE_ROUNDS));
	port->releases_implicitly = releases_implicitly;
	for (i = 0; i < port->nb_members; i++)
		dlb_member_preschedule(port, &port->members[i]);
	port->quiesced = true;
	port->needs_attention = true;
}

void
dlb_event_port_resume(struct dlb_event_port *port)
{
	port->quiesced = false;
	dlb_event_port_enable(port, true);
}
