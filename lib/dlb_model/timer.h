/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The clocks of CQs: interrupt timers and watchdogs.
 */
#ifndef TIMER_H
#define TIMER_H

#include "model.h"

void timer_advance(struct dlb_model *m, uint32_t us);
void timer_clock_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);
void timer_watchdog_clock_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index,
				  uint32_t value);

#endif /* TIMER_H */
