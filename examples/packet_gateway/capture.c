/* SPDX-License-Identifier: BSD-3-Clause */
/* The headers of a capture file, one after the other. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <rte_byteorder.h>

#include "capture.h"

#define MAGIC_US 0xa1b2c3d4
#define MAGIC_NS 0xa1b23c4d
#define LINK_ETHERNET 1
#define PACKET_MAX 262144

struct file_header {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, accuracy, snapshot_bytes, link;
};

struct packet_header {
	uint32_t seconds, fraction, bytes, wire_bytes;
};

static const char *
packets_count(FILE *in, bool swapped, uint64_t *packets)
{
	struct packet_header h;
	long start, end;
	uint32_t bytes;
	size_t n;

	start = ftell(in);
	if (start < 0 || fseek(in, 0, SEEK_END) < 0)
		return strerror(errno);
	end = ftell(in);
	if (end < 0 || fseek(in, start, SEEK_SET) < 0)
		return strerror(errno);
	for (*packets = 0;; (*packets)++) {
		n = fread(&h, 1, sizeof(h), in);
		if (n == 0)
			return NULL;
		bytes = swapped ? rte_bswap32(h.bytes) : h.bytes;
		if (n < sizeof(h) || bytes > PACKET_MAX || ftell(in) + (long)bytes > end)
			return "the last packet is cut off";
		if (fseek(in, (long)bytes, SEEK_CUR) < 0)
			return strerror(errno);
	}
}

static const char *
file_check(FILE *in, uint64_t *packets)
{
	struct file_header h;
	bool swapped;

	if (fread(&h, sizeof(h), 1, in) != 1)
		return "too short for a capture";
	swapped = h.magic == rte_bswap32(MAGIC_US) || h.magic == rte_bswap32(MAGIC_NS);
	if (h.magic != MAGIC_US && h.magic != MAGIC_NS && !swapped)
		return "not a pcap file (pcapng is none)";
	if ((swapped ? rte_bswap32(h.link) : h.link) != LINK_ETHERNET)
		return "packets are not Ethernet";
	return packets_count(in, swapped, packets);
}

int
capture_check(const char *path, uint64_t *packets)
{
	FILE *in = fopen(path, "rb");
	const char *problem;

	problem = in == NULL ? strerror(errno) : file_check(in, packets);
	if (in != NULL)
		fclose(in);
	if (problem == NULL)
		return 0;
	fprintf(stderr, "packet_gateway: capture '%s': %s\n", path, problem);
	return -EINVAL;
}
