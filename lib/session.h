/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SESSION_H
#define TWOKEY_SESSION_H

#include <stdbool.h>

#include "enrolment.h"
#include "fields.h"
#include "judge.h"
#include "reason.h"
#include "record.h"
#include "secret.h"
#include "state.h"

/*
 * What twokey-helper and the command say to each other when a user changes their own record: after
 * the request the command sends a wish; then the helper speaks, and what it asks is answered, until
 * it says SAY_END. Each message is one packet of a socket (SOCK_SEQPACKET of unix(7)).
 */
enum session_say {
	SAY_PROMPT,     /* PAM's: answer it, with the echo off */
	SAY_PROMPT_ON,  /* the same with the echo on */
	SAY_TELL,       /* PAM's: no answer */
	SAY_CODE,       /* a code of an enrolled device, or a recovery code: answer it */
	SAY_DEVICE,     /* the new device with its key: show it */
	SAY_FIRST_CODE, /* a code of it: answer it */
	SAY_WRONG,      /* the first code was wrong */
	SAY_CODES,      /* new recovery codes: show them */
	SAY_RECORD,     /* the record, without keys, and the state */
	SAY_END,
};

/* How it ended. */
struct session_end {
	enum reason reason;
	unsigned standing; /* REASON_NONE: enum enrolment_standing or revision_standing */
};

/*
 * session_send(socket, fields), session_receive(socket, fields):
 * One message; wiped once it is sent. Return false if the other side is gone or sends what is no
 * message.
 */
bool session_send(int socket, struct fields *fields);
bool session_receive(int socket, struct fields *fields);

/*
 * session_say(fields, say):
 * Begin a message of the helper.
 */
bool session_say(struct fields *fields, enum session_say say);

/* session_said(fields, say): Read how a message of the helper begins. */
bool session_said(struct fields *fields, enum session_say *say);

/*
 * session_put_*, session_take_*: a part of a message, as fields. What is taken is checked like what
 * a person types; false, with nothing of use filled in, for anything that can't be meant.
 *
 * A device's key goes along only by session_put_key.
 */
bool session_put_wish(struct fields *fields, const struct enrolment *wish);
bool session_take_wish(struct fields *fields, struct enrolment *wish);
bool session_put_key(struct fields *fields, const struct enrolment *enrolment);
bool session_take_key(struct fields *fields, struct enrolment *enrolment);
bool session_put_codes(struct fields *fields, const struct codes *codes);
bool session_take_codes(struct fields *fields, struct codes *codes);
bool session_put_record(struct fields *fields, const struct record *record,
			const struct state *state);
bool session_take_record(struct fields *fields, struct record *record, struct state *state);
bool session_put_near_miss(struct fields *fields, const struct near_miss *near_miss);
bool session_take_near_miss(struct fields *fields, struct near_miss *near_miss);
bool session_put_end(struct fields *fields, const struct session_end *end);
bool session_take_end(struct fields *fields, struct session_end *end);

#endif
