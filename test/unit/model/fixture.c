/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include "fixture.h"

#define PCI_COMMAND 0x04
#define PCI_COMMAND_MEMORY_MASTER 0x0006
#define CQ_RO_PF 0x30

static const struct {
	enum dlb_reg pp_v, pp2vas, cq2vas, addr_l, addr_u, ring_select, token_select, tokens, wptr,
		attributes, disable, permission;
} regs[DLB_KIND_COUNT] = {
	[DLB_LDB] = { DLB_SYS_LDB_PP_V, DLB_SYS_LDB_PP2VAS, DLB_CHP_LDB_CQ2VAS,
		      DLB_SYS_LDB_CQ_ADDR_L, DLB_SYS_LDB_CQ_ADDR_U, DLB_CHP_LDB_CQ_TKN_DEPTH_SEL,
		      DLB_LSP_CQ_LDB_TKN_DEPTH_SEL, DLB_LSP_CQ_LDB_TKN_CNT, DLB_CHP_LDB_CQ_WPTR,
		      DLB_SYS_LDB_CQ2VF_PF_RO, DLB_LSP_CQ_LDB_DSBL, DLB_SYS_LDB_VASQID_V },
	[DLB_DIR] = { DLB_SYS_DIR_PP_V, DLB_SYS_DIR_PP2VAS, DLB_CHP_DIR_CQ2VAS,
		      DLB_SYS_DIR_CQ_ADDR_L, DLB_SYS_DIR_CQ_ADDR_U, DLB_CHP_DIR_CQ_TKN_DEPTH_SEL,
		      DLB_LSP_CQ_DIR_TKN_DEPTH_SEL_DSI, DLB_LSP_CQ_DIR_TKN_CNT, DLB_CHP_DIR_CQ_WPTR,
		      DLB_SYS_DIR_CQ2VF_PF_RO, DLB_LSP_CQ_DIR_DSBL, DLB_SYS_DIR_VASQID_V },
};

static void *
memory_map(void *arg, uint64_t iova, size_t size_bytes)
{
	struct fixture *f = arg;

	if (f->memory_gone || iova < FX_IOVA || iova - FX_IOVA > f->memory_bytes ||
	    size_bytes > f->memory_bytes - (iova - FX_IOVA))
		return NULL;
	return f->memory + (iova - FX_IOVA);
}

static void
finding(void *arg, enum dlb_lint rule, const char *text)
{
	struct fixture *f = arg;

	snprintf(f->last_finding, sizeof(f->last_finding), "%s: %s", dlb_lint_name(rule), text);
	if (!(f->expected >> rule & 1))
		print_error("lint: %s\n", f->last_finding);
}

static void
interrupt(void *arg, uint32_t vector)
{
	struct fixture *f = arg;

	assert_true(vector < DLB_VECTORS);
	f->interrupts[vector]++;
}

static void
create(struct fixture *f, struct dlb_model_conf conf)
{
	conf.lint = true;
	conf.dma_map = memory_map;
	conf.interrupt = interrupt;
	conf.lint_report = finding;
	conf.arg = f;
	memset(f, 0, sizeof(*f));
	f->gen = conf.gen;
	f->limits = &dlb_limits[conf.gen];
	f->memory_bytes = (size_t)FX_CQ_BYTES * 2 * DLB_PORTS_MAX;
	f->memory = calloc(1, f->memory_bytes);
	assert_non_null(f->memory);
	assert_int_equal(dlb_model_create(&conf, &f->m), 0);
}

void
fx_create_cold(struct fixture *f, enum dlb_gen gen)
{
	create(f, (struct dlb_model_conf){ .gen = gen });
}

void
fx_enable_pci(struct fixture *f)
{
	fx_config_write(f, PCI_COMMAND, 2, PCI_COMMAND_MEMORY_MASTER);
}

void
fx_power_up(struct fixture *f)
{
	fx_write(f, DLB_CM_CFG_PM_PMCSR_DISABLE, 0, 0);
	dlb_model_advance(f->m, FX_READY_US);
}

