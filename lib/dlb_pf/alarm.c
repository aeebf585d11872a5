/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Alarms: what the device found wrong with a QE, or with itself. It keeps the first one until software has
 * read it, and of later ones only that there were any; see the specification, section "Enabling and
 * reading".
 */
#include <errno.h>

#include "device.h"

#define SOURCE_SYS 0
#define SOURCE_DLB 1
#define UNIT_CHP 4
#define SYNDROME_PORT 0x7fu
#define SYNDROME_LDB 0x80u /* of CHP alarms; SYS alarms have IS_LDB for it */

/* Codes that are public. The rest of the ingress alarms are told apart by their numbers only. */
static const struct alarm_row {
	const char *name;
	uint8_t source, unit, aid;
} alarm_rows[DLB_ALARM_COUNT] = {
	[DLB_ALARM_ILLEGAL_QID] = { "illegal_queue", SOURCE_SYS, 0, 3 },
	[DLB_ALARM_DISABLED_QID] = { "disabled_queue", SOURCE_SYS, 0, 4 },
	[DLB_ALARM_ILLEGAL_HCW] = { "illegal_command", SOURCE_SYS, 0, 5 },
	[DLB_ALARM_ILLEGAL_ENQUEUE] = { "illegal_enqueue", SOURCE_DLB, UNIT_CHP, 1 },
	[DLB_ALARM_EXCESS_TOKENS] = { "excess_tokens", SOURCE_DLB, UNIT_CHP, 2 },
	[DLB_ALARM_OTHER_QE] = { "other_qe", 0, 0, 0 },
	[DLB_ALARM_DEVICE] = { "device", 0, 0, 0 },
};

const char *
dlb_alarm_name(enum dlb_alarm_kind kind)
{
	return kind < DLB_ALARM_COUNT ? alarm_rows[kind].name : "?";
}

void
dlb_alarms_enable(struct dlb_device *device)
{
	pf_device_lock(device);
	pf_write(device, DLB_SYS_INGRESS_ALARM_ENBL, 0,
		 dlb_regs[DLB_SYS_INGRESS_ALARM_ENBL].writable[device->gen]);
	pf_device_unlock(device);
}

static enum dlb_alarm_kind
alarm_kind(uint32_t word)
{
	uint32_t source = dlb_field_get(word, DLB_SYS_ALARM_PF_SYND0_SOURCE);
	uint32_t unit = dlb_field_get(word, DLB_SYS_ALARM_PF_SYND0_UNIT);
	uint32_t aid = dlb_field_get(word, DLB_SYS_ALARM_PF_SYND0_AID);
	uint32_t kind;

	for (kind = 0; kind < DLB_ALARM_OTHER_QE; kind++) {
		if (alarm_rows[kind].source == source && alarm_rows[kind].aid == aid &&
		    (source == SOURCE_SYS || alarm_rows[kind].unit == unit))
			return (enum dlb_alarm_kind)kind;
	}
	return DLB_ALARM_OTHER_QE;
}

/* Who has the producer port. */
static int
port_domain(const struct dlb_device *device, enum dlb_kind kind, uint32_t port)
{
	if (port >= device->limits->ports[kind] ||
	    device->ledger.ports[kind][port].domain == PF_NOBODY)
		return DLB_DOMAIN_NONE;
	return device->ledger.ports[kind][port].domain;
}

static void
qe_alarm_decode(const struct dlb_device *device, uint32_t word, struct dlb_alarm *alarm)
{
	uint32_t source = dlb_field_get(word, DLB_SYS_ALARM_PF_SYND0_SOURCE);
	uint32_t ldb = source == SOURCE_SYS ? DLB_SYS_ALARM_PF_SYND0_IS_LDB : SYNDROME_LDB;
	uint32_t low = pf_read(device, DLB_SYS_ALARM_PF_SYND1, 0);
	uint32_t high = pf_read(device, DLB_SYS_ALARM_PF_SYND2, 0);

	*alarm = (struct dlb_alarm){
		.kind = alarm_kind(word),
		.word = word,
		.more = word & DLB_SYS_ALARM_PF_SYND0_MORE,
		.port_kind = word & ldb ? DLB_LDB : DLB_DIR,
		.port = word & SYNDROME_PORT,
		.qe = { .opaque = (uint16_t)low,
			.qid = (uint8_t)(low >> 16),
			.sched = (uint8_t)(low >> 24),
			.lock_id = (uint16_t)high,
			.misc = (uint8_t)(high >> 16),
			.cmd = (uint8_t)(high >> 24) },
	};
	alarm->domain = port_domain(device, alarm->port_kind, alarm->port);
}

static bool
alarm_take(struct dlb_device *device, struct dlb_alarm *alarm)
{
	uint32_t word = pf_read(device, DLB_SYS_ALARM_PF_SYND0, 0);

	if (word & DLB_SYS_ALARM_PF_SYND0_VALID) {
		qe_alarm_decode(device, word, alarm);
		pf_write(device, DLB_SYS_ALARM_PF_SYND0, 0, word);
		return true;
	}
	word = pf_read(device, DLB_SYS_ALARM_HW_SYND, 0);
	if (word & DLB_SYS_ALARM_HW_SYND_VALID) {
		*alarm = (struct dlb_alarm){
			.kind = DLB_ALARM_DEVICE,
			.domain = DLB_DOMAIN_NONE,
			.word = word,
			.more = word & DLB_SYS_ALARM_HW_SYND_MORE,
		};
		pf_write(device, DLB_SYS_ALARM_HW_SYND, 0, word);
		return true;
	}
	/* The vector is sent again only once it is acknowledged. */
	pf_write(device, DLB_SYS_MSIX_ACK, 0, DLB_SYS_MSIX_ACK_MSIX_0_ACK);
	return false;
}

bool
dlb_alarm_take(struct dlb_device *device, struct dlb_alarm *alarm)
{
	bool taken;

	pf_device_lock(device);
	taken = alarm_take(device, alarm);
	pf_device_unlock(device);
	return taken;
}

int
dlb_alarm_fd(struct dlb_device *device)
{
	const struct dlb_bus_ops *ops = device->bus->ops;

	return ops->vector_fd == NULL ? -ENOTSUP : ops->vector_fd(device->bus, DLB_ALARM_VECTOR);
}
