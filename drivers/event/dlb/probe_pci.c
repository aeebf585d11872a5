/* SPDX-License-Identifier: BSD-3-Clause */
/* PCI function: an event device on a DLB that is bound to vfio-pci, under its PCI address. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bus_pci_driver.h>
#include <eventdev_pmd_pci.h>
#include <rte_devargs.h>

#include "control.h"
#include "evdev.h"
#include "function.h"
#include "hot.h"
#include "log.h"
#include "pci.h"
#include "secondary.h"

/* The generation follows from the device ID alone. */
static enum dlb_gen
generation(const struct rte_pci_device *dev)
{
	enum dlb_gen gen = 0;

	while (dlb_limits[gen].pci_device != dev->id.device_id)
		gen++;
	return gen;
}

/* Path of a file that the kernel has for the function. */
static void
sysfs_path(const struct rte_pci_device *dev, const char *file, char path[PATH_MAX])
{
	char address[PCI_PRI_STR_SIZE];

	rte_pci_device_name(&dev->addr, address, sizeof(address));
	snprintf(path, PATH_MAX, "%s/%s/%s", rte_pci_get_sysfs_path(), address, file);
}

/* A function behind an IOMMU is in a group; vfio makes up groups for others when it is told to. */
static bool
has_iommu(const struct rte_pci_device *dev)
{
	char path[PATH_MAX], name[32] = "";
	FILE *file;

	sysfs_path(dev, "iommu_group", path);
	if (access(path, F_OK) != 0)
		return false;
	sysfs_path(dev, "iommu_group/name", path);
	file = fopen(path, "r");
	if (file == NULL)
		return true;
	if (fgets(name, sizeof(name), file) == NULL)
		name[0] = '\0';
	fclose(file);
	return strcmp(name, "vfio-noiommu\n") != 0;
}

/* The driver that the kernel has bound the function to. */
static void
kernel_driver_name(const struct rte_pci_device *dev, char name[PATH_MAX])
{
	char path[PATH_MAX];
	ssize_t length;

	sysfs_path(dev, "driver", path);
	length = readlink(path, name, PATH_MAX - 1);
	name[length < 0 ? 0 : length] = '\0';
	if (strrchr(name, '/') != NULL)
		memmove(name, strrchr(name, '/') + 1, strlen(strrchr(name, '/')));
}

/* Only vfio-pci behind an IOMMU gives a user interrupts, and DMA that harms nobody. */
static int
kernel_check(const struct rte_pci_device *dev, uint32_t level)
{
	char name[PATH_MAX];

	if (!has_iommu(dev)) {
		rte_log(level, dlb_log_driver,
			"%s: the function is behind no IOMMU: switch it on in the firmware, and with "
			"intel_iommu=on on the kernel's command line\n",
			dev->name);
		return -ENOTSUP;
	}
	if (dev->kdrv == RTE_PCI_KDRV_VFIO)
		return 0;
	kernel_driver_name(dev, name);
	rte_log(level, dlb_log_driver,
		"%s: the function is bound to %s, accepted is vfio-pci: dpdk-devbind.py "
		"--bind=vfio-pci %s\n",
		dev->name, name, dev->name);
	return -ENOTSUP;
}

static int
device_create(struct rte_eventdev *evdev)
{
	struct rte_pci_device *dev = RTE_DEV_TO_PCI(evdev->dev);
	const char *text = dev->device.devargs == NULL ? NULL : dev->device.devargs->args;
	struct dlb_function_conf conf = { .name = dev->name, .backend = &dlb_pci_backend };
	struct dlb_function *function;
	struct dlb_devargs args;
	int ret;

	ret = dlb_devargs_parse(dev->name, text, DLB_BUS_PCI, &args);
	if (ret == 0)
		ret = dlb_pci_create(dev, dev->name, generation(dev), &args, &conf.bus);
	if (ret < 0)
		return ret;
	conf.args = &args;
	conf.transport = dlb_pci_transport(&args);
	ret = dlb_function_create(&conf, &function);
	if (ret < 0) {
		dlb_pci_backend.destroy(conf.bus);
		return ret;
	}
	ret = dlb_evdev_create(evdev, dev->name, &args, function);
	if (ret < 0) {
		dlb_function_destroy(function);
		return ret;
	}
	rte_log(RTE_LOG_NOTICE, dlb_log_driver, "%s: DLB %s, driven by OpenDLB's event_dlb\n",
		dev->name, dlb_limits[function->bus->gen].name);
	return 0;
}

/* The arguments are the primary's. */
static int
secondary_device_create(struct rte_eventdev *evdev)
{
	struct rte_pci_device *dev = RTE_DEV_TO_PCI(evdev->dev);
	int ret;

	ret = dlb_pci_attach(dev, dev->name);
	if (ret < 0)
		return ret;
	ret = dlb_secondary_create(evdev, dev->name);
	if (ret < 0)
		dlb_pci_detach(dev);
	return ret;
}

static int
pci_probe(struct rte_pci_driver *driver, struct rte_pci_device *dev)
{
	bool named = dev->device.devargs != NULL;
	int ret;

	/* A function that nobody named is left to whoever has it: 1 says that it is not ours. */
	ret = kernel_check(dev, named ? RTE_LOG_ERR : RTE_LOG_INFO);
	if (ret < 0)
		return named ? ret : 1;
	return rte_event_pmd_pci_probe(driver, dev, dlb_evdev_private_size(),
				       dlb_is_secondary() ? secondary_device_create
							  : device_create);
}

/* An event device that is on the function of that name, and is another one. */
static const struct dlb_evdev *
sharer_find(const char *name)
{
	const struct dlb_function *function = dlb_function_find(name);
	uint32_t i;

	for (i = 0; function != NULL && i < function->nb_evdevs; i++) {
		if (strcmp(function->evdevs[i]->name, name) != 0)
			return function->evdevs[i];
	}
	return NULL;
}

/* Whoever is on the function goes with it: its BARs will not be there any more. */
static void
sharers_close(const char *name)
{
	const struct dlb_evdev *evdev;

	while ((evdev = sharer_find(name)) != NULL) {
		dlb_evdev_stop_by_name(evdev->name);
		rte_event_dev_close(evdev->data->dev_id);
	}
}

static int
pci_remove(struct rte_pci_device *dev)
{
	int ret;

	if (dlb_is_secondary()) {
		dlb_secondary_destroy(rte_event_pmd_get_named_dev(dev->name));
		dlb_pci_detach(dev);
		return 0;
	}
	sharers_close(dev->name);
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

/* EAL would skip a function that it cannot map, and say nothing: pci.c maps it. */
static struct rte_pci_driver dlb_pci_driver = {
	.id_table = pci_ids,
	.probe = pci_probe,
	.remove = pci_remove,
};

RTE_PMD_REGISTER_PCI(event_dlb_pci, dlb_pci_driver);
RTE_PMD_REGISTER_PCI_TABLE(event_dlb_pci, pci_ids);
RTE_PMD_REGISTER_PARAM_STRING(event_dlb_pci, DLB_ARGS_HELP_PCI);
RTE_PMD_REGISTER_KMOD_DEP(event_dlb_pci, "* vfio-pci");
