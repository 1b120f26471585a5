/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_DOCTOR_H
#define TWOKEY_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "accounts.h"
#include "names.h"
#include "screen.h"
#include "store.h"

enum finding { FINDING_OK, FINDING_WARNING, FINDING_PROBLEM };

#define FINDINGS 3

/* The longest text of a finding, and of a mend. */
#define FINDING_SIZE 1024

/* How many users a finding names; the others are counted. */
#define DOCTOR_NAMED_MOST 10

/* What sshd says of itself: sshd -T. A value that it did not tell is "". */
struct sshd_settings {
	bool known;
	char use_pam[8];
	char keyboard_interactive[8];
	char password[8];
	char public_key[8];
	char host_based[8];
	char gssapi[8];
	char empty_passwords[8];
	char permit_root[32];
	char methods[512]; /* AuthenticationMethods */
};

/* One run of 'twokey doctor': what the checks tell, and what they share. */
struct doctor {
	const char *store_path;
	bool json;
	bool any;   /* finding was printed as JSON */
	int status; /* STATUS_SYSTEM once something could not be told */
	struct screen screen;
	unsigned counts[FINDINGS];

	bool store_open;
	bool names_known; /* all of them: else nothing is said of who is enrolled */
	struct store store;
	struct names names;
	struct accounts accounts;
	struct sshd_settings sshd;
	unsigned services;   /* whose stacks name the module */
	bool services_known; /* all of them: else nothing is said of there being none */
	bool sshd_asks;      /* sshd's does ... */
	bool sshd_combined;  /* ... and has one prompt for both keys */
};

/*
 * doctor_tell(doctor, finding, check, mend, format, ...):
 * Tell what ${check} found. ${mend} is the command that mends it, or NULL; ${format} is marked with
 * N_ and translated here, for JSON stays English.
 */
__attribute__((format(printf, 5, 6))) void doctor_tell(struct doctor *doctor, enum finding finding,
						       const char *check, const char *mend,
						       const char *format, ...);

/* doctor_text(doctor, text): ${text}, marked with N_, as a finding is to have it. */
const char *doctor_text(const struct doctor *doctor, const char *text);

/*
 * doctor_tell_users(doctor, check, reason):
 * Tell that ${check} can't say, for the host's users can't be read: ${reason}.
 */
void doctor_tell_users(struct doctor *doctor, const char *check, enum reason reason);

/* A list of users for one finding: some by name, all by number. */
struct doctor_users {
	char text[FINDING_SIZE / 2];
	size_t count;
};

/* doctor_users_add(users, user): One more. */
void doctor_users_add(struct doctor_users *users, const char *user);

/* doctor_check_*(doctor): A family of checks each, in the file of its name. */
void doctor_check_store(struct doctor *doctor);
void doctor_check_records(struct doctor *doctor);
void doctor_check_helper(struct doctor *doctor);
void doctor_check_pam(struct doctor *doctor);
void doctor_check_sshd(struct doctor *doctor);
void doctor_check_sudo(struct doctor *doctor);
void doctor_check_users(struct doctor *doctor);
void doctor_check_clock(struct doctor *doctor);

/*
 * doctor_store_user(doctor, check, uid):
 * Who may own the store beside root: ${uid} is 0 if the host has no such user. Return false, and
 * tell so for ${check}, if that can't be looked up.
 */
bool doctor_store_user(struct doctor *doctor, const char *check, uid_t *uid);

/* doctor_read_sshd(doctor): Fill ${doctor}->sshd, or tell why that can't be done. */
void doctor_read_sshd(struct doctor *doctor);

#endif
