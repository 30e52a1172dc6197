"""Where a fact stands in an event's row, so that the prefilter can look for its value there. Knows no conditions.

Each answer must take every row in which the fact has the value; `ANY` where that cannot be told from the row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from periderm.engines.runtime import programs
from periderm.engines.runtime.rules.facts import NETWORK, O_CREAT, WITH_MODE
from periderm.engines.runtime.rules.needs import ALL_KINDS, ANY, CONTAINER, NODE, Check, Need, Needs, either, of_kinds
from periderm.engines.runtime.rules.widen import Ends, widen
from periderm.model.event import EventFlag, EventKind

ELEMENT = "@argv"  # some element of argv, in place of a fact
JOINED = "@joined"  # the arguments without the program's name, joined by blanks
EXEC = frozenset((EventKind.EXEC,))
OTHERS = ALL_KINDS - EXEC
_DELETED = r"(?: \(deleted\))?"
_PATH = Ends()
_BASE = Ends("(?:^|/)", f"{_DELETED}$")
_FOLDER = Ends("^", "/")
_WORD = Ends(r"(?:^|\x00)", r"(?:\x00|$)")
_APPLET = Ends(r"(?:^|[\x00/-])", rf"{_DELETED}(?:\x00|$)")
_LINE = Ends("^", "$", r"[ \x00]")
_JOINED = Ends(r"(?:^|\x00)", "$", r"[ \x00]")
_FIRST = Ends("^", r"(?:\x00|$)")
# A program behind which another one may stand: its own name says nothing.
_BEHIND = rf"(?:^|/)(?:ld[\w.-]*\.so[\d.]*|{'|'.join(map(re.escape, sorted(programs.MULTICALL)))}){_DELETED}$"
_OF_CONTAINER = frozenset(("container", "container_id", "image", "repository", "tag", "digest", "runtime", "workload"))
_LITERAL_RANK = 10


class Form(NamedTuple):
    """What is said of a text: `how` is 'is', 'begins', 'ends', 'has' or 'matches'."""

    how: str
    value: str
    caseless: bool = False


def text_needs(fact: str, forms: Iterable[Form]) -> Needs:
    """Needs of a text fact of which one of the forms must hold."""
    return either(_needs(fact, form) for form in forms)


def _needs(fact: str, form: Form) -> Needs:  # noqa: PLR0911 -- one answer for each place in a row
    if fact in _OF_CONTAINER:
        return of_kinds(ALL_KINDS, where=CONTAINER) if _says_something(form) else ANY
    if fact == "host":
        return of_kinds(ALL_KINDS, where=NODE) if _says_something(form) else ANY
    match fact:
        case "path" | "raw":
            return of_kinds(ALL_KINDS, _check(form, text=_PATH))
        case "address":
            return of_kinds(NETWORK if _says_something(form) else ALL_KINDS, _check(form, text=_PATH))
        case "file":
            return of_kinds(ALL_KINDS, _check(form, text=_BASE))
        case "folder":
            return of_kinds(ALL_KINDS, _check(form, text=_FOLDER))
        case "exe":
            return of_kinds(EXEC, _check(form, text=_PATH, exe=_PATH)) + of_kinds(OTHERS, _check(form, exe=_PATH))
        case "name":
            others = _check(form, exe=_BASE)
            seen_through = others._replace(exe=others.exe | {_BEHIND}) if others else None
            return of_kinds(EXEC, _check(form, text=_BASE, exe=_BASE, args=_APPLET)) + of_kinds(OTHERS, seen_through)
        case "script":
            return of_kinds(EXEC, _check(form, text=_PATH, args=_WORD)) + of_kinds(OTHERS)
        case "filesystem":
            return of_kinds((EventKind.MOUNT,) if _says_something(form) else ALL_KINDS, _check(form, args=_FIRST))
        case _:
            return _of_line(fact, form)


def _of_line(fact: str, form: Form) -> Needs:
    ends = {ELEMENT: _WORD, "line": _LINE, JOINED: _JOINED}.get(fact)
    if ends is not None:
        return of_kinds(EXEC, _check(form, args=ends)) + of_kinds(OTHERS)
    if fact != "cmdline" or form.how == "matches":
        return ANY
    # The name may stand in another column than the arguments: what follows the first blank is surely an argument.
    _, blank, rest = form.value.partition(" ")
    if blank and rest.strip():
        how = "ends" if form.how in ("is", "ends") else "has"
        check = _check(Form(how, " " + rest, form.caseless), args=_LINE)
    else:
        has = Form("has", form.value.strip() if blank else form.value, form.caseless)
        check = _check(has, text=_PATH, exe=_PATH, args=_PATH)
    return of_kinds(EXEC, check) + of_kinds(OTHERS)


def _says_something(form: Form) -> bool:
    """Whether an empty text cannot meet it."""
    return bool(form.value) and form.how != "matches"


def _check(form: Form, text: Ends | None = None, args: Ends | None = None, exe: Ends | None = None) -> Check | None:
    """The check in these columns; None if one of them cannot be looked at."""
    found = {name: _pattern(form, ends) for name, ends in (("text", text), ("args", args), ("exe", exe)) if ends is not None}
    columns = {name: frozenset((pattern[0],)) for name, pattern in found.items() if pattern is not None}
    if len(columns) < len(found):
        return None
    rank = min(pattern[1] for pattern in found.values() if pattern is not None)
    none: frozenset[str] = frozenset()
    return Check(rank, columns.get("text", none), columns.get("args", none), columns.get("exe", none))


def _pattern(form: Form, ends: Ends) -> tuple[str, int] | None:
    value = form.value
    if form.how == "matches":
        if form.caseless:
            return None
        wide = widen(value, ends)
        return (wide.pattern, wide.sure) if wide is not None else None
    if not value or not value.isprintable() or not _encodable(value):
        return None
    body = "".join(ends.blank if c == " " and ends.blank else re.escape(c) for c in value)
    start = ends.start if form.how in ("is", "begins") else ""
    end = ends.end if form.how in ("is", "ends") else ""
    rank = len(value) + (_LITERAL_RANK if start or end else 0)
    return ("(?i)" if form.caseless else "") + start + body + end, rank


def _encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


_FLAGS = {
    "upper": EventFlag.UPPER,
    "memory_backed": EventFlag.MEMORY_BACKED,
    "setuid_file": EventFlag.SETUID_FILE,
    "stdio_socket": EventFlag.STDIO_SOCKET,
    "came_in": EventFlag.FOREIGN,
    "killed": EventFlag.KILLED,
    "refused": EventFlag.REFUSED,
}
_WRITING = 3  # O_WRONLY | O_RDWR
_EXECUTE, _SETS_ID = 0o111, 0o6000
_OPEN = frozenset((EventKind.OPEN,))


def truth_needs(fact: str) -> Needs:  # noqa: PLR0911 -- one answer for each place in a row
    """Needs of a boolean fact that must be true."""
    if fact in _FLAGS:
        return of_kinds(ALL_KINDS, Check(40, flags=int(_FLAGS[fact])))
    match fact:
        case "tty":
            return of_kinds(EXEC, Check(20, flags=int(EventFlag.TTY))) + of_kinds(OTHERS)
        case "drifted" | "foreign":
            return (Need(EXEC, CONTAINER, Check(45, drifted=True)), Need(OTHERS))
        case "copied_shell":
            return (Need(EXEC, CONTAINER, Check(45, copied_shell=True)), Need(OTHERS))
        case "writes":
            return of_kinds(_OPEN, Check(6, arg0=_WRITING))
        case "creates":
            return of_kinds(_OPEN, Check(7, arg0=O_CREAT))
        case "reads":
            return of_kinds(_OPEN)
        case "makes_executable":
            return of_kinds((EventKind.CHMOD,), Check(5, arg0=_EXECUTE)) + of_kinds(_OPEN, Check(7, arg0=O_CREAT))
        case "makes_setuid":
            return of_kinds((EventKind.CHMOD,), Check(30, arg0=_SETS_ID)) + of_kinds(_OPEN, Check(7, arg0=O_CREAT))
        case "contained" | "privileged" | "starting" | "building":
            return of_kinds(ALL_KINDS, where=CONTAINER)
        case _:
            return ANY


def port_needs(ports: Iterable[int]) -> Needs:
    """Needs of a port that must be one of these; 0 is what every row without a port has."""
    chosen = frozenset(ports)
    return ANY if 0 in chosen else of_kinds(ALL_KINDS, Check(30, ports=chosen))


def mode_needs() -> Needs:
    """Needs of a mode that is not 0."""
    return of_kinds(WITH_MODE)
