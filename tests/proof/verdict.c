/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is proved of lib/verdict.c, for every policy, record, state, time and answer: contracts in
 * ACSL, Frama-C's language for them. Read those of verdict_charge and verdict_reach beside the
 * promises at the head of that file; the others are the steps of the proof.
 */
#include "verdict.h"
#include "note_promise.h"

/*@ // Values as they come: limits from the policy, record and state from their parsers.
  predicate sound_time(integer time) = 0 <= time <= STATE_TIME_MAX;
  predicate sound_now(integer now) = 0 <= now <= STATE_TIME_MAX - LOCK_TIME_MAX;
  predicate sound_limits(struct limits limits) =
    1 <= limits.max_failures && 1 <= limits.lock_time <= LOCK_TIME_MAX &&
    limits.window <= DRIFT_STEPS_MAX;
  predicate sound_device(struct device_state device) =
    device.watermark <= STATE_WATERMARK_MAX &&
    -STATE_DRIFT_MAX <= device.drift <= STATE_DRIFT_MAX && sound_time(device.last_used);
  predicate sound_state(struct state state) =
    sound_time(state.locked_since) && sound_time(state.locked_until) &&
    sound_time(state.last_success) &&
    \forall integer i; 0 <= i < RECORD_DEVICES_MAX ==> sound_device(state.devices[i]);
  predicate sound_record(struct record *record) =
    record->device_count <= RECORD_DEVICES_MAX && record->recovery_count <= RECORD_RECOVERY_MAX &&
    \forall integer i; 0 <= i < record->device_count && record->devices[i].type == OTP_TOTP ==>
      DEVICE_PERIOD_MIN <= record->devices[i].period <= DEVICE_PERIOD_MAX;
  predicate sound_proof(struct proof proof) = -STATE_TIME_MAX <= proof.offset <= STATE_TIME_MAX;
*/

/*@ // The words that the promises are made of.
  predicate locked(struct state state, integer now) = now < state.locked_until;
  predicate lock_holds(struct state state, integer now) = // also where the clock was set back
    state.locked_since < state.locked_until &&
    now < \min(state.locked_until, state.locked_since + LOCK_TIME_MAX);
  predicate spent(struct state state, integer i) = (state.recovery_spent & (1 << i)) != 0;
  predicate one_of_sixteen(integer i) = // as a sum of cases, which provers count bits in
    i == 0 || i == 1 || i == 2 || i == 3 || i == 4 || i == 5 || i == 6 || i == 7 || i == 8 ||
    i == 9 || i == 10 || i == 11 || i == 12 || i == 13 || i == 14 || i == 15;
  predicate accepted(enum reason reason) =
    reason == REASON_CODE_ACCEPTED || reason == REASON_RECOVERY_ACCEPTED;

  predicate same_device(struct device_state a, struct device_state b) =
    a.watermark == b.watermark && a.drift == b.drift && a.last_used == b.last_used;
  predicate same_devices_but(struct state a, struct state b, integer but) =
    \forall integer i; 0 <= i < RECORD_DEVICES_MAX && i != but ==>
      same_device(a.devices[i], b.devices[i]);
  predicate same_keys(struct state a, struct state b) =
    a.recovery_spent == b.recovery_spent && same_devices_but(a, b, -1);
  predicate no_watermark_falls(struct state before, struct state after) =
    \forall integer i; 0 <= i < RECORD_DEVICES_MAX ==>
      before.devices[i].watermark <= after.devices[i].watermark;
  predicate same_counts(struct state a, struct state b) =
    a.failures == b.failures && a.locked_since == b.locked_since &&
    a.locked_until == b.locked_until && a.last_success == b.last_success &&
    a.told == b.told && a.earlier_failures == b.earlier_failures;
  logic integer to_tell(struct state s, integer wrong) =
    \min((s.told ? 0 : s.earlier_failures) + wrong, UINT32_MAX);

  logic integer doubled(integer length, integer times) =
    times <= 0 ? length : 2 * doubled(length, times - 1);
*/

