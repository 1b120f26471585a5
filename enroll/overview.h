/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_OVERVIEW_H
#define TWOKEY_OVERVIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "record.h"
#include "state.h"

/* Room for an RFC 3339 time, or "never". */
#define TIME_TEXT_SIZE 32

/*
 * overview_time(time, otherwise, text):
 * Write ${time}, seconds since 1970, as RFC 3339 in UTC; ${otherwise} if it is 0.
 */
void overview_time(int64_t time, const char *otherwise, char text[TIME_TEXT_SIZE]);

/*
 * overview_json(user, record, state, now):
 * The object of 'status --json' in twokey(8), for the caller to json_decref. ${state} is NULL where
 * it is damaged: what it would tell is null then. NULL if memory ran out.
 */
json_t *overview_json(const char *user, const struct record *record, const struct state *state,
		      int64_t now);

/*
 * overview_text_json(text):
 * A JSON string of ${text}, whose bytes above 0x7f become \\xHH where they are no UTF-8. NULL if
 * memory ran out.
 */
json_t *overview_text_json(const char *text);

/*
 * overview_append(array, item):
 * Add ${item}, NULL if it could not be made, to ${array}, which then owns it. Return an enum
 * status, after a complaint.
 */
int overview_append(json_t *array, json_t *item);

/*
 * overview_print_json(json):
 * Print ${json} to standard output and json_decref it. Return an enum status.
 */
int overview_print_json(json_t *json);

/*
 * overview_print_item(json, stream, any):
 * Print ${json} to ${stream} as an item of an array, and json_decref it: as it comes, so that
 * memory does not grow with the array. ${any} tells whether one was printed before. Return an enum
 * status.
 */
int overview_print_item(json_t *json, FILE *stream, bool *any);

#endif
