/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rte_cmdline's parser knows commands of fixed words only; ours take names and values in any order, and
 * a wrong value wants a better answer than "Bad arguments". So its upper half, rdline, edits lines here,
 * and command.c reads them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <cmdline_rdline.h>

#include "interrupt.h"
#include "screen.h"
#include "terminal.h"

#define PROMPT_BYTES 32
#define HELP_STATE (-1)

struct terminal {
	struct session *session;
	struct rdline *rdline;
	struct screen *screen;
	struct termios before;
};

static int
character_write(struct rdline *rdline, char c)
{
	(void)rdline;
	return screen_put(c);
}

/* While a command runs the screen is nobody's: it may take long, and threads that it waits for may log. */
static void
line_run(struct rdline *rdline, const char *text, unsigned int size)
{
	struct terminal *t = rdline_get_opaque(rdline);
	size_t length = strcspn(text, "\n");
	char *line = strndup(text, length < size ? length : size);

	if (line == NULL)
		return;
	if (strspn(line, " \t") < length)
		rdline_add_history(rdline, line);
	screen_prompt_end(t->screen);
	screen_release();
	session_run(t->session, line);
	screen_hold();
	free(line);
}

/* What all words that can stand here have in common, behind what is typed. */
static size_t
common_part(const char *text, char *word, size_t size)
{
	char other[COMMAND_TEXT_MAX];
	size_t typed, length;
	uint32_t i;

	if (!command_complete(text, 0, word, size, &typed))
		return 0;
	length = strlen(word);
	for (i = 1; command_complete(text, i, other, sizeof(other), &typed); i++) {
		while (strncmp(word, other, length) != 0)
			length--;
	}
	if (i == 1 && length + 1 < size)
		word[length++] = ' ';
	memmove(word, word + typed, length - typed);
	word[length - typed] = '\0';
	return length - typed;
}

/*
 * rdline asks with a state of 0 for what to add behind a tab, and with HELP_STATE behind a '?'; an
 * answer of 2 adds text, 1 is one of a list, and 0 its end.
 */
static int
line_complete(struct rdline *rdline, const char *text, char *answer, unsigned int size, int *state)
{
	size_t typed;

	(void)rdline;
	if (*state == 0 && common_part(text, answer, size) > 0)
		return 2;
	if (*state == HELP_STATE)
		*state = 0;
	return command_complete(text, (uint32_t)(*state)++, answer, size, &typed) ? 1 : 0;
}

static int
terminal_open(struct terminal *t)
{
	struct termios raw;
	int ret;

	t->rdline = rdline_new(character_write, line_run, line_complete, t);
	if (t->rdline == NULL)
		return -ENOMEM;
	ret = screen_open(t->screen, t->rdline);
	if (ret < 0) {
		rdline_free(t->rdline);
		return ret;
	}
	if (tcgetattr(STDIN_FILENO, &t->before) < 0)
		return 0;
	raw = t->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	return 0;
}

static void
terminal_close(struct terminal *t)
{
	if (isatty(STDIN_FILENO))
		tcsetattr(STDIN_FILENO, TCSANOW, &t->before);
	screen_close(t->screen);
	rdline_free(t->rdline);
}

/* A domain that is not the first is named. */
static void
prompt_show(struct terminal *t)
{
	char number[PROMPT_BYTES / 2] = "", prompt[PROMPT_BYTES];

	if (t->session->current != 0)
		snprintf(number, sizeof(number), " %" PRIu32, t->session->current);
	snprintf(prompt, sizeof(prompt), "testdlb%s> ", number);
	screen_prompt(t->screen, prompt);
}

static void
characters_read(struct terminal *t)
{
	char bytes[256];
	ssize_t count = read(STDIN_FILENO, bytes, sizeof(bytes));
	ssize_t i;
	int ret;

	if (count <= 0) {
		t->session->quit = true;
		return;
	}
	for (i = 0; i < count && !t->session->quit; i++) {
		screen_hold();
		ret = rdline_char_in(t->rdline, bytes[i]);
		screen_release();
		if (ret == RDLINE_RES_VALIDATED && !t->session->quit)
			prompt_show(t);
		else if (ret == RDLINE_RES_EOF)
			t->session->quit = true;
	}
}

int
terminal_run(struct session *s, struct screen *screen)
{
	struct terminal terminal = { .session = s, .screen = screen };
	int ret = terminal_open(&terminal);

	if (ret < 0)
		return ret;
	prompt_show(&terminal);
	while (!s->quit) {
		switch (interrupt_wait_input(s->interrupt_fd, STDIN_FILENO, -1)) {
		case INTERRUPT_USER:
			session_interrupt(s);
			if (!s->quit)
				prompt_show(&terminal);
			break;
		case INTERRUPT_INPUT:
			characters_read(&terminal);
			break;
		case INTERRUPT_TIMEOUT:
			break;
		}
	}
	screen_prompt_end(terminal.screen);
	puts("");
	terminal_close(&terminal);
	return 0;
}
