/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines in transit: a test aid that lets lines take effect some calls after they have arrived.
 */
#ifndef TRANSIT_H
#define TRANSIT_H

#include "model.h"

/* Return 0, or -ENOMEM. */
int transit_create(struct dlb_model *m);
void transit_destroy(struct dlb_model *m);
void transit_reset(struct dlb_model *m);

void transit_put(struct dlb_model *m, enum dlb_kind kind, uint32_t port,
		 const struct dlb_qe line[DLB_QES_PER_LINE]);
/* A call has been made, or the scheduler has nothing to do: lines that are due take effect. */
void transit_tick(struct dlb_model *m);
/* Time has passed: all of them do. */
void transit_flush(struct dlb_model *m);
bool transit_is_empty(const struct dlb_model *m);

#endif /* TRANSIT_H */
