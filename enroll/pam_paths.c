/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpam goes through a stack from top to bottom, and all that it keeps on the way is what it
 * thinks so far. So the ways need not be followed one by one: for each entry it is enough to know
 * in which different states it can be reached.
 */
#include <security/_pam_types.h>
#include <stdlib.h>
#include <string.h>

#include "pam_paths.h"

/* Substacks in substacks: more than anybody writes. */
#define LEVELS 4

enum impression { UNDECIDED, POSITIVE, NEGATIVE };

/* What libpam thinks of a login so far. */
struct opinion {
	uint8_t impression;
	bool success; /* the result that it would return */
};

struct state {
	struct opinion opinion;
	struct opinion saved[LEVELS]; /* when the substack at that level was entered */
	struct pam_path path;
};

struct states {
	struct state *items;
	size_t count;
};

static bool same(const struct state *a, const struct state *b)
{
	for (size_t i = 0; i < LEVELS; i++) {
		if (a->saved[i].impression != b->saved[i].impression ||
		    a->saved[i].success != b->saved[i].success)
			return false;
	}
	return a->opinion.impression == b->opinion.impression &&
	       a->opinion.success == b->opinion.success && a->path.twokey == b->path.twokey &&
	       a->path.password == b->path.password &&
	       a->path.password_refused == b->path.password_refused &&
	       a->path.diverter == b->path.diverter;
}

static bool add_state(struct states *states, const struct state *state)
{
	struct state *items = states->items;

	for (size_t i = 0; i < states->count; i++) {
		if (same(&items[i], state))
			return true;
	}
	if (states->count == PAM_PATHS_MOST)
		return false;
	if (items == NULL)
		items = calloc(PAM_PATHS_MOST, sizeof(*items));
	if (items == NULL)
		return false;
	states->items = items;
	items[states->count++] = *state;
	return true;
}

/* The entry behind all that is at least as deep as ${index}: what follows a decision there. */
static size_t after_decision(const struct pam_stack *stack, size_t index)
{
	size_t next = index + 1;

	while (next < stack->count && stack->entries[next].level >= stack->entries[index].level)
		next++;
	return next;
}

/* Skip ${*skip} modules, a whole substack being one. Leave in ${*skip} what there was none for. */
static size_t after_jump(const struct pam_stack *stack, size_t index, int *skip)
{
	unsigned level = stack->entries[index].level;
	size_t at = index;

	while (at + 1 < stack->count && stack->entries[at + 1].level >= level && *skip > 0) {
		do
			at++;
		while (at + 1 < stack->count && stack->entries[at + 1].level > level);
		--*skip;
	}
	return at + 1;
}

/* What ${result} of the entry's module does to ${state}; return the entry that is next. */
static size_t step(const struct pam_stack *stack, size_t index, int result, struct state *state)
{
	const struct pam_entry *entry = &stack->entries[index];
	struct opinion *opinion = &state->opinion;
	int action = entry->actions[result];

	switch (action) {
	case PAM_DO_IGNORE:
		break;
	case PAM_DO_RESET:
		*opinion = state->saved[entry->level % LEVELS];
		break;
	case PAM_DO_OK:
	case PAM_DO_DONE:
		if (opinion->impression == UNDECIDED ||
		    (opinion->impression == POSITIVE && opinion->success))
			*opinion = (struct opinion){POSITIVE, result == PAM_SUCCESS};
		if (action == PAM_DO_DONE && opinion->impression == POSITIVE)
			return after_decision(stack, index);
		break;
	case PAM_DO_BAD:
	case PAM_DO_DIE:
		if (opinion->impression != NEGATIVE)
			*opinion = (struct opinion){NEGATIVE, result == PAM_SUCCESS};
		if (action == PAM_DO_DIE)
			return after_decision(stack, index);
		break;
	default:
		index = after_jump(stack, index, &action) - 1;
		if (action > 0)
			*opinion = (struct opinion){NEGATIVE, false};
		break;
	}
	return index + 1;
}

static void enter_substack(const struct pam_stack *stack, size_t index, struct state *state)
{
	unsigned before = index > 0 ? stack->entries[index - 1].level : 0;
	unsigned level = stack->entries[index].level;

	if (before < level)
		state->saved[level % LEVELS] = state->opinion;
}

static size_t first_twokey(const struct pam_stack *stack)
{
	size_t i = 0;

	while (i < stack->count && pam_kind_of(&stack->entries[i]) != PAM_KIND_TWOKEY)
		i++;
	return i;
}

