#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Many users from a list: a sheet each that a person can follow, nobody twice, and nothing lost
# whatever ends a run. USERS=N enrols so many at the end, and tells how fast; ROUNDS=N
# kills so many runs.
. "$(dirname "$0")/lib/e2e.sh"
. "$here/screen.sh"

readonly SERVICE=twokey-test STORE=/var/lib/twokey
readonly USERS=${USERS-1000} ROUNDS=${ROUNDS-6}
readonly RUN=/disk/batch # where a sync is one
out=$RUN/out

# batch LIST [OPTION...]
batch() {
	local list=$1
	shift
	twokey enroll --batch "$list" --out "$out" "$@"
}

login() {
	pam_login "$SERVICE" "$user" "$1"
}

forget() {
	rm -rf "$out"
	find "$STORE/users" -type f -delete
}

# What a person reads on the sheet of $user: sets $key and $recovery.
read_sheet() {
	key=$(grep -Eo '([A-Z2-7]{4} ){7}[A-Z2-7]{4}' "$1" | tr -d ' ')
	mapfile -t recovery < <(grep -Eo '[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}' "$1")
	secret "$key" "${recovery[@]}" "${recovery[@]//-/}"
}

pam_twokey "$SERVICE" ask=code
mkdir -p "$RUN"
chmod 700 "$RUN"

# --- Lists and sheets

cat >"$work/list" <<-'END'
	# our people
	alice
	bob, "Example, Inc." , tablet

	  carol,Example
	dave \ back
END
check "a list" batch "$work/list"
shown "a summary" "^enrolled: 4, "
check "mode of a sheet" test "$(stat -c %a "$out/alice.txt" "$out/alice.png" | sort -u)" = 600
check "mode of the directory" test "$(stat -c %a "$out")" = 700
check "nothing temporary is left" test -z "$(find "$out" -name '.*' -type f)"
check "a name that is no plain file name" test -f "$out/dave%20%5C%20back.txt"
user=alice
read_sheet "$out/alice.txt"
let_in code_accepted "the key on the sheet" login "$(code)"
let_in recovery_accepted "a recovery code on the sheet" login "${recovery[0]}"
uri=$(zbarimg --quiet --raw --nodbus "$out/alice.png" 2>/dev/null)
secret "$uri"
check "the image holds the key" sh -c "echo '$uri' | grep -Fq 'secret=$key&'"
check "the device of the list" grep -q '^device: tablet$' "$STORE/users/bob"
check "the issuer of the list" grep -q '^issuer: Example, Inc.$' "$STORE/users/bob"
check "the issuer on the sheet" grep -q 'Example, Inc.' "$out/bob.txt"
logged_of() { grep -c "user=$1 .*enrolled without a first code" "$work/log"; }
check "each is logged" test "$(logged_of bob)" = 1
cp "$out/alice.txt" "$work/before"
check "again" batch "$work/list"
shown "again: nobody" "^enrolled: 0, "
shown "again: all are there" "^enrolled already: 4\$"
check "again: the sheet is the same" cmp "$out/alice.txt" "$work/before"

printf 'device,NAME,team,issuer\n,erin,x,"Say ""hi"" <b>"\nlaptop,"frank",y,\n' >"$work/csv"
check "CSV with a header, HTML and SVG" batch "$work/csv" --sheet html --image svg --recovery-codes 3
check "the device of a column" grep -q '^device: laptop$' "$STORE/users/frank"
check "the page is a page" xmllint --html --noout "$out/erin.html"
check "no name is a tag" grep -q 'Say &quot;hi&quot; &lt;b&gt;' "$out/erin.html"
check "three recovery codes" test "$(grep -c '^<li>&#9744;' "$out/erin.html")" = 3
check "the page has the code" grep -q '<svg' "$out/erin.html"
check "standard input" sh -c "echo gina | twokey enroll --batch - --out $out --image none --quiet"
check "--quiet says nothing" test ! -s "$work/output"
check "--image none" test ! -e "$out/gina.png"

# --- Failures

printf '%s\n' good1 "a,b,c,d" ",nobody" "x,\"y" "h,i:j" "k,l,m/n" good2 "$(printf 'n%.0s' {1..300})" \
	good1 >"$work/bad"
