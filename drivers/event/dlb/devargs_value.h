/* SPDX-License-Identifier: BSD-3-Clause */
/* Values of device arguments, from text. Each reader returns whether the text is such a value. */
#ifndef DLB_EVDEV_DEVARGS_VALUE_H
#define DLB_EVDEV_DEVARGS_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One of some words, the last of which is followed by NULL; the value is its index. */
bool dlb_value_word(const char *text, const char *const words[], long *value);

bool dlb_value_number(const char *text, long minimum, long maximum, long *value);

/* Hexadecimal, of any length. */
bool dlb_value_mask(const char *text);

/* Any, but none of no letters. */
bool dlb_value_name(const char *text, char *name, size_t size);

/* "10:20:30:40": percent, at most 100 in all. */
bool dlb_value_shares(const char *text, uint8_t shares[], uint32_t count);

/* "all:V", "A:V" or "A-B:V", where A and B may have a P ahead: sets those of count values, to V + base. */
bool dlb_value_ranges(const char *text, long minimum, long maximum, uint16_t values[],
		      uint32_t count, uint16_t base);

/* Letters to add, drop or change on the way from one to the other. */
uint32_t dlb_value_distance(const char *from, const char *to);

#endif /* DLB_EVDEV_DEVARGS_VALUE_H */
