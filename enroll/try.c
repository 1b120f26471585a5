/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "message.h"
#include "options.h"
#include "overview.h"
#include "pam_code.h"
#include "screen.h"
#include "text.h"
#include "try.h"

static const char usage[] = N_(
	"usage: twokey try SERVICE [USER] [--as-ssh] [--rhost ADDRESS] [--by USER] [--json]\n"
	"\n"
	"Run the whole PAM stack of SERVICE, as far as it decides who gets in (auth and\n"
	"account), with the terminal, or lines of standard input, for answers. Each prompt, the\n"
	"PAM code and the log lines are shown. A right code is spent, a wrong one is counted.\n"
	"  --as-ssh         as sshd would: tty 'ssh', from 127.0.0.1\n"
	"  --rhost ADDRESS  from this address\n"
	"  --by USER        as a set-user-ID program that USER started, such as su\n");

enum { OPTION_AS_SSH = 's', OPTION_RHOST = 'r', OPTION_BY = 'b' };

static const struct option own[] = {
	{"as-ssh", no_argument, NULL, OPTION_AS_SSH},
	{"rhost", required_argument, NULL, OPTION_RHOST},
	{"by", required_argument, NULL, OPTION_BY},
	{0},
};

/* What sshd calls the terminal before there is one. */
#define SSH_TTY "ssh"

static bool take(int option, const char *value, void *context)
{
	struct trial *trial = context;

	switch (option) {
	case OPTION_AS_SSH:
		trial->tty = SSH_TTY;
		break;
	case OPTION_RHOST:
		trial->rhost = value;
		break;
	case OPTION_BY:
		trial->by = value;
		break;
	default:
		break;
	}
	return true;
}

static int take_operands(const struct options *options, struct trial *trial)
{
	if (options->operand_count < 1 || options->operand_count > 2) {
		complain(_("a service must be named, and a user can be; see --help"));
		return STATUS_USAGE;
	}
	trial->service = options->operands[0];
	trial->user = options->operands[1]; /* NULL ends the list */
	if (trial->service[0] == '\0' || strchr(trial->service, '/') != NULL) {
		complain(_("a service is the name of a file in /etc/pam.d"));
		return STATUS_USAGE;
	}
	if (trial->tty == NULL)
		trial->tty = ttyname(STDIN_FILENO);
	else if (trial->rhost == NULL)
		trial->rhost = "127.0.0.1";
	return OPTIONS_GO_ON;
}

/* Modules log in the name of the program that runs them, which is no news here. */
static const char *without_own_name(const char *text)
{
	size_t length = strlen(program_invocation_short_name);

	if (strncmp(text, program_invocation_short_name, length) == 0 &&
	    strncmp(text + length, ": ", 2) == 0)
		return text + length + 2;
	return text;
}

void trial_tell(struct trial *trial, json_t *array, json_t *item)
{
	status_worsen(&trial->status, overview_append(array, item));
}

static void print_line(const struct log_line *line, void *context)
{
	struct trial *trial = context;
	const char *name = log_severity_name(line->severity);
	const char *text = without_own_name(line->text);
	struct screen screen = screen_of(stdout);

	if (trial->told != NULL) {
		trial_tell(trial, trial->log,
			   json_pack("{s:s, s:o}", "severity", name, "text",
				     overview_text_json(text)));
		return;
	}
	(void)printf("  %-8s ", name);
	screen_wrap(&screen, text, 11);
}

static void tell_phase(struct trial *trial, const char *phase, int code)
{
	if (trial->told != NULL) {
		trial->log = json_array();
		trial_tell(trial, json_object_get(trial->told, "phases"),
			   json_pack("{s:s, s:s, s:O}", "phase", phase, "code", pam_code_name(code),
				     "log", trial->log));
	} else {
		(void)printf("%s: %s\n", phase, pam_code_name(code));
	}
	log_watch_each(&trial->watch, print_line, trial);
	json_decref(trial->log);
	trial->log = NULL;
	(void)fflush(stdout);
}

/* An administrator need not wait for what slows a stranger down. */
static void no_delay(int code, unsigned microseconds, void *data)
{
	(void)code;
	(void)microseconds;
	(void)data;
}

static int set_items(pam_handle_t *pamh, const struct trial *trial)
{
	const struct {
		int item;
		const void *value;
	} items[] = {
		{PAM_FAIL_DELAY, (const void *)no_delay},
		{PAM_RHOST, trial->rhost},
		{PAM_TTY, trial->tty},
		{PAM_RUSER, trial->by},
	};
	int result = PAM_SUCCESS;

	for (size_t i = 0; i < sizeof(items) / sizeof(*items) && result == PAM_SUCCESS; i++) {
		if (items[i].value != NULL)
			result = trial->pam.set_item(pamh, items[i].item, items[i].value);
	}
	return result;
}

