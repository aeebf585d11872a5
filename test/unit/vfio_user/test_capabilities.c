/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Capabilities: what clients may say, what they must not, and what becomes of it.
 */
#include <errno.h>
#include <string.h>

#include "capabilities.h"
#include "fixture.h"

#define DEFAULT_XFER (1024 * 1024)
#define DEEP_8 "[[[[[[[["

static const struct row {
	const char *name;
	const char *text;
	int want;
	uint64_t xfer;
	bool multiple;
} rows[] = {
	{ "nothing", "", 0, DEFAULT_XFER, false },
	{ "blanks", " \n\t ", 0, DEFAULT_XFER, false },
	{ "an empty object", "{}", 0, DEFAULT_XFER, false },
	{ "no capabilities in it", "{\"capabilities\":{}}", 0, DEFAULT_XFER, false },
	{ "what QEMU says",
	  "{\"capabilities\": {\"migration\": {\"pgsize\": 4096}, \"max_msg_fds\": 8, "
	  "\"max_data_xfer_size\": 1048576, \"pgsizes\": 4096, \"max_dma_maps\": 65536, "
	  "\"write_multiple\": true}}",
	  0, 1048576, true },
	{ "multiple writes declined", "{\"capabilities\":{\"write_multiple\":false}}", 0,
	  DEFAULT_XFER, false },
	{ "unknown members of every type",
	  "{\"a\":[1,-2.5e+3,\"x\\\"y\",null,{}],\"capabilities\":{\"b\":[],\"c\":true}}", 0,
	  DEFAULT_XFER, false },
	{ "the names somewhere else", "{\"write_multiple\":true,\"max_data_xfer_size\":1}", 0,
	  DEFAULT_XFER, false },
	{ "the names one level deeper", "{\"capabilities\":{\"x\":{\"write_multiple\":true}}}", 0,
	  DEFAULT_XFER, false },
	{ "capabilities inside of capabilities",
	  "{\"x\":{\"capabilities\":{\"write_multiple\":true}}}", 0, DEFAULT_XFER, false },
	{ "a number beyond 64 bits",
	  "{\"capabilities\":{\"max_data_xfer_size\":99999999999999999999999}}", 0, UINT64_MAX,
	  false },
	{ "not an object", "[]", -EINVAL, 0, false },
	{ "a bare word", "true", -EINVAL, 0, false },
	{ "a number that is a string", "{\"capabilities\":{\"max_data_xfer_size\":\"1\"}}", -EINVAL,
	  0, false },
	{ "a negative number", "{\"capabilities\":{\"max_data_xfer_size\":-1}}", -EINVAL, 0,
	  false },
	{ "a fraction", "{\"capabilities\":{\"max_data_xfer_size\":1.5}}", -EINVAL, 0, false },
	{ "a truth that is a number", "{\"capabilities\":{\"write_multiple\":1}}", -EINVAL, 0,
	  false },
	{ "an open object", "{\"capabilities\":{", -EINVAL, 0, false },
	{ "an open string", "{\"capabili", -EINVAL, 0, false },
	{ "an escape at the end", "{\"a\\", -EINVAL, 0, false },
	{ "a control character in a string", "{\"a\n\":1}", -EINVAL, 0, false },
	{ "a missing colon", "{\"a\" 1}", -EINVAL, 0, false },
	{ "a missing value", "{\"a\":}", -EINVAL, 0, false },
	{ "a trailing comma", "{\"a\":1,}", -EINVAL, 0, false },
	{ "a half word", "{\"a\":tru}", -EINVAL, 0, false },
	{ "half an exponent", "{\"a\":1e}", -EINVAL, 0, false },
	{ "something behind the end", "{} x", -EINVAL, 0, false },
	{ "endless nesting", "{\"a\":" DEEP_8 DEEP_8 DEEP_8, -EINVAL, 0, false },
};

static void
test_rows(void **state)
{
	const struct row *row;

	(void)state;
	for (row = rows; row < rows + sizeof(rows) / sizeof(rows[0]); row++) {
		struct capabilities caps;
		int got = capabilities_parse(row->text, strlen(row->text), &caps);

		if (got != row->want)
			fail_msg("%s: %d instead of %d", row->name, got, row->want);
		if (got == 0 &&
		    (caps.max_data_xfer_size != row->xfer || caps.write_multiple != row->multiple))
			fail_msg("%s: understood as something else", row->name);
	}
}

/* Every beginning of a good text is a text too, and none of them is read beyond its end. */
static void
test_cut_short(void **state)
{
	static const char text[] = "{\"capabilities\":{\"max_data_xfer_size\":12,"
				   "\"write_multiple\":true,\"l\":[1,2,{}]}}";
	size_t length;

	(void)state;
	for (length = 1; length < strlen(text); length++) {
		struct capabilities caps;
		char *cut = test_malloc(length);

		memcpy(cut, text, length);
		assert_int_equal(capabilities_parse(cut, length, &caps), -EINVAL);
		test_free(cut);
	}
}

static void
test_ours_can_be_read(void **state)
{
	struct capabilities caps;
	char text[256];
	size_t bytes = capabilities_print(text, sizeof(text), true);

	(void)state;
	assert_true(bytes < sizeof(text));
	assert_int_equal(capabilities_parse(text, bytes, &caps), 0);
	assert_int_equal(caps.max_data_xfer_size, VFU_ACCESS_MAX);
	assert_true(caps.write_multiple);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_ours_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
