/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a client can ask for: one function for each command, in a table. Each checks all it is given
 * before it does anything; an error it returns is the reply.
 */
#include <errno.h>
#include <string.h>

#include "server.h"

#define COMPLAINTS_MAX 10 /* logged about a client; a hostile one must not fill a disk */
#define REGION_SHIFT 40   /* of an index in a region's offset, as the kernel's VFIO has it */
#define REGION_BYTES_MAX (UINT64_C(1) << REGION_SHIFT)

/* Where a handler finds its arguments, and leaves its reply. */
struct request {
	const uint8_t *payload;
	size_t payload_bytes;
	struct fd_list *fds;
	uint8_t *reply;
	size_t reply_bytes;
};

static void
reply_put(struct request *r, const void *bytes, size_t size_bytes)
{
	memcpy(r->reply + r->reply_bytes, bytes, size_bytes);
	r->reply_bytes += size_bytes;
}

static int
do_version(struct vfu_server *s, struct request *r)
{
	struct msg_version version;
	struct capabilities caps;
	char text[256];
	int ret;

	memcpy(&version, r->payload, sizeof(version));
	if (s->negotiated || version.major != PROTOCOL_MAJOR)
		return -EINVAL;
	ret = capabilities_parse((const char *)r->payload + sizeof(version),
				 r->payload_bytes - sizeof(version), &caps);
	if (ret < 0)
		return ret;

	s->caps = caps;
	s->negotiated = true;
	version.minor = PROTOCOL_MINOR;
	reply_put(r, &version, sizeof(version));
	reply_put(r, text, capabilities_print(text, sizeof(text), caps.write_multiple));
	return 0;
}

static int
do_dma_map(struct vfu_server *s, struct request *r)
{
	struct msg_dma_map map;

	memcpy(&map, r->payload, sizeof(map));
	if (map.flags == 0 || map.flags & ~(DMA_MAP_READ | DMA_MAP_WRITE) || r->fds->count > 1)
		return -EINVAL;
	if (map.size_bytes == 0 || map.iova + (map.size_bytes - 1) < map.iova)
		return -EINVAL;
	/* Memory that cannot be shared, a ROM for one: the device will not find it. */
	if (r->fds->count == 0)
		return 0;
	return dma_table_map(&s->dma, r->fds->fds[0], map.offset, map.iova, map.size_bytes,
			     (map.flags & DMA_MAP_READ ? VFU_READ : 0) |
				     (map.flags & DMA_MAP_WRITE ? VFU_WRITE : 0));
}

static int
do_dma_unmap(struct vfu_server *s, struct request *r)
{
	struct msg_dma_unmap unmap;
	uint64_t first, last;
	int ret;

	memcpy(&unmap, r->payload, sizeof(unmap));
	if (unmap.flags & DMA_UNMAP_DIRTY_BITMAP)
		return -ENOTSUP;
	if (unmap.flags & ~DMA_UNMAP_ALL)
		return -EINVAL;
	if (unmap.flags & DMA_UNMAP_ALL) {
		if (unmap.iova != 0 || unmap.size_bytes != 0)
			return -EINVAL;
		first = 0;
		last = UINT64_MAX;
	} else {
		first = unmap.iova;
		last = unmap.iova + (unmap.size_bytes - 1);
		if (unmap.size_bytes == 0 || last < first)
			return -EINVAL;
	}
	ret = dma_table_unmap(&s->dma, first, last);
	if (ret < 0)
		return ret;
	reply_put(r, &unmap, sizeof(unmap));
	return 0;
}

static int
do_device_get_info(struct vfu_server *s, struct request *r)
{
	struct msg_device_info info = {
		.argsz = sizeof(info),
		.flags = DEVICE_INFO_RESET | DEVICE_INFO_PCI,
		.regions = VFU_REGION_COUNT,
		.irqs = VFU_IRQ_COUNT,
	};

	(void)s;
	reply_put(r, &info, sizeof(info));
	return 0;
}

static int
do_region_get_info(struct vfu_server *s, struct request *r)
{
	struct msg_region_info info;

	memcpy(&info, r->payload, sizeof(info));
	if (info.index >= VFU_REGION_COUNT)
		return -EINVAL;
	info.argsz = sizeof(info);
	info.flags = s->conf.regions[info.index].access;
	info.cap_offset = 0;
	info.size_bytes = s->conf.regions[info.index].size_bytes;
	info.offset = (uint64_t)info.index << REGION_SHIFT;
	reply_put(r, &info, sizeof(info));
	return 0;
}

