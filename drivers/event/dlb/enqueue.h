/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Enqueue: events to QEs, four to a line. A burst is checked and paid for as a whole, and shortened to
 * the longest prefix that can be sent; then lines are built without asking anything per event.
 */
#ifndef DLB_EVDEV_ENQUEUE_H
#define DLB_EVDEV_ENQUEUE_H

#include <errno.h>

#include <rte_branch_prediction.h>
#include <rte_errno.h>

#include "hot.h"
#include "port.h"
#include "transport.h"

#define DLB_STRAYS_MAX 16 /* copied at a time */

/* What the caller knows of a burst. */
enum dlb_burst { DLB_BURST_MIXED, DLB_BURST_NEW, DLB_BURST_FORWARD };

/* What a burst takes and gives back. */
struct dlb_burst_cost {
	uint16_t news;    /* events that enter the system */
	uint16_t answers; /* forwards and releases: each completes an event that the port holds */
	uint16_t releases;
	uint16_t directed; /* QEs for directed queues */
};

static __rte_always_inline uint32_t
event_op(const struct rte_event *ev, enum dlb_burst burst)
{
	switch (burst) {
	case DLB_BURST_NEW:
		return RTE_EVENT_OP_NEW;
	case DLB_BURST_FORWARD:
		return RTE_EVENT_OP_FORWARD;
	default:
		return ev->op;
	}
}

static inline bool
event_is_routed(const struct dlb_event_port *port, const struct rte_event *ev)
{
	return port->routes[ev->queue_id].valid >> ev->sched_type & 1;
}

/* The event that ends a burst early: count why. Returns what rte_errno is to be. */
static __rte_noinline int
burst_reject(struct dlb_event_port *port, const struct rte_event *ev, uint32_t op, bool is_held)
{
	if (op > RTE_EVENT_OP_RELEASE)
		port->rejects.bad_op++;
	else if (op == RTE_EVENT_OP_RELEASE && !is_held)
		port->rejects.not_owned++;
	else if (op == RTE_EVENT_OP_FORWARD && !is_held)
		return EINVAL; /* a stray: burst_finish() sees to it, and counts what is wrong with it */
	else if (port->routes[ev->queue_id].valid == 0)
		port->rejects.bad_queue++;
	else
		port->rejects.bad_schedule_type++;
	return EINVAL;
}

/*
 * The longest prefix of valid events, of which not more are NEW than paid for, and what it costs.
 * Releases need no valid queue.
 */
static __rte_always_inline uint16_t
burst_admit(struct dlb_event_port *port, const struct dlb_member *m, const struct rte_event ev[],
	    uint16_t n, uint16_t paid, enum dlb_burst burst, struct dlb_burst_cost *cost,
	    int *error)
{
	uint16_t i;

	*cost = (struct dlb_burst_cost){ 0 };
	*error = 0;
	for (i = 0; i < n; i++) {
		uint32_t op = event_op(&ev[i], burst);
		bool is_answer = op != RTE_EVENT_OP_NEW;
		bool is_held = cost->answers < m->outstanding;
		bool is_routed = op == RTE_EVENT_OP_RELEASE || event_is_routed(port, &ev[i]);

		if (unlikely(op > RTE_EVENT_OP_RELEASE || !is_routed || (is_answer && !is_held))) {
			*error = burst_reject(port, &ev[i], op, is_held);
			break;
		}
		if (unlikely(!is_answer && cost->news == paid)) {
			*error = ENOSPC;
			break;
		}
		cost->news += !is_answer;
		cost->answers += is_answer;
		cost->releases += op == RTE_EVENT_OP_RELEASE;
		cost->directed +=
			op != RTE_EVENT_OP_RELEASE && port->routes[ev[i].queue_id].kind == DLB_DIR;
	}
	return i;
}

static __rte_always_inline uint16_t
burst_count_new(const struct rte_event ev[], uint16_t n, enum dlb_burst burst)
{
	uint16_t news = 0;
	uint16_t i;

	if (burst == DLB_BURST_NEW)
		return n;
	if (burst == DLB_BURST_FORWARD)
		return 0;
	for (i = 0; i < n; i++)
		news += ev[i].op == RTE_EVENT_OP_NEW;
	return news;
}

