/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line of dlb-vfio-user.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "options.h"

#define PATH_MAX_BYTES (sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1)

static const char help[] =
	"usage: dlb-vfio-user --socket PATH [--hw 2.0|2.5] [--socket PATH [--hw 2.0|2.5]]... "
	"[OPTION]...\n"
	"Serve software models of the Intel DLB to virtual machines, over vfio-user.\n"
	"\n"
	"  -s, --socket PATH      serve a device on this socket; one virtual machine at a time\n"
	"  -g, --hw 2.0|2.5       its generation (2.5); before the first --socket, of all\n"
	"  -l, --lint             report what a correct driver never does\n"
	"  -t, --trace FILE       write every access, in words; - for standard output\n"
	"  -S, --stats            print counters at the end; SIGUSR1 prints them at any time\n"
	"  -u, --unsealed-memory  accept guest memory that can shrink, and trust that it will not\n"
	"  -h, --help             print this\n"
	"  -V, --version          print the version\n"
	"\n"
	"QEMU 10.1 or later attaches a device with shared memory and\n"
	"  -device '{\"driver\":\"vfio-user-pci\",\"socket\":{\"type\":\"unix\",\"path\":\"PATH\"}}'\n"
	"SIGINT and SIGTERM end the program and remove its sockets.\n";

static const struct option long_options[] = {
	{ "socket", required_argument, NULL, 's' },
	{ "hw", required_argument, NULL, 'g' },
	{ "lint", no_argument, NULL, 'l' },
	{ "trace", required_argument, NULL, 't' },
	{ "stats", no_argument, NULL, 'S' },
	{ "unsealed-memory", no_argument, NULL, 'u' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

__attribute__((format(printf, 1, 2))) static enum options_result
wrong(const char *format, ...)
{
	va_list ap;

	fputs("dlb-vfio-user: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputs("; --help lists the options\n", stderr);
	return OPTIONS_WRONG;
}

static enum options_result
take_socket(struct options *o, const char *path, enum dlb_gen gen)
{
	uint32_t i;

	if (o->device_count == OPTIONS_DEVICES_MAX)
		return wrong("--socket %s: at most %d devices", path, OPTIONS_DEVICES_MAX);
	if (path[0] == '\0' || strlen(path) > PATH_MAX_BYTES)
		return wrong("--socket '%s': a socket's path has 1 to %zu bytes", path,
			     PATH_MAX_BYTES);
	for (i = 0; i < o->device_count; i++)
		if (strcmp(o->devices[i].path, path) == 0)
			return wrong("--socket %s: given twice", path);
	o->devices[o->device_count++] = (struct options_device){ path, gen };
	return OPTIONS_RUN;
}

static enum options_result
take_hw(struct options *o, const char *name, enum dlb_gen *all)
{
	enum dlb_gen gen;

	for (gen = 0; gen < DLB_GEN_COUNT; gen++) {
		if (strcmp(dlb_limits[gen].name, name) != 0)
			continue;
		if (o->device_count == 0)
			*all = gen;
		else
			o->devices[o->device_count - 1].gen = gen;
		return OPTIONS_RUN;
	}
	return wrong("--hw %s: there are 2.0 and 2.5", name);
}

static enum options_result
take_option(struct options *o, int letter, char *argv[], enum dlb_gen *all)
{
	switch (letter) {
	case 's':
		return take_socket(o, optarg, *all);
	case 'g':
		return take_hw(o, optarg, all);
	case 'l':
		o->lint = true;
		return OPTIONS_RUN;
	case 't':
		o->trace = optarg;
		return OPTIONS_RUN;
	case 'S':
		o->stats = true;
		return OPTIONS_RUN;
	case 'u':
		o->unsealed_memory = true;
		return OPTIONS_RUN;
	case 'h':
		fputs(help, stdout);
		return OPTIONS_EXIT;
	case 'V':
		puts("dlb-vfio-user " VERSION);
		return OPTIONS_EXIT;
	case ':':
		return wrong("%s: a value is missing", argv[optind - 1]);
	default:
		return wrong("%s: no such option", argv[optind - 1]);
	}
}

enum options_result
options_parse(int argc, char *argv[], struct options *o)
{
	enum options_result result;
	enum dlb_gen all = DLB_V25;
	int letter;

	memset(o, 0, sizeof(*o));
	while ((letter = getopt_long(argc, argv, ":s:g:lt:SuhV", long_options, NULL)) != -1) {
		result = take_option(o, letter, argv, &all);
		if (result != OPTIONS_RUN)
			return result;
	}
	if (optind < argc)
		return wrong("'%s': every value needs its option", argv[optind]);
	if (o->device_count == 0)
		return wrong("no --socket: name at least one");
	return OPTIONS_RUN;
}
