/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Functions that are not ready to be driven: each is refused with one line that says what to do. They
 * exist only as files that look like the kernel's. In test/vm there are some that can be driven.
 */
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_bus.h>
#include <rte_common.h>
#include <rte_cpuflags.h>
#include <rte_dev.h>
#include <rte_log.h>

#include "fixture.h"

#define IOMMU "an IOMMU"
#define MADE_UP "vfio-noiommu"

/* A function of the machine, and what becomes of it. */
static const struct function {
	const char *address;
	const char *device_id;
	const char *iommu;  /* name of its group, NULL: it has none */
	const char *driver; /* EAL does not show functions that have none */
	const char *args;
	const char *says;
	bool without_movdir64b; /* the row is about such a CPU */
} functions[] = {
	{ "0000:01:00.0", "0x2710\n", IOMMU, "dlb2", "",
	  "bound to dlb2, accepted is vfio-pci: dpdk-devbind.py --bind=vfio-pci 0000:01:00.0",
	  false },
	{ "0000:02:00.0", "0x2714\n", NULL, "dlb2", "", "behind no IOMMU: switch it on", false },
	{ "0000:03:00.0", "0x2714\n", MADE_UP, "vfio-pci", "", "behind no IOMMU", false },
	{ "0000:04:00.0", "0x2710\n", IOMMU, "vfio-pci", "hw=2.0",
	  "device argument 'hw': the nearest known one is ", false },
	{ "0000:05:00.0", "0x2714\n", IOMMU, "vfio-pci", "plain_stores=2",
	  "plain_stores=2: accepted are 0, 1", false },
	{ "0000:06:00.0", "0x2714\n", IOMMU, "vfio-pci", "",
	  "no MOVDIR64B, which a DLB is written with; in a virtual machine", true },
	{ "0000:07:00.0", "0x2714\n", IOMMU, "vfio-pci", "plain_stores=1", "BARs cannot be mapped",
	  false },
};

static void
file_write(const char *folder, const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* The files that EAL and the driver read. */
static void
function_make(const char *root, const struct function *f)
{
	static const char bars[] = "0x0000000000000000 0x0000000000000000 0x0000000000000000\n";
	char folder[PATH_MAX], path[PATH_MAX + 64], text[8 * sizeof(bars)] = "";
	uint32_t i;

	snprintf(folder, sizeof(folder), "%s/%s", root, f->address);
	assert_int_equal(mkdir(folder, 0700), 0);
	for (i = 0; i < 7; i++)
		strcat(text, bars);
	file_write(folder, "resource", text);
	file_write(folder, "vendor", "0x8086\n");
	file_write(folder, "device", f->device_id);
	file_write(folder, "subsystem_vendor", "0x8086\n");
	file_write(folder, "subsystem_device", "0x0000\n");
	file_write(folder, "class", "0x0b4000\n");
	snprintf(path, sizeof(path), "%s/driver", folder);
	snprintf(text, sizeof(text), "../../drivers/%s", f->driver);
	assert_int_equal(symlink(text, path), 0);
	if (f->iommu != NULL) {
		snprintf(path, sizeof(path), "%s/iommu_group", folder);
		assert_int_equal(mkdir(path, 0700), 0);
		snprintf(text, sizeof(text), "%s\n", f->iommu);
		file_write(path, "name", text);
	}
}

static int
path_remove(const char *path, const struct stat *stat, int type, struct FTW *walk)
{
	(void)stat;
	(void)type;
	(void)walk;
	return remove(path);
}

/* Whether a function is vfio-pci's, so that the driver takes it as its own. */
static bool
is_ours(const struct function *f)
{
	return f->iommu != NULL && strcmp(f->iommu, IOMMU) == 0 &&
	       strcmp(f->driver, "vfio-pci") == 0;
}

/* EAL probes them all, as at its start without -a: only who wants to know is told, and nothing fails. */
static void
functions_that_nobody_named_are_left_alone(void **state)
{
	uint32_t i;

	log_mark(*state);
	assert_int_equal(rte_bus_probe(), 0);
	for (i = 0; i < RTE_DIM(functions); i++)
		if (!is_ours(&functions[i]))
			TEST_EQ(log_lines(*state, functions[i].address), 0, functions[i].says);

	log_mark(*state);
	assert_int_equal(rte_log_set_level_pattern("pmd.event.dlb.driver", RTE_LOG_INFO), 0);
	assert_int_equal(rte_bus_probe(), 0);
	assert_int_equal(rte_log_set_level_pattern("pmd.event.dlb.driver", RTE_LOG_NOTICE), 0);
	for (i = 0; i < RTE_DIM(functions); i++)
		if (!is_ours(&functions[i]))
			log_expect(*state, functions[i].address, functions[i].says,
				   functions[i].says);
	assert_int_equal(rte_event_dev_count(), 0);
}

static void
functions_that_are_not_ready_are_refused(void **state)
{
	const struct function *f;
	uint32_t i;

	for (i = 0; i < RTE_DIM(functions); i++) {
		f = &functions[i];
		if (f->without_movdir64b && rte_cpu_get_flag_enabled(RTE_CPUFLAG_MOVDIR64B) > 0)
			continue;
		log_mark(*state);
		if (rte_eal_hotplug_add("pci", f->address, f->args) >= 0)
			fail_msg("%s: probed", f->says);
		log_expect(*state, f->address, f->says, f->says);
		TEST_EQ(rte_event_dev_count(), 0, f->says);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_that_nobody_named_are_left_alone),
		cmocka_unit_test(functions_that_are_not_ready_are_refused),
	};
	char root[] = "/tmp/test_pci_XXXXXX";
	uint32_t i;
	int failures;

	if (mkdtemp(root) == NULL || setenv("SYSFS_PCI_DEVICES", root, 1) != 0)
		return EXIT_FAILURE;
	for (i = 0; i < RTE_DIM(functions); i++)
		function_make(root, &functions[i]);
	failures = cmocka_run_group_tests(tests, fixture_create_with_pci, fixture_destroy);
	nftw(root, path_remove, 8, FTW_DEPTH | FTW_PHYS);
	return failures;
}
