/* SPDX-License-Identifier: BSD-2-Clause */
#include <security/_pam_types.h>
#include <stdlib.h>
#include <string.h>

#include "pam_stack.h"
#include "text.h"

static const char blanks[] = " \t\n";

static const char *const phases[PAM_PHASES] = {"auth", "account", "password", "session"};

/* The names of results in a bracketed control, in the order of their numbers. */
static const char *const results[PAM_RESULTS] = {
	"success",
	"open_err",
	"symbol_err",
	"service_err",
	"system_err",
	"buf_err",
	"perm_denied",
	"auth_err",
	"cred_insufficient",
	"authinfo_unavail",
	"user_unknown",
	"maxtries",
	"new_authtok_reqd",
	"acct_expired",
	"session_err",
	"cred_unavail",
	"cred_expired",
	"cred_err",
	"no_module_data",
	"conv_err",
	"authtok_err",
	"authtok_recover_err",
	"authtok_lock_busy",
	"authtok_disable_aging",
	"try_again",
	"ignore",
	"abort",
	"authtok_expired",
	"module_unknown",
	"bad_item",
	"conv_again",
	"incomplete",
};

/* The words for which a control in brackets could stand: pam.d(5). */
static const struct {
	const char *name;
	int success, new_authtok_reqd, ignore, otherwise;
} controls[] = {
	{"required", PAM_DO_OK, PAM_DO_OK, PAM_DO_IGNORE, PAM_DO_BAD},
	{"requisite", PAM_DO_OK, PAM_DO_OK, PAM_DO_IGNORE, PAM_DO_DIE},
	{"sufficient", PAM_DO_DONE, PAM_DO_DONE, PAM_DO_IGNORE, PAM_DO_IGNORE},
	{"optional", PAM_DO_OK, PAM_DO_OK, PAM_DO_IGNORE, PAM_DO_IGNORE},
};

