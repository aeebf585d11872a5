/* SPDX-License-Identifier: BSD-3-Clause */
/* Function-level reset, and what else of configuration space concerns the PF layer. */
#ifndef PF_RESET_H
#define PF_RESET_H

#include <stdbool.h>

#include "dlb_pf.h"

/** See that the function is the DLB that the bus says it is. 0, -ENODEV or -EIO. */
int pf_function_check(struct dlb_bus *bus, const struct dlb_log *log);

/**
 * Reset the function and restore its configuration space, with PASID off.
 *
 * @param[out] quiet
 *   True once the function cannot reach memory any more or has been reset, also if that failed
 * later.
 * @return
 *   0, or: -ENODEV without a PCIe capability that offers the reset, -ETIMEDOUT when transactions
 * stay pending or the function does not come back, -EIO.
 */
int pf_function_reset(struct dlb_bus *bus, const struct dlb_log *log, bool *quiet);

/**
 * Switch PASID off: with it on, the device is in its scalable I/O virtualization mode, in which a
 * PF without PASID does not work. 0 or -EIO.
 */
int pf_pasid_disable(struct dlb_bus *bus, const struct dlb_log *log);

#endif /* PF_RESET_H */
