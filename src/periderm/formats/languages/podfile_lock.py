"""CocoaPods' lock file, Podfile.lock. Pods of a folder are the project's own and not told.

One that only its description (:podspec) comes from elsewhere is somebody's library all the same. What comes from git says
so, with the commit of CHECKOUT OPTIONS. Source: github.com/CocoaPods/Core, Pod::Lockfile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.formats.languages import reading
from periderm.formats.languages.found import Found
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

_POD = re.compile(r"([^\s()]+) \(([^()\s]+)\)")


def read(data: bytes, path: str) -> FileFacts:
    """All pods; a subspec ('Pod/Part') is told as the part of its pod."""
    found = Found(path, "cocoapods")
    lock = reading.table(reading.yaml_of(data, path))
    external = reading.table(lock.get("EXTERNAL SOURCES"))
    own = {name for name, told in external.items() if ":path" in reading.table(told)}
    checkouts = reading.table(lock.get("CHECKOUT OPTIONS"))
    for entry in reading.items(lock.get("PODS")):
        asked = reading.table(entry)
        line = next(iter(asked), "") if asked else reading.text(entry)
        match = _POD.fullmatch(line)
        if match and match[1].partition("/")[0] not in own:
            name, _, part = match[1].partition("/")
            address = {"vcs_url": _address(reading.table(checkouts.get(name)))}
            found.add(name, match[2], subpath=part, dependencies=_names(asked.get(line)), qualifiers=address)
    return found.facts()


def _address(checkout: dict[str, object]) -> str:
    """Where from and at which commit; '' for what comes from a repository of pods."""
    git, commit = reading.text(checkout.get(":git")), reading.text(checkout.get(":commit"))
    return f"git+{git}@{commit}" if git and commit else ""


def _names(asked: object) -> Iterator[str]:
    return (line.partition(" ")[0] for line in reading.texts(asked))


FORMAT = PackageFormat(
    id="podfile-lock",
    title=Text("CocoaPods lock files", "CocoaPods 锁文件"),
    read=read,
    names=("Podfile.lock",),
    source_only=True,
    most=16 * MIB,
)
