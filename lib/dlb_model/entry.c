/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CQ entries that take more than two stores. Noise: whatever the specification leaves open holds
 * draws. Relaxed order: lines of a sparse CQ whose RO attribute is set become visible in any
 * order, the last of them when the run that wrote them has nothing more to do, or with the next
 * call. Errors: one entry is corrupt, because a test says so.
 */
#include <errno.h>
#include <stdlib.h>

#include "cq.h"
#include "entry.h"
#include "random.h"

#define LATE_MAX 256 /* entries that nobody sees yet; more than that are not kept back */

#define FLAGS_SHIFT 56
/* Of the second word: byte 14, and the reserved flags. Directed: flow id too. */
#define NOISE_BITS UINT64_C(0xd8ff000000000000)
#define NOISE_BITS_DIR UINT64_C(0x0000ffff00000000)

/* An entry that has been written and cannot be seen. */
struct late_entry {
	uint64_t word[2];
	uint16_t cq, place;
	uint8_t kind;
};

struct late_entries {
	uint32_t count;
	struct late_entry entry[LATE_MAX];
};

static const struct {
	enum dlb_reg attributes;
} entry_regs[DLB_KIND_COUNT] = {
	[DLB_LDB] = { DLB_SYS_LDB_CQ2VF_PF_RO },
	[DLB_DIR] = { DLB_SYS_DIR_CQ2VF_PF_RO },
};

_Static_assert(DLB_SYS_LDB_CQ2VF_PF_RO_RO == DLB_SYS_DIR_CQ2VF_PF_RO_RO, "one layout");

int
entry_create(struct dlb_model *m)
{
	m->late = calloc(1, sizeof(*m->late));
	return m->late == NULL ? -ENOMEM : 0;
}

void
entry_destroy(struct dlb_model *m)
{
	free(m->late);
}

void
entry_reset(struct dlb_model *m)
{
	m->late->count = 0;
}

bool
entry_is_special(const struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	return m->conf.noise || m->conf.relaxed || port_set_has(&m->corrupt_next[kind], cq);
}

/* The word with the generation bit goes last, as always. */
static void
entry_store(struct dlb_model *m, const struct late_entry *e)
{
	const struct port *p = &m->port[e->kind][e->cq];
	uint64_t *words;
	uint32_t i;

	if (m->ring[e->kind][e->cq] == NULL) {
		lint_lost_entry(m, e->kind, e->cq);
		return;
	}
	words = (uint64_t *)(m->ring[e->kind][e->cq] + ((size_t)e->place << p->stride_log2));
	if (m->conf.noise)
		for (i = 2; i < (1u << p->stride_log2) / sizeof(uint64_t); i++)
			__atomic_store_n(&words[i], random_word(m), __ATOMIC_RELAXED);
	__atomic_store_n(&words[0], e->word[0], __ATOMIC_RELAXED);
	__atomic_store_n(&words[1], e->word[1], __ATOMIC_RELEASE);
}

static void
late_publish(struct dlb_model *m, uint32_t i)
{
	struct late_entries *late = m->late;
	struct late_entry e = late->entry[i];

	late->entry[i] = late->entry[--late->count];
	entry_store(m, &e);
}

void
entry_publish(struct dlb_model *m)
{
	while (m->late->count != 0)
		late_publish(m, random_below(m, m->late->count));
}

void
entry_run_ends(struct dlb_model *m, bool complete)
{
	uint32_t n = complete ? m->late->count : random_below(m, m->late->count + 1);

	for (; n != 0; n--)
		late_publish(m, random_below(m, m->late->count));
}

static bool
entry_is_late(const struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	return m->conf.relaxed && 1u << m->port[kind][cq].stride_log2 == DLB_LINE_BYTES &&
	       csr_get(m, entry_regs[kind].attributes, cq) & DLB_SYS_LDB_CQ2VF_PF_RO_RO;
}

/*
 * Nothing of the entry is right but its generation and its error bit. choice: datapath.md 13.18,
 * it is scheduled like any other, history entry included; the alarm it raises is
 * SYS_ALARM_HW_SYND.ALARM.
 */
static void
entry_corrupt(struct dlb_model *m, struct late_entry *e, uint8_t gen)
{
	e->word[0] = ~e->word[0];
	e->word[1] = (~e->word[1] & ((UINT64_C(1) << FLAGS_SHIFT) - 1)) |
		     (uint64_t)(gen | DLB_CQE_ERROR) << FLAGS_SHIFT;
	port_set_put(&m->corrupt_next[e->kind], e->cq, false);
	cq_ring_written(m, e->kind, e->cq, 0);
	alarm_hardware(m, DLB_SYS_ALARM_HW_SYND_ALARM);
}

void
entry_write(struct dlb_model *m, enum dlb_kind kind, uint32_t cq, const struct stored_qe *qe,
	    uint32_t depth)
{
	const struct port *p = &m->port[kind][cq];
	uint8_t gen = dlb_cqe_gen(p->wptr, p->ring_log2);
	struct late_entry e = {
		.cq = (uint16_t)cq,
		.place = p->wptr & p->ring_mask,
		.kind = (uint8_t)kind,
	};

	_mm_storeu_si128((__m128i *)e.word, cq_entry(_mm_load_si128((const __m128i *)qe), kind));
	e.word[1] |= (uint64_t)(gen | depth << 1) << FLAGS_SHIFT;
	if (m->conf.noise)
		e.word[1] |= random_word(m) & (NOISE_BITS | (kind == DLB_DIR ? NOISE_BITS_DIR : 0));
	if (port_set_has(&m->corrupt_next[kind], cq))
		entry_corrupt(m, &e, gen);
	if (!entry_is_late(m, kind, cq)) {
		entry_store(m, &e);
		return;
	}
	if (m->late->count == LATE_MAX)
		entry_publish(m);
	m->late->entry[m->late->count++] = e;
}

void
dlb_model_inject_error(struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	if (cq >= m->limits->ports[kind])
		return;
	port_set_put(&m->corrupt_next[kind], cq, true);
	cq_ring_written(m, kind, cq, 0);
}
