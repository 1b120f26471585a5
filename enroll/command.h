/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOKEY_COMMAND_H
#define TWOKEY_COMMAND_H

/* Exit statuses, as twokey(8) promises them. */
enum status {
	STATUS_DONE = 0,
	STATUS_REFUSED = 1, /* wrong code, not enrolled, already enrolled */
	STATUS_USAGE = 2,
	STATUS_SYSTEM = 3, /* permission, I/O, a bad store */
};

/* status_worsen(status, next): Of much that is done in turn the worst is told. */
static inline void status_worsen(int *status, int next)
{
	if (next > *status)
		*status = next;
}

/*
 * command_*(argc, argv):
 * One subcommand each, in the file of its name: ${argv}[0] is the subcommand, the rest its options
 * and user. Returns an enum status.
 */
int command_doctor(int argc, char **argv);
int command_enroll(int argc, char **argv);
int command_export(int argc, char **argv);
int command_import(int argc, char **argv);
int command_list(int argc, char **argv);
int command_recovery(int argc, char **argv);
int command_remove(int argc, char **argv);
int command_show(int argc, char **argv);
int command_status(int argc, char **argv);
int command_try(int argc, char **argv);
int command_unlock(int argc, char **argv);
int command_verify(int argc, char **argv);

#endif
