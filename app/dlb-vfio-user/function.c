/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A DLB as a PCI function on a socket. BAR 0 is the producer-port pages and the MSI-X table, BAR 2 the
 * registers. Nothing here knows which driver is in the guest.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dlb_model.h"
#include "function.h"
#include "pp.h"
#include "vfio_user.h"

/* Shares of a step: neither requests nor scheduling make the other wait for long. */
#define MESSAGES_PER_STEP 64
#define QES_PER_STEP 256

#define LINT_LINES_MAX 100

#define MSIX_TABLE 0x1000000u
#define MSIX_ENTRY_BYTES 16
#define MSIX_TABLE_BYTES (DLB_VECTORS * MSIX_ENTRY_BYTES)
#define MSIX_VECTOR_CONTROL 12
#define MSIX_MASKED 0x1u

#define CONFIG_BYTES 4096
#define CSR_BYTES 4

struct function_stats {
	uint64_t machine_resets;
	uint64_t config_reads, config_writes;
	uint64_t csr_reads, csr_writes;
	uint64_t lines[DLB_KIND_COUNT];
	uint64_t scheduled;
	uint64_t odd_accesses; /* of a size or alignment that the device does not take */
};

struct function {
	struct function_conf conf;
	struct dlb_model *model;
	struct vfu_server *server;
	struct pp_pages pp;
	uint8_t msix_table
		[MSIX_TABLE_BYTES]; /* clients that do not keep it to themselves see memory */
	uint64_t now_us;
	struct function_stats stats;
	uint64_t past_findings[DLB_LINT_COUNT]; /* of models before this one */
	uint32_t lint_lines;
};

/* What the model asks for */

static void *
model_dma_map(void *arg, uint64_t iova, size_t size_bytes)
{
	struct function *f = arg;

	return vfu_dma_find(f->server, iova, size_bytes, VFU_WRITE);
}

static void
model_interrupt(void *arg, uint32_t vector)
{
	struct function *f = arg;
	bool heard = vfu_irq_raise(f->server, VFU_IRQ_MSIX, vector);

	trace_note(f->conf.trace, f->conf.name, "msix %u%s", vector,
		   heard ? "" : ", nobody listens");
}

static void
model_lint_report(void *arg, enum dlb_lint rule, const char *text)
{
	struct function *f = arg;

	trace_note(f->conf.trace, f->conf.name, "LINT %s: %s", dlb_lint_name(rule), text);
	if (f->lint_lines++ < LINT_LINES_MAX)
		fprintf(stderr, "%s: lint: %s: %s\n", f->conf.name, dlb_lint_name(rule), text);
}

static int
model_create(struct function *f, struct dlb_model **model)
{
	const struct dlb_model_conf conf = {
		.gen = f->conf.gen,
		.lint = f->conf.lint,
		.dma_map = model_dma_map,
		.interrupt = model_interrupt,
		.lint_report = model_lint_report,
		.arg = f,
	};

	return dlb_model_create(&conf, model);
}

/* Configuration space */

/* The largest aligned access at an offset, of the sizes that configuration space has. */
static size_t
config_piece(uint64_t offset, size_t size_bytes)
{
	if (offset % 4 == 0 && size_bytes >= 4)
		return 4;
	return offset % 2 == 0 && size_bytes >= 2 ? 2 : 1;
}

static void
config_trace(struct function *f, enum trace_access access, uint32_t offset, size_t size_bytes,
	     uint32_t value)
{
	uint8_t config[CONFIG_BYTES];
	uint32_t i;

	if (f->conf.trace->file == NULL)
		return;
	for (i = 0; i < CONFIG_BYTES; i += 4)
		dlb_model_config_read(f->model, i, &config[i], 4);
	trace_config(f->conf.trace, f->conf.name, config, access, offset, size_bytes, value);
}

