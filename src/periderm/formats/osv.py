"""OSV records (schema 1.0 to 1.7), as JSON or as plain data from YAML, to advisories. Orders versions only with the
functions it is given, rates no vector, and drops nothing without saying so.

Source: ossf.github.io/osv-schema (events may come in any order; `introduced: "0"` is the beginning; a record tells of
everything in `versions` or in `ranges`); documentation.ubuntu.com/security/security-updates/osv for Ubuntu Pro.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

from periderm.model.advisory import Advisory, Affected, PackageName, Score, Verdict
from periderm.model.advisory_build import Refused
from periderm.model.ecosystems import normalise, scheme_of
from periderm.model.errors import FormatError
from periderm.model.severity import Severity
from periderm.model.timestamps import unix_nanoseconds
from periderm.model.version_range import Scheme, VersionRange

# Negative, 0 or positive as the first version comes before, with or after the second.
Compare = Callable[[Scheme, str, str], int]
# Whether a range holds a version. One that the scheme cannot place is in no range with an end.
Holds = Callable[[Scheme, str, VersionRange], bool]

_SOURCES = (
    (("UBUNTU-", "USN-", "LSN-"), "ubuntu"),
    (("DEBIAN-", "DSA-", "DLA-", "DTSA-", "ELA-"), "debian"),
    (("ALPINE-",), "alpine"),
    (("RHSA-", "RHBA-", "RHEA-"), "redhat"),
    (("SUSE-", "openSUSE-"), "suse"),
)
_SCORERS = (("GHSA-", "github"), ("CVE-", "nvd"), ("RUSTSEC-", "rustsec"), ("PYSEC-", "pypa"), ("GO-", "go"))
_WORDS = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "important": Severity.HIGH,
    "moderate": Severity.MEDIUM,
    "medium": Severity.MEDIUM,
    "low": Severity.LOW,
    "negligible": Severity.INFORMATIONAL,
    "unimportant": Severity.INFORMATIONAL,
    "none": Severity.INFORMATIONAL,
}
_DISTRIBUTIONS = frozenset({Scheme.DEB, Scheme.RPM, Scheme.APK})
_CVE = re.compile(r"CVE-\d{4}-\d{4,}")
_SYMBOLS = 100
_LONGEST = 20_000  # of prose; the rest is cut


class _Event(msgspec.Struct, frozen=True):
    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None


class _Range(msgspec.Struct, frozen=True):
    type: str = ""
    events: list[_Event] | None = None


class _Package(msgspec.Struct, frozen=True):
    ecosystem: str = ""
    name: str = ""


class _Severity(msgspec.Struct, frozen=True):
    type: str = ""
    score: str = ""
    source: str | None = None


class _Reference(msgspec.Struct, frozen=True):
    url: str | None = None


class _Affected(msgspec.Struct, frozen=True):
    package: _Package | None = None
    ranges: list[_Range] | None = None
    versions: list[str] | None = None
    severity: list[_Severity] | None = None
    ecosystem_specific: object = None
    database_specific: object = None


class _Record(msgspec.Struct, frozen=True):
    id: str = ""
    modified: str | None = None
    published: str | None = None
    withdrawn: str | None = None
    aliases: list[str] | None = None
    upstream: list[str] | None = None
    related: list[str] | None = None
    summary: str | None = None
    details: str | None = None
    severity: list[_Severity] | None = None
    affected: list[_Affected] | None = None
    references: list[_Reference] | None = None
    database_specific: object = None


_record = msgspec.json.Decoder(_Record)
_records = msgspec.json.Decoder(list[msgspec.Raw])


def parse(data: bytes, compare: Compare, holds: Holds, *, where: str = "") -> Iterator[Advisory | Refused]:
    """The records of a JSON document: one, an array, or one a line. Raises FormatError for what is none of these; a
    single record that is wrong, or speaks of nothing that the product knows, is given as Refused."""
    text = data.lstrip(b" \t\r\n\xef\xbb\xbf")
    try:
        if text[:1] == b"[":
            pieces: Sequence[msgspec.Raw | bytes] = _records.decode(text)
        elif text[:1] == b"{":
            pieces = [text] if not _lines(text) else [line for line in text.splitlines() if line.strip()]
        else:
            raise FormatError("this is no OSV record.", where=where)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"this is no OSV document: {error}", where=where) from error
    for number, piece in enumerate(pieces):
        place = where if len(pieces) == 1 else f"{where}#{number}"
        try:
            yield _advisory(_record.decode(piece), compare, holds, place)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield Refused(place, f"it is no OSV record: {error}")


def from_plain(value: object, compare: Compare, holds: Holds, *, where: str = "") -> Advisory | Refused:
    """The same from plain data (YAML whose scalars are texts)."""
    try:
        return _advisory(msgspec.convert(value, _Record), compare, holds, where)
    except (msgspec.ValidationError, RecursionError) as error:
        return Refused(where, f"it is no OSV record: {error}")


def _lines(text: bytes) -> bool:
    """Whether each line is a document of its own: the first one ends whole, and another follows."""
    first, newline, rest = text.partition(b"\n")
    return bool(newline) and first.rstrip().endswith(b"}") and first.count(b"{") > 1 and rest.lstrip()[:1] == b"{"


def _advisory(record: _Record, compare: Compare, holds: Holds, where: str) -> Advisory | Refused:
    if not record.id or len(record.id) > 200:
        return Refused(where, "it has no id")
    source = next((name for prefixes, name in _SOURCES if record.id.startswith(prefixes)), "osv")
    affected: list[Affected] = []
    missed: dict[str, None] = {}
    for told in record.affected or ():
        for entry in _entries(told, compare, holds):
            if isinstance(entry, str):
                missed[entry] = None
            else:
                affected.append(entry)
    if source == "ubuntu":
        affected += _without_pro(affected)
    withdrawn = unix_nanoseconds(record.withdrawn or "") or (1 if record.withdrawn else 0)
    if not affected and not withdrawn:
        return Refused(f"{where} ({record.id})", "; ".join(missed) or "it names no package")
    return Advisory(
        id=record.id,
        source=source,
        aliases=_distinct(record.aliases),
        upstream=_upstream(record, affected),
        summary=(record.summary or "")[:1000],
        details=(record.details or "")[:_LONGEST],
        severity=_word(record.database_specific) or _ubuntu_word(record.severity),
        scores=_scores(record),
        cwes=_distinct(_texts(_field(record.database_specific, "cwe_ids"))),
        references=_distinct([r.url for r in record.references or () if r.url])[:100],
        published=unix_nanoseconds(record.published or ""),
        modified=unix_nanoseconds(record.modified or ""),
        withdrawn=withdrawn,
        affected=tuple(affected),
    )


def _upstream(record: _Record, affected: Sequence[Affected]) -> tuple[str, ...]:
    """What a distribution's advisory is about. Older records of theirs say it under `related` only."""
    known = [*(record.aliases or ()), *(record.upstream or ())]
    upstream = list(record.upstream or ())
    if any(a.scheme in _DISTRIBUTIONS for a in affected) and not any(_CVE.fullmatch(i) for i in known):
        upstream += [i for i in record.related or () if _CVE.fullmatch(i)]
    return _distinct(upstream)


