#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""usage: schema.py SHAPE FILE MANPAGE

Exit with 0 if the JSON text in FILE has exactly the fields of SHAPE, each of its type, and MANPAGE
names them all. A trailing '?' is null as well; [x] is an array of x.
"""
import json
import re
import sys

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
DEVICE = {"name": "text", "type": "text", "algorithm": "text", "digits": "number",
          "period": "number?", "drift_seconds": "number?", "last_used": "time?"}
STATUS = {"user": "text", "enrolled": "flag", "devices": [DEVICE], "failures": "number?",
          "locked_until": "time?", "last_success": "time?", "recovery_left": "number?"}
MESSAGE = {"style": "text", "text": "text"}
LOG = {"severity": "text", "text": "text"}
PHASE = {"phase": "text", "code": "text", "log": [LOG]}
FAILED = {"line": "number", "user": "text", "problem": "text"}
IMPORTED = {"user": "text", "devices": ["text"], "recovery_codes": "number"}
REMARK = {"source": "text", "line": "number?", "user": "text?", "refused": "flag", "text": "text"}
SHAPES = {
    "enroll": {"user": "text", "device": "text", "type": "text", "algorithm": "text",
               "digits": "number", "period": "number?", "secret": "text", "uri": "text",
               "recovery_codes": ["text"]},
    "status": STATUS,
    "status-unenrolled": {"user": "text", "enrolled": "flag"},
    "list": [STATUS],
    "list-unenrolled": [{"user": "text", "enrolled": "flag", "uid": "number", "password": "flag",
                         "public_key": "flag"}],
    "verify": {"user": "text", "accepted": "flag", "reason": "text", "device": "text",
               "failures": "number"},
    "try": {"service": "text", "user": "text?", "accepted": "flag", "log_watched": "flag",
            "prompts": [MESSAGE], "phases": [PHASE]},
    "doctor": [{"check": "text", "result": "text", "text": "text", "mend": "text?"}],
    "show": {"user": "text", "device": "text", "secret": "text", "uri": "text"},
    "unlock": {"user": "text", "unlocked": "flag", "rebuilt": "flag", "state_lost": "flag"},
    "recovery": {"user": "text", "recovery_codes": ["text"]},
    "enroll-batch": {"failed": [FAILED], "enrolled": "number", "finished": "number",
                     "present": "number", "interrupted": "flag", "seconds": "real"},
    "import": {"dry_run": "flag", "imported": [IMPORTED], "remarks": [REMARK]},
    "export-uri": [{"user": "text", "device": "text", "uri": "text"}],
    "export-oath": [{"user": "text", "device": "text", "line": "text"}],
    "remove": {"user": "text", "removed": "flag", "device": "text?"},
}
TYPES = {
    "text": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "real": lambda value: isinstance(value, float),
    "flag": lambda value: isinstance(value, bool),
    "time": lambda value: isinstance(value, str) and TIME.fullmatch(value),
}


def mistakes(value, shape, where):
    """What is wrong with a value, as texts."""
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where} is no array"]
        return [text for i, item in enumerate(value)
                for text in mistakes(item, shape[0], f"{where}[{i}]")]
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{where} is no object"]
        if list(value) != list(shape):
            return [f"{where} has {list(value)}, not {list(shape)}"]
        return [text for name in shape
                for text in mistakes(value[name], shape[name], f"{where}.{name}")]
    if value is None and shape.endswith("?"):
        return []
    return [] if TYPES[shape.rstrip("?")](value) else [f"{where} is {value!r}, not {shape}"]


def names(shape):
    if isinstance(shape, list):
        return names(shape[0])
    if isinstance(shape, dict):
        return set(shape).union(*map(names, shape.values()))
    return set()


def main():
    shape = SHAPES[sys.argv[1]]
    with open(sys.argv[2], encoding="utf-8") as file:
        wrong = mistakes(json.load(file), shape, "it")
    with open(sys.argv[3], encoding="utf-8") as file:
        page = file.read()
    wrong += [f"the man page does not name {name}" for name in sorted(names(shape))
              if not re.search(rf"\b{name}\b", page)]
    print("\n".join(wrong))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
