"""RustSec advisories: Markdown behind TOML front matter, whose requirements say what is *not* affected. Turns them into
ranges in the order of semantic versions; informational ones (unmaintained, unsound) are marked and keep their ranges.

Source: github.com/RustSec/advisory-db, README ('patched' and 'unaffected' are Cargo version requirements; everything
else is affected); doc.rust-lang.org/cargo/reference/specifying-dependencies.html for what a requirement means.
"""

from __future__ import annotations

import re
import tomllib

import msgspec

from periderm.model.advisory import Advisory, Affected, Score
from periderm.model.advisory_build import Refused
from periderm.model.ecosystems import normalise
from periderm.model.severity import Severity
from periderm.model.timestamps import unix_nanoseconds
from periderm.model.version_range import Scheme, VersionRange

_FENCE = re.compile(r"```toml\s*\n(.*?)\n```[ \t]*\r?\n?", re.DOTALL)
_PART = re.compile(
    r"\s*(>=|<=|>|<|=|\^|~)?\s*(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:-([0-9A-Za-z.-]{1,80}))?(?:\+[\w.-]{1,80})?\s*"
)

# A version as a key, by semver.org 11: numbers, then whether it is a release, then the pre-release's parts.
Key = tuple[int, int, int, int, tuple[tuple[int, int, str], ...]]
Interval = tuple[Key, Key | None]  # from (inclusive) to (exclusive; None: all later)
_FIRST: Key = (0, 0, 0, 0, ((0, 0, ""),))


class _Meta(msgspec.Struct, frozen=True):
    id: str
    package: str
    date: object = ""
    url: str = ""
    aliases: list[str] = []
    references: list[str] = []
    related: list[str] = []
    informational: str = ""
    cvss: str = ""
    withdrawn: object = ""
    collection: str = ""


class _Versions(msgspec.Struct, frozen=True):
    patched: list[str] = []
    unaffected: list[str] = []


class _Affects(msgspec.Struct, frozen=True):
    functions: dict[str, list[str]] = {}
    arch: list[str] = []
    os: list[str] = []


class _Record(msgspec.Struct, frozen=True):
    advisory: _Meta
    versions: _Versions = _Versions()
    affected: _Affects = _Affects()


def parse(data: bytes, *, where: str = "") -> Advisory | Refused:
    """The advisory of one file. `where` of `rust/…` (the standard library, the compiler) is told as such."""
    text = data[: 1 << 20].decode("utf-8", "replace")
    match = _FENCE.match(text.lstrip("\ufeff \r\n"))
    if match is None:
        return Refused(where, "it has no TOML in front")
    try:
        record = msgspec.convert(tomllib.loads(match.group(1)), _Record)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError, ValueError) as error:
        return Refused(where, f"it is no RustSec advisory: {str(error)[:200]}")
    free: list[Interval] = []
    for requirement in [*record.versions.patched, *record.versions.unaffected]:
        interval = _interval(requirement)
        if interval is None:
            return Refused(where, f"{requirement[:80]!r} is no version requirement")
        free.append(interval)
    return _advisory(record, free, text[match.end() :], where)


def _advisory(record: _Record, free: list[Interval], body: str, where: str) -> Advisory | Refused:
    meta = record.advisory
    lines = body.strip().splitlines()
    title = lines[0].lstrip("# ").strip() if lines and lines[0].startswith("#") else ""
    ranges = tuple(_remaining(free))
    withdrawn = _time(meta.withdrawn)
    if not ranges and not withdrawn:
        return Refused(f"{where} ({meta.id})", "no version is affected by what it says")
    notes = [meta.informational, f"only on {', '.join(record.affected.os)}" if record.affected.os else ""]
    in_toolchain = where.startswith("rust/") or "/rust/" in where
    return Advisory(
        id=meta.id,
        source="osv",
        aliases=tuple(meta.aliases),
        summary=title[:1000],
        details="\n".join(lines[1:] if title else lines).strip()[:20_000],
        severity=Severity.INFORMATIONAL if meta.informational in ("unmaintained", "notice") else Severity.UNKNOWN,
        scores=(Score("rustsec", meta.cvss, -1.0),) if meta.cvss else (),
        references=tuple(dict.fromkeys(u for u in [meta.url, *meta.references] if u)),
        published=_time(meta.date),
        modified=_time(meta.date),
        withdrawn=withdrawn,
        affected=(
            Affected(
                # Nobody can install the standard library from crates.io under its own name.
                package=normalise("generic" if in_toolchain else "crates.io", "rust" if in_toolchain else meta.package),
                scheme=Scheme.GENERIC if in_toolchain else Scheme.SEMVER,
                ranges=ranges,
                note=", ".join(note for note in notes if note)[:300],
                architectures=tuple(record.affected.arch),
                symbols=tuple(record.affected.functions)[:100],
            ),
        ),
    )


