/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <paths.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "log_watch.h"
#include "random.h"
#include "text.h"

/* Only until the socket stands at /dev/log. */
#define SOCKET_DIRECTORY "/run/twokey-try.XXXXXX"
#define SOCKET_NAME      "log"

static bool fail(struct log_watch *watch, const char *problem)
{
	watch->error = errno;
	watch->problem = problem;
	return false;
}

static struct sockaddr_un address_of(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	return address;
}

/* A socket that leads to whoever listens at ${path}; -1 if nobody does. */
static int connect_to(const char *path)
{
	struct sockaddr_un address = address_of(path);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		int error = errno;

		(void)close(fd);
		errno = error;
		fd = -1;
	}
	return fd;
}

/* A text is written whole, with its NUL, or the file system of the copy, which is memory, is full:
 * then the line is missing from what is shown, and nothing else. */
static void keep(int copy, const char *text)
{
	ssize_t written = write(copy, text, strlen(text) + 1);

	(void)written;
}

/* Hand every line on to the real log, and keep a copy. It ends with its parent. */
__attribute__((noreturn)) static void run_reader(const struct log_watch *watch, int socket,
						 int real, int done)
{
	char line[LOG_LINE_MAX + 1];

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		ssize_t length = recv(socket, line, LOG_LINE_MAX, 0);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			_exit(EXIT_FAILURE);
		line[length] = '\0';
		if (strcmp(line, watch->mark) == 0) {
			if (write(done, "", 1) != 1)
				_exit(EXIT_FAILURE);
			continue;
		}
		(void)send(real, line, (size_t)length, MSG_NOSIGNAL);
		keep(watch->copy, line);
	}
}

static bool start_reader(struct log_watch *watch, int socket)
{
	int real = connect_to(_PATH_LOG);
	int pipes[2];

	/* A log that takes no datagrams would get no line at all. */
	if (real < 0 && errno == EPROTOTYPE)
		return fail(watch, N_("what listens at /dev/log takes no datagrams"));
	if (pipe2(pipes, O_CLOEXEC) != 0)
		return fail(watch, N_("no pipe can be made"));
	watch->done = pipes[0];
	watch->reader = fork();
	if (watch->reader == 0)
		run_reader(watch, socket, real, pipes[1]);
	(void)close(pipes[1]);
	if (real >= 0)
		(void)close(real);
	return watch->reader > 0 || fail(watch, N_("no process can be started"));
}

/* Put ${socket} where /dev/log is, for this process and those that it will start. */
static bool stand_in(struct log_watch *watch, int socket, const char *path)
{
	struct sockaddr_un address = address_of(path);

	if (bind(socket, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
	    chmod(path, S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH) != 0)
		return fail(watch, N_("no socket can be made in /run"));
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0)
		return fail(watch, N_("the system allows no mount namespace here"));
	if (mount(path, _PATH_LOG, "none", MS_BIND, NULL) != 0)
		return fail(watch, N_("nothing can be mounted on /dev/log"));
	watch->log = connect_to(_PATH_LOG);
	return watch->log >= 0 || fail(watch, N_("the socket at /dev/log does not answer"));
}

static bool stand_in_for_log(struct log_watch *watch, int socket)
{
	char path[sizeof(SOCKET_DIRECTORY) + sizeof(SOCKET_NAME)] = SOCKET_DIRECTORY;
	size_t length = strlen(path);
	bool good;

	if (mkdtemp(path) == NULL)
		return fail(watch, N_("no directory can be made in /run"));
	(void)snprintf(path + length, sizeof(path) - length, "/%s", SOCKET_NAME);
	good = stand_in(watch, socket, path);
	(void)unlink(path);
	path[length] = '\0';
	(void)rmdir(path);
	return good;
}

static bool make_mark(struct log_watch *watch)
{
	uint64_t number;

	if (!random_bytes((unsigned char *)&number, sizeof(number)))
		return fail(watch, N_("the kernel gave no random bytes"));
	(void)snprintf(watch->mark, sizeof(watch->mark), "mark %016" PRIx64, number);
	return true;
}

static bool begin(struct log_watch *watch, int socket)
{
	if (access(_PATH_LOG, F_OK) != 0)
		return fail(watch, N_("there is no /dev/log, so nothing is logged on this host"));
	watch->copy = memfd_create("log", MFD_CLOEXEC);
	if (watch->copy < 0 || socket < 0)
		return fail(watch, N_("no file can be made in memory"));
	return make_mark(watch) && start_reader(watch, socket) && stand_in_for_log(watch, socket);
}

bool log_watch_begin(struct log_watch *watch)
{
	int listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool good;

	*watch = (struct log_watch){.copy = -1, .done = -1, .log = -1};
	closelog(); /* the next syslog(3) of this process finds ours */
	good = begin(watch, listener);
	if (listener >= 0)
		(void)close(listener);
	if (!good) {
		const char *problem = watch->problem;
		int error = watch->error;

		log_watch_end(watch);
		watch->problem = problem;
		watch->error = error;
	}
	return good;
}

/* Datagrams to one socket keep their order: once the mark was read, so were all lines before it. */
static bool wait_for_reader(const struct log_watch *watch)
{
	char byte;
	ssize_t got;

	if (watch->log < 0 || send(watch->log, watch->mark, strlen(watch->mark), MSG_NOSIGNAL) < 0)
		return false;
	do
		got = read(watch->done, &byte, 1);
	while (got < 0 && errno == EINTR);
	return got == 1;
}

/* "<86>Nov 25 03:05:00 sshd[42]: text": the priority is taken off, and the time, which is now. */
static struct log_line parse_line(char *text)
{
	static const char stamp[] = "Nov 25 03:05:00 ";
	struct log_line line = {.severity = LOG_NOTICE, .text = text};
	size_t length = strlen(text);
	char *end;

	while (length > 0 && text[length - 1] == '\n')
		text[--length] = '\0';
	if (text[0] != '<')
		return line;
	line.severity = LOG_PRI((int)strtol(text + 1, &end, 10));
	line.text = *end == '>' ? end + 1 : text;
	if (strlen(line.text) >= sizeof(stamp) && line.text[6] == ' ' && line.text[9] == ':' &&
	    line.text[12] == ':')
		line.text += sizeof(stamp) - 1;
	return line;
}

void log_watch_each(struct log_watch *watch,
		    void (*visit)(const struct log_line *line, void *context), void *context)
{
	char text[LOG_LINE_MAX + 1];

	if (!wait_for_reader(watch))
		return;
	for (;;) {
		ssize_t got = pread(watch->copy, text, sizeof(text), watch->seen);
		struct log_line line;

		if (got <= 0)
			return;
		text[got - 1] = '\0';
		watch->seen += (off_t)strlen(text) + 1;
		line = parse_line(text);
		visit(&line, context);
	}
}

static void close_one(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

void log_watch_end(struct log_watch *watch)
{
	if (watch->reader > 0) {
		(void)kill(watch->reader, SIGKILL);
		(void)waitpid(watch->reader, NULL, 0);
	}
	close_one(watch->copy);
	close_one(watch->done);
	close_one(watch->log);
	*watch = (struct log_watch){.copy = -1, .done = -1, .log = -1};
}

const char *log_severity_name(int severity)
{
	static const char *const names[] = {"emerg",   "alert",  "crit", "err",
					    "warning", "notice", "info", "debug"};

	return names[LOG_PRI(severity)];
}
