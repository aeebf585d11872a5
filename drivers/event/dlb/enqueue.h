/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Enqueue: events to QEs, four to a line. The lines of a burst are built without asking anything per
 * event; what was found on the way is judged once, and then they are sent, or, if anything is unusual,
 * forgotten, and the burst goes event by event.
 */
#ifndef DLB_EVDEV_ENQUEUE_H
#define DLB_EVDEV_ENQUEUE_H

#include <errno.h>

#include <rte_errno.h>

#include "answer.h"
#include "port.h"
#include "transport.h"

/* The event that ends a burst early: count why. Returns what rte_errno is to be. */
static __rte_noinline int
event_reject(struct dlb_event_port *port, uint64_t word, uint32_t op)
{
	if (op > RTE_EVENT_OP_RELEASE)
		port->rejects.bad_op++;
	else if (op == RTE_EVENT_OP_RELEASE)
		port->rejects.not_owned++;
	else if (!dlb_route_has_queue(port->routes, (uint8_t)(word >> EVENT_QUEUE_SHIFT)))
		port->rejects.bad_queue++;
	else
		port->rejects.bad_schedule_type++;
	return EINVAL;
}

/*
 * Whether an event may be sent, and taking what it costs: returns 0, or what rte_errno is to be.
 * Directed credits of the hardware are paid ahead for the whole burst, where they are counted.
 */
static __rte_always_inline int
event_admit(struct dlb_event_port *port, const struct dlb_member *m, uint64_t word, uint32_t op,
	    int32_t *directed)
{
	bool is_release = op == RTE_EVENT_OP_RELEASE;
	uint32_t route = is_release ? 0 : dlb_route_of(port->routes, word);
	bool is_directed = !is_release && dlb_route_is_directed(route);

	if (op > RTE_EVENT_OP_RELEASE || route & DLB_ROUTE_REFUSED ||
	    (is_release && m->outstanding == 0))
		return event_reject(port, word, op);
	if ((is_directed && *directed == 0) ||
	    (op == RTE_EVENT_OP_NEW && dlb_credits_take(&port->credits, 1) == 0)) {
		port->rejects.no_credit++;
		return ENOSPC;
	}
	*directed -= is_directed;
	return 0;
}

/* An answer whose turn has come goes, and then those that waited for it; another one waits. */
static __rte_always_inline void
member_answer(struct dlb_member *m, uint8_t place, struct dlb_qe *qe, struct dlb_writer *writer)
{
	if (!dlb_answer_is_due(m, place)) {
		if (dlb_answer_keep(m, place, qe))
			dlb_writer_put(writer, qe);
		return;
	}
	dlb_answer_oldest(m);
	do
		dlb_writer_put(writer, qe);
	while (dlb_answer_waiting(m, qe));
}

/* A burst event by event: it ends with the first one that cannot be sent. Returns how many were. */
static __rte_noinline uint16_t
member_enqueue_each(struct dlb_event_port *port, struct dlb_member *m, const struct rte_event ev[],
		    uint16_t n, enum dlb_burst burst, enum dlb_transport transport)
{
	struct dlb_credit_pool *pool = port->counts_directed ? port->credits.directed : NULL;
	int32_t directed = pool == NULL ? n : dlb_pool_take(pool, n, 0);
	struct dlb_writer writer = { .transport = transport, .pp = m->pp };
	struct dlb_tally tally = { 0 };
	struct dlb_qe qe;
	uint32_t op;
	uint16_t i;
	int error;

	dlb_transport_fence(transport);
	for (i = 0; i < n; i++) {
		op = event_op(ev[i].event, burst);
		/*
		 * A crypto adapter in OP_NEW mode forwards what no port has ever dequeued: such events enter
		 * the system here, and are paid for like any that do.
		 */
		if (op == RTE_EVENT_OP_FORWARD && m->outstanding == 0)
			op = RTE_EVENT_OP_NEW;
		error = event_admit(port, m, ev[i].event, op, &directed);
		if (error != 0) {
			rte_errno = error;
			break;
		}
		event_pack(&qe, &ev[i], op, port, m, &tally);
		if (op == RTE_EVENT_OP_NEW)
			dlb_writer_put(&writer, &qe);
		else
			member_answer(m, ev[i].impl_opaque, &qe, &writer);
		if (op == RTE_EVENT_OP_RELEASE)
			dlb_credits_put(&port->credits, 1);
	}
	dlb_writer_end(&writer);
	dlb_credits_trim(&port->credits);
	if (pool != NULL && directed > 0)
		dlb_pool_put(pool, directed);
	return i;
}

