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

/* QEs of a list, which go together. */
static inline void
results_add(struct dlb_model *m, struct results *r, struct fifo list, uint32_t n)
{
	uint64_t word = m->qe[list.head].word;

	if (r->n != 0 && go_together(r->word, word)) {
		m->next[r->run.tail] = list.head;
	} else {
		results_put(m, r);
		r->run.head = list.head;
		r->word = word;
	}
	r->run.tail = list.tail;
	r->n += n;
}

/* All that waits at one number. */
static inline void
results_add_of(struct dlb_model *m, struct results *r, const struct sn *sn)
{
	uint16_t node, next;

	if (sn->answers != 0) {
		results_add(m, r, sn->results, sn->answers);
		return;
	}
	for (node = sn->results.head; node != 0; node = next) {
		next = m->next[node];
		results_add(m, r, (struct fifo){ node, node }, 1);
	}
}

/* Numbers that are done, with no results of their own, are free. Returns how many, in fours. */
static inline uint32_t
silent_run(struct sn *sn, uint32_t limit)
{
	uint32_t n;

	for (n = 0; limit - n >= 4 && is_all_zero(sn_row_differs(&sn[n], SN_DONE)); n += 4)
		sn_set_row(&sn[n], SN_FREE);
	return n;
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
	struct sn *sn;

	while ((sn = &w->sn[oldest])->state == SN_DONE) {
		results_add_of(m, &r, sn);
		sn->state = SN_FREE;
		oldest += 1 + silent_run(sn + 1, w->mask - oldest);
		oldest &= w->mask;
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

/* Whether four events have no answer yet, and history entries that count up from a word. */
static inline bool
row_is_untouched(const struct sn *sn, const struct hist_entry *entry, uint64_t word)
{
	const __m128i first = _mm_add_epi64(_mm_set1_epi64x((int64_t)word), _mm_set_epi64x(1, 0));
	const __m128i more = _mm_add_epi64(first, _mm_set1_epi64x(2));
	__m128i differs = sn_row_differs(sn, SN_OUTSTANDING);

	differs = _mm_or_si128(differs,
			       _mm_xor_si128(_mm_loadu_si128((const __m128i *)&entry[0]), first));
	differs = _mm_or_si128(differs,
			       _mm_xor_si128(_mm_loadu_si128((const __m128i *)&entry[2]), more));
	return is_all_zero(differs);
}

/*
 * Events whose numbers and history entries follow each other are done, up to one that has an answer
 * already. Returns how many.
 */
QE_INLINE uint32_t
run_finish(struct sn *sn, const struct hist_entry *entry, uint32_t limit, enum sn_state state)
{
	const uint64_t word = hist_word(entry);
	uint32_t n = 0;

	for (; limit - n >= 4 && row_is_untouched(&sn[n], &entry[n], word + n); n += 4)
		sn_set_row(&sn[n], state);
	for (; n < limit && hist_word(&entry[n]) == word + n && sn_is(&sn[n], SN_OUTSTANDING); n++)
		sn_set(&sn[n], state);
	return n;
}

/* Events that are the oldest of their queue, one after the other, need not wait; up to the last number. */
static uint32_t
oldest_run(const struct window *w, const struct hist_entry *entry, uint32_t limit)
{
	uint32_t oldest = *w->oldest, n;

	if (entry->ref != w->base + oldest)
		return 0;
	n = run_finish(&w->sn[oldest], entry, min_u32(limit, w->mask + 1 - oldest), SN_FREE);
	*w->oldest = (uint16_t)((oldest + n) & w->mask);
	return n;
}

/* Events that are not the oldest are done. Returns how many. */
static uint32_t
later_run(const struct window *w, const struct hist_entry *entry, uint32_t limit)
{
	uint32_t at = (uint32_t)entry->ref - w->base, oldest = *w->oldest;
	uint32_t end = at < oldest ? oldest : w->mask + 1;

	if (at > w->mask || at == oldest)
		return 0;
	return run_finish(&w->sn[at], entry, min_u32(limit, end - at), SN_DONE);
}

/* Take QEs off the head of a list of that many, or more. */
static struct fifo
run_split(const struct dlb_model *m, struct fifo *list, uint32_t n, bool is_all)
{
	struct fifo run = *list;

	if (is_all)
		return run;
	for (; n != 0; n--) {
		run.tail = list->head;
		list->head = m->next[list->head];
	}
	return run;
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

void
ordered_answer(struct dlb_model *m, const struct hist_entry *entry, struct fifo run, uint32_t n,
	       uint64_t word)
{
	uint32_t qid = entry->qid, done;
	struct fifo part;
	struct window w;

	for (; n != 0; entry += done, n -= done) {
		w = window_of(m, entry);
		done = oldest_run(&w, entry, n);
		if (done != 0) {
			queue_put(m, run_split(m, &run, done, done == n), done, word);
			window_move(m, &w);
			continue;
		}
		done = later_run(&w, entry, n);
		if (done != 0) {
			part = run_split(m, &run, done, done == n);
			w.sn[entry->ref - w.base] = (struct sn){ part, SN_DONE, 0, (uint16_t)done };
			continue;
		}
		done = 1;
		answer(m, entry, run_split(m, &run, 1, n == 1).head);
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
