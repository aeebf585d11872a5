/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What replies of telemetry are made of: the words of a request, and structs of rte_pmd_dlb.h as
 * dictionaries and tables.
 */
#ifndef DLB_EVDEV_TELEMETRY_DATA_H
#define DLB_EVDEV_TELEMETRY_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_telemetry.h>

#include "rte_pmd_dlb.h"

#define DLB_TEL_PARAM_BYTES 80
#define DLB_TEL_PARAMS_MAX 3

struct dlb_tel_params {
	char text[DLB_TEL_PARAMS_MAX][DLB_TEL_PARAM_BYTES];
	uint32_t count;
	uint8_t dev_id;
};

/** "ID,...": at least that many words, the first one the id of an event device. 0, or -EINVAL. */
int dlb_tel_params_parse(const char *text, uint32_t needed, struct dlb_tel_params *params);
/** A word as a number below a limit; -1 when it is none, 0 when there is no such word. */
int dlb_tel_params_number(const struct dlb_tel_params *params, uint32_t at, uint32_t limit);

/* An unsigned or boolean member of a struct, by the name it has in C. */
struct dlb_tel_column {
	const char *name;
	uint16_t offset;
	uint8_t size_bytes;
	bool is_signed;
};

#define DLB_TEL_MEMBER(type, member, is_signed)                                         \
	{                                                                               \
#member, offsetof(type, member), sizeof(((type *)0)->member), is_signed \
	}
#define DLB_TEL_COLUMN(type, member) DLB_TEL_MEMBER(struct rte_pmd_dlb_##type, member, false)
#define DLB_TEL_SIGNED(type, member) DLB_TEL_MEMBER(struct rte_pmd_dlb_##type, member, true)

/* Counters are for rates: when they were read, in ns of the monotonic clock. */
void dlb_tel_add_time(struct rte_tel_data *d);
/* The members of a struct. */
void dlb_tel_add_values(struct rte_tel_data *d, const struct dlb_tel_column columns[], uint32_t n,
			const void *row);
/* Two values: load-balanced and directed. */
void dlb_tel_add_kinds(struct rte_tel_data *d, const char *name, uint64_t ldb, uint64_t dir);
/* An array of structs, each member as an array. */
void dlb_tel_add_table(struct rte_tel_data *d, const struct dlb_tel_column columns[],
		       uint32_t nb_columns, const void *rows, size_t row_bytes, uint32_t n);
/* A dictionary in a dictionary, or NULL without memory. */
struct rte_tel_data *dlb_tel_add_dict(struct rte_tel_data *d, const char *name);

#endif /* DLB_EVDEV_TELEMETRY_DATA_H */
