/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Enrolment in the middle of a login. What the user must see is the text of a question whose answer
 * is seen: sshd shows other messages with the next question only, and under its method "password"
 * it answers hidden ones with the password, but fails at this one.
 */
#include <errno.h>
#include <security/pam_ext.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "drawing.h"
#include "enrol.h"
#include "enrolment.h"
#include "page.h"
#include "prompt.h"
#include "recovery.h"
#include "report.h"
#include "store_change.h"
#include "text.h"
#include "undisturbed.h"
#include "uri.h"

/* In libpam's handle, which lasts from the auth phase to the session: who is to be enrolled. */
#define DUE "twokey_enrolment_due"

/* No user's name. */
#define NOBODY ""

/* Wrong codes end it; so does somebody who never tires of having the QR code drawn anew. */
#define TRIES_MAX 3
#define PAGES_MAX 20

#define KEY_GROUP 4

/* One enrolment from its options to its log line. Holds secrets. */
struct session {
	pam_handle_t *pamh;
	struct policy policy;
	struct site site;
	enum drawing_ink ink;
	const char *user; /* libpam's */
	struct store store;
	struct enrolment enrolment;
	struct page page;
};

static void free_due(pam_handle_t *pamh, void *data, int error)
{
	(void)pamh;
	(void)error;
	free(data);
}

/* Who is to be enrolled: NULL if nothing is due, NOBODY if nobody may be any more. */
static const char *due_user(pam_handle_t *pamh)
{
	const void *due = NULL;

	return pam_get_data(pamh, DUE, &due) == PAM_SUCCESS ? due : NULL;
}

static bool set_due(pam_handle_t *pamh, const char *user)
{
	char *due = strdup(user);

	if (due != NULL && pam_set_data(pamh, DUE, due, free_due) == PAM_SUCCESS)
		return true;
	free(due);
	return false;
}

static void forget_due(pam_handle_t *pamh)
{
	(void)pam_set_data(pamh, DUE, NULL, NULL);
}

bool enrol_note(pam_handle_t *pamh, const char *user, enum reason reason)
{
	const char *due = due_user(pamh);

	if (reason == REASON_ENROLMENT_DUE)
		return set_due(pamh, user);
	if (due == NULL)
		return true;
	if (reason_class(reason) != CLASS_SUCCESS)
		return set_due(pamh, NOBODY);
	/* One user may pass two lines of a stack: what the one line is due to do, it does. */
	if (strcmp(due, user) != 0)
		forget_due(pamh);
	return true;
}

bool enrol_is_due(pam_handle_t *pamh)
{
	return due_user(pamh) != NULL;
}

static void begin_page(struct session *session)
{
	explicit_bzero(&session->page, sizeof(session->page));
}

static void add_qr(struct session *session)
{
	char uri[URI_MAX + 1];

	uri_format(&session->enrolment.device, 0, uri);
	drawing_add(&session->page, uri, session->policy.qr, session->ink);
	explicit_bzero(uri, sizeof(uri));
}

static void add_key(struct session *session)
{
	char key[DEVICE_KEY_BASE32_MAX + 1];

	device_key_text(&session->enrolment.device, key);
	page_add(&session->page, "   ");
	for (size_t i = 0; key[i] != '\0'; i++)
		page_add(&session->page, "%s%c", i % KEY_GROUP == 0 ? " " : "", key[i]);
	page_add(&session->page, "\n");
	explicit_bzero(key, sizeof(key));
}

/* With the key, for the QR code may not be there, or be no use. */
static void add_invitation(struct session *session)
{
	page_add(&session->page, "%s\n",
		 _("From now on this login asks for a code beside the password. Scan this with an\n"
		   "authenticator app, or type the key below it into the app by hand:\n"));
	add_qr(session);
	add_key(session);
	if (session->policy.qr != PROMPT_QR_OFF)
		page_add(&session->page, "\n%s\n",
			 _("If no app reads it, type a (drawn in ASCII) or i (light for dark)."));
	page_add(&session->page, "%s", _("Code that the app shows: "));
}

