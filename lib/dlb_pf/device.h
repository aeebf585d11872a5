/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Device: what the files of the PF layer share of one, and how they reach its registers. Functions
 * called pf_* expect the device's lock to be held.
 */
#ifndef PF_DEVICE_H
#define PF_DEVICE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "dlb_pf.h"
#include "ledger.h"

struct dlb_device {
	struct dlb_bus *bus;
	enum dlb_gen gen;
	const struct dlb_limits *limits;
	struct dlb_device_conf conf;
	const struct dlb_log *log; /* conf's */
	pthread_mutex_t lock;
	bool failed;              /* a domain would not drain */
	uint32_t threshold_ports; /* with an inflight threshold: its switch is the device's */
	uint32_t sn_mode[DLB_SN_GROUPS];
	struct pf_ledger ledger;
	bool vectors[DLB_CQ_VECTORS];            /* taken */
	struct dlb_domain *domains[DLB_DOMAINS]; /* by number; NULL: none */
};

static inline void
pf_device_lock(struct dlb_device *device)
{
	pthread_mutex_lock(&device->lock);
}

static inline void
pf_device_unlock(struct dlb_device *device)
{
	pthread_mutex_unlock(&device->lock);
}

static inline uint32_t
pf_read(const struct dlb_device *device, enum dlb_reg reg, uint32_t index)
{
	return device->bus->ops->csr_read(device->bus, dlb_reg_offset(device->gen, reg, index));
}

/* A register that this generation lacks is skipped, so that one list of registers serves all. */
static inline void
pf_write(const struct dlb_device *device, enum dlb_reg reg, uint32_t index, uint32_t value)
{
	if (dlb_reg_present(device->gen, reg))
		device->bus->ops->csr_write(device->bus, dlb_reg_offset(device->gen, reg, index),
					    value);
}

static inline void
pf_write_reset(const struct dlb_device *device, enum dlb_reg reg, uint32_t index)
{
	pf_write(device, reg, index, dlb_regs[reg].reset);
}

/* Register of a pair of indices, such as a queue of a domain. */
static inline void
pf_write2(const struct dlb_device *device, enum dlb_reg reg, uint32_t outer, uint32_t inner,
	  uint32_t value)
{
	pf_write(device, reg, dlb_reg_index(device->gen, reg, outer, inner), value);
}

/* Writes are posted: a read makes sure that they have arrived. */
static inline void
pf_flush(const struct dlb_device *device)
{
	(void)pf_read(device, DLB_SYS_TOTAL_VAS, 0);
}

static inline void
pf_wait_us(const struct dlb_device *device, uint32_t us)
{
	device->bus->ops->wait_us(device->bus, us);
}

/* A 64-bit count in two registers, read so that a carry in between cannot tear it. */
uint64_t pf_read_count(const struct dlb_device *device, enum dlb_reg low, enum dlb_reg high,
		       uint32_t index);

#endif /* PF_DEVICE_H */
