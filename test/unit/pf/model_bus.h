/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A bus over a model, for tests: every access can be made to fail, every lint finding is kept, and
 * what was allocated is counted.
 */
#ifndef MODEL_BUS_H
#define MODEL_BUS_H

#include <stdint.h>

#include "dlb_bus.h"
#include "dlb_model.h"

#define MODEL_BUS_LINT_BYTES 256

struct model_bus {
	struct dlb_bus bus; /* first: the operations get a pointer to it */
	struct dlb_model *model;

	/* Seen */
	uint32_t lint_findings;
	char lint_first[MODEL_BUS_LINT_BYTES];
	int allocations; /* not freed */
	uint32_t flushes;
	uint64_t waited_us;

	/*
	 * To be injected. n > 0 fails the n-th access or allocation from now, and with it all later
	 * ones until it is set to 0 again.
	 */
	uint32_t dma_fail, config_fail;
	bool pp_lost;      /* lines to producer ports get lost */
	bool csr_dead;     /* registers read as all ones */
	bool time_stopped; /* the model does not learn that time passes */
	/* Configuration space at this offset, 0 for none, reads as (value & and) | or. */
	uint32_t forged_at, forged_and, forged_or;
};

/** Memory decoding and bus mastering are on when this returns, as after a PCI layer. */
void model_bus_create(struct model_bus *mb, enum dlb_gen gen);
/** The same with test aids and choices of the model; the rest of the configuration is the bus's. */
void model_bus_create_aided(struct model_bus *mb, const struct dlb_model_conf *aids);
/** Fails the test on lint findings and on CQs that were not freed. */
void model_bus_destroy(struct model_bus *mb);

/** Let the device schedule all it can. */
void model_bus_run(struct model_bus *mb);
/** Let it take what has been written to producer ports, and schedule nothing. */
void model_bus_settle(struct model_bus *mb);

#endif /* MODEL_BUS_H */
