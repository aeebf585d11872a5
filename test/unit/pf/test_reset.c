/* SPDX-License-Identifier: BSD-3-Clause */
/* Function-level reset: what it restores, and what it says when it cannot. */
#include "fixture.h"

#define COMMAND 0x04
#define STATUS 0x06
#define BAR0 0x10
#define BAR2 0x18
#define CAP_POINTER 0x34
#define INTERRUPT_LINE 0x3c
#define CAP_PCIE 0x10
#define CAP_MSIX 0x11
#define EXT_CAP_ACS 0x0d
#define EXT_CAP_PRI 0x13
#define EXT_CAP_PASID 0x1b
#define CONFIG_BYTES 4096

static uint32_t
config_get(struct fixture *f, uint32_t offset, size_t size_bytes)
{
	uint32_t value = 0;

	assert_int_equal(dlb_model_config_read(f->mb.model, offset, &value, size_bytes), 0);
	return value;
}

static void
config_put(struct fixture *f, uint32_t offset, uint32_t value, size_t size_bytes)
{
	assert_int_equal(dlb_model_config_write(f->mb.model, offset, &value, size_bytes), 0);
}

static uint32_t
cap(struct fixture *f, uint32_t id)
{
	uint32_t at = config_get(f, CAP_POINTER, 1);

	while (at != 0 && config_get(f, at, 1) != id)
		at = config_get(f, at + 1, 1);
	assert_int_not_equal(at, 0);
	return at;
}

static uint32_t
ext_cap(struct fixture *f, uint32_t id)
{
	uint32_t at = 0x100;

	while (at != 0 && (config_get(f, at, 4) & 0xffff) != id)
		at = config_get(f, at, 4) >> 20;
	assert_int_not_equal(at, 0);
	return at;
}

static int
create(struct fixture *f)
{
	const struct dlb_device_conf conf = fixture_conf(f);

	return dlb_device_create(&f->mb.bus, &conf, &f->device);
}

static void
check_refused(struct fixture *f, const char *name, int want, const char *text)
{
	int got;

	f->log.lines = 0;
	got = create(f);
	if (got != want || f->log.lines != 1 || strstr(f->log.last, text) == NULL)
		fail_msg("%s: %d after %u lines, last \"%s\"; not %d with \"%s\"", name, got,
			 f->log.lines, f->log.last, want, text);
	assert_null(f->device);
}

/* What the reset clears and somebody had set is there again; what was off stays off. */
static void
test_restored(void **state)
{
	struct fixture *f = *state;
	uint32_t pcie = cap(f, CAP_PCIE), msix = cap(f, CAP_MSIX), pri = ext_cap(f, EXT_CAP_PRI);
	uint8_t before[CONFIG_BYTES];
	uint32_t round, i;

	config_put(f, BAR0, 0xf8000000, 4);
	config_put(f, BAR0 + 4, 0x12, 4);
	config_put(f, BAR2 + 4, 0x34, 4);
	config_put(f, INTERRUPT_LINE, 0x0b, 1);
	config_put(f, ext_cap(f, EXT_CAP_ACS) + 6, 0x11, 2);
	config_put(f, pcie + 0x08, 0x2910, 2);
	config_put(f, pri + 0x0c, 128, 4);
	for (round = 0; round < 2; round++) {
		for (i = 0; i < CONFIG_BYTES; i++)
			before[i] = (uint8_t)config_get(f, i, 1);
		assert_int_equal(dlb_device_reset(f->device), 0);
		for (i = 0; i < CONFIG_BYTES; i++) {
			if (config_get(f, i, 1) != before[i])
				fail_msg("0x%03x: 0x%02x, was 0x%02x", i, config_get(f, i, 1),
					 before[i]);
		}
		/* In the second round with interrupts and page requests on. */
		config_put(f, msix + 2, 0x8000, 2);
		config_put(f, pri + 4, 1, 2);
	}
}

