/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P9, bounded: nobody is waited for longer than asked. P5, fails closed: only a status that was
 * seen counts.
 *
 * The status of a child is for whoever in the program waits first, and is nobody's where SIGCHLD is
 * ignored. So the program is not run as our child but as that of a middle process, a copy of this
 * one that ends without any signal: the kernel keeps the status of such a child until someone asks
 * for it by __WCLONE (clone(2), wait(2)), which nobody does who waits for children of their own.
 * Between clone and execve only calls that are async-signal-safe are made: other threads may hold
 * the locks of malloc and stdio.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"

/* Bytes: the two functions below take a fraction of it, a handler of the caller's never runs. */
#define STACK_SIZE 65536

/* The middle process's errand. */
struct errand {
	const struct child *child;
	char *stack; /* for the program until it is executed */
};

static int64_t monotonic_milliseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void forget_signals(void)
{
	const struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		(void)sigaction(number, &action, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static int execute(void *context)
{
	const struct errand *errand = context;
	char *const environment[] = {NULL};

	forget_signals();
	(void)execve(errand->child->path, errand->child->argv, environment);
	_exit(CHILD_NOT_RUN);
}

/* Above the standard ones, which it may be one of where the caller has closed them. */
static int lift(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

/* The standard descriptors are the child's, and nothing of the caller's stays open. */
static bool arrange_descriptors(const struct child *child)
{
	int nowhere = lift(open("/dev/null", O_RDWR | O_CLOEXEC));
	int input = lift(child->input);
	int output = child->output >= 0 ? lift(child->output) : nowhere;

	if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
	    dup2(nowhere, STDERR_FILENO) < 0)
		return false;
	(void)close_range(STDERR_FILENO + 1, ~0U, 0);
	return true;
}

/* Until the program has ended, or ${deadline}: SIGCHLD is blocked, so that it can be waited for. */
static int status_before(pid_t program, int64_t deadline)
{
	sigset_t child_signal;
	int status;

	(void)sigemptyset(&child_signal);
	(void)sigaddset(&child_signal, SIGCHLD);
	for (;;) {
		int64_t left = deadline - monotonic_milliseconds();
		pid_t ended = waitpid(program, &status, WNOHANG);
		struct timespec timeout;

		if (ended == program)
			return WIFEXITED(status) ? WEXITSTATUS(status) : CHILD_LOST;
		if ((ended < 0 && errno != EINTR) || left <= 0)
			return CHILD_LOST;
		timeout =
			(struct timespec){.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
		(void)sigtimedwait(&child_signal, NULL, &timeout);
	}
}

/* All signals are blocked, and stay so. */
static int stand_between(void *context)
{
	const struct errand *errand = context;
	const struct sigaction action = {.sa_handler = SIG_DFL};
	int64_t deadline = monotonic_milliseconds() + (int64_t)errand->child->patience * 1000;
	pid_t program;
	int status;

	if (!arrange_descriptors(errand->child))
		_exit(CHILD_NOT_RUN);
	(void)sigaction(SIGCHLD, &action, NULL);
	program = clone(execute, errand->stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | SIGCHLD,
			context);
	if (program < 0)
		_exit(CHILD_NOT_RUN);
	status = status_before(program, deadline);
	/* One that has other rights by now may not be ours to kill; it has its own alarm. */
	if (status == CHILD_LOST && kill(program, SIGKILL) == 0)
		(void)status_before(program, monotonic_milliseconds() + 1000);
	_exit(status);
}

static int wait_for_middle(pid_t middle)
{
	int status;

	while (waitpid(middle, &status, (int)__WCLONE) != middle) {
		if (errno != EINTR)
			return CHILD_LOST;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : CHILD_LOST;
}

int child_run(const struct child *child)
{
	char *stacks = mmap(NULL, (size_t)2 * STACK_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	struct errand errand = {.child = child, .stack = stacks};
	int status = CHILD_NOT_RUN;
	sigset_t all, before;
	pid_t middle;

	if (stacks == MAP_FAILED)
		return CHILD_NOT_RUN;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	middle = clone(stand_between, stacks + (size_t)2 * STACK_SIZE, 0, &errand);
	if (middle >= 0)
		status = wait_for_middle(middle);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)munmap(stacks, (size_t)2 * STACK_SIZE);
	return status;
}
