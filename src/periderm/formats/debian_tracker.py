"""Debian's security tracker, the whole of it as one JSON document: package by package, release by release. It judges no
urgency: 'unimportant' is told as such.

Source: security-tracker.debian.org/tracker/data/json; security-team.debian.org/security_tracker.html for what the words
mean (a fixed version '0' says that the release was never affected; 'no DSA' is 'postponed', 'ignored' or minor).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from periderm.model.advisory import Advisory, Affected, Verdict
from periderm.model.advisory_build import Refused
from periderm.model.ecosystems import normalise
from periderm.model.errors import FormatError
from periderm.model.severity import Severity
from periderm.model.version_range import Scheme, VersionRange

_URGENCY = {
    "unimportant": Severity.INFORMATIONAL,
    "low": Severity.LOW,
    "medium": Severity.MEDIUM,
    "high": Severity.HIGH,
}
_EVERY = (VersionRange(),)


class _Release(msgspec.Struct, frozen=True):
    status: str = ""
    fixed_version: str | None = None
    urgency: str | None = None
    nodsa: str | None = None
    nodsa_reason: str | None = None


class _Issue(msgspec.Struct, frozen=True):
    description: str | None = None
    releases: dict[str, _Release] | None = None


_document = msgspec.json.Decoder(dict[str, msgspec.Raw])
_package = msgspec.json.Decoder(dict[str, msgspec.Raw])
_issue = msgspec.json.Decoder(_Issue)


def parse(data: bytes, *, where: str = "") -> Iterator[Advisory | Refused]:
    """One advisory for each package and issue; those of one issue share their id ('DEBIAN-CVE-2024-1234'). Raises
    FormatError if the document as a whole is none; a single issue that is wrong is given as Refused."""
    try:
        packages = _document.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"this is not the tracker's document: {error}", where=where) from error
    for name, raw in packages.items():
        try:
            issues = _package.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield Refused(f"{where}#{name}", f"it is no package: {error}")
            continue
        for issue_id, body in issues.items():
            yield _advisory(name, issue_id, body, f"{where}#{name}/{issue_id}")


def _advisory(name: str, issue_id: str, body: msgspec.Raw, where: str) -> Advisory | Refused:
    try:
        issue = _issue.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Refused(where, f"it is no issue: {error}")
    affected = tuple(_affected(name, issue.releases or {}))
    if not affected:
        return Refused(where, "it speaks of no release")
    return Advisory(
        id=f"DEBIAN-{issue_id}",
        source="debian",
        upstream=(issue_id,),
        details=(issue.description or "")[:20_000],
        references=(f"https://security-tracker.debian.org/tracker/{issue_id}",),
        affected=affected,
    )


def _affected(name: str, releases: Mapping[str, _Release]) -> Iterator[Affected]:
    for codename, told in releases.items():
        urgency = (told.urgency or "").strip("* ").lower()
        verdict, ranges = _verdict(told, urgency)
        notes = [urgency if urgency in ("unimportant", "end-of-life") else "", told.nodsa or "", told.nodsa_reason or ""]
        yield Affected(
            package=normalise(f"Debian:{codename}", name),
            scheme=Scheme.DEB,
            ranges=ranges,
            verdict=verdict,
            severity=_URGENCY.get(urgency, Severity.UNKNOWN),
            note=": ".join(note for note in notes if note)[:300],
        )


def _verdict(told: _Release, urgency: str) -> tuple[Verdict, tuple[VersionRange, ...]]:
    """What the release's state means, and for which versions."""
    if told.status == "resolved":
        if not told.fixed_version or told.fixed_version == "0":
            return Verdict.NOT_AFFECTED, ()
        return Verdict.AFFECTED, (VersionRange(fixed=told.fixed_version),)
    open_verdicts = (
        (told.status == "undetermined", Verdict.UNDER_INVESTIGATION),
        (urgency == "end-of-life", Verdict.END_OF_LIFE),
        (told.nodsa_reason == "ignored", Verdict.WILL_NOT_FIX),
        (told.nodsa_reason == "postponed" or bool(told.nodsa), Verdict.FIX_DEFERRED),
    )
    return next((verdict for holds, verdict in open_verdicts if holds), Verdict.AFFECTED), _EVERY
