/* SPDX-License-Identifier: BSD-3-Clause */
/* Events to lines and entries to events in portable C: one after the other, without a branch for any. */
#ifndef DLB_EVDEV_CONVERT_SCALAR_H
#define DLB_EVDEV_CONVERT_SCALAR_H

#include "convert.h"

/* The full lines of a burst. */
static __rte_always_inline void
lines_pack(struct dlb_lines *to, const struct rte_event ev[], uint32_t nb_lines,
	   const struct dlb_event_port *port, const struct dlb_member *m, enum dlb_burst burst,
	   struct dlb_tally *tally)
{
	struct dlb_qe *line;
	uint32_t i, slot;

	for (i = 0; i < nb_lines; i++, ev += DLB_QES_PER_LINE) {
		line = dlb_lines_at(to, i);
		for (slot = 0; slot < DLB_QES_PER_LINE; slot++)
			event_pack(&line[slot], &ev[slot], event_op(ev[slot].event, burst), port, m,
				   tally);
	}
}

static __rte_always_inline uint16_t
entries_unpack(const struct dlb_member *m, const uint8_t *entry, uint32_t stride,
	       struct rte_event ev[], uint16_t n, uint8_t gen, uint8_t place)
{
	return entries_unpack_each(m, entry, stride, ev, n, gen, place);
}

#endif /* DLB_EVDEV_CONVERT_SCALAR_H */
