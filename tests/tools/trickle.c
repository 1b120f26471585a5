/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: trickle COUNTS COMMAND [ARGUMENT]...
 *
 * COMMAND, all of whose reads and writes of files, pipes and terminals move a few bytes at a time
 * from its first openat2(2) on, as they may at any time: those of the C library's streams too, and
 * of a set-user-ID program. Libraries are read as ever, since the loader takes no less. Ends as
 * COMMAND does; how many reads and writes were cut short is told in the file COUNTS, two numbers.
 */
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

#define FEW         7
#define THREADS_MAX 64

/* A thread in the middle of a call that was cut short, and what it had asked for. */
static struct {
	pid_t thread;
	unsigned long long size;
} cut_short[THREADS_MAX];

static bool has_begun;
static unsigned long reads, writes;

static void die(const char *what)
{
	perror(what);
	exit(125);
}

/* The third argument of a call, which is how much it may move. */
static void set_size(pid_t thread, unsigned long long size)
{
	struct user_regs_struct registers;
	struct iovec all = {&registers, sizeof(registers)};

	if (ptrace(PTRACE_GETREGSET, thread, NT_PRSTATUS, &all) != 0)
		return; /* it was killed */
#if defined(__x86_64__)
	registers.rdx = size;
#elif defined(__aarch64__)
	registers.regs[2] = size;
#else
#error "which register has the third argument?"
#endif
	(void)ptrace(PTRACE_SETREGSET, thread, NT_PRSTATUS, &all);
}

/* No message of a socket, which would lose its end, and none that a pipe takes whole or not at all.
 */
static bool may_be_short(pid_t thread, const struct ptrace_syscall_info *info, bool is_write)
{
	char link[64], path[PATH_MAX];
	ssize_t length;

	(void)snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)thread, (int)info->entry.args[0]);
	length = readlink(link, path, sizeof(path) - 1);
	if (length <= 0)
		return false;
	path[length] = '\0';
	if (strncmp(path, "pipe:", 5) == 0)
		return !is_write || info->entry.args[2] > PIPE_BUF;
	return path[0] == '/' && strstr(path, ".so") == NULL;
}

static void enter(pid_t thread, const struct ptrace_syscall_info *info)
{
	bool is_read = info->entry.nr == SYS_read || info->entry.nr == SYS_pread64;
	bool is_write = info->entry.nr == SYS_write || info->entry.nr == SYS_pwrite64;

	has_begun = has_begun || info->entry.nr == SYS_openat2;
	if (!has_begun || !(is_read || is_write) || info->entry.args[2] <= FEW ||
	    !may_be_short(thread, info, is_write))
		return;
	for (size_t i = 0; i < THREADS_MAX; i++) {
		if (cut_short[i].thread != 0)
			continue;
		cut_short[i].thread = thread;
		cut_short[i].size = info->entry.args[2];
		set_size(thread, FEW);
		*(is_read ? &reads : &writes) += 1;
		return;
	}
}

/* Programs count on their registers: it stays as it was. */
static void leave(pid_t thread)
{
	for (size_t i = 0; i < THREADS_MAX; i++) {
		if (cut_short[i].thread != thread)
			continue;
		set_size(thread, cut_short[i].size);
		cut_short[i].thread = 0;
	}
}

static void forget(pid_t thread)
{
	for (size_t i = 0; i < THREADS_MAX; i++) {
		if (cut_short[i].thread == thread)
			cut_short[i].thread = 0;
	}
}

/* A thread stopped: let it go on. */
static void go_on(pid_t thread, int status)
{
	struct ptrace_syscall_info info;
	int signal = WSTOPSIG(status);

	if (signal == (SIGTRAP | 0x80)) {
		long length = ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof(info), &info);

		if (length > 0 && info.op == PTRACE_SYSCALL_INFO_ENTRY)
			enter(thread, &info);
		else if (length > 0 && info.op == PTRACE_SYSCALL_INFO_EXIT)
			leave(thread);
		signal = 0;
	} else if (status >> 16 != 0) {
		signal = 0; /* an event, of which nothing is to be made */
	}
	(void)ptrace(PTRACE_SYSCALL, thread, 0, (void *)(long)signal);
}

static pid_t start(char **command)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			     PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	int gate[2];
	char byte;
	pid_t child;

	if (pipe(gate) != 0)
		die("pipe");
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		(void)close(gate[1]);
		(void)!read(gate[0], &byte, 1); /* until it is traced */
		(void)close(gate[0]);
		(void)execvp(command[0], command);
		die(command[0]);
	}
	if (ptrace(PTRACE_SEIZE, child, 0, (void *)options) != 0 ||
	    ptrace(PTRACE_INTERRUPT, child, 0, 0) != 0)
		die("ptrace");
	(void)close(gate[0]);
	(void)close(gate[1]);
	return child;
}

int main(int argc, char **argv)
{
	int status, result = 125;
	pid_t command, thread;
	FILE *counts;

	if (argc < 3)
		return 125;
	command = start(argv + 2);
	while ((thread = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (thread <= 0)
			continue;
		if (WIFSTOPPED(status)) {
			go_on(thread, status);
			continue;
		}
		forget(thread);
		if (thread == command)
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	counts = fopen(argv[1], "w");
	if (counts == NULL || fprintf(counts, "%lu %lu\n", reads, writes) < 0 ||
	    fclose(counts) != 0)
		die(argv[1]);
	return result;
}
