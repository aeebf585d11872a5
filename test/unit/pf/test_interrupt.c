/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupt vectors, and CQs that signal them. */
#include "fixture.h"

#define FIRST_FD 1000

/* No test waits on it. */
static int
vector_fd(struct dlb_bus *bus, uint32_t vector)
{
	(void)bus;
	return FIRST_FD + (int)vector;
}

/* The fixture's bus has no interrupts; this one gives it some. */
static struct dlb_bus_ops
ops_with_vectors(struct fixture *f)
{
	struct dlb_bus_ops ops = *f->mb.bus.ops;

	ops.vector_fd = vector_fd;
	return ops;
}

static void
test_no_interrupts(void **state)
{
	struct fixture *f = *state;
	uint32_t vector = 99;
	int fd = 99;

	fixture_remember(f);
	fixture_check_refused(f, "no interrupts", dlb_vector_take(f->device, &vector, &fd),
			      -ENOTSUP, "interrupt vector 0: the bus has none");
	assert_int_equal(vector, 99);
	assert_int_equal(fd, 99);
}

static void
test_vectors(void **state)
{
	struct fixture *f = *state;
	const struct dlb_bus_ops *ops = f->mb.bus.ops;
	const struct dlb_bus_ops with_vectors = ops_with_vectors(f);
	uint32_t vector, i;
	int fd;

	f->mb.bus.ops = &with_vectors;
	for (i = 0; i < DLB_CQ_VECTORS; i++) {
		assert_int_equal(dlb_vector_take(f->device, &vector, &fd), 0);
		assert_int_equal(vector, i);
		assert_int_equal(fd, FIRST_FD + DLB_CQ_VECTOR_FIRST + (int)i);
	}
	fixture_remember(f);
	fixture_check_refused(f, "one too many", dlb_vector_take(f->device, &vector, &fd), -ENOSPC,
			      "the device has 64 for CQs");
	dlb_vector_put(f->device, 17);
	assert_int_equal(dlb_vector_take(f->device, &vector, &fd), 0);
	assert_int_equal(vector, 17);
	for (i = 0; i < DLB_CQ_VECTORS; i++)
		dlb_vector_put(f->device, i);
	f->mb.bus.ops = ops;
}

static void
check_refused(struct fixture *f, const char *name, struct dlb_port *port, uint32_t vector,
	      uint32_t threshold, const char *text)
{
	fixture_remember(f);
	fixture_check_refused(f, name, dlb_port_interrupt_set(port, vector, threshold), -EINVAL,
			      text);
}

static void
test_ports(void **state)
{
	struct fixture *f = *state;
	const struct dlb_bus_ops *ops = f->mb.bus.ops;
	const struct dlb_bus_ops with_vectors = ops_with_vectors(f);
	struct dlb_domain *domain = fixture_domain(f);
	struct dlb_port *port = fixture_port(domain, 8), *dir_port;
	struct dlb_queue *directed;
	uint32_t vector;
	int fd;

	fixture_pair(domain, 8, &directed, &dir_port);
	f->mb.bus.ops = &with_vectors;
	assert_int_equal(dlb_vector_take(f->device, &vector, &fd), 0);

	check_refused(f, "vector that is not taken", port, 1, 1,
		      "interrupt vector 1: accepted is one");
	check_refused(f, "no such vector", port, 64, 1,
		      "interrupt vector 64: accepted is one from");
	check_refused(f, "deeper than the CQ", port, 0, 9,
		      "interrupt threshold 9: accepted are 0 to 8, the CQ's depth");

	assert_int_equal(dlb_port_interrupt_set(port, 0, 8), 0);
	assert_int_equal(dlb_port_interrupt_set(dir_port, 0, 1), 0);
	assert_int_equal(dlb_device_csr_read(f->device, DLB_CHP_LDB_CQ_INT_ENB, 0), 2);
	assert_int_equal(dlb_device_csr_read(f->device, DLB_CHP_LDB_CQ_INT_DEPTH_THRSH, 0), 7);
	assert_int_equal(dlb_device_csr_read(f->device, DLB_CHP_DIR_CQ_INT_ENB, 0), 2);
	assert_int_equal(dlb_port_interrupt_set(port, 0, 0), 0);
	assert_int_equal(dlb_device_csr_read(f->device, DLB_CHP_LDB_CQ_INT_ENB, 0), 0);

	/* What a domain leaves on is off for the next. */
	assert_int_equal(dlb_domain_destroy(domain), 0);
	assert_int_equal(dlb_device_csr_read(f->device, DLB_CHP_DIR_CQ_INT_ENB, 0), 0);
	assert_int_equal(dlb_device_csr_read(f->device, DLB_SYS_DIR_CQ_ISR, 0), 0);
	dlb_vector_put(f->device, vector);
	f->mb.bus.ops = ops;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL_DEVICES(test_no_interrupts),
		ON_ALL_DEVICES(test_vectors),
		ON_ALL_DEVICES(test_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
