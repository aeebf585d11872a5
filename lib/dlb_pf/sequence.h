/* SPDX-License-Identifier: BSD-3-Clause */
/* Sequence-number groups: each has 1024 numbers, divided among slots of equal size, one a queue. */
#ifndef PF_SEQUENCE_H
#define PF_SEQUENCE_H

#include "device.h"

struct pf_sn_slot {
	uint32_t group, slot;
};

/** True for 64, 128, 256, 512 and 1024. */
bool pf_sn_count_is_valid(uint32_t sequence_numbers);

/** Slots of a group that no queue has. */
uint16_t pf_sn_slots_left(const struct dlb_device *device, uint32_t group);

/** Find a free slot of that size. 0, or -ENOSPC. */
int pf_sn_slot_find(const struct dlb_device *device, uint32_t sequence_numbers,
		    struct pf_sn_slot *slot);

/** Take it for a domain, which gives it back through the ledger. */
void pf_sn_slot_take(struct dlb_device *device, struct pf_sn_slot slot, uint32_t domain);

/** Put the slot's place in the reorder window back to where a new owner expects it. */
void pf_sn_slot_reset(struct dlb_device *device, struct pf_sn_slot slot);

/** Write the groups' modes to the device. */
void pf_sn_modes_program(struct dlb_device *device);

#endif /* PF_SEQUENCE_H */