static const struct {
	const char *name;
	int action;
} actions[] = {
	{"ignore", PAM_DO_IGNORE}, {"ok", PAM_DO_OK},   {"done", PAM_DO_DONE},
	{"bad", PAM_DO_BAD},       {"die", PAM_DO_DIE}, {"reset", PAM_DO_RESET},
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

const char *pam_phase_name(enum pam_phase phase)
{
	return phases[phase];
}

bool pam_module_is(const struct pam_entry *entry, const char *name)
{
	const char *slash = entry->module != NULL ? strrchr(entry->module, '/') : NULL;

	return entry->module != NULL &&
	       strcmp(slash != NULL ? slash + 1 : entry->module, name) == 0;
}

/*
 * Cut the next word off *${text}: up to a blank, or in brackets, where \] is a bracket of the word.
 * Return NULL if there is none.
 */
static char *next_word(char **text)
{
	char *from = *text + strspn(*text, blanks);
	char *word = from;
	char *to;

	if (*from == '\0')
		return NULL;
	if (*from != '[') {
		from += strcspn(from, blanks);
		*text = *from != '\0' ? from + 1 : from;
		*from = '\0';
		return word;
	}
	for (to = word, from++; *from != '\0' && *from != ']'; from++) {
		if (from[0] == '\\' && from[1] == ']')
			from++;
		*to++ = *from;
	}
	*text = *from != '\0' ? from + 1 : from;
	*to = '\0';
	return word;
}

static bool read_action(const char *word, int *action)
{
	char *end;
	long skip;

	for (size_t i = 0; i < COUNT(actions); i++) {
		if (strcmp(word, actions[i].name) == 0) {
			*action = actions[i].action;
			return true;
		}
	}
	skip = strtol(word, &end, 10);
	if (end == word || *end != '\0' || skip < 1 || skip > PAM_ENTRIES_MOST)
		return false;
	*action = (int)skip;
	return true;
}

/* One "result=action" of a control in brackets. What is not named there is bad. */
static bool read_pair(struct pam_entry *entry, char *pair, bool named[PAM_RESULTS])
{
	char *value = strchr(pair, '=');
	int action;

	if (value == NULL)
		return false;
	*value++ = '\0';
	if (!read_action(value, &action))
		return false;
	for (size_t i = 0; i < PAM_RESULTS; i++) {
		bool is = strcmp(pair, results[i]) == 0;

		if (is || (strcmp(pair, "default") == 0 && !named[i]))
			entry->actions[i] = action;
		if (is) {
			named[i] = true;
			return true;
		}
	}
	return strcmp(pair, "default") == 0;
}

static bool read_brackets(struct pam_entry *entry, const char *control)
{
	char text[PAM_LINE_MAX];
	bool named[PAM_RESULTS] = {false};
	char *rest = text;
	const char *equals = strchr(control, '=');
	char *pair;

	if (equals == NULL)
		return false;
	memcpy(text, control, strlen(control) + 1);
	while ((pair = strtok_r(rest, blanks, &rest)) != NULL) {
		if (!read_pair(entry, pair, named))
			return false;
	}
	return true;
}

static bool read_control(struct pam_entry *entry, const char *control)
{
	for (size_t i = 0; i < PAM_RESULTS; i++)
		entry->actions[i] = PAM_DO_BAD;
	for (size_t i = 0; i < COUNT(controls); i++) {
		if (strcasecmp(control, controls[i].name) != 0)
			continue;
		for (size_t j = 0; j < PAM_RESULTS; j++)
			entry->actions[j] = controls[i].otherwise;
		entry->actions[PAM_SUCCESS] = controls[i].success;
		entry->actions[PAM_NEW_AUTHTOK_REQD] = controls[i].new_authtok_reqd;
		entry->actions[PAM_IGNORE] = controls[i].ignore;
		return true;
	}
	return read_brackets(entry, control);
}

static bool read_phase(const char *word, unsigned *phase)
{
	if (word[0] == '-') /* do not log if the module is missing */
		word++;
	for (*phase = 0; *phase < PAM_PHASES; ++*phase) {
		if (strcasecmp(word, phases[*phase]) == 0)
			return true;
	}
	return false;
}

static void copy_control(struct pam_entry *entry, const char *control)
{
	size_t length = strnlen(control, sizeof(entry->control) - 1);

	memcpy(entry->control, control, length);
	entry->control[length] = '\0';
}

static enum pam_line wrong(const char **problem, const char *text)
{
	*problem = text;
	return PAM_LINE_WRONG;
}

enum pam_line pam_line_read(struct pam_entry *entry, unsigned *phase, const char **problem)
{
	char *rest = entry->text;
	const char *word = next_word(&rest);
	const char *control;

	if (word == NULL)
		return wrong(problem, N_("the line is empty"));
	if (strcmp(word, "@include") == 0) {
		*phase = PAM_PHASES;
		entry->module = next_word(&rest);
		return entry->module != NULL ? PAM_LINE_INCLUDE
					     : wrong(problem, N_("no file to include is named"));
	}
	if (!read_phase(word, phase))
		return wrong(problem,
			     N_("it begins with none of auth, account, password, session"));
	control = next_word(&rest);
	entry->module = next_word(&rest);
	if (control == NULL || entry->module == NULL)
		return wrong(problem, N_("control or module is missing"));
	copy_control(entry, control);
	if (strcasecmp(control, "include") == 0)
		return PAM_LINE_INCLUDE;
	if (strcasecmp(control, "substack") == 0)
		return PAM_LINE_SUBSTACK;
	while ((word = next_word(&rest)) != NULL) {
		if (entry->argument_count == PAM_ARGUMENTS_MOST)
			return wrong(problem, N_("it has more than 64 arguments"));
		entry->arguments[entry->argument_count++] = word;
	}
	return read_control(entry, control) ? PAM_LINE_MODULE
					    : wrong(problem, N_("there is no such control"));
}
