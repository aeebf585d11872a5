/* SPDX-License-Identifier: BSD-3-Clause */
/* How far from their time timers expired. */
#ifndef JITTER_H
#define JITTER_H

#include <stdint.h>

#define JITTER_STEPS 24 /* step s: up to 2^s microseconds late */

struct jitter {
	uint64_t steps[JITTER_STEPS];
	uint64_t count;
	int64_t earliest, latest; /* TSC; negative: before its time */
};

void jitter_add(struct jitter *j, int64_t late_tsc);
void jitter_merge(struct jitter *into, const struct jitter *from);

/* Two of them, side by side, as a picture. */
void jitter_print(const struct jitter j[2], const char *first, const char *second);

#endif /* JITTER_H */
