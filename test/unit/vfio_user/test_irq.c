/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts: who listens, what reaches whom, and what a client cannot pass off as an eventfd.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fixture.h"

#define SET_EVENTFDS (IRQ_DATA_EVENTFD | IRQ_ACTION_TRIGGER)
#define TRIGGER (IRQ_DATA_NONE | IRQ_ACTION_TRIGGER)
#define TRIGGER_SOME (IRQ_DATA_BOOL | IRQ_ACTION_TRIGGER)

static int
set_irqs(struct fixture *f, uint32_t flags, uint32_t index, uint32_t start, uint32_t count,
	 const int *fds, uint32_t fd_count)
{
	struct msg_set_irqs set = { sizeof(set), flags, index, start, count };

	return client_call(f, CMD_SET_IRQS, &set, sizeof(set), fds, fd_count, NULL);
}

/* How often the client was told, and forget it. */
static uint64_t
told(int fd)
{
	uint64_t count = 0;

	return read(fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

static void
eventfds_create(int fds[MSIX_VECTORS])
{
	uint32_t i;

	for (i = 0; i < MSIX_VECTORS; i++)
		fds[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

static void
eventfds_destroy(int fds[MSIX_VECTORS])
{
	uint32_t i;

	for (i = 0; i < MSIX_VECTORS; i++)
		close(fds[i]);
}

static void
test_life_of_a_vector(void **state)
{
	struct fixture *f = *state;
	int fds[MSIX_VECTORS];
	uint32_t i;

	eventfds_create(fds);
	assert_false(vfu_irq_raise(f->server, VFU_IRQ_MSIX, 0));
	assert_int_equal(set_irqs(f, SET_EVENTFDS, VFU_IRQ_MSIX, 0, MSIX_VECTORS, fds,
				  MSIX_VECTORS),
			 0);
	for (i = 0; i < MSIX_VECTORS; i++) {
		assert_true(vfu_irq_raise(f->server, VFU_IRQ_MSIX, i));
		assert_int_equal(told(fds[i]), 1);
	}
	assert_false(vfu_irq_raise(f->server, VFU_IRQ_MSIX, MSIX_VECTORS));
	assert_false(vfu_irq_raise(f->server, VFU_IRQ_MSI, 0));

	/* Another eventfd in its place; then none; then none for all of them. */
	assert_int_equal(set_irqs(f, SET_EVENTFDS, VFU_IRQ_MSIX, 1, 1, &fds[3], 1), 0);
	assert_true(vfu_irq_raise(f->server, VFU_IRQ_MSIX, 1));
	assert_int_equal(told(fds[1]), 0);
	assert_int_equal(told(fds[3]), 1);
	assert_int_equal(set_irqs(f, SET_EVENTFDS, VFU_IRQ_MSIX, 1, 1, NULL, 0), 0);
	assert_false(vfu_irq_raise(f->server, VFU_IRQ_MSIX, 1));
	assert_int_equal(set_irqs(f, TRIGGER, VFU_IRQ_MSIX, 0, 0, NULL, 0), 0);
	assert_false(vfu_irq_raise(f->server, VFU_IRQ_MSIX, 0));
	eventfds_destroy(fds);
}

static void
test_triggered_by_client(void **state)
{
	struct {
		struct msg_set_irqs set;
		uint8_t wanted[3];
	} some = { { sizeof(some), TRIGGER_SOME, VFU_IRQ_MSIX, 1, 3 }, { 1, 0, 1 } };
	struct fixture *f = *state;
	int fds[MSIX_VECTORS];

	eventfds_create(fds);
	assert_int_equal(set_irqs(f, SET_EVENTFDS, VFU_IRQ_MSIX, 0, MSIX_VECTORS, fds,
				  MSIX_VECTORS),
			 0);
	assert_int_equal(set_irqs(f, TRIGGER, VFU_IRQ_MSIX, 2, 1, NULL, 0), 0);
	assert_int_equal(told(fds[2]), 1);

	assert_int_equal(client_call(f, CMD_SET_IRQS, &some, sizeof(some.set) + 3, NULL, 0, NULL),
			 0);
	assert_int_equal(told(fds[1]), 1);
	assert_int_equal(told(fds[2]), 0);
	assert_int_equal(told(fds[3]), 1);
	assert_int_equal(client_call(f, CMD_SET_IRQS, &some, sizeof(some.set) + 2, NULL, 0, NULL),
			 -EINVAL);
	eventfds_destroy(fds);
}

static void
test_refused(void **state)
{
	static const struct row {
		const char *name;
		uint32_t flags, index, start, count, fds;
	} rows[] = {
		{ "an index that nobody has", SET_EVENTFDS, VFU_IRQ_COUNT, 0, 1, 1 },
		{ "a vector too many", SET_EVENTFDS, VFU_IRQ_MSIX, 0, MSIX_VECTORS + 1, 1 },
		{ "a start behind the last", SET_EVENTFDS, VFU_IRQ_MSIX, MSIX_VECTORS + 1, 0, 0 },
		{ "a sum that overflows", SET_EVENTFDS, VFU_IRQ_MSIX, 2, UINT32_MAX, 1 },
		{ "an interrupt that is absent", SET_EVENTFDS, VFU_IRQ_INTX, 0, 1, 1 },
		{ "fewer eventfds than vectors", SET_EVENTFDS, VFU_IRQ_MSIX, 0, 2, 1 },
		{ "more eventfds than vectors", SET_EVENTFDS, VFU_IRQ_MSIX, 0, 1, 2 },
		{ "no action", IRQ_DATA_EVENTFD, VFU_IRQ_MSIX, 0, 1, 1 },
		{ "no data", IRQ_ACTION_TRIGGER, VFU_IRQ_MSIX, 0, 1, 0 },
		{ "masking", IRQ_DATA_NONE | 0x08, VFU_IRQ_MSIX, 0, 1, 0 },
		{ "everything", UINT32_MAX, VFU_IRQ_MSIX, 0, 1, 1 },
	};
	struct fixture *f = *state;
	int fds[MSIX_VECTORS], before;
	size_t i;

	eventfds_create(fds);
	before = open_fds();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];

		if (set_irqs(f, row->flags, row->index, row->start, row->count, fds, row->fds) !=
		    -EINVAL)
			fail_msg("%s", row->name);
		assert_int_equal(open_fds(), before);
	}
	eventfds_destroy(fds);
}

/* One of them is a file: none is taken, and those from before stay. */
static void
test_not_an_eventfd(void **state)
{
	struct fixture *f = *state;
	int fds[MSIX_VECTORS], mixed[2], before;

	eventfds_create(fds);
	mixed[0] = fds[1];
	mixed[1] = memory_file(PAGE);
	assert_int_equal(set_irqs(f, SET_EVENTFDS, VFU_IRQ_MSIX, 0, 1, &fds[0], 1), 0);
	before = open_fds();
	assert_int_equal(set_irqs(f, SET_EVENTFDS, VFU_IRQ_MSIX, 0, 2, mixed, 2), -EINVAL);
	assert_int_equal(open_fds(), before);
	assert_true(vfu_irq_raise(f->server, VFU_IRQ_MSIX, 0));
	assert_int_equal(told(fds[0]), 1);
	close(mixed[1]);
	eventfds_destroy(fds);
}

/* An eventfd that blocks and is full must not stop the server. */
static void
test_full_eventfd(void **state)
{
	struct fixture *f = *state;
	uint64_t most = UINT64_MAX - 1;
	int fd = eventfd(0, EFD_CLOEXEC);

	assert_int_equal(write(fd, &most, sizeof(most)), sizeof(most));
	assert_int_equal(set_irqs(f, SET_EVENTFDS, VFU_IRQ_MSIX, 0, 1, &fd, 1), 0);
	assert_true(vfu_irq_raise(f->server, VFU_IRQ_MSIX, 0));
	assert_int_equal(told(fd), most);
	close(fd);
}

static void
test_gone_with_the_client(void **state)
{
	struct fixture *f = *state;
	int fds[MSIX_VECTORS];

	eventfds_create(fds);
	assert_int_equal(set_irqs(f, SET_EVENTFDS, VFU_IRQ_MSIX, 0, MSIX_VECTORS, fds,
				  MSIX_VECTORS),
			 0);
	close(f->fd);
	vfu_server_process(f->server, 1);
	assert_false(vfu_irq_raise(f->server, VFU_IRQ_MSIX, 0));
	eventfds_destroy(fds);
	f->fd = dup(0);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, fixture_create, fixture_destroy)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SERVER(test_life_of_a_vector), WITH_SERVER(test_triggered_by_client),
		WITH_SERVER(test_refused),          WITH_SERVER(test_not_an_eventfd),
		WITH_SERVER(test_full_eventfd),     WITH_SERVER(test_gone_with_the_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
