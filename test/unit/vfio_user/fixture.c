/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A client that says exactly what a test wants, a server over a socket pair, and a device that only
 * remembers.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"

static uint8_t *
device_memory(struct device *d, enum vfu_region_index region)
{
	return region == VFU_REGION_CONFIG ? d->config : d->bar0;
}

static int
device_read(void *arg, enum vfu_region_index region, uint64_t offset, void *data, size_t size_bytes)
{
	struct device *d = arg;

	memcpy(data, device_memory(d, region) + offset, size_bytes);
	return d->result;
}

static int
device_write(void *arg, enum vfu_region_index region, uint64_t offset, const void *data,
	     size_t size_bytes)
{
	struct device *d = arg;

	memcpy(device_memory(d, region) + offset, data, size_bytes);
	return d->result;
}

static void
device_reset(void *arg, enum vfu_reset why)
{
	struct device *d = arg;

	d->resets[why]++;
}

static void
device_dma_changed(void *arg, uint64_t first, uint64_t last)
{
	struct device *d = arg;

	d->changes++;
	d->first = first;
	d->last = last;
	/* What is being unmapped can still be written here, and not a moment later. */
	if (d->held != NULL)
		memset(d->held, 0xa5, 1);
	d->held = NULL;
}

static void
device_log(void *arg, const char *text)
{
	struct device *d = arg;

	assert_non_null(text);
	d->log_lines++;
}

static const struct vfu_ops device_ops = {
	.region_read = device_read,
	.region_write = device_write,
	.reset = device_reset,
	.dma_changed = device_dma_changed,
	.log = device_log,
};

const struct vfu_conf device_conf = {
	.ops = &device_ops,
	.regions = {
		[VFU_REGION_BAR0] = { BAR0_BYTES, VFU_READ | VFU_WRITE },
		[VFU_REGION_BAR2] = { BAR0_BYTES, VFU_READ },
		[VFU_REGION_CONFIG] = { CONFIG_BYTES, VFU_READ | VFU_WRITE },
	},
	.irqs = { [VFU_IRQ_MSIX] = MSIX_VECTORS },
};

int
open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

int
memory_file(size_t size_bytes)
{
	int fd = memfd_create("guest", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size_bytes), 0);
	return fd;
}

int
fixture_create_silent(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct vfu_conf conf = device_conf;
	int pair[2];

	assert_non_null(f);
	f->fds_before = open_fds();
	conf.arg = &f->device;
	assert_int_equal(vfu_server_create(&conf, &f->server), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(vfu_server_attach(f->server, pair[0]), 0);
	f->fd = pair[1];
	*state = f;
	return 0;
}

int
fixture_create(void **state)
{
	fixture_create_silent(state);
	return client_negotiate(*state);
}

int
fixture_destroy(void **state)
{
	struct fixture *f = *state;

	vfu_server_destroy(f->server);
	close(f->fd);
	assert_int_equal(open_fds(), f->fds_before);
	free(f);
	return 0;
}

void
client_send(int fd, const void *bytes, size_t size_bytes, const int *fds, uint32_t fd_count)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(253 * sizeof(int))];
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
	assert_int_equal(sendmsg(fd, &msg, MSG_NOSIGNAL), size_bytes);
}

void
client_request(int fd, uint16_t command, uint32_t flags, const void *payload, size_t payload_bytes,
	       const int *fds, uint32_t fd_count)
{
	struct {
		struct msg_header header;
		uint8_t payload[MESSAGE_MAX];
	} message = { .header = { .id = command ^ 0x5a00u,
				  .command = command,
				  .size_bytes = (uint32_t)(sizeof(message.header) + payload_bytes),
				  .flags = flags } };

	if (payload_bytes > 0)
		memcpy(message.payload, payload, payload_bytes);
	client_send(fd, &message, message.header.size_bytes, fds, fd_count);
}

bool
client_receive(int fd, struct reply *reply)
{
	ssize_t got = recv(fd, &reply->header, sizeof(reply->header), MSG_DONTWAIT);

	if (got != sizeof(reply->header))
		return false;
	reply->payload_bytes = reply->header.size_bytes - sizeof(reply->header);
	if (reply->payload_bytes > 0) {
		got = recv(fd, reply->payload, reply->payload_bytes, MSG_DONTWAIT);
		assert_int_equal(got, reply->payload_bytes);
	}
	return true;
}

int
client_call(struct fixture *f, uint16_t command, const void *payload, size_t payload_bytes,
	    const int *fds, uint32_t fd_count, struct reply *reply)
{
	struct reply mine;

	if (reply == NULL)
		reply = &mine;
	client_request(f->fd, command, 0, payload, payload_bytes, fds, fd_count);
	vfu_server_process(f->server, 16);
	if (!client_receive(f->fd, reply))
		return -ECONNRESET;

	assert_int_equal(reply->header.id, command ^ 0x5a00u);
	assert_int_equal(reply->header.command, command);
	if (reply->header.error != 0) {
		assert_int_equal(reply->header.flags, MSG_TYPE_REPLY | MSG_ERROR);
		assert_int_equal(reply->payload_bytes, 0);
	} else {
		assert_int_equal(reply->header.flags, MSG_TYPE_REPLY);
	}
	return -(int)reply->header.error;
}

int
client_negotiate(struct fixture *f)
{
	static const struct {
		struct msg_version version;
		char text[128];
	} hello = { { 0, 1 },
		    "{\"capabilities\":{\"max_msg_fds\":8,\"max_data_xfer_size\":1048576,"
		    "\"write_multiple\":true}}" };

	return client_call(f, CMD_VERSION, &hello, sizeof(hello), NULL, 0, NULL);
}

int
client_map(struct fixture *f, int fd, uint64_t offset, uint64_t iova, uint64_t size_bytes)
{
	struct msg_dma_map map = { sizeof(map), DMA_MAP_READ | DMA_MAP_WRITE, offset, iova,
				   size_bytes };

	return client_call(f, CMD_DMA_MAP, &map, sizeof(map), &fd, fd >= 0 ? 1 : 0, NULL);
}

int
client_unmap(struct fixture *f, uint64_t iova, uint64_t size_bytes)
{
	struct msg_dma_unmap unmap = { sizeof(unmap), 0, iova, size_bytes };
	struct reply reply;
	int ret = client_call(f, CMD_DMA_UNMAP, &unmap, sizeof(unmap), NULL, 0, &reply);

	if (ret == 0)
		assert_memory_equal(reply.payload, &unmap, sizeof(unmap));
	return ret;
}