/*@ requires \valid_read(limits) && sound_limits(*limits);
  assigns \nothing;
  ensures limits->lock_time <= \result <= LOCK_TIME_MAX;

  // Each guess beyond max_failures doubles the lock, until it is a day.
  ensures \result == LOCK_TIME_MAX ||
    \result == doubled(limits->lock_time, failures - limits->max_failures);
*/
static int64_t lock_length(const struct limits *limits, uint32_t failures);

/*@ requires sound_state(state) && sound_now(now);
  assigns \nothing;
  ensures sound_state(\result);
  ensures same_keys(state, \result);
  ensures \result.failures == state.failures;
  ensures \result.locked_since == \min(now, state.locked_since);
  ensures \result.locked_until <= \min(state.locked_until, now + LOCK_TIME_MAX);
  ensures state.locked_since <= now && state.locked_until <= state.locked_since + LOCK_TIME_MAX ==>
    \result.locked_until == state.locked_until;
  ensures locked(\result, now) <==> lock_holds(state, now);

  // Set back, the clock neither lengthens nor shortens a lock: it begins now.
  ensures now < state.locked_since < state.locked_until ==>
    \result.locked_until == now + \min(state.locked_until - state.locked_since, LOCK_TIME_MAX);
*/
static struct state with_lock_clamped(struct state state, int64_t now);

/*@ requires \valid_read(limits) && sound_limits(*limits) && sound_state(state) && sound_now(now);
  assigns \nothing;
  ensures sound_state(\result);
  ensures same_keys(state, \result);
  ensures \result.failures == \min(state.failures + 1, UINT32_MAX);
  ensures \result.failures >= limits->max_failures ==>
    now + limits->lock_time <= \result.locked_until <= now + LOCK_TIME_MAX;
  ensures \result.failures < limits->max_failures ==>
    \result.locked_until == state.locked_until;
*/
static struct state with_guess_counted(struct state state, const struct limits *limits,
				       int64_t now);

/*@ requires sound_state(state);
  assigns \nothing;
  ensures sound_state(\result);
  ensures same_keys(state, \result);
  ensures \result.failures == 0 && \result.locked_until == 0 && !\result.told;
  ensures \result.earlier_failures == to_tell(state, wrong);
*/
static struct state with_failures_cleared(struct state state, uint32_t wrong);

/*@ requires sound_state(state) && sound_now(now) && state.failures >= 1;
  assigns \nothing;
  ensures sound_state(\result);
  ensures same_keys(state, \result);
  ensures \result.failures == 0 && !locked(\result, now) && !\result.told;
  ensures \result.earlier_failures == to_tell(state, state.failures - 1);
*/
static struct state with_success(struct state state, int64_t now);

/*@ requires \valid(state) && sound_state(*state);
  assigns *state;
  ensures sound_state(*state);
  ensures same_keys(\old(*state), *state);
  ensures state->failures == 0 && state->locked_until == 0 && !state->told;
  ensures state->earlier_failures == to_tell(\old(*state), \old(state->failures));
*/
void verdict_unlock(struct state *state);

/*@ // What verdict_charge promises, of the values that it is given and gives.
  // P3: a guess is counted before it is looked at; what is not counted is not admitted.
  predicate counted(struct state before, struct charge charge) =
    charge.admission == ADMISSION_GRANTED &&
      charge.state.failures == \min(before.failures + 1, UINT32_MAX) ||
    charge.admission == ADMISSION_REFUSED && charge.state.failures == before.failures;

  // While the user is locked nothing but a recovery code is admitted; who is not, always is.
  predicate locks_out(struct state before, integer now, enum answer_form form,
      struct charge charge) =
    (charge.admission == ADMISSION_REFUSED <==>
      form != ANSWER_RECOVERY && lock_holds(before, now)) &&
    (charge.admission == ADMISSION_REFUSED ==> locked(charge.state, now)) &&
    (form == ANSWER_RECOVERY || !locked(before, now) ==>
      charge.admission == ADMISSION_GRANTED);

  // The last of max_failures guesses locks, and so does each further one; no lock lasts longer
  // than a day from now, and none is lengthened by a guess that it refuses.
  predicate locks_after(struct limits limits, struct state before, integer now,
      struct charge charge) =
    (charge.admission == ADMISSION_GRANTED && charge.state.failures >= limits.max_failures ==>
      locked(charge.state, now + limits.lock_time - 1)) &&
    charge.state.locked_until <= now + LOCK_TIME_MAX &&
    (charge.admission == ADMISSION_REFUSED ==>
      charge.state.locked_until <= before.locked_until);
*/

