/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * P8, secrets stay secret: what shows a key stands on the alternate screen and is cleared before it
 * is left, by whatever way; what is typed is read without stdio, which would keep a copy.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "terminal.h"

static const char enter[] = "\033[?1049h\033[H\033[2J";
static const char clear[] = "\033[H\033[2J";
static const char leave[] = "\033[H\033[2J\033[?1049l";

static const int fatal_signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
#define FATAL_COUNT (sizeof(fatal_signals) / sizeof(*fatal_signals))

/* What a signal handler must undo: there is one terminal, and handlers take no argument. */
static volatile sig_atomic_t entered_fd = -1;
static volatile sig_atomic_t echo_hidden;
static struct termios shown;

bool terminal_size(FILE *stream, struct terminal_size *size)
{
	const char *type = getenv("TERM");
	struct winsize window;

	if (type == NULL || strcmp(type, "dumb") == 0 || isatty(fileno(stream)) != 1)
		return false;
	if (ioctl(fileno(stream), TIOCGWINSZ, &window) != 0 || window.ws_col == 0 ||
	    window.ws_row == 0)
		return false;
	*size = (struct terminal_size){window.ws_col, window.ws_row};
	return true;
}

/* The result is of no use to a process that ends. */
static void write_escape(int fd, const char *text, size_t length)
{
	ssize_t written = write(fd, text, length);

	(void)written;
}

/* Async-signal-safe: write(2), tcsetattr(3), raise(3) alone (signal-safety(7)). */
static void restore_and_die(int number)
{
	if (echo_hidden)
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	if (entered_fd >= 0)
		write_escape(entered_fd, leave, sizeof(leave) - 1);
	(void)raise(number); /* SA_RESETHAND: the default action now */
}

/* A signal that the caller ignores stays ignored (nohup). */
static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = restore_and_die,
				   .sa_flags = (int)SA_RESETHAND | SA_NODEFER};
	struct sigaction old;

	for (size_t i = 0; i < FATAL_COUNT; i++) {
		if (sigaction(fatal_signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			(void)sigaction(fatal_signals[i], &action, NULL);
	}
}

void terminal_enter(FILE *stream)
{
	(void)fflush(stream);
	catch_signals();
	entered_fd = fileno(stream);
	write_escape(entered_fd, enter, sizeof(enter) - 1);
}

void terminal_clear(FILE *stream)
{
	(void)fflush(stream);
	if (entered_fd >= 0)
		write_escape(entered_fd, clear, sizeof(clear) - 1);
}

void terminal_leave(FILE *stream)
{
	(void)fflush(stream);
	if (entered_fd >= 0)
		write_escape(entered_fd, leave, sizeof(leave) - 1);
	entered_fd = -1;
}

static bool set_modes(const struct termios *modes)
{
	int result;

	do
		result = tcsetattr(STDIN_FILENO, TCSAFLUSH, modes);
	while (result != 0 && errno == EINTR);
	return result == 0;
}

static bool hide_echo(void)
{
	struct termios hidden;

	if (tcgetattr(STDIN_FILENO, &shown) != 0)
		return false;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	hidden.c_lflag |= ECHONL;
	catch_signals();
	echo_hidden = 1;
	if (set_modes(&hidden))
		return true;
	echo_hidden = 0;
	return false;
}

static void show_echo(void)
{
	if (echo_hidden)
		(void)set_modes(&shown);
	echo_hidden = 0;
}

/* Byte by byte: what follows the line is for whoever reads next. */
static ssize_t read_byte(char *byte)
{
	ssize_t got;

	do
		got = read(STDIN_FILENO, byte, 1);
	while (got < 0 && errno == EINTR);
	return got;
}

/* A line that breaks off by an error is none: half a key is another key. */
static bool read_line(struct secret *line)
{
	bool overlong = false;
	bool any = false;
	ssize_t got;
	char byte;

	secret_wipe(line);
	while ((got = read_byte(&byte)) == 1) {
		any = true;
		if (byte == '\n')
			break;
		if (byte == '\0' || line->length == SECRET_MAX)
			overlong = true;
		else
			line->text[line->length++] = byte;
	}
	if (line->length > 0 && line->text[line->length - 1] == '\r')
		line->text[--line->length] = '\0';
	byte = '\0';
	if (overlong || got < 0)
		secret_wipe(line);
	if (got >= 0)
		errno = 0;
	return any && got >= 0;
}

bool terminal_read(const char *prompt, enum terminal_echo echo, struct secret *line)
{
	bool person = isatty(STDIN_FILENO) == 1;
	bool any;
	int error;

	(void)fflush(stdout);
	/* Before the prompt: whoever answers at once must not be shown, nor lose what they typed.
	 */
	if (person && echo == ECHO_HIDDEN && !hide_echo())
		return false;
	if (person)
		(void)fprintf(stderr, "%s", prompt);
	any = read_line(line);
	error = errno;
	show_echo();
	errno = error;
	return any;
}
