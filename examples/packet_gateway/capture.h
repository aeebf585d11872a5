/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A capture file, looked at before any packet runs: is it whole, and how many packets are in it? The
 * pcap driver takes a torn file for a short one.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdint.h>

/* Returns 0, or a negative errno value; the reason has been printed. */
int capture_check(const char *path, uint64_t *packets);

#endif /* CAPTURE_H */
