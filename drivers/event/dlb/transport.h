/* SPDX-License-Identifier: BSD-3-Clause */
/* How a line of four QEs leaves a core. The transport is a constant of the caller's variant. */
#ifndef DLB_EVDEV_TRANSPORT_H
#define DLB_EVDEV_TRANSPORT_H

#include "hot.h"
#include "port.h"
#include "ring.h"

static __rte_always_inline void
dlb_transport_write(enum dlb_transport transport, void *pp,
		    const struct dlb_qe line[DLB_QES_PER_LINE])
{
	switch (transport) {
	case DLB_TRANSPORT_RING:
		dlb_ring_write(pp, line);
		break;
	default:
		break;
	}
}

/* The burst is complete: lines written so far may be seen, payloads first. */
static __rte_always_inline void
dlb_transport_publish(enum dlb_transport transport, void *pp)
{
	switch (transport) {
	case DLB_TRANSPORT_RING:
		dlb_ring_publish(pp);
		break;
	default:
		break;
	}
}

#endif /* DLB_EVDEV_TRANSPORT_H */
