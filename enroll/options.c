/* SPDX-License-Identifier: BSD-2-Clause */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "config.h"
#include "message.h"
#include "options.h"
#include "policy.h"
#include "self.h"
#include "settings.h"
#include "text.h"
#include "usage.h"
#include "username.h"

/* More than any subcommand has. */
#define OPTIONS_MOST 32

enum { OPTION_HELP = 256, OPTION_VERSION, OPTION_JSON, OPTION_STORE };

static const struct option common[] = {
	{"help", no_argument, NULL, OPTION_HELP},
	{"version", no_argument, NULL, OPTION_VERSION},
	{"json", no_argument, NULL, OPTION_JSON},
	{"store", required_argument, NULL, OPTION_STORE},
	{0},
};

static size_t append(struct option all[OPTIONS_MOST + 1], size_t count, const struct option *more)
{
	for (; more != NULL && more->name != NULL && count < OPTIONS_MOST; more++)
		all[count++] = *more;
	return count;
}

static int take_common(int option, const char *value, const struct syntax *syntax,
		       struct options *options)
{
	switch (option) {
	case OPTION_HELP:
		usage_print(stdout, syntax->usage);
		return STATUS_DONE;
	case OPTION_VERSION:
		(void)printf("%s\n", PACKAGE_STRING);
		return STATUS_DONE;
	case OPTION_JSON:
		options->json = true;
		return OPTIONS_GO_ON;
	case OPTION_STORE:
		options->store = value;
		if (value[0] == '/' && strlen(value) <= POLICY_PATH_MAX)
			return OPTIONS_GO_ON;
		complain(_("--store must be an absolute path of at most %d bytes"),
			 POLICY_PATH_MAX);
		return STATUS_USAGE;
	default:
		if (syntax->take != NULL && syntax->take(option, value, syntax->context))
			return OPTIONS_GO_ON;
		return STATUS_USAGE;
	}
}

/* The name of the user who runs the command, if that is not root: who else could be meant? */
static bool name_oneself(struct options *options)
{
	const struct passwd *entry = geteuid() != 0 ? getpwuid(getuid()) : NULL;

	if (entry == NULL || strlen(entry->pw_name) >= sizeof(options->own_name))
		return false;
	(void)snprintf(options->own_name, sizeof(options->own_name), "%s", entry->pw_name);
	options->user = options->own_name;
	return true;
}

static int read_operand(int argc, char **argv, const struct syntax *syntax, struct options *options)
{
	char file[USERNAME_FILE_MAX + 1];
	int wanted = syntax->operand == OPERAND_USER ? 1 : 0;

	if (syntax->operand == OPERAND_OWN) {
		options->operands = argv;
		options->operand_count = argc;
		return OPTIONS_GO_ON;
	}
	if (wanted == 1 && argc == 0 && name_oneself(options))
		return OPTIONS_GO_ON;
	if (argc != wanted) {
		complain("%s", wanted == 1
				       ? _("one user must be named; see --help")
				       : _("there are more arguments than options; see --help"));
		return STATUS_USAGE;
	}
	options->user = wanted == 1 ? argv[0] : NULL;
	if (wanted == 1 && !username_to_file(options->user, file)) {
		complain(_("the user name is empty or too long"));
		return STATUS_USAGE;
	}
	return OPTIONS_GO_ON;
}

int options_read(int argc, char **argv, const struct syntax *syntax, struct options *options)
{
	struct option all[OPTIONS_MOST + 1] = {{0}};
	int option;

	*options = (struct options){.store = settings()->policy.store};
	(void)append(all, append(all, 0, syntax->own), common);
	optind = 1;
	while ((option = getopt_long(argc, argv, "", all, NULL)) != -1) {
		int status =
			option == '?' ? STATUS_USAGE : take_common(option, optarg, syntax, options);

		if (status != OPTIONS_GO_ON)
			return status;
	}
	if (!settings()->good && syntax->demand == DEMAND_SETTINGS)
		return STATUS_SYSTEM;
	return read_operand(argc - optind, argv + optind, syntax, options);
}

int options_open(int argc, char **argv, const struct syntax *syntax, struct options *options,
		 struct store *store)
{
	return options_open_own(argc, argv, syntax, NULL, options, store);
}

int options_open_own(int argc, char **argv, const struct syntax *syntax, options_own *own,
		     struct options *options, struct store *store)
{
	int status = options_read(argc, argv, syntax, options);
	enum reason reason;

	if (status != OPTIONS_GO_ON)
		return status;
	reason = store_open(options->store, store);
	if (own != NULL && self_is_needed(reason, &store->fault, options->user))
		return own(options, syntax->context);
	if (reason != REASON_NONE)
		return complain_reason(reason, NULL, options->store, &store->fault);
	return OPTIONS_GO_ON;
}
