/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "interrupt.h"
#include "top.h"
#include "top_view.h"

#define STATUS_UNUSABLE 2
#define INTERVAL_MIN_S 0.1
#define INTERVAL_MAX_S 60.0
#define SCREEN_OPEN "\033[?1049h\033[?25l"
#define SCREEN_CLOSE "\033[?25h\033[?1049l"
#define SCREEN_HOME "\033[H"
#define SCREEN_CLEAR_LINE "\033[K"
#define SCREEN_CLEAR_REST "\033[J"

struct top {
	struct telemetry_client client;
	struct top_view view;
	struct top_sample samples[2]; /* in turn */
	uint32_t taken;
	uint32_t dev_id;
	const char *prefix, *device;
	uint64_t frames; /* to print; 0: until the user quits */
	bool is_screen;
	int interrupt_fd;
	struct termios before;
};

static int
usage(FILE *file, int status)
{
	fputs("usage: dpdk-testdlb top [OPTION]...\n"
	      "A live view of a DLB in a running process, over its telemetry socket.\n"
	      "  --file-prefix PREFIX   of the process (rte)\n"
	      "  --device NAME|ID       of its devices; without: the first\n"
	      "  --interval SECONDS     between two looks, 0.1 to 60 (1)\n"
	      "  --sort id|rate|fill    order of the rows (id)\n"
	      "  --frames N             print that many, and end; as plain text unless on a terminal\n"
	      "Keys: q quit, s sort, p pause, + and - interval, j and k scroll.\n"
	      "Exit status: 0, 1 when the process goes away, 2 when it could not begin.\n",
	      file);
	return status;
}

static bool
sort_read(const char *text, enum top_sort *sort)
{
	for (*sort = 0; *sort < TOP_SORT_COUNT; (*sort)++) {
		if (strcmp(text, top_sorts[*sort]) == 0)
			return true;
	}
	return false;
}

/* Returns what would be accepted, or NULL when the value is fine. */
static const char *
option_take(struct top *t, const char *name, const char *value)
{
	char *end;

	if (strcmp(name, "--file-prefix") == 0) {
		t->prefix = value;
		return value[0] == '\0' || strchr(value, '/') != NULL ? "a name" : NULL;
	}
	if (strcmp(name, "--device") == 0) {
		t->device = value;
		return NULL;
	}
	if (strcmp(name, "--interval") == 0) {
		t->view.interval_s = strtod(value, &end);
		return end != value && *end == '\0' && t->view.interval_s >= INTERVAL_MIN_S &&
				       t->view.interval_s <= INTERVAL_MAX_S
			       ? NULL
			       : "0.1 to 60";
	}
	if (strcmp(name, "--sort") == 0)
		return sort_read(value, &t->view.sort) ? NULL : "id, rate, fill";
	if (strcmp(name, "--frames") == 0) {
		t->frames = strtoull(value, &end, 10);
		return end != value && *end == '\0' && value[0] != '-' && t->frames > 0
			       ? NULL
			       : "1 and more";
	}
	return "--file-prefix, --device, --interval, --sort, --frames";
}

static int
options_read(struct top *t, int argc, char *argv[])
{
	const char *accepted;
	int i;

	for (i = 1; i < argc; i += 2) {
		if (i + 1 == argc) {
			fprintf(stderr, "dpdk-testdlb top: %s: its value is missing\n", argv[i]);
			return -EINVAL;
		}
		accepted = option_take(t, argv[i], argv[i + 1]);
		if (accepted != NULL) {
			fprintf(stderr, "dpdk-testdlb top: %s %s: accepted: %s\n", argv[i],
				argv[i + 1], accepted);
			return -EINVAL;
		}
	}
	return 0;
}

static void
screen_open(struct top *t)
{
	struct termios raw;

	t->is_screen = isatty(STDOUT_FILENO) && tcgetattr(STDIN_FILENO, &t->before) == 0;
	if (!t->is_screen)
		return;
	raw = t->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	fputs(SCREEN_OPEN, stdout);
}

static void
screen_close(struct top *t)
{
	if (!t->is_screen)
		return;
	fputs(SCREEN_CLOSE, stdout);
	fflush(stdout);
	tcsetattr(STDIN_FILENO, TCSANOW, &t->before);
}

static void
screen_measure(struct top *t)
{
	struct winsize size = { 0 };

	t->view.lines = t->is_screen ? 24 : UINT32_MAX;
	t->view.columns = 80;
	t->view.colour = t->is_screen && getenv("NO_COLOR") == NULL;
	if (t->is_screen && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0) {
		t->view.lines = size.ws_row;
		t->view.columns = size.ws_col;
	}
}

