/* SPDX-License-Identifier: BSD-3-Clause */
/* What holds for all domains of a device: CQ format, arbiters, classes of service. */
#ifndef PF_GLOBAL_H
#define PF_GLOBAL_H

#include "device.h"

/** 0, or -EINVAL. Touches nothing. */
int pf_global_check(const struct dlb_device_conf *conf);

/** Program a device that has just been reset. */
void pf_global_program(struct dlb_device *device);

/** Switch the inflight thresholds of all CQs on or off: there is one switch. 2.5 only. */
void pf_global_threshold_enable(struct dlb_device *device, bool enable);

#endif /* PF_GLOBAL_H */