static void add_correction(struct session *session, const struct near_miss *near_miss)
{
	page_add(&session->page, "%s\n", _("That is not the code."));
	if (near_miss->kind == NEAR_MISS_CLOCK)
		page_add(&session->page, "%s\n",
			 _("The clocks of the app and of this host differ: set both by the "
			   "network."));
	page_add(&session->page, "%s", _("Code that the app shows: "));
}

/* A wish of one letter about how the QR code is drawn. */
static bool take_wish(struct session *session, const struct secret *typed)
{
	if (session->policy.qr == PROMPT_QR_OFF)
		return false;
	if (strcmp(typed->text, "a") == 0) {
		session->policy.qr = PROMPT_QR_ASCII;
		return true;
	}
	if (strcmp(typed->text, "i") == 0) {
		session->ink = session->ink == DRAWING_FOR_DARK_SCREEN ? DRAWING_FOR_LIGHT_SCREEN
								       : DRAWING_FOR_DARK_SCREEN;
		return true;
	}
	return false;
}

/* REASON_NONE once the app's code was typed; REASON_WRONG_CODE after so many others. */
static enum reason confirm(struct session *session)
{
	struct near_miss near_miss;
	struct secret typed = {0};
	unsigned tries = 0;
	enum reason reason;

	begin_page(session);
	add_invitation(session);
	for (unsigned pages = 0; pages < PAGES_MAX && tries < TRIES_MAX; pages++) {
		if (prompt_page(session->pamh, session->page.text, &typed) != PAM_SUCCESS)
			return REASON_NO_ANSWER;
		begin_page(session);
		if (take_wish(session, &typed)) {
			secret_wipe(&typed);
			add_invitation(session);
			continue;
		}
		reason = enrolment_confirm(&session->enrolment, typed.text, &near_miss);
		secret_wipe(&typed);
		if (reason == REASON_NONE || reason_class(reason) == CLASS_ERROR)
			return reason;
		add_correction(session, &near_miss);
		tries++;
	}
	return REASON_WRONG_CODE;
}

/* Before anything is written: who does not see them to the end is not enrolled without them. */
static enum reason show_codes(struct session *session)
{
	const struct codes *codes = &session->enrolment.codes;
	char shown[RECOVERY_SHOWN + 1];
	struct secret typed = {0};
	int result;

	if (codes->count == 0)
		return REASON_NONE;
	begin_page(session);
	page_add(&session->page, "%s\n",
		 _("Recovery codes, each good for one login without the device.\n"
		   "They are shown this once: print them, or write them down.\n"));
	for (size_t i = 0; i < codes->count; i++) {
		recovery_show(codes->items[i], shown);
		page_add(&session->page, "    %s\n", shown);
	}
	explicit_bzero(shown, sizeof(shown));
	page_add(&session->page, "\n%s", _("Press Enter when you have them: "));
	result = prompt_page(session->pamh, session->page.text, &typed);
	secret_wipe(&typed);
	return result == PAM_SUCCESS ? REASON_NONE : REASON_NO_ANSWER;
}

/* Here and in meet_store others wait for a lock. */
static enum reason open_store(struct session *session)
{
	struct undisturbed undisturbed;
	struct store_fault fault;
	enum reason reason;

	undisturbed_begin(&undisturbed);
	reason = store_create(session->policy.store, &fault);
	undisturbed_end(&undisturbed, fault.error == EFBIG);
	if (reason == REASON_NONE)
		reason = store_open(session->policy.store, &session->store);
	else
		session->store.fault = fault;
	return reason;
}

