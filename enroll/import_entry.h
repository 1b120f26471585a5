/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_IMPORT_ENTRY_H
#define TWOKEY_IMPORT_ENTRY_H

#include "codes.h"
#include "device.h"
#include "state.h"
#include "username.h"

/* One device that another program knew, and what is known of its use. Holds a key and codes. */
struct import_entry {
	char user[USERNAME_FILE_MAX + 1];
	unsigned line; /* of the source, for whoever reads what is said about it */
	struct device device;
	struct device_state state;
	struct codes codes; /* recovery codes as digits, of one program alone */
};

/* Whom a parser tells what a line of the source says in vain: ${text} is marked by N_. */
struct import_listener {
	void (*left_behind)(void *context, unsigned line, const char *text);
	void *context;
};

#endif
