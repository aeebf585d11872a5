/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interrupt.h"
#include "report.h"
#include "screen.h"
#include "session.h"
#include "traffic.h"
#include "words.h"

#define RED "\033[31m"
#define PLAIN "\033[0m"

static bool
shows_colours(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term != NULL && strcmp(term, "dumb") != 0 &&
	       getenv("NO_COLOR") == NULL;
}

int
session_init(struct session *s, uint8_t dev_id, int interrupt_fd)
{
	int ret;

	memset(s, 0, sizeof(*s));
	s->interrupt_fd = interrupt_fd;
	s->colour = shows_colours(STDOUT_FILENO);
	ret = domains_init(&s->domains, dev_id);
	return ret == 0 ? session_use(s, 0) : ret;
}

void
session_end(struct session *s)
{
	domains_end(&s->domains);
}

int
session_fail(const struct session *s, int error, const char *format, ...)
{
	bool colour = shows_colours(STDERR_FILENO);
	va_list ap;

	fflush(stdout);
	screen_hold();
	fprintf(stderr, "%s%s", colour ? RED : "", s->where);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "%s\n", colour ? PLAIN : "");
	screen_release();
	return error;
}

int
session_check_domain(const struct session *s, uint32_t id)
{
	char names[4 * DOMAINS_MAX] = "";
	const struct domain *d;
	size_t used = 0;

	if (id < DOMAINS_MAX && s->domains.of[id] != NULL)
		return 0;
	for (d = domains_next(&s->domains, 0); d != NULL; d = domains_next(&s->domains, d->id + 1))
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%" PRIu32,
					 used == 0 ? "" : ", ", d->id);
	return session_fail(s, -ENOENT,
			    "domain %" PRIu32 ": accepted are %s; 'create domain' makes others", id,
			    names);
}

int
session_use(struct session *s, uint32_t id)
{
	int ret = session_check_domain(s, id);

	if (ret < 0)
		return ret;
	s->current = id;
	s->setup = &s->domains.of[id]->setup;
	s->traffic = s->domains.of[id]->traffic;
	return 0;
}

int
session_run(struct session *s, const char *text)
{
	/* Too big for some stacks, and a command that loads a file comes back here. */
	struct command_line *line = malloc(sizeof(*line));
	int ret;

	if (line == NULL)
		return session_fail(s, -ENOMEM, "out of memory");
	ret = command_parse(text, line);
	if (ret < 0)
		session_fail(s, ret, "%s", line->error);
	else if (ret > 0)
		ret = line->command->run(s, line);
	free(line);
	fflush(stdout);
	return ret;
}

static int
file_run(struct session *s, const char *name, FILE *file)
{
	char outer[sizeof(s->where)];
	char *text = NULL;
	size_t size = 0;
	uint32_t number = 0;
	int first = 0;
	int ret;

	memcpy(outer, s->where, sizeof(outer));
	while (!s->quit && getline(&text, &size, file) >= 0) {
		snprintf(s->where, sizeof(s->where), "%.200s%.200s:%" PRIu32 ": ", outer, name,
			 ++number);
		if (interrupt_wait_ms(s->interrupt_fd, 0)) {
			session_interrupt(s);
			first = -EINTR;
			break;
		}
		ret = session_run(s, text);
		if (first == 0)
			first = ret;
		if (ret < 0 && !s->keeps_going)
			break;
	}
	free(text);
	memcpy(s->where, outer, sizeof(outer));
	return first;
}

int
session_run_file(struct session *s, const char *path)
{
	FILE *file;
	int ret;

	if (strcmp(path, "-") == 0)
		return file_run(s, "standard input", stdin);
	file = fopen(path, "r");
	if (file == NULL)
		return session_fail(s, -errno, "%s: %s", path, strerror(errno));
	ret = file_run(s, path, file);
	fclose(file);
	return ret;
}

int
session_report(const struct session *s, const struct command_line *line, struct json *report)
{
	screen_hold();
	if (s->json || line->json)
		json_write(report, stdout);
	else
		report_print(report, s->colour, stdout);
	screen_release();
	json_destroy(report);
	return 0;
}

void
session_interrupt(struct session *s)
{
	uint64_t left;

	if (!domains_run(&s->domains)) {
		s->quit = true;
		return;
	}
	left = domains_traffic_stop(&s->domains);
	printf("\ntraffic stopped, %" PRIu64 " events under way\n", left);
	fflush(stdout);
}
