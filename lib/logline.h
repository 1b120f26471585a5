/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_LOGLINE_H
#define TWOKEY_LOGLINE_H

#include <stddef.h>
#include <sys/types.h>

#include "login.h"
#include "policy.h"
#include "verdict.h"

/* RFC 5424 section 6.1: a syslog receiver takes at least 2048 bytes. */
#define LOGLINE_SIZE 1800

/* One line for the log, which is the caller's to write. */
struct logline {
	int priority; /* of syslog(3), without a facility */
	size_t length;
	char text[LOGLINE_SIZE];
};

/* Where an attempt came from, as the program that asks says; empty texts for what it does not. */
struct origin {
	const char *service;
	const char *rhost;
	const char *tty;
	const char *ruser;
};

/* All that the line of one attempt tells. */
struct account {
	const char *event; /* "authentication" or "enrolment" */
	const char *user;
	struct origin origin;
	const uid_t
		*caller; /* who really asks, where ${origin} is no more than their word; or NULL */
	enum password password;
	const struct login *login;
	const char *store;                 /* its path */
	const struct store_fault *fault;   /* says more where the reason is the store's */
	const char *conf;                  /* the path of twokey.conf */
	const struct policy_error *option; /* says more where the reason is an option, or NULL */
};

/*
 * logline_attempt(line, account):
 * How an attempt ended, "key=value" in the manner of pam_unix(8), all values escaped: success at
 * LOG_INFO, refusal at LOG_NOTICE, a right password with a wrong code at LOG_WARNING, an error at
 * LOG_ERR with what mends it.
 */
void logline_attempt(struct logline *line, const struct account *account);

/* logline_add(line, format, ...): Append our own words, as printf(3) does; what is too long is cut.
 */
__attribute__((format(printf, 2, 3))) void logline_add(struct logline *line, const char *format,
						       ...);

/*
 * logline_value(line, key, value):
 * Append " key=value" with a value that comes from outside: whatever could end the value or the
 * line, or talk to a terminal, is written as \xHH.
 */
void logline_value(struct logline *line, const char *key, const char *value);

/*
 * logline_option(line, conf, error):
 * Append what is wrong with an option, and where in ${conf}, the path of twokey.conf; of one of the
 * module's arguments no place is told.
 */
void logline_option(struct logline *line, const char *conf, const struct policy_error *error);

#endif
