/* SPDX-License-Identifier: BSD-3-Clause */
/* A bus in front of another that writes down register accesses and lines in their order. */
#ifndef RECORDER_H
#define RECORDER_H

#include <stdint.h>

#include "dlb_bus.h"

#define RECORDER_ACCESSES 4096
#define RECORDER_LINES 16

struct access {
	bool is_write;
	uint32_t offset;
	uint32_t value;
};

struct recorder {
	struct dlb_bus bus; /* first: the operations get a pointer to it */
	struct dlb_bus *under;
	uint64_t iova; /* what the next CQ's address is said to be; 0: the truth */
	uint32_t count;
	struct access accesses[RECORDER_ACCESSES];
	uint32_t line_count; /* written to producer ports by the bus's user */
	struct dlb_qe lines[RECORDER_LINES][DLB_QES_PER_LINE];
};

void recorder_create(struct recorder *recorder, struct dlb_bus *under);

#endif /* RECORDER_H */
