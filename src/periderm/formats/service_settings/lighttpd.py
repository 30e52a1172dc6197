"""lighttpd: ports, user, documents, logs, and what it starts: CGI programs, FastCGI servers, scripts that write its settings.

Source: redmine.lighttpd.net/projects/lighttpd/wiki (Docs_Configuration, Docs_ModCGI, Docs_ModFastCGI). Follows no include;
a condition is taken for one that may hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from periderm.formats.service_settings.directives import (
    LONGEST,
    MOST_LINES,
    Directive,
    Form,
    group,
    listens,
    notes,
    path,
    peers,
    plain_path,
    runs,
    user,
)
from periderm.model.file_note import Note

PROGRAMS = ("lighttpd",)
_MOST_TOKENS = 60_000
_DEEPEST = 8
_MOST_VARIABLES = 200
# A text that is never closed reaches to the end of its line, so that every character is looked at once.
_TOKEN = re.compile(r'\n|#[^\n]*|"(?:[^"\\\n]|\\.)*"?|\+=|:=|=>|[=!]=|=~|!~|[={}()\[\],+]|[^\s#"={}()\[\],+]+')
_SERVERS = frozenset(("fastcgi.server", "scgi.server", "proxy.server", "wstunnel.server", "sockproxy.server", "ajp13.server"))
_SUFFIX = re.compile(r"[\w./~-]{0,40}\Z")
_GLOB = re.compile(r"[\w./*?-]{1,200}\Z")
Leaf = tuple[tuple[str, ...], str]  # the keys that lead to a value ('' for a place in a list), the value


def _log(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A log may be a program that takes the lines ('|/usr/bin/logger -t web')."""
    yield from runs(arguments) if arguments[0].startswith("|") else path("write")(arguments)


