/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_STORE_DECOY_H
#define TWOKEY_STORE_DECOY_H

#include <stdbool.h>

#include "reason.h"
#include "store.h"

/*
 * decoys_make(store, made):
 * Make those of the store's decoys that are not there, each whole and durable but for its name;
 * ${made} tells whether any was not there. The caller holds the store's lock. Return REASON_NONE or
 * why not.
 */
enum reason decoys_make(struct store *store, bool *made);

#endif
