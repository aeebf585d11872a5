/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The producer port of an embedded device: a ring of lines with one writer, the port's core, and one
 * reader, whoever runs the model. The writer fills slots in place and publishes them once per burst.
 */
#ifndef DLB_EVDEV_RING_H
#define DLB_EVDEV_RING_H

#include <stdint.h>
#include <string.h>

#include <rte_common.h>

#include "dlb_qe.h"

#define DLB_RING_LINES 256u

/*
 * With more lines than that in its ring, the writer takes them to the model itself, while it has them in its
 * caches; unless somebody else is at the model, for whom they can wait.
 */
#define DLB_RING_MANY 64u

struct dlb_embedded;

struct dlb_ring {
	/* The writer's. */
	uint32_t tail __rte_cache_aligned; /* lines published */
	uint32_t head_seen;
	const uint32_t *sleepers; /* threads that need the device run for them; see wait.h */
	struct dlb_embedded *embedded;
	/* The reader's. */
	uint32_t head __rte_cache_aligned; /* lines taken */
	uint16_t port;
	uint8_t kind; /* enum dlb_kind */

	struct dlb_qe lines[DLB_RING_LINES][DLB_QES_PER_LINE] __rte_cache_aligned;
};

/* Take what is in the ring to the model, if possible, and until there is room for lines in any case. */
void dlb_ring_make_room(struct dlb_ring *ring, uint32_t lines);

/* Run the device for those who sleep until it has something for them. */
void dlb_ring_wake(struct dlb_ring *ring);

/* Whether lines can follow without more ado, as far as the writer knows. */
static __rte_always_inline bool
dlb_ring_has_room(const struct dlb_ring *ring, uint32_t lines)
{
	return ring->tail - ring->head_seen + lines <= DLB_RING_MANY;
}

/* Make room for lines that are to be published together. */
static __rte_always_inline void
dlb_ring_reserve(struct dlb_ring *ring, uint32_t lines)
{
	if (unlikely(!dlb_ring_has_room(ring, lines))) {
		ring->head_seen = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
		if (!dlb_ring_has_room(ring, lines))
			dlb_ring_make_room(ring, lines);
	}
}

/* A line that is reserved: the first one, or one behind it. */
static __rte_always_inline struct dlb_qe *
dlb_ring_line(struct dlb_ring *ring, uint32_t i)
{
	return ring->lines[(ring->tail + i) % DLB_RING_LINES];
}

/* The first reserved lines are complete. Afterwards the writer looks for sleepers. */
static __rte_always_inline void
dlb_ring_post(struct dlb_ring *ring, uint32_t lines)
{
	__atomic_store_n(&ring->tail, ring->tail + lines, __ATOMIC_RELEASE);
	/* The processor may look before it stores: a sleeper sees to that, with membarrier(). */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static __rte_always_inline bool
dlb_ring_has_sleepers(const struct dlb_ring *ring)
{
	return __atomic_load_n(ring->sleepers, __ATOMIC_RELAXED) != 0;
}

#endif /* DLB_EVDEV_RING_H */
