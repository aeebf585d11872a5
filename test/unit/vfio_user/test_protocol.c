/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages: what a client asks, in every order and shape, and what it must get for it.
 */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"

#define READ_HEADER sizeof(struct msg_region_access)

static void
test_negotiation(void **state)
{
	static const struct row {
		const char *name;
		struct msg_version version;
		const char *text;
		int want;
	} rows[] = {
		{ "another major version", { 1, 0 }, "{}", -EINVAL },
		{ "capabilities that are no JSON", { 0, 0 }, "{\"capabilities\"", -EINVAL },
		{ "a later minor version", { 0, 7 }, "{}", 0 },
		{ "a second time", { 0, 0 }, "{}", -EINVAL },
	};
	struct fixture *f = *state;
	struct reply reply;
	char payload[64];
	size_t i;

	assert_int_equal(client_call(f, CMD_DEVICE_RESET, NULL, 0, NULL, 0, NULL), -EINVAL);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memcpy(payload, &rows[i].version, sizeof(rows[i].version));
		strcpy(payload + sizeof(rows[i].version), rows[i].text);
		if (client_call(f, CMD_VERSION, payload,
				sizeof(rows[i].version) + strlen(rows[i].text) + 1, NULL, 0,
				&reply) != rows[i].want)
			fail_msg("%s", rows[i].name);
		if (rows[i].want == 0) {
			assert_memory_equal(reply.payload, "\0\0\0\0{\"capabilities\"", 19);
			assert_int_equal(reply.payload[reply.payload_bytes - 1], 0);
		}
	}
	assert_int_equal(client_call(f, CMD_DEVICE_RESET, NULL, 0, NULL, 0, NULL), 0);
	assert_int_equal(f->device.resets[VFU_RESET_REQUEST], 1);
}

static void
test_info(void **state)
{
	struct fixture *f = *state;
	struct msg_device_info device = { .argsz = sizeof(device) };
	struct msg_region_info region = { .argsz = sizeof(region), .index = VFU_REGION_CONFIG };
	struct msg_irq_info irq = { .argsz = sizeof(irq), .index = VFU_IRQ_MSIX };
	struct reply reply;

	assert_int_equal(client_call(f, CMD_DEVICE_GET_INFO, &device, sizeof(device), NULL, 0,
				     &reply),
			 0);
	assert_int_equal(reply.payload_bytes, sizeof(device));
	memcpy(&device, reply.payload, sizeof(device));
	assert_int_equal(device.regions, VFU_REGION_COUNT);
	assert_int_equal(device.irqs, VFU_IRQ_COUNT);
	assert_int_equal(device.flags, DEVICE_INFO_RESET | DEVICE_INFO_PCI);

	assert_int_equal(client_call(f, CMD_REGION_GET_INFO, &region, sizeof(region), NULL, 0,
				     &reply),
			 0);
	memcpy(&region, reply.payload, sizeof(region));
	assert_int_equal(region.size_bytes, CONFIG_BYTES);
	assert_int_equal(region.flags, VFU_READ | VFU_WRITE);

	assert_int_equal(client_call(f, CMD_IRQ_GET_INFO, &irq, sizeof(irq), NULL, 0, &reply), 0);
	memcpy(&irq, reply.payload, sizeof(irq));
	assert_int_equal(irq.count, MSIX_VECTORS);

	region.index = VFU_REGION_COUNT;
	assert_int_equal(client_call(f, CMD_REGION_GET_INFO, &region, sizeof(region), NULL, 0,
				     NULL),
			 -EINVAL);
	irq.index = UINT32_MAX;
	assert_int_equal(client_call(f, CMD_IRQ_GET_INFO, &irq, sizeof(irq), NULL, 0, NULL),
			 -EINVAL);
}

