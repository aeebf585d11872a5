/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Check: before a device is measured in a cell, some events pass through it under the eyes of a judge.
 */
#ifndef CHECK_H
#define CHECK_H

#include "device.h"

/**
 * Configure the device for a cell, check it, and put it away.
 * @return 0, or a negative errno value after it was said what is wrong
 */
int check_run(struct device *device, const struct cell *cell);

#endif /* CHECK_H */
