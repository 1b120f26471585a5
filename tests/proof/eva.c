/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Callers of parsers for Frama-C's Eva: each hands over bytes of which nothing is known, up to the
 * parser's limit. No alarm then means: no undefined behaviour, whatever a file or a person
 * says. One function is analysed at a time (-main).
 */
#include "__fc_builtin.h"
#include "answer.h"
#include "conf.h"
#include "decimal.h"
#include "google.h"
#include "note_promise.h"
#include "record.h"
#include "request.h"
#include "session.h"
#include "state.h"
#include "uri.h"
#include "username.h"

/* Longer than PAM hands anything over (SECRET_MAX), and than any line of a record. */
#define TYPED_MAX 512

/* Longer than any argument that is taken. */
#define PAGE_MAX 4095

/* Longer than any text that has a character at a fixed place: a recovery code has dashes. */
#define SHORT_MAX 24

static struct record record;
static struct fields fields;
static struct request request;
static struct enrolment enrolment;
static struct state state;
static struct device device;
static struct policy policy;
static struct policy_error policy_error;

/* lib/state.c: state_newest, state_parse; both blocks of a file */
void any_blocks(void)
{
	static char blocks[STATE_SLOTS][STATE_BLOCK_SIZE];

	Frama_C_make_unknown(blocks[0], sizeof(blocks));
	(void)state_newest(blocks, &state);
}

/* lib/record.c: record_parse; all of a file, and what was in the record's room before */
void any_record(void)
{
	static char text[RECORD_SIZE];
	struct record_error error;

	Frama_C_make_unknown(text, sizeof(text));
	Frama_C_make_unknown((char *)&record, sizeof(record));
	(void)record_parse(text, &record, &error);
}

/* lib/conf_parse.c, lib/policy.c, lib/site.c: conf_parse; all of a file */
void any_conf(void)
{
	static char text[CONF_MAX];
	size_t length = (size_t)Frama_C_interval(0, CONF_MAX);
	struct site site;

	Frama_C_make_unknown(text, sizeof(text));
	policy_defaults(&policy);
	site_defaults(&site);
	policy.site = Frama_C_interval(0, 1) == 0 ? NULL : &site;
	(void)conf_parse(&policy, text, length, &policy_error);
}

static void any_message(void)
{
	Frama_C_make_unknown(fields.text, sizeof(fields.text));
	fields.length = (size_t)Frama_C_interval(0, FIELDS_MAX);
	fields.taken = 0;
}

/* lib/request.c, lib/fields.c: request_parse */
void any_request(void)
{
	any_message();
	(void)request_parse(&fields, &request);
}

/* lib/session.c: what helper and command take from each other, where anything may be expected */
void any_session(void)
{
	struct near_miss near_miss;
	struct session_end end;
	enum session_say say;

	any_message();
	switch (Frama_C_interval(0, 6)) {
	case 0:
		(void)session_said(&fields, &say);
		break;
	case 1:
		(void)session_take_wish(&fields, &enrolment);
		break;
	case 2:
		(void)session_take_key(&fields, &enrolment);
		break;
	case 3:
		(void)session_take_codes(&fields, &enrolment.codes);
		break;
	case 4:
		(void)session_take_record(&fields, &record, &state);
		break;
	case 5:
		(void)session_take_near_miss(&fields, &near_miss);
		break;
	default:
		(void)session_take_end(&fields, &end);
	}
}

static void hear(void *context, unsigned line, const char *text)
{
	(void)context;
	(void)line;
	(void)text;
}

/* enroll/google.c, enroll/source.c, lib/otp.c: google_read; a file, and one a byte too long */
void any_google(void)
{
	static const struct import_listener listener = {hear, NULL};
	static char text[SOURCE_HOME_MAX + 2];
	static struct import_entry entry;
	size_t length = (size_t)Frama_C_interval(0, SOURCE_HOME_MAX + 1);
	struct source source = {.text = text, .length = length};

	Frama_C_make_unknown(text, SOURCE_HOME_MAX + 1);
	entry.device.digits = OTP_DIGITS_MIN;
	entry.device.period = 30;
	(void)google_read(&source, Frama_C_long_long_interval(0, STATE_TIME_MAX), &entry,
			  &listener);
}

/* lib/uri_parse.c, lib/percent.c: uri_parse */
static void take_uri(const char *text)
{
	uint64_t counter;
	const char *problem;

	(void)uri_parse(text, &device, &counter, &problem);
}

/* lib/device.c: device_set_*; no other value stands behind the device in its room */
static void take_device(const char *text)
{
	(void)device_set_name(&device, text);
	(void)device_set_issuer(&device, text);
	(void)device_set_label(&device, text);
	(void)device_set_type(&device, text);
	(void)device_set_algorithm(&device, text);
	(void)device_set_digits(&device, text);
	(void)device_set_period(&device, text);
	(void)device_set_key(&device, text);
}

/* lib/username.c, lib/percent.c: username_to_file, username_from_file */
static void take_name(const char *text)
{
	char other[USERNAME_FILE_MAX + 1];

	(void)username_to_file(text, other);
	(void)username_from_file(text, other);
}

/* lib/answer.c: answer_read, answer_split, answer_maybe_imported; lib/decimal.c: decimal_parse */
static void take_typed(const char *text)
{
	struct answer answer;
	uint64_t number;

	answer_read(text, &answer);
	(void)answer_split(text, (unsigned)Frama_C_interval(OTP_DIGITS_MIN, OTP_DIGITS_MAX));
	(void)answer_maybe_imported(text);
	(void)decimal_parse(text, UINT64_MAX, &number);
}

/* Texts of any length, each in room for the longest, which ends with a NUL. */
static char page[PAGE_MAX + 1];
static char line[TYPED_MAX + 1];

/* lib/policy.c: policy_set_argument */
void any_argument(void)
{
	Frama_C_make_unknown(page, PAGE_MAX);
	policy_defaults(&policy);
	(void)policy_set_argument(&policy, page, &policy_error);
}

/* Longer by a byte than is taken: of more, no more is read than of that. */
void any_uri(void)
{
	static char uri[URI_TAKEN_MAX + 2];

	Frama_C_make_unknown(uri, URI_TAKEN_MAX + 1);
	take_uri(uri);
}

void any_device(void)
{
	Frama_C_make_unknown(line, TYPED_MAX);
	take_device(line);
}

void any_name(void)
{
	Frama_C_make_unknown(line, TYPED_MAX);
	take_name(line);
}

void any_typed(void)
{
	Frama_C_make_unknown(line, TYPED_MAX);
	take_typed(line);
}

/* lib/state.c: state_note_failure; any state, and an origin of any length */
void any_note(void)
{
	Frama_C_make_unknown((char *)&state, sizeof(state));
	Frama_C_make_unknown(line, TYPED_MAX);
	state_note_failure(&state, Frama_C_long_long_interval(0, STATE_TIME_MAX), line);
}

/* Short texts, each of which ends where its room does: who reads behind their NUL is seen. */
void any_short(void)
{
	static char room[SHORT_MAX + 1];

	Frama_C_make_unknown(room, SHORT_MAX);
	for (size_t at = 0; at <= SHORT_MAX; at++) {
		take_uri(room + at);
		take_device(room + at);
		take_name(room + at);
		take_typed(room + at);
	}
}
