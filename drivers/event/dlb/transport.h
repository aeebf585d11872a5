/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How lines of four QEs leave a core. The transport is a constant of the caller's variant. The lines of
 * a burst are built first and sent together, so that a burst that turns out to be bad leaves no trace:
 * those of a ring in its slots, which nobody reads before they are published; those of a device aside.
 */
#ifndef DLB_EVDEV_TRANSPORT_H
#define DLB_EVDEV_TRANSPORT_H

#include "hot.h"
#include "line_store.h"
#include "port.h"
#include "ring.h"

/* The longest burst that is sent at once. */
#define DLB_CHUNK_LINES 16
#define DLB_CHUNK (DLB_CHUNK_LINES * DLB_QES_PER_LINE)

_Static_assert(DLB_CHUNK_LINES <= DLB_RING_LINES, "a chunk fits into a ring");

struct dlb_lines {
	enum dlb_transport transport;
	void *pp;
	struct dlb_qe (*staged)[DLB_QES_PER_LINE]; /* not for a ring */
};

/* Make room for up to count lines. */
static __rte_always_inline void
dlb_lines_begin(struct dlb_lines *lines, uint32_t count)
{
	if (lines->transport == DLB_TRANSPORT_RING)
		dlb_ring_reserve(lines->pp, count);
}

static __rte_always_inline struct dlb_qe *
dlb_lines_at(const struct dlb_lines *lines, uint32_t i)
{
	return lines->transport == DLB_TRANSPORT_RING ? dlb_ring_line(lines->pp, i)
						      : lines->staged[i];
}

/*
 * What follows hands memory to other cores: what this core wrote there must be visible before the line is.
 * Publishing a ring does that by itself; the stores to a device are weakly ordered.
 */
static __rte_always_inline void
dlb_transport_fence(enum dlb_transport transport)
{
	if (transport != DLB_TRANSPORT_RING)
		_mm_sfence();
}

/* Whether there is room already. */
static __rte_always_inline bool
dlb_lines_are_free(const struct dlb_lines *lines, uint32_t count)
{
	return lines->transport != DLB_TRANSPORT_RING || dlb_ring_has_room(lines->pp, count);
}

/* Send the first count lines, but leave those asleep who wait for the device to be run. */
static __rte_always_inline void
dlb_lines_post(const struct dlb_lines *lines, uint32_t count)
{
	uint32_t i;

	switch (lines->transport) {
	case DLB_TRANSPORT_RING:
		dlb_ring_post(lines->pp, count);
		break;
	case DLB_TRANSPORT_MOVDIR64B:
		for (i = 0; i < count; i++)
			dlb_line_movdir64b(lines->pp, lines->staged[i]);
		break;
	default:
		for (i = 0; i < count; i++)
			dlb_line_store(lines->pp, lines->staged[i]);
		break;
	}
}

static __rte_always_inline bool
dlb_lines_need_wake(const struct dlb_lines *lines)
{
	return lines->transport == DLB_TRANSPORT_RING && dlb_ring_has_sleepers(lines->pp);
}

static __rte_always_inline void
dlb_lines_wake(const struct dlb_lines *lines)
{
	if (unlikely(dlb_lines_need_wake(lines)))
		dlb_ring_wake(lines->pp);
}

/* Send the first count lines. */
static __rte_always_inline void
dlb_lines_send(const struct dlb_lines *lines, uint32_t count)
{
	dlb_lines_post(lines, count);
	dlb_lines_wake(lines);
}

/* Send one line. */
static __rte_always_inline void
dlb_line_send(enum dlb_transport transport, void *pp, const struct dlb_qe line[DLB_QES_PER_LINE])
{
	struct dlb_qe staged[1][DLB_QES_PER_LINE] __rte_cache_aligned;
	struct dlb_lines lines = { transport, pp, staged };

	dlb_lines_begin(&lines, 1);
	memcpy(dlb_lines_at(&lines, 0), line, DLB_LINE_BYTES);
	dlb_lines_send(&lines, 1);
}

/* QEs one by one, sent as their lines fill up. */
struct dlb_writer {
	enum dlb_transport transport;
	void *pp;
	uint32_t slot;
	struct dlb_qe line[DLB_QES_PER_LINE];
};

static __rte_always_inline void
dlb_writer_end(struct dlb_writer *w)
{
	if (w->slot > 0)
		dlb_line_send(w->transport, w->pp, w->line);
	memset(w->line, 0, sizeof(w->line));
	w->slot = 0;
}

static __rte_always_inline void
dlb_writer_put(struct dlb_writer *w, const struct dlb_qe *qe)
{
	w->line[w->slot++] = *qe;
	if (w->slot == DLB_QES_PER_LINE)
		dlb_writer_end(w);
}

#endif /* DLB_EVDEV_TRANSPORT_H */
