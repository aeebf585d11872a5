/* SPDX-License-Identifier: BSD-3-Clause */
/* What the command line says. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>

struct options {
	uint32_t window;        /* events in the device at once; bulk gets three quarters */
	uint32_t work_cycles;   /* of each event */
	uint32_t urgent_every;  /* bulk events for each urgent one */
	uint32_t urgent_events; /* of each run */
	const char *csv;        /* where all latencies go, or NULL */
};

/* Returns 0, or -EINVAL; the reason, or the usage, has been printed. */
int options_parse(int argc, char **argv, struct options *o);

#endif /* OPTIONS_H */