: >"$out/good2.txt"
check_status 1 "some fail" batch "$work/bad"
shown "the others are enrolled" "^enrolled: 1, "
shown "twice in a list is once" "^enrolled already: 1\$"
shown "how many failed" "^failed: 7\$"
for line in "2: the line has too many fields" "3: the line names no user|3: the user name is empty" \
	"4: the line is no CSV" "5: h: the issuer" "6: k: the device" \
	"7: good2: a sheet is there" "8: the user name is empty or too long"; do
	shown "it names $line" "bad:$line"
done
check_status 1 "who failed is not enrolled" twokey status good2
rm "$out/good2.txt"
check_status 1 "as JSON" batch "$work/bad" --json
cp "$work/output" "$work/json"
check "JSON: enrolled" test "$(json '["enrolled"]' <"$work/json")" = 1
check "JSON: failed" test "$(json '["failed"][0]["line"]' <"$work/json")" = 2
check_status 3 "no list" batch "$work/nowhere"
chmod 777 "$out"
check_status 3 "others may write there" batch "$work/list"
shown "and it says so" "writable by nobody else"
chmod 700 "$out"
check_status 2 "no --out" twokey enroll --batch "$work/list"
check_status 2 "a user too" batch "$work/list" alice
check_status 2 "no such sheet" batch "$work/list" --sheet pdf

# --- A terminal: a bar there, none in a pipe

forget
seq -f 'bar%g' 2000 >"$RUN/list"
screen_open 40x10 "twokey enroll --batch $RUN/list --out $out --image none; sleep 30"
bar() { on_screen capture-pane -p >"$work/screen" && grep -Eq '^\[[#.]+\] [0-9]+ users' "$work/screen"; }
wait_until bar
check "the bar fits 40 columns" test "$(wc -L <"$work/screen")" -le 40
wait_until screen_says "^enrolled: 2000"
check_status 1 "and it goes" screen_says "\[#"
screen_close

# --- Ctrl-C there: it ends after the groups at hand, and says how to go on

forget
seq -f 'long%g' 20000 >"$RUN/list"
screen_open 80x24 \
	"twokey enroll --batch $RUN/list --out $out --image none --recovery-codes 0; echo ended with \$?; cat"
wait_until bar
on_screen send-keys C-c
wait_until screen_says "^ended with 1"
on_screen capture-pane -p >"$work/output"
screen_close
shown "Ctrl-C at a terminal: it says how to go on" "^twokey: interrupted; run the same command again"
enrolled=$(find "$STORE/users" -type f | wc -l)
shown "Ctrl-C at a terminal: it tells how many were enrolled" "^enrolled: $enrolled, "
check "Ctrl-C at a terminal: the rest of the list is not begun" test "$enrolled" -lt 20000
check "Ctrl-C at a terminal: each has a sheet" test "$(find "$out" -name '*.txt' | wc -l)" = "$enrolled"

forget
mkfifo "$RUN/fifo"
nohup twokey enroll --batch - --out "$out" <"$RUN/fifo" >"$work/said.out" 2>>"$work/stderr.all" &
pid=$!
exec 7>"$RUN/fifo"
wait_until pgrep --parent "$pid"
kill -HUP "$pid"
echo olga >&7
exec 7>&-
wait "$pid"
check "nohup: a hangup does not end it" grep -q '^enrolled: 1, ' "$work/said.out"

# --- Killed

# With SIGINT as at a terminal: what a script starts beside it ignores that.
readonly HEEDING=(env --default-signal=INT)

# alone: no process of an earlier run is at work there.
alone() {
	[ ! -d "$out" ] || wait_until flock --nonblock "$out" true
}

# whole LIST: after one more run each has one record and one sheet, which are of each other.
whole() {
	local names
	alone
	run batch "$1"
	mapfile -t names <"$1"
	(cd "$out" && grep -EoH '([A-Z2-7]{4} ){7}[A-Z2-7]{4}' "${names[@]/%/.txt}") |
		tr -d ' ' | sed 's/\.txt:/ /' >"$work/sheets"
	(cd "$STORE/users" && grep -H '^key: ' "${names[@]}") | sed 's/:key: / /' >"$work/records"
	if ! cmp -s "$work/sheets" "$work/records"; then
		trace "not whole: $(comm -3 "$work/sheets" "$work/records" | awk '{ print $1 }' | xargs)"
		return 1
	fi
	[ "$(wc -l <"$work/sheets")" = "${#names[@]}" ] &&
		(cd "$out" && find "${names[@]/%/.png}" -size +0) >"$work/pictures" &&
		[ "$(wc -l <"$work/pictures")" = "${#names[@]}" ] &&
		[ -z "$(find "$out" -name '.*' -type f)" ] && [ -z "$(ls "$STORE/new")" ]
}

