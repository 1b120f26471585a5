/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <jansson.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "config.h"
#include "message.h"
#include "screen.h"
#include "text.h"
#include "usage.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{"enroll", command_enroll, N_("make a secret for a user, show it and its recovery codes")},
	{"list", command_list, N_("list the users who are enrolled")},
	{"status", command_status, N_("tell a user's devices, last login, failures and lock")},
	{"verify", command_verify, N_("try a code just as a login would")},
	{"try", command_try,
	 N_("run a service's whole PAM stack here, before you close your session")},
	{"doctor", command_doctor,
	 N_("look at this host, and say what is wrong and what mends it")},
	{"show", command_show, N_("show a user's QR code and URI again")},
	{"unlock", command_unlock, N_("end a lock, and mend a state")},
	{"recovery", command_recovery, N_("make new recovery codes")},
	{"import", command_import, N_("enrol users with the keys that another program has")},
	{"export", command_export, N_("print users' keys for another program")},
	{"remove", command_remove, N_("remove a user, or one device")},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(*commands))

static void print_usage(FILE *stream)
{
	const struct screen screen = screen_of(stream);

	usage_print(stream, _("usage: twokey COMMAND [USER] [options]\n\n"));
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		(void)fprintf(stream, "  %-9s ", commands[i].name);
		screen_wrap(&screen, _(commands[i].summary), 12);
	}
	usage_print(stream, _("\n'twokey COMMAND --help' tells more; so does twokey(8).\n"));
}

/* libjansson holds secrets in memory that it frees; nothing of them is to stay there. */
static void free_wiped(void *memory)
{
	if (memory != NULL)
		explicit_bzero(memory, malloc_usable_size(memory));
	free(memory);
}

/* A core dump or a debugger's look would show keys; what is created is nobody else's. */
static void guard_process(void)
{
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)umask(S_IRWXG | S_IRWXO);
	json_set_alloc_funcs(malloc, free_wiped);
}

static int run_command(int argc, char **argv)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(commands[i].name, argv[0]) == 0)
			return commands[i].run(argc, argv);
	}
	complain(_("there is no command '%s'; see 'twokey --help'"), argv[0]);
	return STATUS_USAGE;
}

/* Numbers and times stay as programs know them: only letters and texts are the reader's own. */
static void speak_language(void)
{
	(void)setlocale(LC_CTYPE, "");
	(void)setlocale(LC_MESSAGES, "");
	(void)bindtextdomain(TEXT_DOMAIN, LOCALEDIR);
}

/*
 * What is opened must not take the place of a standard stream that the caller has closed; and a
 * reader that has gone is an error like a full disk, not a signal in the middle of a change. Return
 * false if there is nowhere to print to.
 */
static bool settle_streams(void)
{
	bool heard = true;

	(void)signal(SIGPIPE, SIG_IGN);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/dev/null", O_RDWR) != fd || fd == STDOUT_FILENO)
			heard = false;
	}
	return heard;
}

int main(int argc, char **argv)
{
	bool heard = settle_streams();
	int status;

	guard_process();
	begin_output();
	speak_language();
	if (!heard) {
		complain(_("standard output is closed; nothing was done"));
		return STATUS_SYSTEM;
	}
	if (argc < 2) {
		print_usage(stderr);
		return STATUS_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		status = STATUS_DONE;
	} else if (strcmp(argv[1], "--version") == 0) {
		(void)printf("%s\n", PACKAGE_STRING);
		status = STATUS_DONE;
	} else {
		status = run_command(argc - 1, argv + 1);
	}
	return finish_output(status);
}
