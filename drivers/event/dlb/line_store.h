/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How a line is stored to a producer-port page. A DLB takes a line only whole, in one 64-byte write, which
 * is what MOVDIR64B makes. Four 16-byte stores will do for a device model that puts lines together: in a
 * virtual machine whose CPU has no MOVDIR64B.
 */
#ifndef DLB_EVDEV_LINE_STORE_H
#define DLB_EVDEV_LINE_STORE_H

#include <emmintrin.h>

#include "dlb_qe.h"

/*
 * The bytes of movdir64b (%rdx), %rax, so that no compiler flag is needed. The clobber keeps the stores
 * that build the line: without it a compiler may drop them.
 */
static inline void
dlb_line_movdir64b(void *page, const struct dlb_qe line[DLB_QES_PER_LINE])
{
	__asm__ volatile(".byte 0x66, 0x0f, 0x38, 0xf8, 0x02" : : "a"(page), "d"(line) : "memory");
}

static inline void
dlb_line_store(void *page, const struct dlb_qe line[DLB_QES_PER_LINE])
{
	volatile __m128i *to = page;
	const __m128i *from = (const __m128i *)line;
	uint32_t i;

	for (i = 0; i < DLB_QES_PER_LINE; i++)
		to[i] = from[i];
}

#endif /* DLB_EVDEV_LINE_STORE_H */