/* Directed credits of the hardware, where they are scarcer than events: shorten the burst to fit. */
static __rte_noinline uint16_t
burst_pay_directed(struct dlb_event_port *port, const struct rte_event ev[], uint16_t n,
		   enum dlb_burst burst, struct dlb_burst_cost *cost, int *error)
{
	int32_t paid = dlb_pool_take(port->credits.directed, cost->directed, 0);
	uint16_t i;

	if (paid == cost->directed)
		return n;
	*cost = (struct dlb_burst_cost){ 0 };
	for (i = 0; i < n; i++) {
		uint32_t op = event_op(&ev[i], burst);
		bool is_directed =
			op != RTE_EVENT_OP_RELEASE && port->routes[ev[i].queue_id].kind == DLB_DIR;

		if (is_directed && cost->directed == paid)
			break;
		cost->directed += is_directed;
		cost->news += op == RTE_EVENT_OP_NEW;
		cost->answers += op != RTE_EVENT_OP_NEW;
		cost->releases += op == RTE_EVENT_OP_RELEASE;
	}
	*error = ENOSPC;
	return i;
}

/*
 * An event as a QE. Flow bits 0 to 15 are the lock id, and come back from a directed queue too; bits 16
 * to 19 and the event's types travel in the opaque word, the eventdev schedule type as message type.
 */
static __rte_always_inline void
qe_build(struct dlb_qe *qe, const struct rte_event *ev, const struct dlb_event_port *port,
	 const struct dlb_member *m, uint32_t op)
{
	const struct dlb_route *route = &port->routes[ev->queue_id];
	uint64_t sched = dlb_qe_sched(route->sched_map >> 2 * ev->sched_type & 3, ev->priority >> 5,
				      ev->sched_type);
	uint64_t word = ev->event;
	uint64_t control = (word >> 16 & 0xffff) << DLB_QE_OPAQUE_SHIFT |
			   (uint64_t)route->qid << DLB_QE_QID_SHIFT | sched << DLB_QE_SCHED_SHIFT |
			   (word & 0xffff) << DLB_QE_LOCK_SHIFT;

	/* A release is only its command. */
	control &= op == RTE_EVENT_OP_RELEASE ? 0 : UINT64_MAX;
	control |= (uint64_t)m->cmd[op] << DLB_QE_CMD_SHIFT;
	qe->data = ev->u64;
	memcpy(&qe->opaque, &control, sizeof(control));
}

/* Build and write the lines of a burst; owed tokens go along where a line has room. */
static __rte_always_inline void
burst_write(struct dlb_event_port *port, struct dlb_member *m, const struct rte_event ev[],
	    uint16_t n, enum dlb_burst burst, enum dlb_transport transport)
{
	struct dlb_qe line[DLB_QES_PER_LINE] __rte_cache_aligned;
	uint16_t i;
	uint32_t slot;

	dlb_transport_fence(transport);
	for (i = 0; i + DLB_QES_PER_LINE <= n; i += DLB_QES_PER_LINE) {
		for (slot = 0; slot < DLB_QES_PER_LINE; slot++)
			qe_build(&line[slot], &ev[i + slot], port, m,
				 event_op(&ev[i + slot], burst));
		dlb_transport_write(transport, m->pp, line);
	}
	if (i < n) {
		memset(line, 0, sizeof(line));
		for (slot = 0; i < n; i++, slot++)
			qe_build(&line[slot], &ev[i], port, m, event_op(&ev[i], burst));
		if (m->tokens_owed > 0) {
			line[slot] = dlb_qe_pop(m->tokens_owed);
			m->tokens_owed = 0;
		}
		dlb_transport_write(transport, m->pp, line);
	}
	dlb_transport_publish(transport, m->pp);
}

/* A burst of events that all belong to one member. Returns how many were sent. */
static __rte_always_inline uint16_t
member_enqueue(struct dlb_event_port *port, struct dlb_member *m, const struct rte_event ev[],
	       uint16_t n, enum dlb_burst burst, enum dlb_transport transport)
{
	uint16_t want = burst_count_new(ev, n, burst);
	uint16_t paid = want == 0 ? 0 : dlb_credits_take(&port->credits, want);
	struct dlb_burst_cost cost;
	uint16_t sent;
	int error;

	sent = burst_admit(port, m, ev, n, paid, burst, &cost, &error);
	if (unlikely(port->counts_directed) && cost.directed > 0)
		sent = burst_pay_directed(port, ev, sent, burst, &cost, &error);
	if (unlikely(error != 0)) {
		rte_errno = error;
		port->rejects.no_credit += error == ENOSPC;
		dlb_credits_put(&port->credits, paid - cost.news);
		if (sent == 0)
			return 0;
	}

	burst_write(port, m, ev, sent, burst, transport);
	m->outstanding -= cost.answers;
	if (cost.releases > 0)
		dlb_credits_put(&port->credits, cost.releases);
	return sent;
}

