"""Runs the detectors over one build file: hits become judgements with evidence, comments that ignore one are honoured."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from periderm.engines.config.credentials import evidence
from periderm.engines.config.facts import Detector, Facts, Hit
from periderm.model.severity import Severity
from periderm.model.text import Text

MOST_OF_ONE = 100  # judgements of one detector in one file
_ABOVE = 20  # lines of comments that are looked at
_IGNORE = re.compile(r"#\s*periderm:ignore=([A-Z0-9,-]{1,200})(?:\s+(\S.{0,300}))?")


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a detector says of a place in a file. `ignored` is the reason of a comment there; `more` counts what was left out
    of the same detector. `unless` and `beside` are those of its hit."""

    detector: str
    line: int
    severity: Severity
    message: Text
    change: Text
    evidence: str = ""
    ignored: str = ""
    unless: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """All judgements of a file, and how many were left out because one detector said too much."""

    judged: tuple[Judged, ...]
    left_out: int = 0


def judge(facts: Facts, detectors: Sequence[Detector]) -> Answer:
    """What the detectors for this kind of file say, in their order, each line once for each message."""
    found: list[Judged] = []
    left_out = 0
    for detector in detectors:
        if facts.kind not in detector.kinds:
            continue
        seen: set[tuple[int, Text]] = set()
        for hit in detector.judge(facts):
            one = _judged(detector, hit, facts)
            if (one.line, one.message) in seen:
                continue
            seen.add((one.line, one.message))
            if len(seen) > MOST_OF_ONE:
                left_out += 1
            else:
                found.append(one)
    return Answer(tuple(found), left_out)


def _judged(detector: Detector, hit: Hit, facts: Facts) -> Judged:
    spec = detector.spec
    line = facts.lines[hit.line] if 0 < hit.line < len(facts.lines) else ""
    shown = {name: _shown(value) for name, value in hit.values.items()}
    return Judged(
        detector=spec.id,
        line=hit.line,
        severity=spec.severity if hit.severity is None else hit.severity,
        message=spec.message.fill(**shown),
        change=_sayable(hit.change) if hit.change is not None else spec.remediation,
        evidence=evidence(line, hit.hide),
        ignored=_ignored(spec.id, hit, facts),
        unless=hit.unless,
        beside=hit.beside,
    )


def _shown(value: str | Text) -> str | Text:
    """What a file said, put into a sentence: printable, short, nothing secret."""
    return value if isinstance(value, Text) else evidence(value)[:120]


def _sayable(text: Text) -> Text:
    return Text(*("".join(c if c.isprintable() else " " for c in words[:600]) for words in (text.en, text.zh)))


def _ignored(detector: str, hit: Hit, facts: Facts) -> str:
    """The reason of a comment that ignores this check: on the line, on its statement's first, or in comments right above."""
    for number in _places(hit, facts.lines):
        match = _IGNORE.search(facts.lines[number])
        if match and match[2] and detector in match[1].split(","):
            return "".join(c if c.isprintable() else " " for c in match[2].strip())
    return ""


def _places(hit: Hit, lines: tuple[str, ...]) -> Iterator[int]:
    for first in dict.fromkeys((hit.line, hit.start or hit.line)):
        if not 0 < first < len(lines):
            continue
        yield first
        above = first - 1
        while above > max(0, first - _ABOVE) and lines[above].lstrip().startswith("#"):
            yield above
            above -= 1
