"""What to change in files: one step for each place to change, from what was found wrong in it. Plans no packages.

A place is a line of a file, or the file where no line is known: all that one edit ends is one step. The same change at
several lines of a file is one step too. What is only information makes none, nor does what was not examined: there is nothing
to change. Risk is in the unit of a vulnerability's priority (0 to 100), so that all steps stand in one order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from periderm.model.finding import Finding, FindingKind
from periderm.model.report import Place
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.vulnerability import ChangeKind, PlannedChange

MOST_STEPS = 500
_MOST_LINES = 12
_KINDS = frozenset(
    {FindingKind.CONFIGURATION, FindingKind.SECRET, FindingKind.MALWARE, FindingKind.CODE, FindingKind.UNTRUSTED}
)
_SHOWN = frozenset({FindingKind.CONFIGURATION, FindingKind.CODE})  # theirs is, with secrets masked
_RISKS = {Severity.LOW: 10.0, Severity.MEDIUM: 30.0, Severity.HIGH: 60.0, Severity.CRITICAL: 90.0}
_WRITE = re.compile(r"\bWrite `([^`]{1,300})`")
_OPEN = re.compile(r"…|\b(?:VERSION|COMMIT|NAME|TITLE|DIGEST|ID)\b")  # words of ours that somebody has to replace
_LINES = Text("{change} (lines {lines})", "{change}（第 {lines} 行）")

Shape = tuple[tuple[str, Text], ...]  # what is said at a place: (detector, remediation) of each finding


def with_edits(
    steps: Iterable[PlannedChange], findings: Iterable[Finding], places: Mapping[str, Place]
) -> tuple[PlannedChange, ...]:
    """The steps together with those for files, most risk first; before all others stands malware that is critical, as
    whatever else is changed, somebody else is in there. `places` are by finding id."""
    urgent: set[str] = set()
    here: dict[tuple[str, int, str], list[Finding]] = {}
    for finding in findings:
        if finding.kind not in _KINDS or finding.severity not in _RISKS:
            continue
        if finding.kind is FindingKind.MALWARE and finding.severity is Severity.CRITICAL:
            urgent.add(finding.id)
        place = places.get(finding.id) or Place(finding.location, finding.line)
        # Without a line, two findings of a file are about two things.
        here.setdefault((place.path, place.line, "" if place.line else finding.detector), []).append(finding)
    alike: dict[tuple[str, Shape], dict[int, list[Finding]]] = {}
    for (path, line, _), several in here.items():
        several.sort(key=lambda f: (-f.severity, f.detector, f.id))
        shape = tuple((f.detector, f.remediation) for f in several)
        alike.setdefault((path, shape), {}).setdefault(line, []).extend(several)
    made = [_step(path, lines) for (path, _), lines in alike.items()]
    both = [*steps, *made]
    both.sort(key=lambda s: (urgent.isdisjoint(s.removes), -s.risk, s.packages, s.path, s.line))
    return tuple(both[:MOST_STEPS])


def _step(path: str, lines: Mapping[int, Sequence[Finding]]) -> PlannedChange:
    """One change at some lines of a file, which say the same at each."""
    numbers = sorted(lines)
    several = [finding for number in numbers for finding in lines[number]]
    first = lines[numbers[0]]
    said = list(dict.fromkeys(part for f in first for part in _said(f)))
    what = Text(" ".join(t.en for t in said), "".join(t.zh for t in said))
    if len(numbers) > 1:
        told = ", ".join(map(str, numbers[:_MOST_LINES])) + (", …" if len(numbers) > _MOST_LINES else "")
        what = Text(_LINES.en.format(change=what.en, lines=told), _LINES.zh.format(change=what.zh, lines=told))
    malware = all(f.kind is FindingKind.MALWARE for f in several)
    write = _replacement(first[0]) if len(numbers) == 1 else ""
    return PlannedChange(
        kind=ChangeKind.REMOVE if malware else ChangeKind.EDIT,
        what=what,
        path=path,
        line=numbers[0],
        now=first[0].evidence if _shown(first[0]) else "",
        layer=first[0].layer,
        command=f"{path}: {write}" if write else "",
        removes=tuple(f.id for f in several),
        risk=round(sum(_RISKS[f.severity] for f in several), 1),
    )


def _shown(finding: Finding) -> bool:
    """Whether its evidence is the line of a file, which says what is wrong there."""
    return finding.kind in _SHOWN and bool(finding.line and finding.evidence)


def _said(finding: Finding) -> tuple[Text, ...]:
    """What to do, and before it what is there, where no line of the file tells it: a secret's is masked."""
    if _shown(finding):
        return (finding.remediation,)
    return (finding.message, finding.remediation)


def _replacement(finding: Finding) -> str:
    """What to write, where the finding knows it to the last letter."""
    told = _WRITE.search(finding.remediation.en) if finding.kind is FindingKind.CONFIGURATION else None
    return "" if told is None or _OPEN.search(told[1]) else told[1]


def without_edits(steps: Iterable[PlannedChange]) -> tuple[PlannedChange, ...]:
    """The steps for packages alone."""
    return tuple(step for step in steps if step.kind not in (ChangeKind.EDIT, ChangeKind.REMOVE))
