/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The caller's word counts for nothing but the log: whom the helper serves is the real user, and
 * the store and the limits are those of twokey.conf.
 */
#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "account.h"
#include "conf.h"
#include "logline.h"
#include "service.h"

void service_begin(struct service *service, const struct request *request,
		   const struct caller *caller)
{
	*service = (struct service){
		.request = request,
		.caller = caller,
		.store = {.directory = -1},
		.password = request->kind == REQUEST_CODE ? PASSWORD_NOT_ASKED : PASSWORD_WRONG,
	};
}

/* A name is the caller's if the host gives it the caller's number: one number may have several. */
static enum reason admit_user(const char *user, const struct caller *caller)
{
	char buffer[ACCOUNT_SIZE];
	struct passwd entry;
	int error = account_find(user, &entry, buffer);

	if (error != 0 && error != ENOENT)
		return account_reason(error);
	return error == 0 && entry.pw_uid == caller->uid && strcmp(entry.pw_name, user) == 0
		       ? REASON_NONE
		       : REASON_OTHER_USER;
}

static enum reason read_policy(struct service *service)
{
	policy_defaults(&service->policy);
	/* Whether options go together is for the module, which has its line of the stack, too. */
	if (!conf_load(&service->policy, &service->option))
		return REASON_BAD_OPTION;
	/* To enrol at a login is for callers who may write the store themselves. */
	if (service->request->unenrolled == REQUEST_UNENROLLED_DENY ||
	    service->policy.unenrolled == UNENROLLED_ENROL)
		service->policy.unenrolled = UNENROLLED_DENY;
	return REASON_NONE;
}

enum reason service_admit(struct service *service)
{
	enum reason reason = admit_user(service->request->user, service->caller);

	if (reason == REASON_NONE)
		reason = read_policy(service);
	if (reason == REASON_NONE && strcmp(service->request->store, service->policy.store) != 0)
		reason = REASON_OTHER_STORE;
	return reason;
}

enum reason service_leave(struct service *service)
{
	if (!surroundings_leave(service->caller))
		return REASON_HELPER_POWERLESS;
	return store_open(service->policy.store, &service->store);
}

enum reason service_decide(struct service *service, enum reason refusal, const char *code)
{
	const struct request *request = service->request;
	const struct credentials credentials = {
		.user = request->user,
		.password = service->password,
		.refusal = refusal,
		.code = code,
		.origin = request->rhost[0] != '\0' ? request->rhost : request->tty,
	};

	login_decide(&service->store, &service->policy, &credentials, &service->login);
	return service->login.reason;
}

/* The log names the service in its heading only where that is a word that could be a file's. */
static const char *heading_service(const char *service)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "._-";
	size_t length = strlen(service);

	return length > 0 && length <= 64 && strspn(service, plain) == length ? service : "?";
}

void service_report(const struct service *service)
{
	const struct request *request = service->request;
	const struct account account = {
		.event = "authentication",
		.user = request->user,
		.origin = {request->service, request->rhost, request->tty, request->ruser},
		.caller = &service->caller->uid,
		.password = service->password,
		.login = &service->login,
		.store = service->policy.store,
		.fault = &service->store.fault,
		.conf = POLICY_DEFAULT_CONF,
		.option = &service->option,
	};
	struct logline line;

	logline_attempt(&line, &account);
	syslog(LOG_AUTHPRIV | line.priority, "pam_twokey(%s:auth): %s",
	       heading_service(request->service), line.text);
}

int service_answer(const struct service *service)
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