/* What ${step} says, be it enrolment_look or enrolment_write. */
static enum reason meet_store(struct session *session, enum enrolment_standing *standing,
			      enum reason (*step)(struct enrolment *enrolment, struct store *store,
						  const char *user,
						  enum enrolment_standing *standing))
{
	struct undisturbed undisturbed;
	enum reason reason;

	undisturbed_begin(&undisturbed);
	reason = step(&session->enrolment, &session->store, session->user, standing);
	undisturbed_end(&undisturbed, session->store.fault.error == EFBIG);
	return reason;
}

static enum reason enrol(struct session *session)
{
	struct enrolment *enrolment = &session->enrolment;
	enum enrolment_standing standing = ENROLMENT_EXISTS;
	enum reason reason = open_store(session);

	if (reason == REASON_NONE)
		reason = meet_store(session, &standing, enrolment_look);
	if (reason == REASON_NONE && standing == ENROLMENT_WELCOME) {
		reason = enrolment_complete(enrolment, session->user);
		if (reason == REASON_NONE)
			reason = confirm(session);
		if (reason == REASON_NONE)
			reason = show_codes(session);
		if (reason == REASON_NONE)
			reason = meet_store(session, &standing, enrolment_write);
	}
	if (reason != REASON_NONE)
		return reason;
	return standing == ENROLMENT_WELCOME ? REASON_ENROLLED : REASON_ENROLLED_MEANWHILE;
}

/* The last word to who is not let in for it. */
static void tell(pam_handle_t *pamh, enum reason reason)
{
	if (reason == REASON_ENROLLED_MEANWHILE)
		pam_error(pamh, "%s", _("You were enrolled meanwhile: log in again with a code."));
	else if (reason != REASON_ENROLLED && reason != REASON_NO_ANSWER)
		pam_error(pamh, "%s", _("You were not enrolled; nothing has changed."));
}

static int password_code(enum reason reason)
{
	if (reason == REASON_ENROLLED)
		return PAM_SUCCESS;
	return reason == REASON_NO_ANSWER ? PAM_CONV_ERR : PAM_AUTHTOK_ERR;
}

static enum reason run(struct session *session)
{
	const char *due = due_user(session->pamh);
	enum reason reason;

	if (pam_get_user(session->pamh, &session->user, NULL) != PAM_SUCCESS ||
	    session->user == NULL)
		return REASON_NO_ANSWER;
	/* The program may have renamed the user since, or tried again in vain. */
	if (due == NULL || strcmp(due, session->user) != 0)
		return REASON_NOT_DUE;
	enrolment_defaults(&session->enrolment, &session->site);
	reason = enrol(session);
	if (reason == REASON_ENROLLED)
		forget_due(session->pamh);
	return reason;
}

static int enrol_with(struct session *session, int argc, const char **argv)
{
	struct policy_error error;
	enum reason reason;

	if (!conf_policy(&session->policy, &session->site, argc, argv, &error)) {
		report_option(session->pamh, "chauthtok", &session->policy, &error);
		return PAM_SERVICE_ERR;
	}
	reason = run(session);
	store_close(&session->store);
	report_enrolment(session->pamh, &session->policy, session->user, reason,
			 &session->store.fault);
	tell(session->pamh, reason);
	return password_code(reason);
}

static int without_memory(pam_handle_t *pamh)
{
	const struct store_fault fault = {0};
	struct policy policy;

	policy_defaults(&policy);
	report_enrolment(pamh, &policy, due_user(pamh), REASON_NO_MEMORY, &fault);
	return PAM_BUF_ERR;
}

/* A page has no room on the stack of a caller who set RLIMIT_STACK low. */
int enrol_user(pam_handle_t *pamh, int argc, const char **argv)
{
	struct session *session = calloc(1, sizeof(*session));
	int code;

	if (session == NULL)
		return without_memory(pamh);
	session->pamh = pamh;
	session->store.directory = -1;
	code = enrol_with(session, argc, argv);
	explicit_bzero(session, sizeof(*session));
	free(session);
	return code;
}