void
fx_cq_mode(struct fixture *f, enum dlb_cq_mode mode)
{
	uint32_t bits = DLB_CHP_CFG_CHP_CSR_CTRL_CFG_64BYTES_QE_LDB_CQ_MODE |
			DLB_CHP_CFG_CHP_CSR_CTRL_CFG_64BYTES_QE_DIR_CQ_MODE;
	uint32_t word = fx_read(f, DLB_CHP_CFG_CHP_CSR_CTRL, 0) & ~bits;

	f->mode = mode;
	fx_write(f, DLB_CHP_CFG_CHP_CSR_CTRL, 0, mode == DLB_CQ_SPARSE ? word | bits : word);
}

void
fx_create_aided(struct fixture *f, const struct dlb_model_conf *aids)
{
	create(f, *aids);
	fx_enable_pci(f);
	fx_power_up(f);
	fx_cq_mode(f, DLB_CQ_SPARSE);
}

void
fx_create(struct fixture *f, enum dlb_gen gen)
{
	fx_create_aided(f, &(struct dlb_model_conf){ .gen = gen });
}

void
fx_destroy(struct fixture *f)
{
	enum dlb_lint rule;

	for (rule = 0; rule < DLB_LINT_COUNT; rule++)
		if (!(f->expected >> rule & 1) && dlb_model_lint_count(f->m, rule) != 0)
			fail_msg("lint found %llu of %s; last: %s",
				 (unsigned long long)dlb_model_lint_count(f->m, rule),
				 dlb_lint_name(rule), f->last_finding);
	dlb_model_destroy(f->m);
	free(f->memory);
}

uint32_t
fx_read(struct fixture *f, enum dlb_reg reg, uint32_t index)
{
	return dlb_model_csr_read(f->m, dlb_reg_offset(f->gen, reg, index));
}

void
fx_write(struct fixture *f, enum dlb_reg reg, uint32_t index, uint32_t value)
{
	dlb_model_csr_write(f->m, dlb_reg_offset(f->gen, reg, index), value);
}

uint32_t
fx_config_read(struct fixture *f, uint32_t offset, size_t size_bytes)
{
	uint32_t value = 0;

	assert_int_equal(dlb_model_config_read(f->m, offset, &value, size_bytes), 0);
	return value;
}

void
fx_config_write(struct fixture *f, uint32_t offset, size_t size_bytes, uint32_t value)
{
	assert_int_equal(dlb_model_config_write(f->m, offset, &value, size_bytes), 0);
}

void
fx_domain(struct fixture *f, uint32_t d, uint32_t ldb_credits, uint32_t dir_credits)
{
	if (f->limits->has_shared_credits) {
		fx_write(f, DLB_CHP_CFG_VAS_CRD, d, ldb_credits + dir_credits);
		return;
	}
	fx_write(f, DLB_CHP_CFG_LDB_VAS_CRD, d, ldb_credits);
	fx_write(f, DLB_CHP_CFG_DIR_VAS_CRD, d, dir_credits);
}

void
fx_ldb_queue(struct fixture *f, uint32_t d, uint32_t q, const struct fx_queue *conf)
{
	uint32_t threshold = conf->threshold != 0 ? conf->threshold : 256;
	uint32_t inflights = conf->inflights;

	if (inflights == 0)
		inflights = conf->ordered ? dlb_sn_per_queue(conf->sn_mode) : DLB_QID_INFLIGHTS_MAX;
	fx_write(f, DLB_SYS_LDB_VASQID_V, d * DLB_LDB_QUEUES + q, 0);
	fx_write(f, DLB_LSP_QID_LDB_INFL_LIM, q, inflights);
	fx_write(f, DLB_LSP_QID_AQED_ACTIVE_LIM, q, conf->aqed);
	fx_write(f, DLB_AQED_QID_HID_WIDTH, q, conf->compress);
	fx_write(f, DLB_SYS_LDB_QID_ITS, q, 0);
	fx_write(f, DLB_LSP_QID_ATM_DEPTH_THRSH, q, threshold);
	fx_write(f, DLB_LSP_QID_NALDB_DEPTH_THRSH, q, threshold);
	fx_write(f, DLB_AQED_QID_FID_LIM, q, conf->fid_limit != 0 ? conf->fid_limit : 512);
	fx_write(f, DLB_CHP_ORD_QID_SN_MAP, q,
		 dlb_field(DLB_CHP_ORD_QID_SN_MAP_MODE, conf->sn_mode) |
			 dlb_field(DLB_CHP_ORD_QID_SN_MAP_SLOT, conf->sn_slot) |
			 dlb_field(DLB_CHP_ORD_QID_SN_MAP_GRP, conf->sn_group));
	fx_write(f, DLB_SYS_LDB_QID_CFG_V, q,
		 dlb_field(DLB_SYS_LDB_QID_CFG_V_SN_CFG_V, conf->ordered) |
			 dlb_field(DLB_SYS_LDB_QID_CFG_V_FID_CFG_V, conf->aqed != 0));
	fx_write(f, DLB_SYS_LDB_QID_V, q, 1);
}