/* Events sent on by a port that holds none, as the NEW ones that they are. Returns how many. */
static uint16_t
strays_copy(const struct dlb_member *m, const struct rte_event ev[], uint16_t n,
	    enum dlb_burst burst, struct rte_event news[])
{
	uint16_t i;

	for (i = 0; i < RTE_MIN(n, DLB_STRAYS_MAX); i++) {
		if (m->outstanding > 0 || event_op(&ev[i], burst) != RTE_EVENT_OP_FORWARD)
			break;
		news[i] = ev[i];
		news[i].op = RTE_EVENT_OP_NEW;
	}
	return i;
}

/*
 * The rest of a burst that something ended early. A crypto adapter in OP_NEW mode forwards what no port
 * has ever dequeued: such events enter the system here, and are paid for like any that do.
 */
static __rte_noinline uint16_t
burst_finish(struct dlb_event_port *port, struct dlb_member *m, const struct rte_event ev[],
	     uint16_t n, enum dlb_burst burst, enum dlb_transport transport)
{
	struct rte_event news[DLB_STRAYS_MAX];
	uint16_t sent = 0;
	uint16_t strays, done;

	do {
		strays = strays_copy(m, &ev[sent], n - sent, burst, news);
		done = strays > 0 ? member_enqueue(port, m, news, strays, DLB_BURST_NEW, transport)
				  : member_enqueue(port, m, &ev[sent], n - sent, burst, transport);
		sent += done;
	} while (done > 0 && sent < n);
	return sent;
}

static __rte_always_inline uint16_t
run_enqueue(struct dlb_event_port *port, struct dlb_member *m, const struct rte_event ev[],
	    uint16_t n, enum dlb_burst burst, enum dlb_transport transport)
{
	uint16_t sent = member_enqueue(port, m, ev, n, burst, transport);

	if (unlikely(sent < n) && m->outstanding == 0 &&
	    event_op(&ev[sent], burst) == RTE_EVENT_OP_FORWARD)
		sent += burst_finish(port, m, &ev[sent], n - sent, burst, transport);
	return sent;
}

/* The member that an event must be sent through, or DLB_PORT_MEMBERS_MAX when it names none. */
static inline uint32_t
event_member(const struct dlb_event_port *port, const struct rte_event *ev)
{
	if (ev->op == RTE_EVENT_OP_NEW)
		return 0;
	return ev->impl_opaque < port->nb_members ? ev->impl_opaque : DLB_PORT_MEMBERS_MAX;
}

/* A port with several members: send runs of events that belong to the same one. */
static __rte_noinline uint16_t
members_enqueue(struct dlb_event_port *port, const struct rte_event ev[], uint16_t n,
		enum dlb_transport transport)
{
	uint16_t sent = 0;
	uint16_t run, done;
	uint32_t member;

	while (sent < n) {
		member = event_member(port, &ev[sent]);
		if (member == DLB_PORT_MEMBERS_MAX) {
			port->rejects.not_owned++;
			rte_errno = EINVAL;
			break;
		}
		for (run = 1; sent + run < n; run++) {
			if (event_member(port, &ev[sent + run]) != member)
				break;
		}
		done = run_enqueue(port, &port->members[member], &ev[sent], run, DLB_BURST_MIXED,
				   transport);
		sent += done;
		if (done < run)
			break;
	}
	return sent;
}

static __rte_always_inline uint16_t
dlb_enqueue(struct dlb_event_port *port, const struct rte_event ev[], uint16_t n,
	    enum dlb_burst burst, struct dlb_variant variant)
{
	if (likely(port->nb_members == 1) || burst == DLB_BURST_NEW)
		return run_enqueue(port, &port->members[0], ev, n, burst, variant.transport);
	return members_enqueue(port, ev, n, variant.transport);
}

#endif /* DLB_EVDEV_ENQUEUE_H */
