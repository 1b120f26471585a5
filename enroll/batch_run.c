/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A list is worked at by some processes at once, a group each: while one waits for the disk the
 * others make keys and sheets. What is in memory is a group for each process, however long the
 * list.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"
#include "command.h"
#include "hash.h"
#include "message.h"
#include "text.h"

#define WORKERS_MAX 9

/* Milliseconds between two looks at the progress. */
#define TICK 200

struct worker {
	pid_t pid;
	int to;   /* groups go there */
	int from; /* results come back; -1 once it has ended */
	bool busy;
	struct batch_group group;
	struct batch_results results;
};

struct run {
	struct batch *batch;
	struct batch_list *list;
	struct batch_tally *tally;
	struct worker *workers;
	size_t count;
	bool at_end; /* of the list */
	int status;
};

static volatile sig_atomic_t interrupted;

static void note_signal(int number)
{
	(void)number;
	interrupted = 1;
}

/* What the caller ignores stays ignored (nohup). */
static void set_signals(void (*handler)(int))
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = handler};
	struct sigaction old;

	(void)sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		if (sigaction(ends[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			(void)sigaction(ends[i], &action, NULL);
	}
}

/* All of it or nothing: the other end reads and writes the same. */
static bool move(ssize_t (*step)(int fd, void *at, size_t size), int fd, void *buffer, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t moved = step(fd, (char *)buffer + done, size - done);

		if (moved < 0 && errno == EINTR)
			continue;
		if (moved <= 0)
			return false;
		done += (size_t)moved;
	}
	return true;
}

static ssize_t write_step(int fd, void *at, size_t size)
{
	return write(fd, at, size);
}

/* The lock of the store is of who has opened it: what a fork shares would lock nobody out. */
static bool open_own_store(struct batch *batch)
{
	store_close(&batch->store);
	return store_open(batch->options.store, &batch->store) == REASON_NONE;
}