void
fx_dir_queue(struct fixture *f, uint32_t d, uint32_t q)
{
	fx_write(f, DLB_SYS_DIR_VASQID_V, d * f->limits->queues[DLB_DIR] + q, 0);
	fx_write(f, DLB_SYS_DIR_QID_ITS, q, 0);
	fx_write(f, DLB_LSP_QID_DIR_DEPTH_THRSH, q, 256);
	fx_write(f, DLB_SYS_DIR_QID_V, q, 1);
}

static uint64_t
ring_iova(enum dlb_kind kind, uint32_t p)
{
	return FX_IOVA + (uint64_t)FX_CQ_BYTES * (kind * DLB_PORTS_MAX + p);
}

void
fx_ring(struct fixture *f, enum dlb_kind kind, uint32_t p, uint64_t *iova)
{
	*iova = ring_iova(kind, p);
	memset(f->memory + (*iova - FX_IOVA), 0, FX_CQ_BYTES);
}

static void
cq_program(struct fixture *f, enum dlb_kind kind, uint32_t p, uint32_t depth)
{
	uint64_t iova;

	fx_ring(f, kind, p, &iova);
	f->reader[kind][p] =
		(struct fx_reader){ .log2_ring = (uint32_t)__builtin_ctz(dlb_cq_ring(depth)),
				    .depth = depth };
	fx_write(f, regs[kind].addr_l, p, (uint32_t)iova);
	fx_write(f, regs[kind].addr_u, p, (uint32_t)(iova >> 32));
	fx_write(f, regs[kind].attributes, p, CQ_RO_PF);
	fx_write(f, regs[kind].ring_select, p, dlb_cq_depth_select(depth));
	fx_write(f, regs[kind].tokens, p, dlb_cq_ring(depth) - depth);
	fx_write(f, regs[kind].token_select, p, dlb_cq_depth_select(depth));
	fx_write(f, regs[kind].wptr, p, 0);
}

static void
port_publish(struct fixture *f, enum dlb_kind kind, uint32_t d, uint32_t p)
{
	fx_write(f, regs[kind].cq2vas, p, d);
	if (kind == DLB_LDB)
		fx_write(f, DLB_LSP_CQ2PRIOV, p, 0);
	fx_write(f, regs[kind].pp2vas, p, d);
	fx_write(f, regs[kind].pp_v, p, 1);
	fx_disable(f, kind, p, false);
}

void
fx_ldb_port(struct fixture *f, uint32_t d, uint32_t p, const struct fx_port *conf)
{
	cq_program(f, DLB_LDB, p, conf->depth);
	fx_write(f, DLB_CHP_HIST_LIST_LIM, p, conf->hist_base + conf->hist_size - 1);
	fx_write(f, DLB_CHP_HIST_LIST_BASE, p, conf->hist_base);
	fx_write(f, DLB_LSP_CQ_LDB_INFL_LIM, p, conf->hist_size);
	fx_write(f, DLB_CHP_HIST_LIST_PUSH_PTR, p, conf->hist_base);
	fx_write(f, DLB_CHP_HIST_LIST_POP_PTR, p, conf->hist_base);
	fx_write(f, DLB_SYS_LDB_CQ_PASID, p, 0);
	port_publish(f, DLB_LDB, d, p);
}

