/* SPDX-License-Identifier: BSD-3-Clause */
/* A bus that records register accesses; see recorder.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "recorder.h"

static struct recorder *
recorder(struct dlb_bus *bus)
{
	return (struct recorder *)bus;
}

static struct dlb_bus *
under(struct dlb_bus *bus)
{
	return recorder(bus)->under;
}

static void
record(struct dlb_bus *bus, bool is_write, uint32_t offset, uint32_t value)
{
	struct recorder *r = recorder(bus);

	assert_true(r->count < RECORDER_ACCESSES);
	r->accesses[r->count++] = (struct access){ is_write, offset, value };
}

static uint32_t
csr_read(struct dlb_bus *bus, uint32_t offset)
{
	uint32_t value = under(bus)->ops->csr_read(under(bus), offset);

	record(bus, false, offset, value);
	return value;
}

static void
csr_write(struct dlb_bus *bus, uint32_t offset, uint32_t value)
{
	record(bus, true, offset, value);
	under(bus)->ops->csr_write(under(bus), offset, value);
}

static int
config_read(struct dlb_bus *bus, uint32_t offset, void *value, size_t size_bytes)
{
	return under(bus)->ops->config_read(under(bus), offset, value, size_bytes);
}

static int
config_write(struct dlb_bus *bus, uint32_t offset, const void *value, size_t size_bytes)
{
	return under(bus)->ops->config_write(under(bus), offset, value, size_bytes);
}

static void
pp_write(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port,
	 const struct dlb_qe line[DLB_QES_PER_LINE])
{
	struct recorder *r = recorder(bus);

	assert_true(r->line_count < RECORDER_LINES);
	memcpy(r->lines[r->line_count++], line, sizeof(r->lines[0]));
	r->under->ops->pp_write(r->under, kind, port, line);
}

static void
pp_flush(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port)
{
	under(bus)->ops->pp_flush(under(bus), kind, port);
}

static void *
pp_address(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port)
{
	return under(bus)->ops->pp_address(under(bus), kind, port);
}

static int
dma_alloc(struct dlb_bus *bus, const char *name, size_t size_bytes, size_t align,
	  struct dlb_dma *dma)
{
	int ret = under(bus)->ops->dma_alloc(under(bus), name, size_bytes, align, dma);

	if (ret == 0 && recorder(bus)->iova != 0)
		dma->iova = recorder(bus)->iova;
	return ret;
}

static void
dma_free(struct dlb_bus *bus, struct dlb_dma *dma)
{
	under(bus)->ops->dma_free(under(bus), dma);
}

static void
wait_us(struct dlb_bus *bus, uint32_t us)
{
	under(bus)->ops->wait_us(under(bus), us);
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

void
recorder_create(struct recorder *r, struct dlb_bus *bus)
{
	r->bus = (struct dlb_bus){ .ops = &ops, .gen = bus->gen };
	r->under = bus;
	r->iova = 0;
	r->count = 0;
	r->line_count = 0;
}
