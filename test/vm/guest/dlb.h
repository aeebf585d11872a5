/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The least of a DLB driver: power-up, and one directed port and its queue. It shares the register
 * table with the device and nothing else, and none of it with the driver.
 */
#ifndef DLB_H
#define DLB_H

#include <stdbool.h>
#include <stdint.h>

#include "dlb_hw.h"
#include "dlb_qe.h"
#include "dlb_reg.h"
#include "pci.h"

struct dlb {
	struct vfio vfio;
	enum dlb_gen gen;
};

/* A directed port with its queue, and the CQ in memory. */
struct dlb_pair {
	uint32_t number, domain;
	uint32_t depth;
	volatile struct dlb_cqe *cq; /* every fourth one is used: the format is sparse */
	uint64_t iova;
	uint32_t head; /* runs on */
};

void dlb_open(struct dlb *d, const char *bdf);
void dlb_close(struct dlb *d);

uint32_t dlb_read(const struct dlb *d, enum dlb_reg reg, uint32_t index);
void dlb_write(const struct dlb *d, enum dlb_reg reg, uint32_t index, uint32_t value);
void dlb_flush(const struct dlb *d);

/* Wait for a condition; false if it does not come true in that time. */
bool dlb_wait(bool (*condition)(void *arg), void *arg, uint32_t timeout_ms);

void dlb_power_up(const struct dlb *d);
void dlb_format_set(const struct dlb *d);

void dlb_pair_create(const struct dlb *d, struct dlb_pair *pair, uint32_t number, uint32_t depth,
		     uint64_t iova);
void dlb_pair_start(const struct dlb *d, const struct dlb_pair *pair);
void dlb_pair_destroy(const struct dlb *d, struct dlb_pair *pair);

/* A line, as a CPU without 64-byte stores sends it. */
void dlb_line(const struct dlb *d, enum dlb_kind kind, uint32_t port,
	      const struct dlb_qe line[DLB_QES_PER_LINE]);

/* True and the next entry of the CQ if there is one; its token is still to be returned. */
bool dlb_pair_take(struct dlb_pair *pair, struct dlb_cqe *cqe);

#endif /* DLB_H */