void
fx_dir_port(struct fixture *f, uint32_t d, uint32_t p, uint32_t depth)
{
	cq_program(f, DLB_DIR, p, depth);
	fx_write(f, DLB_SYS_DIR_CQ_FMT, p, 0);
	fx_write(f, DLB_SYS_DIR_CQ_PASID, p, 0);
	port_publish(f, DLB_DIR, d, p);
}

void
fx_disable(struct fixture *f, enum dlb_kind kind, uint32_t cq, bool disabled)
{
	fx_write(f, regs[kind].disable, cq, disabled);
	fx_read(f, DLB_SYS_TOTAL_VAS, 0);
}

static const enum dlb_reg queue_maps[] = { DLB_ATM_QID2CQIDIX, DLB_LSP_QID2CQIDIX,
					   DLB_LSP_QID2CQIDIX2 };

static void
queue_maps_change(struct fixture *f, uint32_t q, uint32_t cq, uint32_t slot, bool mapped)
{
	uint32_t bit = UINT32_C(1) << (8 * (cq % 4) + slot), i, index, word;

	for (i = 0; i < 3; i++) {
		index = dlb_reg_index(f->gen, queue_maps[i], q, cq / 4);
		word = fx_read(f, queue_maps[i], index);
		fx_write(f, queue_maps[i], index, mapped ? word | bit : word & ~bit);
	}
}

void
fx_table_add(struct fixture *f, uint32_t q, uint32_t cq, uint32_t slot, uint32_t priority)
{
	enum dlb_reg cq2qid = slot < 4 ? DLB_LSP_CQ2QID0 : DLB_LSP_CQ2QID1;
	uint32_t shift = 8 * (slot % 4);
	uint32_t word = fx_read(f, DLB_LSP_CQ2PRIOV, cq);

	word = (word & ~(7u << 3 * slot)) | priority << 3 * slot | 1u << (24 + slot);
	fx_write(f, DLB_LSP_CQ2PRIOV, cq, word);
	word = fx_read(f, cq2qid, cq);
	fx_write(f, cq2qid, cq, (word & ~(0x7fu << shift)) | q << shift);
	queue_maps_change(f, q, cq, slot, true);
	fx_read(f, DLB_SYS_TOTAL_VAS, 0);
}

void
fx_table_remove(struct fixture *f, uint32_t q, uint32_t cq, uint32_t slot)
{
	uint32_t word = fx_read(f, DLB_LSP_CQ2PRIOV, cq);

	fx_write(f, DLB_LSP_CQ2PRIOV, cq, word & ~(7u << 3 * slot | 1u << (24 + slot)));
	queue_maps_change(f, q, cq, slot, false);
	fx_read(f, DLB_SYS_TOTAL_VAS, 0);
}

void
fx_map(struct fixture *f, uint32_t q, uint32_t cq, uint32_t slot, uint32_t priority)
{
	fx_disable(f, DLB_LDB, cq, true);
	fx_table_add(f, q, cq, slot, priority);
	fx_disable(f, DLB_LDB, cq, false);
}

static void
permissions_set(struct fixture *f, uint32_t d, bool allowed)
{
	static const enum dlb_reg valid[DLB_KIND_COUNT] = {
		[DLB_LDB] = DLB_SYS_LDB_QID_V, [DLB_DIR] = DLB_SYS_DIR_QID_V
	};
	enum dlb_kind kind;
	uint32_t q, queues;

	for (kind = 0; kind < DLB_KIND_COUNT; kind++) {
		queues = f->limits->queues[kind];
		for (q = 0; q < queues; q++)
			if (fx_read(f, valid[kind], q))
				fx_write(f, regs[kind].permission, d * queues + q, allowed);
	}
	fx_read(f, DLB_SYS_TOTAL_VAS, 0);
}