static int
do_irq_get_info(struct vfu_server *s, struct request *r)
{
	struct msg_irq_info info;

	memcpy(&info, r->payload, sizeof(info));
	if (info.index >= VFU_IRQ_COUNT)
		return -EINVAL;
	info.argsz = sizeof(info);
	info.flags = IRQ_INFO_EVENTFD;
	info.count = s->irqs.counts[info.index];
	reply_put(r, &info, sizeof(info));
	return 0;
}

static int
set_eventfds(struct vfu_server *s, const struct msg_set_irqs *set, struct request *r)
{
	if (r->fds->count == 0) {
		irq_table_clear(&s->irqs, set->index, set->start, set->count);
		return 0;
	}
	if (r->fds->count != set->count)
		return -EINVAL;
	return irq_table_set(&s->irqs, set->index, set->start, set->count, r->fds->fds);
}

static int
trigger_irqs(struct vfu_server *s, const struct msg_set_irqs *set, struct request *r)
{
	const uint8_t *wanted = r->payload + sizeof(*set);
	bool all = set->flags & IRQ_DATA_NONE;
	uint32_t i;

	if (all && set->count == 0) {
		irq_table_clear(&s->irqs, set->index, 0, s->irqs.counts[set->index]);
		return 0;
	}
	if (!all && r->payload_bytes - sizeof(*set) != set->count)
		return -EINVAL;
	for (i = 0; i < set->count; i++)
		if (all || wanted[i] != 0)
			vfu_irq_raise(s, set->index, set->start + i);
	return 0;
}

static int
do_set_irqs(struct vfu_server *s, struct request *r)
{
	struct msg_set_irqs set;
	uint32_t vectors;

	memcpy(&set, r->payload, sizeof(set));
	if (set.index >= VFU_IRQ_COUNT)
		return -EINVAL;
	vectors = s->irqs.counts[set.index];
	if (set.start > vectors || set.count > vectors - set.start)
		return -EINVAL;

	switch (set.flags) {
	case IRQ_DATA_EVENTFD | IRQ_ACTION_TRIGGER:
		return set_eventfds(s, &set, r);
	case IRQ_DATA_NONE | IRQ_ACTION_TRIGGER:
	case IRQ_DATA_BOOL | IRQ_ACTION_TRIGGER:
		return trigger_irqs(s, &set, r);
	default:
		return -EINVAL;
	}
}

static int
access_check(const struct vfu_server *s, uint32_t region, uint64_t offset, uint32_t size_bytes,
	     uint32_t access)
{
	const struct vfu_region *reg;

	if (region >= VFU_REGION_COUNT || size_bytes == 0 || size_bytes > VFU_ACCESS_MAX)
		return -EINVAL;
	reg = &s->conf.regions[region];
	if (size_bytes > reg->size_bytes || offset > reg->size_bytes - size_bytes)
		return -EINVAL;
	return reg->access & access ? 0 : -EACCES;
}

static int
do_region_read(struct vfu_server *s, struct request *r)
{
	struct msg_region_access read;
	int ret;

	memcpy(&read, r->payload, sizeof(read));
	ret = access_check(s, read.region, read.offset, read.size_bytes, VFU_READ);
	if (ret < 0)
		return ret;
	if (read.size_bytes > s->caps.max_data_xfer_size)
		return -EINVAL;

	s->stats.reads++;
	reply_put(r, &read, sizeof(read));
	ret = s->ops.region_read(s->conf.arg, read.region, read.offset, r->reply + r->reply_bytes,
				 read.size_bytes);
	r->reply_bytes += read.size_bytes;
	return ret;
}

static int
write_region(struct vfu_server *s, uint32_t region, uint64_t offset, const void *data,
	     uint32_t size_bytes)
{
	int ret = access_check(s, region, offset, size_bytes, VFU_WRITE);

	if (ret < 0)
		return ret;
	s->stats.writes++;
	return s->ops.region_write(s->conf.arg, region, offset, data, size_bytes);
}

static int
do_region_write(struct vfu_server *s, struct request *r)
{
	struct msg_region_access write;
	int ret;

	memcpy(&write, r->payload, sizeof(write));
	if (r->payload_bytes - sizeof(write) != write.size_bytes)
		return -EINVAL;
	ret = write_region(s, write.region, write.offset, r->payload + sizeof(write),
			   write.size_bytes);
	if (ret < 0)
		return ret;
	reply_put(r, &write, sizeof(write));
	return 0;
}

