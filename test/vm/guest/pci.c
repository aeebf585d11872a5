/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A PCI function through the kernel's VFIO, as any userspace driver gets it: group, IOMMU, regions.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pci.h"

#define COMMAND_OFFSET 4
#define COMMAND_MEMORY 0x2
#define COMMAND_MASTER 0x4

static int
checked(int ret, const char *what)
{
	if (ret < 0)
		fail("%s: %s", what, strerror(errno));
	return ret;
}

static int
group_open(const char *bdf)
{
	char link[128], target[128] = "", path[160];

	snprintf(link, sizeof(link), "/sys/bus/pci/devices/%s/iommu_group", bdf);
	checked((int)readlink(link, target, sizeof(target) - 1), link);
	snprintf(path, sizeof(path), "/dev/vfio/%s", strrchr(target, '/') + 1);
	return checked(open(path, O_RDWR), path);
}

static struct vfio_region_info
region_info(const struct vfio *v, uint32_t index)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = index };

	checked(ioctl(v->device, VFIO_DEVICE_GET_REGION_INFO, &info),
		"VFIO_DEVICE_GET_REGION_INFO");
	return info;
}

void
vfio_open(struct vfio *v, const char *bdf)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	uint16_t command;

	memset(v, 0, sizeof(*v));
	v->container = checked(open("/dev/vfio/vfio", O_RDWR), "/dev/vfio/vfio");
	v->group = group_open(bdf);
	checked(ioctl(v->group, VFIO_GROUP_GET_STATUS, &status), "VFIO_GROUP_GET_STATUS");
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		fail("%s: its group is not all vfio's", bdf);
	checked(ioctl(v->group, VFIO_GROUP_SET_CONTAINER, &v->container),
		"VFIO_GROUP_SET_CONTAINER");
	checked(ioctl(v->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), "VFIO_SET_IOMMU");
	v->device =
		checked(ioctl(v->group, VFIO_GROUP_GET_DEVICE_FD, bdf), "VFIO_GROUP_GET_DEVICE_FD");

	v->config = region_info(v, VFIO_PCI_CONFIG_REGION_INDEX).offset;
	vfio_config_read(v, COMMAND_OFFSET, &command, sizeof(command));
	command |= COMMAND_MEMORY | COMMAND_MASTER;
	vfio_config_write(v, COMMAND_OFFSET, &command, sizeof(command));
}

void
vfio_close(struct vfio *v)
{
	int bar;

	for (bar = 0; bar < VFIO_BARS; bar++)
		if (v->bar[bar] != NULL)
			munmap(v->bar[bar], v->bar_bytes[bar]);
	close(v->device);
	close(v->group);
	close(v->container);
}

void
vfio_map_bar(struct vfio *v, int bar)
{
	struct vfio_region_info info = region_info(v, (uint32_t)bar);

	v->bar[bar] = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, v->device,
			   (off_t)info.offset);
	if (v->bar[bar] == MAP_FAILED)
		fail("BAR %d, %llu bytes: %s", bar, (unsigned long long)info.size, strerror(errno));
	v->bar_bytes[bar] = info.size;
}

void
vfio_config_read(const struct vfio *v, uint32_t offset, void *value, size_t size_bytes)
{
	if (pread(v->device, value, size_bytes, (off_t)(v->config + offset)) != (ssize_t)size_bytes)
		fail("configuration space at 0x%x: %s", offset, strerror(errno));
}

void
vfio_config_write(const struct vfio *v, uint32_t offset, const void *value, size_t size_bytes)
{
	if (pwrite(v->device, value, size_bytes, (off_t)(v->config + offset)) !=
	    (ssize_t)size_bytes)
		fail("configuration space at 0x%x: %s", offset, strerror(errno));
}

void *
vfio_dma_alloc(const struct vfio *v, uint64_t iova, size_t size_bytes)
{
	void *addr = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)addr,
		.iova = iova,
		.size = size_bytes,
	};

	if (addr == MAP_FAILED)
		fail("%zu bytes of memory: %s", size_bytes, strerror(errno));
	checked(ioctl(v->container, VFIO_IOMMU_MAP_DMA, &map), "VFIO_IOMMU_MAP_DMA");
	return addr;
}

void
vfio_dma_free(const struct vfio *v, void *addr, uint64_t iova, size_t size_bytes)
{
	struct vfio_iommu_type1_dma_unmap unmap = { .argsz = sizeof(unmap),
						    .iova = iova,
						    .size = size_bytes };

	checked(ioctl(v->container, VFIO_IOMMU_UNMAP_DMA, &unmap), "VFIO_IOMMU_UNMAP_DMA");
	munmap(addr, size_bytes);
}

void
vfio_irq_enable(const struct vfio *v, uint32_t count, int eventfds[])
{
	uint8_t bytes[sizeof(struct vfio_irq_set) + 128 * sizeof(int)];
	struct vfio_irq_set *set = (struct vfio_irq_set *)bytes;
	uint32_t i;

	if (count > 128)
		fail("%u vectors", count);
	*set = (struct vfio_irq_set){
		.argsz = (uint32_t)(sizeof(*set) + count * sizeof(int)),
		.flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = VFIO_PCI_MSIX_IRQ_INDEX,
		.count = count,
	};
	for (i = 0; i < count; i++)
		eventfds[i] = checked(eventfd(0, EFD_NONBLOCK), "eventfd");
	memcpy(set->data, eventfds, count * sizeof(int));
	checked(ioctl(v->device, VFIO_DEVICE_SET_IRQS, set), "VFIO_DEVICE_SET_IRQS");
}

void
vfio_irq_disable(const struct vfio *v)
{
	struct vfio_irq_set set = {
		.argsz = sizeof(set),
		.flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = VFIO_PCI_MSIX_IRQ_INDEX,
	};

	checked(ioctl(v->device, VFIO_DEVICE_SET_IRQS, &set), "VFIO_DEVICE_SET_IRQS");
}

void
vfio_reset(const struct vfio *v)
{
	checked(ioctl(v->device, VFIO_DEVICE_RESET), "VFIO_DEVICE_RESET");
}
