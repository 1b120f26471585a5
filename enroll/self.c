/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "message.h"
#include "self.h"
#include "terminal.h"
#include "text.h"

bool self_is_needed(enum reason reason, const struct store_fault *fault, const char *user)
{
	const struct passwd *entry;

	if (reason != REASON_STORE_UNREADABLE || fault->error != EACCES || geteuid() == 0 ||
	    user == NULL)
		return false;
	entry = getpwnam(user);
	return entry != NULL && entry->pw_uid == getuid();
}

/* Its rights are its file's, its standard input our socket; the rest it takes back itself. */
static pid_t start_helper(int sockets[2])
{
	char name[] = "twokey-helper";
	char *const argv[] = {name, NULL};
	char *const environment[] = {NULL};
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid != 0)
		return pid;
	if (dup2(sockets[1], STDIN_FILENO) >= 0)
		(void)execve(HELPER_PATH, argv, environment);
	_exit(STATUS_SYSTEM);
}

static bool send_request(const struct self *self)
{
	struct request request = {.kind = self->kind};
	const char *tty = ttyname(STDIN_FILENO);
	struct fields fields;
	bool good;

	(void)snprintf(request.user, sizeof(request.user), "%s", self->options->user);
	(void)snprintf(request.store, sizeof(request.store), "%s", self->options->store);
	request_text(request.service, "twokey");
	request_text(request.tty, tty != NULL ? tty : "");
	good = request_format(&request, &fields) && session_send(self->socket, &fields);
	fields = (struct fields){0};
	return good && session_put_wish(&fields, &self->wish) &&
	       session_send(self->socket, &fields);
}

bool self_answer(const struct self *self, const struct secret *answer)
{
	struct fields fields = {0};

	return fields_put(&fields, "answer", answer->text) && session_send(self->socket, &fields);
}

/* Whoever has no answer breaks off: the helper says then how it ended. */
static bool prompt(const struct self *self, const char *text, enum terminal_echo echo)
{
	struct secret typed = {0};
	bool good = terminal_read(text, echo, &typed) && self_answer(self, &typed);

	secret_wipe(&typed);
	return good || shutdown(self->socket, SHUT_WR) == 0;
}

static bool take_text(struct fields *fields, char text[FIELDS_MAX])
{
	return fields_take(fields, "text", text, FIELDS_MAX) && fields_end(fields);
}

static bool hear(struct self *self, enum session_say say, struct fields *fields)
{
	char text[FIELDS_MAX];

	switch (say) {
	case SAY_PROMPT:
		return take_text(fields, text) && prompt(self, text, ECHO_HIDDEN);
	case SAY_PROMPT_ON:
		return take_text(fields, text) && prompt(self, text, ECHO_SHOWN);
	case SAY_TELL:
		return take_text(fields, text) && fprintf(stderr, "%s\n", text) > 0;
	case SAY_CODE:
		return prompt(self, _("Verification code: "), ECHO_HIDDEN);
	default:
		return self->hear != NULL && self->hear(self, say, fields);
	}
}

/* Until the helper says that it is over. */
static bool listen_to(struct self *self, struct session_end *end)
{
	struct fields fields;
	enum session_say said;
	bool good;

	do {
		good = session_receive(self->socket, &fields) && session_said(&fields, &said);
		if (good && said == SAY_END)
			good = session_take_end(&fields, end);
		else if (good)
			good = hear(self, said, &fields);
		explicit_bzero(&fields, sizeof(fields));
	} while (good && said != SAY_END);
	return good;
}

static int conclude(const struct self *self, enum reason reason)
{
	if (reason == REASON_NONE)
		return STATUS_DONE;
	complain("%s", _(reason_text(reason)));
	if (reason_class(reason) == CLASS_ERROR && self->kind != REQUEST_STATUS)
		complain(_("nothing was changed; the log says more"));
	return reason_class(reason) == CLASS_REFUSED ? STATUS_REFUSED : STATUS_SYSTEM;
}

int self_run(struct self *self, struct session_end *end)
{
	int sockets[2], status;
	pid_t helper;
	bool good;

	*end = (struct session_end){.reason = REASON_HELPER_LOST};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
		return conclude(self, REASON_NO_MEMORY);
	helper = start_helper(sockets);
	(void)close(sockets[1]);
	self->socket = sockets[0];
	good = helper > 0 && send_request(self) && listen_to(self, end);
	(void)close(sockets[0]);
	if (helper > 0)
		while (waitpid(helper, &status, 0) < 0 && errno == EINTR)
			;
	if (helper < 0 || (!good && WIFEXITED(status) && WEXITSTATUS(status) == STATUS_SYSTEM))
		end->reason = REASON_HELPER_MISSING;
	return conclude(self, end->reason);
}
