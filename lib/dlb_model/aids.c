/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Test aids: what a device may do and this one usually does not. Lines take effect late
 * (transit.c), entries become visible out of order (entry.c), slots of CQs know only what they
 * have been told (slot_state.c).
 */
#include "aids.h"

int
aids_create(struct dlb_model *m)
{
	int ret = 0;

	m->random = m->conf.seed ^ RANDOM_START;
	if (m->random == 0)
		m->random = RANDOM_START;
	if (m->conf.lag != 0)
		ret = transit_create(m);
	if (ret == 0 && m->conf.relaxed)
		ret = entry_create(m);
	if (ret == 0 && m->conf.strict)
		ret = slot_state_create(m);
	if (ret < 0)
		aids_destroy(m);
	m->aided = aids_on(m);
	return ret;
}

void
aids_destroy(struct dlb_model *m)
{
	slot_state_destroy(m);
	entry_destroy(m);
	transit_destroy(m);
}

void
aids_reset(struct dlb_model *m)
{
	if (m->transit != NULL)
		transit_reset(m);
	if (m->late != NULL)
		entry_reset(m);
	if (m->slot_state != NULL)
		slot_state_reset(m);
}

void
aids_call(struct dlb_model *m)
{
	if (m->late != NULL)
		entry_publish(m);
	if (m->slot_state != NULL)
		slot_state_observe(m);
	if (m->transit != NULL)
		transit_tick(m);
}