static const struct access_row {
	const char *name;
	uint32_t region;
	uint64_t offset;
	uint32_t size_bytes;
	int read, write;
} access_rows[] = {
	{ "four bytes", VFU_REGION_BAR0, 4, 4, 0, 0 },
	{ "one odd byte", VFU_REGION_BAR0, 7, 1, 0, 0 },
	{ "three of them", VFU_REGION_BAR0, 5, 3, 0, 0 },
	{ "the last byte", VFU_REGION_BAR0, BAR0_BYTES - 1, 1, 0, 0 },
	{ "all of configuration space", VFU_REGION_CONFIG, 0, CONFIG_BYTES, 0, 0 },
	{ "the most there can be", VFU_REGION_BAR0, 0, VFU_ACCESS_MAX, 0, 0 },
	{ "a region that is read-only", VFU_REGION_BAR2, 0, 4, 0, -EACCES },
	{ "nothing", VFU_REGION_BAR0, 0, 0, -EINVAL, -EINVAL },
	{ "across the end", VFU_REGION_BAR0, BAR0_BYTES - 3, 4, -EINVAL, -EINVAL },
	{ "behind the end", VFU_REGION_CONFIG, CONFIG_BYTES, 1, -EINVAL, -EINVAL },
	{ "at the end of all offsets", VFU_REGION_BAR0, UINT64_MAX, 4, -EINVAL, -EINVAL },
	{ "an offset that overflows", VFU_REGION_BAR0, UINT64_MAX - 3, 8, -EINVAL, -EINVAL },
	{ "a region that is absent", VFU_REGION_ROM, 0, 4, -EINVAL, -EINVAL },
	{ "a region that nobody has", VFU_REGION_COUNT, 0, 4, -EINVAL, -EINVAL },
	{ "a region of all bits", UINT32_MAX, 0, 4, -EINVAL, -EINVAL },
};

static void
test_region_access(void **state)
{
	static uint8_t payload[READ_HEADER + VFU_ACCESS_MAX];
	struct fixture *f = *state;
	struct reply reply;
	size_t i, k;

	for (i = 0; i < sizeof(access_rows) / sizeof(access_rows[0]); i++) {
		const struct access_row *row = &access_rows[i];
		struct msg_region_access access = { row->offset, row->region, row->size_bytes };

		for (k = 0; k < sizeof(payload); k++)
			payload[k] = (uint8_t)(k + i);
		memcpy(payload, &access, READ_HEADER);
		if (client_call(f, CMD_REGION_WRITE, payload, READ_HEADER + row->size_bytes, NULL,
				0, &reply) != row->write)
			fail_msg("%s: write", row->name);
		if (row->write == 0)
			assert_memory_equal(reply.payload, &access, READ_HEADER);

		if (client_call(f, CMD_REGION_READ, &access, READ_HEADER, NULL, 0, &reply) !=
		    row->read)
			fail_msg("%s: read", row->name);
		if (row->read == 0 && row->write == 0)
			assert_memory_equal(reply.payload, payload, READ_HEADER + row->size_bytes);
	}
}

static void
test_read_beyond_largest(void **state)
{
	struct fixture *f = *state;
	struct msg_region_access read = { 0, VFU_REGION_BAR0, VFU_ACCESS_MAX + 1 };

	assert_int_equal(client_call(f, CMD_REGION_READ, &read, READ_HEADER, NULL, 0, NULL),
			 -EINVAL);
	read.size_bytes = UINT32_MAX;
	assert_int_equal(client_call(f, CMD_REGION_READ, &read, READ_HEADER, NULL, 0, NULL),
			 -EINVAL);
}

/* More or less data than the message says. */
static void
test_write_size_mismatch(void **state)
{
	struct fixture *f = *state;
	struct {
		struct msg_region_access access;
		uint8_t data[16];
	} write = { { 0, VFU_REGION_BAR0, 8 }, "0123456789abcde" };

	assert_int_equal(client_call(f, CMD_REGION_WRITE, &write, READ_HEADER + 7, NULL, 0, NULL),
			 -EINVAL);
	assert_int_equal(client_call(f, CMD_REGION_WRITE, &write, READ_HEADER + 9, NULL, 0, NULL),
			 -EINVAL);
	write.access.size_bytes = UINT32_MAX;
	assert_int_equal(client_call(f, CMD_REGION_WRITE, &write, READ_HEADER + 8, NULL, 0, NULL),
			 -EINVAL);
	assert_int_equal(f->device.bar0[0], 0);
}

static void
test_device_refuses(void **state)
{
	struct fixture *f = *state;
	struct msg_region_access read = { 0, VFU_REGION_BAR0, 4 };

	f->device.result = -EIO;
	assert_int_equal(client_call(f, CMD_REGION_READ, &read, READ_HEADER, NULL, 0, NULL), -EIO);
}

