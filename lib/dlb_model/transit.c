/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines in transit. The device has taken them and has not handled them: its counters do not show
 * them yet, and closing their producer port loses them. Lines of one port stay in order; those of
 * several ports overtake each other when a seed says so. No line waits for more calls than
 * conf.lag says, nor beyond any passing of time, nor while the scheduler has nothing else to do.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "slot_state.h"
#include "transit.h"

struct transit_line {
	uint64_t due; /* in calls */
	struct dlb_qe line[DLB_QES_PER_LINE];
	uint8_t kind, port;
};

struct transit {
	uint64_t calls;
	uint32_t count;
	struct transit_line lines[]; /* conf.lag of them: each call adds one at most */
};

int
transit_create(struct dlb_model *m)
{
	size_t bytes = sizeof(struct transit) + (m->conf.lag + 1) * sizeof(struct transit_line);

	/* QEs ask for more alignment than malloc() promises. */
	m->transit = aligned_alloc(DLB_LINE_BYTES,
				   (bytes + DLB_LINE_BYTES - 1) & ~(size_t)(DLB_LINE_BYTES - 1));
	if (m->transit == NULL)
		return -ENOMEM;
	transit_reset(m);
	return 0;
}

void
transit_destroy(struct dlb_model *m)
{
	free(m->transit);
}

void
transit_reset(struct dlb_model *m)
{
	memset(m->transit, 0, sizeof(*m->transit));
}

bool
transit_is_empty(const struct dlb_model *m)
{
	return m->transit->count == 0;
}

void
transit_put(struct dlb_model *m, enum dlb_kind kind, uint32_t port,
	    const struct dlb_qe line[DLB_QES_PER_LINE])
{
	struct transit *t = m->transit;
	uint64_t due = t->calls + m->conf.lag;
	uint32_t i;

	if (m->conf.seed != 0)
		due = t->calls + random_below(m, m->conf.lag) + 1;
	for (i = 0; i < t->count; i++)
		if (t->lines[i].kind == kind && t->lines[i].port == port && t->lines[i].due > due)
			due = t->lines[i].due;

	t->lines[t->count] =
		(struct transit_line){ .due = due, .kind = (uint8_t)kind, .port = (uint8_t)port };
	memcpy(t->lines[t->count].line, line, sizeof(t->lines[t->count].line));
	t->count++;
}

static void
lines_due(struct dlb_model *m, uint64_t until)
{
	struct transit *t = m->transit;
	uint32_t i, kept = 0;

	for (i = 0; i < t->count; i++) {
		const struct transit_line *l = &t->lines[i];

		if (l->due > until) {
			t->lines[kept++] = *l;
			continue;
		}
		ingress_line(m, l->kind, l->port, l->line);
		if (m->slot_state != NULL)
			slot_state_observe(m);
	}
	t->count = kept;
}

void
transit_tick(struct dlb_model *m)
{
	lines_due(m, ++m->transit->calls);
}

void
transit_flush(struct dlb_model *m)
{
	lines_due(m, UINT64_MAX);
}