static void work(struct batch *batch, int from, int to)
{
	static struct batch_group group;
	static struct batch_results results;
	struct hasher hasher;

	set_signals(SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	/* Held, so that libcrypt is loaded once, and not for each user's codes. */
	(void)hash_open(&hasher);
	while (open_own_store(batch) && move(read, from, &group, sizeof(group))) {
		batch_work(batch, &group, &results);
		if (!move(write_step, to, &results, sizeof(results)))
			break;
	}
	_exit(0);
}

static bool start_worker(struct run *run, struct worker *worker)
{
	int groups[2], results[2];

	if (pipe(groups) != 0)
		return false;
	if (pipe(results) != 0) {
		(void)close(groups[0]);
		(void)close(groups[1]);
		return false;
	}
	worker->pid = fork();
	if (worker->pid == 0) {
		(void)close(groups[1]);
		(void)close(results[0]);
		/* An elder worker's end must close with the parent, not with us. */
		for (size_t i = 0; i < run->count; i++) {
			(void)close(run->workers[i].to);
			(void)close(run->workers[i].from);
		}
		work(run->batch, groups[0], results[1]);
	}
	(void)close(groups[0]);
	(void)close(results[1]);
	worker->to = groups[1];
	worker->from = results[0];
	return worker->pid > 0;
}

/* Take the next users of the list; what can't be read is told and passed over. */
static void fill_group(struct run *run, struct batch_group *group)
{
	const char *problem = NULL;

	group->count = 0;
	while (group->count < BATCH_GROUP && !run->at_end && interrupted == 0) {
		struct batch_line *line = &group->lines[group->count];

		switch (batch_list_next(run->list, line, &problem)) {
		case READ_LINE:
			group->count++;
			break;
		case READ_BAD:
			batch_tell_failure(run->batch, run->tally, line, problem);
			break;
		case READ_FAILED:
			run->at_end = interrupted == 0;
			if (run->at_end) {
				complain("%s: %s", run->batch->list_path, strerror(errno));
				run->status = STATUS_SYSTEM;
			}
			clearerr(run->list->stream);
			break;
		case READ_END:
			run->at_end = true;
			break;
		}
	}
}

static void fail_group(struct run *run, struct worker *worker)
{
	for (size_t i = 0; i < worker->group.count; i++)
		batch_tell_failure(run->batch, run->tally, &worker->group.lines[i],
				   N_("the process ended before it was done; run this again"));
	worker->busy = false;
	(void)close(worker->from);
	worker->from = -1;
}

static void give_work(struct run *run, struct worker *worker)
{
	fill_group(run, &worker->group);
	if (worker->group.count == 0)
		return;
	worker->busy = true;
	if (!move(write_step, worker->to, &worker->group, sizeof(worker->group)))
		fail_group(run, worker);
}

static void take_results(struct run *run, struct worker *worker)
{
	if (!move(read, worker->from, &worker->results, sizeof(worker->results)) ||
	    worker->results.count != worker->group.count) {
		fail_group(run, worker);
		return;
	}
	worker->busy = false;
	for (size_t i = 0; i < worker->group.count; i++) {
		const struct batch_result *result = &worker->results.items[i];

		if (result->outcome == BATCH_ENROLLED)
			run->tally->enrolled++;
		else if (result->outcome == BATCH_PRESENT)
			run->tally->present++;
		else
			batch_tell_failure(run->batch, run->tally, &worker->group.lines[i],
					   result->problem);
	}
}

/* Give work to who has none, and wait for results; false once all is done. */
static bool step(struct run *run)
{
	struct pollfd polls[WORKERS_MAX];
	size_t busy = 0, alive = 0;

	for (size_t i = 0; i < run->count; i++) {
		struct worker *worker = &run->workers[i];

		if (worker->from >= 0 && !worker->busy && !run->at_end && interrupted == 0)
			give_work(run, worker);
		busy += worker->busy;
		alive += worker->from >= 0;
		polls[i] =
			(struct pollfd){.fd = worker->busy ? worker->from : -1, .events = POLLIN};
	}
	if (alive == 0 && !run->at_end) {
		complain(_("all processes of this run were ended"));
		run->status = STATUS_SYSTEM;
	}
	if (busy == 0)
		return false;
	if (poll(polls, run->count, TICK) > 0) {
		for (size_t i = 0; i < run->count; i++) {
			if (polls[i].revents != 0)
				take_results(run, &run->workers[i]);
		}
	}
	batch_tell_progress(run->batch, run->list, run->tally);
	return true;
}

static double now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* One more than processors: one of them waits for the disk. */
static size_t worker_count(void)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (processors < 1)
		return 2;
	return processors < WORKERS_MAX ? (size_t)processors + 1 : WORKERS_MAX;
}

static void end_workers(struct run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		(void)close(run->workers[i].to);
		if (run->workers[i].from >= 0)
			(void)close(run->workers[i].from);
	}
	for (size_t i = 0; i < run->count; i++) {
		pid_t ended;

		do
			ended = waitpid(run->workers[i].pid, NULL, 0);
		while (ended < 0 && errno == EINTR);
	}
	free(run->workers);
}

int batch_run(struct batch *batch, struct batch_list *list, struct batch_tally *tally)
{
	struct run run = {.batch = batch, .list = list, .tally = tally, .status = STATUS_DONE};
	size_t wanted = worker_count();
	double begin = now();

	run.workers = calloc(wanted, sizeof(*run.workers));
	set_signals(note_signal);
	(void)signal(SIGPIPE, SIG_IGN);
	while (run.workers != NULL && run.count < wanted &&
	       start_worker(&run, &run.workers[run.count]))
		run.count++;
	if (run.count == 0) {
		free(run.workers);
		complain(_("no process can be started: %s"), strerror(errno));
		return STATUS_SYSTEM;
	}
	while (step(&run))
		tally->seconds = now() - begin;
	end_workers(&run);
	tally->seconds = now() - begin;
	tally->interrupted = interrupted != 0;
	return run.status;
}
