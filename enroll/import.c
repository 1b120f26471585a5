/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "import.h"
#include "login.h"
#include "message.h"
#include "overview.h"
#include "policy.h"
#include "text.h"

static const char usage[] = N_(
	"usage: twokey import google FILE --user USER [options]\n"
	"       twokey import google --home [options]\n"
	"       twokey import oath FILE [options]\n"
	"       twokey import uri [--user USER] [options] <FILE\n"
	"       twokey import pskc FILE [--user USER] [options]\n"
	"\n"
	"Enrol users with the keys that another program has for them. What can't be carried over\n"
	"is named line by line; the source stays as it is.\n"
	"  google               a file of pam_google_authenticator; its recovery codes stay good\n"
	"  oath                 pam_oath's users file; several lines of a user are several "
	"devices\n"
	"  uri                  otpauth URIs on standard input, one a line; the label is the user\n"
	"  pskc                 keys in the clear, as RFC 6030 writes them\n"
	"  --user USER          whose the key is\n"
	"  --home               every user's .google_authenticator, from their homes\n"
	"  --device NAME        what to call the device (default phone or token); the second one\n"
	"                       gets a 2 behind it\n"
	"  --dry-run            write nothing, and say what would be written\n"
	"  --replace            in place of an enrolment that is there\n"
	"  --if-missing         leave out, without a word, who is enrolled\n"
	"  --json               print the result as JSON\n"
	"  --store DIR          (default /var/lib/twokey)\n");

enum {
	OPTION_USER = 1,
	OPTION_HOME,
	OPTION_DEVICE,
	OPTION_DRY_RUN,
	OPTION_REPLACE,
	OPTION_IF_MISSING,
};

static const struct option own[] = {
	{"user", required_argument, NULL, OPTION_USER},
	{"home", no_argument, NULL, OPTION_HOME},
	{"device", required_argument, NULL, OPTION_DEVICE},
	{"dry-run", no_argument, NULL, OPTION_DRY_RUN},
	{"replace", no_argument, NULL, OPTION_REPLACE},
	{"if-missing", no_argument, NULL, OPTION_IF_MISSING},
	{0},
};

static bool take_mode(struct import *import, enum enrolment_mode mode)
{
	if (import->mode == ENROLMENT_NEW || import->mode == mode) {
		import->mode = mode;
		return true;
	}
	complain(_("only one of --replace and --if-missing can be given"));
	return false;
}

static bool take_user(struct import *import, const char *value)
{
	char file[USERNAME_FILE_MAX + 1];

	import->user = value;
	if (username_to_file(value, file))
		return true;
	complain(_("the user name is empty or too long"));
	return false;
}

static bool take_device(struct import *import, const char *value)
{
	struct device device;

	import->device = value;
	if (device_set_name(&device, value))
		return true;
	complain(_("--device must be 1 to 32 letters, digits, or . _ -"));
	return false;
}

static bool take(int option, const char *value, void *context)
{
	struct import *import = context;

	switch (option) {
	case OPTION_USER:
		return take_user(import, value);
	case OPTION_HOME:
		import->homes = true;
		return true;
	case OPTION_DEVICE:
		return take_device(import, value);
	case OPTION_DRY_RUN:
		import->dry_run = true;
		return true;
	case OPTION_REPLACE:
		return take_mode(import, ENROLMENT_REPLACE);
	case OPTION_IF_MISSING:
		return take_mode(import, ENROLMENT_IF_MISSING);
	default:
		return false;
	}
}

/* How each format is named on the command line. */
enum wants_user { USER_NEEDED, USER_ALLOWED, USER_IN_SOURCE };

static const struct format {
	const char *name;
	int files; /* operands behind the name */
	enum wants_user user;
	void (*read)(struct import *import, struct source *source);
} formats[] = {
	{"google", 1, USER_NEEDED, import_google},
	{"oath", 1, USER_IN_SOURCE, import_oath},
	{"uri", 0, USER_ALLOWED, import_uri},
	{"pskc", 1, USER_ALLOWED, import_pskc},
};

static const struct format *find_format(const struct options *options)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		if (options->operand_count > 0 &&
		    strcmp(formats[i].name, options->operands[0]) == 0)
			return &formats[i];
	}
	complain(_("what is to be imported? google, oath, uri or pskc; see --help"));
	return NULL;
}

static int check_operands(const struct import *import, const struct format *format)
{
	int files = import->homes ? 0 : format->files;

	if (import->homes && format->read != import_google)
		complain(_("--home goes with google alone"));
	else if (import->options.operand_count != files + 1)
		complain(files == 0 ? _("there are more arguments than options; see --help")
				    : _("one file must be named; see --help"));
	else if (import->user != NULL && (import->homes || format->user == USER_IN_SOURCE))
		complain(_("--user does not go with it: the users are in the source"));
	else if (import->user == NULL && !import->homes && format->user == USER_NEEDED)
		complain(_("whose file is it? see --user"));
	else
		return OPTIONS_GO_ON;
	return STATUS_USAGE;
}

static void read_source(struct import *import, const struct format *format)
{
	struct source source;
	int error;

	if (import->homes) {
		import_google_homes(import);
		return;
	}
	import->path = format->files == 0 ? "-" : import->options.operands[1];
	error = source_open(import->path, &source);
	if (error != 0) {
		import_open_failed(import, error);
		return;
	}
	format->read(import, &source);
	source_wipe(&source);
}

static int tell(struct import *import)
{
	if (import->options.json)
		return overview_print_json(json_pack("{s:b, s:o, s:o}", "dry_run", import->dry_run,
						     "imported", import->users, "remarks",
						     import->remarks));
	say(stdout,
	    import->dry_run ? _("users that would be imported: %zu, refused: %zu")
			    : _("users imported: %zu, refused: %zu"),
	    import->imported, import->refused);
	return STATUS_DONE;
}

int command_import(int argc, char **argv)
{
	struct import import = {.user = NULL};
	const struct syntax syntax = {.usage = _(usage),
				      .operand = OPERAND_OWN,
				      .own = own,
				      .take = take,
				      .context = &import};
	const struct format *format;
	int status = options_read(argc, argv, &syntax, &import.options);

	if (status != OPTIONS_GO_ON)
		return status;
	format = find_format(&import.options);
	status = format != NULL ? check_operands(&import, format) : STATUS_USAGE;
	if (status != OPTIONS_GO_ON)
		return status;
	import.format = format->name;
	if (!login_clock(&import.now))
		return complain_reason(REASON_CLOCK_UNREADABLE, NULL, import.options.store, NULL);
	if (import.options.json) {
		import.users = json_array();
		import.remarks = json_array();
	}
	read_source(&import, format);
	if (import.count > 0)
		import_write(&import);
	while (import.count > 0)
		import_drop(&import);
	free(import.entries);
	status = tell(&import);
	return status != STATUS_DONE ? status : import.status;
}