/*@ requires \valid_read(limits) && sound_limits(*limits) && sound_state(state) && sound_now(now);
  assigns \nothing;
  ensures sound_state(\result.state);
  ensures same_keys(state, \result.state);
  ensures counted(state, \result);
  ensures locks_out(state, now, form, \result);
  ensures locks_after(*limits, state, now, \result);
*/
static struct charge admit(const struct limits *limits, struct state state, int64_t now,
			   enum answer_form form);

/*@ requires \valid_read(limits) && \valid_read(state) && \valid(charge);
  requires \separated(charge, limits) && \separated(charge, state);
  requires sound_limits(*limits) && sound_state(*state) && sound_now(now);
  assigns *charge;
  ensures sound_state(charge->state);
  ensures same_keys(\old(*state), charge->state);
  ensures counted(\old(*state), *charge);
  ensures locks_out(\old(*state), now, form, *charge);
  ensures locks_after(\old(*limits), \old(*state), now, *charge);
*/
void verdict_charge(const struct limits *limits, const struct state *state, int64_t now,
		    enum answer_form form, struct charge *charge);

/*@ // What a proof must be of to count, and what follows for the state from a success.
  predicate fresh_device(integer count, struct proof proof, struct state state) =
    proof.kind == PROOF_DEVICE && proof.index < count &&
    state.devices[proof.index].watermark <= proof.position < STATE_WATERMARK_MAX;
  predicate fresh_recovery(integer count, struct proof proof, struct state state) =
    proof.kind == PROOF_RECOVERY && proof.index < count &&
    !spent(state, proof.index);
  predicate spends_device(struct proof proof, struct state before, struct state after) =
    after.devices[proof.index].watermark == proof.position + 1 &&
    same_devices_but(before, after, proof.index) &&
    before.recovery_spent == after.recovery_spent;
  predicate spends_recovery(struct proof proof, struct state before, struct state after) =
    same_devices_but(before, after, -1) &&
    after.recovery_spent == (before.recovery_spent | (1 << proof.index));
*/

/*@ requires -STATE_DRIFT_MAX <= drift <= STATE_DRIFT_MAX && period <= DEVICE_PERIOD_MAX;
  requires -STATE_TIME_MAX <= offset <= STATE_TIME_MAX;
  assigns \nothing;
  ensures -STATE_DRIFT_MAX <= \result <= STATE_DRIFT_MAX;
*/
static int32_t next_drift(int32_t drift, int64_t offset, unsigned period);

/*@ requires \valid_read(record) && \valid_read(proof) && proof->index < record->device_count;
  requires sound_record(record) && sound_state(state) && sound_proof(*proof) && sound_now(now);
  assigns \nothing;
  ensures sound_state(\result.state);
  ensures same_counts(state, \result.state);
  ensures state.recovery_spent == \result.state.recovery_spent;
  ensures same_devices_but(state, \result.state, proof->index);
  ensures \result.reason == REASON_CODE_ACCEPTED || \result.reason == REASON_REPLAYED_CODE;
  ensures \result.reason == REASON_CODE_ACCEPTED <==>
    state.devices[proof->index].watermark <= proof->position < STATE_WATERMARK_MAX;
  ensures \result.reason == REASON_CODE_ACCEPTED ==>
    \result.state.devices[proof->index].watermark == proof->position + 1;
  ensures \result.reason != REASON_CODE_ACCEPTED ==>
    same_devices_but(state, \result.state, -1);
*/
static struct verdict spend_device(const struct record *record, const struct proof *proof,
				   int64_t now, struct state state);

