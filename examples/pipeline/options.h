/* SPDX-License-Identifier: BSD-3-Clause */
/* What the command line says. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#define STAGES_MAX 8
#define BURST_MAX 64

struct options {
	uint8_t types[STAGES_MAX + 1]; /* RTE_SCHED_TYPE_* of each queue */
	uint8_t nb_queues; /* stages, and the one with a single reader if there is one */
	bool single_link;  /* the last queue is read by the main lcore alone */
	bool leave;        /* all workers but one leave halfway */
	uint16_t burst;
	uint32_t flows, window, work_cycles;
	uint64_t events;
};

/* Returns 0, or -EINVAL; the reason, or the usage, has been printed. */
int options_parse(int argc, char **argv, struct options *o);

#endif /* OPTIONS_H */
