/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzz target: what clients send, with descriptors of every sort, cut anywhere. The device behind the
 * server uses the client's memory all the time, until it is told not to.
 *
 * The input is a list of steps: a byte that says how to send, one for the command, one for the length,
 * then that many bytes. A step is a message with these bytes as its payload; or the bytes are all there
 * is of it; or they are small numbers from which a message is made that makes sense, because a fuzzer
 * would hardly find a whole one.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol.h"
#include "stream.h"
#include "vfio_user.h"

#define STEP_RAW 0x01u /* no header but the bytes as they are */
#define STEP_FD_KIND 0x0eu
#define STEP_FD_COUNT 0x30u
#define STEP_NO_REPLY 0x40u
#define STEP_LAST 0x80u /* of this client */
#define STEP_BYTES 3
#define COMMAND_SHAPED 0x80u
#define COMMANDS 20 /* some of them do not exist */

#define PAGE 4096u
#define FILE_PAGES 16
#define FILE_BYTES (FILE_PAGES * PAGE)
#define HELD_MAX 8
#define BAR_BYTES 0x10000u

/* What must hold; the fuzzer sees an abort. */
#define REQUIRE(condition)        \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

struct held {
	uint64_t first, last;
	volatile uint8_t *addr;
};

struct run {
	const uint8_t *at, *end; /* what is left of the input */
	struct vfu_server *server;
	int fd;        /* of the client; -1: none */
	int memory_fd; /* the same in all steps, so that ranges can be neighbours */
	struct held held[HELD_MAX];
	uint32_t held_next;
	uint64_t changed; /* where memory came or went last */
	uint8_t memory[BAR_BYTES];
};

static int
device_read(void *arg, enum vfu_region_index region, uint64_t offset, void *data, size_t size_bytes)
{
	struct run *run = arg;

	REQUIRE(region == VFU_REGION_BAR0 || region == VFU_REGION_CONFIG);
	REQUIRE(size_bytes > 0 && offset + size_bytes <= sizeof(run->memory));
	memcpy(data, run->memory + offset, size_bytes);
	return 0;
}

/* The device starts to use memory, as it does when a CQ is enabled. */
static void
hold(struct run *run, uint64_t iova, size_t size_bytes)
{
	struct held *h = &run->held[run->held_next];

	h->addr = vfu_dma_find(run->server, iova, size_bytes, VFU_READ | VFU_WRITE);
	if (h->addr == NULL)
		return;
	h->first = iova;
	h->last = iova + (size_bytes - 1);
	run->held_next = (run->held_next + 1) % HELD_MAX;
}

static int
device_write(void *arg, enum vfu_region_index region, uint64_t offset, const void *data,
	     size_t size_bytes)
{
	struct run *run = arg;
	uint64_t iova;
	uint32_t size;

	REQUIRE(region == VFU_REGION_BAR0 || region == VFU_REGION_CONFIG);
	REQUIRE(size_bytes > 0 && offset + size_bytes <= sizeof(run->memory));
	memcpy(run->memory + offset, data, size_bytes);
	memcpy(&iova, run->memory, sizeof(iova));
	memcpy(&size, run->memory + sizeof(iova), sizeof(size));
	hold(run, iova, size);
	vfu_irq_raise(run->server, VFU_IRQ_MSIX, size);
	return 0;
}

static void
held_use(struct run *run)
{
	struct held *h;

	for (h = run->held; h < run->held + HELD_MAX; h++) {
		if (h->addr == NULL)
			continue;
		h->addr[0] = 1;
		h->addr[h->last - h->first] = 1;
	}
}

static void
device_dma_changed(void *arg, uint64_t first, uint64_t last)
{
	struct run *run = arg;
	struct held *h;

	REQUIRE(first <= last);
	run->changed = first;
	held_use(run);
	for (h = run->held; h < run->held + HELD_MAX; h++)
		if (h->addr != NULL && h->first <= last && first <= h->last)
			h->addr = NULL;
}

static void
device_reset(void *arg, enum vfu_reset why)
{
	(void)why;
	held_use(arg);
}

static void
device_log(void *arg, const char *text)
{
	(void)arg;
	REQUIRE(strlen(text) > 0);
}

static const struct vfu_ops device_ops = {
	.region_read = device_read,
	.region_write = device_write,
	.reset = device_reset,
	.dma_changed = device_dma_changed,
	.log = device_log,
};

static int
memory_create(uint32_t flags)
{
	int fd = memfd_create("guest", flags);

	REQUIRE(fd >= 0 && ftruncate(fd, FILE_BYTES) == 0);
	return fd;
}

