/* SPDX-License-Identifier: BSD-3-Clause */
/* cmocka, with the headers it wants ahead of it, and checks that say which row of a table failed. */
#ifndef DRIVER_TEST_H
#define DRIVER_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define TEST_EQ(got, want, row) \
	test_eq((int64_t)(got), (int64_t)(want), #got, row, __FILE__, __LINE__)

static inline void
test_eq(int64_t got, int64_t want, const char *what, const char *row, const char *file, int line)
{
	if (got == want)
		return;
	print_error("%s: %s is %lld, not %lld\n", row, what, (long long)got, (long long)want);
	_fail(file, line);
}

#endif /* DRIVER_TEST_H */
