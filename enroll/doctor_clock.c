/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <sys/timex.h>

#include "doctor.h"
#include "text.h"

#define CHECK "clock"

/* The kernel knows whether a daemon disciplines its clock, whichever that is. */
void doctor_check_clock(struct doctor *doctor)
{
	struct timex clock = {.modes = 0};
	int state = adjtimex(&clock);

	if (state < 0)
		doctor_tell(doctor, FINDING_WARNING, CHECK, "timedatectl status",
			    N_("whether the clock is synchronised can't be told: %s"),
			    strerror(errno));
	else if (state == TIME_ERROR || (clock.status & STA_UNSYNC) != 0)
		doctor_tell(doctor, FINDING_WARNING, CHECK, "timedatectl set-ntp true",
			    N_("the clock is not synchronised: codes by time need it right within "
			       "half a minute"));
	else
		doctor_tell(doctor, FINDING_OK, CHECK, NULL, N_("the clock is synchronised"));
}