static int
config_read(struct function *f, uint64_t offset, uint8_t *data, size_t size_bytes)
{
	uint32_t value = 0;
	size_t done, n;

	f->stats.config_reads++;
	for (done = 0; done < size_bytes; done += n) {
		n = config_piece(offset + done, size_bytes - done);
		dlb_model_config_read(f->model, (uint32_t)(offset + done), data + done, n);
	}
	if (size_bytes <= sizeof(value)) {
		memcpy(&value, data, size_bytes);
		config_trace(f, TRACE_READ, (uint32_t)offset, size_bytes, value);
	}
	return 0;
}

static int
config_write(struct function *f, uint64_t offset, const uint8_t *data, size_t size_bytes)
{
	uint32_t value;
	size_t n;

	f->stats.config_writes++;
	for (; size_bytes > 0; offset += n, data += n, size_bytes -= n) {
		n = config_piece(offset, size_bytes);
		value = 0;
		memcpy(&value, data, n);
		config_trace(f, TRACE_WRITE, (uint32_t)offset, n, value);
		dlb_model_config_write(f->model, (uint32_t)offset, data, n);
	}
	return 0;
}

/* BAR 0: producer ports, and the MSI-X table */

static void
pp_line(void *arg, enum dlb_kind kind, uint32_t port, const struct dlb_qe line[DLB_QES_PER_LINE])
{
	struct function *f = arg;

	f->stats.lines[kind]++;
	trace_line(f->conf.trace, f->conf.name, kind, port, line);
	if (port < dlb_limits[f->conf.gen].ports[kind])
		dlb_model_pp_write(f->model, kind, port, line);
}

static bool
is_in_msix_table(uint64_t offset, size_t size_bytes)
{
	return offset >= MSIX_TABLE && offset + size_bytes <= MSIX_TABLE + MSIX_TABLE_BYTES;
}

static void
msix_table_reset(struct function *f)
{
	uint32_t vector;

	memset(f->msix_table, 0, sizeof(f->msix_table));
	for (vector = 0; vector < DLB_VECTORS; vector++)
		f->msix_table[vector * MSIX_ENTRY_BYTES + MSIX_VECTOR_CONTROL] = MSIX_MASKED;
}

/* Reads of a producer port only push writes ahead of them; the value means nothing. */
static int
func_bar_read(struct function *f, uint64_t offset, uint8_t *data, size_t size_bytes)
{
	memset(data, 0, size_bytes);
	if (is_in_msix_table(offset, size_bytes))
		memcpy(data, &f->msix_table[offset - MSIX_TABLE], size_bytes);
	return 0;
}

static int
func_bar_write(struct function *f, uint64_t offset, const uint8_t *data, size_t size_bytes)
{
	if (is_in_msix_table(offset, size_bytes))
		memcpy(&f->msix_table[offset - MSIX_TABLE], data, size_bytes);
	else if (pp_is_page(offset))
		pp_store(&f->pp, offset, data, size_bytes);
	return 0;
}

/* BAR 2: registers */

/* Registers are words: what is no multiple of aligned words is nothing to the device. */
static bool
is_csr_access(struct function *f, uint64_t offset, size_t size_bytes)
{
	if (offset % CSR_BYTES == 0 && size_bytes % CSR_BYTES == 0)
		return true;
	f->stats.odd_accesses++;
	trace_note(f->conf.trace, f->conf.name, "csr 0x%08" PRIx64 ": %zu bytes, not a word",
		   offset, size_bytes);
	return false;
}

static int
csr_bar_read(struct function *f, uint64_t offset, uint8_t *data, size_t size_bytes)
{
	uint32_t value;

	memset(data, 0, size_bytes);
	if (!is_csr_access(f, offset, size_bytes))
		return 0;
	for (; size_bytes > 0; offset += CSR_BYTES, data += CSR_BYTES, size_bytes -= CSR_BYTES) {
		f->stats.csr_reads++;
		value = dlb_model_csr_read(f->model, (uint32_t)offset);
		memcpy(data, &value, sizeof(value));
		trace_csr(f->conf.trace, f->conf.name, f->conf.gen, TRACE_READ, (uint32_t)offset,
			  value);
	}
	return 0;
}

