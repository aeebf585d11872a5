/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lock of the log's stream is the lock of the screen: who logs holds it already, and no second one
 * could be taken in the wrong order.
 */
#include <errno.h>

#include <cmdline_rdline.h>
#include <rte_log.h>

#include "screen.h"

#define ERASE_LINE "\r\033[K"

void
screen_hold(void)
{
	flockfile(rte_log_get_stream());
}

void
screen_release(void)
{
	fflush(stdout);
	funlockfile(rte_log_get_stream());
}

/* Called with the lock of the log's stream, by whoever logs. */
static ssize_t
log_write(void *cookie, const char *text, size_t size)
{
	struct screen *s = cookie;

	if (s->prompts) {
		fputs(ERASE_LINE, stdout);
		fflush(stdout);
	}
	fwrite(text, 1, size, s->behind);
	if (s->prompts && text[size - 1] != '\n')
		fputc('\n', s->behind);
	fflush(s->behind);
	if (s->prompts) {
		rdline_redisplay(s->rdline);
		fflush(stdout);
	}
	return (ssize_t)size;
}

int
screen_open(struct screen *s, struct rdline *rdline)
{
	*s = (struct screen){ .rdline = rdline, .behind = rte_log_get_stream() };
	s->log = fopencookie(s, "w", (cookie_io_functions_t){ .write = log_write });
	if (s->log == NULL)
		return -ENOMEM;
	rte_openlog_stream(s->log);
	return 0;
}

/* A thread may have asked for the log's stream and not written yet: it stays open. */
void
screen_close(struct screen *s)
{
	rte_openlog_stream(NULL);
	flockfile(s->log);
	s->prompts = false;
	s->rdline = NULL;
	funlockfile(s->log);
}

int
screen_put(char c)
{
	return putchar(c) == EOF ? -1 : 0;
}

void
screen_prompt(struct screen *s, const char *prompt)
{
	screen_hold();
	rdline_newline(s->rdline, prompt);
	s->prompts = true;
	screen_release();
}

void
screen_prompt_end(struct screen *s)
{
	screen_hold();
	s->prompts = false;
	screen_release();
}
