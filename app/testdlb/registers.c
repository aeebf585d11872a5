/* SPDX-License-Identifier: BSD-3-Clause */
#include <fnmatch.h>

#include <rte_common.h>
#include <rte_pmd_dlb.h>

#include "registers.h"

static const char *const access_names[] = {
	[RTE_PMD_DLB_ACCESS_CONST] = "const",     [RTE_PMD_DLB_ACCESS_RW] = "rw",
	[RTE_PMD_DLB_ACCESS_LIVE] = "live",       [RTE_PMD_DLB_ACCESS_STATUS] = "status",
	[RTE_PMD_DLB_ACCESS_COMMAND] = "command", [RTE_PMD_DLB_ACCESS_W1C] = "w1c",
};

static void
fields_add(const struct rte_pmd_dlb_register *reg, uint32_t value, struct json *row)
{
	struct json *fields = json_add(row, "fields", json_object());
	uint32_t mask;
	uint32_t f;

	for (f = 0; f < reg->nb_fields; f++) {
		mask = reg->fields[f].mask;
		json_add_number(fields, reg->fields[f].name,
				(value & mask) >> (mask == 0 ? 0 : __builtin_ctz(mask)));
	}
}

static void
row_add(const struct rte_pmd_dlb_register *reg, uint32_t index, uint32_t value, struct json *rows)
{
	struct json *row = json_append(rows, json_object());

	json_add_text(row, "name", "%s", reg->name);
	json_add_number(row, "index", index);
	json_add_text(row, "access", "%s", access_names[reg->access]);
	json_add_text(row, "value", "0x%08x", value);
	fields_add(reg, value, row);
}

static int
instances_add(const struct registers_query *query, uint32_t row,
	      const struct rte_pmd_dlb_register *reg, struct json *rows)
{
	uint32_t first = query->one ? query->index : 0;
	uint32_t last = query->one ? query->index + 1 : reg->count;
	uint32_t value, i;
	int ret;

	for (i = first; i < last; i++) {
		ret = rte_pmd_dlb_register_read(query->dev_id, row, i, &value);
		if (ret < 0)
			return ret;
		if (query->one || reg->count == 1 || value != reg->reset)
			row_add(reg, i, value, rows);
	}
	return 0;
}

int
registers_add_json(const struct registers_query *query, struct json *report, uint32_t *found)
{
	struct json *rows = json_add(report, "registers", json_array());
	int count = rte_pmd_dlb_register_count(query->dev_id);
	struct rte_pmd_dlb_register reg;
	uint32_t row;
	int ret;

	*found = 0;
	if (count < 0)
		return count;
	for (row = 0; row < (uint32_t)count; row++) {
		ret = rte_pmd_dlb_register_get(query->dev_id, row, &reg);
		if (ret < 0)
			return ret;
		if (fnmatch(query->pattern, reg.name, FNM_CASEFOLD) != 0 ||
		    (query->one && query->index >= reg.count))
			continue;
		(*found)++;
		ret = instances_add(query, row, &reg, rows);
		if (ret < 0)
			return ret;
	}
	return 0;
}
