/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The protocol of a login, for spin: LOGINS attempts at once on one user's file, while a change
 * replaces the file; any process may be killed between two steps, and power may be lost at any
 * instant. A comment quotes the code that the lines below it stand for: "lib/FILE.c: FUNCTION", and
 * lines of that, each behind a "|". tests/proof/run looks whether each stands there, after the ones
 * of that function that are quoted before it.
 *
 * Left out is what decides nothing here: time, so that no lock ends by itself, and hashing. A code
 * is the step that it is of. Each BREAK_... breaks one rule, and spin must then find a way in.
 */
#ifndef LOGINS
#define LOGINS 3
#endif
#ifndef MAX_FAILURES
#define MAX_FAILURES 1
#endif
#define SLOTS 2
#define FILES 2            /* the one that is there, and the one that replaces it */
#define NOBODY 255
#define UNNAMED 1          /* the sequence number that marks a file */
#define RIGHT 1            /* a step whose code somebody has ... */
#define WRONG 0            /* ... and a guess */

/* What of a state decides. */
typedef slot {
	byte sequence;
	byte failures;
	byte watermark
}

/*
 * What processes see of a file (cache), and what a power loss leaves of it (durable): a slot that
 * was written, one sector, gets there whole at any time, and has when fdatasync returns.
 */
typedef file {
	slot cache[SLOTS];
	slot durable[SLOTS];
	byte owner             /* of the lock */
}

file files[FILES];
byte named;                /* the file that the user's name leads to ... */
byte named_durably;        /* ... and where it leads after a power loss */
bool lost_power;
byte accepted;             /* how often success was returned for the one code */
byte evaluated;            /* guesses looked at since a success ... */
byte answered[2];          /* ... and those whose refusal was returned: before it, and since */

#define AFTER_SUCCESS(state) (state.watermark > RIGHT)

inline copy(to, from) {
	to.sequence = from.sequence;
	to.failures = from.failures;
	to.watermark = from.watermark
}

/*
 * lib/state.c: compare_sequence
 * | return memcmp(slot, other, offsetof(struct slot, failures_key));
 * lib/state.c: state_newest
 * | int newer = order >= 0 ? 0 : 1;
 */
#define NEWEST(f) (files[f].cache[0].sequence > files[f].cache[1].sequence -> 0 : 1)

inline read_newest(f) {
	newest = NEWEST(f);
	copy(state, files[f].cache[newest])
}

/*
 * Into the older slot, in place, so that the newer one stays.
 * lib/store.c: write_slot
 * | next.sequence = transaction->state.sequence + 1;
 * | return file_write_slot(transaction->store, transaction->file, transaction->fd,
 * lib/store_file.c: file_write_slot
 * | (off_t)RECORD_SIZE + (off_t)slot * STATE_BLOCK_SIZE) != 0)
 */
inline write_slot(f) {
#ifdef BREAK_SLOT
	files[f].cache[newest].sequence = state.sequence + 1;
	files[f].cache[newest].failures = 0;
	files[f].cache[newest].watermark = 0;
	newest = 1 - newest
#else
	copy(files[f].cache[1 - newest], state);
	files[f].cache[1 - newest].sequence = state.sequence + 1
#endif
}

inline make_durable(f) {
	copy(files[f].durable[0], files[f].cache[0]);
	copy(files[f].durable[1], files[f].cache[1])
}

inline lock(f) {
	atomic { files[f].owner == NOBODY -> files[f].owner = _pid }
}

/* Also what the kernel does for a process that is killed. */
inline unlock_all() {
	d_step {
		if :: files[0].owner == _pid -> files[0].owner = NOBODY :: else fi;
		if :: files[1].owner == _pid -> files[1].owner = NOBODY :: else fi
	}
}

/* One step, before which the process may be killed. */
#define STEP(action) if :: d_step { action } :: goto killed fi

/* Whether a login syncs what it learned. */
#if defined(BREAK_SYNC)
#define SYNCS(right) false
#elif defined(BREAK_SYNC_OF_REFUSAL)
#define SYNCS(right) right
#else
#define SYNCS(right) true
#endif

