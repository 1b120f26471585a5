/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SERVICE_H
#define TWOKEY_SERVICE_H

#include "login.h"
#include "policy.h"
#include "request.h"
#include "store.h"
#include "surroundings.h"

/* One request, from its arrival to its log line. */
struct service {
	const struct request *request;
	const struct caller *caller;
	struct policy policy;
	struct policy_error option; /* what is wrong with it where the reason is an option */
	struct store store;
	enum password password;
	struct login login;
};

/* service_begin(service, request, caller): Nothing is decided yet, and no password verified. */
void service_begin(struct service *service, const struct request *request,
		   const struct caller *caller);

/*
 * service_admit(service):
 * Whether this caller is served: the user is their own, and the store that of twokey.conf, whose
 * options are service->policy then. Return REASON_NONE or why not.
 */
enum reason service_admit(struct service *service);

/*
 * service_leave(service):
 * Be the store's owner alone, and open the store. Return REASON_NONE or why it can't be used.
 */
enum reason service_leave(struct service *service);

/*
 * service_decide(service, refusal, code):
 * Decide the attempt by login_decide, under service->password; ${refusal} is why that one is wrong.
 * Return how it ended.
 */
enum reason service_decide(struct service *service, enum reason refusal, const char *code);

/* service_report(service): Write the attempt's log line. */
void service_report(const struct service *service);

/* service_answer(service): The exit status that answers the attempt. */
int service_answer(const struct service *service);

#endif
