/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Order restoration: events are done, and what was answered leaves in their order; and the registers
 * of it.
 */
#include "ldb_queue.h"

/* The sequence numbers of one queue, as an entry of the history names them. */
struct window {
	struct sn *sn;
	uint16_t *oldest; /* that is not finished */
	uint32_t base, mask;
};

static struct window
window_of(struct dlb_model *m, const struct hist_entry *entry)
{
	struct sn_group *g = &m->sn_group[entry->group];
	uint32_t log2 = window_log2(g), slot = entry->ref >> log2, base = slot << log2;
	uint32_t mask = (1u << log2) - 1;

	g->head[slot] &= (uint16_t)mask;
	return (struct window){ &g->sn[base], &g->head[slot], base, mask };
}

/* Whether two QEs are for the same bin of the same queue. */
static bool
go_together(uint64_t a, uint64_t b)
{
	return ((a ^ b) & RUN_KEY & ~(UINT64_C(0xff) << DLB_QE_CMD_SHIFT)) == 0;
}

/* Answers that leave for one queue together. */
struct results {
	struct fifo run;
	uint32_t n;
	uint64_t word; /* of one of them */
};

static void
results_put(struct dlb_model *m, struct results *r)
{
	if (r->n != 0)
		queue_put(m, r->run, r->n, r->word);
	r->n = 0;
}

static inline void
results_add(struct dlb_model *m, struct results *r, uint16_t node)
{
	uint64_t word = m->qe[node].word;

	if (r->n != 0 && go_together(r->word, word)) {
		m->next[r->run.tail] = node;
	} else {
		results_put(m, r);
		r->run.head = node;
		r->word = word;
	}
	r->run.tail = node;
	r->n++;
}

/*
 * What waited for the oldest event leaves. choice: it enters its queues at once, in order of sequence
 * numbers whatever their priority, so nothing waits that the replay arbiters (TQPRI_REPLAY_0 of NALB
 * and DP) could choose from.
 */
static void
window_move(struct dlb_model *m, const struct window *w)
{
	uint32_t oldest = *w->oldest;
	struct results r = { .n = 0 };
	uint16_t node, next;

	while (w->sn[oldest].state == SN_DONE) {
		for (node = w->sn[oldest].results.head; node != 0; node = next) {
			next = m->next[node];
			results_add(m, &r, node);
		}
		w->sn[oldest].state = SN_FREE;
		oldest = (oldest + 1) & w->mask;
	}
	*w->oldest = (uint16_t)oldest;
	results_put(m, &r);
}

static void
complete(struct dlb_model *m, const struct hist_entry *entry)
{
	struct window w = window_of(m, entry);
	struct sn *sn = &w.sn[entry->ref - w.base];

	if (sn->state == SN_OUTSTANDING)
		sn->state = SN_DONE;
	window_move(m, &w);
}

/* A window that was full may have opened. */
static void
window_note(struct dlb_model *m, uint32_t qid)
{
	if (!(m->nalb_work >> qid & 1))
		nalb_note(m, qid);
}

/* An event that has no answer yet: then nothing else is there. */
static inline bool
sn_is_untouched(const struct sn *sn)
{
	const struct sn untouched = { .state = SN_OUTSTANDING };

	return memcmp(sn, &untouched, sizeof(untouched)) == 0;
}

/* Events that are the oldest of their queue, one after the other, need not wait; up to the last number. */
static uint32_t
oldest_run(const struct window *w, const struct hist_entry *entry, uint32_t limit)
{
	uint32_t oldest = *w->oldest, ref = w->base + oldest, n = 0;
	uint32_t max = min_u32(limit, w->mask + 1 - oldest);
	struct sn *sn = &w->sn[oldest];

	for (; n < max && entry[n].ref == ref + n && sn_is_untouched(&sn[n]); n++)
		sn[n].state = SN_FREE;
	*w->oldest = (uint16_t)((oldest + n) & w->mask);
	return n;
}

