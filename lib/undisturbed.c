/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P5, fails closed, and P9, bounded: su and sudo hand the caller's RLIMIT_FSIZE on, and a caller
 * that set it to 0 must neither kill the host program nor escape the count of guesses; and they
 * share the caller's terminal, which must not stop them with a lock that others wait for. SIGXFSZ
 * goes to the thread that wrote, so blocking it there is all it takes, and other threads see
 * nothing.
 *
 * su keeps its caller for its real user until it becomes another, and kill(2) lets the real and
 * the saved user stop a process: so they are root for as long. What root started, sshd and login,
 * is root's anyway.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/fsuid.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "undisturbed.h"

/* Where the call without a number knows no user above 65535. */
#ifdef SYS_setresuid32
#define SET_USERS SYS_setresuid32
#else
#define SET_USERS SYS_setresuid
#endif

static sigset_t size_signal(void)
{
	sigset_t alone;

	(void)sigemptyset(&alone);
	(void)sigaddset(&alone, SIGXFSZ);
	return alone;
}

static sigset_t disturbing(void)
{
	static const int stops[] = {SIGTSTP, SIGTTIN, SIGTTOU};
	sigset_t signals = size_signal();

	for (size_t i = 0; i < sizeof(stops) / sizeof(*stops); i++)
		(void)sigaddset(&signals, stops[i]);
	return signals;
}

#define AS_IT_IS ((uid_t)-1)

/* Of this thread alone: that of libc would have all others interrupted, and changed. */
static bool set_users(uid_t real, uid_t effective, uid_t saved)
{
	return syscall(SET_USERS, real, effective, saved) == 0;
}

/*
 * Another thread may have become another user for all of them: as the effective user, which is not
 * ours, or with another real or saved one as well, which is that thread's word and stays.
 */
static bool is_as_taken(uid_t *effective)
{
	uid_t real, saved;

	return getresuid(&real, effective, &saved) == 0 && real == 0 && saved == 0;
}

/* By what the kernel noted at exec, for a login as root's costs no system call more. */
static bool is_set_user_id_root(void)
{
	return getauxval(AT_UID) != 0 && getauxval(AT_EUID) == 0;
}

/*
 * Anyone may set both to the effective user, but to give another back takes a right, whoever rules
 * on it. So that one is set first who is none of the three: where that is refused, nothing has
 * changed.
 */
static bool can_give_back(const struct undisturbed *before)
{
	uid_t stranger = 1;

	while (stranger == before->real || stranger == before->saved)
		stranger++;
	return set_users(before->real, AS_IT_IS, stranger);
}

static void take_from_caller(struct undisturbed *before)
{
	uid_t effective;

	/* Who opens files as another user would do so as root afterwards. */
	before->was_callers = is_set_user_id_root() && setfsuid((uid_t)-1) == 0 &&
			      getresuid(&before->real, &effective, &before->saved) == 0 &&
			      effective == 0 && (before->real != 0 || before->saved != 0) &&
			      can_give_back(before);
	if (before->was_callers)
		(void)set_users(0, AS_IT_IS, 0);
}

/*
 * A program that becomes its caller for good would stay root instead, and not know. No handler of
 * its own runs, and no core dump with what it knows is left.
 */
__attribute__((noreturn)) static void die(void)
{
	(void)kill(getpid(), SIGKILL);
	_exit(EXIT_FAILURE); /* the first process of a container does not die of it */
}

/*
 * Who takes a user that has more processes than RLIMIT_NPROC allows may execute nothing more
 * (execve(2), EAGAIN), which must not come of this: no limit is there for the moment, unless root
 * lacks the right to lift it, and so for the most part to fork there, too. Another thread that
 * finds it lifted leaves it to this one to bring it back.
 */
static void give_back_to_caller(const struct undisturbed *before, uid_t effective)
{
	const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
	struct rlimit limit;
	bool lifted;

	/* Root alone may give back what is not its own. */
	if (effective != 0 && !set_users(AS_IT_IS, 0, AS_IT_IS))
		die();
	lifted = prlimit(0, RLIMIT_NPROC, &none, &limit) == 0 &&
		 (limit.rlim_cur != RLIM_INFINITY || limit.rlim_max != RLIM_INFINITY);
	if (!set_users(before->real, effective, before->saved))
		die();
	if (lifted)
		(void)prlimit(0, RLIMIT_NPROC, &limit, NULL);
}

void undisturbed_begin(struct undisturbed *before)
{
	sigset_t signals = disturbing();
	sigset_t pending;

	(void)pthread_sigmask(SIG_BLOCK, &signals, &before->mask);
	before->size_was_pending = sigismember(&before->mask, SIGXFSZ) == 1 &&
				   sigpending(&pending) == 0 && sigismember(&pending, SIGXFSZ) == 1;
	take_from_caller(before);
}

/* A write of ours that failed raised it. */
static void take_size_signal(void)
{
	const struct timespec now = {0};
	sigset_t alone = size_signal();
	int taken;

	do
		taken = sigtimedwait(&alone, NULL, &now);
	while (taken < 0 && errno == EINTR);
}

void undisturbed_end(const struct undisturbed *before, bool raised)
{
	uid_t effective;

	if (before->was_callers && is_as_taken(&effective))
		give_back_to_caller(before, effective);
	if (raised && !before->size_was_pending)
		take_size_signal();
	(void)pthread_sigmask(SIG_SETMASK, &before->mask, NULL);
}
