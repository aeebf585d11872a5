/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line of dpdk-dlb-perf. Each dimension has an option of its name that takes a list.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "options.h"
#include "samples.h"

#define EVENTS_MIN 1000
#define EVENTS_MAX 10000000000ull
#define LIST_BYTES 256

/* Letters of getopt_long; the dimensions come first. */
enum option_id {
	OPTION_DIM,
	OPTION_MODE = 'a',
	OPTION_ROUNDS,
	OPTION_EVENTS,
	OPTION_CHECK,
	OPTION_JSON,
	OPTION_CSV,
	OPTION_BAR,
	OPTION_HELP
};

static const char *const check_words[] = { "count", "judge" };

__attribute__((format(printf, 1, 2))) static enum options_result
wrong(const char *format, ...)
{
	va_list ap;

	fputs("dpdk-dlb-perf: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputs("; --help lists the options\n", stderr);
	return OPTIONS_WRONG;
}

/* What a dimension accepts, in words. */
static void
dim_accepted(enum dim dim, char *text, size_t size)
{
	const struct dim_info *info = &dims[dim];
	size_t used = 0;
	uint32_t i;

	if (info->words == NULL) {
		snprintf(text, size, "%u to %u%s", info->min, info->max,
			 info->power_of_two ? ", a power of two" : "");
		return;
	}
	for (i = 0; info->words[i] != NULL && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "",
					 info->words[i]);
}

static void
print_help(const struct bench_conf *preset)
{
	char accepted[LIST_BYTES], value[16];
	uint32_t i;

	puts("usage: dpdk-dlb-perf EAL-OPTIONS -- [OPTION]...\n"
	     "Measure event devices beside each other: every --vdev and -a of the EAL options.\n"
	     "\n"
	     "  --mode MODE         what is measured (one-core):");
	for (i = 0; i < MODE_COUNT; i++)
		printf("        %-10s    %s\n", modes[i]->name, modes[i]->title);
	puts("A dimension takes a value, or a list with commas; every combination is measured:");
	for (i = 0; i < DIM_COUNT; i++) {
		dim_accepted(i, accepted, sizeof(accepted));
		printf("  --%-15s   %s: %s (%s)\n", dims[i].name, dims[i].help, accepted,
		       dim_text(i, dims[i].preset, value, sizeof(value)));
	}
	printf("More:\n"
	       "  --rounds N          measure each device so often, in turn: 1 to %d (%u)\n"
	       "  --events N          events times stages of a round (%" PRIu64 ")\n"
	       "  --check WORD        judge: watch some events before measuring, for order and\n"
	       "                      exclusive flows; count: only count all of them (judge)\n"
	       "  --json FILE         write the results as JSON; - for standard output\n"
	       "  --csv FILE          write the results as CSV; - for standard output\n"
	       "  --bar               measure what OpenDLB has set itself as a bar, and judge it\n"
	       "  --help              print this\n",
	       ROUNDS_MAX, preset->rounds, preset->events);
}

static enum options_result
take_list(struct options *o, enum dim dim, const char *text)
{
	struct list *list = &o->bench.lists[dim];
	char copy[LIST_BYTES], accepted[LIST_BYTES];
	char *rest = copy, *item;

	dim_accepted(dim, accepted, sizeof(accepted));
	if (strlen(text) >= sizeof(copy))
		return wrong("--%s: the list is longer than %d characters", dims[dim].name,
			     LIST_BYTES - 1);
	strcpy(copy, text);
	list->count = 0;
	while ((item = strsep(&rest, ",")) != NULL) {
		if (list->count == LIST_MAX)
			return wrong("--%s %s: at most %d values", dims[dim].name, text, LIST_MAX);
		if (dim_read(dim, item, &list->value[list->count]) < 0)
			return wrong("--%s '%s': accepted are %s", dims[dim].name, item, accepted);
		list->count++;
	}
	return OPTIONS_RUN;
}

static enum options_result
take_number(const char *name, const char *text, uint64_t min, uint64_t max, uint64_t *number)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || !isdigit((unsigned char)text[0]) || value < min ||
	    value > max)
		return wrong("--%s '%s': accepted are %" PRIu64 " to %" PRIu64, name, text, min,
			     max);
	*number = value;
	return OPTIONS_RUN;
}

