/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who the user is, the helper finds out itself: the process that asks belongs to the user, or to
 * whoever has got hold of it. Nothing is shown before the password was right, and nothing of an
 * enrolled user is shown or changed before a code was accepted, which is charged like any login's;
 * and only that record is changed which the code was of, for root may have made another one since,
 * to shut out whoever sits here. The key is made here and never taken from the user, and nothing is
 * written before the device has shown that it has it.
 */
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "converse.h"
#include "logline.h"
#include "revision.h"
#include "session.h"
#include "session_serve.h"
#include "store_change.h"

/* Seconds: for a person to find the phone, install an app, and read the key. */
#define PATIENCE 600

/* Seconds: to wait for the store's lock, and to do what it is for. */
#define WORK_PATIENCE 9

/* Times that a person may mistype the first code. */
#define FIRST_CODE_TRIES 3

/* Whether the user has a record, and so a code to show. */
enum enrolled { ENROLLED_NO, ENROLLED_YES };

struct session {
	struct service *service;
	struct enrolment wish;
	struct record met;   /* what the user has when the session begins */
	struct state before; /* REQUEST_STATUS: the same, for the code clears failures and lock */
	struct session_end end;
};

/* twokey.conf's self_enroll: seeing one's own record is nobody else's business. */
static bool is_permitted(const struct session *session)
{
	enum self_enroll allowed = session->service->policy.self_enroll;

	switch (session->service->request->kind) {
	case REQUEST_STATUS:
		return true;
	case REQUEST_ENROL:
		if (session->wish.mode == ENROLMENT_NEW ||
		    session->wish.mode == ENROLMENT_IF_MISSING)
			return allowed != SELF_ENROLL_NO;
		break;
	case REQUEST_RECOVERY:
		return allowed != SELF_ENROLL_NO;
	default:
		break;
	}
	return allowed == SELF_ENROLL_YES;
}

/*
 * Nobody is waited for with the store locked; but whoever freezes this process then, as by a cgroup
 * of theirs, keeps everybody's changes waiting: not for longer than this.
 */
static unsigned hurry(void)
{
	return alarm(WORK_PATIENCE);
}

static enum reason say(struct fields *fields)
{
	return session_send(STDIN_FILENO, fields) ? REASON_NONE : REASON_NO_ANSWER;
}

static enum reason ask(enum session_say what, struct secret *answer)
{
	struct fields fields;

	if (!session_say(&fields, what) || say(&fields) != REASON_NONE)
		return REASON_NO_ANSWER;
	return converse_answer(answer);
}

/* A change is told in the log as the command tells root's. */
static void audit(const struct session *session, const char *what, const char *device)
{
	struct logline line = {.length = 0};

	logline_value(&line, "user", session->service->request->user);
	logline_add(&line, " by_uid=%u: %s%s", (unsigned)session->service->caller->uid, what,
		    device);
	syslog(LOG_AUTHPRIV | LOG_NOTICE, "twokey:%s", line.text);
}

static enum reason look(struct session *session, enum enrolled *enrolled)
{
	bool found;
	enum reason reason = store_peek(&session->service->store, session->service->request->user,
					&session->met, &found);

	*enrolled = found ? ENROLLED_YES : ENROLLED_NO;
	return reason;
}

/* A login like any other, with its one log line. */
static enum reason prove_code(struct session *session)
{
	struct service *service = session->service;
	struct secret code = {0};
	enum reason reason = ask(SAY_CODE, &code);

	if (reason == REASON_NONE)
		reason = service_decide(service, REASON_NONE, code.text);
	secret_wipe(&code);
	service->login.reason = reason;
	service_report(service);
	if (service_answer(service) != ANSWER_ACCEPTED)
		return reason;
	service->store.met = &session->met;
	return REASON_NONE;
}

static enum reason show_device(struct session *session)
{
	struct fields fields;

	if (!session_say(&fields, SAY_DEVICE) || !session_put_key(&fields, &session->wish))
		return REASON_NO_MEMORY;
	return say(&fields);
}

static enum reason confirm(struct session *session)
{
	enum reason reason = REASON_WRONG_CODE;

	for (int i = 0; i < FIRST_CODE_TRIES && reason_class(reason) == CLASS_REFUSED; i++) {
		struct near_miss near_miss;
		struct secret typed = {0};
		struct fields fields;

		reason = ask(SAY_FIRST_CODE, &typed);
		if (reason == REASON_NONE)
			reason = enrolment_confirm(&session->wish, typed.text, &near_miss);
		secret_wipe(&typed);
		if (reason == REASON_NONE || reason_class(reason) != CLASS_REFUSED)
			return reason;
		if (!session_say(&fields, SAY_WRONG) ||
		    !session_put_near_miss(&fields, &near_miss) || say(&fields) != REASON_NONE)
			return REASON_NO_ANSWER;
	}
	return reason;
}

static enum reason show_codes(const struct codes *codes)
{
	struct fields fields;

	if (!session_say(&fields, SAY_CODES) || !session_put_codes(&fields, codes))
		return REASON_NO_MEMORY;
	return say(&fields);
}

static enum reason enrol(struct session *session, enum enrolled enrolled)
{
	const char *user = session->service->request->user;
	struct store *store = &session->service->store;
	enum enrolment_standing standing;
	enum reason reason;

