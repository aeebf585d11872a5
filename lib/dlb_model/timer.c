/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What CQs do with time: an armed CQ that has had entries for long enough interrupts, and one that
 * has entries and gets no tokens back lets its watchdog expire. Both count samples, which a clock
 * of each kind of CQ takes. See datapath.md, sections "CQ interrupts" and "Watchdogs".
 */
#include "interrupt.h"
#include "timer.h"

/* CQs have a bit each in two words; the last directed ones of 2.5 have none that is public. */
#define WATCHDOG_WORDS 2
#define WATCHDOG_WORD_CQS 32

static const struct timer_regs {
	enum dlb_reg clock, threshold, enable;
	enum dlb_reg watchdog_clock, watchdog_threshold, watchdog_enable;
	enum dlb_reg watchdog_disable[WATCHDOG_WORDS], watchdog_expired[WATCHDOG_WORDS];
} timer_regs[DLB_KIND_COUNT] = {
	[DLB_LDB] = { DLB_CHP_CFG_LDB_CQ_TIMER_CTL,
		      DLB_CHP_LDB_CQ_TMR_THRSH,
		      DLB_CHP_LDB_CQ_INT_ENB,
		      DLB_CHP_CFG_LDB_WD_ENB_INTERVAL,
		      DLB_CHP_CFG_LDB_WD_THRESHOLD,
		      DLB_CHP_LDB_CQ_WD_ENB,
		      { DLB_CHP_CFG_LDB_WD_DISABLE0, DLB_CHP_CFG_LDB_WD_DISABLE1 },
		      { DLB_CHP_CFG_LDB_WDTO_0, DLB_CHP_CFG_LDB_WDTO_1 } },
	[DLB_DIR] = { DLB_CHP_CFG_DIR_CQ_TIMER_CTL,
		      DLB_CHP_DIR_CQ_TMR_THRSH,
		      DLB_CHP_DIR_CQ_INT_ENB,
		      DLB_CHP_CFG_DIR_WD_ENB_INTERVAL,
		      DLB_CHP_CFG_DIR_WD_THRESHOLD,
		      DLB_CHP_DIR_CQ_WD_ENB,
		      { DLB_CHP_CFG_DIR_WD_DISABLE0, DLB_CHP_CFG_DIR_WD_DISABLE1 },
		      { DLB_CHP_CFG_DIR_WDTO_0, DLB_CHP_CFG_DIR_WDTO_1 } },
};

/* Fields have one place in the registers of both kinds. */
_Static_assert(DLB_CHP_CFG_LDB_CQ_TIMER_CTL_ENB == DLB_CHP_CFG_DIR_CQ_TIMER_CTL_ENB, "one layout");
_Static_assert(DLB_CHP_CFG_LDB_WD_ENB_INTERVAL_ENB == DLB_CHP_CFG_DIR_WD_ENB_INTERVAL_ENB,
	       "one layout");
_Static_assert(DLB_CHP_LDB_CQ_INT_ENB_EN_TIM == DLB_CHP_DIR_CQ_INT_ENB_EN_TIM, "one layout");

/* choice: datapath.md 13.16. */
static uint64_t
tick_us(const struct dlb_model *m)
{
	return chosen(m, DLB_CHOICE_SLOW_TICKS) ? CHOICE_SLOW_TICK_US : CHOICE_TICK_US;
}

/* Samples that a clock takes while time passes. */
static uint32_t
clock_advance(struct cq_clock *clock, uint32_t us)
{
	uint64_t since_us = clock->since_us + us;

	if (clock->period_us == 0)
		return 0;
	clock->since_us = since_us % clock->period_us;
	return (uint32_t)(since_us / clock->period_us);
}

/* A count that stops at its end instead of starting over. */
static uint16_t
count_add(uint16_t count, uint32_t samples)
{
	return samples > (uint32_t)UINT16_MAX - count ? UINT16_MAX : (uint16_t)(count + samples);
}

