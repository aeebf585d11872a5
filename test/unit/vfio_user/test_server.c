/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Servers and their sockets: clients one after another, and what else can be at a path.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "fixture.h"

struct place {
	char folder[32];
	char path[64];
	struct device device;
	struct vfu_conf conf;
	int fds_before;
};

static int
place_create(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->fds_before = open_fds();
	strcpy(p->folder, "/tmp/vfio-user-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->path, sizeof(p->path), "%s/dlb.sock", p->folder);
	p->conf = device_conf;
	p->conf.path = p->path;
	p->conf.arg = &p->device;
	*state = p;
	return 0;
}

static int
place_destroy(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	assert_int_equal(rmdir(p->folder), 0);
	assert_int_equal(open_fds(), p->fds_before);
	free(p);
	return 0;
}

static int
client_connect(const struct place *p)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(strlen(p->path) < sizeof(addr.sun_path));
	memcpy(addr.sun_path, p->path, strlen(p->path) + 1);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static bool
is_readable(const struct vfu_server *server)
{
	struct pollfd pollfd = { .fd = vfu_server_fd(server), .events = POLLIN };

	return poll(&pollfd, 1, 0) == 1;
}

static void
test_clients_one_after_another(void **state)
{
	struct place *p = *state;
	struct fixture f = { 0 };
	uint32_t i;
	int memory;

	assert_int_equal(vfu_server_create(&p->conf, &f.server), 0);
	assert_false(is_readable(f.server));
	for (i = 0; i < 5; i++) {
		f.fd = client_connect(p);
		assert_true(is_readable(f.server));
		assert_int_equal(client_negotiate(&f), 0);
		assert_true(vfu_server_has_client(f.server));
		assert_null(vfu_dma_find(f.server, 0, 1, VFU_READ));
		memory = memory_file(PAGE);
		assert_int_equal(client_map(&f, memory, 0, 0, PAGE), 0);
		close(memory);
		assert_false(is_readable(f.server));

		close(f.fd);
		assert_true(is_readable(f.server));
		vfu_server_process(f.server, 1);
		assert_false(vfu_server_has_client(f.server));
		assert_false(is_readable(f.server));
		assert_int_equal(p->device.resets[VFU_RESET_DISCONNECT], i + 1);
	}
	vfu_server_destroy(f.server);
	assert_int_equal(access(p->path, F_OK), -1);
}

/* A second client waits for the first to go, without keeping the server awake. */
static void
test_second_client_waits(void **state)
{
	struct place *p = *state;
	struct fixture f = { 0 };
	struct reply reply;
	int second;

	assert_int_equal(vfu_server_create(&p->conf, &f.server), 0);
	f.fd = client_connect(p);
	assert_int_equal(client_negotiate(&f), 0);
	second = client_connect(p);
	assert_false(is_readable(f.server));
	assert_int_equal(vfu_server_process(f.server, 8), 0);
	assert_int_equal(client_call(&f, CMD_DEVICE_RESET, NULL, 0, NULL, 0, &reply), 0);

	close(f.fd);
	f.fd = second;
	assert_int_equal(client_negotiate(&f), 0);
	close(f.fd);
	vfu_server_destroy(f.server);
}

static void
test_destroyed_with_a_client(void **state)
{
	struct place *p = *state;
	struct fixture f = { 0 };
	char byte;

	assert_int_equal(vfu_server_create(&p->conf, &f.server), 0);
	f.fd = client_connect(p);
	assert_int_equal(client_negotiate(&f), 0);
	vfu_server_destroy(f.server);
	assert_int_equal(recv(f.fd, &byte, 1, 0), 0);
	close(f.fd);
}

static void
test_address_in_use(void **state)
{
	struct place *p = *state;
	struct vfu_server *first, *second = NULL;

	assert_int_equal(vfu_server_create(&p->conf, &first), 0);
	assert_int_equal(vfu_server_create(&p->conf, &second), -EADDRINUSE);
	assert_null(second);
	assert_int_equal(access(p->path, F_OK), 0);
	/* The attempt left a connection behind that is gone. */
	vfu_server_process(first, 1);
	vfu_server_destroy(first);
}

/* The socket of a server that died is replaced. */
static void
test_stale_socket(void **state)
{
	struct place *p = *state;
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct vfu_server *server;

	memcpy(addr.sun_path, p->path, strlen(p->path) + 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	close(fd);
	assert_int_equal(vfu_server_create(&p->conf, &server), 0);
	close(client_connect(p));
	vfu_server_destroy(server);
}

/* A server whose socket somebody replaced leaves the new one alone. */
static void
test_replaced_socket(void **state)
{
	struct place *p = *state;
	struct vfu_server *first, *second;

	assert_int_equal(vfu_server_create(&p->conf, &first), 0);
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(vfu_server_create(&p->conf, &second), 0);
	vfu_server_destroy(first);
	assert_int_equal(access(p->path, F_OK), 0);
	vfu_server_destroy(second);
}

static void
test_bad_configurations(void **state)
{
	struct place *p = *state;
	char long_path[256];
	const struct row {
		const char *path;
		int want;
	} rows[] = {
		{ "", -EINVAL },
		{ long_path, -ENAMETOOLONG },
		{ p->folder, -EEXIST },
		{ "/nowhere/at/all.sock", -ENOENT },
	};
	struct vfu_conf conf = p->conf;
	struct vfu_server *server = NULL;
	size_t i;

	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		conf.path = rows[i].path;
		assert_int_equal(vfu_server_create(&conf, &server), rows[i].want);
	}
	conf = p->conf;
	conf.ops = NULL;
	assert_int_equal(vfu_server_create(&conf, &server), -EINVAL);
	assert_null(server);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, place_create, place_destroy)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_clients_one_after_another),
		IN_FOLDER(test_second_client_waits),
		IN_FOLDER(test_destroyed_with_a_client),
		IN_FOLDER(test_address_in_use),
		IN_FOLDER(test_stale_socket),
		IN_FOLDER(test_replaced_socket),
		IN_FOLDER(test_bad_configurations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
