/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_PLAN_H
#define TWOKEY_PLAN_H

#include <getopt.h>
#include <stdbool.h>

#include "enrolment.h"
#include "options.h"
#include "qr.h"
#include "uri.h"

enum confirmation { CONFIRMATION_ASKED, CONFIRMATION_LEFT_OUT };
enum key_source { KEY_RANDOM, KEY_FROM_STDIN };

/* What the options of enroll ask for. Holds a key: its owner wipes it. */
struct plan {
	struct options options;
	struct enrolment enrolment;
	struct qr_option qr;
	enum confirmation confirmation;
	enum key_source key_source;
	char uri[URI_MAX + 1];
};

/* enroll's own options, for struct syntax. */
extern const struct option plan_options[];

/* plan_take(option, value, context): Take one of them into ${context}, a struct plan. */
bool plan_take(int option, const char *value, void *context);

#endif
