/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A model under test, and a driver small enough to be read at a glance: it follows the register
 * sequences of programming-model.md, and owes nothing to the PF layer.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dlb_hw.h"
#include "dlb_model.h"
#include "dlb_qe.h"
#include "dlb_reg.h"

#define FX_IOVA UINT64_C(0x123456000)
#define FX_CQ_BYTES (DLB_CQ_DEPTH_MAX * DLB_LINE_BYTES)
#define FX_READY_US 1000
#define FX_FLR_US 100000

/* What one side of a CQ has to remember to read it. */
struct fx_reader {
	uint32_t index; /* runs on */
	uint32_t log2_ring;
	uint32_t depth;
};

struct fixture {
	struct dlb_model *m;
	enum dlb_gen gen;
	const struct dlb_limits *limits;
	enum dlb_cq_mode mode;
	uint8_t *memory; /* what the device sees at FX_IOVA */
	size_t memory_bytes;
	bool memory_gone; /* nothing is mapped for the device */
	struct fx_reader reader[DLB_KIND_COUNT][DLB_PORTS_MAX];
	uint32_t interrupts[DLB_VECTORS]; /* raised so far */
	uint32_t expected;                /* bit r: findings of lint rule r do not fail the test */
	char last_finding[256];
};

/* A queue as a row of a test says it; zeroes are an unordered queue without atomic traffic. */
struct fx_queue {
	uint32_t inflights; /* 0: 2048, or the sequence numbers */
	uint32_t aqed;      /* 0: no atomic traffic */
	uint32_t fid_limit; /* 0: 512 */
	uint32_t compress;  /* code */
	uint32_t threshold; /* 0: 256 */
	bool ordered;
	uint32_t sn_group, sn_slot, sn_mode;
};

struct fx_port {
	uint32_t depth;
	uint32_t hist_base, hist_size;
};

/* A powered and ready device that has memory decode, bus mastering and sparse CQs. */
void fx_create(struct fixture *f, enum dlb_gen gen);
/*
 * The same with test aids: generation and aids come from the configuration, all else is filled in.
 */
void fx_create_aided(struct fixture *f, const struct dlb_model_conf *aids);
/* As it is after a cold reset. */
void fx_create_cold(struct fixture *f, enum dlb_gen gen);
/* Fails the test if lint has found anything that was not expected. */
void fx_destroy(struct fixture *f);

void fx_power_up(struct fixture *f);
void fx_enable_pci(struct fixture *f);
void fx_cq_mode(struct fixture *f, enum dlb_cq_mode mode);

uint32_t fx_read(struct fixture *f, enum dlb_reg reg, uint32_t index);
void fx_write(struct fixture *f, enum dlb_reg reg, uint32_t index, uint32_t value);
uint32_t fx_config_read(struct fixture *f, uint32_t offset, size_t size_bytes);
void fx_config_write(struct fixture *f, uint32_t offset, size_t size_bytes, uint32_t value);

void fx_domain(struct fixture *f, uint32_t d, uint32_t ldb_credits, uint32_t dir_credits);
void fx_ldb_queue(struct fixture *f, uint32_t d, uint32_t q, const struct fx_queue *conf);
void fx_dir_queue(struct fixture *f, uint32_t d, uint32_t q);
void fx_ldb_port(struct fixture *f, uint32_t d, uint32_t p, const struct fx_port *conf);
void fx_dir_port(struct fixture *f, uint32_t d, uint32_t p, uint32_t depth);
void fx_ring(struct fixture *f, enum dlb_kind kind, uint32_t p, uint64_t *iova);
void fx_disable(struct fixture *f, enum dlb_kind kind, uint32_t cq, bool disabled);
void fx_table_add(struct fixture *f, uint32_t q, uint32_t cq, uint32_t slot, uint32_t priority);
void fx_table_remove(struct fixture *f, uint32_t q, uint32_t cq, uint32_t slot);
void fx_map(struct fixture *f, uint32_t q, uint32_t cq, uint32_t slot, uint32_t priority);
void fx_start(struct fixture *f, uint32_t d);
void fx_stop(struct fixture *f, uint32_t d);

struct dlb_qe fx_qe(enum dlb_cmd cmd, enum dlb_sched type, uint32_t qid, uint32_t priority,
		    uint32_t lock, uint64_t data);
/* One QE, in the first slot of a line. */
void fx_send(struct fixture *f, enum dlb_kind kind, uint32_t port, struct dlb_qe qe);
void fx_pop(struct fixture *f, enum dlb_kind kind, uint32_t port, uint32_t tokens);
void fx_release(struct fixture *f, uint32_t port, uint32_t count);

/* Look at a CQ without letting the device run; then take what is there. */
const struct dlb_cqe *fx_peek(struct fixture *f, enum dlb_kind kind, uint32_t cq);
bool fx_take(struct fixture *f, enum dlb_kind kind, uint32_t cq, struct dlb_cqe *cqe);
/* Let the device run until it has nothing more to do. */
uint32_t fx_run(struct fixture *f);
/* QEs that a CQ holds unread. */
uint32_t fx_count(struct fixture *f, enum dlb_kind kind, uint32_t cq);
uint32_t fx_credits(struct fixture *f, enum dlb_kind kind, uint32_t d);
uint32_t fx_depth(struct fixture *f, enum dlb_kind kind, uint32_t q);

#define FX_FOR_EACH_GEN(gen) for (enum dlb_gen gen = DLB_V2; gen < DLB_GEN_COUNT; gen++)

#define FX_EQ(got, want, name)                                                             \
	do {                                                                               \
		uint64_t got_ = (uint64_t)(got), want_ = (uint64_t)(want);                 \
		if (got_ != want_)                                                         \
			fail_msg("%s: %s is %llu (0x%llx), not %llu (0x%llx)", name, #got, \
				 (unsigned long long)got_, (unsigned long long)got_,       \
				 (unsigned long long)want_, (unsigned long long)want_);    \
	} while (0)

#endif /* FIXTURE_H */
