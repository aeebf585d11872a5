/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dlb-guest CASE BDF: one question to a DLB behind vfio-pci, asked in a virtual machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dlb.h"

#define CONFIG_BYTES 4096
#define CAPABILITY_POINTER 0x34
#define EXTENDED 0x100

#define CAP_PM 0x01
#define CAP_PCIE 0x10
#define CAP_MSIX 0x11
#define CAP_AER 0x01
#define CAP_ACS 0x0d
#define CAP_PASID 0x1b
#define PASID_OFFSET 0x148

#define DEVCAP_FLR (1u << 28)
#define ISR_MSIX 2
#define QUIET_MS 200
#define MSIX_TABLE 0x1000000u

#define CQ_IOVA UINT64_C(0x140000000)
#define QES_TOTAL 5000
#define WAIT_MS 20000

/* Configuration space, as the kernel shows it to whoever may read it */

static int
sysfs_open(const char *bdf, const char *name, int flags)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", bdf, name);
	fd = open(path, flags);
	if (fd < 0)
		fail("%s: %s", path, strerror(errno));
	return fd;
}

static uint32_t
config32(const uint8_t *config, uint32_t offset)
{
	uint32_t value;

	memcpy(&value, config + offset, sizeof(value));
	return value;
}

/* Offset of a capability, or 0. */
static uint32_t
find_capability(const uint8_t *config, uint32_t id, uint32_t first)
{
	uint32_t at = first == EXTENDED ? EXTENDED : config[CAPABILITY_POINTER];

	while (at != 0) {
		uint32_t header = config32(config, at);

		printf("capability 0x%02x at 0x%03x\n", header & (first ? 0xffff : 0xff), at);
		if ((first == EXTENDED ? header & 0xffff : header & 0xff) == id)
			return at;
		at = first == EXTENDED ? header >> 20 : header >> 8 & 0xff;
	}
	return 0;
}

static void
case_config(const char *bdf)
{
	uint8_t config[CONFIG_BYTES];
	int fd = sysfs_open(bdf, "config", O_RDONLY);
	uint32_t at;

	CHECK(read(fd, config, sizeof(config)) == sizeof(config));
	close(fd);
	CHECK((config32(config, 0) & 0xffff) == DLB_PCI_VENDOR);
	CHECK(config32(config, 0) >> 16 == DLB_PCI_DEVICE_V2 ||
	      config32(config, 0) >> 16 == DLB_PCI_DEVICE_V25);
	CHECK(config32(config, 8) >> 8 == 0x0b4000);

	CHECK(find_capability(config, CAP_PM, 0) != 0);
	at = find_capability(config, CAP_PCIE, 0);
	CHECK(at != 0);
	CHECK(config32(config, at + 4) & DEVCAP_FLR);
	at = find_capability(config, CAP_MSIX, 0);
	CHECK(at != 0);
	CHECK((config32(config, at) >> 16 & 0x7ff) == DLB_VECTORS - 1);
	CHECK(config32(config, at + 4) == MSIX_TABLE);
	CHECK(find_capability(config, CAP_AER, EXTENDED) != 0);
	CHECK(find_capability(config, CAP_ACS, EXTENDED) != 0);
	CHECK(find_capability(config, CAP_PASID, EXTENDED) == PASID_OFFSET);
}

/* Sizes of the BARs, from what the kernel has found out by writing ones to them. */
static void
case_bars(const char *bdf)
{
	static const uint64_t want[] = { DLB_FUNC_BAR_BYTES, 0, DLB_CSR_BAR_BYTES };
	int fd = sysfs_open(bdf, "resource", O_RDONLY);
	FILE *file = fdopen(fd, "r");
	unsigned long long first, last, flags;
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		CHECK(fscanf(file, "%llx %llx %llx", &first, &last, &flags) == 3);
		printf("BAR %zu: 0x%llx to 0x%llx\n", i, first, last);
		CHECK((first == 0 ? 0 : last - first + 1) == want[i]);
	}
	fclose(file);
}

/* The kernel resets the function by FLR, and what it shows afterwards is what it showed before. */
static void
case_flr(const char *bdf)
{
	uint8_t before[CONFIG_BYTES], after[CONFIG_BYTES];
	char method[64] = "";
	int fd = sysfs_open(bdf, "reset_method", O_RDONLY);

	CHECK(read(fd, method, sizeof(method) - 1) > 0);
	close(fd);
	printf("reset methods: %s", method);
	CHECK(strstr(method, "flr") != NULL);

	fd = sysfs_open(bdf, "config", O_RDONLY);
	CHECK(pread(fd, before, sizeof(before), 0) == sizeof(before));
	close(fd);
	fd = sysfs_open(bdf, "reset", O_WRONLY);
	CHECK(write(fd, "1", 1) == 1);
	close(fd);
	fd = sysfs_open(bdf, "config", O_RDONLY);
	CHECK(pread(fd, after, sizeof(after), 0) == sizeof(after));
	close(fd);
	CHECK(memcmp(before, after, 0x40) == 0);
}

