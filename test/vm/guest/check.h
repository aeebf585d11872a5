/* SPDX-License-Identifier: BSD-3-Clause */
/* What the programs of the guest must find: whatever else there is, is printed, and ends them. */
#ifndef GUEST_CHECK_H
#define GUEST_CHECK_H

void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#define CHECK(condition)                                           \
	do {                                                       \
		if (!(condition))                                  \
			fail("line %d: %s", __LINE__, #condition); \
	} while (0)

#endif /* GUEST_CHECK_H */