/* A posted write gets no reply, whether it is a good one, a bad one or no command at all. */
static void
test_no_reply(void **state)
{
	static const struct row {
		uint16_t command;
		size_t payload_bytes;
	} rows[] = {
		{ CMD_REGION_WRITE, READ_HEADER + 8 },
		{ CMD_REGION_WRITE, READ_HEADER + 3 },
		{ CMD_REGION_WRITE, 3 },
		{ CMD_DEVICE_RESET, 0 },
		{ CMD_REGION_READ, READ_HEADER },
		{ CMD_COUNT, 0 },
	};
	struct fixture *f = *state;
	struct {
		struct msg_region_access access;
		uint8_t data[8];
	} write = { { 0x40, VFU_REGION_BAR0, 8 }, "posted!" };
	struct reply reply;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		client_request(f->fd, rows[i].command, MSG_NO_REPLY, &write, rows[i].payload_bytes,
			       NULL, 0);
	assert_int_equal(vfu_server_process(f->server, 100), sizeof(rows) / sizeof(rows[0]));
	assert_false(client_receive(f->fd, &reply));
	assert_true(vfu_server_has_client(f->server));
	assert_memory_equal(&f->device.bar0[0x40], "posted!", 8);
}

struct multi {
	struct msg_write_multi head;
	struct msg_write_one one[4];
};

static void
test_write_multi(void **state)
{
	struct fixture *f = *state;
	struct multi multi = { { 3 },
			       { { 0, VFU_REGION_BAR0, 8, "ABCDEFG" },
				 { 8, VFU_REGION_BAR0, 2, "HI" },
				 { 11, VFU_REGION_BAR0, 1, "J" } } };
	const size_t bytes = sizeof(multi.head) + 3 * sizeof(multi.one[0]);
	struct reply reply;

	assert_int_equal(client_call(f, CMD_REGION_WRITE_MULTI, &multi, bytes, NULL, 0, &reply), 0);
	assert_int_equal(reply.payload_bytes, sizeof(multi.head));
	assert_memory_equal(f->device.bar0, "ABCDEFG\0HI\0J", 12);
}

static void
test_write_multi_hostile(void **state)
{
	static const struct row {
		const char *name;
		uint64_t count;
		size_t writes;
		uint32_t size_bytes;
	} rows[] = {
		{ "more than there are", 2, 1, 8 },
		{ "fewer than there are", 1, 2, 8 },
		{ "a count that overflows", UINT64_C(0x0aaaaaaaaaaaaaab), 1, 8 },
		{ "all bits", UINT64_MAX, 1, 8 },
		{ "nine bytes of eight", 1, 1, 9 },
		{ "no byte", 1, 1, 0 },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct multi multi = { { rows[i].count },
				       { { 0, VFU_REGION_BAR0, rows[i].size_bytes, "x" } } };

		if (client_call(f, CMD_REGION_WRITE_MULTI, &multi,
				sizeof(multi.head) + rows[i].writes * sizeof(multi.one[0]), NULL, 0,
				NULL) != -EINVAL)
			fail_msg("%s", rows[i].name);
	}
}

static void
test_write_multi_not_negotiated(void **state)
{
	struct fixture *f = *state;
	struct msg_version version = { 0, 0 };
	struct multi multi = { { 0 } };

	assert_int_equal(client_call(f, CMD_VERSION, &version, sizeof(version), NULL, 0, NULL), 0);
	assert_int_equal(client_call(f, CMD_REGION_WRITE_MULTI, &multi, sizeof(multi.head), NULL, 0,
				     NULL),
			 -ENOTSUP);
}

/* Every command, with nothing, with one byte, and with a page of the same byte. */
static void
test_every_command_short_and_long(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x01, 0x7f, 0xff };
	struct fixture *f = *state;
	uint8_t payload[PAGE];
	uint16_t command;
	size_t i, size;

	for (command = 0; command < CMD_COUNT + 4; command++) {
		for (i = 0; i < sizeof(bytes); i++) {
			memset(payload, bytes[i], sizeof(payload));
			for (size = 0; size <= 40; size++)
				assert_int_not_equal(client_call(f, command, payload, size, NULL, 0,
								 NULL),
						     -ECONNRESET);
			client_call(f, command, payload, sizeof(payload), NULL, 0, NULL);
		}
	}
	assert_true(vfu_server_has_client(f->server));
}

static void
test_unsupported_commands(void **state)
{
	static const uint16_t commands[] = {
		0, CMD_REGION_GET_IO_FDS, CMD_DMA_READ, CMD_DMA_WRITE, 14, CMD_COUNT, UINT16_MAX
	};
	struct fixture *f = *state;
	uint8_t payload[64] = { 0 };
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		assert_int_equal(client_call(f, commands[i], payload, sizeof(payload), NULL, 0,
					     NULL),
				 -ENOTSUP);
	assert_true(f->device.log_lines <= 12);
}

