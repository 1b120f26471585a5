/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Workers are processes, not threads (P9): each prints every n-th piece into memory and hands it
 * over by a pipe, which also keeps it from running far ahead of the one who reads.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "memory_text.h"
#include "message.h"
#include "parallel.h"
#include "text.h"

/* Items of a piece: enough that a worker's pipe is seldom waited for. */
#define PIECE 256

/* Fewer items are done before a worker has started. */
#define WORTHWHILE   ((size_t)8 * PIECE)

#define WORKERS_MOST 8

/* No enum status: a piece that is not there. */
#define PIECE_LOST (STATUS_SYSTEM + 1)

struct worker {
	pid_t process;
	int pipe;
};

/* What precedes the text of a piece in the pipe. */
struct heading {
	size_t size;
	int status;
};

static bool write_all(int fd, const void *data, size_t size)
{
	const char *bytes = data;

	while (size > 0) {
		ssize_t put = write(fd, bytes, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		bytes += put;
		size -= (size_t)put;
	}
	return true;
}

static bool read_all(int fd, void *data, size_t size)
{
	char *bytes = data;

	while (size > 0) {
		ssize_t got = read(fd, bytes, size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		bytes += got;
		size -= (size_t)got;
	}
	return true;
}

/* Print a piece into memory. Return false if there is none. */
static bool print_piece(const struct task *task, size_t from, char **text, struct heading *heading)
{
	size_t to = from + PIECE < task->count ? from + PIECE : task->count;
	FILE *stream = open_memstream(text, &heading->size);

	if (stream == NULL)
		return false;
	heading->status = task->print(from, to, stream, task->context);
	return memory_text_close(stream, text);
}

__attribute__((noreturn)) static void work(const struct task *task, size_t first, size_t workers,
					   int pipe)
{
	for (size_t from = first * PIECE; from < task->count; from += workers * PIECE) {
		struct heading heading;
		char *text = NULL;

		if (!print_piece(task, from, &text, &heading) ||
		    !write_all(pipe, &heading, sizeof(heading)) ||
		    !write_all(pipe, text, heading.size))
			_exit(EXIT_FAILURE);
		free(text);
	}
	_exit(EXIT_SUCCESS);
}

/* Start up to ${wanted} workers; return how many there are. */
static size_t start_workers(const struct task *task, size_t wanted, struct worker *workers)
{
	int pipes[WORKERS_MOST][2];
	size_t count = 0;

	while (count < wanted && pipe2(pipes[count], O_CLOEXEC) == 0)
		count++;
	for (size_t i = 0; i < count; i++) {
		workers[i] = (struct worker){.process = fork(), .pipe = pipes[i][0]};
		if (workers[i].process != 0)
			continue;
		/* No one else may hold the reading ends: who writes is to see them closed. */
		for (size_t j = 0; j < count; j++)
			(void)close(pipes[j][0]);
		work(task, i, count, pipes[i][1]);
	}
	for (size_t i = 0; i < count; i++)
		(void)close(pipes[i][1]);
	return count;
}

static void end_workers(const struct worker *workers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)close(workers[i].pipe);
	for (size_t i = 0; i < count; i++) {
		if (workers[i].process > 0)
			(void)waitpid(workers[i].process, NULL, 0);
	}
}

static void put_piece(const struct task *task, const struct heading *heading, const char *text,
		      bool *any)
{
	if (heading->size == 0)
		return;
	if (*any && task->separator != NULL)
		(void)fputs(task->separator, stdout);
	*any = true;
	(void)fwrite(text, 1, heading->size, stdout);
}

/* Print the piece that a worker has made; return its status, or PIECE_LOST. */
static int take_piece(const struct task *task, int pipe, bool *any)
{
	struct heading heading;
	int status = PIECE_LOST;
	char *text;

	if (!read_all(pipe, &heading, sizeof(heading)))
		return PIECE_LOST;
	text = malloc(heading.size + 1);
	if (text != NULL && read_all(pipe, text, heading.size)) {
		put_piece(task, &heading, text, any);
		status = heading.status;
	}
	free(text);
	return status;
}

/* The same without a worker. */
static int make_piece(const struct task *task, size_t from, bool *any)
{
	struct heading heading;
	int status = PIECE_LOST;
	char *text = NULL;

	if (print_piece(task, from, &text, &heading)) {
		put_piece(task, &heading, text, any);
		status = heading.status;
	}
	free(text);
	return status;
}

/* A worker for each processor that this process may use; none where there is only one. */
static size_t workers_for(const struct task *task)
{
	cpu_set_t usable;
	int processors;

	if (task->count < WORTHWHILE || sched_getaffinity(0, sizeof(usable), &usable) != 0)
		return 0;
	processors = CPU_COUNT(&usable);
	if (processors < 2)
		return 0;
	return processors > WORKERS_MOST ? WORKERS_MOST : (size_t)processors;
}

int parallel_print(const struct task *task)
{
	struct worker workers[WORKERS_MOST];
	size_t count = start_workers(task, workers_for(task), workers);
	int worst = STATUS_DONE;
	bool any = false;

	for (size_t from = 0; from < task->count && ferror(stdout) == 0; from += PIECE) {
		int status = count > 0 ? take_piece(task, workers[from / PIECE % count].pipe, &any)
				       : make_piece(task, from, &any);

		status_worsen(&worst, status);
		if (status == PIECE_LOST) {
			complain(_("a part is missing: memory or processes ran out"));
			worst = STATUS_SYSTEM;
			break;
		}
	}
	end_workers(workers, count);
	return worst;
}