/* choice: time counts from the first sample that finds the CQ armed and not empty. */
static void
timers_sample(struct dlb_model *m, enum dlb_kind kind, uint32_t samples)
{
	struct cq_timers *t = &m->timers[kind];
	uint32_t cq;

	for (cq = 0; cq < m->limits->ports[kind]; cq++) {
		if (!port_set_has(&m->armed[kind], cq) || cq_unpaid(&m->port[kind][cq]) == 0 ||
		    !(csr_get(m, timer_regs[kind].enable, cq) & DLB_CHP_LDB_CQ_INT_ENB_EN_TIM)) {
			t->waited[cq] = 0;
			continue;
		}
		t->waited[cq] = count_add(t->waited[cq], samples);
		if (t->waited[cq] < csr_get(m, timer_regs[kind].threshold, cq))
			continue;
		t->waited[cq] = 0;
		interrupt_cq_fire(m, kind, cq);
	}
}

/* choice: an expiry shows, and stops the watchdog of this CQ until software enables it again. */
static void
watchdog_expire(struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	const struct timer_regs *regs = &timer_regs[kind];
	uint32_t word = cq / WATCHDOG_WORD_CQS, bit = UINT32_C(1) << cq % WATCHDOG_WORD_CQS;

	csr_set(m, regs->watchdog_expired[word], 0,
		csr_get(m, regs->watchdog_expired[word], 0) | bit);
	csr_set(m, regs->watchdog_disable[word], 0,
		csr_get(m, regs->watchdog_disable[word], 0) | bit);
	alarm_hardware(m, DLB_SYS_ALARM_HW_SYND_CWD);
}

static bool
watchdog_on(const struct dlb_model *m, enum dlb_kind kind, uint32_t cq)
{
	uint32_t disabled =
		csr_get(m, timer_regs[kind].watchdog_disable[cq / WATCHDOG_WORD_CQS], 0);

	return csr_get(m, timer_regs[kind].watchdog_enable, cq) &&
	       !(disabled >> cq % WATCHDOG_WORD_CQS & 1);
}

/* Entries written less entries owed for: changes when tokens come back, and only then. */
static uint16_t
entries_paid(const struct port *p)
{
	return (uint16_t)(p->wptr - p->tokens);
}

static void
watchdogs_sample(struct dlb_model *m, enum dlb_kind kind, uint32_t samples)
{
	struct cq_timers *t = &m->timers[kind];
	uint32_t threshold = csr_get(m, timer_regs[kind].watchdog_threshold, 0), cq;

	for (cq = 0; cq < m->limits->ports[kind] && cq < WATCHDOG_WORDS * WATCHDOG_WORD_CQS; cq++) {
		const struct port *p = &m->port[kind][cq];

		if (!watchdog_on(m, kind, cq) || cq_unpaid(p) == 0) {
			t->stuck[cq] = 0;
			t->paid[cq] = entries_paid(p);
			continue;
		}
		if (t->paid[cq] != entries_paid(p)) {
			t->paid[cq] = entries_paid(p);
			t->stuck[cq] = count_add(0, samples - 1);
		} else {
			t->stuck[cq] = count_add(t->stuck[cq], samples);
		}
		if (t->stuck[cq] != 0 && t->stuck[cq] >= threshold) {
			t->stuck[cq] = 0;
			watchdog_expire(m, kind, cq);
		}
	}
}

void
timer_advance(struct dlb_model *m, uint32_t us)
{
	enum dlb_kind kind;
	uint32_t samples;

	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		samples = clock_advance(&m->timers[kind].clock, us);
		if (samples != 0)
			timers_sample(m, kind, samples);
		samples = clock_advance(&m->timers[kind].watchdog_clock, us);
		if (samples != 0)
			watchdogs_sample(m, kind, samples);
	}
}

void
timer_clock_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value)
{
	uint32_t interval = dlb_field_get(value, DLB_CHP_CFG_LDB_CQ_TIMER_CTL_SAMPLE_INTERVAL);
	bool on = value & DLB_CHP_CFG_LDB_CQ_TIMER_CTL_ENB;

	(void)index;
	m->timers[kind].clock =
		(struct cq_clock){ .period_us = on ? (interval + 1) * tick_us(m) : 0 };
}

void
timer_watchdog_clock_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index,
			     uint32_t value)
{
	uint32_t interval = dlb_field_get(value, DLB_CHP_CFG_LDB_WD_ENB_INTERVAL_SAMPLE_INTERVAL);
	bool on = value & DLB_CHP_CFG_LDB_WD_ENB_INTERVAL_ENB;

	(void)index;
	m->timers[kind].watchdog_clock =
		(struct cq_clock){ .period_us = on ? (interval + 1) * tick_us(m) : 0 };
}