printf '%s\n' kate liam mona >"$RUN/three"
kills=0
for call in openat fchmod syncfs fsync renameat renameat2 flock; do
	number=1
	while forget; do
		# A worker is killed, or the first process; the shell would remark upon it.
		(exec 2>/dev/null
		timeout 20 strace -f -qq -o "$work/trace" -e trace="$call" \
			-e inject="$call:signal=KILL:when=$number" twokey enroll --batch "$RUN/three" \
			--out "$out" >/dev/null 2>>"$work/stderr.all" </dev/null
		true)
		grep -q 'killed by SIGKILL' "$work/trace" || break
		kills=$((kills + 1))
		if ! whole "$RUN/three"; then
			fail "killed before $call number $number" "the next run did not make it whole"
		fi
		number=$((number + 1))
		[ "$call" != openat ] || number=$((number + 4))
	done
done
check "killed in $kills places" test "$kills" -ge 20

# Ctrl-C before each call of the first process: of the others it is ignored.
interrupts=0
for call in openat flock pipe clone read poll write wait4 close; do
	number=1
	while forget; do
		together "${HEEDING[@]}" strace -qq -o "$work/trace" -e trace="$call" \
			-e inject="$call:signal=INT:when=$number" twokey enroll --batch "$RUN/three" \
			--out "$out" >"$work/said.out" </dev/null
		status=$?
		grep -q -- '--- SIGINT' "$work/trace" || break
		interrupts=$((interrupts + 1))
		case $status in
		0) grep -q '^enrolled: 3, ' "$work/said.out" ;;
		1) grep -q "run the same command again" "$work/said.out" ;;
		130) true ;;
		*) false ;;
		esac || fail "Ctrl-C before $call number $number" "exit status $status"
		if ! whole "$RUN/three"; then
			fail "Ctrl-C before $call number $number" "the next run did not make it whole"
		fi
		number=$((number + 1))
		[ "$call" != openat ] || number=$((number + 4))
	done
done
check "Ctrl-C in $interrupts places" test "$interrupts" -ge 20

# some_time: a part of what a whole run takes.
some_time() {
	local part=$((took * (RANDOM % 90) / 100))
	sleep "$(printf '%d.%06d' $((part / 1000000)) $((part % 1000000)))"
}

seq -f 'many%g' 600 >"$RUN/many"
forget
began=${EPOCHREALTIME/./}
run batch "$RUN/many"
took=$((${EPOCHREALTIME/./} - began)) # microseconds
ended=0
for ((round = 0; round < ROUNDS; round++)); do
	forget
	"${HEEDING[@]}" setsid twokey enroll --batch "$RUN/many" --out "$out" \
		>/dev/null 2>>"$work/stderr.all" </dev/null &
	pid=$!
	some_time
	case $((round % 3)) in
	0) kill -KILL "-$pid" ;; # all of its processes
	1) kill -KILL "$pid" ;;  # the first
	2) kill -INT "-$pid" ;;  # Ctrl-C
	esac
	wait "$pid" 2>/dev/null
	[ "$?" = 0 ] || ended=$((ended + 1))
	if ! whole "$RUN/many"; then
		fail "round $round" "the next run did not make it whole"
	fi
done
check "ended early in $ended of $ROUNDS rounds" test "$ended" -ge $((ROUNDS / 4))

forget
"${HEEDING[@]}" twokey enroll --batch "$RUN/many" --out "$out" >"$work/said.out" 2>"$work/said.err" </dev/null &
pid=$!
wait_until sh -c "ls -A $out 2>/dev/null | grep -q ."
kill -INT "$pid"
wait "$pid"
status=$?
cat "$work/said.err" >>"$work/stderr.all"
if [ "$status" = 1 ]; then
	check "Ctrl-C says how to go on" grep -q "run the same command again" "$work/said.err"
else
	check "it was done before Ctrl-C" test "$status" = 0
