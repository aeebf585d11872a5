/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rte_pmd_dlb.h: events with what struct rte_event has no field for. They go one by one, beside the data
 * path, which so does not have to ask for any of it.
 */
#include <errno.h>

#include <rte_errno.h>

/* The data path's own ways to make, admit and answer for a single event. */
#include "convert_scalar.h"

#include "control.h"
#include "enqueue.h"
#include "evdev.h"
#include "log.h"
#include "rte_pmd_dlb.h"

#define WEIGHT_MAX 8
#define SOURCE_FRAGMENT (DLB_QE_SCHED + 1u) /* counts one, in dlb_early.source */

_Static_assert(RTE_PMD_DLB_FRAGMENTS_MAX *SOURCE_FRAGMENT + DLB_QE_SCHED <= UINT8_MAX,
	       "the count of fragments has room");

/* A burst on its way: lines of one member at a time. */
struct extras_burst {
	struct dlb_event_port *port;
	struct dlb_member *member;
	struct dlb_writer writer;
};

static int
weight_check(const struct dlb_event_port *port, uint8_t weight)
{
	const struct dlb_limits *limits = &dlb_limits[port->evdev->gen];

	if (weight > 0 && !limits->has_cq_weight) {
		DLB_LOG(ERR, port->evdev, "port %u: weight %u: DLB %s has none: accepted is 0",
			port->id, weight, limits->name);
		return ENOTSUP;
	}
	if (weight <= WEIGHT_MAX && (weight & (weight - 1u)) == 0)
		return 0;
	DLB_LOG(ERR, port->evdev, "port %u: weight %u: accepted are 0, 1, 2, 4, 8", port->id,
		weight);
	return EINVAL;
}

static int
fragment_refuse(const struct dlb_event_port *port, int error, const char *accepted)
{
	DLB_LOG(ERR, port->evdev, "port %u: fragment: accepted is %s", port->id, accepted);
	return error;
}

/* Places of events that wait for an answer are known, and so is what kind of queue each came from. */
static int
fragment_check(const struct dlb_event_port *port, const struct dlb_member *m,
	       const struct rte_event *ev)
{
	uint8_t source;

	if (ev->op != RTE_EVENT_OP_FORWARD)
		return fragment_refuse(port, EINVAL, "an event with RTE_EVENT_OP_FORWARD");
	if (port->evdev->args.answers == DLB_ANSWERS_IN_ORDER)
		return fragment_refuse(port, ENOTSUP, "a device with answers=any");
	if (m->early == NULL || !m->notes_sources)
		return fragment_refuse(port, ENOTSUP, "an event from an ordered queue");
	if (m->outstanding == 0 || ((ev->impl_opaque - m->place_answered) & m->place_mask) != 0)
		return fragment_refuse(port, EINVAL,
				       "one for the oldest event that waits for its answer");
	source = m->early->source[m->place_answered & m->place_mask];
	if (dlb_qe_sched_type(source) != DLB_SCHED_ORDERED)
		return fragment_refuse(port, EINVAL, "an event that came as ordered");
	if (source >= RTE_PMD_DLB_FRAGMENTS_MAX * SOURCE_FRAGMENT)
		return fragment_refuse(port, EINVAL, "up to 16 of one event");
	return 0;
}

static void
burst_member(struct extras_burst *burst, struct dlb_member *m)
{
	if (burst->member == m)
		return;
	dlb_writer_end(&burst->writer);
	burst->member = m;
	burst->writer.pp = m->pp;
}

static void
event_send(struct extras_burst *burst, const struct rte_event *ev,
	   const struct rte_pmd_dlb_extra *extra, uint32_t op)
{
	struct dlb_member *m = burst->member;
	struct dlb_tally tally = { 0 };
	struct dlb_qe qe;

	event_pack(&qe, ev, op, burst->port, m, &tally);
	if (extra->weight > 0 && op != RTE_EVENT_OP_RELEASE)
		qe.misc = (uint8_t)(__builtin_ctz(extra->weight) << __builtin_ctz(DLB_QE_WEIGHT));
	if (extra->fragment) {
		qe.cmd = DLB_CMD_FRAG;
		m->early->source[m->place_answered & m->place_mask] += SOURCE_FRAGMENT;
	}
	if (extra->fragment || op == RTE_EVENT_OP_NEW)
		dlb_writer_put(&burst->writer, &qe);
	else
		member_answer(m, ev->impl_opaque, &qe, &burst->writer);
	if (op == RTE_EVENT_OP_RELEASE)
		dlb_credits_put(&burst->port->credits, 1);
}

