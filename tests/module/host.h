/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_HOST_H
#define TWOKEY_HOST_H

#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The host that the module under test finds: this program stands before libc and libpam in its
 * search for these, so that accounts, clock and log are the test's own, without root.
 */

#define HOST_PASSWORD "correct horse"

/* The clock that the module sees, in seconds since 1970; -1 for one that can't be read. */
extern int64_t host_clock;

/* Whether the password hashes can be read. */
extern bool host_shadow_readable;

/* The last line that was logged, with its priority, and how many were since host_log_clear. */
extern char host_log[4096];
extern int host_log_priority;
extern unsigned host_log_count;
void host_log_clear(void);

/* How a conversation answers. */
enum host_conversation { HOST_ANSWERS, HOST_FAILS, HOST_SAYS_NULL, HOST_GIVES_NO_ARRAY };

/* A login: what was asked, and what came of it. */
struct host_login {
	enum host_conversation conversation;
	const char *answers[4]; /* in the order of the prompts; NULL after the last */
	const char *authtok;    /* what an earlier module left, or NULL */
	const char *rhost;
	void (*at_prompt)(void); /* called while the module waits for answers; NULL for nothing */
	char prompts[512];       /* each with its style, and a newline */
	char authtok_after[512];
};

/* host_no_delay(pamh): No failure is to take its time. */
void host_no_delay(pam_handle_t *pamh);

/* host_login(service, user, login): pam_authenticate; its code. */
int host_login(const char *service, const char *user, struct host_login *login);

#endif
