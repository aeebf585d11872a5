/* SPDX-License-Identifier: BSD-3-Clause */
/* Registers of the device as a report, each field by its name. */
#ifndef TESTDLB_REGISTERS_H
#define TESTDLB_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "json.h"

struct registers_query {
	uint8_t dev_id;
	const char *pattern; /* of names, any case */
	bool one;            /* instance, which is index */
	uint32_t index;
};

/**
 * @param[out] found
 *   Registers that fit; of one with many instances only those are added that differ from their reset
 *   value.
 * @return
 *   0, or the driver's negative errno.
 */
int registers_add_json(const struct registers_query *query, struct json *report, uint32_t *found);

#endif /* TESTDLB_REGISTERS_H */
