/* SPDX-License-Identifier: BSD-3-Clause */
/* The bus behind vfio-pci: BAR 0 has the producer ports, BAR 2 the registers. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_atomic.h>
#include <rte_cpuflags.h>
#include <rte_cycles.h>
#include <rte_interrupts.h>
#include <rte_io.h>
#include <rte_malloc.h>
#include <rte_memzone.h>

#include "hot.h"
#include "line_store.h"
#include "log.h"
#include "pci.h"

#define FUNC_BAR 0
#define CSR_BAR 2

struct dlb_pci {
	struct dlb_bus bus;
	struct rte_pci_device *dev;
	uint8_t *func;
	uint8_t *csr;
	bool plain_stores;
	bool has_interrupts; /* vectors are enabled, each with an eventfd */
	uint32_t next_zone;  /* names of memory zones are unique */
	char name[RTE_MEMZONE_NAMESIZE];
};

static struct dlb_pci *
pci_of(struct dlb_bus *bus)
{
	return container_of(bus, struct dlb_pci, bus);
}

static uint32_t
pci_csr_read(struct dlb_bus *bus, uint32_t offset)
{
	return rte_read32(pci_of(bus)->csr + offset);
}

static void
pci_csr_write(struct dlb_bus *bus, uint32_t offset, uint32_t value)
{
	rte_write32(value, pci_of(bus)->csr + offset);
}

static int
pci_config_read(struct dlb_bus *bus, uint32_t offset, void *value, size_t size_bytes)
{
	int got = rte_pci_read_config(pci_of(bus)->dev, value, size_bytes, offset);

	return got == (int)size_bytes ? 0 : -EIO;
}

static int
pci_config_write(struct dlb_bus *bus, uint32_t offset, const void *value, size_t size_bytes)
{
	int put = rte_pci_write_config(pci_of(bus)->dev, value, size_bytes, offset);

	return put == (int)size_bytes ? 0 : -EIO;
}

static void *
pci_pp_address(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port)
{
	return pci_of(bus)->func + dlb_pp_base[kind] + port * DLB_PP_STRIDE;
}

static void
pci_pp_write(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port,
	     const struct dlb_qe line[DLB_QES_PER_LINE])
{
	void *page = pci_pp_address(bus, kind, port);

	if (pci_of(bus)->plain_stores)
		dlb_line_store(page, line);
	else
		dlb_line_movdir64b(page, line);
}

/* A read pushes what this core wrote before it. Its value means nothing. */
static void
pci_pp_flush(struct dlb_bus *bus, enum dlb_kind kind, uint32_t port)
{
	rte_mb();
	(void)rte_read64(pci_pp_address(bus, kind, port));
}

static int
pci_dma_alloc(struct dlb_bus *bus, const char *name, size_t size_bytes, size_t align,
	      struct dlb_dma *dma)
{
	struct dlb_pci *p = pci_of(bus);
	char zone_name[RTE_MEMZONE_NAMESIZE];
	const struct rte_memzone *zone;

	RTE_SET_USED(name);
	snprintf(zone_name, sizeof(zone_name), "dlb_%.16s_%u", p->name, p->next_zone);
	zone = rte_memzone_reserve_aligned(zone_name, size_bytes, p->dev->device.numa_node,
					   RTE_MEMZONE_IOVA_CONTIG, (unsigned int)align);
	if (zone == NULL)
		return -ENOMEM;
	p->next_zone++;
	memset(zone->addr, 0, size_bytes);
	*dma = (struct dlb_dma){
		.addr = zone->addr,
		.iova = zone->iova,
		.size_bytes = size_bytes,
		.handle = zone,
	};
	return 0;
}

static void
pci_dma_free(struct dlb_bus *bus __rte_unused, struct dlb_dma *dma)
{
	rte_memzone_free(dma->handle);
	*dma = (struct dlb_dma){ 0 };
}

/* Vectors are enabled all at once, when somebody first wants to sleep. */
static int
interrupts_enable(struct dlb_pci *p)
{
	struct rte_intr_handle *handle = p->dev->intr_handle;
	int ret;

	if (p->has_interrupts)
		return 0;
	ret = rte_intr_efd_enable(handle, DLB_CQ_VECTORS);
	if (ret < 0)
		return ret;
	ret = rte_intr_enable(handle);
	if (ret < 0) {
		rte_intr_efd_disable(handle);
		return ret;
	}
	p->has_interrupts = true;
	return 0;
}

static int
pci_vector_fd(struct dlb_bus *bus, uint32_t vector)
{
	struct dlb_pci *p = pci_of(bus);
	int ret;

	/* Vectors of CQs have an eventfd each; that of alarms is EAL's. */
	if (vector < DLB_CQ_VECTOR_FIRST)
		return -ENOTSUP;
	ret = interrupts_enable(p);
	if (ret < 0)
		return ret;
	return rte_intr_efds_index_get(p->dev->intr_handle, (int)(vector - DLB_CQ_VECTOR_FIRST));
}

