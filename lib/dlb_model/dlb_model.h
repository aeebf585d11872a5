/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A DLB in software: configuration space, registers, storage and scheduler of the physical
 * function. See the guide, chapter "The device model".
 *
 * The model has no thread, no clock and no lock: whoever embeds it calls it from one thread at a
 * time, tells it that time passes, and says how device addresses become memory.
 *
 * A new model is a function after a cold reset: memory decode and bus mastering are off in
 * COMMAND, as a PCI layer finds them, and the device is powered down. Without memory decode
 * registers read all ones and lines are dropped; without bus mastering nothing is scheduled.
 */
#ifndef DLB_MODEL_H
#define DLB_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dlb_hw.h"
#include "dlb_qe.h"

struct dlb_model;

/* Lint: what a correct driver never does. The model goes on; it only reports. */
enum dlb_lint {
	DLB_LINT_UNPOWERED, /* register or producer-port access before power-up or readiness */
	DLB_LINT_UNKNOWN_REGISTER, /* no register of this generation is there */
	DLB_LINT_READ_ONLY,        /* write to a register that software cannot write */
	DLB_LINT_CQ_SETUP,     /* CQ enabled without address, depth, domain, or with a bad range */
	DLB_LINT_HIST_OVERLAP, /* two enabled CQs share history entries */
	DLB_LINT_MAP_WHILE_ENABLED, /* mapping tables of a CQ changed while it is enabled */
	DLB_LINT_MAP_DISAGREE, /* the mapping tables contradict each other when a CQ is enabled */
	DLB_LINT_MAP_INFLIGHT, /* queue mapped with QEs inflight, its domain started */
	DLB_LINT_QUEUE_PAUSED, /* queue left with inflight limit 0 while it has depth */
	DLB_LINT_OVERCOMMIT,   /* credits, AQED shares or sequence-number slots given out twice */
	DLB_LINT_PORT_DOMAIN,  /* PP and CQ of one number belong to different domains */
	DLB_LINT_CQ_MODE,      /* CQ format changed while a domain has credits */
	DLB_LINT_PP_BUSY,      /* producer port invalidated with unpaid QEs in its CQ */
	DLB_LINT_NOT_RESET,    /* registers of a domain not back at reset when its credits go */
	DLB_LINT_BAD_QE,       /* a QE that an ingress check rejects */
	DLB_LINT_DMA,          /* CQ entry for memory that is not mapped */
	DLB_LINT_COUNT
};

/*
 * Where public sources leave the device open, either way is plausible, and a driver could tell:
 * what the model does instead of what it does otherwise. See the guide, "What we do not know".
 */
enum dlb_model_choice {
	DLB_CHOICE_WEIGHTLESS = 1 << 0, /* a QE with weight code 0 is no load (13.5) */
	DLB_CHOICE_FULL_EARLY = 1 << 1, /* CQs of 16 and more are full with 4 entries left (13.6) */
	DLB_CHOICE_CREDIT_EARLY = 1 << 2, /* atomic QEs give credits back when staged (13.10) */
	DLB_CHOICE_STAGED_LONG = 1 << 3,  /* staging entries are held until completion (13.12) */
	DLB_CHOICE_READY_FIRST = 1
				 << 4, /* ready flows come before those that the CQ holds (13.13) */
	DLB_CHOICE_SLOW_TICKS = 1 << 5, /* timers and watchdogs count 64 us, not 1 us (13.16) */
	DLB_CHOICES_ALL = (1 << 6) - 1,
};

struct dlb_model_conf {
	enum dlb_gen gen;
	bool lint;
	uint32_t choices; /* of enum dlb_model_choice */

	/*
	 * Test aids: what a device may do and this one usually does not. Off when 0. Seeds give the
	 * same behaviour for the same calls.
	 */
	uint64_t seed; /* draws every choice that datapath.md 7.13 leaves open, and the aids' own */
	uint32_t lag;  /* lines take effect so many calls later at most, or when a run ends */
	bool noise;    /* bytes of CQ entries and lines that are not specified hold draws */
	bool relaxed;  /* lines of CQs with the RO attribute become visible out of order */
	bool strict; /* slots of CQs know only what LSP_LDB_SCHED_CTRL and events have told them */

