/* SPDX-License-Identifier: BSD-3-Clause */
/* The PCI bus: a DLB behind the kernel's vfio-pci. */
#ifndef DLB_EVDEV_PCI_H
#define DLB_EVDEV_PCI_H

#include <bus_pci_driver.h>

#include "dlb_bus.h"

#include "backend.h"
#include "devargs.h"
#include "hot.h"

extern const struct dlb_backend_ops dlb_pci_backend;

/**
 * A bus for a function that is vfio-pci's; its BARs are mapped as long as the bus exists.
 *
 * @return
 *   0, or: -ENODEV when a BAR cannot be mapped, -ENOTSUP when the CPU has no MOVDIR64B and plain stores
 *   were not asked for, -ENOMEM; after one line in the log. Destroy it through the backend's operation.
 */
int dlb_pci_create(struct rte_pci_device *pci, const char *name, enum dlb_gen gen,
		   const struct dlb_devargs *args, struct dlb_bus **bus);

/** In a secondary process: map the BARs where the primary has them. 0, or as dlb_pci_create(). */
int dlb_pci_attach(struct rte_pci_device *pci, const char *name);
void dlb_pci_detach(struct rte_pci_device *pci);

/** How lines are to reach the device, by the arguments. */
enum dlb_transport dlb_pci_transport(const struct dlb_devargs *args);

#endif /* DLB_EVDEV_PCI_H */
