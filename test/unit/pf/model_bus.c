/* SPDX-License-Identifier: BSD-3-Clause */
/* A bus over a model; see model_bus.h. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model_bus.h"

#define COMMAND 0x04
#define COMMAND_MEMORY_AND_MASTER 0x0006
#define RUN_BUDGET 100000

static struct model_bus *
model_bus(struct dlb_bus *bus)
{
	return (struct model_bus *)bus;
}

static uint32_t
csr_read(struct dlb_bus *bus, uint32_t offset)
{
	uint32_t value = dlb_model_csr_read(model_bus(bus)->model, offset);

	return model_bus(bus)->csr_dead ? UINT32_MAX : value;
}

static void
csr_write(struct dlb_bus *bus, uint32_t offset, uint32_t value)
{
	dlb_model_csr_write(model_bus(bus)->model, offset, value);
}

/* True from the access on that was to fail. */
static bool
injected(uint32_t *countdown)
{
	if (*countdown == 0)
		return false;
	if (*countdown > 1) {
		--*countdown;
		return false;
	}
	return true;
}

static int
config_read(struct dlb_bus *bus, uint32_t offset, void *value, size_t size_bytes)
{
	struct model_bus *mb = model_bus(bus);
	uint32_t word = 0;

	if (injected(&mb->config_fail) ||
	    dlb_model_config_read(mb->model, offset, value, size_bytes) < 0)
		return -EIO;
	if (mb->forged_at != 0 && offset == mb->forged_at) {
		memcpy(&word, value, size_bytes);
		word = (word & mb->forged_and) | mb->forged_or;
		memcpy(value, &word, size_bytes);
	}
	return 0;
}

static int
config_write(struct dlb_bus *bus, uint32_t offset, const void *value, size_t size_bytes)
{
	struct model_bus *mb = model_bus(bus);

	if (injected(&mb->config_fail))
		return -EIO;
	return dlb_model_config_write(mb->model, offset, value, size_bytes) < 0 ? -EIO : 0;
}

static void
pp_write(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port,
	 const struct dlb_qe line[DLB_QES_PER_LINE])
{
	if (!model_bus(bus)->pp_lost)
		dlb_model_pp_write(model_bus(bus)->model, kind, port, line);
}

static void
pp_flush(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port)
{
	(void)kind;
	(void)port;
	model_bus(bus)->flushes++;
}

/* Tests write lines through pp_write; this only has to tell the ports apart. */
static void *
pp_address(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port)
{
	(void)bus;
	return (void *)(uintptr_t)(dlb_pp_base[kind] + port * DLB_PP_STRIDE);
}

static int
dma_alloc(struct dlb_bus *bus, const char *name, size_t size_bytes, size_t align,
	  struct dlb_dma *dma)
{
	size_t rounded = (size_bytes + align - 1) / align * align;

	(void)name;
	if (injected(&model_bus(bus)->dma_fail))
		return -ENOMEM;
	*dma = (struct dlb_dma){ .addr = aligned_alloc(align, rounded), .size_bytes = rounded };
	if (dma->addr == NULL)
		return -ENOMEM;
	memset(dma->addr, 0, rounded);
	dma->iova = (uintptr_t)dma->addr;
	model_bus(bus)->allocations++;
	return 0;
}

static void
dma_free(struct dlb_bus *bus, struct dlb_dma *dma)
{
	free(dma->addr);
	model_bus(bus)->allocations--;
}

static void
wait_us(struct dlb_bus *bus, uint32_t us)
{
	struct model_bus *mb = model_bus(bus);

	mb->waited_us += us;
	if (mb->time_stopped)
		return;
	dlb_model_advance(mb->model, us);
	model_bus_run(mb);
}

static const struct dlb_bus_ops ops = {
	.csr_read = csr_read,
	.csr_write = csr_write,
	.config_read = config_read,
	.config_write = config_write,
	.pp_write = pp_write,
	.pp_flush = pp_flush,
	.pp_address = pp_address,
	.dma_alloc = dma_alloc,
	.dma_free = dma_free,
	.wait_us = wait_us,
};

static void
lint_report(void *arg, enum dlb_lint rule, const char *text)
{
	struct model_bus *mb = arg;

	if (mb->lint_findings++ == 0)
		snprintf(mb->lint_first, sizeof(mb->lint_first), "%s: %s", dlb_lint_name(rule),
			 text);
}

void
model_bus_create_aided(struct model_bus *mb, const struct dlb_model_conf *aids)
{
	struct dlb_model_conf conf = *aids;
	const uint16_t command = COMMAND_MEMORY_AND_MASTER;

	conf.lint = true;
	conf.lint_report = lint_report;
	conf.arg = mb;
	*mb = (struct model_bus){ .bus = { .ops = &ops, .gen = conf.gen } };
	assert_int_equal(dlb_model_create(&conf, &mb->model), 0);
	assert_int_equal(dlb_model_config_write(mb->model, COMMAND, &command, sizeof(command)), 0);
}

void
model_bus_create(struct model_bus *mb, enum dlb_gen gen)
{
	model_bus_create_aided(mb, &(struct dlb_model_conf){ .gen = gen });
}

void
model_bus_destroy(struct model_bus *mb)
{
	dlb_model_destroy(mb->model);
	if (mb->lint_findings > 0)
		fail_msg("%u lint findings, first: %s", mb->lint_findings, mb->lint_first);
	assert_int_equal(mb->allocations, 0);
}

void
model_bus_run(struct model_bus *mb)
{
	dlb_model_run(mb->model, RUN_BUDGET);
}

void
model_bus_settle(struct model_bus *mb)
{
	dlb_model_advance(mb->model, 1);
}
