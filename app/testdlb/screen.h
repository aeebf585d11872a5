/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What several write to: the prompt with what is typed, the output of commands, and the log, to which
 * any thread may write at any time. Each comes out whole, and a prompt is never left behind torn.
 */
#ifndef TESTDLB_SCREEN_H
#define TESTDLB_SCREEN_H

#include <stdbool.h>
#include <stdio.h>

struct rdline;

struct screen {
	struct rdline *rdline;
	FILE *log;
	FILE *behind; /* where the log went before */
	bool prompts;
};

/**
 * Let nobody else write until screen_release(); may be nested. Only for writing: who waits for another
 * thread meanwhile waits for one that may want to log.
 */
void screen_hold(void);
void screen_release(void);

/**
 * Let the log go around a prompt: it erases the prompt, prints its lines where the log went before, and
 * draws the prompt again with what was typed.
 *
 * @param[out] screen
 *   Of the program's main function: a thread that has begun to log comes back to it at any time. Close it
 *   with screen_close().
 * @return
 *   0, or -ENOMEM.
 */
int screen_open(struct screen *screen, struct rdline *rdline);
/* The log goes where it went. */
void screen_close(struct screen *screen);

/* What rdline writes; it comes out with the prompt, or when the screen is released. */
int screen_put(char c);
/* The prompt, on a new line. */
void screen_prompt(struct screen *screen, const char *prompt);
/* What is typed has become a command: the line stays, and a log comes below it. */
void screen_prompt_end(struct screen *screen);

#endif /* TESTDLB_SCREEN_H */