/* The sequence number of an event that is not the oldest, and has no answer yet; NULL otherwise. */
static inline struct sn *
window_later(const struct window *w, const struct hist_entry *entry)
{
	uint32_t at = (uint32_t)entry->ref - w->base;

	if (at > w->mask || at == *w->oldest || !sn_is_untouched(&w->sn[at]))
		return NULL;
	return &w->sn[at];
}

/* Events that are not the oldest are done. Returns how many. */
static uint32_t
later_run(const struct window *w, const struct hist_entry *entry, uint32_t limit)
{
	struct sn *sn;
	uint32_t n;

	for (n = 0; n < limit && (sn = window_later(w, &entry[n])) != NULL; n++)
		sn->state = SN_DONE;
	return n;
}

/* The same, and answers wait at their numbers. The list is what is left of a run. */
static uint32_t
later_answer_run(struct dlb_model *m, const struct window *w, const struct hist_entry *entry,
		 uint32_t limit, uint16_t *list)
{
	uint16_t node = *list, next;
	struct sn *sn;
	uint32_t n;

	for (n = 0; n < limit && (sn = window_later(w, &entry[n])) != NULL; n++) {
		next = m->next[node];
		m->next[node] = 0;
		*sn = (struct sn){ { node, node }, SN_DONE, 1 };
		node = next;
	}
	*list = node;
	return n;
}

void
ordered_complete(struct dlb_model *m, const struct hist_entry *entry, uint32_t n)
{
	uint32_t qid = entry->qid, done;
	struct window w;

	for (; n != 0; entry += done, n -= done) {
		w = window_of(m, entry);
		done = oldest_run(&w, entry, n);
		if (done != 0) {
			window_move(m, &w);
			continue;
		}
		done = later_run(&w, entry, n);
		if (done == 0) {
			complete(m, entry);
			done = 1;
		}
	}
	window_note(m, qid);
}

/* An answer beside others, or software has rewritten pointers. */
static void
answer(struct dlb_model *m, const struct hist_entry *entry, uint16_t node)
{
	if (!ordered_attach(m, entry, node))
		queue_put(m, (struct fifo){ node, node }, 1, m->qe[node].word);
	complete(m, entry);
}

/* Take QEs off the head of a list. */
static struct fifo
run_split(const struct dlb_model *m, struct fifo *list, uint32_t n)
{
	struct fifo run = { list->head, 0 };

	for (; n != 0; n--) {
		run.tail = list->head;
		list->head = m->next[list->head];
	}
	return run;
}

void
ordered_answer(struct dlb_model *m, const struct hist_entry *entry, struct fifo run, uint32_t n,
	       uint64_t word)
{
	uint32_t qid = entry->qid, done;
	struct window w;

	for (; n != 0; entry += done, n -= done) {
		w = window_of(m, entry);
		done = oldest_run(&w, entry, n);
		if (done != 0) {
			queue_put(m, done == n ? run : run_split(m, &run, done), done, word);
			window_move(m, &w);
			continue;
		}
		done = later_answer_run(m, &w, entry, n, &run.head);
		if (done == 0) {
			answer(m, entry, run_split(m, &run, 1).head);
			done = 1;
		}
	}
	window_note(m, qid);
}

void
ordered_mode_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value)
{
	const uint32_t fields[DLB_SN_GROUPS] = { DLB_RO_GRP_SN_MODE_SN_MODE_0,
						 DLB_RO_GRP_SN_MODE_SN_MODE_1 };
	uint32_t g, mode, qid;

	(void)kind;
	(void)index;
	for (g = 0; g < DLB_SN_GROUPS; g++) {
		mode = dlb_field_get(value, fields[g]);
		m->sn_group[g].mode = (uint8_t)(mode < DLB_SN_MODES ? mode : DLB_SN_MODES - 1);
	}
	for (qid = 0; qid < DLB_LDB_QUEUES; qid++)
		ldb_queue_update(m, qid);
}
