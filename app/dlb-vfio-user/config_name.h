/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of what is in configuration space.
 */
#ifndef CONFIG_NAME_H
#define CONFIG_NAME_H

#include <stddef.h>
#include <stdint.h>

/**
 * Write the name of an offset: of the header, or of the capability that it lies in.
 *
 * @param config
 *   4096 bytes, for the lists of capabilities.
 */
void config_name(const uint8_t *config, uint32_t offset, char *name, size_t size_bytes);

#endif /* CONFIG_NAME_H */