/* The phases that decide, in turn. Return the one that said no, or NULL. */
static const char *run_phases(pam_handle_t *pamh, struct trial *trial, int *code)
{
	const struct {
		const char *name;
		int (*run)(pam_handle_t *pamh, int flags);
	} phases[] = {{"auth", trial->pam.authenticate}, {"account", trial->pam.acct_mgmt}};

	for (size_t i = 0; i < sizeof(phases) / sizeof(*phases); i++) {
		*code = phases[i].run(pamh, 0);
		tell_phase(trial, phases[i].name, *code);
		if (*code != PAM_SUCCESS)
			return phases[i].name;
	}
	return NULL;
}

/* A name that was typed may be a password, typed too early. */
static const char *name_of_user(const struct trial *trial, char name[PRINTABLE_MAX + 1])
{
	return trial->user != NULL ? printable(trial->user, name) : _("the user");
}

static void tell_verdict(struct trial *trial, const char *phase, int code)
{
	char text[PRINTABLE_MAX + 1];
	const char *name = name_of_user(trial, text);
	struct screen screen = screen_of(stdout);

	if (trial->told != NULL) {
		if (json_object_set_new(trial->told, "accepted", json_boolean(phase == NULL)) != 0)
			trial->status = STATUS_SYSTEM;
		return;
	}
	if (phase != NULL)
		screen_say(&screen, _("%s would be refused by '%s': %s."), name, phase,
			   _(pam_code_text(code)));
	else if (trial->asked == 0)
		screen_say(&screen, _("%s would be let in, and would be asked for nothing."), name);
	else
		screen_say(&screen, _("%s would be let in."), name);
}

static int run(struct trial *trial)
{
	const struct pam_conv conversation = {trial_converse, trial};
	pam_handle_t *pamh = NULL;
	const char *refused;
	int code = trial->pam.start(trial->service, trial->user, &conversation, &pamh);

	if (code == PAM_SUCCESS)
		code = set_items(pamh, trial);
	if (code != PAM_SUCCESS) {
		complain(_("PAM can't be used: %s"), pam_code_name(code));
		if (pamh != NULL)
			(void)trial->pam.end(pamh, code);
		return STATUS_SYSTEM;
	}
	refused = run_phases(pamh, trial, &code);
	tell_verdict(trial, refused, code);
	(void)trial->pam.end(pamh, code);
	return refused == NULL ? STATUS_DONE : STATUS_REFUSED;
}

/* Real user ID of another, effective of root: as su runs, for modules that let root himself in. */
static bool become(const char *user)
{
	const struct passwd *entry = user != NULL ? getpwnam(user) : NULL;

	if (user == NULL)
		return true;
	if (entry == NULL) {
		complain(_("there is no user '%s'"), user);
		return false;
	}
	if (setresuid(entry->pw_uid, 0, 0) == 0)
		return true;
	complain(_("the user ID can't be set: %s"), strerror(errno));
	return false;
}

static bool has_service(const char *service)
{
	static const char *const directories[] = {"/etc/pam.d", "/usr/lib/pam.d"};
	char path[4096];

	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++) {
		int length = snprintf(path, sizeof(path), "%s/%s", directories[i], service);

		if (length > 0 && (size_t)length < sizeof(path) && access(path, F_OK) == 0)
			return true;
	}
	return false;
}

/* With --json: the result, as far as it is known before. */
static bool begin_telling(struct trial *trial)
{
	trial->told = json_pack("{s:s, s:s?, s:b, s:b, s:[], s:[]}", "service", trial->service,
				"user", trial->user, "accepted", 0, "log_watched",
				trial->watch.problem == NULL, "prompts", "phases");
	return trial->told != NULL;
}

static int run_and_tell(struct trial *trial, const struct options *options)
{
	int status;

	if (options->json && !begin_telling(trial))
		return overview_print_json(NULL);
	status = become(trial->by) ? run(trial) : STATUS_SYSTEM;
	if (trial->told != NULL && overview_print_json(trial->told) != STATUS_DONE)
		trial->status = STATUS_SYSTEM;
	return status > trial->status ? status : trial->status;
}

static void watch_log(struct trial *trial)
{
	if (log_watch_begin(&trial->watch))
		return;
	complain(trial->watch.error != 0 ? "%s: %s: %s" : "%s: %s",
		 _("the log lines can't be shown"), _(trial->watch.problem),
		 strerror(trial->watch.error));
}

int command_try(int argc, char **argv)
{
	struct trial trial = {.asked = 0};
	const struct syntax syntax = {.usage = _(usage),
				      .operand = OPERAND_OWN,
				      .own = own,
				      .take = take,
				      .context = &trial,
				      .demand = DEMAND_NOTHING};
	struct options options;
	int status = options_read(argc, argv, &syntax, &options);

	if (status == OPTIONS_GO_ON)
		status = take_operands(&options, &trial);
	if (status != OPTIONS_GO_ON)
		return status;
	if (geteuid() != 0) {
		complain(_("a service runs its stack as root, and so must I; try 'sudo twokey "
			   "...'"));
		return STATUS_SYSTEM;
	}
	if (!has_service(trial.service))
		complain(_("there is no /etc/pam.d/%s: PAM takes the stack of 'other'"),
			 trial.service);
	if (!try_pam_load(&trial.pam))
		return STATUS_SYSTEM;
	watch_log(&trial);
	status = run_and_tell(&trial, &options);
	log_watch_end(&trial.watch);
	return status;
}
