/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Dequeue: CQ entries to events. A poll reads the contiguous run of new entries, and costs nothing
 * more when there is one. A poll that finds none does what can wait: it pays tokens, gives credits
 * back, lets an embedded device run, and waits if the caller asked for that.
 */
#ifndef DLB_EVDEV_DEQUEUE_H
#define DLB_EVDEV_DEQUEUE_H

#include <sched.h>

#include <rte_branch_prediction.h>
#include <rte_cycles.h>

#include "answer.h"
#include "embedded.h"
#include "evdev.h"
#include "hot.h"
#include "port.h"
#include "transport.h"
#include "wait.h"

/* Pumps in vain before a port offers its CPU to others. */
#define DLB_IDLE_PUMPS 32

static __rte_always_inline void
tokens_pay(struct dlb_member *m, enum dlb_transport transport)
{
	struct dlb_qe line[DLB_QES_PER_LINE] = { dlb_qe_pop(m->tokens_owed - m->tokens_kept) };

	m->tokens_owed = m->tokens_kept;
	dlb_line_send(transport, m->pp, line);
}

/*
 * Complete what the member holds, and between those events the ones whose answers waited for them. A
 * directed port owes no completions, only credits.
 */
static __rte_noinline void
member_release(struct dlb_event_port *port, struct dlb_member *m, enum dlb_transport transport)
{
	struct dlb_writer writer = { .transport = transport, .pp = m->pp };
	struct dlb_qe qe;

	dlb_credits_put(&port->credits, m->outstanding);
	if (m->kind == DLB_DIR) {
		m->outstanding = 0;
		return;
	}
	/* A completion may hand a flow, and what belongs to it, to another core. */
	dlb_transport_fence(transport);
	while (m->outstanding > 0) {
		dlb_answer_oldest(m);
		dlb_writer_put(&writer, &(struct dlb_qe){ .cmd = DLB_CMD_REL });
		while (dlb_answer_waiting(m, &qe))
			dlb_writer_put(&writer, &qe);
	}
	if (writer.slot > 0 && m->tokens_owed > m->tokens_kept) {
		qe = dlb_qe_pop(m->tokens_owed - m->tokens_kept);
		dlb_writer_put(&writer, &qe);
		m->tokens_owed = m->tokens_kept;
	}
	dlb_writer_end(&writer);
}

static __rte_always_inline void
port_release_held(struct dlb_event_port *port, enum dlb_transport transport)
{
	uint32_t i;

	for (i = 0; i < port->nb_members; i++) {
		if (port->members[i].outstanding > 0)
			member_release(port, &port->members[i], transport);
	}
}

/*
 * A corrupt entry at the head of a CQ: there is no event in it, but its token and its completion are owed.
 * Completions are positional: it is answered once everything before it is.
 */
static __rte_noinline void
member_discard(struct dlb_event_port *port, struct dlb_member *m, enum dlb_transport transport)
{
	if (m->outstanding > 0)
		return;
	port->corrupt_entries++;
	m->cq_index++;
	m->tokens_owed++;
	m->outstanding++;
	m->place_taken++;
	if (m->kind == DLB_DIR && port->counts_directed)
		dlb_pool_put(port->credits.directed, 1);
	member_release(port, m, transport);
}

/* Nothing good at the head of a CQ: nothing at all, or an entry that is corrupt. */
static __rte_always_inline void
member_look_closer(struct dlb_event_port *port, struct dlb_member *m, struct dlb_variant variant)
{
	const uint8_t *entry = m->cq + (m->cq_index & m->cq_mask) * dlb_cq_stride(variant.cq_mode);
	uint64_t word = __atomic_load_n((const uint64_t *)entry + 1, __ATOMIC_ACQUIRE);
	uint8_t gen = dlb_cqe_gen(m->cq_index, m->cq_log2_ring);

	if (unlikely(entry_is_good(word, gen | DLB_CQE_ERROR)))
		member_discard(port, m, variant.transport);
}

/* Take the run of new entries at the head of a CQ, up to n. */
static __rte_always_inline uint16_t
member_poll(struct dlb_event_port *port, struct dlb_member *m, struct rte_event ev[], uint16_t n,
	    struct dlb_variant variant)
{
	const uint32_t stride = dlb_cq_stride(variant.cq_mode);
	uint32_t index = m->cq_index;
	uint16_t got = 0;
	uint16_t lap, taken;

