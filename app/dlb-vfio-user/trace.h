/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A trace that people can read: what a driver does to the device, in order, by the names of the
 * specification.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "dlb_hw.h"
#include "dlb_qe.h"

/* Shared by all devices of a process. */
struct trace {
	FILE *file; /* NULL: nobody wants to know */
	uint64_t start_us;
	uint64_t now_us;
	char last[1024]; /* line, so that polling does not fill the file */
	uint64_t repeats;
};

enum trace_access { TRACE_READ, TRACE_WRITE };

/** Return 0, or a negative errno. "-" is standard output. */
int trace_open(struct trace *t, const char *path, uint64_t now_us);
void trace_close(struct trace *t);

__attribute__((format(printf, 3, 4))) void trace_note(struct trace *t, const char *device,
						      const char *format, ...);
void trace_csr(struct trace *t, const char *device, enum dlb_gen gen, enum trace_access access,
	       uint32_t offset, uint32_t value);
void trace_config(struct trace *t, const char *device, const uint8_t *config,
		  enum trace_access access, uint32_t offset, size_t size_bytes, uint32_t value);
void trace_line(struct trace *t, const char *device, enum dlb_kind kind, uint32_t port,
		const struct dlb_qe line[DLB_QES_PER_LINE]);

#endif /* TRACE_H */