/* After these there is no telling where the next message begins: the connection ends. */
static void
test_broken_headers(void **state)
{
	static const struct row {
		const char *name;
		struct msg_header header;
	} rows[] = {
		{ "a size of 0", { 1, CMD_DEVICE_RESET, 0, 0, 0 } },
		{ "a size below the header's", { 1, CMD_DEVICE_RESET, 15, 0, 0 } },
		{ "a size above the largest", { 1, CMD_REGION_WRITE, MESSAGE_MAX + 1, 0, 0 } },
		{ "the largest size of all", { 1, CMD_REGION_WRITE, UINT32_MAX, 0, 0 } },
		{ "a reply to nothing", { 1, CMD_DMA_READ, 16, MSG_TYPE_REPLY, 0 } },
		{ "a type that nobody knows", { 1, CMD_DEVICE_RESET, 16, 7, 0 } },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int pair[2];

		client_send(f->fd, &rows[i].header, sizeof(rows[i].header), NULL, 0);
		vfu_server_process(f->server, 4);
		if (vfu_server_has_client(f->server))
			fail_msg("%s", rows[i].name);
		assert_int_equal(f->device.resets[VFU_RESET_DISCONNECT], i + 1);

		close(f->fd);
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
		assert_int_equal(vfu_server_attach(f->server, pair[0]), 0);
		f->fd = pair[1];
		assert_int_equal(client_negotiate(f), 0);
	}
}

/* A message that arrives byte by byte, its descriptor with any of them. */
static void
test_byte_by_byte(void **state)
{
	struct fixture *f = *state;
	int fd = memory_file(PAGE);
	struct {
		struct msg_header header;
		struct msg_dma_map map;
	} message = { { 9, CMD_DMA_MAP, sizeof(message), 0, 0 },
		      { sizeof(struct msg_dma_map), 3, 0, 0, PAGE } };
	struct reply reply;
	size_t with, i;

	for (with = 0; with < sizeof(message); with++) {
		message.map.iova = (with + 1) << 20;
		for (i = 0; i < sizeof(message); i++) {
			assert_false(client_receive(f->fd, &reply));
			client_send(f->fd, (uint8_t *)&message + i, 1, &fd, i == with ? 1 : 0);
			vfu_server_process(f->server, 4);
		}
		assert_true(client_receive(f->fd, &reply));
		assert_int_equal(reply.header.error, 0);
		assert_non_null(vfu_dma_find(f->server, message.map.iova, PAGE, VFU_WRITE));
	}
	close(fd);
}

/* Many messages in the socket at once: each gets its own descriptors. */
static void
test_descriptors_stay_with_their_message(void **state)
{
	struct fixture *f = *state;
	struct msg_region_access read = { 0, VFU_REGION_BAR0, 4 };
	struct reply reply;
	uint32_t i;
	int fd;

	for (i = 0; i < 8; i++) {
		struct msg_dma_map map = { sizeof(map), 3, 0, (uint64_t)i * PAGE, PAGE };

		client_request(f->fd, CMD_REGION_READ, 0, &read, sizeof(read), NULL, 0);
		fd = memory_file(PAGE);
		assert_int_equal(pwrite(fd, &i, sizeof(i), 0), sizeof(i));
		client_request(f->fd, CMD_DMA_MAP, 0, &map, sizeof(map), &fd, 1);
		close(fd);
	}
	assert_int_equal(vfu_server_process(f->server, 100), 16);
	for (i = 0; i < 16; i++) {
		assert_true(client_receive(f->fd, &reply));
		assert_int_equal(reply.header.error, 0);
	}
	for (i = 0; i < 8; i++) {
		uint32_t *at = vfu_dma_find(f->server, (uint64_t)i * PAGE, PAGE, VFU_READ);

		assert_non_null(at);
		assert_int_equal(*at, i);
	}
}

/* Descriptors that no command wants are closed; more than a message may have end the connection. */
static void
test_unwanted_descriptors(void **state)
{
	struct fixture *f = *state;
	int fds[MESSAGE_FDS_MAX + 1];
	uint32_t i;
	int before;

	for (i = 0; i < MESSAGE_FDS_MAX + 1; i++)
		fds[i] = f->fd;
	before = open_fds();
	assert_int_equal(client_call(f, CMD_DEVICE_RESET, NULL, 0, fds, MESSAGE_FDS_MAX, NULL), 0);
	assert_int_equal(open_fds(), before);
	client_request(f->fd, CMD_DEVICE_RESET, 0, NULL, 0, fds, MESSAGE_FDS_MAX + 1);
	vfu_server_process(f->server, 4);
	assert_false(vfu_server_has_client(f->server));
	/* The server's end of the socket, too. */
	assert_int_equal(open_fds(), before - 1);
}