/* What modules of a kind answer. PAM_SUCCESS ends the list: it is the last that is tried. */
static const int *answers_of(enum pam_kind kind, const struct pam_twokey *twokey)
{
	static const int own[] = {PAM_AUTH_ERR, PAM_AUTHINFO_UNAVAIL, PAM_CONV_ERR, PAM_SUCCESS};
	static const int abstaining[] = {PAM_AUTH_ERR, PAM_AUTHINFO_UNAVAIL, PAM_CONV_ERR,
					 PAM_IGNORE, PAM_SUCCESS};
	static const int password[] = {PAM_AUTH_ERR, PAM_USER_UNKNOWN, PAM_AUTHINFO_UNAVAIL,
				       PAM_SUCCESS};
	static const int choice[] = {PAM_AUTH_ERR, PAM_PERM_DENIED, PAM_IGNORE, PAM_SUCCESS};
	static const int other[] = {PAM_IGNORE, PAM_SUCCESS};
	static const int permit[] = {PAM_SUCCESS};

	switch (kind) {
	case PAM_KIND_TWOKEY:
		return twokey->abstains ? abstaining : own;
	case PAM_KIND_PASSWORD:
	case PAM_KIND_PEER:
		return password;
	case PAM_KIND_CHOICE:
	case PAM_KIND_ROOT:
		return choice;
	case PAM_KIND_OTHER:
		return other;
	case PAM_KIND_PERMIT:
	case PAM_KIND_DENY:
		break;
	}
	return permit;
}

/* What became known of the login by one answer. */
static void note(struct pam_path *path, enum pam_kind kind, const struct pam_twokey *twokey,
		 int result)
{
	bool yes = result == PAM_SUCCESS;

	if (kind == PAM_KIND_PASSWORD || (kind == PAM_KIND_TWOKEY && twokey->asks_password)) {
		path->password = path->password || yes;
		path->password_refused = path->password_refused || !yes;
	}
	if (kind == PAM_KIND_TWOKEY)
		path->twokey = yes                    ? PAM_SAID_YES
			       : result == PAM_IGNORE ? PAM_ABSTAINED
						      : PAM_SAID_NO;
}

/* One entry, reached in ${state}: with each answer of its module, on to where that leads. */
static bool spread(const struct pam_stack *stack, const struct pam_twokey *twokey, size_t index,
		   size_t first, const struct state *state, struct states *reached)
{
	enum pam_kind kind = pam_kind_of(&stack->entries[index]);
	const int *answer = answers_of(kind, twokey);
	bool last = false;

	for (; !last; answer++) {
		int result = kind == PAM_KIND_DENY ? PAM_AUTH_ERR : *answer;
		struct state next = *state;
		size_t to;

		last = *answer == PAM_SUCCESS;
		enter_substack(stack, index, &next);
		note(&next.path, kind, twokey, result);
		to = step(stack, index, result, &next);
		if (index < first && to > first && next.path.diverter == 0)
			next.path.diverter = (uint16_t)(index + 1);
		if (!add_state(&reached[to], &next))
			return false;
	}
	return true;
}

static bool reach_end(const struct pam_stack *stack, const struct pam_twokey *twokey,
		      struct states *reached)
{
	const struct state begin = {.opinion = {UNDECIDED, false}};
	size_t first = first_twokey(stack);
	bool good = add_state(&reached[0], &begin);

	for (size_t i = 0; i < stack->count && good; i++) {
		for (size_t j = 0; j < reached[i].count && good; j++) {
			const struct state *state = &reached[i].items[j];

			if (stack->entries[i].module == NULL)
				good = add_state(&reached[i + 1], state);
			else
				good = spread(stack, twokey, i, first, state, reached);
		}
	}
	return good;
}

bool pam_paths_find(const struct pam_stack *stack, const struct pam_twokey *twokey,
		    struct pam_paths *paths)
{
	struct states *reached = calloc(stack->count + 1, sizeof(*reached));
	const struct states *ends;
	bool good;

	paths->count = 0;
	if (reached == NULL)
		return false;
	good = reach_end(stack, twokey, reached);
	ends = &reached[stack->count];
	for (size_t i = 0; good && i < ends->count; i++) {
		const struct opinion *opinion = &ends->items[i].opinion;

		paths->ends[paths->count] = ends->items[i].path;
		paths->ends[paths->count].let_in =
			opinion->impression == POSITIVE && opinion->success;
		paths->count++;
	}
	for (size_t i = 0; i <= stack->count; i++)
		free(reached[i].items);
	free(reached);
	return good;
}

bool pam_path_follow(const struct pam_stack *stack, const int *results)
{
	struct state state = {.opinion = {UNDECIDED, false}};
	size_t at = 0;

	while (at < stack->count) {
		enter_substack(stack, at, &state);
		at = stack->entries[at].module == NULL ? at + 1
						       : step(stack, at, results[at], &state);
	}
	return state.opinion.impression == POSITIVE && state.opinion.success;
}
