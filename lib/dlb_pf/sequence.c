/* SPDX-License-Identifier: BSD-3-Clause */
/* Sequence-number groups; see sequence.h and the specification, section of the same name. */
#include <errno.h>

#include "log.h"
#include "sequence.h"

static const struct sn_group {
	enum dlb_reg slot_shift;
	uint32_t mode;
} groups[DLB_SN_GROUPS] = {
	{ DLB_RO_GRP_0_SLT_SHFT, DLB_RO_GRP_SN_MODE_SN_MODE_0 },
	{ DLB_RO_GRP_1_SLT_SHFT, DLB_RO_GRP_SN_MODE_SN_MODE_1 },
};

bool
pf_sn_count_is_valid(uint32_t sequence_numbers)
{
	uint32_t mode;

	for (mode = 0; mode < DLB_SN_MODES; mode++) {
		if (dlb_sn_per_queue(mode) == sequence_numbers)
			return true;
	}
	return false;
}

static uint32_t
mode_of(uint32_t sequence_numbers)
{
	return (uint32_t)__builtin_ctz(sequence_numbers / DLB_SN_MIN);
}

static int
group_check(const struct dlb_device *device, uint32_t group)
{
	return pf_check_range(device->log, "sequence-number group", group, 0, DLB_SN_GROUPS - 1);
}

static int
count_check(const struct dlb_device *device, uint32_t sequence_numbers)
{
	if (pf_sn_count_is_valid(sequence_numbers))
		return 0;
	return pf_refuse(device->log, -EINVAL,
			 "sequence numbers per queue %u: must be 64, 128, 256, 512 or 1024",
			 sequence_numbers);
}

uint16_t
pf_sn_slots_left(const struct dlb_device *device, uint32_t group)
{
	uint32_t slots = dlb_sn_slots(device->sn_mode[group]);
	uint16_t left = 0;
	uint32_t i;

	for (i = 0; i < slots; i++)
		left += device->ledger.sn_slots[group][i].domain == PF_NOBODY;
	return left;
}

static uint32_t
slots_used(const struct dlb_device *device, uint32_t group)
{
	return dlb_sn_slots(device->sn_mode[group]) - pf_sn_slots_left(device, group);
}

int
pf_sn_slot_find(const struct dlb_device *device, uint32_t sequence_numbers, struct pf_sn_slot *slot)
{
	uint32_t group, i;

	for (group = 0; group < DLB_SN_GROUPS; group++) {
		uint32_t mode = device->sn_mode[group];

		if (dlb_sn_per_queue(mode) != sequence_numbers)
			continue;
		for (i = 0; i < dlb_sn_slots(mode); i++) {
			if (device->ledger.sn_slots[group][i].domain == PF_NOBODY) {
				*slot = (struct pf_sn_slot){ group, i };
				return 0;
			}
		}
	}
	return -ENOSPC;
}

void
pf_sn_slot_take(struct dlb_device *device, struct pf_sn_slot slot, uint32_t domain)
{
	device->ledger.sn_slots[slot.group][slot.slot] = (struct pf_holding){
		.client = device->ledger.domains[domain].client,
		.domain = (uint8_t)domain,
		.used = true,
	};
}

void
pf_sn_slot_reset(struct dlb_device *device, struct pf_sn_slot slot)
{
	pf_write_reset(device, groups[slot.group].slot_shift, slot.slot);
}

void
pf_sn_modes_program(struct dlb_device *device)
{
	uint32_t word = 0, group;

	for (group = 0; group < DLB_SN_GROUPS; group++)
		word |= dlb_field(groups[group].mode, device->sn_mode[group]);
	pf_write(device, DLB_RO_GRP_SN_MODE, 0, word);
}

static void
group_set(struct dlb_device *device, uint32_t group, uint32_t sequence_numbers)
{
	device->sn_mode[group] = mode_of(sequence_numbers);
	pf_sn_modes_program(device);
}

static int
group_try_set(struct dlb_device *device, uint32_t group, uint32_t sequence_numbers)
{
	int ret;

	ret = group_check(device, group);
	if (ret < 0)
		return ret;
	ret = count_check(device, sequence_numbers);
	if (ret < 0)
		return ret;
	if (slots_used(device, group) > 0)
		return pf_refuse(device->log, -EPERM,
				 "sequence numbers per queue %u: group %u keeps %u while its %u "
				 "slots in use are not 0",
				 sequence_numbers, group, dlb_sn_per_queue(device->sn_mode[group]),
				 slots_used(device, group));
	group_set(device, group, sequence_numbers);
	return 0;
}

static int
group_fit(struct dlb_device *device, uint32_t sequence_numbers)
{
	struct pf_sn_slot slot;
	uint32_t group;
	int ret;

	ret = count_check(device, sequence_numbers);
	if (ret < 0)
		return ret;
	if (pf_sn_slot_find(device, sequence_numbers, &slot) == 0)
		return 0;
	for (group = 0; group < DLB_SN_GROUPS; group++) {
		if (slots_used(device, group) == 0) {
			group_set(device, group, sequence_numbers);
			return 0;
		}
	}
	return pf_refuse(device->log, -ENOSPC,
			 "sequence numbers per queue %u: no free slot of that size, and all groups "
			 "are in use with %u and %u",
			 sequence_numbers, dlb_sn_per_queue(device->sn_mode[0]),
			 dlb_sn_per_queue(device->sn_mode[1]));
}

int
dlb_sn_group_set(struct dlb_device *device, uint32_t group, uint32_t sequence_numbers)
{
	int ret;

	pf_device_lock(device);
	ret = group_try_set(device, group, sequence_numbers);
	pf_device_unlock(device);
	return ret;
}

int
dlb_sn_group_get(struct dlb_device *device, uint32_t group)
{
	int ret;

	pf_device_lock(device);
	ret = group_check(device, group);
	if (ret == 0)
		ret = (int)dlb_sn_per_queue(device->sn_mode[group]);
	pf_device_unlock(device);
	return ret;
}

int
dlb_sn_group_occupancy(struct dlb_device *device, uint32_t group)
{
	int ret;

	pf_device_lock(device);
	ret = group_check(device, group);
	if (ret == 0)
		ret = (int)slots_used(device, group);
	pf_device_unlock(device);
	return ret;
}

int
dlb_sn_group_fit(struct dlb_device *device, uint32_t sequence_numbers)
{
	int ret;

	pf_device_lock(device);
	ret = group_fit(device, sequence_numbers);
	pf_device_unlock(device);
	return ret;
}
