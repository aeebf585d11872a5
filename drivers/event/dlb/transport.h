/* SPDX-License-Identifier: BSD-3-Clause */
/* How a line of four QEs leaves a core. The transport is a constant of the caller's variant. */
#ifndef DLB_EVDEV_TRANSPORT_H
#define DLB_EVDEV_TRANSPORT_H

#include "hot.h"
#include "line_store.h"
#include "port.h"
#include "ring.h"

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

static __rte_always_inline void
dlb_transport_write(enum dlb_transport transport, void *pp,
		    const struct dlb_qe line[DLB_QES_PER_LINE])
{
	switch (transport) {
	case DLB_TRANSPORT_RING:
		dlb_ring_write(pp, line);
		break;
	case DLB_TRANSPORT_MOVDIR64B:
		dlb_line_movdir64b(pp, line);
		break;
	case DLB_TRANSPORT_STORES:
		dlb_line_store(pp, line);
		break;
	}
}

/* The burst is complete: lines written so far may be seen. */
static __rte_always_inline void
dlb_transport_publish(enum dlb_transport transport, void *pp)
{
	if (transport == DLB_TRANSPORT_RING)
		dlb_ring_publish(pp);
}

#endif /* DLB_EVDEV_TRANSPORT_H */