def _entries(told: _Affected, compare: Compare, holds: Holds) -> Iterator[Affected | str]:
    """What is told of one package: an entry, for SUSE one more for each binary package; a sentence for what is left out."""
    if told.package is None or not told.package.name or not told.package.ecosystem:
        yield "it speaks of commits only"
        return
    scheme = scheme_of(told.package.ecosystem)
    if scheme is None:
        yield f"the ecosystem {told.package.ecosystem[:80]!r} is not known"
        return
    ranges: list[VersionRange] = []
    for given in told.ranges or ():
        if given.type in ("SEMVER", "ECOSYSTEM"):
            ranges += _ranges(given.events or (), scheme, compare)
    versions = _distinct(told.versions)
    if ranges and scheme in _DISTRIBUTIONS:
        versions = ()  # they list every version that ever was in the ranges
    elif ranges:
        # What a range holds need not be listed too. What has no place in the order ('0.4m2' of PyPI) is known by its name only.
        versions = tuple(v for v in versions if not any(holds(scheme, v, r) for r in ranges))
    if not ranges and not versions:
        yield "it names neither ranges of versions nor versions (commits only)"
        return
    entry = Affected(
        package=normalise(told.package.ecosystem, told.package.name),
        scheme=scheme,
        ranges=tuple(ranges),
        versions=versions,
        severity=_word(told.database_specific) or _word(told.ecosystem_specific),
        symbols=_symbols(told.ecosystem_specific),
    )
    yield entry
    if entry.package.ecosystem.startswith(("SUSE", "openSUSE")):
        yield from _binaries(entry, told.ecosystem_specific)


