/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "command.h"
#include "message.h"
#include "policy.h"
#include "screen.h"
#include "text.h"

/* Bytes: twice what any command takes of its stack below main. Each page of it is a page fault. */
#define STACK_USED ((size_t)64 * 1024)

/* Bytes: two names with every byte escaped, and what is said of them. */
#define LINE_SIZE (3 * PRINTABLE_MAX)

const char *printable(const char *user, char text[PRINTABLE_MAX + 1])
{
	size_t length = 0;

	for (const char *c = user; *c != '\0' && length + 4 <= PRINTABLE_MAX; c++) {
		unsigned char byte = (unsigned char)*c;

		if (byte > ' ' && byte < 0x7f && byte != '\\')
			text[length++] = *c;
		else
			length += (size_t)snprintf(text + length, 5, "\\x%02x", byte);
	}
	text[length] = '\0';
	return text;
}

/* Where there is no terminal a line stays one, whatever its length. */
__attribute__((format(printf, 3, 0))) static void print_line(FILE *stream, size_t indent,
							     const char *format, va_list arguments)
{
	const struct screen screen = screen_plain(stream);
	char text[LINE_SIZE];

	if (screen.columns == SCREEN_UNBOUNDED) {
		(void)vfprintf(stream, format, arguments);
		(void)fputc('\n', stream);
		return;
	}
	(void)vsnprintf(text, sizeof(text), format, arguments);
	screen_wrap(&screen, text, indent);
}

void say(FILE *stream, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line(stream, 0, format, arguments);
	va_end(arguments);
}

void complain(const char *format, ...)
{
	va_list arguments;

	(void)fputs(_("twokey: "), stderr);
	va_start(arguments, format);
	print_line(stderr, screen_width(_("twokey: ")), format, arguments);
	va_end(arguments);
}

static void print_fault(const char *store, const struct store_fault *fault)
{
	char place[POLICY_PATH_MAX + sizeof(fault->file) + 16];
	int length = snprintf(place, sizeof(place), "%s%s%s", store,
			      fault->file[0] != '\0' ? "/" : "", fault->file);

	if (fault->record.problem != NULL && fault->record.line > 0 && length > 0 &&
	    (size_t)length < sizeof(place))
		(void)snprintf(place + length, sizeof(place) - (size_t)length, ":%u",
			       fault->record.line);
	if (fault->record.problem != NULL)
		complain("%s: %s", place, _(fault->record.problem));
	else if (fault->error != 0)
		complain("%s: %s", place, strerror(fault->error));
	else
		complain("%s", place);
}

int complain_reason(enum reason reason, const char *user, const char *store,
		    const struct store_fault *fault)
{
	char name[PRINTABLE_MAX + 1] = "";

	if (reason_class(reason) == CLASS_ERROR && store != NULL && fault != NULL)
		print_fault(store, fault);
	complain("%s%s%s", user != NULL ? printable(user, name) : "", user != NULL ? ": " : "",
		 _(reason_text(reason)));
	if (reason_class(reason) == CLASS_ERROR && geteuid() != 0)
		complain(_("you are not root; try 'sudo twokey ...'"));
	return reason_class(reason) == CLASS_REFUSED ? STATUS_REFUSED : STATUS_SYSTEM;
}

void audit(const char *user, const char *format, ...)
{
	char name[PRINTABLE_MAX + 1];
	char what[256];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	syslog(LOG_AUTHPRIV | LOG_NOTICE, "twokey: user=%s by_uid=%u: %s", printable(user, name),
	       (unsigned)getuid(), what);
}

/* Where stdio keeps what was printed, keys and recovery codes among it. */
static char printed[BUFSIZ];

void begin_output(void)
{
	(void)setvbuf(stdout, printed, isatty(STDOUT_FILENO) == 1 ? _IOLBF : _IOFBF,
		      sizeof(printed));
}

/* The stack that is free now has what formatting and encoding left there. */
__attribute__((noinline)) static void wipe_stack(void)
{
	char used_before[STACK_USED];

	explicit_bzero(used_before, sizeof(used_before));
}

int finish_output(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout) != 0) {
		complain(_("standard output can't be written: %s"), strerror(errno));
		status = STATUS_SYSTEM;
	}
	explicit_bzero(printed, sizeof(printed));
	wipe_stack();
	return status;
}
