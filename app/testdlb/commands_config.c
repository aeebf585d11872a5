/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that keep a set-up in a file. */
#include <errno.h>
#include <inttypes.h>

#include "config_file.h"
#include "families.h"
#include "session.h"

static const struct arg file_args[] = {
	{ .name = "file", .help = "its path", .type = ARG_TEXT, .place = ARG_PLACED },
	{ .name = NULL },
};

static int
save_config(struct session *s, const struct command_line *line)
{
	return config_file_save(s, command_text(line, "file"));
}

/* One domain, without anything. */
static void
domains_empty(struct session *s)
{
	uint32_t id;

	session_use(s, 0);
	for (id = 1; id < DOMAINS_MAX; id++) {
		if (s->domains.of[id] != NULL)
			domain_delete(&s->domains, id);
	}
	domain_reset(s->domains.of[0]);
}

static int
load_config(struct session *s, const struct command_line *line)
{
	const struct domain *d;
	int ret;

	for (d = domains_next(&s->domains, 0); d != NULL;
	     d = domains_next(&s->domains, d->id + 1)) {
		if (d->setup.started)
			return session_fail(s, -EBUSY,
					    "load config: the device of domain %" PRIu32
					    " is started: accepted after its 'stop'",
					    d->id);
	}
	domains_empty(s);
	ret = config_file_load(s, command_text(line, "file"));
	/* Half a set-up is none. */
	if (ret < 0)
		domains_empty(s);
	session_use(s, 0);
	return ret;
}

static int
run_file(struct session *s, const struct command_line *line)
{
	int ret;

	if (s->depth == SESSION_DEPTH_MAX)
		return session_fail(s, -ELOOP, "run: files run files run files: accepted are %d",
				    SESSION_DEPTH_MAX);
	s->depth++;
	ret = session_run_file(s, command_text(line, "file"));
	s->depth--;
	return ret;
}

static const struct command commands[] = {
	{ "save config", "write the set-up of all domains to a file", file_args, false,
	  save_config },
	{ "load config", "replace all domains by a file's", file_args, false, load_config },
	{ "run", "the commands of a file", file_args, false, run_file },
	{ NULL },
};

const struct command_family commands_config = { "config", "set-ups and commands in files",
						commands };
