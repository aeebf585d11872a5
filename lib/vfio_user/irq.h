/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts: an eventfd of the client's for each vector that it listens on.
 */
#ifndef IRQ_H
#define IRQ_H

#include <stdbool.h>
#include <stdint.h>

#include "vfio_user.h"

struct irq_table {
	int *fds[VFU_IRQ_COUNT]; /* -1: nobody listens */
	uint32_t counts[VFU_IRQ_COUNT];
};

/** Return 0, or -ENOMEM. */
int irq_table_create(struct irq_table *t, const uint32_t counts[VFU_IRQ_COUNT]);
void irq_table_destroy(struct irq_table *t);

/**
 * Listen on a range of vectors that exists.
 *
 * @param[in,out] fds
 *   Eventfds, one for each; those that are taken become -1.
 * @return
 *   0, or -EINVAL if one is no eventfd; nothing has changed then.
 */
int irq_table_set(struct irq_table *t, enum vfu_irq_index index, uint32_t start, uint32_t count,
		  int fds[]);
void irq_table_clear(struct irq_table *t, enum vfu_irq_index index, uint32_t start, uint32_t count);

/** True if somebody listens. */
bool irq_table_raise(const struct irq_table *t, enum vfu_irq_index index, uint32_t vector);

#endif /* IRQ_H */
