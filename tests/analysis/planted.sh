#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What the tools must find in a topic: threads ask a service whose module makes MISTAKE.
. "$(dirname "$0")/../fault/lib/fault.sh"

pam_service twokey-planted <<-END
	auth required ${PLANTED:?} ${MISTAKE:?}
END
check "the planted module is asked" ${UNDER-} "$driver" --threads 4 twokey-planted root
finish
