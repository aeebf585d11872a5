/* SPDX-License-Identifier: BSD-3-Clause */
#include "dlb_hw.h"

const struct dlb_limits dlb_limits[DLB_GEN_COUNT] = {
	[DLB_V2] = {
		.name = "2.0",
		.pci_device = DLB_PCI_DEVICE_V2,
		.ports = { [DLB_LDB] = DLB_LDB_PORTS, [DLB_DIR] = 64 },
		.queues = { [DLB_LDB] = DLB_LDB_QUEUES, [DLB_DIR] = 64 },
		.credits = { [DLB_LDB] = 8192, [DLB_DIR] = 4096 },
	},
	[DLB_V25] = {
		.name = "2.5",
		.pci_device = DLB_PCI_DEVICE_V25,
		.ports = { [DLB_LDB] = DLB_LDB_PORTS, [DLB_DIR] = 96 },
		.queues = { [DLB_LDB] = DLB_LDB_QUEUES, [DLB_DIR] = 96 },
		.credits = { [DLB_LDB] = 16384 },
		.has_shared_credits = true,
		.has_cq_weight = true,
		.has_inflight_threshold = true,
	},
};

const uint32_t dlb_pp_base[DLB_KIND_COUNT] = {
	[DLB_LDB] = 0x2100000,
	[DLB_DIR] = 0x2000000,
};
