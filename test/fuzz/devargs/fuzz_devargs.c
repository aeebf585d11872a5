/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzz target: device arguments. The first byte says for which bus, the rest is the text. Whatever it is,
 * it is taken, and then every setting has one of its values; or it is refused in one line that says so.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_log.h>

#include "devargs.h"
#include "log.h"

#define WAKE_DEPTH_MAX 1024

/* What must hold; the fuzzer sees an abort. */
#define REQUIRE(condition)        \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

/* Of the driver, which is not here. */
int dlb_log_driver;

static void
check_taken(const struct dlb_devargs *args)
{
	REQUIRE(args->gen < DLB_GEN_COUNT);
	REQUIRE(args->sched <= DLB_SCHED_THREAD);
	REQUIRE(args->cq_mode <= DLB_CQ_SPARSE);
	REQUIRE(args->wake_depth <= WAKE_DEPTH_MAX);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	dlb_log_driver = rte_log_register_type_and_pick_level("fuzz", RTE_LOG_NOTICE);
	return dlb_log_driver < 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dlb_devargs args;
	char *text, *said = NULL;
	size_t said_bytes = 0;
	FILE *log;
	int ret;

	if (size == 0)
		return 0;
	text = strndup((const char *)data + 1, size - 1);
	log = open_memstream(&said, &said_bytes);
	REQUIRE(text != NULL && log != NULL);
	rte_openlog_stream(log);
	ret = dlb_devargs_parse("fuzz", text, data[0] % 2 ? DLB_BUS_PCI : DLB_BUS_VDEV, &args);
	fclose(log);
	REQUIRE(ret == 0 || ret == -EINVAL);
	if (ret == 0)
		check_taken(&args);
	/* Text may hold newlines; what we say starts with the name, and once. */
	REQUIRE((ret == 0) == (strstr(said, "fuzz: ") == NULL));
	free(said);
	free(text);
	return 0;
}