/* One write a frame, so that the screen does not flicker; no end of line behind the last one. */
static void
frame_print(struct top *t)
{
	struct top_sample *sample = &t->samples[t->taken % 2];
	char *text = NULL, *line, *next;
	size_t size = 0;
	FILE *file;

	screen_measure(t);
	file = open_memstream(&text, &size);
	if (file == NULL)
		return;
	top_view_print(&t->view, sample, file);
	fclose(file);
	if (!t->is_screen) {
		fputs(text, stdout);
	} else {
		fputs(SCREEN_HOME, stdout);
		for (line = text; *line != '\0'; line = next) {
			next = line + strcspn(line, "\n");
			*next++ = '\0';
			printf("%s%s%s", line, SCREEN_CLEAR_LINE, *next == '\0' ? "" : "\n");
		}
		fputs(SCREEN_CLEAR_REST, stdout);
	}
	fflush(stdout);
	free(text);
}

static int
sample_next(struct top *t)
{
	uint32_t next = (t->taken + 1) % 2;
	int ret = top_sample_take(&t->client, t->dev_id, &t->samples[next]);

	if (ret < 0)
		return ret;
	if (t->taken > 0)
		top_sample_rate(&t->samples[next], &t->samples[t->taken % 2]);
	t->taken++;
	return 0;
}

/* Returns false when the user quits. */
static bool
key_take(struct top *t, char key)
{
	switch (key) {
	case 'q':
		return false;
	case 's':
		t->view.sort = (t->view.sort + 1) % TOP_SORT_COUNT;
		break;
	case 'p':
		t->view.paused = !t->view.paused;
		break;
	case '+':
		if (t->view.interval_s * 2 <= INTERVAL_MAX_S)
			t->view.interval_s *= 2;
		break;
	case '-':
		if (t->view.interval_s / 2 >= INTERVAL_MIN_S)
			t->view.interval_s /= 2;
		break;
	case 'j':
		t->view.scroll += t->view.scroll < TOP_ROWS_MAX;
		break;
	case 'k':
		t->view.scroll -= t->view.scroll > 0;
		break;
	default:
		break;
	}
	frame_print(t);
	return true;
}

/* Until the next look is due. Returns false when the user quits. */
static bool
wait_and_obey(struct top *t)
{
	int ms = (int)(t->view.interval_s * 1000);
	char key;

	switch (interrupt_wait_input(t->interrupt_fd, t->is_screen ? STDIN_FILENO : -1, ms)) {
	case INTERRUPT_USER:
		return false;
	case INTERRUPT_INPUT:
		return read(STDIN_FILENO, &key, 1) == 1 && key_take(t, key);
	default:
		return true;
	}
}

/* Rates need two samples: the first one is not shown, but for a screen that would stay empty. */
static int
frames_show(struct top *t)
{
	uint64_t shown = 0;
	int ret;

	ret = sample_next(t);
	if (ret == 0 && t->is_screen)
		frame_print(t);
	while (ret == 0 && wait_and_obey(t)) {
		if (t->view.paused)
			continue;
		ret = sample_next(t);
		if (ret < 0)
			break;
		frame_print(t);
		if (++shown == t->frames)
			break;
	}
	return ret;
}

static int
watch(struct top *t)
{
	char path[256];
	int ret;

	ret = telemetry_client_open(&t->client, t->prefix, path, sizeof(path));
	if (ret < 0) {
		fprintf(stderr,
			"dpdk-testdlb top: --file-prefix %s: %s: %s: accepted is the prefix of a "
			"running process with telemetry\n",
			t->prefix, path, strerror(-ret));
		return STATUS_UNUSABLE;
	}
	t->view.pid = t->client.pid;
	ret = top_device_find(&t->client, t->device);
	if (ret < 0) {
		fprintf(stderr, "dpdk-testdlb top: process %llu has no DLB%s%s\n",
			(unsigned long long)t->client.pid, t->device == NULL ? "" : " named ",
			t->device == NULL ? "" : t->device);
		telemetry_client_close(&t->client);
		return STATUS_UNUSABLE;
	}
	t->dev_id = (uint32_t)ret;
	screen_open(t);
	ret = frames_show(t);
	screen_close(t);
	telemetry_client_close(&t->client);
	if (ret == 0)
		return EXIT_SUCCESS;
	fprintf(stderr, "dpdk-testdlb top: the process, or its device, is gone\n");
	return EXIT_FAILURE;
}

int
top_main(int argc, char *argv[])
{
	struct top *t;
	int status;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return usage(stdout, EXIT_SUCCESS);
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return STATUS_UNUSABLE;
	t->prefix = "rte";
	t->view.interval_s = 1;
	t->interrupt_fd = interrupt_open();
	status = options_read(t, argc, argv) < 0 ? usage(stderr, STATUS_UNUSABLE) : watch(t);
	free(t);
	return status;
}
