/* SPDX-License-Identifier: BSD-3-Clause */
/* rte_event_dev_dump(): the device as text, for people. */
#include <inttypes.h>

#include "backend.h"
#include "evdev.h"

static void
dump_queue(struct dlb_evdev *evdev, uint32_t q, FILE *f)
{
	const struct dlb_event_queue *queue = &evdev->queues[q];
	struct dlb_queue_stats stats;

	if (queue->queue == NULL) {
		fprintf(f, "  queue %" PRIu32 ": %s\n", q,
			queue->configured ? "set up" : "not set up");
		return;
	}
	dlb_queue_stats(queue->queue, &stats);
	fprintf(f,
		"  queue %" PRIu32 ": %s queue %" PRIu32 ", depth %" PRIu32 ", inflight %" PRIu32
		", enqueued %" PRIu64 ", order sequences %u\n",
		q, dlb_queue_kind(queue->queue) == DLB_LDB ? "load-balanced" : "directed",
		dlb_queue_id(queue->queue), stats.depth, stats.inflights, stats.enqueued,
		queue->sequence_numbers);
}

static void
dump_member(const struct dlb_member *m, FILE *f)
{
	struct dlb_port_stats stats;

	dlb_port_stats(m->port, &stats);
	fprintf(f,
		"    %s port %" PRIu32 ": CQ of %u, next %" PRIu32 ", tokens %" PRIu32 " (%u read)"
		", inflight %" PRIu32 " (%u held), scheduled %" PRIu64 "\n",
		m->kind == DLB_LDB ? "load-balanced" : "directed", dlb_port_id(m->port),
		m->cq_mask + 1u, m->cq_index, stats.tokens, m->tokens_owed, stats.inflights,
		m->outstanding, stats.scheduled);
}

static void
dump_port(const struct dlb_event_port *port, FILE *f)
{
	uint32_t m;

	fprintf(f,
		"  port %u: %u links, %" PRId32 " credits cached, refused: %" PRIu64
		" for credits, %" PRIu64 " for bad events\n",
		port->id, dlb_event_port_nb_links(port), port->credits.cached,
		port->rejects.no_credit,
		port->rejects.bad_queue + port->rejects.bad_schedule_type + port->rejects.bad_op +
			port->rejects.not_owned);
	for (m = 0; m < port->nb_members; m++)
		dump_member(&port->members[m], f);
}

void
dlb_evdev_dump(struct rte_eventdev *dev, FILE *f)
{
	struct dlb_evdev *evdev = dlb_evdev_of(dev);
	const struct dlb_event_port *port;
	uint32_t i;

	fprintf(f, "%s: DLB %s, %s, sched=%s, %s, %s data path, %s\n", evdev->name,
		dlb_limits[evdev->gen].name, evdev->backend->name,
		dlb_sched_mode_name(evdev->args.sched),
		evdev->args.cq_mode == DLB_CQ_DENSE ? "dense CQs" : "sparse CQs",
		dlb_isa_name(dlb_isa_choose()), evdev->domain == NULL ? "stopped" : "started");
	fprintf(f, "  events: %" PRId32 " of %" PRId32 " free\n", evdev->credits.free,
		evdev->credits.limit);
	for (i = 0; i < evdev->nb_queues; i++)
		dump_queue(evdev, i, f);
	for (i = 0; (port = dlb_evdev_next_port(evdev, &i)) != NULL;)
		dump_port(port, f);
}