static void
pci_wait_us(struct dlb_bus *bus __rte_unused, uint32_t us)
{
	rte_delay_us_sleep(us);
}

static const struct dlb_bus_ops pci_bus_ops = {
	.csr_read = pci_csr_read,
	.csr_write = pci_csr_write,
	.config_read = pci_config_read,
	.config_write = pci_config_write,
	.pp_write = pci_pp_write,
	.pp_flush = pci_pp_flush,
	.pp_address = pci_pp_address,
	.dma_alloc = pci_dma_alloc,
	.dma_free = pci_dma_free,
	.vector_fd = pci_vector_fd,
	.wait_us = pci_wait_us,
};

static int
cpu_check(const char *name, const struct dlb_devargs *args)
{
	if (args->plain_stores || rte_cpu_get_flag_enabled(RTE_CPUFLAG_MOVDIR64B) > 0)
		return 0;
	rte_log(RTE_LOG_ERR, dlb_log_driver,
		"%s: this CPU has no MOVDIR64B, which a DLB is written with; in a virtual machine with a "
		"device model, plain_stores=1 will do\n",
		name);
	return -ENOTSUP;
}

/* EAL logs what vfio refuses. */
static int
bars_map(const char *name, struct rte_pci_device *dev)
{
	if (rte_pci_map_device(dev) == 0)
		return 0;
	rte_log(RTE_LOG_ERR, dlb_log_driver,
		"%s: the function's BARs cannot be mapped: is it in use, and may this user open its "
		"group below /dev/vfio?\n",
		name);
	return -ENODEV;
}

static int
bars_check(const char *name, const struct rte_pci_device *dev)
{
	const struct {
		uint32_t bar;
		uint64_t size_bytes;
	} rows[] = { { FUNC_BAR, DLB_FUNC_BAR_BYTES }, { CSR_BAR, DLB_CSR_BAR_BYTES } };
	uint32_t i;

	for (i = 0; i < RTE_DIM(rows); i++) {
		const struct rte_mem_resource *bar = &dev->mem_resource[rows[i].bar];

		if (bar->addr != NULL && bar->len >= rows[i].size_bytes)
			continue;
		rte_log(RTE_LOG_ERR, dlb_log_driver,
			"%s: BAR %u has 0x%" PRIx64 " bytes, %smapped: a DLB has 0x%" PRIx64
			" there\n",
			name, rows[i].bar, bar->len, bar->addr == NULL ? "not " : "",
			rows[i].size_bytes);
		return -ENODEV;
	}
	return 0;
}

int
dlb_pci_create(struct rte_pci_device *dev, const char *name, enum dlb_gen gen,
	       const struct dlb_devargs *args, struct dlb_bus **bus)
{
	struct dlb_pci *p;
	int ret;

	ret = cpu_check(name, args);
	if (ret == 0)
		ret = bars_map(name, dev);
	if (ret < 0)
		return ret;
	ret = bars_check(name, dev);
	if (ret < 0)
		goto unmap;
	p = rte_zmalloc_socket("dlb_pci", sizeof(*p), RTE_CACHE_LINE_SIZE, dev->device.numa_node);
	if (p == NULL) {
		ret = -ENOMEM;
		goto unmap;
	}
	p->bus.ops = &pci_bus_ops;
	p->bus.gen = gen;
	p->dev = dev;
	p->func = dev->mem_resource[FUNC_BAR].addr;
	p->csr = dev->mem_resource[CSR_BAR].addr;
	p->plain_stores = args->plain_stores;
	snprintf(p->name, sizeof(p->name), "%s", name);
	*bus = &p->bus;
	return 0;

unmap:
	rte_pci_unmap_device(dev);
	return ret;
}

int
dlb_pci_attach(struct rte_pci_device *dev, const char *name)
{
	return bars_map(name, dev);
}

void
dlb_pci_detach(struct rte_pci_device *dev)
{
	rte_pci_unmap_device(dev);
}

enum dlb_transport
dlb_pci_transport(const struct dlb_devargs *args)
{
	return args->plain_stores ? DLB_TRANSPORT_STORES : DLB_TRANSPORT_MOVDIR64B;
}

static bool
pci_can_sleep(const struct dlb_bus *bus __rte_unused)
{
	return true;
}

static void
pci_destroy(struct dlb_bus *bus)
{
	struct dlb_pci *p = pci_of(bus);

	if (p->has_interrupts) {
		rte_intr_disable(p->dev->intr_handle);
		rte_intr_efd_disable(p->dev->intr_handle);
	}
	rte_pci_unmap_device(p->dev);
	rte_free(p);
}

const struct dlb_backend_ops dlb_pci_backend = {
	.name = "PCI",
	.can_sleep = pci_can_sleep,
	.destroy = pci_destroy,
};