/* Build the lines of a burst; owed tokens go along where they are worth a slot. Returns their number. */
static __rte_always_inline uint32_t
burst_pack(struct dlb_lines *lines, const struct dlb_event_port *port, const struct dlb_member *m,
	   const struct rte_event ev[], uint16_t n, enum dlb_burst burst, struct dlb_tally *tally)
{
	uint32_t full = n / DLB_QES_PER_LINE;
	uint32_t rest = n % DLB_QES_PER_LINE;
	struct dlb_qe *line;

	lines_pack(lines, ev, full, port, m, burst, tally);
	if (rest == 0)
		return full;
	line = dlb_lines_at(lines, full);
	line_pack_part(line, &ev[n - rest], rest, port, m, burst, tally);
	if (m->tokens_owed >= m->tokens_worth) {
		tally->tokens = m->tokens_owed - m->tokens_kept;
		line[rest] = dlb_qe_pop(tally->tokens);
	}
	return full + 1;
}

/* A burst of events that all belong to one member, not longer than a chunk. Returns how many were sent. */
static __rte_always_inline uint16_t
member_enqueue(struct dlb_event_port *port, struct dlb_member *m, const struct rte_event ev[],
	       uint16_t n, enum dlb_burst burst, enum dlb_transport transport)
{
	struct dlb_qe staged[DLB_CHUNK_LINES][DLB_QES_PER_LINE] __rte_cache_aligned;
	struct dlb_lines lines = { transport, m->pp, staged };
	struct dlb_tally tally = { .refused = port->counts_directed || m->nb_early > 0,
				   .place = m->place_answered };
	uint32_t nb_lines, answers;

	dlb_lines_begin(&lines, (n + DLB_QES_PER_LINE - 1u) / DLB_QES_PER_LINE);
	nb_lines = burst_pack(&lines, port, m, ev, n, burst, &tally);
	answers = n - tally.news;
	if (unlikely(tally.refused & 1 || tally.stray & m->place_mask || answers > m->outstanding ||
		     !dlb_credits_take_all(&port->credits, tally.news)))
		return member_enqueue_each(port, m, ev, n, burst, transport);

	dlb_transport_fence(transport);
	dlb_lines_send(&lines, nb_lines);
	m->outstanding -= answers;
	m->place_answered += (uint8_t)answers;
	m->tokens_owed -= tally.tokens;
	if (tally.releases > 0)
		dlb_credits_put(&port->credits, tally.releases);
	return n;
}

/* The member that an event must be sent through, or DLB_PORT_MEMBERS_MAX when it names none. */
static inline uint32_t
event_member(const struct dlb_event_port *port, const struct rte_event *ev)
{
	uint32_t member;

	if (ev->op == RTE_EVENT_OP_NEW)
		return 0;
	member = dlb_answer_member(port, ev->impl_opaque);
	return member < port->nb_members ? member : DLB_PORT_MEMBERS_MAX;
}

/* The same as a function: whoever sends runs of a burst does not need a copy for each. */
static __rte_noinline uint16_t
member_enqueue_run(struct dlb_event_port *port, struct dlb_member *m, const struct rte_event ev[],
		   uint16_t n, enum dlb_burst burst, enum dlb_transport transport)
{
	return member_enqueue(port, m, ev, n, burst, transport);
}

/* How many events of a burst, at least one, belong to the member that the first one does. */
static inline uint16_t
members_run(const struct dlb_event_port *port, const struct rte_event ev[], uint16_t n,
	    uint32_t member)
{
	uint16_t run;

	for (run = 1; run < n && event_member(port, &ev[run]) == member;)
		run++;
	return run;
}

/* A port with several members, or a long burst: send runs of events that belong to the same one. */
static __rte_noinline uint16_t
members_enqueue(struct dlb_event_port *port, const struct rte_event ev[], uint16_t n,
		enum dlb_burst burst, enum dlb_transport transport)
{
	bool one = port->nb_members == 1 || burst == DLB_BURST_NEW;
	uint32_t member = 0;
	uint16_t sent = 0;
	uint16_t run, done;

	while (sent < n) {
		run = (uint16_t)RTE_MIN(n - sent, DLB_CHUNK);
		if (!one) {
			member = event_member(port, &ev[sent]);
			run = members_run(port, &ev[sent], run, member);
		}
		if (member == DLB_PORT_MEMBERS_MAX) {
			port->rejects.not_owned++;
			rte_errno = EINVAL;
			break;
		}
		done = member_enqueue_run(port, &port->members[member], &ev[sent], run, burst,
					  transport);
		sent += done;
		if (done < run)
			break;
	}
	return sent;
}

static __rte_always_inline uint16_t
dlb_enqueue(struct dlb_event_port *port, const struct rte_event ev[], uint16_t n,
	    enum dlb_burst burst, enum dlb_transport transport)
{
	if (likely((port->nb_members == 1 || burst == DLB_BURST_NEW) && n <= DLB_CHUNK))
		return member_enqueue(port, &port->members[0], ev, n, burst, transport);
	return members_enqueue(port, ev, n, burst, transport);
}

