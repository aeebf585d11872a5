/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stop: every event that is still in the device goes to the application's flush callback, then the
 * domain goes. Workers have stopped by then; what they held is completed for them.
 */
#include <inttypes.h>
#include <string.h>

#include "answer.h"
#include "backend.h"
#include "evdev.h"
#include "function.h"
#include "hot.h"
#include "log.h"
#include "wait.h"

#define FLUSH_BURST 32

/* Rounds that deliver nothing before a flush ends: each lets the device run for a while. */
#define FLUSH_IDLE_ROUNDS 16
#define FLUSH_WAIT_US 10

static uint16_t
port_flush(struct dlb_evdev *evdev, struct dlb_event_port *port, eventdev_stop_flush_t flush)
{
	struct rte_event ev[FLUSH_BURST];
	uint16_t n, i;

	port->releases_implicitly = true;
	n = evdev->hot->dequeue_burst(port, ev, FLUSH_BURST, 0);
	for (i = 0; i < n && flush != NULL; i++)
		flush(evdev->data->dev_id, ev[i], evdev->data->dev_stop_flush_arg);
	return n;
}

static bool
queue_is_served(const struct dlb_evdev *evdev, uint32_t q)
{
	const struct dlb_event_port *port;
	uint32_t p;

	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		if (dlb_event_port_has_link(port, q))
			return true;
	}
	return false;
}

/* What a core left, or was unlinked, or belongs to another profile than the active one, is served again. */
static void
ports_enable(struct dlb_evdev *evdev)
{
	struct dlb_event_port *port;
	uint32_t p, m, q;

	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		port->quiesced = false;
		dlb_event_port_keep_nothing(port);
		for (m = 0; m < port->nb_members; m++)
			dlb_port_enable(port->members[m].port, true);
	}
	for (q = 0; q < evdev->nb_queues; q++) {
		if (evdev->queues[q].directed.port != NULL)
			dlb_port_enable(evdev->queues[q].directed.port, true);
	}
}

/* Single-link queues that no port has polled. The last round, which gets nothing, releases. */
static void
directed_flush(struct dlb_evdev *evdev, eventdev_stop_flush_t flush)
{
	struct dlb_event_port port;
	uint32_t q;

	for (q = 0; q < evdev->nb_queues; q++) {
		if (evdev->queues[q].directed.port == NULL || dlb_event_queue_is_held(evdev, q))
			continue;
		dlb_event_port_borrow(evdev, (uint8_t)q, &port);
		while (port_flush(evdev, &port, flush) > 0)
			evdev->bus->ops->wait_us(evdev->bus, FLUSH_WAIT_US);
	}
}

static uint32_t
queues_depth(struct dlb_evdev *evdev)
{
	struct dlb_queue_stats stats;
	uint32_t depth = 0;
	uint32_t q;

	for (q = 0; q < evdev->nb_queues; q++) {
		dlb_queue_stats(evdev->queues[q].queue, &stats);
		depth += stats.depth;
	}
	return depth;
}

/* Until nothing comes any more. The last round, which gets nothing, releases what came before. */
static void
ports_flush(struct dlb_evdev *evdev, eventdev_stop_flush_t flush)
{
	struct dlb_event_port *port;
	uint32_t idle = 0;
	uint32_t got, p;

	do {
		got = 0;
		for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;)
			got += port_flush(evdev, port, flush);
		evdev->bus->ops->wait_us(evdev->bus, FLUSH_WAIT_US);
		dlb_evdev_links_poll(evdev);
		idle = got > 0 ? 0 : idle + 1;
	} while (idle < FLUSH_IDLE_ROUNDS);
}

/* Free the last slot of a load-balanced hardware port: what it serves is empty by now. */
static void
slot_free(struct dlb_evdev *evdev, const struct dlb_event_port *port, const struct dlb_member *m)
{
	const struct dlb_links *links = &port->links[m->profile];
	uint32_t count = 0;
	uint32_t q;

	for (q = 0; q < evdev->nb_queues; q++) {
		if (!dlb_links_have(links, q) || links->member[q] != m->id ||
		    dlb_event_queue_is_single_link(&evdev->queues[q]))
			continue;
		if (++count == DLB_CQ_SLOTS)
			dlb_unlink(m->port, evdev->queues[q].queue);
	}
}

