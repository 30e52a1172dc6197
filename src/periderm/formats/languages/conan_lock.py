"""Conan's lock file of C and C++, conan.lock, of Conan 1 and 2. Resolves nothing.

Source: docs.conan.io, lockfiles (`name/version@user/channel#revision%time`).
"""

from __future__ import annotations

import re

from periderm.formats.languages import reading
from periderm.formats.languages.found import DEVELOPMENT, Found
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text

_REFERENCE = re.compile(r"([\w.+-]+)/([^@#%:\s]+)(?:@([^/#%\s]*)(?:/([^#%\s]*))?)?(?:#([0-9a-f]+))?.*")


def read(data: bytes, path: str) -> FileFacts:
    """All packages that the lock names; tools of the build are for development."""
    found = Found(path, "conan")
    lock = reading.table(reading.json_of(data, path))
    for field, scope in (("requires", ""), ("build_requires", DEVELOPMENT), ("python_requires", DEVELOPMENT)):
        for reference in reading.texts(lock.get(field)):
            _add(found, reference, scope)
    for node in reading.table(reading.table(lock.get("graph_lock")).get("nodes")).values():
        scope = DEVELOPMENT if reading.table(node).get("context") == "build" else ""
        _add(found, reading.text(reading.table(node).get("ref")), scope)
    return found.facts()


def _add(found: Found, reference: str, scope: str) -> None:
    match = _REFERENCE.fullmatch(reference)
    if match:
        name, version, user, channel, revision = (part or "" for part in match.groups())
        told = {"user": user.strip("_"), "channel": channel.strip("_"), "rrev": revision if revision != "0" else ""}
        found.add(name, version, scope=scope, qualifiers=told)


FORMAT = PackageFormat(
    id="conan-lock",
    title=Text("Conan lock files", "Conan 锁文件"),
    read=read,
    names=("conan.lock",),
    source_only=True,
)
