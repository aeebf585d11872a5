/* SPDX-License-Identifier: BSD-3-Clause */
/* How long events took: counts in steps that grow with the time, an eighth of it each. */
#ifndef LATENCY_H
#define LATENCY_H

#include <stdint.h>
#include <stdio.h>

#define LATENCY_STEPS 512

struct latency {
	uint64_t steps[LATENCY_STEPS];
	uint64_t count;
};

void latency_add(struct latency *l, uint64_t cycles);
uint64_t latency_count(const struct latency *l);

/* The time, in cycles, that so large a part of all did not exceed; 0 when there were none. */
uint64_t latency_part(const struct latency *l, double part);

/* Lines "run,class,us,part": the part of events that took up to so many microseconds. */
void latency_write(const struct latency *l, FILE *csv, const char *run, const char *class_name,
		   double us_per_cycle);

#endif /* LATENCY_H */