	/*
	 * Memory at a device address, or NULL if not all of it is mapped. NULL: addresses are
	 * pointers.
	 */
	void *(*dma_map)(void *arg, uint64_t iova, size_t size_bytes);
	/*
	 * Raise an MSI-X vector, 0 to 64; masks are the embedder's, and it must not call the model
	 * from here. NULL: nobody listens.
	 */
	void (*interrupt)(void *arg, uint32_t vector);
	/* One line of text for each lint finding. */
	void (*lint_report)(void *arg, enum dlb_lint rule, const char *text);
	void *arg;
};

#define DLB_MODEL_LAG_MAX 4096

/** @return 0, or: -EINVAL for a bad configuration, -ENOMEM. */
int dlb_model_create(const struct dlb_model_conf *conf, struct dlb_model **model);
void dlb_model_destroy(struct dlb_model *model);

enum dlb_gen dlb_model_gen(const struct dlb_model *model);

/*
 * BAR 2. Offsets in bytes, 32-bit accesses; where no register is, reads give 0 and writes nothing.
 */
uint32_t dlb_model_csr_read(struct dlb_model *model, uint32_t offset);
void dlb_model_csr_write(struct dlb_model *model, uint32_t offset, uint32_t value);

/* Configuration space, 4096 bytes; 1, 2 or 4 bytes, aligned. Return 0, or -EINVAL. */
int dlb_model_config_read(struct dlb_model *model, uint32_t offset, void *value, size_t size_bytes);
int dlb_model_config_write(struct dlb_model *model, uint32_t offset, const void *value,
			   size_t size_bytes);

/** A line arrives at a producer port. Takes effect before it returns, unless conf.lag is set. */
void dlb_model_pp_write(struct dlb_model *model, enum dlb_kind kind, uint32_t port,
			const struct dlb_qe line[DLB_QES_PER_LINE]);

/** The same for lines that follow each other in memory, as a ring holds them. */
void dlb_model_pp_write_lines(struct dlb_model *model, enum dlb_kind kind, uint32_t port,
			      const struct dlb_qe (*lines)[DLB_QES_PER_LINE], uint32_t n);

/**
 * Schedule.
 *
 * @param budget
 *   QEs to write to CQs at most.
 * @return
 *   QEs written; less than the budget means that nothing more can be scheduled now, and that all
 *   entries written so far are visible.
 */
uint32_t dlb_model_run(struct dlb_model *model, uint32_t budget);

/** True while queues hold QEs, whether or not any can be scheduled, or lines are in transit. */
bool dlb_model_has_work(const struct dlb_model *model);

/**
 * Time passes: a function-level reset finishes after 50 ms (a driver may touch the function after
 * 100 ms), power-up after 100 us; CQ timers and watchdogs count.
 */
void dlb_model_advance(struct dlb_model *model, uint32_t us);

/**
 * Test aid: the next QE for a CQ arrives with the error flag, and with nothing else right but its
 * generation. It takes a token, and a history entry where there is a history.
 */
void dlb_model_inject_error(struct dlb_model *model, enum dlb_kind kind, uint32_t cq);

/**
 * How many flows of atomic queues are pinned to each load-balanced CQ: those with events that it was
 * given and that are not completed. Takes as long as all lock ids of the queues with such flows.
 */
void dlb_model_flows_pinned(const struct dlb_model *model, uint32_t pinned[DLB_LDB_PORTS]);

/** The answers of conf.dma_map have changed: memory that is gone is not used again. */
void dlb_model_dma_changed(struct dlb_model *model);

/** Findings of a lint rule since creation. */
uint64_t dlb_model_lint_count(const struct dlb_model *model, enum dlb_lint rule);
const char *dlb_lint_name(enum dlb_lint rule);

#endif /* DLB_MODEL_H */