/*@ requires \valid_read(proof) && one_of_sixteen(proof->index) && sound_state(state);
  assigns \nothing;
  ensures sound_state(\result.state);
  ensures same_counts(state, \result.state);
  ensures same_devices_but(state, \result.state, -1);
  ensures \result.reason == REASON_RECOVERY_ACCEPTED || \result.reason == REASON_RECOVERY_SPENT;
  ensures \result.reason == REASON_RECOVERY_ACCEPTED <==> !spent(state, proof->index);
  ensures \result.reason == REASON_RECOVERY_ACCEPTED ==>
    \result.state.recovery_spent == (state.recovery_spent | (1 << proof->index));
  ensures \result.reason != REASON_RECOVERY_ACCEPTED ==>
    state.recovery_spent == \result.state.recovery_spent;
*/
static struct verdict spend_recovery(const struct proof *proof, struct state state);

/*@ requires \valid_read(record) && \valid_read(proof);
  requires sound_record(record) && sound_state(state) && sound_proof(*proof) && sound_now(now);
  assigns \nothing;
  ensures sound_state(\result.state);
  ensures same_counts(state, \result.state);
  ensures \result.reason == REASON_CODE_ACCEPTED <==> fresh_device(record->device_count, *proof,
  state); ensures \result.reason == REASON_RECOVERY_ACCEPTED <==>
  fresh_recovery(record->recovery_count, *proof, state); ensures \result.reason ==
  REASON_CODE_ACCEPTED ==> spends_device(*proof, state, \result.state); ensures \result.reason ==
  REASON_RECOVERY_ACCEPTED ==> spends_recovery(*proof, state, \result.state); ensures
  accepted(\result.reason) || \result.reason == REASON_WRONG_CODE || \result.reason ==
  REASON_REPLAYED_CODE || \result.reason == REASON_RECOVERY_SPENT; ensures !accepted(\result.reason)
  ==> same_keys(state, \result.state); ensures no_watermark_falls(state, \result.state);
*/
static struct verdict spend(const struct record *record, const struct proof *proof, int64_t now,
			    struct state state);

/*@ // What verdict_reach promises, of the values that it is given and gives.
  predicate may_count(struct charge charge, enum password password) =
    charge.admission == ADMISSION_GRANTED && password != PASSWORD_WRONG;

  predicate sound_charge(struct charge charge) = // as verdict_charge makes it
    sound_state(charge.state) &&
    (charge.admission == ADMISSION_GRANTED ==> charge.state.failures >= 1);

  // Success only if every key that was asked for was right, and none of them was spent.
  predicate only_with_all_keys(integer devices, integer recovery_codes,
      struct charge charge, enum password password, struct proof proof, struct verdict verdict) =
    (verdict.reason == REASON_CODE_ACCEPTED <==>
      may_count(charge, password) && fresh_device(devices, proof, charge.state)) &&
    (verdict.reason == REASON_RECOVERY_ACCEPTED <==>
      may_count(charge, password) && fresh_recovery(recovery_codes, proof, charge.state)) &&
    (accepted(verdict.reason) || verdict.reason == REASON_LOCKED ||
      verdict.reason == REASON_WRONG_PASSWORD || verdict.reason == REASON_WRONG_CODE ||
      verdict.reason == REASON_REPLAYED_CODE || verdict.reason == REASON_RECOVERY_SPENT);

  // P2: what was accepted is spent, and no other key is touched; no watermark ever falls.
  predicate single_use(struct charge charge, struct proof proof, struct verdict verdict) =
    (verdict.reason == REASON_CODE_ACCEPTED ==>
      spends_device(proof, charge.state, verdict.state)) &&
    (verdict.reason == REASON_RECOVERY_ACCEPTED ==>
      spends_recovery(proof, charge.state, verdict.state)) &&
    no_watermark_falls(charge.state, verdict.state);

  // P3: failures fall with a success only; a refusal leaves the charged state as it is.
  predicate charged_guesses(struct charge charge, struct verdict verdict) =
    (accepted(verdict.reason) ==> verdict.state.failures == 0 && !verdict.state.told &&
      verdict.state.earlier_failures == to_tell(charge.state, charge.state.failures - 1)) &&
    (!accepted(verdict.reason) ==>
      same_keys(charge.state, verdict.state) && same_counts(charge.state, verdict.state));
*/