static int
do_write_multi(struct vfu_server *s, struct request *r)
{
	const uint8_t *at = r->payload + sizeof(struct msg_write_multi);
	struct msg_write_multi multi;
	struct msg_write_one one;
	uint64_t i;
	int ret;

	memcpy(&multi, r->payload, sizeof(multi));
	if (!s->caps.write_multiple)
		return -ENOTSUP;
	if (multi.count != (r->payload_bytes - sizeof(multi)) / sizeof(one) ||
	    r->payload_bytes != sizeof(multi) + multi.count * sizeof(one))
		return -EINVAL;
	for (i = 0; i < multi.count; i++, at += sizeof(one)) {
		memcpy(&one, at, sizeof(one));
		if (one.size_bytes > WRITE_MULTI_DATA)
			return -EINVAL;
		ret = write_region(s, one.region, one.offset, one.data, one.size_bytes);
		if (ret < 0)
			return ret;
	}
	reply_put(r, &multi, sizeof(multi));
	return 0;
}

static int
do_device_reset(struct vfu_server *s, struct request *r)
{
	(void)r;
	s->ops.reset(s->conf.arg, VFU_RESET_REQUEST);
	return 0;
}

static const struct command {
	const char *name;
	int (*handle)(struct vfu_server *s, struct request *r); /* NULL: not for this server */
	size_t payload_min;
} commands[CMD_COUNT] = {
	[CMD_VERSION] = { "VERSION", do_version, sizeof(struct msg_version) },
	[CMD_DMA_MAP] = { "DMA_MAP", do_dma_map, sizeof(struct msg_dma_map) },
	[CMD_DMA_UNMAP] = { "DMA_UNMAP", do_dma_unmap, sizeof(struct msg_dma_unmap) },
	[CMD_DEVICE_GET_INFO] = { "DEVICE_GET_INFO", do_device_get_info,
				  sizeof(struct msg_device_info) },
	[CMD_REGION_GET_INFO] = { "REGION_GET_INFO", do_region_get_info,
				  sizeof(struct msg_region_info) },
	[CMD_REGION_GET_IO_FDS] = { "REGION_GET_IO_FDS", NULL, 0 },
	[CMD_IRQ_GET_INFO] = { "IRQ_GET_INFO", do_irq_get_info, sizeof(struct msg_irq_info) },
	[CMD_SET_IRQS] = { "SET_IRQS", do_set_irqs, sizeof(struct msg_set_irqs) },
	[CMD_REGION_READ] = { "REGION_READ", do_region_read, sizeof(struct msg_region_access) },
	[CMD_REGION_WRITE] = { "REGION_WRITE", do_region_write, sizeof(struct msg_region_access) },
	[CMD_DMA_READ] = { "DMA_READ", NULL, 0 },
	[CMD_DMA_WRITE] = { "DMA_WRITE", NULL, 0 },
	[CMD_DEVICE_RESET] = { "DEVICE_RESET", do_device_reset, 0 },
	[CMD_REGION_WRITE_MULTI] = { "REGION_WRITE_MULTI", do_write_multi,
				     sizeof(struct msg_write_multi) },
};

static void
complain(struct vfu_server *s, uint32_t command, int error)
{
	const char *name = command < CMD_COUNT ? commands[command].name : NULL;

	s->stats.errors++;
	if (++s->complaints > COMPLAINTS_MAX)
		return;
	server_log(s, "refused command %u (%s): %s%s", command, name != NULL ? name : "unknown",
		   strerror(error),
		   s->complaints == COMPLAINTS_MAX ? "; no more such lines for this client" : "");
}

static int
request_handle(struct vfu_server *s, uint32_t command, struct request *r)
{
	if (command >= CMD_COUNT || commands[command].handle == NULL)
		return -ENOTSUP;
	if (!s->negotiated && command != CMD_VERSION)
		return -EINVAL;
	if (r->payload_bytes < commands[command].payload_min)
		return -EINVAL;
	return commands[command].handle(s, r);
}

int
command_execute(struct vfu_server *s, struct message *m)
{
	struct request r = { .payload = m->payload,
			     .payload_bytes = m->payload_bytes,
			     .fds = &m->fds,
			     .reply = s->reply + sizeof(struct msg_header) };
	struct msg_header *header = (struct msg_header *)s->reply;
	int ret;

	/* This server asks nothing, so there is nothing to reply to. */
	if ((m->header.flags & MSG_TYPE) != MSG_TYPE_COMMAND)
		return -EPROTO;
	ret = request_handle(s, m->header.command, &r);
	if (ret < 0) {
		complain(s, m->header.command, -ret);
		r.reply_bytes = 0;
	}
	if (m->header.flags & MSG_NO_REPLY)
		return 0;

	*header = (struct msg_header){
		.id = m->header.id,
		.command = m->header.command,
		.size_bytes = (uint32_t)(sizeof(*header) + r.reply_bytes),
		.flags = MSG_TYPE_REPLY | (ret < 0 ? MSG_ERROR : 0),
		.error = (uint32_t)(ret < 0 ? -ret : 0),
	};
	return stream_send(&s->stream, s->reply, header->size_bytes);
}