proctype login(byte code) {
	bool booted_after = lost_power;
	byte f, newest;
	bool admitted, guessed, right;
	slot state;

	{
	skip;
again:
	/*
	 * lib/login.c: attempt_once
	 * | enum reason reason = store_begin(store, guess->user, subject, deadline, &transaction);
	 * lib/store.c: open_file
	 * | reason = file_open(store, transaction->file, O_RDWR, &transaction->fd);
	 */
	STEP(f = named);
	/*
	 * lib/store.c: lock_and_read
	 * | reason = lock(transaction, deadline);
	 * lib/store_file.c: file_lock
	 * | enum reason reason = file_lock_wait(store, path, fd, deadline);
	 */
	lock(f);
#ifndef BREAK_INODE
	/*
	 * lib/store_file.c: file_lock
	 * | if (trusted_look(store->directory, path, &named) != 0 || !is_same_file(&named, &locked))
	 * | return store_fail(store, path, REASON_STORE_CONFLICT);
	 * lib/login.c: login_attempt
	 * | for (unsigned i = 0; i < CONFLICTS_MAX && reason == REASON_STORE_CONFLICT; i++)
	 */
	if
	:: d_step { named != f -> files[f].owner = NOBODY }; goto again
	:: named == f
	fi;
#endif
	/*
	 * lib/store.c: lock_and_read
	 * | reason = file_read(store, transaction->file, transaction->fd, &transaction->record,
	 * | transaction->slot = 1 - newest;
	 */
	STEP(read_newest(f));
#ifndef BREAK_MARK
	/*
	 * lib/store.c: lock_and_read
	 * | if (transaction->state.sequence == SEQUENCE_UNNAMED)
	 * | return store_sync(store, STORE_USERS);
	 */
	STEP(if :: state.sequence == UNNAMED -> named_durably = named :: else fi);
#endif

	/*
	 * What is refused is written too, as it was.
	 * lib/login.c: decide
	 * | verdict_charge(limits, &transaction->state, now, guess->answer->form, &charge);
	 * lib/verdict.c: admit
	 * | if (now < clamped.locked_until && form != ANSWER_RECOVERY)
	 * | return (struct charge){ADMISSION_REFUSED, clamped};
	 * | return (struct charge){ADMISSION_GRANTED, with_guess_counted(clamped, limits, now)};
	 * lib/verdict.c: with_guess_counted
	 * | state.failures++;
	 * | if (state.failures >= limits->max_failures) {
	 */
	d_step {
		admitted = state.failures < MAX_FAILURES;
		state.failures = state.failures + admitted
	};
#ifndef BREAK_CHARGE
	/*
	 * lib/login.c: decide
	 * | reason = store_charge(transaction, &charge.state);
	 * lib/store.c: store_charge
	 * | return write_slot(transaction, state);
	 */
	STEP(write_slot(f));
#endif
	/*
	 * lib/login.c: decide
	 * | reason = judge(record, &charge.state, limits->window, now, guess->answer, &proof,
	 * | if (charge.admission == ADMISSION_REFUSED)
	 * | forget(&proof, &login->near_miss);
	 */
	STEP(guessed = admitted && code == WRONG;
	     evaluated = evaluated + guessed;
	     assert(evaluated <= MAX_FAILURES));
	/*
	 * lib/login.c: decide
	 * | verdict_reach(record, &charge, now, password, &proof, &verdict);
	 * lib/verdict.c: weigh
	 * | if (charge.admission != ADMISSION_GRANTED)
	 * | verdict = spend(record, proof, now, charge.state);
	 * | verdict.state = with_success(verdict.state, now);
	 * lib/verdict.c: spend_device
	 * | if (proof->position < used.watermark || proof->position >= STATE_WATERMARK_MAX)
	 * | used.watermark = proof->position + 1;
	 * lib/verdict.c: with_failures_cleared
	 * | state.failures = 0;
	 */
	d_step {
		right = (admitted && code == RIGHT && code >= state.watermark);
		if
		:: right -> state.watermark = code + 1; state.failures = 0
		:: else
		fi
	};
	/*
	 * Durable before anyone learns the verdict.
	 * lib/login.c: decide
	 * | reason = store_commit(transaction, &verdict.state);
	 * lib/store.c: store_commit
	 * | reason = write_slot(transaction, state);
	 */
	STEP(write_slot(f); if :: right -> evaluated = 0 :: else fi);
	/*
	 * lib/store.c: store_commit
	 * | if (reason == REASON_NONE && fdatasync(transaction->fd) != 0)
	 */
	STEP(if :: SYNCS(right) -> make_durable(f) :: else fi);
	/*
	 * lib/login.c: decide
	 * | login->reason = refine(verdict.reason, guess->answer, login->clock_behind);
	 */
	STEP(if
	     :: right -> accepted++
	     :: guessed -> answered[AFTER_SUCCESS(state)]++
	     :: else
	     fi;
	     assert(accepted <= 1));
killed:
	/*
	 * lib/login.c: attempt_once
	 * | store_end(&transaction);
	 * lib/store.c: store_end
	 * | file_release(transaction->fd);
	 */
	unlock_all()
	} unless { lost_power && !booted_after }
}

