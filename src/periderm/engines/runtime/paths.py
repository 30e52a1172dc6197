"""Which file an event changes or reads, as the system that is meant would write its path.

A path may be led through `..`, through /proc/self/root, or through a mount of the host's files in a container; detectors
of files share what is known of that. Symlinks are resolved by the sensor where a file was opened, and nowhere else.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context
from periderm.model.event import EventKind

# Kinds of events that give a path other content, or put another file in its place.
CHANGES = (EventKind.OPEN, EventKind.RENAME, EventKind.LINK, EventKind.SYMLINK, EventKind.TRUNCATE)
O_CREAT, O_TRUNC = 0o100, 0o1000
_THROUGH = re.compile(
    r"/(?:host[\w.-]*|rootfs|node(?:fs|-?root)|mnt(?:/[\w.-]+)?|media/[\w.-]+)"
    r"(?=/(?:etc|root|home|usr|var|boot|bin|sbin|lib\w*|opt|run|dev|proc|sys)(?:/|$))"
)


class Place(NamedTuple):
    """A path as its system would write it; `host` is the mount through which a container reaches the host's file, or ''."""

    path: str
    host: str = ""


def place(path: str, context: Context) -> Place:
    """The path without detours."""
    path = programs.normal(path)
    if context.contained and (through := _THROUGH.match(path)) is not None:
        return Place(path[through.end() :], through[0])
    return Place(path)


def changed(context: Context) -> str:
    """The path that the event gives other content, as the event has it; '' if it changes none, or nothing was there."""
    event = context.event
    if event.kind not in CHANGES or context.absent:
        return ""
    if event.kind is EventKind.OPEN and not (context.writes or event.arg0 & O_TRUNC):
        return ""
    return event.text or event.raw


def folded(path: str) -> str:
    """The path with names that mktemp and its like made up written as `…`: all that is done there has one cause."""
    return _MADE_UP.sub(r"\g<place>/…", path)


_MADE_UP = re.compile(
    r"^(?P<place>/(?:var/)?tmp)/(?:tmp[.\w-]{6,}|pip-[\w-]+|[\w-]+[._-](?=\w*[A-Z\d])\w{6,}|pytest-of-[^/]+/[^/]+/[^/]+)(?=/|$)"
)


def written(*patterns: str) -> tuple[str, ...]:
    """Interests for paths that need not be written straight: each slash may hide `//`, `/./` or a way there and back."""
    return tuple(_CLASS_OR_SLASH.sub(lambda found: found[1] or _SLASH, pattern) for pattern in patterns)


_CLASS_OR_SLASH = re.compile(r"(\[[^\]]*\])|/")
_SLASH = r"/(?:[./]*/|.*/\.\./)?"
