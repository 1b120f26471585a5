/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A set-user-ID program is started by whoever likes, with descriptors, limits, signals and an
 * environment of their making. What can be taken back is; a limit that can't be raised again makes
 * an operation fail, and with it the request.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "surroundings.h"

/* Nothing that is opened later becomes a standard descriptor, and nothing else is inherited. */
static void reset_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		_exit(EXIT_FAILURE);
	if (dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
		_exit(EXIT_FAILURE);
	closefrom(STDERR_FILENO + 1);
}

/*
 * What a terminal could stop us with is ignored: a stopped process keeps its locks. So is what a
 * write that fails would end us with, before it is told.
 */
static void reset_signals(void)
{
	static const int unwanted[] = {SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE, SIGXFSZ};
	const struct sigaction by_default = {.sa_handler = SIG_DFL};
	const struct sigaction ignored = {.sa_handler = SIG_IGN};
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		(void)sigaction(number, &by_default, NULL);
	for (size_t i = 0; i < sizeof(unwanted) / sizeof(*unwanted); i++)
		(void)sigaction(unwanted[i], &ignored, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void reset_timers(unsigned patience)
{
	const struct itimerval never = {0};

	(void)setitimer(ITIMER_VIRTUAL, &never, NULL);
	(void)setitimer(ITIMER_PROF, &never, NULL);
	(void)alarm(patience);
}

/* As high as the caller has left them; but no core dump, which would hold keys. */
static void reset_limits(void)
{
	const struct rlimit nothing = {0};

	for (int resource = 0; resource < RLIM_NLIMITS; resource++) {
		struct rlimit limit;

		if (getrlimit((__rlimit_resource_t)resource, &limit) != 0)
			continue;
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit((__rlimit_resource_t)resource, &limit);
	}
	if (setrlimit(RLIMIT_CORE, &nothing) != 0)
		_exit(EXIT_FAILURE);
}

void surroundings_reset(unsigned patience)
{
	reset_signals();
	reset_timers(patience);
	reset_limits();
	reset_descriptors();
	(void)umask(S_IRWXG | S_IRWXO);
	if (clearenv() != 0 || chdir("/") != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
		_exit(EXIT_FAILURE);
}

void surroundings_drop_input(void)
{
	if (dup2(STDOUT_FILENO, STDIN_FILENO) < 0)
		_exit(EXIT_FAILURE);
}

bool surroundings_caller(struct caller *caller)
{
	*caller = (struct caller){.uid = getuid(), .owner = geteuid()};
	return caller->owner != 0 && caller->owner != caller->uid;
}

bool surroundings_leave(const struct caller *caller)
{
	uid_t real, effective, saved;

	return setresuid(caller->owner, caller->owner, caller->owner) == 0 &&
	       getresuid(&real, &effective, &saved) == 0 && real == caller->owner &&
	       effective == caller->owner && saved == caller->owner &&
	       prctl(PR_SET_DUMPABLE, 0) == 0;
}