	/* Whoever gets a record meanwhile has shown no code of it, and neither adds to it. */
	if (enrolled == ENROLLED_NO)
		session->wish.mode = ENROLMENT_NEW;
	reason = enrolment_complete(&session->wish, user);
	if (reason == REASON_NONE)
		reason = show_device(session);
	if (reason == REASON_NONE)
		reason = confirm(session);
	if (reason != REASON_NONE)
		return reason;
	(void)hurry();
	reason = enrolment_write(&session->wish, store, user, &standing);
	if (reason != REASON_NONE)
		return reason;
	session->end.standing = standing;
	if (standing != ENROLMENT_WELCOME)
		return REASON_NONE;
	audit(session, "enrolled by the user: device ", session->wish.device.name);
	return show_codes(&session->wish.codes);
}

static enum reason renew_codes(struct session *session)
{
	enum reason reason;

	(void)hurry();
	reason = revision_renew_codes(&session->service->store, session->service->request->user,
				      &session->wish.codes);
	if (reason != REASON_NONE)
		return reason;
	audit(session, "new recovery codes by the user, the old ones void", "");
	return show_codes(&session->wish.codes);
}

static enum reason remove_device(struct session *session)
{
	enum revision_standing standing;
	enum reason reason;

	(void)hurry();
	reason = revision_remove_device(&session->service->store, session->service->request->user,
					session->wish.device.name, &standing);
	if (reason != REASON_NONE)
		return reason;
	session->end.standing = standing;
	if (standing == REVISION_DONE)
		audit(session, "removed by the user: device ", session->wish.device.name);
	return REASON_NONE;
}

static enum reason show_record(struct session *session)
{
	struct record record;
	struct state state;
	struct fields fields;
	enum reason reason = store_read(&session->service->store, session->service->request->user,
					&record, &state);

	session->before.recovery_spent = state.recovery_spent;
	if (reason == REASON_NONE && (!session_say(&fields, SAY_RECORD) ||
				      !session_put_record(&fields, &record, &session->before)))
		reason = REASON_NO_MEMORY;
	explicit_bzero(&record, sizeof(record));
	return reason == REASON_NONE ? say(&fields) : reason;
}

/* What needs no code yet, or no more. */
static enum reason meet_record(struct session *session, enum enrolled *enrolled)
{
	struct service *service = session->service;
	enum enrolment_standing standing = ENROLMENT_WELCOME;
	enum reason reason = look(session, enrolled);

	if (reason == REASON_NONE && service->request->kind == REQUEST_ENROL) {
		reason = enrolment_look(&session->wish, &service->store, service->request->user,
					&standing);
		session->end.standing = standing;
	} else if (reason == REASON_NONE && *enrolled == ENROLLED_NO) {
		reason = REASON_UNENROLLED;
	}
	if (reason == REASON_NONE && service->request->kind == REQUEST_STATUS)
		reason = store_read(&service->store, service->request->user, &session->met,
				    &session->before);
	/* Which devices there are is told after the code. */
	if (reason != REASON_NONE || standing == ENROLMENT_EXISTS || *enrolled == ENROLLED_NO)
		return reason;
	return prove_code(session);
}

static enum reason perform(struct session *session)
{
	enum enrolled enrolled;
	enum reason reason = meet_record(session, &enrolled);

	if (reason != REASON_NONE || session->end.standing != 0)
		return reason;
	switch (session->service->request->kind) {
	case REQUEST_ENROL:
		return enrol(session, enrolled);
	case REQUEST_STATUS:
		return show_record(session);
	case REQUEST_RECOVERY:
		return renew_codes(session);
	case REQUEST_REMOVE:
		return remove_device(session);
	default:
		return REASON_BAD_REQUEST;
	}
}

/* An enrolment may be the first of all: then the store has nothing in it yet. */
static enum reason open_store(struct session *session)
{
	struct service *service = session->service;
	enum reason reason = service_leave(service);
	unsigned left;

	if (reason != REASON_NONE || service->request->kind != REQUEST_ENROL)
		return reason;
	left = hurry();
	reason = store_create(service->policy.store, &service->store.fault);
	(void)alarm(left);
	return reason;
}

static enum reason run(struct session *session)
{
	struct service *service = session->service;
	struct fields fields;
	enum reason reason;

	if (!session_receive(STDIN_FILENO, &fields) || !session_take_wish(&fields, &session->wish))
		return REASON_BAD_REQUEST;
	if (!is_permitted(session))
		return REASON_NOT_PERMITTED;
	reason = converse_authenticate(service->request->user);
	if (reason != REASON_NONE) {
		service->login.reason = reason;
		service_report(service);
		return reason;
	}
	service->password = PASSWORD_RIGHT;
	reason = open_store(session);
	return reason == REASON_NONE ? perform(session) : reason;
}

/* An error must be in the log, for the user can't mend it; an attempt has its line already. */
static void report_error(struct session *session)
{
	enum reason reason = session->end.reason;

	if (reason_class(reason) != CLASS_ERROR || reason == REASON_NONE ||
	    reason == session->service->login.reason)
		return;
	session->service->login.reason = reason;
	service_report(session->service);
}

int session_serve(struct service *service)
{
	struct session session = {.service = service};
	struct fields fields;
	enum reason reason;

	(void)alarm(PATIENCE);
	reason = run(&session);
	session.end.reason = reason;
	report_error(&session);
	if (session_say(&fields, SAY_END) && session_put_end(&fields, &session.end))
		(void)session_send(STDIN_FILENO, &fields);
	store_close(&service->store);
	explicit_bzero(&session, sizeof(session));
	if (reason == REASON_NONE)
		return ANSWER_ACCEPTED;
	return reason_class(reason) == CLASS_REFUSED ? ANSWER_REFUSED : ANSWER_FAILED;
}