static void
test_pasid_off(void **state)
{
	struct fixture *f = *state;
	uint32_t control = ext_cap(f, EXT_CAP_PASID) + 6;

	config_put(f, control, 1, 2);
	assert_int_equal(dlb_device_reset(f->device), 0);
	assert_int_equal(config_get(f, control, 2), 0);

	/* VFIO may leave the capability out of the chain, but not out of its place. */
	dlb_device_destroy(f->device);
	f->device = NULL;
	config_put(f, control, 1, 2);
	f->mb.forged_at = 0x100;
	f->mb.forged_and = 0x000fffff;
	assert_int_equal(create(f), 0);
	f->mb.forged_at = 0;
	assert_int_equal(config_get(f, control, 2), 0);
}

static void
test_refused(void **state)
{
	struct fixture *f = *state;
	uint32_t pcie = cap(f, CAP_PCIE), i;
	const struct {
		const char *name;
		uint32_t at, and, or ;
		int want;
		const char *text;
	} rows[] = {
		{ "no capabilities", STATUS, ~0x10u, 0, -ENODEV,
		  "PCI Express capability: not found, a DLB has it" },
		{ "no PCI Express", pcie, 0xff00, 0x09, -ENODEV,
		  "PCI Express capability: not found, a DLB has it" },
		{ "capabilities in a circle", CAP_POINTER, 0, 0x94, -ENODEV,
		  "PCI Express capability: not found, a DLB has it" },
		{ "no function-level reset", pcie + 0x04, ~0x10000000u, 0, -ENODEV,
		  "a DLB has function-level reset, 0x10000000" },
		{ "transactions pending", pcie + 0x0a, ~0u, 0x20, -ETIMEDOUT,
		  "PCI transactions: pending for 2047000 us" },
	};

	dlb_device_destroy(f->device);
	f->device = NULL;
	for (i = 0; i < COUNT(rows); i++) {
		uint64_t waited_us = f->mb.waited_us;

		f->mb.forged_at = rows[i].at;
		f->mb.forged_and = rows[i].and;
		f->mb.forged_or = rows[i].or ;
		check_refused(f, rows[i].name, rows[i].want, rows[i].text);
		assert_true(f->mb.waited_us - waited_us < 3000000);
		f->mb.forged_at = 0;
		config_put(f, COMMAND, 6, 2);
	}
	assert_int_equal(create(f), 0);
}

/* The model's time stands still, so the function never comes back. */
static void
test_never_back(void **state)
{
	struct fixture *f = *state;
	uint64_t waited_us = f->mb.waited_us;

	dlb_device_destroy(f->device);
	f->device = NULL;
	f->mb.time_stopped = true;
	check_refused(f, "never back", -ETIMEDOUT, "PCI ID after the reset 0xffffffff: must be 0x");
	assert_true(f->mb.waited_us - waited_us < 2000000);
	f->mb.time_stopped = false;
	dlb_model_advance(f->mb.model, 1000000);
	config_put(f, COMMAND, 6, 2);
	assert_int_equal(create(f), 0);
}

/* Every access to configuration space fails once, and with it all that follow. */
static void
test_every_access_fails(void **state)
{
	struct fixture *f = *state;
	uint32_t n;

	dlb_device_destroy(f->device);
	f->device = NULL;
	for (n = 1;; n++) {
		f->mb.config_fail = n;
		f->log.lines = 0;
		if (create(f) == 0)
			break;
		assert_int_equal(f->log.lines, 1);
		assert_non_null(strstr(f->log.last, "the bus cannot access configuration space"));
		f->mb.config_fail = 0;
		dlb_model_advance(f->mb.model, 1000000);
		config_put(f, COMMAND, 6, 2);
	}
	assert_true(n > 50);
	f->mb.config_fail = 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL_DEVICES(test_restored),
		ON_ALL_DEVICES(test_pasid_off),
		ON_ALL_DEVICES(test_refused),
		ON_ALL_DEVICES(test_never_back),
		ON_ALL_DEVICES(test_every_access_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