static int
descriptor_create(const struct run *run, uint32_t kind)
{
	int pair[2];

	switch (kind) {
	case 0:
		return dup(run->memory_fd);
	case 1:
		return memory_create(MFD_ALLOW_SEALING);
	case 2:
		return eventfd(0, 0);
	case 3:
		return open("/dev/zero", O_RDWR);
	case 4:
		REQUIRE(pipe(pair) == 0);
		close(pair[0]);
		return pair[1];
	case 5:
		return open("/proc/self/status", O_RDONLY);
	case 6:
		return memory_create(0);
	default:
		return socket(AF_UNIX, SOCK_STREAM, 0);
	}
}

static void
send_all(int fd, const void *bytes, size_t size_bytes, int *fds, uint32_t fd_count)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(3 * sizeof(int))];
	} control = { 0 };
	struct iovec iov = { (void *)(uintptr_t)bytes, size_bytes };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (fd_count > 0) {
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
		memcpy(CMSG_DATA(c), fds, fd_count * sizeof(int));
	}
	sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* All replies are whole and well-formed, whatever was asked. */
static void
replies_check(int fd)
{
	static uint8_t payload[MESSAGE_MAX];
	struct msg_header header;

	while (recv(fd, &header, sizeof(header), MSG_DONTWAIT) == sizeof(header)) {
		size_t rest = header.size_bytes - sizeof(header);

		REQUIRE(header.size_bytes >= sizeof(header) && header.size_bytes <= MESSAGE_MAX);
		REQUIRE((header.flags & MSG_TYPE) == MSG_TYPE_REPLY);
		REQUIRE((header.error != 0) == ((header.flags & MSG_ERROR) != 0));
		REQUIRE(rest == 0 || header.error == 0);
		while (rest > 0) {
			ssize_t got = recv(fd, payload, rest, MSG_DONTWAIT);

			/* The rest of a reply that did not fit into the socket follows it. */
			if (got <= 0)
				return;
			rest -= (size_t)got;
		}
	}
}

static void
client_create(struct run *run)
{
	static const struct {
		struct msg_header header;
		struct msg_version version;
		char text[44];
	} hello = { { 1, CMD_VERSION, sizeof(hello), 0, 0 },
		    { 0, 0 },
		    "{\"capabilities\":{\"write_multiple\":true}}" };
	int pair[2];

	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	REQUIRE(vfu_server_attach(run->server, pair[0]) == 0);
	run->fd = pair[1];
	if (run->at < run->end && *run->at++ % 8 != 0)
		send_all(run->fd, &hello, sizeof(hello), NULL, 0);
}

static void
client_destroy(struct run *run)
{
	close(run->fd);
	run->fd = -1;
	while (vfu_server_has_client(run->server))
		vfu_server_process(run->server, 64);
}

/* Room for any message that is shaped. */
struct shaped {
	struct msg_header header;
	union {
		struct msg_dma_map map;
		struct msg_dma_unmap unmap;
		struct msg_set_irqs irqs;
		struct {
			struct msg_region_access access;
			uint64_t iova;
			uint32_t size_bytes;
		} write;
		struct {
			struct msg_write_multi head;
			struct msg_write_one one[2];
		} multi;
	};
};

/* Few pages, so that ranges meet; and the last ones of all. */
static uint64_t
page_address(uint8_t number)
{
	return number >= 0xf0 ? (uint64_t)(int8_t)number * PAGE : number % 32 * (uint64_t)PAGE;
}

/* A message that makes sense, or nearly so, from four small numbers. Return its length. */
static size_t
message_shape(struct shaped *m, uint8_t command, const uint8_t number[4])
{
	static const uint32_t irq_flags[] = { 0x24, 0x21, 0x22, 0x2f };
	uint64_t size_bytes = number[1] % 5 * (uint64_t)PAGE;

	switch (command % 5) {
	case 0:
		m->header.command = CMD_DMA_MAP;
		m->map = (struct msg_dma_map){ sizeof(m->map), number[3] % 4,
					       (uint64_t)(number[2] % FILE_PAGES) * PAGE,
					       page_address(number[0]), size_bytes };
		return sizeof(m->map);
	case 1:
		m->header.command = CMD_DMA_UNMAP;
		m->unmap = (struct msg_dma_unmap){ sizeof(m->unmap), number[3] == 1 ? 2 : 0,
						   page_address(number[0]), size_bytes };
		return sizeof(m->unmap);
	case 2:
		m->header.command = CMD_SET_IRQS;
		m->irqs = (struct msg_set_irqs){ sizeof(m->irqs), irq_flags[number[3] % 4],
						 VFU_IRQ_MSIX, number[0] % 6, number[1] % 6 };
		return sizeof(m->irqs);
	case 3:
		m->header.command = CMD_REGION_WRITE;
		m->write.access = (struct msg_region_access){ 0, VFU_REGION_BAR0, 12 };
		m->write.iova = page_address(number[0]) + number[2];
		m->write.size_bytes = number[1] * 512u;
		return sizeof(m->write.access) + 12;
	default:
		m->header.command = CMD_REGION_WRITE_MULTI;
		m->multi.head.count = number[3] % 3;
		m->multi.one[0] = (struct msg_write_one){ 8, number[2] % 9, 4, { number[1] } };
		m->multi.one[1] = (struct msg_write_one){ 0, VFU_REGION_BAR0, 8, { 0, number[0] } };
		return sizeof(m->multi.head) + number[3] % 3 * sizeof(m->multi.one[0]);
	}
}