fi
check "and it goes on" whole "$RUN/many"

# has_ended PROCESS: whether the shell has taken note of it already or not.
has_ended() {
	! grep -q '^State:.[^Z]' "/proc/$1/status" 2>/dev/null
}

forget
mkfifo "$RUN/names"
"${HEEDING[@]}" twokey enroll --batch - --out "$out" --json <"$RUN/names" >"$work/told" &
pid=$!
exec 7>"$RUN/names"
echo rosa >&7
wait_until pgrep --parent "$pid"
kill -INT "$pid"
wait_until has_ended "$pid"
wait "$pid"
check "Ctrl-C while a list is typed: exit status 1" test "$?" = 1
exec 7>&-
check "and JSON tells of it" test "$(json '["interrupted"]' <"$work/told")" = true

# --- Sheets that an earlier run left, and what fails while this one sees to them

readonly THREE=(twokey enroll --batch "$RUN/three" --out "$out")

# leave_sheets: of three who are enrolled, without a name.
leave_sheets() {
	forget
	check_status 1 "sheets are left without a name" failing renameat2:error=EIO "$out" "${THREE[@]}"
	check "which are hidden" hidden_are 6
}

# hidden_are COUNT
hidden_are() {
	[ "$(find "$out" -name '.*' -type f | wc -l)" = "$1" ]
}

leave_sheets
check_status 3 "their directory can't be listed" failing getdents64:error=EIO "$out" "${THREE[@]}"
shown "and it says so" "^twokey: $out: Input/output error\$"
check "none was taken for finished" hidden_are 6
check "the next run finishes them" whole "$RUN/three"
leave_sheets
check_status 3 "it can't be opened" failing openat:error=EIO:when=2 "$out" "${THREE[@]}"
shown "and it says so" "^twokey: $out: Input/output error\$"
check "the next run finishes them" whole "$RUN/three"
leave_sheets
check_status 3 "one can't get its name" failing renameat2:error=EIO:when=1 "$out" "${THREE[@]}"
shown "it is told which" "^twokey: $out/(kate|liam|mona)\.(txt|png): Input/output error\$"
shown "and who is enrolled" "^enrolled already: 3\$"
check "the others get theirs" hidden_are 1
check "the next run finishes it" whole "$RUN/three"
leave_sheets
cp -a "$STORE/users/kate" "$work/kate"
printf x | dd of="$STORE/users/kate" bs=1 seek=9 conv=notrunc status=none
check_status 3 "whose record can't be read" "${THREE[@]}"
shown "it is told who" "^twokey: kate: "
check "both stay for a run that can" hidden_are 2
cp -a "$work/kate" "$STORE/users/kate"
check "as the next can" whole "$RUN/three"
leave_sheets
rm "$STORE/users/kate"
check_status 3 "nobody's sheet can't be removed" failing unlinkat:error=EIO:when=1 "$out" "${THREE[@]}"
shown "it is told which" "^twokey: $out/\.twokey-[^/]*-kate\.(txt|png): Input/output error\$"
check "the next run removes it" whole "$RUN/three"

# --- Two at once, and many

# No more than are enrolled while it waits, on a machine with much else to do.
head -n 60 "$RUN/many" >"$RUN/some"
forget
aside batch "$RUN/some" >/dev/null &
check "a second run waits for the first" batch "$RUN/some"
wait "$!"
check "two runs are as one" whole "$RUN/some"

# peak USERS: its memory, in KiB; what it tells is in $work/told.
peak() {
	forget
	seq -f 'user%07g' "$1" >"$RUN/list"
	PYTHONPATH="$here/../../bench" /usr/bin/python3 - "$work/told" "$RUN/list" "$out" <<-'END'
		import sys, process
		told, users, out = sys.argv[1:]
		print(process.spawn("twokey", "enroll", "--batch", users, "--out", out, output=told,
		                    look=0.001).memory_kib)
	END
}
# A process has a group of 256 in memory, so that fewer would take less.
small=$(peak 300)
large=$(peak "$USERS")
trace "$(sed -n 1p "$work/told")"
check "all are enrolled" test "$(find "$STORE/users" -type f | wc -l)" = "$USERS"
check "memory: $small KiB for 300 users, $large for $USERS" test "$large" -le $((small + 512))
rm -rf "$RUN"

finish