/*@ requires \valid_read(record) && \valid_read(proof);
  requires sound_record(record) && sound_charge(charge) && sound_proof(*proof) &&
    sound_now(now);
  assigns \nothing;
  ensures sound_state(\result.state);
  ensures only_with_all_keys(record->device_count, record->recovery_count, charge, password,
    *proof, \result);
  ensures single_use(charge, *proof, \result);
  ensures charged_guesses(charge, \result);
*/
static struct verdict weigh(const struct record *record, struct charge charge, int64_t now,
			    enum password password, const struct proof *proof);

/*@ requires \valid_read(record) && \valid_read(charge) && \valid_read(proof) && \valid(verdict);
  requires \separated(verdict, record) && \separated(verdict, charge) &&
    \separated(verdict, proof);
  requires sound_record(record) && sound_charge(*charge) && sound_proof(*proof) &&
    sound_now(now);
  assigns *verdict;
  ensures sound_state(verdict->state);
  ensures only_with_all_keys(\old(record->device_count), \old(record->recovery_count),
    \old(*charge), password, \old(*proof), *verdict);
  ensures single_use(\old(*charge), \old(*proof), *verdict);
  ensures charged_guesses(\old(*charge), *verdict);
*/
void verdict_reach(const struct record *record, const struct charge *charge, int64_t now,
		   enum password password, const struct proof *proof, struct verdict *verdict);

/*@ requires \valid_read(record) && \valid_read(limits) && \valid_read(state);
  requires sound_record(record) && sound_limits(*limits) && sound_state(*state) && sound_now(now);
  assigns \nothing;
  ensures 0 <= \result <= STATE_TIME_MAX;
*/
int64_t verdict_clock_behind(const struct record *record, const struct limits *limits,
			     const struct state *state, int64_t now);

#include "../../lib/verdict.c"

/*@ // The two as a login calls them. What is judged in between is any proof, but that no recovery
  // code is found to be a device's (judge_recovery in lib/judge.c).
  requires \valid_read(limits) && \valid_read(record) && \valid_read(state) && \valid_read(proof);
  requires sound_limits(*limits) && sound_record(record) && sound_state(*state) &&
    sound_proof(*proof) && sound_now(now);
  requires form == ANSWER_RECOVERY ==> proof->kind != PROOF_DEVICE;
  assigns \nothing;

  // While the user is locked there is no success but by a recovery code.
  ensures lock_holds(*state, now) && accepted(\result) ==>
    form == ANSWER_RECOVERY && \result == REASON_RECOVERY_ACCEPTED;
*/
static enum reason charge_and_reach(const struct limits *limits, const struct record *record,
				    const struct state *state, int64_t now, enum answer_form form,
				    enum password password, const struct proof *proof)
{
	struct charge charge;
	struct verdict verdict;

	verdict_charge(limits, state, now, form, &charge);
	verdict_reach(record, &charge, now, password, proof, &verdict);
	return verdict.reason;
}

/*@ // What a login notes of a refusal (decide in lib/login.c) before that is committed: of all that
  // the promises speak of, it changes nothing.
  requires \valid(verdict) && sound_state(verdict->state);
  assigns verdict->state;
  ensures sound_state(verdict->state);
  ensures same_keys(\old(verdict->state), verdict->state);
  ensures same_counts(\old(verdict->state), verdict->state);
*/
static void note_refusal(struct verdict *verdict, int64_t now, const char *origin)
{
	state_note_failure(&verdict->state, now, origin);
}
