/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a register is besides its row: a view of device state, or a write that has consequences.
 */
#ifndef CSR_EFFECTS_H
#define CSR_EFFECTS_H

#include "model.h"

struct csr_effect {
	/* The member of struct dlb_model that holds the value where the data path wants it. */
	uint32_t offset, stride; /* of instance 0, and to the next one, in bytes */
	uint8_t bytes;           /* 0: no such member; 8: a word that is split over two registers */
	uint8_t half;            /* of a split word: 0 low, 1 high */
	bool wraps;              /* a pointer, read modulo its width; all others saturate */
	bool always_on;          /* answers before power-up */
	uint8_t kind;            /* passed to the functions */
	uint32_t (*read)(const struct dlb_model *m, enum dlb_kind kind, uint32_t index);
	void (*written)(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);
};

extern const struct csr_effect csr_effects[DLB_REG_COUNT];

#endif /* CSR_EFFECTS_H */
