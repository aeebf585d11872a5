/* SPDX-License-Identifier: BSD-3-Clause */
/* The promises of the device, and whether they are kept. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_eventdev.h>

#include "checks.h"

int
checks_create(struct checks *c, uint32_t stages, uint32_t flows, const uint8_t *types)
{
	uint32_t i;

	*c = (struct checks){ .nb_flows = flows, .types = types, .keeps_order = true };
	for (i = 0; i < stages; i++)
		c->keeps_order &= types[i] != RTE_SCHED_TYPE_PARALLEL;
	c->inside = calloc((size_t)stages * flows, sizeof(*c->inside));
	c->next = calloc(flows, sizeof(*c->next));
	return c->inside == NULL || c->next == NULL ? -ENOMEM : 0;
}

void
checks_destroy(struct checks *c)
{
	free(c->inside);
	free(c->next);
}

uint64_t
checks_mark(uint32_t flow, uint32_t number)
{
	return (uint64_t)flow << 32 | number;
}

static uint8_t *
place(struct checks *c, uint8_t stage, uint64_t mark)
{
	return &c->inside[(size_t)stage * c->nb_flows + (mark >> 32)];
}

void
checks_enter(struct checks *c, uint8_t stage, uint64_t mark)
{
	if (c->types[stage] == RTE_SCHED_TYPE_ATOMIC &&
	    __atomic_exchange_n(place(c, stage, mark), 1, __ATOMIC_ACQUIRE) != 0)
		__atomic_fetch_add(&c->not_alone, 1, __ATOMIC_RELAXED);
}

void
checks_leave(struct checks *c, uint8_t stage, uint64_t mark)
{
	if (c->types[stage] == RTE_SCHED_TYPE_ATOMIC)
		__atomic_store_n(place(c, stage, mark), 0, __ATOMIC_RELEASE);
}

void
checks_finish(struct checks *c, uint64_t mark, bool alone)
{
	uint32_t *next = &c->next[mark >> 32];

	__atomic_fetch_add(&c->finished, 1, __ATOMIC_RELAXED);
	if (!alone || !c->keeps_order)
		return;
	if (*next != (uint32_t)mark)
		__atomic_fetch_add(&c->out_of_order, 1, __ATOMIC_RELAXED);
	*next = (uint32_t)mark + 1;
}

int
checks_report(const struct checks *c, uint64_t events, uint64_t flushed)
{
	bool fine =
		c->finished == events && c->out_of_order == 0 && c->not_alone == 0 && flushed == 0;

	printf("checks: %" PRIu64 " of %" PRIu64 " came out, %" PRIu64 " out of order%s, %" PRIu64
	       " not alone in their flow, %" PRIu64 " left behind: %s\n",
	       c->finished, events, c->out_of_order,
	       c->keeps_order ? "" : " (not promised: a stage is parallel)", c->not_alone, flushed,
	       fine ? "fine" : "FAILED");
	return fine ? 0 : -EIO;
}
