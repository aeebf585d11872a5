/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The test aids together, as the calls of the model see them. All of them are off unless the
 * configuration asks for them; then calls cost one test, and lines and CQ entries none.
 */
#ifndef AIDS_H
#define AIDS_H

#include "entry.h"
#include "random.h"
#include "slot_state.h"
#include "transit.h"

/* Return 0, or -ENOMEM. */
int aids_create(struct dlb_model *m);
void aids_destroy(struct dlb_model *m);
void aids_reset(struct dlb_model *m);
void aids_call(struct dlb_model *m);

static inline bool
aids_on(const struct dlb_model *m)
{
	return m->transit != NULL || m->late != NULL || m->slot_state != NULL;
}

/* To be called first by every call that can change or show the device. */
static inline void
aids_enter(struct dlb_model *m)
{
	if (m->aided)
		aids_call(m);
}

#endif /* AIDS_H */
