/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that keep a set-up in a file. */
#include <errno.h>

#include "config_file.h"
#include "families.h"
#include "session.h"
#include "traffic.h"

static const struct arg file_args[] = {
	{ .name = "file", .help = "its path", .type = ARG_TEXT, .place = ARG_PLACED },
	{ .name = NULL },
};

static int
save_config(struct session *s, const struct command_line *line)
{
	return config_file_save(s, command_text(line, "file"));
}

static void
setup_empty(struct session *s)
{
	uint32_t i;

	for (i = 0; i < TRAFFIC_STREAMS_MAX; i++)
		traffic_delete(s->traffic, i);
	setup_clear(&s->setup);
}

static int
load_config(struct session *s, const struct command_line *line)
{
	int ret;

	if (s->setup.started)
		return session_fail(s, -EBUSY,
				    "load config: the device is started: accepted after 'stop'");
	setup_empty(s);
	ret = config_file_load(s, command_text(line, "file"));
	/* Half a set-up is none. */
	if (ret < 0)
		setup_empty(s);
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
	{ "save config", "write the set-up to a file", file_args, false, save_config },
	{ "load config", "replace the set-up by a file's", file_args, false, load_config },
	{ "run", "the commands of a file", file_args, false, run_file },
	{ NULL },
};

const struct command_family commands_config = { "config", "set-ups and commands in files",
						commands };
