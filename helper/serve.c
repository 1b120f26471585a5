/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The password is verified before the code, by the helper itself (P4); the attempt is that of
 * login_decide, with its charge and its lock (P2, P3).
 */
#include <stdbool.h>
#include <string.h>

#include "chkpwd.h"
#include "serve.h"
#include "service.h"
#include "session_serve.h"

/* unix_chkpwd must be started while the real user is the caller; the store is opened without. */
static enum reason verify(struct service *service)
{
	const struct request *request = service->request;
	enum reason refusal = REASON_NONE;
	enum reason reason;

	if (request->kind == REQUEST_PASSWORD_CODE) {
		refusal = chkpwd(request->user, &request->password);
		if (refusal == REASON_NONE)
			service->password = PASSWORD_RIGHT;
		else if (reason_class(refusal) == CLASS_ERROR)
			return refusal;
	}
	reason = service_leave(service);
	if (reason != REASON_NONE)
		return reason;
	return service_decide(service, refusal, request->code.text);
}

/* The user's own affair, so it is told: nothing is logged, for the attempt is still to come. */
static int look(struct service *service)
{
	struct record record;
	bool enrolled;
	int answer;

	if (service_leave(service) != REASON_NONE)
		return ANSWER_FAILED;
	if (store_peek(&service->store, service->request->user, &record, &enrolled) != REASON_NONE)
		answer = ANSWER_FAILED;
	else if (!enrolled && login_unenrolled(&service->policy) == REASON_UNENROLLED_ALLOWED)
		answer = ANSWER_UNENROLLED_ALLOWED;
	else
		answer = ANSWER_DIGITS +
			 (int)(record.device_count > 0 ? record.devices[0].digits : OTP_DIGITS_MIN);
	explicit_bzero(&record, sizeof(record));
	return answer;
}

int serve(const struct request *request, const struct caller *caller)
{
	struct service service;
	enum reason reason;

	service_begin(&service, request, caller);
	reason = service_admit(&service);
	if (reason == REASON_NONE && request->kind >= REQUEST_ENROL)
		return session_serve(&service);
	if (request->kind == REQUEST_LOOK)
		return reason == REASON_NONE ? look(&service) : ANSWER_FAILED;
	service.login.reason = reason == REASON_NONE ? verify(&service) : reason;
	store_close(&service.store);
	service_report(&service);
	return service_answer(&service);
}

int serve_not(const struct request *request, const struct caller *caller, enum reason reason)
{
	struct service service;

	service_begin(&service, request, caller);
	service.login.reason = reason;
	service_report(&service);
	return ANSWER_FAILED;
}
