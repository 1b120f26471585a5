/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages between twokey-helper and the command that find no room, or come cut. */
#include <string.h>

#include "session.h"
#include "unit.h"

/* What there is to say, in each kind of message. */
struct sample {
	struct enrolment enrolment;
	struct codes codes;
	struct record record;
	struct state state;
	struct near_miss near_miss;
	struct session_end end;
};

/* A kind of message: to be put, and to be taken again. */
struct kind {
	const char *name;
	bool (*put)(struct fields *fields, const struct sample *sample);
	bool (*take)(struct fields *fields, struct sample *sample);
};

static bool put_say(struct fields *fields, const struct sample *sample)
{
	(void)sample;
	return session_say(fields, SAY_WRONG);
}

static bool take_say(struct fields *fields, struct sample *sample)
{
	enum session_say say;

	(void)sample;
	return session_said(fields, &say) && say == SAY_WRONG;
}

static bool put_wish(struct fields *fields, const struct sample *sample)
{
	return session_put_wish(fields, &sample->enrolment);
}

static bool take_wish(struct fields *fields, struct sample *sample)
{
	return session_take_wish(fields, &sample->enrolment);
}

static bool put_key(struct fields *fields, const struct sample *sample)
{
	return session_put_key(fields, &sample->enrolment);
}

static bool take_key(struct fields *fields, struct sample *sample)
{
	return session_take_key(fields, &sample->enrolment);
}

static bool put_codes(struct fields *fields, const struct sample *sample)
{
	return session_put_codes(fields, &sample->codes);
}

static bool take_codes(struct fields *fields, struct sample *sample)
{
	return session_take_codes(fields, &sample->codes);
}

static bool put_record(struct fields *fields, const struct sample *sample)
{
	return session_put_record(fields, &sample->record, &sample->state);
}

static bool take_record(struct fields *fields, struct sample *sample)
{
	return session_take_record(fields, &sample->record, &sample->state);
}

static bool put_near_miss(struct fields *fields, const struct sample *sample)
{
	return session_put_near_miss(fields, &sample->near_miss);
}

static bool take_near_miss(struct fields *fields, struct sample *sample)
{
	return session_take_near_miss(fields, &sample->near_miss);
}

static bool put_end(struct fields *fields, const struct sample *sample)
{
	return session_put_end(fields, &sample->end);
}

static bool take_end(struct fields *fields, struct sample *sample)
{
	return session_take_end(fields, &sample->end);
}

static const struct kind kinds[] = {
	{"say", put_say, take_say},          {"wish", put_wish, take_wish},
	{"key", put_key, take_key},          {"codes", put_codes, take_codes},
	{"record", put_record, take_record}, {"near miss", put_near_miss, take_near_miss},
	{"end", put_end, take_end},
};

static void make_sample(struct sample *sample)
{
	struct site site;

	*sample = (struct sample){
		.codes = {.count = 2, .items = {"ACDEFHJKMNPQ", "234678234678"}},
		.near_miss = {.kind = NEAR_MISS_CLOCK, .distance = 90},
		.end = {.reason = REASON_NONE, .standing = ENROLMENT_EXISTS},
		.state = {.sequence = 1},
	};
	site_defaults(&site);
	enrolment_defaults(&sample->enrolment, &site);
	assert_int_equal(enrolment_complete(&sample->enrolment, "alice"), REASON_NONE);
	sample->record.devices[0] = sample->enrolment.device;
	sample->record.device_count = 1;
}

/* Whole where it fits, to the byte; never half of it. */
static void test_no_room(void **state)
{
	struct sample sample;

	(void)state;
	make_sample(&sample);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct fields whole = {0};

		assert_true(kinds[i].put(&whole, &sample));
		/* What a message begins with is not put behind anything. */
		if (kinds[i].put == put_say)
			continue;
		for (size_t room = 0; room < whole.length; room++) {
			struct fields fields = {.length = sizeof(fields.text) - room};

			assert_false(kinds[i].put(&fields, &sample));
		}
	}
}

/* What has come whole is taken whole; with its end missing it is refused, at any byte. */
static void test_cut(void **state)
{
	struct sample sample;

	(void)state;
	make_sample(&sample);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct fields whole = {0};
		struct sample heard;

		assert_true(kinds[i].put(&whole, &sample));
		for (size_t length = 0; length < whole.length; length++) {
			struct fields fields = whole;

			fields.length = length;
			assert_false(kinds[i].take(&fields, &heard));
		}
		if (!kinds[i].take(&whole, &heard))
			fail_msg("%s: refused whole", kinds[i].name);
		assert_int_equal(whole.taken, whole.length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