static void
shaped_send(struct run *run, uint8_t command, int *fds, uint32_t count)
{
	struct shaped message = { .header = { .id = 9 } };
	uint8_t numbers[4] = { 0 };
	size_t have = (size_t)(run->end - run->at), length;

	if (have > sizeof(numbers))
		have = sizeof(numbers);
	memcpy(numbers, run->at, have);
	run->at += have;
	length = sizeof(message.header) + message_shape(&message, command, numbers);
	message.header.size_bytes = (uint32_t)length;
	/* A map without any descriptor is one of the memory that is always there. */
	if (message.header.command == CMD_DMA_MAP && count == 0) {
		fds = &run->memory_fd;
		count = 1;
	}
	send_all(run->fd, &message, length, fds, count);
}

/* Send a step; the length of its bytes is as it comes, the header's is right unless the step is raw. */
static void
step_send(struct run *run, uint8_t how, uint8_t command, size_t length)
{
	struct {
		struct msg_header header;
		uint8_t payload[256];
	} message = { { 7, command % COMMANDS, (uint32_t)(sizeof(message.header) + length),
			how & STEP_NO_REPLY ? MSG_NO_REPLY : 0, 0 } };
	uint32_t count = (how & STEP_FD_COUNT) >> 4, i;
	int fds[3];

	for (i = 0; i < count; i++)
		fds[i] = descriptor_create(run, (how & STEP_FD_KIND) >> 1);
	memcpy(message.payload, run->at, length);
	if (command & COMMAND_SHAPED)
		shaped_send(run, command, fds, count);
	else if (how & STEP_RAW)
		send_all(run->fd, message.payload, length, fds, count);
	else
		send_all(run->fd, &message, message.header.size_bytes, fds, count);
	if (!(command & COMMAND_SHAPED))
		run->at += length;
	for (i = 0; i < count; i++)
		close(fds[i]);
}

static void
run_steps(struct run *run)
{
	while (run->end - run->at >= STEP_BYTES) {
		uint8_t how = run->at[0], command = run->at[1];
		size_t length = run->at[2];

		run->at += STEP_BYTES;
		if (run->fd < 0)
			client_create(run);
		if (length > (size_t)(run->end - run->at))
			length = (size_t)(run->end - run->at);
		step_send(run, how, command, length);
		vfu_server_process(run->server, 64);
		/* Across whatever boundary there is. */
		hold(run, run->changed - PAGE, 2 * PAGE);
		held_use(run);
		replies_check(run->fd);
		if (how & STEP_LAST || !vfu_server_has_client(run->server))
			client_destroy(run);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct run run;
	struct vfu_conf conf = {
		.ops = &device_ops,
		.arg = &run,
		.regions = { [VFU_REGION_BAR0] = { BAR_BYTES, VFU_READ | VFU_WRITE },
			     [VFU_REGION_CONFIG] = { 4096, VFU_READ | VFU_WRITE } },
		.irqs = { [VFU_IRQ_MSIX] = 4 },
	};
	int before = dup(0), after;

	close(before);
	memset(&run, 0, sizeof(run));
	run.at = data;
	run.end = data + size;
	run.fd = -1;
	run.memory_fd = memory_create(MFD_ALLOW_SEALING);
	REQUIRE(vfu_server_create(&conf, &run.server) == 0);
	run_steps(&run);
	if (run.fd >= 0)
		client_destroy(&run);
	vfu_server_destroy(run.server);
	close(run.memory_fd);

	/* No descriptor is left: the next one has the number it had before. */
	after = dup(0);
	close(after);
	REQUIRE(after == before);
	return 0;
}
