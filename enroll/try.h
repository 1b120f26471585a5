/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_TRY_H
#define TWOKEY_TRY_H

#include <jansson.h>
#include <security/pam_appl.h>

#include "log_watch.h"
#include "try_pam.h"

/* What 'twokey try' was asked for. */
struct trial {
	const char *service;
	const char *user;  /* NULL: the stack asks */
	const char *rhost; /* NULL: not from the network */
	const char *tty;   /* NULL: none */
	const char *by;    /* who would have started the program; NULL: root */
	json_t *told;      /* the result with --json; else NULL */
	json_t *log;       /* of the phase that runs */
	int status;        /* STATUS_SYSTEM once something could not be told */
	unsigned asked;    /* prompts so far */
	struct log_watch watch;
	struct try_pam pam;
};

/*
 * trial_tell(trial, array, item):
 * Add ${item}, NULL if it could not be made, to an array of what is told.
 */
void trial_tell(struct trial *trial, json_t *array, json_t *item);

/*
 * trial_converse(count, messages, responses, data):
 * The conversation of pam_conv(3), with ${data} a struct trial: the terminal, or lines of standard
 * input. What was typed is nowhere kept or printed.
 */
int trial_converse(int count, const struct pam_message **messages, struct pam_response **responses,
		   void *data);

#endif
