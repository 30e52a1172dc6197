"""PHP advisories as the FriendsOfPHP database writes them: branches, each with a list of bounds. Takes plain data (its
files are YAML); resolves no branch names.

Source: github.com/FriendsOfPHP/security-advisories, README ('versions' is one interval for each branch; all of its bounds
hold together).
"""

from __future__ import annotations

import re

import msgspec

from periderm.model.advisory import Advisory, Affected
from periderm.model.advisory_build import Refused
from periderm.model.ecosystems import normalise
from periderm.model.timestamps import unix_nanoseconds
from periderm.model.version_range import Scheme, VersionRange

_BOUND = re.compile(r"\s*(>=|>|<=|<|==|=)?\s*v?([0-9A-Za-z][0-9A-Za-z.+_~-]{0,60})\s*")


class _Branch(msgspec.Struct, frozen=True):
    versions: list[str] | str
    time: str | None = None


class _Record(msgspec.Struct, frozen=True):
    reference: str
    branches: dict[str, _Branch]
    title: str = ""
    link: str = ""
    cve: str | None = None


def from_plain(value: object, *, where: str = "") -> Advisory | Refused:
    """The advisory of one file. Its id is the file's own place in the database, since it has no other."""
    try:
        record = msgspec.convert(value, _Record)
    except (msgspec.ValidationError, RecursionError) as error:
        return Refused(where, f"it is no PHP advisory: {error}")
    scheme, _, name = record.reference.partition("://")
    if scheme != "composer" or not name:
        return Refused(where, f"its reference is {record.reference[:100]!r} and no composer package")
    ranges: list[VersionRange] = []
    versions: list[str] = []
    for branch, told in record.branches.items():
        bounds = [told.versions] if isinstance(told.versions, str) else told.versions
        found = _interval(bounds)
        if found is None:
            return Refused(where, f"branch {branch[:40]!r}: {', '.join(bounds)[:100]} is no interval")
        if isinstance(found, str):
            versions.append(found)
        else:
            ranges.append(found)
    if not ranges and not versions:
        return Refused(where, "it names no versions")
    times = [unix_nanoseconds(_rfc3339(b.time or "")) for b in record.branches.values()]
    cve = (record.cve or "").strip("~ ")
    return Advisory(
        id=_id(name, where),
        source="osv",
        aliases=(cve,) if cve.startswith("CVE-") else (),
        summary=record.title[:1000],
        references=(record.link,) if record.link else (),
        published=min((t for t in times if t), default=0),
        modified=max(times, default=0),
        affected=(
            Affected(
                package=normalise("Packagist", name),
                scheme=Scheme.COMPOSER,
                ranges=tuple(ranges),
                versions=tuple(versions),
            ),
        ),
    )


def _id(name: str, where: str) -> str:
    """'FOP-symfony/symfony/CVE-2012-1234': the package and the file's name without its ending."""
    base = where.rpartition("/")[2].removesuffix(".yaml").removesuffix(".yml")
    return f"FOP-{name}/{base}"


def _interval(bounds: list[str]) -> VersionRange | str | None:
    """The bounds as one range, or as one version; None if they are neither."""
    parts: dict[str, str] = {}
    for bound in bounds:
        match = _BOUND.fullmatch(bound)
        if match is None:
            return None
        operator = match.group(1) or "="
        operator = "=" if operator == "==" else operator
        if operator in parts:
            return None
        parts[operator] = match.group(2)
    if set(parts) == {"="}:
        return parts["="]
    if not parts or "=" in parts or {"<", "<="} <= set(parts) or {">", ">="} <= set(parts):
        return None
    introduced = parts.get(">=", "")
    if ">" in parts:
        # Composer orders a patch level right behind its release: nothing lies between.
        introduced = f"{parts['>']}-p1"
    return VersionRange(introduced=introduced, fixed=parts.get("<", ""), last_affected=parts.get("<=", ""))


def _rfc3339(text: str) -> str:
    """'2012-11-08 08:33:49' as it is meant, in UTC."""
    text = text.strip()
    if len(text) == 10:
        return f"{text}T00:00:00Z"
    return f"{text.replace(' ', 'T', 1)}Z" if len(text) == 19 else text.replace(" ", "T", 1)