/* A change of the record carries the state over to a new file: a device added, codes renewed. */
proctype change() {
	byte f, newest;
	slot state;

	{
	/*
	 * lib/store_change.c: change_begin
	 * | reason = open_present(change);
	 * lib/store_change.c: open_present
	 * | enum reason reason = file_open(store, change->file, O_RDWR, &change->fd);
	 */
	STEP(f = named);
	/*
	 * lib/store_change.c: open_present
	 * | reason = file_lock(store, change->file, change->fd, store_deadline());
	 */
	lock(f);
	/*
	 * lib/store_change.c: open_present
	 * | reason = file_read(store, change->file, change->fd, &change->record, &change->state, &slot);
	 */
	STEP(read_newest(f));
	/*
	 * Whole and durable, under another name, and marked.
	 * lib/store_change.c: change_write
	 * | marked.sequence = SEQUENCE_UNNAMED;
	 * | reason = file_create(store, change->new_file, record, &marked, DURABLE_NOW);
	 * lib/store_file.c: file_create
	 * | format_blocks(state, &image);
	 * | if (write_new(store, fd, &image, durability) != 0) {
	 * lib/store_file.c: format_blocks
	 * | older.sequence--;
	 * lib/store_file.c: write_new
	 * | return durability == DURABLE_NOW ? fsync(fd) : 0;
	 */
	STEP(copy(files[1].cache[0], state);
	     copy(files[1].cache[1], state);
	     files[1].cache[0].sequence = UNNAMED - 1;
	     files[1].cache[1].sequence = UNNAMED;
	     make_durable(1));
	/*
	 * Locked until its name is durable, and known to be.
	 * lib/store_change.c: change_write
	 * | reason = file_lock_wait(store, change->new_file, fd, store_deadline());
	 */
#ifndef BREAK_NEW_LOCK
	lock(1);
#endif
	/*
	 * lib/store_change.c: change_write
	 * | reason = file_take_place(store, change->new_file, change->file);
	 */
	STEP(named = 1);
	/*
	 * lib/store_change.c: change_write
	 * | reason = store_sync(store, STORE_USERS);
	 */
	STEP(named_durably = 1);
	/*
	 * lib/store_change.c: change_write
	 * | take_mark(change, fd, &marked);
	 * lib/store_change.c: take_mark
	 * | first.sequence = SEQUENCE_FIRST;
	 * | (void)file_write_slot(change->store, change->file, fd, 0, &first);
	 */
	STEP(copy(files[1].cache[0], state);
	     files[1].cache[0].sequence = UNNAMED + 1);
killed:
	/*
	 * lib/store_change.c: change_write
	 * | file_release(fd);
	 * lib/store_change.c: change_end
	 * | file_release(change->fd);
	 */
	unlock_all()
	} unless { lost_power }
}

/*
 * What was written, and the name, may get to the disk early. Then power is lost, or never. It may
 * take guesses back that were looked at, but none that was answered.
 */
proctype machine() {
	byte newest;

	do
	:: d_step { copy(files[0].durable[0], files[0].cache[0]) }
	:: d_step { copy(files[0].durable[1], files[0].cache[1]) }
	:: d_step { copy(files[1].durable[0], files[1].cache[0]) }
	:: d_step { copy(files[1].durable[1], files[1].cache[1]) }
	:: named_durably = named
	:: break
	od;
	if
	:: skip
	:: d_step {
		lost_power = true;
		named = named_durably;
		copy(files[0].cache[0], files[0].durable[0]);
		copy(files[0].cache[1], files[0].durable[1]);
		copy(files[1].cache[0], files[1].durable[0]);
		copy(files[1].cache[1], files[1].durable[1]);
		files[0].owner = NOBODY;
		files[1].owner = NOBODY;
		newest = NEWEST(named);
		evaluated = answered[AFTER_SUCCESS(files[named].cache[newest])]
	   };
	   if
	   :: run login(RIGHT)
	   :: run login(WRONG)
	   fi
	fi
}

init {
	byte i;

	atomic {
		files[0].owner = NOBODY;
		files[1].owner = NOBODY;
		files[0].cache[0].sequence = UNNAMED;
		files[0].cache[1].sequence = UNNAMED + 1;
		make_durable(0);
		for (i : 1 .. LOGINS) {
			if
			:: run login(RIGHT)
			:: run login(WRONG)
			fi
		}
#ifndef NO_CHANGE
		run change();
#endif
		run machine()
	}
}