/* Returns 0, or what rte_errno is to be. */
static int
event_enqueue(struct extras_burst *burst, const struct rte_event *ev,
	      const struct rte_pmd_dlb_extra *extra)
{
	struct dlb_event_port *port = burst->port;
	struct dlb_credit_pool *pool = port->counts_directed ? port->credits.directed : NULL;
	uint32_t id = event_member(port, ev);
	int32_t directed = pool == NULL ? 1 : dlb_pool_take(pool, 1, 0);
	uint32_t op = ev->op;
	int error = weight_check(port, extra->weight);

	if (error == 0 && id == DLB_PORT_MEMBERS_MAX) {
		port->rejects.not_owned++;
		error = EINVAL;
	}
	if (error == 0)
		burst_member(burst, &port->members[id]);
	if (error == 0 && extra->fragment)
		error = fragment_check(port, burst->member, ev);
	/* Forwards of what no port has dequeued, as in enqueue.h. */
	if (error == 0 && op == RTE_EVENT_OP_FORWARD && burst->member->outstanding == 0)
		op = RTE_EVENT_OP_NEW;
	if (error == 0)
		error = event_admit(port, burst->member, ev->event,
				    extra->fragment ? RTE_EVENT_OP_NEW : op, &directed);
	if (error == 0)
		event_send(burst, ev, extra, op);
	if (pool != NULL && directed > 0)
		dlb_pool_put(pool, directed);
	return error;
}

uint16_t
rte_pmd_dlb_enqueue_burst(uint8_t dev_id, uint8_t port_id, const struct rte_event ev[],
			  const struct rte_pmd_dlb_extra extra[], uint16_t n)
{
	struct extras_burst burst = { 0 };
	uint16_t i;
	int error;

	burst.port = dlb_control_running_port(dev_id, port_id, &error);
	if (burst.port == NULL) {
		rte_errno = -error;
		return 0;
	}
	burst.writer.transport = burst.port->evdev->transport;
	dlb_transport_fence(burst.writer.transport);
	for (i = 0; i < n; i++) {
		error = event_enqueue(&burst, &ev[i], &extra[i]);
		if (error != 0) {
			rte_errno = error;
			break;
		}
	}
	dlb_writer_end(&burst.writer);
	dlb_credits_trim(&burst.port->credits);
	return i;
}

/*
 * The entry of an event follows from its place. The device may have used the slot again since its token was
 * paid, but not more than once, or it would be ahead of the reader: then the generation bit is another.
 */
int
rte_pmd_dlb_depth_class(uint8_t dev_id, uint8_t port_id, const struct rte_event *ev)
{
	const struct dlb_event_port *port;
	const struct dlb_member *m;
	const struct dlb_cqe *entry;
	uint32_t id, index;
	uint8_t flags;
	int error;

	port = dlb_control_running_port(dev_id, port_id, &error);
	if (port == NULL)
		return error;
	id = dlb_answer_member(port, ev->impl_opaque);
	if (id >= port->nb_members || port->members[id].place_mask == 0)
		return -ENOTSUP;
	m = &port->members[id];
	index = m->cq_index - 1u - ((m->place_taken - 1u - ev->impl_opaque) & m->place_mask);
	entry = (const struct dlb_cqe *)(m->cq + (index & m->cq_mask) *
							 dlb_cq_stride(port->evdev->args.cq_mode));
	flags = __atomic_load_n(&entry->flags, __ATOMIC_ACQUIRE);
	if ((flags & DLB_CQE_GEN) != dlb_cqe_gen(index, m->cq_log2_ring))
		return -ENOENT;
	return (flags & DLB_CQE_DEPTH) >> __builtin_ctz(DLB_CQE_DEPTH);
}
