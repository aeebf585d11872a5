/* SPDX-License-Identifier: BSD-3-Clause */
/* Global programming; see global.h and the specification, section "Global one-time programming". */
#include <errno.h>
#include <string.h>

#include "global.h"
#include "log.h"

#define WEIGHT_MAX 255u
#define COS_BANDWIDTH_ALL 256u /* BW_RANGE that stands for 100 percent */

/* Registers with four weights each, one per bin of priorities. */
static const enum dlb_reg qe_arbiters[] = {
	DLB_ATM_CFG_ARB_WEIGHTS_RDY_BIN,         DLB_NALB_CFG_ARB_WEIGHTS_TQPRI_NALB_0,
	DLB_NALB_CFG_ARB_WEIGHTS_TQPRI_REPLAY_0, DLB_DP_CFG_ARB_WEIGHTS_TQPRI_REPLAY_0,
	DLB_DP_CFG_ARB_WEIGHTS_TQPRI_DIR_0,      DLB_NALB_CFG_ARB_WEIGHTS_TQPRI_ATQ_0,
	DLB_ATM_CFG_ARB_WEIGHTS_SCHED_BIN,       DLB_AQED_CFG_ARB_WEIGHTS_TQPRI_ATM_0,
};

static const enum dlb_reg queue_arbiters[] = {
	DLB_LSP_CFG_ARB_WEIGHT_LDB_QID_0,
	DLB_LSP_CFG_ARB_WEIGHT_ATM_NALB_QID_0,
};

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static uint32_t
cos_total(const struct dlb_device_conf *conf)
{
	uint32_t cos, total = 0;

	for (cos = 0; cos < DLB_COS_COUNT; cos++)
		total += conf->cos_bandwidth[cos];
	return total;
}

int
pf_global_check(const struct dlb_device_conf *conf)
{
	const struct {
		const char *setting;
		uint32_t value, maximum;
	} rows[] = {
		{ "CQ mode of load-balanced ports", conf->cq_mode[DLB_LDB], DLB_CQ_SPARSE },
		{ "CQ mode of directed ports", conf->cq_mode[DLB_DIR], DLB_CQ_SPARSE },
		{ "QE starvation avoidance", conf->qe_starvation_avoidance, 100 },
		{ "queue starvation avoidance", conf->queue_starvation_avoidance, 100 },
		{ "sum of class bandwidths", cos_total(conf), 100 },
	};
	uint32_t i;

	for (i = 0; i < COUNT(rows); i++) {
		int ret = pf_check_range(&conf->log, rows[i].setting, rows[i].value, 0,
					 rows[i].maximum);

		if (ret < 0)
			return ret;
	}
	return 0;
}

static void
cq_modes_program(struct dlb_device *device)
{
	uint32_t word = pf_read(device, DLB_CHP_CFG_CHP_CSR_CTRL, 0);

	word = dlb_field_set(word, DLB_CHP_CFG_CHP_CSR_CTRL_CFG_64BYTES_QE_LDB_CQ_MODE,
			     device->conf.cq_mode[DLB_LDB] == DLB_CQ_SPARSE);
	word = dlb_field_set(word, DLB_CHP_CFG_CHP_CSR_CTRL_CFG_64BYTES_QE_DIR_CQ_MODE,
			     device->conf.cq_mode[DLB_DIR] == DLB_CQ_SPARSE);
	pf_write(device, DLB_CHP_CFG_CHP_CSR_CTRL, 0, word);
}

/* Weights fall by a step from priority 7 to 0; a bin takes the weight of its odd priority. */
static uint32_t
arbiter_weights(uint32_t percent)
{
	uint32_t step = 32 * percent / 100, word = 0, bin;

	if (step == 0 && percent > 0)
		step = 1;
	for (bin = 0; bin < DLB_BINS; bin++)
		word |= (WEIGHT_MAX - step * 2 * (DLB_BINS - 1 - bin)) << 8 * bin;
	return word;
}

static void
arbiters_program(struct dlb_device *device, const enum dlb_reg regs[], uint32_t count,
		 uint32_t percent)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		pf_write(device, regs[i], 0, arbiter_weights(percent));
}

/* The shares take effect together, so that they never sum to more than all of it in between. */
static void
cos_program(struct dlb_device *device)
{
	uint32_t cos;

	if (cos_total(&device->conf) == 0)
		return;
	for (cos = 0; cos < DLB_COS_COUNT; cos++) {
		uint32_t word = pf_read(device, DLB_LSP_CFG_SHDW_RANGE_COS, cos);
		uint32_t range = device->conf.cos_bandwidth[cos] * COS_BANDWIDTH_ALL / 100;

		word = dlb_field_set(word, DLB_LSP_CFG_SHDW_RANGE_COS_BW_RANGE, range);
		pf_write(device, DLB_LSP_CFG_SHDW_RANGE_COS, cos, word);
	}
	pf_write(device, DLB_LSP_CFG_SHDW_CTRL, 0, DLB_LSP_CFG_SHDW_CTRL_TRANSFER);
}

static int
cos_bandwidth_set(struct dlb_device *device, const uint8_t percent[DLB_COS_COUNT])
{
	struct dlb_device_conf conf = device->conf;
	int ret;

	memcpy(conf.cos_bandwidth, percent, sizeof(conf.cos_bandwidth));
	ret = pf_check_range(device->log, "sum of class bandwidths", cos_total(&conf), 1, 100);
	if (ret < 0)
		return ret;
	device->conf = conf;
	cos_program(device);
	pf_flush(device);
	return 0;
}

int
dlb_cos_bandwidth_set(struct dlb_device *device, const uint8_t percent[DLB_COS_COUNT])
{
	int ret;

	pf_device_lock(device);
	ret = cos_bandwidth_set(device, percent);
	pf_device_unlock(device);
	return ret;
}

void
pf_global_program(struct dlb_device *device)
{
	const struct dlb_device_conf *conf = &device->conf;

	cq_modes_program(device);
	arbiters_program(device, qe_arbiters, COUNT(qe_arbiters), conf->qe_starvation_avoidance);
	arbiters_program(device, queue_arbiters, COUNT(queue_arbiters),
			 conf->queue_starvation_avoidance);
	cos_program(device);
	pf_flush(device);
}

void
pf_global_threshold_enable(struct dlb_device *device, bool enable)
{
	uint32_t word = pf_read(device, DLB_LSP_CFG_CTRL_GENERAL_0, 0);

	word = dlb_field_set(word, DLB_LSP_CFG_CTRL_GENERAL_0_ENAB_IF_THRESH, enable);
	pf_write(device, DLB_LSP_CFG_CTRL_GENERAL_0, 0, word);
}