static int
csr_bar_write(struct function *f, uint64_t offset, const uint8_t *data, size_t size_bytes)
{
	uint32_t value;

	if (!is_csr_access(f, offset, size_bytes))
		return 0;
	for (; size_bytes > 0; offset += CSR_BYTES, data += CSR_BYTES, size_bytes -= CSR_BYTES) {
		f->stats.csr_writes++;
		memcpy(&value, data, sizeof(value));
		trace_csr(f->conf.trace, f->conf.name, f->conf.gen, TRACE_WRITE, (uint32_t)offset,
			  value);
		dlb_model_csr_write(f->model, (uint32_t)offset, value);
	}
	return 0;
}

/* What the server asks for */

static const struct region {
	int (*read)(struct function *f, uint64_t offset, uint8_t *data, size_t size_bytes);
	int (*write)(struct function *f, uint64_t offset, const uint8_t *data, size_t size_bytes);
	uint64_t size_bytes;
} regions[VFU_REGION_COUNT] = {
	[VFU_REGION_BAR0] = { func_bar_read, func_bar_write, DLB_FUNC_BAR_BYTES },
	[VFU_REGION_BAR2] = { csr_bar_read, csr_bar_write, DLB_CSR_BAR_BYTES },
	[VFU_REGION_CONFIG] = { config_read, config_write, CONFIG_BYTES },
};

static int
server_read(void *arg, enum vfu_region_index region, uint64_t offset, void *data, size_t size_bytes)
{
	return regions[region].read(arg, offset, data, size_bytes);
}

static int
server_write(void *arg, enum vfu_region_index region, uint64_t offset, const void *data,
	     size_t size_bytes)
{
	return regions[region].write(arg, offset, data, size_bytes);
}

static void
findings_keep(struct function *f)
{
	enum dlb_lint rule;

	for (rule = 0; rule < DLB_LINT_COUNT; rule++)
		f->past_findings[rule] += dlb_model_lint_count(f->model, rule);
}

/* Unlike a function-level reset, this one leaves nothing: a machine that starts finds a new device. */
static void
server_reset(void *arg, enum vfu_reset why)
{
	struct function *f = arg;
	struct dlb_model *model;

	trace_note(f->conf.trace, f->conf.name, "%s",
		   why == VFU_RESET_REQUEST ? "machine reset" : "machine gone");
	f->stats.machine_resets += why == VFU_RESET_REQUEST;
	pp_reset(&f->pp);
	msix_table_reset(f);
	if (model_create(f, &model) < 0) {
		fprintf(stderr, "%s: no memory for a new device, the old one stays\n",
			f->conf.name);
		return;
	}
	findings_keep(f);
	dlb_model_destroy(f->model);
	f->model = model;
}

static void
server_dma_changed(void *arg, uint64_t first, uint64_t last)
{
	struct function *f = arg;
	bool mapped = vfu_dma_find(f->server, first, 1, VFU_READ) != NULL;

	trace_note(f->conf.trace, f->conf.name, "memory 0x%" PRIx64 " to 0x%" PRIx64 " %s", first,
		   last, mapped ? "mapped" : "unmapped");
	dlb_model_dma_changed(f->model);
}

static void
server_log(void *arg, const char *text)
{
	struct function *f = arg;

	trace_note(f->conf.trace, f->conf.name, "%s", text);
	fprintf(stderr, "%s: %s\n", f->conf.name, text);
}

static const struct vfu_ops server_ops = {
	.region_read = server_read,
	.region_write = server_write,
	.reset = server_reset,
	.dma_changed = server_dma_changed,
	.log = server_log,
};

static int
server_create(struct function *f)
{
	struct vfu_conf conf = {
		.path = f->conf.path,
		.ops = &server_ops,
		.arg = f,
		.irqs = { [VFU_IRQ_MSIX] = DLB_VECTORS },
		.unsealed_memory_ok = f->conf.unsealed_memory_ok,
	};
	uint32_t i;

	for (i = 0; i < VFU_REGION_COUNT; i++)
		if (regions[i].size_bytes != 0)
			conf.regions[i] =
				(struct vfu_region){ regions[i].size_bytes, VFU_READ | VFU_WRITE };
	return vfu_server_create(&conf, &f->server);
}

