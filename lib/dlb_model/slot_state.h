/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What each slot of a CQ knows of its queue: a test aid that makes LSP_LDB_SCHED_CTRL count.
 */
#ifndef SLOT_STATE_H
#define SLOT_STATE_H

#include "model.h"

/* Return 0, or -ENOMEM. */
int slot_state_create(struct dlb_model *m);
void slot_state_destroy(struct dlb_model *m);
void slot_state_reset(struct dlb_model *m);

/* The mapping tables of a CQ have changed. */
void slot_state_mapped(struct dlb_model *m, uint32_t cq);
/* Work and limits of queues may have changed. */
void slot_state_observe(struct dlb_model *m);
void slot_state_command_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index,
				uint32_t value);

#endif /* SLOT_STATE_H */
