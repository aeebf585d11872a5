/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The least of a DLB driver: power-up, and one directed port and its queue.
 */
#include <sched.h>
#include <string.h>
#include <time.h>

#include "dlb.h"

#define FUNC_BAR 0
#define CSR_BAR 2
#define DEVICE_ID_OFFSET 2

#define POWER_UP_MS 1000
#define CREDITS 2048
#define DEPTH_THRESHOLD 256
#define PAGE_BYTES 4096u /* the IOMMU's */

void
dlb_open(struct dlb *d, const char *bdf)
{
	uint16_t device;

	vfio_open(&d->vfio, bdf);
	vfio_config_read(&d->vfio, DEVICE_ID_OFFSET, &device, sizeof(device));
	for (d->gen = 0; dlb_limits[d->gen].pci_device != device;)
		if (++d->gen == DLB_GEN_COUNT)
			fail("%s: device 0x%04x is no DLB", bdf, device);
	vfio_map_bar(&d->vfio, FUNC_BAR);
	vfio_map_bar(&d->vfio, CSR_BAR);
}

void
dlb_close(struct dlb *d)
{
	vfio_close(&d->vfio);
}

static volatile uint32_t *
csr(const struct dlb *d, enum dlb_reg reg, uint32_t index)
{
	return (volatile uint32_t *)((uint8_t *)d->vfio.bar[CSR_BAR] +
				     dlb_reg_offset(d->gen, reg, index));
}

uint32_t
dlb_read(const struct dlb *d, enum dlb_reg reg, uint32_t index)
{
	return *csr(d, reg, index);
}

void
dlb_write(const struct dlb *d, enum dlb_reg reg, uint32_t index, uint32_t value)
{
	*csr(d, reg, index) = value;
}

void
dlb_flush(const struct dlb *d)
{
	dlb_read(d, DLB_SYS_TOTAL_VAS, 0);
}

static uint64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

bool
dlb_wait(bool (*condition)(void *arg), void *arg, uint32_t timeout_ms)
{
	uint64_t end = now_ms() + timeout_ms;

	while (!condition(arg)) {
		if (now_ms() > end)
			return false;
		sched_yield();
	}
	return true;
}

static bool
is_ready(void *arg)
{
	const struct dlb *d = arg;

	return dlb_field_get(dlb_read(d, DLB_CM_CFG_PM_STATUS, 0), DLB_CM_CFG_PM_STATUS_PMSM) !=
		       0 &&
	       dlb_read(d, DLB_CM_CFG_DIAGNOSTIC_IDLE_STATUS, 0) &
		       DLB_CM_CFG_DIAGNOSTIC_IDLE_STATUS_DLB_FUNC_IDLE;
}

void
dlb_power_up(const struct dlb *d)
{
	struct dlb copy = *d;

	dlb_write(d, DLB_CM_CFG_PM_PMCSR_DISABLE, 0, 0);
	if (!dlb_wait(is_ready, &copy, POWER_UP_MS))
		fail("not ready: PM_STATUS 0x%x", dlb_read(d, DLB_CM_CFG_PM_STATUS, 0));
}

void
dlb_format_set(const struct dlb *d)
{
	dlb_write(d, DLB_CHP_CFG_CHP_CSR_CTRL, 0,
		  dlb_read(d, DLB_CHP_CFG_CHP_CSR_CTRL, 0) |
			  DLB_CHP_CFG_CHP_CSR_CTRL_CFG_64BYTES_QE_DIR_CQ_MODE);
}

static void
credits_set(const struct dlb *d, uint32_t domain, uint32_t credits)
{
	if (dlb_limits[d->gen].has_shared_credits)
		dlb_write(d, DLB_CHP_CFG_VAS_CRD, domain, credits);
	else
		dlb_write(d, DLB_CHP_CFG_DIR_VAS_CRD, domain, credits);
}

static uint32_t
vasqid(const struct dlb *d, const struct dlb_pair *pair)
{
	return dlb_reg_index(d->gen, DLB_SYS_DIR_VASQID_V, pair->domain, pair->number);
}

/* Registers that a generation has not are left out. */
static void
write_if_present(const struct dlb *d, enum dlb_reg reg, uint32_t index, uint32_t value)
{
	if (dlb_reg_present(d->gen, reg))
		dlb_write(d, reg, index, value);
}

static size_t
ring_bytes(uint32_t depth)
{
	size_t bytes = (size_t)dlb_cq_ring(depth) * DLB_LINE_BYTES;

	return bytes < PAGE_BYTES ? PAGE_BYTES : bytes;
}

