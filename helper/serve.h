/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SERVE_H
#define TWOKEY_SERVE_H

#include "request.h"
#include "surroundings.h"

/*
 * serve(request, caller):
 * Do what ${request} asks for, as the module would in a process that may open the store, and write
 * its log line. Return the exit status that answers.
 */
int serve(const struct request *request, const struct caller *caller);

/*
 * serve_not(request, caller, reason):
 * Log that ${request}, which may be empty, is not served, and why. Return the exit status.
 */
int serve_not(const struct request *request, const struct caller *caller, enum reason reason);

#endif
