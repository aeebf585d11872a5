/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

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

/* One register by name; 0 when this generation has none. */
static int
read_by_name(uint8_t dev_id, const char *name, struct rte_pmd_dlb_register *reg, uint32_t *value)
{
	int row = rte_pmd_dlb_register_find(dev_id, name);
	int ret;

	*value = 0;
	if (row < 0)
		return row;
	ret = rte_pmd_dlb_register_get(dev_id, (uint32_t)row, reg);
	return ret < 0 ? ret : rte_pmd_dlb_register_read(dev_id, (uint32_t)row, 0, value);
}

/* Registers of an alarm: the fields of all of them together. */
static int
alarm_add(uint8_t dev_id, const char *name, const char *const registers[], struct json *alarms)
{
	struct json *row = json_add(alarms, name, json_object());
	struct rte_pmd_dlb_register reg;
	uint32_t value, i, f, mask;
	int ret;

	for (i = 0; registers[i] != NULL; i++) {
		ret = read_by_name(dev_id, registers[i], &reg, &value);
		if (ret < 0)
			return ret;
		for (f = 0; f < reg.nb_fields; f++) {
			mask = reg.fields[f].mask;
			json_add_number(row, reg.fields[f].name,
					(value & mask) >> (mask == 0 ? 0 : __builtin_ctz(mask)));
		}
	}
	return 0;
}

/* What public sources tell of alarm ids. */
static const char *
alarm_meaning(uint64_t source, uint64_t unit, uint64_t aid)
{
	static const struct {
		uint8_t source, unit, aid;
		const char *text;
	} known[] = {
		{ 0, 0, 3, "a QE for a queue that its domain may not write to" },
		{ 0, 0, 4, "a QE for a queue that is not enabled" },
		{ 0, 0, 5, "a QE whose command does not exist" },
		{ 1, 4, 1, "a completion or fragment that nobody is owed" },
		{ 1, 4, 2, "more tokens than the consumer queue is owed" },
	};
	uint32_t i;

	for (i = 0; i < RTE_DIM(known); i++) {
		if (known[i].source == source && known[i].unit == unit && known[i].aid == aid)
			return known[i].text;
	}
	return "see the guide's list of what is not known";
}

/* Bits of both words: consumer queues that timed out. */
static int
watchdogs_add(uint8_t dev_id, const char *kind, const char *const registers[], struct json *rows)
{
	struct rte_pmd_dlb_register reg;
	uint32_t value, i, bit;
	struct json *row;
	int ret;

	for (i = 0; registers[i] != NULL; i++) {
		ret = read_by_name(dev_id, registers[i], &reg, &value);
		if (ret < 0)
			return ret;
		for (bit = 0; bit < 32; bit++) {
			if (!(value >> bit & 1))
				continue;
			row = json_append(rows, json_object());
			json_add_text(row, "kind", "%s", kind);
			json_add_number(row, "hw_port", 32 * i + bit);
		}
	}
	return 0;
}

int
registers_add_alarms(uint8_t dev_id, struct json *report)
{
	static const char *const ingress[] = { "SYS_ALARM_PF_SYND0", "SYS_ALARM_PF_SYND1",
					       "SYS_ALARM_PF_SYND2", NULL };
	static const char *const hardware[] = { "SYS_ALARM_HW_SYND", NULL };
	static const char *const ldb[] = { "CHP_CFG_LDB_WDTO_0", "CHP_CFG_LDB_WDTO_1", NULL };
	static const char *const dir[] = { "CHP_CFG_DIR_WDTO_0", "CHP_CFG_DIR_WDTO_1", NULL };
	struct json *alarms = json_add(report, "alarms", json_object());
	struct json *row;
	int ret;

	ret = alarm_add(dev_id, "ingress", ingress, alarms);
	if (ret == 0) {
		row = alarms->last;
		json_add_text(row, "meaning", "%s",
			      json_get_number(row, "VALID") == 0
				      ? "none"
				      : alarm_meaning(json_get_number(row, "SOURCE"),
						      json_get_number(row, "UNIT"),
						      json_get_number(row, "AID")));
		ret = alarm_add(dev_id, "hardware", hardware, alarms);
	}
	if (ret < 0)
		return ret;
	row = json_add(alarms, "watchdogs", json_array());
	ret = watchdogs_add(dev_id, "load-balanced", ldb, row);
	return ret < 0 ? ret : watchdogs_add(dev_id, "directed", dir, row);
}
