/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CQ entries that are not just two stores: a test aid, but for those that are lost.
 */
#ifndef ENTRY_H
#define ENTRY_H

#include "model.h"

/* Return 0, or -ENOMEM. */
int entry_create(struct dlb_model *m);
void entry_destroy(struct dlb_model *m);
void entry_reset(struct dlb_model *m);

/* Entries of this CQ need more than two stores. */
bool entry_is_special(const struct dlb_model *m, enum dlb_kind kind, uint32_t cq);
void entry_write(struct dlb_model *m, enum dlb_kind kind, uint32_t cq, const struct stored_qe *qe,
		 uint32_t depth);
/* Make all that has been written visible. */
void entry_publish(struct dlb_model *m);
/* The scheduler stops; complete: it has nothing more to do. */
void entry_run_ends(struct dlb_model *m, bool complete);

#endif /* ENTRY_H */
