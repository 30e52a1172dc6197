"""Apache httpd: ports, user, documents, logs, modules and what it hands requests on to.

Source: httpd.apache.org/docs/2.4/mod/directives.html. Variables of /etc/apache2/envvars with Debian's values are put in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from periderm.formats.service_settings.directives import Form, group, listens, notes, path, peers, runs, spaced, user
from periderm.model.file_note import Note

PROGRAMS = ("apache2", "httpd")
_DEBIAN = {  # /etc/apache2/envvars as Debian ships it
    "${APACHE_RUN_USER}": "www-data",
    "${APACHE_RUN_GROUP}": "www-data",
    "${APACHE_PID_FILE}": "/var/run/apache2/apache2.pid",
    "${APACHE_RUN_DIR}": "/var/run/apache2",
    "${APACHE_LOCK_DIR}": "/var/lock/apache2",
    "${APACHE_LOG_DIR}": "/var/log/apache2",
}


def _log(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A log may be a program that takes the lines ('|/usr/bin/rotatelogs …')."""
    if arguments and arguments[0].startswith("|"):
        yield from runs((arguments[0].lstrip("|$ "),))
    else:
        yield from path("write")(arguments)


def _proxy(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    for word in arguments[:2]:
        if "://" in word:
            yield from peers(80)((word,))


def _module(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from path("execute")(arguments[1:])


TABLE: dict[str, Form] = {
    "listen": listens,
    "user": user,
    "group": group,
    "pidfile": path("write"),
    "documentroot": path("read", "/**"),
    "customlog": _log,
    "errorlog": _log,
    "transferlog": _log,
    "loadmodule": _module,
    "sslcertificatefile": path("read"),
    "sslcertificatekeyfile": path("read"),
    "proxypass": _proxy,
    "defaultruntimedir": path("write", "/**"),
}


def read(data: bytes, _path: str) -> list[Note]:
    """The facts of one file."""
    text = data.decode("utf-8", "replace")
    for name, value in _DEBIAN.items():
        text = text.replace(name, value)
    return notes(spaced(text), TABLE)