void
dlb_pair_create(const struct dlb *d, struct dlb_pair *pair, uint32_t number, uint32_t depth,
		uint64_t iova)
{
	uint32_t select = dlb_cq_depth_select(depth);

	*pair = (struct dlb_pair){ .number = number, .domain = 1, .depth = depth, .iova = iova };
	pair->cq = vfio_dma_alloc(&d->vfio, iova, ring_bytes(depth));

	credits_set(d, pair->domain, CREDITS);
	dlb_write(d, DLB_SYS_DIR_CQ_ADDR_L, number, (uint32_t)iova);
	dlb_write(d, DLB_SYS_DIR_CQ_ADDR_U, number, (uint32_t)(iova >> 32));
	dlb_write(d, DLB_SYS_DIR_CQ2VF_PF_RO, number,
		  DLB_SYS_DIR_CQ2VF_PF_RO_IS_PF | DLB_SYS_DIR_CQ2VF_PF_RO_RO);
	dlb_write(d, DLB_CHP_DIR_CQ_TKN_DEPTH_SEL, number, select);
	dlb_write(d, DLB_LSP_CQ_DIR_TKN_CNT, number, dlb_cq_ring(depth) - depth);
	dlb_write(d, DLB_LSP_CQ_DIR_TKN_DEPTH_SEL_DSI, number, select);
	dlb_write(d, DLB_CHP_DIR_CQ_WPTR, number, 0);
	dlb_write(d, DLB_SYS_DIR_CQ_FMT, number, 0);
	write_if_present(d, DLB_SYS_DIR_CQ_AT, number, 0);
	dlb_write(d, DLB_SYS_DIR_CQ_PASID, number, 0);
	dlb_write(d, DLB_CHP_DIR_CQ2VAS, number, pair->domain);
	dlb_write(d, DLB_SYS_DIR_PP2VAS, number, pair->domain);
	dlb_write(d, DLB_SYS_DIR_PP_V, number, 1);
	dlb_write(d, DLB_LSP_CQ_DIR_DSBL, number, 0);
	dlb_flush(d);

	dlb_write(d, DLB_SYS_DIR_VASQID_V, vasqid(d, pair), 0);
	dlb_write(d, DLB_SYS_DIR_QID_ITS, number, 0);
	dlb_write(d, DLB_LSP_QID_DIR_DEPTH_THRSH, number, DEPTH_THRESHOLD);
	dlb_write(d, DLB_SYS_DIR_QID_V, number, 1);
}

void
dlb_pair_start(const struct dlb *d, const struct dlb_pair *pair)
{
	dlb_write(d, DLB_SYS_DIR_VASQID_V, vasqid(d, pair), 1);
	dlb_flush(d);
}

/* The device keeps what it was told until it is reset: only the memory goes back. */
void
dlb_pair_destroy(const struct dlb *d, struct dlb_pair *pair)
{
	dlb_write(d, DLB_LSP_CQ_DIR_DSBL, pair->number, 1);
	dlb_flush(d);
	vfio_dma_free(&d->vfio, (void *)(uintptr_t)pair->cq, pair->iova, ring_bytes(pair->depth));
}

void
dlb_line(const struct dlb *d, enum dlb_kind kind, uint32_t port,
	 const struct dlb_qe line[DLB_QES_PER_LINE])
{
	volatile uint64_t *pp = (volatile uint64_t *)((uint8_t *)d->vfio.bar[FUNC_BAR] +
						      dlb_pp_base[kind] + port * DLB_PP_STRIDE);
	uint64_t words[DLB_LINE_BYTES / sizeof(uint64_t)];
	uint32_t i;

	memcpy(words, line, sizeof(words));
	for (i = 0; i < DLB_LINE_BYTES / sizeof(uint64_t); i++)
		pp[i] = words[i];
}

bool
dlb_pair_take(struct dlb_pair *pair, struct dlb_cqe *cqe)
{
	uint32_t ring = dlb_cq_ring(pair->depth);
	uint32_t slot = pair->head & (ring - 1);
	volatile struct dlb_cqe *entry = &pair->cq[slot * DLB_QES_PER_LINE];

	if ((entry->flags & DLB_CQE_GEN) != dlb_cqe_gen(pair->head, (uint32_t)__builtin_ctz(ring)))
		return false;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	*cqe = *entry;
	pair->head++;
	return true;
}
