/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "doctor.h"
#include "message.h"
#include "options.h"
#include "overview.h"
#include "text.h"

static const char usage[] =
	N_("usage: twokey doctor [--json] [--store DIR]\n"
	   "\n"
	   "Look at this host as it is - the store, every record, the PAM stacks, sshd, sudo, the\n"
	   "users, the clock, the helper - and say what is wrong and what mends it. Nothing is\n"
	   "changed. The exit status is 1 if there is a problem.\n");

static void check_root(struct doctor *doctor)
{
	if (geteuid() != 0)
		doctor_tell(doctor, FINDING_WARNING, "root", "sudo twokey doctor",
			    N_("you are not root: the store, the passwords and sshd's settings "
			       "can't be looked at"));
}

/* What later checks need to know is found by earlier ones. */
static void (*const checks[])(struct doctor *doctor) = {
	check_root,         doctor_check_store, doctor_check_records, doctor_check_helper,
	doctor_read_sshd,   doctor_check_pam,   doctor_check_sshd,    doctor_check_sudo,
	doctor_check_users, doctor_check_clock,
};

/* What a program reads, and what a person does. */
static const struct {
	const char *name;
	const char *word;
	enum paint paint;
} findings[FINDINGS] = {
	[FINDING_OK] = {"ok", N_("ok"), PAINT_PLAIN},
	[FINDING_WARNING] = {"warning", N_("warning"), PAINT_WARNING},
	[FINDING_PROBLEM] = {"problem", N_("problem"), PAINT_PROBLEM},
};

static void print_json(struct doctor *doctor, enum finding finding, const char *check,
		       const char *mend, const char *text)
{
	json_t *json = json_pack("{s:s, s:s, s:o, s:o}", "check", check, "result",
				 findings[finding].name, "text", overview_text_json(text), "mend",
				 mend != NULL ? overview_text_json(mend) : json_null());

	status_worsen(&doctor->status, overview_print_item(json, stdout, &doctor->any));
}

/* A mend stays in one piece, to be copied: where it does not fit the terminal breaks it. */
static void print_text(const struct doctor *doctor, enum finding finding, const char *mend,
		       const char *text)
{
	const char *word = _(findings[finding].word);
	size_t width = 0;

	for (size_t i = 0; i < FINDINGS; i++) {
		size_t other = screen_width(_(findings[i].word));

		width = other > width ? other : width;
	}
	screen_cell(&doctor->screen, findings[finding].paint, word, width);
	(void)fputs("  ", stdout);
	screen_wrap(&doctor->screen, text, width + 2);
	if (mend == NULL)
		return;
	(void)printf("%*s", (int)width + 2, "");
	screen_text(stdout, mend);
	(void)fputc('\n', stdout);
}

void doctor_tell(struct doctor *doctor, enum finding finding, const char *check, const char *mend,
		 const char *format, ...)
{
	char text[FINDING_SIZE];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), doctor->json ? format : _(format), arguments);
	va_end(arguments);
	if (doctor->json)
		print_json(doctor, finding, check, mend, text);
	else
		print_text(doctor, finding, mend, text);
	doctor->counts[finding]++;
}

const char *doctor_text(const struct doctor *doctor, const char *text)
{
	return doctor->json ? text : _(text);
}

void doctor_tell_users(struct doctor *doctor, const char *check, enum reason reason)
{
	doctor_tell(doctor, FINDING_PROBLEM, check,
		    reason == REASON_USERS_UNREADABLE ? "ls -l /etc/passwd /etc/shadow" : NULL,
		    "%s", doctor_text(doctor, reason_text(reason)));
}

void doctor_users_add(struct doctor_users *users, const char *user)
{
	char name[PRINTABLE_MAX + 1];
	size_t length = strlen(users->text);

	users->count++;
	if (users->count > DOCTOR_NAMED_MOST + 1)
		return;
	(void)printable(user, name);
	if (users->count == DOCTOR_NAMED_MOST + 1 ||
	    length + strlen(name) + sizeof(" ...,") > sizeof(users->text))
		(void)snprintf(users->text + length, sizeof(users->text) - length, " ...");
	else
		(void)snprintf(users->text + length, sizeof(users->text) - length, "%s%s",
			       length > 0 ? " " : "", name);
}

static int tell_all(struct doctor *doctor)
{
	unsigned problems;

	if (doctor->json)
		(void)fputs("[\n", stdout);
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks) && ferror(stdout) == 0; i++)
		checks[i](doctor);
	problems = doctor->counts[FINDING_PROBLEM];
	if (doctor->json)
		(void)fputs("\n]\n", stdout);
	else
		screen_say(&doctor->screen, _("ok: %u, warnings: %u, problems: %u"),
			   doctor->counts[FINDING_OK], doctor->counts[FINDING_WARNING], problems);
	if (doctor->status != STATUS_DONE)
		return doctor->status;
	return problems > 0 ? STATUS_REFUSED : STATUS_DONE;
}

int command_doctor(int argc, char **argv)
{
	const struct syntax syntax = {
		.usage = _(usage), .operand = OPERAND_NONE, .demand = DEMAND_NOTHING};
	struct options options;
	struct doctor *doctor;
	int status = options_read(argc, argv, &syntax, &options);

	if (status != OPTIONS_GO_ON)
		return status;
	doctor = calloc(1, sizeof(*doctor));
	if (doctor == NULL)
		return complain_reason(REASON_NO_MEMORY, NULL, options.store, NULL);
	doctor->store_path = options.store;
	doctor->json = options.json;
	doctor->screen = screen_of(stdout);
	status = tell_all(doctor);
	if (doctor->store_open)
		store_close(&doctor->store);
	names_free(&doctor->names);
	accounts_free(&doctor->accounts);
	free(doctor);
	return status;
}
