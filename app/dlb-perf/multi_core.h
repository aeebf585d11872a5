/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the modes that use several cores share.
 */
#ifndef MULTI_CORE_H
#define MULTI_CORE_H

#include "device.h"

/** Why there are not enough lcores for a cell, or NULL. */
const char *multi_core_refuses(const struct device *device, const struct cell *cell);

#endif /* MULTI_CORE_H */
