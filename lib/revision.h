/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_REVISION_H
#define TWOKEY_REVISION_H

#include "codes.h"
#include "reason.h"
#include "store.h"

/* What a revision met in the record. */
enum revision_standing { REVISION_DONE, REVISION_NO_DEVICE, REVISION_LAST_DEVICE };

/*
 * revision_renew_codes(store, user, codes):
 * Make codes->count new recovery codes and void the old ones; devices and state stay. Return
 * REASON_NONE, REASON_UNENROLLED, or why not.
 */
enum reason revision_renew_codes(struct store *store, const char *user, struct codes *codes);

/*
 * revision_remove_device(store, user, device, standing):
 * Take one device out of the record, which keeps at least one; the others keep their state. Return
 * REASON_NONE with what was found in ${standing}, REASON_UNENROLLED, or why not.
 */
enum reason revision_remove_device(struct store *store, const char *user, const char *device,
				   enum revision_standing *standing);

#endif
