/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_MODEL_H
#define TWOKEY_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "verdict.h"

/*
 * What is promised to a user with a few devices and recovery codes, in sets and counters. It
 * knows nothing of how lib reaches a verdict; the unit tests and the fuzzers hold lib against it.
 */

/* Attempts of one user that a model can follow. */
#define MODEL_ATTEMPTS_MAX 256

/* Devices of one user that it can follow. */
#define MODEL_DEVICES_MAX 2

enum model_key { MODEL_NO_KEY, MODEL_DEVICE_KEY, MODEL_RECOVERY_KEY };

struct model_attempt {
	int64_t now; /* seconds since 1970 */
	enum answer_form form;
	enum password password;
	enum model_key key; /* whose code was typed, if the code is anybody's */
	size_t device;      /* whose key it is, if it is a device's */
	uint64_t number;    /* its step or counter, or the recovery code's index */
};

/* The steps or counters of one device that got somebody in. */
struct model_device {
	uint64_t used[MODEL_ATTEMPTS_MAX];
	size_t count;
};

struct model {
	struct limits limits;
	struct model_device devices[MODEL_DEVICES_MAX];
	uint32_t recovery_used; /* a bit each */
	uint32_t evaluated;     /* guesses since the last success */
	uint32_t untold;        /* wrong guesses of which no session has told */
	int64_t lock_begin;
	int64_t lock_length; /* seconds; 0 for no lock */
};

/* model_begin(model, limits): A user who has just been enrolled. */
void model_begin(struct model *model, const struct limits *limits);

/*
 * model_live(model, attempt, class, state):
 * Follow one attempt, which ended as ${class} says and left ${state}. Return NULL, or the promise
 * that this breaks.
 */
const char *model_live(struct model *model, const struct model_attempt *attempt,
		       enum reason_class class, const struct state *state);

/*
 * model_unlock(model, state), model_tell(model, state):
 * Follow an administrator who unlocks the user, or a session that tells them what they are to be
 * told, and left ${state}. Return NULL, or the promise that this breaks.
 */
const char *model_unlock(struct model *model, const struct state *state);
const char *model_tell(struct model *model, const struct state *state);

#endif
