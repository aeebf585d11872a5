/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the two halves of an embedded device share: embedded.c, the bus that the PF layer uses, and
 * embedded_sched.c, whatever runs the model.
 */
#ifndef DLB_EVDEV_EMBEDDED_DEVICE_H
#define DLB_EVDEV_EMBEDDED_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_spinlock.h>
#include <rte_thread.h>

#include "dlb_bus.h"
#include "dlb_model.h"

#include "embedded.h"
#include "ring.h"

#define NAME_BYTES 64

struct dlb_embedded {
	/* Read by everybody who writes to a ring. A thread that runs the device sleeps on it, as a futex. */
	uint32_t sleepers __rte_cache_aligned;

	struct dlb_bus bus __rte_cache_aligned;
	rte_spinlock_t lock; /* of the model and of what the model's side of the rings touches */
	struct dlb_model *model;
	uint64_t now_us; /* as the model was told last; several event devices may tell it */
	struct dlb_ring *active[DLB_KIND_COUNT * DLB_PORTS_MAX]; /* rings in use */
	uint32_t nb_active;
	struct dlb_ring *rings[DLB_KIND_COUNT][DLB_PORTS_MAX];
	enum dlb_sched_mode sched;
	int socket_id;
	uint32_t service_id;
	rte_thread_t thread;
	int vector_fds[DLB_VECTORS]; /* -1: not asked for yet */
	bool awaited[DLB_VECTORS];   /* counted as a sleeper until the vector interrupts */
	bool can_sleep;              /* the system has membarrier() */
	bool has_service;
	uint32_t service_idle; /* runs of the service in a row that found nothing */
	bool has_thread;
	bool is_shared; /* with secondary processes */
	bool stopping;
	char name[NAME_BYTES];
};

static inline struct dlb_embedded *
embedded_of(const struct dlb_bus *bus)
{
	return (struct dlb_embedded *)((uintptr_t)bus - offsetof(struct dlb_embedded, bus));
}

/* The model takes what the producer ports hold. Under the lock. */
void embedded_rings_drain(struct dlb_embedded *e);

/* embedded_sched.c: whoever runs the model, from its set-up to its end. */
void embedded_sched_init(struct dlb_embedded *e);
void embedded_service_destroy(struct dlb_embedded *e);
int embedded_thread_start(struct dlb_bus *bus);
void embedded_thread_stop(struct dlb_bus *bus);

/*
 * A thread is about to sleep until one of its CQs interrupts. When this returns, the device has done
 * all that it can with what was written to it; whoever writes from now on sees the sleeper.
 */
void embedded_sleeper_add(struct dlb_bus *bus);
void embedded_sleeper_remove(struct dlb_bus *bus);

/*
 * The same for a thread whose sleep the driver does not see: when this returns, whoever writes sees the
 * sleeper, until a vector of CQs interrupts. The caller arms the CQs after that.
 */
void embedded_vector_await(struct dlb_bus *bus, uint32_t vector);
void embedded_vector_forget(struct dlb_bus *bus, uint32_t vector);
/* It interrupts. Under the lock. */
void embedded_vector_came(struct dlb_embedded *e, uint32_t vector);

/* Something changed that the device should look at, if those who run it sleep. Without the lock. */
void embedded_wake(struct dlb_embedded *e);

#endif /* DLB_EVDEV_EMBEDDED_DEVICE_H */