def _ranges(events: Sequence[_Event], scheme: Scheme, compare: Compare) -> Iterator[VersionRange]:
    """Events as ranges. Two in their usual order need no sorting."""
    if len(events) > 2 or (events and events[0].introduced is None):
        events = sorted(events, key=functools.cmp_to_key(functools.partial(_order, scheme=scheme, compare=compare)))
    begun: str | None = None
    for event in events:
        if event.introduced is not None:
            begun = event.introduced if begun is None else begun
            continue
        if begun is None:
            continue
        start = "" if begun == "0" else begun
        if event.last_affected is not None:
            yield VersionRange(introduced=start, last_affected=event.last_affected)
        elif event.fixed or (event.limit and event.limit != "*"):
            yield VersionRange(introduced=start, fixed=event.fixed or event.limit or "")
        else:
            continue
        begun = None
    if begun is not None:
        yield VersionRange(introduced="" if begun == "0" else begun)


def _order(first: _Event, second: _Event, *, scheme: Scheme, compare: Compare) -> int:
    """By version; the beginning first; at one version an end comes before a beginning, except `last_affected`."""
    one, two = _version(first), _version(second)
    if one == two:
        return _rank(first) - _rank(second)
    if one == "0" or two == "0":
        return -1 if one == "0" else 1
    return compare(scheme, one, two) or _rank(first) - _rank(second)


def _version(event: _Event) -> str:
    return event.introduced or event.fixed or event.last_affected or event.limit or ""


def _rank(event: _Event) -> int:
    return 2 if event.last_affected is not None else 1 if event.introduced is not None else 0


def _binaries(entry: Affected, specific: object) -> Iterator[Affected]:
    """SUSE names the source package and lists the binary ones of the update with their versions."""
    listed = _field(specific, "binaries")
    for group in listed if isinstance(listed, list) else ():
        for name, version in group.items() if isinstance(group, dict) else ():
            if isinstance(name, str) and isinstance(version, str) and name != entry.package.name:
                yield msgspec.structs.replace(
                    entry,
                    package=PackageName(entry.package.ecosystem, name),
                    ranges=(VersionRange(fixed=version),),
                )


def _without_pro(affected: Sequence[Affected]) -> list[Affected]:
    """Canonical leaves the plain release out where only Ubuntu Pro has a fix: there it stays as it is."""
    told = {a.package for a in affected}
    more: dict[PackageName, Affected] = {}
    for entry in affected:
        family, _, release = entry.package.ecosystem.partition(":Pro:")
        if family != "Ubuntu" or not release[:1].isdigit() or ":" in release:
            continue
        plain = PackageName(f"Ubuntu:{release}", entry.package.name)
        fixed = next((r.fixed for r in entry.ranges if r.fixed), "")
        if plain not in told and fixed:
            note = f"fixed in {fixed} for Ubuntu Pro only"
            more[plain] = msgspec.structs.replace(entry, package=plain, verdict=Verdict.WILL_NOT_FIX, note=note)
    return list(more.values())


def _scores(record: _Record) -> tuple[Score, ...]:
    """Vectors of the record and of its packages, each once; `value` is left to whoever rates them."""
    who = next((name for prefix, name in _SCORERS if record.id.startswith(prefix)), record.id.partition("-")[0].lower())
    told = [*(record.severity or ()), *(s for a in record.affected or () for s in a.severity or ())]
    seen: dict[str, Score] = {}
    for severity in told:
        if severity.type.startswith("CVSS") and severity.score:
            seen.setdefault(severity.score, Score((severity.source or who).lower()[:40], severity.score[:400], -1.0))
    return tuple(seen.values())[:20]


def _ubuntu_word(severities: Sequence[_Severity] | None) -> Severity:
    return next(
        (_WORDS.get(s.score.lower(), Severity.UNKNOWN) for s in severities or () if s.type == "Ubuntu"), Severity.UNKNOWN
    )


def _word(specific: object) -> Severity:
    word = _field(specific, "severity")
    return _WORDS.get(word.lower(), Severity.UNKNOWN) if isinstance(word, str) else Severity.UNKNOWN


def _symbols(specific: object) -> tuple[str, ...]:
    """Vulnerable functions: Go's imports with their symbols, Rust's functions. Too many are told by their packages."""
    found: list[str] = []
    imports = _field(specific, "imports")
    for item in imports if isinstance(imports, list) else ():
        path, symbols = _field(item, "path"), _texts(_field(item, "symbols"))
        if isinstance(path, str):
            found += [f"{path}.{symbol}" for symbol in symbols] if 0 < len(symbols) <= _SYMBOLS else [path]
    functions = _field(_field(specific, "affects"), "functions")
    found += [f for f in functions if isinstance(f, str)] if isinstance(functions, list | dict) else []
    return _distinct(found)[:_SYMBOLS]


def _field(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _distinct(values: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(v for v in values or () if v))
