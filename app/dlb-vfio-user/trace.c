/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A trace that people can read. One access is one line; a line that is the same as the one before is
 * counted and not written, because drivers poll.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "config_name.h"
#include "dlb_reg.h"
#include "trace.h"

#define US_PER_S 1000000

/* Longer ones are cut. */
#define FIELDS_BYTES 512
#define TEXT_BYTES (FIELDS_BYTES + 128)
#define LINE_BYTES (TEXT_BYTES + 64)

int
trace_open(struct trace *t, const char *path, uint64_t now_us)
{
	memset(t, 0, sizeof(*t));
	t->start_us = t->now_us = now_us;
	t->file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
	return t->file == NULL ? -errno : 0;
}

static void
repeats_write(struct trace *t)
{
	if (t->repeats > 0)
		fprintf(t->file, "%15s the last line %llu times more\n", "",
			(unsigned long long)t->repeats);
	t->repeats = 0;
}

void
trace_close(struct trace *t)
{
	if (t->file == NULL)
		return;
	repeats_write(t);
	if (t->file == stdout)
		fflush(t->file);
	else
		fclose(t->file);
	t->file = NULL;
}

static void
write_line(struct trace *t, const char *line)
{
	uint64_t us = t->now_us - t->start_us;

	if (strcmp(line, t->last) == 0) {
		t->repeats++;
		return;
	}
	repeats_write(t);
	snprintf(t->last, sizeof(t->last), "%s", line);
	fprintf(t->file, "%8llu.%06llu %s\n", (unsigned long long)(us / US_PER_S),
		(unsigned long long)(us % US_PER_S), line);
}

void
trace_note(struct trace *t, const char *device, const char *format, ...)
{
	char text[TEXT_BYTES], line[LINE_BYTES];
	va_list ap;

	if (t->file == NULL)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	snprintf(line, sizeof(line), "%s %s", device, text);
	write_line(t, line);
}

/* Fields that are not 0: most registers have many, and most of those say nothing. */
static void
fields_print(const struct dlb_reg_info *reg, enum dlb_gen gen, uint32_t value, char *text,
	     size_t size_bytes)
{
	size_t used = 0;
	uint32_t i;

	text[0] = '\0';
	for (i = 0; i < reg->field_count && used < size_bytes; i++) {
		const struct dlb_field_info *f = &reg->fields[i];

		if (!(f->present >> gen & 1) || !(value & f->mask))
			continue;
		used += (size_t)snprintf(text + used, size_bytes - used, "%s%s=%u",
					 used == 0 ? "  " : " ", f->name,
					 dlb_field_get(value, f->mask));
	}
}

void
trace_csr(struct trace *t, const char *device, enum dlb_gen gen, enum trace_access access,
	  uint32_t offset, uint32_t value)
{
	const char *arrow = access == TRACE_WRITE ? "<-" : "->";
	struct dlb_reg_at at;
	char fields[FIELDS_BYTES];
	char index[16] = "";

	if (t->file == NULL)
		return;
	at = dlb_reg_find(gen, offset);
	if (at.reg == DLB_REG_COUNT) {
		trace_note(t, device, "csr 0x%08x %s 0x%x  no register is there", offset, arrow,
			   value);
		return;
	}
	if (dlb_reg_instances(gen, at.reg) > 1)
		snprintf(index, sizeof(index), "[%u]", at.index);
	fields_print(&dlb_regs[at.reg], gen, value, fields, sizeof(fields));
	trace_note(t, device, "csr %s%s %s 0x%x%s", dlb_regs[at.reg].name, index, arrow, value,
		   fields);
}

void
trace_config(struct trace *t, const char *device, const uint8_t *config, enum trace_access access,
	     uint32_t offset, size_t size_bytes, uint32_t value)
{
	char name[48];

	if (t->file == NULL)
		return;
	config_name(config, offset, name, sizeof(name));
	trace_note(t, device, "config %s (0x%03x, %zu) %s 0x%0*x", name, offset, size_bytes,
		   access == TRACE_WRITE ? "<-" : "->", (int)(2 * size_bytes), value);
}

static const char *const command_names[16] = {
	[DLB_CMD_POP] = "POP",       [DLB_CMD_REL] = "REL",     [DLB_CMD_REL_POP] = "REL_POP",
	[DLB_CMD_ARM] = "ARM",       [DLB_CMD_NEW] = "NEW",     [DLB_CMD_NEW_T] = "NEW_T",
	[DLB_CMD_FWD] = "FWD",       [DLB_CMD_FWD_T] = "FWD_T", [DLB_CMD_FRAG] = "FRAG",
	[DLB_CMD_FRAG_T] = "FRAG_T",
};

static const char *const sched_names[] = {
	[DLB_SCHED_ATOMIC] = "atomic",
	[DLB_SCHED_UNORDERED] = "unordered",
	[DLB_SCHED_ORDERED] = "ordered",
	[DLB_SCHED_DIRECTED] = "directed",
};

static void
qe_print(const struct dlb_qe *qe, char *text, size_t size_bytes)
{
	const char *name = command_names[qe->cmd & 0xf];
	size_t used;

	used = (size_t)snprintf(text, size_bytes, "%s", name != NULL ? name : "illegal command");
	if (qe->cmd & ~0xf || name == NULL)
		used += (size_t)snprintf(text + used, size_bytes - used, " 0x%02x", qe->cmd);
	if (qe->cmd & DLB_QE_VALID)
		snprintf(text + used, size_bytes - used,
			 " %s queue %u priority %u flow 0x%04x data 0x%016llx",
			 sched_names[dlb_qe_sched_type(qe->sched)], qe->qid,
			 dlb_qe_priority(qe->sched), qe->lock_id, (unsigned long long)qe->data);
	else if (qe->cmd == DLB_CMD_POP || qe->cmd == DLB_CMD_REL_POP)
		snprintf(text + used, size_bytes - used, " %u tokens",
			 (qe->lock_id & DLB_QE_POP_COUNT) + 1);
}

void
trace_line(struct trace *t, const char *device, enum dlb_kind kind, uint32_t port,
	   const struct dlb_qe line[DLB_QES_PER_LINE])
{
	char text[128];
	uint32_t i;

	if (t->file == NULL)
		return;
	for (i = 0; i < DLB_QES_PER_LINE; i++) {
		if (line[i].cmd == DLB_CMD_NOOP)
			continue;
		qe_print(&line[i], text, sizeof(text));
		trace_note(t, device, "%s port %u: %s", kind == DLB_LDB ? "ldb" : "dir", port,
			   text);
	}
}