static void
case_bring_up(const char *bdf)
{
	struct dlb d;

	dlb_open(&d, bdf);
	dlb_power_up(&d);
	CHECK(dlb_read(&d, DLB_SYS_TOTAL_VAS, 0) == DLB_DOMAINS);

	/* What is programmed stays, until a reset: all of it but the power. */
	dlb_write(&d, DLB_SYS_LDB_PP2VAS, 3, 7);
	CHECK(dlb_read(&d, DLB_SYS_LDB_PP2VAS, 3) == 7);
	vfio_reset(&d.vfio);
	CHECK(dlb_read(&d, DLB_CM_CFG_PM_PMCSR_DISABLE, 0) == 0);
	dlb_power_up(&d);
	CHECK(dlb_read(&d, DLB_SYS_LDB_PP2VAS, 3) == 0);
	dlb_close(&d);
}

/* Directed traffic: everything that goes in comes out once, in order, through memory. */

static struct dlb_qe
directed_qe(const struct dlb_pair *pair, uint64_t data)
{
	return (struct dlb_qe){ .data = data,
				.qid = (uint8_t)pair->number,
				.sched = dlb_qe_sched(DLB_SCHED_DIRECTED, 0, 0),
				.cmd = DLB_CMD_NEW };
}

/* Send up to a line of events from a number on; return how many. */
static uint32_t
send_line(const struct dlb *d, const struct dlb_pair *pair, uint32_t from, uint32_t end)
{
	struct dlb_qe line[DLB_QES_PER_LINE] = { { 0 } };
	uint32_t i;

	for (i = 0; i < DLB_QES_PER_LINE && from + i < end; i++)
		line[i] = directed_qe(pair, from + i);
	if (i > 0)
		dlb_line(d, DLB_DIR, pair->number, line);
	return i;
}

struct receiver {
	struct dlb_pair *pair;
	struct dlb_cqe cqe;
};

static bool
has_event(void *arg)
{
	struct receiver *r = arg;

	return dlb_pair_take(r->pair, &r->cqe);
}

static void
return_tokens(const struct dlb *d, const struct dlb_pair *pair, uint32_t tokens)
{
	struct dlb_qe line[DLB_QES_PER_LINE] = { dlb_qe_pop(tokens) };

	dlb_line(d, DLB_DIR, pair->number, line);
}

static void
traffic(const struct dlb *d, struct dlb_pair *pair, uint32_t total)
{
	struct receiver receiver = { .pair = pair };
	uint32_t sent = 0, received = 0, tokens = 0;

	while (received < total) {
		while (sent < total && sent - received < 2 * pair->depth)
			sent += send_line(d, pair, sent, total);
		if (!dlb_wait(has_event, &receiver, WAIT_MS))
			fail("event %u of %u does not come; ring write pointer %u", received, total,
			     dlb_read(d, DLB_CHP_DIR_CQ_WPTR, pair->number));
		if (receiver.cqe.data != received)
			fail("event %u is %llu", received, (unsigned long long)receiver.cqe.data);
		received++;
		if (++tokens == pair->depth / 2 || received == total) {
			return_tokens(d, pair, tokens);
			tokens = 0;
		}
	}
	printf("%u events through a ring of %u\n", total, pair->depth);
}

/* One entry; then a ring that many pages make, which are anywhere in the machine's memory. */
static void
case_directed(const char *bdf)
{
	struct dlb_pair pair;
	struct dlb d;

	dlb_open(&d, bdf);
	dlb_power_up(&d);
	dlb_format_set(&d);
	dlb_pair_create(&d, &pair, 5, 8, CQ_IOVA);
	dlb_pair_start(&d, &pair);
	traffic(&d, &pair, 1);
	traffic(&d, &pair, 100);
	vfio_reset(&d.vfio);
	dlb_pair_destroy(&d, &pair);

	dlb_power_up(&d);
	dlb_format_set(&d);
	dlb_pair_create(&d, &pair, 40, 1024, CQ_IOVA);
	dlb_pair_start(&d, &pair);
	traffic(&d, &pair, QES_TOTAL);
	dlb_close(&d);
}

/* A reset in the middle of traffic, by the user, and then by the kernel at the end of the program. */
static void
case_reset_with_traffic(const char *bdf)
{
	struct dlb_pair pair;
	struct dlb d;
	uint32_t sent;

	dlb_open(&d, bdf);
	dlb_power_up(&d);
	dlb_format_set(&d);
	dlb_pair_create(&d, &pair, 1, 64, CQ_IOVA);
	dlb_pair_start(&d, &pair);
	for (sent = 0; sent < 1000; sent += DLB_QES_PER_LINE)
		send_line(&d, &pair, sent, 1000);
	vfio_reset(&d.vfio);
	dlb_power_up(&d);
	CHECK(dlb_read(&d, DLB_CHP_DIR_CQ_WPTR, pair.number) == 0);

	dlb_pair_destroy(&d, &pair);
	dlb_format_set(&d);
	dlb_pair_create(&d, &pair, 1, 64, CQ_IOVA);
	dlb_pair_start(&d, &pair);
	traffic(&d, &pair, 200);
	for (sent = 0; sent < 1000; sent += DLB_QES_PER_LINE)
		send_line(&d, &pair, sent, 1000);
	exit(EXIT_SUCCESS);
}

