/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts: an eventfd of the client's for each vector that it listens on.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "irq.h"

int
irq_table_create(struct irq_table *t, const uint32_t counts[VFU_IRQ_COUNT])
{
	enum vfu_irq_index i;
	uint32_t vector;

	memset(t, 0, sizeof(*t));
	for (i = 0; i < VFU_IRQ_COUNT; i++) {
		if (counts[i] == 0)
			continue;
		t->fds[i] = calloc(counts[i], sizeof(int));
		if (t->fds[i] == NULL) {
			irq_table_destroy(t);
			return -ENOMEM;
		}
		t->counts[i] = counts[i];
		for (vector = 0; vector < counts[i]; vector++)
			t->fds[i][vector] = -1;
	}
	return 0;
}

void
irq_table_destroy(struct irq_table *t)
{
	enum vfu_irq_index i;

	for (i = 0; i < VFU_IRQ_COUNT; i++) {
		irq_table_clear(t, i, 0, t->counts[i]);
		free(t->fds[i]);
	}
	memset(t, 0, sizeof(*t));
}

/* Eight bytes into anything else could block, or land in a file. */
static bool
is_eventfd(int fd)
{
	char link[64], target[64] = "";

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return readlink(link, target, sizeof(target) - 1) > 0 &&
	       strcmp(target, "anon_inode:[eventfd]") == 0;
}

int
irq_table_set(struct irq_table *t, enum vfu_irq_index index, uint32_t start, uint32_t count,
	      int fds[])
{
	uint32_t i;

	for (i = 0; i < count; i++)
		if (!is_eventfd(fds[i]))
			return -EINVAL;

	irq_table_clear(t, index, start, count);
	for (i = 0; i < count; i++) {
		t->fds[index][start + i] = fds[i];
		fds[i] = -1;
	}
	return 0;
}

void
irq_table_clear(struct irq_table *t, enum vfu_irq_index index, uint32_t start, uint32_t count)
{
	uint32_t i;

	for (i = start; i < start + count; i++) {
		if (t->fds[index][i] >= 0)
			close(t->fds[index][i]);
		t->fds[index][i] = -1;
	}
}

bool
irq_table_raise(const struct irq_table *t, enum vfu_irq_index index, uint32_t vector)
{
	const uint64_t one = 1;
	struct pollfd pollfd;

	if (vector >= t->counts[index] || t->fds[index][vector] < 0)
		return false;
	/* One that is full, and would block, says already that there was an interrupt. */
	pollfd = (struct pollfd){ .fd = t->fds[index][vector], .events = POLLOUT };
	if (poll(&pollfd, 1, 0) == 1 && pollfd.revents & POLLOUT)
		return write(pollfd.fd, &one, sizeof(one)) == sizeof(one);
	return true;
}