int
function_create(const struct function_conf *conf, struct function **function)
{
	struct function *f = calloc(1, sizeof(*f));
	int ret;

	if (f == NULL)
		return -ENOMEM;
	f->conf = *conf;
	f->now_us = conf->now_us;
	f->pp.line = pp_line;
	f->pp.arg = f;
	msix_table_reset(f);

	ret = model_create(f, &f->model);
	if (ret < 0)
		goto free_function;
	ret = server_create(f);
	if (ret < 0)
		goto destroy_model;
	*function = f;
	return 0;

destroy_model:
	dlb_model_destroy(f->model);
free_function:
	free(f);
	return ret;
}

void
function_destroy(struct function *f)
{
	vfu_server_destroy(f->server);
	dlb_model_destroy(f->model);
	free(f);
}

int
function_fd(const struct function *f)
{
	return vfu_server_fd(f->server);
}

bool
function_step(struct function *f, uint64_t now_us)
{
	uint32_t messages, scheduled;

	/* The model counts in 32 bits; nobody waits that long. */
	if (now_us > f->now_us)
		dlb_model_advance(f->model, now_us - f->now_us > UINT32_MAX
						    ? UINT32_MAX
						    : (uint32_t)(now_us - f->now_us));
	f->now_us = now_us;

	messages = vfu_server_process(f->server, MESSAGES_PER_STEP);
	scheduled = dlb_model_run(f->model, QES_PER_STEP);
	f->stats.scheduled += scheduled;
	if (scheduled > 0)
		trace_note(f->conf.trace, f->conf.name, "scheduled %u QEs", scheduled);
	return messages == MESSAGES_PER_STEP || scheduled == QES_PER_STEP;
}

bool
function_is_live(const struct function *f)
{
	return vfu_server_has_client(f->server);
}

static uint64_t
findings_of(const struct function *f, enum dlb_lint rule)
{
	return f->past_findings[rule] + dlb_model_lint_count(f->model, rule);
}

uint64_t
function_lint_findings(const struct function *f)
{
	uint64_t findings = 0;
	enum dlb_lint rule;

	for (rule = 0; rule < DLB_LINT_COUNT; rule++)
		findings += findings_of(f, rule);
	return findings;
}

void
function_print_stats(const struct function *f, FILE *to)
{
	const struct function_stats *s = &f->stats;
	struct vfu_stats server;
	enum dlb_lint rule;
	size_t i;

	vfu_server_stats(f->server, &server);
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{ "clients", server.clients },
		{ "messages", server.messages },
		{ "messages refused", server.errors },
		{ "memory ranges", server.dma_maps },
		{ "memory bytes", server.dma_bytes },
		{ "interrupts", server.interrupts },
		{ "machine resets", s->machine_resets },
		{ "configuration reads", s->config_reads },
		{ "configuration writes", s->config_writes },
		{ "register reads", s->csr_reads },
		{ "register writes", s->csr_writes },
		{ "accesses that are no word", s->odd_accesses },
		{ "load-balanced port lines", s->lines[DLB_LDB] },
		{ "directed port lines", s->lines[DLB_DIR] },
		{ "QEs from ports", f->pp.qes },
		{ "QEs to CQs", s->scheduled },
		{ "torn port stores", f->pp.torn },
		{ "lint findings", function_lint_findings(f) },
	};

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		fprintf(to, "%s: %-26s %" PRIu64 "\n", f->conf.name, rows[i].name, rows[i].value);
	for (rule = 0; rule < DLB_LINT_COUNT; rule++)
		if (findings_of(f, rule) > 0)
			fprintf(to, "%s: lint %-21s %" PRIu64 "\n", f->conf.name,
				dlb_lint_name(rule), findings_of(f, rule));
	fflush(to);
}
