/* SPDX-License-Identifier: BSD-2-Clause */
#include "surroundings.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static void do_nothing(int number)
{
	(void)number;
}

void surroundings_furnish(void)
{
	static const int caught[] = {SIGCHLD, SIGPIPE, SIGALRM, SIGXFSZ, SIGTERM};
	static const int blocked[] = {SIGUSR1, SIGTERM};
	struct sigaction action = {.sa_handler = do_nothing, .sa_flags = SA_RESTART};
	sigset_t signals;

	(void)sigemptyset(&signals);
	for (size_t i = 0; i < COUNT(blocked); i++)
		(void)sigaddset(&signals, blocked[i]);
	assert_int_equal(sigprocmask(SIG_SETMASK, &signals, NULL), 0);
	action.sa_mask = signals;
	for (size_t i = 0; i < COUNT(caught); i++)
		assert_int_equal(sigaction(caught[i], &action, NULL), 0);
	assert_int_not_equal(signal(SIGHUP, SIG_IGN), SIG_ERR);
	(void)umask(S_IWOTH);
	assert_int_equal(chdir("/tmp"), 0);
}

static void note_environment(struct surroundings *surroundings)
{
	size_t count = 0;

	surroundings->environment = environ;
	for (char **variable = environ; *variable != NULL; variable++) {
		size_t size = strlen(*variable) + 1;

		assert_true(count + 1 < COUNT(surroundings->variables));
		assert_true(size <= sizeof(surroundings->text) - surroundings->length);
		surroundings->variables[count++] = *variable;
		memcpy(surroundings->text + surroundings->length, *variable, size);
		surroundings->length += size;
	}
}

void surroundings_note(struct surroundings *surroundings)
{
	memset(surroundings, 0, sizeof(*surroundings));
	assert_int_equal(getresuid(&surroundings->users[0], &surroundings->users[1],
				   &surroundings->users[2]),
			 0);
	surroundings->mask = umask(0);
	(void)umask(surroundings->mask);
	assert_non_null(getcwd(surroundings->directory, sizeof(surroundings->directory)));
	note_environment(surroundings);
	/* glibc keeps two for itself, and does not tell of them. */
	for (int number = 1; number < NSIG; number++)
		(void)sigaction(number, NULL, &surroundings->actions[number]);
	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &surroundings->blocked), 0);
	for (size_t fd = 0; fd < COUNT(surroundings->open); fd++)
		surroundings->open[fd] = fcntl((int)fd, F_GETFD) >= 0;
}

static void expect_set(const sigset_t *set, const sigset_t *expected)
{
	for (int number = 1; number < NSIG; number++)
		assert_int_equal(sigismember(set, number), sigismember(expected, number));
}

static void expect_signals(const struct surroundings *before, const struct surroundings *now)
{
	for (int number = 1; number < NSIG; number++) {
		const struct sigaction *was = &before->actions[number];
		const struct sigaction *is = &now->actions[number];

		assert_ptr_equal(is->sa_handler, was->sa_handler);
		assert_int_equal(is->sa_flags, was->sa_flags);
		expect_set(&is->sa_mask, &was->sa_mask);
	}
	expect_set(&now->blocked, &before->blocked);
}

void surroundings_expect(const struct surroundings *surroundings)
{
	static struct surroundings now;

	surroundings_note(&now);
	assert_memory_equal(now.users, surroundings->users, sizeof(now.users));
	assert_int_equal(now.mask, surroundings->mask);
	assert_string_equal(now.directory, surroundings->directory);
	assert_ptr_equal(now.environment, surroundings->environment);
	assert_memory_equal(now.variables, surroundings->variables, sizeof(now.variables));
	assert_int_equal(now.length, surroundings->length);
	assert_memory_equal(now.text, surroundings->text, sizeof(now.text));
	expect_signals(surroundings, &now);
	assert_memory_equal(now.open, surroundings->open, sizeof(now.open));
}

unsigned surroundings_opened(const struct surroundings *surroundings)
{
	unsigned count = 0;

	for (size_t fd = 0; fd < COUNT(surroundings->open); fd++) {
		int flags = fcntl((int)fd, F_GETFD);

		if (flags < 0 || surroundings->open[fd])
			continue;
		if ((flags & FD_CLOEXEC) == 0)
			fail_msg("descriptor %zu would be inherited", fd);
		count++;
	}
	return count;
}
