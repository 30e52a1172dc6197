"""A directive with its arguments becomes facts: ports, peers, users and paths. Knows no service; the files beside it do.

A value that holds a variable, or a path that is not absolute, says nothing certain and is left out.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from periderm.model.file_note import MOST_NOTES, Note

MOST_LINES = 20_000
LONGEST = 4_096
Directive = tuple[int, str, Sequence[str]]  # line from 1, name in lower case, arguments
Form = Callable[[Sequence[str]], Iterator[tuple[str, str]]]  # arguments to (word of the fact, its value)
_NUMBER = re.compile(r"[0-9]{1,5}\Z")
_USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}\Z|[0-9]{1,10}\Z")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?\Z")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,20}://", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443, "grpc": 80, "grpcs": 443, "ws": 80, "wss": 443, "redis": 6379, "postgresql": 5432}


def notes(directives: Iterable[Directive], table: Mapping[str, Form]) -> list[Note]:
    """A note for each fact: its word, the line, the directive as it stands, and `value`."""
    found: list[Note] = []
    for line, name, arguments in directives:
        form = table.get(name)
        if form is None:
            continue
        evidence = " ".join((name, *arguments))[:120]
        if not evidence.isprintable():
            continue
        for what, value in form(arguments):
            found.append(Note(what, line, evidence, {"value": value}))
            if len(found) >= MOST_NOTES:
                return found
    return found


def spaced(text: str, comment: str = "#") -> Iterator[Directive]:
    """Lines of a name and arguments between blanks (redis, ssh, haproxy)."""
    for number, line in enumerate(text.split("\n")[:MOST_LINES], 1):
        words = line[:LONGEST].strip().split()
        if words and not words[0].startswith(comment):
            yield number, words[0].lower(), [word.strip("\"'") for word in words[1:]]


def keyed(text: str, comments: str = "#;") -> Iterator[Directive]:
    """Lines `name = value` (postgres, php-fpm, mysql); `[section]` lines are given as a directive '[]'."""
    for number, line in enumerate(text.split("\n")[:MOST_LINES], 1):
        plain = line[:LONGEST].strip()
        if not plain or plain[0] in comments:
            continue
        if plain[0] == "[" and plain[-1] == "]":
            yield number, "[]", [plain[1:-1].strip()]
            continue
        name, equals, value = plain.partition("=")
        if not equals:
            name, _, value = plain.partition(" ")
        value = re.split(r"\s[#;]", value, maxsplit=1)[0].strip()
        yield number, name.strip().lower(), [value.strip("\"'")]


def plain_path(word: str) -> str:
    """An absolute path without variables and without a way up; '' for anything else."""
    clean = word.rstrip("/") if word != "/" else ""
    if not clean.startswith("/") or not clean.isprintable() or set(clean) & set("$%*?{}\\") or "/../" in clean + "/":
        return ""
    return re.sub(r"/(?:\./)*/*", "/", clean)


def path(what: str, below: str = "") -> Form:
    """Each argument that is a path: `what` is 'read', 'write' or 'execute', `below` follows it ('/**': all of a folder)."""

    def form(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
        for word in arguments[:1]:
            if clean := plain_path(word):
                yield what, clean + below

    return form


def listens(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """'80', '*:80', '[::]:80', '127.0.0.1:80', 'unix:/PATH', '/PATH'."""
    for word in arguments[:1]:
        if word.startswith(("unix:", "unix@", "/")):
            if clean := plain_path(word.removeprefix("unix:").removeprefix("unix@")):
                yield "listen", f"unix {clean}"
            continue
        port = word.rpartition(":")[2] if ":" in word else word
        if _NUMBER.match(port) and 0 < int(port) < 65536:
            yield "listen", f"tcp/{int(port)}"


def peers(default: int = 0) -> Form:
    """'host:port', 'http://host/…', 'unix:/PATH': a name is also resolved; `default` is the port where none stands."""

    def form(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
        for word in arguments[:1]:
            yield from peer(word, default)

    return form


def peer(word: str, default: int) -> Iterator[tuple[str, str]]:
    """The facts of one peer."""
    scheme = _SCHEME.match(word)
    rest = word[scheme.end() :] if scheme else word
    if rest.startswith(("unix:", "/")):
        if clean := plain_path(rest.removeprefix("unix:").partition(":")[0]):
            yield "connect", f"unix {clean}"
        return
    place = rest.partition("/")[0].rpartition("@")[2]
    host, colon, number = place.rpartition(":")
    if not colon or place.endswith("]"):
        host, number = place, ""
    port = int(number) if _NUMBER.match(number) else _PORTS.get(scheme[0][:-3].lower(), default) if scheme else default
    if not 0 < port < 65536 or "$" in place:
        return
    host = host.strip("[]").lower()
    try:
        yield "connect", f"tcp/{port} {ipaddress.ip_address(host)}"
    except ValueError:
        if _HOST.match(host):
            yield "connect", f"tcp/{port} *"
            if host != "localhost":
                yield "resolve", host


def user(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A user, and a group behind it or behind a colon."""
    words = [part for word in arguments[:2] for part in word.split(":")][:2]
    for word, what in zip(words, ("user", "group"), strict=False):
        if _USER.match(word):
            yield "become", f"{what} {word}"


def group(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A group."""
    if arguments and _USER.match(arguments[0]):
        yield "become", f"group {arguments[0]}"


def runs(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A command line whose first word is a program's absolute path."""
    words = [word for argument in arguments for word in argument.split()]
    if words and (clean := plain_path(words[0].lstrip("|\"'"))):
        yield "starts", clean
