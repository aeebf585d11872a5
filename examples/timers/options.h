/* SPDX-License-Identifier: BSD-3-Clause */
/* What the command line says. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>

struct options {
	uint32_t timers;      /* that run once, at a random time */
	uint32_t periodic;    /* that run for as long as the program */
	uint32_t duration_ms; /* of the program, and the longest time of a timer that runs once */
	uint32_t period_ms;
	uint32_t tick_us; /* resolution of the adapters */
};

/* Returns 0, or -EINVAL; the reason, or the usage, has been printed. */
int options_parse(int argc, char **argv, struct options *o);

#endif /* OPTIONS_H */
