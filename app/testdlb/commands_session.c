/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands about commands. */
#include <errno.h>
#include <string.h>

#include "families.h"
#include "help.h"
#include "screen.h"
#include "session.h"

const struct command_family *const command_families[] = {
	&commands_session, &commands_domain,     &commands_setup,  &commands_show,
	&commands_traffic, &commands_experiment, &commands_config, NULL,
};

static const char *const on_off[] = { "off", "on", NULL };

static const struct arg help_args[] = {
	{ .name = "topic",
	  .help = "a topic, 'all', or the first word of commands",
	  .type = ARG_TEXT,
	  .place = ARG_PLACED_OR_NOT },
	{ .name = "more",
	  .help = "the rest of a command",
	  .type = ARG_TEXT,
	  .place = ARG_PLACED_OR_NOT },
	{ .name = NULL },
};

static const struct arg json_args[] = {
	{ .name = "state",
	  .help = "whether every report is JSON",
	  .type = ARG_WORD,
	  .place = ARG_PLACED,
	  .words = on_off },
	{ .name = NULL },
};

static int
help(struct session *s, const struct command_line *line)
{
	const char *topic = command_text(line, "topic");
	const char *more = command_text(line, "more");
	char words[2 * COMMAND_TEXT_MAX];
	bool found = true;

	snprintf(words, sizeof(words), "%s%s%s", topic == NULL ? "" : topic,
		 more == NULL ? "" : " ", more == NULL ? "" : more);
	screen_hold();
	if (topic == NULL)
		help_print_topics(stdout);
	else
		found = help_print(words, stdout);
	screen_release();
	if (found)
		return 0;
	return session_fail(s, -ENOENT,
			    "help: '%.64s' is no topic and no command: 'help' lists them", words);
}

static int
set_json(struct session *s, const struct command_line *line)
{
	s->json = command_number(line, "state", 0);
	return 0;
}

static int
quit(struct session *s, const struct command_line *line)
{
	(void)line;
	s->quit = true;
	return 0;
}

static const struct command commands[] = {
	{ "help", "what there is; of a topic or a command, everything", help_args, false, help },
	{ "set json", "let every report be JSON", json_args, false, set_json },
	{ "quit", "stop what runs, and end the program", NULL, false, quit },
	{ NULL },
};

const struct command_family commands_session = { "session", "help, and the end", commands };
