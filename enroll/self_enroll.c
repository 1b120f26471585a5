/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "message.h"
#include "plan_tell.h"
#include "present.h"
#include "self.h"
#include "self_enroll.h"
#include "terminal.h"
#include "text.h"

enum shown { SHOWN_NOT_YET, SHOWN };

/* What a person is looking at while the session goes on. */
struct showing {
	struct plan *plan;
	struct presentation presentation;
	enum shown shown;
};

static bool show_device(struct showing *showing, struct fields *fields)
{
	struct plan *plan = showing->plan;

	if (showing->shown == SHOWN || !session_take_key(fields, &plan->enrolment))
		return false;
	uri_format(&plan->enrolment.device, 0, plan->uri);
	showing->presentation = (struct presentation){
		.device = &plan->enrolment.device,
		.uri = plan->uri,
		.qr = plan->qr,
		.stream = plan->options.json ? stderr : stdout,
	};
	showing->shown = SHOWN;
	return present_begin(&showing->presentation) == STATUS_DONE;
}

static void stop_showing(struct showing *showing)
{
	if (showing->shown == SHOWN)
		present_end(&showing->presentation);
	showing->shown = SHOWN_NOT_YET;
}

static bool ask_first_code(struct self *self, struct showing *showing)
{
	struct secret typed = {0};
	bool read;

	if (showing->shown == SHOWN_NOT_YET)
		return false;
	while ((read = terminal_read(
			_("First code from the device (Enter: show key or QR code again): "),
			ECHO_SHOWN, &typed)) &&
	       typed.length == 0 && isatty(STDIN_FILENO) == 1)
		present_again(&showing->presentation);
	read = read && self_answer(self, &typed);
	secret_wipe(&typed);
	return read;
}

static bool hear(struct self *self, enum session_say say, struct fields *fields)
{
	struct showing *showing = self->context;
	struct near_miss near_miss;

	switch (say) {
	case SAY_DEVICE:
		return show_device(showing, fields);
	case SAY_FIRST_CODE:
		return ask_first_code(self, showing);
	case SAY_WRONG:
		if (!session_take_near_miss(fields, &near_miss))
			return false;
		(void)plan_tell_wrong_code(&near_miss);
		return true;
	case SAY_CODES:
		stop_showing(showing);
		return session_take_codes(fields, &showing->plan->enrolment.codes);
	default:
		return false;
	}
}

/* What makes an enrolment somebody else's word is root's alone. */
static bool is_for_root(const struct plan *plan)
{
	return plan->confirmation == CONFIRMATION_LEFT_OUT || plan->key_source == KEY_FROM_STDIN ||
	       plan->enrolment.state.watermark != 0;
}

int self_enroll(struct plan *plan)
{
	struct showing showing = {.plan = plan};
	struct self self = {
		.kind = REQUEST_ENROL,
		.options = &plan->options,
		.wish = plan->enrolment,
		.hear = hear,
		.context = &showing,
	};
	struct session_end end;
	int status;

	if (is_for_root(plan)) {
		complain(_("only root can bring a key or a counter, or leave the first code out"));
		return STATUS_USAGE;
	}
	status = self_run(&self, &end);
	stop_showing(&showing);
	if (status == STATUS_DONE)
		status = end.standing != ENROLMENT_WELCOME
				 ? plan_refuse(plan, (enum enrolment_standing)end.standing)
				 : plan_tell_result(plan);
	explicit_bzero(plan, sizeof(*plan));
	return status;
}
