/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <rte_malloc.h>

#include "answer.h"
#include "dpdk_release.h"
#include "evdev.h"
#include "log.h"

/* Whether what a port forwards can be the answer to an ordered event. */
static bool
order_is_kept(const struct dlb_evdev *evdev)
{
	uint32_t q;

	for (q = 0; q < evdev->nb_queues; q++) {
		if (evdev->queues[q].sequence_numbers > 0)
			return true;
	}
	return false;
}

/* How many load-balanced members there are before one. */
static uint32_t
members_before(const struct dlb_event_port *port, uint32_t id)
{
	uint32_t count = 0;
	uint32_t m;

	for (m = 0; m < id; m++)
		count += port->members[m].kind == DLB_LDB;
	return count;
}

uint32_t
dlb_answers_places(const struct dlb_event_port *port, enum dlb_kind kind)
{
	uint32_t before = members_before(port, port->nb_members);

	if (kind == DLB_DIR || before >= DLB_PLACES_MEMBERS)
		return 0;
	return before == 0 ? DLB_PLACES : DLB_PLACES_MORE;
}

void
dlb_answers_number(struct dlb_event_port *port, struct dlb_member *m)
{
	uint32_t before = members_before(port, m->id);
	uint32_t span;

	if (m->id == 0)
		memset(port->span_member, DLB_PORT_MEMBERS_MAX, sizeof(port->span_member));
	m->place_base = DLB_PLACE_NONE | m->id;
	if (m->kind == DLB_DIR || before >= DLB_PLACES_MEMBERS)
		return;
	if (before > 0) {
		span = (DLB_PLACE_NONE >> DLB_PLACE_SPAN_SHIFT) + before;
		m->place_base = (uint8_t)(span << DLB_PLACE_SPAN_SHIFT);
		port->span_member[span] = m->id;
		return;
	}
	m->place_base = 0;
	for (span = 0; span < DLB_PLACES >> DLB_PLACE_SPAN_SHIFT; span++)
		port->span_member[span] = m->id;
}

bool
dlb_answers_in_any_order(const struct dlb_evdev *evdev, const struct dlb_event_port *port)
{
	return evdev->args.answers == DLB_ANSWERS_ANY ||
	       port->conf.event_port_cfg & DLB_PORT_CFG_INDEPENDENT_ENQ;
}

int
dlb_answers_create(const struct dlb_evdev *evdev, const struct dlb_event_port *port,
		   struct dlb_member *m)
{
	uint32_t places = dlb_answers_places(port, m->kind);

	if (places == 0 || !dlb_answers_in_any_order(evdev, port))
		return 0;
	m->early = rte_zmalloc_socket("dlb_early", sizeof(*m->early), RTE_CACHE_LINE_SIZE,
				      evdev->data->socket_id);
	if (m->early == NULL) {
		DLB_LOG(ERR, evdev, "port %u: no memory for %zu bytes", port->id,
			sizeof(*m->early));
		return -ENOMEM;
	}
	m->notes_sources = order_is_kept(evdev);
	m->place_mask = (uint8_t)(places - 1);
	return 0;
}

void
dlb_answers_destroy(struct dlb_member *m)
{
	rte_free(m->early);
	m->early = NULL;
}

void
dlb_answers_expect(struct dlb_member *m, uint16_t n, uint32_t stride)
{
	uint32_t place = m->place_taken & m->place_mask, at = m->cq_index & m->cq_mask;
	uint32_t run, i;
	const uint8_t *sched;
	uint8_t *source;

	for (; n > 0; n -= run) {
		run = RTE_MIN(n, RTE_MIN(m->place_mask + 1u - place, m->cq_mask + 1u - at));
		source = &m->early->source[place];
		sched = &m->cq[(size_t)at * stride + offsetof(struct dlb_cqe, sched)];
#pragma GCC unroll 4
		for (i = 0; i < run; i++)
			source[i] = sched[(size_t)i * stride] & DLB_QE_SCHED;
		place = (place + run) & m->place_mask;
		at = (at + run) & m->cq_mask;
	}
}