def _page(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The ending of pages that a program answers, and the program; none for pages that are programs themselves."""
    ending, program = arguments[0], arguments[-1]
    if len(arguments) == 2 and _SUFFIX.match(ending) and (not program or plain_path(program)):
        yield "cgi", f"{ending} {plain_path(program) if program else ''}"


def _given(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from path("read", "/**")(arguments[-1:])


def _module(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    if re.fullmatch(r"mod_\w{1,40}", arguments[0]):
        yield "execute", f"/usr/lib/lighttpd/{arguments[0]}.so"


def _bound(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """An address without a port listens at `server.port`."""
    if arguments[0].startswith("/") or re.search(r":\d{1,5}\Z", arguments[0]):
        yield from listens(arguments)


def _spawned(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The socket of a server that it starts itself: it puts a number behind the name, listens, and calls it."""
    if clean := plain_path(arguments[0]):
        yield "listen", f"unix {clean}-*"
        yield "connect", f"unix {clean}-*"


def _included(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    if _GLOB.match(arguments[0]):
        yield "include", arguments[0]


def _asked(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A shell's answer is read as settings; what it only prints is included."""
    if arguments[0].isprintable():
        yield "shell", arguments[0]
        for word in arguments[0].split()[1:]:
            if word.startswith("/"):
                yield from _included((word,))


TABLE: dict[str, Form] = {
    "server.port": listens,
    "server.bind": _bound,
    "server.username": user,
    "server.groupname": group,
    "server.document-root": path("read", "/**"),
    "server.chroot": path("read", "/**"),
    "simple-vhost.server-root": path("read", "/**"),
    "server.errorlog": _log,
    "server.breakagelog": _log,
    "accesslog.filename": _log,
    "server.pid-file": path("write"),
    "server.upload-dirs": path("write", "/lighttpd-upload-*"),
    "compress.cache-dir": path("write", "/**"),
    "deflate.cache-dir": path("write", "/**"),
    "server.modules": _module,
    "alias.url": _given,
    "cgi.assign": _page,
    "ssl.pemfile": path("read"),
    "ssl.privkey": path("read"),
    "ssl.ca-file": path("read"),
    "auth.backend.htpasswd.userfile": path("read"),
    "auth.backend.plain.userfile": path("read"),
    "auth.backend.htdigest.userfile": path("read"),
    "spawned": _spawned,
    "bin-path": runs,
    "peer": peers(80),
    "include": _included,
    "include_shell": _asked,
}


def read(data: bytes, _path: str) -> list[Note]:
    """The facts of one file. Besides the words of all services: `cgi` ('ENDING PROGRAM'), `include` (a path or a pattern),
    `shell` (text that a shell is given)."""
    return notes(_Reading(data.decode("utf-8", "replace")).directives(), TABLE)


class _Reading:
    """One pass over the words of a file."""

    def __init__(self, text: str) -> None:
        self.line = 1
        self.variables: dict[str, str] = {}
        self._tokens = self._words(text)
        self._next = next(self._tokens, "")

    def _words(self, text: str) -> Iterator[str]:
        for count, found in enumerate(_TOKEN.finditer(text)):
            word = found[0]
            if word == "\n":
                self.line += 1
            elif not word.startswith("#"):
                yield word
            if count >= _MOST_TOKENS or self.line > MOST_LINES:
                return

    def _take(self) -> str:
        word = self._next
        self._next = next(self._tokens, "")
        return word

    def directives(self) -> Iterator[Directive]:
        """Settings, each value by itself."""
        while word := self._take():
            line = self.line
            if word in ("include", "include_shell"):
                yield line, word, [self._text()]
            elif word == "$SERVER":
                yield from self._door(line)
            elif self._next in ("=", "+=", ":=") and word[0] not in '"(){}[]':
                self._take()
                name = word.lower()
                leaves = list(self._value((), 0))
                if name.startswith("var.") and len(leaves) == 1 and len(self.variables) < _MOST_VARIABLES:
                    self.variables[name.removeprefix("var.")] = leaves[0][1]
                for words in _said(name, leaves):
                    yield line, words[0], words[1:]

    def _door(self, line: int) -> Iterator[Directive]:
        """`$SERVER["socket"] == ":443" {`: one more place to listen at."""
        words = [self._take() for _ in range(4)]
        if words[1:2] == ['"socket"'] and words[3] == "==":
            yield line, "server.bind", [self._text()]

    def _text(self) -> str:
        """Texts and variables that '+' joins; a variable that nobody told stays as it is written, behind a '$'."""
        text = self._plain(self._take())[:LONGEST]
        while self._next == "+":
            self._take()
            text = (text + self._plain(self._take()))[:LONGEST]
        return text

    def _plain(self, word: str) -> str:
        if word.startswith('"'):
            return word.strip('"').replace('\\"', '"')
        if word.isdigit():
            return word
        return self.variables.get(word.lower().removeprefix("var."), f"${word}")

    def _value(self, keys: tuple[str, ...], depth: int) -> Iterator[Leaf]:
        """The leaves of a value: of a list with `KEY => VALUE` all of them."""
        if self._next != "(" or depth >= _DEEPEST:
            yield keys, self._text()
            return
        self._take()
        while self._next and self._next != ")":
            if self._next == ",":
                self._take()
                continue
            if self._next == "(":
                yield from self._value((*keys, ""), depth + 1)
                continue
            text = self._text()
            if self._next == "=>":
                self._take()
                yield from self._value((*keys, text), depth + 1)
            else:
                yield (*keys, ""), text
        self._take()


def _said(name: str, leaves: Sequence[Leaf]) -> Iterator[list[str]]:
    """A directive for each value; of servers behind this one their sockets, programs and addresses."""
    if name in _SERVERS:
        together: dict[tuple[str, ...], dict[str, str]] = {}
        for keys, value in leaves:
            if keys:
                together.setdefault(keys[:-1], {})[keys[-1]] = value
        for told in together.values():
            yield from _server(told)
        return
    for keys, value in leaves:
        yield [name, keys[-1], value] if keys and name in ("cgi.assign", "alias.url") else [name, value]


def _server(told: dict[str, str]) -> Iterator[list[str]]:
    own = "bin-path" in told
    if own:
        yield ["bin-path", told["bin-path"]]
    if "socket" in told:
        yield ["spawned" if own else "peer", told["socket"]]
    elif "host" in told:
        yield ["peer", f"http://{told['host']}:{told.get('port', 80)}"]