static void
test_descriptors_in_two_parts(void **state)
{
	struct fixture *f = *state;
	struct msg_header header = { 1, CMD_DEVICE_RESET, 24, 0, 0 };
	int fds[MESSAGE_FDS_MAX];
	uint64_t rest = 0;
	uint32_t i;

	for (i = 0; i < MESSAGE_FDS_MAX; i++)
		fds[i] = f->fd;
	client_send(f->fd, &header, sizeof(header), fds, MESSAGE_FDS_MAX);
	vfu_server_process(f->server, 4);
	client_send(f->fd, &rest, sizeof(rest), fds, 1);
	vfu_server_process(f->server, 4);
	assert_false(vfu_server_has_client(f->server));
}

/* The client goes in the middle of a message, its descriptors are in the socket or taken already. */
static void
test_disconnect_in_message(void **state)
{
	struct fixture *f = *state;
	struct msg_header header = { 1, CMD_DMA_MAP, 48, 0, 0 };
	int fd = memory_file(PAGE);

	client_send(f->fd, &header, sizeof(header), &fd, 1);
	vfu_server_process(f->server, 4);
	client_send(f->fd, &header, sizeof(header), &fd, 1);
	close(fd);
	close(f->fd);
	vfu_server_process(f->server, 4);
	assert_false(vfu_server_has_client(f->server));
	f->fd = dup(0);
}

/* A client that asks and does not listen: the server stops asking it, and loses nothing. */
static void
test_replies_not_taken(void **state)
{
	enum { REQUESTS = 60 };
	struct fixture *f = *state;
	struct msg_region_access read = { 0, VFU_REGION_BAR0, VFU_ACCESS_MAX };
	uint32_t i, handled = 0, replies = 0;
	struct reply reply;

	for (i = 0; i < REQUESTS; i++)
		client_request(f->fd, CMD_REGION_READ, 0, &read, sizeof(read), NULL, 0);
	handled = vfu_server_process(f->server, REQUESTS);
	assert_true(handled < REQUESTS);
	assert_int_equal(vfu_server_process(f->server, REQUESTS), 0);
	while (replies < REQUESTS) {
		struct {
			struct msg_header header;
			uint8_t rest[READ_HEADER + VFU_ACCESS_MAX];
		} whole;
		size_t got = 0;

		while (got < sizeof(whole)) {
			ssize_t n = recv(f->fd, (uint8_t *)&whole + got, sizeof(whole) - got,
					 MSG_DONTWAIT);

			handled += vfu_server_process(f->server, REQUESTS);
			if (n > 0)
				got += (size_t)n;
		}
		assert_int_equal(whole.header.size_bytes, sizeof(whole));
		replies++;
	}
	assert_int_equal(handled, REQUESTS);
	assert_false(client_receive(f->fd, &reply));
}

static void
test_budget(void **state)
{
	struct fixture *f = *state;
	uint32_t i;

	for (i = 0; i < 10; i++)
		client_request(f->fd, CMD_DEVICE_RESET, MSG_NO_REPLY, NULL, 0, NULL, 0);
	assert_int_equal(vfu_server_process(f->server, 4), 4);
	assert_int_equal(f->device.resets[VFU_RESET_REQUEST], 4);
	assert_int_equal(vfu_server_process(f->server, 100), 6);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, fixture_create, fixture_destroy)
#define WITH_SILENT_CLIENT(test) \
	cmocka_unit_test_setup_teardown(test, fixture_create_silent, fixture_destroy)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SILENT_CLIENT(test_negotiation),
		WITH_SERVER(test_info),
		WITH_SERVER(test_region_access),
		WITH_SERVER(test_read_beyond_largest),
		WITH_SERVER(test_write_size_mismatch),
		WITH_SERVER(test_device_refuses),
		WITH_SERVER(test_no_reply),
		WITH_SERVER(test_write_multi),
		WITH_SERVER(test_write_multi_hostile),
		WITH_SILENT_CLIENT(test_write_multi_not_negotiated),
		WITH_SERVER(test_every_command_short_and_long),
		WITH_SERVER(test_unsupported_commands),
		WITH_SERVER(test_broken_headers),
		WITH_SERVER(test_byte_by_byte),
		WITH_SERVER(test_descriptors_stay_with_their_message),
		WITH_SERVER(test_unwanted_descriptors),
		WITH_SERVER(test_descriptors_in_two_parts),
		WITH_SERVER(test_disconnect_in_message),
		WITH_SERVER(test_replies_not_taken),
		WITH_SERVER(test_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
