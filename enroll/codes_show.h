/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_CODES_SHOW_H
#define TWOKEY_CODES_SHOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "codes.h"

/*
 * codes_parse_count(value, codes):
 * Take the value of an option that says how many. Return false, having complained, if it is not 0
 * to RECORD_RECOVERY_MAX.
 */
bool codes_parse_count(const char *value, struct codes *codes);

/* codes_print(codes, stream): Show them, two in a row, with what they are for. */
void codes_print(const struct codes *codes, FILE *stream);

/* codes_json(codes): An array of them as people are shown them. NULL if memory ran out. */
json_t *codes_json(const struct codes *codes);

#endif