	/* A lap at a time, since entries of one have the same generation. */
	do {
		lap = (uint16_t)RTE_MIN(n - got, m->cq_mask + 1 - (int)(index & m->cq_mask));
		taken = entries_unpack(m, m->cq + (index & m->cq_mask) * stride, stride, &ev[got],
				       lap, dlb_cqe_gen(index, m->cq_log2_ring),
				       (uint8_t)(m->place_taken + got));
		index += taken;
		got += taken;
	} while (unlikely(taken == lap && got < n));
	if (got == 0) {
		member_look_closer(port, m, variant);
		return 0;
	}

	if (m->notes_sources)
		dlb_answers_expect(m, got, stride);
	m->cq_index = index;
	m->tokens_owed += got;
	m->outstanding += got;
	m->place_taken += (uint8_t)got;
	if (m->tokens_owed >= m->tokens_due)
		tokens_pay(m, variant.transport);
	if (unlikely(port->counts_directed) && m->kind == DLB_DIR)
		dlb_pool_put(port->credits.directed, got);
	return got;
}

/*
 * Poll all members of a port. What is beside the usual way polls with this as well: a copy of the
 * conversion at each such place would cost compilers minutes, and gain nothing.
 */
static __rte_noinline uint16_t
members_poll(struct dlb_event_port *port, struct rte_event ev[], uint16_t n,
	     struct dlb_variant variant)
{
	uint32_t at = port->next_member;
	uint16_t got = 0;
	uint32_t i;

	/* Start with another member each time, or the first would starve the others. */
	for (i = 0; i < port->nb_members && got < n; i++) {
		if (++at >= port->nb_members)
			at = 0;
		got += member_poll(port, &port->members[at], &ev[got], n - got, variant);
	}
	port->next_member = (uint16_t)at;
	return got;
}

static __rte_always_inline uint16_t
port_poll(struct dlb_event_port *port, struct rte_event ev[], uint16_t n,
	  struct dlb_variant variant)
{
	if (likely(port->nb_members == 1))
		return member_poll(port, &port->members[0], ev, n, variant);
	return members_poll(port, ev, n, variant);
}

/*
 * Run the embedded device, if that is for its workers to do. Cores may be shared, where there is no
 * hardware: a port that keeps finding nothing offers its CPU to the thread that has what it waits for,
 * unless a timer would be late for that.
 */
static __rte_noinline void
port_pump(struct dlb_event_port *port)
{
	if (port->embedded != NULL && dlb_embedded_pump(port->embedded) > 0)
		port->idle_pumps = 0;
	else if (++port->idle_pumps % DLB_IDLE_PUMPS == 0 &&
		 !dlb_timers_are_near(&port->evdev->timers))
		sched_yield();
}

static __rte_always_inline void
port_pay(struct dlb_event_port *port, enum dlb_transport transport)
{
	uint32_t i;

	for (i = 0; i < port->nb_members; i++) {
		if (port->members[i].tokens_owed > port->members[i].tokens_kept)
			tokens_pay(&port->members[i], transport);
	}
}

/* Nothing was there: settle what the port owes, and let the device run. */
static __rte_always_inline void
port_idle(struct dlb_event_port *port, enum dlb_transport transport)
{
	port_pay(port, transport);
	dlb_credits_return(&port->credits);
	if (unlikely(__atomic_load_n(&port->evdev->links_pending, __ATOMIC_RELAXED) != 0))
		dlb_evdev_links_poll(port->evdev);
	if (unlikely(port->needs_attention))
		dlb_event_port_attend(port);
	if (dlb_timers_are_due(&port->evdev->timers))
		dlb_timers_poll(port->evdev);
	if (transport == DLB_TRANSPORT_RING)
		port_pump(port);
}

static __rte_always_inline void
members_arm(struct dlb_event_port *port, enum dlb_transport transport)
{
	static const struct dlb_qe line[DLB_QES_PER_LINE] = { { .cmd = DLB_CMD_ARM } };
	uint32_t i;

	for (i = 0; i < port->nb_members; i++)
		dlb_line_send(transport, port->members[i].pp, line);
}

/* Poll once, after whatever is due. */
static __rte_always_inline uint16_t
port_idle_poll(struct dlb_event_port *port, struct rte_event ev[], uint16_t n,
	       struct dlb_variant variant)
{
	port_idle(port, variant.transport);
	return members_poll(port, ev, n, variant);
}

/*
 * Sleep until an interrupt or the deadline. Tokens are paid: an interrupt counts what is not. An event
 * that comes between the last poll and the sleep is not lost: the CQs are armed before that poll.
 */
static __rte_always_inline uint16_t
port_sleep(struct dlb_event_port *port, struct rte_event ev[], uint16_t n, uint64_t deadline,
	   struct dlb_variant variant)
{
	uint16_t got;

