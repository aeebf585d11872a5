/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every test of the PF layer starts from: a device on a model, in each generation, and once
 * more on a model that takes its time. At its end nothing may be left in the ledger, allocated, or
 * reported by lint.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "device.h"
#include "dlb_pf.h"
#include "model_bus.h"

#define FIXTURE_LOG_BYTES 512
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Lines that a device logged. */
struct test_log {
	uint32_t lines;
	enum dlb_log_level level; /* of the last */
	char last[FIXTURE_LOG_BYTES];
};

struct fixture {
	enum dlb_gen gen;
	struct model_bus mb;
	struct test_log log;
	struct dlb_device *device;
	struct pf_ledger ledger; /* as fixture_remember() found it */
};

extern const enum dlb_gen fixture_gens[DLB_GEN_COUNT];
/* The devices that a fixture can have: one of each generation, then those with test aids. */
extern const struct dlb_model_conf fixture_devices[DLB_GEN_COUNT + 1];

/* A test that gets a fixture, on one device; on one of each generation; on all. */
#define ON_DEVICE(test, device, name)                                  \
	{                                                              \
#test " " name, test, fixture_setup, fixture_teardown, \
			(void *)(uintptr_t)&fixture_devices[device]    \
	}
#define BOTH(test) ON_DEVICE(test, DLB_V2, "2.0"), ON_DEVICE(test, DLB_V25, "2.5")
#define ON_ALL_DEVICES(test) BOTH(test), ON_DEVICE(test, DLB_GEN_COUNT, "2.5, slow")

int fixture_setup(void **state);
int fixture_teardown(void **state);

struct dlb_log test_log_to(struct test_log *log);
struct dlb_device_conf fixture_conf(struct fixture *f);

/** Run with every test's name in failures: a refusal must give this error, log one line with that
 * text, and change nothing. */
void fixture_remember(struct fixture *f);
void fixture_check_refused(struct fixture *f, const char *name, int got, int want,
			   const char *text);

/** Fails unless everything is free. */
void fixture_check_all_free(struct fixture *f);

/* A domain that most tests can live with, and things in it. */
struct dlb_domain *fixture_domain(struct fixture *f);
struct dlb_queue *fixture_queue(struct dlb_domain *domain);
struct dlb_queue *fixture_ordered_queue(struct dlb_domain *domain);
struct dlb_port *fixture_port(struct dlb_domain *domain, uint32_t cq_depth);
void fixture_pair(struct dlb_domain *domain, uint32_t cq_depth, struct dlb_queue **queue,
		  struct dlb_port **port);

/* What a worker does, a line for each QE. */
void fixture_send(struct fixture *f, const struct dlb_port *port, const struct dlb_queue *queue,
		  enum dlb_sched sched, uint32_t count);
void fixture_forward(struct fixture *f, const struct dlb_port *port, const struct dlb_queue *queue,
		     enum dlb_sched sched);
void fixture_complete(struct fixture *f, const struct dlb_port *port, uint32_t count);
void fixture_pop(struct fixture *f, const struct dlb_port *port, uint32_t tokens);

uint32_t fixture_scheduled(struct dlb_port *port);
uint32_t fixture_depth(struct dlb_queue *queue);

#endif /* FIXTURE_H */
