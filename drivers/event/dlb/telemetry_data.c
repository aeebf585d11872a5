/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rte_common.h>
#include <rte_eventdev.h>

#include "dpdk_release.h"
#include "telemetry_data.h"

#define NS_IN_S 1000000000ull

/* A number below a limit, or -1. */
static int
number_parse(const char *text, uint32_t limit)
{
	char *end;
	unsigned long value;

	if (text[0] < '0' || text[0] > '9')
		return -1;
	value = strtoul(text, &end, 10);
	return *end == '\0' && value < limit ? (int)value : -1;
}

/* "ID,...": at least that many words, the first one a device of ours. 0, or -EINVAL. */
int
dlb_tel_params_parse(const char *text, uint32_t needed, struct dlb_tel_params *params)
{
	const char *comma;
	size_t length;
	int id;

	memset(params, 0, sizeof(*params));
	while (text != NULL && text[0] != '\0') {
		comma = strchr(text, ',');
		length = comma == NULL ? strlen(text) : (size_t)(comma - text);
		if (params->count == DLB_TEL_PARAMS_MAX || length >= DLB_TEL_PARAM_BYTES)
			return -EINVAL;
		memcpy(params->text[params->count++], text, length);
		text = comma == NULL ? NULL : comma + 1;
	}
	if (params->count < needed)
		return -EINVAL;
	id = number_parse(params->text[0], RTE_EVENT_MAX_DEVS);
	params->dev_id = (uint8_t)id;
	return id < 0 ? -EINVAL : 0;
}

int
dlb_tel_params_number(const struct dlb_tel_params *params, uint32_t at, uint32_t limit)
{
	return params->count > at ? number_parse(params->text[at], limit) : 0;
}

void
dlb_tel_add_time(struct rte_tel_data *d)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	rte_tel_data_add_dict_uint(d, "time_ns",
				   (uint64_t)now.tv_sec * NS_IN_S + (uint64_t)now.tv_nsec);
}

static uint64_t
column_value(const struct dlb_tel_column *column, const void *row)
{
	const uint8_t *at = (const uint8_t *)row + column->offset;
	uint64_t value = 0;

	memcpy(&value, at, column->size_bytes);
	return value;
}

static void
add_value(struct rte_tel_data *d, const struct dlb_tel_column *column, const void *row)
{
	uint64_t value = column_value(column, row);

	if (column->is_signed)
		rte_tel_data_add_dict_int(d, column->name, (int32_t)value);
	else
		rte_tel_data_add_dict_uint(d, column->name, value);
}

void
dlb_tel_add_values(struct rte_tel_data *d, const struct dlb_tel_column columns[], uint32_t n,
		   const void *row)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		add_value(d, &columns[i], row);
}

/* Two values of a struct: load-balanced and directed. */
void
dlb_tel_add_kinds(struct rte_tel_data *d, const char *name, uint64_t ldb, uint64_t dir)
{
	struct rte_tel_data *kinds = rte_tel_data_alloc();

	if (kinds == NULL)
		return;
	rte_tel_data_start_dict(kinds);
	rte_tel_data_add_dict_uint(kinds, "load_balanced", ldb);
	rte_tel_data_add_dict_uint(kinds, "directed", dir);
	rte_tel_data_add_dict_container(d, name, kinds, 0);
}

static void
add_column(struct rte_tel_data *d, const struct dlb_tel_column *column, const void *rows,
	   size_t row_bytes, uint32_t n)
{
	struct rte_tel_data *array = rte_tel_data_alloc();
	uint64_t value;
	uint32_t i;

	if (array == NULL)
		return;
	rte_tel_data_start_array(array, column->is_signed ? RTE_TEL_INT_VAL : RTE_TEL_UINT_VAL);
	for (i = 0; i < n; i++) {
		value = column_value(column, (const uint8_t *)rows + i * row_bytes);
		if (column->is_signed)
			rte_tel_data_add_array_int(array, (int32_t)value);
		else
			rte_tel_data_add_array_uint(array, value);
	}
	rte_tel_data_add_dict_container(d, column->name, array, 0);
}

void
dlb_tel_add_table(struct rte_tel_data *d, const struct dlb_tel_column columns[],
		  uint32_t nb_columns, const void *rows, size_t row_bytes, uint32_t n)
{
	uint32_t c;

	for (c = 0; c < nb_columns; c++)
		add_column(d, &columns[c], rows, row_bytes, n);
}

struct rte_tel_data *
dlb_tel_add_dict(struct rte_tel_data *d, const char *name)
{
	struct rte_tel_data *dict = rte_tel_data_alloc();

	if (dict != NULL) {
		rte_tel_data_start_dict(dict);
		rte_tel_data_add_dict_container(d, name, dict, 0);
	}
	return dict;
}