/* Traffic until somebody kills the program. */
static void
case_endless(const char *bdf)
{
	struct dlb_pair pair;
	struct dlb d;

	dlb_open(&d, bdf);
	dlb_power_up(&d);
	dlb_format_set(&d);
	dlb_pair_create(&d, &pair, 2, 64, CQ_IOVA);
	dlb_pair_start(&d, &pair);
	traffic(&d, &pair, 100);
	printf("running\n");
	fflush(stdout);
	traffic(&d, &pair, UINT32_MAX);
}

/* True if the vector has been raised, and once. */
static bool
is_raised(int eventfd, int timeout_ms)
{
	struct pollfd pollfd = { .fd = eventfd, .events = POLLIN };
	uint64_t count = 0;

	if (poll(&pollfd, 1, timeout_ms) != 1)
		return false;
	CHECK(read(eventfd, &count, sizeof(count)) == sizeof(count));
	CHECK(count == 1);
	return true;
}

static void
arm(const struct dlb *d, const struct dlb_pair *pair)
{
	struct dlb_qe line[DLB_QES_PER_LINE] = { { .cmd = DLB_CMD_ARM } };

	dlb_line(d, DLB_DIR, pair->number, line);
	dlb_flush(d);
}

static void
take_one(const struct dlb *d, struct dlb_pair *pair, uint64_t data)
{
	struct receiver receiver = { .pair = pair };

	CHECK(dlb_wait(has_event, &receiver, WAIT_MS));
	CHECK(receiver.cqe.data == data);
	return_tokens(d, pair, 1);
	dlb_flush(d);
}

/* An armed CQ wakes its vector once: with the first event, or at once if there is one already. */
static void
case_interrupt(const char *bdf)
{
	const uint32_t vector = 7;
	int eventfds[DLB_VECTORS], mine;
	struct dlb_pair pair;
	struct dlb d;

	dlb_open(&d, bdf);
	dlb_power_up(&d);
	dlb_format_set(&d);
	vfio_irq_enable(&d.vfio, DLB_VECTORS, eventfds);
	mine = eventfds[DLB_CQ_VECTOR_FIRST + vector];
	dlb_pair_create(&d, &pair, 9, 16, CQ_IOVA);
	dlb_write(&d, DLB_SYS_DIR_CQ_ISR, pair.number,
		  dlb_field(DLB_SYS_DIR_CQ_ISR_VECTOR, vector) |
			  dlb_field(DLB_SYS_DIR_CQ_ISR_EN_CODE, ISR_MSIX));
	dlb_write(&d, DLB_CHP_DIR_CQ_INT_DEPTH_THRSH, pair.number, 0);
	dlb_write(&d, DLB_CHP_DIR_CQ_INT_ENB, pair.number, DLB_CHP_DIR_CQ_INT_ENB_EN_DEPTH);
	dlb_pair_start(&d, &pair);

	arm(&d, &pair);
	CHECK(!is_raised(mine, QUIET_MS));
	send_line(&d, &pair, 0, 1);
	CHECK(is_raised(mine, WAIT_MS));
	take_one(&d, &pair, 0);

	send_line(&d, &pair, 1, 2);
	take_one(&d, &pair, 1);
	CHECK(!is_raised(mine, QUIET_MS));

	send_line(&d, &pair, 2, 3);
	dlb_flush(&d);
	CHECK(!is_raised(mine, QUIET_MS));
	arm(&d, &pair);
	CHECK(is_raised(mine, WAIT_MS));
	take_one(&d, &pair, 2);
	vfio_irq_disable(&d.vfio);
	dlb_close(&d);
}

static const struct guest_case {
	const char *name;
	void (*run)(const char *bdf);
} cases[] = {
	{ "config", case_config },
	{ "bars", case_bars },
	{ "flr", case_flr },
	{ "bring-up", case_bring_up },
	{ "directed", case_directed },
	{ "interrupt", case_interrupt },
	{ "reset-with-traffic", case_reset_with_traffic },
	{ "endless", case_endless },
};

int
main(int argc, char *argv[])
{
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; argc == 3 && i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(cases[i].name, argv[1]) == 0) {
			cases[i].run(argv[2]);
			return EXIT_SUCCESS;
		}
	}
	fprintf(stderr, "usage: dlb-guest CASE BDF\ncases:");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		fprintf(stderr, " %s", cases[i].name);
	fprintf(stderr, "\n");
	return EXIT_FAILURE;
}
