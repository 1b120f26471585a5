# SPDX-License-Identifier: BSD-2-Clause
"""What is measured, and where: PAM services, people, their codes, and the clock of each."""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import socket
import struct
import subprocess
import threading
import time

BUILD = pathlib.Path(os.environ["BUILD"])
DRIVER = BUILD / "bench_login"
PAM = pathlib.Path("/etc/bench.d")  # services, for pam_start_confdir(3)
PLACES = {"ext4": pathlib.Path("/disk"), "tmpfs": pathlib.Path("/tmp")}
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "a password of some length"
USERS = ("bench0", "bench1")
PERIOD = 30
SUCCESS, REFUSED = 0, 7  # PAM_SUCCESS, PAM_AUTH_ERR
RECOVERY_CODES = 10


def run(*command, text: str = "") -> str:
    return subprocess.run(
        [str(word) for word in command], input=text, check=True, capture_output=True, text=True
    ).stdout


def totp(step: int) -> str:
    """RFC 6238, SHA1, six digits."""
    digest = hmac.new(base64.b32decode(KEY), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack_from('>I', digest, offset)[0] & 0x7FFFFFFF) % 10**6:06d}"


class Clock:
    """Each user of each module lives on a clock of their own, which goes on a step a login."""

    def __init__(self) -> None:
        self.now = int(time.time()) // PERIOD + 1000
        self.steps: dict[object, int] = {}

    def take(self, whose: object) -> int:
        self.steps[whose] = self.steps.get(whose, self.now) + 1
        return self.steps[whose]


CLOCK = Clock()


class Answers:
    """A file of what one user types, for the driver."""

    def __init__(self, whose: object) -> None:
        self.whose = whose
        self.path = pathlib.Path("/tmp") / f"answers.{abs(hash(whose))}"

    def write(self, count: int, typed) -> pathlib.Path:
        steps = [CLOCK.take(self.whose) for _ in range(count)]
        self.path.write_text("".join(f"{s * PERIOD} {typed(i, s)}\n" for i, s in enumerate(steps)))
        return self.path


def right(_: int, step: int) -> str:
    return totp(step)


def wrong(_: int, step: int) -> str:
    """Far from any that could be right."""
    return totp(step + 100000)


def with_password(typed):
    return lambda i, step: f"{PASSWORD.replace(' ', '_')} {typed(i, step)}"


def password_alone(_: int, __: int) -> str:
    return PASSWORD.replace(" ", "_")


def drain_log() -> None:
    """A host has a log; what reads it here keeps nothing."""
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind("/dev/log")
    os.chmod("/dev/log", 0o666)
    if os.fork() == 0:
        while True:
            log.recv(65536)


def service(name: str, *lines: str) -> str:
    (PAM / name).write_text("".join(f"{line}\n" for line in lines))
    return name


def google_file(path: pathlib.Path) -> None:
    codes = "".join(f"{11111111 + i}\n" for i in range(RECOVERY_CODES))
    path.unlink(missing_ok=True)
    path.write_text(
        f'{KEY}\n" RATE_LIMIT 3 30\n" WINDOW_SIZE 3\n" DISALLOW_REUSE\n" TOTP_AUTH\n{codes}'
    )
    path.chmod(0o400)


def enrol(store: pathlib.Path, user: str) -> list[str]:
    told = run("twokey", "enroll", user, "--store", store, "--secret-stdin", "--no-confirm",
               "--qr", "none", "--json", text=f"{KEY}\n")  # fmt: skip
    return json.loads(told)["recovery_codes"]


def set_password(setting: str) -> None:
    password = PASSWORD.replace(" ", "_")
    made = run("perl", "-e", "print crypt($ARGV[0], $ARGV[1])", password, setting)
    assert len(made) > 12, setting
    for user in USERS:
        run("usermod", "-p", made, user)


def machine_up() -> None:
    run("make", "-C", BUILD, "install")
    if "MODULE" in os.environ:
        target = run("sh", "-c", "ls -d /lib/*/security/pam_twokey.so").strip()
        run("install", "-m", "644", os.environ["MODULE"], target)
    security = pathlib.Path(run("sh", "-c", "ls -d /lib/*/security").strip())
    run("install", "-m", "644", BUILD / ".libs" / "bench_floor.so", security / "pam_floor.so")
    PAM.mkdir()
    (PAM / "other").write_text("")
    drain_log()
    for user in USERS:
        run("useradd", "--create-home", user)


def furnish(place: str, directory: pathlib.Path) -> None:
    """All modules' services and files on one file system."""
    store, google, oath = directory / "twokey", directory / "google", directory / "users.oath"
    google.mkdir(mode=0o755)
    key = base64.b32decode(KEY).hex()
    oath.write_text("".join(f"HOTP/T{PERIOD} {user} - {key}\n" for user in USERS))
    oath.chmod(0o600)
    for user in USERS:
        google_file(google / user)
        (directory / f"floor.{user}").write_bytes(bytes(64))
        enrol(store, user)
    ours = f"auth required pam_twokey.so store={store} max_failures=1000"
    theirs = f"auth required pam_google_authenticator.so secret={google}/${{USER}} user=root"
    service(f"floor-{place}", f"auth required pam_floor.so {directory}/floor.")
    service(f"permit-{place}", "auth required pam_permit.so")
    service(f"twokey-{place}", f"{ours} ask=code")
    service(f"google-{place}", theirs)
    service(f"oath-{place}", f"auth required pam_oath.so usersfile={oath} window=3")
    service(f"unix-{place}", "auth required pam_unix.so")
    service(f"unix+google-{place}", "auth required pam_unix.so", theirs)
    service(f"password-{place}", ours)

