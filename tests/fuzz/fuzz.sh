#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A short run of each fuzz target by libFuzzer, and of some by AFL++, which drives the same code;
# the others are built for it, and run on their seeds. 'make fuzz' goes on for longer.
set -u

run=$(dirname "$(realpath "$0")")/run
readonly SECONDS_EACH=2

{
	"$run" --seconds "$SECONDS_EACH"
	"$run" --engine afl --seconds "$SECONDS_EACH" --seeds file uri_parse verdict |
		sed 's/^\(ok\|not ok\)\( [0-9]* - \)/\1\2AFL++: /'
} | awk '
	/^(not )?ok / {
		number++
		sub(/ok [0-9]+/, "ok " number)
	}
	!/^1\.\./
	END { print "1.." number }'
