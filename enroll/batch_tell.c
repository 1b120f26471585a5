/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch.h"
#include "command.h"
#include "message.h"
#include "overview.h"
#include "terminal.h"
#include "text.h"

/* Columns of the bar at most, and of the numbers behind it. */
#define BAR_MAX      40
#define NUMBERS_SIZE 64

static bool has_bar(const struct batch *batch, struct terminal_size *size)
{
	return !batch->quiet && !batch->options.json && terminal_size(stderr, size);
}

/* How much of the list was read: by its bytes, since nobody has counted its lines. */
static double fraction(const struct batch_list *list)
{
	struct stat status;
	off_t at = ftello(list->stream);

	if (fstat(fileno(list->stream), &status) != 0 || !S_ISREG(status.st_mode) || at < 0 ||
	    status.st_size <= 0)
		return -1;
	return (double)at / (double)status.st_size;
}

/* As wide as there is room for, or nothing. */
static void print_bar(double part, size_t columns, size_t numbers)
{
	size_t width = BAR_MAX;
	size_t filled;

	while (width > 0 && width + numbers + 4 > columns)
		width--;
	filled = part > 0 ? (size_t)(part * (double)width) : 0;
	if (part < 0 || width == 0)
		return;
	(void)putc('[', stderr);
	for (size_t i = 0; i < width; i++)
		(void)putc(i < filled ? '#' : '.', stderr);
	(void)putc(']', stderr);
}

void batch_tell_progress(const struct batch *batch, const struct batch_list *list,
			 const struct batch_tally *tally)
{
	size_t done = tally->enrolled + tally->present + tally->failed;
	struct terminal_size size;
	char numbers[NUMBERS_SIZE];

	if (!has_bar(batch, &size))
		return;
	(void)snprintf(numbers, sizeof(numbers), _(" %zu users, %.0f a second"), done,
		       tally->seconds > 0 ? (double)done / tally->seconds : 0);
	(void)fprintf(stderr, "\r\033[K");
	print_bar(fraction(list), size.columns, strlen(numbers));
	(void)fprintf(stderr, "%s", numbers);
	(void)fflush(stderr);
}

static void clear_bar(const struct batch *batch)
{
	struct terminal_size size;

	if (has_bar(batch, &size))
		(void)fprintf(stderr, "\r\033[K");
}

/* As they come, so that memory does not grow with them. */
static void failure_json(struct batch_tally *tally, const struct batch_line *line,
			 const char *problem)
{
	json_t *json = json_pack("{s:i, s:s, s:s}", "line", (int)line->number, "user", line->user,
				 "problem", problem);

	if (json != NULL && !tally->any)
		(void)printf("{\n  \"failed\": [\n");
	status_worsen(&tally->status, overview_print_item(json, stdout, &tally->any));
}

static void failure_text(const struct batch *batch, const struct batch_line *line,
			 const char *problem)
{
	char path[PRINTABLE_MAX + 1];
	char name[PRINTABLE_MAX + 1];

	clear_bar(batch);
	complain("%s:%u: %s%s%s", printable(batch->list_path, path), line->number,
		 printable(line->user, name), line->user[0] != '\0' ? ": " : "", _(problem));
}

void batch_tell_failure(const struct batch *batch, struct batch_tally *tally,
			const struct batch_line *line, const char *problem)
{
	if (batch->options.json)
		failure_json(tally, line, problem);
	else
		failure_text(batch, line, problem);
	tally->failed++;
}

static void tell_sheets(const struct batch *batch)
{
	char path[PRINTABLE_MAX + 1];

	say(stdout, _("The sheets are in %s; delete them once they are handed over."),
	    printable(batch->out_path, path));
}

static void end_json(const struct batch_tally *tally)
{
	if (!tally->any)
		(void)printf("{\n  \"failed\": [");
	(void)printf("%s],\n  \"enrolled\": %zu,\n  \"finished\": %zu,\n  \"present\": %zu,\n"
		     "  \"interrupted\": %s,\n  \"seconds\": %.3f\n}\n",
		     tally->any ? "\n  " : "", tally->enrolled, tally->finished, tally->present,
		     tally->interrupted ? "true" : "false", tally->seconds);
}

static void end_text(const struct batch *batch, const struct batch_tally *tally)
{
	clear_bar(batch);
	if (tally->interrupted)
		complain(_("interrupted; run the same command again, and it goes on here"));
	if (batch->quiet)
		return;
	say(stdout, _("enrolled: %zu, in %.1f seconds, %.0f a second"), tally->enrolled,
	    tally->seconds, tally->seconds > 0 ? (double)tally->enrolled / tally->seconds : 0);
	if (tally->finished > 0)
		say(stdout, _("finished, after an earlier run was killed: %zu"), tally->finished);
	if (tally->present > 0)
		say(stdout, _("enrolled already: %zu"), tally->present);
	if (tally->failed > 0)
		say(stdout, _("failed: %zu"), tally->failed);
	if (tally->enrolled + tally->finished > 0)
		tell_sheets(batch);
}

int batch_tell_end(const struct batch *batch, const struct batch_tally *tally)
{
	if (batch->options.json)
		end_json(tally);
	else
		end_text(batch, tally);
	if (tally->status != STATUS_DONE)
		return tally->status;
	return tally->failed > 0 || tally->interrupted ? STATUS_REFUSED : STATUS_DONE;
}
