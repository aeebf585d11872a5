/* SPDX-License-Identifier: BSD-3-Clause */
/* The doctor's look at DLBs that the kernel sees: who has them, who may have them, where they are. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>

#include "doctor.h"

#define MEND_BYTES 384
#define VENDOR 0x8086

static const struct model {
	int64_t id;
	const char *name;
} models[] = {
	{ 0x2710, "DLB 2.0" },
	{ 0x2714, "DLB 2.5" },
};

static const struct model *
model_find(const struct doctor *d, const char *address)
{
	char path[MACHINE_PATH_BYTES];
	int64_t id;
	uint32_t i;

	machine_path(&d->machine, path, "/sys/bus/pci/devices/%.32s/vendor", address);
	if (machine_read_number(path) != VENDOR)
		return NULL;
	machine_path(&d->machine, path, "/sys/bus/pci/devices/%.32s/device", address);
	id = machine_read_number(path);
	for (i = 0; i < RTE_DIM(models); i++) {
		if (models[i].id == id)
			return &models[i];
	}
	return NULL;
}

static void
check_group(struct doctor *d, const char *what, const char *address)
{
	char path[MACHINE_PATH_BYTES], group[64], mend[MEND_BYTES];

	machine_path(&d->machine, path, "/sys/bus/pci/devices/%.32s/iommu_group", address);
	if (!machine_link(path, group, sizeof(group)))
		return;
	machine_path(&d->machine, path, "/dev/vfio/%.64s", group);
	if (access(path, R_OK | W_OK) == 0)
		return;
	snprintf(mend, sizeof(mend), "chown $USER /dev/vfio/%s", group);
	doctor_find(d, DOCTOR_STOPS, what, mend, "%s: /dev/vfio/%s may not be read and written",
		    address, group);
}

static void
check_driver(struct doctor *d, const char *what, const char *address)
{
	char path[MACHINE_PATH_BYTES], driver[64] = "", mend[MEND_BYTES];

	machine_path(&d->machine, path, "/sys/bus/pci/devices/%.32s/driver", address);
	machine_link(path, driver, sizeof(driver));
	if (strcmp(driver, "vfio-pci") == 0) {
		check_group(d, what, address);
		return;
	}
	snprintf(mend, sizeof(mend), "dpdk-devbind.py --bind=vfio-pci %s", address);
	if (driver[0] == '\0')
		doctor_find(d, DOCTOR_STOPS, what, mend, "%s: no kernel driver has it", address);
	else
		doctor_find(d, DOCTOR_STOPS, what, mend, "%s: the kernel driver %s has it", address,
			    driver);
}

/* Memory and cores near a device are faster; without its own hugepages it gets others'. */
static void
check_node(struct doctor *d, const char *what, const char *address)
{
	char path[MACHINE_PATH_BYTES], cpus[128] = "?", distances[128] = "?", mend[MEND_BYTES];
	int64_t node;

	machine_path(&d->machine, path, "/sys/bus/pci/devices/%.32s/numa_node", address);
	node = machine_read_number(path);
	if (node < 0)
		return;
	machine_path(&d->machine, path, "/sys/bus/pci/devices/%.32s/local_cpulist", address);
	machine_read(path, cpus, sizeof(cpus));
	machine_path(&d->machine, path, "/sys/devices/system/node/node%lld/distance",
		     (long long)node);
	machine_read(path, distances, sizeof(distances));
	doctor_find(d, DOCTOR_NOTE, what, "", "%s: node %lld, near cores %s, distances %s", address,
		    (long long)node, cpus, distances);
	machine_path(&d->machine, path, "/sys/devices/system/node/node%lld/hugepages",
		     (long long)node);
	if (machine_sum(path, "nr_hugepages") > 0)
		return;
	snprintf(mend, sizeof(mend), "dpdk-hugepages.py --node %lld --setup 1G", (long long)node);
	doctor_find(d, DOCTOR_NOTE, what, mend, "%s: node %lld has no hugepages", address,
		    (long long)node);
}

void
doctor_check_devices(struct doctor *d, const char *what)
{
	char path[MACHINE_PATH_BYTES];
	const struct model *model;
	struct dirent *entry;
	DIR *folder;

	machine_path(&d->machine, path, "/sys/bus/pci/devices");
	folder = opendir(path);
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		model = model_find(d, entry->d_name);
		if (model == NULL)
			continue;
		d->has_device = true;
		doctor_find(d, DOCTOR_FINE, what, "", "%s: a %s", entry->d_name, model->name);
		check_driver(d, what, entry->d_name);
		check_node(d, what, entry->d_name);
	}
	if (folder != NULL)
		closedir(folder);
	if (!d->has_device)
		doctor_find(d, DOCTOR_NOTE, what, "",
			    "the kernel sees no DLB (8086:2710, 8086:2714)");
}
