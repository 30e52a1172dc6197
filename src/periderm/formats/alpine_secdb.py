"""Alpine's secdb: which version of which package fixed what, one JSON document for each release and repository. It tells
nothing of vulnerabilities that are not fixed: the database does not.

Source: secdb.alpinelinux.org. A fix version '0' says that the package was never affected. A line may name several ids
('CVE-2018-7540 XSA-252'): the first is the vulnerability, the others are its further names.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from periderm.model.advisory import Advisory, Affected, Verdict
from periderm.model.advisory_build import Refused
from periderm.model.ecosystems import normalise
from periderm.model.errors import FormatError
from periderm.model.version_range import Scheme, VersionRange


class _Package(msgspec.Struct, frozen=True):
    name: str = ""
    secfixes: dict[str, object] | None = None


class _Entry(msgspec.Struct, frozen=True):
    pkg: _Package | None = None


class _Database(msgspec.Struct, frozen=True):
    packages: list[msgspec.Raw] | None
    distroversion: str = ""
    reponame: str = ""


_database = msgspec.json.Decoder(_Database)
_entry = msgspec.json.Decoder(_Entry)


def parse(data: bytes, *, family: str = "Alpine", where: str = "") -> Iterator[Advisory | Refused]:
    """One advisory for each fix. `family` is the ecosystem ('Wolfi' and 'Chainguard' publish the same form without a
    release). Raises FormatError."""
    try:
        database = _database.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"this is no secdb: {error}", where=where) from error
    release = database.distroversion if family == "Alpine" else ""
    if family == "Alpine" and not release:
        raise FormatError("this secdb does not say for which release it is.", where=where)
    ecosystem = f"{family}:{release}" if release else family
    for number, raw in enumerate(database.packages or ()):
        try:
            package = _entry.decode(raw).pkg
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield Refused(f"{where}#{number}", f"it is no package: {error}")
            continue
        if package is None or not package.name:
            yield Refused(f"{where}#{number}", "the package has no name")
            continue
        yield from _fixes(package, ecosystem, where)


def _fixes(package: _Package, ecosystem: str, where: str) -> Iterator[Advisory | Refused]:
    for version, ids in (package.secfixes or {}).items():
        place = f"{where}#{package.name}/{version}"
        if not isinstance(ids, list):
            if ids:  # `{}` stands for an empty list
                yield Refused(place, "its ids are no list")
            continue
        for told in ids:
            names = told.split() if isinstance(told, str) else []
            if not names:
                yield Refused(place, "an id is no text")
                continue
            yield _advisory(package.name, ecosystem, version, names)


def _advisory(name: str, ecosystem: str, version: str, names: list[str]) -> Advisory:
    never = version == "0"
    return Advisory(
        id=f"ALPINE-{names[0]}",
        source="alpine",
        upstream=tuple(names),
        affected=(
            Affected(
                package=normalise(ecosystem, name),
                scheme=Scheme.APK,
                ranges=() if never else (VersionRange(fixed=version),),
                verdict=Verdict.NOT_AFFECTED if never else Verdict.AFFECTED,
            ),
        ),
    )