static enum options_result
take_mode(struct options *o, const char *name)
{
	char accepted[LIST_BYTES] = "";
	uint32_t i;

	for (i = 0; i < MODE_COUNT; i++) {
		if (strcmp(modes[i]->name, name) == 0) {
			o->bench.mode = modes[i];
			return OPTIONS_RUN;
		}
		strcat(accepted, i > 0 ? ", " : "");
		strcat(accepted, modes[i]->name);
	}
	return wrong("--mode '%s': accepted are %s", name, accepted);
}

static enum options_result
take_check(struct options *o, const char *word)
{
	uint32_t i;

	for (i = 0; i < RTE_DIM(check_words); i++) {
		if (strcmp(check_words[i], word) == 0) {
			o->bench.checked = i > 0;
			return OPTIONS_RUN;
		}
	}
	return wrong("--check '%s': accepted are %s, %s", word, check_words[0], check_words[1]);
}

static enum options_result
take_option(struct options *o, int id, char *argv[])
{
	uint64_t number;
	enum options_result result;

	switch (id) {
	case OPTION_MODE:
		return take_mode(o, optarg);
	case OPTION_ROUNDS:
		result = take_number("rounds", optarg, 1, ROUNDS_MAX, &number);
		if (result == OPTIONS_RUN)
			o->bench.rounds = (uint32_t)number;
		return result;
	case OPTION_EVENTS:
		return take_number("events", optarg, EVENTS_MIN, EVENTS_MAX, &o->bench.events);
	case OPTION_CHECK:
		return take_check(o, optarg);
	case OPTION_JSON:
		o->json = optarg;
		return OPTIONS_RUN;
	case OPTION_CSV:
		o->csv = optarg;
		return OPTIONS_RUN;
	case OPTION_BAR:
		o->bar = true;
		return OPTIONS_RUN;
	case OPTION_HELP:
		print_help(&o->bench);
		return OPTIONS_EXIT;
	case ':':
		return wrong("%s: a value is missing", argv[optind - 1]);
	case '?':
		return wrong("%s: no such option", argv[optind - 1]);
	default:
		return take_list(o, (enum dim)(id - OPTION_DIM - 1), optarg);
	}
}

enum options_result
options_parse(int argc, char *argv[], struct options *o)
{
	static const struct option rest[] = {
		{ "mode", required_argument, NULL, OPTION_MODE },
		{ "rounds", required_argument, NULL, OPTION_ROUNDS },
		{ "events", required_argument, NULL, OPTION_EVENTS },
		{ "check", required_argument, NULL, OPTION_CHECK },
		{ "json", required_argument, NULL, OPTION_JSON },
		{ "csv", required_argument, NULL, OPTION_CSV },
		{ "bar", no_argument, NULL, OPTION_BAR },
		{ "help", no_argument, NULL, OPTION_HELP },
		{ NULL, 0, NULL, 0 },
	};
	struct option table[DIM_COUNT + RTE_DIM(rest)];
	enum options_result result;
	int id;

	memset(o, 0, sizeof(*o));
	bench_conf_init(&o->bench, modes[0]);
	for (id = 0; id < DIM_COUNT; id++)
		table[id] = (struct option){ dims[id].name, required_argument, NULL,
					     OPTION_DIM + 1 + id };
	memcpy(&table[DIM_COUNT], rest, sizeof(rest));

	optind = 1;
	while ((id = getopt_long(argc, argv, ":", table, NULL)) != -1) {
		result = take_option(o, id, argv);
		if (result != OPTIONS_RUN)
			return result;
	}
	if (optind < argc)
		return wrong("'%s': every value needs its option", argv[optind]);
	return OPTIONS_RUN;
}
