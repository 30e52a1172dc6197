"""nginx: ports, peers, worker's user, and paths of nginx.conf and of what it includes. Follows no include itself.

Source: nginx.org/en/docs/dirindex.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from periderm.formats.service_settings.directives import MOST_LINES, Directive, Form, listens, notes, path, peers, user
from periderm.model.file_note import Note

PROGRAMS = ("nginx", "openresty", "angie")
# A quote that is never closed reaches to the end of the line, so that every character is looked at once.
_TOKEN = re.compile(r"""[;{}\n]|#[^\n]*|(?:"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|[^\s;{}"'])+""")
_MOST_WORDS = 60


def _log(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """`off`, `stderr` and `syslog:` are no files."""
    yield from path("write")(arguments)


TABLE: dict[str, Form] = {
    "listen": listens,
    "user": user,
    "pid": path("write"),
    "lock_file": path("write"),
    "error_log": _log,
    "access_log": _log,
    "root": path("read", "/**"),
    "alias": path("read", "/**"),
    "load_module": path("execute"),
    "auth_basic_user_file": path("read"),
    "ssl_certificate": path("read"),
    "ssl_certificate_key": path("read"),
    "ssl_trusted_certificate": path("read"),
    "ssl_client_certificate": path("read"),
    "ssl_dhparam": path("read"),
    "proxy_cache_path": path("write", "/**"),
    "fastcgi_cache_path": path("write", "/**"),
    "client_body_temp_path": path("write", "/**"),
    "proxy_temp_path": path("write", "/**"),
    "fastcgi_temp_path": path("write", "/**"),
    "proxy_pass": peers(80),
    "fastcgi_pass": peers(9000),
    "uwsgi_pass": peers(3031),
    "scgi_pass": peers(4000),
    "grpc_pass": peers(80),
    "memcached_pass": peers(11211),
    "server": peers(80),  # of an upstream; the block of the same name has no argument
}


def read(data: bytes, _path: str) -> list[Note]:
    """The facts of one file."""
    return notes(_directives(data.decode("utf-8", "replace")), TABLE)


def _directives(text: str) -> Iterator[Directive]:
    """Words up to ';' or '{', with the line of the first."""
    line, began = 1, 1
    words: list[str] = []
    for part in _TOKEN.findall(text):
        if part == "\n":
            line += 1
            if line > MOST_LINES:
                return
        elif part in ";{}":
            if words:
                yield began, words[0].lower(), words[1:]
            words = []
        elif part[0] != "#" and len(words) < _MOST_WORDS:
            began = began if words else line
            words.append(part.strip("\"'"))
