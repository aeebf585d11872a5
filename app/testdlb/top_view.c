/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "top_view.h"

#define LINE_BYTES 256
#define BAR_BYTES 20
#define FIXED_LINES 6 /* two of the head, two headings, a blank line, the keys */
#define BOLD "\033[1m"
#define RED "\033[31m"
#define PLAIN "\033[0m"

const char *const top_sorts[] = { "id", "rate", "fill", NULL };

/* Cut to the width of the screen: a line that wraps would push the others off it. */
__attribute__((format(printf, 4, 5))) static void
line_print(const struct top_view *view, const char *colour, FILE *file, const char *format, ...)
{
	char line[LINE_BYTES];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	fprintf(file, "%s%.*s%s\n", view->colour ? colour : "", (int)view->columns, line,
		view->colour ? PLAIN : "");
}

/* Seven characters at most. */
static const char *
rate_text(double rate, char *text, size_t size)
{
	if (rate >= 1e6)
		snprintf(text, size, "%.2fM", rate / 1e6);
	else if (rate >= 1e4)
		snprintf(text, size, "%.1fk", rate / 1e3);
	else
		snprintf(text, size, "%.0f", rate);
	return text;
}

static void
bar_make(uint64_t part, uint64_t whole, char bar[BAR_BYTES + 1])
{
	uint64_t filled = whole == 0 ? 0 : (part * BAR_BYTES + whole - 1) / whole;

	memset(bar, '.', BAR_BYTES);
	memset(bar, '#', filled > BAR_BYTES ? BAR_BYTES : filled);
	bar[BAR_BYTES] = '\0';
}

/* Descending by number, then ascending by id. */
static int
compare(double a, double b, uint32_t id_a, uint32_t id_b)
{
	if (a != b)
		return a > b ? -1 : 1;
	return id_a < id_b ? -1 : id_a > id_b;
}

static int
queues_by_rate(const void *a, const void *b)
{
	const struct top_queue *p = a, *q = b;

	return compare(p->rate, q->rate, p->id, q->id);
}

static int
queues_by_fill(const void *a, const void *b)
{
	const struct top_queue *p = a, *q = b;

	return compare((double)p->depth, (double)q->depth, p->id, q->id);
}

static int
ports_by_rate(const void *a, const void *b)
{
	const struct top_port *p = a, *q = b;

	return compare(p->rate, q->rate, p->id, q->id);
}

static int
ports_by_fill(const void *a, const void *b)
{
	const struct top_port *p = a, *q = b;

	return compare((double)p->inflights, (double)q->inflights, p->id, q->id);
}

typedef int (*compare_t)(const void *a, const void *b);

static void
sample_sort(struct top_sample *s, enum top_sort sort)
{
	static const compare_t queues[] = { NULL, queues_by_rate, queues_by_fill };
	static const compare_t ports[] = { NULL, ports_by_rate, ports_by_fill };

	if (queues[sort] == NULL)
		return;
	qsort(s->queues, s->nb_queues, sizeof(s->queues[0]), queues[sort]);
	qsort(s->ports, s->nb_ports, sizeof(s->ports[0]), ports[sort]);
}

static void
head_print(const struct top_view *view, const struct top_sample *s, FILE *file)
{
	line_print(view, BOLD, file, "%s  DLB %s  %s, %s  %s  pid %" PRIu64 "  every %.1f s%s",
		   s->name, s->hw, s->backend, s->sched, s->started ? "started" : "stopped",
		   view->pid, view->interval_s, view->paused ? "  PAUSED" : "");
	line_print(view, s->alarms > 0 ? RED : "", file,
		   "events %" PRIu64 " of %" PRIu64 "  credits left %" PRIu64 "/%" PRIu64
		   "  links pending %" PRIu64 "  alarms %" PRIu64,
		   s->events_limit - s->events_free, s->events_limit, s->hw_credits_left[0],
		   s->hw_credits_left[1], s->links_pending, s->alarms);
}

static void
queue_print(const struct top_view *view, const struct top_sample *s, const struct top_queue *queue,
	    FILE *file)
{
	char bar[BAR_BYTES + 1], rate[16];

	bar_make(queue->depth, s->events_limit, bar);
	line_print(view, "", file,
		   "%5" PRIu32 " %-4s %7" PRIu64 " [%s] %8" PRIu64 " %8" PRIu64 " %8s", queue->id,
		   queue->directed ? "dir" : "ldb", queue->depth, bar, queue->inflights,
		   queue->max_depth, rate_text(queue->rate, rate, sizeof(rate)));
}

static void
port_print(const struct top_view *view, const struct top_port *port, bool tells_flows, FILE *file)
{
	char rate[16], flows[24] = "-";

	if (tells_flows)
		snprintf(flows, sizeof(flows), "%" PRIu64, port->flows);
	line_print(view, "", file,
		   "%5" PRIu32 " %8s %6.1f%% %9" PRIu64 " %6" PRIu64 " %6" PRIu64 " %5s %7" PRIu64
		   " %5" PRIu64 " %4" PRIu64,
		   port->id, rate_text(port->rate, rate, sizeof(rate)), port->share,
		   port->inflights, port->tokens, port->held, flows, port->credits, port->links,
		   port->members);
}

/* Half of the room for each table; what one does not need is the other's. */
static void
rows_share(const struct top_view *view, const struct top_sample *s, uint32_t *queues,
	   uint32_t *ports)
{
	uint32_t room = view->lines > FIXED_LINES + 2 ? view->lines - FIXED_LINES : 2;
	uint32_t half = room / 2;

	*queues = s->nb_queues;
	*ports = s->nb_ports;
	if (*queues + *ports <= room)
		return;
	if (*queues <= half)
		*ports = room - *queues;
	else if (*ports <= room - half)
		*queues = room - *ports;
	else {
		*queues = half;
		*ports = room - half;
	}
}

/* Where a table begins, so that its last rows fill it when one scrolls too far. */
static uint32_t
first_row(uint32_t scroll, uint32_t all, uint32_t shown)
{
	return scroll + shown > all ? all - shown : scroll;
}

void
top_view_print(const struct top_view *view, struct top_sample *sample, FILE *file)
{
	uint32_t queues, ports, first, i;

	sample_sort(sample, view->sort);
	rows_share(view, sample, &queues, &ports);
	head_print(view, sample, file);
	line_print(view, BOLD, file, "QUEUE KIND   DEPTH %*s INFLIGHT MAXDEPTH    ENQ/S",
		   BAR_BYTES + 2, "");
	first = first_row(view->scroll, sample->nb_queues, queues);
	for (i = 0; i < queues; i++)
		queue_print(view, sample, &sample->queues[first + i], file);
	line_print(view, BOLD, file,
		   " PORT   RATE/S  SHARE  INFLIGHT TOKENS   HELD FLOWS CREDITS LINKS  CQS");
	first = first_row(view->scroll, sample->nb_ports, ports);
	for (i = 0; i < ports; i++)
		port_print(view, &sample->ports[first + i], sample->tells_flows, file);
	line_print(view, "", file,
		   "%" PRIu32 " queues, %" PRIu32
		   " ports by %s   q quit  s sort  p pause  +/- interval  j/k scroll",
		   sample->nb_queues, sample->nb_ports, top_sorts[view->sort]);
}
