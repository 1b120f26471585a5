/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"

#include <crypt.h>
#include <dlfcn.h>
#include <errno.h>
#include <pwd.h>
#include <security/pam_modules.h>
#include <shadow.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

int64_t host_clock;
bool host_shadow_readable = true;
char host_log[4096];
int host_log_priority;
unsigned host_log_count;

/* --- What the module calls */

/* The accounts: their hashes are made from a setting, or stand as they are. */
static const struct {
	const char *user;
	const char *setting;
	const char *hash;
} accounts[] = {
	{"alice", "$6$rounds=1000$salt$", NULL},
	{"bob", "$6$rounds=1000$salt$", NULL},
	{"yescrypt", "$y$j75$saltsaltsalt", NULL},
	{"sha512", "$6$rounds=1000$salt$", NULL},
	{"sha256", "$5$rounds=1000$salt$", NULL},
	{"md5", "$1$salt$", NULL},
	{"bcrypt", "$2b$04$abcdefghijklmnopqrstuu", NULL},
	{"des", "ab", NULL},
	{"locked", NULL, "!$6$rounds=1000$salt$x"},
	{"starred", NULL, "*"},
	{"empty", NULL, ""},
	{"shadowed", NULL, "x"},
};

/* The shadow file that the module opens; every other file is the machine's. */
static FILE *open_shadow(void)
{
	static char text[12288];
	size_t length;

	if (!host_shadow_readable) {
		errno = EACCES;
		return NULL;
	}
	/* Lines that are nobody's, one of them longer than any account's, stand above the others.
	 */
	length = (size_t)snprintf(
		text, sizeof(text),
		"# none\n\n:\n+\n-bob\n+@staff\n+alice:x::::::\n%03000d\n%02047d%s", 0, 0,
		"alice:x:19700:0:99999:7:::\n");
	for (size_t i = 0; i < sizeof(accounts) / sizeof(*accounts); i++) {
		struct crypt_data data = {0};
		const char *hash = accounts[i].hash;

		if (hash == NULL)
			hash = crypt_rn(HOST_PASSWORD, accounts[i].setting, &data, sizeof(data));
		length += (size_t)snprintf(text + length, sizeof(text) - length,
					   "%s:%s:19700:0:99999:7:::\n", accounts[i].user, hash);
	}
	return fmemopen(text, length, "r");
}

FILE *fopen(const char *path, const char *mode)
{
	FILE *(*real)(const char *, const char *);
	void *symbol = dlsym(RTLD_NEXT, "fopen");

	if (strcmp(path, SHADOW) == 0)
		return open_shadow();
	memcpy(&real, &symbol, sizeof(real));
	return real(path, mode);
}

/*
 * A directory where case is nothing, and sources that do not answer: one says so, and of one there
 * is not even a socket.
 */
int getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size,
	       struct passwd **found)
{
	int (*real)(const char *, struct passwd *, char *, size_t, struct passwd **);
	void *symbol = dlsym(RTLD_NEXT, "getpwnam_r");
	static char alice[] = "alice";

	*found = NULL;
	if (strcmp(name, "unanswered") == 0)
		return EIO;
	if (strcmp(name, "unconnected") == 0)
		return ENOENT;
	if (strcmp(name, "+alice") == 0)
		name++;
	if (strcasecmp(name, alice) == 0) {
		*entry = (struct passwd){.pw_name = alice};
		*found = entry;
		return 0;
	}
	memcpy(&real, &symbol, sizeof(real));
	return real(name, entry, buffer, size, found);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (clock != CLOCK_REALTIME || host_clock == 0)
		return (int)syscall(SYS_clock_gettime, clock, now);
	if (host_clock < 0)
		return -1;
	*now = (struct timespec){.tv_sec = host_clock};
	return 0;
}

/* syslog(3), as a program built without _FORTIFY_SOURCE calls it, and as one that was. */
#undef syslog /* clang's */
void __syslog_chk(int priority, int flag, const char *format, ...);

