/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"

#define TEXT_BYTES 512
#define STATUS_UNUSABLE 2

static const struct level {
	const char *name, *colour;
} levels[] = {
	[DOCTOR_FINE] = { "fine", "\033[32m" },
	[DOCTOR_NOTE] = { "note", "\033[33m" },
	[DOCTOR_STOPS] = { "stops", "\033[31m" },
};

void
doctor_find(struct doctor *d, enum doctor_level level, const char *what, const char *mend,
	    const char *format, ...)
{
	struct json *row = json_append(d->findings, json_object());
	char text[TEXT_BYTES];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	json_add_text(row, "what", "%s", what);
	json_add_text(row, "level", "%s", levels[level].name);
	json_add_text(row, "finding", "%s", text);
	json_add_text(row, "mend", "%s", mend);
	if (level > d->worst)
		d->worst = level;
}

static enum doctor_level
level_of(const struct json *row)
{
	enum doctor_level level = DOCTOR_FINE;

	while (strcmp(levels[level].name, json_get_text(row, "level")) != 0)
		level++;
	return level;
}

static void
findings_print(const struct doctor *d)
{
	bool colour = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
	const struct json *row;

	for (row = d->findings->first; row != NULL; row = row->next) {
		const struct level *level = &levels[level_of(row)];

		printf("%s%-5s%s  %-11s %s\n", colour ? level->colour : "", level->name,
		       colour ? "\033[0m" : "", json_get_text(row, "what"),
		       json_get_text(row, "finding"));
		if (json_get_text(row, "mend")[0] != '\0')
			printf("                   mend: %s\n", json_get_text(row, "mend"));
	}
	if (d->worst == DOCTOR_STOPS)
		puts("Something stops the use of this machine's DLB; the model in the box works "
		     "without any of it.");
	else if (d->has_device)
		puts("Nothing is in the way of this machine's DLB.");
	else
		puts("No DLB here: --vdev=event_dlb0 is the model in the box, and needs none of it.");
}

static int
usage(int status)
{
	fputs("usage: dpdk-testdlb doctor [--json] [--root FOLDER]\n"
	      "Look for what would stop the use of a DLB here; each finding comes with the command\n"
	      "that mends it. --root looks at a copy of /proc, /sys and /dev.\n"
	      "Exit status: 0, 1 when something stops the use of a DLB that is there.\n",
	      status == 0 ? stdout : stderr);
	return status;
}

int
doctor_main(int argc, char *argv[])
{
	struct doctor d = { .machine = { "" } };
	struct json *report = json_object();
	bool json = false;
	uint32_t c;
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			json = true;
		} else if (strcmp(argv[i], "--root") == 0 && i + 1 < argc) {
			d.machine.root = argv[++i];
		} else {
			bool help = strcmp(argv[i], "--help") == 0;

			if (!help)
				fprintf(stderr, "dpdk-testdlb doctor: '%s': no such option\n",
					argv[i]);
			json_destroy(report);
			return usage(help ? EXIT_SUCCESS : STATUS_UNUSABLE);
		}
	}
	d.findings = json_add(report, "findings", json_array());
	for (c = 0; doctor_checks[c].run != NULL; c++)
		doctor_checks[c].run(&d, doctor_checks[c].what);
	if (json)
		json_write(report, stdout);
	else
		findings_print(&d);
	json_destroy(report);
	return d.worst == DOCTOR_STOPS ? EXIT_FAILURE : EXIT_SUCCESS;
}
