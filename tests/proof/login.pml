/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The protocol of a login, for spin: LOGINS attempts at once on one user's file, while a change
 * replaces the file; any process may be killed between two steps, and power may be lost at any
 * instant. "lib/FILE.c: FUNCTION" in a comment names the code that the lines below it stand for;
 * tests/proof/run checks that each of these functions is still there.
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

/* lib/state.c: state_newest */
#define NEWEST(f) (files[f].cache[0].sequence > files[f].cache[1].sequence -> 0 : 1)

inline read_newest(f) {
	newest = NEWEST(f);
	copy(state, files[f].cache[newest])
}

/* lib/store_file.c: file_write_slot - into the older slot, in place, so that the newer one stays. */
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

proctype login(byte code) {
	bool booted_after = lost_power;
	byte f, newest;
	bool admitted, guessed, right;
	slot state;

	{
	skip;
again:
	/* lib/store.c: store_begin - open, lock, look where the name leads now, read. */
	STEP(f = named);
	lock(f);
#ifndef BREAK_INODE
	/* lib/store_file.c: file_lock - a conflict begins anew (lib/login.c: login_attempt). */
	if
	:: d_step { named != f -> files[f].owner = NOBODY }; goto again
	:: named == f
	fi;
#endif
	STEP(read_newest(f));

	/* lib/verdict.c: verdict_charge - what is refused is written too, as it was. */
	d_step {
		admitted = state.failures < MAX_FAILURES;
		state.failures = state.failures + admitted
	};
#ifndef BREAK_CHARGE
	/* lib/store.c: store_charge */
	STEP(write_slot(f));
#endif
	/* lib/judge.c: judge */
	STEP(guessed = admitted && code == WRONG;
	     evaluated = evaluated + guessed;
	     assert(evaluated <= MAX_FAILURES));
	/* lib/verdict.c: verdict_reach */
	d_step {
		right = (admitted && code == RIGHT && code >= state.watermark);
		if
		:: right -> state.watermark = code + 1; state.failures = 0
		:: else
		fi
	};
	/* lib/store.c: store_commit - durable before anyone learns the verdict. */
	STEP(write_slot(f); if :: right -> evaluated = 0 :: else fi);
#if defined(BREAK_SYNC_OF_REFUSAL)
	STEP(if :: right -> make_durable(f) :: else fi);
#elif !defined(BREAK_SYNC)
	STEP(make_durable(f));
#endif
	/* lib/login.c: login_attempt - returns. */
	STEP(if
	     :: right -> accepted++
	     :: guessed -> answered[AFTER_SUCCESS(state)]++
	     :: else
	     fi;
	     assert(accepted <= 1));
killed:
	/* lib/store.c: store_end */
	unlock_all()
	} unless { lost_power && !booted_after }
}

/* A change of the record carries the state over to a new file: a device added, codes renewed. */
proctype change() {
	byte f, newest;
	slot state;

	{
	/* lib/store_change.c: change_begin */
	STEP(f = named);
	lock(f);
	STEP(read_newest(f));
	/* lib/store_file.c: file_create - whole and durable, under another name. */
	STEP(copy(files[1].cache[0], state);
	     copy(files[1].cache[1], state);
	     files[1].cache[0].sequence = 1;
	     files[1].cache[1].sequence = 2;
	     make_durable(1));
	/* lib/store_change.c: change_write - locked until its name is durable. */
#ifndef BREAK_NEW_LOCK
	lock(1);
#endif
	STEP(named = 1);
	/* Not killed here: see "What the protocol assumes" in README.md. */
	named_durably = 1;
killed:
	/* lib/store_change.c: change_end */
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
		files[0].cache[0].sequence = 1;
		files[0].cache[1].sequence = 2;
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