__attribute__((format(printf, 2, 0))) static void take_line(int priority, const char *format,
							    va_list arguments)
{
	char line[sizeof(host_log)];
	const char *text;

	(void)vsnprintf(line, sizeof(line), format, arguments);
	/* libpam's own lines come by here, too. */
	if (strncmp(line, "pam_twokey(", 11) != 0)
		return;
	text = strstr(line, "): ") + 3;
	memcpy(host_log, text, strlen(text) + 1);
	host_log_priority = priority - LOG_AUTHPRIV;
	host_log_count++;
}

void syslog(int priority, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	take_line(priority, format, arguments);
	va_end(arguments);
}

void __syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list arguments;

	(void)flag;
	va_start(arguments, format);
	take_line(priority, format, arguments);
	va_end(arguments);
}

void host_log_clear(void)
{
	host_log[0] = '\0';
	host_log_count = 0;
}

/* --- The program that the user sits before */

struct talk {
	struct host_login *login;
	size_t next;
};

static void note(struct host_login *login, const struct pam_message *message)
{
	size_t length = strlen(login->prompts);

	(void)snprintf(login->prompts + length, sizeof(login->prompts) - length, "%s%s\n",
		       message->msg_style == PAM_PROMPT_ECHO_ON ? "shown " : "", message->msg);
}

static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
		    void *context)
{
	struct talk *talk = context;
	struct host_login *login = talk->login;

	for (int i = 0; i < count; i++)
		note(login, messages[i]);
	if (login->at_prompt != NULL)
		login->at_prompt();
	*responses = NULL;
	if (login->conversation == HOST_FAILS)
		return PAM_CONV_ERR;
	if (login->conversation == HOST_GIVES_NO_ARRAY)
		return PAM_SUCCESS;
	*responses = calloc((size_t)count, sizeof(**responses));
	for (int i = 0; *responses != NULL && i < count; i++) {
		const char *answer = login->answers[talk->next];

		if (login->conversation == HOST_SAYS_NULL || answer == NULL)
			continue;
		(*responses)[i].resp = strdup(answer);
		talk->next++;
	}
	return PAM_SUCCESS;
}

/* pam_set_items of pam_wrapper takes items from the environment, pam_get_items puts them in PAM's.
 */
static void set_authtok(const char *authtok)
{
	if (authtok != NULL)
		(void)setenv("PAM_AUTHTOK", authtok, 1);
	else
		(void)unsetenv("PAM_AUTHTOK");
}

static void get_authtok(pam_handle_t *pamh, char authtok[512])
{
	const char *value = pam_getenv(pamh, "PAM_AUTHTOK");

	(void)snprintf(authtok, 512, "%s", value != NULL ? value : "");
}

static void no_delay(int code, unsigned microseconds, void *context)
{
	(void)code;
	(void)microseconds;
	(void)context;
}

void host_no_delay(pam_handle_t *pamh)
{
	void (*delay)(int, unsigned, void *) = no_delay;
	const void *item = NULL;

	memcpy(&item, &delay, sizeof(item));
	(void)pam_set_item(pamh, PAM_FAIL_DELAY, item);
}

int host_login(const char *service, const char *user, struct host_login *login)
{
	struct talk talk = {.login = login};
	const struct pam_conv conversation = {converse, &talk};
	pam_handle_t *pamh = NULL;
	int code = pam_start(service, user, &conversation, &pamh);

	if (code != PAM_SUCCESS)
		return code;
	host_no_delay(pamh);
	if (login->rhost != NULL)
		(void)pam_set_item(pamh, PAM_RHOST, login->rhost);
	set_authtok(login->authtok);
	login->prompts[0] = '\0';
	host_log_clear();
	code = pam_authenticate(pamh, 0);
	get_authtok(pamh, login->authtok_after);
	(void)pam_end(pamh, code);
	return code;
}
