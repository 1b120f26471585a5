/* SPDX-License-Identifier: BSD-2-Clause */
#include "store_user.h"
#include "account.h"

int store_user(uid_t *uid, gid_t *gid)
{
	char buffer[ACCOUNT_SIZE];
	struct passwd entry;
	int error = account_find(STORE_USER, &entry, buffer);

	if (error != 0)
		return error;
	*uid = entry.pw_uid;
	*gid = entry.pw_gid;
	return 0;
}