/* All queues that exist belong to the one domain that a test uses. */
void
fx_start(struct fixture *f, uint32_t d)
{
	permissions_set(f, d, true);
}

void
fx_stop(struct fixture *f, uint32_t d)
{
	permissions_set(f, d, false);
}

struct dlb_qe
fx_qe(enum dlb_cmd cmd, enum dlb_sched type, uint32_t qid, uint32_t priority, uint32_t lock,
      uint64_t data)
{
	return (struct dlb_qe){
		.data = data,
		.opaque = (uint16_t)(data * 7),
		.qid = (uint8_t)qid,
		.sched = dlb_qe_sched(type, priority, 0),
		.lock_id = (uint16_t)lock,
		.cmd = (uint8_t)cmd,
	};
}

void
fx_send(struct fixture *f, enum dlb_kind kind, uint32_t port, struct dlb_qe qe)
{
	const struct dlb_qe line[DLB_QES_PER_LINE] = { qe };

	dlb_model_pp_write(f->m, kind, port, line);
}

void
fx_pop(struct fixture *f, enum dlb_kind kind, uint32_t port, uint32_t tokens)
{
	fx_send(f, kind, port, dlb_qe_pop(tokens));
}

void
fx_release(struct fixture *f, uint32_t port, uint32_t count)
{
	for (; count != 0; count--)
		fx_send(f, DLB_LDB, port, (struct dlb_qe){ .cmd = DLB_CMD_REL });
}

static const struct dlb_cqe *
entry_at(struct fixture *f, enum dlb_kind kind, uint32_t cq, uint32_t index)
{
	const struct fx_reader *r = &f->reader[kind][cq];
	uint32_t slot = index & ((1u << r->log2_ring) - 1);
	const struct dlb_cqe *cqe =
		(const struct dlb_cqe *)(f->memory + (ring_iova(kind, cq) - FX_IOVA) +
					 slot * dlb_cq_stride(f->mode));

	if ((cqe->flags & DLB_CQE_GEN) != dlb_cqe_gen(index, r->log2_ring))
		return NULL;
	return cqe;
}

const struct dlb_cqe *
fx_peek(struct fixture *f, enum dlb_kind kind, uint32_t cq)
{
	return entry_at(f, kind, cq, f->reader[kind][cq].index);
}

bool
fx_take(struct fixture *f, enum dlb_kind kind, uint32_t cq, struct dlb_cqe *cqe)
{
	const struct dlb_cqe *there = fx_peek(f, kind, cq);

	if (there == NULL)
		return false;
	*cqe = *there;
	f->reader[kind][cq].index++;
	return true;
}

uint32_t
fx_run(struct fixture *f)
{
	uint32_t total = 0, n;

	do {
		n = dlb_model_run(f->m, 64);
		total += n;
	} while (n == 64);
	return total;
}

uint32_t
fx_count(struct fixture *f, enum dlb_kind kind, uint32_t cq)
{
	const struct fx_reader *r = &f->reader[kind][cq];
	uint32_t n = 0;

	while (n < 1u << r->log2_ring && entry_at(f, kind, cq, r->index + n) != NULL)
		n++;
	return n;
}

uint32_t
fx_credits(struct fixture *f, enum dlb_kind kind, uint32_t d)
{
	if (f->limits->has_shared_credits)
		return fx_read(f, DLB_CHP_CFG_VAS_CRD, d);
	return fx_read(f, kind == DLB_LDB ? DLB_CHP_CFG_LDB_VAS_CRD : DLB_CHP_CFG_DIR_VAS_CRD, d);
}

uint32_t
fx_depth(struct fixture *f, enum dlb_kind kind, uint32_t q)
{
	if (kind == DLB_DIR)
		return fx_read(f, DLB_LSP_QID_DIR_ENQUEUE_CNT, q);
	return fx_read(f, DLB_LSP_QID_AQED_ACTIVE_CNT, q) +
	       fx_read(f, DLB_LSP_QID_LDB_ENQUEUE_CNT, q) + fx_read(f, DLB_LSP_QID_ATM_ACTIVE, q);
}
