/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_SESSION_SERVE_H
#define TWOKEY_SESSION_SERVE_H

#include "service.h"

/*
 * session_serve(service):
 * Let a user see or change their own record, in a session over standard input, which is a socket:
 * once the password, and a code where the user is enrolled, have shown who it is. Return the exit
 * status.
 */
int session_serve(struct service *service);

#endif
