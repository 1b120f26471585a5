/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SELF_H
#define TWOKEY_SELF_H

#include <stdbool.h>

#include "enrolment.h"
#include "options.h"
#include "request.h"
#include "session.h"

/*
 * What users do to their own record, by twokey-helper: the store is closed to them. The command
 * only shows what the helper says, and hands on what they type.
 */
struct self {
	enum request_kind kind;
	const struct options *options;
	struct enrolment wish; /* its device, mode and number of codes, as far as they matter */
	/*
	 * Take a message that is the subcommand's own: false if it is none. May be NULL. Messages
	 * that ask something are answered by self_answer.
	 */
	bool (*hear)(struct self *self, enum session_say say, struct fields *fields);
	void *context; /* hear's */
	int socket;    /* self_run's */
};

/*
 * self_is_needed(reason, fault, user):
 * Whether the store could not be opened because this process runs as ${user}, who may not.
 */
bool self_is_needed(enum reason reason, const struct store_fault *fault, const char *user);

/*
 * self_run(self, end):
 * The whole session, from its request to its end. Return STATUS_DONE where ${end} says that the
 * helper did it, or met something in the record; else the status, after a complaint.
 */
int self_run(struct self *self, struct session_end *end);

/* self_answer(self, answer): Answer the helper's question. Return false if it is gone. */
bool self_answer(const struct self *self, const struct secret *answer);

#endif
