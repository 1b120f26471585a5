/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The caller's word counts for nothing but the log: whom the helper serves is the real user, and
 * the store and the limits are those of twokey.conf. The password is verified before the code, by
 * the helper itself (P4); the attempt is login_decide's, with its charge and its lock (P2, P3).
 */
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <syslog.h>

#include "chkpwd.h"
#include "conf.h"
#include "login.h"
#include "logline.h"
#include "serve.h"

/* An entry of the largest directory: what sysconf(_SC_GETPW_R_SIZE_MAX) suggests, and more. */
#define PASSWD_SIZE 16384

/* One login, from its request to its log line. */
struct service {
	const struct request *request;
	const struct caller *caller;
	struct policy policy;
	struct store store;
	enum password password;
	struct login login;
};

/* The log names the service in its heading only where that is a word that could be a file's. */
static const char *heading_service(const char *service)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "._-";
	size_t length = strlen(service);

	return length > 0 && length <= 64 && strspn(service, plain) == length ? service : "?";
}

static void report(const struct service *service)
{
	const struct request *request = service->request;
	const struct account account = {
		.user = request->user,
		.origin = {request->service, request->rhost, request->tty, request->ruser},
		.caller = &service->caller->uid,
		.password = service->password,
		.login = &service->login,
		.store = service->policy.store,
		.fault = &service->store.fault,
	};
	struct logline line;

	logline_attempt(&line, &account);
	syslog(LOG_AUTHPRIV | line.priority, "pam_twokey(%s:auth): %s",
	       heading_service(request->service), line.text);
}

static int answer_of(const struct service *service)
{
	enum reason reason = service->login.reason;

	switch (reason_class(reason)) {
	case CLASS_SUCCESS:
		if (service->password == PASSWORD_WRONG)
			return ANSWER_REFUSED;
		return reason == REASON_UNENROLLED_ALLOWED ? ANSWER_UNENROLLED_ALLOWED
							   : ANSWER_ACCEPTED;
	case CLASS_REFUSED:
		return ANSWER_REFUSED;
	case CLASS_ERROR:
		break;
	}
	return ANSWER_FAILED;
}

/* A name is the caller's if the host gives it the caller's number: one number may have several. */
static bool is_callers(const char *user, const struct caller *caller)
{
	struct passwd entry;
	struct passwd *found = NULL;
	char buffer[PASSWD_SIZE];

	return getpwnam_r(user, &entry, buffer, sizeof(buffer), &found) == 0 && found != NULL &&
	       found->pw_uid == caller->uid && strcmp(found->pw_name, user) == 0;
}

static enum reason read_policy(struct service *service)
{
	struct policy_error error;

	policy_defaults(&service->policy);
	if (!conf_load(&service->policy, &error) || !policy_check(&service->policy, &error))
		return REASON_BAD_OPTION;
	if (service->request->unenrolled == REQUEST_UNENROLLED_DENY)
		service->policy.unenrolled = UNENROLLED_DENY;
	return REASON_NONE;
}

static enum reason admit(struct service *service)
{
	enum reason reason;

	if (!is_callers(service->request->user, service->caller))
		return REASON_OTHER_USER;
	reason = read_policy(service);
	if (reason == REASON_NONE && strcmp(service->request->store, service->policy.store) != 0)
		reason = REASON_OTHER_STORE;
	return reason;
}

/* The password is verified while the real user is the caller; the store is opened by its owner. */
static enum reason verify(struct service *service)
{
	const struct request *request = service->request;
	struct credentials credentials = {
		.user = request->user,
		.password = PASSWORD_NOT_ASKED,
		.code = request->code.text,
		.origin = request->rhost[0] != '\0' ? request->rhost : request->tty,
	};
	enum reason reason;

	if (request->kind == REQUEST_PASSWORD_CODE) {
		credentials.refusal = chkpwd(request->user, &request->password);
		if (credentials.refusal != REASON_NONE &&
		    reason_class(credentials.refusal) == CLASS_ERROR)
			return credentials.refusal;
		credentials.password =
			credentials.refusal == REASON_NONE ? PASSWORD_RIGHT : PASSWORD_WRONG;
	}
	service->password = credentials.password;
	if (!surroundings_leave(service->caller))
		return REASON_HELPER_POWERLESS;
	reason = store_open(service->policy.store, &service->store);
	if (reason == REASON_NONE)
		login_decide(&service->store, &service->policy, &credentials, &service->login);
	return reason == REASON_NONE ? service->login.reason : reason;
}

/* The user's own affair, so it is told: nothing is logged, for the attempt is still to come. */
static int look(struct service *service)
{
	struct record record;
	bool enrolled = true;
	int answer = ANSWER_FAILED;

	if (!surroundings_leave(service->caller) ||
	    store_open(service->policy.store, &service->store) != REASON_NONE)
		return ANSWER_FAILED;
	if (store_peek(&service->store, service->request->user, &record, &enrolled) == REASON_NONE)
		answer = ANSWER_DIGITS +
			 (int)(record.device_count > 0 ? record.devices[0].digits : OTP_DIGITS_MIN);
	if (!enrolled && login_allows_unenrolled(&service->policy))
		answer = ANSWER_UNENROLLED_ALLOWED;
	explicit_bzero(&record, sizeof(record));
	return answer;
}

int serve(const struct request *request, const struct caller *caller)
{
	struct service service = {
		.request = request,
		.caller = caller,
		.store = {.directory = -1},
		.password = request->kind == REQUEST_CODE ? PASSWORD_NOT_ASKED : PASSWORD_WRONG,
	};

	service.login.reason = admit(&service);
	if (request->kind == REQUEST_LOOK)
		return service.login.reason == REASON_NONE ? look(&service) : ANSWER_FAILED;
	if (service.login.reason == REASON_NONE)
		service.login.reason = verify(&service);
	store_close(&service.store);
	report(&service);
	return answer_of(&service);
}

int serve_not(const struct request *request, const struct caller *caller, enum reason reason)
{
	const struct service service = {
		.request = request,
		.caller = caller,
		.password = PASSWORD_WRONG,
		.login = {.reason = reason},
	};

	report(&service);
	return ANSWER_FAILED;
}
