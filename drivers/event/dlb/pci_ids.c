/* SPDX-License-Identifier: BSD-3-Clause */
/* The PCI functions that are a DLB, as dpdk-pmdinfo lists them. */
#include <bus_pci_driver.h>
#include <dev_driver.h>

#include "dlb_hw.h"

static const struct rte_pci_id pci_ids[] __rte_used = {
	{ RTE_PCI_DEVICE(DLB_PCI_VENDOR, DLB_PCI_DEVICE_V2) },
	{ RTE_PCI_DEVICE(DLB_PCI_VENDOR, DLB_PCI_DEVICE_V25) },
	{ .vendor_id = 0 },
};

RTE_PMD_EXPORT_NAME(event_dlb_pci, __COUNTER__);
RTE_PMD_REGISTER_PCI_TABLE(event_dlb_pci, pci_ids);
