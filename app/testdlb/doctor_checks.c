/* SPDX-License-Identifier: BSD-3-Clause */
/* What the doctor looks at, but for devices themselves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_version.h>

#include "doctor.h"

#define FLAGS_BYTES 8192
#define LOCKED_MIN (64u << 20)

/* Only a DLB that is there can be stopped by something. */
static enum doctor_level
stops(const struct doctor *d)
{
	return d->has_device ? DOCTOR_STOPS : DOCTOR_NOTE;
}

static bool
has_flag(const char *flags, const char *flag)
{
	const char *at = flags;
	size_t length = strlen(flag);

	while ((at = strstr(at, flag)) != NULL) {
		if ((at == flags || at[-1] == ' ' || at[-1] == '\t') &&
		    (at[length] == ' ' || at[length] == '\0'))
			return true;
		at += length;
	}
	return false;
}

static void
check_cpu(struct doctor *d, const char *what)
{
	char path[MACHINE_PATH_BYTES], flags[FLAGS_BYTES];

	machine_path(&d->machine, path, "/proc/cpuinfo");
	if (!machine_read_line(path, "flags\t", flags, sizeof(flags))) {
		doctor_find(d, DOCTOR_NOTE, what, "", "%s tells no flags", path);
		return;
	}
	if (has_flag(flags, "movdir64b"))
		doctor_find(d, DOCTOR_FINE, what, "", "it has MOVDIR64B");
	else
		doctor_find(d, stops(d), what,
			    d->has_device ? "give the virtual machine the flag: qemu -cpu host"
					  : "",
			    "no MOVDIR64B: producer ports of hardware take nothing else");
	if (has_flag(flags, "avx512_vbmi") && has_flag(flags, "avx512vl"))
		doctor_find(d, DOCTOR_FINE, what, "", "it has AVX-512 with VBMI");
	else
		doctor_find(d, DOCTOR_NOTE, what, "",
			    "no AVX-512 with VBMI: events are packed without it");
}

static void
check_iommu(struct doctor *d, const char *what)
{
	char path[MACHINE_PATH_BYTES];
	uint32_t groups;

	machine_path(&d->machine, path, "/sys/kernel/iommu_groups");
	groups = machine_entries(path);
	if (groups > 0)
		doctor_find(d, DOCTOR_FINE, what, "", "on, with %u groups", groups);
	else
		doctor_find(d, stops(d), what,
			    "add intel_iommu=on iommu=pt to the kernel's command line, and reboot",
			    "off: vfio-pci gives out no device");
}

static void
check_vfio(struct doctor *d, const char *what)
{
	char path[MACHINE_PATH_BYTES];

	machine_path(&d->machine, path, "/sys/bus/pci/drivers/vfio-pci");
	if (machine_exists(path))
		doctor_find(d, DOCTOR_FINE, what, "", "loaded");
	else
		doctor_find(d, stops(d), what, "modprobe vfio-pci", "not loaded");
}

static void
check_hugepages(struct doctor *d, const char *what)
{
	char path[MACHINE_PATH_BYTES], line[256];
	int64_t all, left;

	machine_path(&d->machine, path, "/sys/kernel/mm/hugepages");
	all = machine_sum(path, "nr_hugepages");
	left = machine_sum(path, "free_hugepages");
	if (all == 0)
		doctor_find(d, DOCTOR_NOTE, what, "dpdk-hugepages.py --setup 1G",
			    "none: EAL begins only with --no-huge");
	else if (left == 0)
		doctor_find(d, DOCTOR_NOTE, what, "dpdk-hugepages.py --setup 2G",
			    "%lld, and none is free", (long long)all);
	else
		doctor_find(d, DOCTOR_FINE, what, "", "%lld of %lld free", (long long)left,
			    (long long)all);
	machine_path(&d->machine, path, "/proc/mounts");
	if (all > 0 && !machine_read_line(path, " hugetlbfs ", line, sizeof(line)))
		doctor_find(d, DOCTOR_NOTE, what, "dpdk-hugepages.py --mount",
			    "not mounted: EAL needs --in-memory");
}

static void
check_memory(struct doctor *d, const char *what)
{
	struct rlimit limit = { 0, 0 };

	getrlimit(RLIMIT_MEMLOCK, &limit);
	if (geteuid() == 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= LOCKED_MIN)
		doctor_find(d, DOCTOR_FINE, what, "", "enough may be locked for DMA");
	else
		doctor_find(d, stops(d), what, "ulimit -l unlimited",
			    "only %llu KiB may be locked: DMA memory is",
			    (unsigned long long)limit.rlim_cur >> 10);
}

static void
check_dpdk(struct doctor *d, const char *what)
{
	static const char *const known[] = { "22.11", "24.11", "25.11" };
	const char *version = rte_version();
	uint32_t i;

	for (i = 0; i < RTE_DIM(known); i++) {
		if (strstr(version, known[i]) != NULL) {
			doctor_find(d, DOCTOR_FINE, what, "", "%s", version);
			return;
		}
	}
	doctor_find(d, DOCTOR_NOTE, what, "", "%s: OpenDLB is for 22.11, 24.11 and 25.11", version);
}

/* The distribution's driver claims the same ids, and EAL loads it by itself. */
static void
check_plugins(struct doctor *d, const char *what)
{
	char path[MACHINE_PATH_BYTES];

	machine_path(&d->machine, path, "%s/librte_event_dlb2.so", RTE_EAL_PMD_PATH);
	if (machine_exists(path))
		doctor_find(d, DOCTOR_NOTE, what, "give OpenDLB's with -d librte_event_dlb.so",
			    "librte_event_dlb2.so claims the same devices; a driver given with -d "
			    "comes first");
	else
		doctor_find(d, DOCTOR_FINE, what, "", "no other driver claims a DLB");
}

/* Devices come first: what the others find depends on them. */
const struct doctor_check doctor_checks[] = {
	{ "device", doctor_check_devices },
	{ "cpu", check_cpu },
	{ "iommu", check_iommu },
	{ "vfio-pci", check_vfio },
	{ "hugepages", check_hugepages },
	{ "memory", check_memory },
	{ "dpdk", check_dpdk },
	{ "drivers", check_plugins },
	{ NULL, NULL },
};
