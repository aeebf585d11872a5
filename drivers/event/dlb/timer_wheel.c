/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdbool.h>
#include <string.h>

#include "timer_wheel.h"

#define SLOTS_MIN 64u
#define SLOTS_MAX 65536u
#define WORD_BITS 64u

/* Index 0 of entries means "none". */
struct entry {
	uint64_t deadline;
	void *timer; /* NULL: free */
	uint32_t next, prev;
};

struct dlb_wheel {
	uint32_t shift;      /* a slot is 1 << shift cycles */
	uint32_t slot_count; /* a power of two */
	uint64_t current;    /* slot in hand, never wrapped: those before it are done with */
	uint32_t count;      /* timers armed */
	uint32_t entry_count;
	uint32_t free;    /* entries that have been used and are free again */
	uint32_t fresh;   /* first entry that has never been used */
	uint32_t pending; /* entry of the slot in hand to be looked at next */
	uint32_t *slots;  /* first entry of each */
	uint64_t *busy;   /* bit per slot: has entries */
	struct entry *entries;
};

static uint32_t
conf_shift(const struct dlb_wheel_conf *conf)
{
	return conf->slot_cycles < 2 ? 0 : 63u - (uint32_t)__builtin_clzll(conf->slot_cycles);
}

static uint32_t
conf_slots(const struct dlb_wheel_conf *conf)
{
	uint64_t wanted = (conf->span_cycles >> conf_shift(conf)) + 2;
	uint32_t slots = SLOTS_MIN;

	while (slots < wanted && slots < SLOTS_MAX)
		slots *= 2;
	return slots;
}

size_t
dlb_wheel_bytes(const struct dlb_wheel_conf *conf)
{
	uint32_t slots = conf_slots(conf);

	return sizeof(struct dlb_wheel) + (conf->nb_timers + 1ull) * sizeof(struct entry) +
	       slots / WORD_BITS * sizeof(uint64_t) + slots * sizeof(uint32_t);
}

struct dlb_wheel *
dlb_wheel_init(void *memory, const struct dlb_wheel_conf *conf)
{
	struct dlb_wheel *w = memory;

	memset(memory, 0, dlb_wheel_bytes(conf));
	w->shift = conf_shift(conf);
	w->slot_count = conf_slots(conf);
	w->current = conf->now >> w->shift;
	w->entry_count = conf->nb_timers + 1;
	w->fresh = 1;
	w->entries = (struct entry *)(w + 1);
	w->busy = (uint64_t *)(w->entries + w->entry_count);
	w->slots = (uint32_t *)(w->busy + w->slot_count / WORD_BITS);
	return w;
}

static uint32_t
slot_of(const struct dlb_wheel *w, uint64_t deadline)
{
	return (uint32_t)(deadline >> w->shift) & (w->slot_count - 1);
}

static uint32_t
entry_take(struct dlb_wheel *w)
{
	uint32_t e = w->free;

	if (e != DLB_WHEEL_NONE)
		w->free = w->entries[e].next;
	else if (w->fresh < w->entry_count)
		e = w->fresh++;
	return e;
}

uint32_t
dlb_wheel_arm(struct dlb_wheel *w, uint64_t deadline, void *timer)
{
	uint64_t first = (w->current + 1) << w->shift;
	uint32_t e = entry_take(w);
	uint32_t slot;

	if (e == DLB_WHEEL_NONE)
		return DLB_WHEEL_NONE;
	/* What is overdue goes where the wheel looks next. */
	if (deadline < first)
		deadline = first;
	slot = slot_of(w, deadline);
	w->entries[e] = (struct entry){ deadline, timer, w->slots[slot], DLB_WHEEL_NONE };
	if (w->slots[slot] != DLB_WHEEL_NONE)
		w->entries[w->slots[slot]].prev = e;
	w->slots[slot] = e;
	w->busy[slot / WORD_BITS] |= UINT64_C(1) << slot % WORD_BITS;
	w->count++;
	return e;
}

void
dlb_wheel_cancel(struct dlb_wheel *w, uint32_t e)
{
	struct entry *entry = &w->entries[e];
	uint32_t slot = slot_of(w, entry->deadline);

	if (w->pending == e)
		w->pending = entry->next;
	if (entry->next != DLB_WHEEL_NONE)
		w->entries[entry->next].prev = entry->prev;
	if (entry->prev != DLB_WHEEL_NONE)
		w->entries[entry->prev].next = entry->next;
	else
		w->slots[slot] = entry->next;
	if (w->slots[slot] == DLB_WHEEL_NONE)
		w->busy[slot / WORD_BITS] &= ~(UINT64_C(1) << slot % WORD_BITS);
	*entry = (struct entry){ .next = w->free };
	w->free = e;
	w->count--;
}

void *
dlb_wheel_timer(const struct dlb_wheel *w, uint32_t e)
{
	return e != DLB_WHEEL_NONE && e < w->fresh ? w->entries[e].timer : NULL;
}

/* The first slot from one on, within a turn, that has entries. Without any: one turn later. */
static uint64_t
busy_next(const struct dlb_wheel *w, uint64_t from)
{
	uint64_t end = from + w->slot_count;
	uint64_t word;
	uint32_t at;

	while (from < end) {
		at = (uint32_t)from & (w->slot_count - 1);
		word = w->busy[at / WORD_BITS] >> at % WORD_BITS;
		if (word != 0)
			return from + (uint32_t)__builtin_ctzll(word);
		from += WORD_BITS - at % WORD_BITS;
	}
	return end;
}

/* The next entry of the slot in hand whose deadline is in this turn of the wheel. */
static uint32_t
pending_next(struct dlb_wheel *w)
{
	uint32_t e = w->pending;

	while (e != DLB_WHEEL_NONE && w->entries[e].deadline >> w->shift > w->current)
		e = w->entries[e].next;
	w->pending = e;
	return e;
}

/* Go on to the next slot that has passed and has entries. */
static bool
slot_next(struct dlb_wheel *w, uint64_t now)
{
	uint64_t passed = now >> w->shift; /* slots before this one have */
	uint64_t next = w->count == 0 ? passed : busy_next(w, w->current + 1);

	if (next < passed) {
		w->current = next;
		w->pending = w->slots[next & (w->slot_count - 1)];
		return true;
	}
	/* Clocks of two cores may differ a little: time never goes back here. */
	if (passed > w->current + 1)
		w->current = passed - 1;
	return false;
}

void *
dlb_wheel_expire(struct dlb_wheel *w, uint64_t now)
{
	uint32_t e = pending_next(w);
	void *timer;

	while (e == DLB_WHEEL_NONE && slot_next(w, now))
		e = pending_next(w);
	if (e == DLB_WHEEL_NONE)
		return NULL;
	timer = w->entries[e].timer;
	dlb_wheel_cancel(w, e);
	return timer;
}

uint64_t
dlb_wheel_due(const struct dlb_wheel *w)
{
	if (w->count == 0)
		return DLB_WHEEL_NEVER;
	if (w->pending != DLB_WHEEL_NONE)
		return 0;
	return (busy_next(w, w->current + 1) + 1) << w->shift;
}

uint32_t
dlb_wheel_count(const struct dlb_wheel *w)
{
	return w->count;
}
