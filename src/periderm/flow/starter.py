"""The small set of well-known vulnerabilities that ships with the product, so that the first scan works without a network.
Reads its own form and nothing else; every report says that it is only this set."""

from __future__ import annotations

import hashlib

import msgspec

from periderm.flow.advisory_merge import rated
from periderm.model.advisory import Advisory, AdvisoryInfo, Affected, Exploitation, FeedInfo, Score
from periderm.model.ecosystems import normalise, scheme_of
from periderm.model.errors import FormatError
from periderm.model.severity import Severity
from periderm.model.timestamps import unix_nanoseconds
from periderm.model.version_range import VersionRange


class _Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One vulnerability. `affected` maps 'ECOSYSTEM|NAME' to ranges: [introduced, fixed] or [introduced, '', last].
    `references` are public records that its facts were compared with. `published` is the day that one of them tells. The
    vector is that of whoever gave the id, of GitHub or of RustSec where they gave one, else NVD's or CISA's; `severity` is
    GitHub's word, where it stands without a vector."""

    id: str
    title: str
    affected: dict[str, list[list[str]]]
    references: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    vector: str = ""
    severity: str = ""
    published: str = ""
    exploited_since: str = ""
    ransomware: bool = False


class Starter(msgspec.Struct, frozen=True):
    """The set, ready to be asked."""

    info: AdvisoryInfo
    advisories: tuple[Advisory, ...]
    exploitations: tuple[Exploitation, ...]


def read(data: bytes) -> Starter:
    """The set from its file. Raises FormatError if the file is not ours any more."""
    try:
        facts = msgspec.json.decode(data, type=list[_Fact])
        advisories = tuple(rated(_advisory(fact)) for fact in facts)
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, ValueError) as error:
        raise FormatError(f"the starter set is damaged: {error}", "Install the product again.") from error
    digest = hashlib.sha256(data).hexdigest()
    known = tuple(
        Exploitation(cve=f.id, known_since=_day(f.exploited_since), ransomware=f.ransomware) for f in facts if f.exploited_since
    )
    feed = FeedInfo(
        name="starter", advisories=len(facts), newest=max((a.published for a in advisories), default=0), sha256=digest
    )
    ecosystems = tuple(sorted({a.package.ecosystem for advisory in advisories for a in advisory.affected}))
    return Starter(AdvisoryInfo(starter=True, digest=digest, feeds=(feed,), ecosystems=ecosystems), advisories, known)


def _day(text: str) -> int:
    return unix_nanoseconds(f"{text}T00:00:00Z") if text else 0


def _advisory(fact: _Fact) -> Advisory:
    return Advisory(
        id=fact.id,
        source="starter",
        aliases=fact.aliases,
        summary=fact.title,
        severity=Severity[fact.severity.upper()] if fact.severity else Severity.UNKNOWN,
        references=fact.references,
        scores=(Score("starter", fact.vector, -1.0),) if fact.vector else (),
        published=_day(fact.published),
        modified=_day(fact.published),
        affected=tuple(_affected(key, ranges) for key, ranges in fact.affected.items()),
    )


def _affected(key: str, ranges: list[list[str]]) -> Affected:
    ecosystem, _, name = key.partition("|")
    scheme = scheme_of(ecosystem)
    if scheme is None:
        raise ValueError(f"{key} is of no known ecosystem")
    return Affected(
        package=normalise(ecosystem, name),
        scheme=scheme,
        ranges=tuple(VersionRange(introduced=r[0], fixed=r[1], last_affected=r[2] if len(r) > 2 else "") for r in ranges),
    )
