"""How logins are decided: lines of PAM's configuration that let everyone in, or that hand passwords on.

Source: pam.conf(5) for lines and controls; pam_permit(8), pam_unix(8), pam_exec(8) for modules. One file is judged by itself:
what an included file asks for is taken to ask. Shared by the detectors of both; judges no owner.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from periderm.model.file_note import Note, NoteReader

OPEN, HANDED, ODD, ASKED = "open", "handed", "odd", "asked"
_MOST_LINES = 5_000
_LONGEST = 4_096
_FOLDERS = ("etc/pam.d", "usr/lib/pam.d", "usr/share/pam.d", "usr/etc/pam.d")
_SERVICES = "etc/pam.conf"
_INCLUDES = frozenset(("include", "substack"))
_STRICT = frozenset(("required", "requisite"))
_FIELD = re.compile(r"\[[^\]]{0,400}\]|\S+")
_ODD_PLACES = ("/tmp/", "/var/tmp/", "/dev/", "/run/", "/home/")  # noqa: S108 -- places that are looked for
# Modules of which none ever asks who somebody is: whoever passes them has shown nothing.
_ASK_NOBODY = frozenset(("permit", "env", "faildelay", "nologin", "shells", "group", "issue", "motd", "lastlog", "warn")) | {
    *("debug", "echo", "keyinit", "loginuid", "limits", "selinux", "mail")
}


class Line(msgspec.Struct, frozen=True):
    """One line of a stack. `module` is without folder, 'pam_' and '.so'; an included stack has 'include' as control."""

    number: int
    control: str
    module: str
    path: str = ""
    arguments: tuple[str, ...] = ()

    @property
    def ends(self) -> bool:
        """Whether its success is the stack's."""
        return self.control == "sufficient" or "success=done" in self.control

    @property
    def refuses(self) -> bool:
        """Whether somebody may fail here, or be sent past the next lines."""
        if self.control in _INCLUDES:
            return True
        if self.control.startswith("["):
            jumps = any(value.partition("=")[2].isdigit() for value in self.control[1:-1].split())
            return jumps or (self.module not in _ASK_NOBODY and re.search(r"=(?:die|bad)\b", self.control) is not None)
        return self.control in _STRICT and self.module not in _ASK_NOBODY


def stacks(data: bytes, path: str) -> dict[str, list[Line]]:
    """The lines of type `auth` by service ('' in a file of one service)."""
    found: dict[str, list[Line]] = {}
    text = data.decode("utf-8", "replace")
    for number, raw in enumerate(text.split("\n")[:_MOST_LINES], 1):
        fields = _FIELD.findall(raw[:_LONGEST].partition("#")[0])
        service = ""
        if path == _SERVICES and fields:
            service, fields = fields[0].lower(), fields[1:]
        if len(fields) >= 2 and fields[0] == "@include":
            found.setdefault(service, []).append(Line(number, "include", fields[1]))
        if len(fields) < 3 or fields[0].lower().removeprefix("-") != "auth":
            continue
        module = fields[2].rpartition("/")[2].removeprefix("pam_").removesuffix(".so")
        line = Line(number, fields[1].lower(), module, fields[2], tuple(fields[3:]))
        found.setdefault(service, []).append(line)
    return found


def readers(prefix: str) -> tuple[NoteReader, ...]:
    """A reader whose id begins with a detector's."""
    return (NoteReader(id=f"{prefix}-pam", read=read, paths=(_SERVICES,), folders=_FOLDERS, most=1 << 18),)


def read(data: bytes, path: str) -> Sequence[Note]:
    """Notes of one file: everyone is let in (OPEN), a program is handed the password (HANDED), a module lies where none
    belongs (ODD), and whether an empty password is taken (ASKED)."""
    notes: list[Note] = []
    for lines in stacks(data, path).values():
        strict = [at for at, line in enumerate(lines) if line.refuses]
        first = strict[0] if strict else len(lines)
        for at, line in enumerate(lines):
            shown = " ".join((line.control, line.path, *line.arguments))[:200]
            if line.control in _INCLUDES:
                continue
            if line.module == "permit" and _lets_in(line, at <= first, bool(strict)):
                notes.append(Note(OPEN, line.number, shown, {"ends": "yes" if line.ends else "no"}))
            elif line.module == "exec" and "expose_authtok" in line.arguments:
                program = next((word for word in line.arguments if word.startswith("/")), "")
                notes.append(Note(HANDED, line.number, shown, {"program": program.lstrip("/")[:200]}))
            elif line.module == "unix":
                empty = any(word.startswith("nullok") for word in line.arguments)
                notes.append(Note(ASKED, line.number, "", {"empty": "yes" if empty else "no"}))
            if line.path.startswith(_ODD_PLACES) or "/." in line.path:
                notes.append(Note(ODD, line.number, shown))
    return notes[:1_000]


def _lets_in(line: Line, before: bool, anywhere: bool) -> bool:
    """Whether pam_permit is all that somebody must pass: `before` the first line that may refuse, or where there is none
    `anywhere`. One that ends the stack is not bound by what follows."""
    return before if line.ends else line.control in _STRICT and not anywhere
