/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * twokey-helper does for a program that runs as its user, and so may not open the store, what
 * pam_twokey does in one that may. It is set-user-ID to the store's owner, never to root; it takes
 * its request from standard input, no argument and nothing from the environment; it answers by its
 * exit status, which no way through here makes a yes but a decision in serve.c.
 */
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "request.h"
#include "serve.h"
#include "session.h"
#include "surroundings.h"

/* Seconds: less than the module waits, so that it is the helper that ends first. */
#define PATIENCE 9

/* What kind of socket standard input is, by one of its options; -1 where it is none. */
static int socket_kind(int option)
{
	socklen_t size = sizeof(int);
	int kind = -1;

	return getsockopt(STDIN_FILENO, SOL_SOCKET, option, &kind, &size) == 0 ? kind : -1;
}

/* A socket whose packets are messages, as a session needs it, and of this host. */
static bool is_session(void)
{
	return socket_kind(SO_TYPE) == SOCK_SEQPACKET && socket_kind(SO_DOMAIN) == AF_UNIX;
}

/* Until the end, or until there is more than any request has. */
static void read_message(struct fields *fields)
{
	ssize_t got;

	*fields = (struct fields){0};
	if (is_session()) {
		(void)session_receive(STDIN_FILENO, fields);
		return;
	}
	do {
		got = read(STDIN_FILENO, fields->text + fields->length,
			   sizeof(fields->text) - fields->length);
		if (got > 0)
			fields->length += (size_t)got;
	} while (got > 0 && fields->length < sizeof(fields->text));
	surroundings_drop_input();
}

static int answer(int argc)
{
	struct request request = {.kind = REQUEST_LOOK};
	struct fields fields;
	struct caller caller;
	int status;

	if (!surroundings_caller(&caller))
		return serve_not(&request, &caller, REASON_HELPER_POWERLESS);
	if (argc > 1)
		return serve_not(&request, &caller, REASON_BAD_REQUEST);
	read_message(&fields);
	if (request_parse(&fields, &request))
		status = serve(&request, &caller);
	else
		status = serve_not(&request, &caller, REASON_BAD_REQUEST);
	explicit_bzero(&fields, sizeof(fields));
	explicit_bzero(&request, sizeof(request));
	return status;
}

int main(int argc, char **argv)
{
	(void)argv;
	surroundings_reset(PATIENCE);
	openlog("twokey-helper", LOG_PID, LOG_AUTHPRIV);
	return answer(argc);
}
