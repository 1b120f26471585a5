# SPDX-License-Identifier: BSD-2-Clause
"""The phone of somebody who enrols: oathtool."""
import subprocess
import time

STEP = 30  # seconds
WRONG = 30000  # seconds later it shows what is far from any code that could be right
TYPED = 3  # seconds until a code that is shown has been looked at, and more


def code(key, later=0):
    """What it shows, now or so many seconds later. A device's first code tells how late its clock is, in
    whole steps: one that is looked at in the next step would make a phone late that is not."""
    while not later and time.time() % STEP > STEP - TYPED:
        time.sleep(0.1)
    command = ["oathtool", "--base32", "--totp", "--now", f"@{int(time.time()) + later}", "-"]
    return subprocess.run(command, input=key, text=True, capture_output=True, check=True).stdout.strip()