/* The first load-balanced hardware port, with at least one slot free. */
static struct dlb_port *
host_find(struct dlb_evdev *evdev)
{
	struct dlb_event_port *port;
	uint32_t p, m;

	for (p = 0; (port = dlb_evdev_next_port(evdev, &p)) != NULL;) {
		for (m = 0; m < port->nb_members; m++) {
			if (port->members[m].kind != DLB_LDB)
				continue;
			slot_free(evdev, port, &port->members[m]);
			return port->members[m].port;
		}
	}
	return NULL;
}

/* Queues that hold events, and that no port serves, are lent to a port one after the other. */
static void
orphans_flush(struct dlb_evdev *evdev, eventdev_stop_flush_t flush)
{
	struct dlb_port *host = NULL;
	struct dlb_queue_stats stats;
	struct dlb_queue *queue;
	uint32_t q;

	for (q = 0; q < evdev->nb_queues; q++) {
		queue = evdev->queues[q].queue;
		if (dlb_queue_kind(queue) != DLB_LDB || queue_is_served(evdev, q))
			continue;
		dlb_queue_stats(queue, &stats);
		if (stats.depth == 0)
			continue;
		if (host == NULL)
			host = host_find(evdev);
		if (host == NULL || dlb_link(host, queue, 0) < 0)
			return;
		ports_flush(evdev, flush);
		dlb_unlink(host, queue);
	}
}

static void
flush_all(struct dlb_evdev *evdev, eventdev_stop_flush_t flush)
{
	uint32_t depth;

	/* Workers that go on enqueue nothing more, or this would have no end. */
	dlb_routes_clear(&evdev->routes);
	ports_enable(evdev);
	ports_flush(evdev, flush);
	orphans_flush(evdev, flush);
	directed_flush(evdev, flush);
	depth = queues_depth(evdev);
	if (depth > 0)
		DLB_LOG(WARNING, evdev, "stop: %" PRIu32 " events could not be delivered", depth);
}

/* Leaves the device as it was before the start, whatever of it there is. */
void
dlb_evdev_teardown(struct dlb_evdev *evdev)
{
	struct dlb_event_port *port;
	uint32_t i;

	dlb_pending_close(evdev);
	dlb_function_stop(evdev->function, evdev);
	if (dlb_domain_destroy(evdev->domain) < 0)
		dlb_function_mend(evdev->function);
	evdev->domain = NULL;
	evdev->nb_spares = 0;
	if (evdev->function->nb_started == 0 && evdev->backend->ports_reset != NULL)
		evdev->backend->ports_reset(evdev->bus);
	for (i = 0; (port = dlb_evdev_next_port(evdev, &i)) != NULL;) {
		dlb_wait_destroy(evdev, port);
		while (port->nb_members > 0)
			dlb_answers_destroy(&port->members[--port->nb_members]);
	}
	evdev->internal.nb_members = 0;
	for (i = 0; i < RTE_DIM(evdev->queues); i++) {
		evdev->queues[i].queue = NULL;
		evdev->queues[i].directed = (struct dlb_cq){ 0 };
	}
	dlb_routes_clear(&evdev->routes);
	/* Counters of ports and queues begin again with the next domain; those of the device go on. */
	memset(&evdev->xstats_base[DLB_XSTATS_DEV], 0,
	       sizeof(evdev->xstats_base) - DLB_XSTATS_DEV * sizeof(evdev->xstats_base[0]));
}

void
dlb_evdev_stop(struct rte_eventdev *dev)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);

	if (evdev->domain == NULL)
		return;
	dlb_watchdog_stop(evdev);
	flush_all(evdev, dev->dev_ops->dev_stop_flush);
	dlb_evdev_teardown(evdev);
}