def _time(value: object) -> int:
    text = str(value) if value else ""
    return unix_nanoseconds(f"{text}T00:00:00Z" if len(text) == 10 else text)


def _interval(requirement: str) -> Interval | None:
    """All versions that a requirement takes, as one interval (its parts hold together); None if it is none."""
    low, high = _FIRST, None
    for part in requirement.split(","):
        bounds = _bounds(part)
        if bounds is None:
            return None
        low = max(low, bounds[0])
        high = bounds[1] if high is None else high if bounds[1] is None else min(high, bounds[1])
    return low, high


def _bounds(part: str) -> Interval | None:
    match = _PART.fullmatch(part)
    if match is None:
        return None
    major, minor, patch, pre = int(match.group(2)), match.group(3), match.group(4), match.group(5) or ""
    numbers = (major, int(minor or 0), int(patch or 0))
    told = 1 + (minor is not None) + (patch is not None)
    key = _key(numbers, pre)
    behind = _after(key) if told == 3 else _before(_next(numbers, told))
    # ^: up to the next version that changes the first number that is not 0
    place = min(told, next((i for i, n in enumerate(numbers) if n), told - 1) + 1)
    intervals: dict[str, Interval] = {
        ">=": (key, None),
        ">": (behind, None),
        "<": (_FIRST, key if pre else _before(numbers)),
        "<=": (_FIRST, behind),
        "=": (key, behind),
        "~": (key, _before(_next(numbers, min(told, 2)))),
        "^": (key, _before(_next(numbers, place))),
    }
    return intervals[match.group(1) or "^"]


def _key(numbers: tuple[int, int, int], pre: str) -> Key:
    parts = tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in pre.split(".")) if pre else ()
    return (*numbers, 0 if pre else 1, parts)


def _before(numbers: tuple[int, int, int]) -> Key:
    """The first of all versions with these numbers: their lowest pre-release."""
    return (*numbers, 0, ((0, 0, ""),))


def _next(numbers: tuple[int, int, int], place: int) -> tuple[int, int, int]:
    """Counts one up at a place (1 to 3); what follows is 0."""
    major, minor, patch = numbers
    return ((major + 1, 0, 0), (major, minor + 1, 0), (major, minor, patch + 1))[place - 1]


def _after(key: Key) -> Key:
    """The first version behind this one."""
    major, minor, patch, release, pre = key
    if release:
        return _before((major, minor, patch + 1))
    return (major, minor, patch, 0, (*pre, (0, 0, "")))


def _remaining(free: list[Interval]) -> list[VersionRange]:
    """What lies outside all the intervals, in order."""
    ranges = []
    at: Key | None = _FIRST
    for low, high in sorted(free, key=lambda i: i[0]):
        if at is None:
            break
        if high is not None and high <= at:
            continue
        if low > at:
            ranges.append(VersionRange(introduced=_text(at), fixed=_text(low)))
        at = high
    if at is not None:
        ranges.append(VersionRange(introduced=_text(at)))
    return ranges


def _text(key: Key) -> str:
    """The version; '' for the first of all."""
    if key == _FIRST:
        return ""
    major, minor, patch, release, pre = key
    tail = "" if release else "-" + ".".join(word or str(number) for _, number, word in pre)
    return f"{major}.{minor}.{patch}{tail}"
