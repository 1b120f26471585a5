/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "program.h"

/* Milliseconds. */
#define PATIENCE 10000

static int64_t milliseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static pid_t start(char *const *argv, int output)
{
	char *const environment[] = {NULL};
	posix_spawn_file_actions_t actions;
	pid_t process = -1;
	int error;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return -1;
	error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
	if (error == 0)
		error = posix_spawn(&process, argv[0], &actions, NULL, argv, environment);
	(void)posix_spawn_file_actions_destroy(&actions);
	return error == 0 ? process : -1;
}

/* Until the program closes its output. Return false if that takes too long. */
static bool read_output(int fd, char text[PROGRAM_OUTPUT_MAX + 1])
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	int64_t deadline = milliseconds() + PATIENCE;
	size_t length = 0;
	char beyond[512];

	for (;;) {
		int64_t left = deadline - milliseconds();
		ssize_t got;

		if (left <= 0 || poll(&ready, 1, (int)left) == 0)
			return false;
		if (length < PROGRAM_OUTPUT_MAX)
			got = read(fd, text + length, PROGRAM_OUTPUT_MAX - length);
		else
			got = read(fd, beyond, sizeof(beyond));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
		if (length < PROGRAM_OUTPUT_MAX)
			length += (size_t)got;
		text[length] = '\0';
	}
}

int program_output(char *const *argv, char text[PROGRAM_OUTPUT_MAX + 1])
{
	int ends[2];
	pid_t process;
	int status = -1;

	text[0] = '\0';
	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	process = start(argv, ends[1]);
	(void)close(ends[1]);
	if (process > 0) {
		if (!read_output(ends[0], text))
			(void)kill(process, SIGKILL);
		while (waitpid(process, &status, 0) < 0 && errno == EINTR)
			;
	}
	(void)close(ends[0]);
	return process > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
