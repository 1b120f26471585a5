/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_STATE_H
#define TWOKEY_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "record.h"

/*
 * A disk writes a sector of 512 bytes whole or not at all, and that is what a slot takes of its
 * block. The rest of the block is newlines.
 */
#define STATE_SLOT_SIZE  512
#define STATE_BLOCK_SIZE 4096
#define STATE_SLOTS      2

/* Seconds since 1970 that fit a slot's twelve digits. */
#define STATE_TIME_MAX INT64_C(999999999999)

/* Seconds: ten steps of the longest period. */
#define STATE_DRIFT_MAX 3000

/* Beyond any step that a clock can show and any counter that is accepted: it takes no code. */
#define STATE_WATERMARK_MAX UINT64_C(999999999999)

/* The longest address in text: INET6_ADDRSTRLEN of netinet/in.h, less its NUL. */
#define STATE_ORIGIN_MAX 45

struct device_state {
	uint64_t watermark; /* the lowest step (TOTP) or counter (HOTP) that is not spent */
	int32_t drift;      /* seconds that the device's clock is usually ahead of ours */
	int64_t last_used;  /* seconds since 1970, 0 for never */
};

/* All that logins change. */
struct state {
	uint64_t sequence;    /* the store's: the newer slot has the higher one */
	uint32_t failures;    /* charged guesses since the last success */
	int64_t locked_since; /* seconds since 1970 */
	int64_t locked_until;
	int64_t last_success;
	bool told;                 /* whether a session told the user of what is below */
	uint32_t earlier_failures; /* charged guesses before the last success or unlock */
	int64_t last_failure;      /* seconds since 1970, 0 for never */
	char last_origin[STATE_ORIGIN_MAX + 1]; /* where that guess came from; may be empty */
	uint16_t recovery_spent;                /* a bit for each recovery code of the record */
	struct device_state devices[RECORD_DEVICES_MAX];
};

/*
 * state_note_failure(state, now, origin):
 * Note when and whence a wrong code came: ${origin} is a host or terminal, cut short, with what is
 * not of a host's name replaced.
 */
void state_note_failure(struct state *state, int64_t now, const char *origin);

/*
 * state_parse(slot, state):
 * Read one slot. Return false, with ${state} zeroed, if it is torn, damaged or out of range.
 */
bool state_parse(const char slot[STATE_SLOT_SIZE], struct state *state);

/* state_format(state, slot): Write ${state}, whose values are in range, as printable text. */
void state_format(const struct state *state, char slot[STATE_SLOT_SIZE]);

/*
 * state_newest(blocks, state):
 * Read into ${state} the newer of the two slots, each at the head of its block, that is whole, and
 * return its index; -1, with ${state} zeroed, if neither is, or if both claim one sequence number.
 */
int state_newest(const char blocks[STATE_SLOTS][STATE_BLOCK_SIZE], struct state *state);

#endif