	members_arm(port, variant.transport);
	dlb_wait_begin(port);
	got = members_poll(port, ev, n, variant);
	if (got == 0)
		dlb_wait_sleep(port, deadline);
	dlb_wait_end(port);
	return got > 0 ? got : port_idle_poll(port, ev, n, variant);
}

/* Spin for a while, then sleep: unless the port cannot, or links wait for what idle ports do. */
static __rte_always_inline uint16_t
port_wait(struct dlb_event_port *port, struct rte_event ev[], uint16_t n, uint64_t ticks,
	  struct dlb_variant variant)
{
	uint64_t start = rte_get_timer_cycles();
	uint64_t deadline = ticks > UINT64_MAX - start ? UINT64_MAX : start + ticks;
	uint64_t spun = start + port->spin_ticks;
	uint16_t got;

	do {
		dlb_wait_pause(port, RTE_MIN(spun, deadline));
		got = port_idle_poll(port, ev, n, variant);
	} while (got == 0 && rte_get_timer_cycles() < RTE_MIN(spun, deadline));
	if (got == 0 && spun < deadline && port->wait.state == DLB_WAIT_UNKNOWN)
		dlb_wait_create(port->evdev, port);

	while (got == 0 && rte_get_timer_cycles() < deadline) {
		if (port->wait.state == DLB_WAIT_SLEEPS &&
		    __atomic_load_n(&port->evdev->links_pending, __ATOMIC_RELAXED) == 0) {
			got = port_sleep(port, ev, n, deadline, variant);
		} else {
			dlb_wait_pause(port, deadline);
			got = port_idle_poll(port, ev, n, variant);
		}
	}
	return got;
}

/* The first poll found nothing. */
static __rte_noinline uint16_t
port_poll_again(struct dlb_event_port *port, struct rte_event ev[], uint16_t n,
		uint64_t timeout_ticks, struct dlb_variant variant)
{
	uint16_t got = port_idle_poll(port, ev, n, variant);

	if (got > 0 || timeout_ticks == 0)
		return got;
	return port_wait(port, ev, n, port->times_per_call ? timeout_ticks : port->timeout_ticks,
			 variant);
}

static __rte_always_inline uint16_t
dlb_dequeue(struct dlb_event_port *port, struct rte_event ev[], uint16_t n, uint64_t timeout_ticks,
	    struct dlb_variant variant)
{
	uint16_t got;

	if (port->releases_implicitly)
		port_release_held(port, variant.transport);

	got = port_poll(port, ev, n, variant);
	if (likely(got > 0))
		return got;
	return port_poll_again(port, ev, n, timeout_ticks, variant);
}

/* The same as a function. */
static __rte_noinline uint16_t
port_dequeue(struct dlb_event_port *port, struct rte_event ev[], uint16_t n, uint64_t timeout_ticks,
	     struct dlb_variant variant)
{
	return dlb_dequeue(port, ev, n, timeout_ticks, variant);
}

/* An event is taken, and many tokens are owed. */
static __rte_noinline uint16_t
dequeue_one_end(struct dlb_member *m, enum dlb_transport transport)
{
	tokens_pay(m, transport);
	return 1;
}

/*
 * One event: the usual case without loops. What is not usual leaves by a call that is the last thing
 * done, as in dlb_enqueue_one().
 */
static __rte_always_inline uint16_t
dlb_dequeue_one(struct dlb_event_port *port, struct rte_event *ev, uint64_t timeout_ticks,
		struct dlb_variant variant)
{
	struct dlb_member *m = &port->members[0];
	const uint8_t *entry;
	uint64_t word;

	if (unlikely(port->nb_members != 1 || port->counts_directed || port->releases_implicitly ||
		     m->notes_sources))
		return port_dequeue(port, ev, 1, timeout_ticks, variant);
	entry = m->cq + (m->cq_index & m->cq_mask) * dlb_cq_stride(variant.cq_mode);
	word = __atomic_load_n((const uint64_t *)entry + 1, __ATOMIC_ACQUIRE);
	if (!entry_is_good(word, dlb_cqe_gen(m->cq_index, m->cq_log2_ring)))
		return port_dequeue(port, ev, 1, timeout_ticks, variant);

	ev->event = event_word(&m->format, word) | (uint64_t)(m->place_taken & m->place_mask)
							   << EVENT_OPAQUE_SHIFT;
	ev->u64 = *(const uint64_t *)entry;
	m->cq_index++;
	m->outstanding++;
	m->place_taken++;
	if (unlikely(++m->tokens_owed >= m->tokens_due))
		return dequeue_one_end(m, variant.transport);
	return 1;
}

#endif /* DLB_EVDEV_DEQUEUE_H */
