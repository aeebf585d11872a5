/* SPDX-License-Identifier: BSD-3-Clause */
/* PCI function: an event device on a DLB that is bound to vfio-pci, under its PCI address. */
#include <errno.h>

#include <bus_pci_driver.h>
#include <eventdev_pmd_pci.h>
#include <rte_devargs.h>

#include "control.h"
#include "evdev.h"
#include "hot.h"
#include "log.h"
#include "pci.h"

/* The generation follows from the device ID alone. */
static enum dlb_gen
generation(const struct rte_pci_device *dev)
{
	enum dlb_gen gen = 0;

	while (dlb_limits[gen].pci_device != dev->id.device_id)
		gen++;
	return gen;
}

/* What EAL bound the function through. Only vfio-pci gives DMA that an IOMMU checks, and interrupts. */
static int
kernel_driver_check(const struct rte_pci_device *dev)
{
	if (dev->kdrv == RTE_PCI_KDRV_VFIO)
		return 0;
	rte_log(RTE_LOG_ERR, dlb_log_driver,
		"%s: the function is not bound to vfio-pci: dpdk-devbind.py --bind=vfio-pci %s\n",
		dev->name, dev->name);
	return -ENOTSUP;
}

static int
device_create(struct rte_eventdev *evdev)
{
	struct rte_pci_device *dev = RTE_DEV_TO_PCI(evdev->dev);
	const char *text = dev->device.devargs == NULL ? NULL : dev->device.devargs->args;
	struct dlb_devargs args;
	struct dlb_bus *bus;
	int ret;

	ret = kernel_driver_check(dev);
	if (ret == 0)
		ret = dlb_devargs_parse(dev->name, text, DLB_BUS_PCI, &args);
	if (ret == 0)
		ret = dlb_pci_create(dev, dev->name, generation(dev), &args, &bus);
	if (ret < 0)
		return ret;
	ret = dlb_evdev_create(evdev, dev->name, &args, bus, &dlb_pci_backend, dlb_pci_hot(&args));
	if (ret < 0) {
		dlb_pci_backend.destroy(bus);
		return ret;
	}
	rte_log(RTE_LOG_NOTICE, dlb_log_driver, "%s: DLB %s, driven by OpenDLB's event_dlb\n",
		dev->name, dlb_limits[bus->gen].name);
	return 0;
}

static int
pci_probe(struct rte_pci_driver *driver, struct rte_pci_device *dev)
{
	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		rte_log(RTE_LOG_ERR, dlb_log_driver, "%s: accepted is the primary process only\n",
			dev->name);
		return -ENOTSUP;
	}
	return rte_event_pmd_pci_probe(driver, dev, dlb_evdev_private_size(), device_create);
}

static int
pci_remove(struct rte_pci_device *dev)
{
	int ret;

	dlb_evdev_stop_by_name(dev->name);
	dlb_control_lock();
	ret = rte_event_pmd_pci_remove(dev, NULL);
	dlb_control_unlock();
	return ret;
}

static const struct rte_pci_id pci_ids[] = {
	{ RTE_PCI_DEVICE(DLB_PCI_VENDOR, DLB_PCI_DEVICE_V2) },
	{ RTE_PCI_DEVICE(DLB_PCI_VENDOR, DLB_PCI_DEVICE_V25) },
	{ .vendor_id = 0 },
};

static struct rte_pci_driver dlb_pci_driver = {
	.id_table = pci_ids,
	.drv_flags = RTE_PCI_DRV_NEED_MAPPING,
	.probe = pci_probe,
	.remove = pci_remove,
};

RTE_PMD_REGISTER_PCI(event_dlb_pci, dlb_pci_driver);
RTE_PMD_REGISTER_PCI_TABLE(event_dlb_pci, pci_ids);
RTE_PMD_REGISTER_PARAM_STRING(event_dlb_pci, DLB_ARGS_HELP_PCI);
RTE_PMD_REGISTER_KMOD_DEP(event_dlb_pci, "* vfio-pci");