/* An event is sent: what is seldom left to do. */
static __rte_noinline uint16_t
enqueue_one_end(struct dlb_event_port *port, void *pp, enum dlb_transport transport)
{
	dlb_lines_wake(&(struct dlb_lines){ .transport = transport, .pp = pp });
	dlb_credits_trim(&port->credits);
	return 1;
}

/* Pay for an event of a known operation, a new one from the cache; false: it is not a usual one. */
static __rte_always_inline bool
enqueue_one_pays(struct dlb_event_port *port, struct dlb_member *m, uint64_t word, uint32_t op)
{
	uint8_t stray = (uint8_t)(word >> EVENT_OPAQUE_SHIFT) ^ m->place_answered;

	if (op == RTE_EVENT_OP_NEW) {
		port->credits.cached--;
		return true;
	}
	if (stray & m->place_mask || m->outstanding == 0 || m->nb_early > 0)
		return false;
	m->outstanding--;
	m->place_answered++;
	if (op == RTE_EVENT_OP_RELEASE)
		port->credits.cached++;
	return true;
}

static uint16_t enqueue_one_refill(struct dlb_event_port *port, const struct rte_event *ev,
				   enum dlb_transport transport);

/*
 * One event of a known operation. What is not usual leaves by a call that is the last thing done, so
 * that nothing need be kept over calls.
 */
static __rte_always_inline uint16_t
enqueue_one(struct dlb_event_port *port, const struct rte_event *ev, uint32_t op,
	    enum dlb_transport transport)
{
	struct dlb_qe staged[1][DLB_QES_PER_LINE] __rte_cache_aligned;
	struct dlb_member *m = &port->members[0];
	struct dlb_lines lines = { transport, m->pp, staged };
	bool is_release = op == RTE_EVENT_OP_RELEASE;
	uint64_t word = ev->event, fixed = (uint64_t)m->cmd[op] << DLB_QE_CMD_SHIFT;
	uint32_t route = is_release ? 0 : dlb_route_of(port->routes, word);
	struct dlb_qe *line;

	if (unlikely(port->nb_members != 1 || port->counts_directed ||
		     !dlb_lines_are_free(&lines, 1) || route & DLB_ROUTE_REFUSED))
		return members_enqueue(port, ev, 1, DLB_BURST_MIXED, transport);
	if (unlikely(op == RTE_EVENT_OP_NEW && port->credits.cached <= 0))
		return enqueue_one_refill(port, ev, transport);
	if (unlikely(!enqueue_one_pays(port, m, word, op)))
		return members_enqueue(port, ev, 1, DLB_BURST_MIXED, transport);

	line = dlb_lines_at(&lines, 0);
	if (is_release)
		line_store_one(line, _mm_set_epi64x((int64_t)fixed, 0));
	else
		line_store_one(line, qe_of_event(ev, fixed | route |
							     (word >> PRIORITY_TO_QE &
							      QE_PRIORITY_MASK)));
	if (m->tokens_owed >= m->tokens_worth) {
		line[1] = dlb_qe_pop(m->tokens_owed - m->tokens_kept);
		m->tokens_owed = m->tokens_kept;
	}
	dlb_transport_fence(transport);
	dlb_lines_post(&lines, 1);
	if (unlikely(dlb_lines_need_wake(&lines) ||
		     (is_release && dlb_credits_are_many(&port->credits))))
		return enqueue_one_end(port, lines.pp, transport);
	return 1;
}

/* A new event, and no credit in the cache. */
static __rte_noinline uint16_t
enqueue_one_refill(struct dlb_event_port *port, const struct rte_event *ev,
		   enum dlb_transport transport)
{
	if (!dlb_credits_refill(&port->credits))
		return members_enqueue(port, ev, 1, DLB_BURST_MIXED, transport);
	return enqueue_one(port, ev, RTE_EVENT_OP_NEW, transport);
}

/* One event. A burst of one, but for the usual kinds of it, which need neither loop nor tally. */
static __rte_always_inline uint16_t
dlb_enqueue_one(struct dlb_event_port *port, const struct rte_event *ev,
		enum dlb_transport transport)
{
	switch (event_op(ev->event, DLB_BURST_MIXED)) {
	case RTE_EVENT_OP_NEW:
		return enqueue_one(port, ev, RTE_EVENT_OP_NEW, transport);
	case RTE_EVENT_OP_FORWARD:
		return enqueue_one(port, ev, RTE_EVENT_OP_FORWARD, transport);
	case RTE_EVENT_OP_RELEASE:
		return enqueue_one(port, ev, RTE_EVENT_OP_RELEASE, transport);
	default:
		return members_enqueue(port, ev, 1, DLB_BURST_MIXED, transport);
	}
}

#endif /* DLB_EVDEV_ENQUEUE_H */
